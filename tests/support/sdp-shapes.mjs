// SPDX-License-Identifier: MIT
// Pairs of real peer connections in every shape that descriptions come in (sdp-shapes.js is their page).

import { fileURLToPath } from 'node:url';
import { launchChromium, openPage, servePage } from './browser.mjs';
import { launchFirefox } from './firefox.mjs';

const PAGE = '<!doctype html><title>shapes</title><script src="/shapes.js"></script>';

/** @typedef {{ carryOffer: (sdp: string) => string, carryAnswer: (sdp: string) => string, small?: boolean }} Way */

/**
 * Opens the page in a browser.
 * @param {string} name `chromium` or `firefox`
 */
export const openShapes = async (name) => {
  const browser = name === 'firefox' ? await launchFirefox() : await launchChromium();
  const site = await servePage({
    '/': PAGE, '/shapes.js': { file: fileURLToPath(new URL('./sdp-shapes.js', import.meta.url)) },
  });
  // Firefox's permissions are preferences.
  const context = name === 'firefox' ? { permissions: [] } : {};
  const { page, done } = await openPage(browser, site.url, { context });

  /** @param {string} step @param {...unknown} args @returns {Promise<any>} */
  const run = (step, ...args) => page.evaluate(
    ([wanted, values]) => /** @type {any} */ (window).sdpShapes[wanted](...values),
    /** @type {[string, unknown[]]} */ ([step, args]),
  );

  return {
    /** @returns {Promise<string[]>} */
    names: () => page.evaluate(() => /** @type {any} */ (window).sdpShapes.names),

    /**
     * Offers, answers and connects; `way` carries both descriptions to the other peer. A shape of two rounds does so
     * twice. Fails where a peer refuses what it gets.
     * @param {string} shape @param {Way} way
     * @returns {Promise<boolean>} whether both ends are connected at the end
     */
    async play(shape, { carryOffer, carryAnswer, small }) {
      let connected = false;
      const rounds = await run('begin', shape, small);
      for (let round = 0; round < rounds; round++) {
        const answer = await run('answer', carryOffer(await run('offer', round)));
        connected = await run('finish', carryAnswer(answer));
      }
      await run('end');
      return connected;
    },

    async close() {
      await done();
      await browser.close();
      await site.close();
    },
  };
};
