// SPDX-License-Identifier: MIT
// Draws what is around the desk: the top line, the sign-in card, and the banner that says what becomes of a lost
// connection.

import { ringingCall, partyOf } from './calls.js';
import { $, attribute, show, text } from './dom.js';
import { OTHER, isLocal } from './environments.js';
import { duration, initials, partyTitle } from './format.js';

/** @typedef {import('./store.js').State} State */
/** @typedef {import('./store.js').Role} Role */

/** @type {Record<State['connection'], string>} */
const CONNECTION_WORDS = {
  'signed-out': 'Signed out',
  connecting: 'Connecting',
  connected: 'Connected',
  reconnecting: 'Reconnecting',
  offline: 'Offline',
};

/** @type {Record<Role, { intro: string, user: string }>} */
const ROLES = {
  agent: { intro: 'Take and make calls of your Genesys Cloud organization in this browser.', user: 'Agent' },
  guest: { intro: 'Enter the id of the organization and the security code an agent gave you.', user: 'Guest' },
  jwt: { intro: 'Enter the region of your organization and a JSON Web Token.', user: 'Token holder' },
};

/** @type {Record<Role, string>} */
const OFFERS = {
  agent: 'an access token',
  guest: 'an organization and a fresh security code',
  jwt: 'a fresh JWT',
};

const FIELDS = ['environment-other', 'access-token', 'client-id', 'organization-id', 'security-code', 'jwt'];

/** What the banner says, and how urgent it is. @param {State} state @returns {{ words: string, tone: string }} */
export const bannerWords = (state) => {
  const talking = state.calls.some((call) => call.session) ? ' Your call goes on: its audio takes another path.' : '';
  const seconds = state.lostAt ? Math.max(0, Math.round((Date.now() - state.lostAt) / 1000)) : 0;
  const since = seconds > 1 ? ` for ${seconds < 60 ? `${seconds} seconds` : duration(seconds)}` : '';
  if (state.connection === 'offline') {
    return { words: 'Disconnected from the platform. Sign out and in again to take calls.', tone: 'offline' };
  }
  if (state.connection === 'reconnecting') {
    const words = state.online ? `The connection to the platform has been lost${since}. Trying again by itself.`
      : `This computer is offline${since}. Connecting again as soon as the network is back.`;
    return { words: words + talking, tone: 'reconnecting' };
  }
  if (state.backAfter !== null) {
    const gone = state.backAfter < 60 ? `${state.backAfter} s` : duration(state.backAfter);
    return { words: `Connected again after ${gone}. New calls reach you.`, tone: 'back' };
  }
  return { words: '', tone: '' };
};

/** @param {State} state */
export const drawBanner = (state) => {
  const { words, tone } = state.view === 'desk' ? bannerWords(state) : { words: '', tone: '' };
  show('connection-banner', words !== '');
  attribute('connection-banner', 'data-state', tone);
  text('connection-banner-text', words);
};

/** @param {State} state */
const drawTop = (state) => {
  const { role } = state;
  const name = (role === 'guest' ? '' : state.user.name) || ROLES[role].user;
  const lines = state.persistent ? 'line kept open' : state.lines > 1 ? `${state.lines} lines` : '';
  text('connection', CONNECTION_WORDS[state.connection]);
  attribute('connection-pill', 'data-state', state.connection);
  show('station-pill', role === 'agent');
  text('station', state.station || 'None');
  text('station-lines', state.station && lines ? ` · ${lines}` : '');
  attribute('station-pill', 'data-state', state.station ? 'associated' : 'none');
  text('user', name);
  text('user-initials', initials(name));
};

/** @param {State} state */
const drawSignIn = (state) => {
  const busy = state.view === 'signing-in';
  const { role, way, signInNote } = state;
  const agent = role === 'agent';
  const oauth = agent && way === 'oauth';
  $('sign-in').disabled = busy;
  text('sign-in', busy ? 'Signing in…' : oauth ? 'Sign in with Genesys Cloud' : 'Sign in');
  attribute('sign-in-form', 'aria-busy', String(busy));
  attribute('sign-in-form', 'data-role', role);
  show('sign-in-cancel', busy);
  $(`role-${role}`).checked = true;
  $(`way-${way}`).checked = true;
  $('environment').value = state.environment;
  show('environment-other-field', state.environment === OTHER);
  show('ways', agent);
  show('token-fields', agent && !oauth);
  show('oauth-fields', oauth);
  show('stay-field', agent);
  show('guest-fields', role === 'guest');
  show('jwt-fields', role === 'jwt');
  show('sign-in-note', signInNote !== null);
  text('sign-in-note', signInNote?.[1] ?? '');
  for (const id of FIELDS) attribute(id, 'aria-invalid', String(signInNote?.[0] === id));
  const offer = `The local platform has filled in ${oauth ? 'a client id' : OFFERS[role]}.`;
  text('sign-in-intro', isLocal(state) ? offer : ROLES[role].intro);
  text('sdk-version', state.version ? `SDK ${state.version}` : '');
};

/** What is read out at once. @param {State} state */
const urgentWords = (state) => {
  const call = state.view === 'desk' ? ringingCall(state) : undefined;
  if (call) return `Incoming call from ${partyTitle(partyOf(state, call.conversationId))}`;
  return state.view === 'desk' && state.lostAt ? 'The connection to the platform is lost' : '';
};

/** @param {State} state */
export const drawFrame = (state) => {
  const desk = state.view === 'desk';
  const local = isLocal(state);
  document.body.dataset.view = state.view;
  document.body.dataset.role = state.role;
  show('sign-in-view', !desk);
  show('desk-view', desk);
  show('top-facts', desk);
  text('announcer', state.announcement);
  text('urgent', urgentWords(state));
  show('local-badge', local);
  show('local-card', local && state.role === 'agent');
  show('key-ring-me', local);
  drawTop(state);
  drawSignIn(state);
  drawBanner(state);
};

/** Fills the sign-in form with what the local platform offers. @param {Partial<Record<string, string>>} values by id */
export const fillSignIn = (values) => {
  for (const [id, value] of Object.entries(values)) if (value !== undefined) $(id).value = value;
};
