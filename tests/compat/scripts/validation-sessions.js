// SPDX-License-Identifier: MIT

/** @type {import('../stage.mjs').Script} */
export default {
  title: 'methods about sessions with ids nobody has',
  brief: true,
  async run({ signIn, call }) {
    await signIn();
    const conversationId = 'nobody';
    for (const method of ['acceptPendingSession', 'rejectPendingSession', 'acceptSession', 'endSession']) {
      await call(method, { conversationId });
      await call(method, {});
      await call(method);
    }
    await call('endSession', { sessionId: 'nobody' });
    await call('forceTerminateSession', 'nobody');
    await call('forceTerminateSession');
    for (const method of ['setAudioMute', 'setVideoMute']) await call(method, { conversationId, mute: true });
    await call('setConversationHeld', { conversationId, held: true });
    await call('startScreenShare');
    await call('startVideoConference', 'not-a-room');
    await call('startSoftphoneSession', {});
  },
};
