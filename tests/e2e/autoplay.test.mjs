// SPDX-License-Identifier: MIT
// A page that nobody has touched may not play sound: the application is told before a call. Playwright's own
// evaluations count as a touch, so the page acts by itself and reports through its console.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { startPlatform } from '../../demo/platform/index.js';
import { launchChromium, openPage, servePage } from '../support/browser.mjs';
import { scriptPages } from '../support/bundle.mjs';

const REPORT = 'report: ';

/** What the page does, with its configuration. @param {object} config */
const script = (config) => `{
  const report = (...words) => console.info(${JSON.stringify(REPORT)} + words.join(' '));
  const { GenesysCloudWebrtcSdk: Sdk } = window.GenesysCloudWebrtcSdk;
  const sdk = new Sdk(${JSON.stringify(config)});
  sdk.media.on('audioBlocked', (blocked) => report('audioBlocked', blocked));
  document.addEventListener('click', () => sdk.media.unlockAudio().then((allowed) => report('unlockAudio', allowed)));
  sdk.initialize().then(() => report('ready'), (error) => report(error.message));
}`;

test('a page that was not touched is told that sound is blocked, and a click allows it', async () => {
  const platform = await startPlatform();
  const site = await servePage({
    '/': '<!DOCTYPE html><title>application</title><body><button>Sound</button>'
      + '<script src="/sdk.js"></script><script src="/application.js"></script></body>',
    ...scriptPages(),
    '/application.js': script({
      environment: platform.url, wsHost: platform.wsUrl, accessToken: platform.token,
      useHeadsets: false, optOutOfTelemetry: true, logLevel: 'error',
    }),
  });
  const browser = await launchChromium({ flags: ['--autoplay-policy=user-gesture-required'] });
  try {
    /** @type {string[]} */
    const reports = [];
    /** @type {() => void} */
    let wake = () => {};
    const { page, done } = await openPage(browser, site.url, {
      prepare: async (opening) => {
        opening.on('console', (message) => {
          if (!message.text().startsWith(REPORT)) return;
          reports.push(message.text().slice(REPORT.length));
          wake();
        });
      },
    });
    const reported = async (/** @type {string} */ wanted) => {
      while (!reports.includes(wanted)) await new Promise((resolve) => (wake = () => resolve(undefined)));
    };
    await reported('ready');
    await reported('audioBlocked true');
    await page.click('button');
    await reported('unlockAudio true');
    assert.deepEqual(reports.filter((line) => line !== 'ready'),
      ['audioBlocked true', 'audioBlocked false', 'unlockAudio true']);
    await done();
  } finally {
    await browser.close();
    await site.close();
    await platform.close();
  }
});
