// SPDX-License-Identifier: MIT
// Runs in the page beside the original SDK: keeps its events and answers questions about media.

/** @typedef {{ state: string, sent: number, received: number, energy: number, level: number }} Media */
/** @typedef {{ name: string, [detail: string]: unknown }} Seen */

const scope = /** @type {any} */ (window);
const PLAIN = [
  'pendingSession', 'cancelPendingSession', 'handledPendingSession', 'connected', 'ready', 'station',
  'disconnected',
];

/** @type {Seen[]} */
const events = [];
/** @type {Map<string, any>} by conversation id */
const sessions = new Map();

/** @param {any} update */
function noteUpdate({ current }) {
  const calls = current.map((/** @type {any} */ one) => one.mostRecentCallState);
  events.push({ name: 'conversationUpdate', calls: JSON.parse(JSON.stringify(calls)) });
}

/** @param {object} config resolves when the SDK is ready */
async function start(config) {
  const sdk = new scope.GenesysCloudWebrtcSdk.GenesysCloudWebrtcSdk(config);
  scope.sdk = sdk;
  for (const name of PLAIN) {
    sdk.on(name, (/** @type {any} */ detail) => {
      events.push({ name, conversationId: detail?.conversationId, autoAnswer: detail?.autoAnswer });
    });
  }
  sdk.on('sdkError', (/** @type {any} */ error) => events.push({ name: 'sdkError', message: error.message }));
  sdk.on('sessionStarted', (/** @type {any} */ session) => {
    sessions.set(session.conversationId, session);
    events.push({ name: 'sessionStarted', conversationId: session.conversationId });
  });
  sdk.on('sessionEnded', (/** @type {any} */ session, /** @type {any} */ reason) => {
    events.push({ name: 'sessionEnded', conversationId: session.conversationId, reason: reason.condition });
  });
  sdk.on('conversationUpdate', noteUpdate);
  await sdk.initialize();
}

/** @param {string} conversationId @returns {Promise<Media>} */
async function measure(conversationId) {
  const session = sessions.get(conversationId);
  const peer = session.pc ?? session.peerConnection;
  const media = { state: peer.connectionState, sent: 0, received: 0, energy: 0, level: 0 };
  (await peer.getStats()).forEach((/** @type {any} */ entry) => {
    if (entry.type === 'outbound-rtp') media.sent += entry.packetsSent;
    if (entry.type !== 'inbound-rtp') return;
    media.received += entry.packetsReceived;
    media.energy += entry.totalAudioEnergy ?? 0;
    media.level = entry.audioLevel ?? 0;
  });
  return media;
}

/**
 * Counters have no events, so this asks again until each one is at least as wanted (`level`: at most).
 * @param {string} conversationId @param {Partial<Omit<Media, 'state'>>} wanted
 */
async function mediaUntil(conversationId, wanted) {
  const deadline = performance.now() + 15_000;
  for (;;) {
    const media = await measure(conversationId);
    const { level = 1, ...least } = wanted;
    const enough = Object.entries(least).every(([name, value]) => (
      media[/** @type {keyof typeof least} */ (name)] >= value));
    if (enough && media.level <= level && media.state === 'connected') return media;
    if (performance.now() > deadline) throw new Error(`media stays at ${JSON.stringify(media)}`);
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}

Object.assign(scope, { events, start, mediaUntil });
