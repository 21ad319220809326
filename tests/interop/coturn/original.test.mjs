// SPDX-License-Identifier: MIT
// The published original makes the same relayed call: the relay and the platform's list of services are faithful.

import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { AutomatedFarEnd } from '../../../demo/platform/far-end.js';
import { startPlatform, until } from '../../../demo/platform/index.js';
import { launchChromium, openPage, servePage } from '../../support/browser.mjs';
import { startCoturn } from './server.mjs';

const SLOW = 20_000;
const path = (/** @type {string} */ name) => fileURLToPath(new URL(name, import.meta.url));
const PAGE = `<!DOCTYPE html><html lang="en"><head><meta charset="utf-8"><title>original</title></head>
<body><script src="/original.js"></script><script src="/harness.js"></script></body></html>`;

/** @type {import('playwright-core').Browser} */
let browser;
/** @type {Awaited<ReturnType<typeof startPlatform>>} */
let platform;
/** @type {Awaited<ReturnType<typeof startCoturn>>} */
let coturn;
/** @type {Awaited<ReturnType<typeof servePage>>} */
let site;

before(async () => {
  [browser, platform, coturn, site] = await Promise.all([
    launchChromium(),
    startPlatform({ station: { webRtcForceTurn: true } }),
    startCoturn(),
    servePage({
      '/': PAGE,
      '/original.js': { file: path('../../../build/deps/original/original.bundle.min.js') },
      '/harness.js': { file: path('../original-harness.js') },
    }),
  ]);
});
after(() => Promise.all([browser?.close(), site?.close(), platform?.close(), coturn?.close()]));

test('the original calls over the relay alone, relayed candidates on both sides', async () => {
  platform.config.turn = coturn.services(3600);
  const { page, done } = await openPage(browser, site.url);
  await page.evaluate((config) => /** @type {any} */ (window).start(config), {
    environment: platform.url, wsHost: platform.wsUrl, accessToken: platform.token, useHeadsets: false,
    optOutOfTelemetry: true, logLevel: 'error',
  });
  const call = platform.call({
    farEnd: () => new AutomatedFarEnd({ pacer: platform.pacer, ice: coturn.ice() }), autoAnswer: true,
  });
  await until(call, 'connected', () => true, SLOW);
  await until(call.farEnd, 'level', ({ rms }) => rms > 0.01, SLOW);
  const types = await page.evaluate(async (id) => {
    const scope = /** @type {any} */ (window);
    await scope.mediaUntil(id, { sent: 25, received: 25, energy: 0.01 });
    const [session] = scope.sdk.sessionManager.getAllActiveSessions();
    const report = await (session.pc ?? session.peerConnection).getStats();
    const { selectedCandidatePairId } = [...report.values()].find(({ type }) => type === 'transport');
    const { localCandidateId, remoteCandidateId } = report.get(selectedCandidatePairId);
    return [localCandidateId, remoteCandidateId].map((one) => report.get(one).candidateType);
  }, call.conversationId);
  assert.deepEqual(types, ['relay', 'relay']);
  const ended = until(call, 'ended');
  call.hangup();
  await ended;
  await done();
});
