// SPDX-License-Identifier: MIT
// The live objects of one SDK object, and what becomes of those an application lends with a call.

import { HandleTable } from './handles.js';
import { browserFacts } from './platform/devices.js';
import { machineFacts } from './platform/page.js';
import { VERSION } from './version.js';

/**
 * An application's call on its way through the core. What was lent with it and no effect has claimed by the
 * time it settles is let go.
 * @typedef {object} PendingCall
 * @property {(value: any) => void} resolve
 * @property {(error: unknown) => void} reject
 * @property {number[]} streams
 * @property {number[]} elements
 * @property {number[]} lent
 * @property {(value: any) => void} [progress]
 */

/** @param {unknown} value @returns {value is Record<string, any>} */
export const isObject = (value) => typeof value === 'object' && value !== null;

/** @param {Record<string, any>} object @param {string[]} names */
const without = (object, ...names) => {
  /** @type {Record<string, any>} */
  const rest = { ...object };
  for (const name of names) delete rest[name];
  return rest;
};

export class Tables {
  constructor() {
    /** @type {HandleTable<MediaStream>} */
    this.streams = new HandleTable();
    /** @type {HandleTable<HTMLMediaElement>} */
    this.elements = new HandleTable();
    /** @type {HandleTable<PendingCall>} */
    this.calls = new HandleTable();
    /** Other objects of the application, such as sessions it asks for media for. @type {HandleTable<object>} */
    this.lent = new HandleTable();
    /** Errors by request number, while the core works on the result. @type {Map<number, unknown>} */
    this.causes = new Map();
    /** Of them, those that the core needs longer. @type {Map<number, unknown>} */
    this.keptCauses = new Map();
    /** @type {Map<number, import('./media-session.js').MediaSession>} */
    this.sessions = new Map();
    /** @type {Map<number, import('./platform/peer.js').Peer>} */
    this.peers = new Map();
    /** Streams that an effect has used: MEDIA_STOP ends them, not the end of a call. @type {Set<number>} */
    this.claimedStreams = new Set();
    /** The elements that each session plays on, by handle. @type {Map<number, Set<number>>} */
    this.claimedElements = new Map();
    /**
     * The stream of `defaults.audioStream`: its live tracks are never stopped.
     * @type {MediaStream | undefined}
     */
    this.defaultStream = undefined;
    this.defaultStreamHandle = 0;
    /** The elements of the configuration. @type {Set<number>} */
    this.defaultElements = new Set();
  }

  /**
   * The configuration as the core reads it. Throws when it is no JSON.
   * @param {unknown} config
   * @returns {string}
   */
  encodeConfig(config) {
    if (!isObject(config)) return JSON.stringify(config) ?? 'null';
    const { defaults } = config;
    const rest = {
      ...without(config, 'logger', 'logFormatters', 'hostedContext'), sdkVersion: VERSION, browser: browserFacts(),
      host: machineFacts(),
    };
    if (!isObject(defaults)) return JSON.stringify(rest);
    const { audioStream } = defaults;
    const values = without(defaults, 'audioProcessor');
    if (isObject(audioStream)) values.audioStream = this.setDefaultStream(/** @type {MediaStream} */ (audioStream));
    for (const name of ['audioElement', 'videoElement']) {
      if (!isObject(values[name])) continue;
      values[name] = this.elements.add(/** @type {any} */ (values[name]));
      this.defaultElements.add(values[name]);
    }
    return JSON.stringify({ ...rest, defaults: values });
  }

  /**
   * @param {MediaStream | undefined} stream
   * @returns {string | null} its handle
   */
  setDefaultStream(stream) {
    // One that a session sends is stopped with the session.
    if (!this.claimedStreams.has(this.defaultStreamHandle)) this.streams.take(this.defaultStreamHandle);
    this.defaultStream = stream;
    this.defaultStreamHandle = stream ? this.streams.add(stream) : 0;
    return stream ? String(this.defaultStreamHandle) : null;
  }

  /**
   * The arguments of a call as the core reads them: live objects become handles. Throws when they are no
   * JSON.
   * @param {PendingCall} call
   * @param {unknown[]} args
   */
  encodeArguments(call, args) {
    let { length } = args;
    while (length > 0 && args[length - 1] === undefined) length -= 1;
    return JSON.stringify(args.slice(0, length).map((arg) => this.encodeArgument(call, arg)));
  }

  /** @param {PendingCall} call @param {unknown} arg */
  encodeArgument(call, arg) {
    if (!isObject(arg) || Array.isArray(arg)) return arg;
    const rest = { ...arg };
    for (const name of ['mediaStream', 'stream']) {
      if (!isObject(rest[name])) continue;
      const handle = this.streams.add(/** @type {any} */ (rest[name]));
      call.streams.push(handle);
      rest[name] = String(handle);
    }
    if (isObject(rest.session)) {
      const { id, conversationId } = rest.session;
      const lent = this.lent.add(rest.session);
      call.lent.push(lent);
      rest.session = { id, conversationId, lent };
    }
    for (const name of ['audioElement', 'videoElement']) {
      if (isObject(rest[name])) rest[name] = this.lendElement(call, rest[name]);
    }
    if (Array.isArray(rest.videoElements)) {
      rest.videoElements = rest.videoElements.map((element) => this.lendElement(call, element));
    }
    return rest;
  }

  /** @param {PendingCall} call @param {any} element */
  lendElement(call, element) {
    const handle = this.elements.add(element);
    call.elements.push(handle);
    return handle;
  }

  /**
   * The element of a handle; the session plays on it from now on.
   * @param {number} session
   * @param {number | null} [handle]
   */
  claimElement(session, handle) {
    const element = handle ? this.elements.get(handle) : undefined;
    if (!handle || !element) return undefined;
    const claimed = this.claimedElements.get(session) ?? new Set();
    this.claimedElements.set(session, claimed.add(handle));
    return element;
  }

  /** Whether a session or the configuration has this element. @param {number} handle */
  isClaimed(handle) {
    return this.defaultElements.has(handle) || [...this.claimedElements.values()].some((set) => set.has(handle));
  }

  /** Takes a call that settles out of the table. @param {number} id @returns {PendingCall | undefined} */
  settle(id) {
    const call = this.calls.take(id);
    if (call) this.letGo(call);
    return call;
  }

  /** @param {PendingCall} call */
  letGo(call) {
    for (const handle of call.streams) {
      if (!this.claimedStreams.has(handle)) this.streams.take(handle);
    }
    for (const handle of call.elements) {
      if (!this.isClaimed(handle)) this.elements.take(handle);
    }
    for (const handle of call.lent) this.lent.take(handle);
  }

  /**
   * The stream has been stopped; the default one serves the next session under the same handle.
   * @param {number} handle
   */
  forgetStream(handle) {
    this.claimedStreams.delete(handle);
    if (handle !== this.defaultStreamHandle) this.streams.take(handle);
  }

  /** @param {number} session */
  forgetSession(session) {
    const claimed = this.claimedElements.get(session) ?? [];
    this.sessions.delete(session);
    this.claimedElements.delete(session);
    for (const handle of claimed) {
      if (!this.isClaimed(handle)) this.elements.take(handle);
    }
  }

  clear() {
    for (const table of this.all()) table.clear();
    this.defaultStream = undefined;
  }

  /** How many live objects are held. */
  get size() {
    return this.all().reduce((sum, { size }) => sum + size, 0);
  }

  all() {
    const { streams, elements, calls, lent, causes, keptCauses, sessions, peers } = this;
    return [
      streams, elements, calls, lent, causes, keptCauses, sessions, peers, this.claimedStreams, this.claimedElements,
    ];
  }
}
