// SPDX-License-Identifier: MIT
// Sign-in with security codes and JWTs, tokens that are revoked, and how far away the platform is.

import assert from 'node:assert/strict';
import { after, before, beforeEach, test } from 'node:test';
import { startPlatform, until } from '../../demo/platform/index.js';
import { SCREEN_RECORDING } from '../../demo/platform/guests.js';
import { tag } from '../../demo/platform/xml.js';
import { ANONYMOUS, Client, OPEN, auth, rest } from './client.mjs';

/** @type {Awaited<ReturnType<typeof startPlatform>>} */
let platform;
before(async () => { platform = await startPlatform(); });
after(() => platform.close());
beforeEach(() => {
  platform.faults.clear();
  platform.setRoundTrip(0);
});

/** @param {unknown} body @param {Record<string, string>} [headers] */
async function redeem(body, headers = {}) {
  const response = await fetch(`${platform.url}/api/v2/conversations/codes`, {
    method: 'POST', headers: { 'content-type': 'application/json', ...headers }, body: JSON.stringify(body),
  });
  return { status: response.status, body: /** @type {any} */ (await response.json()) };
}

test('a security code gives a JWT without any authorization, and the JWT opens a stream', async () => {
  const organizationId = platform.users.organization.id;
  const code = platform.guests.addCode({ conversationId: 'conversation-7' });
  const { status, body } = await redeem({ organizationId, addCommunicationCode: code });
  assert.equal(status, 200);
  assert.equal(body.conversation.id, 'conversation-7');
  assert.ok(body.sourceCommunicationId);
  const claims = JSON.parse(Buffer.from(body.jwt.split('.')[1], 'base64url').toString());
  assert.equal(claims.org, organizationId);
  assert.deepEqual(claims.data, {
    jid: 'acd-conversation-7@conference.acme.orgspan.test', conversationId: 'conversation-7',
    sourceCommunicationId: body.sourceCommunicationId,
  });
  const client = await Client.signInAs(platform, body.jwt);
  assert.match(client.jid, /^guest-[0-9a-f-]{36}@acme\.orgspan\.test\/[0-9a-f-]{36}$/);
  // The own conversation is heard of without a subscription.
  platform.publish('v2.guest.conversations.conversation-7', { id: 'conversation-7' });
  assert.deepEqual(await client.notified('v2.guest.conversations.conversation-7'), { id: 'conversation-7' });
  const channels = platform.channels.byId.size;
  await client.close();
  if (platform.channels.byId.size === channels) await until(platform, 'disconnection');
  assert.equal(platform.channels.byId.size, channels - 1);
});

test('codes that are wrong, withdrawn or of another organisation are refused', async () => {
  const organizationId = platform.users.organization.id;
  const code = platform.guests.addCode();
  assert.equal((await redeem({ organizationId: 'another', addCommunicationCode: code })).status, 404);
  assert.equal((await redeem({ organizationId, addCommunicationCode: '000000' })).status, 404);
  assert.equal((await redeem({ organizationId })).status, 400);
  platform.guests.withdrawCode(code);
  assert.equal((await redeem({ organizationId, addCommunicationCode: code })).status, 404);
});

test('only ANONYMOUS is offered to a JWT, and nothing else accepted', async () => {
  const jwt = platform.guests.issue();
  for (const [stanza, expected] of /** @type {const} */ ([
    [auth(platform.defaultUser.jid, platform.token), 'invalid-mechanism'],
    [ANONYMOUS.replace('>=<', '>eA==<'), 'not-authorized'],
  ])) {
    const client = new Client(platform, `/stream/jwt/${jwt}`, '');
    await client.opened;
    client.send(OPEN);
    const features = await client.take('features');
    assert.equal(features.child('mechanisms')?.child('mechanism')?.text, 'ANONYMOUS');
    client.send(stanza);
    assert.equal((await client.take('failure')).elements[0].name, expected);
    await client.close();
  }
});

test('a user\'s own JWT has the user\'s JID and may do what the background assistant does', async () => {
  const jwt = platform.guests.issue({ userId: 'agent-1', issuer: SCREEN_RECORDING });
  const client = await Client.signInAs(platform, jwt);
  assert.match(client.jid, /^agent-1@acme\.orgspan\.test\//);
  const trace = { app: {}, traces: [] };
  const own = await rest(platform, 'POST', 'diagnostics/trace/backgroundassistant', { body: trace, token: jwt });
  assert.equal(own.status, 202);
  assert.equal((await rest(platform, 'POST', 'diagnostics/trace', { body: trace, token: jwt })).status, 401);
  assert.equal((await rest(platform, 'GET', 'users/me', { token: jwt })).status, 401);
  await client.close();
});

for (const [name, bad] of /** @type {[string, () => string][]} */ ([
  ['forged', () => `${platform.guests.issue().slice(0, -4)}AAAA`],
  ['expired', () => platform.guests.issue({ lifetimeMs: -1000 })],
  ['cut', () => platform.guests.issue().split('.').slice(0, 2).join('.')],
  ['empty', () => '..'],
])) {
  test(`a JWT that is ${name} opens nothing`, async () => {
    const client = new Client(platform, `/stream/jwt/${bad()}`, '');
    await assert.rejects(client.opened, /HTTP (401|404)/);
  });
}

test('a revoked token ends its streams and is refused everywhere', async () => {
  const user = platform.users.add({ id: 'leaver' });
  const kept = platform.users.issueToken('leaver');
  const client = await Client.signIn(platform, { user });
  const other = await Client.signIn(platform, { user: { ...user, token: kept }, resource: 'res-2' });
  platform.revoke(user.token);
  await client.closed;
  assert.equal((await rest(platform, 'GET', 'users/me', { token: user.token })).status, 401);
  await assert.rejects(Client.signIn(platform, { user }));
  assert.equal((await other.ask('get', tag('ping', { xmlns: 'urn:xmpp:ping' }))).attributes.type, 'result');
  await other.close();

  const jwt = platform.guests.issue();
  const guest = await Client.signInAs(platform, jwt);
  platform.revoke(jwt, { endStreams: false });
  assert.equal((await guest.ask('get', tag('ping', { xmlns: 'urn:xmpp:ping' }))).attributes.type, 'result');
  await guest.close();
  await assert.rejects(new Client(platform, `/stream/jwt/${jwt}`, '').opened, /HTTP 401/);
});

test('a round trip costs its time over REST and over the socket, and nothing is reordered', async () => {
  const client = await Client.signIn(platform);
  await client.subscribe('v2.things');
  platform.setRoundTrip(120);
  const started = performance.now();
  await rest(platform, 'GET', 'users/me');
  assert.ok(performance.now() - started >= 119, 'REST');
  const asked = performance.now();
  await client.ask('get', tag('ping', { xmlns: 'urn:xmpp:ping' }));
  assert.ok(performance.now() - asked >= 119, 'socket');
  const numbers = Array.from({ length: 50 }, (_, index) => index);
  for (const number of numbers) {
    // The distance shrinks on the way: what was sent earlier still comes first.
    platform.setRoundTrip(120 - 2 * number);
    platform.publish('v2.things', { number });
  }
  const heard = [];
  while (heard.length < numbers.length) heard.push((await client.notified('v2.things')).number);
  assert.deepEqual(heard, numbers);
  const late = performance.now();
  platform.setRoundTrip(100);
  await Client.connect(platform).then((far) => far.close());
  assert.ok(performance.now() - late >= 199, 'a request and a connection are two round trips');
  platform.setRoundTrip(0);
  await client.close();
});

test('a distant stream that ends says so before it closes', async () => {
  const client = await Client.signIn(platform);
  platform.setRoundTrip(100);
  platform.faults.closeStreams();
  await client.take('close');
  await client.closed;
});

test('a client is asked to move, and its old stream ends if it does not', async () => {
  const client = await Client.signIn(platform);
  platform.transferStreams(undefined, { graceMs: 50 });
  const request = await client.take((element) => element.child('query', 'urn:xmpp:cxfr') !== undefined);
  assert.equal(request.attributes.type, 'set');
  await client.take('close');
  await client.closed;
});

test('a channel with a double says so; the service may forget to close the stream', async () => {
  const client = await Client.signIn(platform);
  platform.expireChannels(undefined, { event: 'duplicate_id', close: false });
  const event = await client.take('message');
  const items = event.child('event')?.child('items');
  assert.match(items?.attributes.node ?? '', /^system\.v2\.duplicate_id\.streaming-/);
  assert.equal((await client.ask('get', tag('ping', { xmlns: 'urn:xmpp:ping' }))).attributes.type, 'result');
  const reopened = new Client(platform, `/stream/channels/${JSON.parse(
    items?.child('item')?.child('json')?.text ?? '{}').channelId}`, '');
  await assert.rejects(reopened.opened, /HTTP 404/);
  await client.close();
});

test('a flood is as many notifications of as many conversations as asked, each at least that long', async () => {
  const client = await Client.signIn(platform);
  await client.subscribe('v2.users.agent-1.conversations');
  const options = { conversations: 20, events: 60, bytes: 2048 };
  assert.equal(platform.flood(options), 60);
  /** @type {any[]} */
  const bodies = [];
  while (bodies.length < 60) bodies.push(await client.notified('v2.users.agent-1.conversations'));
  assert.equal(new Set(bodies.map(({ id }) => id)).size, 20);
  assert.ok(bodies.every((body) => JSON.stringify(body).length >= 2048));
  const foreign = (/** @type {any} */ body) => body.participants.every(
    (/** @type {any} */ participant) => participant.userId !== 'agent-1');
  assert.ok(bodies.every(foreign));
  assert.equal(bodies[0].participants[1].calls[0].state, 'alerting');
  assert.equal(bodies[20].participants[1].calls[0].state, 'connected');
  platform.flood({ ...options, events: 1, own: true });
  const own = await client.notified('v2.users.agent-1.conversations');
  assert.equal(own.participants[1].userId, 'agent-1');
  await client.close();
});

test('stanzas come twice, in another order, or as something else, as often as asked', async () => {
  const client = await Client.signIn(platform);
  await client.subscribe('v2.things');
  const about = (/** @type {string} */ word) => (/** @type {{ xml: string }} */ { xml }) => xml.includes(word);
  const next = async () => (await client.notified('v2.things')).word;
  platform.faults.duplicate({ direction: 'out', match: about('twice') }, [0, 20]);
  for (const word of ['twice', 'after']) platform.publish('v2.things', { word });
  assert.deepEqual([await next(), await next(), await next(), await next()], ['twice', 'twice', 'after', 'twice']);

  const reordered = platform.faults.reorder({ direction: 'out', match: about('first') });
  for (const word of ['first', 'second']) platform.publish('v2.things', { word });
  assert.deepEqual([await next(), await next(), reordered.hits], ['second', 'first', 1]);

  platform.faults.mangle({ match: about('good') }, (xml) => xml.replace('good', 'bad'));
  for (const word of ['good', 'good']) platform.publish('v2.things', { word });
  assert.deepEqual([await next(), await next()], ['bad', 'good']);

  // A request that arrives twice is answered twice.
  platform.faults.duplicate({ direction: 'in', match: about('urn:xmpp:ping') });
  const id = (await client.ask('get', tag('ping', { xmlns: 'urn:xmpp:ping' }))).attributes.id;
  await client.take((element) => element.attributes.id === id);
  await client.close();
});
