// SPDX-License-Identifier: MIT
// Pending sessions and the life of a session, as an application sees them. The far end has no
// media here: what is asked is who is told what, in which order, and what is left behind.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { until } from '../../demo/platform/index.js';
import { FAILED_REQUEST, stage } from './support.mjs';

/** @typedef {import('./support.mjs').Scene} Scene */
/** @typedef {import('../../demo/platform/calls.js').Call} Call */

const { play } = stage();
const NOISE = [FAILED_REQUEST, /webrtc-sdk/];

/** @param {Scene} scene @param {Call} call its session's members in the page */
const started = (scene, call) => scene.event('sessionStarted', { conversationId: call.conversationId });

// Pending sessions

test('S-30 S-31 S-32 a proposal is announced once per conversation', play({}, async (scene) => {
  await scene.signIn();
  const call = scene.platform.call({ farEnd: 'manual' });
  const pending = await scene.event('pendingSession');
  assert.equal(pending.id, call.sessionId);
  assert.equal(pending.sessionId, call.sessionId);
  assert.equal(pending.conversationId, call.conversationId);
  assert.equal(pending.sessionType, 'softphone');
  assert.equal(pending.autoAnswer, false);
  assert.equal('roomJid' in pending, false);
  call.session.propose();
  // The same conversation under a new session id: silent, but the new id counts from now on.
  const again = scene.platform.gateway.open({
    conversationId: call.conversationId, userId: call.userId, from: '+13175550100',
  });
  again.propose();
  const other = scene.platform.call({ farEnd: 'manual' });
  await scene.event('pendingSession', { conversationId: other.conversationId });
  assert.equal((await scene.notes('pendingSession')).length, 2);
  const proceeded = until(again, 'proceed');
  await scene.run('acceptPendingSession', { conversationId: call.conversationId });
  await proceeded;
}));

test('S-36 S-37 auto answer announces, then proceeds, unless it is disabled', play({}, async (scene) => {
  await scene.signIn();
  const call = scene.platform.call({ farEnd: 'manual', autoAnswer: true });
  await until(call, 'proceed');
  await scene.inOrder(['pendingSession', { autoAnswer: true }], ['sent', { notice: 'proceed' }]);
  await scene.event('sessionStarted');
  call.hangup();
  await scene.event('sessionEnded');
  await scene.run('destroy');

  await scene.signIn({ disableAutoAnswer: true });
  const from = await scene.count();
  const manual = scene.platform.call({ farEnd: 'manual', autoAnswer: true });
  assert.equal((await scene.event('pendingSession', {}, from)).autoAnswer, true);
  manual.retract();
  await scene.event('cancelPendingSession', {}, from);
  const sent = (await scene.notes('sent')).filter(({ detail }) => detail.notice === 'proceed');
  assert.equal(sent.length, 1);
}));

test('S-42 S-43 a withdrawn proposal is cancelled and gone', play({
  sdkErrors: [/^Could not find a pendingSession/], expected: NOISE,
}, async (scene) => {
  await scene.signIn();
  const call = scene.platform.call({ farEnd: 'manual' });
  await scene.event('pendingSession');
  const { sessionId, conversationId } = call;
  call.retract();
  assert.deepEqual(await scene.event('cancelPendingSession'), { sessionId, conversationId });
  const accept = await scene.fails('acceptPendingSession', { conversationId });
  assert.deepEqual([accept.type, accept.message],
    ['session', 'Could not find a pendingSession matching accept params']);
  const reject = await scene.fails('rejectPendingSession', { conversationId });
  assert.deepEqual([reject.type, reject.message], ['session', 'Could not find a pendingSession']);
}));

test('S-102 a rejected call goes back to the queue, a direct one to voicemail', play({}, async (scene) => {
  await scene.signIn();
  for (const [purpose, body] of /** @type {const} */ ([
    ['agent', { state: 'disconnected' }], ['user', { voicemail: true }],
  ])) {
    const call = scene.platform.call({ farEnd: 'manual', purpose });
    const { conversationId } = call;
    const ended = until(call, 'ended');
    await scene.event('pendingSession', { conversationId });
    await scene.run('rejectPendingSession', { conversationId });
    await ended;
    assert.deepEqual(scene.changes(call), [body]);
    await scene.event('cancelPendingSession', { conversationId });
  }
}));

// The life of a session

test('S-46 S-62 a session is announced before media is requested, and its end is said twice', play({},
  async (scene) => {
    await scene.signIn();
    const call = await scene.talk();
    await scene.inOrder(['sent', { notice: 'proceed' }], ['sessionStarted'], ['getUserMedia'],
      ['sent', { method: 'answer' }]);
    await scene.inOrder(['sent', { notice: 'accept' }], ['getUserMedia']);
    await scene.event('handledPendingSession', { sessionId: call.sessionId });
    call.hangup();
    await scene.event('sessionEnded', { conversationId: call.conversationId, condition: 'success' });
    const notes = await scene.notes();
    const ends = notes.flatMap(({ name }, index) => (name === 'sessionEnded' ? [notes[index - 1].name] : []));
    assert.ok(ends.length > 0 && ends.every((name) => name === '_sessionEnded'), ends.join(' '));
  }));

test('S-49 S-50 without autoConnectSessions the application accepts, once', play({}, async (scene) => {
  await scene.signIn({ autoConnectSessions: false });
  const call = scene.platform.call({ farEnd: 'manual' });
  const { conversationId } = call;
  await scene.event('pendingSession');
  await scene.run('acceptPendingSession', { conversationId });
  await started(scene, call);
  assert.equal((await scene.notes('getUserMedia')).length, 0);
  const answered = until(call, 'answered');
  await Promise.all([scene.run('acceptSession', { conversationId }), scene.run('acceptSession', { conversationId })]);
  await answered;
  assert.equal((await scene.notes('getUserMedia')).length, 1);
  const answers = (await scene.notes('sent')).filter(({ detail }) => detail.method === 'answer');
  assert.equal(answers.length, 1);
}));

test('S-53 a session has a hidden audio element of its own until it ends', play({}, async (scene) => {
  await scene.signIn();
  scene.lines(2);
  const elements = () => scene.page.evaluate(() => [...document.querySelectorAll('audio')].map((element) => ({
    names: element.className, hidden: element.style.visibility, autoplay: element.autoplay,
    volume: element.volume, plays: element.srcObject instanceof MediaStream, parent: element.parentElement?.tagName,
  })));
  const call = await scene.talk();
  const [first, ...more] = await elements();
  assert.deepEqual(more, []);
  assert.match(first.names, /^__gc-webrtc-inbound-\S+$/);
  assert.deepEqual({ ...first, names: '' },
    { names: '', hidden: 'hidden', autoplay: true, volume: 1, plays: true, parent: 'BODY' });
  call.hangup();
  await scene.event('sessionEnded');
  assert.deepEqual(await elements(), []);
  await scene.talk();
  const [second] = await elements();
  assert.notEqual(second.names, first.names);
}));

test('S-54 an element of the application plays and stays', play({}, async (scene) => {
  await scene.signIn({ autoConnectSessions: false });
  const call = scene.platform.call({ farEnd: 'manual' });
  const { conversationId } = call;
  await scene.event('pendingSession');
  await scene.run('acceptPendingSession', { conversationId });
  await started(scene, call);
  await scene.page.evaluate(async (id) => {
    const audioElement = document.createElement('audio');
    audioElement.id = 'mine';
    document.body.append(audioElement);
    await /** @type {any} */ (window).sdk.acceptSession({ conversationId: id, audioElement });
  }, conversationId);
  const mine = () => scene.page.evaluate(() => [...document.querySelectorAll('audio')].map((element) => (
    [element.id, element.srcObject instanceof MediaStream])));
  assert.deepEqual(await mine(), [['mine', true]]);
  call.hangup();
  await scene.event('sessionEnded');
  assert.deepEqual(await mine(), [['mine', true]]);
}));

test('S-55 a remote track that arrives late is played when it does', play({
  // The browser knows all tracks once the offer is applied; a receiver that hides its track until it is told
  // stands for one whose track comes later.
  prepare: (page) => page.addInitScript(() => {
    const { getReceivers } = RTCPeerConnection.prototype;
    RTCPeerConnection.prototype.getReceivers = () => [];
    Reflect.set(window, 'trackArrives', (/** @type {RTCPeerConnection} */ peer) => {
      RTCPeerConnection.prototype.getReceivers = getReceivers;
      const [transceiver] = peer.getTransceivers();
      const { receiver } = transceiver;
      peer.dispatchEvent(new RTCTrackEvent('track', {
        receiver, transceiver, track: receiver.track, streams: [new MediaStream([receiver.track])],
      }));
    });
  }),
}, async (scene) => {
  await scene.signIn();
  await scene.talk();
  const plays = () => scene.page.evaluate(() => Boolean(document.querySelector('audio')?.srcObject));
  assert.equal(await plays(), false);
  await scene.page.evaluate(() => (
    /** @type {any} */ (window).trackArrives(/** @type {any} */ (window).harness.peers[0])));
  assert.equal(await plays(), true);
}));

test('S-52 S-61 a stream of the application needs no microphone; only a default one outlives the call',
  play({}, async (scene) => {
    // The application's own streams come from an oscillator, so that each request for media is the SDK's.
    const makeStream = () => {
      const scope = /** @type {any} */ (window);
      const audio = new AudioContext();
      const tone = audio.createOscillator();
      const out = audio.createMediaStreamDestination();
      tone.connect(out);
      tone.start();
      scope.stream = out.stream;
      scope.sent = () => scope.harness.peers.at(-1).getSenders()
        .some((/** @type {RTCRtpSender} */ sender) => sender.track === scope.stream.getAudioTracks()[0]);
      scope.trackState = () => scope.stream.getAudioTracks()[0].readyState;
    };
    const facts = () => scene.page.evaluate(() => {
      const scope = /** @type {any} */ (window);
      return { sent: scope.sent(), state: scope.trackState() };
    });

    await scene.signIn({ autoConnectSessions: false });
    const call = scene.platform.call({ farEnd: 'manual' });
    const { conversationId } = call;
    await scene.event('pendingSession');
    await scene.run('acceptPendingSession', { conversationId });
    await started(scene, call);
    await scene.page.evaluate(makeStream);
    const answered = until(call, 'answered');
    await scene.page.evaluate(async (id) => {
      const scope = /** @type {any} */ (window);
      await scope.sdk.acceptSession({ conversationId: id, mediaStream: scope.stream });
    }, conversationId);
    await answered;
    assert.deepEqual(await facts(), { sent: true, state: 'live' });
    call.hangup();
    await scene.event('sessionEnded');
    assert.equal((await facts()).state, 'ended');
    await scene.run('destroy');

    await scene.page.evaluate(makeStream);
    const answer = await scene.page.evaluate((config) => {
      const { harness, stream } = /** @type {any} */ (window);
      return harness.start({ ...config, defaults: { audioStream: stream } });
    }, scene.config());
    assert.equal(answer.error, undefined);
    const from = await scene.count();
    const second = await scene.talk();
    assert.deepEqual(await facts(), { sent: true, state: 'live' });
    second.hangup();
    await scene.event('sessionEnded', {}, from);
    assert.equal((await facts()).state, 'live');
    assert.equal((await scene.notes('getUserMedia')).length, 0);
  }));

test('S-56 a failed connection ends the session with failed-transport', play({ expected: NOISE }, async (scene) => {
  await scene.signIn();
  const call = await scene.talk();
  const terminated = until(call.session, 'terminate');
  await scene.connectionBecomes('failed');
  assert.equal(await terminated, 'failed-transport');
  await scene.event('sessionEnded', { condition: 'failed-transport' });
}));

test('S-58 S-59 a page that is seen again ends what died while it was hidden', play({ expected: NOISE },
  async (scene) => {
    await scene.signIn();
    const show = () => scene.page.evaluate(() => document.dispatchEvent(new Event('visibilitychange')));
    const closePeer = () => scene.page.evaluate(() => /** @type {any} */ (window).harness.peers.at(-1).close());
    const call = scene.platform.call({ farEnd: 'manual' });
    const answered = until(call, 'answered');
    await scene.event('pendingSession');
    await scene.run('acceptPendingSession', { conversationId: call.conversationId });
    await answered;
    await show();
    assert.equal((await scene.notes('sessionEnded')).length, 0);
    await closePeer();
    await show();
    await scene.event('sessionEnded', { conversationId: call.conversationId, condition: 'gone' });
    assert.equal((await scene.alive()).elements, 0);
    call.hangup();

    await scene.run('destroy');
    await scene.signIn({ autoConnectSessions: false });
    const from = await scene.count();
    const offered = scene.platform.call({ farEnd: 'manual' });
    await scene.event('pendingSession', {}, from);
    await scene.run('acceptPendingSession', { conversationId: offered.conversationId });
    await scene.event('sessionStarted', {}, from);
    await closePeer();
    await show();
    const other = scene.platform.call({ farEnd: 'manual' });
    await scene.event('pendingSession', { conversationId: other.conversationId }, from);
    assert.equal((await scene.notes('sessionEnded')).filter(({ detail }) => detail.id === offered.sessionId).length,
      0);
  }));

test('S-60 after a reconnect only sessions whose connection died end', play({ expected: NOISE }, async (scene) => {
  scene.lines(2);
  await scene.signIn();
  const dead = await scene.talk();
  const living = await scene.talk();
  await scene.page.evaluate(() => /** @type {any} */ (window).harness.peers[0].close());
  scene.platform.faults.dropSockets();
  await scene.event('connected', { reconnect: true });
  await scene.event('sessionEnded', { conversationId: dead.conversationId, condition: 'gone' });
  const ended = (await scene.notes('sessionEnded')).map(({ detail }) => detail.conversationId);
  assert.ok(!ended.includes(living.conversationId));
}));

test('S-63 forceTerminateSession ends a known session and no other', play({
  sdkErrors: [/^Failed to find session by sessionId$/], expected: NOISE,
}, async (scene) => {
  await scene.signIn();
  const call = await scene.talk();
  const error = await scene.fails('forceTerminateSession', 'nobody');
  assert.deepEqual([error.type, error.message, error.details],
    ['generic', 'Failed to find session by sessionId', { sessionId: 'nobody' }]);
  const terminated = until(call.session, 'terminate');
  await scene.run('forceTerminateSession', call.sessionId);
  assert.equal(await terminated, 'success');
  await scene.inOrder(['sessionEnded', { conversationId: call.conversationId }], ['resolved:forceTerminateSession']);
  const { peers, elements, tracks } = await scene.alive();
  assert.deepEqual({ peers, elements, tracks }, { peers: 0, elements: 0, tracks: 0 });
}));

test('S-65 endSession resolves when both the request and the end of this very session are through', play({},
  async (scene) => {
    scene.lines(2);
    await scene.signIn();
    const [mine, other] = [await scene.talk(), await scene.talk()];
    const { conversationId, session } = mine;
    scene.platform.faults.swallow({
      direction: 'out', match: ({ xml }) => xml.includes('terminate') && xml.includes(session.id),
    });
    const patched = until(scene.platform, 'request', (/** @type {any} */ { method, path }) => (
      method === 'PATCH' && path.includes(conversationId)));
    const ending = scene.run('endSession', { conversationId });
    await patched;
    other.hangup();
    await scene.event('sessionEnded', { id: other.sessionId });
    assert.equal((await scene.notes('resolved:endSession')).length, 0);
    session.call('terminate', { reason: 'success' });
    await ending;
    await scene.inOrder(['sessionEnded', { id: session.id }], ['resolved:endSession']);

    // The other way round: the session is over, the request is not.
    const third = await scene.talk();
    scene.platform.faults.delay({ method: 'PATCH', path: new RegExp(third.conversationId) }, 300);
    const from = await scene.count();
    const slow = scene.run('endSession', { conversationId: third.conversationId });
    await scene.event('returned:endSession', {}, from);
    third.hangup();
    await scene.event('sessionEnded', { id: third.sessionId });
    assert.equal((await scene.notes('resolved:endSession')).length, 1);
    await slow;
  }));

test('S-66 S-67 S-68 what endSession does when its request fails', play({
  sdkErrors: [/status code 400/, /^Unable to end the session directly/], expected: NOISE,
}, async (scene) => {
  const fail = () => scene.platform.faults.respond('PATCH', /./, { status: 400, body: { message: 'no' } });
  await scene.signIn();
  const call = await scene.talk();
  const { conversationId } = call;
  const ringing = scene.platform.call({ farEnd: 'manual' });
  await scene.event('pendingSession', { conversationId: ringing.conversationId });
  fail();
  const error = await scene.fails('endSession', { conversationId });
  assert.deepEqual([error.type, error.message], ['session', 'Unable to end the session directly as a fallback '
    + 'because LineAppearance is 1 and there are other active conversations']);
  assert.equal((await scene.notes('sessionEnded')).length, 0);

  ringing.retract();
  await scene.event('cancelPendingSession', { conversationId: ringing.conversationId });
  fail();
  await scene.run('endSession', { conversationId });
  await scene.event('sessionEnded', { conversationId });

  scene.platform.changeStation({ webRtcCallAppearances: 2 });
  await scene.event('station', { station: { webRtcCallAppearances: 2 } });
  const first = await scene.talk();
  await scene.talk();
  fail();
  await scene.run('endSession', { conversationId: first.conversationId });
  await scene.event('sessionEnded', { conversationId: first.conversationId });
}));

test('S-44 S-72 S-74 S-85 a second call on a persistent connection', play({}, async (scene) => {
  scene.platform.users.changeStation(scene.platform.defaultUser.id, { webRtcPersistentEnabled: true });
  await scene.signIn();
  // Only a connection with media counts as live.
  const first = await scene.talk({ farEnd: 'tone' });
  first.hangup();
  await scene.event('conversationUpdate', { removed: { 0: first.conversationId } });
  assert.equal((await scene.alive()).peers, 1);

  let from = await scene.count();
  const second = scene.platform.call();
  const { conversationId } = second;
  const pending = await scene.event('pendingSession', { conversationId });
  assert.deepEqual([pending.id, pending.sessionId, pending.autoAnswer], [first.sessionId, first.sessionId, false]);
  await scene.run('acceptPendingSession', { conversationId });
  await scene.event('conversationUpdate', { added: { 0: conversationId } });
  assert.deepEqual(scene.changes(second), [{ state: 'connected' }]);
  const story = async () => (await scene.notes()).slice(from).map(({ name, detail }) => detail?.notice ?? name)
    .filter((name) => /^(proceed|_?session|handled|conversationUpdate$)/.test(name));
  assert.deepEqual(await story(), ['sessionStarted', 'handledPendingSession', 'conversationUpdate']);

  from = await scene.count();
  second.hangup();
  await scene.event('conversationUpdate', { removed: { 0: conversationId } });
  assert.deepEqual(await story(), ['_sessionEnded', 'sessionEnded', 'conversationUpdate']);
}));
