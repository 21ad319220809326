// SPDX-License-Identifier: MIT
// Sign-in with Genesys Cloud by the OAuth implicit grant: the page goes to login.<environment>, which sends it back
// with an access token in the fragment. The page loads this module before everything else, so that the fragment is
// gone from the address, the history and every other script's sight before anything runs.
//
// Implicit is the grant that needs no more than a client id. Genesys Cloud also supports the authorization code grant
// with PKCE, which keeps the token out of addresses: prefer it in an application of yours; the SDK takes either token.

const ASKED = 'agent-desktop:oauth';
const KEPT = 'agent-desktop:token';
const MAX_WAIT_MS = 15 * 60_000;

/**
 * @typedef {object} Place where one asked to be signed in
 * @property {string} environment as chosen in the picker
 * @property {string} custom environment typed in, if that was the choice
 * @property {string} wsHost
 * @property {boolean} stay keep the token in this tab
 */

/** @typedef {Place & { token: string, expiresAt: number }} Grant `expiresAt`: ms since the epoch, 0 unknown */
/** @typedef {{ type: string, message: string }} Refusal */

/** What the errors of RFC 6749 mean to who signs in. @type {Record<string, string>} */
const REFUSALS = {
  access_denied: 'The sign-in was refused.',
  unauthorized_client: 'This client id may not use the implicit grant.',
  invalid_client: 'Genesys Cloud does not know this client id.',
  unsupported_response_type: 'This environment does not offer the implicit grant.',
  invalid_request: 'Genesys Cloud did not understand the sign-in.',
  invalid_scope: 'This client id lacks a scope that was asked for.',
  temporarily_unavailable: 'The sign-in is not available at the moment.',
  server_error: 'The sign-in failed at Genesys Cloud.',
};

const STRANGER = 'This page was opened with the answer to a sign-in that this tab has not begun.';

/** @param {string} key @returns {any} what was stored, and no longer is */
const take = (key) => {
  const text = sessionStorage.getItem(key);
  sessionStorage.removeItem(key);
  try {
    return JSON.parse(text ?? 'null');
  } catch {
    return null;
  }
};

/** Where users of an environment sign in. @param {string} environment */
const loginAddress = (environment) => (
  /^https?:\/\//.test(environment) ? environment.replace(/\/+$/, '') : `https://login.${environment}`);

/** The address that Genesys Cloud sends the user back to; to be registered with the client id. */
export const redirectAddress = () => location.origin + location.pathname;

/** @returns {{ grant?: Grant, refusal?: Refusal }} what the page was opened with, taken out of its address */
const takeAnswer = () => {
  const fragment = new URLSearchParams(location.hash.slice(1));
  const query = new URLSearchParams(location.search);
  // Of errors, some servers speak in the query.
  const answer = fragment.has('access_token') || fragment.has('error') ? fragment
    : query.has('error') ? query : null;
  if (!answer) return {};
  history.replaceState(null, '', location.pathname);
  const asked = take(ASKED);
  // Cross-site request forgery: nobody else may sign this page in, to an account of theirs.
  if (!asked || asked.state !== answer.get('state') || Date.now() - asked.at > MAX_WAIT_MS) {
    return { refusal: { type: 'sign_in_state', message: STRANGER } };
  }
  const token = answer.get('access_token');
  if (!token) {
    const type = answer.get('error') ?? 'server_error';
    return { refusal: { type, message: REFUSALS[type] ?? `Genesys Cloud did not sign you in: ${type}.` } };
  }
  const seconds = Number(answer.get('expires_in')) || 0;
  const { place } = asked;
  return { grant: { ...place, token, expiresAt: seconds ? Date.now() + 1000 * seconds : 0 } };
};

let answer = takeAnswer();

/** What the page was opened with: told once, so that no token outlives its use here. */
export const openedWith = () => {
  const given = answer;
  answer = {};
  return given;
};

/** Leaves the page for the sign-in of an environment. @param {Place} place @param {string} clientId */
export const goToLogin = (place, clientId) => {
  const state = crypto.getRandomValues(new Uint32Array(4)).join('-');
  sessionStorage.setItem(ASKED, JSON.stringify({ state, place, at: Date.now() }));
  const asks = { response_type: 'token', client_id: clientId, redirect_uri: redirectAddress(), state };
  const environment = place.custom || place.environment;
  location.assign(`${loginAddress(environment)}/oauth/authorize?${new URLSearchParams(asks)}`);
};

/** Keeps a token for reloads of this tab: only when the user has asked for it. @param {Grant} grant */
export const keepGrant = (grant) => sessionStorage.setItem(KEPT, JSON.stringify(grant));

export const forgetGrant = () => sessionStorage.removeItem(KEPT);

/** @returns {{ grant?: Grant, refusal?: Refusal }} what this tab has kept, and whether it is still good */
export const keptGrant = () => {
  const grant = take(KEPT);
  if (typeof grant?.token !== 'string') return {};
  if (grant.expiresAt && grant.expiresAt <= Date.now()) {
    return { refusal: { type: 'token_expired', message: 'Your sign-in has expired.' } };
  }
  keepGrant(grant);
  return { grant };
};
