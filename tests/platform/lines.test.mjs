// SPDX-License-Identifier: MIT
// Sessions that carry more than one call, that are offered again, and that outlive the page they are in.

import assert from 'node:assert/strict';
import { afterEach, beforeEach, test } from 'node:test';
import { startPlatform, until } from '../../demo/platform/index.js';
import { Client, notice, rest } from './client.mjs';

/** @typedef {import('../../demo/platform/calls.js').Call} Call */

const TOPIC = 'v2.users.agent-1.conversations';

/** @type {Awaited<ReturnType<typeof startPlatform>>} */
let platform;
/** @type {Client} */
let client;
beforeEach(async () => {
  platform = await startPlatform();
  client = await Client.signIn(platform);
});
afterEach(async () => {
  await client.close();
  await platform.close();
});

/** @param {import('../../demo/platform/calls.js').CallOptions} [options] */
async function talk(options = {}) {
  const call = platform.call({ farEnd: 'manual', ...options });
  await client.answer(call);
  return call;
}

/** @param {Call} call @param {object} body */
const patch = (call, body) => rest(platform, 'PATCH',
  `conversations/calls/${call.conversationId}/participants/${call.agent.id}`, { body });

/** @param {string} sdp */
const ufrag = (sdp) => /a=ice-ufrag:(\S+)/.exec(sdp)?.[1];

/** No proposal has come. */
const unproposed = () => assert.ok(!client.inbox.some(({ elements }) => elements[0]?.name === 'propose'));

for (const credentials of /** @type {const} */ (['same', 'changed'])) {
  for (const flag of [true, false]) {
    test(`a re-invite with ${credentials} credentials, ${flag ? 'flagged' : 'not flagged'}`, async () => {
      const call = await talk();
      const first = call.leg.lastOffer?.sdp ?? '';
      const id = await call.reinvite({ credentials, flag });
      const offer = await client.called('offer');
      assert.equal(offer.id, id);
      assert.equal(offer.params.sessionId, call.sessionId);
      assert.equal(offer.params.reinvite, flag || undefined);
      assert.equal(ufrag(offer.params.sdp) === ufrag(first), credentials === 'same');
      const { farEnd } = call;
      await client.call(call.session.jid, 'answer', { sessionId: call.sessionId, sdp: 'v=0\r\nnew' });
      await client.call(call.session.jid, 'info', { sessionId: call.sessionId, status: 'active' });
      assert.equal(call.farEnd === farEnd, credentials === 'same');
      assert.equal(Reflect.get(call.farEnd, 'answer'), 'v=0\r\nnew');
      assert.equal(call.state, 'connected');
      call.hangup();
      assert.equal((await client.called('terminate')).params.sessionId, call.sessionId);
    });
  }
}

test('an offer is repeated with its id, and a call may be offered again while held', async () => {
  const call = await talk();
  await patch(call, { held: true });
  const id = await call.reinvite();
  call.leg.repeatOffer();
  const [first, second] = [await client.called('offer'), await client.called('offer')];
  assert.deepEqual([first.id, second.id, second.params.sdp], [id, id, first.params.sdp]);
  assert.notEqual(first.stanza.attributes.id, second.stanza.attributes.id);
  await client.call(call.session.jid, 'info', { sessionId: call.sessionId, status: 'active' });
  assert.equal(call.agent.calls[0].held, true);
  assert.equal(call.state, 'connected');
});

test('a re-invite that cannot be answered leaves the call as it was', async () => {
  const call = await talk();
  const { farEnd } = call;
  await call.reinvite();
  call.leg.next?.farEnd.emit('failed');
  assert.equal(call.farEnd, farEnd);
  assert.equal(call.state, 'connected');
  await call.reinvite();
  await client.call(call.session.jid, 'info', { sessionId: call.sessionId, status: 'active' });
  assert.notEqual(call.farEnd, farEnd);
});

test('a call that is over cannot be offered again', async () => {
  const call = await talk();
  call.hangup();
  await assert.rejects(call.reinvite(), /the leg has ended/);
});

test('one line: a second call rings on the session, and taking it holds the first', async () => {
  await client.subscribe(TOPIC);
  const first = await talk();
  const second = platform.call({ share: true });
  assert.equal(second.sessionId, first.sessionId);
  unproposed();
  await patch(second, { state: 'connected' });
  assert.equal(second.state, 'connected');
  assert.deepEqual([first.agent.calls[0].held, second.agent.calls[0].held], [true, false]);
  // Swapping is one request: the line carries one conversation at a time.
  await patch(first, { held: false });
  assert.deepEqual([first.agent.calls[0].held, second.agent.calls[0].held], [false, true]);
  second.hangup();
  assert.equal(first.leg.ended, false);
  first.hangup();
  await client.called('terminate');
  assert.equal(first.leg.ended, true);
});

test('one line: a declined second call leaves the first alone', async () => {
  const first = await talk();
  const second = platform.call({ share: true });
  await patch(second, { state: 'disconnected' });
  assert.equal(second.state, 'ended');
  assert.deepEqual([first.state, first.leg.ended, first.agent.calls[0].held], ['connected', false, false]);
  await first.reinvite();
  const third = platform.call({ share: true });
  await client.call(first.session.jid, 'info', { sessionId: first.sessionId, status: 'active' });
  assert.equal(third.state, 'alerting', 'a line that comes up again answers nobody');
});

test('several lines: a second call has a session of its own, a persistent one only while it is idle', async () => {
  platform.changeStation({ webRtcCallAppearances: 2, webRtcPersistentEnabled: true });
  const first = await talk();
  const second = await talk();
  assert.notEqual(second.sessionId, first.sessionId);
  assert.deepEqual([first.leg.persistent, second.leg.persistent], [true, false]);
  second.hangup();
  assert.equal((await client.called('terminate')).params.sessionId, second.sessionId);
  first.hangup();
  const third = platform.call();
  assert.equal(third.sessionId, first.sessionId);
});

test('an eager connection is raised without a conversation and carries the next call', async () => {
  await client.subscribe('v2.users.agent-1.persistentconnection');
  await client.subscribe(TOPIC);
  const leg = platform.raise({ farEnd: 'manual' });
  const { attributes } = (await client.take('propose')).elements[0];
  assert.equal(attributes['inin-priv-answer-mode'], 'Auto');
  client.send(notice(leg.session.jid, 'proceed', leg.session.id));
  await client.called('offer');
  const state = async () => (
    (await client.notified('v2.users.agent-1.persistentconnection')).persistentState);
  await client.call(leg.session.jid, 'info', { sessionId: leg.session.id, status: 'active' });
  assert.equal(await state(), 'PERSISTED');
  const call = platform.call();
  assert.equal(call.leg, leg);
  await client.notified(TOPIC);
  await patch(call, { state: 'connected' });
  assert.equal(await state(), 'ACTIVE_CALL');
  call.hangup();
  assert.equal(await state(), 'PERSISTED');
  await client.call(leg.session.jid, 'terminate', { sessionId: leg.session.id });
  assert.equal(await state(), 'DISCONNECTED');
  assert.equal(leg.ended, true);
});

test('each new client of a persistent station is offered a connection, when that is wanted', async () => {
  platform.changeStation({ webRtcPersistentEnabled: true });
  platform.calls.eager = true;
  const second = await Client.signIn(platform, { resource: 'res-2' });
  const { attributes } = (await second.take('propose')).elements[0];
  assert.equal(attributes['inin-priv-answer-mode'], 'Auto');
  // It may not listen yet, so it is reminded.
  assert.equal((await second.take('propose')).elements[0].attributes.id, attributes.id);
  const third = await Client.signIn(platform, { resource: 'res-3' });
  assert.equal((await third.take('propose')).elements[0].attributes.id, attributes.id);
  await second.close();
  await third.close();
});

test('a stream that comes back keeps its persistent session', async () => {
  const call = await talk({ persistent: true });
  await client.close();
  client = await Client.signIn(platform);
  assert.equal(call.leg.ended, false);
  const connection = platform.stream.of('agent-1')[0];
  assert.equal(call.session.peer, connection.jid);
  call.hangup();
  assert.equal(platform.call().sessionId, call.sessionId);
  unproposed();
});

test('a page that is loaded anew gets its persistent connection and its calls back', async () => {
  const call = await talk({ persistent: true });
  const { sessionId, leg } = call;
  await client.close();
  client = await Client.signIn(platform, { resource: 'reloaded' });
  const { attributes } = (await client.take('propose')).elements[0];
  assert.notEqual(attributes.id, sessionId);
  assert.deepEqual([attributes['inin-cid'], attributes['inin-autoanswer']], [call.conversationId, 'true']);
  assert.equal(attributes['inin-priv-answer-mode'], undefined);
  assert.deepEqual([call.state, leg.ended, call.leg === leg], ['connected', true, false]);
  await client.subscribe(TOPIC);
  client.send(notice(call.session.jid, 'proceed', call.sessionId));
  await client.called('offer');
  await client.call(call.session.jid, 'info', { sessionId: call.sessionId, status: 'active' });
  await client.notified(TOPIC, (body) => body.id === call.conversationId);
  const ended = until(call, 'ended');
  await client.call(call.session.jid, 'terminate', { sessionId: call.sessionId });
  assert.equal(/** @type {any} */ (await ended).by, 'agent');
});

test('a second client beside a live one takes nothing away', async () => {
  const call = await talk({ persistent: true });
  const other = await Client.signIn(platform, { resource: 'other' });
  assert.equal(call.leg.ended, false);
  assert.deepEqual(other.inbox.map(({ name }) => name), []);
  await other.close();
});
