// SPDX-License-Identifier: MIT

/** @type {import('../stage.mjs').Script} */
export default {
  title: 'every method before initialize()',
  brief: true,
  async run({ construct, call, quiet }) {
    construct();
    const conversationId = 'c1';
    await call('startSoftphoneSession', { phoneNumber: '1' });
    await call('startScreenShare');
    await call('startVideoConference', 'room@conference.x');
    await call('startVideoMeeting', 'meeting');
    await call('acceptPendingSession', { conversationId });
    await call('rejectPendingSession', { conversationId });
    await call('acceptSession', { conversationId });
    await call('endSession', { conversationId });
    await call('forceTerminateSession', 's1');
    await call('setAudioMute', { conversationId, mute: true });
    await call('setVideoMute', { conversationId, mute: true });
    await call('setConversationHeld', { conversationId, held: true });
    await call('updateOutgoingMedia', { conversationId, audioDeviceId: null });
    await call('updateOutputDevice', null);
    await call('updateDefaultDevices', { audioDeviceId: 'x' });
    await call('updateDefaultDevices');
    await call('updateDefaultMediaSettings', { micAutoGainControl: false });
    await call('updateDefaultResolution', { width: 1, height: 1 }, false);
    await call('updateAudioVolume', 50);
    await call('setAccessToken', 'another');
    await call('setJwt', 'another');
    await call('setDefaultAudioStream');
    await call('disconnect');
    await call('destroy');
    await quiet();
  },
};
