// SPDX-License-Identifier: MIT
// Errors as the agent sees them: what happened, and what to do about it.

import { redact } from './log.js';

/** @typedef {import('./store.js').State} State */

const MAX_ALERTS = 3;
/** Reports of one failure arrive closer together than this; a later one is the failure happening again. */
const SAME_FAILURE_MS = 1500;
let nextId = 1;

/** @type {Record<string, string>} */
const HINTS = {
  access_denied: 'Sign in again and allow this page; an administrator decides who may use it.',
  sign_in_state: 'Nothing was signed in. Begin the sign-in on this page.',
  token_expired: 'Sign in again.',
  token_expiring: 'Sign out and in again soon. A call that is under way goes on.',
  invalid_client: 'Check the client id and the environment: each environment has clients of its own.',
  unauthorized_client: 'Choose the grant type Token Implicit for this client, or paste an access token.',
  unsupported_response_type: 'Paste an access token instead.',
  invalid_token: 'The platform refused the access token. Get a new one and sign in again.',
  initialization: 'Check the environment and your network, then sign in again.',
  invalid_options: 'Check what was entered, then try again.',
  http: 'A request to the platform failed. Try again in a moment.',
  not_supported: 'This is not possible with the present call or browser.',
  session: 'The call may already be over. If it is not, try again.',
  call: 'The platform could not carry this out. Try again; if it stays like this, hang up and call back.',
  media: 'Check that a microphone is connected and that this page may use it.',
  platform: 'The local platform did not answer. Check that it is still running.',
  page: 'Reload the page. If that does not help, build the package again.',
  generic: 'Try again. If it happens again, sign out and in.',
};

/** @param {string} type @param {string} name @param {string} message */
const hintFor = (type, name, message) => {
  if (name === 'NotAllowedError' || /permission denied/i.test(message)) {
    return 'Allow the microphone for this page in the browser, then hang up and take the call again.';
  }
  if (name === 'NotFoundError' || name === 'OverconstrainedError') {
    return 'Connect a microphone, or choose another one under Devices.';
  }
  if (message === 'User does not have an effective station') {
    return 'Choose a WebRTC phone as your station, then sign in again.';
  }
  return HINTS[type] ?? HINTS.generic ?? '';
};

/**
 * Shows an error. The SDK reports most failures twice, as a rejected promise and as `sdkError`, and a failed
 * request once more under the type of the step it belonged to: the same message is one alert, under its most
 * telling type.
 * @param {State} state @param {unknown} error @param {string} [fallbackType]
 */
export const showProblem = (state, error, fallbackType = 'generic') => {
  const source = /** @type {{ type?: string, name?: string, message?: string }} */ (Object(error));
  const message = redact(source.message || (typeof error === 'string' ? error : 'Something went wrong'));
  const type = typeof source.type === 'string' && source.type ? source.type : fallbackType;
  const hint = hintFor(type, source.name ?? '', message);
  const known = state.alerts.find((alert) => alert.message === message);
  if (known) {
    if (type !== 'http' && type !== 'generic') Object.assign(known, { type, hint });
    if (Date.now() - known.at > SAME_FAILURE_MS) known.count += 1;
    known.at = Date.now();
    return;
  }
  state.alerts.unshift({ id: nextId++, type, message, hint, count: 1, at: Date.now() });
  if (state.alerts.length > MAX_ALERTS) state.alerts.length = MAX_ALERTS;
};

/** @param {State} state @param {number} id */
export const dismissProblem = (state, id) => {
  state.alerts = state.alerts.filter((alert) => alert.id !== id);
};
