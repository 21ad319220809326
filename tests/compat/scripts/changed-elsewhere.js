// SPDX-License-Identifier: MIT

/** @type {import('../stage.mjs').Script} */
export default {
  title: 'mute and hold by another client',
  async run({ signIn, talk, event, platform, quiet, session, note }) {
    await signIn();
    const { conversationId } = await talk();
    for (const change of [{ muted: true }, { held: true }, { muted: false, held: false }]) {
      await platform.update(conversationId, change);
      await event('conversationUpdate', (/** @type {any} */ { current }) => (
        Object.entries(change).every(([name, value]) => current[0]?.mostRecentCallState?.[name] === value)));
      await quiet();
      note('session', [session().audioMuted, session().pc.getSenders().map((/** @type {any} */ { track }) => (
        track && track.enabled))]);
    }
  },
};
