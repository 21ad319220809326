// SPDX-License-Identifier: MIT
// How good the shown call is: level, numbers, warnings with their cause in words, and the last minute as a line.
// It listens to `callQuality` and `callQualityWarning` of the SDK and draws into one element.

/** @typedef {import('../../js/types/index.js').ICallQuality} Quality */
/** @typedef {import('../../js/types/index.js').ICallQualityWarning} Warning */

/**
 * What is known of one conversation.
 * @typedef {object} Known
 * @property {Quality | undefined} now
 * @property {number[]} scores MOS of the last minute, NaN where there was none
 * @property {Map<string, Warning>} warnings raised ones, by name
 */

const MAX_SCORES = 60;
const WORST = 1;
const BEST = 5;
const WIDTH = 120;
const HEIGHT = 32;
const SVG = 'http://www.w3.org/2000/svg';

/** @type {Record<string, string>} */
const LEVELS = {
  unknown: 'Measuring', bad: 'Bad', poor: 'Poor', fair: 'Fair', good: 'Good', excellent: 'Excellent',
};

/** Why there is no sound, by way and code. @type {Record<string, Record<string, string>>} */
const CAUSES = {
  inbound: {
    'connection-lost': 'the audio connection is lost',
    'not-sent': 'the other side sends nothing',
    'not-received-here': 'nothing arrives here',
    'not-played': 'it arrives but is not played',
    'far-end-silent': 'the other side is silent',
  },
  outbound: {
    'connection-lost': 'the audio connection is lost',
    'device-ended': 'the microphone was unplugged or taken away',
    'device-silent': 'the microphone gives no sound',
    'not-sent': 'this browser sends nothing',
    'not-received-by-far-end': 'nothing arrives there',
  },
};

/** Silence that somebody wants. @type {Record<string, Record<string, string>>} */
const QUIET = {
  inbound: {
    'muted-here': 'The sound is turned off here.', held: 'On hold.', 'held-there': 'On hold by the other side.',
  },
  outbound: { 'muted-here': 'You are muted.' },
};

/** @param {number | undefined} share */
const percent = (share) => (share === undefined ? '–' : `${(100 * share).toFixed(1)} %`);
/** @param {number | undefined} seconds */
const milliseconds = (seconds) => (seconds === undefined ? '–' : `${Math.round(1000 * seconds)} ms`);
/** @param {number | undefined} mos */
const score = (mos) => (mos === undefined ? '–' : mos.toFixed(1));

/** @type {Record<string, (warning: Warning) => string>} */
const WORDS = {
  'high-loss': ({ value }) => `Words get lost: ${percent(value)} of the packets do not arrive.`,
  'high-jitter': ({ value }) => `The sound comes unevenly: ${milliseconds(value)} of jitter.`,
  'high-round-trip': ({ value }) => `Answers take long: ${milliseconds(value)} round trip.`,
  'low-mos': ({ value }) => `The sound is poor: ${score(value)} of 5.`,
  'no-inbound-audio': ({ details }) => `You hear nothing: ${CAUSES.inbound[details.code ?? ''] ?? 'unknown why'}.`,
  'no-outbound-audio': ({ details }) => (
    `The other side hears nothing: ${CAUSES.outbound[details.code ?? ''] ?? 'unknown why'}.`),
};

/** @type {[name: string, read: (quality: Quality) => string][]} */
const FACTS = [
  ['MOS', ({ mos }) => score(mos)],
  ['Loss', ({ loss }) => percent(loss)],
  ['Jitter', ({ jitter }) => milliseconds(jitter)],
  ['Round trip', ({ roundTrip }) => milliseconds(roundTrip)],
];

/** @param {string} tag @param {string} className @param {string} [content] */
const make = (tag, className, content = '') => {
  const node = document.createElement(tag);
  node.className = className;
  node.textContent = content;
  return node;
};

/** @param {HTMLElement} node @param {string} value only changes are written: readers announce each one */
const write = (node, value) => {
  if (node.textContent !== value) node.textContent = value;
};

/** Points of the line, one piece per run of known scores. @param {number[]} scores */
const pathOf = (scores) => {
  const step = WIDTH / (MAX_SCORES - 1);
  const from = MAX_SCORES - scores.length;
  return scores.map((mos, index) => {
    if (Number.isNaN(mos)) return '';
    const y = HEIGHT - 1 - ((mos - WORST) / (BEST - WORST)) * (HEIGHT - 2);
    const move = index === 0 || Number.isNaN(scores[index - 1]) ? 'M' : 'L';
    return `${move}${((from + index) * step).toFixed(1)} ${y.toFixed(1)}`;
  }).join('');
};

const makeLine = () => {
  const svg = document.createElementNS(SVG, 'svg');
  const path = document.createElementNS(SVG, 'path');
  svg.setAttribute('viewBox', `0 0 ${WIDTH} ${HEIGHT}`);
  svg.setAttribute('preserveAspectRatio', 'none');
  svg.setAttribute('class', 'quality-line');
  svg.setAttribute('role', 'img');
  svg.setAttribute('aria-label', 'MOS of the last minute');
  svg.append(path);
  return { svg, path };
};

/** The panel's elements. @param {HTMLElement} root */
const build = (root) => {
  const level = make('strong', 'quality-level');
  const { svg, path } = makeLine();
  const head = make('div', 'quality-head');
  head.append(make('span', 'quality-title', 'Call quality'), level, svg);
  const facts = FACTS.map(([name]) => {
    const value = make('dd', '', '–');
    const fact = make('div', 'quality-fact');
    fact.append(make('dt', '', name), value);
    return { fact, value };
  });
  const list = make('dl', 'quality-facts');
  list.append(...facts.map(({ fact }) => fact));
  const notes = make('ul', 'quality-notes');
  notes.setAttribute('role', 'status');
  root.replaceChildren(head, list, notes);
  return { level, path, values: facts.map(({ value }) => value), notes };
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
    const known = calls.get(id) ?? { now: undefined, scores: [], warnings: new Map() };
    calls.set(id, known);
    return known;
  };

  /** @param {Known} known @returns {{ className: string, text: string }[]} */
  const notesOf = ({ now, warnings }) => {
    const quiet = [QUIET.inbound[now?.inbound.audio ?? ''], QUIET.outbound[now?.outbound.audio ?? '']].filter(Boolean);
    const wrong = [...warnings.values()].map((warning) => WORDS[warning.warning]?.(warning) ?? warning.warning);
    return [
      ...wrong.map((text) => ({ className: 'is-wrong', text })),
      ...quiet.map((text) => ({ className: '', text })),
    ];
  };

  const draw = () => {
    const known = calls.get(shown() ?? '');
    root.hidden = !known?.now;
    if (!known?.now) return;
    const { now } = known;
    root.dataset.level = now.level;
    write(parts.level, LEVELS[now.level] ?? now.level);
    FACTS.forEach(([, read], index) => write(parts.values[index], read(now)));
    parts.path.setAttribute('d', pathOf(known.scores));
    const notes = notesOf(known);
    const shownNotes = [...parts.notes.children].map(({ textContent }) => textContent).join('\n');
    if (notes.map(({ text }) => text).join('\n') === shownNotes) return;
    parts.notes.replaceChildren(...notes.map(({ className, text }) => make('li', className, text)));
  };

  /** @param {Quality} quality */
  const onQuality = (quality) => {
    const known = knownOf(quality.conversationId);
    known.now = quality;
    known.scores.push(quality.mos ?? NaN);
    if (known.scores.length > MAX_SCORES) known.scores.shift();
    draw();
  };

  /** @param {Warning} warning */
  const onWarning = (warning) => {
    const { warnings } = knownOf(warning.conversationId);
    if (warning.state === 'raised') warnings.set(warning.warning, warning);
    else warnings.delete(warning.warning);
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

  return { listen, draw };
};
