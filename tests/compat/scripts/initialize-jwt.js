// SPDX-License-Identifier: MIT

/** @type {import('../stage.mjs').Script} */
export default {
  title: 'sign-in with a JWT',
  async run({ construct, config, base, platform, call, note }) {
    construct(config({ accessToken: undefined, jwt: 'not.a.jwt' }));
    await call('initialize');
    const jwt = await platform.jwt({ userId: base.userId });
    const sdk = construct(config({ accessToken: undefined, jwt }));
    note('kind', [sdk.isGuest, sdk.isJwtAuth]);
    await call('initialize');
    note('station', sdk.station ?? null);
    await call('startSoftphoneSession', { phoneNumber: '1' });
    await call('startScreenShare');
  },
};
