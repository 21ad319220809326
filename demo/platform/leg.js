// SPDX-License-Identifier: MIT
// The signalling and media of one or several calls: a gateway session and a far end. A persistent leg outlives
// its calls. A re-invite keeps the session id: with the same ICE credentials the client renegotiates, with new
// ones it builds a second peer connection, and the far end moves over when that one is up (wire.md section 9.3).

import { EventEmitter } from 'node:events';
import { randomUUID } from 'node:crypto';
import { JingleSession } from './gateway.js';

/** @typedef {import('./far-end.js').FarEnd} FarEnd */
/** @typedef {import('./far-end.js').Candidate} Candidate */
/** @typedef {import('./gateway.js').GatewaySession} GatewaySession */

/**
 * @typedef {object} Reinvite
 * @property {'same' | 'changed'} [credentials] of ICE; default `changed`, as after a change of network
 * @property {boolean} [flag] the `reinvite` member of the offer; default true
 * @property {string} [id] of the JSON-RPC call; one that was used before makes it a repetition
 */

/**
 * One end of media towards the client. The offer is made at once, so that it is ready when the client proceeds;
 * candidates wait for the client's answer, because an old client loses those that come before it has applied the
 * offer (wire.md appendix B), and the offer carries those known by then anyway.
 */
class Line {
  /** @param {Leg} leg @param {FarEnd} farEnd */
  constructor(leg, farEnd) {
    this.leg = leg;
    this.farEnd = farEnd;
    this.answered = false;
    /** @type {Candidate[]} */
    this.held = [];
    this.offer = farEnd.createOffer();
    this.offer.catch(() => leg.onBroken(this, 'failed-application'));
    farEnd.on('candidate', (candidate) => this.onCandidate(candidate));
    farEnd.on('connected', () => leg.onConnected(this));
    farEnd.on('failed', () => leg.onBroken(this, 'failed-transport'));
    farEnd.on('hangup', () => leg.emit('hangup'));
  }

  /** @param {Candidate} candidate */
  onCandidate(candidate) {
    if (this.answered) this.leg.session.sendCandidate(candidate);
    else this.held.push(candidate);
  }

  /** An offer with new ICE credentials; candidates wait again until it is answered. */
  restart() {
    this.answered = false;
    return this.farEnd.createOffer({ iceRestart: true });
  }

  /** @param {string} sdp */
  async answer(sdp) {
    await this.farEnd.setAnswer(sdp);
    this.answered = true;
    for (const candidate of this.held.splice(0)) this.leg.session.sendCandidate(candidate);
  }

  close() {
    this.farEnd.removeAllListeners();
    this.farEnd.close().catch(() => {});
  }
}

/**
 * Events: `connected` (media can flow; again after a re-invite with new credentials), `hangup` (a person at the
 * far end hangs up), `ended` (reason, by).
 */
export class Leg extends EventEmitter {
  /**
   * @param {GatewaySession} session
   * @param {() => FarEnd} makeFarEnd also asked for each re-invite with new credentials
   * @param {{ persistent?: boolean, eager?: boolean }} [options] `eager`: raised without a call
   */
  constructor(session, makeFarEnd, { persistent = false, eager = false } = {}) {
    super();
    this.makeFarEnd = makeFarEnd;
    this.persistent = persistent;
    this.eager = eager;
    this.connected = false;
    this.ended = false;
    /** @type {Line | undefined} of a re-invite whose media is not up yet */
    this.next = undefined;
    /** @type {{ sdp: string, id: string, reinvite?: boolean } | undefined} the offer sent last */
    this.lastOffer = undefined;
    /** Whether an offer waits for its answer: an offer that came twice is answered twice. */
    this.waits = false;
    this.session = session;
    this.line = new Line(this, makeFarEnd());
    this.watch(session);
  }

  get userId() { return this.session.userId; }
  get farEnd() { return this.line.farEnd; }

  /** @param {GatewaySession} session */
  watch(session) {
    session.on('proceed', () => this.sendOffer(session));
    session.on('answer', (sdp) => this.onAnswer(sdp));
    session.on('candidate', (candidate) => (this.next ?? this.line).farEnd.addCandidate(candidate));
    session.on('info', (status) => {
      const line = this.next ?? this.line;
      if (status === 'active' && !line.farEnd.hasMedia) this.onConnected(line);
    });
    session.on('terminate', (reason) => this.finish(reason, 'agent'));
  }

  /** @param {GatewaySession} session */
  async sendOffer(session) {
    const sdp = await this.line.offer.catch(() => undefined);
    if (sdp === undefined || session.state !== 'proceeding') return;
    this.lastOffer = { sdp, id: randomUUID() };
    this.waits = true;
    session.offer(sdp, this.lastOffer);
  }

  /**
   * Offers again within the same session.
   * @param {Reinvite} [how]
   * @returns {Promise<string>} id of the JSON-RPC call
   */
  async reinvite({ credentials = 'changed', flag = true, id = randomUUID() } = {}) {
    if (credentials === 'changed') {
      this.next?.close();
      this.next = new Line(this, this.makeFarEnd());
    }
    const sdp = await (credentials === 'changed' && this.next ? this.next.offer : this.line.farEnd.createOffer());
    if (this.ended) throw new Error('the leg has ended');
    this.lastOffer = { sdp, id, reinvite: flag };
    this.waits = true;
    this.session.offer(sdp, this.lastOffer);
    return id;
  }

  /** ICE begins anew within the session, with the same media; over Jingle only (wire.md section 10.6). */
  async restart() {
    const { session } = this;
    if (!(session instanceof JingleSession)) throw new Error('the session does not speak Jingle');
    const sdp = await this.line.restart();
    this.waits = true;
    session.restart(sdp);
  }

  /** Sends the last offer once more, as a gateway does that has not heard an answer. */
  repeatOffer() {
    if (this.lastOffer) this.session.offer(this.lastOffer.sdp, this.lastOffer);
  }

  /** @param {string} sdp */
  async onAnswer(sdp) {
    if (!this.waits) return;
    this.waits = false;
    const line = this.next ?? this.line;
    try {
      await line.answer(sdp);
    } catch {
      this.onBroken(line, 'failed-application');
    }
  }

  /** @param {Line} line */
  onConnected(line) {
    if (this.ended) return;
    if (line === this.next) {
      this.line.close();
      this.line = line;
      this.next = undefined;
    } else if (this.connected || line !== this.line) {
      return;
    }
    this.connected = true;
    this.emit('connected');
  }

  /** @param {Line} line @param {string} reason a re-invite that fails takes the old line with it only when that is
   *   down too */
  onBroken(line, reason) {
    if (line === this.next && this.connected) {
      line.close();
      this.next = undefined;
    } else if (line === this.line && this.next) {
      this.connected = false;
    } else {
      this.end(reason);
    }
  }

  /** Replaces the proposal by one with a new session id. @param {GatewaySession} session */
  replaceSession(session) {
    this.session.removeAllListeners();
    this.session.end();
    this.session = session;
    this.watch(session);
  }

  /** Ends the session from this side. @param {string} [reason] */
  end(reason = 'success') {
    if (this.ended) return;
    if (this.session.state === 'proposed') this.session.retract();
    else this.session.terminate(reason);
    this.finish(reason, 'far-end');
  }

  /** @param {string} reason @param {'agent' | 'far-end'} by */
  finish(reason, by) {
    if (this.ended) return;
    this.ended = true;
    this.connected = false;
    this.session.end();
    this.line.close();
    this.next?.close();
    this.emit('ended', reason, by);
  }

  /** Ends without a word to anybody. */
  async shutDown() {
    this.removeAllListeners();
    this.ended = true;
    this.session.end();
    await Promise.all([this.line.farEnd.close(), this.next?.farEnd.close()]);
  }
}
