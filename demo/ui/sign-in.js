// SPDX-License-Identifier: MIT
// As whom one signs in: what the SDK's constructor and `initialize()` take for each. Secrets stay in the form; only
// that the local platform's agent was signed in is remembered, for a reload of the page.

import { $ } from './dom.js';
import { keepSecret } from './log.js';
import { newCode, newJwt } from './platform.js';

/** @typedef {import('./store.js').Role} Role */
/** @typedef {import('./store.js').State} State */

const REMEMBERED = 'agent-desktop:signed-in';

/** @param {string} id @returns {string} what was entered */
const entered = (id) => $(id).value.trim();

/**
 * @param {Role} role
 * @returns {{ config: Record<string, unknown>, opts: unknown }} members of the configuration; `initialize()`'s argument
 */
export const credentials = (role) => {
  if (role === 'guest') {
    const securityCode = entered('security-code');
    keepSecret(securityCode);
    return { config: { organizationId: entered('organization-id') }, opts: { securityCode } };
  }
  const name = role === 'jwt' ? 'jwt' : 'accessToken';
  const secret = entered(role === 'jwt' ? 'jwt' : 'access-token');
  keepSecret(secret);
  return { config: { [name]: secret }, opts: undefined };
};

/** Where the secret of a role is entered. @param {Role} role */
export const secretField = (role) => (
  role === 'guest' ? 'security-code' : role === 'jwt' ? 'jwt' : 'access-token');

/**
 * What the local platform fills in for this role; a code and a JWT are made when they are needed.
 * @param {State} state @returns {Promise<Record<string, string>>} values by the id of their field
 */
export const localValues = async (state) => {
  const { local, role } = state;
  if (!local) return {};
  const common = { environment: local.environment, 'ws-host': local.wsHost };
  if (role === 'guest') {
    return { ...common, 'organization-id': local.organizationId, 'security-code': (await newCode()).code };
  }
  if (role === 'jwt') return { ...common, jwt: (await newJwt()).jwt };
  return { ...common, 'access-token': local.token };
};

/** Remembers within this tab that the local agent is signed in, or no longer is. @param {boolean} on */
export const rememberSignIn = (on) => {
  if (on) window.sessionStorage.setItem(REMEMBERED, 'yes');
  else window.sessionStorage.removeItem(REMEMBERED);
};

/** Whether this tab was signed in when the page was left. */
export const wasSignedIn = () => window.sessionStorage.getItem(REMEMBERED) === 'yes';
