// SPDX-License-Identifier: MIT
// Signing in as whom one may, sessions that outlive calls, pages and networks: with real audio where audio is what
// counts.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { until } from '../../demo/platform/index.js';
import { FAILED_REQUEST, FAILED_SOCKET, stage } from './support.mjs';

/** @typedef {import('./support.mjs').Scene} Scene */
/** @typedef {import('../../demo/platform/calls.js').Call} Call */

const { play } = stage();
const NOISE = [FAILED_REQUEST, FAILED_SOCKET, /webrtc-sdk/];
const SLOW = 15_000;

/** @param {Call} call resolves when the other side hears the agent's fake microphone */
const heard = ({ farEnd }) => until(farEnd, 'level', ({ rms }) => rms > 0.01, SLOW);
/** @param {Call} call resolves when the other side hears nothing */
const silent = ({ farEnd }) => until(farEnd, 'level', ({ rms }) => rms === 0, SLOW);

/** Counters of the newest peer connection, once each is beyond those given.
 * @param {Scene} scene @param {object} [least]
 * @returns {Promise<{ sent: number, received: number, energy: number }>} */
const media = (scene, least) => scene.page.evaluate((given) => (
  /** @type {any} */ (window).harness.mediaBeyond(given)), least);

/** An answered call with sound both ways.
 * @param {Scene} scene @param {import('./support.mjs').CallOptions} [options] */
const talkAloud = async (scene, options) => {
  const call = await scene.talk({ farEnd: 'tone', ...options });
  await media(scene);
  await heard(call);
  return call;
};

/** Puts a call on the session that is there, and takes it. @param {Scene} scene @param {Call} call */
const takeOver = async (scene, call) => {
  const { conversationId } = call;
  const pending = await scene.event('pendingSession', { conversationId });
  assert.equal(pending.sessionId, call.sessionId);
  const from = await scene.count();
  await scene.run('acceptPendingSession', { conversationId });
  await scene.event('conversationUpdate', { added: { 0: conversationId } }, from);
  return from;
};

/** What was asked of the browser and proposed since then. @param {Scene} scene @param {number} from */
const newMedia = async (scene, from) => (await scene.notes()).slice(from)
  .filter(({ name, detail }) => name === 'getUserMedia' || detail?.method === 'answer' || detail?.notice === 'proceed');

// Who signs in

test('S-11 a guest exchanges a security code without authorization and is connected', play({}, async (scene) => {
  const { platform } = scene;
  const organizationId = platform.users.organization.id;
  const code = platform.guests.addCode();
  await scene.construct({ accessToken: undefined, organizationId });
  const connected = until(platform, 'connection');
  await scene.run('initialize', { securityCode: code });
  assert.match(/** @type {any} */ (await connected).jid, /^guest-/);
  const [request, ...more] = platform.requests;
  assert.deepEqual([request.method, request.path, more.length], ['POST', 'conversations/codes', 0]);
  assert.deepEqual(request.body, { organizationId, addCommunicationCode: code });
  assert.ok(!request.headers.includes('authorization'));
  await scene.inOrder(['connected', { reconnect: false }], ['ready'], ['resolved:initialize']);
  await scene.run('destroy');
}));

test('S-12 a guest with customer data is connected without any request', play({}, async (scene) => {
  const { platform } = scene;
  await scene.construct({ accessToken: undefined, organizationId: platform.users.organization.id });
  await scene.run('initialize', platform.guests.customerData());
  assert.deepEqual(scene.requested(), []);
  assert.equal([...platform.stream.connections].length, 1);
}));

test('a code nobody was given is refused, and the next one signs in', play({
  expected: NOISE, sdkErrors: [/status code 404/],
}, async (scene) => {
  const { platform } = scene;
  await scene.construct({ accessToken: undefined, organizationId: platform.users.organization.id });
  const error = await scene.fails('initialize', { securityCode: '000000' });
  assert.equal(error.type, 'initialization');
  assert.equal([...platform.stream.connections].length, 0);
  await scene.run('initialize', { securityCode: platform.guests.addCode() });
}));

test('S-5 a JWT is connected as the holder, without a request, and comes back after a drop', play({
  expected: NOISE,
}, async (scene) => {
  const { platform } = scene;
  const jwt = platform.guests.issue({ userId: platform.defaultUser.id });
  await scene.signIn({ accessToken: undefined, jwt });
  const [connection] = platform.stream.of(platform.defaultUser.id);
  assert.match(connection.jid ?? '', /^agent-1@acme\.orgspan\.test\//);
  assert.deepEqual(scene.requested(), []);
  const from = await scene.count();
  platform.faults.dropSockets();
  await scene.event('connected', { reconnect: true }, from);
  const recorded = JSON.stringify(platform.stanzas);
  assert.ok(!recorded.includes(jwt), 'the JWT is in no stanza');
}));

test('a JWT that was revoked opens no stream', play({ expected: NOISE, sdkErrors: [/./] }, async (scene) => {
  const { platform } = scene;
  const jwt = platform.guests.issue({ userId: platform.defaultUser.id });
  platform.guests.revoke(jwt);
  await scene.construct({ accessToken: undefined, jwt });
  const refused = scene.page.waitForEvent('console', (message) => /WebSocket connection to/.test(message.text()));
  const given = scene.outcome('initialize');
  given.catch(() => {});
  assert.match((await refused).text(), /failed/);
  assert.equal((await scene.notes('connected')).length, 0);
  await scene.run('disconnect');
  assert.ok((await given).error, 'giving up settles the promise');
}));

// Sessions that carry more than one call

test('a persistent connection stays up between calls and carries the next one without new media', play({
  platform: { station: { webRtcPersistentEnabled: true } },
}, async (scene) => {
  const { platform } = scene;
  await scene.signIn();
  const first = await talkAloud(scene);
  first.hangup();
  await scene.event('sessionEnded', { conversationId: first.conversationId });
  const between = await media(scene);
  // Packets go on while nobody speaks.
  await media(scene, { sent: between.sent + 25, received: between.received + 25 });
  assert.equal(first.leg.ended, false);

  const second = platform.call();
  const from = await takeOver(scene, second);
  assert.deepEqual(await newMedia(scene, from), []);
  assert.deepEqual(scene.changes(second), [{ state: 'connected' }]);
  await media(scene, { energy: between.energy + 0.01 });
  await heard(second);
  assert.deepEqual((await scene.alive()).peers, 1);
  await scene.run('endSession', { conversationId: second.conversationId });
  assert.equal(second.leg.ended, false);
}));

test('S-38 an eager connection is raised unseen and carries the first call without new media', play({
  platform: { station: { webRtcPersistentEnabled: true } },
}, async (scene) => {
  const { platform } = scene;
  await scene.signIn();
  const leg = platform.raise();
  await until(leg, 'connected', () => true, SLOW);
  assert.deepEqual(await scene.notes('pendingSession'), []);
  assert.equal(leg.connected, true);
  const call = platform.call();
  const from = await takeOver(scene, call);
  assert.deepEqual(await newMedia(scene, from), []);
  await media(scene, { energy: 0.01 });
  await heard(call);
  call.hangup();
  await scene.event('sessionEnded', { conversationId: call.conversationId });
  assert.equal(leg.ended, false);
}));

test('S-40 an eager connection may be left to the application', play({
  platform: { station: { webRtcPersistentEnabled: true } },
}, async (scene) => {
  await scene.signIn({ eagerPersistentConnectionEstablishment: 'event' });
  const leg = scene.platform.raise();
  const { conversationId } = await scene.event('pendingSession');
  assert.equal(leg.connected, false);
  await scene.run('acceptPendingSession', { conversationId });
  await until(leg, 'connected', () => true, SLOW);
}));

test('one line: a second call rings on the live session, is taken, swapped and left', play({}, async (scene) => {
  const { platform } = scene;
  await scene.signIn();
  const first = await talkAloud(scene);
  const second = platform.call({ share: true });
  const from = await takeOver(scene, second);
  assert.deepEqual(await newMedia(scene, from), []);
  const held = (/** @type {Call} */ call, /** @type {boolean} */ on, /** @type {number} */ at) => (
    scene.event('conversationUpdate', { calls: { [call.conversationId]: { held: on } } }, at));
  await held(first, true, from);
  const at = await scene.count();
  await scene.run('setConversationHeld', { conversationId: first.conversationId, held: false });
  await held(second, true, at);
  await heard(first);
  await scene.run('endSession', { conversationId: second.conversationId });
  assert.equal(first.state, 'connected');
  await heard(first);
  await scene.run('endSession', { conversationId: first.conversationId });
  assert.deepEqual(await scene.alive().then(({ peers, tracks }) => ({ peers, tracks })), { peers: 0, tracks: 0 });
}));

test('two lines: two calls with sound, the second holds the first, each ends alone', play({
  platform: { station: { webRtcCallAppearances: 2 } },
}, async (scene) => {
  await scene.signIn();
  const first = await talkAloud(scene);
  const second = await talkAloud(scene);
  assert.notEqual(first.sessionId, second.sessionId);
  await silent(first);
  const from = await scene.count();
  await scene.run('setConversationHeld', { conversationId: first.conversationId, held: false });
  await scene.event('conversationUpdate', { calls: { [second.conversationId]: { held: true } } }, from);
  await Promise.all([heard(first), silent(second)]);
  await scene.run('endSession', { conversationId: first.conversationId });
  assert.equal(second.state, 'connected');
  await scene.run('setConversationHeld', { conversationId: second.conversationId, held: false });
  await heard(second);
  await scene.run('endSession', { conversationId: second.conversationId });
  assert.deepEqual((await scene.alive()).peers, 0);
}));

test('a station that gets a second line at noon gives the next call a session of its own', play({},
  async (scene) => {
    const { platform } = scene;
    await scene.signIn();
    const first = await scene.talk();
    const from = await scene.count();
    platform.changeStation({ webRtcCallAppearances: 2 });
    await scene.event('concurrentSoftphoneSessionsEnabled', {}, from);
    await scene.event('station', { action: 'Associated' }, from);
    const second = await scene.talk();
    assert.notEqual(first.sessionId, second.sessionId);
    await scene.event('conversationUpdate', { calls: { [first.conversationId]: { held: true } } }, from);
  }));

// Sessions that are offered again

for (const credentials of /** @type {const} */ (['same', 'changed'])) {
  test(`a re-invite with ${credentials} credentials keeps the sound both ways`, play({}, async (scene) => {
    await scene.signIn();
    const call = await talkAloud(scene);
    const from = await scene.count();
    const answered = until(call.session, 'answer');
    await call.reinvite({ credentials });
    call.leg.repeatOffer();
    await answered;
    if (credentials === 'changed') await until(call.leg, 'connected', () => true, SLOW);
    const now = await media(scene);
    await media(scene, { sent: now.sent + 50, received: now.received + 50, energy: now.energy + 0.01 });
    await heard(call);
    const { peers } = await scene.alive();
    assert.equal(peers, 1);
    const announced = (await scene.notes()).slice(from).filter(({ name }) => name === 'sessionStarted');
    assert.deepEqual(announced, []);
    assert.equal(call.state, 'connected');
    const end = await scene.count();
    call.hangup();
    await scene.event('sessionEnded', { conversationId: call.conversationId, condition: 'success' }, end);
    assert.deepEqual((await scene.alive()).tracks, 0);
  }));
}

test('a call that is offered again while it is held stays held, and is heard when it is resumed', play({},
  async (scene) => {
    await scene.signIn();
    const call = await talkAloud(scene);
    const { conversationId } = call;
    await scene.run('setConversationHeld', { conversationId, held: true });
    await silent(call);
    const up = until(call.leg, 'connected', () => true, SLOW);
    await call.reinvite();
    await up;
    await silent(call);
    const from = await scene.count();
    await scene.run('setConversationHeld', { conversationId, held: false });
    await scene.event('conversationUpdate', { calls: { [conversationId]: { held: false } } }, from);
    await heard(call);
    await media(scene, { energy: 0.01 });
  }));

// Streams that go away

/** @type {[string, (scene: Scene) => unknown][]} */
const departures = [
  ['W-3.6 a client that is asked to move does so', ({ platform }) => platform.transferStreams()],
  ['a channel that has a double is replaced', ({ platform }) => platform.expireChannels('agent-1', {
    event: 'duplicate_id',
  })],
  ['a channel that another page took over is replaced', ({ platform }) => platform.expireChannels()],
];
for (const [name, leave] of departures) {
  test(`${name}, in a call that goes on, and rings again`, play({ expected: NOISE }, async (scene) => {
    const { platform } = scene;
    await scene.signIn();
    const call = await talkAloud(scene);
    const [old] = platform.stream.of('agent-1');
    const from = await scene.count();
    const moved = until(platform, 'connection');
    leave(scene);
    const { channel, jid } = /** @type {any} */ (await moved);
    assert.notEqual(channel.id, old.channel.id);
    assert.equal(jid, old.jid, 'the resource stays');
    await scene.event('connected', { reconnect: true }, from);
    const before = await media(scene);
    await media(scene, { sent: before.sent + 10, received: before.received + 10 });
    assert.deepEqual((await scene.notes('sessionEnded')).length, 0);
    call.hangup();
    await scene.event('sessionEnded', { conversationId: call.conversationId }, from);
    const next = platform.call({ farEnd: 'manual' });
    await scene.event('pendingSession', { conversationId: next.conversationId }, from);
  }));
}

test('a call comes about over a long way, with stanzas that come twice', play({
  platform: { roundTripMs: 150 },
}, async (scene) => {
  const { faults } = scene.platform;
  /** @type {[string, number[]][]} */
  const twice = [['<propose', [0]], ['"offer"', [0, 300]], ['"terminate"', [0, 300]]];
  for (const [word, again] of twice) {
    faults.duplicate({ direction: 'out', match: ({ xml }) => xml.includes(word) }, again);
  }
  await scene.signIn();
  const call = await talkAloud(scene);
  call.hangup();
  await scene.event('sessionEnded', { conversationId: call.conversationId });
  const next = await talkAloud(scene);
  next.hangup();
  await scene.event('sessionEnded', { conversationId: next.conversationId });
  for (const name of ['pendingSession', 'sessionStarted', 'sessionEnded']) {
    assert.equal((await scene.notes(name)).length, 2, name);
  }
  assert.deepEqual(await scene.alive().then(({ peers, tracks }) => ({ peers, tracks })), { peers: 0, tracks: 0 });
}));

test('in a flood of other people\'s conversations a call is taken and heard', play({}, async (scene) => {
  await scene.signIn();
  assert.equal(scene.platform.flood({ conversations: 500, events: 3000 }), 3000);
  const call = await talkAloud(scene);
  call.hangup();
  await scene.event('sessionEnded', { conversationId: call.conversationId });
  assert.equal((await scene.notes('conversationUpdate')).every(({ detail }) => (
    Object.keys(detail.calls).every((id) => id === call.conversationId))), true);
}));

test('S-60 a page that is loaded anew gets its call back on a persistent connection', play({
  platform: { station: { webRtcPersistentEnabled: true } }, expected: NOISE,
}, async (scene) => {
  await scene.signIn();
  const call = await talkAloud(scene);
  const { conversationId, sessionId } = call;
  await scene.page.reload();
  await scene.signIn();
  const pending = await scene.event('pendingSession', { conversationId });
  assert.deepEqual([pending.autoAnswer, pending.sessionId === sessionId], [true, false]);
  await scene.event('sessionStarted', { conversationId });
  await media(scene);
  await heard(call);
  const ended = until(call, 'ended');
  await scene.run('endSession', { conversationId });
  assert.equal(/** @type {any} */ (await ended).by, 'agent');
}));
