// SPDX-License-Identifier: MIT

/** @type {import('../stage.mjs').Script} */
export default {
  title: 'persistent connection: the second call is rejected, a third one given up',
  platform: { station: { webRtcPersistentEnabled: true } },
  async run({ signIn, talk, call, event, quiet, platform }) {
    await signIn();
    const first = await talk({ farEnd: 'silent' });
    await platform.hangup(first.conversationId);
    await quiet();
    const second = await platform.ring({ farEnd: 'silent' });
    await event('pendingSession', (/** @type {any} */ one) => one.conversationId === second.conversationId);
    await call('rejectPendingSession', { conversationId: second.conversationId });
    await quiet();
    const third = await platform.ring({ farEnd: 'silent' });
    await event('pendingSession', (/** @type {any} */ one) => one.conversationId === third.conversationId);
    await platform.retract(third.conversationId);
    await quiet();
  },
};
