// SPDX-License-Identifier: MIT
// What the tests of the built module share: a page's globals that Node lacks, SDK objects on a local
// platform, and fakes of the two edges that Node cannot have: peer connections and microphones.

import WebSocket from 'ws';
import { startPlatform } from '../../demo/platform/index.js';

Object.assign(globalThis, { WebSocket });

/** What listeners of the application threw, as a page's `error` event would show it. @type {unknown[]} */
export const uncaught = [];
Object.assign(globalThis, {
  /** @param {unknown} error */
  reportError: (error) => void uncaught.push(error),
});

/** @typedef {import('../../js/index.js').GenesysCloudWebrtcSdk} Sdk */

/** A logger that keeps what it is told. */
export const keepingLogger = () => {
  /** @type {[level: string, ...record: any[]][]} */
  const records = [];
  const write = (/** @type {string} */ level) => (/** @type {any[]} */ ...record) => {
    records.push([level, ...record]);
  };
  const [log, debug, info, warn, error] = ['log', 'debug', 'info', 'warn', 'error'].map(write);
  return { records, log, debug, info, warn, error };
};

/**
 * A platform and a maker of SDK objects on it; all of it ends with the test.
 * @param {import('node:test').TestContext} t
 */
export const start = async (t) => {
  const { GenesysCloudWebrtcSdk } = await import('../../js/index.js');
  const platform = await startPlatform();
  /** @type {Sdk[]} */
  const made = [];
  t.after(async () => {
    await Promise.all(made.map((sdk) => sdk.destroy()));
    await platform.close();
  });
  /** @param {Partial<import('../../js/types/index.js').ISdkConfig>} [config] */
  const makeSdk = (config = {}) => {
    const sdk = new GenesysCloudWebrtcSdk({
      environment: platform.url,
      wsHost: platform.wsUrl,
      accessToken: platform.token,
      allowedSessionTypes: ['softphone'],
      optOutOfTelemetry: true,
      logger: keepingLogger(),
      ...config,
    });
    made.push(sdk);
    return sdk;
  };
  return { platform, makeSdk };
};

/**
 * The arguments of the first such event.
 * @param {{ on: Function, off: Function }} emitter
 * @param {string} name
 * @param {(...args: any[]) => unknown} [accept]
 * @returns {Promise<any[]>}
 */
export const heard = (emitter, name, accept = () => true) => new Promise((resolve) => {
  const listener = (/** @type {any[]} */ ...args) => {
    if (!accept(...args)) return;
    emitter.off(name, listener);
    resolve(args);
  };
  emitter.on(name, listener);
});

/** Resolves in a later macrotask than timers of 0 ms that exist now. */
export const laterTask = () => new Promise((resolve) => setTimeout(resolve, 5));

/** @param {Promise<unknown>} promise @returns {Promise<any>} what it rejects with */
export const rejection = (promise) => promise.then(
  () => {
    throw new Error('The promise should have been rejected.');
  },
  (error) => error,
);

/** A media stream track. */
export class FakeTrack {
  /** @param {string} kind */
  constructor(kind) {
    this.kind = kind;
    this.readyState = 'live';
    this.enabled = true;
    this.muted = false;
  }

  stop() {
    this.readyState = 'ended';
  }
}

/** A media stream. */
export class FakeStream {
  /** @param {FakeTrack[]} tracks */
  constructor(tracks) {
    this.tracks = tracks;
  }

  getTracks() {
    return this.tracks;
  }
}

/** A peer connection that records what is asked of it, and does it when `let()` allows the next step. */
export class FakePeerConnection {
  /** @type {FakePeerConnection[]} */
  static made = [];

  /** @param {RTCConfiguration} config */
  constructor(config) {
    this.config = config;
    this.connectionState = 'new';
    this.iceConnectionState = 'new';
    this.signalingState = 'stable';
    /** What getStats() gives; an error: it rejects. @type {any} */
    this.report = new Map();
    this.localDescription = this.remoteDescription = /** @type {{ sdp: string } | null} */ (null);
    /** @type {string[]} */
    this.steps = [];
    /** The step that shall fail. */
    this.failing = '';
    const sender = { track: /** @type {FakeTrack | null} */ (null) };
    this.transceiver = {
      direction: 'recvonly',
      currentDirection: null,
      receiver: { track: new FakeTrack('audio') },
      sender: {
        ...sender,
        /** @param {FakeTrack} track */
        async replaceTrack(track) {
          this.track = track;
        },
      },
    };
    FakePeerConnection.made.push(this);
  }

  /** @param {string} step */
  async do(step) {
    this.steps.push(`${step} begins`);
    await Promise.resolve();
    await Promise.resolve();
    this.steps.push(`${step} ends`);
    if (step === this.failing) throw new DOMException(`${step} refused`, 'InvalidAccessError');
  }

  /** @param {{ sdp: string }} description */
  async setRemoteDescription(description) {
    this.remote = description;
    await this.do('remote');
  }

  async createAnswer() {
    await this.do('create');
    return { type: 'answer', sdp: 'v=0\r\ns=answer\r\n' };
  }

  /** @param {{ sdp: string }} description */
  async setLocalDescription(description) {
    this.local = description;
    await this.do('local');
  }

  /** @param {{ candidate: string }} candidate */
  async addIceCandidate(candidate) {
    await this.do(`candidate ${candidate.candidate}`);
  }

  async getStats() {
    if (this.report instanceof Error) throw this.report;
    return this.report;
  }

  getTransceivers() {
    return [this.transceiver];
  }

  getSenders() {
    return [this.transceiver.sender];
  }

  getReceivers() {
    return [this.transceiver.receiver];
  }

  close() {
    this.steps.push('closed');
    this.connectionState = 'closed';
  }
}

/**
 * Gives the page peer connections and a microphone.
 * @param {{ getUserMedia?: (constraints: any) => Promise<any> }} [mediaDevices]
 */
export const giveMedia = (mediaDevices = {}) => {
  const getUserMedia = async () => new FakeStream([new FakeTrack('audio')]);
  Object.assign(globalThis, { RTCPeerConnection: FakePeerConnection, MediaStream: FakeStream });
  Object.defineProperty(globalThis, 'navigator', {
    value: { mediaDevices: { getUserMedia, ...mediaDevices } },
    configurable: true,
  });
};
