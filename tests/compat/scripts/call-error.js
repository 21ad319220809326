// SPDX-License-Identifier: MIT

/** @type {import('../stage.mjs').Script} */
export default {
  title: 'the platform says that a call has failed',
  async run({ signIn, platform, talk, quiet, base }) {
    await signIn();
    const { conversationId } = await talk();
    for (const code of ['error.ininedgecontrol.session.inactive', 'error.of.the.edge']) {
      await platform.update(conversationId, { errorInfo: { code, message: 'm', messageWithParams: 'w' } });
      await quiet();
    }
    await platform.publish(`v2.users.${base.userId}.persistentconnection`, {
      persistentConnectionId: 'p', errorInfo: { code: 'c', userMessage: 'for the user', text: 't' },
    });
    await quiet();
  },
};
