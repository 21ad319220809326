// SPDX-License-Identifier: MIT
// The local platform, for tests of an application: `genesys-cloud-webrtc-sdk-wasm/platform`, in Node.

declare const EVENTS: unique symbol;

/** What tells events: those of `Events`, each a list of what its listeners are given. */
export interface Emitter<Events> {
  readonly [EVENTS]?: Events;
  on<Name extends keyof Events & string>(event: Name, listener: Listener<Events[Name]>): this;
  once<Name extends keyof Events & string>(event: Name, listener: Listener<Events[Name]>): this;
  off<Name extends keyof Events & string>(event: Name, listener: Listener<Events[Name]>): this;
}
export type Listener<Values> = Values extends unknown[] ? (...values: Values) => void : never;
/** What the first of these values is. */
export type First<Values> = Values extends [infer Value, ...unknown[]] ? Value : undefined;

/** Starts a platform and waits until it listens. Rejects with a sentence when it cannot. */
export declare function startPlatform(options?: PlatformOptions): Promise<Platform>;

/**
 * Waits for an event: resolves with what the listeners of the first fitting one are given first.
 * @param accept says which one fits; default: any
 * @param timeoutMs rejects after this long; default 10,000
 */
export declare function until<Events, Name extends keyof Events & string>(
  emitter: Emitter<Events>, event: Name, accept?: (value: First<Events[Name]>) => unknown, timeoutMs?: number,
): Promise<First<Events[Name]>>;

/**
 * Flags with which Chromium has a microphone and a camera without asking, plays sound without a click, and reaches this
 * machine's own address over WebRTC. The microphone beeps, so a far end hears it.
 */
export declare const CHROMIUM_FLAGS: readonly string[];

export interface PlatformOptions {
  /** Default 0: a free one. */
  port?: number | undefined;
  /** Address to listen on; default 127.0.0.1. */
  host?: string | undefined;
  /** Folder that is served at `/`, with `index.html` for folders. */
  root?: string | undefined;
  /** More of that: the longest fitting prefix wins. */
  staticRoots?: StaticRoot[] | undefined;
  /** Id of the default agent; default `agent-1`. */
  userId?: string | undefined;
  /** Of the default agent; null: none. Default: a WebRTC softphone with one line. */
  station?: Partial<Station> | null | undefined;
  /** XMPP domain of the organisation; default `acme.orgspan.test`. */
  domain?: string | undefined;
  /** How far away every client is, there and back; default 0. */
  roundTripMs?: number | undefined;
  /**
   * How long a call waits for a client whose connection is away and whose sound has stopped; default 30,000. A page
   * that was closed is waited for at most a second.
   */
  goneAfterMs?: number | undefined;
  /** What the stream offers. */
  stream?: Partial<StreamConfig> | undefined;
  /** Told of every request, connection and call; default: nobody is. */
  log?: ((message: string, details?: unknown) => void) | undefined;
}

export interface StaticRoot {
  /** Prefix of the URL that begins and ends with a slash, or the whole path of one file. */
  path: string;
  /** The folder, or the one file. */
  directory: string;
  /** Of the responses, for example a Content-Security-Policy. */
  headers?: Record<string, string>;
}

export interface StreamConfig {
  /** Relays, as attributes of XEP-0215: `host`, `port`, `transport`, `username`, `password`, `expires`. */
  turn: Record<string, string | number | undefined>[];
  /** Services that tell a client its address; none means that relays alone are used. */
  stun: Record<string, string | number | undefined>[];
  /** Whether the server pings its clients; default true. */
  serverPings: boolean;
  /** How often; default 10,000. */
  serverPingMs: number;
}

export interface Station {
  id: string;
  name: string;
  status: string;
  userId: string;
  type: string;
  /** Keeps its connection between calls; default false. */
  webRtcPersistentEnabled: boolean;
  /** Relays only; default false. */
  webRtcForceTurn: boolean;
  /** Lines; default 1. */
  webRtcCallAppearances: number;
}

export interface User {
  readonly id: string;
  readonly name: string;
  /** Address on the stream. */
  readonly jid: string;
  /** Access token. */
  readonly token: string;
  readonly station: Station | null;
}

export interface Users {
  readonly organization: { readonly id: string; readonly name: string };
  /** One more user, with a station unless it is null. */
  add(options?: { id?: string; name?: string; station?: Partial<Station> | null }): User;
  get(id: string): User | undefined;
  /** One more valid access token of a user. */
  issueToken(userId: string): string;
}

export type PlatformEvents = {
  /** A request was answered. */
  request: [RequestRecord];
  /** A stanza was received or sent. */
  stanza: [StanzaRecord];
  /** A client has signed in on a stream of its own. */
  connection: [Connection];
  /** Its stream is over. */
  disconnection: [Connection];
  /** A call began, whoever made it. */
  call: [Call];
};

export interface Platform extends Emitter<PlatformEvents> {
  readonly port: number;
  /** Where pages and the REST API are: `environment` of the SDK. */
  readonly url: string;
  /** `wsHost` of the SDK. */
  readonly wsUrl: string;
  /** Access token of the default agent. */
  readonly token: string;
  readonly defaultUser: User;
  readonly users: Users;
  readonly guests: Guests;
  readonly faults: Faults;
  readonly screens: Screens;
  /** The newest 10,000 requests. */
  readonly requests: RequestRecord[];
  /** The newest 10,000 stanzas of all streams. */
  readonly stanzas: StanzaRecord[];

  /** How calls go that an agent makes; may be changed. */
  readonly outbound: { farEnd: FarEndKind; /** default true; if not, `call.answer()` */ answersItself: boolean };

  /** What the SDK's constructor needs to sign in here, as the default agent or another. */
  sdkConfig(userId?: string): { environment: string; wsHost: string; accessToken: string };
  /** Rings a user. */
  call(options?: CallOptions): Call;
  /** A video conference, with a synthetic participant, that offers itself to a user. */
  meet(options?: MeetOptions): Member;
  /** Raises a persistent connection without a call. */
  raise(options?: { userId?: string; farEnd?: FarEndKind }): unknown;
  /** Changes a user's station, or takes it away (null), and tells the user's clients. */
  changeStation(change: Partial<Station> | null, options?: { userId?: string }): void;
  /** Any notification to whoever subscribed to the topic; answers how many channels were told. */
  publish(topic: string, eventBody: unknown, metadata?: Record<string, unknown>): number;
  /** Another page of the user takes over: the channels of the others are no longer good. */
  expireChannels(userId?: string, how?: { event?: 'no_longer_subscribed' | 'duplicate_id'; close?: boolean }): void;
  /** Asks every client of a user to move to a new stream, as before a server is taken down. */
  transferStreams(userId?: string, how?: { graceMs?: number }): void;
  /** A token or JWT is no longer good; streams that were opened with it end. */
  revoke(token: string, how?: { endStreams?: boolean }): void;
  /** Every client is this far away from now on, there and back. */
  setRoundTrip(ms: number): void;
  /** Very many notifications of conversations, as a supervisor has them; answers how many were sent. */
  flood(options?: {
    userId?: string; conversations?: number; events?: number; bytes?: number; own?: boolean;
  }): number;
  /** Ends everything: calls, sockets, timers, the port. */
  close(): Promise<void>;
}

/** `tone` and `silent` send and hear sound; `manual` has an offer and no media. */
export type FarEndKind = 'tone' | 'silent' | 'manual';

export interface CallOptions {
  /** Who is called; default: the default agent. */
  userId?: string | undefined;
  /** Default `tone`. */
  farEnd?: FarEndKind | undefined;
  /** E.164 number of the caller. */
  from?: string | undefined;
  name?: string | undefined;
  /** The client answers by itself; default false. */
  autoAnswer?: boolean | undefined;
  /** `agent` (default): by way of a queue; `user`: a direct call. */
  purpose?: 'agent' | 'user' | undefined;
  /** Keeps the connection after the call; default: as the station says. */
  persistent?: boolean | undefined;
  /** Puts the call on the session that is live, as on a station with one line. */
  share?: boolean | undefined;
  /** Default: SDP over XMPP. */
  signaling?: 'jingle' | undefined;
  /** Default: a new one. */
  conversationId?: string | undefined;
  /** More `inin-` attributes of the proposal, without the prefix. */
  attributes?: Record<string, unknown> | undefined;
}

export type CallEvents = {
  /** A client takes it; its full address. */
  proceed: [string];
  /** The client has told the user's other clients so. */
  accept: [string];
  reject: [string];
  /** The client's answer is there. */
  answered: [];
  /** Sound can flow, and the conversation is connected. */
  connected: [];
  ended: [CallEnd];
};

export interface CallEnd {
  /** Reason word of the terminate, as `success`, `decline`, `gone` or `failed-transport`. */
  reason: string;
  by: 'agent' | 'far-end';
}

/** A telephone call of one agent. */
export interface Call extends Emitter<CallEvents> {
  readonly conversationId: string;
  readonly sessionId: string;
  readonly userId: string;
  readonly direction: 'inbound' | 'outbound';
  readonly state: 'alerting' | 'contacting' | 'dialing' | 'connected' | 'ended';
  /** Whether the agent is muted, as the platform has it. */
  readonly muted: boolean;
  /** Whether the agent has put it on hold. */
  readonly held: boolean;
  /** Who is at the other end; another one after a re-invite with new credentials. */
  readonly farEnd: FarEnd;
  /**
   * The other end hangs up; a call that rings is withdrawn.
   * @param reason word of the terminate; default `success`
   */
  hangup(reason?: string, options?: { notifyFirst?: boolean }): void;
  /** The caller gives up while it rings. */
  retract(): void;
  /** The called party of an outbound call picks up, if it was told not to do so by itself. */
  answer(): void;
  /** Offers again within the session, as after a change of network; `same`: without new credentials of ICE. */
  reinvite(how?: { credentials?: 'same' | 'changed' }): Promise<string>;
}

export type FarEndEvents = {
  /** A tenth of a second was heard. */
  level: [FarEndStats];
  connected: [];
  failed: [];
};

export interface FarEnd extends Emitter<FarEndEvents> {
  /** Sound or silence towards the agent. */
  setTone(on: boolean): void;
  /** What is wrong with the packets towards the agent; what is not given stays. */
  impair(how: {
    /** false: none is sent */
    sending?: boolean;
    /** Share that is lost, 0 to 1. */
    loss?: number;
    /** Each comes up to this much later. */
    jitterMs?: number;
  }): void;
  stats(): FarEndStats;
}

export interface FarEndStats {
  /** RTP packets. */
  packetsSent: number;
  packetsReceived: number;
  /** Strongest frequency of the last tenth of a second that was not silent. */
  lastToneHz: number | null;
  /** Level of the last tenth of a second, 0 to 1. */
  rms: number;
  /** Squares times seconds of all that was heard. */
  energy: number;
  connectionState: string;
}

export interface MeetOptions {
  userId?: string | undefined;
  /** Name of the room: `peer-…` (default) or `agent-…`. */
  room?: string | undefined;
  /** Whether somebody synthetic is there; default true. */
  robot?: boolean | undefined;
  fromUserId?: string | undefined;
  signaling?: 'jingle' | undefined;
}

export type MemberEvents = {
  proceed: [string];
  answered: [];
  connected: [];
  ended: [CallEnd];
  /** A picture came, over this line. */
  frame: [number];
};

/** A user in a video conference. */
export interface Member extends Emitter<MemberEvents> {
  readonly id: string;
  readonly connected: boolean;
  readonly room: {
    readonly conversationId: string;
    /** Somebody synthetic joins, with a picture and a tone. */
    addRobot(options?: { name?: string; hz?: number; hue?: number }): Member;
  };
  readonly video: { audioMuted: boolean; videoMuted: boolean; sharingScreen: boolean };
  /** Ends it from the platform's side. */
  leave(reason?: string): void;
}

export interface Screens {
  /** Asks a user for screens to record. */
  record(userId: string, options?: { conversationId?: string; screens?: number }): ScreenSession;
  /** Shows the screens of one user to another, once pictures come. */
  monitor(who: { targetId: string; observerId: string }): {
    target: ScreenSession; observer: Promise<ScreenSession>;
  };
}

export type ScreenSessionEvents = Omit<MemberEvents, 'ended'> & {
  ended: [CallEnd];
  /** What the client says of the screens. */
  metadata: [unknown];
};

export interface ScreenSession extends Emitter<ScreenSessionEvents> {
  readonly conversationId: string;
  readonly sessionId: string;
  stop(reason?: string): void;
}

/** Sign-in without an access token. */
export interface Guests {
  /** A security code, as an agent reads it out to a customer. */
  addCode(options?: TicketOptions): string;
  withdrawCode(code: string): void;
  /** What `initialize()` of a guest takes in the place of a code. */
  customerData(options?: TicketOptions): {
    conversation: { id: string }; sourceCommunicationId: string; jwt: string;
  };
  /** A JWT: of a guest, or with `userId` of a user. */
  issue(options?: TicketOptions): string;
  revoke(jwt: string): void;
}

export interface TicketOptions {
  userId?: string;
  name?: string;
  conversationId?: string;
  lifetimeMs?: number;
}

/** A path below `/api/v2/` without its query, or a pattern for path and query. */
export type PathPattern = string | RegExp;
export interface StanzaTest {
  /** `in`: received by the platform. Default: both. */
  direction?: 'in' | 'out';
  userId?: string;
  match?: (stanza: StanzaRecord) => boolean;
}
export interface Times {
  /** How often it applies; default 1. */
  times?: number;
}
export interface Rule {
  /** How often it has applied. */
  readonly hits: number;
  remove(): void;
}

/** What goes wrong on purpose. A rule applies once, `times` times, or until it is removed. */
export interface Faults {
  /** Answers matching requests with this in the place of the real thing; status 0 cuts the connection. */
  respond(method: string, path: PathPattern, answer: Times & {
    status: number; headers?: Record<string, string>; body?: unknown;
  }): Rule;
  /** Holds requests or stanzas back; a stanza is overtaken by those behind it. */
  delay(what: { method: string; path: PathPattern } | StanzaTest, ms: number, options?: Times): Rule;
  /** Loses stanzas. */
  swallow(test: StanzaTest, options?: Times): Rule;
  /** Delivers stanzas at once, and again after each of these milliseconds. */
  duplicate(test: StanzaTest, again?: number[], options?: Times): Rule;
  /** Lets the next stanza overtake a matching one. */
  reorder(test: StanzaTest, options?: Times): Rule;
  /** Sends something else in the place of a matching stanza. */
  mangle(test: StanzaTest, change: (xml: string) => string, options?: Times): Rule;
  /** Fails the sign-in on the stream; default `not-authorized`. */
  refuseAuth(condition?: string, options?: Times): Rule;
  /** Refuses the WebSocket; default status 503. */
  refuseSockets(status?: number, options?: Times): Rule;
  /** Cuts sockets without a word, of one user or of all; answers how many. */
  dropSockets(userId?: string): number;
  /** Ends streams politely; answers how many. */
  closeStreams(userId?: string): number;
  /** Sends this text as it is to every socket of a user; answers how many. */
  sendRaw(userId: string, text: string): number;
  /** From now on the streams of this user hear and say nothing; false: they do again. */
  silence(userId: string, on?: boolean): void;
  /** Forgets every rule. */
  clear(): void;
}

export interface RequestRecord {
  /** Milliseconds since 1970. */
  at: number;
  method: string;
  /** Below `/api/v2/`, without query. */
  path: string;
  /** With its question mark, or empty. */
  query: string;
  /** 0: cut by a fault. */
  status: number;
  /** Names of the headers; values are not kept. */
  headers: string[];
  contentType: string | undefined;
  userId: string | undefined;
  /** Parsed JSON. */
  body: unknown;
}

export interface StanzaRecord {
  at: number;
  direction: 'in' | 'out';
  userId: string | undefined;
  /** Full address, once there is one. */
  jid: string | undefined;
  /** Tokens are left out. */
  xml: string;
}

/** The stream of a client. */
export interface Connection {
  readonly userId: string;
  readonly jid: string | undefined;
}
