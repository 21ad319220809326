// SPDX-License-Identifier: MIT
//
// A local look-alike of Genesys Cloud: enough of it that a WebRTC SDK signs in, gets calls and makes calls
// with real audio, on one port and without any network beyond this machine.
//
//   rest.js ──────────────────────────┐
//   xmpp.js ─ gateway.js ─┬─ leg.js ──┼─ calls.js ─┬─ conversations.js ─ channels.js ─> xmpp.js
//   far-end.js ───────────┤           │            ├─ directory.js, guests.js: who exists
//                         │           │            └─ presence.js: whose client has gone
//   media-end.js ─────────┘           └─ rooms.js (mixer.js, robot.js, vp8.js), screens.js
//   faults.js and latency.js are asked by rest.js and xmpp.js before they act; login.js is /oauth/authorize; server.js
//   carries it all on one port.
//
// A test scripts it:
//
//   const platform = await startPlatform();
//   const sdk = new GenesysCloudWebrtcSdk(platform.sdkConfig());
//   const call = platform.call();                       // rings agent-1
//   await until(call, 'connected');                      // events: proceed accept reject answered connected
// ended
//   await until(call.farEnd, 'level', ({ rms }) => rms > 0.01);
//   call.hangup();
//   platform.faults.respond('GET', 'organizations/me', { status: 429, headers: { 'retry-after': '1' } });
//   const member = platform.meet();                      // a video conference with a robot; screens.record(),
//   await until(member, 'frame');                        // screens.monitor(), rooms.room()
//   await call.reinvite({ credentials: 'same' });        // and raise(), expireChannels(), transferStreams(),
//   platform.setRoundTrip(100);                          // revoke(), flood(), guests.addCode(), guests.issue()
//   platform.requests / platform.stanzas                 // what went over the wire, for assertions
//   await platform.close();                              // nothing is left running
//
// Control over HTTP, for pages of this server only: GET /platform/config, sdk-config, calls, POST /platform/call,
// hangup, station, code, jwt, meet, record, drop. The page /caller/ lets a person in a second tab be the caller.

import { randomUUID } from 'node:crypto';
import { EventEmitter } from 'node:events';
import { statSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { WebSocketServer } from 'ws';
import { Calls } from './calls.js';
import { Channels } from './channels.js';
import { controlOf } from './control.js';
import { Conversations } from './conversations.js';
import { Directory } from './directory.js';
import { AutomatedFarEnd, PersonFarEnd, ScriptedFarEnd, readMessage } from './far-end.js';
import { Faults } from './faults.js';
import { floodOf } from './flood.js';
import { Gateway } from './gateway.js';
import { Guests } from './guests.js';
import { Latency } from './latency.js';
import { Login } from './login.js';
import { RestApi } from './rest.js';
import {
  FLAG, FUNCTION, LIST, MS, NOTHING, OBJECT, PORT, TEXT, anyOf, expect, expectOptions, oneOf,
} from './options.js';
import { Rooms } from './rooms.js';
import { Screens } from './screens.js';
import { PlatformServer } from './server.js';
import { Pacer } from './tone.js';
import { StreamServer } from './xmpp.js';
import { startStun } from './stun.js';

export { CHROMIUM_FLAGS } from './flags.js';
export { until } from './wait.js';

const KEPT_RECORDS = 10_000;
/** The pages, as seen from here and from dist/platform/. */
const PAGES = fileURLToPath(new URL('../../demo/platform/', import.meta.url));

const FAR_END = anyOf(oneOf('tone', 'silent', 'manual'), FUNCTION);
const SIGNALING = oneOf('jingle');

/** @type {import('./options.js').Kinds} */
const CALL = {
  userId: TEXT, autoAnswer: FLAG, from: TEXT, name: TEXT, farEnd: FAR_END, persistent: FLAG, share: FLAG,
  signaling: SIGNALING, purpose: oneOf('agent', 'user'), attributes: OBJECT, conversationId: TEXT,
};

/** @type {import('./options.js').Kind} */
const FOLDER = ['a folder that exists', (path) => (
  TEXT[1](path) && statSync(path, { throwIfNoEntry: false })?.isDirectory() === true)];

/** @type {import('./options.js').Kinds} */
const PLATFORM = {
  port: PORT, host: TEXT, domain: TEXT, userId: TEXT, root: FOLDER, staticRoots: LIST, stream: OBJECT,
  station: anyOf(OBJECT, NOTHING), roundTripMs: MS, goneAfterMs: MS, outside: OBJECT, log: FUNCTION,
};

/** Why it does not listen. @param {NodeJS.ErrnoException} error @param {string} host @param {number} port */
const whyDeaf = ({ code, message }, host, port) => {
  if (code === 'EADDRINUSE') return `Port ${port} of ${host} is taken: stop what uses it, or let 0 choose a free one.`;
  if (code === 'EACCES') return `Port ${port} needs rights that this process does not have: take one from 1024 on.`;
  if (code === 'EADDRNOTAVAIL' || code === 'ENOTFOUND') return `${host} is no address of this machine.`;
  return `The platform cannot listen at ${host}:${port}: ${message}`;
};

/** @param {string} host whether it stands for every address of the machine */
const isAny = (host) => host === '0.0.0.0' || host === '::';

/**
 * @typedef {object} PlatformOptions
 * @property {number} [port] 0 (default): a free one
 * @property {string} [host] default 127.0.0.1
 * @property {string} [domain] XMPP domain of the organisation
 * @property {string} [userId] id of the default agent
 * @property {string} [root] folder that is served at `/`
 * @property {import('./server.js').StaticRoot[]} [staticRoots] further static files
 * @property {Partial<import('./xmpp.js').StreamConfig>} [stream]
 * @property {Partial<import('./directory.js').Station> | null} [station] of the default agent
 * @property {number} [roundTripMs] distance of the clients; default 0
 * @property {number} [goneAfterMs] how long a call waits for a client whose connection is away and whose sound has
 *   stopped; default 30,000. A page that was closed is waited for at most a second
 * @property {Outside} [outside] another server that carries stanzas in the place of this one
 * @property {(message: string, details?: unknown) => void} [log] default: silent
 */

/**
 * @typedef {object} Outside
 * @property {Gateway} gateway of calls
 * @property {Pick<Channels, 'publish'>} publisher of what becomes of conversations
 */

/**
 * The running platform. Events: `request` (RequestRecord), `stanza` (StanzaRecord), `connection` and
 * `disconnection`
 * (Connection), `call` (Call).
 */
export class Platform extends EventEmitter {
  /**
   * @param {Required<Omit<PlatformOptions, 'port' | 'root' | 'outside'>> & Pick<PlatformOptions, 'outside'>} options
   *   use `startPlatform`
   */
  constructor({ host, domain, userId, staticRoots, stream, station, roundTripMs, goneAfterMs, outside, log }) {
    super();
    this.host = host;
    this.stopStun = () => {};
    this.log = log;
    /** @type {import('./rest.js').RequestRecord[]} */
    this.requests = [];
    /** @type {import('./xmpp.js').StanzaRecord[]} */
    this.stanzas = [];
    this.users = new Directory(domain);
    this.defaultUser = this.users.add({ id: userId, name: 'Local Agent', station });
    /** Security codes and JWTs. */
    this.guests = new Guests(this.users);
    this.latency = new Latency(roundTripMs);
    /** The OAuth page. */
    this.login = new Login(this.users, userId);
    this.channels = new Channels();
    this.conversations = new Conversations(outside?.publisher ?? this.channels);
    this.stream = new StreamServer({
      directory: this.users,
      channels: this.channels,
      guests: this.guests,
      latency: this.latency,
      config: {
        turn: [],
        stun: [],
        serverPings: true,
        serverPingMs: 10_000,
        echoOwnAccept: true,
        mechanisms: ['PLAIN'],
        jwtMechanisms: ['ANONYMOUS'],
        ...stream,
      },
    });
    /** Settings of the stream that may change while running. */
    this.config = this.stream.config;
    this.faults = new Faults(() => this.stream.connections);
    this.stream.faults = this.faults;
    this.pacer = new Pacer();
    this.gateway = outside?.gateway ?? new Gateway(this.stream, domain);
    /** Signalling of the video path. */
    this.conferences = new Gateway(this.stream, domain, 'conference');
    this.conferences.on('presence', ({ from, stanza }) => this.onJoin(from, stanza));
    this.rooms = new Rooms({
      directory: this.users, conversations: this.conversations, gateway: this.conferences, pacer: this.pacer,
    });
    // A client that lost its connection comes back to its meeting; a page that was closed does not.
    this.stream.on('disconnection', ({ left, jid }) => left && this.rooms.left(jid));
    this.screens = new Screens({ directory: this.users, gateway: this.conferences });
    this.calls = new Calls({
      directory: this.users,
      conversations: this.conversations,
      gateway: this.gateway,
      goneAfterMs,
      makeFarEnd: (kind) => (kind === 'manual'
        ? new ScriptedFarEnd() : new AutomatedFarEnd({ pacer: this.pacer, tone: kind === 'tone' })),
    });
    this.rest = new RestApi({
      directory: this.users, channels: this.channels, conversations: this.conversations, calls: this.calls,
      rooms: this.rooms, screens: this.screens, faults: this.faults, guests: this.guests, latency: this.latency,
    });
    this.callers = new WebSocketServer({ noServer: true, maxPayload: 256 * 1024 });
    this.callers.on('connection', (socket) => this.onCaller(socket));
    this.server = new PlatformServer({
      rest: this.rest,
      login: this.login,
      control: controlOf(this),
      staticRoots: [
        { path: '/caller', directory: `${PAGES}caller.html` },
        { path: '/caller.js', directory: `${PAGES}caller.js` },
        ...staticRoots,
      ],
      upgrade: (request, socket, head, path) => this.upgrade(request, socket, head, path),
      log,
    });
    this.port = 0;
    this.collect();
  }

  /** Sign-in address for the SDK's `environment`. */
  get url() { return `http://${this.address}`; }
  /** For the SDK's `wsHost`. */
  get wsUrl() { return `ws://${this.address}`; }
  /** Where a page of this machine reaches it. */
  get address() {
    const host = isAny(this.host) ? '127.0.0.1' : this.host;
    return `${host.includes(':') ? `[${host}]` : host}:${this.port}`;
  }
  /** Access token of the default agent. */
  get token() { return this.defaultUser.token; }

  /**
   * What the SDK's constructor needs to sign in here.
   * @param {string} [userId] default: the default agent
   */
  sdkConfig(userId = this.defaultUser.id) {
    return { environment: this.url, wsHost: this.wsUrl, accessToken: this.users.require(userId).token };
  }

  /**
   * How calls go that an agent makes; may be changed.
   * @returns {{ farEnd: 'tone' | 'silent' | 'manual', answersItself: boolean }}
   */
  get outbound() { return /** @type {any} */ (this.calls.outboundDefaults); }

  /**
   * Rings a user.
   * @param {import('./calls.js').CallOptions} [options]
   * @returns {import('./calls.js').Call}
   */
  call(options = {}) {
    expectOptions('call()', options, CALL);
    return this.calls.inbound({ ...options, userId: options.userId ?? this.defaultUser.id });
  }

  /**
   * Changes (or with null removes) a user's station and tells subscribers, sessions.md section 4.2.
   * @param {Partial<import('./directory.js').Station> | null} change
   * @param {{ userId?: string, action?: string }} [options]
   */
  changeStation(change, { userId = this.defaultUser.id, action } = {}) {
    const station = this.users.changeStation(userId, change);
    this.publish(`v2.users.${userId}.station`, { associatedStation: station && { id: station.id } }, {
      action: action ?? (station ? 'Associated' : 'Disassociated'),
    });
  }

  /**
   * Any notification.
   * @param {string} topic
   * @param {unknown} eventBody
   * @param {Record<string, unknown>} [metadata]
   */
  publish(topic, eventBody, metadata) {
    return this.channels.publish(topic, eventBody, metadata);
  }

  /**
   * Takes a channel away from its client as the service does when another page takes over, or when the channel has
   * a double (wire.md section 3.4).
   * @param {string} [userId]
   * @param {{ event?: 'no_longer_subscribed' | 'duplicate_id', close?: boolean }} [how] `close: false`: the
   *   stream stays open, as if the service had forgotten to close it
   */
  expireChannels(userId = this.defaultUser.id, { event = 'no_longer_subscribed', close = true } = {}) {
    for (const connection of this.stream.of(userId)) {
      const topic = `system.v2.${event}.${connection.channel.id}`;
      this.stream.deliver(connection.channel, topic, { channelId: connection.channel.id });
      this.channels.remove(connection.channel.id);
      if (close) connection.end();
    }
  }

  /**
   * Asks every client of a user to move to a new stream, as before a server is taken down (wire.md section 3.6).
   * @param {string} [userId] @param {{ graceMs?: number }} [how] when the old stream is ended at the latest
   */
  transferStreams(userId = this.defaultUser.id, { graceMs = 60_000 } = {}) {
    for (const connection of this.stream.of(userId)) connection.transfer(graceMs);
  }

  /**
   * Raises a persistent connection without a call (sessions.md, eager connection).
   * @param {{ userId?: string, farEnd?: 'tone' | 'silent' | 'manual', answerMode?: string }} [options]
   */
  raise({ userId = this.defaultUser.id, ...options } = {}) {
    expectOptions('raise()', options, { farEnd: FAR_END, answerMode: TEXT });
    return this.calls.raise(userId, options);
  }

  /** @param {number} ms every client is this far away from now on, there and back */
  setRoundTrip(ms) {
    expect('setRoundTrip()', 'the distance', ms, MS);
    this.latency.ms = ms;
  }

  /**
   * A token or JWT is no longer good; streams that were opened with it end.
   * @param {string} token @param {{ endStreams?: boolean }} [how]
   */
  revoke(token, { endStreams = true } = {}) {
    this.users.revokeToken(token);
    this.guests.revoke(token);
    if (!endStreams) return;
    for (const connection of this.stream.connections) if (connection.token === token) connection.end();
  }

  /**
   * Publishes what a supervisor hears: very many notifications of conversations, at once.
   * @param {import('./flood.js').FloodOptions & { userId?: string }} [options]
   * @returns {number} how many notifications were sent
   */
  flood({ userId = this.defaultUser.id, ...options } = {}) {
    return this.pour(floodOf(userId, options), userId);
  }

  /**
   * Publishes these bodies as notifications of a user's conversations, at once.
   * @param {Iterable<unknown>} bodies @param {string} [userId]
   * @returns {number} how many notifications were sent
   */
  pour(bodies, userId = this.defaultUser.id) {
    let told = 0;
    const publishAll = () => {
      for (const body of bodies) told += this.publish(`v2.users.${userId}.conversations`, body);
    };
    // At once: a client quicker than they are made here would sleep between any two of them.
    this.stream.of(userId).reduce((work, { outgoing }) => () => outgoing.gather(work), publishAll)();
    return told;
  }

  /**
   * A video conference whose room offers itself to a user.
   * @param {{ userId?: string, room?: string, robot?: boolean, fromUserId?: string, signaling?: 'jingle' }} [options]
   *   name of the room: `peer-…` (default) or `agent-…`
   * @returns {import('./rooms.js').Member}
   */
  meet(options = {}) {
    expectOptions('meet()', options, {
      userId: TEXT, room: TEXT, robot: FLAG, fromUserId: TEXT, signaling: SIGNALING,
    });
    const {
      userId = this.defaultUser.id, room = `peer-${randomUUID()}`, robot = true, fromUserId = 'another', signaling,
    } = options;
    const place = this.rooms.room(this.rooms.jidOf(room));
    if (robot && !place.members.size) place.addRobot();
    return place.invite(this.users.require(userId), { fromUserId, signaling });
  }

  /**
   * A presence that asks to join (wire.md section 11.1): a JWT's holder comes to a video room, a guest shows a screen.
   * @param {import('./xmpp.js').Connection} from @param {import('./xml.js').XmlElement} stanza
   */
  onJoin(from, stanza) {
    const { ticket } = from;
    const join = stanza.child('x', 'orgspan:mediastream');
    const flags = join?.child('mediastream')?.attributes;
    const right = ticket && ticket.roomJid === stanza.attributes.to &&
      join?.attributes.conversationId === ticket.conversationId;
    if (stanza.attributes.type !== 'upgradeMedia' || !flags || !right) return;
    if (flags.screenShare === 'true') this.screens.share(ticket);
    else if (flags.video === 'true') {
      this.rooms.room(ticket.roomJid, ticket.conversationId).invite({ id: ticket.id, name: ticket.name });
    }
  }

  /** Ends everything: calls, sockets, timers, the port. */
  async close() {
    this.rest.close();
    await Promise.all([this.calls.shutDown(), this.rooms.shutDown(), this.screens.shutDown()]);
    this.stream.close();
    this.stopStun();
    for (const socket of this.callers.clients) socket.terminate();
    await this.server.close();
  }

  collect() {
    /** @template T @param {T[]} list @param {T} record */
    const keep = (list, record) => {
      list.push(record);
      if (list.length > KEPT_RECORDS) list.splice(0, KEPT_RECORDS / 10);
    };
    this.rest.on('request', (record) => {
      keep(this.requests, record);
      this.log(`${record.method} ${record.path} ${record.status}`);
      this.emit('request', record);
    });
    this.stream.on('stanza', (record) => {
      keep(this.stanzas, record);
      this.emit('stanza', record);
    });
    for (const event of ['connection', 'disconnection']) {
      this.stream.on(event, (connection) => {
        this.log(event, connection.jid);
        this.emit(event, connection);
      });
    }
    this.calls.on('call', (call) => {
      this.log(`${call.direction} call`, call.conversationId);
      this.emit('call', call);
    });
    this.calls.on('persistent', (body) => {
      const stationId = this.users.get(body.userId)?.station?.id;
      this.publish(`v2.users.${body.userId}.persistentconnection`, { stationId, ...body });
    });
  }

  /**
   * @param {import('node:http').IncomingMessage} request @param {import('node:stream').Duplex} socket
   * @param {Buffer} head @param {string} path
   */
  upgrade(request, socket, head, path) {
    if (path.startsWith('/stream/')) this.stream.upgrade(request, socket, head);
    else if (path === '/caller' && request.headers.origin === `http://${request.headers.host}`) {
      this.callers.handleUpgrade(request, socket, head, (ws) => this.callers.emit('connection', ws));
    } else return false;
    return true;
  }

  /**
   * A person's page. It asks for a call; the far end then talks to it.
   * @param {import('ws').WebSocket} socket
   */
  onCaller(socket) {
    /** @type {import('./calls.js').Call | undefined} */
    let call;
    socket.on('error', () => socket.terminate());
    socket.on('message', (data) => {
      const { type, from, userId } = readMessage(data.toString());
      if (type !== 'call' || (call && call.state !== 'ended')) return;
      if (userId !== undefined && !this.users.get(userId)) return;
      const farEnd = (/** @type {string} */ conversationId) => new PersonFarEnd(socket, conversationId);
      call = this.call({ userId, from, farEnd });
      call.once('ended', (end) => socket.send(JSON.stringify({ type: 'ended', ...end })));
    });
  }
}

/**
 * Starts the platform and waits until it listens.
 * @param {PlatformOptions} [options]
 * @returns {Promise<Platform>}
 */
export async function startPlatform(options = {}) {
  expectOptions('startPlatform()', options, PLATFORM);
  const {
    port = 0, host = '127.0.0.1', domain = 'acme.orgspan.test', userId = 'agent-1', root, staticRoots = [],
    stream = {}, station = {}, roundTripMs = 0, goneAfterMs = 30_000, outside, log = () => {},
  } = options;
  const platform = new Platform({
    host, domain, userId, stream, station, roundTripMs, goneAfterMs, outside, log,
    staticRoots: root === undefined ? staticRoots : [{ path: '/', directory: root }, ...staticRoots],
  });
  platform.port = await platform.server.listen(port, host).catch((error) => {
    throw Object.assign(new Error(whyDeaf(error, host, port), { cause: error }), { code: error.code });
  });
  // The one STUN service makes the client's policy `all` (wire.md section 7).
  platform.stopStun = await startStun(platform.port, host);
  if (!stream.stun) platform.config.stun = [{ transport: 'udp', port: platform.port, type: 'stun', host }];
  return platform;
}
