// SPDX-License-Identifier: MIT

/** @type {import('../stage.mjs').Script} */
export default {
  title: 'a guest shows a screen',
  async run({ signIn, base, platform, event, quiet, call }) {
    await signIn({ accessToken: undefined, organizationId: base.organizationId },
      { securityCode: await platform.code() });
    await call('startScreenShare');
    await event('sessionStarted');
    await quiet();
    const [conversationId] = await platform.screenIds();
    await platform.screenConnected(conversationId);
    await quiet();
    await call('endSession', { conversationId });
    await quiet();
    await event('sessionEnded');
  },
};
