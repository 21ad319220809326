// SPDX-License-Identifier: MIT
// What the page shows of audio: the devices there are, and how a call's audio flows.

/** @typedef {import('./store.js').Device} Device */
/** @typedef {import('./store.js').MediaSample} MediaSample */

/** @param {MediaDeviceInfo[]} all @param {string} kind @param {string} word @returns {Device[]} */
const pick = (all, kind, word) =>
  all
    .filter((device) => device.kind === kind && device.deviceId && device.deviceId !== 'default')
    .map((device, index) => ({ id: device.deviceId, label: device.label || `${word} ${index + 1}` }));

/**
 * Lists devices through the SDK when it has the members for it, else through the browser. Before the
 * microphone was allowed, browsers hide names and ids, so the lists may be empty.
 * @param {any} sdk
 */
export const listDevices = async (sdk) => {
  let all = /** @type {MediaDeviceInfo[]} */ ([]);
  try {
    if (typeof sdk?.media?.enumerateDevices === 'function') await sdk.media.enumerateDevices();
    const known = typeof sdk?.media?.getState === 'function' ? sdk.media.getState()?.devices : undefined;
    all = known?.length ? known : ((await navigator.mediaDevices?.enumerateDevices()) ?? []);
  } catch {
    // Without devices the pickers offer the system default only.
  }
  return {
    microphones: pick(all, 'audioinput', 'Microphone'),
    speakers: pick(all, 'audiooutput', 'Speaker'),
  };
};

/** The peer connection of a session: its name differs among releases of the SDK.
 * @param {import('./store.js').Session} session @returns {RTCPeerConnection | undefined} */
export const peerOf = (session) => session.pc ?? session.peerConnection;

/** Reads the counters of a call. @param {RTCPeerConnection} pc @returns {Promise<MediaSample>} */
export const sample = async (pc) => {
  /** @type {MediaSample} */
  const result = { sent: 0, received: 0, lost: 0, levelOut: 0, levelIn: 0, roundTripMs: null, codec: '' };
  const report = await pc.getStats();
  report.forEach((/** @type {any} */ entry) => {
    if (entry.type === 'candidate-pair' && entry.nominated && entry.currentRoundTripTime !== undefined) {
      result.roundTripMs = Math.round(entry.currentRoundTripTime * 1000);
    }
    if (entry.kind !== 'audio') return;
    if (entry.type === 'outbound-rtp') result.sent += entry.packetsSent ?? 0;
    if (entry.type === 'media-source') result.levelOut = Math.max(result.levelOut, entry.audioLevel ?? 0);
    if (entry.type === 'inbound-rtp') {
      result.received += entry.packetsReceived ?? 0;
      result.lost += entry.packetsLost ?? 0;
      result.levelIn = Math.max(result.levelIn, entry.audioLevel ?? 0);
      const codec = /** @type {any} */ (report).get(entry.codecId);
      if (codec?.mimeType) result.codec = String(codec.mimeType).replace(/^audio\//i, '');
    }
  });
  return result;
};
