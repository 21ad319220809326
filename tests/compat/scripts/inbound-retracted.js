// SPDX-License-Identifier: MIT

/** @type {import('../stage.mjs').Script} */
export default {
  title: 'inbound call, given up by the caller while it rings',
  brief: true,
  async run({ signIn, platform, event, quiet, call }) {
    await signIn();
    const { conversationId } = await platform.ring({ farEnd: 'manual' });
    await event('pendingSession');
    await quiet();
    await platform.retract(conversationId);
    await event('cancelPendingSession');
    await quiet();
    await call('acceptPendingSession', { conversationId });
  },
};
