// SPDX-License-Identifier: MIT
// Light or dark: the system's choice until the reader makes another, which this browser remembers.

import { $ } from './dom.js';

const KEY = 'agent-desktop:theme';
const system = window.matchMedia('(prefers-color-scheme: dark)');

const isDark = () => {
  const { theme } = document.documentElement.dataset;
  return theme ? theme === 'dark' : system.matches;
};

const draw = () => {
  const dark = isDark();
  $('theme').setAttribute('aria-label', dark ? 'Use the light theme' : 'Use the dark theme');
  $('theme-icon').setAttribute('href', dark ? '#i-sun' : '#i-moon');
};

const toggle = () => {
  const theme = isDark() ? 'light' : 'dark';
  // The system's own choice needs no memory, and follows the system again.
  if ((theme === 'dark') === system.matches) {
    delete document.documentElement.dataset.theme;
    localStorage.removeItem(KEY);
  } else {
    document.documentElement.dataset.theme = theme;
    localStorage.setItem(KEY, theme);
  }
  draw();
};

export const installTheme = () => {
  const kept = localStorage.getItem(KEY);
  if (kept === 'light' || kept === 'dark') document.documentElement.dataset.theme = kept;
  system.addEventListener('change', draw);
  $('theme').addEventListener('click', toggle);
  draw();
};
