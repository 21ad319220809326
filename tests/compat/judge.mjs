// SPDX-License-Identifier: MIT
// Runs scripts with both SDKs, a few at a time in one browser, and holds what differs against the reviewed list.

import { readdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { launchChromium, servePage } from '../support/browser.mjs';
import { scriptPages } from '../support/bundle.mjs';
import { apart } from './compare.mjs';
import { PAGE_FILES, play } from './stage.mjs';

/** @typedef {import('./stage.mjs').Script} Script */
/** @typedef {import('./stage.mjs').Outcome} Outcome */
/**
 * @typedef {object} Review a difference that was looked at
 * @property {string | string[]} script name, or `*`
 * @property {string | RegExp} what the line of the difference, or a pattern for it; of the wire it begins with `wire: `
 * @property {string} reason why it is so
 * @property {string} source where that is written
 * @property {boolean} [sometimes] it hangs on what comes first, so that it need not be there
 */
/**
 * @typedef {{ name: string, title: string, seen: string[], wire: string[],
 *   outcomes: Record<'original' | 'ours', Outcome> }} Result
 */
/**
 * @typedef {{ name: string, title: string, seen: Review[], wire: Review[], open: string[],
 *   first: string | undefined }} Row `first`: the first difference, one that was not reviewed before the others
 */

const FOLDER = new URL('scripts/', import.meta.url);
const here = (/** @type {string} */ path) => fileURLToPath(new URL(path, import.meta.url));

export const scriptNames = () => readdirSync(FOLDER).filter((file) => file.endsWith('.js'))
  .map((file) => file.slice(0, -3)).sort();

/** @param {string} name @returns {Promise<Script>} */
export const scriptOf = async (name) => (await import(new URL(`${name}.js`, FOLDER).href)).default;

/**
 * @param {string[]} names
 * @param {{ brief?: boolean, parallel?: number, done?: (result: Result) => void }} [how]
 * @returns {Promise<Result[]>}
 */
export const runAll = async (names, { brief = false, parallel = 3, done = () => {} } = {}) => {
  const scripts = await Promise.all(names.map(async (name) => ({ name, script: await scriptOf(name) })));
  const wanted = scripts.filter(({ script }) => !brief || script.brief);
  const pages = {
    ...PAGE_FILES,
    ...scriptPages('/ours.js'),
    '/original.js': { file: here('../../build/deps/original/original.bundle.min.js') },
    ...Object.fromEntries(names.map((name) => [`/scripts/${name}.js`, { file: here(`scripts/${name}.js`) }])),
  };
  const [browser, site] = await Promise.all([launchChromium(), servePage(pages)]);
  /** @type {Result[]} */
  const results = [];
  // The slow ones first, so that nobody waits for them alone.
  const queue = [...wanted].sort((a, b) => Number(b.script.slow ?? false) - Number(a.script.slow ?? false));
  const work = async () => {
    for (let next = queue.shift(); next; next = queue.shift()) {
      const { name, script } = next;
      const original = await play(browser, site.url, name, script, 'original');
      const ours = await play(browser, site.url, name, script, 'ours');
      const result = { name, title: script.title, ...apart(original, ours), outcomes: { original, ours } };
      results.push(result);
      done(result);
    }
  };
  try {
    await Promise.all(Array.from({ length: parallel }, work));
  } finally {
    await Promise.all([browser.close(), site.close()]);
  }
  return results.sort((a, b) => (a.name < b.name ? -1 : 1));
};

/** @param {Review} review @param {string} name @param {string} text */
const fits = ({ script, what }, name, text) => (
  (script === '*' || [script].flat().includes(name)) && (typeof what === 'string' ? what === text : what.test(text)));

/**
 * @param {Result[]} results @param {readonly Review[]} reviewed
 * @returns {{ rows: Row[], stale: Review[] }} `stale`: entries for scripts that were run, which nothing fits
 */
export const judge = (results, reviewed) => {
  /** @type {Set<Review>} */
  const used = new Set();
  const rows = results.map(({ name, title, seen, wire }) => {
    /** @type {string[]} */
    const open = [];
    const judgeList = (/** @type {string[]} */ texts) => {
      const found = texts.flatMap((text) => {
        const review = reviewed.find((one) => fits(one, name, text));
        if (review) used.add(review);
        else open.push(text);
        return review ? [review] : [];
      });
      return [...new Set(found)];
    };
    const onWire = wire.map((text) => `wire: ${text}`);
    const [reviewedSeen, reviewedWire] = [judgeList(seen), judgeList(onWire)];
    return { name, title, seen: reviewedSeen, wire: reviewedWire, open, first: [...open, ...seen, ...onWire][0] };
  });
  const ran = new Set(results.map(({ name }) => name));
  const all = scriptNames();
  const stale = reviewed.filter((review) => !used.has(review) && !review.sometimes
    && (review.script === '*' ? all : [review.script].flat()).every((name) => ran.has(name)));
  return { rows, stale };
};
