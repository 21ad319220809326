// SPDX-License-Identifier: MIT

/** @type {import('../stage.mjs').Script} */
export default {
  title: 'outbound call: startSoftphoneSession, answered, ended',
  brief: true,
  async run({ signIn, call, event, quiet, platform }) {
    await signIn();
    await platform.dialOnly();
    const { id } = await call('startSoftphoneSession', { phoneNumber: '3172222222', priority: 5 });
    await event('sessionStarted');
    await platform.connected(id);
    await quiet();
    await platform.answer(id);
    await quiet();
    await call('endSession', { conversationId: id });
    await event('sessionEnded');
    await platform.respond('POST', '^conversations/calls$', { status: 400, body: { message: 'no' } });
    await call('startSoftphoneSession', { callUserId: 'u' });
  },
};
