// SPDX-License-Identifier: MIT

/** @type {import('../stage.mjs').Script} */
export default {
  title: 'endSession with the id of the session',
  async run({ signIn, talk, call, quiet }) {
    await signIn();
    const { sessionId } = await talk();
    await call('endSession', { sessionId });
    await quiet();
  },
};
