// SPDX-License-Identifier: MIT
// The demo with the published original in the one line that names the SDK: whole calls by the page's own controls, and
// nothing on it that the original does not have. The other way round, an application of the original's with our SDK, is
// every other test of the demo: it is the same page.

import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { until } from '../../demo/platform/index.js';
import { desktop, inState, signIn } from '../support/desktop.mjs';

/** @typedef {import('../../demo/platform/calls.js').Call} Call */

const { play } = desktop(fileURLToPath(new URL('../../build/deps/original/original.bundle.min.js', import.meta.url)));

/** @param {Call} call resolves when the other side hears the agent */
const heard = (call) => until(call.farEnd, 'level', ({ rms }) => rms > 0.01, 15_000);
/** @param {Call} call */
const silent = (call) => until(call.farEnd, 'level', ({ rms }) => rms === 0, 15_000);

test('the demo makes whole calls with the original, and hides what that does not have', play({
  expected: [/Streaming API connection disconnected/], // it says so when it is signed out
}, async (page, platform) => {
  const script = await page.locator('head script[src*="/dist/"]').count();
  assert.equal(script, 1, 'one line names the SDK');
  await signIn(page);
  assert.equal(await page.evaluate(() => {
    const { GenesysCloudWebrtcSdk: Sdk } = Reflect.get(window, 'GenesysCloudWebrtcSdk');
    return 'loaded' in Sdk;
  }), false, 'it is the original');
  assert.match(await page.getByTestId('station').innerText(), /Local Agent WebRTC Phone/);
  const rung = until(platform, 'call');
  await page.getByTestId('ring-me').click();
  const call = /** @type {Call} */ (await rung);
  await page.getByTestId('answer').click();
  await inState(page, 'connected');
  await heard(call);
  await page.waitForFunction(() => Number(document.getElementById('packets-received')?.textContent) > 150);
  assert.equal(await page.getByTestId('quality-panel').isVisible(), false);

  await page.getByTestId('mute').click();
  await page.getByText('Connected, you are muted').waitFor();
  await silent(call);
  await page.getByTestId('mute').click();
  await heard(call);
  await page.getByTestId('hold').click();
  await inState(page, 'held');
  await silent(call);
  await page.getByTestId('hold').click();
  await inState(page, 'connected');
  await heard(call);

  await page.getByTestId('diagnostics-tab').click();
  await page.getByTestId('facts').getByText('1 call', { exact: true }).waitFor();
  assert.equal(await page.getByTestId('copy-report').isVisible(), true);
  for (const ours of ['run-diagnostics', 'download-recording']) {
    assert.equal(await page.getByTestId(ours).isVisible(), false, ours);
  }
  const ended = until(call, 'ended');
  await page.getByTestId('hang-up').click();
  assert.equal((await ended).by, 'agent');
  await inState(page, 'ended');

  const dialled = until(platform, 'call');
  await page.getByTestId('dial-number').fill('+1 317 555 0199');
  await page.getByTestId('dial').click();
  const second = /** @type {Call} */ (await dialled);
  await inState(page, 'connected');
  await heard(second);
  const over = until(second, 'ended');
  second.hangup();
  await over;
  await page.getByText('The other side hung up').first().waitFor();
  assert.equal(await page.getByTestId('alert').count(), 0);
  await page.getByTestId('sign-out').click();
  await page.getByTestId('sign-in-card').waitFor();
}));

test('one signs in with Genesys Cloud on the original too', play({}, async (page) => {
  await page.locator('html[data-ready=true]').waitFor();
  await page.getByTestId('way-oauth').check();
  await page.getByTestId('sign-in').click();
  await page.getByRole('button', { name: 'Allow' }).click();
  await page.getByTestId('ring-me').waitFor();
}));

test('`npm start -- --original --call` makes a call with it', async () => {
  const start = fileURLToPath(new URL('../../demo/start.js', import.meta.url));
  const { stdout } = await promisify(execFile)(process.execPath, [start, '--original', '--call']);
  const { packets_sent: sent, far_end_packets_received: arrived, ended_reason: reason } = JSON.parse(stdout);
  assert.ok(sent > 0 && arrived > 0, stdout);
  assert.equal(reason, 'success');
});
