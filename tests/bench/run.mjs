// SPDX-License-Identifier: MIT
// `npm run bench`: this SDK and the published original, measured in one run on the same platform, taking turns,
// each time in a fresh browser context.
//   npm run bench -- [--repeat N] [--write]      N of each, default 7; --write: the table goes into README.md

import { execFileSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { startPlatform } from '../../demo/platform/index.js';
import { StepError, main, root } from '../../wasm/toolchain/steps.mjs';
import { launchChromium, openPage, servePage } from '../support/browser.mjs';

/** @typedef {Record<Measure, number[]>} Samples */
/** @typedef {'constructed' | 'ready' | 'pending'} Measure */

const DEFAULT_REPEAT = 7;
/** Calls that ring in each measurement; their median counts. */
const RINGS = 5;
const MARKS = { start: '<!-- bench:start -->', end: '<!-- bench:end -->' };

const SCRIPTS = {
  ours: join(root, 'dist/genesys-cloud-webrtc-sdk.bundle.min.js'),
  original: join(root, 'build/deps/original/original.bundle.min.js'),
};
/** @typedef {keyof typeof SCRIPTS} Name */

// Isolation from other origins gives the page a clock of microseconds.
const HEADERS = {
  'cross-origin-opener-policy': 'same-origin', 'cross-origin-embedder-policy': 'require-corp',
};
const PAGE = `<!DOCTYPE html><html lang="en"><head><meta charset="utf-8"><title>bench</title></head>
<body><script src="/bench.js"></script></body></html>`;

/** @param {number[]} values */
const median = (values) => {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
};

/**
 * One measurement: script, sign-in, a few calls that ring.
 * @param {import('playwright-core').Browser} browser @param {string} url @param {Name} name
 * @returns {Promise<Record<Measure, number>>}
 */
const measure = async (browser, url, name) => {
  const platform = await startPlatform();
  const { page, done } = await openPage(browser, url);
  const config = {
    environment: platform.url, wsHost: platform.wsUrl, accessToken: platform.token, useHeadsets: false,
    optOutOfTelemetry: true, logLevel: 'error', allowedSessionTypes: ['softphone'],
  };
  const constructed = await page.evaluate((what) => /** @type {any} */ (window).bench.construct(what),
    { script: `/${name}.js`, config });
  const ready = await page.evaluate(() => /** @type {any} */ (window).bench.initialize());
  const rings = [];
  for (let count = 0; count < RINGS; count += 1) {
    const pending = page.evaluate(() => /** @type {any} */ (window).bench.ring());
    // Evaluated in order: the page listens when this returns.
    await page.evaluate(() => undefined);
    const call = platform.call({ farEnd: 'manual' });
    rings.push(await pending);
    call.retract();
  }
  await done();
  await platform.close();
  return { constructed, ready, pending: median(rings) };
};

/** @param {number} repeat @returns {Promise<Record<Name, Samples>>} */
const measureAll = async (repeat) => {
  const pages = {
    '/': PAGE, '/bench.js': { file: join(root, 'tests/bench/page.js') },
    '/ours.js': { file: SCRIPTS.ours }, '/original.js': { file: SCRIPTS.original },
  };
  const [browser, site] = await Promise.all([launchChromium(), servePage(pages, HEADERS)]);
  const empty = () => /** @type {Samples} */ ({ constructed: [], ready: [], pending: [] });
  const samples = { ours: empty(), original: empty() };
  try {
    // One of each warms the browser up and is forgotten.
    for (let round = -1; round < repeat; round += 1) {
      // Who goes first alternates as well.
      const order = /** @type {Name[]} */ (round % 2 ? ['original', 'ours'] : ['ours', 'original']);
      for (const name of order) {
        const result = await measure(browser, site.url, name);
        if (round < 0) continue;
        for (const key of /** @type {Measure[]} */ (Object.keys(result))) samples[name][key].push(result[key]);
      }
      if (round >= 0) console.error(`round ${round + 1} of ${repeat}`);
    }
  } finally {
    await Promise.all([browser.close(), site.close()]);
  }
  return samples;
};

/** @param {number} value */
const digits = (value) => (value >= 100 ? value.toFixed(0) : value.toFixed(value >= 10 ? 1 : 2));
/** @param {number[]} values */
const spread = (values) => `${digits(Math.min(...values))} to ${digits(Math.max(...values))}`;

/** @param {number} repeat @param {Record<Name, Samples>} samples @returns {string} Markdown */
const table = (repeat, { ours, original }) => {
  const [small, large] = [SCRIPTS.ours, SCRIPTS.original].map((file) => (
    execFileSync('gzip', ['-9', '-c', file], { maxBuffer: 16 * 1024 * 1024 }).length));
  const whole = (/** @type {number} */ value) => value.toLocaleString('en');
  const row = (/** @type {string} */ title, /** @type {Measure} */ key) => {
    const [a, b] = [median(ours[key]), median(original[key])];
    const cells = [title, `${digits(a)} ms`, `${digits(b)} ms`, (a / b).toFixed(2), spread(ours[key]),
      spread(original[key])];
    return `| ${cells.join(' | ')} |`;
  };
  return [
    '| | this SDK | original 9.2.4 | ratio | spread, this SDK | spread, original |',
    '|---|---|---|---|---|---|',
    `| script, gzip -9 | ${whole(small)} bytes | ${whole(large)} bytes | ${(small / large).toFixed(2)} | | |`,
    row('start of the script to constructor returned', 'constructed'),
    row('`initialize()` to `ready`', 'ready'),
    row('proposal received to `pendingSession`', 'pending'),
    '',
    `Medians of ${repeat} interleaved measurements of each, a fresh browser context per measurement, both on the `
      + `local platform, on a machine with ${availableParallelism()} cores; made by `
      + `\`npm run bench -- --repeat ${repeat} --write\`.`,
  ].join('\n');
};

/** @param {string} text */
const write = (text) => {
  const path = join(root, 'README.md');
  const readme = readFileSync(path, 'utf8');
  const [from, to] = [readme.indexOf(MARKS.start), readme.indexOf(MARKS.end)];
  if (from < 0 || to < from) throw new StepError(`README.md has no ${MARKS.start} with ${MARKS.end} after it.`);
  writeFileSync(path, `${readme.slice(0, from + MARKS.start.length)}\n${text}\n${readme.slice(to)}`);
};

await main(async () => {
  const { values } = parseArgs({
    options: {
      repeat: { type: 'string', default: String(DEFAULT_REPEAT) },
      write: { type: 'boolean', default: false },
    },
  });
  const repeat = Number(values.repeat);
  if (!Number.isInteger(repeat) || repeat < 1) throw new StepError('--repeat needs a whole number from 1 on.');
  const text = table(repeat, await measureAll(repeat));
  console.log(text);
  if (values.write) write(text);
});
