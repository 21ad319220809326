// SPDX-License-Identifier: MIT
// How good the shown call is: its level, what is wrong in words, and the last minute of six numbers as small charts. It
// listens to `callQuality` and `callQualityWarning`, so with an SDK that has no such events it is not there.

import { SECONDS, makeChart } from './chart.js';
import { make } from './dom.js';
import {
  LEVELS, milliseconds, percent, quietWords, roughPercent, score, wellWords, wrongWords,
} from './quality-words.js';

/** @typedef {import('../../js/types/index.js').ICallQuality} Quality */
/** @typedef {import('../../js/types/index.js').ICallQualityWarning} Warning */
/** @typedef {{ in: number, out: number }} Loudness of the last second, 0 to 1 */

/**
 * What is known of one conversation.
 * @typedef {object} Known
 * @property {Quality | undefined} now
 * @property {Loudness} loud
 * @property {number[][]} lines one per chart, the newest value last
 * @property {Map<string, Warning>} warnings raised ones, by name
 * @property {{ text: string, seconds: number }[]} news what is well again, and how long that is still said
 */

/**
 * @typedef {object} Chart
 * @property {string} name
 * @property {(quality: Quality, loud: Loudness) => number | undefined} read
 * @property {(value: number | undefined) => string} words
 * @property {number} low lower edge
 * @property {number} high upper edge; a larger value moves it
 * @property {number} [limit] where a warning is raised
 * @property {boolean} [isLow] the lowest value is the bad one
 */

const NEWS_SECONDS = 8;

/** @type {Chart[]} */
const CHARTS = [
  { name: 'MOS', read: ({ mos }) => mos, words: score, low: 1, high: 5, limit: 3.44, isLow: true },
  { name: 'Loss', read: ({ loss }) => loss, words: percent, low: 0, high: 0.08, limit: 0.05 },
  { name: 'Jitter', read: ({ jitter }) => jitter, words: milliseconds, low: 0, high: 0.05, limit: 0.03 },
  { name: 'Round trip', read: ({ roundTrip }) => roundTrip, words: milliseconds, low: 0, high: 0.5, limit: 0.4 },
  { name: 'You', read: (_quality, { out }) => Math.sqrt(out), words: roughPercent, low: 0, high: 1 },
  { name: 'Other side', read: (_quality, loud) => Math.sqrt(loud.in), words: roughPercent, low: 0, high: 1 },
];

/** @param {HTMLElement} node @param {string} value only changes are written: readers announce each one */
const write = (node, value) => {
  if (node.textContent !== value) node.textContent = value;
};

/** @param {Chart} about */
const buildChart = ({ name, words, low, high, limit = NaN, isLow = false }) => {
  const figure = make('div', 'quality-chart');
  const now = make('dd', 'quality-now', '–');
  const range = make('dd', 'quality-range');
  const picture = makeChart(limit);
  const frame = make('dd', 'quality-picture');
  frame.append(picture.svg);
  figure.append(make('dt', '', name), now, frame, range);
  /** @param {number[]} values */
  const draw = (values) => {
    const known = values.filter((value) => !Number.isNaN(value));
    const worst = known.length ? (isLow ? Math.min : Math.max)(...known) : undefined;
    const is = words(values.at(-1));
    const was = `${isLow ? 'lowest' : 'highest'} ${words(worst)}`;
    write(now, is);
    write(range, was);
    picture.draw(values, low, Math.max(high, ...known), `${name} of the last minute: now ${is}, ${was}`);
  };
  return { figure, draw };
};

/** The panel's elements. @param {HTMLElement} root */
const build = (root) => {
  const title = make('h3', 'quality-title', 'Call quality');
  title.id = 'quality-title';
  const level = make('strong', 'quality-level');
  const head = make('div', 'quality-head');
  head.append(title, level, make('span', 'quality-span', 'last minute'));
  const charts = CHARTS.map(buildChart);
  const list = make('dl', 'quality-charts');
  list.append(...charts.map(({ figure }) => figure));
  const notes = make('ul', 'quality-notes');
  notes.setAttribute('aria-live', 'polite');
  root.replaceChildren(head, notes, list);
  return { level, charts, notes };
};

/**
 * @param {HTMLElement} root
 * @param {() => string | undefined} shown the conversation of the shown call
 */
export const qualityPanel = (root, shown) => {
  const parts = build(root);
  /** @type {Map<string, Known>} */
  const calls = new Map();

  /** @param {string} id @returns {Known} */
  const knownOf = (id) => {
    const known = calls.get(id) ?? {
      now: undefined, loud: { in: 0, out: 0 }, lines: CHARTS.map(() => []), warnings: new Map(), news: [],
    };
    calls.set(id, known);
    return known;
  };

  /** @param {Known} known @returns {[className: string, text: string][]} */
  const notesOf = ({ now, warnings, news }) => [
    ...[...warnings.values()].map((warning) => /** @type {[string, string]} */ (['is-wrong', wrongWords(warning)])),
    ...news.map(({ text }) => /** @type {[string, string]} */ (['is-well', text])),
    ...quietWords(now).map((text) => /** @type {[string, string]} */ (['', text])),
  ];

  const draw = () => {
    const known = calls.get(shown() ?? '');
    root.hidden = !known?.now;
    if (!known?.now) return;
    root.dataset.level = known.now.level;
    write(parts.level, LEVELS[known.now.level] ?? known.now.level);
    parts.charts.forEach((chart, index) => chart.draw(known.lines[index]));
    const notes = notesOf(known);
    const words = [...parts.notes.children].map(({ textContent }) => textContent).join('\n');
    if (notes.map(([, text]) => text).join('\n') === words) return;
    parts.notes.replaceChildren(...notes.map(([className, text]) => make('li', className, text)));
  };

  /** @param {Quality} quality once a second */
  const onQuality = (quality) => {
    const known = knownOf(quality.conversationId);
    known.now = quality;
    CHARTS.forEach(({ read }, index) => {
      const line = known.lines[index];
      line.push(read(quality, known.loud) ?? NaN);
      if (line.length > SECONDS) line.shift();
    });
    known.loud = { in: 0, out: 0 };
    for (const each of known.news) each.seconds -= 1;
    known.news = known.news.filter(({ seconds }) => seconds > 0);
    draw();
  };

  /** @param {Warning} warning */
  const onWarning = (warning) => {
    const { warnings, news } = knownOf(warning.conversationId);
    if (warning.state === 'raised') {
      warnings.set(warning.warning, warning);
    } else {
      warnings.delete(warning.warning);
      const text = wellWords(warning);
      if (text) news.push({ text, seconds: NEWS_SECONDS });
    }
    draw();
  };

  /** @param {any} instance an SDK object */
  const listen = (instance) => {
    calls.clear();
    instance.on('callQuality', onQuality);
    instance.on('callQualityWarning', onWarning);
    instance.on('sessionEnded', (/** @type {{ conversationId: string }} */ session) => {
      calls.delete(session.conversationId);
      draw();
    });
    draw();
  };

  /** How loud both sides were just now, 0 to 1. @param {string} id @param {number} heard @param {number} said */
  const hear = (id, heard, said) => {
    const loud = calls.get(id)?.loud;
    if (!loud) return;
    loud.in = Math.max(loud.in, heard);
    loud.out = Math.max(loud.out, said);
  };

  return { listen, draw, hear };
};
