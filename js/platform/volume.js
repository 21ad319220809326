// SPDX-License-Identifier: MIT
// How loud a microphone is: a Web Audio analyser per track (media.md §18). Nothing is played.

const INTERVAL_MS = 100;

/** @typedef {{ track: MediaStreamTrack, volume: number, muted: boolean, sessionId?: string }} Volume */

/**
 * Watches a track until the returned function is called. Throws where the browser has no Web Audio.
 * @param {MediaStream} stream
 * @param {MediaStreamTrack} track
 * @param {(volume: number, muted: boolean) => void} tell ten times a second
 * @returns {() => void}
 */
export const monitorVolume = (stream, track, tell) => {
  const scope = /** @type {any} */ (globalThis);
  const Context = scope.AudioContext ?? scope.webkitAudioContext;
  /** @type {AudioContext} */
  const context = new Context();
  const analyser = context.createAnalyser();
  analyser.fftSize = 512;
  analyser.minDecibels = -127;
  analyser.maxDecibels = 0;
  analyser.smoothingTimeConstant = 0.4;
  context.createMediaStreamSource(stream).connect(analyser);
  const bins = new Uint8Array(analyser.frequencyBinCount);
  const timer = setInterval(() => {
    const muted = track.muted || !track.enabled;
    analyser.getByteFrequencyData(bins);
    // Smoothing would let a muted microphone fade out only.
    tell(muted ? 0 : bins.reduce((sum, bin) => sum + bin, 0) / bins.length, muted);
  }, INTERVAL_MS);
  return () => {
    clearInterval(timer);
    context.close().catch(() => {});
  };
};
