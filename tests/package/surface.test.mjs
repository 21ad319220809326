// SPDX-License-Identifier: MIT
// Every value that the original's script exports is in ours, or there is a reason.

import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { originalBundle } from '../../wasm/toolchain/sources.mjs';
import { launchChromium, openPage, servePage } from '../support/browser.mjs';
import { scriptPages } from '../support/bundle.mjs';
import { ABSENT_VALUES, DIFFERENT } from './reasons.mjs';

/** @type {import('playwright-core').Browser} */
let browser;
/** @type {Awaited<ReturnType<typeof servePage>>} */
let site;

before(async () => {
  [browser, site] = await Promise.all([launchChromium(), servePage({
    '/': `<meta charset="utf-8"><script src="/theirs.js"></script><script src="/keep.js"></script>
      <script src="/ours.js"></script>`,
    '/theirs.js': { file: originalBundle },
    '/keep.js': 'window.theirs = window.GenesysCloudWebrtcSdk;',
    ...scriptPages('/ours.js'),
  })]);
});
after(() => Promise.all([browser?.close(), site?.close()]));

test('every exported value of the original, and every member of its groups', async () => {
  const { page, done } = await openPage(browser, site.url);
  const { theirs, ours } = await page.evaluate(() => {
    const scope = /** @type {any} */ (window);
    const word = (/** @type {unknown} */ one) => (typeof one === 'string' ? one : typeof one);
    /** Exports, and the members of those that are groups. @param {any} all @returns {Record<string, any>} */
    const describe = (all) => Object.fromEntries(Object.entries(all)
      .filter(([, value]) => value !== undefined)
      .map(([name, value]) => [name, typeof value === 'object' && !(value instanceof Promise)
        ? Object.fromEntries(Object.entries(/** @type {object} */ (value)).map(([key, one]) => [key, word(one)]))
        : word(value)]));
    return { theirs: describe(scope.theirs), ours: describe(scope.GenesysCloudWebrtcSdk) };
  });
  await done();
  const absent = Object.keys(theirs).filter((name) => !(name in ours));
  assert.deepEqual(absent.filter((name) => !ABSENT_VALUES[name]), []);
  assert.ok(Object.keys(theirs).length > 15);
  /** @type {string[]} */
  const wrong = [];
  for (const [name, value] of Object.entries(theirs)) {
    if (absent.includes(name)) continue;
    if (typeof value === 'string') {
      if (ours[name] !== value) wrong.push(name);
      continue;
    }
    for (const [key, one] of Object.entries(value)) {
      // A cache that the original exports by accident.
      if (key.startsWith('_') || ours[name][key] === one) continue;
      if (!DIFFERENT[name]) wrong.push(`${name}.${key}`);
    }
  }
  assert.deepEqual(wrong, []);
});
