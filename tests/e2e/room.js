// SPDX-License-Identifier: MIT
// Runs in the page before everything else: the media server's end of video sessions, real peer connections with a
// tone, a moving picture and counters. Signalling is the test's (room.mjs).

/**
 * @typedef {object} Seat
 * @property {RTCPeerConnection} pc
 * @property {RTCDataChannel} [channel]
 * @property {string[]} messages of the client's data channel
 * @property {() => void} stop
 */

{
  const scope = /** @type {any} */ (window);
  const Peer = window.RTCPeerConnection;
  const { setInterval: repeat, clearInterval: cancel, setTimeout: later } = window;
  const PATIENCE_MS = 20_000;
  /** @type {Map<string, Seat>} */
  const seats = new Map();

  /** @param {number} width a picture that changes with every frame */
  const movingPicture = (width) => {
    const canvas = document.createElement('canvas');
    canvas.width = width;
    canvas.height = width / 2;
    const paper = /** @type {CanvasRenderingContext2D} */ (canvas.getContext('2d'));
    let step = 0;
    const timer = repeat(() => {
      step += 1;
      paper.fillStyle = `hsl(${step * 7} 80% 50%)`;
      paper.fillRect(0, 0, canvas.width, canvas.height);
    }, 50);
    const [track] = canvas.captureStream(20).getVideoTracks();
    return { track, stop: () => cancel(timer) };
  };

  const tone = () => {
    const context = new AudioContext();
    const source = context.createOscillator();
    const target = context.createMediaStreamDestination();
    source.connect(target);
    source.start();
    return { track: target.stream.getAudioTracks()[0], stop: () => void context.close() };
  };

  /** @param {string} id */
  const seat = (id) => /** @type {Seat} */ (seats.get(id));

  /** @param {string} id @returns {Promise<any[]>} one entry for each media section that arrives */
  const heard = async (id) => {
    const { pc } = seat(id);
    const report = [];
    for (const { mid, receiver } of pc.getTransceivers()) {
      const entries = [...(await receiver.getStats()).values()];
      const inbound = entries.find(({ type }) => type === 'inbound-rtp') ?? {};
      report.push({
        mid, kind: receiver.track.kind, packets: inbound.packetsReceived ?? 0, frames: inbound.framesDecoded ?? 0,
        width: inbound.frameWidth ?? 0, height: inbound.frameHeight ?? 0, energy: inbound.totalAudioEnergy ?? 0,
      });
    }
    return report;
  };

  scope.room = {
    /**
     * Makes the offer of one session, candidates included.
     * @param {string} id
     * @param {{ audio?: boolean, videos?: number, receiveOnly?: boolean, data?: boolean }} [options]
     */
    async open(id, { audio = true, videos = 1, receiveOnly = false, data = false } = {}) {
      const pc = new Peer();
      /** @type {{ stop: () => void }[]} */
      const sources = [];
      const direction = receiveOnly ? 'recvonly' : 'sendrecv';
      if (audio) {
        const source = tone();
        sources.push(source);
        pc.addTransceiver(source.track, { direction, streams: [new MediaStream([source.track])] });
      }
      for (let i = 0; i < videos; i += 1) {
        const source = receiveOnly ? undefined : movingPicture(320);
        if (source) sources.push(source);
        pc.addTransceiver(source?.track ?? 'video', { direction });
      }
      /** @type {Seat} */
      const made = { pc, messages: [], stop: () => sources.forEach((source) => source.stop()) };
      if (data) made.channel = pc.createDataChannel('server');
      pc.ondatachannel = ({ channel }) => {
        made.channel = channel;
        channel.onmessage = ({ data: text }) => made.messages.push(text);
      };
      // Without playing it a browser does not measure the sound.
      pc.ontrack = ({ track }) => {
        if (track.kind !== 'audio') return;
        const player = new Audio();
        player.srcObject = new MediaStream([track]);
        void player.play().catch(() => {});
        sources.push({ stop: () => player.pause() });
      };
      seats.set(id, made);
      const gathered = new Promise((done) => {
        pc.onicegatheringstatechange = () => {
          if (pc.iceGatheringState === 'complete') done(undefined);
        };
      });
      await pc.setLocalDescription();
      await gathered;
      return pc.localDescription?.sdp;
    },
    /** @param {string} id @param {string} sdp */
    answer: (id, sdp) => seat(id).pc.setRemoteDescription({ type: 'answer', sdp }),
    /** @param {string} id @param {string} candidate @param {string} sdpMid */
    candidate: (id, candidate, sdpMid) => seat(id)?.pc.addIceCandidate({ candidate, sdpMid }).catch(() => {}),
    heard,
    /** Says something over the client's data channel. @param {string} id @param {string} text */
    async say(id, text) {
      const made = seat(id);
      const deadline = performance.now() + PATIENCE_MS;
      while (made.channel?.readyState !== 'open' && performance.now() < deadline) {
        await new Promise((again) => later(again, 20));
      }
      made.channel?.send(text);
      return made.channel?.label;
    },
    /** @param {string} id */
    close(id) {
      seat(id)?.stop();
      seat(id)?.pc.close();
      seats.delete(id);
    },
  };
}
