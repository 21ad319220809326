// SPDX-License-Identifier: MIT
// What axe finds on the demo and on the built documentation, in light and dark, wide and narrow: nothing serious. And
// the documentation in a browser: its search, and no page that is wider than a phone.

import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, readdirSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { extname, join } from 'node:path';
import { after, before, test } from 'node:test';
import { buildDocs } from '../../docs/site/build.mjs';
import { startPlatform } from '../../demo/platform/index.js';
import { siteWith } from '../../demo/site.js';
import { launchChromium, openPage, servePage } from '../support/browser.mjs';
import { BUNDLE } from '../support/bundle.mjs';

/** @typedef {import('playwright-core').Page} Page */

const AXE = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
const LOOKS = /** @type {('light' | 'dark')[]} */ (['light', 'dark']).flatMap((colorScheme) => [
  { colorScheme, viewport: { width: 1280, height: 900 } }, { colorScheme, viewport: { width: 400, height: 800 } },
]);

/** @type {import('playwright-core').Browser} */
let browser;
before(async () => {
  browser = await launchChromium();
});
after(() => browser?.close());

/** @param {Page} page @returns {Promise<string[]>} what axe finds serious or worse, and where */
const findings = async (page) => {
  await page.evaluate(AXE); // not a script of the page: its policy is not asked
  return page.evaluate(async () => {
    const { violations } = await /** @type {any} */ (window).axe.run();
    const serious = violations.filter((/** @type {any} */ { impact }) => ['serious', 'critical'].includes(impact));
    return serious.map((/** @type {any} */ { id, nodes }) => (
      `${id}: ${nodes.map((/** @type {any} */ { target }) => target.join(' ')).join(', ')}`));
  });
};

/** @param {Page} page @param {string} what */
const isFine = async (page, what) => {
  assert.deepEqual(await findings(page), [], what);
  const { scroll, width } = await page.evaluate(() => (
    { scroll: document.documentElement.scrollWidth, width: window.innerWidth }));
  assert.ok(scroll <= width, `${what} is ${scroll} pixels wide in a window of ${width}`);
};

for (const look of LOOKS) {
  const name = `${look.colorScheme}, ${look.viewport.width} pixels wide`;

  test(`the demo is accessible: ${name}`, async () => {
    const platform = await startPlatform({ staticRoots: siteWith(BUNDLE) });
    try {
      const { page, done } = await openPage(browser, platform.url, {
        context: look, expected: [/Failed to load resource/, /webrtc-sdk/],
      });
      page.setDefaultTimeout(15_000);
      await page.locator('html[data-ready=true]').waitFor();
      await isFine(page, 'signed out');
      await page.getByTestId('way-oauth').check();
      await page.getByTestId('environment').selectOption('other');
      await page.getByTestId('sign-in').click();
      await page.getByTestId('sign-in-note').waitFor();
      await isFine(page, 'signed out, with the account of an environment of one\'s own, incomplete');
      await page.getByTestId('environment').selectOption(platform.url);
      await page.getByTestId('way-token').check();
      platform.faults.respond('GET', 'organizations/me', { status: 401, body: { message: 'no' } });
      await page.getByTestId('sign-in').click();
      await page.getByTestId('alert').waitFor();
      await isFine(page, 'refused');
      await page.getByTestId('sign-in').click();
      await page.getByTestId('ring-me').waitFor();
      await isFine(page, 'signed in');
      await page.getByTestId('ring-me').click();
      await page.getByTestId('incoming-card').waitFor();
      await isFine(page, 'ringing');
      await page.getByTestId('answer').click();
      await page.locator('[data-testid=call-state][data-state=connected]').waitFor();
      await page.getByTestId('quality-panel').waitFor();
      await isFine(page, 'in a call');
      await page.getByTestId('hold').click();
      await page.locator('[data-testid=call-state][data-state=held]').waitFor();
      await page.getByTestId('diagnostics-tab').click();
      await page.getByTestId('facts').locator('.fact').first().waitFor();
      await isFine(page, 'held, diagnostics open');
      await page.getByTestId('run-diagnostics').click();
      await page.getByTestId('section-media').waitFor({ timeout: 60_000 });
      await page.getByText('Details of ICE').click();
      await isFine(page, 'diagnostics that were run');
      await done();
    } finally {
      await platform.close();
    }
  });

  test(`the documentation is accessible: ${name}`, async () => {
    const folder = mkdtempSync(join(tmpdir(), 'docs-'));
    const names = await buildDocs(folder);
    const files = readdirSync(folder, { recursive: true }).map(String).filter((path) => extname(path));
    const site = await servePage(Object.fromEntries(files.map((file) => [`/${file}`, { file: join(folder, file) }])));
    try {
      const { page, done } = await openPage(browser, `${site.url}index.html`, { context: look });
      for (const file of names) {
        await page.goto(`${site.url}${file}.html`);
        await isFine(page, file);
      }
      await page.getByLabel('Search', { exact: true }).fill('pinParticipant');
      const [first] = await page.locator('#results a').all();
      assert.match(await first.textContent() ?? '', /^pinParticipantVideo/);
      await isFine(page, 'with results');
      await first.click();
      await page.waitForURL(/reference-session\.html#/);
      await done();
    } finally {
      await site.close();
      rmSync(folder, { recursive: true, force: true });
    }
  });
}
