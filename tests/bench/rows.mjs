// SPDX-License-Identifier: MIT
// From samples to the table of README.md.

import { execFileSync } from 'node:child_process';
import { availableParallelism } from 'node:os';
import { median } from './measure.mjs';

/** @typedef {import('./measure.mjs').Name} Name */
/** @typedef {Record<string, number[]>} Samples of one SDK, by measure */

/**
 * What is compared. `target`: the most that the ratio may be; `noise`: a slope below is none.
 * @typedef {{ title: string, key: string, unit: string, scale?: number, target?: number, noise?: number }} Row
 */
/** @type {readonly Row[]} */
const ROWS = [
  { title: 'start of the script to constructor returned', key: 'constructed', unit: 'ms' },
  { title: '`initialize()` to `ready`', key: 'ready', unit: 'ms' },
  { title: 'the same, 100 ms round trip', key: 'far', unit: 'ms' },
  { title: 'round trips in sequence from `initialize()` to `ready`', key: 'trips', unit: '' },
  { title: 'main-thread CPU from the script to `ready`', key: 'cpu', unit: 'ms', target: 0.4 },
  { title: 'proposal received to `pendingSession`', key: 'pending', unit: 'ms', target: 1 },
  { title: 'offer to answer, net of the browser’s own work', key: 'answer', unit: 'ms', target: 0.5 },
  { title: 'CPU per notification, conversations of others', key: 'foreign', unit: 'µs', target: 0.25 },
  { title: 'CPU per notification, changing ones of ours', key: 'own', unit: 'µs', target: 0.35 },
  { title: 'memory after `initialize()`', key: 'memory', unit: 'MB', scale: 1e-6, target: 0.5 },
  { title: 'memory with 1,000 live conversations', key: 'memoryLive', unit: 'MB', scale: 1e-6, target: 0.6 },
  { title: 'heap gained per call', key: 'heapPerCall', unit: 'KB', scale: 1e-3, noise: 0.5 },
  { title: 'DOM nodes gained per call', key: 'nodesPerCall', unit: '', noise: 0.1 },
  { title: 'listeners gained per call', key: 'listenersPerCall', unit: '', noise: 0.1 },
];

/** @param {number} value */
export const digits = (value) => {
  const size = Math.abs(value);
  return value.toFixed(size >= 100 ? 0 : size >= 10 ? 1 : 2);
};
/** @param {number[]} values */
export const spread = (values) => `${digits(Math.min(...values))} to ${digits(Math.max(...values))}`;
/** @param {number} value */
const whole = (value) => value.toLocaleString('en');

/** @param {Row} row @param {Samples} ours @param {Samples} original */
const lineOf = ({ title, key, unit, scale = 1, target, noise }, ours, original) => {
  const [own, other] = [ours, original].map((samples) => (samples[key] ?? []).map((value) => value * scale));
  if (own.length === 0 || other.length === 0) return undefined;
  const [a, b] = [median(own), median(other)];
  const quantity = (/** @type {number} */ value) => `${digits(value)} ${unit}`.trim();
  const ratio = noise === undefined ? (a / b).toFixed(2) : '';
  const verdict = () => {
    if (noise !== undefined) return Math.abs(a) <= noise ? 'none: held' : 'none: missed';
    return target === undefined ? '' : `at most ${target}: ${a / b <= target ? 'held' : 'missed'}`;
  };
  return `| ${[title, quantity(a), quantity(b), ratio, verdict(), spread(own), spread(other)].join(' | ')} |`;
};

/**
 * @param {{ samples: Record<Name, Samples>, floors: Samples, scripts: Record<Name, string>, second: string,
 *   repeat: number, cycles: number }} result
 * @returns {string} Markdown
 */
export const table = ({ samples: { ours, original }, floors, scripts, second, repeat, cycles }) => {
  const [small, more, large] = [scripts.ours, second, scripts.original].map((file) => (
    execFileSync('gzip', ['-9', '-c', file], { maxBuffer: 16 * 1024 * 1024 }).length));
  return [
    '| | this SDK | original 9.2.4 | ratio | target | spread, this SDK | spread, original |',
    '|---|---|---|---|---|---|---|',
    `| script, gzip -9 | ${whole(small)} bytes | ${whole(large)} bytes | ${(small / large).toFixed(2)} | | | |`,
    `| script and the part it fetches, gzip -9 | ${whole(small + more)} bytes | ${whole(large)} bytes | `
      + `${((small + more) / large).toFixed(2)} | | | |`,
    ...ROWS.map((row) => lineOf(row, ours, original)).filter((line) => line !== undefined),
    ...[['peer connections', 'peers'], ['audio and video elements', 'elements']].map(([title, key]) => (
      `| ${title} left after ${cycles} calls | ${median(ours[key])} | ${median(original[key])} | | | | |`)),
    '',
    `The browser alone, with an empty handler, takes ${digits(median(floors.empty))} µs per notification of 2 KB, `
      + `and ${digits(median(floors.parsed))} µs with one \`JSON.parse\`. Memory is the JavaScript heap and `
      + 'that of WebAssembly after a collection, what calls gain is the slope after two hundred of them, CPU the '
      + 'thread time of the page\'s main thread. Medians of '
      + `${repeat} interleaved measurements of each, a fresh browser context per measurement, both on the `
      + `local platform, on a machine with ${availableParallelism()} cores; made by `
      + `\`npm run bench -- --repeat ${repeat} --cycles ${cycles} --write\`.`,
  ].join('\n');
};
