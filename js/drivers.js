// SPDX-License-Identifier: MIT
// What each effect of the core does in the browser. Results go back as inputs, never from inside the drain.

import { Effect, Input } from './effects.js';
import { SdkError } from './errors.js';
import { hydrate } from './handles.js';
import { MediaSession } from './media-session.js';
import { AudioOutputs, isAudioBlocked } from './platform/audio.js';
import { DefaultStream } from './platform/default-stream.js';
import { DeviceLists } from './platform/devices.js';
import { HidDevices } from './platform/hid.js';
import { HttpClient } from './platform/http.js';
import { MediaSource } from './platform/media.js';
import { Peer } from './platform/peer.js';
import { Probes } from './platform/preflight.js';
import { readStored, writeStored } from './platform/storage.js';
import { VideoOutputs } from './platform/video.js';

/** Members of the SDK object that the core keeps up to date. */
const MEMBERS = ['station'];

/**
 * The SDK object, as far as effects concern it.
 * @typedef {object} Owner
 * @property {import('./logger.js').Logger} logger
 * @property {import('./media.js').SdkMedia} media
 * @property {import('./headset.js').SdkHeadset} headset
 * @property {import('./audio-processor.js').AudioProcessor} audioProcessor
 * @property {(name: string, ...args: any[]) => boolean} emit
 * @property {() => unknown} removeAllListeners
 */
/** @typedef {(kind: number, id: number, number: number, name: string, text: string) => number} Feed */
/** @typedef {{ type?: string, message?: string, details?: any, cause?: number, plain?: boolean }} CoreError */

/**
 * @param {Owner} owner
 * @param {import('./tables.js').Tables} tables
 * @param {Feed} input feeds the core; does nothing once the SDK object is gone
 * @param {(method: string, args: unknown[]) => Promise<any>} call hands it a call of the application
 */
export const createDrivers = (owner, tables, input, call) => {
  const { logger } = owner;
  const { streams, lent, causes, keptCauses, sessions, peers, claimedStreams } = tables;
  /** @param {string} method @param {unknown[]} args */
  const tell = (method, ...args) => void input(Input.CALL, 0, 0, method, JSON.stringify(args));
  const media = new MediaSource(logger, {
    volume: (volume) => void owner.media.emit('audioTrackVolume', volume),
    ended: () => tell('media.devicesChanged'),
  });
  const devices = new DeviceLists();
  const defaultStream = new DefaultStream((stream) => {
    tell('setDefaultAudioStream', tables.setDefaultStream(stream));
  });
  const outputs = new AudioOutputs(logger, () => tell('media.audioBlocked', true));
  const hid = new HidDevices((id, number, name, text) => void input(Input.HID, id, number, name, text));
  const screens = new VideoOutputs();
  const probes = new Probes((id, facts) => void input(Input.PROBE, id, 0, '', facts), () => microphone());

  // Errors and live objects in values

  /** What the core has told of conversations, by its numbers. @type {Map<number, any>} */
  let conversations = new Map();

  const live = {
    /** @param {number} handle */
    $session: (handle) => sessions.get(handle),
    /** @param {number} request */
    $cause: (request) => causeOf(request),
    /** The stream is the application's from now on. @param {unknown} handle */
    $stream: (handle) => streams.take(handle),
    /** @param {number[]} handles */
    $devices: (handles) => handles.map((handle) => devices.get(handle)),
    /** @param {number} handle */
    $lent: (handle) => lent.get(handle),
    /** @param {any[]} filters */
    $grant: (filters) => () => hid.request(filters),
    /** What is filmed for a session. @param {unknown} handle */
    $camera: (handle) => streams.get(handle)?.getVideoTracks()[0],
    /** The stream stays ours. @param {unknown} handle */
    $kept: (handle) => streams.get(handle),
  };

  /** From a macrotask: who was rejected with it has seen it by then. @param {SdkError} error */
  const emitLater = (error) => {
    setTimeout(() => owner.emit('sdkError', error), 0);
  };

  /** @param {CoreError} error @returns {SdkError} */
  const toSdkError = ({ type, message, details, cause }) => {
    const original = cause === undefined ? undefined : causeOf(cause);
    const source = /** @type {Error | undefined} */ (original) ?? message ?? '';
    return new SdkError(type, source, details === undefined ? original : hydrate(details, live));
  };

  /**
   * Feeds the result of a request; its error can be referred to until the effects of this input have been
   * performed.
   * @param {number} request
   * @param {unknown} error
   * @param {() => void} feed
   */
  const withCause = (request, error, feed) => {
    if (error !== undefined) causes.set(request, error);
    feed();
    causes.delete(request);
  };

  /** @param {number} request @param {boolean} keep */
  const keepCause = (request, keep) => {
    if (keep) keptCauses.set(request, causes.get(request));
    else keptCauses.delete(request);
  };

  /** @param {number} request */
  const causeOf = (request) => causes.get(request) ?? keptCauses.get(request);

  // HTTP

  const http = new HttpClient((id, status, note, body, error) => {
    withCause(id, error, () => input(Input.HTTP_RESULT, id, status, note, body));
  });

  // Peer connections

  /** @param {number} session @returns {import('./platform/peer.js').PeerEvents} */
  const peerEvents = (session) => ({
    result(operation, facts, text, error) {
      const { name } = /** @type {Partial<Error>} */ (error ?? {});
      if (!facts) logger.error(`The peer connection refused: ${operation}`, { name });
      input(Input.PEER_RESULT, session, facts, operation, text);
    },
    state: (word, signaling) => input(Input.PEER_STATE, session, 0, word, signaling),
    iceState: (word, sdps) => input(Input.PEER_ICE_STATE, session, 0, word, sdps),
    candidate: (mid, candidate) => input(Input.PEER_CANDIDATE, session, 0, mid, candidate),
    message: (text) => input(Input.PEER_MESSAGE, session, 0, '', text),
    track(track, stream) {
      outputs.arrived(session, track, stream);
      screens.arrived(session, track);
      sessions.get(session)?.emit('peerTrackAdded', track, stream);
      input(Input.PEER_TRACK, session, 0, track.kind, '');
    },
    trackRemoved: (track, stream) => sessions.get(session)?.emit('peerTrackRemoved', track, stream),
  });

  /** @param {number} session @param {RTCConfiguration} options */
  const openPeer = (session, options) => {
    const peer = new Peer(options, peerEvents(session));
    peers.get(session)?.close();
    peers.set(session, peer);
    const object = sessions.get(session);
    if (object) object.pc = peer.pc;
  };

  /**
   * An operation on a peer connection that does not exist, because the browser refused to make it, fails like
   * any other.
   * @param {number} session
   * @param {string} operation
   * @param {(peer: Peer) => void} run
   */
  const onPeer = (session, operation, run) => {
    const peer = peers.get(session);
    if (peer) run(peer);
    else queueMicrotask(() => input(Input.PEER_RESULT, session, 0, operation, ''));
  };

  /** @param {number} session @param {number} request @param {{ types: string[], fields?: string[] }} wanted */
  const collectStats = async (session, request, wanted) => {
    let records = '';
    try {
      records = await peers.get(session)?.stats(wanted, outputs.records(session)) ?? '';
    } catch {}
    input(Input.PEER_STATS, session, request, '', records);
  };

  /** @param {number} session @param {string} [how] `removed`: the far side took its tracks back */
  const closePeer = (session, how) => {
    const peer = peers.get(session);
    if (how) for (const track of peer?.remoteTracks() ?? []) sessions.get(session)?.emit('peerTrackRemoved', track);
    peer?.close();
    peers.delete(session);
  };

  /** @param {MediaStreamTrack} track */
  const describe = (track) => media.describe(track);

  /** The application's processing of what a microphone gives. @param {MediaStream} stream */
  const prepare = async (stream) => {
    const { audioProcessor } = owner;
    // The default stream is the application's own: it serves more than one session.
    if (!audioProcessor.isSet || stream === tables.defaultStream) return;
    await media.process(stream, (raw) => audioProcessor.process(raw));
  };

  /** The stream of a handle in an effect; it belongs to a session from now on. @param {string} [handle] */
  const claimStream = (handle) => {
    const stream = handle ? streams.get(handle) : undefined;
    if (stream) claimedStreams.add(Number(handle));
    return stream;
  };

  /** @param {number} session @param {string} handle @param {any} options */
  const sendStream = (session, handle, options) => {
    const stream = handle ? claimStream(handle) : null;
    onPeer(session, 'stream', (peer) => peer.stream(stream, { ...options, prepare }));
  };

  /** @param {number} session @param {string} name @param {Record<string, any>} options */
  const changeTracks = (session, name, { op, stream, into, ...options }) => {
    const change = {
      ...options, stream: claimStream(stream), into: claimStream(into), spared: tables.defaultStream,
      sink: outputs.sink(session), describe, prepare,
    };
    onPeer(session, name, (peer) => peer.tracks(name, op, change));
  };

  // Media

  /** @param {unknown} error @returns {[name: string, message: string]} */
  const namesOf = (error) => {
    const { name = 'Error', message = '' } = /** @type {Partial<Error>} */ (error ?? {});
    return [name, message];
  };

  /**
   * @param {number} id
   * @param {'user' | 'display'} what
   * @param {{ constraints: MediaStreamConstraints, requestedOptions: any }} spec
   */
  const requestMedia = async (id, what, { constraints, requestedOptions }) => {
    const options = hydrate(requestedOptions, live);
    let stream;
    try {
      const promise = media.call(what, constraints);
      if (what === 'user') {
        owner.media.emit('gumRequest', { gumPromise: promise, constraints, mediaRequestOptions: options });
      }
      stream = await promise;
    } catch (error) {
      const [name, message] = namesOf(error);
      withCause(id, error, () => input(Input.MEDIA_RESULT, id, 0, name, message));
      return;
    }
    media.take(stream, { monitor: options.monitorMicVolume, sessionId: options.session?.id });
    const label = stream.getTracks()[0]?.label ?? '';
    // When the SDK object is gone, the track has been stopped already and nobody would take the handle.
    if (!media.closed) input(Input.MEDIA_RESULT, id, 1, String(streams.add(stream)), label);
  };

  /** @param {number} id */
  const listDevices = async (id) => {
    try {
      const { first, text } = await devices.list();
      input(Input.DEVICES, id, first, '', text);
    } catch (error) {
      withCause(id, error, () => input(Input.DEVICES, id, 0, namesOf(error)[0], ''));
    }
  };

  /** @param {string} what @param {any} state lists of handles, and flags */
  const mediaState = (what, state) => {
    devices.keep([...state.devices, ...state.oldDevices]);
    for (const [name, value] of Object.entries(state)) {
      if (Array.isArray(value)) state[name] = live.$devices(value);
    }
    owner.media._changed(what, state);
  };

  /** @param {string} handle @param {string} other */
  const joinStreams = (handle, other) => {
    for (const track of streams.take(other)?.getTracks() ?? []) streams.get(handle)?.addTrack(track);
  };

  /** @param {number} handle */
  const stopStream = (handle) => {
    const stream = streams.get(handle);
    if (stream) media.stop(stream, tables.defaultStream);
    tables.forgetStream(handle);
  };

  /** Each track that ends without being stopped, such as a screen by the browser's own button. */
  const watchStream = (/** @type {number} */ session, /** @type {string} */ handle) => {
    const tracks = claimStream(handle)?.getTracks() ?? [];
    for (const track of tracks) {
      track.addEventListener('ended', () => {
        const alive = tracks.filter(({ readyState }) => readyState === 'live').length;
        input(Input.MEDIA_ENDED, session, alive, handle, '');
      });
    }
  };

  /** @param {number} session @param {string} kind */
  const remoteTracks = (session, kind) => (
    peers.get(session)?.remoteTracks().filter((track) => track.kind === kind) ?? []
  );

  /** @param {number} session @param {any} options */
  const attachAudio = (session, { element: handle, ...options }) => {
    const element = /** @type {HTMLAudioElement | undefined} */ (tables.claimElement(session, handle));
    outputs.attach(session, { ...options, element }, remoteTracks(session, 'audio')[0]);
  };

  /** @param {number} session @param {any} options */
  const attachVideo = (session, { elements: handles, ...options }) => {
    const elements = handles.map((/** @type {number} */ handle) => tables.claimElement(session, handle));
    screens.attach(session, { ...options, elements }, remoteTracks(session, 'video'));
  };

  /** @param {number} session @param {{ volume?: number, sinkId?: string, job?: number }} options */
  const setAudio = async (session, { volume, sinkId, job }) => {
    if (volume !== undefined) {
      outputs.setVolume(session, volume);
      screens.setVolume(session, volume);
    }
    if (sinkId === undefined) return;
    const outcome = await outputs.setDevice(session, sinkId);
    input(Input.AUDIO_SET, session, outcome, String(job), '');
  };

  /** In a gesture of the user. */
  const unlockAudio = async () => {
    const allowed = outputs.unlock();
    tell('media.audioBlocked', !allowed);
    return allowed;
  };

  // Sessions, events, promises

  /** @param {number} session @param {Record<string, any>} members */
  const newSession = (session, { methods = [], ...members }) => {
    const object = new MediaSession(members);
    for (const name of methods) object.method(name, (...args) => call(`session.${name}`, [session, ...args]));
    object.pc = peers.get(session)?.pc;
    sessions.set(session, object);
  };

  /** @param {number} session */
  const dropSession = (session) => {
    closePeer(session);
    outputs.detach(session);
    screens.detach(session);
    tables.forgetSession(session);
  };

  /**
   * A conversation as `conversationUpdate` lists it: whole, or by number (and session) when it has not changed.
   * @param {any} entry @returns {[number, any]}
   */
  const recordOf = (entry) => {
    if (entry.$number) {
      const { $number, ...record } = entry;
      return [$number, record];
    }
    const [number, handle] = [entry].flat();
    const session = handle && live.$session(handle);
    const known = conversations.get(number);
    if (known?.session === session) return [number, known];
    const record = { ...known, session };
    if (!session) delete record.session;
    return [number, record];
  };

  /** @param {any} update */
  const resolveUpdate = (update) => {
    const current = update.current.map(recordOf);
    conversations = new Map(current.filter((/** @type {[number, any]} */ [, record]) => record?.conversationId));
    update.current = [...conversations.values()];
    for (const list of [update.added, update.removed]) list.forEach((/** @type {any} */ one) => delete one.$number);
  };

  /** @param {string} name @param {any[] | null} args */
  const emitEvent = (name, args) => {
    const values = hydrate(args ?? [], live);
    if (name === '_conversation') {
      conversations.set(...recordOf(values[0]));
      return;
    }
    if (name === 'conversationUpdate') resolveUpdate(values[0]);
    const heard = owner.emit(name, ...values);
    if (name === 'error' && !heard) logger.error('The signaling connection reported an error', args?.[0]);
  };

  /** @param {number} id @param {CoreError} error */
  const rejectCall = (id, error) => {
    const call = tables.settle(id);
    if (error.plain) {
      call?.reject(new Error(error.message));
      return;
    }
    const cause = error.cause === undefined ? undefined : causeOf(error.cause);
    if (error.type === undefined && cause !== undefined) {
      call?.reject(cause);
      return;
    }
    const sdkError = toSdkError(error);
    call?.reject(sdkError);
    emitLater(sdkError);
  };

  /** One that is on: of the application, or of a call. */
  const microphone = () => (
    [...media.tracks.keys(), ...[...peers.values()].flatMap(({ pc }) => pc.getSenders().map(({ track }) => track))]
      .find((track) => track?.kind === 'audio' && track.readyState === 'live')) ?? undefined;

  /** @param {number} id @param {string} name @param {any} value */
  const probe = (id, name, value) => {
    if (name === 'progress') tables.calls.get(id)?.progress?.(value);
    else probes.run(id, name, value);
  };

  /** @type {Record<string, (id: number, value: any) => unknown>} */
  const hidOperations = {
    list: () => hid.list(),
    open: (id, device) => hid.open(id, device),
    send: (id, report) => hid.send(id, report),
    close: (id, reports) => hid.close(id, reports),
    forget: () => hid.forget(),
  };

  /** @type {Record<number, import('./effects.js').Driver>} */
  const drivers = {
    [Effect.HTTP]: (id, method, spec) => void http.request(id, method, spec),
    [Effect.HTTP_ABORT]: (id) => http.abort(id),
    [Effect.PEER_OPEN]: (id, _name, options) => openPeer(id, options),
    [Effect.PEER_OFFER]: (id, _name, sdp) => onPeer(id, 'offer', (peer) => peer.offer(sdp)),
    [Effect.PEER_ANSWER]: (id) => onPeer(id, 'answer', (peer) => peer.answer()),
    [Effect.PEER_CANDIDATE]: (id, mid, candidate) => peers.get(id)?.candidate(mid, candidate),
    [Effect.PEER_STREAM]: (id, handle, options) => sendStream(id, handle, options),
    [Effect.PEER_TRACKS]: (id, name, options) => changeTracks(id, name, options),
    [Effect.PEER_CHANNEL]: (id, label) => peers.get(id)?.channel(label),
    [Effect.PEER_STATS]: (id, request, wanted) => void collectStats(id, Number(request), wanted),
    [Effect.PEER_CLOSE]: closePeer,
    [Effect.MEDIA_REQUEST]: (id, what, spec) => void requestMedia(id, /** @type {any} */ (what), spec),
    [Effect.MEDIA_ENUMERATE]: (id) => void listDevices(id),
    [Effect.MEDIA_STATE]: (_id, what, state) => mediaState(what, state),
    [Effect.MEDIA_JOIN]: (_id, handle, other) => joinStreams(handle, other),
    [Effect.CAUSE]: (id, what) => keepCause(id, what === 'keep'),
    [Effect.MEDIA_STOP]: (_id, handle) => stopStream(Number(handle)),
    [Effect.AUDIO_SET]: (id, _name, options) => void setAudio(id, options),
    [Effect.AUDIO_PROBE]: () => tell('media.audioBlocked', isAudioBlocked()),
    [Effect.MEDIA_EVENT]: (_id, name, args) => void owner.media.emit(name, ...hydrate(args ?? [], live)),
    [Effect.MEDIA_WATCH]: (id, handle) => watchStream(id, handle),
    [Effect.VIDEO_ATTACH]: (id, _name, options) => attachVideo(id, options),
    [Effect.AUDIO_ATTACH]: (id, _name, options) => attachAudio(id, options),
    [Effect.AUDIO_DETACH]: (id) => outputs.detach(id),
    [Effect.SESSION_NEW]: (id, _name, members) => newSession(id, members),
    [Effect.SESSION_SET]: (id, _name, members) => sessions.get(id)?.update(hydrate(members, live)),
    [Effect.SESSION_EVENT]: (id, name, args) => sessions.get(id)?.emit(name, ...hydrate(args ?? [], live)),
    [Effect.SESSION_DROP]: (id) => dropSession(id),
    [Effect.EVENT]: (_id, name, args) => emitEvent(name, args),
    [Effect.ERROR]: (_id, _name, error) => emitLater(toSdkError(error)),
    [Effect.RESOLVE]: (id, _name, value) => {
      tables.settle(id)?.resolve(value === null ? undefined : hydrate(value, live));
    },
    [Effect.REJECT]: (id, _name, error) => rejectCall(id, error),
    [Effect.MEMBER]: (_id, name, value) => {
      if (MEMBERS.includes(name)) /** @type {Record<string, any>} */ (owner)[name] = hydrate(value, live);
    },
    [Effect.LOG]: (source, level, { message, details, local }) => {
      logger.write(level, message, details, { skipServer: local === true }, source);
    },
    [Effect.LOG_LINE]: (number, level, line) => logger.deliver(number, level, line),
    [Effect.LOGGER_EVENT]: (_id, name, args) => logger.emit(name, ...hydrate(args ?? [], live)),
    [Effect.HID]: (id, operation, value) => void hidOperations[operation]?.(id, value),
    [Effect.HEADSET]: (_id, event, payload) => {
      owner.headset.headsetEvents$.emit({ event, payload: hydrate(payload, live) });
    },
    [Effect.PROBE]: probe,
    [Effect.STORAGE_READ]: (store, key) => void input(Input.STORED, store, 0, key, readStored(store, key)),
    [Effect.STORAGE_WRITE]: (store, key, text) => writeStored(store, key, text ?? ''),
  };

  /** Stops every track that was requested here, and stops looking at devices. */
  const releaseDevices = () => {
    media.close();
    devices.close();
    defaultStream.release();
  };

  /** The same, and removes the elements made here. */
  const releaseMedia = () => {
    outputs.close();
    releaseDevices();
  };

  /** When the core is there: the page's devices, and the default stream of the configuration. */
  const watchMedia = () => {
    devices.watch(() => tell('media.devicesChanged'));
    if (!tables.defaultStream) return;
    defaultStream.stream = tables.defaultStream;
    defaultStream.observe(tables.defaultStream);
  };

  /** Lets go of everything else of the browser. */
  const close = () => {
    releaseMedia();
    hid.release();
    probes.close();
    http.abortAll();
    for (const session of [...peers.keys()]) closePeer(session);
    tables.clear();
  };

  return {
    drivers, emitLater, watchMedia, releaseMedia, releaseDevices, close, media, devices, defaultStream, unlockAudio,
  };
};
