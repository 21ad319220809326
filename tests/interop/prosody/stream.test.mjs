// SPDX-License-Identifier: MIT
// What a real XMPP server (Debian's Prosody) and other people on it do to the SDK's stream. The SDK runs in Node here:
// no call gets as far as media.

import assert from 'node:assert/strict';
import { beforeEach, test } from 'node:test';
import { until } from '../../../demo/platform/index.js';
import { tag } from '../../../demo/platform/xml.js';
import { FakePeerConnection, giveMedia, heard, keepingLogger, rejection } from '../../wasm/support.mjs';
import { startOnProsody } from './scene.mjs';

/** @typedef {import('../../../demo/platform/xml.js').XmlElement} XmlElement */

beforeEach(() => giveMedia());

/**
 * @param {import('node:test').TestContext} t @param {Parameters<typeof startOnProsody>[0]} [options]
 */
const start = async (t, options = {}) => {
  const { GenesysCloudWebrtcSdk } = await import('../../../js/index.js');
  const world = await startOnProsody(options);
  const { platform, prosody } = world;
  const logger = keepingLogger();
  const sdk = new GenesysCloudWebrtcSdk({
    environment: platform.url, wsHost: prosody.url, accessToken: platform.token, allowedSessionTypes: ['softphone'],
    optOutOfTelemetry: true, logLevel: 'debug', logger,
  });
  t.after(async () => {
    await sdk.destroy();
    await world.close();
  });
  return { ...world, sdk, logger };
};

/** Where stanzas of the client are sent from, and the client's full JID. @param {any} world */
const proposeAndTake = async ({ platform, component, sdk }) => {
  const pending = heard(sdk, 'pendingSession');
  const call = platform.call({ farEnd: 'manual' });
  await pending;
  const proceeded = until(call, 'proceed');
  await sdk.acceptPendingSession({ conversationId: call.conversationId });
  return { call, client: String(await proceeded), from: `+1@${component.domain}/gw` };
};

test('W-D1 signs in, has its topics from a real pub-sub service, and takes a call', async (t) => {
  const world = await start(t);
  const { sdk, platform, logger } = world;
  await sdk.initialize();
  const { call, client } = await proposeAndTake(world);
  assert.match(client, new RegExp(`^${platform.defaultUser.jid}/`));
  await until(call, 'answered');
  const listed = heard(sdk, 'conversationUpdate', ({ current: [first] }) => (
    first?.mostRecentCallState?.state === 'connected'));
  call.farEnd.emit('connected');
  assert.equal((await listed)[0].current[0].conversationId, call.conversationId);
  const complaints = logger.records.filter(([level, text]) => (
    /warn|error/.test(level) && /streaming-client/.test(text)));
  assert.deepEqual(complaints, []);
});

test('a wrong access token: the documented error, and no second try', async (t) => {
  const { sdk, prosody } = await start(t, { password: 'authKey:of somebody else' });
  const error = await rejection(sdk.initialize());
  assert.equal(error.name, 'Error');
  assert.equal(error.type, 'invalid_token');
  assert.equal(prosody.program.lines.filter((line) => /Received\[c2s_unauthed\]: <auth /.test(line)).length, 1);
});

/** @param {Record<string, unknown>} more */
const service = (more) => ({ host: '127.0.0.1', port: 3478, transport: 'udp', ...more });

test('W-D5 relays of XEP-0215, with credentials that Prosody makes, reach the peer connection', async (t) => {
  const world = await start(t, {
    services: [service({ type: 'turn', secret: 'shared', ttl: 3600 }), service({ type: 'stun' })],
  });
  await world.sdk.initialize();
  const { call } = await proposeAndTake(world);
  await until(call, 'answered');
  const [turn, stun, ...more] = FakePeerConnection.made.at(-1)?.config.iceServers ?? [];
  assert.equal(turn.urls, 'turn:127.0.0.1:3478');
  assert.ok(Number(turn.username) * 1000 > Date.now() + 3_500_000);
  assert.match(String(turn.credential), /^[\w+/]{27}=$/);
  assert.deepEqual([stun, more], [{ urls: 'stun:127.0.0.1:3478' }, []]);
  assert.equal(FakePeerConnection.made.at(-1)?.config.iceTransportPolicy, 'all');
});

test('without STUN servers calls are to be relayed, also when there is no relay', async (t) => {
  const world = await start(t, { services: [] });
  await world.sdk.initialize();
  const { call } = await proposeAndTake(world);
  await until(call, 'answered');
  const { iceServers, iceTransportPolicy } = FakePeerConnection.made.at(-1)?.config ?? {};
  assert.deepEqual({ iceServers, iceTransportPolicy }, { iceServers: [], iceTransportPolicy: 'relay' });
});

const XMPP = 'urn:ietf:params:xml:ns:xmpp-stanzas';

const PROPOSE = 'urn:xmpp:jingle-message:0';

/** @param {object | string} call as the text of SDP over XMPP (wire.md section 9.1) */
const rpc = (call) => tag('genesys-webrtc', { xmlns: 'genesys' },
  typeof call === 'string' ? call : JSON.stringify(call));

/**
 * Payloads of IQs from somebody else on the server, and what is answered: `result`, or type and condition of the
 * error.
 * @type {[name: string, type: 'get' | 'set', payload: string, answer: string][]}
 */
const REQUESTS = [
  ['a ping', 'get', tag('ping', { xmlns: 'urn:xmpp:ping' }), 'result'],
  ['something unknown', 'get', tag('query', { xmlns: 'jabber:iq:version' }), 'cancel service-unavailable'],
  ['a change of the connection that no server asks for', 'set', tag('query', { xmlns: 'urn:xmpp:cxfr' }),
    'cancel service-unavailable'],
  ['a call that is no JSON', 'set', rpc('{"jsonrpc":"2.0","method":"of'), 'modify bad-request'],
  ['a call that is no object', 'set', rpc('[]'), 'modify bad-request'],
  ['a call without text', 'set', rpc(''), 'modify bad-request'],
  ['a call without a session', 'set', rpc({ jsonrpc: '2.0', method: 'offer', params: {} }), 'modify bad-request'],
  ['an offer whose members are of other types', 'set',
    rpc({ jsonrpc: '2.0', id: 3, method: 'offer', params: { sessionId: {}, sdp: [1] } }), 'modify bad-request'],
  ['a method that nobody knows', 'set',
    rpc({ jsonrpc: '2.0', id: '1', method: 'dance', params: { sessionId: 'x' } }), 'result'],
  ['a candidate of no session', 'set',
    rpc({ jsonrpc: '2.0', id: '4', method: 'iceCandidate', params: { sessionId: 'x', sdp: 'm=' } }), 'result'],
  ['the end of no session', 'set',
    rpc({ jsonrpc: '2.0', id: '5', method: 'terminate', params: { sessionId: 'x' } }), 'result'],
];

test('W-D11 whatever somebody else on the server sends is answered, and the stream goes on', async (t) => {
  const world = await start(t);
  const { sdk, component, prosody } = world;
  await sdk.initialize();
  const { call, client, from } = await proposeAndTake(world);
  /** @param {'get' | 'set'} type @param {string} payload */
  const answerTo = async (type, payload) => {
    const answer = await component.ask(type, client, payload, from);
    const error = answer.child('error');
    return error ? `${error.attributes.type} ${error.elements[0].name}` : answer.attributes.type;
  };
  /** @type {Record<string, string | undefined>} */
  const answers = {};
  for (const [name, type, payload] of REQUESTS) answers[name] = await answerTo(type, payload);
  assert.deepEqual(answers, Object.fromEntries(REQUESTS.map(([name, , , expected]) => [name, expected])));

  /** @type {string[]} */
  const rung = [];
  sdk.on('pendingSession', (/** @type {any} */ { id }) => rung.push(id));
  /** @param {Record<string, string>} attributes */
  const propose = (attributes) => tag('propose', { xmlns: PROPOSE, ...attributes });
  const many = Object.fromEntries(Array.from({ length: 100 }, (_, i) => [`n${i}`, i]));
  const messages = [
    tag('message', { to: client, from }, propose({})),
    tag('message', { to: client, from }, propose({ id: '' })),
    tag('message', { to: client, from, type: 'error' }, propose({ id: 'bounced', 'inin-cid': 'c' }),
      tag('error', { type: 'cancel' }, tag('item-not-found', { xmlns: XMPP }))),
    tag('message', { to: client, from }, tag('retract', { xmlns: PROPOSE, id: 'never seen' })),
    tag('message', { to: client, from }, tag('event', { xmlns: 'http://jabber.org/protocol/pubsub#event' },
      tag('items', { node: 'v2.users.agent-1.conversations' },
        tag('item', {}, tag('json', { xmlns: 'urn:xmpp:json:0' }, '{'))))),
    tag('message', { to: client, from }, tag('body', {}, 'x'.repeat(200_000))),
    tag('message', { to: client, from }, '<a>'.repeat(60) + '</a>'.repeat(60)),
    tag('message', { to: client, from }, '<a/>'.repeat(20_000)),
    tag('message', { to: client, from }, tag('a', many)),
    tag('presence', { to: client, from }),
    tag('presence', { to: client, from, type: 'unavailable' }),
  ];
  for (const message of messages) {
    component.sendTo(client, message);
    assert.equal(await answerTo('get', tag('ping', { xmlns: 'urn:xmpp:ping' })), 'result', message.slice(0, 200));
  }
  assert.deepEqual(rung, []);

  // The call that was on all the time is still there, on the same stream.
  const ended = until(call, 'ended');
  await sdk.endSession({ conversationId: call.conversationId });
  await ended;
  assert.equal(prosody.program.lines.filter((line) => /Resource bound/.test(line)).length, 1);
});

test('W-D3 the server is killed and comes back: so does the SDK, with its call, and the next one rings', async (t) => {
  const world = await start(t);
  const { sdk, platform, prosody } = world;
  await sdk.initialize();
  const { call, client } = await proposeAndTake(world);
  await until(call, 'answered');
  call.farEnd.emit('connected');
  const dropped = heard(sdk, 'disconnected');
  await world.kill();
  assert.equal((await dropped)[1].reconnecting, true);
  const back = heard(sdk, 'connected');
  await world.restart();
  await back;
  assert.ok(await prosody.program.says(new RegExp(`Resource bound: ${client}`)), 'the same resource');
  const sessions = /** @type {any[]} */ (sdk.sessionManager?.getAllActiveSessions());
  assert.deepEqual(sessions.map(({ id }) => id), [call.sessionId]);
  assert.equal(call.state, 'connected');

  const ended = until(call, 'ended');
  await sdk.endSession({ conversationId: call.conversationId });
  await ended;
  const { call: next } = await proposeAndTake(world);
  await until(next, 'answered');
  assert.equal(platform.requests.filter(({ method, path }) => (
    method === 'POST' && path.startsWith('notifications/channels'))).length, 1);
});
