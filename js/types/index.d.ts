// SPDX-License-Identifier: MIT
// The public types, written from the documentation of the SDK.

/** What the script tag makes: `window.GenesysCloudWebrtcSdk`. */
export as namespace GenesysCloudWebrtcSdk;

// Names that stand for themselves. Constants and words are both of the type: `SessionTypes.softphone` and 'softphone'.

export declare const SdkErrorTypes: {
  readonly generic: 'generic';
  readonly initialization: 'initialization';
  readonly invalid_token: 'invalid_token';
  readonly http: 'http';
  readonly invalid_options: 'invalid_options';
  readonly not_supported: 'not_supported';
  readonly session: 'session';
  readonly call: 'call';
  readonly media: 'media';
};
export type SdkErrorTypes = keyof typeof SdkErrorTypes;
export type SdkErrorTypesAsStrings = SdkErrorTypes;
/** A constant is a type too. */
export declare namespace SdkErrorTypes {
  type generic = 'generic';
  type initialization = 'initialization';
  type invalid_token = 'invalid_token';
  type http = 'http';
  type invalid_options = 'invalid_options';
  type not_supported = 'not_supported';
  type session = 'session';
  type call = 'call';
  type media = 'media';
}

export declare const SessionTypes: {
  readonly softphone: 'softphone';
  readonly collaborateVideo: 'collaborateVideo';
  readonly acdScreenShare: 'screenShare';
  readonly screenRecording: 'screenRecording';
  readonly liveScreenMonitoring: 'liveScreenMonitoring';
  readonly unknown: 'unknown';
};
export type SessionTypes = typeof SessionTypes[keyof typeof SessionTypes];
export type SessionTypesAsStrings = SessionTypes;
/** A constant is a type too. */
export declare namespace SessionTypes {
  type softphone = 'softphone';
  type collaborateVideo = 'collaborateVideo';
  type acdScreenShare = 'screenShare';
  type screenRecording = 'screenRecording';
  type liveScreenMonitoring = 'liveScreenMonitoring';
}

/** States of calls and of other communications of a conversation. */
export declare const CommunicationStates: {
  readonly alerting: 'alerting';
  readonly contacting: 'contacting';
  readonly dialing: 'dialing';
  readonly hold: 'hold';
  readonly connected: 'connected';
  readonly disconnected: 'disconnected';
  readonly terminated: 'terminated';
};
export type CommunicationStates = keyof typeof CommunicationStates;

/** The common reasons for the end of a session. */
export declare const JingleReasons: {
  readonly success: 'success';
  readonly failedTransport: 'failed-transport';
  readonly generalError: 'general-error';
  readonly decline: 'decline';
  readonly gone: 'gone';
  readonly timeout: 'timeout';
  readonly connectivityError: 'connectivity-error';
  readonly alternativeSession: 'alternative-session';
};
export type JingleReasons = typeof JingleReasons[keyof typeof JingleReasons];

/** All reasons for the end of a session. */
export declare const JingleReasonCondition: {
  readonly AlternativeSession: 'alternative-session';
  readonly Busy: 'busy';
  readonly Cancel: 'cancel';
  readonly ConnectivityError: 'connectivity-error';
  readonly Decline: 'decline';
  readonly Expired: 'expired';
  readonly FailedApplication: 'failed-application';
  readonly FailedTransport: 'failed-transport';
  readonly GeneralError: 'general-error';
  readonly Gone: 'gone';
  readonly IncompatibleParameters: 'incompatible-parameters';
  readonly MediaError: 'media-error';
  readonly SecurityError: 'security-error';
  readonly Success: 'success';
  readonly Timeout: 'timeout';
  readonly UnsupportedApplications: 'unsupported-applications';
  readonly UnsupportedTransports: 'unsupported-transports';
};
export type JingleReasonCondition = typeof JingleReasonCondition[keyof typeof JingleReasonCondition];

/** Why a session ended. */
export interface JingleReason {
  condition: JingleReasonCondition;
  /** What the far side said about it. */
  text?: string;
}
export type IJingleReason = JingleReason;

export type JingleSessionRole = 'initiator' | 'responder';
/** What `mute`, `unmute`, `hold`, `resumed` and `ringing` of a session tell. */
export interface JingleInfo {
  /** 'mute', 'unmute', 'hold', 'unhold', 'active' or 'ringing' */
  infoType: string;
  creator?: JingleSessionRole;
  name?: string;
}

// Errors

/** The error of every rejection, throw and `sdkError` of the SDK; of an error it wraps it keeps name and message. */
export declare class SdkError extends Error {
  constructor(type: SdkErrorTypes | null | undefined, messageOrError: string | Error, details?: any);
  type: SdkErrorTypes;
  /** Whatever helps to understand the error. */
  details: any;
}

// Configuration

export type LogLevels = 'log' | 'debug' | 'info' | 'warn' | 'error';

export interface ILogMessageOptions {
  skipDefaultFormatter?: boolean;
  skipServer?: boolean;
  skipSecondaryLogger?: boolean;
}

export interface ILogger {
  log(message: string | Error, details?: any, skipServer?: boolean | ILogMessageOptions): void;
  debug(message: string | Error, details?: any, skipServer?: boolean | ILogMessageOptions): void;
  info(message: string | Error, details?: any, skipServer?: boolean | ILogMessageOptions): void;
  warn(message: string | Error, details?: any, skipServer?: boolean | ILogMessageOptions): void;
  error(message: string | Error, details?: any, skipServer?: boolean | ILogMessageOptions): void;
}

/** `sdk.logger`: events `onError`, `onStart`, `onStop`. */
export interface ISdkLogger extends ILogger {
  readonly clientId: string;
  setAccessToken(token: string): void;
  /** Uploads start by themselves unless `optOutOfTelemetry` is set. */
  startServerLogging(): void;
  stopServerLogging(reason?: 401 | 403 | 404 | 'force'): void;
  sendAllLogsInstantly(): Promise<any>[];
  on(event: 'onError', listener: (error: any) => void): this;
  on(event: 'onStart', listener: () => void): this;
  on(event: 'onStop', listener: (reason: 401 | 403 | 404 | 'force') => void): this;
  off(event: 'onError' | 'onStart' | 'onStop', listener: (...args: any[]) => void): this;
}

export type LogFormatterFn = (
  level: LogLevels,
  message: string | Error,
  details: any,
  options: any,
  next: (level?: LogLevels, message?: string | Error, details?: any, options?: any) => void,
) => void;

export interface IVideoResolution {
  width: ConstrainULong;
  height: ConstrainULong;
}

/** How much media a client handles: all of it; as the alerting leader; none; none but the headset. */
export type MediaHandling = 'standard-media' | 'alerting-leader-media' | 'reduced-media' | 'reduced-media-headsets';

export interface ICustomHeader {
  [header: string]: string;
}
export type DefaultHeadsetRequestType = 'standard' | 'prioritized';
export type HeadsetRequestType = 'mediaHelper' | DefaultHeadsetRequestType;

/** The configuration as it is inside. */
export interface ISdkFullConfig extends Omit<ISdkConfig, 'headsetRequestType'> {
  headsetRequestType?: HeadsetRequestType;
}
export interface ISdkConfig {
  /** `mypurecloud.com` by default; other regions have other domains. */
  environment?: string;
  /** For agents. */
  accessToken?: string;
  /** Beyond the original: when the access token expires, in milliseconds since 1970; see `tokenExpiring`. */
  accessTokenExpiresAt?: number;
  /** A JWT of Genesys instead of an access token: for screen recording and video conferences only. */
  jwt?: string;
  /** For guests: id of the organization. */
  organizationId?: string;
  /** `wss://streaming.<environment>` by default. */
  wsHost?: string;
  /** True by default: softphone sessions are accepted without `acceptSession()`. */
  autoConnectSessions?: boolean;
  /** False by default. True: no `pendingSession` for screen recordings, the next event is `sessionStarted`. */
  autoAcceptPendingScreenRecordingRequests?: boolean;
  /** False by default. The same for live screen monitoring. */
  autoAcceptPendingLiveScreenMonitoringRequests?: boolean;
  /** Resource of the JID of this client, to tell kinds of clients apart. */
  jidResource?: string;
  /** False by default: softphone calls that say `autoAnswer` are answered. */
  disableAutoAnswer?: boolean;
  /** `info` by default. */
  logLevel?: LogLevels;
  /** Where records are shown; the console by default. */
  logger?: ILogger;
  /** Change or silence records, the application's first one first. */
  logFormatters?: LogFormatterFn[];
  /** False by default. True: neither logs nor statistics are uploaded. */
  optOutOfTelemetry?: boolean;
  /** `false`: `sdk.headset` does nothing, and nothing of WebHID is touched. True by default. */
  useHeadsets?: boolean;
  /** Name, version and instance of the application, for logs. */
  originAppName?: string;
  originAppVersion?: string;
  originAppId?: string;
  /** All types but `screenRecording` by default. */
  allowedSessionTypes?: SessionTypes[];
  /** What to do with a session whose only purpose is a persistent connection; `auto` when missing. */
  eagerPersistentConnectionEstablishment?: 'auto' | 'event' | 'none';
  /** How this client asks the user's other clients for the headset. */
  headsetRequestType?: DefaultHeadsetRequestType;
  /** The user has one client only: the headset is used without asking others. */
  disableHeadsetControlsOrchestration?: boolean;
  /** False by default: this client pings the server. True: the server pings it. */
  useServerSidePings?: boolean;
  /** False by default. True: the quality of each softphone call is reported to the platform. */
  reportStatistics?: boolean;
  /** Log uploads wait for `logger.startServerLogging()`. */
  startServerLoggingPaused?: boolean;
  /** Taken, and of no effect, like the next four: no headset needs its vendor's software here. */
  hostedContext?: any;
  useWebHidOnDesktopJabra?: boolean;
  useWebHidOnDesktopYealink?: boolean;
  useWebHidOnDesktopVbet?: boolean;
  useWebHidOnDesktopCyberAcoustics?: boolean;
  /** Interactions that this client offers to alert for; see `alertingLeaderChanged`. */
  alertableInteractionTypes?: string[];
  /** Added to every REST request. */
  customHeaders?: ICustomHeader;
  /**
   * Beyond the original, off by default: six round trips to a connection instead of nine, by sending requests behind
   * the one they follow. It falls back by itself where the server does not like that.
   */
  pipelinedConnect?: boolean;
  /**
   * Whether the SDK remembers what happened, for `exportDiagnostics()`. In memory, bounded, for hours. Default: true.
   * Beyond the original.
   */
  flightRecorder?: boolean;
  defaults?: {
    /** Softphone sessions are accepted with it unless there is another stream. */
    audioStream?: MediaStream;
    /** Plays sessions; by default the SDK makes an element. */
    audioElement?: HTMLAudioElement;
    /** Shows video sessions that `acceptSession()` names no element for. */
    videoElement?: HTMLVideoElement;
    /** Of cameras; requested without it when the browser refuses it. */
    videoResolution?: IVideoResolution;
    /** `null`, the default: the system's; so for the next ones. */
    videoDeviceId?: string | null;
    audioDeviceId?: string | null;
    /** 0 to 100, the default. */
    audioVolume?: number;
    outputDeviceId?: string | null;
    /** True by default, like the next two. */
    micAutoGainControl?: ConstrainBoolean;
    micEchoCancellation?: ConstrainBoolean;
    micNoiseSuppression?: ConstrainBoolean;
    /** False by default. True: `audioTrackVolume` events for microphones. */
    monitorMicVolume?: boolean;
    /** See `sdk.audioProcessor`. */
    audioProcessor?: IAudioProcessor;
  };
  /** `true`: a camera is not constrained again to what it gives. */
  skipConstraints?: boolean;
}

// Station

export interface IStation {
  id: string;
  name: string;
  status: 'ASSOCIATED' | 'AVAILABLE';
  userId: string;
  webRtcUserId: string;
  type: 'inin_webrtc_softphone' | 'inin_remote';
  webRtcPersistentEnabled: boolean;
  webRtcForceTurn: boolean;
  webRtcCallAppearances: number;
}

/** The user's organization, as far as it is declared. */
export interface IOrgDetails {
  id: string;
  name: string;
}

/** The user, as far as they are declared. */
export interface IPersonDetails {
  id: string;
  name: string;
  chat: { jabberId: string };
  station?: {
    effectiveStation?: IStation;
    associatedStation?: IStation;
    lastAssociatedStation?: IStation;
    defaultStation?: IStation;
  };
}

/** What a JWT of Genesys says. */
export interface JWTDetails {
  data: { uid: string; jid: string; gcbaid: string };
  exp: number;
  iat: number;
  iss: string;
  name: string;
  org: string;
}

// Parameters of methods

export interface ICustomerData {
  conversation: { id: string };
  sourceCommunicationId: string;
  jwt: string;
}

export interface IPendingSessionActionParams {
  conversationId: string;
  sessionType?: SessionTypes;
  fromHeadset?: boolean;
}

export interface ScreenRecordingMetadata {
  trackId: string;
  screenId: string;
  originX: number;
  originY: number;
  resolutionX: number;
  resolutionY: number;
  primary: boolean;
}

export interface IAcceptSessionRequest extends ISdkMediaDeviceIds {
  conversationId: string;
  sessionType?: SessionTypes;
  mediaStream?: MediaStream;
  audioElement?: HTMLAudioElement;
  videoElement?: HTMLVideoElement;
  /** Required for screen recording: one for each track. */
  screenRecordingMetadatas?: ScreenRecordingMetadata[];
  /** For an observer of live monitoring: the nth screen is shown in the nth element. */
  videoElements?: HTMLVideoElement[];
  /** Live monitoring: watch screens instead of sending the own ones. */
  liveMonitoringObserver?: boolean;
}

export interface IEndSessionRequest {
  sessionType?: SessionTypes;
  conversationId: string;
  /** `success` if not given. */
  reason?: JingleReason | JingleReasonCondition;
  fromHeadset?: boolean;
}

export interface ISessionMuteRequest {
  conversationId: string;
  mute: boolean;
  fromHeadset?: boolean;
  unmuteDeviceId?: string | boolean | null;
}

export interface IConversationHeldRequest {
  conversationId: string;
  held: boolean;
  fromHeadset?: boolean;
}

export interface ICallParticipant {
  address: string;
  name?: string;
  userId?: string;
  queueId?: string;
}

export type ISdkSoftphoneDestination = ICallParticipant;

export interface IStartSessionParams extends ISdkMediaDeviceIds {
  sessionType: SessionTypes;
}

export interface IStartVideoSessionParams extends IStartSessionParams {
  /** Of the conference. */
  jid: string;
  /** Of the user to invite. */
  inviteeJid?: string;
}

export interface IStartSoftphoneSessionParams extends Partial<IStartSessionParams> {
  phoneNumber?: string;
  callerId?: string;
  callerIdName?: string;
  callFromQueueId?: string;
  callQueueId?: string;
  callUserId?: string;
  priority?: number;
  languageId?: string;
  routingSkillsIds?: string[];
  conversationIds?: string[];
  participants?: ICallParticipant[];
  uuiData?: string;
  [member: string]: any;
}

/**
 * A device id, `true` for the SDK's default device, `null` for the system's; `false` and `undefined`: this type is not
 * requested, or not touched.
 */
export type IMediaDeviceValue = string | boolean | null;

export interface IMediaRequestOptions {
  audio?: IMediaDeviceValue;
  video?: IMediaDeviceValue;
  /** `false`: no resolution, not even the default one. */
  videoResolution?: IVideoResolution | false;
  /** `{ ideal: 30 }` if not given; `false`: none. */
  videoFrameRate?: ConstrainDouble | false;
  /** `defaults.monitorMicVolume` if not given. */
  monitorMicVolume?: boolean;
  /** Whose media it is, for logs, telemetry and volume events. */
  session?: IExtendedMediaSession;
  /** Other devices and less demanding constraints are tried; `true` if not given. */
  retryOnFailure?: boolean;
  /** With both types requested: a stream of one type is better than none. */
  preserveMediaIfOneTypeFails?: boolean;
  uuid?: string | number;
  [member: string]: any;
}

export interface IMediaDeviceIds {
  /** A device id; `null`, or another falsy value that is not `undefined`, for the system's device. */
  videoDeviceId?: string | null;
  audioDeviceId?: string | null;
  outputDeviceId?: string | null;
  /** Whether running sessions take them too. */
  updateActiveSessions?: boolean;
}

export interface IMediaSettings {
  micAutoGainControl?: ConstrainBoolean;
  micEchoCancellation?: ConstrainBoolean;
  micNoiseSuppression?: ConstrainBoolean;
  monitorMicVolume?: boolean;
  /** Whether running sessions take them too. */
  updateActiveSessions?: boolean;
}

/** Devices of one request. */
export interface ISdkMediaDeviceIds {
  videoDeviceId?: IMediaDeviceValue;
  audioDeviceId?: IMediaDeviceValue;
}

export interface IUpdateOutgoingMedia extends ISdkMediaDeviceIds {
  /** Or `conversationId`. */
  session?: IExtendedMediaSession;
  conversationId?: string;
  /** Instead of devices. */
  stream?: MediaStream;
}

/** What an application does to the sound of microphones, such as suppressing noise. */
export interface IAudioProcessor {
  readonly name: string;
  readonly id: string;
  init(): Promise<void>;
  process(stream: MediaStream): Promise<MediaStream>;
  destroy(): Promise<void>;
}

/** `sdk.audioProcessor`: where the application's processor goes. A failing one costs no call its sound. */
export interface ISdkAudioProcessor {
  setAudioProcessor(processor?: IAudioProcessor): void;
  init(): Promise<void>;
  process(stream: MediaStream): Promise<MediaStream>;
  destroy(): Promise<void>;
}

/** What `sdk.exportDiagnostics()` answers: JSON values alone. */
export interface IRecording {
  format: string;
  formatVersion: number;
  sdkVersion: string;
  /** A date of ISO 8601. */
  exportedAt: string;
  browser: { userAgent?: string; platform?: string; cores?: number };
  /** What had to leave for later things, or was too old: nothing in a recording that is whole. */
  lost: ('start' | 'middle' | 'telemetry')[];
  /** Inputs and effects of the core, oldest first; empty when `flightRecorder` is off. */
  records: unknown[][];
}

export interface IResolutionUpdatedEvent {
  requestedResolution?: IVideoResolution;
  actualResolution: { width: number; height: number };
  videoTrack: MediaStreamTrack;
  sessionId: string;
  conversationId: string;
}

export interface IMediaDevicesState {
  devices: MediaDeviceInfo[];
  /** What `devices` was before the newest change. */
  oldDevices: MediaDeviceInfo[];
  audioDevices: MediaDeviceInfo[];
  videoDevices: MediaDeviceInfo[];
  outputDevices: MediaDeviceInfo[];
  hasMic: boolean;
  hasCamera: boolean;
  hasMicPermissions: boolean;
  hasCameraPermissions: boolean;
  micPermissionsRequested: boolean;
  cameraPermissionsRequested: boolean;
  hasOutputDeviceSupport: boolean;
}

export interface IMediaStateEvent extends IMediaDevicesState {
  eventType: 'devices' | 'permissions';
}

export interface IMediaGumRequest {
  gumPromise: Promise<MediaStream>;
  constraints: MediaStreamConstraints;
  mediaRequestOptions: IMediaRequestOptions;
}

export interface IAudioTrackVolume {
  track: MediaStreamTrack;
  /** 0 to 255; 0 while muted */
  volume: number;
  muted: boolean;
  sessionId?: string;
}

/** Events of `sdk.media`. */
export interface SdkMediaEvents {
  /** Before each `devices` and `permissions`. */
  state: [state: IMediaStateEvent];
  devices: [state: IMediaStateEvent];
  permissions: [state: IMediaStateEvent];
  /** Every call of getUserMedia, before its outcome is known. */
  gumRequest: [request: IMediaGumRequest];
  /** Ten times a second for each microphone that is monitored. */
  audioTrackVolume: [volume: IAudioTrackVolume];
  /** Whether the browser refuses to play sound until the user has touched the page: told before a call. */
  audioBlocked: [blocked: boolean];
}

export type ISdkMediaState = IMediaDevicesState;
export type SdkMediaStateWithType = IMediaStateEvent;
export type SdkMediaTypesToRequest = 'audio' | 'video' | 'none';
export type SdkMediaEventTypes = 'state' | 'devices' | 'permissions';
export type ISdkGumRequest = IMediaGumRequest;
export type MicVolumeEvent = IAudioTrackVolume;
export type IResolutionChange = IResolutionUpdatedEvent;

// Events

export interface IPendingSession {
  id: string;
  sessionId: string;
  autoAnswer: boolean;
  toJid: string;
  fromJid: string;
  conversationId: string;
  originalRoomJid?: string;
  fromUserId?: string;
  roomJid?: string;
  accepted?: boolean;
  /** The offer comes over XMPP. */
  sdpOverXmpp?: boolean;
  /** 'Auto': the session is answered without being asked about. */
  privAnswerMode?: 'Auto';
  meetingId?: string;
  sessionType: SessionTypes;
}

export interface ISessionInfo extends IPendingSession {}

export interface IActiveConversationDescription {
  conversationId: string;
  sessionId: string;
  sessionType: SessionTypes;
}

export interface ISessionIdAndConversationId {
  sessionId?: string;
  conversationId?: string;
}

/** A call of a participant. */
export interface ICallStateFromParticipant {
  id: string;
  state: CommunicationStates;
  muted: boolean;
  confined: boolean;
  held: boolean;
  direction: 'inbound' | 'outbound';
  provider: string;
  errorInfo?: any;
}

/** A participant as the platform's REST interface tells of them. */
export interface IConversationParticipant {
  id: string;
  address: string;
  purpose: string;
  state: string;
  direction: string;
  userId?: string;
  muted: boolean;
  videoMuted?: boolean;
  confined: boolean;
}

/** A video communication of a participant. */
export interface IParticipantVideo {
  context: string;
  audioMuted: boolean;
  videoMuted: boolean;
  id: string;
  state: CommunicationStates;
  peerCount: number;
  sharingScreen: boolean;
}

export interface IConversationParticipantFromEvent {
  id: string;
  purpose: string;
  userId?: string;
  address?: string;
  state?: string;
  direction?: string;
  muted?: boolean;
  confined?: boolean;
  videos: IParticipantVideo[];
  calls: ICallStateFromParticipant[];
}

/** What the SDK reads of a conversation; events carry plain objects of this shape. */
export declare class ConversationUpdate {
  /** @param notification the `eventBody` of the platform's notification */
  constructor(notification: any);
  id: string;
  participants: IConversationParticipantFromEvent[];
}

export interface IStoredConversationState {
  conversationUpdate: ConversationUpdate;
  conversationId: string;
  session?: IExtendedMediaSession;
  mostRecentUserParticipant?: IConversationParticipantFromEvent;
  mostRecentCallState?: ICallStateFromParticipant;
}

export interface ISdkConversationUpdateEvent {
  /** '' when it cannot be told */
  activeConversationId: string;
  current: IStoredConversationState[];
  added: IStoredConversationState[];
  removed: IStoredConversationState[];
}

/**
 * Beyond the original: another token is needed. Comes five minutes before the credential expires (a JWT says when; of
 * an access token the application may say it) and when the platform refuses it, and every minute until
 * `setAccessToken` or `setJwt` is called. Neither touches media.
 */
export interface ITokenExpiring {
  kind: 'accessToken' | 'jwt';
  reason: 'expiring' | 'expired' | 'refused';
  /** In milliseconds since 1970, when it is known. */
  expiresAt?: number;
}

/**
 * Whether sound flows one way, and if it does not, why. The last eight are faults; `muted-here` (inbound: the
 * application turned the sound off), `held` and `held-there` are silence that somebody wants.
 */
export type AudioFlow =
  | 'unknown'
  | 'flowing'
  | 'muted-here'
  | 'held'
  | 'held-there'
  | 'connection-lost'
  /** The microphone was unplugged or taken away. */
  | 'device-ended'
  /** The microphone gives no sound at all. */
  | 'device-silent'
  /** No packets leave: this browser (outbound) or the far end (inbound). */
  | 'not-sent'
  | 'not-received-by-far-end'
  | 'not-received-here'
  /** Sound arrives and is not played. */
  | 'not-played'
  /** Packets arrive, and none of them ever held a sound. */
  | 'far-end-silent';

/** The quality of one way. Numbers that are not known are absent. */
export interface ICallQualityDirection {
  audio: AudioFlow;
  /** Estimated mean opinion score, 1 to 5. */
  mos?: number;
  /** Share of packets lost, 0 to 1. */
  loss?: number;
  /** Seconds. */
  jitter?: number;
}

/** How good a call is, measured over the last five seconds. */
export interface ICallQuality {
  sessionId: string;
  conversationId: string;
  level: 'unknown' | 'bad' | 'poor' | 'fair' | 'good' | 'excellent';
  /** These are the worse of both ways; absent while they are not known. */
  mos?: number;
  loss?: number;
  jitter?: number;
  /** Seconds. */
  roundTrip?: number;
  inbound: ICallQualityDirection;
  outbound: ICallQualityDirection;
}

/** Something is wrong with a call, or is well again. */
export interface ICallQualityWarning {
  sessionId: string;
  conversationId: string;
  warning:
    | 'high-loss'
    | 'high-jitter'
    | 'high-round-trip'
    | 'low-mos'
    | 'no-inbound-audio'
    | 'no-outbound-audio';
  /** Raised and cleared with hysteresis; an audio warning is raised once more when its cause has changed. */
  state: 'raised' | 'cleared';
  /** Units as in ICallQuality; absent for the audio warnings. */
  value?: number;
  threshold?: number;
  details: {
    direction?: 'inbound' | 'outbound';
    /** Why: of audio warnings the cause; of cleared ones also `recovered`, `ended` or `unknown`. */
    code?: AudioFlow | 'recovered' | 'ended';
  };
}

export interface SdkEvents {
  /** Once a second during a call. */
  callQuality: [quality: ICallQuality];
  callQualityWarning: [warning: ICallQualityWarning];
  pendingSession: [pendingSession: IPendingSession];
  cancelPendingSession: [event: ISessionIdAndConversationId];
  handledPendingSession: [event: ISessionIdAndConversationId];
  sessionStarted: [session: IExtendedMediaSession];
  sessionEnded: [session: IExtendedMediaSession, reason: JingleReason];
  sessionInterrupted: [event: ISessionIdAndConversationId & { sessionType: SessionTypesAsStrings }];
  conversationUpdate: [event: ISdkConversationUpdateEvent];
  conversationUpdateRaw: [notification: any];
  sdkError: [error: SdkError];
  ready: [];
  connected: [info: { reconnect: boolean }];
  disconnected: [info: string, eventData: { reconnecting: boolean; error?: any }];
  station: [event: { action: 'Associated' | 'Disassociated'; station: IStation | null }];
  concurrentSoftphoneSessionsEnabled: [isEnabled: boolean];
  /** With `alertableInteractionTypes`: whether the platform lets this client, of all of the user's, alert. */
  alertingLeaderChanged: [event: { voice: { alerting: boolean; configured: boolean; clientType?: string } }];
  tokenExpiring: [event: ITokenExpiring];
  resolutionUpdated: [event: IResolutionUpdatedEvent];
  trace: [level: string, message: string, details?: any];
  error: [error: any];
}

export interface SessionEvents {
  sessionState: [state: 'starting' | 'pending' | 'active'];
  connectionState: [
    state: 'starting' | 'connecting' | 'connected' | 'interrupted' | 'disconnected' | 'failed',
  ];
  iceConnectionType: [type: { localCandidateType: string; relayed: boolean; remoteCandidateType: string }];
  peerTrackAdded: [track: MediaStreamTrack, stream?: MediaStream];
  peerTrackRemoved: [track: MediaStreamTrack, stream?: MediaStream];
  /** What the media server sends over the data channel. */
  dataChannelMessage: [message: any];
  /** `name` is 'connect', 'getStats' (every five seconds while connected) or 'failure'. */
  stats: [stats: any];
  /** Once a second during a call of a softphone session. */
  callQuality: [quality: ICallQuality];
  callQualityWarning: [warning: ICallQualityWarning];
  endOfCandidates: [];
  terminated: [reason: JingleReason];
  mute: [info: JingleInfo];
  unmute: [info: JingleInfo];
  hold: [info: JingleInfo];
  resumed: [info: JingleInfo];
  ringing: [info: JingleInfo];
  /** Of video conferences, like the next three. */
  participantsUpdate: [update: IParticipantsUpdate];
  /** Remote media is attached to the elements. */
  incomingMedia: [];
  pinnedParticipant: [pin: { participantId: string | null }];
  memberStatusUpdate: [message: MemberStatusMessage];
}

export interface IParticipantUpdate {
  participantId: string;
  userId?: string;
  audioMuted: boolean;
  videoMuted: boolean;
  sharingScreen: boolean;
}

/** Each update of a video conference; changes of mute or sharing show in `activeParticipants` only. */
export interface IParticipantsUpdate {
  conversationId: string;
  activeParticipants: IParticipantUpdate[];
  addedParticipants: IParticipantUpdate[];
  /** with what was known of them last */
  removedParticipants: IParticipantUpdate[];
}

export interface IOnScreenParticipantsUpdate {
  participants: { userId: string }[];
}

export interface ISpeakersUpdate {
  speakers: { userId: string }[];
}

/** A notification as `conversationUpdateRaw` carries it. */
export interface SubscriptionEvent {
  metadata: { correlationId: string };
  topicName: string;
  eventBody: any;
}

export type KeyFrom<T extends { [key: string]: any }, key extends keyof T> = key;

/** Messages of the media server by method. */
export interface GenesysDataChannelMessageParams {
  'member.notify.status': NotifyStatusParams;
}

/** JSON-RPC `member.notify.status` of the media server; every member of `params` is optional. */
export interface MemberStatusMessage {
  jsonrpc: string;
  method: 'member.notify.status';
  /** Notifications have none. */
  id?: string;
  params: NotifyStatusParams;
}

export interface NotifyStatusParams {
  speakers?: VideoSpeakerStatus[];
  outgoingStreams?: OutgoingStreamStatus[];
  incomingStreams?: IncomingStreamStatus[];
  bandwidthAndRates?: IDataChannelBandwidthAndRates;
  [member: string]: any;
}

export interface VideoSpeakerStatus {
  id: string;
  activity: 'speaking' | 'inactive' | 'non-speech';
  level: number;
  noisy?: boolean;
  included: boolean;
  appId: IDataChannelAppId;
  bandwidthAndRates: IDataChannelBandwidthAndRates;
}

export interface IDataChannelAppId {
  sourceJid: string;
  sourceParticipantId: string;
  sourceUserId: string;
}

export interface OutgoingStreamStatus {
  outgoingStreamId: string;
  viewers: { id: string; appId: IDataChannelAppId }[];
}

export interface IncomingStreamStatus {
  sinkPinId: string;
  sinkTrackId?: string;
  sourceId?: string;
  sourcePinId: string;
  sourceTrackId?: string;
  appid?: IDataChannelAppId;
  appId?: IDataChannelAppId;
  contentType?: 'camera' | 'screenshare' | 'playback';
}

export interface IDataChannelBandwidthAndRates {
  bwToClient: number;
  rateToClient: number;
  bwFromClient: number;
  rateFromClient: number;
}

/** @deprecated all sessions have one type of events */
export type VideoSessionEvents = SessionEvents;

/** What listeners of an event are called with. */
export type EventArguments<Events, E extends keyof Events> = Extract<Events[E], any[]>;

/** Node's EventEmitter with known events only. */
export interface StrictEmitter<Events> {
  addListener<E extends keyof Events>(event: E, listener: (...args: EventArguments<Events, E>) => void): this;
  on<E extends keyof Events>(event: E, listener: (...args: EventArguments<Events, E>) => void): this;
  once<E extends keyof Events>(event: E, listener: (...args: EventArguments<Events, E>) => void): this;
  prependListener<E extends keyof Events>(event: E, listener: (...args: EventArguments<Events, E>) => void): this;
  prependOnceListener<E extends keyof Events>(event: E, listener: (...args: EventArguments<Events, E>) => void): this;
  removeListener<E extends keyof Events>(event: E, listener: (...args: EventArguments<Events, E>) => void): this;
  off<E extends keyof Events>(event: E, listener: (...args: EventArguments<Events, E>) => void): this;
  removeAllListeners(event?: string | symbol): this;
  emit<E extends keyof Events>(event: E, ...args: EventArguments<Events, E>): boolean;
  listeners(event: string | symbol): Function[];
  rawListeners(event: string | symbol): Function[];
  listenerCount(event: string | symbol): number;
  eventNames(): Array<string | symbol>;
  setMaxListeners(count: number): this;
  getMaxListeners(): number;
}

// Objects

/** A WebRTC session. */
export interface GenesysCloudMediaSession extends StrictEmitter<SessionEvents> {
  id: string;
  /** The same as `id`. */
  sid: string;
  peerID: string;
  /** Several conversations may share a session: do not rely on it, but on `conversationUpdate`. */
  conversationId: string;
  sessionType: SessionTypes;
  /** There from `sessionStarted` on. */
  pc: RTCPeerConnection;
  fromUserId?: string;
  meetingId?: string;
  privAnswerMode?: 'Auto';
  /** Whether it replaced another session of its conversation. */
  reinvite: boolean;
  /** 'pending', 'active' or 'ended' */
  readonly state: string;
  /** State of the peer connection; 'starting' before there is one. */
  readonly connectionState: string;
}

/** A session as events and methods of the SDK give it. */
export interface IExtendedMediaSession extends GenesysCloudMediaSession {
  active: boolean;
  /** Of 1-to-1 video calls; absent from other sessions. */
  originalRoomJid: string;
  videoMuted?: boolean;
  audioMuted?: boolean;
}

/** A session of type `collaborateVideo`. */
export interface VideoMediaSession extends IExtendedMediaSession {
  sessionType: SessionTypes.collaborateVideo;
  /** The user's own participant, once an update has told of it. */
  pcParticipant?: IConversationParticipantFromEvent | null;
  /** Sends a screen in the place of the camera, which comes back when the share ends. */
  startScreenShare(): Promise<void>;
  /** Resolves at once when no screen is shared. */
  stopScreenShare(): Promise<void>;
  /** Receive this participant's video; without an id, whoever the server chooses. */
  pinParticipantVideo(participantId?: string | null): Promise<void>;
}

/** A session of type `screenRecording`. */
export interface ScreenRecordingMediaSession extends IExtendedMediaSession {
  sessionType: SessionTypes.screenRecording;
}

/** `sdk.media` */
export interface ISdkMedia extends StrictEmitter<SdkMediaEvents> {
  /** Rejects with the browser's own error. */
  requestMediaPermissions(
    mediaType: 'audio' | 'video' | 'both',
    preserveMedia?: boolean,
    options?: IMediaRequestOptions,
  ): Promise<MediaStream | undefined>;
  /** The list is cached too, for `getDevices()` and so on. */
  enumerateDevices(forceEmit?: boolean): Promise<MediaDeviceInfo[]>;
  /** Both types without options. The stream is the application's; rejects with the browser's own error. */
  startMedia(options?: IMediaRequestOptions, retryOnFailure?: boolean): Promise<MediaStream>;
  /** Calls the browser at once, which may ask for a gesture of the user. */
  startDisplayMedia(options?: { conversationId?: string; sessionId?: string }): Promise<MediaStream>;
  setDefaultAudioStream(stream?: MediaStream): void;
  /** To be called by the listener of a click or a key; resolves with whether sound is allowed now. */
  unlockAudio(): Promise<boolean>;
  getState(): IMediaDevicesState;
  getDevices(): MediaDeviceInfo[];
  getAudioDevices(): MediaDeviceInfo[];
  getVideoDevices(): MediaDeviceInfo[];
  getOutputDevices(): MediaDeviceInfo[];
  /** Tracks that were requested here and are still on. */
  getAllActiveMediaTracks(): MediaStreamTrack[];
  /** The id if it is cached, else the SDK's default if that is. */
  getValidDeviceId(kind: MediaDeviceKind, deviceId?: IMediaDeviceValue, ...sessions: any[]): string | undefined;
  getValidSdkMediaRequestDeviceId(deviceId?: IMediaDeviceValue): string | true | null;
  findCachedDeviceByTrackLabelAndKind(track?: MediaStreamTrack): MediaDeviceInfo | undefined;
  /** @deprecated use `findCachedDeviceByTrackLabelAndKind()` */
  findCachedDeviceByTrackLabel(track?: MediaStreamTrack): MediaDeviceInfo | undefined;
  findCachedVideoDeviceById(id?: string): MediaDeviceInfo | undefined;
  findCachedAudioDeviceById(id?: string): MediaDeviceInfo | undefined;
  findCachedOutputDeviceById(id?: string): MediaDeviceInfo | undefined;
  findCachedDeviceByIdAndKind(id: string | undefined, kind: MediaDeviceKind): MediaDeviceInfo | undefined;
  doesDeviceExistInCache(device?: MediaDeviceInfo): boolean;
  isPermissionsError(error: any): boolean;
  /** Stops what was requested here; `sdk.destroy()` does it too. */
  destroy(): void;
}

// Headsets

export declare const HeadsetEvents: {
  readonly implementationChanged: 'implementationChanged';
  readonly deviceConnectionStatusChanged: 'deviceConnectionStatusChanged';
  readonly deviceAnsweredCall: 'deviceAnsweredCall';
  readonly deviceRejectedCall: 'deviceRejectedCall';
  readonly deviceEndedCall: 'deviceEndedCall';
  readonly deviceMuteStatusChanged: 'deviceMuteStatusChanged';
  readonly deviceHoldStatusChanged: 'deviceHoldStatusChanged';
  readonly deviceEventLogs: 'deviceEventLogs';
  readonly loggableEvent: 'loggableEvent';
  readonly webHidPermissionRequested: 'webHidPermissionRequested';
};
export type HeadsetEvents = typeof HeadsetEvents[keyof typeof HeadsetEvents];

/** A call, for the headset's display. */
export interface CallInfo {
  conversationId: string;
  contactName?: string;
}

export interface EventInfo {
  name: string;
  code?: string | number;
  event?: any;
  conversationId?: string;
}
export interface EventInfoWithConversationId extends EventInfo {
  conversationId: string;
}
export interface MutedEventInfo extends EventInfo {
  isMuted: boolean;
}
export interface HoldEventInfo extends EventInfoWithConversationId {
  holdRequested: boolean;
  toggle?: boolean;
}
export interface WebHidPermissionRequest {
  callback: () => Promise<void>;
}

export type DeviceConnectionStatus = 'checking' | 'running' | 'notRunning' | 'noVendor';
export type OrchestrationState = 'notStarted' | 'negotiating' | 'alternativeClient' | 'hasControls';
export type ExpandedDeviceConnectionStatus = DeviceConnectionStatus | OrchestrationState;

/** The headset in use, or on the way to it. */
export interface VendorImplementation {
  vendorName: string;
  isConnecting: boolean;
  isConnected: boolean;
  isMuted: boolean;
  errorCode: string | null;
  disableRetry: boolean;
  deviceInfo: null | { ProductName?: string; deviceName?: string; attached?: boolean };
  deviceName: string;
  isDeviceAttached: boolean;
}

export interface VendorEvent {
  name: string;
  /** HID usage id of the button. */
  code?: number;
  event?: { vendorId: number; productId: number; reportId: number; usage: number; data: string };
}

export interface HeadsetEventPayloads {
  implementationChanged: VendorImplementation | null;
  deviceConnectionStatusChanged: ExpandedDeviceConnectionStatus;
  deviceAnsweredCall: VendorEvent & { conversationId: string };
  deviceRejectedCall: VendorEvent & { conversationId: string };
  deviceEndedCall: VendorEvent & { conversationId: string };
  /** `isMuted` and `holdRequested` are what the user asks for. */
  deviceMuteStatusChanged: VendorEvent & { isMuted: boolean; conversationId?: string };
  deviceHoldStatusChanged: VendorEvent & { holdRequested: boolean; toggle?: boolean; conversationId: string };
  /** `callback` must be called from a click: the browser then shows its list of devices. */
  webHidPermissionRequested: WebHidPermissionRequest;
  loggableEvent: any;
}

export type ConsumedHeadsetEvents = {
  [E in keyof HeadsetEventPayloads]: { event: E; payload: HeadsetEventPayloads[E] };
}[keyof HeadsetEventPayloads];

/** A hot observable: RxJS takes it in `from()`, and its operators in `pipe()`. */
export interface HeadsetEventStream<T> {
  subscribe(
    observer?: ((value: T) => void) | null | {
      next?: (value: T) => void;
      error?: (error: any) => void;
      complete?: () => void;
    },
  ): { readonly closed: boolean; unsubscribe(): void };
  pipe(...operators: Array<(source: any) => any>): any;
}

export type ExpandedConsumedHeadsetEvents = ConsumedHeadsetEvents;
export type ISdkHeadsetService = ISdkHeadset;

/** `sdk.headset` */
export interface ISdkHeadset {
  headsetEvents$: HeadsetEventStream<ConsumedHeadsetEvents>;
  /** The same object. */
  readonly headsetEvents: HeadsetEventStream<ConsumedHeadsetEvents>;
  readonly currentSelectedImplementation: VendorImplementation | null;
  readonly orchestrationState: OrchestrationState;
  updateAudioInputDevice(newMicId: string | null): void;
  showRetry(): boolean;
  /** Settles when the attempt is over; rejects when no headset is selected. */
  retryConnection(micLabel: string): Promise<void>;
  setRinging(
    callInfo: { conversationId: string; contactName?: string | null }, hasOtherActiveCalls: boolean,
  ): Promise<void>;
  outgoingCall(callInfo: { conversationId: string; contactName?: string | null }): Promise<void>;
  answerIncomingCall(conversationId: string, autoAnswer?: boolean): Promise<void>;
  rejectIncomingCall(conversationId: string, expectExistingConversation?: boolean): Promise<void>;
  endCurrentCall(conversationId: string, hasOtherActiveCalls?: boolean): Promise<void>;
  endAllCalls(): Promise<void>;
  setMute(isMuted: boolean): Promise<void>;
  setHold(conversationId: string, isHeld: boolean): Promise<void>;
  resetHeadsetStateForCall(conversationId: string): Promise<void>;
}

/** The class of `sdk.media`: for `instanceof`, made by the SDK only. */
export declare class SdkMedia {
  private constructor();
}
export interface SdkMedia extends ISdkMedia {}

export interface GenesysCloudWebrtcSdk extends StrictEmitter<SdkEvents> {}
/** What `runDiagnostics()` looks at, in the order of the report. */
export type DiagnosticsSection = 'permissions' | 'devices' | 'rest' | 'socket' | 'ice' | 'media';

/** The worst of what was looked at; `skipped`: it could not be looked at yet. */
export type DiagnosticsVerdict = 'pass' | 'warn' | 'fail' | 'skipped';

export interface DiagnosticsOptions {
  /** Default: all. */
  sections?: DiagnosticsSection[];
  /**
   * How long a section may take, in milliseconds: for all of them, or one by one. Default: 5 s for permissions and
   * devices, 10 s for rest and socket, 12 s for ice, 15 s for media; two minutes at the most.
   */
  timeoutMs?: number | { [section in DiagnosticsSection]?: number };
  /** Told of each section as it ends. */
  onProgress?: (result: DiagnosticsResult) => void;
  /** Gives the run up: it rejects with the signal's reason, and lets go of all it had. */
  signal?: AbortSignal;
}

/** A server for media, without its address. */
export interface DiagnosticsServer {
  type: 'stun' | 'turn';
  transport: 'udp' | 'tcp' | 'tls';
  reachable: boolean;
  /** How long it took to answer. */
  ms?: number;
  /** Of `icecandidateerror`: 701 for silence, 401 for credentials that are refused. */
  errorCode?: number;
}

/** What a section saw. There is neither a token nor an address in it. */
export interface DiagnosticsDetails {
  permissions: {
    microphone: PermissionState | 'unknown';
    camera: PermissionState | 'unknown';
    secureContext: boolean;
    mediaDevices: boolean;
    webrtc: boolean;
    /** The page may not play sound yet; see `media.unlockAudio()`. */
    soundBlocked: boolean;
    /** There is WebHID, for headsets. */
    hid: boolean;
    /** Whether the permissions policy of page and frame allows the microphone, where the browser says so. */
    policy?: boolean;
  };
  devices: {
    microphones: number;
    speakers: number;
    cameras: number;
    /** The browser has one that it calls the default. */
    defaultMicrophone: boolean;
    defaultSpeaker: boolean;
    /** The default device of the SDK is there, if one was chosen. */
    chosenMicrophone?: boolean;
    chosenSpeaker?: boolean;
    chosenCamera?: boolean;
  };
  rest: {
    /** The HTTP status; missing: nobody answered. */
    status?: number;
    ms?: number;
    tokenValid?: boolean;
    /** How far the platform's clock is ahead, where the browser lets the page see it. */
    clockSkewMs?: number;
  };
  socket: {
    /** The signaling connection was up, and was asked itself; else a WebSocket was opened beside it. */
    connected: boolean;
    opened?: boolean;
    answered: boolean;
    ms?: number;
  };
  ice: {
    /** Calls may use relays alone. */
    relayOnly: boolean;
    servers: DiagnosticsServer[];
  };
  media: {
    /** A tone takes the place of a microphone that is not allowed. */
    source: 'microphone' | 'tone';
    path: 'relay' | 'direct';
    /** A relay answered, but would not carry sound back to this page; calls need not be affected. */
    relayFailed?: boolean;
    packetsReceived: number;
    packetsLost: number;
    jitterMs?: number | null;
    roundTripMs?: number | null;
    mos?: number;
    /** The microphone that is on is muted. */
    muted?: boolean;
    /** The microphone gave sound. */
    heard?: boolean;
  };
}

/** A section of the report. What it did not get to see is missing in its details. */
export type DiagnosticsResult = {
  [S in DiagnosticsSection]: {
    name: S;
    verdict: DiagnosticsVerdict;
    durationMs: number;
    /** A sentence for a person. */
    summary: string;
    /** What to do, unless all is well. */
    advice?: string;
    details: Partial<DiagnosticsDetails[S]>;
  };
}[DiagnosticsSection];

export interface DiagnosticsReport {
  verdict: 'pass' | 'warn' | 'fail';
  /** ISO 8601. */
  startedAt: string;
  durationMs: number;
  sections: DiagnosticsResult[];
  /** All of it as lines to read. */
  text: string;
}

export declare class GenesysCloudWebrtcSdk {
  static readonly VERSION: string;
  /** Throws an SdkError of type `invalid_options`, or `initialization` before `loaded` has resolved. */
  constructor(config: ISdkConfig);
  readonly VERSION: string;
  /** Logs as the SDK does, to where it does. */
  logger: ISdkLogger;
  /** Devices, permissions and media. */
  media: ISdkMedia;
  /** The headset of the microphone in use. Does nothing with `useHeadsets: false`. */
  headset: ISdkHeadset;
  audioProcessor: ISdkAudioProcessor;
  /** The user's effective WebRTC station; null unless softphone sessions are allowed. */
  station: IStation | null;
  /** Whether the signaling connection is up. */
  readonly connected: boolean;
  readonly isInitialized: boolean;
  readonly isJwtAuth: boolean;
  readonly isGuest: boolean;
  /** Authenticates and connects; guests give a security code or what it was redeemed for. */
  initialize(opts?: { securityCode: string } | ICustomerData): Promise<void>;
  /** Places a call. */
  startSoftphoneSession(params: IStartSoftphoneSessionParams): Promise<{ id: string; selfUri: string }>;
  /**
   * Joins a video conference; with an invitee, that user is asked to join it. With a JWT it joins the room that the JWT
   * names. Not for guests.
   */
  startVideoConference(roomJid: string, inviteeJid?: string): Promise<{ conversationId: string }>;
  /** Joins a video meeting. Needs an access token. */
  startVideoMeeting(meetingId: string): Promise<{ conversationId: string }>;
  /** Shares a guest's screen with the agent. The screen is stopped when the session ends. */
  startScreenShare(): Promise<MediaStream>;
  /** Answers a `pendingSession`; `sessionStarted` follows. */
  acceptPendingSession(params: IPendingSessionActionParams): Promise<void>;
  /** Refuses a `pendingSession`. */
  rejectPendingSession(params: IPendingSessionActionParams): Promise<void>;
  /** Accepts a session after `sessionStarted`, with its media. Softphone sessions do it by themselves by default. */
  acceptSession(params: IAcceptSessionRequest): Promise<void>;
  /** Ends a conversation's session; resolves once it has ended. */
  endSession(params: IEndSessionRequest): Promise<void>;
  /** Ends a session by its own id, whatever its state. */
  forceTerminateSession(sessionId: string, reason?: JingleReasonCondition): Promise<void>;
  /** Mutes or unmutes the microphone in a conversation. */
  setAudioMute(params: ISessionMuteRequest): Promise<void>;
  /**
   * Mutes or unmutes the camera of a video session. Muting stops the camera; unmuting asks for it again: the SDK's
   * default, or `unmuteDeviceId`.
   */
  setVideoMute(params: ISessionMuteRequest): Promise<void>;
  /** Holds or resumes a softphone conversation. */
  setConversationHeld(params: IConversationHeldRequest): Promise<void>;
  /** Throws an SdkError of type `invalid_options` without anything to update. On failure nothing changes. */
  updateOutgoingMedia(options: IUpdateOutgoingMedia): Promise<void>;
  /** Changes the default devices; what is `undefined` stays. */
  updateDefaultDevices(options?: IMediaDeviceIds): Promise<any>;
  /** Changes how microphones are requested; what is `undefined` stays. */
  updateDefaultMediaSettings(settings?: IMediaSettings): Promise<any>;
  /** Changes the resolution of cameras. */
  updateDefaultResolution(resolution: IVideoResolution | undefined, updateActiveSessions: boolean): Promise<any>;
  /** Plays all sessions on a device: `true` the SDK's default, `null` the system's. No default changes. */
  updateOutputDevice(deviceId: string | true | null): Promise<void>;
  /** Throws an SdkError of type `not_supported` outside of 0 to 100. */
  updateAudioVolume(volume: number): void;
  /** Replaces what sessions send from devices that are gone. */
  validateOutgoingMediaTracks(): Promise<void>;
  /** The same as `sdk.media.setDefaultAudioStream()`; a falsy value clears it. */
  setDefaultAudioStream(stream?: MediaStream): void;
  /** `expiresAt` (beyond the original): when it expires, in milliseconds since 1970. */
  setAccessToken(token: string, options?: { expiresAt?: number }): void;
  /** Uses another JWT from now on. */
  setJwt(jwt: string): void;
  /** Takes sessions of another type from now on. */
  addAllowedSessionType(type: SessionTypes): Promise<void>;
  /** Takes no more sessions of this type. */
  removeAllowedSessionType(type: SessionTypes): Promise<void>;
  /** Throws an SdkError of type `not_supported` when headsets cannot be given up during a call. */
  setMediaHandling(mode: MediaHandling): void;
  setUseHeadsets(useHeadsets: boolean): void;
  fetchOrganization(): Promise<IOrgDetails>;
  fetchAuthenticatedUser(): Promise<IPersonDetails>;
  fetchUsersStation(): Promise<IStation>;
  /** Throws an SdkError of type `invalid_options` when the configured JWT cannot be read. */
  parseJwt(): void;
  isScreenRecordingSession(session: IExtendedMediaSession): session is ScreenRecordingMediaSession;
  isVideoSession(session: IExtendedMediaSession): session is VideoMediaSession;
  isLiveScreenMonitoringSession(session: IExtendedMediaSession): boolean;
  /** Undefined before `initialize()`. */
  readonly sessionManager?: {
    getAllSessions(): IExtendedMediaSession[];
    getAllActiveSessions(): IExtendedMediaSession[];
  };
  /** Whether the station is a WebRTC phone that keeps its connection between calls. */
  isPersistentConnectionEnabled(): boolean;
  /** Whether the station has more than one line appearance. */
  isConcurrentSoftphoneSessionsEnabled(): boolean;
  /**
   * Looks whether calls will work here, section by section (beyond the original). Costs no call, asks the user nothing
   * and leaves calls that are up alone; works before `initialize()` as far as it can. Never rejects because of what it
   * finds: only with `invalid_options`, with the reason of an aborted `signal`, while it runs already, and after
   * `destroy()`.
   */
  runDiagnostics(options?: DiagnosticsOptions): Promise<DiagnosticsReport>;
  /** Closes the signaling connection; `initialize()` may follow. */
  disconnect(): Promise<any>;
  /**
   * What the flight recorder remembers, for a report of a problem: write it to a file with `JSON.stringify`, and
   * `npx genesys-cloud-webrtc-sdk-wasm replay FILE` plays it again. Names, numbers, ids, addresses, descriptions and
   * credentials in it are pseudonyms. Beyond the original. Rejects after `destroy()`.
   */
  exportDiagnostics(): Promise<IRecording>;
  /** Ends all sessions and releases everything. The object is of no use afterwards. */
  destroy(): Promise<any>;
}
export default GenesysCloudWebrtcSdk;

/** Helpers around streams and elements. */
export declare const mediaUtils: {
  getOrCreateAudioMediaElement(className?: string): HTMLAudioElement;
  createUniqueAudioMediaElement(): HTMLAudioElement;
  attachAudioMedia(
    sdk: GenesysCloudWebrtcSdk,
    stream: MediaStream,
    volume?: number,
    element?: HTMLAudioElement,
    ids?: ISessionIdAndConversationId,
  ): HTMLAudioElement;
  checkHasTransceiverFunctionality(): boolean;
  checkAllTracksHaveEnded(stream: MediaStream): boolean;
  createNewStreamWithTrack(track: MediaStreamTrack): MediaStream;
  logDeviceChange(
    sdk: GenesysCloudWebrtcSdk,
    session: IExtendedMediaSession,
    action:
      | 'sessionStarted'
      | 'calledToChangeDevices'
      | 'changingDevices'
      | 'successfullyChangedDevices'
      | 'unmutingVideo',
    change?: any,
  ): void;
};

/** Helpers that stand beside the class. */
export declare const utils: {
  readonly SdkError: typeof SdkError;
  /** Makes an error and emits it as `sdkError`; it does not throw it. */
  readonly createAndEmitSdkError: (
    this: GenesysCloudWebrtcSdk,
    errorType: SdkErrorTypes | null,
    messageOrError?: string | Error,
    details?: any,
  ) => SdkError;
  /** An option, or its default where the option counts as missing: `undefined` and `null` do if nothing is said. */
  readonly defaultConfigOption: (
    providedOption: any,
    defaultValue: any,
    defaultConditions?: { undefined?: boolean; null?: boolean; falsy?: boolean },
  ) => any;
  readonly isAcdJid: (jid: string) => boolean;
  readonly isScreenRecordingJid: (jid: string) => boolean;
  readonly isSoftphoneJid: (jid: string) => boolean;
  readonly isPeerVideoJid: (jid: string) => boolean;
  readonly isVideoJid: (jid: string) => boolean;
  readonly isPeerConnectionDisconnected: (state: string) => boolean;
  readonly logPendingSession: (
    logger: ILogger,
    message: string,
    pendingSession: Partial<IPendingSession>,
    level?: LogLevels,
  ) => void;
  readonly delay: (timeMs: number) => Promise<void>;
};

/** Whether a guest's data is what a security code is redeemed for. */
export declare function isCustomerData(data: { securityCode: string } | ICustomerData): data is ICustomerData;
export declare function isSecurityCode(
  data: { securityCode: string } | ICustomerData,
): data is { securityCode: string };

/**
 * Resolves when SDK objects can be constructed: at once, except in browsers that refuse to compile
 * WebAssembly on the main thread (Chromium before 115). Rejects with an SdkError when they never can.
 */
export declare const loaded: Promise<void>;
