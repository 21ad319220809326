// SPDX-License-Identifier: MIT
// A headless Chromium with a fake microphone and camera, allowed without asking.

import { existsSync } from 'node:fs';
import { chromium } from 'playwright-core';
import { CHROMIUM_FLAGS } from './platform/flags.js';

const FLAGS = [
  '--headless=new', '--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run',
  '--disable-background-networking', '--disable-component-update', '--disable-sync',
  ...CHROMIUM_FLAGS,
];

/** The browser of the machine: the variable CHROMIUM, else Debian's. */
export const chromiumPath = () => process.env.CHROMIUM
  ?? ['/usr/bin/chromium', '/usr/bin/chromium-browser'].find((path) => existsSync(path))
  ?? 'chromium';

/**
 * Starts it.
 * @param {{ flags?: string[], without?: string[] }} [options] further flags; `without`: usual ones to leave out
 * @returns {Promise<import('playwright-core').Browser>}
 */
export const launchChromium = ({ flags = [], without = [] } = {}) => chromium.launch({
  executablePath: chromiumPath(),
  args: [...FLAGS.filter((flag) => !without.includes(flag)), ...flags],
  // Some are Playwright's own.
  ignoreDefaultArgs: without,
});
