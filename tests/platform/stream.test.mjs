// SPDX-License-Identifier: MIT
import assert from 'node:assert/strict';
import { after, before, beforeEach, test } from 'node:test';
import { WebSocket } from 'ws';
import { startPlatform, until } from '../../demo/platform/index.js';
import { tag } from '../../demo/platform/xml.js';
import { auth, Client, iq, OPEN } from './client.mjs';

/** @type {Awaited<ReturnType<typeof startPlatform>>} */
let platform;
before(async () => { platform = await startPlatform(); });
after(() => platform.close());
beforeEach(() => platform.faults.clear());

const PING = tag('ping', { xmlns: 'urn:xmpp:ping' });
/** @param {import('../../demo/platform/xml.js').XmlElement} answer */
const condition = (answer) => answer.child('error')?.elements[0].name;

test('the handshake goes as wire.md section 4.2 shows it', async () => {
  const client = await Client.connect(platform);
  client.send(OPEN);
  const opened = await client.take('open');
  assert.equal(opened.attributes.from, 'acme.orgspan.test');
  const first = await client.take('features');
  assert.equal(first.child('mechanisms')?.child('mechanism')?.text, 'PLAIN');
  client.send(auth(client.jid, platform.token));
  await client.take('success');
  client.send(OPEN);
  assert.notEqual((await client.take('open')).attributes.id, opened.attributes.id);
  assert.deepEqual((await client.take('features')).elements.map(({ name }) => name), ['bind', 'session']);
  const bound = await client.ask('set',
    '<bind xmlns="urn:ietf:params:xml:ns:xmpp-bind"><resource>r</resource></bind>');
  assert.equal(bound.child('bind')?.child('jid')?.text, 'agent-1@acme.orgspan.test/r');
  const ready = until(platform, 'connection');
  const session = await client.ask('set', '<session xmlns="urn:ietf:params:xml:ns:xmpp-session"/>');
  assert.equal(session.attributes.type, 'result');
  assert.equal((await ready).jid, 'agent-1@acme.orgspan.test/r');
  await client.close();
});

test('no record holds the token', async () => {
  const client = await Client.signIn(platform);
  const kept = JSON.stringify([platform.stanzas, platform.requests]);
  const payload = Buffer.from(`\0${platform.defaultUser.jid}\0authKey:${platform.token}`).toString('base64');
  assert.ok(kept.includes('[redacted]'));
  assert.ok(!kept.includes(platform.token) && !kept.includes(payload));
  await client.close();
});

test('a resource is made up when none is asked for', async () => {
  const client = await Client.signIn(platform, { resource: '' });
  assert.match(client.jid, /\/[0-9a-f-]{36}$/);
  await client.close();
});

/** @type {[string, (client: Client) => string, string][]} */
const refusals = [
  ['a wrong token', (client) => auth(client.jid, 'wrong'), 'not-authorized'],
  ['another JID', () => auth('agent-2@acme.orgspan.test', platform.token), 'not-authorized'],
  ['another mechanism', () => '<auth xmlns="urn:ietf:params:xml:ns:xmpp-sasl" mechanism="ANONYMOUS">=</auth>',
    'invalid-mechanism'],
];
for (const [name, stanza, expected] of refusals) {
  test(`SASL fails with ${name}`, async () => {
    const client = await Client.connect(platform);
    client.send(OPEN);
    await client.take('features');
    client.send(stanza(client));
    assert.equal((await client.take('failure')).elements[0].name, expected);
    client.send('<close xmlns="urn:ietf:params:xml:ns:xmpp-framing"/>');
    await client.closed;
  });
}

test('SASL fails as a script wants it, once', async () => {
  platform.faults.refuseAuth('temporary-auth-failure');
  const client = await Client.connect(platform);
  client.send(OPEN);
  await client.take('features');
  client.send(auth(client.jid, platform.token));
  assert.equal((await client.take('failure')).elements[0].name, 'temporary-auth-failure');
  await client.close();
  await (await Client.signIn(platform)).close();
});

/** @type {[string, string | Buffer, string][]} */
const broken = [
  ['malformed XML', '<iq', 'not-well-formed'],
  ['a comment', '<!-- hello -->', 'restricted-xml'],
  ['two elements in one frame', `${iq('get', PING)}${iq('get', PING)}`, 'bad-format'],
  ['a binary frame', Buffer.from(iq('get', PING)), 'bad-format'],
  ['a huge frame', `<message>${'x'.repeat(300_000)}</message>`, 'policy-violation'],
  ['a stanza without its namespace', '<iq id="1" type="get"/>', 'invalid-namespace'],
  ['an unknown stanza', '<x xmlns="jabber:client"/>', 'unsupported-stanza-type'],
  ['an IQ without id', '<iq xmlns="jabber:client" type="get"/>', 'invalid-xml'],
  ['a second open', OPEN, 'policy-violation'],
];
for (const [name, frame, expected] of broken) {
  test(`a stream ends with ${expected} after ${name}`, async () => {
    const client = await Client.signIn(platform);
    client.socket.send(frame);
    assert.equal((await client.take('error')).elements[0].name, expected);
    await client.take('close');
    await client.closed;
  });
}

test('a stanza before sign-in ends the stream', async () => {
  const client = await Client.connect(platform);
  client.send(iq('get', PING));
  assert.equal((await client.take('error')).elements[0].name, 'not-authorized');
  await client.closed;
});

test('a frame beyond the hard limit costs the socket, not the platform', async () => {
  const client = await Client.signIn(platform);
  client.send('x'.repeat(2 * 1024 * 1024));
  await client.closed;
  await (await Client.signIn(platform)).close();
});

for (const path of ['/stream/channels/unknown', '/stream/channels/%', '/stream/jwt/a.b.c', '/elsewhere']) {
  test(`no socket opens at ${path}`, async () => {
    await assert.rejects(new Client(platform, path, '').opened, /HTTP 40/);
  });
}

test('a socket without the xmpp subprotocol is refused', async () => {
  const { id } = platform.channels.create('agent-1');
  const socket = new WebSocket(`${platform.wsUrl}/stream/channels/${id}`);
  const status = await new Promise((resolve) => {
    socket.on('unexpected-response', (_request, response) => resolve(response.statusCode));
    socket.on('error', () => {});
  });
  assert.equal(status, 400);
});

test('requests to the server are answered as a server should', async () => {
  const client = await Client.signIn(platform);
  assert.equal((await client.ask('get', PING)).attributes.type, 'result');
  assert.equal(condition(await client.ask('get', '<nothing xmlns="urn:x"/>')), 'service-unavailable');
  assert.equal(condition(await client.ask('get', PING + PING)), 'bad-request');
  const [turn, stun] = await Promise.all(['turn', 'stun'].map((type) => client.ask('get',
    tag('services', { xmlns: 'urn:xmpp:extdisco:1', type }), 'acme.orgspan.test')));
  assert.equal(turn.elements[0].elements.length, 0);
  assert.equal(stun.elements[0].elements[0].attributes.host, '127.0.0.1');
  await client.close();
});

test('a subscription brings notifications, until it is given up', async () => {
  const client = await Client.signIn(platform);
  const topic = 'v2.users.agent-1.geolocation';
  const granted = await client.subscribe(topic);
  assert.equal(granted.elements[0].elements[0].attributes.subscription, 'subscribed');
  assert.equal(platform.publish(topic, { x: '<&>' }), 1);
  assert.deepEqual(await client.notified(topic), { x: '<&>' });
  await client.ask('set', tag('pubsub', { xmlns: 'http://jabber.org/protocol/pubsub' },
    tag('unsubscribe', { node: topic, jid: 'agent-1@acme.orgspan.test' })), 'notifications.x');
  assert.equal(platform.publish(topic, {}), 0);
  await client.close();
});

test('server-side pings are sent when asked for', async () => {
  platform.config.serverPingMs = 5;
  const client = await Client.signIn(platform);
  await client.subscribe('enable.server.side.pings');
  const ping = await client.take('ping');
  assert.equal(ping.attributes.type, 'get');
  await client.close();
  platform.config.serverPings = false;
  const other = await Client.signIn(platform);
  assert.equal(condition(await other.subscribe('enable.server.side.pings')), 'feature-not-implemented');
  await other.close();
});

test('the newest stream of a full JID displaces the older one', async () => {
  const first = await Client.signIn(platform);
  const second = await Client.signIn(platform);
  assert.equal((await first.take('error')).elements[0].name, 'conflict');
  await first.closed;
  assert.equal((await second.ask('get', PING)).attributes.type, 'result');
  await second.close();
});

test('a message to the own bare JID reaches every client; the echo is configurable', async () => {
  const [one, two] = [await Client.signIn(platform), await Client.signIn(platform, { resource: 'res-2' })];
  const accept = '<accept xmlns="urn:xmpp:jingle-message:0" id="s1"/>';
  const attributes = { xmlns: 'jabber:client', to: 'agent-1@acme.orgspan.test' };
  const send = () => one.send(tag('message', attributes, accept));
  send();
  for (const client of [one, two]) {
    const heard = await client.take('accept');
    assert.equal(heard.attributes.from, one.jid);
    assert.equal(heard.elements[0].namespace, 'urn:xmpp:jingle-message:0');
  }
  platform.config.echoOwnAccept = false;
  send();
  await two.take('accept');
  assert.equal((await one.ask('get', PING)).attributes.type, 'result');
  assert.deepEqual(one.inbox, []);
  platform.config.echoOwnAccept = true;
  await Promise.all([one.close(), two.close()]);
});

test('faults: dropped, closed, silenced, swallowed, delayed, raw', async () => {
  const client = await Client.signIn(platform);
  platform.faults.sendRaw('agent-1', '<raw/>');
  await client.take('raw');
  const delayed = platform.faults.delay({
    direction: 'in', match: ({ element }) => element?.name === 'iq',
  }, 20);
  assert.equal((await client.ask('get', PING)).attributes.type, 'result');
  assert.equal(delayed.hits, 1);
  const lost = platform.faults.swallow({ direction: 'in' });
  client.send(iq('get', PING, { id: 'lost' }));
  platform.faults.silence('agent-1', false);
  assert.equal((await client.ask('get', PING)).attributes.type, 'result');
  assert.equal(lost.hits, 1);
  assert.ok(!client.inbox.some(({ attributes }) => attributes.id === 'lost'));
  platform.faults.silence('agent-1');
  client.send(iq('get', PING, { id: 'unheard' }));
  await until(platform, 'stanza', ({ xml }) => xml.includes('unheard'));
  platform.faults.silence('agent-1', false);
  assert.equal((await client.ask('get', PING)).attributes.type, 'result');
  assert.deepEqual(client.inbox, []);
  assert.equal(platform.faults.dropSockets(), 1);
  await client.closed;
  const polite = await Client.signIn(platform);
  platform.faults.closeStreams('agent-1');
  await polite.take('close');
  await polite.closed;
  platform.faults.refuseSockets(503);
  await assert.rejects(Client.connect(platform), /HTTP 503/);
});

test('an expired channel says so, closes, and cannot be used again', async () => {
  const client = await Client.signIn(platform);
  const { pathname } = new URL(client.socket.url);
  platform.expireChannels();
  const event = await client.take('event');
  assert.match(event.child('event')?.child('items')?.attributes.node ?? '', /no_longer_subscribed/);
  await client.closed;
  await assert.rejects(new Client(platform, pathname, '').opened, /HTTP 404/);
});
