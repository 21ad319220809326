// SPDX-License-Identifier: MIT
// What SDK events mean for the list of calls. Pure functions on the state object: no DOM, no SDK calls.
//
// A call is keyed by its conversation, never by its session: with a persistent connection or several line
// appearances one session carries many conversations.

/** @typedef {import('./store.js').State} State */
/** @typedef {import('./store.js').Call} Call */
/** @typedef {import('./store.js').Phase} Phase */
/** @typedef {import('./store.js').Party} Party */
/** @typedef {import('./store.js').Session} Session */

const ENDED_STATES = new Set(['disconnected', 'terminated']);
const WAITING_STATES = new Set(['contacting', 'dialing']);
const BROKEN_CONNECTIONS = new Set(['interrupted', 'disconnected', 'failed']);
const OWN_PURPOSES = new Set(['agent', 'user']);
const SERVICE_PURPOSES = new Set(['acd', 'ivr', 'voicemail', 'workflow', 'inbound', 'outbound']);
const MAX_REMEMBERED = 100;

/** Conversations that are over. A late update must not bring one back; only a new announcement may. */
const ended = /** @type {Set<string>} */ (new Set());

/** Conversations this page started, so that an automatic answer can be told from an incoming one. */
const dialed = /** @type {Set<string>} */ (new Set());

/** Keeps the newest `MAX_REMEMBERED` members. @param {Set<string>} set @param {string} value */
const remember = (set, value) => {
  set.delete(value);
  set.add(value);
  if (set.size > MAX_REMEMBERED) set.delete(/** @type {string} */ (set.values().next().value));
};

/** @param {State} state @param {string | undefined} conversationId @returns {Call | undefined} */
export const findCall = (state, conversationId) =>
  state.calls.find((call) => call.conversationId === conversationId);

/** What the call is doing, in the words the page uses.
 * @param {Call} call @param {boolean} manual nothing is answered automatically @returns {Phase} */
export const phaseOf = (call, manual) => {
  const automatic = call.autoAnswer && call.direction === 'outbound' && !manual;
  if (call.pending && !call.answered && !call.session && !automatic) return 'ringing';
  if (call.session && BROKEN_CONNECTIONS.has(call.connection)) return 'interrupted';
  if (call.held) return 'held';
  if (WAITING_STATES.has(call.callState)) return 'dialing';
  if (call.connection === 'connected') return 'connected';
  return call.direction === 'outbound' ? 'dialing' : 'connecting';
};

/** The announced call that waits longest for an answer. @param {State} state */
export const ringingCall = (state) =>
  state.calls.find((call) => phaseOf(call, state.disableAutoAnswer) === 'ringing');

/** Calls that belong into the call card and the list: everything but the ringing. @param {State} state */
export const openCalls = (state) =>
  state.calls.filter((call) => phaseOf(call, state.disableAutoAnswer) !== 'ringing');

/** The call shown in the call card. @param {State} state @returns {Call | undefined} */
export const currentCall = (state) => {
  const open = openCalls(state);
  return open.find((call) => call.conversationId === state.selectedId) ?? open.at(-1);
};

/** The call that swapping brings to the front: the next one after the current that can speak.
 * @param {State} state @returns {Call | undefined} */
export const otherCall = (state) => {
  const current = currentCall(state);
  const open = openCalls(state).filter((call) => call.callState === 'connected' || call.held);
  const at = open.findIndex((call) => call === current);
  return open.length > 1 ? open[(at + 1) % open.length] : undefined;
};

/** @param {State} state @param {string} conversationId @returns {Party} */
export const partyOf = (state, conversationId) =>
  state.parties.get(conversationId) ?? { name: '', number: '' };

/** @param {State} state @param {string} conversationId @param {Partial<Call>} [facts] */
const ensureCall = (state, conversationId, facts = {}) => {
  const known = findCall(state, conversationId);
  if (known) return /** @type {Call} */ (Object.assign(known, facts));
  /** @type {Call} */
  const call = {
    conversationId,
    direction: dialed.has(conversationId) ? 'outbound' : 'inbound',
    sessionId: '',
    session: null,
    connection: '',
    callState: '',
    pending: false,
    autoAnswer: false,
    answered: false,
    ending: false,
    muted: false,
    held: false,
    busy: '',
    connectedAt: 0,
    media: null,
    ...facts,
  };
  state.calls.push(call);
  return call;
};

/** Stamps the moment a call begins to count its time. @param {State} state @param {Call} call */
const stamp = (state, call) => {
  const phase = phaseOf(call, state.disableAutoAnswer);
  // Our leg may be up before the other side answers: that is not talking time.
  if (WAITING_STATES.has(call.callState)) call.connectedAt = 0;
  if (!call.connectedAt && (phase === 'connected' || phase === 'held')) call.connectedAt = Date.now();
};

/** Takes a call off the list and keeps what the card says about it. Unknown calls are ignored.
 * @param {State} state @param {string} conversationId @param {string} reason */
export const endCall = (state, conversationId, reason) => {
  const call = findCall(state, conversationId);
  remember(ended, conversationId);
  if (!call) return;
  state.calls = state.calls.filter((other) => other !== call);
  state.lastCall = {
    party: partyOf(state, conversationId),
    direction: call.direction,
    seconds: call.connectedAt ? Math.round((Date.now() - call.connectedAt) / 1000) : 0,
    reason,
  };
  state.announcement = `Call ended. ${reason}`;
};

/** Remembers a conversation this page dialled.
 * @param {State} state @param {string} id @param {Party} party */
export const onDialed = (state, id, party) => {
  remember(dialed, id);
  state.parties.set(id, party);
  const call = findCall(state, id);
  if (call) call.direction = 'outbound';
};

/** @param {State} state @param {Record<string, any>} pending */
export const onPending = (state, pending) => {
  const id = String(pending.conversationId ?? '');
  if (!id) return;
  ended.delete(id);
  const outbound = dialed.has(id) || (Boolean(pending.autoAnswer) && state.dialing);
  const call = ensureCall(state, id, {
    pending: true,
    answered: false,
    ending: false,
    autoAnswer: Boolean(pending.autoAnswer),
    sessionId: String(pending.sessionId ?? pending.id ?? ''),
  });
  if (outbound) call.direction = 'outbound';
  if (!openCalls(state).some((other) => other.conversationId === state.selectedId)) state.selectedId = id;
};

/** The documentation does not promise a conversationId here, so the session's id is the second key.
 * @param {State} state @param {{ sessionId?: string, conversationId?: string }} event */
const pendingFor = (state, event) =>
  findCall(state, event.conversationId) ??
  state.calls.find((call) => call.pending && call.sessionId === event.sessionId);

/** @param {State} state @param {{ sessionId?: string, conversationId?: string }} event */
export const onPendingCancelled = (state, event) => {
  const call = pendingFor(state, event);
  if (!call || call.session) return;
  const inbound = call.direction === 'inbound';
  const missed = inbound ? 'The caller hung up before you answered' : 'The call was cancelled';
  endCall(state, call.conversationId, call.ending ? 'You declined it' : missed);
};

/** Handled here (our own answer comes back as this event too) or by another client of the same user.
 * @param {State} state @param {{ sessionId?: string, conversationId?: string }} event */
export const onPendingHandled = (state, event) => {
  const call = pendingFor(state, event);
  if (!call) return;
  const ours = call.session || call.answered || (call.autoAnswer && !state.disableAutoAnswer);
  if (ours) call.pending = false;
  else endCall(state, call.conversationId, call.ending ? 'You declined it' : 'Handled on another device');
};

/** @param {Session} session */
const connectionOf = ({ pc, connectionState = '' }) =>
  pc?.connectionState === 'connected' ? 'connected' : connectionState;

/** @param {State} state @param {Session} session */
export const onSessionStarted = (state, session) => {
  const id = String(session.conversationId ?? '');
  // A session proposed with this mode only raises the persistent connection: nobody is at the other end yet.
  if (!id || session.privAnswerMode === 'Auto') return;
  ended.delete(id);
  const call = ensureCall(state, id, {
    session,
    sessionId: session.id,
    pending: false,
    connection: connectionOf(session),
  });
  if (!call.held) state.selectedId = id;
  stamp(state, call);
};

/** @param {State} state @param {Session} session @param {string} connection */
export const onConnectionState = (state, session, connection) => {
  for (const call of state.calls) {
    if (call.session !== session) continue;
    call.connection = connection;
    stamp(state, call);
  }
};

/** @type {Record<string, string>} */
const REASONS = {
  success: 'The other side hung up',
  gone: 'The connection to the call was lost',
  timeout: 'The call timed out',
  decline: 'The call was declined',
  busy: 'The line was busy',
  cancel: 'The call was cancelled',
  expired: 'The call expired',
  'failed-transport': 'The audio connection failed',
  'failed-application': 'The audio could not be set up',
  'connectivity-error': 'The audio connection failed',
  'media-error': 'The audio failed',
  'alternative-session': 'The call moved to another session',
};

/** @param {Call | undefined} call @param {string | undefined} condition */
const endReason = (call, condition) => {
  if (call?.ending) return 'You hung up';
  return REASONS[condition ?? 'success'] ?? `Reason: ${condition}`;
};

/** @param {State} state @param {Session | undefined} session
 * @param {{ condition?: string } | undefined} reason */
export const onSessionEnded = (state, session, reason) => {
  const id = String(session?.conversationId ?? '');
  const call = findCall(state, id);
  // A reinvite ends the session it replaces under the same conversation: that call goes on.
  if (!call || (call.session && call.session.id !== session?.id)) return;
  endCall(state, id, endReason(call, reason?.condition));
};

/** @param {string} address */
const plainNumber = (address) => address.replace(/^(tel|sip):/i, '').replace(/[;@].*$/, '');

/** Who is at the other end, out of a conversation's participants.
 * @param {State} state @param {string} id @param {any[]} participants */
const learnParty = (state, id, participants) => {
  const mine = (/** @type {any} */ p) => state.user.id !== '' && p.userId === state.user.id;
  const other =
    participants.find((p) => p.purpose === 'customer' || p.purpose === 'external') ??
    participants.find((p) => !mine(p) && p.userId && OWN_PURPOSES.has(p.purpose) && state.user.id !== '') ??
    participants.find((p) => !mine(p) && !OWN_PURPOSES.has(p.purpose) && !SERVICE_PURPOSES.has(p.purpose));
  if (!other) return;
  const known = partyOf(state, id);
  const number = plainNumber(String(other.address ?? other.ani ?? ''));
  state.parties.delete(id);
  state.parties.set(id, { name: String(other.name ?? '') || known.name, number: number || known.number });
  if (state.parties.size > MAX_REMEMBERED) {
    state.parties.delete(/** @type {string} */ (state.parties.keys().next().value));
  }
};

/** @param {State} state @param {Record<string, any>} event the value of `conversationUpdate` */
export const onConversationUpdate = (state, event) => {
  for (const record of event.current ?? []) {
    const id = record.conversationId;
    const own = record.mostRecentCallState;
    if (!id || ended.has(id)) continue;
    learnParty(state, id, record.conversationUpdate?.participants ?? []);
    if (!own || ENDED_STATES.has(own.state)) continue;
    const open = own.state === 'connected' || own.state === 'dialing';
    const call = findCall(state, id) ?? (open && record.session ? ensureCall(state, id) : undefined);
    if (!call) continue;
    call.callState = own.state ?? '';
    call.muted = Boolean(own.muted);
    call.held = Boolean(own.held);
    if (own.direction === 'outbound') call.direction = 'outbound';
    if (open) call.pending = false;
    // A call that still rings on a session that is there has not got it yet.
    if (open && record.session && !call.session) {
      call.session = record.session;
      call.connection = connectionOf(record.session);
    }
    stamp(state, call);
  }
  for (const record of event.removed ?? []) {
    endCall(state, record.conversationId, endReason(findCall(state, record.conversationId), 'success'));
  }
  if (event.activeConversationId && event.added?.length) state.selectedId = event.activeConversationId;
};

/** The raw notification is the only news of a call that still rings: its caller, and that it is over.
 * @param {State} state @param {Record<string, any>} notification */
export const onRawConversation = (state, notification) => {
  const body = notification?.eventBody;
  if (!body?.id || !Array.isArray(body.participants)) return;
  learnParty(state, body.id, body.participants);
  const call = findCall(state, body.id);
  if (!call?.pending || call.session || state.user.id === '') return;
  const own = body.participants
    .filter((/** @type {any} */ p) => p.userId === state.user.id)
    .flatMap((/** @type {any} */ p) => p.calls ?? []);
  if (own.some((/** @type {any} */ leg) => leg.direction === 'outbound')) call.direction = 'outbound';
  if (own.length && own.every((/** @type {any} */ leg) => ENDED_STATES.has(leg.state))) {
    onPendingCancelled(state, { conversationId: body.id });
  }
};
