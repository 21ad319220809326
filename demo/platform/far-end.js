// SPDX-License-Identifier: MIT
// Who is at the other end of a call. Each kind has the shape of `FarEnd`: an automated party with real media
// (werift), a scripted one without media, and a person behind a WebSocket.

import { EventEmitter } from 'node:events';
import { MediaStreamTrack, RTCPeerConnection, RtpHeader, RtpPacket, usePCMU } from 'werift';
import { closePeer } from './peer.js';
import { FRAME_SAMPLES, Meter, SILENCE, toneFrames } from './tone.js';

/** @typedef {{ mid: string, candidate: string }} Candidate `candidate` without the leading `a=` */

/**
 * @typedef {object} FarEndStats
 * @property {number} packetsSent RTP packets
 * @property {number} packetsReceived
 * @property {number | null} lastToneHz strongest frequency of the last 100 ms that were not silent
 * @property {number} rms level of the last 100 ms heard, 0 to 1
 * @property {number} energy squares times seconds of all that was heard
 * @property {string} connectionState
 */

/**
 * One far end of one media session. Events: `candidate` (Candidate) for the other side, `connected` once
 * media can
 * flow, `failed`, `level` (FarEndStats) per 100 ms heard, `hangup` when a person hangs up.
 * @typedef {object} FarEndShape
 * @property {boolean} hasMedia whether `connected` comes from media; if not, the client's own report is
 *   believed
 * @property {(how?: { iceRestart: boolean }) => Promise<string>} createOffer one audio section with the mid `audio`,
 *   candidates included
 * @property {(sdp: string) => Promise<void>} setAnswer rejects when the client's answer cannot be used
 * @property {(candidate: Candidate) => Promise<void>} addCandidate bad ones are ignored
 * @property {(on: boolean) => void} setTone sound or silence towards the client
 * @property {(on: boolean) => void} setDeaf keeps what the client sends from this party; packets still count
 * @property {(how: Impairment) => void} impair makes the network towards the client worse
 * @property {() => FarEndStats} stats
 * @property {() => Promise<void>} close frees everything; no event follows
 */

/** @typedef {EventEmitter & FarEndShape} FarEnd */

/**
 * What is wrong with the packets on their way to the client; members not given stay as they are.
 * @typedef {object} Impairment
 * @property {boolean} [sending] false: no packet is sent
 * @property {number} [loss] share of packets that are lost, 0 to 1, spread evenly
 * @property {number} [jitterMs] packets come up to this much later than they should, overtaking each other
 */

/** @returns {FarEndStats} of a far end that has seen nothing yet */
const noStats = () => ({
  packetsSent: 0, packetsReceived: 0, lastToneHz: null, rms: 0, energy: 0, connectionState: 'new',
});

/** Real media without a person: sends PCMU (a tone, or only silence) and measures what it hears. */
export class AutomatedFarEnd extends EventEmitter {
  /**
   * @param {{ pacer: import('./tone.js').Pacer, tone?: boolean, hz?: number,
   *   ice?: Partial<import('werift').PeerConfig> }} options `ice`: how it is reached, `iceServers` and
   *   `iceTransportPolicy`
   */
  constructor({ pacer, tone = true, hz = 440, ice = {} }) {
    super();
    this.pacer = pacer;
    this.frames = tone ? toneFrames(hz) : [SILENCE];
    this.sounding = true;
    this.sent = 0;
    this.received = 0;
    this.deaf = false;
    this.closed = false;
    /** @type {Required<Impairment>} */
    this.impairment = { sending: true, loss: 0, jitterMs: 0 };
    /** Grows by the loss with each packet; a packet is lost when it passes one. */
    this.owed = 0;
    this.meter = new Meter(() => this.emit('level', this.stats()));
    this.track = new MediaStreamTrack({ kind: 'audio' });
    // Loopback and the machine's own addresses suffice; a STUN server must never be needed.
    this.peer = new RTCPeerConnection({
      iceServers: [],
      iceUseIpv6: false,
      iceAdditionalHostAddresses: ['127.0.0.1'],
      codecs: { audio: [usePCMU({ payloadType: 0 })], video: [] },
      ...ice,
    });
    this.transceiver = this.peer.addTransceiver(this.track, { direction: 'sendrecv' });
    // wire.md section 9.5: offers of the platform name their audio section `audio`.
    this.transceiver.mid = 'audio';
    this.peer.onIceCandidate.subscribe((found) => {
      if (found?.candidate) this.emit('candidate', { mid: 'audio', candidate: found.candidate });
    });
    this.peer.connectionStateChange.subscribe((state) => this.onState(state));
    this.peer.onTrack.subscribe((track) => track.onReceiveRtp.subscribe((packet) => this.onPacket(packet)));
    this.sendNext = () => this.sendFrame();
  }

  get hasMedia() { return true; }

  /** @param {{ iceRestart: boolean }} [how] */
  async createOffer(how) {
    await this.peer.setLocalDescription(await this.peer.createOffer(how));
    return this.peer.localDescription?.sdp ?? '';
  }

  /** @param {string} sdp */
  async setAnswer(sdp) {
    await this.peer.setRemoteDescription({ type: 'answer', sdp });
  }

  /** @param {Candidate} candidate */
  async addCandidate({ mid, candidate }) {
    await this.peer.addIceCandidate({ candidate, sdpMid: mid, sdpMLineIndex: 0 }).catch(() => {});
  }

  /** @param {boolean} on */
  setTone(on) {
    this.sounding = on;
  }

  /** @param {boolean} on */
  setDeaf(on) {
    this.deaf = on;
  }

  /** @param {Impairment} how */
  impair(how) {
    Object.assign(this.impairment, how);
  }

  /** @param {string} state */
  onState(state) {
    if (this.closed) return;
    if (state === 'connected') {
      this.pacer.add(this.sendNext);
      this.emit('connected');
    } else if (state === 'failed') {
      this.pacer.delete(this.sendNext);
      this.emit('failed');
    }
  }

  sendFrame() {
    const { sending, loss, jitterMs } = this.impairment;
    if (!sending) return;
    const header = new RtpHeader({
      payloadType: 0, sequenceNumber: this.sent & 0xffff, timestamp: (this.sent * FRAME_SAMPLES) >>> 0,
      marker: this.sent === 0,
    });
    const payload = this.sounding ? this.frames[this.sent % this.frames.length] : SILENCE;
    this.sent += 1;
    this.owed += loss;
    if (this.owed >= 1) {
      this.owed -= 1;
      return;
    }
    const packet = new RtpPacket(header, payload);
    if (jitterMs) setTimeout(() => this.closed || this.track.writeRtp(packet), Math.random() * jitterMs);
    else this.track.writeRtp(packet);
  }

  /** @param {RtpPacket} packet */
  onPacket(packet) {
    if (this.closed) return;
    this.received += 1;
    if (packet.header.payloadType !== 0) return;
    this.meter.hear(this.deaf ? SILENCE.subarray(0, packet.payload.length) : packet.payload);
  }

  stats() {
    const { lastToneHz, rms, energy } = this.meter;
    return {
      packetsSent: this.sent, packetsReceived: this.received, lastToneHz, rms, energy,
      connectionState: this.peer.connectionState,
    };
  }

  async close() {
    if (this.closed) return;
    this.closed = true;
    this.pacer.delete(this.sendNext);
    this.track.stop();
    await closePeer(this.peer);
  }
}

let scripted = 0;

/** A fixed offer for clients without media: everything but the answer's content is up to the script. */
export class ScriptedFarEnd extends EventEmitter {
  constructor() {
    super();
    /** ICE credentials of its own. */
    this.ufrag = `Fake${(scripted += 1)}`;
    /** @type {string | undefined} */
    this.answer = undefined;
    /** @type {Candidate[]} */
    this.candidates = [];
  }

  get hasMedia() { return false; }

  setTone() {}

  setDeaf() {}

  impair() {}

  stats() { return noStats(); }

  async close() {}

  async createOffer() {
    const fingerprint = Array.from({ length: 32 }, (_, i) => (i + 16).toString(16).toUpperCase()).join(':');
    return [
      'v=0', 'o=- 1 1 IN IP4 127.0.0.1', 's=-', 't=0 0', 'a=group:BUNDLE audio', 'a=msid-semantic:WMS *',
      'm=audio 9 UDP/TLS/RTP/SAVPF 0', 'c=IN IP4 0.0.0.0', 'a=rtcp:9 IN IP4 0.0.0.0', 'a=mid:audio',
      'a=sendrecv',
      'a=msid:far-end tone', 'a=rtpmap:0 PCMU/8000', 'a=rtcp-mux', 'a=ssrc:1111 cname:far-end',
      `a=ice-ufrag:${this.ufrag}`, `a=ice-pwd:${this.ufrag}fakefakefakefakefake`,
      `a=fingerprint:sha-256 ${fingerprint}`,
      'a=setup:actpass', 'a=candidate:1 1 udp 2130706431 127.0.0.1 9 typ host', '',
    ].join('\r\n');
  }

  /** @param {string} sdp */
  async setAnswer(sdp) {
    this.answer = sdp;
  }

  /** @param {Candidate} candidate */
  async addCandidate(candidate) {
    this.candidates.push(candidate);
  }
}

/**
 * A person at the page `caller.html`. Messages over its socket: `ring`, `offer`, `answer`, `candidate`,
 * `level`,
 * `state`, `bye`; the page makes the offer, its mid is renamed on the way.
 */
export class PersonFarEnd extends EventEmitter {
  /**
   * @param {import('ws').WebSocket} socket the caller's; one call at a time
   * @param {string} conversationId
   */
  constructor(socket, conversationId) {
    super();
    this.socket = socket;
    this.conversationId = conversationId;
    this.mid = 'audio';
    this.report = noStats();
    /** @type {(sdp: string) => void} */
    this.offered = () => {};
    this.onText = (/** @type {import('ws').RawData} */ data) => this.onMessage(data.toString());
    this.onGone = () => this.emit('hangup');
    socket.on('message', this.onText);
    socket.on('close', this.onGone);
  }

  get hasMedia() { return true; }

  /** @param {Record<string, unknown>} message */
  tell(message) {
    if (this.socket.readyState === this.socket.OPEN) this.socket.send(JSON.stringify(message));
  }

  /** @param {string} text */
  onMessage(text) {
    const message = readMessage(text);
    if (message.type === 'offer') this.offered(this.renameMid(String(message.sdp)));
    else if (message.type === 'candidate') {
      this.emit('candidate', { mid: 'audio', candidate: String(message.candidate) });
    } else if (message.type === 'hangup') this.emit('hangup');
    else if (message.type === 'state') this.onState(String(message.state));
    else if (message.type === 'stats') Object.assign(this.report, message.stats);
  }

  /** @param {string} state */
  onState(state) {
    this.report.connectionState = state;
    if (state === 'connected' || state === 'failed') this.emit(state);
  }

  /** @param {string} sdp the page's offer */
  renameMid(sdp) {
    this.mid = /^a=mid:(.*)$/m.exec(sdp)?.[1].trim() ?? 'audio';
    // Packets that carry the old name in a header extension would be dropped as strangers.
    return nameMid(sdp, 'audio').replace(/^a=extmap:\d+ urn:ietf:params:rtp-hdrext:sdes:mid\r?\n/m, '');
  }

  createOffer() {
    return new Promise((/** @type {(sdp: string) => void} */ resolve) => {
      this.offered = resolve;
      this.tell({ type: 'ring', conversationId: this.conversationId });
    });
  }

  /** @param {string} sdp */
  async setAnswer(sdp) {
    this.tell({ type: 'answer', sdp: nameMid(sdp, this.mid) });
  }

  /** @param {Candidate} candidate */
  async addCandidate({ candidate }) {
    this.tell({ type: 'candidate', candidate, sdpMid: this.mid });
  }

  /** @param {boolean} on */
  setTone(on) {
    this.tell({ type: 'hold', held: !on });
  }

  /** The person's own browser measures; being deaf is up to the person. */
  setDeaf() {}

  impair() {}

  stats() {
    return { ...this.report };
  }

  async close() {
    this.socket.off('message', this.onText);
    this.socket.off('close', this.onGone);
    this.tell({ type: 'bye' });
  }
}

/** @param {string} sdp with one section @param {string} mid */
const nameMid = (sdp, mid) => sdp.replace(/^a=mid:[^\r\n]*/m, `a=mid:${mid}`)
  .replace(/^a=group:BUNDLE [^\r\n]*/m, `a=group:BUNDLE ${mid}`);

/** @param {string} text @returns {Record<string, any>} empty when it is no JSON object */
export function readMessage(text) {
  try {
    return Object(JSON.parse(text));
  } catch {
    return {};
  }
}
