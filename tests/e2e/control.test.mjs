// SPDX-License-Identifier: MIT
// Call control, errors, the end of the SDK and hostile input, as an application sees them. The far end has no
// media here.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { until } from '../../demo/platform/index.js';
import { FAILED_REQUEST, stage } from './support.mjs';

const { play } = stage();
const NOISE = [FAILED_REQUEST, /webrtc-sdk/];

// Call control

test('S-98 mute is a request and leaves the microphone alone', play({}, async (scene) => {
  await scene.signIn();
  const call = await scene.talk();
  const { conversationId } = call;
  for (const mute of [true, false]) {
    const from = await scene.count();
    await scene.run('setAudioMute', { conversationId, mute });
    await scene.event('conversationUpdate', { calls: { [conversationId]: { muted: mute } } }, from);
    const enabled = await scene.page.evaluate(() => (
      /** @type {any} */ (window).harness.tracks.map((/** @type {MediaStreamTrack} */ track) => track.enabled)));
    assert.deepEqual(enabled, [true]);
  }
  assert.deepEqual(scene.changes(call), [{ muted: true }, { muted: false }]);
}));

test('S-99 hold on a dead connection sends nothing', play({ expected: NOISE }, async (scene) => {
  await scene.signIn();
  const call = await scene.talk();
  const { conversationId } = call;
  await scene.run('setConversationHeld', { conversationId, held: true });
  assert.deepEqual(scene.changes(call), [{ held: true }]);
  await scene.connectionBecomes('disconnected');
  await scene.run('setConversationHeld', { conversationId, held: false });
  assert.deepEqual(scene.changes(call), [{ held: true }]);
}));

test('S-101 a failed hold is a call error, a failed mute a generic one', play({
  sdkErrors: [/status code 400/, /^Failed to set /], expected: NOISE,
}, async (scene) => {
  await scene.signIn();
  const { conversationId } = await scene.talk();
  scene.platform.faults.respond('PATCH', /./, { status: 400, body: {}, times: 2 });
  const hold = await scene.fails('setConversationHeld', { conversationId, held: true });
  assert.deepEqual([hold.type, hold.message], ['call', 'Failed to set held state']);
  const mute = await scene.fails('setAudioMute', { conversationId, mute: true });
  assert.deepEqual([mute.type, mute.message], ['generic', 'Failed to set audioMute']);
  await scene.event('sdkError', { message: 'Failed to set audioMute' });
  const types = (await scene.notes('sdkError')).map(({ detail }) => detail.type);
  assert.deepEqual(types, ['http', 'call', 'http', 'generic']);
}));

test('S-103 S-100 with several lines the others are held', play({}, async (scene) => {
  scene.lines(2);
  await scene.signIn();
  const first = await scene.talk();
  const second = await scene.talk();
  await scene.event('conversationUpdate', { calls: { [first.conversationId]: { held: true } } });
  assert.deepEqual(scene.changes(first), [{ held: true }]);
  assert.deepEqual(scene.changes(second), []);
  await scene.run('setConversationHeld', { conversationId: first.conversationId, held: false });
  await scene.event('conversationUpdate', { calls: { [second.conversationId]: { held: true } } });
  assert.deepEqual(scene.changes(second), [{ held: true }]);
}));

test('S-104 a softphone call is started with what was given and answers with its ids only', play({},
  async (scene) => {
    scene.platform.calls.outboundDefaults.farEnd = 'manual';
    await scene.signIn();
    const given = { phoneNumber: '+13175550199', priority: 3, routingSkillsIds: ['a', 'b'] };
    const value = await scene.run('startSoftphoneSession', given);
    assert.deepEqual(Object.keys(value).sort(), ['id', 'selfUri']);
    const request = scene.platform.requests.find(({ path }) => path === 'conversations/calls');
    assert.deepEqual(request?.body, { ...given, sessionType: 'softphone' });
    assert.equal((await scene.event('pendingSession')).conversationId, value.id);
  }));

test('S-105 no call is started while disconnected, or of a type not allowed', play({
  sdkErrors: [/^A session cannot be started/, /^Cannot start a session/], expected: NOISE,
}, async (scene) => {
  await scene.signIn({ allowedSessionTypes: [] });
  const disabled = await scene.fails('startSoftphoneSession', { phoneNumber: '+13175550199' });
  assert.deepEqual([disabled.type, disabled.message],
    ['generic', 'Cannot start a session with a disabled session handler']);
  await scene.run('disconnect');
  const disconnected = await scene.fails('startSoftphoneSession', { phoneNumber: '+13175550199' });
  assert.deepEqual([disconnected.type, disconnected.message],
    ['session', 'A session cannot be started as streaming client is not yet connected']);
  assert.deepEqual(scene.requested().filter((line) => line.startsWith('POST conversations')), []);
}));

// Errors and the end

test('S-117 sdkError comes after the rejection, not in the stack of the call', play({
  sdkErrors: [/^A conversationId is required for acceptSession$/], expected: NOISE,
}, async (scene) => {
  await scene.signIn();
  const error = await scene.fails('acceptSession', {});
  assert.equal(error.type, 'invalid_options');
  await scene.event('sdkError');
  await scene.inOrder(['call:acceptSession'], ['returned:acceptSession'], ['rejected:acceptSession'], ['sdkError']);
}));

test('S-118 an SdkError made from an error keeps its name and message', play({}, async (scene) => {
  const made = await scene.page.evaluate(() => {
    const { SdkError } = /** @type {any} */ (window).GenesysCloudWebrtcSdk;
    const error = new SdkError('media', new TypeError('no'), { a: 1 });
    const plain = new SdkError(undefined, 'text');
    return [error.name, error.message, error.type, error.details.a, error instanceof Error, plain.name, plain.type];
  });
  assert.deepEqual(made, ['TypeError', 'no', 'media', 1, true, 'Error', 'generic']);
}));

test('a new access token is used from the next request on', play({}, async (scene) => {
  await scene.signIn();
  const { conversationId } = await scene.talk();
  const { users, defaultUser, token, requests } = scene.platform;
  // The call's metadata request is still under way with the old token.
  const isMetadata = (/** @type {{ path: string }} */ { path }) => path.endsWith('/metadata');
  if (!requests.some(isMetadata)) await until(scene.platform, 'request', isMetadata);
  const next = users.issueToken(defaultUser.id);
  users.revokeToken(token);
  await scene.page.evaluate((given) => /** @type {any} */ (window).sdk.setAccessToken(given), next);
  await scene.run('setAudioMute', { conversationId, mute: true });
}));

test('methods refuse what names no conversation', play({ sdkErrors: [/./], expected: NOISE }, async (scene) => {
  await scene.signIn();
  const unknown = { conversationId: 'nobody' };
  /** @type {[string, any, string, RegExp][]} */
  const cases = [
    ['acceptSession', undefined, 'invalid_options', /^A conversationId is required for acceptSession$/],
    ['acceptSession', { conversationId: 7 }, '', /./],
    ['acceptSession', unknown, 'session', /^Unable to find session$/],
    ['endSession', {}, 'session', /^Unable to end session: must provide a conversationId\.$/],
    ['endSession', undefined, 'session', /^Unable to end session: must provide a conversationId\.$/],
    ['endSession', unknown, 'session', /^Unable to find session$/],
    ['setAudioMute', { ...unknown, mute: true }, 'session', /^Unable to find session$/],
    ['setConversationHeld', { ...unknown, held: true }, 'session', /^Unable to find session$/],
    ['acceptPendingSession', 'text', '', /./],
    ['forceTerminateSession', undefined, 'generic', /^Failed to find session by sessionId$/],
    ['startSoftphoneSession', null, '', /./],
  ];
  for (const [method, argument, type, message] of cases) {
    const error = await scene.fails(method, argument);
    assert.ok(error.isSdkError, `${method}: ${error.name} ${error.message}`);
    if (type) assert.equal(error.type, type, method);
    assert.match(error.message, message, method);
  }
  await scene.talk();
}));

test('a listener that throws stops nothing', play({ expected: [/the application is broken/] }, async (scene) => {
  await scene.construct();
  await scene.page.evaluate(() => {
    const { sdk } = /** @type {any} */ (window);
    for (const name of ['connected', 'station', 'ready', 'pendingSession', 'sessionStarted', 'conversationUpdate',
      'sessionEnded', 'handledPendingSession']) {
      sdk.prependListener(name, () => {
        throw new Error('the application is broken');
      });
    }
  });
  await scene.run('initialize');
  const call = await scene.talk();
  await scene.run('endSession', { conversationId: call.conversationId });
  await scene.event('sessionEnded');
  await scene.talk();
}));

test('S-115 destroy ends the sessions, then the media, then the connection', play({}, async (scene) => {
  scene.lines(2);
  await scene.signIn();
  const calls = [await scene.talk(), await scene.talk()];
  const gone = until(scene.platform, 'disconnection');
  const terminated = calls.map(({ session }) => until(session, 'terminate'));
  const from = await scene.count();
  await scene.run('destroy');
  await Promise.all([gone, ...terminated]);
  for (const { sessionId } of calls) await scene.event('sessionEnded', { id: sessionId }, from);
  const names = (await scene.notes()).slice(from).map(({ name }) => name);
  const last = (/** @type {string} */ name) => names.lastIndexOf(name);
  assert.ok(last('sessionEnded') < last('socket closed'), names.join(' '));
  assert.ok(last('track stopped') < last('socket closed'), names.join(' '));
  assert.ok(!names.includes('disconnected'), 'listeners are gone by then');
  assert.deepEqual(await scene.alive(), { peers: 0, elements: 0, tracks: 0, sockets: 0, timers: 0 });
  const after = await scene.fails('initialize').catch(() => undefined);
  assert.ok(after === undefined || after.isSdkError);
}));

// What comes over the wire

test('broken, oversized and strange stanzas are survived', play({ expected: NOISE }, async (scene) => {
  await scene.signIn();
  const { platform } = scene;
  const { id, jid } = platform.defaultUser;
  const call = await scene.talk();
  const webrtc = (/** @type {string} */ from, /** @type {string} */ body) => (
    `<iq xmlns="jabber:client" type="set" id="x1" from="${from}" to="${jid}">`
    + `<genesys-webrtc xmlns="genesys">${body}</genesys-webrtc></iq>`);
  const rpc = (/** @type {string} */ method, /** @type {object} */ params) => (
    JSON.stringify({ jsonrpc: '2.0', id: 'i', method, params }));
  const terminate = rpc('terminate', { sessionId: call.sessionId });
  const offer = rpc('offer', { sessionId: 'unknown', conversationId: 'c', sdp: 'v=0' });
  const strange = [
    `<message xmlns="jabber:client" from="stranger@evil.example/x" to="${jid}"><body>hello</body></message>`,
    webrtc('stranger@evil.example/x', terminate),
    webrtc(call.session.jid, offer),
    webrtc(call.session.jid, 'no json'),
    webrtc(call.session.jid, '[1,2,{"method":7}]'),
    webrtc(call.session.jid, rpc('terminate', { sessionId: 5 })),
    `<iq xmlns="jabber:client" type="get" id="q" from="x@y"><query xmlns="unknown:namespace"/></iq>`,
    `<iq xmlns="jabber:client" type="result" id="nobody-asked" from="${jid}"/>`,
    `<propose xmlns="urn:xmpp:jingle-message:0"/>`,
    `<message xmlns="jabber:client" from="${call.session.jid}" to="${jid}">`
      + '<propose xmlns="urn:xmpp:jingle-message:0"/></message>',
    `<presence xmlns="jabber:client" from="${jid}"/>`,
  ];
  for (const stanza of strange) assert.equal(platform.faults.sendRaw(id, stanza), 1);
  // The stream is in order: a further call rings over it.
  const [from, connection] = [await scene.count(), [...platform.stream.of(id)][0]];
  const second = platform.call({ farEnd: 'manual' });
  await scene.event('pendingSession', { conversationId: second.conversationId }, from);
  assert.equal([...platform.stream.of(id)][0], connection);
  assert.equal((await scene.notes('sessionEnded')).length, 0);
  second.retract();

  const oversized = `<message xmlns="jabber:client"><body>${'x'.repeat(2_000_000)}</body></message>`;
  for (const broken of ['not xml at all', '<message><body></message>', oversized]) {
    const at = await scene.count();
    platform.faults.sendRaw(id, broken);
    // It may be dropped or cost the connection; afterwards calls arrive again, and the session has lived on.
    const next = platform.call({ farEnd: 'manual' });
    await scene.event('pendingSession', { conversationId: next.conversationId }, at);
    next.retract();
    await scene.event('cancelPendingSession', { conversationId: next.conversationId }, at);
  }
  call.hangup();
  await scene.event('sessionEnded', { conversationId: call.conversationId });
}));

test('notifications of the wrong shape are ignored', play({ expected: NOISE },
  async (scene) => {
    await scene.signIn();
    const { platform } = scene;
    const topic = `v2.users.${platform.defaultUser.id}`;
    platform.publish(`${topic}.conversations`, {
      id: 'c-huge', participants: Array.from({ length: 20_000 }, (_, index) => ({ id: `p${index}`, calls: [] })),
    });
    for (const body of [null, [], 'text', { id: 5, participants: 'none' }, { id: 'c', participants: [7, null] }]) {
      platform.publish(`${topic}.conversations`, body);
    }
    platform.publish(`${topic}.station`, [], { action: 7 });
    await scene.talk();
  }));
