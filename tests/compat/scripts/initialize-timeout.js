// SPDX-License-Identifier: MIT

/** @type {import('../stage.mjs').Script} */
export default {
  title: 'sign-in: the platform does not answer within 30 seconds',
  slow: true,
  patience: 60_000,
  async run({ construct, platform, call }) {
    construct();
    await platform.delay('GET', '^organizations/me', 120_000);
    await call('initialize');
  },
};
