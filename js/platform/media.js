// SPDX-License-Identifier: MIT
// Microphone, camera and screen: requests to the browser, and the tracks that came of them until they stop or end.

import { monitorVolume } from './volume.js';

/**
 * @typedef {object} MediaEvents
 * @property {(volume: import('./volume.js').Volume) => void} volume
 * @property {() => void} ended a track ended without being stopped: the device is gone, or the permission
 */

/** A browser function that is not there at all. */
const noMedia = () => new DOMException(
  'This page has no access to media: it needs a secure context (https).',
  'NotSupportedError',
);

/** @param {MediaStream} stream */
const dropMutedVideo = (stream) => {
  // A camera that gives no picture would stay on without anybody seeing it.
  for (const track of stream.getTracks()) {
    if (track.kind !== 'video' || !track.muted) continue;
    stream.removeTrack(track);
    track.stop();
  }
};

/** Tracks of one SDK object that have to be stopped with it. */
export class MediaSource {
  /** @param {import('../logger.js').Logger} logger @param {MediaEvents} events */
  constructor(logger, events) {
    this.logger = logger;
    this.events = events;
    /**
     * Those that are on, in the order they came, each with what forgets it.
     * @type {Map<MediaStreamTrack, () => void>}
     */
    this.tracks = new Map();
    /** All that ever were. @type {WeakSet<MediaStreamTrack>} */
    this.given = new WeakSet();
    /** The microphones that processed tracks are made of. @type {WeakMap<MediaStreamTrack, MediaStreamTrack>} */
    this.sources = new WeakMap();
    this.closed = false;
  }

  /**
   * Calls the browser, now: some ask for a gesture of the user in the same task.
   * @param {'user' | 'display'} what
   * @param {MediaStreamConstraints} constraints
   * @returns {Promise<MediaStream>} rejects with the browser's own error
   */
  call(what, constraints) {
    const devices = /** @type {any} */ (globalThis.navigator?.mediaDevices);
    const display = what === 'display' && devices?.getDisplayMedia;
    if (!display && !devices?.getUserMedia) return Promise.reject(noMedia());
    return display ? devices.getDisplayMedia(constraints) : devices.getUserMedia(constraints);
  }

  /**
   * Registers what the browser gave.
   * @param {MediaStream} stream
   * @param {{ monitor?: boolean, sessionId?: string }} options
   */
  take(stream, { monitor, sessionId }) {
    dropMutedVideo(stream);
    for (const track of stream.getTracks()) {
      // The permission prompt may outlive the SDK object: nobody would ever stop this track.
      if (this.closed) track.stop();
      else this.register(track, monitor && track.kind === 'audio' ? this.monitor(stream, track, sessionId) : undefined);
    }
  }

  /** @param {MediaStream} stream @param {MediaStreamTrack} track @param {string} [sessionId] */
  monitor(stream, track, sessionId) {
    try {
      return monitorVolume(stream, track, (volume, muted) => this.events.volume({ track, volume, muted, sessionId }));
    } catch (error) {
      this.logger.warn('The volume of a microphone cannot be watched', { name: /** @type {any} */ (error)?.name });
      return undefined;
    }
  }

  /**
   * `stop()` fires no event and a track that ends by itself calls nothing, hence both hooks.
   * @param {MediaStreamTrack} track
   * @param {() => void} [endMonitor]
   */
  register(track, endMonitor) {
    const own = Object.getOwnPropertyDescriptor(track, 'stop');
    const { stop } = track;
    const forget = () => {
      if (!this.tracks.delete(track)) return;
      endMonitor?.();
      track.removeEventListener?.('ended', ended);
      if (own) Object.defineProperty(track, 'stop', own);
      else Reflect.deleteProperty(track, 'stop');
    };
    const ended = () => {
      forget();
      this.events.ended();
    };
    track.stop = () => {
      forget();
      stop.call(track);
    };
    track.addEventListener?.('ended', ended);
    this.tracks.set(track, forget);
    this.given.add(track);
  }

  /**
   * What a track is: of a processed one that is its microphone.
   * @param {MediaStreamTrack} track
   */
  describe(track) {
    const source = this.sources.get(track) ?? track;
    const live = track.readyState === 'live' && source.readyState === 'live';
    return { kind: track.kind, label: source.label, live, muted: source.muted, ours: this.given.has(source) };
  }

  /**
   * Lets an application process the sound of a stream. A microphone that still feeds what was made of it is stopped
   * when that is, and then always.
   * @param {MediaStream} stream
   * @param {(stream: MediaStream) => Promise<MediaStream>} process never rejects
   */
  async process(stream, process) {
    const raw = stream.getAudioTracks();
    const made = (raw.length ? await process(stream) : stream).getAudioTracks();
    const [replaced] = raw.filter((track) => !made.includes(track));
    if (!replaced || !made.length) return;
    stream.removeTrack(replaced);
    for (const track of made) {
      if (raw.includes(track)) continue;
      this.sources.set(track, replaced);
      const { stop } = track;
      track.stop = () => {
        Reflect.deleteProperty(track, 'stop');
        stop.call(track);
        replaced.stop();
      };
      stream.addTrack(track);
      // The session may have ended meanwhile.
      if (replaced.readyState === 'ended') track.stop();
    }
  }

  /**
   * Stops a stream's tracks, except live ones of `spared`.
   * @param {MediaStream} stream
   * @param {MediaStream} [spared]
   */
  stop(stream, spared) {
    const kept = spared?.getTracks() ?? [];
    for (const track of stream.getTracks()) {
      if (!kept.includes(track) || track.readyState === 'ended') track.stop();
    }
  }

  /** Stops every track that was requested here. */
  close() {
    this.closed = true;
    for (const track of [...this.tracks.keys()]) track.stop();
  }
}
