// SPDX-License-Identifier: MIT

/** @type {import('../stage.mjs').Script} */
export default {
  title: 'initialize() of an SDK that is connected',
  async run({ signIn, call, quiet }) {
    await signIn();
    await call('initialize');
    await quiet();
  },
};
