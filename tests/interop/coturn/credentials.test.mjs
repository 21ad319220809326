// SPDX-License-Identifier: MIT
// Calls over a real relay, Debian's coturn, whose credentials expire.

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
    const services = coturn.services(issued.length ? 3600 : 12);
    issued.push(...services);
    return services;
  };
  await scene.signIn();
  assert.equal(issued.length, 1);
  const again = until(platform, 'stanza', asksForTurn, 15_000);
  const first = await scene.talk({ farEnd: relayed(scene) });
  await listen(scene, first);
  await again;
  const [{ username: old, expires }, { username: fresh }] = issued;
  assert.ok(Date.now() < Date.parse(String(expires)), 'asked in time');
  await scene.run('endSession', { conversationId: first.conversationId });
  await coturn.program.says(new RegExp(`delete: realm=<acme.orgspan.test>, username=<${old}>`));

  // A clock, not a guess: the relay refuses the first credentials from then on.
  await new Promise((resolve) => { setTimeout(resolve, Date.parse(String(expires)) + 1000 - Date.now()); });
  const second = await scene.talk({ farEnd: relayed(scene) });
  await listen(scene, second);
  assert.equal((await selectedPair(scene)).local.candidateType, 'relay');
  await coturn.program.says(new RegExp(`user <${fresh}>: incoming packet ALLOCATE processed, success`));
}));
test('a call whose relay refuses the credentials ends at once, and says why', play({
  platform: { station }, sdkErrors: [/No relay can be used/], expected: [/webrtc-sdk/],
}, async (scene) => {
  const { platform } = scene;
  platform.config.turn = coturn.services(-60);
  const { username } = platform.config.turn[0];
  await scene.signIn();
  const call = platform.call({ farEnd: relayed(scene) });
  const { conversationId } = call;
  await scene.event('pendingSession', { conversationId });
  const ended = until(call, 'ended', () => true, 15_000);
  await scene.run('acceptPendingSession', { conversationId });
  await scene.event('sdkError', { type: 'session', details: { conversationId } });
  await scene.event('sessionEnded', { conversationId, condition: 'failed-transport' });
  assert.deepEqual(await ended, { reason: 'failed-transport', by: 'agent' });
  await coturn.program.says(new RegExp(`Cannot find credentials of user <${username}>`));
}));
