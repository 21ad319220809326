// SPDX-License-Identifier: MIT
// Single-letter shortcuts. They press the same buttons a mouse would, so a hidden or disabled control stays
// out of reach, and they can be switched off (WCAG 2.1, success criterion 2.1.4).

import { $, make } from './dom.js';

/** Key, id of a control, what it does. @type {[key: string, id: string, does: string][]} */
const KEYS = [
  ['a', 'answer', 'answer'], ['d', 'decline', 'decline'], ['m', 'mute', 'mute'], ['h', 'hold', 'hold'],
  ['s', 'swap', 'swap'], ['e', 'hang-up', 'hang up'], ['/', 'dial-number', 'dial'], ['k', 'keypad-toggle', 'keypad'],
  ['g', 'tab-check', 'diagnostics'], ['t', 'theme', 'theme'], ['r', 'ring-me', 'ring me'],
];

/** Lists the shortcuts in the page. */
export const listShortcuts = () => $('keys').replaceChildren(...KEYS.map(([key, id, does]) => {
  const row = make('li', '', does);
  row.id = `key-${id}`;
  row.prepend(make('kbd', '', key.toUpperCase()));
  return row;
}));

/** @param {EventTarget | null} target */
const isTyping = (target) =>
  target instanceof HTMLElement && target.matches('input:not([type=checkbox], [type=radio]), select, textarea');

/** @param {() => boolean} enabled */
export const installShortcuts = (enabled) => {
  document.addEventListener('keydown', (event) => {
    const plain = !event.ctrlKey && !event.metaKey && !event.altKey && !event.repeat;
    const id = KEYS.find(([key]) => key === event.key.toLowerCase())?.[1];
    if (!id || !plain || !enabled() || isTyping(event.target)) return;
    const control = document.getElementById(id);
    if (!control || control.offsetParent === null) return;
    event.preventDefault();
    if (control.matches('input, [role=tab]')) control.focus();
    if (!control.matches('input')) control.click();
  });
};
