// SPDX-License-Identifier: MIT
// The fault matrix in a real browser: what goes wrong is scripted on the local platform, and each test states what the
// agent sees of it. tests/FAULTS.md is the table; tests/model plays the same faults at random.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { until } from '../../demo/platform/index.js';
import { FAILED_REQUEST, FAILED_SOCKET, stage } from './support.mjs';

/** @typedef {import('./support.mjs').Scene} Scene */
/** @typedef {import('../../demo/platform/calls.js').Call} Call */
/** @typedef {import('../../demo/platform/xmpp.js').StanzaRecord} StanzaRecord */

const { play } = stage();
const NOISE = [FAILED_REQUEST, FAILED_SOCKET, /webrtc-sdk/];
const STATUSES = [401, 403, 408, 413, 429, 500, 503, 0];

/** @param {string[]} parts @returns {(record: StanzaRecord) => boolean} */
const has = (...parts) => ({ xml }) => parts.every((part) => xml.includes(part));

/**
 * The socket drops; `meanwhile` happens before the client is back.
 * @param {Scene} scene @param {() => unknown} [meanwhile]
 */
const drop = async (scene, meanwhile) => {
  const from = await scene.count();
  scene.platform.faults.dropSockets();
  await scene.event('disconnected', { reconnecting: true }, from);
  await meanwhile?.();
  await scene.event('connected', { reconnect: true }, from);
};

/** @param {Scene} scene @param {{ accept?: boolean }} [options] a call that rings */
const ring = async (scene, { accept = false } = {}) => {
  const call = scene.platform.call({ farEnd: 'manual' });
  const { conversationId } = call;
  await scene.event('pendingSession', { conversationId });
  if (accept) await scene.run('acceptPendingSession', { conversationId });
  return call;
};

/** The far end hangs up, the agent sees it once. @param {Scene} scene @param {Call} call */
const hangUp = async (scene, call) => {
  call.hangup();
  await scene.event('sessionEnded', { conversationId: call.conversationId });
};

/** How often the page was told so of a conversation. @param {Scene} scene @param {string} name @param {Call} call */
const times = async (scene, name, { conversationId }) => (
  (await scene.notes(name)).filter(({ detail }) => detail?.conversationId === conversationId).length);

/** Nothing of a call is left, and after destroy() nothing at all. @param {Scene} scene */
const clean = async (scene) => {
  const { peers, elements, tracks } = await scene.alive();
  assert.deepEqual({ peers, elements, tracks }, { peers: 0, elements: 0, tracks: 0 });
  await scene.run('destroy');
  assert.deepEqual(await scene.alive(), { peers: 0, elements: 0, tracks: 0, sockets: 0, timers: 0 });
};

// The socket drops

test('a call that comes while the socket is down rings when it is back', play({ expected: NOISE }, async (scene) => {
  await scene.signIn();
  let call;
  await drop(scene, () => (call = scene.platform.call({ farEnd: 'manual' })));
  const { conversationId } = /** @type {Call} */ (/** @type {unknown} */ (call));
  await scene.event('pendingSession', { conversationId });
  await scene.run('acceptPendingSession', { conversationId });
  await scene.event('sessionStarted', { conversationId });
  await hangUp(scene, /** @type {Call} */ (/** @type {unknown} */ (call)));
  await clean(scene);
}));

test('dropped while ringing: what rings on can be answered, what was withdrawn rings no more', play({
  expected: NOISE,
}, async (scene) => {
  scene.lines(2);
  await scene.signIn();
  const [kept, gone] = [await ring(scene), await ring(scene)];
  await drop(scene, () => gone.retract());
  await scene.event('cancelPendingSession', { conversationId: gone.conversationId });
  const answered = until(kept, 'answered');
  await scene.run('acceptPendingSession', { conversationId: kept.conversationId });
  await answered;
  assert.equal(await times(scene, 'pendingSession', kept), 1);
  await hangUp(scene, kept);
  await clean(scene);
}));

test('dropped with the proceed: it is said again when the call is proposed again', play({ expected: NOISE },
  async (scene) => {
    await scene.signIn();
    const call = await ring(scene);
    const { conversationId } = call;
    const lost = scene.platform.faults.swallow({ direction: 'in', match: has('<proceed') });
    await drop(scene, () => {}).catch(() => {});
    await scene.run('acceptPendingSession', { conversationId });
    const answered = until(call, 'answered');
    call.session.propose();
    await answered;
    assert.equal(lost.hits, 1);
    assert.equal(await times(scene, 'pendingSession', call), 1);
    await hangUp(scene, call);
    await clean(scene);
  }));

test('dropped with the offer: the call that is then given up rings no more', play({
  expected: NOISE,
}, async (scene) => {
  await scene.signIn();
  const lost = scene.platform.faults.swallow({ direction: 'out', match: has('"method":"offer"') }, { times: 9 });
  const call = scene.platform.call({ farEnd: 'manual' });
  await scene.event('pendingSession');
  const proceeded = until(call, 'proceed');
  await scene.run('acceptPendingSession', { conversationId: call.conversationId });
  await proceeded;
  await drop(scene);
  assert.ok(lost.hits > 0);
  call.hangup();
  await scene.event('cancelPendingSession', { conversationId: call.conversationId });
  assert.equal((await scene.notes('sessionStarted')).length, 0);
  await clean(scene);
}));

test('dropped in a call: it goes on, and can be muted and ended', play({ expected: NOISE }, async (scene) => {
  await scene.signIn();
  const call = await scene.talk();
  const { conversationId } = call;
  await drop(scene);
  await scene.run('setAudioMute', { conversationId, mute: true });
  await scene.event('conversationUpdate', { calls: { [conversationId]: { muted: true } } });
  await scene.run('endSession', { conversationId });
  assert.equal(await times(scene, 'sessionStarted', call), 1);
  assert.equal(await times(scene, 'sessionEnded', call), 1);
  await clean(scene);
}));

test('a call that ends while the socket is down is listed no more', play({ expected: NOISE }, async (scene) => {
  await scene.signIn();
  const call = await scene.talk();
  const from = await scene.count();
  await drop(scene, () => call.hangup());
  await scene.event('conversationUpdate', { removed: { 0: call.conversationId } }, from);
  await scene.event('sessionEnded', { conversationId: call.conversationId }, from);
  await scene.event('track stopped', {}, from);
  await clean(scene);
  assert.equal(await times(scene, 'sessionEnded', call), 1);
}));

test('dropped while held, then re-invited: still held, one session, and it can be taken back', play({ expected: NOISE },
  async (scene) => {
    await scene.signIn();
    const call = await scene.talk();
    const { conversationId } = call;
    await scene.run('setConversationHeld', { conversationId, held: true });
    await scene.event('conversationUpdate', { calls: { [conversationId]: { held: true } } });
    await drop(scene);
    const answered = until(call.session, 'answer');
    await call.reinvite();
    await answered;
    await scene.event('sessionEnded', { conversationId, condition: 'alternative-session' });
    assert.equal((await scene.alive()).peers, 1);
    assert.equal(call.agent.calls[0].held, true);
    const back = await scene.count();
    await scene.run('setConversationHeld', { conversationId, held: false });
    await scene.event('conversationUpdate', { calls: { [conversationId]: { held: false } } }, back);
    assert.equal(await times(scene, 'sessionStarted', call), 1);
    const from = await scene.count();
    call.hangup();
    await scene.event('sessionEnded', { conversationId }, from);
    await clean(scene);
  }));

test('dropped while ending: the call ends, the promise settles', play({ expected: NOISE }, async (scene) => {
  await scene.signIn();
  const call = await scene.talk();
  const { conversationId } = call;
  const from = await scene.count();
  scene.platform.faults.delay({ method: 'PATCH', path: /./ }, 500);
  const ending = scene.run('endSession', { conversationId });
  await scene.event('returned:endSession', {}, from);
  await drop(scene);
  await scene.event('conversationUpdate', { removed: { 0: conversationId } }, from);
  await ending;
  await scene.event('track stopped', {}, from);
  await clean(scene);
  assert.equal(await times(scene, 'sessionEnded', call), 1);
}));

test('a server that falls silent in a call is noticed, and the call goes on', play({ expected: NOISE },
  async (scene) => {
    await scene.signIn();
    const call = await scene.talk({ farEnd: 'tone' });
    const from = await scene.count();
    scene.platform.faults.silence(call.userId);
    await scene.event('disconnected', { reconnecting: true }, from);
    scene.platform.faults.silence(call.userId, false);
    await scene.event('connected', { reconnect: true }, from);
    await scene.run('setAudioMute', { conversationId: call.conversationId, mute: true });
    assert.equal(await times(scene, 'sessionEnded', call), 0);
    await hangUp(scene, call);
    await clean(scene);
  }));

// Signing in

test('closed during bind, an exchange that went wrong: initialize() goes on until it is in', play({ expected: NOISE },
  async (scene) => {
    const { platform } = scene;
    let cut = 0;
    platform.on('stanza', (/** @type {StanzaRecord} */ { direction, xml }) => {
      if (direction === 'in' && xml.includes('xmpp-bind') && cut++ === 0) platform.faults.dropSockets();
    });
    const refused = platform.faults.refuseAuth('malformed-request');
    await scene.signIn();
    assert.ok(cut >= 2);
    assert.equal(refused.hits, 1);
    await hangUp(scene, await scene.talk());
    await clean(scene);
  }));

test('credentials refused on a reconnect: said so, and a new sign-in works', play({ expected: NOISE, sdkErrors: [/./] },
  async (scene) => {
    await scene.signIn();
    const from = await scene.count();
    scene.platform.faults.refuseAuth('not-authorized', { times: 100 });
    scene.platform.faults.dropSockets();
    await scene.event('disconnected', { reconnecting: false }, from);
    scene.platform.faults.clear();
    await scene.run('initialize');
    await hangUp(scene, await scene.talk());
    await clean(scene);
  }));

test('what the platform cannot do now is asked again: 408, 413, 429, 500, 503 on each request of initialize()', play({
  expected: NOISE,
}, async (scene) => {
  const { faults } = scene.platform;
  const rules = ['organizations/me', /^users\/me\?expand/, /^stations\//].flatMap((path) => [408, 413, 429, 500, 503]
    .map((status) => faults.respond('GET', path, { status, headers: { 'retry-after': '0' } })));
  rules.push(faults.respond('POST', 'notifications/channels', { status: 429, headers: { 'retry-after': '1' } }));
  await scene.signIn();
  assert.deepEqual(rules.map(({ hits }) => hits), rules.map(() => 1));
  await scene.event('station');
  await clean(scene);
}));

test('401 and 403 on a request of initialize() reject with invalid_token, and the next sign-in works', play({
  expected: NOISE, sdkErrors: [/./],
}, async (scene) => {
  await scene.construct();
  for (const [method, path] of /** @type {const} */ ([
    ['GET', 'organizations/me'], ['GET', 'users/me'], ['POST', 'notifications/channels'],
  ])) {
    for (const status of [401, 403]) {
      const rule = scene.platform.faults.respond(method, path, { status });
      const error = await scene.fails('initialize');
      assert.equal(error.type, 'invalid_token', `${path} ${status}`);
      assert.equal(rule.hits, 1);
    }
  }
  await scene.run('initialize');
  await clean(scene);
}));

// Requests of a call

test('each failure of a call control request rejects with its type, once, and changes nothing', play({
  expected: NOISE, sdkErrors: [/./],
}, async (scene) => {
  const { faults } = scene.platform;
  scene.lines(2);
  await scene.signIn();
  const [call, ringing] = [await scene.talk(), await ring(scene)];
  const { conversationId } = call;
  for (const status of STATUSES) {
    // As often as it takes: Chromium itself asks again after 408 and when a connection is cut that it used before.
    const times = 9;
    faults.respond('PATCH', /./, { status, times });
    const mute = await scene.fails('setAudioMute', { conversationId, mute: true });
    const held = await scene.fails('setConversationHeld', { conversationId, held: true });
    assert.deepEqual([mute.type, held.type], ['generic', 'call'], `${status}`);
    faults.respond('POST', 'conversations/calls', { status, times });
    await scene.fails('startSoftphoneSession', { phoneNumber: '+13175550199' });
    faults.respond('GET', new RegExp(ringing.conversationId), { status, times });
    faults.respond('PATCH', /./, { status, times });
    await scene.fails('rejectPendingSession', { conversationId: ringing.conversationId });
    faults.clear();
  }
  const [{ muted, held }] = call.agent.calls;
  assert.deepEqual({ muted, held }, { muted: false, held: false });
  assert.equal(ringing.state, 'alerting');
  await scene.run('rejectPendingSession', { conversationId: ringing.conversationId });
  await scene.event('cancelPendingSession', { conversationId: ringing.conversationId });
  // What cannot be asked for over REST is ended by signalling.
  faults.respond('PATCH', /./, { status: 503 });
  await scene.run('endSession', { conversationId });
  await scene.event('sessionEnded', { conversationId });
  await clean(scene);
}));

test('metadata that the platform does not take change nothing', play({ expected: NOISE, sdkErrors: [/./] },
  async (scene) => {
    scene.lines(2);
    await scene.signIn();
    for (const status of [403, 503, 0]) {
      const rule = scene.platform.faults.respond('POST', /\/metadata$/, { status, times: 9 });
      const from = await scene.count();
      const call = await scene.talk();
      await scene.event('sdkError', { type: 'http' }, from);
      assert.ok(rule.hits > 0);
      rule.remove();
      await hangUp(scene, call);
    }
    await clean(scene);
  }));

// Stanzas

test('every stanza twice: each thing is said once', play({ expected: NOISE }, async (scene) => {
  await scene.signIn();
  for (const match of [has('jabber:client', 'gjoll'), has('pubsub#event')]) {
    scene.platform.faults.duplicate({ direction: 'out', match }, [0, 200], { times: 100 });
  }
  const call = await scene.talk();
  await hangUp(scene, call);
  const next = await ring(scene);
  next.retract();
  await scene.event('cancelPendingSession', { conversationId: next.conversationId });
  const last = await ring(scene, { accept: true }); /* whatever was late has come by now */
  await scene.event('sessionStarted', { conversationId: last.conversationId });
  for (const name of ['pendingSession', 'sessionStarted', 'sessionEnded']) {
    assert.equal(await times(scene, name, call), 1, name);
  }
  assert.equal(await times(scene, 'pendingSession', next), 1);
  await hangUp(scene, last);
  await clean(scene);
}));

test('a proposal that comes after its retract, an offer after its end, a notification after the end: no ghost', play({
  expected: NOISE,
}, async (scene) => {
  scene.lines(2);
  await scene.signIn();
  const { platform } = scene;
  platform.faults.reorder({ direction: 'out', match: has('<propose') });
  const withdrawn = platform.call({ farEnd: 'manual' });
  withdrawn.retract();
  const call = await scene.talk();
  await hangUp(scene, call);
  await scene.event('conversationUpdate', { removed: { 0: call.conversationId } });
  const from = await scene.count();
  const late = platform.stanzas.filter(({ direction, xml }) => (
    direction === 'out' && (xml.includes(call.sessionId) || xml.includes(call.conversationId))));
  for (const { xml } of late) if (!xml.includes('disconnected')) platform.faults.sendRaw(call.userId, xml);
  const next = await ring(scene);
  const told = (await scene.notes()).slice(from).filter(({ name, detail }) => (
    /session|conversationUpdate$|getUserMedia/i.test(name) && detail?.conversationId !== next.conversationId));
  assert.deepEqual(told.map(({ name }) => name), []);
  assert.equal(await times(scene, 'pendingSession', withdrawn), 0);
  next.retract();
  await scene.event('cancelPendingSession', { conversationId: next.conversationId });
  await clean(scene);
}));

test('what cannot be read is dropped or costs the connection, never a call', play({
  expected: NOISE,
}, async (scene) => {
  await scene.signIn();
  const call = await scene.talk();
  const { faults } = scene.platform;
  const client = 'xmlns="jabber:client"';
  for (const broken of [
    `<message ${client}><propose xmlns="urn:xmpp:jingle-message:0"/></message>`,
    `<iq ${client} type="set" id="b1" from="${call.session.jid}"><genesys-webrtc xmlns="genesys">{"a":`
      + '</genesys-webrtc></iq>',
    `<iq ${client} type="set" id="b2" from="${call.session.jid}"><genesys-webrtc xmlns="genesys">{"jsonrpc":"2.0",`
      + `"method":"offer","params":{"sessionId":"${call.sessionId}"}}</genesys-webrtc></iq>`,
    `<message ${client}><event xmlns="http://jabber.org/protocol/pubsub#event"><items node="x"><item/></items></event>`
      + '</message>',
    `<iq ${client} type="result" id="nobody"/>`,
  ]) faults.sendRaw(call.userId, broken);
  await scene.run('setAudioMute', { conversationId: call.conversationId, mute: true });
  const from = await scene.count();
  faults.sendRaw(call.userId, `<message ${client}><unclosed></message>`);
  await scene.event('disconnected', { reconnecting: true }, from);
  await scene.event('connected', { reconnect: true }, from);
  assert.equal(await times(scene, 'sessionEnded', call), 0);
  await hangUp(scene, call);
  await clean(scene);
}));
