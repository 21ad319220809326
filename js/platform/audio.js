// SPDX-License-Identifier: MIT
// The elements that play the remote audio of sessions (sessions.md §6.4).

/**
 * `waits`: there was nothing to play yet; `newest`: each track takes the place of the one before.
 * @typedef {{ element: HTMLAudioElement, ours: boolean, waits: boolean, newest?: boolean }} Output
 */
/** @typedef {import('../logger.js').Logger} Logger */

/** @returns {string} */
const randomName = () => [...crypto.getRandomValues(new Uint8Array(16))]
  .map((byte) => byte.toString(16).padStart(2, '0')).join('');

/** A hidden element of its own for one session. @returns {HTMLAudioElement} */
const createElement = () => {
  const element = document.createElement('audio');
  element.classList.add(`__gc-webrtc-inbound-${randomName()}`);
  element.style.visibility = 'hidden';
  document.body.appendChild(element);
  return element;
};

/**
 * Plays an element. One that may not be played stays paused, and one that may does not (HTML, "play()"), whenever there
 * is something to play; the promise says the same only once there is.
 * @param {HTMLMediaElement} element @returns {boolean} whether the browser refuses
 */
const isRefused = (element) => {
  element.play?.()?.catch(() => {});
  return element.paused === true;
};

/** Whether the page may not play sound before its user has touched it (autoplay policy). @returns {boolean} */
export const isAudioBlocked = () => {
  if (typeof document === 'undefined' || typeof MediaStream === 'undefined') return false;
  const element = document.createElement('audio');
  if (typeof element.play !== 'function') return false;
  element.srcObject = new MediaStream();
  const refused = isRefused(element);
  element.srcObject = null;
  return refused;
};

/** The audio outputs of one SDK object, by session. */
export class AudioOutputs {
  /** @param {Logger} logger @param {() => void} [blocked] the browser refuses to play */
  constructor(logger, blocked) {
    this.logger = logger;
    this.blocked = blocked;
    /** @type {Map<number, Output>} */
    this.outputs = new Map();
  }

  /**
   * Gives a session its element, or adjusts the one it has.
   * @param {number} session
   * @param {{ volume: number, sinkId?: string, element?: HTMLAudioElement, newest?: boolean }} options without an
   *   element one is made
   * @param {MediaStreamTrack} [track] the remote audio, if it is there already
   */
  attach(session, { volume, sinkId, element, newest }, track) {
    let output = this.outputs.get(session);
    if (!output || (element && output.element !== element)) {
      this.detach(session);
      output = { element: element ?? createElement(), ours: !element, waits: true };
      this.outputs.set(session, output);
    }
    output.newest = newest;
    output.element.volume = volume;
    output.element.autoplay = true;
    if (output.waits && track) this.play(output, new MediaStream([track]));
    if (typeof sinkId === 'string') this.setSink(output.element, sinkId);
  }

  /**
   * Not awaited: sound from the wrong device is better than none.
   * @param {HTMLAudioElement} element
   * @param {string} id
   */
  setSink(element, id) {
    if (typeof element.setSinkId !== 'function' || element.sinkId === id) return;
    element.setSinkId(id).catch((error) => {
      this.logger.warn('The output device could not be set', { name: error?.name });
    });
  }

  /**
   * A remote track arrived; it is played unless one is already.
   * @param {number} session
   * @param {MediaStreamTrack} track
   * @param {MediaStream} [stream]
   */
  arrived(session, track, stream) {
    const output = this.outputs.get(session);
    if (track.kind !== 'audio' || !output) return;
    if (output.newest) this.play(output, new MediaStream([track]));
    else if (output.waits) this.play(output, stream ?? new MediaStream([track]));
  }

  /** @param {Output} output @param {MediaStream} stream */
  play(output, stream) {
    output.waits = false;
    if (output.element.srcObject) this.logger.warn('The audio element of a session already had a source');
    output.element.srcObject = stream;
    if (isRefused(output.element)) this.blocked?.();
  }

  /** Plays everything, in a gesture of the user. @returns {boolean} whether sound is allowed */
  unlock() {
    const refused = [...this.outputs.values()].map(({ element }) => isRefused(element));
    return !isAudioBlocked() && !refused.includes(true);
  }

  /** The output device of a session's element, where there is such a thing. @param {number} session */
  sink(session) {
    return this.outputs.get(session)?.element.sinkId;
  }

  /** @param {number} session @param {number} volume from 0 to 1 */
  setVolume(session, volume) {
    const output = this.outputs.get(session);
    if (output) output.element.volume = volume;
  }

  /** @param {number} session @param {string} id @returns {Promise<number>} as SP_IN_AUDIO_SET says */
  async setDevice(session, id) {
    const element = this.outputs.get(session)?.element;
    if (!element) return 0;
    if (typeof element.setSinkId !== 'function') return -1;
    try {
      await element.setSinkId(id);
      return 1;
    } catch (error) {
      this.logger.warn('The output device could not be set', { name: /** @type {any} */ (error)?.name });
      return 2;
    }
  }

  /** What a session's statistics say of its element. @param {number} session @returns {Record<string, unknown>[]} */
  records(session) {
    const element = this.outputs.get(session)?.element;
    if (!element) return [];
    const { paused, muted, volume } = element;
    return [{ type: 'sp-playback', kind: 'audio', stopped: paused, turnedDown: muted || volume === 0 }];
  }

  /** Removes an element made here; one of the application is left as it is. @param {number} session */
  detach(session) {
    const output = this.outputs.get(session);
    this.outputs.delete(session);
    if (!output?.ours) return;
    output.element.srcObject = null;
    output.element.remove();
  }

  close() {
    for (const session of [...this.outputs.keys()]) this.detach(session);
  }
}
