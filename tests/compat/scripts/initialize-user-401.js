// SPDX-License-Identifier: MIT

/** @type {import('../stage.mjs').Script} */
export default {
  title: 'sign-in: the token is refused',
  brief: true,
  async run({ construct, config, call, note }) {
    const sdk = construct(config({ accessToken: 'no-such-token' }));
    await call('initialize');
    note('after', [sdk.isInitialized]);
  },
};
