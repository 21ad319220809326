// SPDX-License-Identifier: MIT
// The public surface, name by name: what is there, and that it answers in every state.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as exported from '../../js/index.js';
import { heard, keepingLogger, rejection, start } from './support.mjs';

const { GenesysCloudWebrtcSdk, SdkError } = exported;

/** Every documented name, and where it is. */
const DOCUMENTED = {
  exported: `GenesysCloudWebrtcSdk default SdkError SdkErrorTypes SessionTypes HeadsetEvents mediaUtils
    JingleReasonCondition JingleReasons CommunicationStates utils SdkMedia ConversationUpdate isCustomerData
    isSecurityCode`,
  constructor: 'VERSION',
  sdk: `VERSION logger media headset station initialize startSoftphoneSession startScreenShare startVideoConference
    startVideoMeeting updateOutputDevice updateOutgoingMedia updateDefaultDevices updateDefaultResolution
    updateDefaultMediaSettings updateAudioVolume isPersistentConnectionEnabled isConcurrentSoftphoneSessionsEnabled
    setVideoMute setAudioMute setConversationHeld setAccessToken setJwt setDefaultAudioStream acceptPendingSession
    rejectPendingSession acceptSession endSession forceTerminateSession disconnect destroy connected isInitialized
    isJwtAuth isGuest addAllowedSessionType removeAllowedSessionType setMediaHandling setUseHeadsets fetchOrganization
    fetchAuthenticatedUser fetchUsersStation parseJwt isScreenRecordingSession isVideoSession
    isLiveScreenMonitoringSession sessionManager audioProcessor validateOutgoingMediaTracks`,
  media: `enumerateDevices requestMediaPermissions startMedia startDisplayMedia setDefaultAudioStream getState
    getDevices getAudioDevices getVideoDevices getOutputDevices getAllActiveMediaTracks getValidDeviceId
    getValidSdkMediaRequestDeviceId findCachedDeviceByTrackLabelAndKind findCachedDeviceByTrackLabel
    findCachedVideoDeviceById findCachedAudioDeviceById findCachedOutputDeviceById findCachedDeviceByIdAndKind
    doesDeviceExistInCache isPermissionsError destroy`,
  headset: `headsetEvents$ currentSelectedImplementation orchestrationState updateAudioInputDevice showRetry
    retryConnection setRinging outgoingCall answerIncomingCall rejectIncomingCall endCurrentCall endAllCalls setMute
    setHold resetHeadsetStateForCall`,
  logger: 'log debug info warn error clientId setAccessToken startServerLogging stopServerLogging sendAllLogsInstantly',
};
const EMITTER = `on once off addListener removeListener removeAllListeners setMaxListeners getMaxListeners listeners
  rawListeners emit listenerCount prependListener prependOnceListener eventNames`;
const SESSION_TYPES = {
  softphone: 'softphone', collaborateVideo: 'collaborateVideo', acdScreenShare: 'screenShare',
  screenRecording: 'screenRecording', liveScreenMonitoring: 'liveScreenMonitoring', unknown: 'unknown',
};
const ERROR_TYPES = [
  'generic', 'initialization', 'invalid_token', 'http', 'invalid_options', 'not_supported', 'session', 'call', 'media',
];

/** @param {string} names */
const words = (names) => names.split(/\s+/);

test('every documented name exists', async (t) => {
  const { makeSdk } = await start(t);
  const sdk = makeSdk();
  const { media, headset, logger } = sdk;
  /** @type {Record<string, any>} */
  const owners = { exported, constructor: GenesysCloudWebrtcSdk, sdk, media, headset, logger };
  const missing = Object.entries(DOCUMENTED).flatMap(([owner, names]) => (
    words(names).filter((name) => !(name in owners[owner])).map((name) => `${owner}.${name}`)));
  assert.deepEqual(missing, []);
  for (const emitter of [sdk, media, logger]) {
    assert.deepEqual(words(EMITTER).filter((name) => typeof Reflect.get(emitter, name) !== 'function'), []);
  }
  assert.equal(exported.default, GenesysCloudWebrtcSdk);
  assert.match(GenesysCloudWebrtcSdk.VERSION, /^\d+\.\d+\.\d+/);
  assert.equal(sdk.VERSION, GenesysCloudWebrtcSdk.VERSION);
});

test('constants have the documented values, and nobody can change them', () => {
  assert.deepEqual(exported.SessionTypes, SESSION_TYPES);
  assert.deepEqual(exported.SdkErrorTypes, Object.fromEntries(ERROR_TYPES.map((type) => [type, type])));
  const reasons = Object.values(exported.JingleReasonCondition);
  assert.equal(reasons.length, 17);
  for (const [name, reason] of Object.entries(exported.JingleReasonCondition)) {
    assert.equal(name.toLowerCase(), reason.replaceAll('-', ''));
  }
  assert.ok(Object.values(exported.JingleReasons).every((reason) => reasons.includes(reason)));
  const { SessionTypes, SdkErrorTypes, JingleReasonCondition, JingleReasons, CommunicationStates } = exported;
  for (const constants of [SessionTypes, SdkErrorTypes, JingleReasonCondition, JingleReasons, CommunicationStates]) {
    assert.ok(Object.isFrozen(constants));
  }
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

test('the helpers beside the class', async (t) => {
  const { makeSdk } = await start(t);
  const sdk = makeSdk();
  const { utils, ConversationUpdate, SdkMedia, isCustomerData, isSecurityCode } = exported;
  assert.ok(sdk.media instanceof SdkMedia);
  assert.equal(utils.SdkError, SdkError);
  const emitted = heard(sdk, 'sdkError');
  const error = utils.createAndEmitSdkError.call(sdk, 'call', 'refused', { line: 1 });
  assert.equal((await emitted)[0], error);
  assert.deepEqual([error.type, error.message, error.details], ['call', 'refused', { line: 1 }]);
  const options = [undefined, null, false, 'x'].map((option) => utils.defaultConfigOption(option, 'default'));
  assert.deepEqual(options, ['default', 'default', false, 'x']);
  assert.equal(utils.defaultConfigOption('', 'default', { falsy: true }), 'default');
  const jids = {
    'id@gjoll.example.org': ['isSoftphoneJid'],
    'user@example.org/gjoll': [],
    'user@example.org/x@gjoll': [],
    'user@example.org/x@conference': [],
    'room@conference.example.org': ['isVideoJid'],
    'peer-room@conference.example.org': ['isVideoJid', 'isPeerVideoJid'],
    'acd-room@conference.example.org': ['isAcdJid'],
    'screenrecording-room@conference.example.org': ['isScreenRecordingJid'],
  };
  for (const [jid, kinds] of Object.entries(jids)) {
    const names = /** @type {const} */ ([
      'isSoftphoneJid', 'isVideoJid', 'isPeerVideoJid', 'isAcdJid', 'isScreenRecordingJid']);
    assert.deepEqual(names.filter((name) => utils[name](jid)), kinds, jid);
  }
  assert.deepEqual(['connected', 'failed', 'interrupted'].map(utils.isPeerConnectionDisconnected), [false, true, true]);
  const { records, ...logger } = keepingLogger();
  utils.logPendingSession(logger, 'rings', { id: 'i', conversationId: 'c', fromJid: 'secret' }, 'warn');
  const known = { sessionId: 'i', conversationId: 'c', autoAnswer: undefined, fromUserId: undefined };
  assert.deepEqual(records, [['warn', 'rings', known]]);
  await utils.delay(1);
  const customer = { conversation: { id: 'c' }, sourceCommunicationId: 's', jwt: 'j' };
  assert.deepEqual([isCustomerData(customer), isSecurityCode({ securityCode: '1' })], [true, true]);
  assert.equal(isCustomerData({ ...customer, jwt: '' }), false);
  const calls = [{ id: 'call', state: 'connected', other: 1 }];
  const update = new ConversationUpdate({ id: 'c', participants: [{ id: 'p', userId: 'u', calls, other: 1 }] });
  assert.equal(update.participants[0].userId, 'u');
  assert.deepEqual(update.participants[0].videos, []);
  assert.deepEqual([update.participants[0].calls[0].state, 'other' in update.participants[0]], ['connected', false]);
  assert.deepEqual(new ConversationUpdate({ id: 'c' }).participants, []);
});
