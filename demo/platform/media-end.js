// SPDX-License-Identifier: MIT
// The media server's end of one session of the video path: audio, any number of video lines and the control channel,
// with real media (werift). PCMU and VP8 only, so that sound can be mixed and pictures can be drawn here.

import { EventEmitter } from 'node:events';
import {
  MediaStream, MediaStreamTrack, PictureLossIndication, RTCPeerConnection, RtcpPayloadSpecificFeedback, RtpHeader,
  RtpPacket, useNACK, usePCMU, usePLI, useSdesMid, useVP8,
} from 'werift';
import { closePeer } from './peer.js';
import { FRAME_SAMPLES, Meter } from './tone.js';

const VIDEO_TYPE = 96;
const TICKS_PER_MS = 90;
/** Least distance of the pictures of two sources. */
const NEW_SOURCE_MS = 33;
/** How often a key frame is asked for while none has come. Chromium makes one in 300 ms at most. */
const ASK_AGAIN_MS = 300;

/** @typedef {import('./far-end.js').Candidate} Candidate */
/** @typedef {'sendrecv' | 'recvonly' | 'sendonly'} Direction as the server offers it */

/**
 * What a packet of VP8 says about its frame (RFC 7741 section 4).
 * @param {Buffer} payload
 * @returns {{ starts: boolean, key: boolean, width: number, height: number }} size of key frames only
 */
export function readVp8(payload) {
  let at = 1;
  if (payload[0] & 0x80) {
    const flags = payload[at];
    at += 1;
    if (flags & 0x80) at += payload[at] & 0x80 ? 2 : 1;
    if (flags & 0x40) at += 1;
    if (flags & 0x30) at += 1;
  }
  const starts = (payload[0] & 0x17) === 0x10 && payload.length > at;
  const key = starts && !(payload[at] & 1) && payload.length >= at + 10;
  const [width, height] = key ? [payload.readUInt16LE(at + 6), payload.readUInt16LE(at + 8)] : [0, 0];
  return { starts, key, width: width & 0x3fff, height: height & 0x3fff };
}

/**
 * One video line towards the client. It may change its source: the next key frame starts it, and the numbers and the
 * clock of what the client receives go on as if there were one source (RFC 3550 section 5.1).
 */
export class Outlet {
  constructor() {
    this.track = new MediaStreamTrack({ kind: 'video' });
    /** @type {string | undefined} none: waits for a key frame */
    this.source = undefined;
    this.sequence = 0;
    this.timestamp = 0;
    this.writtenAt = performance.now();
    this.askedAt = -ASK_AGAIN_MS;
    this.offsets = { sequence: 0, timestamp: 0 };
  }

  /** @param {string} source whoever shows it @param {RtpPacket} packet @returns {boolean} whether it went out */
  write(source, { header, payload }) {
    if (source !== this.source) {
      if (!readVp8(payload).key) return false;
      this.begin(source, header);
    }
    const sequenceNumber = (header.sequenceNumber + this.offsets.sequence) & 0xffff;
    const timestamp = (header.timestamp + this.offsets.timestamp) >>> 0;
    // What comes late, because it was sent again, does not set the numbers back.
    if (((sequenceNumber - this.sequence) & 0xffff) < 0x8000) {
      Object.assign(this, { sequence: sequenceNumber, timestamp, writtenAt: performance.now() });
    }
    this.track.writeRtp(new RtpPacket(new RtpHeader({
      payloadType: VIDEO_TYPE, sequenceNumber, timestamp, marker: header.marker,
    }), payload));
    return true;
  }

  /** @param {string} source @param {RtpHeader} header of its first packet */
  begin(source, { sequenceNumber, timestamp }) {
    const pause = Math.max(NEW_SOURCE_MS, Math.round(performance.now() - this.writtenAt));
    this.source = source;
    this.offsets = {
      sequence: this.sequence + 1 - sequenceNumber,
      timestamp: this.timestamp + pause * TICKS_PER_MS - timestamp,
    };
  }

  /** Whether it is time to ask for the key frame it waits for. */
  get asks() {
    const now = performance.now();
    if (now - this.askedAt < ASK_AGAIN_MS) return false;
    this.askedAt = now;
    return true;
  }
}

/**
 * Shaped like a far end, so that a leg can carry it. Events besides: `audio` (payload), `video` (line, RtpPacket),
 * `keyframe` (line: the client wants one, or cannot be shown anything without),
 * `message` (text of the control channel), `channel` (it is open), `level`.
 */
export class MediaEnd extends EventEmitter {
  /** @param {{ audio?: boolean, lines?: number, direction?: Direction, data?: boolean }} [options] lines of video */
  constructor({ audio = true, lines = 1, direction = 'sendrecv', data = true } = {}) {
    super();
    this.closed = false;
    this.meter = new Meter(() => this.emit('level', this.stats()));
    this.sent = 0;
    this.heard = 0;
    /** What came over each video line. */
    this.shown = Array.from({ length: lines }, () => ({ packets: 0, frames: 0, width: 0, height: 0 }));
    this.outlets = Array.from({ length: lines }, () => new Outlet());
    const extensions = [useSdesMid()];
    this.peer = new RTCPeerConnection({
      iceServers: [], iceUseIpv6: false, iceAdditionalHostAddresses: ['127.0.0.1'], bundlePolicy: 'max-bundle',
      codecs: {
        audio: [usePCMU({ payloadType: 0 })],
        video: [useVP8({ payloadType: VIDEO_TYPE, rtcpFeedback: [useNACK(), usePLI()] })],
      },
      headerExtensions: { audio: extensions, video: extensions },
    });
    this.voice = new MediaStreamTrack({ kind: 'audio' });
    if (audio) this.peer.addTransceiver(this.voice, { direction });
    this.lines = this.outlets.map(({ track }, index) => {
      // Each line has a stream of its own, so that screens can be told apart.
      const transceiver = this.peer.addTransceiver(track, { direction, streams: [new MediaStream([track])] });
      // Not the sender's own event: werift takes a request that comes from a stream it receives for one of that stream.
      transceiver.dtlsTransport.onRtcp.subscribe((report) => {
        if (report instanceof RtcpPayloadSpecificFeedback && report.feedback instanceof PictureLossIndication
          && report.feedback.mediaSsrc === transceiver.sender.ssrc) this.emit('keyframe', index);
      });
      return transceiver;
    });
    this.watch();
    if (data) this.peer.createDataChannel('server');
  }

  watch() {
    const { peer } = this;
    peer.onIceCandidate.subscribe((found) => {
      if (found?.candidate) this.emit('candidate', { mid: found.sdpMid ?? '0', candidate: found.candidate });
    });
    peer.connectionStateChange.subscribe((state) => {
      if (!this.closed && (state === 'connected' || state === 'failed')) this.emit(state);
    });
    peer.onTrack.subscribe((track) => {
      const line = this.lines.findIndex(({ receiver }) => receiver.tracks.includes(track));
      track.onReceiveRtp.subscribe((packet) => {
        if (this.closed) return;
        if (line >= 0) this.onVideo(line, packet);
        else this.onAudio(packet);
      });
    });
    peer.onDataChannel.subscribe((channel) => {
      this.channel = channel;
      channel.onMessage.subscribe((text) => this.emit('message', String(text)));
      this.emit('channel', channel.label);
    });
  }

  /** @param {RtpPacket} packet */
  onAudio({ header, payload }) {
    this.heard += 1;
    if (header.payloadType !== 0) return;
    this.meter.hear(payload);
    this.emit('audio', payload);
  }

  /** @param {number} line @param {RtpPacket} packet */
  onVideo(line, packet) {
    const shown = this.shown[line];
    const { starts, key, width, height } = readVp8(packet.payload);
    shown.packets += 1;
    if (starts) shown.frames += 1;
    if (key) Object.assign(shown, { width, height });
    this.emit('video', line, packet);
    if (starts) this.emit('frame', line);
  }

  get hasMedia() { return true; }

  async createOffer() {
    await this.peer.setLocalDescription(await this.peer.createOffer());
    return this.peer.localDescription?.sdp ?? '';
  }

  /** @param {string} sdp */
  async setAnswer(sdp) {
    this.answer = sdp;
    await this.peer.setRemoteDescription({ type: 'answer', sdp });
  }

  /** @param {Candidate} candidate */
  async addCandidate({ mid, candidate }) {
    await this.peer.addIceCandidate({ candidate, sdpMid: mid, sdpMLineIndex: 0 }).catch(() => {});
  }

  /** One frame of 20 ms. @param {Buffer} payload PCMU */
  speak(payload) {
    this.voice.writeRtp(new RtpPacket(new RtpHeader({
      payloadType: 0, sequenceNumber: this.sent & 0xffff, timestamp: (this.sent * FRAME_SAMPLES) >>> 0,
      marker: this.sent === 0,
    }), payload));
    this.sent += 1;
  }

  /**
   * Nothing is shown before the client can receive it: a key frame that is lost would leave it without a picture.
   * @param {number} line @param {string} source whoever shows it @param {RtpPacket} packet
   */
  show(line, source, packet) {
    const outlet = this.outlets[line];
    if (!outlet || this.peer.connectionState !== 'connected') return;
    if (!outlet.write(source, packet) && outlet.asks) this.emit('keyframe', line);
  }

  /** The next picture shall be a whole one. @param {number} line */
  restart(line) {
    this.outlets[line].source = undefined;
  }

  /** Asks the client for a key frame. @param {number} line */
  async wantKeyFrame(line) {
    const { receiver } = this.lines[line];
    const ssrc = receiver.tracks[0]?.ssrc ?? receiver.latestRid;
    if (typeof ssrc === 'number') await receiver.sendRtcpPLI(ssrc);
  }

  /** Over the control channel, once the client has opened it. @param {unknown} message text as it is, else JSON */
  tell(message) {
    if (!this.channel) return false;
    this.channel.send(typeof message === 'string' ? message : JSON.stringify(message));
    return true;
  }

  /** Mids of the video lines, as the client knows them. */
  get mids() { return this.lines.map(({ mid }) => mid ?? ''); }

  setTone() {}

  setDeaf() {}

  impair() {}

  stats() {
    const { lastToneHz, rms, energy } = this.meter;
    return {
      packetsSent: this.sent, packetsReceived: this.heard, lastToneHz, rms, energy,
      connectionState: this.peer.connectionState, video: this.shown.map((each) => ({ ...each })),
    };
  }

  async close() {
    if (this.closed) return;
    this.closed = true;
    this.voice.stop();
    for (const { track } of this.outlets) track.stop();
    await closePeer(this.peer);
  }
}
