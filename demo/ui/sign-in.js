// SPDX-License-Identifier: MIT
// As whom one signs in: what the SDK's constructor and `initialize()` take for each, what is missing in the form,
// and what the local platform fills in. Of the local agent it is remembered that it was signed in, for a reload.

import { $ } from './dom.js';
import { OTHER, environmentOf, isLocal } from './environments.js';
import { keepSecret } from './log.js';
import { newCode, newJwt } from './platform.js';

/** @typedef {import('./store.js').Role} Role */
/** @typedef {import('./store.js').State} State */

const REMEMBERED = 'agent-desktop:signed-in';

/** @param {string} id @returns {string} what was entered */
const entered = (id) => $(id).value.trim();

/** @param {State} state @returns {[id: string, text: string] | null} what the form still needs: field and sentence */
export const missing = (state) => {
  const { role, way } = state;
  const oauth = role === 'agent' && way === 'oauth';
  if (state.environment === OTHER && !/^(https?:\/\/)?[\w-]+(\.[\w-]+)*(:\d+)?$/.test(environmentOf(state))) {
    return ['environment-other', 'Enter the domain of your environment, such as mypurecloud.com.'];
  }
  if (oauth) return entered('client-id') ? null : ['client-id', 'Enter the client id of an OAuth client first.'];
  if (role === 'agent' && !entered('access-token')) return ['access-token', 'Enter an access token first.'];
  if (role === 'jwt' && !entered('jwt')) return ['jwt', 'Enter a JSON Web Token first.'];
  if (role === 'guest' && !entered('organization-id')) return ['organization-id', 'Enter the organization first.'];
  if (role === 'guest' && !entered('security-code')) return ['security-code', 'Enter the security code first.'];
  return null;
};

/**
 * @param {Role} role @param {import('./oauth.js').Grant} [grant] an agent's token that is not in the form
 * @returns {{ config: Record<string, unknown>, opts: unknown }} members of the configuration; `initialize()`'s argument
 */
export const credentials = (role, grant) => {
  if (grant) {
    keepSecret(grant.token);
    const { token: accessToken, expiresAt } = grant;
    return { config: { accessToken, ...(expiresAt && { accessTokenExpiresAt: expiresAt }) }, opts: undefined };
  }
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
  if (!local || !isLocal(state)) return {};
  const common = { 'ws-host': local.wsHost, 'client-id': local.clientId };
  if (role === 'guest') {
    return { ...common, 'organization-id': local.organizationId, 'security-code': (await newCode()).code };
  }
  if (role === 'jwt') return { ...common, jwt: (await newJwt()).jwt };
  return { ...common, 'access-token': local.token };
};

/** Takes what the local platform had filled in out of the form: another environment knows none of it. */
export const clearLocalValues = () => {
  for (const id of ['ws-host', 'client-id', 'access-token', 'organization-id', 'security-code', 'jwt']) {
    $(id).value = '';
  }
};

/** Remembers within this tab that the local agent is signed in, or no longer is. @param {boolean} on */
export const rememberSignIn = (on) => {
  if (on) window.sessionStorage.setItem(REMEMBERED, 'yes');
  else window.sessionStorage.removeItem(REMEMBERED);
};

/** Whether this tab was signed in when the page was left. */
export const wasSignedIn = () => window.sessionStorage.getItem(REMEMBERED) === 'yes';
