// SPDX-License-Identifier: MIT
// The public REST API below /api/v2, as far as an SDK uses it (wire.md section 2, sessions.md section 1.6).
// Any origin may call it, as with the real service. Most calls need a bearer token of a user; the exchange of a
// security code needs none, and what ends in /backgroundassistant takes a JWT.

import { EventEmitter } from 'node:events';
import { randomUUID } from 'node:crypto';
import { setTimeout as wait } from 'node:timers/promises';
import { conversationBody } from './conversations.js';
import { userBody } from './directory.js';

const MAX_BODY = 1024 * 1024;

/**
 * @typedef {object} RequestRecord one REST call, as kept in `platform.requests`
 * @property {number} at epoch milliseconds
 * @property {string} method
 * @property {string} path below /api/v2/, without query
 * @property {string} query with its question mark, or empty
 * @property {number} status 0: cut by a fault
 * @property {string[]} headers names of the request headers; values are not kept
 * @property {string | undefined} contentType
 * @property {string | undefined} userId owner of the token
 * @property {unknown} body parsed JSON, or undefined
 */

/** @typedef {{ status: number, body?: unknown, headers?: Record<string, string> }} Reply */

/**
 * @typedef {object} Context
 * @property {import('./directory.js').User} user undefined on routes that need no user
 * @property {import('./guests.js').Ticket | undefined} jwt
 * @property {string[]} params
 * @property {URLSearchParams} query
 * @property {any} body
 */

/** @param {number} status @param {string} message @returns {Reply} */
const failure = (status, message) => ({
  status,
  body: {
    status, message, code: status === 401 ? 'bad.credentials' : 'platform.error', contextId: randomUUID(),
  },
});

/**
 * @param {import('node:http').IncomingMessage} request
 * @returns {Promise<string | undefined>} undefined: too long
 */
export async function readBody(request) {
  /** @type {Buffer[]} */
  const chunks = [];
  let size = 0;
  for await (const chunk of request) {
    size += chunk.length;
    if (size <= MAX_BODY) chunks.push(chunk);
  }
  return size > MAX_BODY ? undefined : Buffer.concat(chunks).toString('utf8');
}

/** @param {string | undefined} text */
export function readJson(text) {
  try {
    return text ? JSON.parse(text) : undefined;
  } catch {
    return undefined;
  }
}

/** Emits `request` (RequestRecord) when one was answered. */
export class RestApi extends EventEmitter {
  /**
   * @param {object} parts
   * @param {import('./directory.js').Directory} parts.directory
   * @param {import('./channels.js').Channels} parts.channels
   * @param {import('./conversations.js').Conversations} parts.conversations
   * @param {import('./calls.js').Calls} parts.calls
   * @param {import('./rooms.js').Rooms} parts.rooms
   * @param {import('./screens.js').Screens} parts.screens
   * @param {import('./faults.js').Faults} parts.faults
   * @param {import('./guests.js').Guests} parts.guests
   * @param {import('./latency.js').Latency} parts.latency
   */
  constructor({ directory, channels, conversations, calls, rooms, screens, faults, guests, latency }) {
    super();
    this.directory = directory;
    this.channels = channels;
    this.conversations = conversations;
    this.calls = calls;
    this.rooms = rooms;
    this.screens = screens;
    this.faults = faults;
    this.guests = guests;
    this.latency = latency;
    /**
     * What was uploaded to the diagnostics end points: `{ path, body }`.
     * @type {{ path: string, body: unknown }[]}
     */
    this.diagnostics = [];
    this.closing = new AbortController();
    const id = '([^/]+)';
    /** @type {[string, RegExp, (context: Context) => Reply, ('user' | 'anyone' | 'jwt')?][]} who may; default: user */
    this.routes = [
      ['GET', /^organizations\/me$/, () => ({ status: 200, body: this.directory.organization })],
      ['GET', /^users\/me$/, ({ user, query }) => ({
        status: 200, body: userBody(user, (query.get('expand') ?? '').split(',').includes('station')),
      })],
      ['GET', new RegExp(`^stations/${id}$`), ({ params }) => this.station(params[0])],
      ['POST', /^notifications\/channels$/, (context) => this.createChannel(context)],
      ['PUT', new RegExp(`^notifications/channels/${id}/subscriptions$`),
        (context) => this.subscribe(context, true)],
      ['POST', new RegExp(`^notifications/channels/${id}/subscriptions$`),
        (context) => this.subscribe(context, false)],
      ['GET', /^conversations$/, ({ user, query }) => this.active(user.id, query.get('communicationType'))],
      ['GET', new RegExp(`^conversations/${id}$`), (context) => this.conversation(context)],
      ['POST', /^conversations\/calls$/, (context) => this.dial(context)],
      ['PATCH', new RegExp(`^conversations/calls/${id}/participants/${id}$`),
        (context) => this.patch(context)],
      ['POST', new RegExp(`^conversations/calls/${id}/participants/${id}/replace$`),
        (context) => this.replace(context)],
      ['POST', new RegExp(`^conversations/calls/${id}/communications/${id}/metadata$`),
        ({ params }) => this.metadata(params[0])],
      ['GET', /^users\/alertingleader$/, ({ user }) => this.leader(user.id)],
      ['PUT', /^users\/alertingleader$/, ({ user, body }) => this.setLeader(user.id, body)],
      ['PATCH', new RegExp(`^apps/users/${id}/connections/${id}$`), () => ({ status: 200, body: {} })],
      ['POST', /^conversations\/videos(?:\/participants)?$/, ({ user, body }) => this.meet(user, body)],
      ['POST', new RegExp(`^conversations/videos/${id}/participants/${id}/pin$`), (context) => this.pin(context)],
      ['DELETE', new RegExp(`^conversations/videos/${id}/participants/${id}/pin$`), (context) => this.pin(context)],
      ['POST', /^recordings\/screensessions\/metadata$/, ({ user, body }) => this.describe(user.id, body)],
      ['POST', /^recordings\/screensessions\/metadata\/backgroundassistant$/,
        ({ jwt, body }) => this.describe(jwt?.id ?? '', body), 'jwt'],
      ['POST', /^conversations\/codes$/, ({ body }) => this.redeem(body), 'anyone'],
      ['POST', /^diagnostics\/(trace|newrelic\/insights)$/, (context) => this.diagnose(context)],
      ['POST', /^diagnostics\/(trace|newrelic\/insights)\/backgroundassistant$/,
        (context) => this.diagnose(context), 'jwt'],
    ];
    /** @type {Map<string, { connectionId: string, clientType?: string }>} */
    this.leaders = new Map();
  }

  /**
   * @param {import('node:http').IncomingMessage} request @param {import('node:http').ServerResponse} response
   * @param {URL} url
   */
  async handle(request, response, url) {
    const method = request.method ?? 'GET';
    this.allowOrigins(request, response);
    if (method === 'OPTIONS') {
      response.writeHead(204).end();
      return;
    }
    const path = url.pathname.replace(/^\/api\/v2\//, '').replace(/\/+$/, '');
    const text = await readBody(request);
    await this.latency.wait(0.5);
    const token = /^Bearer (.+)$/.exec(request.headers.authorization ?? '')?.[1] ?? '';
    const user = this.directory.byToken(token);
    /** @type {RequestRecord} */
    const record = {
      at: Date.now(), method, path, query: url.search, status: 0, headers: Object.keys(request.headers),
      contentType: request.headers['content-type'], userId: user?.id, body: readJson(text),
    };
    const reply = await this.replyTo(record, { user, jwt: this.guests.verify(token) }, url, text);
    record.status = reply.status;
    this.emit('request', record);
    await this.latency.wait(0.5);
    if (!reply.status || response.destroyed) {
      response.destroy();
      return;
    }
    const json = reply.body === undefined ? '' : JSON.stringify(reply.body);
    response.writeHead(reply.status, {
      'content-type': 'application/json',
      'content-length': Buffer.byteLength(json),
      'cache-control': 'no-store',
      'inin-correlation-id': randomUUID(), ...reply.headers,
    });
    response.end(json);
  }

  /**
   * @param {import('node:http').IncomingMessage} request
   * @param {import('node:http').ServerResponse} response
   */
  allowOrigins(request, response) {
    response.setHeader('access-control-allow-origin', request.headers.origin ?? '*');
    response.setHeader('vary', 'origin');
    response.setHeader('access-control-allow-methods', 'GET, POST, PUT, PATCH, DELETE, OPTIONS');
    const wanted = request.headers['access-control-request-headers'];
    response.setHeader('access-control-allow-headers', wanted ?? 'authorization, content-type');
    response.setHeader('access-control-expose-headers', 'inin-correlation-id, retry-after');
    response.setHeader('access-control-max-age', '600');
  }

  /**
   * @param {RequestRecord} record
   * @param {{ user: import('./directory.js').User | undefined, jwt: import('./guests.js').Ticket | undefined }} who
   * @param {URL} url @param {string | undefined} text @returns {Promise<Reply>}
   */
  async replyTo({ method, path, query, body }, who, url, text) {
    const rule = this.faults.takeRequest(method, path, query);
    if (rule?.ms) await wait(rule.ms, undefined, { signal: this.closing.signal }).catch(() => {});
    if (rule?.answer) return rule.answer;
    if (text === undefined) return failure(413, 'The body is too long');
    const fitting = this.routes
      .map(([verb, pattern, run, may = 'user']) => ({ verb, match: pattern.exec(path), run, may }))
      .filter(({ match }) => match);
    const route = fitting.find(({ verb }) => verb === method);
    const may = route?.may ?? 'user';
    if (may !== 'anyone' && !who[may]) return failure(401, 'Invalid login credentials.');
    if (!route?.match) return fitting.length ? failure(405, 'Method not allowed') : failure(404, 'Not found');
    if (text && body === undefined) return failure(400, 'The body is not JSON');
    const user = /** @type {import('./directory.js').User} */ (who.user);
    return route.run({ user, jwt: who.jwt, params: route.match.slice(1), query: url.searchParams, body });
  }

  /** @param {import('./directory.js').User} user @param {any} body @returns {Reply} */
  meet(user, body) {
    const started = this.rooms.start(user, Object(body));
    return started ? { status: 200, body: started } : failure(400, 'A room or meeting, and an address, are expected');
  }

  /** With a body whom to pin, without one nobody. @param {Context} context @returns {Reply} */
  pin({ user, params: [conversationId, participantId], body }) {
    const target = body?.targetParticipantId;
    if (body !== undefined && (typeof target !== 'string' || body.streamType !== 'video')) {
      return failure(400, 'A targetParticipantId and the streamType video are expected');
    }
    const pinned = this.rooms.pin(user, conversationId, participantId, target);
    return pinned ? { status: 202 } : failure(404, 'No such participant');
  }

  /** @param {string} userId @param {any} body @returns {Reply} */
  describe(userId, body) {
    const wrong = this.screens.describe(userId, body);
    return wrong ? failure(400, wrong) : { status: 202 };
  }

  /** A security code for a guest's JWT. @param {any} body @returns {Reply} */
  redeem(body) {
    const { organizationId, addCommunicationCode: code } = body ?? {};
    if (typeof organizationId !== 'string' || typeof code !== 'string') {
      return failure(400, 'An organizationId and an addCommunicationCode are expected');
    }
    const customer = this.guests.redeem(organizationId, code);
    return customer ? { status: 200, body: customer } : failure(404, 'No such code');
  }

  /** @param {Context} context @returns {Reply} */
  diagnose({ params, body }) {
    this.diagnostics.push({ path: params[0], body });
    return { status: 202 };
  }

  /** @param {string} id @returns {Reply} */
  station(id) {
    const station = this.directory.stationById(id);
    return station ? { status: 200, body: station } : failure(404, 'No such station');
  }

  /** @param {Context} context @returns {Reply} */
  createChannel({ user }) {
    const { id } = this.channels.create(user.id);
    const expires = new Date(Date.now() + 24 * 3_600_000).toISOString();
    return { status: 200, body: { id, expires } };
  }

  /** @param {Context} context @param {boolean} replace @returns {Reply} */
  subscribe({ user, params, query, body }, replace) {
    const channel = this.channels.get(params[0]);
    if (!channel || channel.userId !== user.id) return failure(404, 'No such channel');
    if (!Array.isArray(body) || body.some((entry) => typeof entry?.id !== 'string')) {
      return failure(400, 'A list of { "id" } is expected');
    }
    const ignoreErrors = query.get('ignoreErrors') === 'true';
    const result = this.channels.subscribe(channel, body.map(({ id }) => id), { replace, ignoreErrors });
    return 'error' in result ? failure(400, result.error) : { status: 200, body: result };
  }

  /** @param {Context} context @returns {Reply} */
  conversation({ user, params }) {
    const conversation = this.conversations.get(params[0]);
    const mine = conversation?.participants.some(({ userId }) => userId === user.id);
    return conversation && mine
      ? { status: 200, body: conversationBody(conversation) } : failure(404, 'No such conversation');
  }

  /**
   * What the user takes part in at the moment.
   * @param {string} userId @param {string | null} type `call` and `video` exist here; null: all
   * @returns {Reply}
   */
  active(userId, type) {
    const entities = this.conversations.activeOf(userId, type).map(conversationBody);
    return { status: 200, body: { entities } };
  }

  /** @param {Context} context @returns {Reply} */
  dial({ user, body }) {
    const to = body?.phoneNumber ?? body?.callUserId ?? body?.callQueueId ?? body?.participants?.[0]?.address;
    if (typeof to !== 'string' || !to) return failure(400, 'Nobody to call');
    if (!user.station) return failure(400, 'The user has no station');
    const { conversationId: id } = this.calls.outbound(user.id, to);
    return { status: 201, body: { id, selfUri: `/api/v2/conversations/calls/${id}` } };
  }

  /**
   * @param {Context} context
   * @returns {import('./calls.js').Call | undefined} the caller's own part of a call
   */
  ownCall({ user, params: [conversationId, participantId] }) {
    const call = this.calls.byConversation.get(conversationId);
    return call?.agent.id === participantId && call.userId === user.id ? call : undefined;
  }

  /** @param {Context} context @returns {Reply} */
  patch(context) {
    const call = this.ownCall(context);
    if (!call) return failure(404, 'No such participant');
    if (!context.body || typeof context.body !== 'object') return failure(400, 'A change is expected');
    const wrong = this.calls.patch(call, context.body);
    return wrong ? failure(400, wrong) : { status: 202 };
  }

  /** A direct call goes to voicemail. @param {Context} context @returns {Reply} */
  replace(context) {
    const call = this.ownCall(context);
    if (!call) return failure(404, 'No such participant');
    if (context.body?.voicemail !== true) return failure(400, 'Only voicemail is supported here');
    this.calls.finish(call, { reason: 'success', by: 'agent', notifyFirst: false });
    return { status: 202 };
  }

  /** @param {string} conversationId @returns {Reply} */
  metadata(conversationId) {
    const known = this.calls.byConversation.has(conversationId);
    return known ? { status: 202 } : failure(404, 'No such call');
  }

  /** @param {string} userId @returns {Reply} */
  leader(userId) {
    const leader = this.leaders.get(userId);
    return leader ? { status: 200, body: leader } : failure(404, 'Nobody leads');
  }

  /** @param {string} userId @param {any} body @returns {Reply} */
  setLeader(userId, body) {
    if (typeof body?.connectionId !== 'string') return failure(400, 'A connectionId is expected');
    this.leaders.set(userId, { connectionId: body.connectionId });
    this.channels.publish(`v2.users.${userId}.alertingleader`, { connectionId: body.connectionId });
    return { status: 200, body: this.leaders.get(userId) };
  }

  /** Lets go of requests that a fault holds back. */
  close() {
    this.closing.abort();
    this.latency.close();
  }
}
