// SPDX-License-Identifier: MIT

/** @type {import('../stage.mjs').Script} */
export default {
  title: 'mute, hold and end that the platform refuses',
  async run({ signIn, talk, platform, call, quiet }) {
    await signIn();
    const { conversationId } = await talk();
    const refuse = () => platform.respond('PATCH', 'participants', { status: 400, body: { message: 'no' } });
    await refuse();
    await call('setAudioMute', { conversationId, mute: true });
    await quiet();
    await refuse();
    await call('setConversationHeld', { conversationId, held: true });
    await quiet();
    await refuse();
    await call('endSession', { conversationId });
    await quiet();
  },
};
