// SPDX-License-Identifier: MIT
// Signing in and out: makes the SDK object, lets go of it, and remembers what this tab may remember.

import { $ } from './dom.js';
import { DEFAULT_ENVIRONMENT, OTHER, buildPicker, environmentOf, isLocal, isRegion } from './environments.js';
import { learnStation } from './events.js';
import { fillSignIn } from './frame.js';
import { keepSecret } from './log.js';
import { forgetGrant, goToLogin, keepGrant, keptGrant, openedWith, redirectAddress } from './oauth.js';
import { readConfig } from './platform.js';
import {
  clearLocalValues, credentials, localValues, missing, rememberSignIn, secretField, wasSignedIn,
} from './sign-in.js';
import { initialState } from './store.js';

/** @typedef {import('./store.js').State} State */
/** @typedef {import('./oauth.js').Grant} Grant */

const LEAVE_MS = 3000;
const PLACE = 'agent-desktop:place';
/** What an agent's desk handles; a guest's SDK knows by itself. */
const SESSION_TYPES = ['softphone', 'collaborateVideo', 'screenShare', 'screenRecording'];
/** What outlives a sign-in. @type {(keyof State)[]} */
const KEPT = [
  'alerts', 'log', 'logFilter', 'logKind', 'devices', 'local', 'version', 'shortcuts', 'role', 'online', 'environment',
  'way',
];
const NO_SCRIPT = { type: 'page', message: 'The SDK script could not be loaded.' };

/** The SDK's class, once its core is loaded: old browsers compile it in the background until `loaded`. */
const sdkClass = async () => {
  const exported = /** @type {any} */ (window).GenesysCloudWebrtcSdk;
  const Sdk = exported?.GenesysCloudWebrtcSdk ?? exported?.default;
  if (!Sdk) throw NO_SCRIPT;
  await (Sdk.loaded ?? exported.loaded);
  return Sdk;
};

/** Where this browser signed in last; no secrets. @returns {{ environment?: string, clientId?: string }} */
const lastPlace = () => {
  try {
    return JSON.parse(localStorage.getItem(PLACE) ?? '{}');
  } catch {
    return {};
  }
};

/**
 * @param {object} desk
 * @param {import('./store.js').Store} desk.store
 * @param {(name: string, text?: string) => void} desk.note writes a line into the log
 * @param {(name: string) => void} desk.mark for measuring tools
 * @param {(error: unknown, type?: string) => void} desk.problem shows an error
 * @param {(sdk: any) => void} desk.made called with an SDK object before it is initialized
 * @param {(sdk: any) => void} desk.ready called when the desk is open
 * @param {() => void} desk.leaving called before the SDK object is let go
 * @param {() => void} desk.left called after
 */
export const accountControl = ({ store, note, mark, problem, made, ready, leaving, left }) => {
  const { state } = store;
  /** The SDK in use; null while signed out. @type {any} */
  let sdk = null;
  /** Counts sign-ins, so that one that was given up cannot open the desk later. */
  let attempts = 0;

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

  /**
   * Lets go of the SDK and returns to the sign-in card. Errors stay on the screen. The old instance stays wired
   * until it is destroyed, because the SDK emits an error a moment after it rejects; the wait is bounded.
   */
  const leave = async () => {
    leaving();
    try {
      const patience = new Promise((resolve) => window.setTimeout(resolve, LEAVE_MS));
      await Promise.race([sdk?.destroy(), patience]);
    } catch (error) {
      problem(error);
    }
    sdk = null;
    store.update((s) => {
      const kept = Object.fromEntries(KEPT.map((name) => [name, s[name]]));
      Object.assign(s, initialState(), kept);
    });
    rememberSignIn(false);
    forgetGrant();
    left();
  };

  /** @param {Grant} [grant] what OAuth or this tab's memory gave; default: what is in the form */
  const signIn = async (grant) => {
    const { role } = state;
    const wsHost = grant ? grant.wsHost : $('ws-host').value.trim();
    const { config, opts } = credentials(role, grant);
    const attempt = ++attempts;
    store.update((s) => {
      s.alerts = [];
      s.signInNote = null;
      s.view = 'signing-in';
      s.connection = 'connecting';
      s.user = isLocal(s) && s.local ? s.local.user : { id: '', name: '' };
      s.disableAutoAnswer = !$('auto-answer').checked;
    });
    note('sign in');
    mark('desktop:sign-in');
    try {
      const Sdk = await sdkClass();
      if (attempt !== attempts) return;
      sdk = new Sdk({
        environment: grant ? grant.custom || grant.environment : environmentOf(state),
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
      made(sdk);
      await sdk.initialize(opts);
      if (attempt !== attempts) return;
      store.update((s) => {
        s.view = 'desk';
        s.connection = sdk.connected === false ? s.connection : 'connected';
        if (sdk.station) learnStation(s, sdk.station);
        s.announcement = 'Signed in';
      });
      // The local agent comes back by itself, a token of Genesys Cloud only where the user has asked for it.
      if (grant?.stay) keepGrant(grant);
      rememberSignIn(role === 'agent' && isLocal(state) && !grant);
      await null; // the desk is drawn now, so its heading can take the focus
      $('call-name').focus({ preventScroll: true });
      if (role === 'agent') void learnUser(sdk);
      ready(sdk);
    } catch (error) {
      if (attempt !== attempts) return;
      problem(error, 'initialization');
      await leave();
      $('sign-in').focus();
    }
  };

  /** What the form asks for. */
  const submit = async () => {
    const wanting = missing(state);
    store.update((s) => (s.signInNote = wanting));
    if (wanting) return $(wanting[0]).focus();
    const place = {
      environment: state.environment,
      custom: state.environment === OTHER ? environmentOf(state) : '',
      wsHost: $('ws-host').value.trim(),
      stay: $('stay').checked,
    };
    if (state.role !== 'agent') return signIn();
    const clientId = $('client-id').value.trim();
    if (!isLocal(state)) localStorage.setItem(PLACE, JSON.stringify({ environment: environmentOf(state), clientId }));
    if (state.way === 'oauth') return goToLogin(place, clientId);
    return signIn(place.stay ? { ...place, token: $('access-token').value.trim(), expiresAt: 0 } : undefined);
  };

  /** Gives up a sign-in that waits for an unreachable platform: the SDK itself goes on trying without end. */
  const cancel = async () => {
    attempts += 1;
    note('cancel sign in');
    await leave();
    $('sign-in').focus();
  };

  const fill = async () => {
    try {
      fillSignIn(await localValues(state));
    } catch (error) {
      problem(error, 'platform');
    }
  };

  /** @param {State['role']} role fills in what the local platform has for it */
  const chooseRole = (role) => {
    store.update((s) => Object.assign(s, { role, signInNote: null }));
    return fill();
  };

  /** @param {string} environment a value of the picker */
  const chooseEnvironment = (environment) => {
    const wasLocal = isLocal(state);
    store.update((s) => Object.assign(s, { environment, signInNote: null }));
    if (wasLocal) clearLocalValues();
    return fill();
  };

  const signOut = async () => {
    note('sign out');
    await leave();
    if (isLocal(state)) await fill();
    else $(secretField(state.role)).value = '';
    store.update((s) => (s.alerts = []));
    $('sign-in').focus();
  };

  /** The local platform's offer, if this page is served by it. */
  const meetPlatform = async () => {
    const config = await readConfig();
    if (config) keepSecret(config.token);
    buildPicker(config?.environment);
    const { environment = DEFAULT_ENVIRONMENT, clientId = '' } = lastPlace();
    if (!config) fillSignIn({ 'environment-other': isRegion(environment) ? '' : environment, 'client-id': clientId });
    store.update((s) => {
      s.environment = config ? config.environment : isRegion(environment) ? environment : OTHER;
      s.local = config && {
        environment: config.environment,
        wsHost: config.wsHost ?? '',
        token: config.token,
        organizationId: config.organizationId ?? '',
        clientId: config.clientId ?? '',
        user: { id: config.user?.id ?? config.userId ?? '', name: config.user?.name ?? '' },
      };
    });
    await fill();
  };

  /** Goes on where the page was left: with the answer of a sign-in, or with what this tab has kept. */
  const resume = async () => {
    const given = openedWith();
    const { grant, refusal } = given.grant || given.refusal ? given : keptGrant();
    if (grant) {
      keepSecret(grant.token);
      store.update((s) => Object.assign(s, { environment: grant.environment, way: 'oauth' }));
      $('environment-other').value = grant.custom;
      return signIn(grant);
    }
    if (refusal) problem(refusal);
    // The page was loaded anew in the middle of the work: the local agent goes on without being asked again.
    if (isLocal(state) && wasSignedIn()) return signIn();
  };

  const start = async () => {
    const exported = /** @type {any} */ (window).GenesysCloudWebrtcSdk;
    $('redirect-address').textContent = redirectAddress();
    store.update((s) => (s.version = String(exported?.GenesysCloudWebrtcSdk?.VERSION ?? '')));
    if (!exported) problem(NO_SCRIPT);
    await meetPlatform();
    document.documentElement.dataset.ready = 'true';
    await resume();
  };

  return { sdk: () => sdk, submit, cancel, signOut, chooseRole, chooseEnvironment, start };
};
