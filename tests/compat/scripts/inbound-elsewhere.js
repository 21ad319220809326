// SPDX-License-Identifier: MIT

/** @type {import('../stage.mjs').Script} */
export default {
  title: 'inbound call, taken by another client of the same user',
  async run({ signIn, platform, event, exports, config, quiet, note }) {
    const other = new exports.GenesysCloudWebrtcSdk(config());
    await other.initialize();
    await signIn();
    const { conversationId } = await platform.ring({ farEnd: 'manual' });
    await event('pendingSession');
    await other.acceptPendingSession({ conversationId });
    await event('handledPendingSession');
    await platform.connected(conversationId);
    await quiet();
    await platform.hangup(conversationId);
    await quiet();
    note('over', true);
    await other.destroy();
  },
};
