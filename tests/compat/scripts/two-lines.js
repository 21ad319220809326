// SPDX-License-Identifier: MIT

/** @type {import('../stage.mjs').Script} */
export default {
  title: 'two lines: a second call beside the first',
  platform: { station: { webRtcCallAppearances: 2 } },
  async run({ signIn, talk, call, event, quiet }) {
    await signIn();
    await call('isConcurrentSoftphoneSessionsEnabled');
    const first = await talk();
    // Else the SDK does it when the second call is accepted, in a race with what the platform says of that call.
    await call('setConversationHeld', { conversationId: first.conversationId, held: true });
    await quiet();
    const second = await talk();
    await call('setAudioMute', { conversationId: second.conversationId, mute: true });
    await quiet();
    await call('endSession', { conversationId: second.conversationId });
    await event('sessionEnded');
    await quiet();
    await call('endSession', { conversationId: first.conversationId });
    await event('sessionEnded', () => true, 2);
  },
};
