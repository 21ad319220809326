// SPDX-License-Identifier: MIT
import assert from 'node:assert/strict';
import { after, afterEach, before, beforeEach, test } from 'node:test';
import { startPlatform, until } from '../../demo/platform/index.js';
import { tag } from '../../demo/platform/xml.js';
import { Client, notice, rest } from './client.mjs';

const TOPIC = 'v2.users.agent-1.conversations';

/** @type {Awaited<ReturnType<typeof startPlatform>>} */
let platform;
/** @type {Client} */
let client;
before(async () => { platform = await startPlatform(); });
after(() => platform.close());
beforeEach(async () => {
  client = await Client.signIn(platform);
  await client.subscribe(TOPIC);
});
afterEach(async () => {
  for (const call of platform.calls.live) call.hangup();
  await client.close();
});

/** The agent's call in the next notification that says this. @param {string} state @param {object} [more] */
async function agentCall(state, more = {}) {
  const fits = (/** @type {any} */ call) => call.state === state &&
    Object.entries(more).every(([key, value]) => call[key] === value);
  const isAgent = (/** @type {any} */ participant) => participant.userId === 'agent-1';
  const own = (/** @type {any} */ body) => body.participants.find(isAgent);
  const body = await client.notified(TOPIC, (conversation) => fits(own(conversation).calls[0]));
  return { body, participant: own(body), call: own(body).calls[0] };
}

/**
 * Brings a call without media up to connected.
 * @param {import('../../demo/platform/calls.js').CallOptions} [options]
 */
async function connect(options = {}) {
  const call = platform.call({ farEnd: 'manual', ...options });
  const propose = await client.take('propose');
  const gateway = propose.attributes.from;
  client.send(notice(gateway, 'proceed', call.sessionId));
  await client.called('offer');
  await client.call(gateway, 'answer', { sessionId: call.sessionId, sdp: 'v=0\r\n' });
  const connected = until(call, 'connected');
  await client.call(gateway, 'info', { sessionId: call.sessionId, status: 'active' });
  await connected;
  const { participant } = await agentCall('connected');
  return { call, gateway, participant };
}

/**
 * @param {import('../../demo/platform/calls.js').Call} call
 * @param {object} body
 * @param {string} [participant]
 */
const patch = (call, body, participant = call.agent.id) => rest(platform, 'PATCH',
  `conversations/calls/${call.conversationId}/participants/${participant}`, { body });

test('an inbound call: alerting, propose, proceed, offer, answer, active, connected', async () => {
  const call = platform.call({ farEnd: 'manual', from: '+13175550177' });
  const fresh = { direction: 'inbound', muted: false, held: false };
  const { body, participant } = await agentCall('alerting', fresh);
  assert.equal(body.id, call.conversationId);
  assert.deepEqual(body.participants.map((/** @type {any} */ p) => p.purpose), ['customer', 'acd', 'agent']);
  const fetched = await rest(platform, 'GET', `conversations/${call.conversationId}`);
  assert.equal(fetched.body.participants[2].id, participant.id);

  const propose = await client.take('propose');
  const { attributes, elements } = propose.elements[0];
  assert.match(propose.attributes.from, /^\+13175550177@gjoll\.acme\.orgspan\.test\//);
  assert.equal(propose.attributes.to, client.jid);
  assert.deepEqual(attributes, {
    id: call.sessionId,
    'inin-cid': call.conversationId,
    'inin-autoanswer': 'false',
    'inin-sdp-over-xmpp': 'true',
  });
  assert.equal(elements[0].attributes.media, 'audio');

  const gateway = propose.attributes.from;
  client.send(notice(gateway, 'proceed', call.sessionId));
  const { stanza, params } = await client.called('offer');
  assert.equal(stanza.attributes.from, gateway);
  assert.equal(params.conversationId, call.conversationId);
  assert.match(params.sdp, /a=mid:audio\r\n/);
  const accepted = until(call, 'accept');
  client.send(notice('agent-1@acme.orgspan.test', 'accept', call.sessionId));
  assert.equal(await accepted, client.jid);
  const answered = until(call, 'answered');
  const result = await client.call(gateway, 'answer', { sessionId: call.sessionId, sdp: 'v=0\r\n' });
  assert.equal(result.attributes.type, 'result');
  await answered;
  assert.equal(call.state, 'alerting');
  await client.call(gateway, 'iceCandidate', {
    sessionId: call.sessionId, sdp: 'm=audio 9 RTP/AVP 0\r\na=candidate:1 1 udp 1 192.0.2.2 5 typ host\r\n',
  });
  await client.call(gateway, 'iceCandidate', { sessionId: call.sessionId, sdp: 'a=end-of-candidates\r\n' });
  await client.call(gateway, 'info', { sessionId: call.sessionId, status: 'active' });
  await agentCall('connected');
  assert.equal(call.state, 'connected');
  assert.deepEqual(/** @type {any} */ (call.farEnd).candidates, [
    { mid: 'audio', candidate: 'candidate:1 1 udp 1 192.0.2.2 5 typ host' },
  ]);
});

test('the far end hangs up: terminate, then disconnected and terminated', async () => {
  const { call } = await connect();
  const ended = until(call, 'ended');
  call.hangup();
  assert.deepEqual(await ended, { reason: 'success', by: 'far-end' });
  assert.equal((await client.called('terminate')).params.reason, 'success');
  assert.equal((await agentCall('disconnected')).call.disconnectType, 'peer');
  await agentCall('terminated');
});

test('the client terminates', async () => {
  const { call, gateway } = await connect();
  const ended = until(call, 'ended');
  await client.call(gateway, 'terminate', { sessionId: call.sessionId, reason: 'success' });
  assert.equal((await ended).by, 'agent');
  assert.equal((await agentCall('disconnected')).call.disconnectType, 'client');
});

test('mute, hold and hang-up over REST', async () => {
  const { call } = await connect();
  for (const change of [{ muted: true }, { muted: false }, { held: true }, { held: false }]) {
    assert.equal((await patch(call, change)).status, 202);
    await agentCall('connected', change);
  }
  assert.equal((await patch(call, {})).status, 400);
  assert.equal((await patch(call, { muted: true, held: true })).status, 400);
  assert.equal((await patch(call, { nonsense: 1 })).status, 400);
  assert.equal((await patch(call, { muted: true }, call.customer.id)).status, 404);
  assert.equal((await patch(call, { state: 'disconnected' })).status, 202);
  await client.called('terminate');
  await agentCall('disconnected');
  assert.equal((await patch(call, { state: 'disconnected' })).status, 202);
  assert.equal((await patch(call, { muted: true })).status, 400);
});

test('nobody else may touch a call', async () => {
  const { call } = await connect();
  const other = platform.users.add({ id: 'agent-2' });
  const { conversationId } = call;
  const path = `conversations/calls/${conversationId}/participants/${call.agent.id}`;
  const { token } = other;
  assert.equal((await rest(platform, 'PATCH', path, { body: { muted: true }, token })).status, 404);
  assert.equal((await rest(platform, 'GET', `conversations/${conversationId}`, { token })).status, 404);
  const stranger = await Client.signIn(platform, { user: other });
  const { gateway, sessionId } = { gateway: call.session.jid, sessionId: call.sessionId };
  const refused = await stranger.call(gateway, 'terminate', { sessionId });
  assert.equal(refused.child('error')?.elements[0].name, 'item-not-found');
  assert.equal(call.state, 'connected');
  await stranger.close();
});

test('a call that is not answered is retracted', async () => {
  const call = platform.call({ farEnd: 'manual' });
  await client.take('propose');
  call.retract();
  assert.equal((await client.take('retract')).elements[0].attributes.id, call.sessionId);
  await agentCall('disconnected');
  assert.equal(call.state, 'ended');
});

test('a reject ends the call', async () => {
  const call = platform.call({ farEnd: 'manual' });
  const propose = await client.take('propose');
  const ended = until(call, 'ended');
  client.send(notice('agent-1@acme.orgspan.test', 'reject', call.sessionId));
  client.send(notice(propose.attributes.from, 'reject', call.sessionId));
  assert.deepEqual(await ended, { reason: 'decline', by: 'agent' });
  await agentCall('disconnected');
});

test('declining over REST withdraws the proposal; a direct call goes to voicemail', async () => {
  const queue = platform.call({ farEnd: 'manual' });
  await client.take('propose');
  await patch(queue, { state: 'disconnected' });
  await client.take('retract');
  const direct = platform.call({ farEnd: 'manual', purpose: 'user' });
  await client.take('propose');
  const path = `conversations/calls/${direct.conversationId}/participants/${direct.agent.id}/replace`;
  const { status } = await rest(platform, 'POST', path, { body: { voicemail: true } });
  assert.equal(status, 202);
  await client.take('retract');
  assert.equal(direct.state, 'ended');
});

test('an answer over REST brings a new proposal that answers itself', async () => {
  const call = platform.call({ farEnd: 'manual' });
  const first = (await client.take('propose')).elements[0].attributes;
  assert.equal((await patch(call, { state: 'connected' })).status, 202);
  const second = (await client.take('propose')).elements[0].attributes;
  assert.notEqual(second.id, first.id);
  assert.equal(second.id, call.sessionId);
  assert.equal(second['inin-cid'], first['inin-cid']);
  assert.equal(second['inin-autoanswer'], 'true');
  const proceeded = until(call, 'proceed');
  client.send(notice(call.session.jid, 'proceed', second.id));
  await proceeded;
  await client.called('offer');
});

test('an outbound call: contacting, dialing, connected', async () => {
  platform.calls.outboundDefaults = { farEnd: 'manual', answersItself: false };
  const dialled = until(platform, 'call');
  const { status, body } = await rest(platform, 'POST', 'conversations/calls', {
    body: { phoneNumber: '+13175550199', sessionType: 'softphone' },
  });
  assert.equal(status, 201);
  const call = await dialled;
  assert.equal(body.id, call.conversationId);
  await agentCall('contacting', { direction: 'outbound' });
  const propose = await client.take('propose');
  assert.equal(propose.elements[0].attributes['inin-autoanswer'], 'true');
  client.send(notice(propose.attributes.from, 'proceed', call.sessionId));
  await client.called('offer');
  await client.call(propose.attributes.from, 'info', { sessionId: call.sessionId, status: 'active' });
  await agentCall('dialing');
  call.answer();
  await agentCall('connected');
});

test('a persistent leg carries the next call without a proposal', async () => {
  const { call: first, gateway } = await connect({ persistent: true });
  first.hangup();
  await agentCall('terminated');
  const second = platform.call();
  await agentCall('alerting');
  assert.equal(second.sessionId, first.sessionId);
  await patch(second, { state: 'connected' });
  await agentCall('connected');
  second.hangup();
  await agentCall('disconnected');
  const names = client.inbox.flatMap(({ elements }) => elements.map(({ name }) => name));
  assert.ok(!names.includes('propose') && !names.includes('genesys-webrtc'), String(names));
  await client.call(gateway, 'terminate', { sessionId: first.sessionId });
  const third = platform.call({ farEnd: 'manual' });
  await client.take('propose');
  assert.notEqual(third.sessionId, first.sessionId);
});

test('a client that signs in while the phone rings hears of the call', async () => {
  const call = platform.call({ farEnd: 'manual' });
  const late = await Client.signIn(platform, { resource: 'late' });
  assert.equal((await late.take('propose')).elements[0].attributes.id, call.sessionId);
  await late.close();
});

test('garbage for the gateway is refused or ignored', async () => {
  const { call, gateway } = await connect();
  const refusals = [
    [tag('genesys-webrtc', { xmlns: 'genesys' }, '{'), 'bad-request'],
    [tag('genesys-webrtc', { xmlns: 'genesys' }, 'null'), 'bad-request'],
    [tag('genesys-webrtc', { xmlns: 'genesys' }, '{"jsonrpc":"2.0","method":"info","params":{}}'),
      'item-not-found'],
    [tag('x', { xmlns: 'urn:x' }), 'service-unavailable'],
  ];
  for (const [payload, expected] of refusals) {
    assert.equal((await client.ask('set', payload, gateway)).child('error')?.elements[0].name, expected);
  }
  client.send(notice(gateway, 'proceed', 'unknown'));
  client.send(notice(gateway, 'proceed', call.sessionId));
  const unknown = await client.call(gateway, 'unheard-of', { sessionId: call.sessionId });
  assert.equal(unknown.attributes.type, 'result');
  assert.equal(call.state, 'connected');
});

test('a station change is announced', async () => {
  const topic = 'v2.users.agent-1.station';
  await client.subscribe(topic);
  platform.changeStation({ webRtcCallAppearances: 3 });
  const { associatedStation } = await client.notified(topic);
  const { body } = await rest(platform, 'GET', `stations/${associatedStation.id}`);
  assert.equal(body.webRtcCallAppearances, 3);
  platform.changeStation(null);
  assert.equal((await client.notified(topic)).associatedStation, null);
  platform.changeStation({ webRtcCallAppearances: 1 });
});

test('the control API rings and hangs up', async () => {
  const post = async (/** @type {string} */ path, /** @type {object} */ body) => (
    await fetch(`${platform.url}/platform/${path}`, { method: 'POST', body: JSON.stringify(body) })).json();
  const { conversationId } = await post('call', { farEnd: 'manual' });
  await client.take('propose');
  assert.deepEqual(await post('hangup', { conversationId: 'another' }), { ended: 0 });
  assert.deepEqual(await post('hangup', { conversationId }), { ended: 1 });
  await client.take('retract');
});
