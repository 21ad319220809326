// SPDX-License-Identifier: MIT

/** @type {import('../stage.mjs').Script} */
export default {
  title: 'video conference: join, mute, share a screen, leave',
  async run({ signIn, platform, event, quiet, call, session, note }) {
    await signIn({ allowedSessionTypes: ['collaborateVideo'] });
    await platform.robots(true);
    const { conversationId } = await call('startVideoConference', await platform.roomJid('peer-compat'));
    await event('sessionStarted');
    await quiet();
    const [audioElement, videoElement] = ['audio', 'video'].map((name) => document.createElement(name));
    document.body.append(audioElement, videoElement);
    await call('acceptSession', { conversationId, audioElement, videoElement });
    await platform.memberConnected(conversationId);
    await quiet();
    for (const mute of [true, false]) {
      await call('setVideoMute', { conversationId, mute });
      await quiet();
      await call('setAudioMute', { conversationId, mute });
      await quiet();
    }
    await call('setConversationHeld', { conversationId, held: true });
    await call('updateDefaultResolution', { width: 320, height: 240 }, true);
    await quiet();
    const methods = ['startScreenShare', 'stopScreenShare', 'pinParticipantVideo'];
    note('methods', methods.map((name) => typeof session()[name]));
    note('members', [session().sessionType, session().videoMuted, session().audioMuted, session().fromUserId]);
    await session().startScreenShare();
    await quiet();
    await session().stopScreenShare();
    await quiet();
    await call('endSession', { conversationId });
    await event('sessionEnded');
  },
};
