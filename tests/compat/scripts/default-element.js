// SPDX-License-Identifier: MIT

/** @type {import('../stage.mjs').Script} */
export default {
  title: 'defaults.audioElement and defaults.audioStream',
  async run({ signIn, platform, talk, note, quiet, session, event }) {
    const audioElement = document.createElement('audio');
    const audioStream = await navigator.mediaDevices.getUserMedia({ audio: true });
    await signIn({ defaults: { audioElement, audioStream, audioVolume: 30 } });
    const { conversationId } = await talk();
    note('element', [audioElement.srcObject !== null, audioElement.volume, audioElement.autoplay,
      document.querySelectorAll('audio').length]);
    note('sent', session().pc.getSenders().map((/** @type {any} */ { track }) => (
      track && [track.kind, audioStream.getTracks().includes(track)])));
    await platform.hangup(conversationId);
    await event('sessionEnded');
    await quiet();
    note('after', [audioElement.srcObject === null, audioStream.getTracks().map(({ readyState }) => readyState)]);
  },
};
