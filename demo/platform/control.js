// SPDX-License-Identifier: MIT
// What pages of the platform itself ask it over HTTP: a demo, a person, an application that is served with it.

/**
 * @param {import('./index.js').Platform} platform
 * @returns {Record<string, import('./server.js').ControlAction>} by method and path
 */
export const controlOf = (platform) => {
  /** @param {{ conversationId?: string }} body */
  const named = ({ conversationId }) => (conversationId
    ? platform.calls.live.filter((call) => call.conversationId === conversationId) : platform.calls.live);
  return {
    'GET /platform/config': () => ({
      environment: platform.url, wsHost: platform.wsUrl, token: platform.token, userId: platform.defaultUser.id,
      user: { id: platform.defaultUser.id, name: platform.defaultUser.name },
      organizationId: platform.users.organization.id, clientId: [...platform.login.clients][0],
      station: platform.defaultUser.station,
    }),
    'GET /platform/sdk-config': () => platform.sdkConfig(),
    'GET /platform/calls': () => platform.calls.live.map(({
      conversationId, userId, direction, state, muted, held, farEnd,
    }) => ({ conversationId, userId, direction, state, muted, held, farEnd: farEnd.stats() })),
    'POST /platform/call': ({ userId, from, name, autoAnswer, farEnd, purpose, signaling }) => {
      const user = userId === undefined ? platform.defaultUser : platform.users.require(userId);
      const share = (user.station?.webRtcCallAppearances ?? 1) <= 1;
      const { conversationId, sessionId } = platform.call({
        userId, from, name, autoAnswer, farEnd, purpose, share, signaling,
      });
      return { conversationId, sessionId };
    },
    'POST /platform/station': ({ lines, persistent }) => {
      platform.changeStation({
        ...(Number.isInteger(lines) && { webRtcCallAppearances: lines }),
        ...(typeof persistent === 'boolean' && { webRtcPersistentEnabled: persistent }),
      });
      return platform.defaultUser.station;
    },
    'POST /platform/code': () => ({ code: platform.guests.addCode() }),
    'POST /platform/jwt': () => ({ jwt: platform.guests.issue({ userId: platform.defaultUser.id }) }),
    'POST /platform/meet': ({ room }) => ({ conversationId: platform.meet({ room }).room.conversationId }),
    'POST /platform/record': ({ on = true }) => {
      const mine = [...platform.screens.live].filter(({ kind, userId }) => (
        kind === 'screenrecording' && userId === platform.defaultUser.id));
      if (on) platform.screens.record(platform.defaultUser.id, { screens: 1 });
      else for (const session of mine) session.stop();
      return { recording: on === true };
    },
    'POST /platform/drop': ({ seconds = 0 }) => {
      // The socket is gone and refused for a while: what a lift does to Wi-Fi.
      const rule = platform.faults.refuseSockets(503, { times: Infinity });
      setTimeout(() => rule.remove(), 1000 * Math.min(Number(seconds) || 0, 60)).unref();
      return { dropped: platform.faults.dropSockets(platform.defaultUser.id) };
    },
    'POST /platform/hangup': (body) => {
      const calls = named(body);
      for (const call of calls) call.hangup();
      return { ended: calls.length };
    },
  };
};
