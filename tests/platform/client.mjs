// SPDX-License-Identifier: MIT
// A bare client for tests of the platform itself: it says exactly what a test tells it to say.

import { EventEmitter } from 'node:events';
import { randomUUID } from 'node:crypto';
import { WebSocket } from 'ws';
import { until } from '../../demo/platform/index.js';
import { escapeText, parseElement, tag } from '../../demo/platform/xml.js';

/** @typedef {import('../../demo/platform/index.js').Platform} Platform */
/** @typedef {import('../../demo/platform/xml.js').XmlElement} XmlElement */

export const OPEN = tag('open', {
  xmlns: 'urn:ietf:params:xml:ns:xmpp-framing', to: 'acme.orgspan.test', version: '1.0',
});

/** @param {string} jid @param {string} token @returns {string} the SASL PLAIN stanza */
export const auth = (jid, token) => tag('auth', {
  xmlns: 'urn:ietf:params:xml:ns:xmpp-sasl', mechanism: 'PLAIN',
}, Buffer.from(`\0${jid}\0authKey:${token}`).toString('base64'));

/** The SASL stanza of a stream that was opened with a JWT. */
export const ANONYMOUS = '<auth xmlns="urn:ietf:params:xml:ns:xmpp-sasl" mechanism="ANONYMOUS">=</auth>';

/** @param {string} type @param {string} payload @param {Record<string, string>} [attributes] */
export const iq = (type, payload, attributes = {}) => tag('iq', {
  xmlns: 'jabber:client', id: randomUUID(), type, ...attributes,
}, payload);

/** @param {string} to @param {string} name @param {string} id a jingle message, wire.md section 8.2 */
export const notice = (to, name, id) => tag('message', { xmlns: 'jabber:client', to },
  tag(name, { xmlns: 'urn:xmpp:jingle-message:0', id }));

/**
 * One call of the REST API.
 * @param {Platform} platform @param {string} method @param {string} path below /api/v2/
 * @param {{ body?: unknown, token?: string }} [options]
 * @returns {Promise<{ status: number, headers: Headers, body: any }>}
 */
export async function rest(platform, method, path, { body, token = platform.token } = {}) {
  const response = await fetch(`${platform.url}/api/v2/${path}`, {
    method,
    headers: {
      authorization: `Bearer ${token}`,
      ...(body !== undefined && { 'content-type': 'application/json' }),
    },
    body: body === undefined ? undefined : JSON.stringify(body),
  });
  const text = await response.text();
  return { status: response.status, headers: response.headers, body: text ? JSON.parse(text) : undefined };
}

/** A stream in the making. Emits `element` (XmlElement) and `close`. */
export class Client extends EventEmitter {
  /** @param {Platform} platform @param {string} path @param {string} jid */
  constructor(platform, path, jid) {
    super();
    this.jid = jid;
    this.socket = new WebSocket(platform.wsUrl + path, 'xmpp');
    /** @type {XmlElement[]} received and not yet taken */
    this.inbox = [];
    this.socket.on('message', (data) => {
      const element = parseElement(data.toString());
      this.inbox.push(element);
      this.emit('element', element);
    });
    this.socket.on('error', () => {});
    this.closed = new Promise((resolve) => this.socket.once('close', resolve));
    this.opened = new Promise((resolve, reject) => {
      this.socket.once('open', () => resolve(undefined));
      this.socket.once('unexpected-response', (_request, { statusCode }) => {
        reject(new Error(`HTTP ${statusCode}`));
      });
    });
  }

  /**
   * A socket on a new channel, nothing said yet.
   * @param {Platform} platform @param {{ user?: import('../../demo/platform/directory.js').User }} [options]
   */
  static async connect(platform, { user = platform.defaultUser } = {}) {
    const { body } = await rest(platform, 'POST', 'notifications/channels?connectionType=streaming',
      { token: user.token });
    const client = new Client(platform, `/stream/channels/${body.id}`, user.jid);
    await client.opened;
    return client;
  }

  /**
   * @param {Platform} platform
   * @param {{ user?: import('../../demo/platform/directory.js').User, resource?: string }} [options]
   */
  static async signIn(platform, { user = platform.defaultUser, resource = 'res-1' } = {}) {
    const client = await Client.connect(platform, { user });
    client.send(OPEN);
    await client.take('open');
    await client.take('features');
    client.send(auth(user.jid, user.token));
    await client.take('success');
    client.send(OPEN);
    await client.take('open');
    await client.take('features');
    const bound = await client.ask('set', tag('bind', { xmlns: 'urn:ietf:params:xml:ns:xmpp-bind' },
      tag('resource', {}, resource)));
    client.jid = bound.child('bind')?.child('jid')?.text ?? '';
    await client.ask('set', tag('session', { xmlns: 'urn:ietf:params:xml:ns:xmpp-session' }));
    return client;
  }

  /** A stream opened with a JWT, as guests have it. @param {Platform} platform @param {string} jwt */
  static async signInAs(platform, jwt) {
    const client = new Client(platform, `/stream/jwt/${jwt}`, '');
    await client.opened;
    client.send(OPEN);
    await client.take('features');
    client.send(ANONYMOUS);
    await client.take('success');
    client.send(OPEN);
    await client.take('features');
    const bound = await client.ask('set', tag('bind', { xmlns: 'urn:ietf:params:xml:ns:xmpp-bind' }));
    client.jid = bound.child('bind')?.child('jid')?.text ?? '';
    await client.ask('set', tag('session', { xmlns: 'urn:ietf:params:xml:ns:xmpp-session' }));
    return client;
  }

  /**
   * Brings a call without media up to connected.
   * @param {import('../../demo/platform/calls.js').Call} call
   * @returns {Promise<string>} the gateway's JID
   */
  async answer(call) {
    const gateway = (await this.take('propose')).attributes.from;
    this.send(notice(gateway, 'proceed', call.sessionId));
    await this.called('offer');
    await this.call(gateway, 'answer', { sessionId: call.sessionId, sdp: 'v=0\r\n' });
    const connected = until(call, 'connected');
    await this.call(gateway, 'info', { sessionId: call.sessionId, status: 'active' });
    await connected;
    return gateway;
  }

  /** @param {string} xml */
  send(xml) {
    this.socket.send(xml);
  }

  /**
   * @param {string | ((element: XmlElement) => unknown)} wanted name of the element or of its first child, or
   *   a test
   */
  async take(wanted) {
    const fits = typeof wanted === 'function' ? wanted
      : (/** @type {XmlElement} */ e) => e.name === wanted || e.elements[0]?.name === wanted;
    const found = this.inbox.find(fits) ?? await until(this, 'element', fits);
    this.inbox.splice(this.inbox.indexOf(found), 1);
    return found;
  }

  /** Sends an IQ and takes its answer. @param {string} type @param {string} payload @param {string} [to] */
  async ask(type, payload, to) {
    const id = randomUUID();
    this.send(iq(type, payload, { id, ...(to && { to }) }));
    return this.take((element) => element.name === 'iq' && element.attributes.id === id);
  }

  /** Subscribes as the SDK does. @param {string} node */
  subscribe(node) {
    return this.ask('set', tag('pubsub', { xmlns: 'http://jabber.org/protocol/pubsub' },
      tag('subscribe', { node, jid: this.jid.split('/')[0] })), 'notifications.example.org');
  }

  /** The next notification of a topic. @param {string} node @param {(body: any) => unknown} [fits] */
  async notified(node, fits = () => true) {
    const read = (/** @type {XmlElement} */ element) => {
      const items = element.child('event')?.child('items');
      if (items?.attributes.node !== node) return undefined;
      return JSON.parse(items.child('item')?.child('json')?.text ?? 'null');
    };
    const found = await this.take((element) => {
      const body = read(element);
      return body !== undefined && fits(body.eventBody);
    });
    return read(found).eventBody;
  }

  /** The next JSON-RPC call of this method. @param {string} method */
  async called(method) {
    const read = (/** @type {XmlElement} */ element) => (
      JSON.parse(element.child('genesys-webrtc')?.text ?? '{}'));
    const stanza = await this.take((element) => read(element).method === method);
    return { stanza, ...read(stanza) };
  }

  /** @param {string} to @param {string} method @param {object} params takes the result too */
  call(to, method, params) {
    return this.ask('set', tag('genesys-webrtc', { xmlns: 'genesys' },
      escapeText(JSON.stringify({ jsonrpc: '2.0', id: randomUUID(), method, params }))), to);
  }

  async close() {
    this.socket.terminate();
    await this.closed;
  }

  /** As a browser does when the page is closed. */
  async leave() {
    this.socket.close(1001);
    await this.closed;
  }
}
