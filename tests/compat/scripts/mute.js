// SPDX-License-Identifier: MIT

/** @type {import('../stage.mjs').Script} */
export default {
  title: 'setAudioMute: on, again, off; what others see',
  brief: true,
  async run({ signIn, talk, event, call, session, note, quiet }) {
    await signIn();
    const { conversationId } = await talk();
    const muted = (/** @type {boolean} */ on) => (/** @type {any} */ { current }) => (
      current[0]?.mostRecentCallState?.muted === on);
    for (const mute of [true, true, false]) {
      await call('setAudioMute', { conversationId, mute });
      await event('conversationUpdate', muted(mute));
      await quiet();
      note('session', [session().audioMuted, session().pc.getSenders().map((/** @type {any} */ { track }) => (
        track && track.enabled))]);
    }
    await call('setVideoMute', { conversationId, mute: true });
  },
};
