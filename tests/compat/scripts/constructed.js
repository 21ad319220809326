// SPDX-License-Identifier: MIT

/** @type {import('../stage.mjs').Script} */
export default {
  title: 'the SDK object before initialize(): members and what they are',
  brief: true,
  async run({ construct, note, call, exports }) {
    const sdk = construct();
    const { GenesysCloudWebrtcSdk: Sdk } = exports;
    note('VERSION', [typeof sdk.VERSION, sdk.VERSION === Sdk.VERSION]);
    note('class', [sdk instanceof Sdk, sdk.constructor === Sdk]);
    note('station', sdk.station ?? null);
    note('isInitialized', sdk.isInitialized);
    note('isJwtAuth', sdk.isJwtAuth);
    note('isGuest', sdk.isGuest);
    note('objects', ['media', 'logger', 'headset'].map((name) => typeof sdk[name]));
    for (const name of [
      'initialize', 'startSoftphoneSession', 'startScreenShare', 'startVideoConference', 'startVideoMeeting',
      'updateOutputDevice', 'updateOutgoingMedia', 'updateDefaultDevices', 'updateDefaultResolution',
      'updateDefaultMediaSettings', 'updateAudioVolume', 'isPersistentConnectionEnabled',
      'isConcurrentSoftphoneSessionsEnabled', 'setVideoMute', 'setAudioMute', 'setConversationHeld', 'setAccessToken',
      'setJwt', 'setDefaultAudioStream', 'acceptPendingSession', 'rejectPendingSession', 'acceptSession', 'endSession',
      'forceTerminateSession', 'disconnect', 'destroy', 'setUseHeadsets', 'isVideoSession', 'isScreenRecordingSession',
      'addAllowedSessionType', 'removeAllowedSessionType', 'fetchOrganization', 'fetchAuthenticatedUser',
      'fetchUsersStation', 'addListener', 'on', 'once', 'removeListener', 'off', 'removeAllListeners',
      'setMaxListeners', 'getMaxListeners', 'listeners', 'rawListeners', 'emit', 'listenerCount', 'prependListener',
      'prependOnceListener', 'eventNames',
    ]) note(`method ${name}`, typeof sdk[name]);
    await call('isPersistentConnectionEnabled');
    await call('isConcurrentSoftphoneSessionsEnabled');
    await call('isVideoSession', { sessionType: 'collaborateVideo' });
    await call('isScreenRecordingSession', { sessionType: 'softphone' });
  },
};
