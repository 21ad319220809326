// SPDX-License-Identifier: MIT

/** @type {import('../stage.mjs').Script} */
export default {
  title: 'video: a person calls, is rejected; a meeting',
  async run({ signIn, platform, event, quiet, call }) {
    await signIn({ allowedSessionTypes: ['collaborateVideo'] });
    const { conversationId } = await platform.meet({ room: 'peer-invites', fromUserId: 'another' });
    await event('pendingSession');
    await quiet();
    await call('rejectPendingSession', { conversationId });
    await quiet();
    await call('startVideoMeeting', 'meeting-id');
    await event('sessionStarted');
    await quiet();
  },
};
