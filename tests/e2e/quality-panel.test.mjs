// SPDX-License-Identifier: MIT
// The demo's call-quality panel, at both widths: a healthy call, sound that stops coming, a muted agent.

import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { startPlatform, until } from '../../demo/platform/index.js';
import { POLICY, SITE } from '../../demo/site.js';
import { launchChromium, openPage } from '../support/browser.mjs';
import { BUNDLE } from './support.mjs';

const staticRoots = [...SITE, {
  path: '/dist/genesys-cloud-webrtc-sdk.bundle.min.js', directory: BUNDLE,
  headers: { 'content-security-policy': POLICY },
}];

/** @type {import('playwright-core').Browser} */
let browser;

before(async () => {
  browser = await launchChromium();
});
after(() => browser?.close());

for (const width of [1280, 400]) {
  test(`the panel says how good a call is, and what is wrong with it, at ${width} pixels`, async () => {
    const platform = await startPlatform({ staticRoots });
    try {
      const opened = await openPage(browser, platform.url, { context: { viewport: { width, height: 900 } } });
      const { page } = opened;
      page.setDefaultTimeout(15_000);
      await page.locator('html[data-ready=true]').waitFor();
      await page.getByTestId('sign-in').click();
      const ringing = until(platform, 'call');
      await page.getByTestId('ring-me').click();
      const call = await ringing;
      await page.getByTestId('answer').click();

      const panel = page.getByTestId('quality-panel');
      await panel.and(page.locator('[data-level=excellent]')).waitFor();
      await panel.getByText(/^\d+ ms$/).first().waitFor();
      assert.equal(await panel.getByRole('listitem').count(), 0, 'nothing to complain of');
      call.farEnd.impair({ sending: false });
      await panel.getByText(/^You hear nothing: /).waitFor();
      await panel.and(page.locator('[data-level=bad]')).waitFor();
      call.farEnd.impair({ sending: true });
      await panel.getByText(/^You hear nothing: /).waitFor({ state: 'detached' });
      await page.getByTestId('mute').click();
      await panel.getByText('You are muted.').waitFor();
      const overflow = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
      assert.ok(overflow <= 0, `${overflow} pixels too wide`);

      await page.getByTestId('hang-up').click();
      await panel.waitFor({ state: 'hidden' });
      await opened.done();
    } finally {
      await platform.close();
    }
  });
}
