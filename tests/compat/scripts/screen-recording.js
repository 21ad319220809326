// SPDX-License-Identifier: MIT

/** @type {import('../stage.mjs').Script} */
export default {
  title: 'screen recording: accepted with a screen, ended by the platform',
  async run({ signIn, platform, event, quiet, call, note, session }) {
    await signIn({ allowedSessionTypes: ['screenRecording'] });
    const { conversationId } = await platform.record();
    await event('pendingSession');
    await call('acceptPendingSession', { conversationId });
    await event('sessionStarted');
    const mediaStream = await navigator.mediaDevices.getDisplayMedia();
    const [track] = mediaStream.getTracks();
    await call('acceptSession', {
      conversationId, mediaStream, screenRecordingMetadatas: [{
        trackId: track.id, screenId: 's', originX: 0, originY: 0, resolutionX: 10, resolutionY: 10, primary: true,
      }],
    });
    await platform.screenConnected(conversationId);
    await quiet();
    await call('endSession', { conversationId });
    await call('isScreenRecordingSession', session());
    await call('updateOutgoingMedia', { conversationId, stream: mediaStream });
    await platform.stopScreen(conversationId);
    await event('sessionEnded');
    await quiet();
    note('stream', mediaStream.getTracks().map(({ readyState }) => readyState));
  },
};
