// SPDX-License-Identifier: MIT
// The page's stores of texts. One that is full, blocked or absent holds nothing and refuses nothing.

/** The store of this number (sp_storage); reading the property may throw where storage is blocked. */
const storeOf = (/** @type {number} */ store) => (store === 1 ? globalThis.sessionStorage : globalThis.localStorage);

/** @param {number} store @param {string} key @returns {string} '' when there is none */
export const readStored = (store, key) => {
  try {
    return storeOf(store)?.getItem(key) ?? '';
  } catch {
    return '';
  }
};

/** @param {number} store @param {string} key @param {string} text '' removes it */
export const writeStored = (store, key, text) => {
  try {
    if (text) storeOf(store)?.setItem(key, text);
    else storeOf(store)?.removeItem(key);
  } catch {}
};
