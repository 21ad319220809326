// SPDX-License-Identifier: MIT
// Event-driven waiting, so that no script of the platform ever sleeps and hopes.

/**
 * Resolves with the first argument of the first `event` for which `accept` says yes.
 * @template T
 * @param {{ on(event: any, listener: any): unknown, off(event: any, listener: any): unknown }} emitter
 * @param {string} event
 * @param {(value: T) => unknown} [accept] default: any
 * @param {number} [timeoutMs] rejects after this long; default 10 seconds
 * @returns {Promise<T>}
 */
export function until(emitter, event, accept = () => true, timeoutMs = 10_000) {
  // Made here, so that its stack leads to who waits.
  const late = new Error(`No fitting '${event}' came within ${timeoutMs} ms.`);
  return new Promise((resolve, reject) => {
    const finish = () => {
      clearTimeout(timer);
      emitter.off(event, listener);
    };
    const timer = setTimeout(() => {
      finish();
      reject(late);
    }, timeoutMs);
    /** @param {T} value */
    const listener = (value) => {
      if (!accept(value)) return;
      finish();
      resolve(value);
    };
    emitter.on(event, listener);
  });
}
