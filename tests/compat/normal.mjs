// SPDX-License-Identifier: MIT
// What differs from one run to the next gets a stable name: ids that the platform gave out, addresses, tokens, times.

/** @typedef {import('./stage.mjs').Entry} Entry */
/** @typedef {import('../../demo/platform/xml.js').XmlElement} XmlElement */
/** @typedef {import('../../demo/platform/index.js').Platform} Platform */

const UUID = /[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}/gi;
const TIME = /\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?Z/g;
const HASH = /\b[0-9a-f]{64}\b/g;
const EPOCH = 1e12;

/** Names what this platform gives out, as it does so. */
export class Names {
  /** @param {Platform} platform */
  constructor(platform) {
    this.platform = platform;
    /** @type {Map<string, number>} */
    this.counts = new Map();
    /** @type {Map<string, string>} text to name */
    this.known = new Map();
    this.name('token', platform.token);
    this.name('organization', platform.users.organization.id);
    if (platform.defaultUser.station) this.name('station', platform.defaultUser.station.id);
    this.known.set(platform.url, '‹platform›');
    this.known.set(platform.wsUrl, '‹stream›');
    this.known.set(`:${platform.port}`, ':‹port›');
    const { addCode } = platform.guests;
    platform.guests.addCode = (options) => {
      const code = addCode.call(platform.guests, options);
      this.name('code', code);
      return code;
    };
    platform.on('call', ({ conversation, conversationId, sessionId }) => {
      this.name('conversation', conversationId);
      this.name('session', sessionId);
      for (const { id, purpose, calls } of conversation.participants) {
        this.name(`${purpose} participant`, id);
        for (const call of calls ?? []) this.name(`${purpose} call`, call.id);
      }
    });
    platform.screens.on('session', ({ conversationId, sessionId }) => {
      this.name('conversation', conversationId);
      this.name('session', sessionId);
    });
    platform.rooms.on('room', (room) => {
      this.name('conversation', room.conversationId);
      room.on('member', (/** @type {any} */ { id, session, video }) => {
        this.name('participant', id);
        if (session) this.name('session', session.id);
        if (video) this.name('video', video.id);
      });
    });
  }

  /** @param {string} what @param {string} text */
  name(what, text) {
    if (!text || this.known.has(text)) return;
    const count = (this.counts.get(what) ?? 0) + 1;
    this.counts.set(what, count);
    this.known.set(text, count > 1 ? `‹${what} ${count}›` : `‹${what}›`);
  }

  /** @param {string} text */
  text(text) {
    let named = text;
    for (const [id, name] of this.known) named = named.replaceAll(id, name);
    named = named.replace(/^v=0\r?\n[^]*$/, '‹sdp›').replace(/eyJ[\w-]+\.[\w-]+\.[\w-]+/g, '‹jwt›');
    return named.replace(UUID, '‹id›').replace(TIME, '‹time›').replace(HASH, '‹device›')
      .replace(/(agent-\d@[\w.]+)\/[\w-]{20,}/g, '$1/‹resource›').replace(/\/gw-[0-9a-f]+/g, '/‹gateway›')
      .replace(/127\.0\.0\.1:\d+/g, '‹address›');
  }

  /** @param {any} value @returns {any} */
  normal(value) {
    if (typeof value === 'string') return this.text(value);
    if (typeof value === 'number') return value > EPOCH ? '‹ms›' : value;
    if (Array.isArray(value)) return value.map((one) => this.normal(one));
    if (value === null || typeof value !== 'object') return value;
    return Object.fromEntries(Object.entries(value).map(([name, one]) => [this.text(name), this.normal(one)]));
  }
}

/** Members of JSON payloads of which only the presence is compared. */
const LONG = new Set(['sdp', 'candidate', 'sdpMid', 'sdpMLineIndex', 'id']);

/** @param {any} value @returns {any} */
const shorten = (value) => {
  if (Array.isArray(value)) return value.map(shorten);
  if (value === null || typeof value !== 'object') return value;
  return Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1)).map(([name, one]) => (
    [name, LONG.has(name) ? `‹${name}›` : shorten(one)])));
};

/** Of elements with these names the text differs from one run to the next. */
const SECRET = new Set(['auth', 'resource']);

/** @param {XmlElement} element @returns {any} */
const elementOf = (element) => {
  const { name, namespace, attributes, elements, text } = element;
  const members = Object.fromEntries(Object.entries(attributes)
    .filter(([key]) => key !== 'id' || name !== 'iq').filter(([key]) => !key.startsWith('xmlns')).sort());
  const inner = text.trim();
  let content = SECRET.has(name) ? '‹secret›' : inner;
  if (inner.startsWith('{')) {
    try { content = shorten(JSON.parse(inner)); } catch {}
  }
  return {
    name, ...(namespace && { namespace }), ...members,
    ...(elements.length && { children: elements.map(elementOf) }), ...(inner && { content }),
  };
};

/** @param {XmlElement} stanza */
const isPing = (stanza) => stanza.elements.some(({ namespace }) => namespace === 'urn:xmpp:ping');

/** @param {any} stanza @returns {string} what kind it is */
const headOf = ({ name, type, children: [child] = /** @type {any[]} */ ([]) }) => (
  [name, type, child?.name, child?.content?.method].filter((word) => typeof word === 'string').join(' '));

/** @param {Entry[]} entries candidates are as many as the machine has addresses */
const once = (entries) => entries.filter(({ name }, index) => (
  !name.endsWith('iceCandidate') || entries.findIndex((other) => other.name === name) === index));

/** @param {Platform} platform @param {{ requests: number, stanzas: number }} from */
export const wireOf = (platform, from) => ({
  requests: platform.requests.slice(from.requests).filter(({ path }) => !path.startsWith('diagnostics/'))
    .map(({ method, path, query, body, status }) => ({
      kind: 'request', name: `${method} ${path}${query}`, value: { status, ...(body !== undefined && { body }) },
    })),
  stanzas: once(platform.stanzas.slice(from.stanzas)
    .flatMap(({ direction, element }) => (direction === 'in' && element && !isPing(element) ? [element] : []))
    .map(elementOf).map((value) => ({ kind: 'stanza', name: headOf(value), value }))),
});
