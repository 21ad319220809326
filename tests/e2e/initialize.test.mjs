// SPDX-License-Identifier: MIT
// From the constructor to `ready`: the order of events, and every way in which signing in can go wrong. After
// each failure the same page must still be able to sign in.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { until } from '../../demo/platform/index.js';
import { FAILED_REQUEST, FAILED_SOCKET, stage } from './support.mjs';

/** @typedef {import('./support.mjs').Scene} Scene */

const { play } = stage();

/** What the constructor throws for this configuration. @param {Scene} scene @param {any[]} args */
const refusal = (scene, ...args) => scene.page.evaluate((given) => {
  const { harness } = /** @type {any} */ (window);
  try {
    harness.construct(...given);
  } catch (error) {
    return harness.describeError(error);
  }
  return undefined;
}, args);

/** @param {Scene} scene that failed before */
const recovers = async (scene) => {
  await scene.signIn();
  assert.equal(await scene.page.evaluate(() => /** @type {any} */ (window).sdk.connected), true);
};

test('S-1 S-2 a constructor without options or without credentials throws', play({}, async (scene) => {
  const none = await refusal(scene);
  assert.deepEqual([none.type, none.message, none.isSdkError],
    ['invalid_options', 'Options required to create an instance of the SDK', true]);
  const empty = await refusal(scene, {});
  assert.deepEqual([empty.type, empty.message, empty.isSdkError], ['invalid_options',
    'An accessToken, jwt, or organizationId (for guest access) is required to instantiate the sdk.', true]);
}));

test('S-3 S-4 a missing or unlisted environment is a warning', play({}, async (scene) => {
  const warned = await scene.page.evaluate(async () => {
    /** @type {string[]} */
    const warnings = [];
    /** @type {(value?: unknown) => void} */
    let finish = () => {};
    const both = new Promise((resolve) => { finish = resolve; }); // records wait for the second half of the module
    const warn = (/** @type {string} */ text) => {
      if (warnings.push(text) === 2) finish();
    };
    const logger = { log() {}, debug() {}, info() {}, error() {}, warn };
    const { harness } = /** @type {any} */ (window);
    const config = { accessToken: 'x', logger, optOutOfTelemetry: true };
    harness.construct(config);
    harness.construct({ ...config, environment: 'unlisted.example' });
    await both;
    return { warnings, environment: Reflect.get(config, 'environment') };
  });
  assert.equal(warned.environment, 'mypurecloud.com');
  assert.equal(warned.warnings.length, 2);
  assert.match(warned.warnings[0], /No environment provided, using mypurecloud\.com/);
  assert.match(warned.warnings[1], /Environment is not in the standard list\. You may not be able to connect\./);
}));

test('options of wrong types are refused or harmless', play({}, async (scene) => {
  for (const config of [7, 'text', true, [], { accessToken: 7 }, { accessToken: {} }]) {
    const error = await refusal(scene, config);
    assert.equal(error?.type, 'invalid_options', JSON.stringify(config));
    assert.equal(error.isSdkError, true);
  }
  const odd = {
    logLevel: 7, logger: 'none', allowedSessionTypes: 'softphone', defaults: 'none', customHeaders: 3,
    autoConnectSessions: 'yes', disableAutoAnswer: 'no', jidResource: {}, eagerPersistentConnectionEstablishment: 1,
  };
  for (const [name, value] of Object.entries(odd)) {
    const error = await refusal(scene, {
      accessToken: 'x', environment: 'mypurecloud.com', optOutOfTelemetry: true, [name]: value,
    });
    assert.ok(error === undefined || error.isSdkError, `${name}: ${error?.message}`);
  }
  await recovers(scene);
}));

test('S-8 which credentials count', play({}, async (scene) => {
  const flags = (/** @type {object} */ credentials) => scene.page.evaluate((given) => {
    const { isGuest, isJwtAuth } = /** @type {any} */ (window).harness.construct(
      { environment: 'mypurecloud.com', optOutOfTelemetry: true, ...given });
    return { isGuest, isJwtAuth };
  }, credentials);
  assert.deepEqual(await flags({ accessToken: 'x' }), { isGuest: false, isJwtAuth: false });
  assert.deepEqual(await flags({ organizationId: 'x' }), { isGuest: true, isJwtAuth: false });
  assert.deepEqual(await flags({ jwt: 'x' }), { isGuest: false, isJwtAuth: true });
  assert.deepEqual(await flags({ accessToken: 'x', jwt: 'x' }), { isGuest: false, isJwtAuth: true });
}));

test('S-18 S-24 connected comes before the station, the station before ready, ready before the promise',
  play({}, async (scene) => {
    const { station } = scene.platform.defaultUser;
    await scene.signIn();
    const names = (await scene.notes()).map(({ name }) => name)
      .filter((name) => !['sent', 'getUserMedia'].includes(name));
    assert.deepEqual(names, [
      'call:initialize', 'returned:initialize', 'connected', 'concurrentSoftphoneSessionsEnabled', 'station',
      'ready', 'resolved:initialize',
    ]);
    const [connected] = await scene.notes('connected');
    assert.deepEqual(connected.detail, { reconnect: false });
    const event = await scene.event('station');
    assert.equal(event.action, 'Associated');
    assert.equal(event.station.id, station?.id);
    const member = await scene.page.evaluate(() => /** @type {any} */ (window).sdk.station.id);
    assert.equal(member, station?.id);
  }));

test('S-10 organization and user are requested before either has answered', play({}, async (scene) => {
  const { faults } = scene.platform;
  for (const [slow, quick] of [['organizations/me', 'users/me'], ['users/me', 'organizations/me']]) {
    faults.delay({ method: 'GET', path: slow }, 300);
    const from = scene.platform.requests.length;
    await scene.construct();
    const both = Promise.all([slow, quick].map((path) => (
      until(scene.platform, 'request', (/** @type {any} */ request) => request.path === path))));
    const done = scene.run('initialize');
    await both;
    const answered = scene.platform.requests.slice(from).map(({ path }) => path);
    assert.ok(answered.indexOf(quick) < answered.indexOf(slow), answered.join(' '));
    await done;
    await scene.run('disconnect');
  }
}));

for (const status of [401, 403]) {
  test(`S-15 a token refused with ${status} rejects with invalid_token after an http error`, play({
    expected: [FAILED_REQUEST, /webrtc-sdk/], sdkErrors: [/status code 40[13]/],
  }, async (scene) => {
    scene.platform.faults.respond('GET', 'organizations/me', { status, body: { message: 'no' } });
    await scene.construct();
    const error = await scene.fails('initialize');
    assert.equal(error.type, 'invalid_token');
    assert.equal(error.isSdkError, true);
    await scene.event('sdkError', { type: 'invalid_token' });
    const types = (await scene.notes('sdkError')).map(({ detail }) => detail.type);
    assert.deepEqual(types, ['http', 'invalid_token']);
    await scene.inOrder(['rejected:initialize'], ['sdkError', { type: 'invalid_token' }]);
    await recovers(scene);
  }));
}

test('an unknown token is refused as invalid', play({
  expected: [FAILED_REQUEST, /webrtc-sdk/], sdkErrors: [/status code 401/],
}, async (scene) => {
  await scene.construct({ accessToken: 'nobody-has-this-token' });
  assert.equal((await scene.fails('initialize')).type, 'invalid_token');
  await recovers(scene);
}));

test('S-17 a refused SASL authentication rejects with invalid_token', play({
  expected: [/webrtc-sdk/], sdkErrors: [/./],
}, async (scene) => {
  scene.platform.faults.refuseAuth('not-authorized', { times: 100 });
  await scene.construct();
  const error = await scene.fails('initialize');
  assert.equal(error.type, 'invalid_token');
  assert.equal(error.isSdkError, true);
  scene.platform.faults.clear();
  await recovers(scene);
}));

test('S-16 an unreachable host rejects with initialization after its retries', play({
  expected: [FAILED_REQUEST, /webrtc-sdk/], sdkErrors: [/Network Error/, /timeout of/],
  prepare: (page) => page.clock.install(),
}, async (scene) => {
  // Retries are 15 seconds apart; the page's clock is moved on until they are used up.
  await scene.construct({ environment: 'http://127.0.0.1:1', wsHost: 'ws://127.0.0.1:1' });
  let settled = false;
  const failing = scene.fails('initialize').finally(() => (settled = true));
  while (!settled) await scene.page.clock.fastForward(15_000);
  const error = await failing;
  assert.equal(error.type, 'initialization');
  await scene.page.clock.resume();
  const types = (await scene.notes('sdkError')).map(({ detail }) => detail.type);
  assert.ok(types.includes('http'), types.join(' '));
  await recovers(scene);
}));

test('an unreachable socket is tried again until it is there', play({
  expected: [FAILED_SOCKET, /webrtc-sdk/],
}, async (scene) => {
  const refused = scene.platform.faults.refuseSockets(503, { times: 1 });
  await scene.signIn();
  assert.equal(refused.hits, 1);
}));

test('S-19 a user without a station still signs in', play({
  sdkErrors: [/User does not have an effective station/], expected: [/webrtc-sdk/],
}, async (scene) => {
  scene.platform.users.changeStation(scene.platform.defaultUser.id, null);
  await scene.signIn();
  await scene.event('sdkError', { type: 'generic', message: 'User does not have an effective station' });
  assert.equal(await scene.page.evaluate(() => /** @type {any} */ (window).sdk.station), null);
  assert.equal((await scene.notes('station')).length, 0);
  assert.equal((await scene.notes('sdkError')).length, 1);
}));

test('S-20 a second initialize replaces the connection', play({}, async (scene) => {
  await scene.signIn();
  const from = await scene.count();
  await scene.run('initialize');
  const notes = (await scene.notes()).slice(from);
  const names = notes.map(({ name }) => name).filter((name) => ['connected', 'disconnected', 'ready'].includes(name));
  assert.deepEqual(names, ['disconnected', 'connected', 'ready']);
  assert.deepEqual(notes.find(({ name }) => name === 'connected')?.detail, { reconnect: false });
  assert.equal([...scene.platform.stream.of('agent-1')].length, 1);
}));

test('S-21 after a drop only connected with reconnect follows', play({
  expected: [/webrtc-sdk/],
}, async (scene) => {
  await scene.signIn();
  const [from, requests] = [await scene.count(), scene.platform.requests.length];
  scene.platform.faults.dropSockets();
  await scene.event('connected', { reconnect: true }, from);
  await scene.event('disconnected', { reconnecting: true }, from);
  // A ring proves that nothing else is on its way before the list is looked at.
  scene.platform.call({ farEnd: 'manual' });
  await scene.event('pendingSession', {}, from);
  const names = (await scene.notes()).slice(from).map(({ name }) => name);
  assert.deepEqual(names.filter((name) => ['ready', 'station'].includes(name)), []);
  // The connection itself makes a channel and probes the token; the session layer asks for nothing again.
  const later = scene.platform.requests.slice(requests).map(({ path, query }) => path + query);
  assert.deepEqual(later.filter((what) => /organizations|users\/me\?|stations/.test(what)), []);
}));

test('S-25 S-26 S-27 S-28 the station follows its notifications', play({}, async (scene) => {
  const { platform } = scene;
  await scene.signIn({});
  const station = async (/** @type {object} */ members, /** @type {number} */ from) => (
    scene.event('station', members, from));
  const persistent = () => scene.page.evaluate(() => (
    /** @type {any} */ (window).sdk.isPersistentConnectionEnabled()));

  let from = await scene.count();
  platform.changeStation(null);
  assert.deepEqual(await station({ action: 'Disassociated' }, from), { action: 'Disassociated', station: null });
  from = await scene.count();
  platform.changeStation(null);
  await station({ action: 'Disassociated' }, from);

  from = await scene.count();
  platform.changeStation({ name: 'New phone', webRtcPersistentEnabled: true, webRtcCallAppearances: 2 });
  const { station: fresh } = await station({ action: 'Associated' }, from);
  assert.equal(fresh.name, 'New phone');
  assert.ok(scene.requested().includes(`GET stations/${fresh.id}`));
  await scene.inOrder(['concurrentSoftphoneSessionsEnabled'], ['station', { station: { name: 'New phone' } }]);
  assert.equal(await persistent(), true);

  from = await scene.count();
  platform.changeStation({ type: 'inin_remote' }, { action: 'WebRTCMigration' });
  assert.equal((await station({}, from)).station.type, 'inin_remote');
  assert.equal(await persistent(), false);
}));

test('S-116 destroy before initialize does nothing to the outside', play({}, async (scene) => {
  await scene.construct();
  await scene.run('destroy');
  assert.deepEqual(scene.requested(), []);
  const { sockets, peers, timers } = await scene.alive();
  assert.deepEqual({ sockets, peers, timers }, { sockets: 0, peers: 0, timers: 0 });
}));

test('methods before initialize reject with an SdkError and the SDK stays usable', play({
  sdkErrors: [/./], expected: [/webrtc-sdk/],
}, async (scene) => {
  await scene.construct();
  const conversationId = 'c-1';
  /** @type {[string, ...any[]][]} */
  const calls = [
    ['startSoftphoneSession', { phoneNumber: '+1' }], ['acceptPendingSession', { conversationId }],
    ['rejectPendingSession', { conversationId }], ['acceptSession', { conversationId }],
    ['endSession', { conversationId }], ['forceTerminateSession', 's-1'],
    ['setAudioMute', { conversationId, mute: true }], ['setConversationHeld', { conversationId, held: true }],
  ];
  for (const [method, ...args] of calls) {
    const error = await scene.fails(method, ...args);
    assert.ok(error.isSdkError, `${method}: ${error.name} ${error.message}`);
    assert.equal(error.type, 'session', method);
  }
  assert.deepEqual(scene.requested(), []);
  await scene.run('initialize');
}));
