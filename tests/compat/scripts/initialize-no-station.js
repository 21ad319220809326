// SPDX-License-Identifier: MIT

/** @type {import('../stage.mjs').Script} */
export default {
  title: 'sign-in without a station',
  brief: true,
  platform: { station: null },
  async run({ construct, call, note, quiet }) {
    const sdk = construct();
    await call('initialize');
    await quiet();
    note('station', sdk.station);
    await call('isPersistentConnectionEnabled');
    await call('isConcurrentSoftphoneSessionsEnabled');
  },
};
