// SPDX-License-Identifier: MIT

import { Emitter, hide } from './emitter.js';

/** @typedef {import('./types/index.js').IMediaRequestOptions} IMediaRequestOptions */
/** @typedef {import('./types/index.js').IMediaDevicesState} IMediaDevicesState */

/** What an SDK object that just was made knows (media.md §3). */
const INITIAL = {
  /** @type {MediaDeviceInfo[]} */ devices: [],
  /** @type {MediaDeviceInfo[]} */ oldDevices: [],
  /** @type {MediaDeviceInfo[]} */ audioDevices: [],
  /** @type {MediaDeviceInfo[]} */ videoDevices: [],
  /** @type {MediaDeviceInfo[]} */ outputDevices: [],
  hasMic: false,
  hasCamera: false,
  hasMicPermissions: false,
  hasCameraPermissions: false,
  micPermissionsRequested: false,
  cameraPermissionsRequested: false,
};

/** A copy whose lists are copies too; the devices in it are the browser's own. @param {any} state */
const snapshot = (state) => Object.fromEntries(
  Object.entries(state).map(([name, value]) => [name, Array.isArray(value) ? [...value] : value]),
);

/** @param {any} device */
const describe = (device) => device && {
  deviceId: device.deviceId, groupId: device.groupId, kind: device.kind, label: device.label,
};

/** `sdk.media`: devices, permissions, and streams for the application. */
export class SdkMedia extends Emitter {
  /** @param {import('./host.js').Host} host @param {boolean} hasOutputDeviceSupport */
  constructor(host, hasOutputDeviceSupport) {
    super();
    this._host = host;
    /** @type {any} */
    this._state = { ...INITIAL, hasOutputDeviceSupport };
    hide(this, ['_host', '_state']);
  }

  // What the core says

  /** @param {string} eventType @param {any} state */
  _changed(eventType, state) {
    Object.assign(this._state, state);
    this.emit('state', { ...this.getState(), eventType });
    this.emit(eventType, { ...this.getState(), eventType });
  }

  // Requests

  /**
   * Asks for the permission to use a microphone, a camera or both.
   * @param {'audio' | 'video' | 'both'} mediaType
   * @param {boolean} [preserveMedia] resolve with the stream instead of stopping it
   * @param {IMediaRequestOptions} [options]
   * @returns {Promise<MediaStream | undefined>} rejects with the browser's own error
   */
  requestMediaPermissions(mediaType, preserveMedia, options) {
    return this._host.call('media.requestMediaPermissions', [mediaType, preserveMedia, options]);
  }

  /**
   * Requests media. The application owns the stream and stops it, or hands it to `acceptSession`.
   * @param {IMediaRequestOptions} [options]
   * @param {boolean} [retryOnFailure]
   * @returns {Promise<MediaStream>} rejects with the browser's own error
   */
  startMedia(options, retryOnFailure) {
    return this._host.call('media.startMedia', [options, retryOnFailure]);
  }

  /**
   * Requests a screen, a window or a tab.
   * @param {{ conversationId?: string, sessionId?: string }} [options]
   * @returns {Promise<MediaStream>} rejects with the browser's own error
   */
  startDisplayMedia(options) {
    return this._host.call('media.startDisplayMedia', [options]);
  }

  /**
   * Lists the devices and updates the cache.
   * @param {boolean} [forceEmit] emit `state` and `devices` even if nothing changed
   * @returns {Promise<MediaDeviceInfo[]>}
   */
  enumerateDevices(forceEmit) {
    return this._host.call('media.enumerateDevices', [forceEmit]);
  }

  /**
   * The stream that softphone sessions are accepted with when there is no other; a falsy value clears it.
   * @param {MediaStream} [stream]
   */
  setDefaultAudioStream(stream) {
    this._host.setDefaultAudioStream(stream);
  }

  /**
   * Lets sound play, which browsers may refuse until the user has touched the page: to be called by the listener of a
   * click or a key. `audioBlocked` tells when it is needed.
   * @returns {Promise<boolean>} whether sound is allowed now
   */
  unlockAudio() {
    return this._host.unlockAudio();
  }

  // Questions

  /** @returns {IMediaDevicesState} a copy */
  getState() {
    return /** @type {any} */ (snapshot(this._state));
  }

  /** @returns {MediaDeviceInfo[]} */
  getDevices() {
    return [...this._state.devices];
  }

  /** @returns {MediaDeviceInfo[]} */
  getAudioDevices() {
    return [...this._state.audioDevices];
  }

  /** @returns {MediaDeviceInfo[]} */
  getVideoDevices() {
    return [...this._state.videoDevices];
  }

  /** @returns {MediaDeviceInfo[]} */
  getOutputDevices() {
    return [...this._state.outputDevices];
  }

  /** Tracks that were requested here and are still on. @returns {MediaStreamTrack[]} */
  getAllActiveMediaTracks() {
    return this._host.activeTracks();
  }

  /**
   * A cached id: the given one, else the SDK default.
   * @param {MediaDeviceKind} kind
   * @param {string | boolean | null} [deviceId]
   * @param {...any} _sessions
   * @returns {string | undefined}
   */
  getValidDeviceId(kind, deviceId, ..._sessions) {
    return this._host.ask('media.validDevice', [kind, typeof deviceId === 'string' ? deviceId : null]) ?? undefined;
  }

  /**
   * What a request means by a device id: `undefined` and `false` are the SDK default.
   * @param {string | boolean | null} [deviceId]
   * @returns {string | true | null}
   */
  getValidSdkMediaRequestDeviceId(deviceId) {
    return this._host.ask('media.requestDevice', deviceId === undefined ? [] : [deviceId]);
  }

  /** The cached input device that this track comes from, by its label. @param {MediaStreamTrack} [track] */
  findCachedDeviceByTrackLabelAndKind(track) {
    return track && this._device('media.deviceOfTrack', [track.label, track.kind]);
  }

  /** @deprecated use findCachedDeviceByTrackLabelAndKind() @param {MediaStreamTrack} [track] */
  findCachedDeviceByTrackLabel(track) {
    return this.findCachedDeviceByTrackLabelAndKind(track);
  }

  /** @param {string} [id] */
  findCachedVideoDeviceById(id) {
    return this.findCachedDeviceByIdAndKind(id, 'videoinput');
  }

  /** @param {string} [id] */
  findCachedAudioDeviceById(id) {
    return this.findCachedDeviceByIdAndKind(id, 'audioinput');
  }

  /** @param {string} [id] */
  findCachedOutputDeviceById(id) {
    return this.findCachedDeviceByIdAndKind(id, 'audiooutput');
  }

  /** @param {string | undefined} id @param {MediaDeviceKind} kind */
  findCachedDeviceByIdAndKind(id, kind) {
    return this._device('media.device', [id ?? null, kind]);
  }

  /** Whether exactly this device is cached. @param {MediaDeviceInfo} [device] @returns {boolean} */
  doesDeviceExistInCache(device) {
    return this._host.ask('media.hasDevice', [describe(device) ?? null]) === true;
  }

  /** Whether an error says that the user or the system refuses. @param {any} error @returns {boolean} */
  isPermissionsError(error) {
    return this._host.ask('media.isPermissionsError', [String(error?.name), String(error?.message)]) === true;
  }

  /** @param {string} question @param {unknown[]} args @returns {MediaDeviceInfo | undefined} */
  _device(question, args) {
    return this._host.device(this._host.ask(question, args));
  }

  /** Stops every track that was requested here and every listener. `sdk.destroy()` does it too. */
  destroy() {
    this.removeAllListeners();
    this._host.releaseDevices();
  }
}
