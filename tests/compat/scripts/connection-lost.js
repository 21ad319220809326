// SPDX-License-Identifier: MIT

/** @type {import('../stage.mjs').Script} */
export default {
  title: 'the connection is lost during a call and comes back',
  async run({ signIn, talk, platform, event, quiet, call }) {
    await signIn();
    const { conversationId } = await talk();
    await platform.drop();
    await event('disconnected');
    await event('connected');
    await quiet();
    await call('setAudioMute', { conversationId, mute: true });
    await quiet();
    await platform.hangup(conversationId);
    await event('sessionEnded');
    await quiet();
  },
};
