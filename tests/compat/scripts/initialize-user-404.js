// SPDX-License-Identifier: MIT

/** @type {import('../stage.mjs').Script} */
export default {
  title: 'sign-in: the user is not found',
  async run({ construct, platform, call }) {
    construct();
    await platform.respond('GET', '^users/me', { status: 404, body: { message: 'no user' }, times: 5 });
    await call('initialize');
  },
};
