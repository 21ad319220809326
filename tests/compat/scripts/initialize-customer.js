// SPDX-License-Identifier: MIT

/** @type {import('../stage.mjs').Script} */
export default {
  title: 'sign-in of a guest with a code that was redeemed',
  async run({ construct, config, base, platform, call }) {
    construct(config({ accessToken: undefined, organizationId: base.organizationId }));
    await call('initialize', await platform.customer());
  },
};
