// SPDX-License-Identifier: MIT
// Copies of live values that are always JSON: no cycle, no getter and no toJSON can make them fail
// (logging-and-stats.md §4.2).

/** Below this depth there is `null`. */
const MAX_DEPTH = 10;
/** A value of more parts is cut: the copy is made on the page's main thread. */
const MAX_PARTS = 10000;

/** What is shown of the browser's own objects, whose members are not their own. By the end of their tag. */
const DESCRIBED = /** @type {const} */ ({
  MediaStreamTrack: ['kind', 'id', 'label', 'enabled', 'muted', 'readyState'],
  RTCPeerConnection: ['connectionState', 'iceConnectionState', 'signalingState'],
});

/** @param {unknown} error */
const thrown = (error) => {
  try {
    return `[Throws: ${/** @type {any} */ (error)?.message ?? String(error)}]`;
  } catch {
    return '[Throws: ?]';
  }
};

/** @param {object} value */
const tagOf = (value) => Object.prototype.toString.call(value).slice(8, -1);

/** One copy. `hasErrors` says afterwards whether there were errors among the copied values. */
class Copier {
  constructor() {
    /** The objects that lead to the present one. @type {object[]} */
    this.path = [];
    this.parts = 0;
    this.hasErrors = false;
  }

  /** @param {any} value @returns {any} */
  copy(value) {
    if (typeof value === 'bigint') return String(value);
    if (typeof value !== 'object' || value === null) return value;
    if (this.path.includes(value)) return '[Circular]';
    if (this.path.length >= MAX_DEPTH) return null;
    this.path.push(value);
    try {
      return this.copyObject(value);
    } catch (error) {
      return thrown(error);
    } finally {
      this.path.pop();
    }
  }

  /** @param {any} value */
  copyObject(value) {
    if (value instanceof Error) return this.copyError(value);
    const described = this.describe(value);
    if (described !== undefined) return described;
    if (typeof value.toJSON === 'function') {
      const plain = value.toJSON();
      return plain === value ? this.copyMembers(value) : this.copy(plain);
    }
    return Array.isArray(value) ? this.copyItems(value) : this.copyMembers(value);
  }

  /** @param {Error} error */
  copyError(error) {
    this.hasErrors = true;
    return {
      name: this.copyPart(() => error.name),
      message: this.copyPart(() => error.message),
      stack: this.copyPart(() => error.stack),
    };
  }

  /** @param {any} value @returns {any} undefined when there is no short form */
  describe(value) {
    const tag = tagOf(value);
    if (tag === 'MediaStream') {
      return { id: value.id, tracks: value.getTracks().map((/** @type {unknown} */ track) => this.copy(track)) };
    }
    for (const [end, names] of Object.entries(DESCRIBED)) {
      if (tag.endsWith(end)) return Object.fromEntries(names.map((name) => [name, this.copyPart(() => value[name])]));
    }
    if (tag === 'Window') return '[Window]';
    if (typeof value.nodeType === 'number' && typeof value.nodeName === 'string') return value.nodeName;
    if (ArrayBuffer.isView(value) || value instanceof ArrayBuffer) return `[${tag} ${value.byteLength}]`;
    return undefined;
  }

  /** @param {any[]} items */
  copyItems(items) {
    return items.slice(0, MAX_PARTS).map((item) => this.copyPart(() => item) ?? null);
  }

  /** @param {any} value */
  copyMembers(value) {
    /** @type {Record<string, unknown>} */
    const copy = {};
    for (const name of Object.keys(value)) {
      const part = this.copyPart(() => value[name]);
      // Not by assignment: a member may be called __proto__.
      if (part !== undefined) Object.defineProperty(copy, name, { value: part, enumerable: true });
    }
    return copy;
  }

  /** @param {() => unknown} read */
  copyPart(read) {
    this.parts += 1;
    if (this.parts > MAX_PARTS) return undefined;
    try {
      return this.copy(read());
    } catch (error) {
      return thrown(error);
    }
  }
}

/**
 * @param {unknown} value
 * @returns {{ json: string | undefined, hasErrors: boolean }} `json` undefined for what JSON leaves out
 */
export const safeJson = (value) => {
  const copier = new Copier();
  return { json: JSON.stringify(copier.copy(value)), hasErrors: copier.hasErrors };
};

/**
 * Makes errors again where the original has errors, so that a console shows them as such. Only data members of the
 * original are looked at.
 * @param {any} original
 * @param {any} copy parsed JSON of its safe copy
 * @returns {any}
 */
export const withErrors = (original, copy) => {
  if (typeof copy !== 'object' || copy === null || typeof original !== 'object' || original === null) return copy;
  if (original instanceof Error) {
    const error = new Error(copy.message);
    Object.setPrototypeOf(error, Object.getPrototypeOf(original));
    for (const name of ['name', 'stack']) {
      Object.defineProperty(error, name, { value: copy[name], configurable: true, writable: true });
    }
    return error;
  }
  for (const name of Object.keys(copy)) {
    copy[name] = withErrors(Object.getOwnPropertyDescriptor(original, name)?.value, copy[name]);
  }
  return copy;
};
