// SPDX-License-Identifier: MIT
// The script under test, and the file that it fetches from beside itself.

import { readdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The minified script of dist/, or the one the variable SDK_BUNDLE names. */
export const BUNDLE = process.env.SDK_BUNDLE
  ?? fileURLToPath(new URL('../../dist/genesys-cloud-webrtc-sdk.bundle.min.js', import.meta.url));

const isSecond = (/** @type {string} */ file) => file.startsWith('genesys-cloud-webrtc-sdk.calls-');

/** The path of the second part of the minified script. */
export const secondPart = () => join(dirname(BUNDLE), readdirSync(dirname(BUNDLE)).find(isSecond) ?? 'missing');

/**
 * Pages with the script at `path`, for `servePage`.
 * @param {string} [path] at the top, as the second part goes beside it
 * @returns {Record<string, { file: string }>}
 */
export const scriptPages = (path = '/sdk.js') => {
  const second = secondPart();
  return { [path]: { file: BUNDLE }, [`/${second.slice(dirname(second).length + 1)}`]: { file: second } };
};
