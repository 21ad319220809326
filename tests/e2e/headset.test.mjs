// SPDX-License-Identifier: MIT
// Whole calls with nothing but the buttons of a headset, on the demo page with its simulated devices, and two windows
// of one user that agree on who has it.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { until } from '../../demo/platform/index.js';
import { desktop, inState, signIn } from '../support/desktop.mjs';

/** @typedef {import('playwright-core').Page} Page */
/** @typedef {import('../../demo/platform/index.js').Platform} Platform */
/** @typedef {() => Promise<Page>} Open */

const { windows } = desktop();

/**
 * A test with any number of windows of one agent, who signs in.
 * @param {(open: Open, platform: Platform) => Promise<unknown>} act
 * @param {RegExp[]} [expected] console errors that belong to the test
 */
const play = (act, expected) => windows({ expected, height: 1000 }, (open, platform) => act(async () => {
  const page = await open();
  await signIn(page);
  return page;
}, platform));

/** @param {Page} page @param {string} status of the headset */
const hasStatus = (page, status) => page.locator(`#headset-card[data-status=${status}]`).waitFor();

/** Plugs in a headset and allows it, once this window has the controls. @param {Page} page @param {string} key */
const plug = async (page, key) => {
  await page.getByTestId('headset-model').selectOption(key);
  await page.getByTestId('headset-allow').click();
  await hasStatus(page, 'running');
};

/** @param {Page} page @param {string} button */
const press = (page, button) => page.getByTestId(`headset-${button}`).click();

/** Waits until exactly these lights are on. @param {Page} page @param {string[]} on */
const lights = (page, ...on) => page.waitForFunction((wanted) => (
  ['ring', 'offHook', 'mute', 'hold'].every((light) => (
    document.querySelector(`[data-testid=light-${light}]`)?.getAttribute('data-on') === String(wanted.includes(light))
  ))), on);

/** @param {Page} page @param {Platform} platform rings by the page's own button */
const ring = async (page, platform) => {
  const rung = until(platform, 'call');
  await page.getByTestId('ring-me').click();
  await page.getByTestId('incoming-card').waitFor();
  return rung;
};

/** @param {Page} page @param {Platform} platform a whole call by the headset's buttons */
const wholeCall = async (page, platform, holdsOffHook = true) => {
  await lights(page);
  await ring(page, platform);
  await lights(page, 'ring');
  await press(page, 'hook');
  await inState(page, 'connected');
  await lights(page, 'offHook');
  await press(page, 'mute');
  await page.getByText('Connected, you are muted').waitFor();
  await lights(page, 'offHook', 'mute');
  await press(page, 'mute');
  await page.locator('[data-testid=mute][data-pressed=false]').waitFor();
  await lights(page, 'offHook');
  await press(page, 'hold');
  await inState(page, 'held');
  await lights(page, 'hold', ...(holdsOffHook ? ['offHook'] : []));
  await press(page, 'hold');
  await inState(page, 'connected');
  await lights(page, 'offHook');
  // What the desk does shows on the device too.
  await page.getByTestId('mute').click();
  await lights(page, 'offHook', 'mute');
  await page.getByTestId('mute').click();
  await lights(page, 'offHook');
  // Within half a second of its light going on, a device that says "on-hook" is taken to repeat an older state.
  await page.waitForFunction((since) => performance.now() - since > 600, await page.evaluate(() => performance.now()));
  await press(page, 'hook');
  await inState(page, 'ended');
  await lights(page);
};

for (const [key, name, holdsOffHook] of /** @type {[string, string, boolean][]} */ ([
  ['F1', 'a Jabra, all lights in one report', true], ['F4', 'a Poly, a report for each light', false],
])) {
  test(`a call is answered, muted, held and ended only with the buttons of ${name}`, play(async (open, platform) => {
    const page = await open();
    await plug(page, key);
    await wholeCall(page, platform, holdsOffHook);
  }));
}

test('two calls: one is rejected while another goes on, a second one is answered after it', play(
  async (open, platform) => {
    const page = await open();
    await plug(page, 'F7');
    await ring(page, platform);
    await press(page, 'hook');
    await inState(page, 'connected');
    await lights(page, 'offHook');
    await ring(page, platform);
    await lights(page, 'offHook', 'ring');
    await press(page, 'reject');
    await lights(page, 'offHook');
    await page.getByTestId('incoming-card').waitFor({ state: 'hidden' });
    await inState(page, 'connected');
    await page.getByTestId('caller-hang-up').click();
    await inState(page, 'ended');
    await lights(page);
    await ring(page, platform);
    await lights(page, 'ring');
    await press(page, 'hook');
    await inState(page, 'connected');
    await lights(page, 'offHook');
  }));

test('a headset is unplugged in a call, and another one goes on with it', play(async (open, platform) => {
  const page = await open();
  await plug(page, 'F10');
  await ring(page, platform);
  await press(page, 'hook');
  await inState(page, 'connected');
  await press(page, 'mute');
  await lights(page, 'offHook', 'mute');
  await page.getByTestId('headset-model').selectOption('');
  await inState(page, 'connected');
  await plug(page, 'F1');
  await lights(page, 'offHook', 'mute');
  await press(page, 'mute');
  await page.locator('[data-testid=mute][data-pressed=false]').waitFor();
  await lights(page, 'offHook');
}));

test('a headset without telephony controls is told from others', play(async (open) => {
  const page = await open();
  await page.getByTestId('headset-model').selectOption('F11');
  await page.getByTestId('headset-allow').click();
  await hasStatus(page, 'notRunning');
}, [/The selected device was not granted WebHID permissions/]));

test('H-12 H-19 two windows of one user: the second takes the headset over', play(async (open) => {
  const [first, second] = [await open(), await open()];
  await plug(first, 'F1');
  await second.getByTestId('headset-model').selectOption('F1');
  await hasStatus(first, 'alternativeClient');
  await second.getByTestId('headset-allow').click();
  await hasStatus(second, 'running');
}));

test('H-13 H-17 two windows of one user: the one in a call keeps the headset', play(async (open, platform) => {
  const [first, second] = [await open(), await open()];
  await plug(first, 'F1');
  await ring(first, platform);
  await press(first, 'hook');
  await inState(first, 'connected');
  await second.getByTestId('headset-model').selectOption('F4');
  await hasStatus(second, 'alternativeClient');
  assert.equal(await second.getByTestId('headset-allow').isVisible(), false);
  await lights(first, 'offHook');
  await hasStatus(first, 'running');
}));
