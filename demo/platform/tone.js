// SPDX-License-Identifier: MIT
// Sound of the automated far end: PCMU (ITU-T G.711), a tone generator, a meter, and the one timer that paces
// all of them.

export const SAMPLE_RATE = 8000;
export const FRAME_SAMPLES = 160;
export const FRAME_MS = 20;
const WINDOW = 800;
const SILENT_RMS = 0.003;
const SEARCH = { from: 100, to: 3400, step: 20 };

/** @param {number} sample 16 bit linear @returns {number} one byte */
export function encodePcmu(sample) {
  const sign = sample < 0 ? 0x80 : 0;
  const magnitude = Math.min(Math.abs(sample), 32635) + 132;
  const exponent = 31 - Math.clz32(magnitude) - 7;
  const mantissa = (magnitude >> (exponent + 3)) & 0x0f;
  return ~(sign | (exponent << 4) | mantissa) & 0xff;
}

/** @param {number} byte @returns {number} from -1 to 1 */
function decodePcmu(byte) {
  const code = ~byte & 0xff;
  const magnitude = ((((code & 0x0f) << 3) + 132) << ((code >> 4) & 0x07)) - 132;
  return (code & 0x80 ? -magnitude : magnitude) / 32768;
}

/** What each PCMU byte sounds like, -1 to 1. */
export const DECODED = Float32Array.from({ length: 256 }, (_, byte) => decodePcmu(byte));
export const SILENCE = Buffer.alloc(FRAME_SAMPLES, encodePcmu(0));

/**
 * A sine as PCMU frames that join without a click.
 * @param {number} hz a multiple of 10, so that the pattern repeats within five frames
 * @param {number} level from 0 to 1
 */
export function toneFrames(hz = 440, level = 0.5) {
  const whole = Buffer.from(Array.from({ length: 5 * FRAME_SAMPLES }, (_, i) => (
    encodePcmu(Math.round(Math.sin((2 * Math.PI * hz * i) / SAMPLE_RATE) * level * 32767)))));
  return Array.from({ length: 5 }, (_, frame) => (
    whole.subarray(frame * FRAME_SAMPLES, (frame + 1) * FRAME_SAMPLES)));
}

/** Power at one frequency (Goertzel). @param {Float32Array} samples @param {number} hz */
function powerAt(samples, hz) {
  const k = 2 * Math.cos((2 * Math.PI * hz) / SAMPLE_RATE);
  let last = 0;
  let beforeLast = 0;
  for (const sample of samples) {
    const now = sample + k * last - beforeLast;
    beforeLast = last;
    last = now;
  }
  return last * last + beforeLast * beforeLast - k * last * beforeLast;
}

/** @param {Float32Array} samples @returns {number} Hz */
function dominantTone(samples) {
  let best = { hz: 0, power: 0 };
  for (let hz = SEARCH.from; hz <= SEARCH.to; hz += SEARCH.step) {
    const power = powerAt(samples, hz);
    if (power > best.power) best = { hz, power };
  }
  return best.hz;
}

/** Measures PCMU payloads in windows of 100 ms. */
export class Meter {
  /** @param {() => void} [onWindow] called when a window was measured */
  constructor(onWindow = () => {}) {
    this.onWindow = onWindow;
    this.window = new Float32Array(WINDOW);
    this.filled = 0;
    /** Level of the last window, 0 to 1. */
    this.rms = 0;
    /** The sum of squares times seconds, comparable to `totalAudioEnergy` of a browser. */
    this.energy = 0;
    /** @type {number | null} the strongest frequency of the last window that was not silent */
    this.lastToneHz = null;
  }

  /** @param {Uint8Array} payload */
  hear(payload) {
    for (const byte of payload) {
      this.window[this.filled] = DECODED[byte];
      this.filled += 1;
      if (this.filled === WINDOW) this.measure();
    }
  }

  measure() {
    this.filled = 0;
    const squares = this.window.reduce((sum, sample) => sum + sample * sample, 0);
    this.rms = Math.sqrt(squares / WINDOW);
    this.energy += squares / SAMPLE_RATE;
    if (this.rms > SILENT_RMS) this.lastToneHz = dominantTone(this.window);
    this.onWindow();
  }
}

/** Calls every member each 20 ms, catching up after a late timer so that the packet rate stays right. */
export class Pacer {
  constructor() {
    /** @type {Set<() => void>} */
    this.members = new Set();
    /** @type {NodeJS.Timeout | undefined} */
    this.timer = undefined;
    this.next = 0;
  }

  /** @param {() => void} member */
  add(member) {
    this.members.add(member);
    if (this.timer) return;
    this.next = performance.now() + FRAME_MS;
    this.timer = setInterval(() => this.tick(), FRAME_MS);
  }

  /** @param {() => void} member */
  delete(member) {
    this.members.delete(member);
    if (this.members.size) return;
    clearInterval(this.timer);
    this.timer = undefined;
  }

  tick() {
    const now = performance.now();
    // After a long stall the lost time is given up: a burst of hundreds of packets helps nobody.
    if (now - this.next > 10 * FRAME_MS) this.next = now;
    for (; this.next <= now; this.next += FRAME_MS) for (const member of [...this.members]) member();
  }
}
