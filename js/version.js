// SPDX-License-Identifier: MIT

/** The version of the SDK; the same as in package.json. */
export const VERSION = '0.1.0';
