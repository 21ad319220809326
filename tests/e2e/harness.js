// SPDX-License-Identifier: MIT
// Runs in the page before the SDK: notes in one list, in order, what the SDK does to the browser and what it
// tells the application, so that a test can ask what came before what. It changes nothing of what it watches.

/** @typedef {{ name: string, detail: any }} Note */
/** @typedef {Record<string, any>} Members */

{
  const scope = /** @type {any} */ (window);
  const PATIENCE_MS = 15_000;
  const EVENTS = [
    'pendingSession', 'cancelPendingSession', 'handledPendingSession', 'sessionStarted', 'sessionEnded',
    '_sessionEnded', 'sessionInterrupted', 'conversationUpdate', 'conversationUpdateRaw', 'ready', 'connected',
    'disconnected', 'station', 'concurrentSoftphoneSessionsEnabled', 'sdkError', 'error', 'callQuality',
    'callQualityWarning',
  ];
  const SESSION_EVENTS = ['stats', 'iceConnectionType', 'endOfCandidates', 'callQuality', 'callQualityWarning'];

  /** @type {Note[]} */
  const notes = [];
  /** @type {Set<(note: Note) => void>} */
  const watchers = new Set();
  const { setTimeout: later, clearTimeout: cancel } = window;

  /** @param {string} name @param {any} [detail] plain values only */
  const note = (name, detail) => {
    const entry = { name, detail };
    notes.push(entry);
    for (const watcher of [...watchers]) watcher(entry);
  };

  /** @param {any} detail @param {Members} members @returns {boolean} */
  const fits = (detail, members) => Object.entries(members).every(([name, wanted]) => (
    wanted !== null && typeof wanted === 'object' ? fits(detail?.[name], wanted) : detail?.[name] === wanted));

  /**
   * The first note of that name with these members, of those there are and those to come.
   * @param {string} name @param {Members} [members] nested ones are compared member by member
   * @param {number} [from] index of the first note that counts
   * @returns {Promise<any>} its detail
   */
  const until = (name, members = {}, from = 0) => new Promise((resolve, reject) => {
    const isIt = (/** @type {Note} */ entry) => entry.name === name && fits(entry.detail, members);
    const found = notes.slice(from).find(isIt);
    if (found) {
      resolve(found.detail);
      return;
    }
    const finish = () => {
      cancel(timer);
      watchers.delete(watcher);
    };
    const watcher = (/** @type {Note} */ entry) => {
      if (!isIt(entry)) return;
      finish();
      resolve(entry.detail);
    };
    const timer = later(() => {
      finish();
      const seen = notes.slice(from).map((entry) => entry.name).join(' ');
      reject(new Error(`no ${name} with ${JSON.stringify(members)}; seen: ${seen}`));
    }, PATIENCE_MS);
    watchers.add(watcher);
  });

  // What the SDK says, as plain values

  /** @param {any} error */
  const describeError = (error) => ({
    name: error?.name,
    message: error?.message ?? String(error),
    type: error?.type,
    isSdkError: error instanceof scope.GenesysCloudWebrtcSdk.SdkError,
    details: plain(error?.details),
  });

  /** @param {any} session */
  const describeSession = (session) => session && {
    id: session.id,
    conversationId: session.conversationId,
    sessionType: session.sessionType,
    state: session.state,
    connectionState: session.connectionState,
    sessionReplacedByReinvite: session.sessionReplacedByReinvite,
    reconnectCount: session.reconnectCount,
  };

  /** @param {any} record */
  const idOf = (record) => record.conversationId;

  /** @param {any} record @returns {[string, any]} */
  const describeRecord = (record) => [record.conversationId, plain(record.mostRecentCallState) ?? {}];

  /** @param {any} value @returns {any} what of it can be written as JSON, one level of errors kept */
  const plain = (value) => {
    if (value instanceof Error) return { name: value.name, message: value.message };
    try {
      return value === undefined ? undefined : JSON.parse(JSON.stringify(value));
    } catch {
      return String(value);
    }
  };

  /** @type {Record<string, (...args: any[]) => any>} */
  const DESCRIBE = {
    sessionStarted: describeSession,
    sessionEnded: (session, reason) => ({ ...describeSession(session), condition: reason?.condition }),
    _sessionEnded: (session, reason) => ({ ...describeSession(session), condition: reason?.condition }),
    conversationUpdate: (update) => ({
      activeConversationId: update.activeConversationId,
      calls: Object.fromEntries(update.current.map(describeRecord)),
      added: update.added.map(idOf),
      removed: update.removed.map(idOf),
    }),
    conversationUpdateRaw: (raw) => ({ id: raw?.eventBody?.id }),
    disconnected: (text, info) => ({ text, reconnecting: info?.reconnecting }),
    sdkError: describeError,
  };

  /** Live session objects, by session id. @type {Map<string, any>} */
  const sessions = new Map();

  /** What the SDK was given, with the session it is for. @type {{ track: MediaStreamTrack, session: any }[]} */
  const asked = [];

  /** @param {any} sdk notes its events under their own names */
  const listen = (sdk) => {
    sdk.media?.on?.('gumRequest', (/** @type {any} */ { gumPromise, mediaRequestOptions: { session } }) => {
      gumPromise.then((/** @type {MediaStream} */ stream) => {
        for (const track of stream.getTracks()) asked.push({ track, session });
      }, () => {});
    });
    for (const name of EVENTS) {
      sdk.on(name, (/** @type {any[]} */ ...args) => {
        if (name === 'sessionStarted' && !sessions.has(args[0].id)) {
          sessions.set(args[0].id, args[0]);
          for (const event of SESSION_EVENTS) {
            args[0].on(event, (/** @type {any} */ detail) => note(`session:${event}`, plain(detail)));
          }
        }
        note(name, (DESCRIBE[name] ?? plain)(...args));
      });
    }
  };

  /** @param {any} config @returns {any} the SDK, also found as `sdk` */
  const construct = (config) => {
    const Sdk = scope.GenesysCloudWebrtcSdk.GenesysCloudWebrtcSdk;
    scope.sdk = new Sdk(config);
    listen(scope.sdk);
    return scope.sdk;
  };

  /**
   * Calls a method of the SDK and says how it ended; notes `call:`, then `resolved:` or `rejected:` with its
   * name. An error thrown synchronously becomes `thrown`.
   * @param {string} method @param {any[]} args
   * @returns {Promise<{ value?: any, error?: any, thrown?: any }>}
   */
  const call = (method, ...args) => {
    note(`call:${method}`);
    let answer;
    try {
      answer = scope.sdk[method](...args);
    } catch (error) {
      note(`thrown:${method}`, describeError(error));
      return Promise.resolve({ thrown: describeError(error) });
    }
    note(`returned:${method}`);
    return Promise.resolve(answer).then((value) => {
      note(`resolved:${method}`, plain(value));
      return { value: plain(value) };
    }, (error) => {
      note(`rejected:${method}`, describeError(error));
      return { error: describeError(error) };
    });
  };

  // What the SDK does to the browser

  /** @type {RTCPeerConnection[]} */
  const peers = [];
  const OriginalPeer = window.RTCPeerConnection;
  window.RTCPeerConnection = class extends OriginalPeer {
    /** @param {RTCConfiguration} [configuration] */
    constructor(configuration) {
      super(configuration);
      peers.push(this);
    }
  };

  /** Tracks of microphones, cameras and screens that somebody was given. @type {MediaStreamTrack[]} */
  const tracks = [];
  const devices = navigator.mediaDevices;
  const getUserMedia = devices.getUserMedia.bind(devices);
  devices.getUserMedia = async (constraints) => {
    note('getUserMedia', plain(constraints));
    const stream = await getUserMedia(constraints);
    tracks.push(...stream.getTracks());
    return stream;
  };
  const getDisplayMedia = devices.getDisplayMedia?.bind(devices);
  if (getDisplayMedia) {
    devices.getDisplayMedia = async (constraints) => {
      const stream = await getDisplayMedia(constraints);
      tracks.push(...stream.getTracks());
      return stream;
    };
  }

  const { stop } = MediaStreamTrack.prototype;
  MediaStreamTrack.prototype.stop = function stopTrack() {
    note('track stopped', { kind: this.kind });
    stop.call(this);
  };

  /** @type {WebSocket[]} */
  const sockets = [];
  const { send, close } = WebSocket.prototype;
  /** @this {WebSocket} @param {any} data */
  WebSocket.prototype.send = function sendFrame(data) {
    if (!sockets.includes(this)) sockets.push(this);
    const text = typeof data === 'string' ? data : new TextDecoder().decode(data);
    const notice = /<(proceed|accept|reject)[\s/>]/.exec(text)?.[1];
    const method = /(?:&quot;|")method(?:&quot;|"):(?:&quot;|")([\w-]+)/.exec(text)?.[1];
    note('sent', { notice, method });
    send.call(this, data);
  };
  /** @this {WebSocket} @param {number} [code] @param {string} [reason] */
  WebSocket.prototype.close = function closeSocket(code, reason) {
    note('socket closed');
    close.call(this, code, reason);
  };

  /** Timers that have yet to run. @type {Set<number>} */
  const timers = new Set();
  const { setInterval: repeat, clearInterval: cancelRepeat } = window;
  scope.setTimeout = (/** @type {any} */ handler, /** @type {number} */ delay, /** @type {any[]} */ ...args) => {
    const id = later(() => {
      timers.delete(id);
      handler(...args);
    }, delay);
    timers.add(id);
    return id;
  };
  scope.setInterval = (/** @type {any} */ handler, /** @type {number} */ delay, /** @type {any[]} */ ...args) => {
    const id = repeat(handler, delay, ...args);
    timers.add(id);
    return id;
  };
  for (const [name, original] of /** @type {const} */ ([
    ['clearTimeout', cancel], ['clearInterval', cancelRepeat],
  ])) {
    scope[name] = (/** @type {number} */ id) => {
      timers.delete(id);
      original(id);
    };
  }

  /** @type {Set<WebAssembly.Memory>} */
  const memories = new Set();
  /** @param {WebAssembly.Instance} instance */
  const keepMemory = (instance) => {
    for (const value of Object.values(instance.exports)) {
      if (value instanceof WebAssembly.Memory) memories.add(value);
    }
    return instance;
  };
  if (typeof WebAssembly === 'object') {
    WebAssembly.Instance = new Proxy(WebAssembly.Instance, {
      construct: (target, args) => keepMemory(Reflect.construct(target, args)),
    });
    const { instantiate } = WebAssembly;
    scope.WebAssembly.instantiate = async (/** @type {[any, any]} */ ...args) => {
      const result = /** @type {any} */ (await instantiate(...args));
      keepMemory(result.instance ?? result);
      return result;
    };
  }

  document.addEventListener('securitypolicyviolation', ({ violatedDirective, blockedURI }) => {
    note('policy violated', { violatedDirective, blockedURI });
  });

  /** What is alive: numbers that must come back to what they were. */
  const alive = () => ({
    peers: peers.filter((peer) => peer.signalingState !== 'closed').length,
    elements: document.querySelectorAll('audio, video').length,
    tracks: tracks.filter((track) => track.readyState === 'live').length,
    sockets: sockets.filter((socket) => socket.readyState < WebSocket.CLOSING).length,
    timers: timers.size,
  });

  /** The newest peer connection's media counters. */
  const media = async () => {
    const total = { sent: 0, received: 0, energy: 0, state: peers.at(-1)?.connectionState };
    for (const entry of (await peers.at(-1)?.getStats())?.values() ?? []) {
      if (entry.type === 'outbound-rtp') total.sent += entry.packetsSent;
      if (entry.type === 'inbound-rtp') total.received += entry.packetsReceived;
      if (entry.type === 'inbound-rtp') total.energy += entry.totalAudioEnergy ?? 0;
    }
    return total;
  };

  /**
   * Counters have no events, so this asks again until each is more than in `least` and the call is connected.
   * @param {{ sent?: number, received?: number, energy?: number }} [least]
   */
  const mediaBeyond = async ({ sent = 0, received = 0, energy = 0 } = {}) => {
    const deadline = performance.now() + PATIENCE_MS;
    for (;;) {
      const now = await media();
      if (now.sent > sent && now.received > received && now.energy > energy && now.state === 'connected') return now;
      if (performance.now() > deadline) throw new Error(`media stays at ${JSON.stringify(now)}`);
      await new Promise((again) => later(again, 50));
    }
  };

  /**
   * The end of a test: what the SDK leaves on after the session it was for, and after its own end.
   * @returns {Promise<string[]>}
   */
  const leaks = async () => {
    const isLive = (/** @type {{ track: MediaStreamTrack }} */ { track }) => track.readyState === 'live';
    const late = asked.filter((one) => isLive(one) && one.session?.state === 'ended');
    await scope.sdk?.destroy?.();
    return [
      ...late.map(({ track }) => `${track.label} after its session`),
      ...asked.filter(isLive).map(({ track }) => `${track.label} after destroy()`),
    ];
  };

  scope.harness = {
    leaks,
    notes, note, until, construct, listen, call, describeError, sessions, peers, tracks, alive, mediaBeyond,
    /** Bytes of all WebAssembly memories. */
    memory: () => [...memories].reduce((sum, { buffer }) => sum + buffer.byteLength, 0),
    /** @param {any} config */
    start(config) {
      construct(config);
      return call('initialize');
    },
  };
}
