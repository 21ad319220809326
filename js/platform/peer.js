// SPDX-License-Identifier: MIT
// One RTCPeerConnection. Its operations run strictly in order: each begins when the one before has settled.

import { operations, sendStream, sendingFacts } from './senders.js';

/**
 * What a peer connection reports.
 * @typedef {object} PeerEvents
 * @property {(operation: string, facts: number, text: string, error?: unknown) => void} result facts as in
 *   SP_IN_PEER_RESULT, 0: it failed
 * @property {(state: string, signalingState: string) => void} state connectionState
 * @property {(state: string, descriptions: string) => void} iceState iceConnectionState; both descriptions as JSON
 *   when it failed
 * @property {(mid: string, candidate: string) => void} candidate an empty candidate ends the gathering
 * @property {(track: MediaStreamTrack, stream: MediaStream | undefined) => void} track
 * @property {(track: MediaStreamTrack, stream: MediaStream | undefined) => void} trackRemoved
 * @property {(text: string) => void} message a text frame of a data channel
 */

/** @param {RTCPeerConnection} pc */
const descriptions = ({ localDescription, remoteDescription }) => (
  JSON.stringify({ local: localDescription?.sdp, remote: remoteDescription?.sdp }));

/**
 * The records of a report: the specification's map, or what older browsers and wrappers give instead.
 * @param {any} report
 * @returns {Record<string, unknown>[]}
 */
const recordsOf = (report) => (
  typeof report?.values === 'function' ? [...report.values()] : Object.values(report ?? {}));

export class Peer {
  /** @param {RTCConfiguration} config @param {PeerEvents} events */
  constructor(config, events) {
    this.events = events;
    this.closed = false;
    /** @type {Promise<void>} */
    this.queue = Promise.resolve();
    /** What listens to each remote stream. @type {Map<MediaStream, (event: MediaStreamTrackEvent) => void>} */
    this.watched = new Map();
    /** @type {MediaStreamTrack[]} */
    this.placeholders = [];
    this.pc = new RTCPeerConnection(config);
    this.listen();
    this.watchClose();
  }

  /** A peer connection that somebody else closes says nothing of it (WebRTC §4.4.3): the core would think it lives. */
  watchClose() {
    const { pc, events } = this;
    const close = pc.close.bind(pc);
    pc.close = () => {
      close();
      if (!this.closed) events.state('closed', pc.signalingState);
    };
  }

  listen() {
    const { pc, events } = this;
    pc.onconnectionstatechange = () => events.state(pc.connectionState, pc.signalingState);
    pc.oniceconnectionstatechange = () => {
      const { iceConnectionState: state } = pc;
      events.iceState(state, state === 'failed' ? descriptions(pc) : '');
    };
    pc.onicecandidate = ({ candidate: found }) => {
      events.candidate(found?.sdpMid ?? '', found?.candidate ?? '');
    };
    pc.ondatachannel = ({ channel }) => this.read(channel);
    pc.ontrack = ({ track, streams: [stream] }) => {
      events.track(track, stream);
      if (!stream || this.watched.has(stream)) return;
      const removed = (/** @type {MediaStreamTrackEvent} */ event) => events.trackRemoved(event.track, stream);
      this.watched.set(stream, removed);
      stream.addEventListener?.('removetrack', removed);
    };
  }

  /** @param {RTCDataChannel} channel */
  read(channel) {
    channel.onmessage = ({ data }) => {
      if (typeof data === 'string' && !this.closed) this.events.message(data);
    };
  }

  /**
   * Runs an operation after those before it and reports how it ended.
   * @param {string} operation
   * @param {(pc: RTCPeerConnection) => Promise<string | boolean | void>} work answers with a text, or whether it found
   *   what it looked for
   */
  run(operation, work) {
    this.queue = this.queue.then(async () => {
      if (this.closed) return;
      /** @type {string | boolean | void} */
      let outcome = '';
      let failure;
      try {
        outcome = await work(this.pc);
      } catch (error) {
        failure = error ?? new Error(`${operation} failed`);
      }
      if (this.closed) return;
      const facts = failure ? 0 : 1 + sendingFacts(this.pc) + (outcome === true ? 16 : 0);
      this.events.result(operation, facts, typeof outcome === 'string' ? outcome : '', failure);
    });
  }

  /** @param {string} sdp */
  offer(sdp) {
    this.run('offer', (pc) => pc.setRemoteDescription({ type: 'offer', sdp }));
  }

  answer() {
    this.run('answer', async (pc) => {
      const answer = await pc.createAnswer();
      await pc.setLocalDescription(answer);
      return answer.sdp;
    });
  }

  /** Failures change nothing. @param {string} mid @param {string} candidate */
  candidate(mid, candidate) {
    this.queue = this.queue.then(async () => {
      if (this.closed) return;
      try {
        await this.pc.addIceCandidate({ candidate, ...(mid ? { sdpMid: mid } : { sdpMLineIndex: 0 }) });
      } catch {}
    });
  }

  /**
   * Sends a stream's tracks from the answer on. The stream is null when there is nothing to send.
   * @param {MediaStream | undefined | null} stream
   * @param {import('./senders.js').SendOptions} [options]
   */
  stream(stream, options) {
    this.run('stream', async (pc) => {
      if (stream === undefined) throw new Error('The media stream is not known (any more).');
      this.placeholders.push(...await sendStream(pc, stream ?? undefined, options ?? {}));
    });
  }

  /**
   * Changes what is sent; see SP_FX_PEER_TRACKS.
   * @param {string} name of the result
   * @param {string} op
   * @param {import('./senders.js').Change} change
   */
  tracks(name, op, change) {
    this.run(name, (pc) => operations[op](pc, change));
  }

  /** @param {string} label */
  channel(label) {
    if (!this.closed) this.read(this.pc.createDataChannel(label));
  }

  /**
   * The statistics, with a record of our own about the microphone's track: the browser's do not tell that it is
   * switched off. Not one of the operations: it may run beside them.
   * @param {{ types: string[], fields?: string[] }} wanted which records, and which of their members
   * @param {Record<string, unknown>[]} more further records
   * @returns {Promise<string>} JSON
   */
  async stats({ types, fields }, more) {
    const records = recordsOf(await this.pc.getStats()).filter(({ type }) => types.includes(String(type)));
    const track = this.pc.getSenders().map((sender) => sender.track).find((found) => found?.kind === 'audio');
    if (track) {
      const { enabled, muted, readyState } = track;
      records.push({ type: 'sp-sender', kind: 'audio', enabled, muted, ended: readyState === 'ended' });
    }
    return JSON.stringify(records.concat(more), fields);
  }

  /** Tracks that the far side sends. */
  remoteTracks() {
    return this.pc.getReceivers().flatMap(({ track }) => (track ? [track] : []));
  }

  close() {
    if (this.closed) return;
    this.closed = true;
    for (const track of this.placeholders) track.stop();
    const { pc } = this;
    pc.onconnectionstatechange = pc.oniceconnectionstatechange = pc.onicecandidate = null;
    pc.ontrack = pc.ondatachannel = null;
    for (const [stream, removed] of this.watched) stream.removeEventListener?.('removetrack', removed);
    this.watched.clear();
    pc.close();
  }
}
