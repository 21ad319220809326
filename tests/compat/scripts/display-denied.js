// SPDX-License-Identifier: MIT

/** @type {import('../stage.mjs').Script} */
export default {
  title: 'startDisplayMedia is denied',
  async run({ signIn, call, quiet }) {
    await signIn();
    navigator.mediaDevices.getDisplayMedia = async () => {
      throw new DOMException('Permission denied', 'NotAllowedError');
    };
    await call('media.startDisplayMedia');
    await quiet();
  },
};
