// SPDX-License-Identifier: MIT

/** @type {import('../stage.mjs').Script} */
export default {
  title: 'station: taken away, given back, lines',
  async run({ signIn, platform, event, call, quiet, note, ...stage }) {
    await signIn();
    await platform.station(null);
    await event('station');
    note('station', stage.sdk.station);
    await call('isPersistentConnectionEnabled');
    await platform.station({ webRtcCallAppearances: 4, webRtcPersistentEnabled: true });
    await event('station', () => true, 2);
    await quiet();
    await call('isConcurrentSoftphoneSessionsEnabled');
    await call('isPersistentConnectionEnabled');
  },
};
