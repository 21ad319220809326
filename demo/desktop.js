// SPDX-License-Identifier: MIT
// The agent desktop: joins the SDK's events, the state and the controls. It uses the public package only,
// through the global of the script tag, so it is also an example of how an application is written against it.

import { accountControl } from './ui/account.js';
import { currentCall } from './ui/calls.js';
import { callControl } from './ui/control.js';
import { createDeviceCard } from './ui/devices.js';
import { diagnosticsPanel } from './ui/diagnostics.js';
import { $ } from './ui/dom.js';
import { eventDesk } from './ui/events.js';
import { drawBanner } from './ui/frame.js';
import { headsetDesk } from './ui/headset.js';
import { installIcons } from './ui/icons.js';
import { installShortcuts, listShortcuts } from './ui/keys.js';
import { addLine } from './ui/log.js';
import { installLocal } from './ui/local.js';
import { listDevices, peerOf, sample } from './ui/media.js';
import { meetingControl } from './ui/meeting.js';
import { drawMeetingTimer } from './ui/meeting-view.js';
import { dismissProblem, showProblem } from './ui/problems.js';
import { qualityPanel } from './ui/quality.js';
import { screenControl } from './ui/screens.js';
import { Store, initialState } from './ui/store.js';
import { installTheme } from './ui/theme.js';
import { buildKeypad, draw, drawTimer } from './ui/view.js';

const SAMPLE_MS = 500;

let sampler = 0;
/** Redraws the banner while the connection is lost. */
let lostClock = 0;

installIcons();
installTheme();

const store = new Store(initialState(), (state) => {
  draw(state, { select, dismiss, resume: (id) => void calls.resume(id), hangUp: (id) => void calls.hangUp(id) });
  diagnostics.draw();
});
const { state } = store;
const sdk = () => account.sdk();

/** @param {string} conversationId */
function select(conversationId) {
  store.update((s) => (s.selectedId = conversationId));
}

/** @param {number} id */
function dismiss(id) {
  store.update((s) => dismissProblem(s, id));
}

/** @param {unknown} error @param {string} [type] */
const problem = (error, type) => store.update((s) => showProblem(s, error, type));

/** @param {string} name @param {string} [text] */
const note = (name, text = '') => store.update((s) => addLine(s, 'action', name, text));

/** A mark for measuring tools; only the newest of a name is kept. @param {string} name @param {unknown} [detail] */
const mark = (name, detail) => {
  performance.clearMarks(name);
  performance.mark(name, { detail });
};

// The parts of the desk

const deviceCard = createDeviceCard({ problem: (error, area) => problem(error, area) });
const quality = qualityPanel($('quality-panel'), () => currentCall(state)?.conversationId);
const calls = callControl({ store, sdk, note, mark, problem, settled: () => followCalls() });
const meetings = meetingControl({ store, sdk, note, problem, changed: () => followCalls() });
const screens = screenControl({ store, sdk, note, problem, meet: meetings.accept });
const headset = headsetDesk({ note, problem, microphone: () => state.devices.microphone });
const diagnostics = diagnosticsPanel({ state, sdk, note, problem });

const events = eventDesk({
  store, sdk, mark, meetings, screens,
  changed: () => {
    followCalls();
    followConnection();
  },
  // The microphone may have been allowed for this call: only then devices have names and ids.
  heard: () => {
    if (!state.devices.microphones.length) void refreshDevices();
  },
});

const account = accountControl({
  store, note, mark, problem,
  made: (instance) => {
    events.listen(instance);
    instance.media?.on?.('state', refreshDevices);
    quality.listen(instance);
    deviceCard.use(instance);
    headset.wire(instance);
  },
  ready: () => {
    void refreshDevices();
    void headset.ready();
  },
  leaving: () => {
    deviceCard.use();
    screens.forget();
    diagnostics.forget();
  },
  left: () => {
    followCalls();
    followConnection();
  },
});

// Clock and meters: they run only while there is a call.

const measure = async () => {
  drawTimer(state);
  drawMeetingTimer(state);
  quality.draw();
  const call = currentCall(state);
  const pc = call?.session && peerOf(call.session);
  if (!call || !pc || pc.connectionState === 'closed') return;
  try {
    const media = await sample(pc);
    quality.hear(call.conversationId, media.levelIn, media.levelOut);
    store.update(() => (call.media = media));
  } catch {
    // The peer connection closed in between; the next event says what became of the call.
  }
};

/** Counts the seconds without a connection. */
const followConnection = () => {
  if (state.lostAt && !lostClock) lostClock = window.setInterval(() => drawBanner(state), 1000);
  if (!state.lostAt && lostClock) {
    window.clearInterval(lostClock);
    lostClock = 0;
  }
};

function followCalls() {
  const running = state.calls.length > 0 || state.meeting !== null;
  if (running && !sampler) sampler = window.setInterval(measure, SAMPLE_MS);
  if (!running && sampler) {
    window.clearInterval(sampler);
    sampler = 0;
  }
}

// Devices

async function refreshDevices() {
  const found = await listDevices(sdk());
  store.update((s) => Object.assign(s.devices, found));
}

/** @param {'microphone' | 'speaker'} kind @param {string} id */
const chooseDevice = async (kind, id) => {
  const live = typeof sdk()?.updateDefaultDevices === 'function';
  store.update((s) => {
    s.devices[kind] = id;
    s.devices.note = live ? '' : 'Used from your next sign-in on.';
  });
  note(`choose ${kind}`, id ? 'a device' : 'system default');
  if (!live) return;
  const name = kind === 'microphone' ? 'audioDeviceId' : 'outputDeviceId';
  try {
    await sdk().updateDefaultDevices({ [name]: id || null, updateActiveSessions: true });
  } catch (error) {
    problem(error, 'media');
  }
};

// Controls

/** @param {string} id @param {() => unknown} action */
const onClick = (id, action) => $(id).addEventListener('click', () => void action());

/** @param {string} id @param {() => unknown} action */
const onSubmit = (id, action) =>
  $(id).addEventListener('submit', (/** @type {Event} */ event) => {
    event.preventDefault();
    void action();
  });

/** @param {string} id @param {string} event @param {(value: string, field: any) => unknown} action */
const onField = (id, event, action) => $(id).addEventListener(event, () => void action($(id).value, $(id)));

const installSignIn = () => {
  onSubmit('sign-in-form', account.submit);
  onClick('sign-in-cancel', account.cancel);
  onClick('sign-out', account.signOut);
  onField('environment', 'change', account.chooseEnvironment);
  for (const role of /** @type {const} */ (['agent', 'guest', 'jwt'])) {
    onField(`role-${role}`, 'change', () => account.chooseRole(role));
  }
  for (const way of /** @type {const} */ (['token', 'oauth'])) {
    onField(`way-${way}`, 'change', () => store.update((s) => Object.assign(s, { way, signInNote: null })));
  }
};

const installDesk = () => {
  onSubmit('dial-form', calls.dial);
  onClick('answer', calls.answer);
  onClick('decline', calls.decline);
  onClick('mute', () => calls.toggle('mute'));
  onClick('hold', () => calls.toggle('hold'));
  onClick('swap', calls.swap);
  onClick('hang-up', () => calls.hangUp());
  onSubmit('join-form', meetings.join);
  for (const what of /** @type {const} */ (['sound', 'camera', 'screen'])) {
    onClick(`meeting-${what}`, () => meetings.toggle(what));
  }
  onClick('meeting-leave', meetings.leave);
  onClick('offer-accept', screens.accept);
  onClick('offer-decline', screens.decline);
  onClick('share', screens.share);
  onClick('keypad-toggle', () => store.update((s) => (s.keypadOpen = !s.keypadOpen)));
  onClick('log-clear', () => store.update((s) => (s.log = [])));
  onField('microphone', 'change', (id) => chooseDevice('microphone', id));
  onField('speaker', 'change', (id) => chooseDevice('speaker', id));
  onField('meeting-id', 'input', () => store.update((s) => (s.meetingNote = '')));
  onField('log-filter', 'input', (text) => store.update((s) => (s.logFilter = text)));
  onField('log-kind', 'change', (kind) => store.update((s) => (s.logKind = kind)));
  onField('keys-on', 'change', (_value, { checked }) => store.update((s) => (s.shortcuts = checked)));
  onField('dial-number', 'input', () => store.update((s) => (s.dialNote = '')));
  buildKeypad((key) => {
    $('dial-number').value += key;
    store.update((s) => (s.dialNote = ''));
  });
};

installSignIn();
installDesk();
installLocal(store, note, problem);
listShortcuts();
installShortcuts(() => state.view === 'desk' && state.shortcuts);
for (const name of ['online', 'offline']) {
  window.addEventListener(name, () => store.update((s) => (s.online = navigator.onLine)));
}
navigator.mediaDevices?.addEventListener('devicechange', () => void refreshDevices());
void account.start();
