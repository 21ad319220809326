// SPDX-License-Identifier: MIT
// The demo's diagnostics: two tabs by mouse and by keyboard, facts, what the SDK itself finds and remembers, and a
// report without secrets.

import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { test } from 'node:test';
import { until } from '../../demo/platform/index.js';
import { desktop, inState, signIn } from '../support/desktop.mjs';

/** @typedef {import('playwright-core').Page} Page */

const { play } = desktop();

/** @param {Page} page @param {string} name @returns {Promise<string>} what the panel says of it */
const fact = (page, name) => page.getByTestId('facts').locator('.fact', { has: page.getByText(name, { exact: true }) })
  .locator('dd').innerText();

test('the check shows what a support desk asks for, and the report can be pasted', play({}, async (page, platform) => {
  await page.context().grantPermissions(['microphone', 'camera', 'clipboard-read', 'clipboard-write']);
  await signIn(page);
  await page.getByTestId('events-tab').focus();
  await page.keyboard.press('ArrowRight');
  await page.getByTestId('diagnostics-panel').waitFor();
  assert.equal(await page.getByTestId('event-log').isVisible(), false);
  await page.getByTestId('facts').getByText('connected', { exact: true }).waitFor();
  assert.match(await fact(page, 'Station'), /^Local Agent WebRTC Phone, 1 line$/);
  assert.match(await fact(page, 'Devices'), /^\d+ microphones?, \d+ speakers?, \d+ cameras?$/);
  assert.equal(await fact(page, 'Microphone'), 'allowed');
  assert.match(await fact(page, 'SDK'), /^\d+\.\d+\.\d+/);
  assert.equal(await fact(page, 'Calls'), '0 calls');
  await page.getByTestId('ring-me').click();
  await page.getByTestId('answer').click();
  await inState(page, 'connected');
  await page.getByTestId('facts').getByText('1 server', { exact: true }).waitFor();
  assert.equal(await fact(page, 'Calls'), '1 call');

  await page.getByTestId('copy-report').click();
  await page.getByText('The report is on the clipboard.').waitFor();
  const report = await page.evaluate(() => navigator.clipboard.readText());
  assert.match(report, /^Agent desktop, \d{4}-/);
  assert.match(report, /^Connection: +connected$/m);
  assert.match(report, /^\d\d:\d\d:\d\d\.\d{3} call +sessionStarted · conversation /m);
  for (const secret of [platform.token, '555 0100', '5550100', 'candidate:', 'v=0']) {
    assert.equal(report.includes(secret), false, secret);
  }
  await page.keyboard.press('Shift+Tab');
  await page.getByTestId('diagnostics-tab').focus();
  await page.keyboard.press('ArrowLeft');
  await page.getByTestId('event-log').waitFor();
}));

test('without a clipboard the report is there to be copied by hand', play({}, async (page) => {
  await page.addInitScript(() => Object.defineProperty(navigator, 'clipboard', { value: undefined }));
  await page.reload();
  await signIn(page);
  await page.getByTestId('diagnostics-tab').click();
  await page.getByTestId('copy-report').click();
  await page.getByText('Copy the text below.').waitFor();
  assert.match(await page.getByTestId('report').inputValue(), /^Agent desktop, /);
  assert.equal(await page.evaluate(() => document.activeElement?.getAttribute('data-testid')), 'report');
}));

test('the diagnostics of the SDK are run, shown section by section, and are part of the report', play({},
  async (page) => {
    await page.context().grantPermissions(['microphone', 'camera', 'clipboard-read', 'clipboard-write']);
    await signIn(page);
    await page.keyboard.press('g');
    await page.getByRole('button', { name: 'Run diagnostics' }).click();
    const verdict = page.getByTestId('diagnostics-verdict');
    await page.getByTestId('section-permissions').waitFor();
    await verdict.waitFor({ timeout: 60_000 });
    const titles = await page.locator('.check-head strong').allInnerTexts();
    assert.deepEqual(titles, ['Permissions', 'Devices', 'REST', 'Socket', 'ICE', 'Media']);
    for (const name of ['permissions', 'devices', 'rest']) {
      assert.match(await page.getByTestId(`section-${name}`).innerText(), /^OK/, name);
    }
    // Nobody answers at the platform's one server.
    const ice = page.getByTestId('section-ice');
    assert.doesNotMatch(await ice.innerText(), /^OK/);
    assert.ok(await ice.locator('.check-advice').innerText());
    await ice.getByText('Details of ICE').click();
    await ice.getByText('"servers"').waitFor();
    assert.match(await page.getByTestId('diagnostics-status').innerText(), /^Done\. /);
    await page.getByTestId('copy-report').click();
    await page.getByText('The report is on the clipboard.').waitFor();
    assert.match(await page.evaluate(() => navigator.clipboard.readText()), /permissions/i);
  }));

test('diagnostics can be stopped, in a call that goes on, and run again', play({}, async (page, platform) => {
  await signIn(page);
  const rung = until(platform, 'call');
  await page.getByTestId('ring-me').click();
  const call = await rung;
  await page.getByTestId('answer').click();
  await inState(page, 'connected');
  await page.keyboard.press('g');
  const button = page.getByTestId('run-diagnostics');
  await button.click();
  await page.getByTestId('section-permissions').waitFor();
  await button.getByText('Stop').click();
  await page.getByText('Stopped.').waitFor();
  assert.equal(await page.getByTestId('alert').count(), 0);
  await button.getByText('Run diagnostics').click();
  await page.getByTestId('section-devices').waitFor();
  await page.getByTestId('sign-out').click();
  await page.getByTestId('sign-in-card').waitFor();
  assert.equal(await page.getByTestId('alert').count(), 0);
  if (call.state !== 'ended') await until(call, 'ended');
}));

test('the recording is downloaded as a file without secrets', play({}, async (page, platform) => {
  await signIn(page);
  await page.getByTestId('ring-me').click();
  await page.getByTestId('answer').click();
  await inState(page, 'connected');
  await page.getByTestId('hang-up').click();
  await inState(page, 'ended');
  await page.getByTestId('diagnostics-tab').click();
  const downloading = page.waitForEvent('download');
  await page.getByRole('button', { name: 'Download recording' }).click();
  const download = await downloading;
  assert.match(download.suggestedFilename(), /^recording-\d{4}-.*\.json$/);
  const text = await readFile(await download.path(), 'utf8');
  assert.ok(JSON.parse(text).records.length > 10);
  for (const secret of [platform.token, '3175550100', 'Local Caller']) {
    assert.equal(text.includes(secret), false, secret);
  }
}));
