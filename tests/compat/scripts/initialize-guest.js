// SPDX-License-Identifier: MIT

/** @type {import('../stage.mjs').Script} */
export default {
  title: 'sign-in of a guest: without a code, a wrong one, a good one',
  brief: true,
  async run({ construct, config, base, platform, call, quiet, note }) {
    const guest = () => construct(config({ accessToken: undefined, organizationId: base.organizationId }));
    const sdk = guest();
    note('kind', [sdk.isGuest, sdk.isJwtAuth]);
    await call('initialize');
    await call('initialize', {});
    await call('initialize', { securityCode: '' });
    await call('initialize', { securityCode: '000001' });
    await call('initialize', { conversation: { id: 'c' }, jwt: 'j' });
    await call('initialize', { securityCode: await platform.code() });
    await quiet();
    await call('startVideoConference', 'room@conference.x');
    await call('startVideoMeeting', 'meeting');
    await call('startSoftphoneSession', { phoneNumber: '1' });
  },
};
