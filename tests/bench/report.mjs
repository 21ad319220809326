// SPDX-License-Identifier: MIT
// docs/benchmarks.md and its plots: what one run of the bench has measured.

import { availableParallelism } from 'node:os';
import { BOUND_MS, CONVERSATIONS, INSTANCES } from './curve.mjs';
import { median } from './measure.mjs';
import { svgOf } from './plot.mjs';
import { digits, spread } from './rows.mjs';

/** @typedef {import('./measure.mjs').Name} Name */
/** @typedef {Record<Name, Record<number, Record<string, number[]>>>} Curve samples by place, by measure */
/**
 * @typedef {{ file: string, key: string, title: string, y: string, unit: string, scale: number, says: string }}
 *   Measure
 */

/** @type {Measure[]} */
const KNOWN = [
  { file: 'learn', key: 'learn', title: 'CPU per notification of a new call', y: 'µs of the main thread', unit: 'µs',
    scale: 1, says: 'Every notification tells of another call that rings.' },
  { file: 'change', key: 'change', title: 'CPU per notification of a change', y: 'µs of the main thread', unit: 'µs',
    scale: 1, says: 'So many calls ring already, and one of them changes; `conversationUpdate` lists all of them.' },
  { file: 'memory', key: 'memory', title: 'Memory with so many calls', y: 'MB', unit: 'MB', scale: 1e-6,
    says: 'JavaScript heap and WebAssembly after a collection, the script among it.' },
];
/** @type {Measure[]} */
const CROWD = [
  { file: 'start', key: 'ready', title: 'Time until all are ready', y: 'ms', unit: 'ms', scale: 1,
    says: 'All SDKs of a page are constructed and initialized at once. Chromium holds back sockets while some twenty '
      + 'others are being opened, each for one to five seconds at random: of 50 SDKs those of the original come to '
      + 'that point one after the other, ours together.' },
  { file: 'start-cpu', key: 'cpu', title: 'CPU per SDK from constructor to ready', y: 'ms of the main thread',
    unit: 'ms', scale: 1, says: 'Without the evaluation of the script.' },
  { file: 'start-memory', key: 'memory', title: 'Memory per SDK', y: 'MB', unit: 'MB', scale: 1e-6,
    says: 'What each adds to a page that has evaluated the script.' },
];
/** @type {readonly Name[]} */
const NAMES = ['ours', 'original'];
const TITLES = { ours: 'this SDK', original: 'original 9.2.4' };

/** @param {Curve} curve @param {Name} name @param {number} place @param {Measure} measure */
const valuesOf = (curve, name, place, { key, scale }) => (
  (curve[name][place]?.[key] ?? []).map((value) => value * scale));

/** @param {Curve} curve @param {number[]} places @param {Measure} measure @param {string} what */
const tableOf = (curve, places, measure, what) => {
  const rows = places.map((place) => {
    const [own, other] = NAMES.map((name) => valuesOf(curve, name, place, measure));
    const cell = (/** @type {number[]} */ values) => (values.length ? `${digits(median(values))} ${measure.unit}`
      : `not within ${BOUND_MS / 1000} s`);
    const range = (/** @type {number[]} */ values) => (values.length ? spread(values) : '');
    const ratio = own.length && other.length ? (median(own) / median(other)).toFixed(2) : '';
    return `| ${[place.toLocaleString('en'), cell(own), cell(other), ratio, range(own), range(other)].join(' | ')} |`;
  });
  return [
    `| ${what} | this SDK | original 9.2.4 | ratio | spread, this SDK | spread, original |`,
    '|---|---|---|---|---|---|', ...rows,
  ].join('\n');
};

/** @param {Curve} curve @param {number[]} places @param {Measure} measure @param {string} x */
const plotOf = (curve, places, measure, x) => {
  const lines = NAMES.map((name) => ({
    name: TITLES[name],
    dots: places.flatMap((place) => {
      const values = valuesOf(curve, name, place, measure).filter((value) => value > 0);
      return values.length
        ? [{ x: place, y: median(values), low: Math.min(...values), high: Math.max(...values) }] : [];
    }),
  }));
  const said = lines.map(({ name, dots }) => (
    `${name}: ${dots.map((dot) => `${digits(dot.y)} ${measure.unit} at ${dot.x.toLocaleString('en')}`).join(', ')}`));
  return svgOf({ title: measure.title, description: `${said.join('. ')}.`, x, y: measure.y, lines });
};

/**
 * @param {{ table: string, known: Curve, crowd: Curve, command: string, browser: string, date: string,
 *   limit: number }} result `table`: that of README.md; `limit`: conversations that the core keeps at most
 * @returns {{ page: string, plots: Record<string, string> }} `plots`: SVG by file name
 */
export const reportOf = ({ table, known, crowd, command, browser, date, limit }) => {
  /** @type {Record<string, string>} */
  const plots = {};
  /**
   * @param {Measure[]} measures @param {Curve} curve @param {number[]} places @param {string} what @param {string} x
   */
  const sections = (measures, curve, places, what, x) => measures.flatMap((measure) => {
    plots[`${measure.file}.svg`] = plotOf(curve, places, measure, x);
    return [
      `### ${measure.title}`, '', measure.says, '', `![${measure.title}: table below](plots/${measure.file}.svg)`, '',
      tableOf(curve, places, measure, what), '',
    ];
  });
  const page = [
    '# Benchmarks', '',
    'This SDK and the published original 9.2.4 side by side: the same page, the same local platform, taking turns in',
    'one run. Everything on this page comes from one run of', '',
    '```sh', command, '```',
    '<!-- shown: a command of the shell -->', '',
    `on ${date}, in ${browser}, on a machine with ${availableParallelism()} cores. Medians; the spread is the least`,
    'and the most. Ratios below 1 are in favour of this SDK.', '',
    '## One agent', '', table, '',
    '## Many conversations', '',
    'So many calls ring for one agent at once, notified by the platform with 2 KB each; the application listens to',
    '`conversationUpdate`. One more call, which says that all notifications were seen, is part of the cost. Both axes',
    'of the plots are logarithmic.', '',
    `This SDK keeps at most ${limit.toLocaleString('en')} conversations: what is told of further ones is logged and`,
    'not kept, and memory stays bounded. The original keeps them all.', '',
    ...sections(KNOWN, known, CONVERSATIONS, 'calls', 'calls that ring at once'),
    '## Many SDKs in a page', '',
    'So many SDK objects of one page sign in at once. The script is evaluated once and not counted.', '',
    ...sections(CROWD, crowd, INSTANCES, 'SDKs', 'SDKs in one page'),
  ].join('\n');
  return { page: `${page.trimEnd()}\n`, plots };
};
