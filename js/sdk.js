// SPDX-License-Identifier: MIT
// The documented class. It translates: every decision about a call, a session or an option is the core's.

import { AudioProcessor } from './audio-processor.js';
import { Emitter, hide } from './emitter.js';
import { SdkHeadset } from './headset.js';
import { createHost } from './host.js';
import { Logger } from './logger.js';
import { SdkMedia } from './media.js';
import { hasOutputDeviceSupport } from './platform/devices.js';
import { machineFacts } from './platform/page.js';
import { VERSION } from './version.js';

/** @typedef {import('./types/index.js').ISdkConfig} ISdkConfig */
/** @typedef {import('./types/index.js').SessionTypesAsStrings} SessionType */

/** Kinds of sessions. */
export const SessionTypes = Object.freeze({
  softphone: 'softphone',
  collaborateVideo: 'collaborateVideo',
  acdScreenShare: 'screenShare',
  screenRecording: 'screenRecording',
  liveScreenMonitoring: 'liveScreenMonitoring',
  unknown: 'unknown',
});

/** The client of one user. Its methods that answer with a promise never throw. */
export class GenesysCloudWebrtcSdk extends Emitter {
  static VERSION = VERSION;

  /**
   * Throws an SdkError of type `invalid_options` when the configuration is refused.
   * @param {ISdkConfig} config
   */
  constructor(config) {
    super();
    this.logger = new Logger(config, (level, message, details) => this.emit('trace', level, message, details));
    /** The user's effective station, once it is known. @type {import('./types/index.js').IStation | null} */
    this.station = null;
    /** What an application does to the sound of microphones. */
    this.audioProcessor = new AudioProcessor(this.logger);
    this._host = createHost(config, this);
    hide(this, ['_host']);
    this.headset = new SdkHeadset(this._host);
    this.media = new SdkMedia(this._host, hasOutputDeviceSupport());
    if (config.defaults?.audioProcessor) this.audioProcessor.setAudioProcessor(config.defaults.audioProcessor);
    // The documented default becomes visible on the caller's object too.
    if (!config.environment) Reflect.set(config, 'environment', this._host.ask('config')?.environment);
  }

  /** The version of the SDK. */
  get VERSION() {
    return VERSION;
  }

  /** Whether the signaling connection is up. @returns {boolean} */
  get connected() {
    return this._host.ask('connected') === true;
  }

  /** @returns {boolean} */
  get isInitialized() {
    return this._host.ask('isInitialized') === true;
  }

  /** @returns {boolean} */
  get isJwtAuth() {
    return this._host.ask('isJwtAuth') === true;
  }

  /** @returns {boolean} */
  get isGuest() {
    return this._host.ask('isGuest') === true;
  }

  /**
   * Authenticates the user and connects.
   * @param {{ securityCode: string } | import('./types/index.js').ICustomerData} [opts] for guests
   * @returns {Promise<void>}
   */
  initialize(opts) {
    return this._host.call('initialize', [opts]);
  }

  /**
   * Places a call.
   * @param {import('./types/index.js').IStartSoftphoneSessionParams} params
   * @returns {Promise<{ id: string, selfUri: string }>}
   */
  startSoftphoneSession(params) {
    return this._host.call('startSoftphoneSession', [params]);
  }

  /**
   * Joins a video conference; with an invitee, that user is asked to join it. With a JWT, joins the room it names.
   * @param {string} roomJid
   * @param {string} [inviteeJid]
   * @returns {Promise<{ conversationId: string }>}
   */
  startVideoConference(roomJid, inviteeJid) {
    return this._host.call('startVideoConference', [roomJid, inviteeJid]);
  }

  /**
   * Joins a video meeting.
   * @param {string} meetingId
   * @returns {Promise<{ conversationId: string }>}
   */
  startVideoMeeting(meetingId) {
    return this._host.call('startVideoMeeting', [meetingId]);
  }

  /**
   * Shares a guest's screen with the agent.
   * @returns {Promise<MediaStream>} the screen; it ends with the session
   */
  startScreenShare() {
    return this._host.call('startScreenShare', []);
  }

  /** @param {import('./types/index.js').IPendingSessionActionParams} params @returns {Promise<void>} */
  acceptPendingSession(params) {
    return this._host.call('acceptPendingSession', [params]);
  }

  /** @param {import('./types/index.js').IPendingSessionActionParams} params @returns {Promise<void>} */
  rejectPendingSession(params) {
    return this._host.call('rejectPendingSession', [params]);
  }

  /** @param {import('./types/index.js').IAcceptSessionRequest} params @returns {Promise<void>} */
  acceptSession(params) {
    return this._host.call('acceptSession', [params]);
  }

  /** @param {import('./types/index.js').IEndSessionRequest} params @returns {Promise<void>} */
  endSession(params) {
    return this._host.call('endSession', [params]);
  }

  /**
   * Ends a session whatever its kind.
   * @param {string} sessionId
   * @param {import('./types/index.js').JingleReasonCondition} [reason]
   * @returns {Promise<void>}
   */
  forceTerminateSession(sessionId, reason) {
    return this._host.call('forceTerminateSession', [sessionId, reason]);
  }

  /** @param {import('./types/index.js').ISessionMuteRequest} params @returns {Promise<void>} */
  setAudioMute(params) {
    return this._host.call('setAudioMute', [params]);
  }

  /**
   * Mutes or unmutes the camera of a video session.
   * @param {import('./types/index.js').ISessionMuteRequest} params
   * @returns {Promise<void>}
   */
  setVideoMute(params) {
    return this._host.call('setVideoMute', [params]);
  }

  /** @param {import('./types/index.js').IConversationHeldRequest} params @returns {Promise<void>} */
  setConversationHeld(params) {
    return this._host.call('setConversationHeld', [params]);
  }

  /**
   * Uses another access token from now on. Media and connection stay as they are.
   * @param {string} token
   * @param {{ expiresAt?: number }} [options] when it expires, in milliseconds since 1970
   */
  setAccessToken(token, options) {
    this._host.tell('setAccessToken', [token, options]);
  }

  /**
   * Gives a session other devices, or a stream. Throws an SdkError of type `invalid_options` when neither is given.
   * @param {import('./types/index.js').IUpdateOutgoingMedia} options
   * @returns {Promise<void>} once it is sent; on failure what was sent before is sent on
   */
  updateOutgoingMedia(options) {
    const { stream, videoDeviceId, audioDeviceId } = options ?? {};
    this._host.check('updateOutgoingMedia', [{ stream: Boolean(stream), videoDeviceId, audioDeviceId }]);
    return this._host.call('updateOutgoingMedia', [options]);
  }

  /**
   * @param {import('./types/index.js').IMediaDeviceIds & { updateActiveSessions?: boolean }} [options]
   * @returns {Promise<any>}
   */
  updateDefaultDevices(options) {
    return this._host.call('updateDefaultDevices', [options]);
  }

  /**
   * @param {import('./types/index.js').IMediaSettings & { updateActiveSessions?: boolean }} [settings]
   * @returns {Promise<any>}
   */
  updateDefaultMediaSettings(settings) {
    return this._host.call('updateDefaultMediaSettings', [settings]);
  }

  /**
   * @param {import('./types/index.js').IVideoResolution | undefined} resolution
   * @param {boolean} updateActiveSessions
   * @returns {Promise<any>}
   */
  updateDefaultResolution(resolution, updateActiveSessions) {
    return this._host.call('updateDefaultResolution', [resolution, updateActiveSessions]);
  }

  /**
   * Plays all sessions on this device; `true` is the SDK's default, `null` the system's.
   * @param {string | true | null} deviceId
   * @returns {Promise<void>}
   */
  updateOutputDevice(deviceId) {
    return this._host.call('updateOutputDevice', [deviceId]);
  }

  /** Throws an SdkError of type `not_supported` outside of 0 to 100. @param {number} volume */
  updateAudioVolume(volume) {
    this._host.check('updateAudioVolume', [volume]);
    this._host.tell('updateAudioVolume', [volume]);
  }

  /**
   * Looks whether the devices of all sessions are still there, and replaces those that are not.
   * @returns {Promise<void>}
   */
  validateOutgoingMediaTracks() {
    return this._host.call('validateOutgoingMediaTracks', []);
  }

  /**
   * The stream that softphone sessions are accepted with when there is no other; a falsy value clears it.
   * @param {MediaStream} [stream]
   */
  setDefaultAudioStream(stream) {
    this.media.setDefaultAudioStream(stream);
  }

  /** Uses another JWT from now on. @param {string} jwt */
  setJwt(jwt) {
    this._host.tell('setJwt', [jwt]);
  }

  /**
   * How much media this client handles. Throws an SdkError when headsets cannot be given up now.
   * @param {import('./types/index.js').MediaHandling} mode
   */
  setMediaHandling(mode) {
    this._host.now('setMediaHandling', [mode]);
  }

  /** Turns headset support on or off. @param {boolean} useHeadsets */
  setUseHeadsets(useHeadsets) {
    this._host.tell('setUseHeadsets', [useHeadsets]);
  }

  /** Takes sessions of another kind from now on. @param {SessionType} type @returns {Promise<void>} */
  addAllowedSessionType(type) {
    return this._host.call('addAllowedSessionType', [type]);
  }

  /** Takes no more sessions of this kind. @param {SessionType} type @returns {Promise<void>} */
  removeAllowedSessionType(type) {
    return this._host.call('removeAllowedSessionType', [type]);
  }

  /** The user's organization, as the platform describes it. @returns {Promise<any>} */
  fetchOrganization() {
    return this._host.call('fetchOrganization', []);
  }

  /** The user, as the platform describes them. @returns {Promise<any>} */
  fetchAuthenticatedUser() {
    return this._host.call('fetchAuthenticatedUser', []);
  }

  /** The user's effective station. @returns {Promise<import('./types/index.js').IStation>} */
  fetchUsersStation() {
    return this._host.call('fetchUsersStation', []);
  }

  /** Reads the configured JWT. Throws an SdkError when it cannot be read. */
  parseJwt() {
    this._host.now('parseJwt', []);
  }

  /** @param {{ sessionType: string }} session */
  isScreenRecordingSession({ sessionType }) {
    return sessionType === SessionTypes.screenRecording;
  }

  /** @param {{ sessionType: string }} session */
  isVideoSession({ sessionType }) {
    return sessionType === SessionTypes.collaborateVideo;
  }

  /** @param {{ sessionType: string }} session */
  isLiveScreenMonitoringSession({ sessionType }) {
    return sessionType === SessionTypes.liveScreenMonitoring;
  }

  /** The media sessions; undefined before `initialize()`. */
  get sessionManager() {
    const { sessions } = this._host;
    if (!this.isInitialized) return undefined;
    return {
      getAllSessions: sessions,
      getAllActiveSessions: () => sessions().filter(({ state }) => state === 'active'),
    };
  }

  /** Whether the station keeps its media connection between calls. @returns {boolean} */
  isPersistentConnectionEnabled() {
    return this._host.ask('isPersistentConnectionEnabled') === true;
  }

  /** Whether the station has more than one line appearance. @returns {boolean} */
  isConcurrentSoftphoneSessionsEnabled() {
    return this._host.ask('isConcurrentSoftphoneSessionsEnabled') === true;
  }

  /**
   * Closes the signaling connection; sessions go on, and `initialize()` may follow.
   * @returns {Promise<any>}
   */
  disconnect() {
    return this._host.call('disconnect', []);
  }

  /**
   * What the flight recorder kept, without what it says of anybody: for a report of a problem, and to be replayed.
   * @returns {Promise<import('./types/index.js').IRecording>}
   */
  async exportDiagnostics() {
    const exportedAt = new Date().toISOString();
    return {
      format: 'genesys-cloud-webrtc-sdk-wasm recording', formatVersion: 1, sdkVersion: VERSION, exportedAt,
      browser: machineFacts(), ...await this._host.recording() ?? { lost: [], records: [] },
    };
  }

  /**
   * Ends all sessions, disconnects and releases everything. The object is of no use afterwards.
   * @returns {Promise<any>}
   */
  async destroy() {
    await this._host.destroy();
    this.media.removeAllListeners();
  }

  /**
   * Looks whether calls will work here, section by section. Costs no call and asks the user nothing; never rejects
   * because of what it finds.
   * @param {import('./types/index.js').DiagnosticsOptions} [options]
   * @returns {Promise<import('./types/index.js').DiagnosticsReport>} rejects with the reason of an aborted `signal`
   */
  async runDiagnostics(options) {
    const { signal, onProgress, ...wanted } = options ?? {};
    const stop = () => this._host.tell('stopDiagnostics', []);
    if (signal?.aborted) throw signal.reason;
    const report = this._host.call('runDiagnostics', [wanted], onProgress);
    signal?.addEventListener('abort', stop);
    try {
      return await report ?? Promise.reject(signal?.reason);
    } finally {
      signal?.removeEventListener('abort', stop);
    }
  }

  // Adding listeners: some events cost the core work that it does only when somebody listens.

  /**
   * @override
   * @param {string | symbol} name
   * @param {(...args: any[]) => void} listener
   */
  on(name, listener) {
    this.noteListener(name);
    return super.on(name, listener);
  }

  /**
   * @override
   * @param {string | symbol} name
   * @param {(...args: any[]) => void} listener
   */
  addListener(name, listener) {
    this.noteListener(name);
    return super.addListener(name, listener);
  }

  /**
   * @override
   * @param {string | symbol} name
   * @param {(...args: any[]) => void} listener
   */
  prependListener(name, listener) {
    this.noteListener(name);
    return super.prependListener(name, listener);
  }

  /** @param {string | symbol} name */
  noteListener(name) {
    if (name === 'conversationUpdateRaw' && !this.listenerCount(name)) this._host.tell('listen', [name]);
  }
}
