// SPDX-License-Identifier: MIT

/** @type {import('../stage.mjs').Script} */
export default {
  title: 'sign-in of an agent: events, station, requests, stanzas',
  brief: true,
  async run({ construct, call, note, quiet }) {
    const sdk = construct();
    note('before', { station: sdk.station });
    await call('initialize');
    await quiet();
    note('after', { station: sdk.station });
    await call('isPersistentConnectionEnabled');
    await call('isConcurrentSoftphoneSessionsEnabled');
  },
};
