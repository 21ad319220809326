// SPDX-License-Identifier: MIT

/** @type {import('../stage.mjs').Script} */
export default {
  title: 'setAccessToken: the next request carries it',
  async run({ signIn, talk, call, platform, quiet }) {
    await signIn();
    const { conversationId } = await talk();
    await call('setAccessToken', await platform.token());
    await call('setAudioMute', { conversationId, mute: true });
    await quiet();
    await call('setAccessToken', 'no-such-token');
    await call('setAudioMute', { conversationId, mute: false });
    await quiet();
  },
};
