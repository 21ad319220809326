// SPDX-License-Identifier: MIT
// Calls over a real relay, Debian's coturn: a station that forces TURN, credentials that expire.

import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { AutomatedFarEnd } from '../../../demo/platform/far-end.js';
import { until } from '../../../demo/platform/index.js';
import { stage } from '../../e2e/support.mjs';
import { startCoturn } from './server.mjs';

const { play } = stage();

/** @type {Awaited<ReturnType<typeof startCoturn>>} */
let coturn;
before(async () => {
  coturn = await startCoturn();
});
after(() => coturn?.close());

/** @typedef {import('../../e2e/support.mjs').Scene} Scene */

const station = { webRtcForceTurn: true };

/** A far end that is reached over the relay alone. @param {Scene} scene */
const relayed = ({ platform }) => () => new AutomatedFarEnd({ pacer: platform.pacer, ice: coturn.ice() });

/** The candidates of the pair in use. @param {Scene} scene @returns {Promise<{ local: any, remote: any }>} */
const selectedPair = ({ page }) => page.evaluate(async () => {
  const report = await /** @type {any} */ (window).harness.peers.at(-1).getStats();
  const records = [...report.values()];
  const { selectedCandidatePairId } = records.find(({ type }) => type === 'transport');
  const { localCandidateId, remoteCandidateId } = report.get(selectedCandidatePairId);
  return { local: report.get(localCandidateId), remote: report.get(remoteCandidateId) };
});

/** Sound both ways. @param {Scene} scene @param {import('../../../demo/platform/calls.js').Call} call */
const listen = async (scene, call) => {
  const heard = await until(call.farEnd, 'level', ({ rms }) => rms > 0.01);
  assert.ok(heard.lastToneHz, 'the far end hears the beep of the fake microphone');
  const media = (/** @type {object} */ least) => scene.page.evaluate((given) => (
    /** @type {any} */ (window).harness.mediaBeyond(given)), least);
  await media(await media({ sent: 25, received: 25, energy: 0.01 }));
};

test('W-D5 a station that forces TURN calls over the relay alone, relayed candidates on both sides', play({
  platform: { station },
}, async (scene) => {
  const { platform } = scene;
  platform.config.turn = coturn.services(3600);
  await scene.signIn();
  const call = await scene.talk({ farEnd: relayed(scene) });
  await listen(scene, call);
  const { local, remote } = await selectedPair(scene);
  assert.equal(local.candidateType, 'relay');
  assert.equal(remote.candidateType, 'relay');
  assert.equal(local.relayProtocol, 'udp');
  await scene.event('session:iceConnectionType', { localCandidateType: 'relay', relayed: true });
  const { username } = platform.config.turn[0];
  await coturn.program.says(new RegExp(`user <${username}>: incoming packet ALLOCATE processed, success`));
  await coturn.program.says(new RegExp(`user <${username}>: incoming packet CREATE_PERMISSION processed, success`));

  const ended = until(call, 'ended');
  await scene.run('endSession', { conversationId: call.conversationId });
  await ended;
  // The relay is given back, not left to its timeout.
  await coturn.program.says(new RegExp(`delete: realm=<acme.orgspan.test>, username=<${username}>`));
}));
