// SPDX-License-Identifier: MIT

/** @type {import('../stage.mjs').Script} */
export default {
  title: 'audio elements: made by the SDK, of the defaults, volume, removal',
  async run({ signIn, platform, talk, note, quiet, call, event }) {
    await signIn();
    const audios = () => [...document.querySelectorAll('audio')].map((one) => (
      [one.autoplay, one.volume, one.srcObject !== null, one.id.replace(/[0-9a-f-]{36}/, '…')]));
    await call('updateAudioVolume', 40);
    note('before', audios());
    const first = await talk();
    note('during', audios());
    await call('updateAudioVolume', 70);
    note('louder', audios());
    await platform.hangup(first.conversationId);
    await event('sessionEnded');
    await quiet();
    note('after', audios());
  },
};
