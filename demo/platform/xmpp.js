// SPDX-License-Identifier: MIT
// XMPP over WebSocket as the streaming service speaks it: RFC 7395 framing, SASL PLAIN with an access token,
// or anonymous with a JWT, bind, session, ping (XEP-0199), external services (XEP-0215), pub-sub (XEP-0060
// subset), connection transfer (XEP-0051); wire.md sections 3.6 to 7. Other parts of the platform own a domain
// and get the stanzas addressed to it.

import { EventEmitter } from 'node:events';
import { randomUUID } from 'node:crypto';
import { WebSocketServer } from 'ws';
import { Line } from './latency.js';
import { escapeText, parseElement, tag, XmlError } from './xml.js';

const NS = {
  framing: 'urn:ietf:params:xml:ns:xmpp-framing',
  streams: 'http://etherx.jabber.org/streams',
  streamErrors: 'urn:ietf:params:xml:ns:xmpp-streams',
  sasl: 'urn:ietf:params:xml:ns:xmpp-sasl',
  bind: 'urn:ietf:params:xml:ns:xmpp-bind',
  session: 'urn:ietf:params:xml:ns:xmpp-session',
  stanzas: 'urn:ietf:params:xml:ns:xmpp-stanzas',
  client: 'jabber:client',
  ping: 'urn:xmpp:ping',
  extdisco: 'urn:xmpp:extdisco:1',
  pubsub: 'http://jabber.org/protocol/pubsub',
  pubsubEvent: 'http://jabber.org/protocol/pubsub#event',
  json: 'urn:xmpp:json:0',
  jingleMessage: 'urn:xmpp:jingle-message:0',
  transfer: 'urn:xmpp:cxfr',
  jingle: 'urn:xmpp:jingle:1',
};
const MAX_FRAME = 256 * 1024;
const HANDSHAKE_MS = 30_000;
const GOING_AWAY = 1001;
const CLOSE_MS = 1_000;

/**
 * @typedef {object} StanzaRecord one frame, as kept in `platform.stanzas`
 * @property {number} at epoch milliseconds
 * @property {'in' | 'out'} direction `in`: received by the platform
 * @property {string} connection
 * @property {string | undefined} userId
 * @property {string | undefined} jid full JID, once bound
 * @property {string} xml the SASL payload is replaced: tokens are never kept
 * @property {XmlElement | undefined} element undefined: not well-formed
 */

/** @typedef {import('./xml.js').XmlElement} XmlElement */
/** @typedef {Record<string, string | number | undefined>} IceService attributes of a XEP-0215 service */

/**
 * @typedef {object} StreamConfig
 * @property {IceService[] | (() => IceService[])} turn services answered to the `turn` query; a function is asked
 *   each time, for credentials that expire
 * @property {IceService[]} stun services answered to the `stun` query; none means relay only (wire.md section
 *   7), and a user whose station has `webRtcForceTurn` gets none
 * @property {boolean} serverPings whether `enable.server.side.pings` is granted
 * @property {number} serverPingMs
 * @property {boolean} echoOwnAccept whether accept and reject notices come back to the client that sent them
 * @property {string[]} mechanisms SASL mechanisms on offer to whoever comes with a channel
 * @property {string[]} jwtMechanisms the same for whoever comes with a JWT
 */

/** @param {string} jid */
export const bareJid = (jid) => jid.split('/', 1)[0];
/** @param {string} jid */
const domainOf = (jid) => bareJid(jid).replace(/^.*@/, '').toLowerCase();

/** @param {string} payload @param {string} secret @returns {{ jid: string, token: string } | undefined} */
function readPlain(payload, secret = 'authKey:') {
  const [authzid, jid, key] = Buffer.from(payload, 'base64').toString('utf8').split('\0');
  if (authzid || !jid || !key?.startsWith(secret)) return undefined;
  return { jid, token: key.slice(secret.length) };
}

/** @param {string} text */
function readQuietly(text) {
  try {
    return parseElement(text);
  } catch {
    return undefined;
  }
}

/** One WebSocket and its stream. Made by `StreamServer`; others only read it and call `send`. */
export class Connection {
  /**
   * @param {StreamServer} server
   * @param {import('ws').WebSocket} socket
   * @param {import('./channels.js').Channel} channel
   * @param {import('./guests.js').Ticket} [ticket] of a stream that was opened with a JWT
   */
  constructor(server, socket, channel, ticket) {
    this.server = server;
    this.socket = socket;
    this.channel = channel;
    this.ticket = ticket;
    this.id = randomUUID();
    /** Every stream of a channel belongs to the owner of the channel. */
    this.userId = channel.userId;
    /** Bare JID. */
    this.bare = ticket?.jid ?? server.directory.require(channel.userId).jid;
    /** @type {string | undefined} what it signed in with, so that it can be revoked; never recorded */
    this.token = undefined;
    this.incoming = new Line(server.latency);
    this.outgoing = new Line(server.latency);
    /** @type {Record<'in' | 'out', (() => void)[]>} stanzas that let the next one overtake them */
    this.overtaken = { in: [], out: [] };
    /** @type {'open' | 'auth' | 'reopen' | 'bind' | 'session' | 'ready' | 'closed'} */
    this.state = 'open';
    /** @type {string | undefined} */
    this.jid = undefined;
    /** Whether its page was closed or left (RFC 6455 section 7.4.1), so that nobody comes back. */
    this.left = false;
    /** @type {Set<NodeJS.Timeout>} */
    this.timers = new Set();
    /** @type {NodeJS.Timeout | undefined} */
    this.pinger = undefined;
    this.handshake = this.later(HANDSHAKE_MS, () => this.fail('connection-timeout'));
    socket.on('message', (data, binary) => {
      this.incoming.pass(() => this.onFrame(data.toString(), binary));
    });
    socket.on('error', () => socket.terminate());
    socket.on('close', (code) => this.onClosed(code));
  }

  /** @param {number} ms @param {() => void} run dropped when the connection closes */
  later(ms, run) {
    const timer = setTimeout(() => {
      this.timers.delete(timer);
      run();
    }, ms);
    this.timers.add(timer);
    return timer;
  }

  /** @param {NodeJS.Timeout} timer */
  cancel(timer) {
    clearTimeout(timer);
    this.timers.delete(timer);
  }

  /** Sends one element, unless a fault says otherwise. @param {string} xml */
  send(xml) {
    const record = this.record('out', xml, readQuietly(xml));
    this.meet(record, (change) => this.sendText(change?.(xml) ?? xml));
  }

  /**
   * A stanza meets its fate.
   * @param {StanzaRecord} record @param {(change?: (xml: string) => string) => void} deliver
   */
  meet(record, deliver) {
    const { copies, behind, change } = this.server.faults.judgeStanza(record);
    const waiting = this.overtaken[record.direction];
    if (behind) {
      waiting.push(() => deliver(change));
      return;
    }
    for (const ms of copies) {
      if (ms) this.later(ms, () => deliver(change));
      else deliver(change);
    }
    for (const overtaken of waiting.splice(0)) overtaken();
  }

  /** Sends text as it is. @param {string} text */
  sendText(text) {
    if (this.socket.readyState !== this.socket.OPEN) return;
    this.server.emit('stanza', this.record('out', text, readQuietly(text)));
    this.outgoing.pass(() => this.socket.send(text));
  }

  /**
   * @param {'in' | 'out'} direction
   * @param {string} xml
   * @param {XmlElement | undefined} element
   * @returns {StanzaRecord}
   */
  record(direction, xml, element) {
    // A broken frame cannot be told apart from a broken sign-in by its element, so it is judged by its text.
    const secret = element ? element.namespace === NS.sasl && element.name === 'auth'
      : direction === 'in' && /auth/i.test(xml);
    if (secret && element) element.children = ['[redacted]'];
    return {
      at: Date.now(),
      direction,
      connection: this.id,
      userId: this.userId,
      jid: this.jid,
      xml: secret ? '<auth>[redacted]</auth>' : xml,
      element,
    };
  }

  /** @param {string} text @param {boolean} binary */
  onFrame(text, binary) {
    if (this.state === 'closed') return;
    try {
      if (binary) throw new XmlError('bad-format', 'a binary frame');
      if (text.length > MAX_FRAME) throw new XmlError('policy-violation', 'a frame beyond the limit');
      const element = parseElement(text);
      const payload = element.text;
      const record = this.record('in', text, element);
      this.server.emit('stanza', record);
      this.meet(record, () => this.onElement(element, payload));
    } catch (error) {
      if (!(error instanceof XmlError)) throw error;
      this.server.emit('stanza', this.record('in', text, undefined));
      this.fail(error.condition);
    }
  }

  /** @param {XmlElement} element @param {string} payload its text, kept apart because records drop secrets */
  onElement(element, payload) {
    if (this.state === 'closed') return;
    if (element.namespace === NS.framing && element.name === 'close') return this.end();
    if (element.namespace === NS.framing && element.name === 'open') return this.onOpen(element);
    if (this.state === 'auth') return this.onAuth(element, payload);
    if (element.namespace !== NS.client) return this.fail('invalid-namespace');
    if (this.state === 'open' || this.state === 'reopen') return this.fail('not-authorized');
    if (element.name === 'iq') return this.onIq(element);
    if (this.state !== 'ready') return this.fail('not-authorized');
    if (element.name === 'message' || element.name === 'presence') return this.server.route(this, element);
    return this.fail('unsupported-stanza-type');
  }

  get mechanisms() {
    const { mechanisms, jwtMechanisms } = this.server.config;
    return this.ticket ? jwtMechanisms : mechanisms;
  }

  /** @param {XmlElement} element */
  onOpen(element) {
    if (this.state !== 'open' && this.state !== 'reopen') return this.fail('policy-violation');
    const { domain } = this.server.directory;
    this.send(tag('open', {
      xmlns: NS.framing, 'xmlns:stream': NS.streams, version: '1.0', from: domain, id: randomUUID(),
      'xml:lang': 'en',
    }));
    if (element.attributes.to?.toLowerCase() !== domain) return this.fail('host-unknown');
    const first = this.state === 'open';
    this.state = first ? 'auth' : 'bind';
    const offered = this.mechanisms.map((name) => tag('mechanism', {}, name));
    this.send(tag('stream:features', { 'xmlns:stream': NS.streams }, ...(first
      ? [tag('mechanisms', { xmlns: NS.sasl }, ...offered)]
      : [tag('bind', { xmlns: NS.bind }), tag('session', { xmlns: NS.session })])));
  }

  /** @param {XmlElement} element @param {string} payload */
  onAuth(element, payload) {
    if (element.namespace !== NS.sasl || element.name !== 'auth') return this.fail('not-authorized');
    const { mechanism = '' } = element.attributes;
    const known = this.ticket ? payload === '=' && this.server.guests.verify(this.token ?? '') : this.knows(payload);
    const wanted = this.ticket ? 'ANONYMOUS' : 'PLAIN';
    const condition = this.server.faults.takeAuth() ??
      (mechanism !== wanted ? 'invalid-mechanism' : known ? undefined : 'not-authorized');
    if (condition !== undefined) {
      this.send(tag('failure', { xmlns: NS.sasl }, condition && tag(condition)));
      this.later(CLOSE_MS, () => this.end());
      return undefined;
    }
    this.state = 'reopen';
    return this.send(tag('success', { xmlns: NS.sasl }));
  }

  /** @param {string} payload of SASL PLAIN @returns {boolean} whether it is the owner's */
  knows(payload) {
    const credentials = readPlain(payload);
    const user = credentials && this.server.directory.byToken(credentials.token);
    this.token = credentials?.token;
    return user?.id === this.userId && user.jid === credentials?.jid.toLowerCase();
  }

  /** @param {XmlElement} iq */
  onIq(iq) {
    const { id, type, to } = iq.attributes;
    // Old clients forget the id when they share a screen, and hear no answer (wire.md section 11.2).
    const forgetful = iq.child('jingle', NS.jingle) && type === 'set' && this.state === 'ready';
    if (!id) return forgetful ? this.server.route(this, iq) : this.fail('invalid-xml');
    if (type === 'result' || type === 'error') return this.server.route(this, iq);
    if (type !== 'get' && type !== 'set') return this.fail('invalid-xml');
    if (iq.elements.length !== 1) return this.refuse(iq, 'modify', 'bad-request');
    const payload = iq.elements[0];
    if (this.state === 'bind') {
      return payload.namespace === NS.bind ? this.onBind(iq, payload) : this.fail('not-authorized');
    }
    if (payload.namespace === NS.session) {
      this.answer(iq);
      if (this.state === 'session') this.server.established(this);
      return undefined;
    }
    // The session step is a formality of RFC 3921; whoever skips it is ready after bind.
    if (this.state === 'session') this.server.established(this);
    if (to && this.server.owns(domainOf(to))) return this.server.route(this, iq);
    return this.serve(iq, payload);
  }

  /** @param {XmlElement} iq @param {XmlElement} payload */
  onBind(iq, payload) {
    const resource = payload.child('resource', NS.bind)?.text || randomUUID();
    this.jid = `${this.bare}/${resource}`;
    this.server.displace(this);
    this.state = 'session';
    this.answer(iq, tag('bind', { xmlns: NS.bind }, tag('jid', {}, escapeText(this.jid))));
  }

  /** @param {XmlElement} iq @param {XmlElement} payload requests to the server itself */
  serve(iq, payload) {
    if (payload.namespace === NS.ping) return this.answer(iq);
    if (payload.namespace === NS.extdisco) return this.serveExternalServices(iq, payload);
    if (payload.namespace === NS.pubsub) return this.servePubsub(iq, payload);
    return this.refuse(iq, 'cancel', 'service-unavailable');
  }

  /** @param {XmlElement} iq @param {XmlElement} payload */
  serveExternalServices(iq, payload) {
    const { type } = payload.attributes;
    const { config, directory } = this.server;
    const turn = () => (typeof config.turn === 'function' ? config.turn() : config.turn);
    const stun = () => (directory.get(this.userId)?.station?.webRtcForceTurn ? [] : config.stun);
    const services = [...(type === 'stun' ? [] : turn()), ...(type === 'turn' ? [] : stun())]
      .map((service) => tag('service', service));
    this.answer(iq, tag('services', { xmlns: NS.extdisco }, ...services));
  }

  /** @param {XmlElement} iq @param {XmlElement} payload */
  servePubsub(iq, payload) {
    const request = payload.elements[0];
    const { node, jid } = request?.attributes ?? {};
    const known = iq.attributes.to?.startsWith('notifications.');
    if (!known) return this.refuse(iq, 'cancel', 'service-unavailable');
    if (!node || jid !== bareJid(this.jid ?? '')) return this.refuse(iq, 'modify', 'bad-request');
    if (request.name === 'unsubscribe') {
      this.channel.nodes.delete(node);
      return this.answer(iq);
    }
    if (request.name !== 'subscribe') return this.refuse(iq, 'cancel', 'feature-not-implemented');
    if (node === 'enable.server.side.pings') {
      if (!this.server.config.serverPings) return this.refuse(iq, 'cancel', 'feature-not-implemented');
      this.startPings();
    } else {
      const [{ state }] = this.server.channels.judge([node]);
      if (state === 'Rejected') return this.refuse(iq, 'auth', 'forbidden');
      this.channel.nodes.add(node);
    }
    return this.answer(iq, tag('pubsub', { xmlns: NS.pubsub },
      tag('subscription', { node, jid, subscription: 'subscribed' })));
  }

  startPings() {
    if (this.pinger) return;
    this.pinger = setInterval(() => {
      const from = this.server.directory.domain;
      this.send(tag('iq', { xmlns: NS.client, id: `ping-${randomUUID()}`, type: 'get', to: this.jid, from },
        tag('ping', { xmlns: NS.ping })));
    }, this.server.config.serverPingMs);
  }

  /**
   * @param {XmlElement} iq
   * @param {...string} children the empty result of RFC 6120, or one with a payload
   */
  answer(iq, ...children) {
    const { id, to: from } = iq.attributes;
    this.send(tag('iq', { xmlns: NS.client, id, from, to: this.jid, type: 'result' }, ...children));
  }

  /** @param {XmlElement} iq @param {string} type @param {string} condition */
  refuse(iq, type, condition) {
    const { id, to: from } = iq.attributes;
    this.send(tag('iq', { xmlns: NS.client, id, from, to: this.jid, type: 'error' },
      tag('error', { type }, tag(condition, { xmlns: NS.stanzas }))));
  }

  /**
   * Asks the client to move to a new stream (wire.md section 3.6) and ends this one when it has not gone by then.
   * @param {number} graceMs
   */
  transfer(graceMs) {
    const from = this.server.directory.domain;
    this.send(tag('iq', { xmlns: NS.client, id: `transfer-${randomUUID()}`, type: 'set', to: this.jid, from },
      tag('query', { xmlns: NS.transfer })));
    this.later(graceMs, () => this.end());
  }

  /** Ends the stream with an error, as RFC 6120 section 4.9 has it. @param {string} condition */
  fail(condition) {
    this.send(tag('stream:error', { 'xmlns:stream': NS.streams },
      tag(condition, { xmlns: NS.streamErrors })));
    this.end();
  }

  /** Ends the stream politely; the socket follows. */
  end() {
    if (this.state === 'closed') return;
    this.send(tag('close', { xmlns: NS.framing }));
    this.state = 'closed';
    this.outgoing.pass(() => this.socket.close(1000));
    this.later(CLOSE_MS + this.server.latency.ms, () => this.socket.terminate());
  }

  /** @param {number} code */
  onClosed(code) {
    this.left = code === GOING_AWAY;
    this.state = 'closed';
    for (const timer of this.timers) clearTimeout(timer);
    clearInterval(this.pinger);
    this.timers.clear();
    this.incoming.close();
    this.outgoing.close();
    if (this.ticket) this.server.channels.remove(this.channel.id);
    this.server.forget(this);
  }
}

/**
 * Emits `stanza` (StanzaRecord), `connection` and `disconnection` (Connection; only streams that got as far
 * as a
 * session).
 */
export class StreamServer extends EventEmitter {
  /**
   * @param {object} parts
   * @param {import('./directory.js').Directory} parts.directory
   * @param {import('./channels.js').Channels} parts.channels
   * @param {import('./guests.js').Guests} parts.guests
   * @param {import('./latency.js').Latency} parts.latency
   * @param {StreamConfig} parts.config
   */
  constructor({ directory, channels, guests, latency, config }) {
    super();
    this.directory = directory;
    this.guests = guests;
    this.latency = latency;
    this.channels = channels;
    this.config = config;
    /** @type {import('./faults.js').Faults} set by the platform before the first socket opens */
    this.faults = /** @type {any} */ (undefined);
    /** @type {Set<Connection>} */
    this.connections = new Set();
    /** @type {Map<string, (from: Connection, stanza: XmlElement) => void>} */
    this.domains = new Map();
    this.sockets = new WebSocketServer({
      noServer: true,
      maxPayload: 4 * MAX_FRAME,
      handleProtocols: (protocols) => (protocols.has('xmpp') ? 'xmpp' : false),
    });
    channels.on('event', ({ channel, topic, body }) => this.deliver(channel, topic, body));
  }

  /**
   * Stanzas to this domain go to `handler`.
   * @param {string} domain
   * @param {(from: Connection, stanza: XmlElement) => void} handler
   */
  serveDomain(domain, handler) {
    this.domains.set(domain.toLowerCase(), handler);
  }

  /** @param {string} domain */
  owns(domain) {
    return this.domains.has(domain);
  }

  /**
   * Takes an HTTP upgrade for `/stream/channels/<id>` or `/stream/jwt/<token>`; anything else below /stream is
   * refused.
   * @param {import('node:http').IncomingMessage} request
   * @param {import('node:stream').Duplex} socket @param {Buffer} head
   */
  upgrade(request, socket, head) {
    const path = new URL(request.url ?? '/', 'http://localhost').pathname;
    const [, kind, name = ''] = /^\/stream\/(channels|jwt)\/([^/]+)$/.exec(path) ?? [];
    const id = decodeURIComponent(name);
    const protocols = request.headers['sec-websocket-protocol']?.split(/\s*,\s*/) ?? [];
    void this.latency.wait(1).then(() => {
      const ticket = kind === 'jwt' ? this.guests.verify(id) : undefined;
      const known = ticket ?? (kind === 'channels' ? this.channels.get(id) : undefined);
      const unknown = kind === 'jwt' ? 401 : 404;
      const refusal = this.faults.takeUpgrade() ?? (!known ? unknown : protocols.includes('xmpp') ? 0 : 400);
      if (refusal || !known) {
        socket.end(`HTTP/1.1 ${refusal} Refused\r\nConnection: close\r\nContent-Length: 0\r\n\r\n`);
        return;
      }
      this.sockets.handleUpgrade(request, socket, head, (ws) => {
        const channel = 'topics' in known ? known : this.guestChannel(known);
        const connection = new Connection(this, ws, channel, ticket);
        if (ticket) connection.token = id;
        this.connections.add(connection);
      });
    });
  }

  /**
   * A guest hears of the own conversation without asking (wire.md section 6.2).
   * @param {import('./guests.js').Ticket} ticket
   */
  guestChannel({ id, conversationId }) {
    const channel = this.channels.create(id);
    channel.nodes.add(`v2.guest.conversations.${conversationId}`);
    return channel;
  }

  /** @param {Connection} connection */
  established(connection) {
    connection.cancel(connection.handshake);
    connection.state = 'ready';
    this.emit('connection', connection);
  }

  /**
   * One full JID and one channel carry one stream: the newest (RFC 6120 section 7.7.2.2).
   * @param {Connection} newest
   */
  displace(newest) {
    for (const other of this.connections) {
      if (other === newest || other.state === 'closed') continue;
      if (other.jid === newest.jid || (other.channel === newest.channel && other.jid)) other.fail('conflict');
    }
  }

  /** @param {Connection} connection */
  forget(connection) {
    if (this.connections.delete(connection) && connection.jid) this.emit('disconnection', connection);
  }

  /** @param {string} userId @returns {Connection[]} the established streams of a user */
  of(userId) {
    return [...this.connections].filter((c) => c.userId === userId && c.state === 'ready');
  }

  /** @param {string} jid full JID @param {string} xml @returns {boolean} whether somebody is there */
  sendTo(jid, xml) {
    const connection = [...this.connections].find((c) => c.jid === jid && c.state === 'ready');
    connection?.send(xml);
    return !!connection;
  }

  /** @param {Connection} from @param {XmlElement} stanza */
  route(from, stanza) {
    const { to, type } = stanza.attributes;
    const handler = to === undefined ? undefined : this.domains.get(domainOf(to));
    if (handler) return handler(from, stanza);
    const own = to && bareJid(to).toLowerCase() === bareJid(from.jid ?? '').toLowerCase();
    if (stanza.name === 'message' && own) return this.relay(from, stanza);
    if (stanza.name === 'iq' && type !== 'result' && type !== 'error') {
      return from.refuse(stanza, 'cancel', 'service-unavailable');
    }
    return undefined;
  }

  /**
   * A message to the user's own JID reaches the user's clients.
   * @param {Connection} from
   * @param {XmlElement} message
   */
  relay(from, message) {
    const { to = '' } = message.attributes;
    const notice = message.elements.find(({ namespace }) => namespace === NS.jingleMessage);
    if (notice) this.emit('notice', { from, notice });
    const content = message.elements.map((element) => serialize(element)).join('');
    for (const connection of this.of(from.userId)) {
      if (to.includes('/') && connection.jid !== to) continue;
      if (connection === from && notice && !this.config.echoOwnAccept) continue;
      const { id } = message.attributes;
      connection.send(tag('message', { xmlns: NS.client, from: from.jid, to: connection.jid, id }, content));
    }
  }

  /** @param {import('./channels.js').Channel} channel @param {string} topic @param {unknown} body */
  deliver(channel, topic, body) {
    const json = tag('json', { xmlns: NS.json }, escapeText(JSON.stringify(body)));
    const event = tag('event', { xmlns: NS.pubsubEvent },
      tag('items', { node: topic }, tag('item', { id: randomUUID() }, json)));
    const from = `notifications.${this.directory.domain}`;
    for (const connection of this.of(channel.userId)) {
      if (connection.channel !== channel) continue;
      const attributes = { xmlns: NS.client, from, to: connection.jid, id: randomUUID() };
      connection.send(tag('message', attributes, event));
    }
  }

  /** Cuts every socket. */
  close() {
    for (const connection of this.connections) connection.socket.terminate();
    this.sockets.close();
  }
}

/** @param {XmlElement} element @returns {string} with every namespace declared where it changes */
function serialize(element, outer = NS.client) {
  const children = element.children.map(
    (child) => (typeof child === 'string' ? escapeText(child) : serialize(child, element.namespace)));
  const xmlns = element.namespace === outer ? undefined : element.namespace;
  return tag(element.name, { xmlns, ...element.attributes }, ...children);
}
