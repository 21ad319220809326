// SPDX-License-Identifier: MIT
// What a peer connection sends: which tracks its senders carry, and the changes of it that need no negotiation.

/** @typedef {'audio' | 'video'} Kind */
/**
 * What changes: members of SP_FX_PEER_TRACKS with live objects in them. `spared` is the default stream, whose live
 * tracks are never stopped; `describe` says what a track is; `prepare` lets the application process the sound.
 * @typedef {object} Change
 * @property {Kind} [kind]
 * @property {Kind[]} [kinds]
 * @property {MediaStream} [stream]
 * @property {MediaStream} [into]
 * @property {boolean} [fit]
 * @property {boolean} [silent]
 * @property {boolean} [cameraOff]
 * @property {MediaTrackConstraints} [resolution]
 * @property {string} [sink]
 * @property {MediaStream} [spared]
 * @property {(track: MediaStreamTrack) => object} [describe]
 * @property {(stream: MediaStream) => Promise<void>} [prepare]
 */
/** @typedef {(pc: RTCPeerConnection, change: Change) => Promise<string | boolean | void>} Operation */

/** How long a screen may take to know its size, and a track to take constraints, in milliseconds. */
const SIZE_WAIT = 300;
const FIT_WAIT = 1000;

/** @param {number} time */
const pause = (time) => new Promise((done) => {
  setTimeout(done, time);
});

/** Waits for a promise, but not longer than this. @param {Promise<unknown>} promise @param {number} time */
const within = (promise, time) => {
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  let timer;
  const late = new Promise((done) => {
    timer = setTimeout(done, time);
  });
  return Promise.race([promise, late]).finally(() => clearTimeout(timer));
};

/** @param {RTCRtpTransceiver} transceiver */
const isUsable = ({ direction, currentDirection }) => direction !== 'stopped' && currentDirection !== 'stopped';

/** @param {RTCRtpTransceiver} transceiver */
const kindOf = ({ receiver, sender }) => receiver.track?.kind ?? sender.track?.kind;

/** The transceivers of a kind that are in use. @param {RTCPeerConnection} pc @param {string} kind */
const transceiversOf = (pc, kind) => pc.getTransceivers()
  .filter((transceiver) => kindOf(transceiver) === kind && isUsable(transceiver));

/** @param {RTCPeerConnection} pc @param {string} [kind] */
const sendersOf = (pc, kind) => pc.getSenders().filter(({ track }) => track?.kind === kind);

/** @param {MediaStream | undefined} stream @param {string} [kind] */
const firstTrack = (stream, kind) => stream?.getTracks().find((track) => track.kind === kind);

/** @param {RTCRtpTransceiverDirection} direction @returns {RTCRtpTransceiverDirection} */
const withSending = (direction) => (direction.includes('recv') ? 'sendrecv' : 'sendonly');

/**
 * Sends a track on a transceiver of its kind whose sender is free. Adding the track anew would make another
 * media section, which an answer cannot have.
 * @param {RTCPeerConnection} pc
 * @param {MediaStreamTrack} track
 * @param {MediaStream[]} streams
 */
const addTrack = async (pc, track, streams) => {
  const transceiver = transceiversOf(pc, track.kind).find(({ sender }) => !sender.track);
  if (!transceiver) {
    pc.addTrack(track, ...streams);
    return;
  }
  // Replacing a track leaves the direction as it is, and the answer would promise not to send (wire.md
  // §12.3).
  transceiver.direction = withSending(transceiver.direction);
  await transceiver.sender.replaceTrack(track);
  transceiver.sender.setStreams?.(...streams);
};

/** A picture of one pixel that never changes: nothing is sent of it. */
const makePlaceholder = () => {
  const canvas = document.createElement('canvas');
  canvas.width = 1;
  canvas.height = 1;
  return canvas.captureStream(0);
};

/**
 * @typedef {object} SendOptions
 * @property {Kind[]} [both] kinds that are answered `sendrecv`, whatever is sent
 * @property {'own' | 'none'} [streams] what each track belongs to, instead of the stream
 * @property {Kind} [inactive] the kind whose sections without a track are answered `inactive`
 * @property {boolean} [placeholders] send one for each remote video
 * @property {(stream: MediaStream) => Promise<void>} [prepare] lets the application process the sound
 */

/**
 * Before the answer: sends a stream's tracks, each that no sender carries yet.
 * @param {RTCPeerConnection} pc
 * @param {MediaStream | undefined} stream
 * @param {SendOptions} options
 * @returns {Promise<MediaStreamTrack[]>} placeholders, to be stopped when the session ends
 */
export const sendStream = async (pc, stream, { both = [], streams, inactive, placeholders, prepare }) => {
  if (stream) await prepare?.(stream);
  for (const track of stream?.getTracks() ?? []) {
    if (pc.getSenders().some((sender) => sender.track === track)) continue;
    const own = streams === 'own' ? [new MediaStream([track])] : [];
    await addTrack(pc, track, streams ? own : [/** @type {MediaStream} */ (stream)]);
  }
  for (const kind of both) {
    const [transceiver] = transceiversOf(pc, kind);
    if (transceiver) transceiver.direction = 'sendrecv';
    else pc.addTransceiver(kind, { direction: 'sendrecv' });
  }
  for (const transceiver of inactive ? transceiversOf(pc, inactive) : []) {
    if (!transceiver.sender.track) transceiver.direction = 'inactive';
  }
  /** @type {MediaStreamTrack[]} */
  const made = [];
  for (const { sender } of placeholders ? transceiversOf(pc, 'video') : []) {
    if (sender.track) continue;
    const place = makePlaceholder();
    made.push(...place.getTracks());
    await addTrack(pc, made[made.length - 1], [place]);
  }
  return made;
};

/** @param {MediaStreamTrack} track */
const fit = async (track) => {
  const size = () => {
    const { width, height, frameRate } = track.getSettings();
    return width && height ? { width, height, ...(frameRate && { frameRate }) } : undefined;
  };
  if (!size()) await pause(SIZE_WAIT);
  const settings = size();
  if (!settings) return;
  const wanted = Object.entries(settings).map(([name, ideal]) => [name, { ideal }]);
  // Nothing depends on it: a browser that never says what became of it must not hold up what comes next.
  await within(track.applyConstraints(Object.fromEntries(wanted)).catch(() => {}), FIT_WAIT);
};

/** @param {RTCPeerConnection} pc @param {MediaStreamTrack} track @param {MediaStream} [into] */
const putTrack = async (pc, track, into) => {
  const [transceiver] = transceiversOf(pc, track.kind);
  const before = transceiver?.sender.track;
  if (transceiver) await transceiver.sender.replaceTrack(track);
  else pc.addTrack(track, new MediaStream());
  if (!into) return;
  into.addTrack(track);
  if (!before || before === track || !into.getTracks().includes(before)) return;
  before.stop();
  into.removeTrack(before);
};

/**
 * Puts tracks in the places of those of their kind, all of them or none.
 * @param {RTCPeerConnection} pc
 * @param {MediaStreamTrack[]} tracks
 * @returns {Promise<MediaStreamTrack[]>} those whose places they took
 */
const putAll = async (pc, tracks) => {
  /** @type {{ sender: RTCRtpSender, before: MediaStreamTrack | null }[]} */
  const done = [];
  try {
    for (const track of tracks) {
      const [transceiver] = transceiversOf(pc, track.kind);
      const before = transceiver?.sender.track ?? null;
      if (transceiver) await transceiver.sender.replaceTrack(track);
      done.push({ sender: transceiver?.sender ?? pc.addTrack(track, new MediaStream()), before });
    }
  } catch (error) {
    for (const { sender, before } of done.reverse()) await sender.replaceTrack(before).catch(() => {});
    throw error;
  }
  return done.flatMap(({ before }) => (before && !tracks.includes(before) ? [before] : []));
};

/** @param {MediaStreamTrack} track @param {MediaStream} [spared] */
const letGo = (track, spared) => {
  if (!spared?.getTracks().includes(track)) track.stop();
};

/** @type {Operation} */
const swap = async (pc, { stream, into, kinds = [], silent, cameraOff, spared, prepare, ...rest }) => {
  if (!stream) throw new Error('The media stream is not known (any more).');
  await prepare?.(stream);
  const tracks = stream.getTracks().filter(({ kind }) => kinds.includes(/** @type {Kind} */ (kind)));
  if (cameraOff) for (const track of stream.getVideoTracks()) track.stop();
  if (tracks.some(({ readyState }) => readyState !== 'live')) throw new Error('The new media have ended already.');
  for (const track of tracks) if (silent && track.kind === 'audio') track.enabled = false;
  for (const track of await putAll(pc, tracks)) {
    letGo(track, spared);
    into?.removeTrack(track);
  }
  if (into && into !== stream) {
    const sent = pc.getSenders().map(({ track }) => track);
    for (const track of into.getTracks()) {
      if (sent.includes(track) || !tracks.some(({ kind }) => kind === track.kind)) continue;
      letGo(track, spared);
      into.removeTrack(track);
    }
    for (const track of tracks) into.addTrack(track);
  }
  for (const track of tracks) if (rest.fit && track.kind === 'video') await fit(track);
};

/** @type {Operation} */
const release = async (pc, { stream, kinds = [], spared }) => {
  for (const sender of pc.getSenders()) {
    const { track } = sender;
    if (!track || !kinds.includes(/** @type {Kind} */ (track.kind)) || !stream?.getTracks().includes(track)) continue;
    letGo(track, spared);
    if (stream !== spared) stream.removeTrack(track);
    await sender.replaceTrack(null);
  }
};

/** @type {Operation} */
const resolution = async (_pc, { stream, resolution: wanted }) => {
  const camera = firstTrack(stream, 'video');
  /** @type {string | undefined} */
  let failure;
  if (wanted) {
    const { width, height } = wanted;
    await camera?.applyConstraints({ ...camera.getConstraints(), width, height }).catch((error) => {
      failure = String(error?.message || error?.name);
    });
  }
  const { width, height } = camera?.getSettings() ?? {};
  return JSON.stringify({ actual: camera && { width, height }, failure });
};

/** @param {boolean} enabled @returns {Operation} */
const enable = (enabled) => async (pc, { kind }) => {
  const tracks = sendersOf(pc, kind).map(({ track }) => /** @type {MediaStreamTrack} */ (track));
  for (const track of tracks) track.enabled = enabled;
  return tracks[0]?.label;
};

/** @type {Record<string, Operation>} */
export const operations = {
  look: async (_pc, { stream, kind }) => (
    stream?.getTracks().some((track) => track.kind === kind && track.readyState === 'live') === true),

  put: async (pc, { stream, into, fit: fits }) => {
    if (!stream) throw new Error('The media stream is not known (any more).');
    for (const track of stream.getTracks()) {
      await putTrack(pc, track, into);
      if (track.kind === 'video' && fits) await fit(track);
    }
  },

  drop: async (pc, { stream, kind }) => {
    const track = firstTrack(stream, kind);
    if (!track) return false;
    // Stopped whatever the peer connection says: who mutes the camera wants its light to go out.
    track.stop();
    stream?.removeTrack(track);
    await pc.getSenders().find((sender) => sender.track === track)?.replaceTrack(null);
    return true;
  },

  empty: async (pc, { kind }) => {
    for (const sender of sendersOf(pc, kind)) await sender.replaceTrack(null);
  },

  swap,
  release,
  resolution,

  senders: async (pc, { stream, sink, describe }) => {
    const screen = stream?.getTracks() ?? [];
    const tracks = pc.getSenders().flatMap(({ track }) => (track && !screen.includes(track) ? [track] : []));
    return JSON.stringify({ senders: tracks.map((track) => describe?.(track)), sink });
  },

  silence: enable(false),
  sound: enable(true),

  mids: async (pc) => JSON.stringify(pc.getTransceivers().flatMap(({ mid, sender }) => (
    sender.track && mid !== null ? [{ id: sender.track.id, mid }] : []
  ))),
};

/**
 * What is sent right now, in the bits of SP_IN_PEER_RESULT.
 * @param {RTCPeerConnection} pc
 */
export const sendingFacts = (pc) => {
  const tracks = pc.getSenders().flatMap(({ track }) => (track ? [track] : []));
  /** @param {Kind} kind */
  const sends = (kind) => tracks.some((track) => track.kind === kind && track.enabled);
  return (sends('audio') ? 2 : 0) + (sends('video') ? 4 : 0)
    + (tracks.some(({ kind }) => kind === 'audio') ? 8 : 0);
};
