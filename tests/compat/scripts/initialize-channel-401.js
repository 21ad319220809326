// SPDX-License-Identifier: MIT

/** @type {import('../stage.mjs').Script} */
export default {
  title: 'sign-in: no channel for this token',
  async run({ construct, platform, call }) {
    construct();
    await platform.respond('POST', '^notifications/channels', { status: 401, body: { message: 'no' }, times: 9 });
    await call('initialize');
  },
};
