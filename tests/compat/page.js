// SPDX-License-Identifier: MIT
// Runs in the page before the SDK: keeps a trace of what a script does with the SDK and of what the SDK tells it, as
// plain values, in order. It changes nothing of what it watches.

/** @typedef {{ kind: string, name: string, value?: any }} Entry */

{
  const scope = /** @type {any} */ (window);
  /** How long a script waits for anything; `patience` of a script. */
  let patience = 6_000;
  const LIMIT_MS = 70_000;
  const LATE = Symbol('late');
  const DEPTH = 9;
  const EVENTS = [
    'pendingSession', 'cancelPendingSession', 'handledPendingSession', 'sessionStarted', 'sessionEnded', 'sdkError',
    'conversationUpdate', 'ready', 'connected', 'disconnected', 'station', 'concurrentSoftphoneSessionsEnabled',
    'resolutionUpdated', 'sessionInterrupted',
  ];
  const SESSION_EVENTS = [
    'sessionState', 'terminated', 'mute', 'unmute', 'peerTrackAdded', 'peerTrackRemoved',
    'participantsUpdate', 'activeVideoParticipantsUpdate', 'speakersUpdate', 'incomingMedia', 'pinnedParticipant',
  ];
  const MEDIA_EVENTS = ['state', 'devices', 'permissions', 'gumRequest'];
  const SESSION = [
    'id', 'sid', 'peerID', 'conversationId', 'active', 'sessionType', 'originalRoomJid', 'fromUserId', 'state',
    'videoMuted', 'audioMuted',
  ];

  /** @type {Entry[]} */
  let trace = [];
  /** @type {Set<() => void>} told of each entry */
  const watchers = new Set();

  /** @param {string} kind @param {string} name @param {any} [value] */
  const keep = (kind, name, value) => {
    trace.push({ kind, name, ...(value !== undefined && { value }) });
    scope.compatActive?.();
    for (const watcher of [...watchers]) watcher();
  };

  /** @param {any} value */
  const isSession = (value) => typeof value?.sessionType === 'string' && typeof value.on === 'function';

  /** What a failed request leaves, an Error or not: what it answered, not how it was made. @param {any} failure */
  const plainFailure = ({ name, message, response }) => ({
    error: 'failed request', name, message, ...(response && { status: response.status, data: plain(response.data) }),
  });

  /** @param {any} error @param {number} depth @param {any[]} path */
  const plainError = (error, depth, path) => {
    const { SdkError } = scope.GenesysCloudWebrtcSdk;
    return {
      error: error instanceof SdkError ? 'SdkError' : error.name, name: error.name, message: error.message,
      ...(error.type !== undefined && { type: error.type }),
      ...(error.details !== undefined && { details: plain(error.details, depth - 1, path) }),
    };
  };

  /** @type {[(value: any) => boolean, (value: any) => string][]} what is named only */
  const OPAQUE = [
    [(value) => typeof value === 'function', () => '‹function›'],
    [(value) => value instanceof MediaStream, (value) => (
      `‹stream${value.getTracks().map((/** @type {any} */ { kind }) => ` ${kind}`).sort().join('')}›`)],
    [(value) => value instanceof MediaStreamTrack, (value) => `‹${value.kind} track ${value.readyState}›`],
    [(value) => value instanceof Node, (value) => `‹${value.nodeName.toLowerCase()}›`],
    [(value) => value === window, () => '‹window›'],
    [(value) => value instanceof Promise, () => '‹promise›'],
    [(value) => value instanceof RTCPeerConnection, () => '‹peer connection›'],
    [(value) => value instanceof EventTarget, (value) => `‹${value.constructor.name}›`],
  ];

  /**
   * What can be compared of a value; members that are undefined count as absent.
   * @param {any} value @param {number} [depth] @param {any[]} [path] objects on the way here @returns {any}
   */
  function plain(value, depth = DEPTH, path = []) {
    if (value === undefined) return '‹undefined›';
    if (typeof value === 'symbol' || typeof value === 'bigint') return String(value);
    if (value === null || (typeof value !== 'object' && typeof value !== 'function')) return value;
    if (path.includes(value)) return '‹circular›';
    const found = OPAQUE.find(([is]) => is(value));
    if (found) return found[1](value);
    if (depth < 1) return '‹deep›';
    const below = [...path, value];
    if (value.isAxiosError || (value.name === 'AxiosError' && !value.type)) return plainFailure(value);
    if (value instanceof Error || value instanceof DOMException) return plainError(value, depth, below);
    if (value instanceof MediaDeviceInfo) return `‹${value.kind} ${value.label || 'without label'}›`;
    if (value instanceof Map) return plain(Object.fromEntries(value), depth, below);
    if (Array.isArray(value) || value instanceof Set) return [...value].map((one) => plain(one, depth - 1, below));
    // Whole where it is what an event is about, by its id where it belongs to something else.
    if (isSession(value) && path.length) return `‹session object ${value.id}›`;
    const names = isSession(value) ? SESSION : Object.keys(value).sort();
    const members = names.filter((name) => value[name] !== undefined).map((name) => (
      [name, plain(value[name], depth - 1, below)]));
    return Object.fromEntries(members);
  }

  /** @param {() => boolean} fits @returns {Promise<boolean>} false: it did not come in time */
  const until = (fits) => new Promise((resolve) => {
    /** @param {boolean} answer */
    const finish = (answer) => {
      clearTimeout(timer);
      watchers.delete(look);
      resolve(answer);
    };
    const look = () => fits() && finish(true);
    const timer = setTimeout(() => finish(false), patience);
    watchers.add(look);
    look();
  });

  /** @param {any} from @param {string[]} names @param {string} prefix */
  const listen = (from, names, prefix = '') => {
    for (const name of names) {
      from.on(name, (/** @type {any[]} */ ...args) => keep('event', prefix + name, args.map((one) => plain(one))));
    }
  };

  /** Session objects by id, in the order of their coming. @type {Map<string, any>} */
  const sessions = new Map();

  /** @param {string} member path, for example `media.startMedia` @returns {[any, string]} owner and last name */
  const memberOf = (member) => {
    const names = member.split('.');
    const last = /** @type {string} */ (names.pop());
    return [names.reduce((owner, name) => owner?.[name], scope.sdk), last];
  };

  /** What a script is given. */
  const stage = {
    /** The exports of the SDK's script. */
    get exports() { return scope.GenesysCloudWebrtcSdk; },
    get sdk() { return scope.sdk; },
    /** @type {Record<string, any>} of the default agent; the same for both SDKs */
    base: {},
    /** Sees nothing and sends nothing of its own. */
    silent: Object.fromEntries(['log', 'debug', 'info', 'warn', 'error'].map((level) => [level, () => {}])),

    /** A configuration that signs in the default agent. @param {Record<string, any>} [more] */
    config: (more = {}) => ({
      environment: stage.base.environment, wsHost: stage.base.wsHost, accessToken: stage.base.token,
      useHeadsets: false, optOutOfTelemetry: true, logger: stage.silent, ...more,
    }),

    /** @param {Record<string, any>} [config] default: `config()` */
    construct(config = stage.config()) {
      const { GenesysCloudWebrtcSdk: Sdk } = stage.exports;
      scope.sdk = new Sdk(config);
      listen(scope.sdk, EVENTS);
      scope.sdk.on('sessionStarted', (/** @type {any} */ session) => {
        if (!sessions.has(session.id)) listen(session, SESSION_EVENTS, 'session ');
        sessions.set(session.id, session);
      });
      return scope.sdk;
    },

    /** Constructs and initializes; what went before is no part of the trace. @param {Record<string, any>} [more] */
    async signIn(more = {}, /** @type {any} */ given = undefined) {
      stage.construct(stage.config(more));
      await (given ? scope.sdk.initialize(given) : scope.sdk.initialize());
      await stage.quiet();
      await stage.begin();
    },

    /** The trace and the wire begin here. */
    async begin() {
      trace = [];
      await scope.compatPlatform('mark');
    },

    /** Media events are part of the trace from now on. */
    watchMedia: () => listen(scope.sdk.media, MEDIA_EVENTS, 'media '),

    /** @param {string} name @param {any} value is compared */
    note: (name, value) => keep('note', name, plain(value)),

    /**
     * Notes how something ends: what it gives, resolves to, throws or rejects with.
     * @param {string} name @param {() => any} work @returns {Promise<any>} its result, or undefined
     */
    async outcome(name, work) {
      const value = await stage.settled(name, work);
      // The event of an error comes after its promise, before what is done next.
      await new Promise((resolve) => { setTimeout(resolve); });
      return value;
    },

    /** @param {string} name @param {() => any} work @returns {Promise<any>} */
    async settled(name, work) {
      let result;
      try {
        result = work();
      } catch (error) {
        keep('outcome', name, { throws: plain(error) });
        return undefined;
      }
      if (typeof result?.then !== 'function') {
        keep('outcome', name, { returns: plain(result) });
        return result;
      }
      let timer;
      const late = new Promise((resolve) => { timer = setTimeout(resolve, patience, LATE); });
      try {
        const value = await Promise.race([result, late]);
        if (value === LATE) keep('outcome', name, { waits: 'for ever' });
        else keep('outcome', name, { resolves: plain(value) });
        return value === LATE ? undefined : value;
      } catch (error) {
        keep('outcome', name, { rejects: plain(error) });
        return undefined;
      } finally {
        clearTimeout(timer);
      }
    },

    /** The outcome of a method, for example `media.startMedia`. @param {string} method @param {any[]} args */
    call: (method, ...args) => stage.outcome(method, () => {
      const [owner, name] = memberOf(method);
      return owner[name](...args);
    }),

    /**
     * Waits until an event has come, from the start of the trace; notes when it does not come.
     * @param {string} name @param {(...args: any[]) => boolean} [fits] of its plain arguments @param {number} [times]
     */
    async event(name, fits = () => true, times = 1) {
      const seen = () => trace.filter((entry) => (
        entry.kind === 'event' && entry.name === name && fits(...(entry.value ?? []))));
      if (!await until(() => seen().length >= times)) keep('missing', name, seen().length);
      return seen()[times - 1]?.value;
    },

    /** Waits until something is true. @param {string} name @param {() => boolean} fits looked at after every entry */
    async when(name, fits) {
      if (!await until(fits)) keep('missing', name);
    },

    /** The newest session object. @returns {any} */
    session: () => [...sessions.values()].at(-1),

    /** Nothing has happened for a moment, on the wire or in the page. */
    quiet: () => scope.compatPlatform('quiet'),

    /** What the platform shall do, see tests/compat/platform.mjs. @type {any} */
    platform: new Proxy({}, {
      get: (_, name) => (/** @type {any[]} */ ...args) => scope.compatPlatform(name, ...args),
    }),

    /** A call that is accepted and connected, without media. @param {Record<string, any>} [options] of the platform */
    async talk(options = {}) {
      const call = await stage.platform.ring({ farEnd: 'manual', ...options });
      const { conversationId } = call;
      const own = (/** @type {any} */ one) => one?.conversationId === conversationId;
      await stage.event('pendingSession', own);
      await scope.sdk.acceptPendingSession({ conversationId });
      await stage.event('sessionStarted');
      await stage.platform.connected(conversationId);
      await stage.event('conversationUpdate', ({ current }) => current.some((/** @type {any} */ one) => (
        own(one) && one.mostRecentCallState?.state === 'connected')));
      await stage.quiet();
      return call;
    },
  };

  addEventListener('error', ({ message }) => keep('uncaught', message));
  addEventListener('unhandledrejection', ({ reason }) => keep('unhandled', String(reason?.message ?? reason)));

  scope.compat = {
    stage, listen, plain,
    /** @param {{ default: import('./stage.mjs').Script }} module */
    async play({ default: script }) {
      patience = script.patience ?? patience;
      const limit = new Promise((_, reject) => { setTimeout(reject, LIMIT_MS, new Error('it does not end')); });
      try {
        await Promise.race([script.run(/** @type {any} */ (stage)), limit]);
      } catch (error) {
        keep('script failed', String(/** @type {any} */ (error)?.stack ?? error).split('\n')[0]);
      }
      await stage.quiet();
      const seen = trace;
      return seen;
    },
  };
}
