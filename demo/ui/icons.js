// SPDX-License-Identifier: MIT
// The icons, drawn for this page on a grid of 24. `line`, `slash`: stroked (ui/base.css); the others are filled.

const SVG = 'http://www.w3.org/2000/svg';

const MIC = 'M12 3a3 3 0 0 1 3 3v5.5a3 3 0 0 1-6 0V6a3 3 0 0 1 3-3z';
const MIC_FOOT = 'M6 11.5a6 6 0 0 0 12 0M12 17.5V21M9 21h6';
const CAMERA = 'M5.5 6.5h7.5a2.5 2.5 0 0 1 2.5 2.5v6a2.5 2.5 0 0 1-2.5 2.5H5.5A2.5 2.5 0 0 1 3 15V9a2.5 2.5 0 0 1 '
  + '2.5-2.5zM15.5 10.8l5-2.8v8l-5-2.8';
const SLASH = 'M4 4l16 16';
/** Nine keys: a dot each. */
const DOTS = [6, 12, 18].flatMap((y) => [6, 12, 18].map((x) => (
  `M${x - 1.7} ${y}a1.7 1.7 0 1 0 3.4 0a1.7 1.7 0 1 0-3.4 0z`)));
/** Eight rays. */
const RAYS = 'M12 3v2M12 19v2M3 12h2M19 12h2M5.6 5.6l1.5 1.5M16.9 16.9l1.5 1.5M18.4 5.6l-1.5 1.5M7.1 16.9l-1.5 1.5';

/** @type {Record<string, [shape: string, className?: string][]>} */
const ICONS = {
  phone: [['M6.5 3.5h2.6c.5 0 .9.3 1 .8l.8 3.3c.1.4 0 .8-.3 1.1L9 10.3a13 13 0 0 0 4.7 4.7l1.6-1.6c.3-.3.7-.4 '
    + '1.1-.3l3.3.8c.5.1.8.5.8 1v2.6c0 1.1-.9 2-2 2A15 15 0 0 1 4.5 5.5a2 2 0 0 1 2-2z']],
  end: [['M12 8.5c-3.3 0-6.3 1-8.7 2.7-.7.5-.9 1.4-.6 2.2l.9 2c.3.7 1 1 1.7.9l2.7-.6c.6-.1 1-.6 1.1-1.2l.2-2a11 11 '
    + '0 0 1 5.4 0l.2 2c.1.6.5 1.1 1.1 1.2l2.7.6c.7.1 1.4-.2 1.7-.9l.9-2c.3-.8.1-1.7-.6-2.2A15 15 0 0 0 12 8.5z']],
  mic: [[MIC], [MIC_FOOT, 'line']],
  'mic-off': [[MIC], [MIC_FOOT, 'line'], [SLASH, 'slash']],
  camera: [[CAMERA, 'line']],
  'camera-off': [[CAMERA, 'line'], [SLASH, 'slash']],
  screen: [['M5 4.5h14a2 2 0 0 1 2 2v8a2 2 0 0 1-2 2H5a2 2 0 0 1-2-2v-8a2 2 0 0 1 2-2z', 'line'],
    ['M9 20.5h6M12 16.5v4M12 13V8M9.7 10.2L12 8l2.3 2.2', 'line']],
  pause: [6.5, 13.5].map((x) => [`M${x} 6.2a1.2 1.2 0 0 1 1.2-1.2h1.6a1.2 1.2 0 0 1 1.2 1.2v11.6a1.2 1.2 0 0 1-1.2 1.2`
    + 'h-1.6a1.2 1.2 0 0 1-1.2-1.2z']),
  play: [['M8 5.2v13.6c0 .8.9 1.3 1.5.8l9.7-6.8c.6-.4.6-1.2 0-1.6L9.5 4.4C8.9 3.9 8 4.4 8 5.2z']],
  swap: [['M7 4v13M3.5 13.5L7 17l3.5-3.5M17 20V7M13.5 10.5L17 7l3.5 3.5', 'line']],
  close: [['M6 6l12 12M18 6L6 18', 'line']],
  keypad: [[DOTS.join('')]],
  headset: [['M4.5 14v-2a7.5 7.5 0 0 1 15 0v2M19.5 17.5c0 2-1.7 3-4 3H13', 'line'],
    ['M5 13h1a1.5 1.5 0 0 1 1.5 1.5v3A1.5 1.5 0 0 1 6 19H5a1.5 1.5 0 0 1-1.5-1.5v-3A1.5 1.5 0 0 1 5 13z'
      + 'M18 13h1a1.5 1.5 0 0 1 1.5 1.5v3A1.5 1.5 0 0 1 19 19h-1a1.5 1.5 0 0 1-1.5-1.5v-3A1.5 1.5 0 0 1 18 13z']],
  sun: [['M12 8a4 4 0 1 0 0 8a4 4 0 1 0 0-8z'], [RAYS, 'line']],
  moon: [['M20 14.5A8.5 8.5 0 0 1 9.5 4a8.5 8.5 0 1 0 10.5 10.5z']],
};

/** Puts the icons into the page: `<use href="#i-phone">` shows one. */
export const installIcons = () => {
  const sprite = document.createElementNS(SVG, 'svg');
  sprite.setAttribute('class', 'sprite');
  sprite.setAttribute('aria-hidden', 'true');
  for (const [name, shapes] of Object.entries(ICONS)) {
    const symbol = document.createElementNS(SVG, 'symbol');
    symbol.id = `i-${name}`;
    symbol.setAttribute('viewBox', '0 0 24 24');
    for (const [shape, className = ''] of shapes) {
      const path = document.createElementNS(SVG, 'path');
      path.setAttribute('d', shape);
      path.setAttribute('class', className);
      symbol.append(path);
    }
    sprite.append(symbol);
  }
  document.body.prepend(sprite);
};
