// SPDX-License-Identifier: MIT

/** @type {import('../stage.mjs').Script} */
export default {
  title: 'persistent connection: two calls, one session',
  platform: { station: { webRtcPersistentEnabled: true } },
  async run({ signIn, talk, call, event, quiet, platform }) {
    await signIn();
    await call('isPersistentConnectionEnabled');
    const first = await talk({ farEnd: 'silent' });
    await platform.hangup(first.conversationId);
    await event('sessionEnded');
    await quiet();
    const second = await platform.ring({ farEnd: 'silent' });
    await event('pendingSession', (/** @type {any} */ one) => one.conversationId === second.conversationId);
    await call('acceptPendingSession', { conversationId: second.conversationId });
    await quiet();
    await call('endSession', { conversationId: second.conversationId });
    await quiet();
  },
};
