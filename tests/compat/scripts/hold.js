// SPDX-License-Identifier: MIT

/** @type {import('../stage.mjs').Script} */
export default {
  title: 'setConversationHeld: on and off',
  brief: true,
  async run({ signIn, talk, event, call, quiet }) {
    await signIn();
    const { conversationId } = await talk();
    for (const held of [true, false]) {
      await call('setConversationHeld', { conversationId, held });
      await event('conversationUpdate', (/** @type {any} */ { current }) => (
        current[0]?.mostRecentCallState?.held === held));
      await quiet();
    }
  },
};
