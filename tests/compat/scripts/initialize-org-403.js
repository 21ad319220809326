// SPDX-License-Identifier: MIT

/** @type {import('../stage.mjs').Script} */
export default {
  title: 'sign-in: the organisation is forbidden',
  async run({ construct, platform, call }) {
    construct();
    await platform.respond('GET', '^organizations/me', { status: 403, body: { message: 'forbidden' } });
    await call('initialize');
  },
};
