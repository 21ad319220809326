// SPDX-License-Identifier: MIT
// The public surface, name by name: what is there, and that it answers in every state.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { GenesysCloudWebrtcSdk, SdkError } from '../../js/index.js';
import { heard, rejection, start } from './support.mjs';

const METHODS = [
  'initialize', 'startSoftphoneSession', 'acceptPendingSession', 'rejectPendingSession', 'acceptSession', 'endSession',
  'forceTerminateSession', 'setAudioMute', 'setConversationHeld', 'setAccessToken', 'setJwt',
  'isPersistentConnectionEnabled', 'isConcurrentSoftphoneSessionsEnabled', 'disconnect', 'destroy',
  'addAllowedSessionType', 'removeAllowedSessionType', 'setMediaHandling', 'setUseHeadsets', 'fetchOrganization',
  'fetchAuthenticatedUser', 'fetchUsersStation', 'parseJwt', 'isScreenRecordingSession', 'isVideoSession',
  'isLiveScreenMonitoringSession',
];
const EMITTER = [
  'on', 'once', 'off', 'addListener', 'removeListener', 'removeAllListeners', 'setMaxListeners', 'getMaxListeners',
  'listeners', 'rawListeners', 'emit', 'listenerCount', 'prependListener', 'prependOnceListener', 'eventNames',
];

test('methods, members of the emitter and VERSION', async (t) => {
  const { makeSdk } = await start(t);
  const sdk = /** @type {any} */ (makeSdk());
  for (const name of [...METHODS, ...EMITTER]) assert.equal(typeof sdk[name], 'function', name);
  for (const name of EMITTER) assert.equal(typeof sdk.media[name], 'function', `media.${name}`);
  assert.match(GenesysCloudWebrtcSdk.VERSION, /^\d+\.\d+\.\d+/);
  assert.equal(sdk.VERSION, GenesysCloudWebrtcSdk.VERSION);
});

/** What every getter and every question answers. @param {any} sdk */
const answers = (sdk) => ({
  connected: sdk.connected,
  isInitialized: sdk.isInitialized,
  isJwtAuth: sdk.isJwtAuth,
  isGuest: sdk.isGuest,
  station: sdk.station?.id ?? sdk.station,
  persistent: sdk.isPersistentConnectionEnabled(),
  concurrent: sdk.isConcurrentSoftphoneSessionsEnabled(),
  sessions: sdk.sessionManager?.getAllSessions().length,
});

test('every getter answers in every state', async (t) => {
  const { makeSdk } = await start(t);
  const sdk = makeSdk();
  const before = {
    connected: false, isInitialized: false, isJwtAuth: false, isGuest: false, station: null, persistent: false,
    concurrent: false, sessions: undefined,
  };
  assert.deepEqual(answers(sdk), before);
  const initialized = sdk.initialize();
  assert.deepEqual(answers(sdk), { ...before, isInitialized: true, sessions: 0 });
  await initialized;
  assert.equal(typeof sdk.station?.id, 'string');
  const up = { ...before, isInitialized: true, connected: true, sessions: 0, station: sdk.station?.id };
  assert.deepEqual(answers(sdk), up);
  await sdk.disconnect();
  assert.equal(sdk.connected, false);
  assert.equal(sdk.isInitialized, true);
  await sdk.destroy();
  assert.equal(sdk.connected, false);
  assert.equal(sdk.isPersistentConnectionEnabled(), false);
  assert.equal(sdk.sessionManager, undefined);
});

test('S-41 a refused media handling is thrown, and the same object is emitted later', async (t) => {
  const { makeSdk } = await start(t);
  const sdk = makeSdk();
  const emitted = heard(sdk, 'sdkError');
  /** @type {any} */
  let thrown;
  try {
    sdk.setMediaHandling(/** @type {any} */ ('sideways'));
  } catch (error) {
    thrown = error;
  }
  assert.ok(thrown instanceof SdkError);
  assert.equal(thrown.type, 'invalid_options');
  assert.equal((await emitted)[0], thrown);
  sdk.setMediaHandling('reduced-media');
  assert.throws(() => sdk.parseJwt(), { type: 'invalid_options' });
});

test('organization, user and station are fetched; kinds of sessions are told apart', async (t) => {
  const { makeSdk, platform } = await start(t);
  const sdk = makeSdk();
  assert.equal((await sdk.fetchAuthenticatedUser()).id, platform.defaultUser.id);
  assert.equal(typeof (await sdk.fetchOrganization()).id, 'string');
  assert.equal((await sdk.fetchUsersStation()).id, sdk.station?.id);
  const early = await rejection(sdk.addAllowedSessionType('softphone'));
  assert.equal(early.type, 'session');
  await sdk.initialize();
  await sdk.removeAllowedSessionType('softphone');
  await sdk.addAllowedSessionType('softphone');
  assert.equal(sdk.isVideoSession(/** @type {any} */ ({ sessionType: 'collaborateVideo' })), true);
  assert.equal(sdk.isVideoSession(/** @type {any} */ ({ sessionType: 'softphone' })), false);
  assert.equal(sdk.isScreenRecordingSession(/** @type {any} */ ({ sessionType: 'screenRecording' })), true);
  assert.equal(sdk.isLiveScreenMonitoringSession(/** @type {any} */ ({ sessionType: 'liveScreenMonitoring' })), true);
});
