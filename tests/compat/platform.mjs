// SPDX-License-Identifier: MIT
// What a script may ask of its platform: each function is called from the page.

import { until } from '../../demo/platform/index.js';

/** Neither a page nor the wire has said anything for so long: nothing more will come of what was done. */
const QUIET_MS = 200;
const QUIET_AT_MOST_MS = 4_000;

/** Waits for a pause in `beats`. */
export class Pulse {
  constructor() {
    /** @type {Set<() => void>} */
    this.listeners = new Set();
  }

  beat() {
    for (const listener of this.listeners) listener();
  }

  /** @returns {Promise<void>} */
  quiet() {
    return new Promise((resolve) => {
      const finish = () => {
        clearTimeout(pause);
        clearTimeout(end);
        this.listeners.delete(listener);
        resolve();
      };
      const end = setTimeout(finish, QUIET_AT_MOST_MS);
      let pause = setTimeout(finish, QUIET_MS);
      const listener = () => {
        clearTimeout(pause);
        pause = setTimeout(finish, QUIET_MS);
      };
      this.listeners.add(listener);
    });
  }
}

/**
 * @param {import('../../demo/platform/index.js').Platform} platform @param {Pulse} pulse @param {() => void} mark
 *   the wire is compared from now on
 */
export const actionsOf = (platform, pulse, mark) => {
  const callOf = (/** @type {string} */ conversationId) => {
    const call = platform.calls.byConversation.get(conversationId);
    if (!call) throw new Error(`no call ${conversationId}`);
    return call;
  };
  const screenOf = (/** @type {string} */ conversationId) => (
    [...platform.screens.live].find((one) => one.conversationId === conversationId));
  const roomOf = (/** @type {string} */ conversationId) => platform.rooms.byConversation(conversationId);
  const memberOf = (/** @type {string} */ conversationId) => (
    [...roomOf(conversationId)?.members ?? []].find(({ participant }) => participant.userId === 'agent-1'));

  return {
    mark,
    quiet: () => pulse.quiet(),
    /** @param {import('../../demo/platform/calls.js').CallOptions} options */
    ring(options) {
      const { conversationId, sessionId } = platform.call(options);
      return { conversationId, sessionId };
    },
    /** @param {string} id @param {string} event */
    async callDid(id, event) {
      const call = callOf(id);
      if (call.state !== event) await until(call, event);
    },
    /** The far end's media is up, for a call that has none. @param {string} id */
    async connected(id) {
      const call = callOf(id);
      if (call.farEnd.hasMedia) {
        if (call.state !== 'connected') await until(call, 'connected', () => true, 15_000).catch(() => {});
        return;
      }
      if (!call.leg.connected) {
        await until(call, 'answered', () => true, 6_000).catch(() => {});
      }
      call.farEnd.emit('connected');
    },
    /** @param {string} id @param {string} [reason] */
    hangup: (id, reason) => callOf(id).hangup(reason),
    /** The conversation is told before the session. @param {string} id */
    hangupTold: (id) => callOf(id).hangup('success', { notifyFirst: true }),
    retract: (/** @type {string} */ id) => callOf(id).retract(),
    answer: (/** @type {string} */ id) => callOf(id).answer(),
    /** Somebody else changes the agent's part of a call. @param {string} id @param {object} change */
    update: (id, change) => callOf(id).update(change),
    /** The next call that the agent dials is not answered by itself. */
    dialOnly: () => void Object.assign(platform.calls.outboundDefaults, { answersItself: false, farEnd: 'manual' }),
    dialManual: () => void Object.assign(platform.calls.outboundDefaults, { farEnd: 'manual' }),
    /** @param {string} id */
    reinvite: (id) => void callOf(id).reinvite(),
    raise: () => platform.raise({ farEnd: 'manual' }).session.conversationId,
    /** @param {any} change @param {any} [how] */
    station: (change, how) => platform.changeStation(change, how),
    drop: () => platform.faults.dropSockets(),
    closeStreams: () => platform.faults.closeStreams(),
    /** @param {number} times */
    refuseSockets: (times) => void platform.faults.refuseSockets(503, { times }),
    /** @param {string} [condition] @param {number} [times] */
    refuseAuth: (condition, times) => void platform.faults.refuseAuth(condition, { times }),
    /** @param {string} method @param {string} path of a pattern @param {any} answer */
    respond: (method, path, answer) => void platform.faults.respond(method, new RegExp(path), answer),
    /** @param {string} method @param {string} path of a pattern @param {number} ms */
    delay: (method, path, ms) => void platform.faults.delay({ method, path: new RegExp(path) }, ms),
    token: () => platform.users.issueToken('agent-1'),
    publish: (/** @type {string} */ topic, /** @type {any} */ body) => void platform.publish(topic, body),
    /** A conversation as it is now, for a notification of the script's own. @param {string} id */
    conversation: (id) => JSON.parse(JSON.stringify(callOf(id).conversation)),
    code: () => platform.guests.addCode(),
    jwt: (/** @type {any} */ options) => platform.guests.issue(options),
    customer: () => platform.guests.customerData(),
    roomJid: (/** @type {string} */ name) => platform.rooms.jidOf(name),
    robots: (/** @type {boolean} */ on) => void (platform.rooms.robots = on),
    /** @param {any} options */
    meet(options) {
      const { room, session } = platform.meet(options);
      return { conversationId: room.conversationId, sessionId: session?.id };
    },
    async memberConnected(/** @type {string} */ id) {
      const member = memberOf(id);
      if (member && !member.connected) await until(member, 'connected', () => true, 15_000);
    },
    leave: (/** @type {string} */ id) => memberOf(id)?.leave(),
    video: (/** @type {string} */ id) => memberOf(id)?.video,
    record() {
      const { conversationId, sessionId } = platform.screens.record('agent-1', { screens: 1 });
      return { conversationId, sessionId };
    },
    screenConnected: async (/** @type {string} */ id) => {
      const session = screenOf(id);
      if (session && session.state !== 'connected') await until(session, 'connected', () => true, 15_000);
    },
    screenIds: () => [...platform.screens.live].map(({ conversationId }) => conversationId),
    stopScreen: (/** @type {string} */ id) => screenOf(id)?.stop(),
    /** How many connections were tried. */
    streams: () => platform.stream.connections.size,
    /** @param {string} method @param {string} path of a pattern @returns {Promise<void>} once it was answered */
    async requested(method, path) {
      const fits = (/** @type {any} */ record) => record.method === method && new RegExp(path).test(record.path);
      if (!platform.requests.some(fits)) await until(platform, 'request', fits).catch(() => {});
    },
  };
};
