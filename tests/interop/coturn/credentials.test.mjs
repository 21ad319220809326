// SPDX-License-Identifier: MIT
// Calls over a real relay, Debian's coturn, whose credentials expire.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { until } from '../../../demo/platform/index.js';
import { listen, relayStage, selectedPair, station } from './scene.mjs';

const relay = relayStage();
const { play } = relay;

/** A query for TURN services. @param {import('../../../demo/platform/xmpp.js').StanzaRecord} record */
const asksForTurn = ({ direction, element }) => (
  direction === 'in' && element?.child('services', 'urn:xmpp:extdisco:1')?.attributes.type === 'turn');

test('credentials that expire are replaced before they do, and the next call is made with the new ones', play({
  platform: { station },
}, async (scene) => {
  const { platform } = scene;
  /** @type {import('../../../demo/platform/xmpp.js').IceService[]} */
  const issued = [];
  platform.config.turn = () => {
    const services = relay.coturn.services(issued.length ? 3600 : 12);
    issued.push(...services);
    return services;
  };
  await scene.signIn();
  assert.equal(issued.length, 1);
  const again = until(platform, 'stanza', asksForTurn, 15_000);
  const first = await scene.talk({ farEnd: relay.relayed(scene) });
  await listen(scene, first);
  await again;
  const [{ username: old, expires }, { username: fresh }] = issued;
  assert.ok(Date.now() < Date.parse(String(expires)), 'asked in time');
  await scene.run('endSession', { conversationId: first.conversationId });
  await relay.coturn.program.says(new RegExp(`delete: realm=<acme.orgspan.test>, username=<${old}>`));

  // A clock, not a guess: the relay refuses the first credentials from then on.
  await new Promise((resolve) => { setTimeout(resolve, Date.parse(String(expires)) + 1000 - Date.now()); });
  const second = await scene.talk({ farEnd: relay.relayed(scene) });
  await listen(scene, second);
  assert.equal((await selectedPair(scene)).local.candidateType, 'relay');
  await relay.coturn.program.says(new RegExp(`user <${fresh}>: incoming packet ALLOCATE processed, success`));
}));
test('a call whose relay refuses the credentials ends at once, and says why', play({
  platform: { station }, sdkErrors: [/No relay can be used/], expected: [/webrtc-sdk/],
}, async (scene) => {
  const { platform } = scene;
  platform.config.turn = relay.coturn.services(-60);
  const { username } = platform.config.turn[0];
  await scene.signIn();
  const call = platform.call({ farEnd: relay.relayed(scene) });
  const { conversationId } = call;
  await scene.event('pendingSession', { conversationId });
  const ended = until(call, 'ended', () => true, 15_000);
  await scene.run('acceptPendingSession', { conversationId });
  await scene.event('sdkError', { type: 'session', details: { conversationId } });
  await scene.event('sessionEnded', { conversationId, condition: 'failed-transport' });
  assert.deepEqual(await ended, { reason: 'failed-transport', by: 'agent' });
  await relay.coturn.program.says(new RegExp(`Cannot find credentials of user <${username}>`));
}));
