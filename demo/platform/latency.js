// SPDX-License-Identifier: MIT
// A simulated distance between client and platform: half a round trip each way, in order. Connecting costs
// what the handshakes of a socket cost besides TCP: one round trip.

import { setTimeout as wait } from 'node:timers/promises';

/** One direction of one socket: what goes in comes out later, in the same order. */
export class Line {
  /** @param {Latency} latency */
  constructor(latency) {
    this.latency = latency;
    /** @type {{ due: number, run: () => void }[]} */
    this.queue = [];
    /** @type {NodeJS.Timeout | undefined} */
    this.timer = undefined;
    this.held = false;
  }

  /** @param {() => void} run at once when there is no distance and nothing waits */
  pass(run) {
    if (!this.latency.ms && !this.queue.length && !this.held) {
      run();
      return;
    }
    this.queue.push({ due: performance.now() + this.latency.ms / 2, run });
    if (!this.held) this.timer ??= this.wake();
  }

  /** What goes in during `work` comes out in one go. @param {() => void} work */
  gather(work) {
    const before = this.queue.length;
    this.held = true;
    work();
    this.held = false;
    const due = performance.now() + this.latency.ms / 2;
    for (const entry of this.queue.slice(before)) entry.due = due;
    if (!this.timer) this.flush();
  }

  /** Lets out what is due. */
  flush() {
    const now = performance.now();
    while (this.queue.length && this.queue[0].due <= now + 0.5) this.queue.shift()?.run();
    if (this.queue.length) this.timer = this.wake();
  }

  /** @returns {NodeJS.Timeout} */
  wake() {
    return setTimeout(() => {
      this.timer = undefined;
      this.flush();
    }, Math.max(0, this.queue[0].due - performance.now()));
  }

  /** Drops what is under way. */
  close() {
    clearTimeout(this.timer);
    this.queue.length = 0;
  }
}

/** The distance, which may change at any time; what is under way keeps its own. */
export class Latency {
  /** @param {number} [ms] of one round trip */
  constructor(ms = 0) {
    this.ms = ms;
    this.closing = new AbortController();
  }

  /** Waits for this part of a round trip; returns early when the platform closes. @param {number} part */
  async wait(part) {
    if (this.ms) await wait(this.ms * part, undefined, { signal: this.closing.signal }).catch(() => {});
  }

  close() {
    this.closing.abort();
  }
}
