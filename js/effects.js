// SPDX-License-Identifier: MIT
// The kinds of inputs and effects: the mirror of src/core/core.h and src/base/effect.h, held against them by
// a test.

/** @type {Readonly<Record<string, number>>} */
const inputs = {
  NONE: 0,
  CALL: 1,
  HTTP_RESULT: 2,
  PEER_RESULT: 3,
  PEER_STATE: 4,
  PEER_ICE_STATE: 5,
  PEER_CANDIDATE: 6,
  PEER_TRACK: 7,
  PEER_MESSAGE: 8,
  MEDIA_RESULT: 9,
  PAGE: 10,
  LOG: 11,
  STORED: 12,
  DEVICES: 13,
  PEER_STATS: 14,
  HID: 15,
  MEDIA_ENDED: 16,
  AUDIO_SET: 17,
  PROBE: 18,
  DRAWN: 19,
};

/** What can be fed to the core. */
export const Input = Object.freeze(inputs);

const effects = {
  NONE: 0,
  SOCKET_OPEN: 1,
  SOCKET_SEND: 2,
  SOCKET_CLOSE: 3,
  HTTP: 4,
  HTTP_ABORT: 5,
  PEER_OPEN: 6,
  PEER_OFFER: 7,
  PEER_ANSWER: 8,
  PEER_CANDIDATE: 9,
  PEER_STREAM: 10,
  PEER_CHANNEL: 11,
  PEER_CLOSE: 12,
  MEDIA_REQUEST: 13,
  MEDIA_STOP: 14,
  AUDIO_ATTACH: 15,
  AUDIO_DETACH: 16,
  SESSION_NEW: 17,
  SESSION_SET: 18,
  SESSION_EVENT: 19,
  SESSION_DROP: 20,
  EVENT: 21,
  ERROR: 22,
  RESOLVE: 23,
  REJECT: 24,
  MEMBER: 25,
  LOG: 26,
  LOG_LINE: 27,
  LOGGER_EVENT: 28,
  STORAGE_READ: 29,
  STORAGE_WRITE: 30,
  MEDIA_ENUMERATE: 31,
  MEDIA_STATE: 32,
  MEDIA_JOIN: 33,
  CAUSE: 34,
  HID: 35,
  HEADSET: 36,
  PEER_STATS: 37,
  PEER_TRACKS: 38,
  MEDIA_WATCH: 39,
  VIDEO_ATTACH: 40,
  AUDIO_SET: 41,
  AUDIO_PROBE: 42,
  MEDIA_EVENT: 43,
  PROBE: 44,
};

/** What the core wants done. */
export const Effect = Object.freeze(effects);

/** @typedef {(id: number, name: string, value: any) => void} Driver */

/**
 * Makes the function that performs batches. It never throws: an exception would unwind the pump of the core.
 * A driver that fails is reported, and the rest of the batch is performed.
 * @param {Readonly<Record<number, Driver>>} drivers by kind of effect
 * @param {(error: unknown) => void} report
 * @returns {(batch: string) => void}
 */
export const makeSink = (drivers, report) => {
  /** @param {unknown} error */
  const tell = (error) => {
    try {
      report(error);
    } catch {}
  };
  /** @param {[kind: number, id: number, name: string, value: any]} effect */
  const perform = ([kind, id, name, value]) => {
    try {
      drivers[kind]?.(id, name, value);
    } catch (error) {
      tell(error);
    }
  };
  return (batch) => {
    try {
      JSON.parse(batch).forEach(perform);
    } catch (error) {
      tell(error);
    }
  };
};
