// SPDX-License-Identifier: MIT

/** @type {import('../stage.mjs').Script} */
export default {
  title: 'inbound call to the person, rejected: goes to voicemail',
  async run({ signIn, platform, event, call, quiet }) {
    await signIn();
    const { conversationId } = await platform.ring({ farEnd: 'manual', purpose: 'user' });
    await event('pendingSession');
    await quiet();
    await call('rejectPendingSession', { conversationId });
    await event('cancelPendingSession');
  },
};
