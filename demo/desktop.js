// SPDX-License-Identifier: MIT
// The agent desktop: joins the SDK's events, the state and the controls. It uses the public package only,
// through the global of the script tag, so it is also an example of how an application is written against it.

import {
  currentCall,
  onConnectionState,
  onConversationUpdate,
  onPending,
  onPendingCancelled,
  onPendingHandled,
  onRawConversation,
  onSessionEnded,
  onSessionStarted,
} from './ui/calls.js';
import { callControl } from './ui/control.js';
import { $ } from './ui/dom.js';
import { drawBanner, fillSignIn } from './ui/frame.js';
import { headsetDesk } from './ui/headset.js';
import { installShortcuts } from './ui/keys.js';
import { SDK_EVENTS, SESSION_EVENTS, addEvent, addLine, keepSecret } from './ui/log.js';
import { installLocal } from './ui/local.js';
import { listDevices, sample } from './ui/media.js';
import { learnNames, meetingControl } from './ui/meeting.js';
import { drawMeetingTimer } from './ui/meeting-view.js';
import { readConfig } from './ui/platform.js';
import { createDeviceCard } from './ui/devices.js';
import { dismissProblem, showProblem } from './ui/problems.js';
import { qualityPanel } from './ui/quality.js';
import { isCall, isMeeting, isRefusedScreen, onOffer, onOfferOver, screenControl } from './ui/screens.js';
import { credentials, localValues, rememberSignIn, secretField, wasSignedIn } from './ui/sign-in.js';
import { Store, initialState } from './ui/store.js';
import { buildKeypad, draw, drawTimer } from './ui/view.js';

/** @typedef {import('./ui/store.js').State} State */
/** @typedef {import('./ui/store.js').Session} Session */

const SAMPLE_MS = 500;
const LEAVE_MS = 3000;
/** How long the return of the connection is news. */
const NEWS_MS = 5000;
/** What an agent's desk handles; a guest's SDK knows by itself. */
const SESSION_TYPES = ['softphone', 'collaborateVideo', 'screenShare', 'screenRecording'];

/** The SDK in use; null while signed out. @type {any} */
let sdk = null;
let sampler = 0;
/** Redraws the banner while the connection is lost. */
let lostClock = 0;
/** Counts sign-ins, so that one that was given up cannot open the desk later. */
let attempts = 0;
const watched = /** @type {WeakSet<Session>} */ (new WeakSet());

const store = new Store(initialState(), (state) => draw(state, {
  select, dismiss, resume: (id) => void calls.resume(id), hangUp: (id) => void calls.hangUp(id),
}));
const { state } = store;
const deviceCard = createDeviceCard({ problem: (error, area) => problem(error, area) });
const quality = qualityPanel($('quality-panel'), () => currentCall(state)?.conversationId);

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

const calls = callControl({ store, sdk: () => sdk, note, mark, problem, settled: () => followCalls() });

const meetings = meetingControl({ store, sdk: () => sdk, note, problem, changed: () => followCalls() });
const screens = screenControl({ store, sdk: () => sdk, note, problem, meet: meetings.accept });

const headset = headsetDesk({ note, problem, microphone: () => state.devices.microphone });

// Events of the SDK

/** What an event changes in the state, beyond its line in the log.
 * @type {Record<string, (s: State, ...args: any[]) => void>} */
const CHANGES = {
  pendingSession: (s, pending) => (isCall(pending) ? onPending : onOffer)(s, pending),
  cancelPendingSession: (s, event) => {
    onPendingCancelled(s, event);
    onOfferOver(s, event);
  },
  handledPendingSession: (s, event) => {
    onPendingHandled(s, event);
    onOfferOver(s, event);
  },
  sessionStarted: (s, session) => (isCall(session) ? onSessionStarted(s, session)
    : onOfferOver(s, { conversationId: session.conversationId, sessionId: session.id })),
  sessionEnded: (s, session, reason) => {
    if (isCall(session)) onSessionEnded(s, session, reason);
  },
  conversationUpdate: onConversationUpdate,
  conversationUpdateRaw: (s, notification) => {
    onRawConversation(s, notification);
    learnNames(s, notification);
  },
  sdkError: (s, error) => {
    if (!isRefusedScreen(error)) showProblem(s, error);
  },
  connected: (s, info) => {
    if (info?.reconnect && s.lostAt) s.backAfter = Math.round((Date.now() - s.lostAt) / 1000);
    s.connection = 'connected';
    s.lostAt = 0;
    if (s.backAfter === null) return;
    s.announcement = 'Connected again';
    window.setTimeout(() => store.update((later) => (later.backAfter = null)), NEWS_MS);
  },
  disconnected: (s, _text, info) => {
    s.connection = info?.reconnecting ? 'reconnecting' : 'offline';
    s.lostAt ||= Date.now();
    s.backAfter = null;
    if (s.view === 'desk') s.announcement = 'The connection to the platform is lost';
  },
  station: (s, event) => learnStation(s, event?.station),
};

/** @param {State} s @param {any} station */
const learnStation = (s, station) => {
  s.station = station?.name ?? '';
  s.lines = Number(station?.webRtcCallAppearances ?? 1);
  s.persistent = Boolean(station?.webRtcPersistentEnabled);
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

/** @param {any} session */
const onStarted = (session) => {
  watchSession(session);
  if (isMeeting(session)) void meetings.started(session);
  else screens.started(session);
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
      if (name === 'cancelPendingSession') screens.forget(args[0]?.conversationId);
      if (name === 'sessionStarted') onStarted(args[0]);
      if (name === 'sessionEnded') (isMeeting(args[0]) ? meetings : screens).ended(args[0]);
      followCalls();
      followConnection();
    });
  }
  instance.media?.on?.('state', refreshDevices);
  quality.listen(instance);
};

// Clock and meters: they run only while there is a call.

const measure = async () => {
  drawTimer(state);
  drawMeetingTimer(state);
  quality.draw();
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
  const { role } = state;
  const wsHost = $('ws-host').value.trim();
  const { config, opts } = credentials(role);
  const attempt = ++attempts;
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
      environment: $('environment').value.trim(),
      ...config,
      ...(wsHost ? { wsHost } : {}),
      ...(role === 'agent' ? { allowedSessionTypes: SESSION_TYPES } : {}),
      disableAutoAnswer: state.disableAutoAnswer,
      optOutOfTelemetry: true,
      logLevel: 'warn',
      originAppName: 'agent-desktop',
      defaults: {
        audioDeviceId: state.devices.microphone || null,
        outputDeviceId: state.devices.speaker || null,
      },
    });
    wire(sdk);
    deviceCard.use(sdk);
    headset.wire(sdk);
    await sdk.initialize(opts);
    if (attempt !== attempts) return;
    store.update((s) => {
      s.view = 'desk';
      s.connection = sdk.connected === false ? s.connection : 'connected';
      if (sdk.station) learnStation(s, sdk.station);
      s.announcement = 'Signed in';
    });
    rememberSignIn(role === 'agent' && state.local !== null);
    await null; // the desk is drawn now, so its heading can take the focus
    $('call-name').focus({ preventScroll: true });
    if (role === 'agent') void learnUser(sdk);
    void refreshDevices();
    void headset.ready();
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
  deviceCard.use();
  screens.forget();
  try {
    const patience = new Promise((resolve) => window.setTimeout(resolve, LEAVE_MS));
    await Promise.race([sdk?.destroy(), patience]);
  } catch (error) {
    problem(error);
  }
  sdk = null;
  store.update((s) => {
    const { alerts, log, logFilter, logKind, devices, local, user, version, shortcuts, role, online } = s;
    const kept = { alerts, log, logFilter, logKind, devices, local, version, shortcuts, role, online };
    Object.assign(s, initialState(), kept);
    if (local) s.user = user;
  });
  rememberSignIn(false);
  followCalls();
  followConnection();
};

const signOut = async () => {
  note('sign out');
  await leave();
  if (state.local) await chooseRole(state.role);
  else $(secretField(state.role)).value = '';
  dismissAll();
  $('sign-in').focus();
};

/** @param {import('./ui/store.js').Role} role fills in what the local platform has for it */
const chooseRole = async (role) => {
  store.update((s) => (s.role = role));
  try {
    fillSignIn(await localValues(state));
  } catch (error) {
    problem(error, 'platform');
  }
};

const dismissAll = () => store.update((s) => (s.alerts = []));

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
  onSubmit('dial-form', calls.dial);
  onClick('sign-out', signOut);
  onClick('sign-in-cancel', cancelSignIn);
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
  installLocal(store, note, problem);
  for (const role of /** @type {const} */ (['agent', 'guest', 'jwt'])) {
    $(`role-${role}`).addEventListener('change', () => void chooseRole(role));
  }
  for (const name of ['online', 'offline']) {
    window.addEventListener(name, () => store.update((s) => (s.online = navigator.onLine)));
  }
  onClick('keypad-toggle', () => store.update((s) => (s.keypadOpen = !s.keypadOpen)));
  onClick('log-clear', () => store.update((s) => (s.log = [])));
  $('microphone').addEventListener('change', () => void chooseDevice('microphone', $('microphone').value));
  $('speaker').addEventListener('change', () => void chooseDevice('speaker', $('speaker').value));
  $('meeting-id').addEventListener('input', () => store.update((s) => (s.meetingNote = '')));
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
    s.local = {
      environment: config.environment,
      wsHost: config.wsHost ?? '',
      token: config.token,
      organizationId: config.organizationId ?? '',
    };
    s.user = { id: config.user?.id ?? config.userId ?? '', name: config.user?.name ?? '' };
  });
  await chooseRole('agent');
};

const start = async () => {
  installControls();
  const exported = /** @type {any} */ (window).GenesysCloudWebrtcSdk;
  store.update((s) => (s.version = String(exported?.GenesysCloudWebrtcSdk?.VERSION ?? '')));
  if (!exported) problem(Object.assign(new Error('The SDK script could not be loaded.'), { type: 'page' }));
  await meetPlatform();
  document.documentElement.dataset.ready = 'true';
  // The page was loaded anew in the middle of the work: the local agent goes on without being asked again.
  if (state.local && wasSignedIn()) await signIn();
};

void start();
