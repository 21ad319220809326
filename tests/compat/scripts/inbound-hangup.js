// SPDX-License-Identifier: MIT

/** @type {import('../stage.mjs').Script} */
export default {
  title: 'inbound call: rings, is accepted, the caller hangs up',
  brief: true,
  async run({ signIn, platform, event, call, quiet }) {
    await signIn();
    const { conversationId } = await platform.ring({ farEnd: 'manual' });
    await event('pendingSession');
    await call('acceptPendingSession', { conversationId });
    await event('sessionStarted');
    await platform.connected(conversationId);
    await event('conversationUpdate', (/** @type {any} */ { current }) => (
      current.some((/** @type {any} */ one) => one.mostRecentCallState?.state === 'connected')));
    await quiet();
    await platform.hangup(conversationId);
    await event('sessionEnded');
  },
};
