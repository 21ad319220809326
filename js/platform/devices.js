// SPDX-License-Identifier: MIT
// The devices of the page: lists of them, and the event that tells of a change. The core knows devices by numbers,
// under which the browser's own objects are kept here.

/** @typedef {{ device: MediaDeviceInfo, batch: number }} Known */

/** What of the browser decides how media is asked for and played. */
export const browserFacts = () => ({
  chromium: Boolean(/** @type {any} */ (globalThis).chrome),
  setSinkId: hasOutputDeviceSupport(),
  getDisplayMedia: typeof globalThis.navigator?.mediaDevices?.getDisplayMedia === 'function',
});

/** Whether elements can play on a chosen device. */
export const hasOutputDeviceSupport = () => {
  const Media = /** @type {any} */ (globalThis).HTMLMediaElement;
  return typeof Media === 'function' && Object.hasOwn(Media.prototype, 'setSinkId');
};

export class DeviceLists {
  constructor() {
    this.media = globalThis.navigator?.mediaDevices;
    this.last = 0;
    this.batch = 0;
    /** @type {Map<number, Known>} */
    this.known = new Map();
    /** @type {(() => void) | undefined} */
    this.listener = undefined;
  }

  /** @param {() => void} tell called when devices came or went */
  watch(tell) {
    if (typeof this.media?.addEventListener !== 'function') return;
    this.listener = tell;
    this.media.addEventListener('devicechange', tell);
  }

  /**
   * Lists the devices; rejects with the browser's error.
   * @returns {Promise<{ first: number, text: string }>} the number of the first, and all as the core reads them
   */
  async list() {
    const found = await this.media?.enumerateDevices?.() ?? [];
    const first = this.last + 1;
    this.batch += 1;
    for (const device of found) this.known.set(this.last += 1, { device, batch: this.batch });
    // The browser's objects have no members of their own that JSON would see.
    const plain = found.map(({ deviceId, groupId, kind, label }) => ({ deviceId, groupId, kind, label }));
    return { first, text: JSON.stringify(plain) };
  }

  /** @param {number} handle */
  get(handle) {
    return this.known.get(handle)?.device;
  }

  /**
   * Forgets devices that are neither in use nor of the newest two lists, whose answers may be under way.
   * @param {number[]} used
   */
  keep(used) {
    for (const [handle, { batch }] of this.known) {
      if (batch < this.batch - 1 && !used.includes(handle)) this.known.delete(handle);
    }
  }

  close() {
    if (this.listener) this.media?.removeEventListener('devicechange', this.listener);
    this.listener = undefined;
    this.known.clear();
  }
}
