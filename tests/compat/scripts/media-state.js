// SPDX-License-Identifier: MIT

/** @type {import('../stage.mjs').Script} */
export default {
  title: 'sdk.media: state, lists of devices, look-ups',
  brief: true,
  async run({ signIn, call, watchMedia, quiet }) {
    await signIn();
    watchMedia();
    await call('media.getState');
    await call('media.enumerateDevices');
    await quiet();
    await call('media.enumerateDevices', true);
    await quiet();
    await call('media.getState');
    for (const name of ['getDevices', 'getAudioDevices', 'getVideoDevices', 'getOutputDevices',
      'getAllActiveMediaTracks']) await call(`media.${name}`);
    for (const [name, args] of /** @type {[string, any[]][]} */ ([
      ['findCachedAudioDeviceById', ['none']], ['findCachedVideoDeviceById', ['none']],
      ['findCachedOutputDeviceById', ['default']], ['findCachedDeviceByIdAndKind', ['default', 'audioinput']],
      ['findCachedDeviceByTrackLabelAndKind', []], ['getValidDeviceId', ['audioinput', true]],
      ['getValidDeviceId', ['videoinput', null]], ['getValidDeviceId', ['audiooutput', 'none']],
      ['getValidSdkMediaRequestDeviceId', []], ['getValidSdkMediaRequestDeviceId', ['none']],
      ['getValidSdkMediaRequestDeviceId', [null]], ['getValidSdkMediaRequestDeviceId', [true]],
      ['doesDeviceExistInCache', []],
    ])) await call(`media.${name}`, ...args);
  },
};
