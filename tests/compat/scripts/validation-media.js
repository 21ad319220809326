// SPDX-License-Identifier: MIT

/** @type {import('../stage.mjs').Script} */
export default {
  title: 'methods about media with values that are refused',
  brief: true,
  async run({ signIn, call }) {
    await signIn();
    await call('updateOutgoingMedia');
    await call('updateOutgoingMedia', {});
    await call('updateOutgoingMedia', { conversationId: 'nobody' });
    await call('updateOutgoingMedia', { conversationId: 'nobody', audioDeviceId: null });
    await call('updateOutgoingMedia', { audioDeviceId: null });
    for (const volume of [-1, 101, 0, 100, 50.5, 'loud', undefined]) await call('updateAudioVolume', volume);
    await call('updateOutputDevice', null);
    await call('updateOutputDevice', true);
    await call('updateOutputDevice', 'no-such-device');
    await call('updateDefaultDevices');
    await call('updateDefaultDevices', { audioDeviceId: 'no-such-device', updateActiveSessions: true });
    await call('updateDefaultDevices', { outputDeviceId: 'no-such-device', updateActiveSessions: true });
    await call('updateDefaultMediaSettings', { micAutoGainControl: false, updateActiveSessions: true });
    await call('updateDefaultMediaSettings', {});
    await call('updateDefaultResolution', { width: 640, height: 480 }, true);
    await call('updateDefaultResolution', undefined, false);
    await call('setDefaultAudioStream');
    await call('setDefaultAudioStream', null);
    await call('media.setDefaultAudioStream');
  },
};
