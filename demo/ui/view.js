// SPDX-License-Identifier: MIT
// Draws the desk: calls, tools, log and problems. The page's skeleton is in index.html; the frame around the desk
// is drawn by frame.js.

import { currentCall, openCalls, otherCall, partyOf, phaseOf, ringingCall } from './calls.js';
import { $, attribute, list, make, show, text } from './dom.js';
import { clock, duration, initials, partyDetail, partyTitle } from './format.js';
import { drawFrame } from './frame.js';
import { visibleLines } from './log.js';
import { drawMeetings } from './meeting-view.js';

/** @typedef {import('./store.js').State} State */
/** @typedef {import('./store.js').Call} Call */
/** @typedef {import('./store.js').Phase} Phase */

/** @type {Record<Phase, string>} */
const PHASE_WORDS = {
  ringing: 'Ringing',
  dialing: 'Calling',
  connecting: 'Connecting',
  connected: 'Connected',
  held: 'On hold',
  interrupted: 'Audio interrupted',
};

/** @param {Call} call @param {Phase} phase */
const stateWords = (call, phase) => {
  if (call.ending) return 'Hanging up';
  return phase === 'connected' && call.muted ? 'Connected, you are muted' : PHASE_WORDS[phase];
};

/** @param {State} state */
const drawIncoming = (state) => {
  const call = ringingCall(state);
  const card = $('incoming-card');
  show('incoming-card', call !== undefined);
  document.title = call ? 'Incoming call · Agent desktop' : 'Agent desktop';
  if (!call) return;
  const party = partyOf(state, call.conversationId);
  const manual = state.disableAutoAnswer;
  const waiting = state.calls.filter((other) => phaseOf(other, manual) === 'ringing').length - 1;
  const more = waiting > 0 ? `${waiting} more waiting` : '';
  const detail = [partyDetail(party), more].filter(Boolean).join(' · ');
  const outgoing = call.direction === 'outbound';
  const automatic = call.autoAnswer && !manual;
  card.dataset.conversationId = call.conversationId;
  text('incoming-title', outgoing ? 'Outgoing call is ready' : 'Incoming call');
  text('incoming-name', partyTitle(party));
  text('incoming-detail', detail);
  const busy = openCalls(state).some((open) => !open.held && !open.ending);
  text('answer-label', outgoing ? 'Connect' : busy ? 'Hold and answer' : 'Answer');
  show('incoming-hint', call.autoAnswer);
  text('incoming-hint', automatic ? 'This call answers itself.' : 'This call asks to be answered at once.');
  $('decline').disabled = call.ending;
};

/** @param {State} state */
const idleWords = (state) => {
  const last = state.lastCall;
  if (!last) {
    if (state.role !== 'agent') {
      const who = state.role === 'guest' ? 'Signed in as a guest' : 'Signed in with a JWT';
      return { state: 'idle', word: 'Connected', name: who, detail: 'Telephone calls are for agents.' };
    }
    const detail = state.station ? 'Your next call appears here.' : 'Choose a station to take calls.';
    return { state: 'idle', word: 'Ready', name: 'Ready for calls', detail };
  }
  const time = last.seconds ? ` · ${duration(last.seconds)}` : '';
  const detail = `${last.reason}${time}`;
  return { state: 'ended', word: 'Call ended', name: partyTitle(last.party), detail };
};

/** @param {Call} call */
const drawMedia = (call) => {
  const media = call.media;
  const bar = (/** @type {number} */ level) => String(Math.min(1, Math.sqrt(level)).toFixed(3));
  $('level-out').style.setProperty('--level', bar(media && !call.muted && !call.held ? media.levelOut : 0));
  $('level-in').style.setProperty('--level', bar(media && !call.held ? media.levelIn : 0));
  text('packets-sent', (media?.sent ?? 0).toLocaleString('en'));
  text('packets-received', (media?.received ?? 0).toLocaleString('en'));
  const facts = [`Audio ${call.connection || 'starting'}`];
  if (media?.codec) facts.push(media.codec);
  if (media && media.roundTripMs !== null) facts.push(`${media.roundTripMs} ms round trip`);
  if (media?.received) {
    facts.push(`${((100 * media.lost) / (media.received + media.lost)).toFixed(1)}% lost`);
  }
  text('other-side', call.direction === 'outbound' ? 'Other side' : 'Caller');
  text('quality', facts.join(' · '));
  attribute('quality', 'data-state', call.connection || 'starting');
};

/** @param {State} state */
const drawCall = (state) => {
  const call = currentCall(state);
  const card = $('call-card');
  const ringing = ringingCall(state);
  if (!call) {
    const idle = idleWords(state);
    // What rings or a meeting is the one thing to look at: the empty card would only stand below it.
    show('call-card', !ringing && !state.meeting && !state.offers.length);
    card.dataset.state = idle.state;
    delete card.dataset.conversationId;
    text('call-state', idle.word);
    attribute('call-state', 'data-state', idle.state);
    text('call-name', idle.name);
    text('call-detail', idle.detail);
    show('call-body', false);
    show('timer', false);
    text('call-initials', '');
    $('call-avatar-icon').toggleAttribute('hidden', false);
    return;
  }
  const phase = phaseOf(call, state.disableAutoAnswer);
  const party = partyOf(state, call.conversationId);
  const letters = initials(party.name);
  const direction = call.direction === 'outbound' ? 'Outbound' : 'Inbound';
  show('call-card', true);
  show('call-body', true);
  card.dataset.state = phase;
  card.dataset.muted = String(call.muted);
  card.dataset.conversationId = call.conversationId;
  text('call-state', stateWords(call, phase));
  attribute('call-state', 'data-state', phase);
  text('call-name', partyTitle(party));
  text('call-detail', [partyDetail(party), direction].filter(Boolean).join(' · '));
  text('call-initials', letters);
  $('call-avatar-icon').toggleAttribute('hidden', letters !== '');
  show('timer', call.connectedAt > 0);
  drawTimer(state);
  drawMedia(call);

  const mediaUp = phase === 'connected' || phase === 'held';
  // A waiting control is not disabled: that would take the focus away from it.
  $('mute').disabled = !mediaUp;
  attribute('mute', 'aria-busy', String(call.busy === 'mute'));
  // The label names what a press does; `aria-pressed` besides it would have readers say "Unmute, pressed".
  attribute('mute', 'data-pressed', String(call.muted));
  text('mute-label', call.muted ? 'Unmute' : 'Mute');
  attribute('mute-icon', 'href', call.muted ? '#i-mic-off' : '#i-mic');
  $('hold').disabled = !mediaUp;
  attribute('hold', 'aria-busy', String(call.busy === 'hold'));
  attribute('hold', 'data-pressed', String(call.held));
  text('hold-label', call.held ? 'Resume' : 'Hold');
  attribute('hold-icon', 'href', call.held ? '#i-play' : '#i-pause');
  text('hang-up-label', call.ending && call.session ? 'End now' : 'Hang up');

  const other = otherCall(state);
  show('swap', other !== undefined);
  if (!other) return;
  $('swap').disabled = other.busy !== '' || other.ending;
  attribute('swap', 'aria-busy', String(other.busy !== ''));
  text('swap-label', call.held && other.held ? 'Switch' : 'Swap');
  attribute('swap', 'aria-label', `Swap to ${partyTitle(partyOf(state, other.conversationId))}`);
};

/** The part that changes every second. @param {State} state */
export const drawTimer = (state) => {
  const call = currentCall(state);
  if (call?.connectedAt) text('timer', duration((Date.now() - call.connectedAt) / 1000));
};

/** @param {string} className @param {string} label @param {() => void} press */
const rowButton = (className, label, press) => {
  const button = /** @type {HTMLButtonElement} */ (make('button', className, label));
  button.type = 'button';
  button.addEventListener('click', press);
  return button;
};

/**
 * The calls beside each other, when there is more than one: which of them speaks, and what can be done with each.
 * @param {State} state @param {Actions} on
 */
const drawConversations = (state, on) => {
  const calls = state.calls;
  const shown = currentCall(state)?.conversationId;
  show('conversations-card', calls.length > 1);
  const create = (/** @type {Call} */ { conversationId: id }) => {
    const row = make('li', 'conversation');
    const pick = rowButton('conversation-button', '', () => on.select(id));
    pick.append(make('span', 'conversation-name'), make('span', 'conversation-state'));
    const resume = rowButton('plain conversation-resume', '', () => on.resume(id));
    resume.dataset.testid = 'conversation-resume';
    const end = rowButton('plain conversation-end', 'Hang up', () => on.hangUp(id));
    end.dataset.testid = 'conversation-end';
    row.append(pick, resume, end);
    row.dataset.testid = 'conversation';
    return row;
  };
  const refresh = (/** @type {HTMLElement} */ row, /** @type {Call} */ call) => {
    const [pick, resume, end] = /** @type {any} */ (row.children);
    const [name, word] = pick.children;
    const phase = phaseOf(call, state.disableAutoAnswer);
    const who = partyTitle(partyOf(state, call.conversationId));
    name.textContent = who;
    word.textContent = stateWords(call, phase);
    row.dataset.state = phase;
    row.dataset.conversationId = call.conversationId;
    pick.setAttribute('aria-current', String(call.conversationId === shown));
    resume.hidden = phase !== 'held';
    resume.disabled = call.busy !== '' || call.ending;
    resume.textContent = 'Resume';
    resume.setAttribute('aria-label', `Resume ${who}`);
    end.hidden = phase === 'ringing';
    end.textContent = call.ending && call.session ? 'End now' : 'Hang up';
    end.setAttribute('aria-label', `${end.textContent}: ${who}`);
  };
  list($('conversations'), calls.length > 1 ? calls : [], (call) => call.conversationId, create, refresh);
};

/** @param {string} id @param {import('./store.js').Device[]} devices @param {string} chosen */
const drawPicker = (id, devices, chosen) => {
  const select = $(id);
  const wanted = [{ id: '', label: 'System default' }, ...devices];
  const key = JSON.stringify(wanted);
  if (select.dataset.key !== key) {
    select.dataset.key = key;
    select.replaceChildren(
      ...wanted.map((device) => {
        const option = /** @type {HTMLOptionElement} */ (make('option', '', device.label));
        option.value = device.id;
        return option;
      }),
    );
  }
  select.value = devices.some((device) => device.id === chosen) ? chosen : '';
};

/** @param {State} state */
const drawTools = (state) => {
  $('dial').disabled = state.dialing || state.connection !== 'connected';
  text('dial-label', state.dialing ? 'Calling…' : 'Call');
  show('dial-note', state.dialNote !== '');
  text('dial-note', state.dialNote);
  attribute('dial-number', 'aria-invalid', String(state.dialNote !== ''));
  show('keypad', state.keypadOpen);
  attribute('keypad-toggle', 'aria-expanded', String(state.keypadOpen));
  drawPicker('microphone', state.devices.microphones, state.devices.microphone);
  drawPicker('speaker', state.devices.speakers, state.devices.speaker);
  show('devices-note', state.devices.note !== '');
  text('devices-note', state.devices.note);
  $('caller-hang-up').disabled = localTarget(state) === '';
  const lines = state.lines > 1 ? 'two' : 'one';
  $('local-lines').value = state.persistent ? 'kept' : lines;
  show('dial-card', state.role === 'agent');
  show('devices-card', state.role === 'agent');
  show('keys-card', state.role === 'agent');
};

/** The conversation whose caller the local platform can make hang up. @param {State} state */
export const localTarget = (state) => {
  const call = currentCall(state) ?? ringingCall(state);
  return call?.conversationId ?? state.localConversationId;
};

/** @param {State} state */
const drawLog = (state) => {
  const lines = visibleLines(state);
  const create = (/** @type {import('./store.js').LogEntry} */ entry) => {
    const row = make('li', 'log-line');
    const time = /** @type {HTMLTimeElement} */ (make('time', 'log-time', clock(entry.at)));
    time.dateTime = new Date(entry.at).toISOString();
    row.dataset.kind = entry.kind;
    row.dataset.event = entry.name;
    row.append(time, make('span', 'log-name', entry.name), make('span', 'log-text', entry.text));
    return row;
  };
  list($('event-log'), lines, (entry) => String(entry.id), create);
  const total = state.log.length;
  text('log-count', lines.length === total ? `${total}` : `${lines.length} of ${total}`);
  show('event-log', lines.length > 0);
  show('log-empty', lines.length === 0);
  text('log-empty', state.log.length ? 'No event matches the filter.' : 'Every SDK event will appear here.');
};

/** @param {State} state @param {(id: number) => void} dismiss */
const drawAlerts = (state, dismiss) => {
  const create = (/** @type {import('./store.js').Alert} */ alert) => {
    const row = make('div', 'alert');
    row.setAttribute('role', 'alert');
    row.dataset.testid = 'alert';
    const body = make('div', 'alert-body');
    const head = make('p', 'alert-head');
    head.append(make('span', 'alert-type'), make('span', 'alert-count'));
    body.append(head, make('p', 'alert-message', alert.message), make('p', 'alert-hint'));
    const close = /** @type {HTMLButtonElement} */ (make('button', 'quiet square'));
    close.type = 'button';
    close.setAttribute('aria-label', 'Dismiss');
    close.dataset.testid = 'alert-dismiss';
    const icon = document.createElementNS('http://www.w3.org/2000/svg', 'svg');
    icon.setAttribute('class', 'icon');
    icon.setAttribute('aria-hidden', 'true');
    const use = document.createElementNS('http://www.w3.org/2000/svg', 'use');
    use.setAttribute('href', '#i-close');
    icon.append(use);
    close.append(icon);
    close.addEventListener('click', () => dismiss(alert.id));
    row.append(body, close);
    return row;
  };
  const refresh = (/** @type {HTMLElement} */ row, /** @type {import('./store.js').Alert} */ alert) => {
    const set = (/** @type {string} */ name, /** @type {string} */ value) => {
      const node = row.querySelector(name);
      if (node && node.textContent !== value) node.textContent = value;
    };
    row.dataset.type = alert.type;
    set('.alert-type', alert.type);
    set('.alert-count', alert.count > 1 ? `${alert.count} times` : '');
    set('.alert-hint', alert.hint);
  };
  list($('alerts'), state.alerts, (alert) => String(alert.id), create, refresh);
};

/** When the control that had the focus went away, the heading of what is on the stage takes it:
 * Tab leads on to its buttons.
 * @param {State} state @param {Element | null} focused */
const keepFocus = (state, focused) => {
  const gone = focused && focused !== document.body && focused.getClientRects().length === 0;
  if (!gone || state.view !== 'desk') return;
  const next = ['call-name', 'incoming-name', 'meeting-name', 'offer-name'].find((id) => $(id).getClientRects().length);
  if (!next) return;
  $(next).focus({ preventScroll: true });
};

/**
 * What the rows of lists do when they are pressed.
 * @typedef {object} Actions
 * @property {(conversationId: string) => void} select
 * @property {(conversationId: string) => void} resume
 * @property {(conversationId: string) => void} hangUp
 * @property {(id: number) => void} dismiss
 */

/** @param {State} state @param {Actions} on */
export const draw = (state, on) => {
  const focused = document.activeElement;
  drawFrame(state);
  drawIncoming(state);
  drawCall(state);
  drawConversations(state, on);
  drawMeetings(state);
  drawTools(state);
  drawLog(state);
  drawAlerts(state, on.dismiss);
  keepFocus(state, focused);
};

/** Builds the keypad's keys. @param {(key: string) => void} press */
export const buildKeypad = (press) => {
  const keys = [...'123456789*0#'].map((key) => {
    const button = /** @type {HTMLButtonElement} */ (make('button', 'key', key));
    button.type = 'button';
    button.addEventListener('click', () => press(key));
    return button;
  });
  $('keypad').replaceChildren(...keys);
};
