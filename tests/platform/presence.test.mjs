// SPDX-License-Identifier: MIT
// Calls whose client has gone, and what a client that is back is told.

import assert from 'node:assert/strict';
import { afterEach, test } from 'node:test';
import { ScriptedFarEnd } from '../../demo/platform/far-end.js';
import { startPlatform, until } from '../../demo/platform/index.js';
import { Client, notice, rest } from './client.mjs';

/** @typedef {import('../../demo/platform/index.js').Platform} Platform */
/** @typedef {import('../../demo/platform/calls.js').CallOptions} CallOptions */

/** @type {Platform} */
let platform;
/** @type {Client[]} */
const clients = [];
afterEach(async () => {
  await Promise.all(clients.splice(0).map((client) => client.close()));
  await platform.close();
});

/** @param {number} [goneAfterMs] of the platform */
const start = async (goneAfterMs) => {
  platform = await startPlatform({ goneAfterMs });
};

/** @param {{ user?: import('../../demo/platform/directory.js').User, resource?: string }} [options] */
const signIn = async (options) => {
  const client = await Client.signIn(platform, options);
  clients.push(client);
  return client;
};

/** @param {Client} client @param {CallOptions} [options] */
const talk = async (client, options) => {
  const call = platform.call({ farEnd: 'manual', ...options });
  await client.answer(call);
  return call;
};

const GONE = { reason: 'gone', by: 'agent' };

test('the call of a page that was closed ends, and the next page is rung', async () => {
  await start();
  const call = await talk(await signIn());
  const ended = until(call, 'ended');
  await clients[0].leave();
  assert.deepEqual(await ended, GONE);
  const page = await signIn({ resource: 'next' });
  const next = platform.call({ farEnd: 'manual', share: true });
  await page.answer(next);
  assert.equal(next.state, 'connected');
});

test('another page does not find the call of one that was closed on its line', async () => {
  await start();
  const call = await talk(await signIn());
  const ended = until(call, 'ended');
  await clients[0].leave();
  const page = await signIn({ resource: 'next' });
  assert.deepEqual(await ended, GONE);
  await page.answer(platform.call({ farEnd: 'manual', share: true }));
});

test('the call of a client that is back goes on, that of one that stays away ends', async () => {
  await start(1_500);
  const other = platform.users.add({ id: 'agent-2' });
  const kept = await talk(await signIn());
  const lost = await talk(await signIn({ user: other }), { userId: other.id });
  const ended = until(lost, 'ended');
  await clients[0].close();
  await signIn();
  await clients[1].close();
  assert.deepEqual(await ended, GONE);
  assert.equal(kept.state, 'connected');
});

test('a call goes on as long as its client is heard, whatever becomes of the connection', async () => {
  await start(50);
  let packets = 0;
  let isHeard = true;
  class Speaking extends ScriptedFarEnd {
    /** @override */
    get hasMedia() { return true; }
    /** @override */
    stats() {
      if (isHeard) packets += 1;
      this.emit('asked');
      return { ...super.stats(), packetsReceived: packets };
    }
  }
  const client = await signIn();
  const call = platform.call({ farEnd: () => new Speaking() });
  const gateway = (await client.take('propose')).attributes.from;
  client.send(notice(gateway, 'proceed', call.sessionId));
  await client.called('offer');
  call.farEnd.emit('connected');
  await client.close();
  for (let round = 0; round < 3; round += 1) await until(call.farEnd, 'asked');
  assert.equal(call.state, 'connected');
  isHeard = false;
  assert.deepEqual(await until(call, 'ended'), GONE);
});

test('a persistent connection whose page stays away is given up, with its call', async () => {
  await start(100);
  const call = await talk(await signIn(), { persistent: true });
  const ended = until(call, 'ended');
  await clients[0].leave();
  assert.deepEqual(await ended, GONE);
  assert.equal(call.leg.ended, true);
});

test('what the user takes part in is listed by kind, and no longer when it is over', async () => {
  await start();
  const client = await signIn();
  const call = await talk(client);
  const meeting = platform.meet();
  /** @param {string} [query] */
  const ids = async (query = '') => {
    const { status, body } = await rest(platform, 'GET', `conversations${query}`);
    assert.equal(status, 200);
    return body.entities.map((/** @type {{ id: string }} */ { id }) => id);
  };
  assert.deepEqual(await ids('?communicationType=call'), [call.conversationId]);
  assert.deepEqual(await ids('?communicationType=video'), [meeting.room.conversationId]);
  assert.deepEqual(await ids(), [call.conversationId, meeting.room.conversationId]);
  assert.deepEqual(await ids('?communicationType=chat'), []);
  call.hangup();
  assert.deepEqual(await ids('?communicationType=call'), []);
  const other = platform.users.add({ id: 'agent-2' });
  const { body } = await rest(platform, 'GET', 'conversations', { token: other.token });
  assert.deepEqual(body.entities, []);
});
