// SPDX-License-Identifier: MIT

/** @type {import('../stage.mjs').Script} */
export default {
  title: 'screen recording: accepted without stream, without metadata',
  async run({ signIn, platform, event, call, quiet }) {
    await signIn({ allowedSessionTypes: ['screenRecording'] });
    for (const how of [{}, { mediaStream: await navigator.mediaDevices.getDisplayMedia() }]) {
      const { conversationId } = await platform.record();
      await event('pendingSession', (/** @type {any} */ one) => one.conversationId === conversationId);
      await call('acceptPendingSession', { conversationId });
      await event('sessionStarted', (/** @type {any} */ one) => one.conversationId === conversationId);
      await call('acceptSession', { conversationId, ...how });
      await quiet();
      await platform.stopScreen(conversationId);
      await quiet();
    }
  },
};
