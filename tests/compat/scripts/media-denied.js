// SPDX-License-Identifier: MIT

/** @type {import('../stage.mjs').Script} */
export default {
  title: 'microphone and camera are denied',
  async run({ signIn, call, watchMedia, quiet }) {
    await signIn();
    watchMedia();
    navigator.mediaDevices.getUserMedia = async () => {
      throw new DOMException('Permission denied', 'NotAllowedError');
    };
    await call('media.startMedia', { audio: true });
    await quiet();
    await call('media.startMedia', { video: 'x' });
    await quiet();
    await call('media.requestMediaPermissions', 'both');
    await quiet();
    await call('media.getState');
    await call('media.isPermissionsError', new DOMException('x', 'NotAllowedError'));
    await call('media.isPermissionsError', new DOMException('Could not start video source', 'NotReadableError'));
    await call('media.isPermissionsError', new TypeError('x'));
  },
};
