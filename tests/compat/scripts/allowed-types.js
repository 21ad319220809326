// SPDX-License-Identifier: MIT

/** @type {import('../stage.mjs').Script} */
export default {
  title: 'allowedSessionTypes: a softphone call is not for this client',
  async run({ signIn, platform, quiet, call }) {
    await signIn({ allowedSessionTypes: ['collaborateVideo'] });
    const { conversationId } = await platform.ring({ farEnd: 'manual' });
    await quiet();
    await call('startSoftphoneSession', { phoneNumber: '1' });
    await platform.retract(conversationId);
    await quiet();
  },
};
