// SPDX-License-Identifier: MIT

/** @type {import('../stage.mjs').Script} */
export default {
  title: 'disableAutoAnswer: a call with auto answer rings',
  async run({ signIn, platform, event, quiet }) {
    await signIn({ disableAutoAnswer: true });
    const { conversationId } = await platform.ring({ farEnd: 'manual', autoAnswer: true });
    await event('pendingSession');
    await quiet();
    await platform.retract(conversationId);
    await event('cancelPendingSession');
  },
};
