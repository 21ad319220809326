// SPDX-License-Identifier: MIT
// The agent desktop: joins the SDK's events, the state and the controls. It uses the public package only,
// through the global of the script tag, so it is also an example of how an application is written against it.

import {
  currentCall,
  endCall,
  findCall,
  onConnectionState,
  onConversationUpdate,
  onDialed,
  onPending,
  onPendingCancelled,
  onPendingHandled,
  onRawConversation,
  onSessionEnded,
  onSessionStarted,
  ringingCall,
} from './ui/calls.js';
import { installShortcuts } from './ui/keys.js';
import { SDK_EVENTS, SESSION_EVENTS, addEvent, addLine, keepSecret } from './ui/log.js';
import { listDevices, sample } from './ui/media.js';
import { callerHangsUp, readConfig, ring } from './ui/platform.js';
import { dismissProblem, showProblem } from './ui/problems.js';
import { Store, initialState } from './ui/store.js';
import { $, buildKeypad, draw, drawTimer, fillSignIn, localTarget } from './ui/view.js';

/** @typedef {import('./ui/store.js').State} State */
/** @typedef {import('./ui/store.js').Session} Session */

const SAMPLE_MS = 500;
const LEAVE_MS = 3000;

/** The SDK in use; null while signed out. @type {any} */
let sdk = null;
let sampler = 0;
/** Counts sign-ins, so that one that was given up cannot open the desk later. */
let attempts = 0;
const watched = /** @type {WeakSet<Session>} */ (new WeakSet());

const store = new Store(initialState(), (state) => draw(state, { select, dismiss }));
const { state } = store;

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

// Events of the SDK

/** What an event changes in the state, beyond its line in the log.
 * @type {Record<string, (s: State, ...args: any[]) => void>} */
const CHANGES = {
  pendingSession: onPending,
  cancelPendingSession: onPendingCancelled,
  handledPendingSession: onPendingHandled,
  sessionStarted: onSessionStarted,
  sessionEnded: onSessionEnded,
  conversationUpdate: onConversationUpdate,
  conversationUpdateRaw: onRawConversation,
  sdkError: (s, error) => showProblem(s, error),
  connected: (s) => {
    s.connection = 'connected';
  },
  disconnected: (s, _text, info) => {
    s.connection = info?.reconnecting ? 'reconnecting' : 'offline';
  },
  station: (s, event) => {
    s.station = event?.station?.name ?? '';
  },
};

/** @param {Session} session */
const watchSession = (session) => {
  if (watched.has(session) || typeof session.on !== 'function') return;
  watched.add(session);
  for (const name of SESSION_EVENTS) {
    session.on(name, (...args) =>
      store.update((s) => {
        addEvent(s, `session.${name}`, args);
        if (name === 'connectionState') onConnectionState(s, session, String(args[0]));
      }),
    );
  }
  // Older releases of the SDK do not report every change of a session's connection; the peer connection does.
  const pc = session.pc;
  pc?.addEventListener?.('connectionstatechange', () => {
    if (pc.connectionState === 'connected') {
      mark('desktop:audio');
      // The microphone may have been allowed for this call: only then devices have names and ids.
      if (!state.devices.microphones.length) void refreshDevices();
    }
    if (pc.connectionState !== 'closed') {
      store.update((s) => onConnectionState(s, session, pc.connectionState));
    }
  });
};

/** @param {any} instance */
const wire = (instance) => {
  for (const name of SDK_EVENTS) {
    instance.on(name, (/** @type {any[]} */ ...args) => {
      if (instance !== sdk) return;
      mark(`desktop:${name}`, name === 'sessionEnded' ? args[1]?.condition : undefined);
      store.update((s) => {
        addEvent(s, name, args);
        CHANGES[name]?.(s, ...args);
      });
      if (name === 'sessionStarted') watchSession(args[0]);
      followCalls();
    });
  }
  instance.media?.on?.('state', refreshDevices);
};

// Clock and meters: they run only while there is a call.

const measure = async () => {
  drawTimer(state);
  const call = currentCall(state);
  const pc = call?.session?.pc;
  if (!call || !pc || pc.connectionState === 'closed') return;
  try {
    const media = await sample(pc);
    store.update(() => (call.media = media));
  } catch {
    // The peer connection closed in between; the next event says what became of the call.
  }
};

function followCalls() {
  if (state.calls.length && !sampler) sampler = window.setInterval(measure, SAMPLE_MS);
  if (!state.calls.length && sampler) {
    window.clearInterval(sampler);
    sampler = 0;
  }
}

// Devices

async function refreshDevices() {
  const found = await listDevices(sdk);
  store.update((s) => Object.assign(s.devices, found));
}

/** @param {'microphone' | 'speaker'} kind @param {string} id */
const chooseDevice = async (kind, id) => {
  const live = typeof sdk?.updateDefaultDevices === 'function';
  store.update((s) => {
    s.devices[kind] = id;
    s.devices.note = live ? '' : 'Used from your next sign-in on.';
  });
  note(`choose ${kind}`, id ? 'a device' : 'system default');
  if (!live) return;
  const name = kind === 'microphone' ? 'audioDeviceId' : 'outputDeviceId';
  try {
    await sdk.updateDefaultDevices({ [name]: id || null, updateActiveSessions: true });
  } catch (error) {
    problem(error, 'media');
  }
};

// Signing in and out

/** The SDK's class, once its core is loaded: old browsers compile it in the background until `loaded`. */
const sdkClass = async () => {
  const exported = /** @type {any} */ (window).GenesysCloudWebrtcSdk;
  const Sdk = exported?.GenesysCloudWebrtcSdk ?? exported?.default;
  if (!Sdk) throw Object.assign(new Error('The SDK script could not be loaded.'), { type: 'page' });
  await (Sdk.loaded ?? exported.loaded);
  return Sdk;
};

const signInFacts = () => ({
  environment: $('environment').value.trim(),
  wsHost: $('ws-host').value.trim(),
  accessToken: $('access-token').value.trim(),
});

/** The user's name, when the local platform did not tell it. @param {any} instance */
const learnUser = async (instance) => {
  if (state.user.name || typeof instance.fetchAuthenticatedUser !== 'function') return;
  try {
    const user = await instance.fetchAuthenticatedUser();
    if (instance !== sdk) return;
    store.update((s) => (s.user = { id: String(user?.id ?? ''), name: String(user?.name ?? '') }));
  } catch {
    // The desktop works without a name; the failed request was reported through `sdkError`.
  }
};

const signIn = async () => {
  const { environment, wsHost, accessToken } = signInFacts();
  const attempt = ++attempts;
  keepSecret(accessToken);
  store.update((s) => {
    s.alerts = [];
    s.view = 'signing-in';
    s.connection = 'connecting';
    s.disableAutoAnswer = !$('auto-answer').checked;
  });
  note('sign in');
  mark('desktop:sign-in');
  try {
    const Sdk = await sdkClass();
    if (attempt !== attempts) return;
    sdk = new Sdk({
      environment,
      accessToken,
      ...(wsHost ? { wsHost } : {}),
      allowedSessionTypes: ['softphone'],
      disableAutoAnswer: state.disableAutoAnswer,
      optOutOfTelemetry: true,
      useHeadsets: false,
      logLevel: 'warn',
      originAppName: 'agent-desktop',
      defaults: {
        audioDeviceId: state.devices.microphone || null,
        outputDeviceId: state.devices.speaker || null,
      },
    });
    wire(sdk);
    await sdk.initialize();
    if (attempt !== attempts) return;
    store.update((s) => {
      s.view = 'desk';
      s.connection = sdk.connected === false ? s.connection : 'connected';
      s.station = sdk.station?.name ?? s.station;
      s.announcement = 'Signed in';
    });
    await null; // the desk is drawn now, so its heading can take the focus
    $('call-name').focus({ preventScroll: true });
    void learnUser(sdk);
    void refreshDevices();
  } catch (error) {
    if (attempt !== attempts) return;
    problem(error, 'initialization');
    await leave();
    $('sign-in').focus();
  }
};

/** Gives up a sign-in that waits for an unreachable platform: the SDK itself goes on trying without end. */
const cancelSignIn = async () => {
  attempts += 1;
  note('cancel sign in');
  await leave();
  $('sign-in').focus();
};

/**
 * Lets go of the SDK and returns to the sign-in card. Errors stay on the screen. The old instance stays wired
 * until it is destroyed, because the SDK emits an error a moment after it rejects; the wait is bounded.
 */
const leave = async () => {
  try {
    const patience = new Promise((resolve) => window.setTimeout(resolve, LEAVE_MS));
    await Promise.race([sdk?.destroy(), patience]);
  } catch (error) {
    problem(error);
  }
  sdk = null;
  store.update((s) => {
    const { alerts, log, logFilter, logKind, devices, local, user, version, shortcuts } = s;
    const kept = { alerts, log, logFilter, logKind, devices, local, version, shortcuts };
    Object.assign(s, initialState(), kept);
    if (local) s.user = user;
  });
  followCalls();
};

const signOut = async () => {
  note('sign out');
  await leave();
  if (!state.local) $('access-token').value = '';
  dismissAll();
  $('sign-in').focus();
};

const dismissAll = () => store.update((s) => (s.alerts = []));

// Call control

const answer = async () => {
  const call = ringingCall(state);
  if (!call) return;
  const { conversationId } = call;
  note('answer');
  mark('desktop:answer');
  store.update((s) => {
    call.answered = true;
    s.selectedId = conversationId;
  });
  try {
    await sdk.acceptPendingSession({ conversationId });
  } catch (error) {
    store.update(() => (call.answered = false));
    problem(error, 'session');
  }
};

const decline = async () => {
  const call = ringingCall(state);
  if (!call || call.ending) return;
  const { conversationId } = call;
  note('decline');
  store.update(() => (call.ending = true));
  try {
    await sdk.rejectPendingSession({ conversationId });
    store.update((s) => endCall(s, conversationId, 'You declined it'));
    followCalls();
  } catch (error) {
    store.update(() => (call.ending = false));
    problem(error, 'session');
  }
};

/** Ends the call; pressed again while it is ending, ends the session without waiting for the platform. */
const hangUp = async () => {
  const call = currentCall(state);
  if (!call) return;
  const { conversationId, session } = call;
  const force = call.ending && session;
  note(force ? 'end now' : 'hang up');
  store.update(() => (call.ending = true));
  try {
    if (force) await sdk.forceTerminateSession(session.id);
    else await sdk.endSession({ conversationId });
    store.update((s) => endCall(s, conversationId, 'You hung up'));
    followCalls();
  } catch (error) {
    if (!findCall(state, conversationId)) return;
    store.update(() => (call.ending = false));
    problem(error, 'session');
  }
};

/** @param {'mute' | 'hold'} control */
const toggle = async (control) => {
  const call = currentCall(state);
  if (!call || call.busy) return;
  const { conversationId } = call;
  const wanted = control === 'mute' ? !call.muted : !call.held;
  note(`${wanted ? '' : 'un'}${control}`);
  store.update(() => (call.busy = control));
  try {
    if (control === 'mute') await sdk.setAudioMute({ conversationId, mute: wanted });
    else await sdk.setConversationHeld({ conversationId, held: wanted });
  } catch (error) {
    problem(error, 'call');
  } finally {
    store.update(() => (call.busy = ''));
  }
};

const dial = async () => {
  const typed = $('dial-number').value.trim();
  const phoneNumber = typed.startsWith('sip:') ? typed : typed.replace(/[\s().-]/g, '');
  if (!phoneNumber) {
    store.update((s) => (s.dialNote = 'Enter a phone number first.'));
    $('dial-number').focus();
    return;
  }
  note('dial');
  store.update((s) => {
    s.dialNote = '';
    s.dialing = true;
  });
  try {
    const { id } = await sdk.startSoftphoneSession({ phoneNumber });
    store.update((s) => {
      onDialed(s, id, { name: '', number: phoneNumber });
      s.announcement = 'Calling';
    });
    $('dial-number').value = '';
  } catch (error) {
    problem(error, 'call');
  } finally {
    store.update((s) => (s.dialing = false));
  }
};

// The local platform's caller

const ringMe = async () => {
  note('ring me');
  try {
    const { conversationId = '' } = await ring();
    store.update((s) => (s.localConversationId = conversationId));
  } catch (error) {
    problem(error, 'platform');
  }
};

const callerEnds = async () => {
  const conversationId = localTarget(state);
  if (!conversationId) return;
  note('caller hangs up');
  try {
    await callerHangsUp(conversationId);
    store.update((s) => {
      if (s.localConversationId === conversationId) s.localConversationId = '';
    });
  } catch (error) {
    problem(error, 'platform');
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

const installControls = () => {
  onSubmit('sign-in-form', signIn);
  onSubmit('dial-form', dial);
  onClick('sign-out', signOut);
  onClick('sign-in-cancel', cancelSignIn);
  onClick('answer', answer);
  onClick('decline', decline);
  onClick('mute', () => toggle('mute'));
  onClick('hold', () => toggle('hold'));
  onClick('hang-up', hangUp);
  onClick('ring-me', ringMe);
  onClick('caller-hang-up', callerEnds);
  onClick('keypad-toggle', () => store.update((s) => (s.keypadOpen = !s.keypadOpen)));
  onClick('log-clear', () => store.update((s) => (s.log = [])));
  $('microphone').addEventListener('change', () => void chooseDevice('microphone', $('microphone').value));
  $('speaker').addEventListener('change', () => void chooseDevice('speaker', $('speaker').value));
  $('log-filter').addEventListener('input', () => store.update((s) => (s.logFilter = $('log-filter').value)));
  $('log-kind').addEventListener('change', () => store.update((s) => (s.logKind = $('log-kind').value)));
  $('keys-on').addEventListener('change', () => store.update((s) => (s.shortcuts = $('keys-on').checked)));
  $('dial-number').addEventListener('input', () => store.update((s) => (s.dialNote = '')));
  buildKeypad((key) => {
    $('dial-number').value += key;
    store.update((s) => (s.dialNote = ''));
  });
  installShortcuts(() => state.view === 'desk' && state.shortcuts);
  navigator.mediaDevices?.addEventListener('devicechange', () => void refreshDevices());
};

/** The local platform's offer, if this page is served by it. */
const meetPlatform = async () => {
  const config = await readConfig();
  if (!config) return;
  keepSecret(config.token);
  store.update((s) => {
    s.local = { environment: config.environment, wsHost: config.wsHost ?? '', token: config.token };
    s.user = { id: config.user?.id ?? config.userId ?? '', name: config.user?.name ?? '' };
  });
  fillSignIn(state);
};

const start = async () => {
  installControls();
  const exported = /** @type {any} */ (window).GenesysCloudWebrtcSdk;
  store.update((s) => (s.version = String(exported?.GenesysCloudWebrtcSdk?.VERSION ?? '')));
  if (!exported) problem(Object.assign(new Error('The SDK script could not be loaded.'), { type: 'page' }));
  await meetPlatform();
  document.documentElement.dataset.ready = 'true';
};

void start();
