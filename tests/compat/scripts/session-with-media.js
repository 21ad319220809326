// SPDX-License-Identifier: MIT

/** @type {import('../stage.mjs').Script} */
export default {
  title: 'a call with media: events of the session',
  async run({ signIn, platform, event, quiet, note, session, call }) {
    await signIn();
    const { conversationId } = await platform.ring({ farEnd: 'silent' });
    await event('pendingSession');
    await call('acceptPendingSession', { conversationId });
    await event('sessionStarted');
    /** @type {string[]} */
    const states = [];
    session().on('connectionState', (/** @type {string} */ state) => states.push(state));
    /** @type {any[]} */
    const types = [];
    session().on('iceConnectionType', (/** @type {any} */ type) => types.push(type));
    await platform.callDid(conversationId, 'connected');
    await event('conversationUpdate', (/** @type {any} */ { current }) => (
      current[0]?.mostRecentCallState?.state === 'connected'));
    await quiet();
    note('connection states', states);
    note('ice', types.length && [types[0].relayed, types[0].localCandidateType]);
    note('state', [session().state, session().connectionState, session().active, session().pc.connectionState]);
    await call('endSession', { conversationId });
    await event('sessionEnded');
  },
};
