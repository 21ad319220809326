// SPDX-License-Identifier: MIT
// The event log. A line is made from named members of an event, never from the whole object: tokens, SDP,
// addresses and telephone numbers have no way in. Free text (error and trace messages) is masked besides.

/** @typedef {import('./store.js').State} State */
/** @typedef {import('./store.js').LogEntry} LogEntry */

const MAX_ENTRIES = 400;
const MAX_TEXT = 300;
let nextId = 1;

const secrets = /** @type {Set<string>} */ (new Set());

/** Text that must never be shown, such as the token in use. @param {string} text */
export const keepSecret = (text) => {
  if (text.length > 3) secrets.add(text);
};

/** Masks tokens, SDP and addresses in text that came from elsewhere. @param {unknown} value @param {number} [most] */
export const redact = (value, most = MAX_TEXT) => {
  let text = String(value ?? '');
  for (const secret of secrets) text = text.replaceAll(secret, '[token]');
  return text
    .replace(/v=0\r?\n[\s\S]*/, '[sdp]')
    .replace(/\bbearer\s+\S+/gi, 'Bearer [token]')
    .replace(/\beyJ[\w-]+\.[\w-]+(\.[\w-]*)?/g, '[token]')
    .replace(/\bcandidate:\S[^\r\n]*/g, '[candidate]')
    .replace(/([?&](?:access_)?token=)[^&\s]+/gi, '$1[token]')
    .slice(0, most);
};

/** The first block of an id is enough to follow a call through the log. @param {unknown} id */
const short = (id) => String(id ?? '').split('-')[0]?.slice(0, 12) ?? '';

/** @param {Record<string, unknown>} facts */
const line = (facts) =>
  Object.entries(facts)
    .filter(([, value]) => value !== undefined && value !== null && value !== '')
    .map(([name, value]) => `${name} ${value}`)
    .join(' · ');

/** @param {any} record */
const callLine = (record) => {
  const own = record?.mostRecentCallState;
  const marks = [own?.state, own?.held && 'held', own?.muted && 'muted'].filter(Boolean).join(' ');
  return `${short(record?.conversationId)} ${marks}`.trim();
};

/** @typedef {LogEntry['kind']} Kind */
/** @type {Record<string, [Kind, (...args: any[]) => string]>} */
const EVENTS = {
  ready: ['connection', () => 'SDK is ready'],
  connected: ['connection', (info) => (info?.reconnect ? 'connection is back' : 'connected')],
  disconnected: ['connection', (_text, info) => (info?.reconnecting ? 'reconnecting' : 'not reconnecting')],
  station: ['connection', (event) => line({ '': event?.action, name: event?.station?.name }).trim()],
  concurrentSoftphoneSessionsEnabled: ['connection', (on) => (on ? 'several lines' : 'one line')],
  tokenExpiring: ['connection', (event) => line({ '': event?.reason }).trim()],
  trace: ['connection', (level, message) => `${level}: ${redact(message)}`],
  pendingSession: [
    'call',
    (p) => line({ conversation: short(p?.conversationId), type: p?.sessionType, autoAnswer: p?.autoAnswer }),
  ],
  cancelPendingSession: ['call', (event) => line({ conversation: short(event?.conversationId) })],
  handledPendingSession: ['call', (event) => line({ conversation: short(event?.conversationId) })],
  sessionStarted: ['call', (s) => line({ conversation: short(s?.conversationId), session: short(s?.id) })],
  sessionEnded: [
    'call',
    (s, reason) => line({ conversation: short(s?.conversationId), reason: reason?.condition }),
  ],
  sessionInterrupted: ['call', (event) => line({ conversation: short(event?.conversationId) })],
  conversationUpdate: [
    'call',
    (event) =>
      line({
        current: (event?.current ?? []).map(callLine).join(', ') || 'none',
        added: event?.added?.length || '',
        removed: event?.removed?.length || '',
      }),
  ],
  conversationUpdateRaw: ['call', (event) => line({ conversation: short(event?.eventBody?.id) })],
  callQualityWarning: [
    'media',
    (w) => line({ [w?.state]: w?.warning, conversation: short(w?.conversationId), code: w?.details?.code }),
  ],
  resolutionUpdated: ['media', () => ''],
  sdkError: ['error', (error) => `${error?.type ?? 'error'}: ${redact(error?.message ?? error)}`],
  error: ['error', (error) => redact(error?.message ?? error?.condition ?? 'signaling error')],
  // Events of one session. `stats` is left out on purpose: it fires every few seconds during a call.
  'session.sessionState': ['call', (state) => redact(state)],
  'session.connectionState': ['media', (state) => redact(state)],
  'session.iceConnectionType': [
    'media',
    (type) =>
      line({
        local: type?.localCandidateType,
        remote: type?.remoteCandidateType,
        relayed: type?.relayed,
      }),
  ],
  'session.peerTrackAdded': ['media', (track) => line({ kind: track?.kind })],
  'session.peerTrackRemoved': ['media', (track) => line({ kind: track?.kind })],
  'session.endOfCandidates': ['media', () => ''],
  'session.mute': ['media', (info) => line({ name: info?.name })],
  'session.unmute': ['media', (info) => line({ name: info?.name })],
  'session.terminated': ['call', (reason) => line({ reason: reason?.condition })],
};

/** Names of the SDK's events the log listens to. */
export const SDK_EVENTS = Object.keys(EVENTS).filter((name) => !name.startsWith('session.'));

/** Names of the session events the log listens to. */
export const SESSION_EVENTS = Object.keys(EVENTS)
  .filter((name) => name.startsWith('session.'))
  .map((name) => name.slice('session.'.length));

/** @param {State} state @param {Kind} kind @param {string} name @param {string} text */
export const addLine = (state, kind, name, text) => {
  state.log.unshift({ id: nextId++, at: Date.now(), kind, name, text });
  if (state.log.length > MAX_ENTRIES) state.log.length = MAX_ENTRIES;
};

/** Adds an event of the SDK (or, as `session.<name>`, of a session).
 * @param {State} state @param {string} name @param {any[]} args */
export const addEvent = (state, name, args) => {
  // Debug traces are many; the SDK's `logger` is the place for them.
  if (name === 'trace' && args[0] === 'debug') return;
  const [kind, describe] = EVENTS[name] ?? ['connection', () => ''];
  addLine(state, kind, name, describe(...args));
};

/** The lines that pass the filter, newest first. @param {State} state */
export const visibleLines = (state) => {
  const words = state.logFilter.toLowerCase().split(/\s+/).filter(Boolean);
  return state.log.filter((entry) => {
    if (state.logKind && entry.kind !== state.logKind) return false;
    const text = `${entry.name} ${entry.kind} ${entry.text}`.toLowerCase();
    return words.every((word) => text.includes(word));
  });
};
