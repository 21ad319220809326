// SPDX-License-Identifier: MIT
// Plays one script with one SDK: a platform, a browser context and a page of its own. What comes out is two lists,
// what the script saw and what went over the wire, without whatever differs from one run to the next.

import { fileURLToPath } from 'node:url';
import { startPlatform } from '../../demo/platform/index.js';
import { Names, wireOf } from './normal.mjs';
import { Pulse, actionsOf } from './platform.mjs';

/** @typedef {'ours' | 'original'} Name */
/** @typedef {{ kind: string, name: string, value?: any }} Entry */
/** @typedef {{ seen: Entry[], requests: Entry[], stanzas: Entry[] }} Outcome */

/**
 * @typedef {object} Script what a file of scripts/ exports
 * @property {string} title
 * @property {boolean} [slow] waits for limits of the SDK's own; left out of `npm test`
 * @property {number} [patience] milliseconds that the script waits for anything; default 6,000
 * @property {boolean} [brief] part of `npm test`
 * @property {import('../../demo/platform/index.js').PlatformOptions} [platform]
 * @property {import('playwright-core').BrowserContextOptions} [context]
 * @property {(stage: any) => Promise<void>} run in the page
 */

const here = (/** @type {string} */ path) => fileURLToPath(new URL(path, import.meta.url));
const LIMIT_MS = 90_000;

export const PAGE = `<!DOCTYPE html><html lang="en"><head><meta charset="utf-8"><title>compatibility</title></head>
<body><script src="/page.js"></script></body></html>`;
export const PAGE_FILES = { '/': PAGE, '/page.js': { file: here('page.js') } };

/**
 * @param {import('playwright-core').Browser} browser @param {string} url of the site with page and scripts
 * @param {string} name of the script @param {Script} script @param {Name} which
 * @returns {Promise<Outcome>}
 */
export const play = async (browser, url, name, script, which) => {
  const platform = await startPlatform(script.platform);
  const context = await browser.newContext({ permissions: ['microphone', 'camera'], ...script.context });
  const pulse = new Pulse();
  const names = new Names(platform);
  let from = { requests: 0, stanzas: 0 };
  try {
    const page = await context.newPage();
    for (const event of ['request', 'stanza']) platform.on(event, () => pulse.beat());
    const mark = () => {
      from = { requests: platform.requests.length, stanzas: platform.stanzas.length };
    };
    const actions = /** @type {Record<string, (...args: any[]) => any>} */ (actionsOf(platform, pulse, mark));
    await page.exposeFunction('compatPlatform', (/** @type {string} */ action, /** @type {any[]} */ ...args) => (
      actions[action](...args)));
    await page.exposeFunction('compatActive', () => pulse.beat());
    await page.goto(url);
    await page.addScriptTag({ url: `/${which}.js` });
    const trace = await Promise.race([
      page.evaluate(async ([path, base]) => {
        const { compat } = /** @type {any} */ (window);
        Object.assign(compat.stage.base, base);
        return compat.play(await import(String(path)));
      }, /** @type {const} */ ([`/scripts/${name}.js`, {
        environment: platform.url, wsHost: platform.wsUrl, token: platform.token, userId: platform.defaultUser.id,
        organizationId: platform.users.organization.id, domain: platform.users.domain,
      }])),
      // A page that says nothing any more: what it has seen so far is all there is.
      new Promise((resolve) => setTimeout(resolve, LIMIT_MS).unref()).then(() => (
        [{ kind: 'script', name: 'does not end' }])),
    ]);
    return names.normal({ seen: trace, ...wireOf(platform, from) });
  } finally {
    await context.close();
    await platform.close();
  }
};
