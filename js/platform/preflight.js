// SPDX-License-Identifier: MIT
// The probes of sdk.runDiagnostics(): each looks at one thing of the browser and says what it saw. What that means is
// the core's decision, and so is when a probe has had its time.

import { isAudioBlocked } from './audio.js';

/** @typedef {Record<string, unknown>} Facts */
/**
 * What a probe is given: its order, a place for what it takes (it is given back when the probe is stopped, and at once
 * when that has been), and a microphone of the page, if one is on.
 * @typedef {{ order: any, hold: (release: () => void) => void, lend: () => MediaStreamTrack | undefined }} Tools
 */

/** @returns {any} */
const browser = () => globalThis.navigator ?? {};

/** @param {string} name @returns {Promise<string>} */
const permission = async (name) => {
  try {
    return (await browser().permissions.query({ name })).state;
  } catch {
    return 'unknown';
  }
};

/** @param {Tools} tools */
const permissions = async ({ lend }) => {
  const { permissionsPolicy, featurePolicy } = /** @type {any} */ (globalThis.document ?? {});
  return {
    // Some browsers forget what they allow for a while.
    microphone: lend() ? 'granted' : await permission('microphone'),
    camera: await permission('camera'),
    policy: (permissionsPolicy ?? featurePolicy)?.allowsFeature?.('microphone'),
    secureContext: globalThis.isSecureContext,
    mediaDevices: 'mediaDevices' in browser(),
    webrtc: 'RTCPeerConnection' in globalThis,
    hid: 'hid' in browser(),
    soundBlocked: isAudioBlocked(),
  };
};

const devices = async () => {
  const found = /** @type {MediaDeviceInfo[]} */ (await browser().mediaDevices.enumerateDevices());
  return {
    devices: found.map(({ kind, deviceId }) => ({ kind, deviceId })),
    // Browsers that let nobody choose a loudspeaker do not list them either.
    listsSpeakers: 'setSinkId' in HTMLMediaElement.prototype,
  };
};

/** @param {string} method @returns {(tools: Tools) => Promise<Facts>} */
const http = (method) => async ({ order: { url, headers }, hold }) => {
  const controller = new AbortController();
  hold(() => controller.abort());
  const response = await fetch(url, { method, headers, signal: controller.signal });
  const skewMs = Date.parse(response.headers.get('date') ?? '') - Date.now();
  const body = await response.json().catch(() => undefined);
  return { status: response.status, skewMs, body };
};

/** @param {Tools} tools @returns {Promise<Facts>} */
const socket = ({ order: { url, hello }, hold }) => new Promise((resolve) => {
  let opened = false;
  const one = new WebSocket(url, 'xmpp');
  hold(() => one.close());
  one.onopen = () => {
    opened = true;
    one.send(hello);
  };
  one.onmessage = () => resolve({ opened, answered: true });
  one.onclose = () => resolve({ opened });
});

/** @param {Tools} tools @returns {Promise<Facts>} */
const ice = ({ order: { config, wanted }, hold }) => new Promise((resolve, reject) => {
  let code = 0;
  const pc = new RTCPeerConnection(config);
  hold(() => pc.close());
  pc.onicecandidateerror = ({ errorCode }) => {
    // 701 stands for silence, and each address of the machine has its own: what a server says tells more.
    code = errorCode === 701 ? code || errorCode : errorCode;
  };
  pc.onicecandidate = ({ candidate }) => {
    if (!candidate?.candidate) resolve({ code });
    else if (candidate.candidate.includes(` typ ${wanted}`)) resolve({ seen: true });
  };
  pc.createDataChannel('');
  pc.setLocalDescription().catch(reject);
});

/**
 * What is heard: a microphone that is on anyway, the one a call would get, or a tone.
 * @param {Tools} tools
 */
const sound = async ({ order: { constraints }, hold, lend }) => {
  const lent = lend();
  if (lent || constraints) {
    const track = lent?.clone() ?? (await browser().mediaDevices.getUserMedia(constraints)).getAudioTracks()[0];
    hold(() => track.stop());
    return { track, facts: { microphone: true, muted: !track.enabled || track.muted } };
  }
  const context = new AudioContext();
  hold(() => void context.close());
  const tone = context.createOscillator();
  const end = context.createMediaStreamDestination();
  tone.connect(end);
  tone.start();
  return { track: end.stream.getAudioTracks()[0], facts: {} };
};

/** Both ends of a loop of media, by probe. @type {WeakMap<object, RTCPeerConnection[]>} */
const loops = new WeakMap();

/** @param {Tools} tools */
const media = async (tools) => {
  const { order: { config }, hold } = tools;
  const heard = await sound(tools).catch(() => undefined);
  if (!heard) return { error: 'microphone' };
  const ends = [0, 1].map(() => new RTCPeerConnection(config));
  const [near, far] = ends;
  hold(() => ends.forEach((pc) => pc.close()));
  loops.set(tools, ends);
  /** @type {() => void} */
  let described = () => {};
  const ready = new Promise((done) => {
    described = () => done(undefined);
  });
  const connected = new Promise((done) => {
    near.onconnectionstatechange = () => {
      if (['connected', 'failed'].includes(near.connectionState)) done(near.connectionState);
    };
  });
  ends.forEach((pc, at) => {
    pc.onicecandidate = async ({ candidate }) => {
      await ready;
      ends[1 - at].addIceCandidate(candidate ?? undefined).catch(() => {});
    };
  });
  near.addTrack(heard.track);
  await near.setLocalDescription();
  await far.setRemoteDescription(/** @type {any} */ (near.localDescription));
  await far.setLocalDescription();
  await near.setRemoteDescription(/** @type {any} */ (far.localDescription));
  described();
  return await connected === 'connected' ? heard.facts : { error: 'connection' };
};

/** What both ends of a loop say. @param {Tools} tools @param {{ types: string[] }} wanted */
const stats = async (tools, { types }) => {
  const reports = await Promise.all((loops.get(tools) ?? []).map((pc) => pc.getStats()));
  const records = reports.flatMap((report) => [.../** @type {any} */ (report).values()]);
  return { records: records.filter(({ type }) => types.includes(type)) };
};

/** @type {Record<string, (tools: Tools) => Promise<Facts>>} */
const PROBES = { permissions, devices, GET: http('GET'), POST: http('POST'), socket, ice, media };

/** The probes of one SDK object that are under way. */
export class Probes {
  /**
   * @param {(id: number, facts: string) => void} tell called once per probe, and once more per "stats"; empty: it could
   *   not be done
   * @param {() => MediaStreamTrack | undefined} lend
   */
  constructor(tell, lend) {
    this.tell = tell;
    this.lend = lend;
    /** @type {Map<number, { tools: Tools, held: (() => void)[] }>} */
    this.running = new Map();
  }

  /** @param {number} id @param {string} name of SP_FX_PROBE @param {any} order */
  run(id, name, order) {
    if (name === 'stop') this.stop(id);
    else if (name === 'stats') void this.answer(id, stats(/** @type {any} */ (this.running.get(id)?.tools), order));
    else void this.answer(id, this.start(id, PROBES[name], order));
  }

  /** @param {number} id @param {(tools: Tools) => Promise<Facts>} probe @param {any} order */
  async start(id, probe, order) {
    /** @type {(() => void)[]} */
    const held = [];
    /** @param {() => void} release */
    const hold = (release) => {
      if (this.running.has(id)) held.push(release);
      else release();
    };
    const tools = { order, hold, lend: this.lend };
    this.running.set(id, { tools, held });
    return probe(tools);
  }

  /** @param {number} id @param {Promise<Facts>} work */
  async answer(id, work) {
    const facts = await work.then(JSON.stringify, () => '');
    if (this.running.has(id)) this.tell(id, facts);
  }

  /** @param {number} id */
  stop(id) {
    const { held = [] } = this.running.get(id) ?? {};
    this.running.delete(id);
    for (const release of held) release();
  }

  close() {
    for (const id of [...this.running.keys()]) this.stop(id);
  }
}
