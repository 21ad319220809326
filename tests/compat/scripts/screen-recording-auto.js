// SPDX-License-Identifier: MIT

/** @type {import('../stage.mjs').Script} */
export default {
  title: 'screen recording that accepts by itself',
  async run({ signIn, platform, event, quiet }) {
    await signIn({ allowedSessionTypes: ['screenRecording'], autoAcceptPendingScreenRecordingRequests: true });
    const { conversationId } = await platform.record();
    await event('sessionStarted');
    await quiet();
    await platform.stopScreen(conversationId);
    await event('sessionEnded');
  },
};
