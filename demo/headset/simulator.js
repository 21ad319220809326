// SPDX-License-Identifier: MIT
// Headsets without hardware: objects as `navigator.hid` gives them, with the report descriptors of real devices. Their
// buttons make the reports those devices make, and their lights show what the reports of the host say.

import { LAYOUTS } from './layouts.js';

const PAGE = { telephony: 0x0B, led: 0x08, mirror: 0xFF30, mirrorLed: 0xFF40 };
/** Lights by usage of the LED page, buttons by usage of the telephony page. */
const LIGHTS = { offHook: 0x17, ring: 0x18, mute: 0x09, hold: 0x20 };
const BUTTONS = { hook: 0x20, mute: 0x2F, hold: 0x21, drop: 0x26, reject: 0x07 };

/** @typedef {{ report: number, bit: number, length: number }} Field */
/** @typedef {keyof typeof LIGHTS} Light */
/** @typedef {keyof typeof BUTTONS} Button */

/** @param {string} word "0B20" or "FF30:0020" @returns {number} */
const readUsage = (word) => {
  const [page, id] = word.includes(':') ? word.split(':') : [word.slice(0, 2), word.slice(2)];
  return parseInt(page, 16) * 65536 + parseInt(id, 16);
};

/** @param {string} text one item @returns {any} as WebHID describes it */
const readItem = (text) => {
  const [shape, kind, ...words] = text.replace('nested ', '').trim().split(' ');
  const [reportSize, reportCount] = shape.split('x').map(Number);
  const isRange = words[0]?.includes('-') === true;
  const [from, to] = isRange ? words[0].split('-').map(readUsage) : [];
  return {
    reportSize, reportCount, isArray: kind === 'arr', isAbsolute: kind !== 'rel', isConstant: kind === 'c',
    isBufferedBytes: false, hasNull: false, hasPreferredState: true, isLinear: true, isVolatile: false, wrap: false,
    logicalMinimum: 0, logicalMaximum: 1, isRange,
    ...(isRange ? { usageMinimum: from, usageMaximum: to } : { usages: words.map(readUsage) }),
  };
};

/** @param {string[]} lines of one collection */
const readCollection = ([head, ...lines]) => {
  const [usagePage, usage] = head.replace('collection ', '').split('/').map((word) => parseInt(word, 16));
  /** @param {string} direction @param {boolean} [nested] only those of the collection inside */
  const reports = (direction, nested) => lines.filter((line) => line.startsWith(direction)).map((line) => {
    const [id, items] = line.slice(direction.length).split(': ');
    const kept = items.split(' | ').filter((item) => !nested || item.startsWith('nested '));
    return { reportId: parseInt(id, 16), items: kept.map(readItem) };
  }).filter(({ items }) => items.length > 0);
  const children = lines.some((line) => line.includes('nested '))
    ? [{ usagePage, usage: 6, type: 2, children: [], inputReports: reports('in ', true), outputReports: [] }] : [];
  // Browsers repeat what is inside in what is around it.
  return {
    usagePage, usage, type: 1, children, featureReports: [],
    inputReports: reports('in '), outputReports: reports('out '),
  };
};

/** @param {string} block lines of one device */
const readDevice = (block) => {
  const [head, ...lines] = block.trim().split('\n');
  const [, key, ids, name] = /^device (\S+) (\S+) ?(.*)$/.exec(head) ?? ['', '', '0:0', ''];
  const [vendorId, productId] = ids.split(':').map((id) => parseInt(id, 16));
  /** @type {string[][]} */
  const collections = [];
  for (const line of lines) {
    if (line.startsWith('collection ')) collections.push([]);
    collections.at(-1)?.push(line);
  }
  return { key, vendorId, productId, productName: name, collections: collections.map(readCollection) };
};

/** What can be simulated. @type {{ key: string, productName: string }[]} */
export const MODELS = LAYOUTS.trim().split('\n\n').map(readDevice);

/**
 * Where a usage stands in the reports of a direction.
 * @param {any} collection @param {'inputReports' | 'outputReports'} direction
 * @param {number[]} pages @param {number} id
 * @returns {Field | undefined}
 */
const findField = (collection, direction, pages, id) => {
  for (const { reportId, items } of collection?.[direction] ?? []) {
    let bit = 0;
    /** @type {number | undefined} */
    let found;
    for (const { reportSize, reportCount, isConstant, usages = [] } of items) {
      const at = usages.findIndex((/** @type {number} */ usage) => (
        (usage & 0xFFFF) === id && pages.includes(Math.floor(usage / 65536))));
      if (!isConstant && at >= 0 && at < reportCount) found ??= bit + at * reportSize;
      bit += reportSize * reportCount;
    }
    if (found !== undefined) return { report: reportId, bit: found, length: Math.ceil(bit / 8) };
  }
  return undefined;
};

/** One headset: a `HIDDevice` for the page, buttons and lights for who looks at it. */
export class SimulatedHeadset extends EventTarget {
  /** @param {string} key of `MODELS` */
  constructor(key) {
    super();
    const model = MODELS.find((one) => one.key === key);
    if (!model) throw new Error(`no such headset: ${key}`);
    const { vendorId, productId, productName, collections } = /** @type {any} */ (model);
    Object.assign(this, { vendorId, productId, productName, collections });
    this.vendorId = vendorId;
    this.productId = productId;
    this.productName = productName;
    /** @type {any[]} */
    this.collections = collections;
    this.opened = false;
    /** What the host sent, as "02:0400". @type {string[]} */
    this.sent = [];
    /** Names of errors that the next reports of the host meet. @type {string[]} */
    this.failures = [];
    /** @type {Record<Light, boolean>} */
    this.lights = { offHook: false, ring: false, mute: false, hold: false };
    this.offHook = false;
    const vendor = collections.find((/** @type {any} */ { usagePage }) => usagePage === PAGE.mirror);
    this.main = vendor ?? collections.find((/** @type {any} */ { usagePage }) => usagePage === PAGE.telephony);
  }

  /** A browser's name for its microphone. */
  get microphoneLabel() {
    const hex = (/** @type {number} */ id) => id.toString(16).padStart(4, '0');
    return `Headset Microphone (${this.productName}) (${hex(this.vendorId)}:${hex(this.productId)})`;
  }

  async open() {
    if (this.opened) throw new DOMException('The device is open.', 'InvalidStateError');
    this.opened = true;
  }

  async close() {
    this.opened = false;
  }

  /** @param {number} id @param {Uint8Array} data */
  async sendReport(id, data) {
    const hex = [...data].map((byte) => byte.toString(16).padStart(2, '0')).join('');
    const failure = this.opened ? this.failures.shift() : 'InvalidStateError';
    if (failure) throw new DOMException('The report was not sent.', failure);
    this.sent.push(`${id.toString(16).toUpperCase().padStart(2, '0')}:${hex}`);
    for (const name of /** @type {Light[]} */ (Object.keys(LIGHTS))) {
      const field = findField(this.main, 'outputReports', [PAGE.led, PAGE.mirrorLed], LIGHTS[name]);
      if (field?.report === id) this.lights[name] = ((data[field.bit >> 3] >> (field.bit & 7)) & 1) === 1;
    }
    this.dispatchEvent(new Event('lights'));
    this.follow();
  }

  /** As real ones do, it goes off-hook with its light, and says so. */
  follow() {
    if (this.offHook === this.lights.offHook) return;
    this.offHook = this.lights.offHook;
    this.report([]);
  }

  /** @param {Button} button @returns {Field | undefined} */
  field(button) {
    const pages = [PAGE.telephony, PAGE.mirror];
    const field = findField(this.main, 'inputReports', pages, BUTTONS[button]);
    return field ?? (button === 'reject' ? findField(this.main, 'inputReports', pages, 0xFFFD) : undefined);
  }

  /** @param {Button} button */
  has(button) {
    return this.field(button) !== undefined;
  }

  /** A press and its end. @param {Button} button */
  press(button) {
    if (button === 'hook') {
      this.offHook = !this.offHook;
      this.report([]);
      return;
    }
    this.report([button]);
    this.report([]);
  }

  /** @param {Button[]} pressed */
  report(pressed) {
    const base = this.field('hook') ?? this.field('mute');
    if (!base) return;
    const data = new Uint8Array(base.length);
    for (const button of this.offHook ? [...pressed, /** @type {Button} */ ('hook')] : pressed) {
      const field = this.field(button);
      if (field) data[field.bit >> 3] |= 1 << (field.bit & 7);
    }
    this.input(base.report, data);
  }

  /** Any report at all. @param {number} reportId @param {Uint8Array} bytes */
  input(reportId, bytes) {
    if (!this.opened) return;
    const data = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    this.dispatchEvent(Object.assign(new Event('inputreport'), { reportId, data, device: this }));
  }
}

/** `navigator.hid` with what is plugged in here, beside the real devices. */
export class SimulatedHid extends EventTarget {
  /** @param {any} [real] the browser's own */
  constructor(real) {
    super();
    this.real = real;
    for (const name of ['connect', 'disconnect']) {
      real?.addEventListener(name, (/** @type {any} */ { device }) => (
        void this.dispatchEvent(Object.assign(new Event(name), { device }))));
    }
    /** @type {SimulatedHeadset[]} */
    this.plugged = [];
    /** @type {Set<SimulatedHeadset>} */
    this.granted = new Set();
    /** Filters of each request. @type {any[][]} */
    this.requests = [];
    /** How often the page has touched it. */
    this.touches = 0;
    /** What the user takes from the chooser: the first, unless told otherwise. */
    this.choose = (/** @type {SimulatedHeadset[]} */ offered) => offered.slice(0, 1);
    /** Whether a click of the user is under way. */
    this.hasGesture = () => /** @type {any} */ (globalThis.navigator).userActivation?.isActive !== false;
  }

  async getDevices() {
    this.touches += 1;
    const real = await this.real?.getDevices().catch(() => []) ?? [];
    return [...real, ...this.plugged.filter((device) => this.granted.has(device))];
  }

  /** @param {{ filters: any[] }} options @returns {Promise<SimulatedHeadset[]>} */
  async requestDevice({ filters }) {
    this.touches += 1;
    this.requests.push(filters);
    if (this.real && this.plugged.length === 0) return this.real.requestDevice({ filters });
    if (!this.hasGesture()) throw new DOMException('A user gesture is needed.', 'SecurityError');
    const fits = (/** @type {SimulatedHeadset} */ device) => filters.some((filter) => (
      (filter.vendorId ?? device.vendorId) === device.vendorId
      && (filter.productId ?? device.productId) === device.productId
      && (!filter.usagePage || device.collections.some(({ usagePage }) => usagePage === filter.usagePage))));
    const chosen = this.choose(this.plugged.filter(fits));
    for (const device of chosen) this.granted.add(device);
    return chosen;
  }

  /** @param {SimulatedHeadset} device */
  plug(device) {
    this.plugged.push(device);
    this.tell('connect', device);
  }

  /** @param {SimulatedHeadset} device */
  unplug(device) {
    this.plugged = this.plugged.filter((one) => one !== device);
    device.opened = false;
    this.tell('disconnect', device);
  }

  /** @param {string} name @param {SimulatedHeadset} device */
  tell(name, device) {
    if (this.granted.has(device)) this.dispatchEvent(Object.assign(new Event(name), { device }));
  }
}

/**
 * Makes it the page's. While a headset is plugged in, the first microphone has its name.
 * @param {SimulatedHid} hid
 */
export const installHid = (hid) => {
  Object.defineProperty(navigator, 'hid', { value: hid, configurable: true });
  const devices = navigator.mediaDevices;
  const enumerate = devices?.enumerateDevices.bind(devices);
  if (!enumerate) return;
  devices.enumerateDevices = async () => {
    const found = await enumerate();
    const headset = hid.plugged.at(-1);
    const microphone = found.find(({ kind }) => kind === 'audioinput');
    if (!headset || !microphone) return found;
    const { deviceId, kind } = microphone;
    // Another group: it is another device that the system's default leads to now.
    const groupId = `simulated ${headset.productName}`;
    const renamed = { deviceId, groupId, kind, label: headset.microphoneLabel };
    return found.map((device) => (device === microphone ? /** @type {any} */ (renamed) : device));
  };
};
