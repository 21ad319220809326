// SPDX-License-Identifier: MIT
// `npm run bench`: this SDK and the published original, measured in one run on the same platform, taking turns,
// each time in a fresh browser context.
//   npm run bench -- [--repeat N] [--cycles N] [--curve all|conversations|instances|none] [--curve-only] [--write]
// --repeat: measurements of each, default 7; --cycles: calls in the memory measurement, default 50 (1000 takes
// half an hour); --curve: which of the cost curves, default all; --curve-only: nothing else; --write: the table goes
// into README.md, and with the curves into docs/benchmarks.md

import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { StepError, main, root } from '../../wasm/toolchain/steps.mjs';
import { launchChromium, servePage } from '../support/browser.mjs';
import { scriptPages, secondPart } from '../support/bundle.mjs';
import { CONVERSATIONS, INSTANCES, measureCrowd, measureKnown } from './curve.mjs';
import { measureCycles, measureDistance, measureFloors, measureWork } from './measure.mjs';
import { reportOf } from './report.mjs';
import { table } from './rows.mjs';

/** @typedef {import('./measure.mjs').Name} Name */
/** @typedef {import('./rows.mjs').Samples} Samples */

const MARKS = { start: '<!-- bench:start -->', end: '<!-- bench:end -->' };
/** Calls leave the same behind each time: fewer rounds of them. */
const CYCLE_ROUNDS = 2;
/** Rounds of the curves at the most. */
const CURVE_ROUNDS = 3;
const CURVES = ['all', 'conversations', 'instances', 'none'];

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

/** Who goes first alternates. @param {number} round */
const turns = (round) => /** @type {Name[]} */ (round % 2 ? ['original', 'ours'] : ['ours', 'original']);

/** @typedef {{ browser: import('playwright-core').Browser, url: string }} Stage */

/** @param {Stage} stage @param {number} repeat @param {number} cycles */
const measureAll = async ({ browser, url }, repeat, cycles) => {
  const samples = /** @type {Record<Name, Samples>} */ ({ ours: {}, original: {} });
  /** @type {Samples} */
  const floors = {};
  // One of each warms the browser up and is forgotten.
  for (let round = -1; round < repeat; round += 1) {
    for (const name of turns(round)) {
      const subject = { browser, url, name };
      const result = { ...await measureWork(subject), ...await measureDistance(subject) };
      if (round >= 0) keep(samples[name], result);
      if (round >= 0 && round < CYCLE_ROUNDS) keep(samples[name], await measureCycles(subject, cycles));
    }
    if (round >= 0) keep(floors, await measureFloors(browser, url));
    if (round >= 0) console.error(`round ${round + 1} of ${repeat}`);
  }
  return { samples, floors };
};

/**
 * One curve. Whoever did not reach a point is not asked for it, or for what is beyond it, again.
 * @param {Stage} stage @param {number[]} places @param {number} rounds
 * @param {(subject: import('./measure.mjs').Subject, place: number) => Promise<Record<string, number>>} measure
 */
const measureCurve = async ({ browser, url }, places, rounds, measure) => {
  const curve = /** @type {import('./report.mjs').Curve} */ ({ ours: {}, original: {} });
  const reach = { ours: Infinity, original: Infinity };
  for (let round = 0; round < rounds; round += 1) {
    for (const place of places) {
      for (const name of turns(round)) {
        if (place >= reach[name]) continue;
        const point = await measure({ browser, url, name }, place);
        if (!Object.keys(point).length) reach[name] = place;
        keep(curve[name][place] ??= {}, point);
      }
    }
    console.error(`curve, round ${round + 1} of ${rounds}`);
  }
  return curve;
};

/** @template T @param {(stage: Stage) => Promise<T>} work @returns {Promise<T>} */
const withBrowser = async (work) => {
  const pages = {
    '/': PAGE, '/bench.js': { file: join(root, 'tests/bench/page.js') },
    ...scriptPages('/ours.js'), '/original.js': { file: SCRIPTS.original },
  };
  const [browser, site] = await Promise.all([launchChromium(), servePage(pages, HEADERS)]);
  try {
    return await work({ browser, url: site.url });
  } finally {
    await Promise.all([browser.close(), site.close()]);
  }
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

/** @returns {number} conversations that the core keeps at the most */
const limitOfConversations = () => {
  const limits = readFileSync(join(root, 'src/base/limits.h'), 'utf8');
  return Number(/SP_MAX_CONVERSATIONS +(\d+)u/.exec(limits)?.[1]);
};

/** @param {ReturnType<typeof reportOf>} report */
const writeReport = ({ page, plots }) => {
  mkdirSync(join(root, 'docs/plots'), { recursive: true });
  writeFileSync(join(root, 'docs/benchmarks.md'), page);
  for (const [name, svg] of Object.entries(plots)) writeFileSync(join(root, 'docs/plots', name), svg);
};

await main(async () => {
  const { values } = parseArgs({
    options: {
      'repeat': { type: 'string', default: '7' },
      'cycles': { type: 'string', default: '50' },
      'curve': { type: 'string', default: 'all' },
      'curve-only': { type: 'boolean', default: false },
      'write': { type: 'boolean', default: false },
    },
  });
  const [repeat, cycles] = [wholeNumber('repeat', values.repeat), wholeNumber('cycles', values.cycles)];
  const { curve, 'curve-only': curveOnly } = values;
  if (!CURVES.includes(curve)) throw new StepError(`--curve is one of ${CURVES.join(', ')}.`);
  if (values.write && curveOnly) throw new StepError('--write needs the whole, not --curve-only.');
  const rounds = Math.min(repeat, CURVE_ROUNDS);
  const does = (/** @type {string} */ name) => curve === 'all' || curve === name;
  const none = { ours: {}, original: {} };
  const result = await withBrowser(async (stage) => ({
    browser: `Chromium ${stage.browser.version()}`,
    all: curveOnly ? undefined : await measureAll(stage, repeat, cycles),
    known: does('conversations') ? await measureCurve(stage, CONVERSATIONS, rounds, measureKnown) : none,
    crowd: does('instances') ? await measureCurve(stage, INSTANCES, rounds, measureCrowd) : none,
  }));
  const text = result.all ? table({ ...result.all, scripts: SCRIPTS, second: secondPart(), repeat, cycles }) : '';
  const report = reportOf({
    ...result, table: text, limit: limitOfConversations(), date: new Date().toISOString().slice(0, 10),
    command: `npm run bench -- --repeat ${repeat} --cycles ${cycles} --write`,
  });
  console.log(curve === 'none' ? text : report.page);
  if (!values.write) return;
  write(text);
  if (curve === 'all') writeReport(report);
});
