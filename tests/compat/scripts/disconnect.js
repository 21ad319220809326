// SPDX-License-Identifier: MIT

/** @type {import('../stage.mjs').Script} */
export default {
  title: 'disconnect(), then initialize() again',
  async run({ signIn, call, event, quiet }) {
    await signIn();
    await call('disconnect');
    await event('disconnected');
    await quiet();
    await call('startSoftphoneSession', { phoneNumber: '1' });
    await call('disconnect');
    await call('initialize');
    await quiet();
  },
};
