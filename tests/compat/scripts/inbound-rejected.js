// SPDX-License-Identifier: MIT

/** @type {import('../stage.mjs').Script} */
export default {
  title: 'inbound call by way of a queue, rejected',
  brief: true,
  async run({ signIn, platform, event, call, quiet }) {
    await signIn();
    const { conversationId } = await platform.ring({ farEnd: 'manual' });
    await event('pendingSession');
    await quiet();
    await call('rejectPendingSession', { conversationId });
    await event('cancelPendingSession');
  },
};
