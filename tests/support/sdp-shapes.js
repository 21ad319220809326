// SPDX-License-Identifier: MIT
// Runs in a page: pairs of peer connections in the shapes that descriptions come in. Each step takes and gives SDP with
// every candidate in it, so that what carries it from one peer to the other is the test's to choose.

/** @typedef {{ offerer: RTCPeerConnection, answerer: RTCPeerConnection }} Pair */

{
  const GATHERING_MS = 10_000;
  const CONNECTING_MS = 15_000;

  /**
   * Waits for a state of a connection that an event tells of.
   * @param {RTCPeerConnection} peer @param {string} event @param {() => boolean} reached @param {number} ms
   * @returns {Promise<boolean>} whether it was reached in time
   */
  const reaches = (peer, event, reached, ms) => new Promise((resolve) => {
    const look = () => {
      if (reached()) resolve(true);
    };
    setTimeout(() => resolve(reached()), ms);
    peer.addEventListener(event, look);
    look();
  });

  /** @param {RTCPeerConnection} peer @param {RTCLocalSessionDescriptionInit} description */
  const setLocal = async (peer, description) => {
    await peer.setLocalDescription(description);
    await reaches(peer, 'icegatheringstatechange', () => peer.iceGatheringState === 'complete', GATHERING_MS);
    return /** @type {RTCSessionDescription} */ (peer.localDescription).sdp;
  };

  /** @type {Promise<MediaStream> | undefined} */
  let opened;
  const media = () => (opened ??= navigator.mediaDevices.getUserMedia({ audio: true, video: true }));

  /** @type {Record<string, (peer: RTCPeerConnection, stream: MediaStream) => void>} */
  const makers = {
    audio: (peer, stream) => peer.addTrack(stream.getAudioTracks()[0], stream),
    video: (peer, stream) => peer.addTrack(stream.getVideoTracks()[0], stream),
    both: (peer, stream) => {
      makers.audio(peer, stream);
      makers.video(peer, stream);
      peer.createDataChannel('control');
    },
    data: (peer) => peer.createDataChannel('control'),
    simulcast: (peer, stream) => peer.addTransceiver(stream.getVideoTracks()[0], {
      streams: [stream], sendEncodings: [{ rid: 'h' }, { rid: 'l', scaleResolutionDownBy: 2 }],
    }),
    inactive: (peer, stream) => {
      makers.audio(peer, stream);
      peer.addTransceiver('audio', { direction: 'inactive' });
      peer.addTransceiver('video', { direction: 'recvonly' });
    },
  };

  /** Bundle policies, and an offer whose video ends after the first round. */
  const POLICIES = /** @type {Record<string, RTCBundlePolicy>} */ ({
    'max-compat': 'max-compat', balanced: 'balanced', 'max-bundle': 'max-bundle',
  });

  /** @type {Pair} */
  let pair;

  /**
   * Video with few formats: recordings are to be small.
   * @param {RTCPeerConnection} peer
   */
  const keepFewCodecs = (peer) => {
    for (const transceiver of peer.getTransceivers()) {
      if (transceiver.receiver.track.kind !== 'video') continue;
      const { codecs } = /** @type {RTCRtpCapabilities} */ (RTCRtpReceiver.getCapabilities('video'));
      transceiver.setCodecPreferences(codecs.filter(({ mimeType }) => /\/(?:VP8|rtx)$/i.test(mimeType)));
    }
  };

  /** @type {any} */ (window).sdpShapes = {
    names: [...Object.keys(makers), 'rejected', ...Object.keys(POLICIES)],

    /**
     * Begins a pair; answers how many rounds it has.
     * @param {string} shape @param {boolean} [small]
     */
    async begin(shape, small = false) {
      const configuration = { bundlePolicy: POLICIES[shape] ?? 'balanced' };
      pair = { offerer: new RTCPeerConnection(configuration), answerer: new RTCPeerConnection(configuration) };
      (makers[shape] ?? makers.both)(pair.offerer, await media());
      if (small) keepFewCodecs(pair.offerer);
      return shape === 'rejected' ? 2 : 1;
    },

    /** @param {number} round from 0 */
    async offer(round) {
      const { offerer } = pair;
      if (round > 0) {
        offerer.getTransceivers().find(({ receiver }) => receiver.track.kind === 'video')?.stop();
      }
      return setLocal(offerer, await offerer.createOffer());
    },

    /** @param {string} sdp the offer as it arrived */
    async answer(sdp) {
      const { answerer } = pair;
      await answerer.setRemoteDescription({ type: 'offer', sdp });
      // The answerer sends as well, where it may.
      const stream = await media();
      for (const transceiver of answerer.getTransceivers()) {
        const track = stream.getTracks().find(({ kind }) => kind === transceiver.receiver.track.kind);
        const isFree = track && !answerer.getSenders().some((sender) => sender.track === track);
        if (isFree && transceiver.direction === 'recvonly') answerer.addTrack(track, stream);
      }
      return setLocal(answerer, await answerer.createAnswer());
    },

    /** @param {string} sdp the answer as it arrived; @returns whether both ends are connected then */
    async finish(sdp) {
      const { offerer, answerer } = pair;
      await offerer.setRemoteDescription({ type: 'answer', sdp });
      const ends = await Promise.all([offerer, answerer].map((peer) =>
        reaches(peer, 'connectionstatechange', () => peer.connectionState === 'connected', CONNECTING_MS)));
      return ends.every(Boolean);
    },

    end() {
      pair.offerer.close();
      pair.answerer.close();
    },
  };
}
