// SPDX-License-Identifier: MIT

/** @type {import('../stage.mjs').Script} */
export default {
  title: 'inbound call with auto answer',
  brief: true,
  async run({ signIn, platform, event, quiet, call }) {
    await signIn();
    const { conversationId } = await platform.ring({ farEnd: 'manual', autoAnswer: true });
    await event('sessionStarted');
    await platform.connected(conversationId);
    await quiet();
    await call('endSession', { conversationId });
    await event('sessionEnded');
  },
};
