// SPDX-License-Identifier: MIT
// Calls over a real relay, Debian's coturn: a station that forces TURN, credentials that expire.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { until } from '../../../demo/platform/index.js';
import { listen, relayStage, selectedPair, station } from './scene.mjs';

const relay = relayStage();
const { play } = relay;

test('W-D5 a station that forces TURN calls over the relay alone, relayed candidates on both sides', play({
  platform: { station },
}, async (scene) => {
  const { platform } = scene;
  platform.config.turn = relay.coturn.services(3600);
  await scene.signIn();
  const call = await scene.talk({ farEnd: relay.relayed(scene) });
  await listen(scene, call);
  const { local, remote } = await selectedPair(scene);
  assert.equal(local.candidateType, 'relay');
  assert.equal(remote.candidateType, 'relay');
  assert.equal(local.relayProtocol, 'udp');
  await scene.event('session:iceConnectionType', { localCandidateType: 'relay', relayed: true });
  const { username } = platform.config.turn[0];
  for (const packet of ['ALLOCATE', 'CREATE_PERMISSION']) {
    await relay.coturn.program.says(new RegExp(`user <${username}>: incoming packet ${packet} processed, success`));
  }

  const ended = until(call, 'ended');
  await scene.run('endSession', { conversationId: call.conversationId });
  await ended;
  // The relay is given back, not left to its timeout.
  await relay.coturn.program.says(new RegExp(`delete: realm=<acme.orgspan.test>, username=<${username}>`));
}));
