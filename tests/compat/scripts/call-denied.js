// SPDX-License-Identifier: MIT

/** @type {import('../stage.mjs').Script} */
export default {
  title: 'inbound call without a microphone',
  async run({ signIn, call, platform, event, quiet }) {
    await signIn();
    navigator.mediaDevices.getUserMedia = async () => {
      throw new DOMException('Permission denied', 'NotAllowedError');
    };
    const { conversationId } = await platform.ring({ farEnd: 'manual' });
    await event('pendingSession');
    await call('acceptPendingSession', { conversationId });
    await event('sdkError');
    await quiet();
    await call('acceptSession', { conversationId });
    await quiet();
  },
};
