// SPDX-License-Identifier: MIT
// The platform's gateway as an external component of an XMPP server (XEP-0114): what it is to the local platform's own
// stream server, it is to Prosody.

import { createHash, randomUUID } from 'node:crypto';
import { EventEmitter, once } from 'node:events';
import { createConnection } from 'node:net';
import { escapeText, parseElement, tag } from '../../../demo/platform/xml.js';

const COMPONENT = 'jabber:component:accept';
const STREAMS = 'http://etherx.jabber.org/streams';
const MESSAGE = 'urn:xmpp:jingle-message:0';

/** @typedef {import('../../../demo/platform/xml.js').XmlElement} XmlElement */
/** @typedef {{ jid: string, userId: string, raw: string, answer(stanza: XmlElement, ...content: string[]): void,
 *   refuse(stanza: XmlElement, type: string, condition: string): void }} Sender */

/** Cuts a stream of bytes into the elements below its root. A server sends no comments and no CDATA sections. */
class Splitter {
  constructor() {
    this.text = '';
    this.at = 0;
    this.depth = 0;
  }

  /** @param {string} text @returns {string[]} whole elements; the root's start tag comes first, on its own */
  push(text) {
    this.text += text;
    /** @type {string[]} */
    const whole = [];
    for (;;) {
      const [open, close] = [this.text.indexOf('<', this.at), this.text.indexOf('>', this.at)];
      if (open < 0 || close < 0) return whole;
      const name = this.text[open + 1];
      this.at = close + 1;
      if (name === '?') this.cut();
      else if (name === '/') this.depth -= 1;
      else if (this.text[close - 1] !== '/') this.depth += 1;
      if (name !== '?' && this.depth === 1) whole.push(this.cut());
    }
  }

  cut() {
    const piece = this.text.slice(0, this.at);
    this.text = this.text.slice(this.at);
    this.at = 0;
    return piece.trim();
  }
}

/**
 * Has the members of `StreamServer` that a `Gateway` uses. Events besides: `stanza` (XmlElement) of each one that
 * arrives.
 */
export class Component extends EventEmitter {
  /** @param {string} domain of the component @param {string} secret */
  constructor(domain, secret) {
    super();
    this.domain = domain;
    this.secret = secret;
    /** @type {(from: any, stanza: XmlElement) => void} */
    this.handler = () => {};
    /** @type {import('node:net').Socket | undefined} */
    this.socket = undefined;
    /** Whose clients it may talk to: user id by bare JID. @type {Map<string, string>} */
    this.users = new Map();
    /** @type {XmlElement[]} */
    this.received = [];
  }

  /** @param {number} port of 127.0.0.1 */
  async connect(port) {
    const splitter = new Splitter();
    const socket = createConnection(port, '127.0.0.1');
    this.socket = socket;
    socket.setEncoding('utf8').on('error', () => {});
    await once(socket, 'connect');
    const ready = once(this, 'ready');
    socket.on('data', (/** @type {string} */ text) => {
      for (const piece of splitter.push(text)) this.onPiece(piece);
    });
    socket.write(`<stream:stream xmlns="${COMPONENT}" xmlns:stream="${STREAMS}" to="${this.domain}">`);
    await ready;
  }

  /** @param {string} piece */
  onPiece(piece) {
    if (piece.startsWith('<stream:stream')) {
      const id = /\sid=['"]([^'"]*)/.exec(piece)?.[1] ?? '';
      const digest = createHash('sha1').update(id + this.secret).digest('hex');
      this.socket?.write(tag('handshake', {}, digest));
    } else if (piece.startsWith('<handshake')) {
      this.emit('ready');
    } else {
      this.onStanza(parseElement(piece.replace(/^<[\w:]+/, (name) => `${name} xmlns:stream="${STREAMS}"`)), piece);
    }
  }

  /** @param {XmlElement} stanza @param {string} raw */
  onStanza(stanza, raw) {
    this.received.push(stanza);
    this.emit('stanza', stanza);
    const jid = stanza.attributes.from ?? '';
    const userId = this.users.get(jid.split('/')[0]);
    if (!userId) return;
    /** @type {Sender} */
    const from = {
      jid,
      userId,
      raw,
      answer: ({ attributes: { id, to } }, ...content) => {
        this.sendTo(jid, tag('iq', { type: 'result', id, from: to, to: jid }, ...content));
      },
      refuse: ({ attributes: { id, to } }, type, condition) => {
        this.sendTo(jid, tag('iq', { type: 'error', id, from: to, to: jid },
          tag('error', { type }, tag(condition, { xmlns: 'urn:ietf:params:xml:ns:xmpp-stanzas' }))));
      },
    };
    const notice = stanza.name === 'message' && stanza.child('accept', MESSAGE);
    if (notice) this.emit('notice', { from, notice });
    else this.handler(from, stanza);
  }

  /** @param {string} domain @param {(from: any, stanza: XmlElement) => void} handler */
  serveDomain(domain, handler) {
    if (domain === this.domain) this.handler = handler;
  }

  /** A component hears of no presence: what is for a user goes to the bare JID. @param {string} userId */
  of(userId) {
    return [...this.users].filter(([, id]) => id === userId).map(([jid]) => ({ jid, userId }));
  }

  /** @param {string} to @param {string} xml */
  sendTo(to, xml) {
    // RFC 6120 section 4.8.3: a stanza is in the namespace of its stream.
    this.socket?.write(xml.replace(/^(<\w+[^>]*?) xmlns="jabber:client"/, '$1'));
    return true;
  }

  /**
   * Sends an IQ and waits for its answer.
   * @param {'get' | 'set'} type @param {string} to @param {string} payload
   * @param {string} [from] an address of this domain @returns {Promise<XmlElement>}
   */
  ask(type, to, payload, from = this.domain) {
    const id = randomUUID();
    const answer = new Promise((/** @type {(answer: XmlElement) => void} */ resolve) => {
      const listener = (/** @type {XmlElement} */ stanza) => {
        if (stanza.name !== 'iq' || stanza.attributes.id !== id) return;
        this.off('stanza', listener);
        resolve(stanza);
      };
      this.on('stanza', listener);
    });
    this.sendTo(to, tag('iq', { type, id, from, to }, payload));
    return answer;
  }

  /** Publishes as the platform does (wire.md section 6.7). @param {string} service @param {string} node
   * @param {unknown} body */
  publish(service, node, body) {
    return this.ask('set', service, tag('pubsub', { xmlns: 'http://jabber.org/protocol/pubsub' },
      tag('publish', { node }, tag('item', { id: randomUUID() },
        tag('json', { xmlns: 'urn:xmpp:json:0' }, escapeText(JSON.stringify(body)))))));
  }

  close() {
    this.socket?.destroy();
  }
}
