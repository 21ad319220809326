// SPDX-License-Identifier: MIT
// Sound of a conference: each member hears the sum of the others. PCMU in, PCMU out, 20 ms at a time.

import { DECODED, encodePcmu, FRAME_SAMPLES } from './tone.js';

/** More than this waits for nobody: a member whose packets come in bursts loses the oldest. */
const KEPT_FRAMES = 5;

export class Mixer {
  /** @param {import('./tone.js').Pacer} pacer */
  constructor(pacer) {
    this.pacer = pacer;
    /** @type {Map<string, { waiting: Buffer[], hear: ((frame: Buffer) => void) | undefined }>} */
    this.members = new Map();
    this.tick = () => this.mix();
  }

  /** @param {string} id @param {(frame: Buffer) => void} [hear] who does not hear is only heard */
  join(id, hear) {
    if (!this.members.size) this.pacer.add(this.tick);
    this.members.set(id, { waiting: [], hear });
  }

  /** @param {string} id */
  leave(id) {
    this.members.delete(id);
    if (!this.members.size) this.pacer.delete(this.tick);
  }

  /** @param {string} id @param {Buffer} frame */
  say(id, frame) {
    const waiting = this.members.get(id)?.waiting;
    if (!waiting) return;
    waiting.push(frame);
    if (waiting.length > KEPT_FRAMES) waiting.shift();
  }

  mix() {
    const all = [...this.members.values()].map((member) => ({ member, frame: member.waiting.shift() }));
    for (const { member } of all) {
      if (!member.hear) continue;
      const others = all.flatMap(({ member: other, frame }) => (other !== member && frame ? [frame] : []));
      member.hear(sum(others));
    }
  }

  close() {
    this.members.clear();
    this.pacer.delete(this.tick);
  }
}

/** @param {Buffer[]} frames @returns {Buffer} */
function sum(frames) {
  if (frames.length === 1) return frames[0];
  return Buffer.from(Array.from({ length: FRAME_SAMPLES }, (_, index) => {
    const total = frames.reduce((level, frame) => level + (DECODED[frame[index] ?? 0xff] ?? 0), 0);
    return encodePcmu(Math.round(Math.max(-1, Math.min(1, total)) * 32767));
  }));
}
