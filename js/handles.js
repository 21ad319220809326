// SPDX-License-Identifier: MIT
// Live objects (streams, elements, sessions, errors) never enter the core: it knows numbers, and these tables
// know what they stand for.

/**
 * Objects by the number they were given here.
 * @template T
 */
export class HandleTable {
  constructor() {
    /** @type {Map<number, T>} */
    this.map = new Map();
    this.last = 0;
  }

  /** @param {T} object @returns {number} its handle, never reused */
  add(object) {
    this.last += 1;
    this.map.set(this.last, object);
    return this.last;
  }

  /** @param {unknown} handle a number, or a number as text @returns {T | undefined} */
  get(handle) {
    return this.map.get(Number(handle));
  }

  /** Forgets a handle. @param {unknown} handle @returns {T | undefined} what it stood for */
  take(handle) {
    const object = this.get(handle);
    this.map.delete(Number(handle));
    return object;
  }

  /** @returns {T[]} */
  values() {
    return [...this.map.values()];
  }

  clear() {
    this.map.clear();
  }

  get size() {
    return this.map.size;
  }
}

/**
 * @param {unknown} value
 * @param {string} key
 * @returns {unknown} the handle of {"$key":handle}, else undefined
 */
const placeholder = (value, key) => {
  const object = /** @type {Record<string, unknown>} */ (value);
  return key in object && Object.keys(object).length === 1 ? object[key] : undefined;
};

/**
 * Puts live objects in the places of their handles, in place: {"$session":3} becomes what `live.$session(3)`
 * answers.
 * @param {any} value parsed JSON
 * @param {Record<string, (handle: any) => unknown>} live
 * @returns {any}
 */
export const hydrate = (value, live) => {
  if (typeof value !== 'object' || value === null) return value;
  for (const key of Object.keys(live)) {
    const handle = placeholder(value, key);
    if (handle !== undefined) return live[key](handle);
  }
  for (const key of Object.keys(value)) value[key] = hydrate(value[key], live);
  return value;
};
