// SPDX-License-Identifier: MIT

/** @type {import('../stage.mjs').Script} */
export default {
  title: 'autoConnectSessions: false; acceptSession() with the own stream and element',
  brief: true,
  async run({ signIn, platform, event, quiet, call, session, note }) {
    await signIn({ autoConnectSessions: false });
    const { conversationId } = await platform.ring({ farEnd: 'manual' });
    await event('pendingSession');
    await call('acceptPendingSession', { conversationId });
    await event('sessionStarted');
    await quiet();
    const mediaStream = await navigator.mediaDevices.getUserMedia({ audio: true });
    const audioElement = document.createElement('audio');
    await call('acceptSession', { conversationId, mediaStream, audioElement });
    await call('acceptSession', { conversationId });
    await platform.connected(conversationId);
    await quiet();
    note('sent', session().pc.getSenders().map((/** @type {any} */ { track }) => (
      track && [track.kind, mediaStream.getTracks().includes(track)])));
    note('element', [audioElement.srcObject !== null, audioElement.autoplay, audioElement.volume,
      document.querySelectorAll('audio').length]);
    await platform.hangup(conversationId);
    await event('sessionEnded');
    await quiet();
    note('after', [mediaStream.getTracks().map(({ readyState }) => readyState), audioElement.srcObject === null]);
  },
};
