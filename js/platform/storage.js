// SPDX-License-Identifier: MIT
// The page's store of texts. One that is full, blocked or absent holds nothing and refuses nothing.

/** @param {string} key @returns {string} '' when there is none */
export const readStored = (key) => {
  try {
    return globalThis.localStorage?.getItem(key) ?? '';
  } catch {
    return '';
  }
};

/** @param {string} key @param {string} text '' removes it */
export const writeStored = (key, text) => {
  try {
    if (text) globalThis.localStorage?.setItem(key, text);
    else globalThis.localStorage?.removeItem(key);
  } catch {}
};
