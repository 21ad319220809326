// SPDX-License-Identifier: MIT
// Debian's Firefox through WebDriver BiDi, with a fake microphone and camera that are allowed without asking.

import { existsSync } from 'node:fs';
import { firefox } from 'playwright-core';

const PREFERENCES = {
  'media.navigator.streams.fake': true,
  'media.navigator.permission.disabled': true,
  'media.autoplay.default': 0,
  'media.peerconnection.ice.loopback': true,
  'media.peerconnection.ice.obfuscate_host_addresses': false,
};

/** The browser of the machine: the variable FIREFOX, else Debian's. */
const path = () => process.env.FIREFOX
  ?? ['/usr/bin/firefox-esr', '/usr/bin/firefox'].find((file) => existsSync(file))
  ?? 'firefox-esr';

/** @param {Record<string, string | number | boolean>} [preferences] further ones */
export const launchFirefox = (preferences = {}) => firefox.launch({
  channel: 'moz-firefox', executablePath: path(), firefoxUserPrefs: { ...PREFERENCES, ...preferences },
});
