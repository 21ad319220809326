// SPDX-License-Identifier: MIT
// Every getter and question of the public surface answers in every state of the SDK; every method after destroy()
// settles, and says why it does nothing.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { SdkError } from '../../js/index.js';
import { giveMedia, heard, laterTask, rejection, start } from './support.mjs';

giveMedia();

const DEVICE = { deviceId: 'd', kind: 'audioinput', label: 'l', groupId: 'g', toJSON: () => ({}) };

/** What changes nothing: by owner, each name with how it is asked. @type {Record<string, Record<string, any[]>>} */
const QUESTIONS = {
  sdk: {
    isPersistentConnectionEnabled: [], isConcurrentSoftphoneSessionsEnabled: [], isVideoSession: [{}],
    isScreenRecordingSession: [{}], isLiveScreenMonitoringSession: [{}], listenerCount: ['ready'], eventNames: [],
  },
  media: {
    getState: [], getDevices: [], getAudioDevices: [], getVideoDevices: [], getOutputDevices: [],
    getAllActiveMediaTracks: [], getValidDeviceId: ['audioinput', 'x'],
    getValidSdkMediaRequestDeviceId: ['x'], findCachedDeviceByTrackLabelAndKind: [undefined],
    findCachedDeviceByTrackLabel: [undefined], findCachedVideoDeviceById: ['x'], findCachedAudioDeviceById: ['x'],
    findCachedOutputDeviceById: ['x'], findCachedDeviceByIdAndKind: ['x', 'audioinput'],
    doesDeviceExistInCache: [DEVICE], isPermissionsError: [new Error('x')],
  },
  headset: { showRetry: [] },
};
const GETTERS = {
  sdk: ['VERSION', 'logger', 'media', 'headset', 'station', 'connected', 'isInitialized', 'isJwtAuth', 'isGuest',
    'sessionManager', 'audioProcessor'],
  headset: ['headsetEvents$', 'currentSelectedImplementation', 'orchestrationState'],
  logger: ['clientId'],
};

/** Reads and asks everything; what throws fails the test with its name. @param {any} sdk @param {string} state */
const askAll = (sdk, state) => {
  /** @type {Record<string, any>} */
  const owners = { sdk, media: sdk.media, headset: sdk.headset, logger: sdk.logger };
  const named = (/** @type {string} */ name, /** @type {() => unknown} */ ask) => {
    assert.doesNotThrow(ask, `${name} ${state}`);
  };
  for (const [owner, names] of Object.entries(GETTERS)) {
    for (const name of names) named(`${owner}.${name}`, () => owners[owner][name]);
  }
  for (const [owner, questions] of Object.entries(QUESTIONS)) {
    for (const [name, args] of Object.entries(questions)) {
      named(`${owner}.${name}`, () => owners[owner][name](...args));
    }
  }
  assert.equal(typeof sdk.connected, 'boolean', state);
  assert.equal(typeof sdk.isInitialized, 'boolean', state);
  assert.equal(typeof sdk.isPersistentConnectionEnabled(), 'boolean', state);
  assert.ok(Array.isArray(sdk.media.getDevices()), state);
  assert.equal(typeof sdk.media.getState(), 'object', state);
};

test('every getter and question answers from the constructor to a call, without a connection, and after destroy',
  async (t) => {
    const { makeSdk, platform } = await start(t);
    const sdk = makeSdk();
    askAll(sdk, 'constructed');
    const initialized = sdk.initialize();
    askAll(sdk, 'initializing');
    await initialized;
    askAll(sdk, 'ready');
    const ringing = heard(sdk, 'pendingSession');
    platform.call();
    const [{ conversationId }] = await ringing;
    askAll(sdk, 'ringing');
    const started = heard(sdk, 'sessionStarted');
    await sdk.acceptPendingSession({ conversationId });
    await started;
    askAll(sdk, 'in a call');
    const down = heard(sdk, 'disconnected');
    platform.faults.dropSockets(platform.defaultUser.id);
    await down;
    askAll(sdk, 'reconnecting');
    const destroyed = sdk.destroy();
    askAll(sdk, 'being destroyed');
    await destroyed;
    askAll(sdk, 'destroyed');
  });

test('every getter and question answers when initialize() has failed', async (t) => {
  const { makeSdk } = await start(t);
  const sdk = makeSdk({ accessToken: 'of-nobody' });
  assert.ok(await rejection(sdk.initialize()) instanceof SdkError);
  askAll(sdk, 'failed');
});

/** What does something, with arguments that would be taken. @type {Record<string, Record<string, any[]>>} */
const METHODS = {
  sdk: {
    initialize: [], startSoftphoneSession: [{ phoneNumber: '1' }], startScreenShare: [], startVideoConference: ['r@x'],
    startVideoMeeting: ['m'], updateOutputDevice: ['d'], updateOutgoingMedia: [{ audioDeviceId: 'd' }],
    updateDefaultDevices: [{}], updateDefaultResolution: [undefined, false], updateDefaultMediaSettings: [{}],
    updateAudioVolume: [50], setVideoMute: [{ conversationId: 'c', mute: true }],
    setAudioMute: [{ conversationId: 'c', mute: true }], setConversationHeld: [{ conversationId: 'c', held: true }],
    setAccessToken: ['t'], setJwt: ['j'], setDefaultAudioStream: [undefined],
    acceptPendingSession: [{ conversationId: 'c' }], rejectPendingSession: [{ conversationId: 'c' }],
    acceptSession: [{ conversationId: 'c' }], endSession: [{ conversationId: 'c' }], forceTerminateSession: ['s'],
    disconnect: [], destroy: [], addAllowedSessionType: ['softphone'], removeAllowedSessionType: ['softphone'],
    setMediaHandling: ['full'], setUseHeadsets: [true], fetchOrganization: [], fetchAuthenticatedUser: [],
    fetchUsersStation: [], parseJwt: [], validateOutgoingMediaTracks: [],
  },
  media: {
    enumerateDevices: [], requestMediaPermissions: ['audio'], startMedia: [{ audio: true }], startDisplayMedia: [],
    setDefaultAudioStream: [undefined], destroy: [],
  },
  headset: {
    updateAudioInputDevice: ['d'], retryConnection: ['l'], setRinging: [{ conversationId: 'c' }, false],
    outgoingCall: [{ conversationId: 'c' }], answerIncomingCall: ['c'], rejectIncomingCall: ['c'],
    endCurrentCall: ['c'], endAllCalls: [], setMute: [true], setHold: ['c', true], resetHeadsetStateForCall: ['c'],
  },
  logger: {
    log: ['x'], debug: ['x'], info: ['x'], warn: ['x'], error: ['x'], setAccessToken: ['t'], startServerLogging: [],
    stopServerLogging: [], sendAllLogsInstantly: [],
  },
};

/** How a call ended. @param {() => unknown} call */
const outcome = async (call) => {
  const late = laterTask().then(laterTask).then(() => 'waits');
  try {
    return [await Promise.race([Promise.resolve(call()).then(() => 'done'), late])];
  } catch (error) {
    return ['failed', error];
  }
};

test('every method settles after destroy(), with an SdkError where it can do nothing', async (t) => {
  const { makeSdk } = await start(t);
  const sdk = makeSdk();
  await sdk.initialize();
  await sdk.destroy();
  /** @type {Record<string, any>} */
  const owners = { sdk, media: sdk.media, headset: sdk.headset, logger: sdk.logger };
  for (const [owner, methods] of Object.entries(METHODS)) {
    for (const [name, args] of Object.entries(methods)) {
      const [how, error] = await outcome(() => owners[owner][name](...args));
      assert.notEqual(how, 'waits', `${owner}.${name} never settles`);
      if (how === 'failed') assert.ok(error instanceof SdkError, `${owner}.${name}: ${error}`);
    }
  }
  askAll(sdk, 'after every method');
});
