// SPDX-License-Identifier: MIT

/** @type {import('../stage.mjs').Script} */
export default {
  title: 'forceTerminateSession',
  async run({ signIn, talk, call, event, quiet }) {
    await signIn();
    const { sessionId } = await talk();
    await call('forceTerminateSession', sessionId);
    await event('sessionEnded');
    await quiet();
  },
};
