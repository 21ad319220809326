// SPDX-License-Identifier: MIT
// The page of a person who calls the agent: microphone and loudspeaker here, signalling through the platform.

/** @template {HTMLElement} T @param {string} id @param {new () => T} type @returns {T} */
function element(id, type) {
  const found = document.getElementById(id);
  if (!(found instanceof type)) throw new Error(`no ${id} in the page`);
  return found;
}

const ui = {
  from: element('from', HTMLInputElement),
  call: element('call', HTMLButtonElement),
  mute: element('mute', HTMLButtonElement),
  hangup: element('hangup', HTMLButtonElement),
  status: element('status', HTMLOutputElement),
  level: element('level', HTMLMeterElement),
  sound: element('sound', HTMLAudioElement),
};

/**
 * @type {{ socket: WebSocket, peer?: RTCPeerConnection, stream: MediaStream, timer?: number } | undefined}
 */
let call;

/** @param {string} text */
const show = (text) => {
  ui.status.textContent = text;
};

/** @param {boolean} on */
function setBusy(on) {
  ui.call.disabled = on;
  ui.mute.disabled = !on;
  ui.hangup.disabled = !on;
  ui.mute.setAttribute('aria-pressed', 'false');
}

/** @param {string} text */
function endCall(text) {
  const ended = call;
  call = undefined;
  clearInterval(ended?.timer);
  for (const track of ended?.stream.getTracks() ?? []) track.stop();
  ended?.peer?.close();
  ended?.socket.close();
  ui.sound.srcObject = null;
  ui.level.value = 0;
  setBusy(false);
  show(text);
}

/** @param {Record<string, unknown>} message */
const tell = (message) => call?.socket.send(JSON.stringify(message));

/** @param {RTCPeerConnection} peer counts for the script on the other side, and the meter */
async function measure(peer) {
  /** @type {Record<string, number | string>} */
  const stats = { connectionState: peer.connectionState };
  (await peer.getStats()).forEach((entry) => {
    if (entry.type === 'outbound-rtp') stats.packetsSent = entry.packetsSent;
    if (entry.type === 'inbound-rtp') {
      stats.packetsReceived = entry.packetsReceived;
      stats.energy = entry.totalAudioEnergy;
      stats.rms = entry.audioLevel;
      ui.level.value = entry.audioLevel ?? 0;
    }
  });
  tell({ type: 'stats', stats });
}

async function sendOffer() {
  if (!call) return;
  const peer = new RTCPeerConnection();
  call.peer = peer;
  for (const track of call.stream.getAudioTracks()) peer.addTrack(track, call.stream);
  peer.ontrack = ({ track }) => {
    ui.sound.srcObject = new MediaStream([track]);
  };
  peer.onicecandidate = ({ candidate }) => {
    if (candidate?.candidate) tell({ type: 'candidate', candidate: candidate.candidate });
  };
  peer.onconnectionstatechange = () => {
    tell({ type: 'state', state: peer.connectionState });
    if (peer.connectionState === 'connected') show('Talking');
  };
  await peer.setLocalDescription();
  tell({ type: 'offer', sdp: peer.localDescription?.sdp });
  call.timer = window.setInterval(() => measure(peer), 500);
}

/** @param {Record<string, any>} message */
async function onMessage({ type, sdp, candidate, held }) {
  const peer = call?.peer;
  if (type === 'ring') await sendOffer();
  else if (type === 'answer') await peer?.setRemoteDescription({ type: 'answer', sdp });
  else if (type === 'candidate') await peer?.addIceCandidate({ candidate, sdpMLineIndex: 0 }).catch(() => {});
  else if (type === 'hold') show(held ? 'On hold' : 'Talking');
  else if (type === 'ended') endCall('Call ended');
}

async function startCall() {
  setBusy(true);
  show('Calling…');
  try {
    const stream = await navigator.mediaDevices.getUserMedia({ audio: true });
    const socket = new WebSocket(`${location.origin.replace(/^http/, 'ws')}/caller`);
    call = { socket, stream };
    socket.onopen = () => tell({ type: 'call', from: ui.from.value });
    socket.onmessage = ({ data }) => onMessage(JSON.parse(data)).catch((error) => endCall(String(error)));
    socket.onclose = () => {
      if (call?.socket === socket) endCall('The platform is gone');
    };
  } catch (error) {
    endCall(error instanceof Error ? error.message : String(error));
  }
}

ui.call.addEventListener('click', () => void startCall());
ui.hangup.addEventListener('click', () => tell({ type: 'hangup' }));
ui.mute.addEventListener('click', () => {
  const muted = ui.mute.getAttribute('aria-pressed') !== 'true';
  ui.mute.setAttribute('aria-pressed', String(muted));
  for (const track of call?.stream.getAudioTracks() ?? []) track.enabled = !muted;
});
