// SPDX-License-Identifier: MIT
// Light and dark: the system's choice, the reader's own, and what a reload keeps. And the shortcuts that are listed.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { desktop, signIn } from '../support/desktop.mjs';

/** @typedef {import('playwright-core').Page} Page */

const { play } = desktop();

/** How bright the page's background is, 0 to 255. @param {Page} page */
const brightness = (page) => page.evaluate(() => {
  const [red, green, blue] = getComputedStyle(document.body).backgroundColor.match(/\d+/g)?.map(Number) ?? [];
  return (red + green + blue) / 3;
});

test('the theme follows the system until the reader chooses, and the choice is kept', play({}, async (page) => {
  await page.locator('html[data-ready=true]').waitFor();
  assert.ok(await brightness(page) > 200);
  await page.emulateMedia({ colorScheme: 'dark' });
  assert.ok(await brightness(page) < 60);
  await page.getByRole('button', { name: 'Use the light theme' }).click();
  assert.ok(await brightness(page) > 200);
  await page.reload();
  await page.getByRole('button', { name: 'Use the dark theme' }).waitFor();
  assert.ok(await brightness(page) > 200, 'kept');
  await page.getByRole('button', { name: 'Use the dark theme' }).click();
  assert.ok(await brightness(page) < 60);
  await page.emulateMedia({ colorScheme: 'light' });
  assert.ok(await brightness(page) > 200, 'the system counts again');
}));

test('who wants no motion sees none', play({}, async (page) => {
  await page.emulateMedia({ reducedMotion: 'reduce' });
  await signIn(page);
  await page.getByTestId('ring-me').click();
  await page.getByTestId('incoming-card').waitFor();
  const moving = await page.evaluate(() => document.getAnimations().length);
  assert.equal(moving, 0);
}));

test('every listed shortcut does what its line says, and none while it is switched off', play({}, async (page) => {
  await signIn(page);
  const keys = page.locator('#keys li:visible');
  assert.deepEqual(await keys.allInnerTexts().then((all) => all.map((text) => text.replace(/\s+/g, ' ').trim())), [
    'A answer', 'D decline', 'M mute', 'H hold', 'S swap', 'E hang up', '/ dial', 'K keypad', 'G diagnostics',
    'T theme', 'R ring me',
  ]);
  await page.getByTestId('call-name').focus();
  await page.keyboard.press('k');
  await page.getByRole('group', { name: 'Keypad' }).waitFor();
  await page.keyboard.press('g');
  await page.getByTestId('diagnostics-panel').waitFor();
  assert.equal(await page.evaluate(() => document.activeElement?.id), 'tab-check');
  await page.keyboard.press('t');
  await page.getByRole('button', { name: 'Use the light theme' }).waitFor();
  await page.getByTestId('shortcuts').uncheck();
  await page.keyboard.press('t');
  await page.getByTestId('shortcuts').check();
  await page.getByRole('button', { name: 'Use the light theme' }).waitFor();
}));
