// SPDX-License-Identifier: MIT
// A small chart: one value a second for a minute, as a line above a soft area, with the limit a warning has. NaN: not
// known, so the line has a gap. Its words are kept in its label, for those who do not see it.

const SVG = 'http://www.w3.org/2000/svg';
const WIDTH = 120;
const HEIGHT = 36;

/** Seconds shown. */
export const SECONDS = 60;

/** @param {string} name @param {Record<string, string>} attributes */
const shape = (name, attributes) => {
  const node = document.createElementNS(SVG, name);
  for (const [key, value] of Object.entries(attributes)) node.setAttribute(key, value);
  return node;
};

/** Runs of known values. @param {number[]} values @returns {{ from: number, run: number[] }[]} */
const runsOf = (values) => {
  /** @type {{ from: number, run: number[] }[]} */
  const runs = [];
  values.forEach((value, index) => {
    if (Number.isNaN(value)) return;
    if (index && !Number.isNaN(values[index - 1])) runs[runs.length - 1]?.run.push(value);
    else runs.push({ from: index, run: [value] });
  });
  return runs;
};

/** @param {number} limit where the dashed line is; NaN: none */
export const makeChart = (limit) => {
  const svg = shape('svg', {
    viewBox: `0 0 ${WIDTH} ${HEIGHT}`, preserveAspectRatio: 'none', class: 'chart', role: 'img', 'aria-label': '',
  });
  const area = shape('path', { class: 'chart-area' });
  const bound = shape('path', { class: 'chart-limit' });
  const line = shape('path', { class: 'chart-line' });
  svg.append(area, bound, line);

  /**
   * @param {number[]} values the newest last @param {number} low @param {number} high edges of the picture
   * @param {string} words what it shows
   */
  const draw = (values, low, high, words) => {
    const x = (/** @type {number} */ index) => (
      ((SECONDS - values.length + index) * WIDTH / (SECONDS - 1)).toFixed(1));
    const y = (/** @type {number} */ value) => (
      (HEIGHT - 2 - (Math.min(high, Math.max(low, value)) - low) / (high - low) * (HEIGHT - 4)).toFixed(1));
    const runs = runsOf(values).map(({ from, run }) => ({
      from, to: from + run.length - 1, points: run.map((value, index) => `${x(from + index)} ${y(value)}`).join('L'),
    }));
    // A single value would have no length: it gets a little one.
    line.setAttribute('d', runs.map(({ points }) => `M${points}h.01`).join(''));
    area.setAttribute('d', runs.map(({ from, to, points }) => (
      `M${x(from)} ${HEIGHT}L${points}L${x(to)} ${HEIGHT}z`)).join(''));
    bound.setAttribute('d', limit > low && limit < high ? `M0 ${y(limit)}H${WIDTH}` : '');
    if (svg.getAttribute('aria-label') !== words) svg.setAttribute('aria-label', words);
  };

  return { svg, draw };
};
