// SPDX-License-Identifier: MIT

/** @type {import('../stage.mjs').Script} */
export default {
  title: 'sign-in: the station is not found',
  async run({ construct, platform, call, note }) {
    const sdk = construct();
    await platform.respond('GET', '^stations/', { status: 404, body: { message: 'no station' } });
    await call('initialize');
    note('station', sdk.station ?? null);
  },
};
