// SPDX-License-Identifier: MIT

/** @type {import('../stage.mjs').Script} */
export default {
  title: 'one line: a second call on the session of the first',
  async run({ signIn, talk, call, event, quiet, platform }) {
    await signIn();
    const first = await talk({ farEnd: 'silent' });
    const second = await platform.ring({ farEnd: 'silent', share: true });
    await event('pendingSession', (/** @type {any} */ one) => one.conversationId === second.conversationId);
    await call('acceptPendingSession', { conversationId: second.conversationId });
    await event('conversationUpdate', (/** @type {any} */ { current }) => current.some((/** @type {any} */ one) => (
      one.conversationId === second.conversationId && one.mostRecentCallState.state === 'connected')));
    await quiet();
    await call('setConversationHeld', { conversationId: second.conversationId, held: true });
    await quiet();
    await platform.hangup(first.conversationId);
    await event('sessionEnded');
    await quiet();
    await call('endSession', { conversationId: second.conversationId });
    await quiet();
  },
};
