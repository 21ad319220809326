// SPDX-License-Identifier: MIT
// Runs in a page of its own per measurement, before the SDK: runs the SDK's script, signs in, is rung, answers,
// and says how long each step took. Times are those of this page's clock, so nothing of the browser's remote
// control is in them.

{
  const scope = /** @type {any} */ (window);

  // What the wire and the browser do, noted before the SDK hears of it

  /** When the newest proposal and the newest offer arrived. */
  const arrived = { propose: 0, offer: 0 };
  /** Told when an answer is sent. @type {(now: number) => void} */
  let onAnswer = () => {};
  const JSONRPC = /(?:&quot;|")method(?:&quot;|"):\s*(?:&quot;|")(offer|answer)/;

  /** @param {MessageEvent} event */
  const look = ({ data }) => {
    const now = performance.now();
    if (data.includes('<propose')) arrived.propose = now;
    else if (JSONRPC.exec(data)?.[1] === 'offer') arrived.offer = now;
  };

  /** @type {WebSocket[]} */
  const sockets = [];
  const OriginalSocket = window.WebSocket;
  scope.WebSocket = class extends OriginalSocket {
    /** @param {string | URL} url @param {string | string[]} [protocols] */
    constructor(url, protocols) {
      super(url, protocols);
      sockets.push(this);
      this.addEventListener('message', look);
    }

    /** @override @param {any} data */
    send(data) {
      const text = typeof data === 'string' ? data : new TextDecoder().decode(data);
      if (JSONRPC.exec(text)?.[1] === 'answer') onAnswer(performance.now());
      super.send(data);
    }
  };

  /** When the browser itself was at work for the SDK. @type {{ name: string, from: number, to: number }[]} */
  const spans = [];
  /** Nobody waits for what these promise: an element plays when audio comes, which may be after the answer. */
  const UNAWAITED = new Set(['play', 'setSinkId']);
  /** @template T @param {string} name @param {() => T} work @returns {T} */
  const timed = (name, work) => {
    const span = { name, from: performance.now(), to: Infinity };
    const over = () => void (span.to = performance.now());
    spans.push(span);
    const result = work();
    if (result instanceof Promise && !UNAWAITED.has(name)) result.then(over, over);
    else over();
    return result;
  };
  const BROWSER_WORK = /** @type {[any, string[]][]} */ ([
    [RTCPeerConnection.prototype, [
      'setRemoteDescription', 'createAnswer', 'setLocalDescription', 'addTrack', 'addTransceiver', 'createDataChannel',
      'getSenders', 'getReceivers', 'getTransceivers', 'setConfiguration',
    ]],
    [RTCRtpSender.prototype, ['replaceTrack']],
    [MediaDevices.prototype, ['getUserMedia', 'enumerateDevices']],
    [HTMLMediaElement.prototype, ['play', 'setSinkId']],
  ]);
  for (const [owner, names] of BROWSER_WORK) {
    for (const name of names) {
      const original = owner[name];
      owner[name] = function timedCall(/** @type {any[]} */ ...args) {
        return timed(name, () => original.apply(this, args));
      };
    }
  }
  // Setting these waits for another thread of the browser, too.
  for (const [owner, name] of /** @type {[any, string][]} */ ([
    [HTMLMediaElement.prototype, 'srcObject'], [RTCRtpTransceiver.prototype, 'direction'],
  ])) {
    const original = /** @type {PropertyDescriptor} */ (Object.getOwnPropertyDescriptor(owner, name));
    Object.defineProperty(owner, name, {
      ...original,
      set(value) {
        timed(name, () => original.set?.call(this, value));
      },
    });
  }

  /** Time of the spans between two moments; what overlaps counts once. @param {number} from @param {number} to */
  const browserTime = (from, to) => {
    let [total, end] = [0, from];
    for (const span of spans.sort((a, b) => a.from - b.from)) {
      const start = Math.max(span.from, end);
      const stop = Math.min(span.to, to);
      if (stop > start) [total, end] = [total + stop - start, stop];
    }
    return total;
  };

  /** @type {Set<WebAssembly.Memory>} */
  const memories = new Set();
  WebAssembly.Instance = new Proxy(WebAssembly.Instance, {
    construct(target, args) {
      const instance = Reflect.construct(target, args);
      for (const value of Object.values(instance.exports)) {
        if (value instanceof WebAssembly.Memory) memories.add(value);
      }
      return instance;
    },
  });

  // Peer connections that are left over

  /** @type {RTCPeerConnection[]} */
  const peers = [];
  window.RTCPeerConnection = new Proxy(RTCPeerConnection, {
    construct(target, args, self) {
      const peer = timed('RTCPeerConnection', () => Reflect.construct(target, args, self));
      peers.push(peer);
      return peer;
    },
  });

  // The steps

  /** The browser's console keeps what it is told while it is watched, which would count as memory of the SDK. */
  const silent = Object.fromEntries(['log', 'debug', 'info', 'warn', 'error'].map((level) => [level, () => {}]));

  /** @type {any} */
  let sdk;

  /** Fetches the script, which is no part of any measurement. @type {string} */
  let text;
  const load = async (/** @type {string} */ script) => {
    text = await (await fetch(script)).text();
  };

  /**
   * Milliseconds from the start of the script's evaluation until the constructor has returned. The text is
   * there already, so neither the network nor a cache of compiled code has a part in it.
   * @param {object} config
   */
  const construct = (config) => {
    const element = document.createElement('script');
    element.textContent = text;
    const started = performance.now();
    document.body.append(element);
    sdk = new scope.GenesysCloudWebrtcSdk.GenesysCloudWebrtcSdk({ ...config, logger: silent });
    const took = performance.now() - started;
    element.remove();
    text = '';
    return took;
  };

  /** Milliseconds from `initialize()` to `ready`. */
  const initialize = async () => {
    let ready = 0;
    sdk.once('ready', () => (ready = performance.now()));
    const started = performance.now();
    await sdk.initialize();
    return ready - started;
  };

  /** An application that hears of its conversations. */
  const hear = () => {
    let heard = 0;
    sdk.on('conversationUpdate', () => (heard += 1));
  };

  // Several in one page

  /** @type {any[]} */
  const crowd = [];

  /** Evaluates the script alone. */
  const evaluate = () => {
    const element = document.createElement('script');
    element.textContent = text;
    document.body.append(element);
    element.remove();
    text = '';
  };

  /**
   * Constructs and initializes so many SDKs at once. Milliseconds until all are ready.
   * @param {object} config @param {number} count
   */
  const gatherCrowd = async (config, count) => {
    const started = performance.now();
    for (let index = 0; index < count; index += 1) {
      crowd.push(new scope.GenesysCloudWebrtcSdk.GenesysCloudWebrtcSdk({ ...config, logger: silent }));
    }
    await Promise.all(crowd.map((one) => one.initialize()));
    return performance.now() - started;
  };

  /** Milliseconds from the arrival of the next proposal to its `pendingSession`. @returns {Promise<number>} */
  const ring = () => new Promise((resolve) => {
    sdk.once('pendingSession', () => resolve(performance.now() - arrived.propose));
  });

  /**
   * Accepts the next call. Milliseconds from its offer to the answer, without those in which the browser
   * itself was asked for a microphone or a description.
   * @returns {Promise<number>}
   */
  const answer = () => new Promise((resolve) => {
    spans.length = 0;
    onAnswer = (now) => resolve(now - arrived.offer - browserTime(arrived.offer, now));
    sdk.once('pendingSession', (/** @type {any} */ { conversationId }) => (
      sdk.acceptPendingSession({ conversationId })));
  });

  /** Resolves when a session has ended. */
  const ended = () => new Promise((resolve) => {
    sdk.once('sessionEnded', () => resolve(undefined));
  });

  /** From now on calls are accepted and nothing is measured: what this page holds on to would count. */
  const acceptAll = () => {
    sdk.on('pendingSession', (/** @type {any} */ { conversationId }) => sdk.acceptPendingSession({ conversationId }));
  };

  /** Takes the listeners of this page away, so that messages cost what the SDK makes of them. */
  const quiet = () => {
    for (const socket of sockets) socket.removeEventListener('message', look);
    spans.length = 0;
  };

  /** What calls have left alive; forgets what is closed. */
  const alive = () => {
    spans.length = 0;
    const open = peers.filter((peer) => peer.signalingState !== 'closed');
    peers.splice(0, peers.length, ...open);
    return { peers: open.length, elements: document.querySelectorAll('audio, video').length };
  };

  /**
   * What a message costs before anybody looks at it: a socket with an empty handler, or one that parses.
   * @param {string} url the server closes the connection after the last message @param {boolean} parse
   */
  const receive = (url, parse) => new Promise((resolve) => {
    const socket = new OriginalSocket(url);
    socket.onmessage = parse ? ({ data }) => void JSON.parse(data) : () => {};
    socket.onclose = () => resolve(undefined);
  });

  scope.bench = {
    load, construct, initialize, hear, evaluate, gatherCrowd, ring, answer, ended, acceptAll, quiet, alive, receive,
    /** Bytes of all WebAssembly memories. */
    memory: () => [...memories].reduce((sum, { buffer }) => sum + buffer.byteLength, 0),
  };
}
