// SPDX-License-Identifier: MIT
// A plot of two lines over logarithmic axes as SVG: text only, no script; readable on a light and a dark page.

/** @typedef {{ x: number, y: number, low?: number, high?: number }} Dot `low` and `high`: the spread */
/** @typedef {{ name: string, dots: Dot[] }} Line */
/**
 * @typedef {object} Plot
 * @property {string} title
 * @property {string} description what is to be seen, for those who do not see it
 * @property {string} x label of the axis
 * @property {string} y label of the axis, with the unit
 * @property {Line[]} lines
 */

const SIZE = { width: 520, height: 320, left: 84, right: 118, top: 40, bottom: 52 };
const COLOURS = [['#0b57c2', '#85b6ff'], ['#a04a00', '#ffb066']];

const STYLE = `text{font:13px system-ui,sans-serif;fill:#1a2230}
.name,.title{font-weight:600}.title{font-size:15px}
.grid{stroke:#d5dbe5;stroke-width:1}.axis{stroke:#4c586b;stroke-width:1}path{fill:none;stroke-width:2.5}
${COLOURS.map(([light], at) => `.c${at}{stroke:${light};fill:${light}}path.c${at}{fill:none}`).join('')}
.ground{fill:#ffffff}
@media (prefers-color-scheme:dark){text{fill:#e6eaf1}.grid{stroke:#323b4a}.axis{stroke:#a5b0c2}.ground{fill:#12161d}
${COLOURS.map(([, dark], at) => `.c${at}{stroke:${dark};fill:${dark}}path.c${at}{fill:none}`).join('')}}`;

/** @param {string} text */
const escape = (text) => text.replace(/[&<>]/g, (char) => (
  /** @type {Record<string, string>} */ ({ '&': '&amp;', '<': '&lt;', '>': '&gt;' }))[char]);

/** @param {number} value @returns {string} as people write it */
const label = (value) => {
  if (value >= 1000) return value.toLocaleString('en');
  return String(Number(value.toPrecision(2)));
};

/** Powers of ten around these values, at least one step apart. @param {number[]} values @returns {[number, number]} */
const decades = (values) => {
  const low = Math.floor(Math.log10(Math.min(...values)) + 1e-9);
  const high = Math.ceil(Math.log10(Math.max(...values)) - 1e-9);
  return [low, Math.max(high, low + 1)];
};

/** @param {Plot} plot @returns {string} */
export const svgOf = ({ title, description, x, y, lines }) => {
  const { width, height, left, right, top, bottom } = SIZE;
  const dots = lines.flatMap((line) => line.dots);
  const [xs, ys] = [[...new Set(dots.map((dot) => dot.x))].sort((a, b) => a - b),
    dots.flatMap(({ y: value, low = value, high = value }) => [low, high])];
  const [xLow, xHigh] = [Math.log10(xs[0]), Math.log10(xs[xs.length - 1])];
  const [yLow, yHigh] = decades(ys);
  const atX = (/** @type {number} */ value) => (
    (left + (Math.log10(value) - xLow) / (xHigh - xLow || 1) * (width - left - right)).toFixed(1));
  const atY = (/** @type {number} */ value) => (
    (height - bottom - (Math.log10(value) - yLow) / (yHigh - yLow) * (height - top - bottom)).toFixed(1));
  const rows = Array.from({ length: yHigh - yLow + 1 }, (_, index) => 10 ** (yLow + index));
  const grid = [
    ...rows.map((value) => (
      `<line class="grid" x1="${left}" x2="${width - right}" y1="${atY(value)}" y2="${atY(value)}"/>`
      + `<text x="${left - 8}" y="${Number(atY(value)) + 4}" text-anchor="end">${label(value)}</text>`)),
    ...xs.map((value) => (
      `<text x="${atX(value)}" y="${height - bottom + 20}" text-anchor="middle">${label(value)}</text>`)),
  ];
  /** @param {Line} line @param {number} at */
  const drawn = ({ name, dots: own }, at) => {
    if (!own.length) return '';
    const path = own.map((dot, index) => `${index ? 'L' : 'M'}${atX(dot.x)} ${atY(dot.y)}`).join('');
    const marks = own.map((dot) => (at
      ? `<rect class="c${at}" x="${Number(atX(dot.x)) - 4}" y="${Number(atY(dot.y)) - 4}" width="8" height="8"/>`
      : `<circle class="c${at}" cx="${atX(dot.x)}" cy="${atY(dot.y)}" r="4.5"/>`));
    const spreads = own.map(({ x: place, low, high }) => (low && high && high > low
      ? `<line class="c${at}" x1="${atX(place)}" x2="${atX(place)}" y1="${atY(low)}" y2="${atY(high)}"/>` : ''));
    const end = own[own.length - 1];
    const [textX, textY] = [Number(atX(end.x)) + 12, Number(atY(end.y)) + 4];
    const text = `<text class="name" x="${textX}" y="${textY}">${escape(name)}</text>`;
    return `<path class="c${at}" d="${path}"/>${spreads.join('')}${marks.join('')}${text}`;
  };
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" `
    + `role="img" aria-labelledby="title description">
<title id="title">${escape(title)}</title>
<desc id="description">${escape(description)}</desc>
<style>${STYLE}</style>
<rect class="ground" width="${width}" height="${height}"/>
<text class="title" x="${left}" y="24">${escape(title)}</text>
${grid.join('\n')}
<line class="axis" x1="${left}" x2="${width - right}" y1="${height - bottom}" y2="${height - bottom}"/>
<text x="${(left + width - right) / 2}" y="${height - 12}" text-anchor="middle">${escape(x)}</text>
<text transform="translate(16 ${(top + height - bottom) / 2}) rotate(-90)" text-anchor="middle">${escape(y)}</text>
${lines.map(drawn).join('\n')}
</svg>
`;
};
