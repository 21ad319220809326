// SPDX-License-Identifier: MIT

/** @type {import('../stage.mjs').Script} */
export default {
  title: 'the platform offers again within a call',
  async run({ signIn, platform, event, quiet, call, talk }) {
    await signIn();
    const { conversationId } = await talk({ farEnd: 'silent' });
    await platform.reinvite(conversationId);
    await quiet();
    await call('endSession', { conversationId });
    await event('sessionEnded');
  },
};
