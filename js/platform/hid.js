// SPDX-License-Identifier: MIT
// WebHID: the devices a user has granted, and what goes to and comes from those that are open. Nothing of it is touched
// before the core asks for the list.

/** No report of a headset is longer: what comes beyond is not looked at. */
const MAX_REPORT = 64;

/** @typedef {(id: number, number: number, name: string, text: string) => void} Tell */
/**
 * One device while it is open.
 * @typedef {object} Opening
 * @property {any} device
 * @property {Promise<void>} queue what is done to it, one after the other
 * @property {(event: any) => void} hear
 */

/** @param {DataView} data @returns {string} lower-case hex */
const toHex = ({ buffer, byteOffset, byteLength }) => (
  [...new Uint8Array(buffer, byteOffset, Math.min(byteLength, MAX_REPORT))]
    .map((byte) => byte.toString(16).padStart(2, '0')).join('')
);

/** @param {string} hex */
const toBytes = (hex) => Uint8Array.from(hex.match(/../g) ?? [], (pair) => parseInt(pair, 16));

/** @param {unknown} error */
const nameOf = (error) => String(/** @type {any} */ (error)?.name ?? 'Error');

/** Items of nested collections are repeated in their ancestors, and features are of no use here. */
const withoutNested = (/** @type {string} */ key, /** @type {unknown} */ value) => (
  key === 'children' || key === 'featureReports' ? undefined : value
);

/** The devices of one SDK object. What happens is told as inputs of the core, never from inside these methods. */
export class HidDevices {
  /** @param {Tell} tell */
  constructor(tell) {
    this.tell = tell;
    /** A device's handle is its place here and 1. @type {any[]} */
    this.known = [];
    /** @type {Map<number, Opening>} */
    this.openings = new Map();
    /** @type {any} */
    this.watched = undefined;
    this.connected = this.plugged('connect');
    this.disconnected = this.plugged('disconnect');
  }

  /** @param {any} device */
  handleOf(device) {
    const at = this.known.indexOf(device);
    return at < 0 ? this.known.push(device) : at + 1;
  }

  /** @param {string} name @returns {(event: any) => void} */
  plugged(name) {
    return ({ device }) => this.tell(this.handleOf(device), 0, name, '');
  }

  /** @param {any[]} devices @returns {string} */
  describe(devices) {
    return JSON.stringify(devices.map((device) => ({
      device: this.handleOf(device),
      vendorId: device.vendorId,
      productId: device.productId,
      productName: device.productName,
      collections: device.collections,
    })), withoutNested);
  }

  /** Tells what has been granted, and from now on what is plugged in and out. */
  async list() {
    const hid = /** @type {any} */ (globalThis.navigator)?.hid;
    try {
      const devices = await hid?.getDevices();
      this.watch(hid);
      this.tell(0, devices ? 1 : 0, 'devices', devices ? this.describe(devices) : '');
    } catch {
      this.tell(0, 0, 'devices', ''); // a policy of the page forbids it
    }
  }

  /** @param {any} hid */
  watch(hid) {
    if (!hid || this.watched === hid) return;
    this.forget();
    this.watched = hid;
    hid.addEventListener('connect', this.connected);
    hid.addEventListener('disconnect', this.disconnected);
  }

  /** Watches no more. */
  forget() {
    this.watched?.removeEventListener('connect', this.connected);
    this.watched?.removeEventListener('disconnect', this.disconnected);
    this.watched = undefined;
  }

  /**
   * Lets the user choose a device. The browser wants to be asked in the same task as the user's click, so that is what
   * happens first.
   * @param {any[]} filters
   * @returns {Promise<void>}
   */
  request(filters) {
    let choice;
    try {
      choice = /** @type {any} */ (globalThis.navigator).hid.requestDevice({ filters });
    } catch (error) {
      choice = Promise.reject(error);
    }
    return choice.then(
      (/** @type {any[]} */ devices) => this.tell(0, 1, 'granted', this.describe(devices)),
      (/** @type {unknown} */ error) => this.tell(0, 0, 'granted', nameOf(error)),
    );
  }

  /** @param {number} number @param {number} handle */
  open(number, handle) {
    const device = this.known[handle - 1];
    /** @type {Opening} */
    const opening = {
      device,
      queue: Promise.resolve(),
      hear: ({ reportId, data }) => this.tell(number, reportId, 'report', toHex(data)),
    };
    this.openings.set(number, opening);
    this.run(number, 'opened', async () => {
      try {
        if (!device.opened) await device.open();
      } catch (error) {
        // Somebody else of this page is opening it: that is as good.
        if (!device.opened) throw error;
      }
      if (this.openings.get(number) === opening) device.addEventListener('inputreport', opening.hear);
    });
  }

  /** @param {number} number @param {[report: number, hex: string]} report */
  send(number, [report, hex]) {
    this.run(number, 'sent', ({ device }) => device.sendReport(report, toBytes(hex)));
  }

  /**
   * @param {number} number @param {string} name of the input that tells how it ended
   * @param {(opening: Opening) => Promise<void>} work
   */
  run(number, name, work) {
    const opening = this.openings.get(number);
    if (!opening) return;
    const tell = (/** @type {number} */ done, /** @type {string} */ error) => {
      if (this.openings.get(number) === opening) this.tell(number, done, name, error);
    };
    opening.queue = opening.queue.then(() => work(opening)).then(() => tell(1, ''), (error) => tell(0, nameOf(error)));
  }

  /**
   * Hears it no more; sends these reports and closes it.
   * @param {number} number @param {[report: number, hex: string][]} reports
   */
  close(number, reports) {
    const opening = this.openings.get(number);
    if (!opening) return;
    const { device, hear } = opening;
    this.openings.delete(number);
    device.removeEventListener('inputreport', hear);
    void opening.queue.then(async () => {
      for (const [report, hex] of reports) await device.sendReport(report, toBytes(hex));
    }).catch(() => {}).then(() => this.isOpenElsewhere(device) || device.close()).catch(() => {});
  }

  /** @param {any} device opened again meanwhile */
  isOpenElsewhere(device) {
    return [...this.openings.values()].some((opening) => opening.device === device);
  }

  /** Lets go of everything. */
  release() {
    this.forget();
    for (const number of [...this.openings.keys()]) this.close(number, []);
  }
}
