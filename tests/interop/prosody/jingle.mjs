// SPDX-License-Identifier: MIT
// The platform's gateway as one that speaks Jingle (wire.md section 10) in the place of SDP over XMPP: it initiates
// each session. The mapping between SDP and Jingle is the core's own, run natively.

import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { Gateway, GatewaySession } from '../../../demo/platform/gateway.js';
import { tag } from '../../../demo/platform/xml.js';

const CONVERT = fileURLToPath(new URL('../../../build/native/tests/jingle_convert', import.meta.url));
const JINGLE = 'urn:xmpp:jingle:1';
const PROPOSE = 'urn:xmpp:jingle-message:0';
const RTP = 'urn:xmpp:jingle:apps:rtp:1';
const INFO = 'urn:xmpp:jingle:apps:rtp:info:1';

/** @typedef {import('../../../demo/platform/xml.js').XmlElement} XmlElement */

/** @param {string[]} args of jingle_convert @param {string} input @returns {string | undefined} none: it refuses */
const convert = (args, input) => {
  const { status, stdout, error } = spawnSync(CONVERT, args, { input, encoding: 'utf8' });
  if (error) throw error;
  return status === 0 ? stdout : undefined;
};

/** Events besides those of the base: `reply` ({ action, answer: XmlElement }) of the client to an action of ours. */
class JingleSession extends GatewaySession {
  /** @override @param {string} to */
  proposeTo(to) {
    this.proposedTo.add(to);
    this.message(to, tag('propose', { xmlns: PROPOSE, id: this.id, 'inin-cid': this.conversationId },
      tag('description', { xmlns: RTP, media: 'audio' })));
  }

  /**
   * The attribute `bare` names a client (full JID) that is not asked beforehand.
   * @override @param {Record<string, unknown>} [extra]
   */
  propose(extra) {
    if (this.attributes.bare) this.onNotice('proceed', String(this.attributes.bare));
    else super.propose(extra);
  }

  /**
   * @param {string} action @param {string} content XML below the action
   * @param {Record<string, string>} [attributes]
   */
  async act(action, content, attributes = {}) {
    if (!this.peer) return;
    const component = /** @type {import('./component.mjs').Component} */ (/** @type {unknown} */ (this.gateway.stream));
    const answer = await component.ask('set', this.peer,
      tag('jingle', { xmlns: JINGLE, sid: this.id, action, ...attributes }, content), this.jid);
    this.emit('reply', { action, answer });
  }

  /** @override @param {string} sdp */
  offer(sdp) {
    this.state = 'offered';
    const contents = /^<jingle[^>]*>(.*)<\/jingle>$/s.exec(convert(['to-xml', 'initiator'], sdp) ?? '')?.[1] ?? '';
    void this.act('session-initiate', contents, { initiator: this.jid });
  }

  /** @override @param {import('../../../demo/platform/far-end.js').Candidate} candidate */
  sendCandidate({ mid, candidate }) {
    const jingle = convert(['candidate', mid], candidate);
    const contents = /^<jingle[^>]*>(.*)<\/jingle>$/s.exec(jingle ?? '')?.[1];
    if (contents) void this.act('transport-info', contents);
  }

  /** @override @param {string} [reason] */
  terminate(reason = 'success') {
    if (this.state === 'ended') return;
    void this.act('session-terminate', tag('reason', {}, tag(reason)));
    this.end();
  }

  /** @param {XmlElement} jingle @param {string} raw its text */
  onAction(jingle, raw) {
    const [first] = jingle.elements;
    switch (jingle.attributes.action) {
      case 'session-accept':
        this.state = 'answered';
        this.emit('answer', convert(['to-sdp', 'responder'], raw) ?? '');
        break;
      case 'transport-info': {
        const mid = first.attributes.name;
        for (const text of raw.match(/<candidate [^>]*\/>|<candidate [^>]*><\/candidate>/g) ?? []) {
          this.emit('candidate', { mid, candidate: convert(['line'], text) });
        }
        if (raw.includes('gathering-complete')) this.emit('endOfCandidates');
        break;
      }
      case 'session-info':
        if (first?.namespace === INFO) this.emit('info', first.name);
        break;
      case 'session-terminate':
        this.end();
        this.emit('terminate', first?.elements[0]?.name ?? 'success');
        break;
      default:
    }
  }
}

export class JingleGateway extends Gateway {
  /** @override @param {Parameters<Gateway['open']>[0]} about */
  open(about) {
    const session = new JingleSession(this, {
      id: crypto.randomUUID(), attributes: {}, media: ['audio'], ...about,
    });
    this.sessions.set(session.id, session);
    return session;
  }

  /** @override @param {any} from @param {XmlElement} stanza @param {XmlElement} jingle */
  onJingle(from, stanza, jingle) {
    const session = this.sessions.get(jingle.attributes.sid ?? '');
    if (!(session instanceof JingleSession) || session.jid !== stanza.attributes.to) {
      return from.refuse(stanza, 'cancel', 'item-not-found');
    }
    session.peer = from.jid;
    from.answer(stanza);
    session.onAction(jingle, from.raw);
    return undefined;
  }
}
