// SPDX-License-Identifier: MIT
// Sessions that carry screens: recording, live monitoring, and what a guest shows (video-and-screens.md sections 9 to
// 11).

import { randomUUID } from 'node:crypto';
import { EventEmitter } from 'node:events';
import { Leg } from './leg.js';
import { MediaEnd } from './media-end.js';

const MAX_SCREENS = 4;

/** @typedef {import('./media-end.js').Direction} Direction */

/**
 * One such session. Events: `proceed`, `connected`, `ended` ({ reason, by }), `frame` (line), `metadata` (body).
 */
export class ScreenSession extends EventEmitter {
  /**
   * @param {import('./gateway.js').Gateway} gateway
   * @param {{ kind: 'screenrecording' | 'livemonitor' | 'acd', roomJid: string, conversationId: string, userId: string,
   *   lines: number, direction: Direction, attributes?: Record<string, unknown> }} about
   */
  constructor(gateway, { kind, roomJid, conversationId, userId, lines, direction, attributes = {} }) {
    super();
    this.kind = kind;
    this.roomJid = roomJid;
    this.conversationId = conversationId;
    this.userId = userId;
    /** @type {any[]} bodies of the metadata requests */
    this.metadata = [];
    this.state = 'proposed';
    const session = gateway.open({
      conversationId, userId, from: roomJid.split('@')[0], media: ['video'],
      attributes: { ofrom: roomJid, ...attributes },
    });
    /** @type {MediaEnd} set by the leg at once */
    this.end = /** @type {any} */ (undefined);
    this.leg = new Leg(session, () => {
      const end = new MediaEnd({ audio: false, lines, direction, data: false });
      end.on('frame', (line) => this.emit('frame', line));
      this.end = end;
      return end;
    });
    session.on('proceed', (jid) => this.emit('proceed', jid));
    session.on('answer', () => this.emit('answered'));
    session.on('reject', () => this.leg.finish('decline', 'agent'));
    this.leg.on('connected', () => {
      this.state = 'connected';
      this.emit('connected');
    });
    this.leg.on('ended', (reason, by) => {
      this.state = 'ended';
      this.emit('ended', { reason, by });
    });
    session.remind();
  }

  get sessionId() { return this.leg.session.id; }
  get session() { return this.leg.session; }

  /** Frames, packets and size of each screen that comes in. */
  get screens() { return this.end.stats().video; }

  /** Lines over which something comes. */
  get active() {
    return this.screens.flatMap(({ frames }, line) => (frames ? [line] : []));
  }

  /** Ends it from this side, as only the server may. @param {string} [reason] */
  stop(reason = 'success') {
    this.leg.end(reason);
  }
}

/** Emits `session` (ScreenSession) for each new one. */
export class Screens extends EventEmitter {
  /**
   * @param {object} parts
   * @param {import('./directory.js').Directory} parts.directory
   * @param {import('./gateway.js').Gateway} parts.gateway of the conference domain
   */
  constructor({ directory, gateway }) {
    super();
    this.directory = directory;
    this.gateway = gateway;
    /** @type {Set<ScreenSession>} */
    this.live = new Set();
  }

  /** @param {ConstructorParameters<typeof ScreenSession>[1]} about */
  open(about) {
    const session = new ScreenSession(this.gateway, about);
    this.live.add(session);
    session.once('ended', () => this.live.delete(session));
    this.emit('session', session);
    return session;
  }

  /** @param {string} name */
  jidOf(name) {
    return `${name}@${this.gateway.domain}`;
  }

  /**
   * Asks a user for her screens.
   * @param {string} userId
   * @param {{ conversationId?: string, screens?: number, attributes?: Record<string, unknown> }} [options]
   *   `conversationId`: of the call that is recorded
   */
  record(userId, { conversationId = randomUUID(), screens = MAX_SCREENS, attributes } = {}) {
    return this.open({
      kind: 'screenrecording', roomJid: this.jidOf(`screenrecording-${randomUUID()}`), conversationId, userId,
      lines: screens, direction: 'recvonly', attributes,
    });
  }

  /**
   * Shows the screens of one user to another.
   * @param {{ targetId: string, observerId: string, conversationId?: string, fromUserId?: string }} who `fromUserId`:
   *   in whose name the target is asked
   * @returns {{ target: ScreenSession, observer: Promise<ScreenSession> }} the observer is asked once pictures come
   */
  monitor({ targetId, observerId, conversationId = randomUUID(), fromUserId = targetId }) {
    const roomJid = this.jidOf(`livemonitor-${randomUUID()}`);
    const common = /** @type {const} */ ({ kind: 'livemonitor', roomJid, direction: 'sendrecv' });
    const target = this.open({
      ...common, conversationId, userId: targetId, lines: MAX_SCREENS, attributes: { 'user-id': fromUserId },
    });
    const observer = new Promise((/** @type {(session: ScreenSession) => void} */ resolve) => {
      target.once('frame', () => resolve(this.observe(target, { ...common, conversationId, userId: observerId })));
    });
    return { target, observer };
  }

  /**
   * @param {ScreenSession} target
   * @param {Omit<ConstructorParameters<typeof ScreenSession>[1], 'lines' | 'attributes'>} about
   */
  observe(target, about) {
    const lines = target.end.lines.filter(({ currentDirection }) => currentDirection?.includes('recv')).length;
    const observer = this.open({ ...about, lines, attributes: { 'user-id': target.userId } });
    target.end.on('video', (line, packet) => observer.end.show(line, target.sessionId, packet));
    observer.end.on('keyframe', (line) => target.end.wantKeyFrame(line).catch(() => {}));
    observer.once('connected', () => {
      for (let line = 0; line < lines; line += 1) target.end.wantKeyFrame(line).catch(() => {});
    });
    observer.once('ended', () => target.stop());
    target.once('ended', () => observer.stop());
    return observer;
  }

  /** What a guest shows, after the guest has joined. @param {import('./guests.js').Ticket} ticket */
  share({ id, roomJid, conversationId }) {
    return this.open({ kind: 'acd', roomJid, conversationId, userId: id, lines: 1, direction: 'recvonly' });
  }

  /**
   * `POST recordings/screensessions/metadata`.
   * @param {string} userId @param {any} body
   * @returns {string | undefined} what is wrong with it
   */
  describe(userId, body) {
    const { participantJid, metaData, roomId, conversationId } = body ?? {};
    const session = [...this.live].find((each) => each.kind === 'screenrecording' && each.roomJid === roomId);
    if (!session || session.userId !== userId) return 'No such recording';
    if (session.conversationId !== conversationId) return 'The recording is of another conversation';
    if (participantJid !== this.directory.get(userId)?.jid) return 'participantJid is not the own bare JID';
    if (!Array.isArray(metaData) || !metaData.length) return 'metaData is missing';
    const answered = [...(session.end.answer ?? '').matchAll(/^a=mid:(\S+)/gm)].map(([, mid]) => mid);
    if (metaData.some(({ trackId }) => !answered.includes(trackId))) return 'A trackId is no mid of the answer';
    session.metadata.push(body);
    session.emit('metadata', body);
    return undefined;
  }

  async shutDown() {
    await Promise.all([...this.live].map(({ leg }) => leg.shutDown()));
  }
}
