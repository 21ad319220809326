// SPDX-License-Identifier: MIT
// A synthetic participant of a video conference: a tone, and a bar that wanders over a coloured ground.

import { EventEmitter } from 'node:events';
import { RtpHeader, RtpPacket } from 'werift';
import { FRAME_MS, toneFrames } from './tone.js';
import { movingPattern, packetize } from './vp8.js';

const TICKS_PER_PICTURE = 3;
const CLOCK_PER_MS = 90;

/** Emits `audio` (payload of 20 ms) and `video` (0, RtpPacket: one key frame) as long as it plays. */
export class Robot extends EventEmitter {
  /** @param {{ pacer: import('./tone.js').Pacer, hz?: number, hue?: number }} options hue of the ground, 0 to 1 */
  constructor({ pacer, hz = 600, hue = 0.6 }) {
    super();
    this.pacer = pacer;
    this.frames = toneFrames(hz, 0.3);
    this.hue = hue;
    this.ticks = 0;
    this.pictures = 0;
    this.audioMuted = false;
    this.videoMuted = false;
    /** Pictures of another size, as of a screen. */
    this.sharing = false;
    this.tick = () => this.onTick();
    pacer.add(this.tick);
  }

  onTick() {
    if (!this.audioMuted) this.emit('audio', this.frames[this.ticks % this.frames.length]);
    if (this.ticks % TICKS_PER_PICTURE === 0 && !this.videoMuted) this.emit('video', 0, this.draw());
    this.ticks += 1;
  }

  draw() {
    const look = this.sharing ? { columns: 20, rows: 12, hue: this.hue } : { hue: this.hue };
    const payload = packetize(movingPattern(this.pictures, look));
    this.pictures += 1;
    return new RtpPacket(new RtpHeader({
      payloadType: 96, sequenceNumber: this.pictures & 0xffff,
      timestamp: (this.ticks * FRAME_MS * CLOCK_PER_MS) >>> 0, marker: true,
    }), payload);
  }

  stop() {
    this.pacer.delete(this.tick);
    this.removeAllListeners();
  }
}
