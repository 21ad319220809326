// SPDX-License-Identifier: MIT

/** @type {import('../stage.mjs').Script} */
export default {
  title: 'sign-in: the stream refuses the token',
  async run({ construct, platform, call }) {
    construct();
    await platform.refuseAuth('not-authorized', 9);
    await call('initialize');
  },
};
