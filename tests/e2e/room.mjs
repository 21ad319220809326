// SPDX-License-Identifier: MIT
// A conference room of the test's own: it proposes and offers sessions to the agent through the platform's stream and
// lets a media server in the page (room.js) be the other end.

import { randomUUID } from 'node:crypto';
import { EventEmitter } from 'node:events';
import { fileURLToPath } from 'node:url';
import { until } from '../../demo/platform/index.js';

const PATIENCE_MS = 20_000;

/** @typedef {import('./support.mjs').Scene} Scene */
/** @typedef {{ audio?: boolean, videos?: number, receiveOnly?: boolean, data?: boolean }} Media */

/** To be called before the page is opened. @param {import('playwright-core').Page} page */
export const bringRoom = (page) => page.addInitScript({ path: fileURLToPath(new URL('room.js', import.meta.url)) });

/** Says `screen` (start or stop) beside what a session of the gateway says. */
class Room extends EventEmitter {
  /** @param {Scene} scene @param {string} name local part of its JID */
  constructor(scene, name) {
    super();
    this.scene = scene;
    this.conversationId = randomUUID();
    const { gateway, defaultUser, stream } = scene.platform;
    // Not the telephone gateway's domain: whose sessions are calls, whatever they are named.
    const domain = `conference-test.${gateway.domain.replace(/^gjoll\./, '')}`;
    this.jid = `${name}@${domain}`;
    this.session = gateway.open({
      conversationId: this.conversationId, userId: defaultUser.id, from: name,
      attributes: { ofrom: this.jid, 'user-id': 'somebody-else' },
    });
    this.session.jid = `${this.jid}/gw`;
    stream.serveDomain(domain, (/** @type {any} */ from, /** @type {any} */ stanza) => {
      const info = screenInfo(stanza);
      if (info) {
        from.answer(stanza);
        this.emit('screen', info);
      } else if (stanza.name === 'presence') {
        this.emit('presence', stanza);
      } else {
        gateway.onStanza(from, stanza);
      }
    });
  }

  get id() { return this.session.id; }

  /** @param {string} [userId] who started it */
  propose(userId) {
    this.session.propose(userId ? { 'user-id': userId } : {});
  }

  /** Offers after `proceed`, and goes on by itself from there. @param {Media} [media] */
  async offer(media = {}) {
    const { page } = this.scene;
    this.session.on('answer', (sdp) => {
      this.answer = sdp;
      page.evaluate(([id, text]) => /** @type {any} */ (window).room.answer(id, text), [this.id, sdp])
        .then(() => this.emit('answered', sdp), () => {});
    });
    this.session.on('candidate', ({ candidate, mid }) => {
      page.evaluate((args) => /** @type {any} */ (window).room.candidate(...args), [this.id, candidate, mid])
        .catch(() => {});
    });
    const sdp = await page.evaluate(([id, options]) => (
      /** @type {any} */ (window).room.open(id, options)), /** @type {const} */ ([this.id, media]));
    this.session.offer(sdp);
  }

  /** From the proposal to the offer; the client proceeds by itself or is made to. @param {Media} [media] */
  async invite(media) {
    const proceeded = until(this.session, 'proceed');
    this.propose();
    await proceeded;
    const started = this.scene.event('sessionStarted', { conversationId: this.conversationId });
    await this.offer(media);
    await started;
  }

  /**
   * What arrives at the media server, once `isIt` says yes: counters have no events, so this asks again.
   * @param {(entries: any[], given: any) => boolean} isIt @param {any} [given]
   * @returns {Promise<any[]>} one entry for each media section
   */
  async hears(isIt, given) {
    const deadline = Date.now() + PATIENCE_MS;
    for (;;) {
      const now = await this.scene.page.evaluate((id) => /** @type {any} */ (window).room.heard(id), this.id);
      if (isIt(now, given)) return now;
      if (Date.now() > deadline) throw new Error(`not ${isIt}: ${JSON.stringify(now)}`);
      // Not a frame's time: a page that is not drawn has none.
      await this.scene.page.evaluate(() => new Promise((next) => setTimeout(next, 50)));
    }
  }

  /** @param {object} message */
  say(message) {
    return this.scene.page.evaluate(([id, text]) => /** @type {any} */ (window).room.say(id, text),
      [this.id, JSON.stringify(message)]);
  }

  close() {
    return this.scene.page.evaluate((id) => /** @type {any} */ (window).room.close(id), this.id);
  }
}

/** @param {any} stanza */
const screenInfo = (stanza) => {
  const jingle = stanza.child?.('jingle', 'urn:xmpp:jingle:1');
  return /^screen-(start|stop)$/.exec(jingle?.elements[0]?.name ?? '')?.[1];
};

/** @param {Scene} scene @param {string} name */
export const makeRoom = (scene, name) => new Room(scene, name);
