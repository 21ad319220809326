// SPDX-License-Identifier: MIT
// What the tests of the demo page share: one Chromium per file; for each test a platform that serves the page, and its
// windows, whose end checks that nothing unexpected was reported.

import { after, before } from 'node:test';
import { fileURLToPath } from 'node:url';
import { startPlatform } from '../../demo/platform/index.js';
import { siteWith } from '../../demo/site.js';
import { launchChromium, openPage } from './browser.mjs';
import { BUNDLE } from './bundle.mjs';

/** @typedef {import('playwright-core').Page} Page */
/** @typedef {import('../../demo/platform/index.js').Platform} Platform */

const HARNESS = fileURLToPath(new URL('../e2e/harness.js', import.meta.url));

/**
 * @typedef {object} Desk
 * @property {import('../../demo/platform/index.js').PlatformOptions} [platform]
 * @property {RegExp[]} [expected] console errors that belong to the test
 * @property {number} [width] of each window, in pixels
 * @property {number} [height]
 * @property {(page: Page) => Promise<unknown>} [prepare] before a window is opened
 */

/** Registers the browser of a test file. @param {string} [script] the SDK of the page */
export function desktop(script = BUNDLE) {
  const staticRoots = siteWith(script);
  /** @type {import('playwright-core').Browser} */
  let browser;
  before(async () => {
    browser = await launchChromium();
  });
  after(() => browser?.close());

  /**
   * The body of a test with any number of windows.
   * @param {Desk} desk @param {(open: () => Promise<Page>, platform: Platform) => Promise<unknown>} act
   */
  const windows = ({ platform: options = {}, expected = [], width = 1280, height = 900, prepare }, act) => async () => {
    const platform = await startPlatform({ ...options, staticRoots });
    /** @type {Awaited<ReturnType<typeof openPage>>[]} */
    const all = [];
    const open = async () => {
      const opened = await openPage(browser, platform.url, {
        expected,
        context: { viewport: { width, height } },
        prepare: async (page) => {
          await page.addInitScript({ path: HARNESS });
          await prepare?.(page);
        },
      });
      all.push(opened);
      opened.page.setDefaultTimeout(15_000);
      return opened.page;
    };
    try {
      await act(open, platform);
      for (const opened of all) await opened.done();
    } finally {
      for (const { page } of all) await page.context().close().catch(() => {});
      await platform.close();
    }
  };

  return {
    windows,
    /**
     * The same with one window.
     * @param {Desk} desk @param {(page: Page, platform: Platform) => Promise<unknown>} act
     */
    play: (desk, act) => windows(desk, async (open, platform) => act(await open(), platform)),
  };
}

/** @param {Page} page */
export const signIn = async (page) => {
  await page.locator('html[data-ready=true]').waitFor();
  await page.getByTestId('sign-in').click();
  await page.getByTestId('ring-me').waitFor();
};

/** @param {Page} page @param {string} state of the call */
export const inState = (page, state) => page.locator(`[data-testid=call-state][data-state=${state}]`).waitFor();
