// SPDX-License-Identifier: MIT
// Microphone and camera: requests to the browser, and the tracks that came of them.

/** Tracks of one SDK object that have to be stopped with it. */
export class MediaSource {
  constructor() {
    /** @type {Set<MediaStreamTrack>} */
    this.tracks = new Set();
    this.closed = false;
  }

  /**
   * Asks the browser. Rejects with the browser's own error, and with one of ours where there is no media at
   * all.
   * @param {MediaStreamConstraints} constraints
   * @returns {Promise<MediaStream>}
   */
  async request(constraints) {
    const devices = globalThis.navigator?.mediaDevices;
    if (!devices?.getUserMedia) {
      const message = 'This page has no access to media: it needs a secure context (https).';
      throw new DOMException(message, 'NotSupportedError');
    }
    const stream = await devices.getUserMedia(constraints);
    this.remember(stream);
    return stream;
  }

  /** @param {MediaStream} stream */
  remember(stream) {
    for (const track of this.tracks) {
      if (track.readyState === 'ended') this.tracks.delete(track);
    }
    for (const track of stream.getTracks()) {
      // The permission prompt may outlive the SDK object: nobody would ever stop this track.
      if (this.closed) track.stop();
      else this.tracks.add(track);
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
      this.tracks.delete(track);
    }
  }

  /** Stops every track that was requested here. */
  close() {
    this.closed = true;
    for (const track of this.tracks) track.stop();
    this.tracks.clear();
  }
}
