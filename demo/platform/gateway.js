// SPDX-License-Identifier: MIT
// The media side's signalling: proposals (wire.md section 8) and SDP over XMPP (section 9) or Jingle (section 10), for
// the telephone gateway and, under another domain, for conferences. Knows the stream server, but neither conversations
// nor media.

import { EventEmitter } from 'node:events';
import { randomUUID } from 'node:crypto';
import {
  JINGLE, RTP, RTP_INFO, answerOf, candidatesOf, contentsOf, gathered, readTransports, restarted, transportsOf, trickle,
} from './jingle.js';
import { escapeText, tag } from './xml.js';

const CLIENT = 'jabber:client';
const MESSAGE = 'urn:xmpp:jingle-message:0';
const REMIND_MS = 1_000;

/** @param {import('./far-end.js').Candidate} candidate the fragment of wire.md section 9.5 */
export function candidateFragment({ mid, candidate }) {
  return `m=${mid} 9 RTP/AVP 0\r\na=${candidate.replace(/^a=/, '')}\r\n`;
}

/**
 * @param {string} fragment
 * @returns {import('./far-end.js').Candidate | undefined} none: end of candidates
 */
export function readCandidateFragment(fragment) {
  const mid = /m=(\S+)/.exec(fragment)?.[1];
  const candidate = /a=(candidate:[^\r\n]*)/.exec(fragment)?.[1];
  return mid && candidate ? { mid, candidate } : undefined;
}

/** @typedef {'proposed' | 'proceeding' | 'offered' | 'answered' | 'ended'} SessionState */

/**
 * One media session as the gateway sees it. Events: once `proceed` (full JID of the client), `reject`,
 * `terminate`
 * (reason); each time `accept`, `answer` (sdp), `candidate` (Candidate), `endOfCandidates`, `info` (status),
 * `mute` ({ type, mute, creator }; `creator` over Jingle only), `screen` (whether it is shared), `statistics` (params).
 */
export class GatewaySession extends EventEmitter {
  /**
   * @param {Gateway} gateway
   * @param {{ id: string, conversationId: string, userId: string, from: string,
   *   attributes: Record<string, unknown>, media: string[] }} about
   */
  constructor(gateway, { id, conversationId, userId, from, attributes, media }) {
    super();
    this.gateway = gateway;
    this.id = id;
    this.conversationId = conversationId;
    this.userId = userId;
    this.jid = `${from}@${gateway.domain}/gw-${randomUUID().slice(0, 8)}`;
    /** Extra `inin-` attributes of the proposal, without the prefix. */
    this.attributes = attributes;
    this.media = media;
    /** @type {SessionState} */
    this.state = 'proposed';
    /** @type {string | undefined} the client that said proceed */
    this.peer = undefined;
    /** @type {Set<string>} clients that were told of the proposal */
    this.proposedTo = new Set();
    /** @type {NodeJS.Timeout | undefined} */
    this.reminder = undefined;
  }

  /** How the proposal says what follows it. @returns {Record<string, boolean>} */
  get path() { return { 'inin-sdp-over-xmpp': true }; }

  /**
   * Offers the session to every client of the user, again if need be.
   * @param {Record<string, unknown>} [extra]
   */
  propose(extra = {}) {
    Object.assign(this.attributes, extra);
    for (const connection of this.gateway.stream.of(this.userId)) this.proposeTo(connection.jid ?? '');
  }

  /** Proposes, and again until somebody answers: a client that has just appeared may not listen yet. */
  remind() {
    this.propose();
    this.reminder ??= setInterval(() => {
      if (this.state === 'proposed') this.propose();
      else clearInterval(this.reminder);
    }, REMIND_MS);
  }

  /** @param {string} to full JID */
  proposeTo(to) {
    const given = Object.entries(this.attributes).filter(([, value]) => value !== undefined);
    /** @type {Record<string, string>} */
    const attributes = {};
    for (const [name, value] of given) attributes[`inin-${name}`] = String(value);
    this.proposedTo.add(to);
    this.message(to, tag('propose', {
      xmlns: MESSAGE, id: this.id, 'inin-cid': this.conversationId, ...attributes, ...this.path,
    }, ...this.media.map((kind) => tag('description', { xmlns: RTP, media: kind }))));
  }

  /** Withdraws the offer from everyone. */
  retract() {
    for (const to of this.proposedTo) this.message(to, tag('retract', { xmlns: MESSAGE, id: this.id }));
    this.end();
  }

  /** @param {string} to @param {string} content */
  message(to, content) {
    const attributes = { xmlns: CLIENT, from: this.jid, to, id: randomUUID() };
    this.gateway.stream.sendTo(to, tag('message', attributes, content));
  }

  /** @param {string} sdp @param {{ id?: string, reinvite?: boolean }} [options] */
  offer(sdp, { id, reinvite } = {}) {
    this.state = 'offered';
    this.call('offer', { conversationId: this.conversationId, sdp, ...(reinvite && { reinvite }) }, id);
  }

  /** @param {import('./far-end.js').Candidate} candidate */
  sendCandidate(candidate) {
    this.call('iceCandidate', { sdp: candidateFragment(candidate) });
  }

  /** @param {string} [reason] Jingle reason word */
  terminate(reason = 'success') {
    if (this.state === 'ended') return;
    this.call('terminate', { reason });
    this.end();
  }

  /**
   * One JSON-RPC call to the client.
   * @param {string} method
   * @param {Record<string, unknown>} params
   * @param {string} [id]
   */
  call(method, params, id = randomUUID()) {
    if (!this.peer) return;
    const body = JSON.stringify({ jsonrpc: '2.0', id, method, params: { sessionId: this.id, ...params } });
    this.gateway.stream.sendTo(this.peer, tag('iq', {
      xmlns: CLIENT, from: this.jid, to: this.peer, id: `gw-${randomUUID()}`, type: 'set',
    }, tag('genesys-webrtc', { xmlns: 'genesys' }, escapeText(body))));
  }

  /** Forgets the session without telling anyone. */
  end() {
    clearInterval(this.reminder);
    this.state = 'ended';
    this.gateway.sessions.delete(this.id);
  }

  /** @param {string} name @param {string} from */
  onNotice(name, from) {
    if (name === 'proceed' && this.state === 'proposed') {
      this.peer = from;
      this.state = 'proceeding';
      this.emit('proceed', from);
    } else if (name === 'reject' && this.state === 'proposed') {
      this.end();
      this.emit('reject', from);
    } else if (name === 'accept') {
      this.emit('accept', from);
    }
  }

  /** @param {string} method @param {Record<string, any>} params */
  onCall(method, params) {
    if (method === 'answer') {
      this.state = 'answered';
      this.emit('answer', String(params.sdp ?? ''));
    } else if (method === 'iceCandidate') {
      const candidate = readCandidateFragment(String(params.sdp ?? ''));
      this.emit(candidate ? 'candidate' : 'endOfCandidates', candidate);
    } else if (method === 'info') {
      this.emit('info', params.status);
    } else if (method === 'mute' || method === 'unmute') {
      this.emit('mute', { type: params.type, mute: method === 'mute' });
    } else if (method === 'report-statistics') {
      this.emit('statistics', params);
    } else if (method === 'terminate') {
      this.end();
      this.emit('terminate', String(params.reason ?? 'success'));
    }
  }
}

/**
 * The same session over Jingle. Besides: `reply` ({ action, type, condition }) for each answer to an action of ours.
 */
export class JingleSession extends GatewaySession {
  /** @type {string} the newest offer */
  offered = '';
  /** @type {string} the newest answer, as SDP */
  answered = '';
  /** Actions that wait for their answer, by id of their IQ. @type {Map<string, string>} */
  waiting = new Map();

  /** @override */
  get path() { return {}; }

  /** Candidates follow at once, before the answer. @override @param {string} sdp */
  offer(sdp) {
    this.state = 'offered';
    this.offered = sdp;
    this.action('session-initiate', ...contentsOf(sdp));
    for (const candidate of candidatesOf(sdp)) this.sendCandidate(candidate);
    this.action('transport-info', gathered(sdp));
  }

  /** ICE with new credentials within the session. @param {string} sdp an offer that has them */
  restart(sdp) {
    this.offered = sdp;
    this.action('transport-info', ...transportsOf(sdp));
  }

  /** @override @param {import('./far-end.js').Candidate} candidate */
  sendCandidate(candidate) {
    this.action('transport-info', trickle(this.offered, candidate));
  }

  /** A session-info. @param {string} name such as `mute` or `hold` @param {Record<string, string>} [attributes] */
  info(name, attributes = {}) {
    this.action('session-info', tag(name, { xmlns: RTP_INFO, ...attributes }));
  }

  /** @override @param {string} [reason] @param {string} [text] */
  terminate(reason = 'success', text) {
    if (this.state === 'ended') return;
    const said = text ? [tag('text', {}, escapeText(text))] : [];
    this.action('session-terminate', tag('reason', {}, tag(reason), ...said));
    this.end();
  }

  /** @param {string} action @param {string[]} contents @returns {string} id of the IQ */
  action(action, ...contents) {
    const id = `gw-${randomUUID()}`;
    if (!this.peer) return id;
    this.waiting.set(id, action);
    this.gateway.stream.sendTo(this.peer, tag('iq', { xmlns: CLIENT, from: this.jid, to: this.peer, id, type: 'set' },
      tag('jingle', { xmlns: JINGLE, action, sid: this.id }, ...contents)));
    return id;
  }

  /** @param {string} id @param {import('./xml.js').XmlElement} stanza */
  onReply(id, stanza) {
    const action = this.waiting.get(id);
    this.waiting.delete(id);
    if (action) {
      const condition = stanza.child('error')?.elements[0]?.name;
      this.emit('reply', { action, type: stanza.attributes.type, condition });
    }
  }

  /** @param {string} action @param {import('./xml.js').XmlElement} jingle @returns {boolean} whether it is known */
  onAction(action, jingle) {
    if (action === 'session-accept') {
      this.state = 'answered';
      this.answered = answerOf(jingle);
      this.emit('answer', this.answered);
    } else if (action === 'transport-info') {
      this.onTransports(jingle);
    } else if (action === 'session-info') {
      this.onInfo(jingle.elements[0]);
    } else if (action === 'session-terminate') {
      this.end();
      this.emit('terminate', jingle.child('reason')?.elements[0]?.name ?? 'success');
    } else {
      return false;
    }
    return true;
  }

  /** @param {import('./xml.js').XmlElement} jingle */
  onTransports(jingle) {
    const { candidates, complete, restarts } = readTransports(jingle);
    if (restarts) {
      this.answered = restarted(this.answered, jingle);
      this.emit('answer', this.answered);
    }
    for (const candidate of candidates) this.emit('candidate', candidate);
    if (complete) this.emit('endOfCandidates');
  }

  /** @param {import('./xml.js').XmlElement | undefined} info none: a ping */
  onInfo(info) {
    if (info?.name === 'active') this.emit('info', 'active');
    if (info?.name !== 'mute' && info?.name !== 'unmute') return;
    const { name: type, creator } = info.attributes;
    this.emit('mute', { type, mute: info.name === 'mute', creator });
  }
}

/** Emits `presence` ({ from: Connection, stanza: XmlElement }) for each one addressed to its domain. */
export class Gateway extends EventEmitter {
  /**
   * @param {import('./xmpp.js').StreamServer} stream @param {string} domain domain of the organisation
   * @param {'gjoll' | 'conference'} [host] below it
   */
  constructor(stream, domain, host = 'gjoll') {
    super();
    this.stream = stream;
    this.domain = `${host}.${domain}`;
    /** @type {Map<string, GatewaySession>} */
    this.sessions = new Map();
    stream.serveDomain(this.domain, (from, stanza) => this.onStanza(from, stanza));
    stream.on('notice', ({ from, notice }) => {
      this.sessions.get(notice.attributes.id ?? '')?.onNotice(notice.name, from.jid);
    });
    // A client that appears while a call is ringing hears of it, as with a phone that is plugged in late.
    stream.on('connection', ({ userId }) => {
      for (const session of this.sessions.values()) {
        if (session.userId === userId && session.state === 'proposed') session.remind();
      }
    });
  }

  /**
   * @param {{ conversationId: string, userId: string, from: string, attributes?: Record<string, unknown>,
   *   media?: string[], signaling?: 'jingle' }} about
   */
  open({ signaling, ...about }) {
    const Kind = signaling === 'jingle' ? JingleSession : GatewaySession;
    const session = new Kind(this, { id: randomUUID(), attributes: {}, media: ['audio'], ...about });
    this.sessions.set(session.id, session);
    return session;
  }

  /** @param {import('./xmpp.js').Connection} from @param {import('./xml.js').XmlElement} stanza */
  onStanza(from, stanza) {
    if (stanza.name === 'message') {
      const notice = stanza.elements.find(({ namespace }) => namespace === MESSAGE);
      const session = this.sessions.get(notice?.attributes.id ?? '');
      // Only the clients of the user who is being called have a say.
      if (notice && session?.userId === from.userId) session.onNotice(notice.name, from.jid ?? '');
      return;
    }
    if (stanza.name === 'presence') return void this.emit('presence', { from, stanza });
    const { type, to, id = '' } = stanza.attributes;
    if (type === 'result' || type === 'error') {
      for (const session of this.sessions.values()) if (session instanceof JingleSession) session.onReply(id, stanza);
      return;
    }
    if (stanza.name !== 'iq') return;
    const jingle = stanza.child('jingle', JINGLE);
    if (jingle) return void this.onJingle(from, stanza, jingle);
    const payload = stanza.child('genesys-webrtc', 'genesys');
    const call = payload && readCall(payload.text);
    if (!payload) return void from.refuse(stanza, 'cancel', 'service-unavailable');
    if (!call) return void from.refuse(stanza, 'modify', 'bad-request');
    const session = this.sessions.get(call.params.sessionId);
    if (!session || session.jid !== to || session.userId !== from.userId) {
      return void from.refuse(stanza, 'cancel', 'item-not-found');
    }
    // The stream that speaks is the one to answer: after a reconnect the resource may be a new one.
    session.peer = from.jid;
    from.answer(stanza);
    session.onCall(call.method, call.params);
  }

  /**
   * Of a session that speaks JSON the only Jingle action is: a screen is shared or no longer (wire.md section 11.2).
   * @param {import('./xmpp.js').Connection} from @param {import('./xml.js').XmlElement} stanza
   * @param {import('./xml.js').XmlElement} jingle
   */
  onJingle(from, stanza, jingle) {
    const session = this.sessions.get(jingle.attributes.sid ?? '');
    if (!session || session.jid !== stanza.attributes.to || session.userId !== from.userId) {
      return from.refuse(stanza, 'cancel', 'item-not-found');
    }
    const { action = '' } = jingle.attributes;
    const info = jingle.elements[0]?.name;
    const isScreen = action === 'session-info' && /^screen-(start|stop)$/.test(info ?? '');
    if (isScreen) session.emit('screen', info === 'screen-start');
    else if (session instanceof JingleSession) session.peer = from.jid;
    if (!isScreen && !(session instanceof JingleSession && session.onAction(action, jingle))) {
      return from.refuse(stanza, 'cancel', 'feature-not-implemented');
    }
    if (stanza.attributes.id) from.answer(stanza);
    return undefined;
  }
}

/** @param {string} text @returns {{ method: string, params: Record<string, any> } | undefined} */
function readCall(text) {
  try {
    const { jsonrpc, method, params } = JSON.parse(text);
    return jsonrpc === '2.0' && typeof method === 'string' && params ? { method, params } : undefined;
  } catch {
    return undefined;
  }
}
