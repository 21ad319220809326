// SPDX-License-Identifier: MIT
// Runs examples of the documentation in Node: each as the body of a test of the sample application, with the platform
// as the package has it.

import assert from 'node:assert/strict';
import { fileURLToPath } from 'node:url';
import { CHROMIUM_FLAGS, startPlatform, until } from '../../dist/platform/index.mjs';

const folder = (/** @type {string} */ path) => fileURLToPath(new URL(path, import.meta.url));

const AsyncFunction = Object.getPrototypeOf(async () => {}).constructor;

/**
 * @param {import('playwright-core').Browser} browser
 * @param {import('../../docs/site/pages.mjs').Example} example
 */
export const runInNode = async (browser, { code }) => {
  const platform = await startPlatform({
    root: folder('../package/sample/app'), staticRoots: [{ path: '/sdk/', directory: folder('../../dist') }],
  });
  const context = await browser.newContext();
  const openDesk = async (config = platform.sdkConfig()) => {
    const page = await context.newPage();
    await page.route('**/config.json', (route) => route.fulfill({ json: config }));
    await page.goto(platform.url);
    return page;
  };
  const talk = async () => {
    const page = await openDesk();
    await page.getByText('Ready').waitFor();
    const call = platform.call({ farEnd: 'tone' });
    const connected = until(call, 'connected');
    await page.getByRole('button', { name: 'Answer' }).click();
    await connected;
    return { page, call };
  };
  const given = { CHROMIUM_FLAGS, assert, openDesk, platform, startPlatform, talk, until };
  try {
    await new AsyncFunction(...Object.keys(given), code)(...Object.values(given));
  } finally {
    await context.close();
    await platform.close();
  }
};
