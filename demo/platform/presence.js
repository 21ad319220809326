// SPDX-License-Identifier: MIT
// Calls whose client has gone. Signalling may come back, and a call goes on meanwhile as long as its client is heard;
// when neither is so the agent's side of the call ends.

/** @typedef {import('./leg.js').Leg} Leg */
/** @typedef {import('./xmpp.js').Connection} Connection */

/** A page that was closed is not waited for longer than it takes to hear that nothing comes from it. */
const LEFT_MS = 1_000;

export class Presence {
  /**
   * @param {object} parts
   * @param {import('./xmpp.js').StreamServer} parts.stream
   * @param {() => Iterable<Leg>} parts.legs those that have not ended
   * @param {number} parts.goneAfterMs
   */
  constructor({ stream, legs, goneAfterMs }) {
    this.stream = stream;
    this.legs = legs;
    this.goneAfterMs = goneAfterMs;
    /** What is known of legs whose client is away. @type {Map<Leg, { left: boolean, timer: NodeJS.Timeout }>} */
    this.away = new Map();
    stream.on('disconnection', (connection) => this.onGone(connection));
    stream.on('connection', (connection) => this.onClient(connection));
  }

  /** @param {Connection} connection */
  onGone({ jid, left }) {
    for (const leg of this.legs()) {
      if (leg.ended || leg.session.peer !== jid) continue;
      this.forget(leg);
      // A persistent connection is offered to the page that takes its place, however long that takes to load.
      const ms = left && !leg.persistent ? Math.min(LEFT_MS, this.goneAfterMs) : this.goneAfterMs;
      this.wait(leg, left, ms);
    }
  }

  /** @param {Leg} leg @param {boolean} left @param {number} ms */
  wait(leg, left, ms) {
    const heard = this.heard(leg);
    const timer = setTimeout(() => {
      this.forget(leg);
      if (leg.ended || this.isHere(leg)) return;
      if (this.heard(leg) > heard) this.wait(leg, left, ms);
      else leg.finish('gone', 'agent');
    }, ms);
    this.away.set(leg, { left, timer });
  }

  /** Another page is there: whose page was closed is not waited for any more. @param {Connection} connection */
  onClient({ userId }) {
    for (const [leg, { left }] of this.away) {
      if (leg.userId !== userId) continue;
      if (leg.ended || this.isHere(leg)) this.forget(leg);
      else if (left && !leg.persistent) {
        this.forget(leg);
        leg.finish('gone', 'agent');
      }
    }
  }

  /** @param {Leg} leg */
  isHere({ userId, session }) {
    return this.stream.of(userId).some(({ jid }) => jid === session.peer);
  }

  /** @param {Leg} leg @returns {number} packets so far */
  heard({ farEnd }) {
    return farEnd.hasMedia ? farEnd.stats().packetsReceived : 0;
  }

  /** @param {Leg} leg */
  forget(leg) {
    clearTimeout(this.away.get(leg)?.timer);
    this.away.delete(leg);
  }

  close() {
    for (const leg of [...this.away.keys()]) this.forget(leg);
  }
}
