// SPDX-License-Identifier: MIT

/** @type {import('../stage.mjs').Script} */
export default {
  title: 'video conference: accepted without an element for the picture, then with one',
  async run({ signIn, platform, event, quiet, call }) {
    await signIn({ allowedSessionTypes: ['collaborateVideo'] });
    const { conversationId } = await call('startVideoConference', await platform.roomJid('peer-compat'));
    await event('sessionStarted');
    await quiet();
    await call('acceptSession', { conversationId });
    await call('acceptSession', { conversationId, audioElement: document.createElement('audio') });
    await call('setVideoMute', { conversationId, mute: true });
    await quiet();
  },
};
