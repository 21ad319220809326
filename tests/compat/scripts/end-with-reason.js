// SPDX-License-Identifier: MIT

/** @type {import('../stage.mjs').Script} */
export default {
  title: 'endSession with a reason; the conversation is told first',
  async run({ signIn, talk, call, event, quiet, platform }) {
    await signIn();
    const first = await talk();
    await call('endSession', { conversationId: first.conversationId, reason: 'gone' });
    await event('sessionEnded');
    await quiet();
    const second = await talk();
    await platform.hangupTold(second.conversationId);
    await quiet();
  },
};
