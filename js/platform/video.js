// SPDX-License-Identifier: MIT
// The elements of the application that show the remote video of sessions.

/**
 * `next`: how many tracks have been seen.
 * @typedef {{ elements: HTMLVideoElement[], volume: number, newest: boolean, next: number }} Screens
 */

/** The video outputs of one SDK object, by session. */
export class VideoOutputs {
  constructor() {
    /** @type {Map<number, Screens>} */
    this.outputs = new Map();
  }

  /**
   * @param {number} session
   * @param {{ elements: HTMLVideoElement[], volume: number, newest: boolean }} options newest: the first element
   *   shows the latest track; else the nth shows the nth
   * @param {MediaStreamTrack[]} tracks remote video that is there already
   */
  attach(session, { elements, volume, newest }, tracks) {
    this.outputs.set(session, { elements, volume, newest, next: 0 });
    for (const track of tracks) this.arrived(session, track);
  }

  /** @param {number} session @param {MediaStreamTrack} track */
  arrived(session, track) {
    const output = this.outputs.get(session);
    if (!output || track.kind !== 'video') return;
    const element = output.elements[output.newest ? 0 : output.next];
    output.next += 1;
    if (!element) return;
    element.muted = true; // the sound comes out of the audio element
    element.autoplay = true;
    element.volume = output.volume;
    element.srcObject = new MediaStream([track]);
  }

  /** @param {number} session @param {number} volume from 0 to 1 */
  setVolume(session, volume) {
    const output = this.outputs.get(session);
    if (!output) return;
    output.volume = volume;
    for (const element of output.elements) if (element) element.volume = volume;
  }

  /** The application's elements stay as they are. @param {number} session */
  detach(session) {
    this.outputs.delete(session);
  }
}
