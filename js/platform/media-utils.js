// SPDX-License-Identifier: MIT
// Helpers for applications, exported as `mediaUtils` (media.md §22).

const CLASS = '__gc-webrtc-inbound';

/** @param {string} className */
const appendAudio = (className) => {
  const element = document.createElement('audio');
  element.classList.add(className);
  element.style.visibility = 'hidden';
  document.body.appendChild(element);
  return element;
};

/** The page's audio element of this class; a hidden one is made if there is none. */
export const getOrCreateAudioMediaElement = (className = CLASS) => (
  /** @type {HTMLAudioElement | null} */ (document.querySelector(`audio.${className}`)) ?? appendAudio(className)
);

/** A hidden audio element of its own. */
export const createUniqueAudioMediaElement = () => appendAudio(`${CLASS}-${crypto.getRandomValues(new Uint32Array(4))
  .reduce((text, word) => text + word.toString(16).padStart(8, '0'), '')}`);

/**
 * Plays a stream.
 * @param {{ logger: import('../logger.js').Logger }} sdk
 * @param {MediaStream} stream
 * @param {number} [volume] 0 to 100
 * @param {HTMLAudioElement} [element] one is made without it
 * @param {{ conversationId?: string, sessionId?: string }} [ids] for the log
 */
export const attachAudioMedia = (sdk, stream, volume = 100, element = createUniqueAudioMediaElement(), ids) => {
  if (element.srcObject) sdk.logger.warn('Attaching media to an audio element that already had a source', ids);
  element.volume = volume / 100;
  element.autoplay = true;
  element.srcObject = stream;
  return element;
};

/** @type {boolean | undefined} */
let transceivers;

/** Whether peer connections have transceivers; probed once. */
export const checkHasTransceiverFunctionality = () => {
  if (transceivers !== undefined) return transceivers;
  try {
    const probe = new RTCPeerConnection();
    transceivers = typeof probe.getTransceivers === 'function';
    probe.close();
  } catch {
    transceivers = false;
  }
  return transceivers;
};

/** True for a stream without tracks too. @param {MediaStream} stream */
export const checkAllTracksHaveEnded = (stream) => (
  stream.getTracks().every(({ readyState }) => readyState === 'ended')
);

/** @param {MediaStreamTrack} track */
export const createNewStreamWithTrack = (track) => new MediaStream([track]);

/**
 * One record about the devices of a session.
 * @param {{ logger: import('../logger.js').Logger }} sdk
 * @param {{ id?: string, conversationId?: string, sessionType?: string }} session
 * @param {'sessionStarted' | 'calledToChangeDevices' | 'changingDevices' | 'successfullyChangedDevices' |
 *   'unmutingVideo'} action
 * @param {object} [change] what is asked for
 */
export const logDeviceChange = (sdk, session, action, change) => {
  const { id: sessionId, conversationId, sessionType } = session;
  sdk.logger.info('media devices changing for session', { action, sessionId, conversationId, sessionType, change });
};
