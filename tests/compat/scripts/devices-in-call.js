// SPDX-License-Identifier: MIT

/** @type {import('../stage.mjs').Script} */
export default {
  title: 'devices of a call: ids nobody has, the system device, a stream',
  async run({ signIn, talk, call, quiet, session, note, watchMedia }) {
    await signIn();
    const { conversationId } = await talk({ farEnd: 'silent' });
    watchMedia();
    const sent = () => note('sent', session().pc.getSenders().map((/** @type {any} */ { track }) => (
      track && [track.kind, track.readyState, track.enabled])));
    await call('updateOutgoingMedia', { conversationId, audioDeviceId: 'no-such-device' });
    await quiet();
    sent();
    await call('updateOutgoingMedia', { conversationId, audioDeviceId: null });
    await quiet();
    sent();
    const stream = await navigator.mediaDevices.getUserMedia({ audio: true });
    await call('updateOutgoingMedia', { session: session(), stream });
    await quiet();
    sent();
    note('own stream', session().pc.getSenders().some((/** @type {any} */ { track }) => (
      stream.getTracks().includes(track))));
    await call('updateDefaultDevices', { audioDeviceId: null, outputDeviceId: '', updateActiveSessions: true });
    await quiet();
    sent();
    await call('updateDefaultMediaSettings', { micNoiseSuppression: false, updateActiveSessions: true });
    await quiet();
    sent();
    await call('updateOutputDevice', 'default');
    await call('updateOutputDevice', 'no-such-device');
    await quiet();
    await call('updateOutgoingMedia', { conversationId, videoDeviceId: null });
    await quiet();
  },
};
