// SPDX-License-Identifier: MIT

/** @type {import('../stage.mjs').Script} */
export default {
  title: 'sign-in: the stream is refused at first',
  async run({ construct, platform, call }) {
    construct();
    await platform.refuseSockets(1);
    await call('initialize');
  },
};
