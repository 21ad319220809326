// SPDX-License-Identifier: MIT
// Scripts that stand beside this one.

/** The tag that this script runs for; none for a module, a worker or a server. */
const own = 'document' in globalThis ? /** @type {HTMLScriptElement | null} */ (document.currentScript) : null;

/** Whether the page named the content that this script must have. */
export const isPinned = Boolean(own?.integrity);

/**
 * Runs a script as this one was run: with a tag, whose server needs not allow it to be read (CORS) as with `import()`.
 * @param {string} file its address, from this script's
 * @param {string} integrity the content that it must have, where the page named that of this script
 * @returns {Promise<void>} when it has run; rejects without a tag of our own, and under Trusted Types
 */
export const runBeside = (file, integrity) => new Promise((resolve, reject) => {
  if (!own?.src) throw new Error('This script has no address');
  const tag = document.createElement('script');
  tag.src = new URL(file, own.src).href;
  tag.nonce = own.nonce;
  if (isPinned) Object.assign(tag, { integrity, crossOrigin: own.crossOrigin });
  tag.onload = () => resolve();
  tag.onerror = () => reject(new Error(`${tag.src} could not be loaded`));
  document.head.append(tag);
  tag.remove(); // it runs all the same
});
