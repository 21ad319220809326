// SPDX-License-Identifier: MIT
// `npm run bench`: this SDK and the published original, measured in one run on the same platform, taking turns,
// each time in a fresh browser context.
//   npm run bench -- [--repeat N] [--cycles N] [--write]
// --repeat: measurements of each, default 7; --cycles: calls in the memory measurement, default 50 (1000 takes
// half an hour); --write: the table goes into README.md

import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { StepError, main, root } from '../../wasm/toolchain/steps.mjs';
import { launchChromium, servePage } from '../support/browser.mjs';
import { scriptPages } from '../support/bundle.mjs';
import { measureCycles, measureDistance, measureFloors, measureWork } from './measure.mjs';
import { table } from './rows.mjs';

/** @typedef {import('./measure.mjs').Name} Name */
/** @typedef {import('./rows.mjs').Samples} Samples */

const MARKS = { start: '<!-- bench:start -->', end: '<!-- bench:end -->' };
/** Calls leave the same behind each time: fewer rounds of them. */
const CYCLE_ROUNDS = 2;

/** @type {Record<Name, string>} */
const SCRIPTS = {
  ours: join(root, 'dist/genesys-cloud-webrtc-sdk.bundle.min.js'),
  original: join(root, 'build/deps/original/original.bundle.min.js'),
};

// Isolation from other origins gives the page a clock of microseconds.
const HEADERS = {
  'cross-origin-opener-policy': 'same-origin', 'cross-origin-embedder-policy': 'require-corp',
};
const PAGE = `<!DOCTYPE html><html lang="en"><head><meta charset="utf-8"><title>bench</title></head>
<body><script src="/bench.js"></script></body></html>`;

/** @param {Samples} samples @param {Record<string, number>} result */
const keep = (samples, result) => {
  for (const [key, value] of Object.entries(result)) (samples[key] ??= []).push(value);
};

/** @param {number} repeat @param {number} cycles */
const measureAll = async (repeat, cycles) => {
  const pages = {
    '/': PAGE, '/bench.js': { file: join(root, 'tests/bench/page.js') },
    ...scriptPages('/ours.js'), '/original.js': { file: SCRIPTS.original },
  };
  const [browser, site] = await Promise.all([launchChromium(), servePage(pages, HEADERS)]);
  const samples = /** @type {Record<Name, Samples>} */ ({ ours: {}, original: {} });
  /** @type {Samples} */
  const floors = {};
  try {
    // One of each warms the browser up and is forgotten.
    for (let round = -1; round < repeat; round += 1) {
      // Who goes first alternates as well.
      for (const name of /** @type {Name[]} */ (round % 2 ? ['original', 'ours'] : ['ours', 'original'])) {
        const subject = { browser, url: site.url, name };
        const result = { ...await measureWork(subject), ...await measureDistance(subject) };
        if (round >= 0) keep(samples[name], result);
        if (round >= 0 && round < CYCLE_ROUNDS) keep(samples[name], await measureCycles(subject, cycles));
      }
      if (round >= 0) keep(floors, await measureFloors(browser, site.url));
      if (round >= 0) console.error(`round ${round + 1} of ${repeat}`);
    }
  } finally {
    await Promise.all([browser.close(), site.close()]);
  }
  return { samples, floors };
};

/** @param {string} text */
const write = (text) => {
  const path = join(root, 'README.md');
  const readme = readFileSync(path, 'utf8');
  const [from, to] = [readme.indexOf(MARKS.start), readme.indexOf(MARKS.end)];
  if (from < 0 || to < from) throw new StepError(`README.md has no ${MARKS.start} with ${MARKS.end} after it.`);
  writeFileSync(path, `${readme.slice(0, from + MARKS.start.length)}\n${text}\n${readme.slice(to)}`);
};

/** @param {string} name @param {string | undefined} text */
const wholeNumber = (name, text) => {
  const value = Number(text);
  if (!Number.isInteger(value) || value < 1) throw new StepError(`--${name} needs a whole number from 1 on.`);
  return value;
};

await main(async () => {
  const { values } = parseArgs({
    options: {
      repeat: { type: 'string', default: '7' },
      cycles: { type: 'string', default: '50' },
      write: { type: 'boolean', default: false },
    },
  });
  const [repeat, cycles] = [wholeNumber('repeat', values.repeat), wholeNumber('cycles', values.cycles)];
  const text = table({ ...await measureAll(repeat, cycles), scripts: SCRIPTS, repeat, cycles });
  console.log(text);
  if (values.write) write(text);
});
