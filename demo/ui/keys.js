// SPDX-License-Identifier: MIT
// Single-letter shortcuts. They press the same buttons a mouse would, so a hidden or disabled control stays
// out of reach, and they can be switched off (WCAG 2.1, success criterion 2.1.4).

/** @type {Record<string, string>} key to the id of a control */
const KEYS = {
  a: 'answer',
  d: 'decline',
  m: 'mute',
  h: 'hold',
  e: 'hang-up',
  s: 'swap',
  r: 'ring-me',
  '/': 'dial-number',
};

/** @param {EventTarget | null} target */
const isTyping = (target) =>
  target instanceof HTMLElement && target.matches('input:not([type=checkbox], [type=radio]), select, textarea');

/** @param {() => boolean} enabled */
export const installShortcuts = (enabled) => {
  document.addEventListener('keydown', (event) => {
    const plain = !event.ctrlKey && !event.metaKey && !event.altKey && !event.repeat;
    const id = KEYS[event.key.toLowerCase()];
    if (!id || !plain || !enabled() || isTyping(event.target)) return;
    const control = document.getElementById(id);
    if (!control || control.offsetParent === null) return;
    event.preventDefault();
    if (control.matches('input')) control.focus();
    else control.click();
  });
};
