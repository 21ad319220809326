// SPDX-License-Identifier: MIT
// What tests of calls over coturn share: one relay and one browser for a file, a far end behind the relay, and the pair
// of candidates in use.

import assert from 'node:assert/strict';
import { after, before } from 'node:test';
import { AutomatedFarEnd } from '../../../demo/platform/far-end.js';
import { until } from '../../../demo/platform/index.js';
import { stage } from '../../e2e/support.mjs';
import { startCoturn } from './server.mjs';

/** @typedef {import('../../e2e/support.mjs').Scene} Scene */

/** Of a station that forces TURN. */
export const station = { webRtcForceTurn: true };

/** Registers the browser and the relay of a test file. */
export const relayStage = () => {
  const { play } = stage();
  /** @type {Awaited<ReturnType<typeof startCoturn>>} */
  let coturn;
  before(async () => {
    coturn = await startCoturn();
  });
  after(() => coturn?.close());
  return {
    play,
    get coturn() { return coturn; },
    /** A far end that is reached over the relay alone. @param {Scene} scene */
    relayed: ({ platform }) => () => new AutomatedFarEnd({ pacer: platform.pacer, ice: coturn.ice() }),
  };
};

/** The candidates of the pair in use. @param {Scene} scene @returns {Promise<{ local: any, remote: any }>} */
export const selectedPair = ({ page }) => page.evaluate(async () => {
  const report = await /** @type {any} */ (window).harness.peers.at(-1).getStats();
  const records = [...report.values()];
  const { selectedCandidatePairId } = records.find(({ type }) => type === 'transport');
  const { localCandidateId, remoteCandidateId } = report.get(selectedCandidatePairId);
  return { local: report.get(localCandidateId), remote: report.get(remoteCandidateId) };
});

/** Sound both ways. @param {Scene} scene @param {import('../../../demo/platform/calls.js').Call} call */
export const listen = async (scene, call) => {
  const heard = await until(call.farEnd, 'level', ({ rms }) => rms > 0.01);
  assert.ok(heard.lastToneHz, 'the far end hears the beep of the fake microphone');
  const media = (/** @type {object} */ least) => scene.page.evaluate((given) => (
    /** @type {any} */ (window).harness.mediaBeyond(given)), least);
  await media(await media({ sent: 25, received: 25, energy: 0.01 }));
};
