// SPDX-License-Identifier: MIT
// What a support desk asks first, as facts and as one text to paste into a ticket. Facts are named members, the log has
// gone through `redact`: neither holds a token, an address of the network or a telephone number.

import { openCalls } from './calls.js';
import { environmentOf } from './environments.js';
import { clock } from './format.js';
import { redact } from './log.js';
import { peerOf } from './media.js';

/** @typedef {import('./store.js').State} State */
/** @typedef {[name: string, value: string][]} Facts */

/**
 * What `sdk.runDiagnostics()` answers.
 * @typedef {object} Diagnosis
 * @property {string} verdict 'pass', 'warn', 'fail' or 'skipped'
 * @property {{ name: string, verdict: string, summary?: string, advice?: string | string[], durationMs?: number,
 *   details?: unknown }[]} sections
 * @property {string} text
 */

const MAX_LOG_LINES = 100;

/** @type {Record<string, string>} */
const CONNECTIONS = {
  'signed-out': 'signed out', connecting: 'connecting', connected: 'connected', reconnecting: 'lost, trying again',
  offline: 'lost',
};

/** @param {number} count @param {string} word */
const counted = (count, word) => `${count} ${word}${count === 1 ? '' : 's'}`;

/** @returns {Promise<string>} whether the browser lets this page have the microphone */
const microphonePermission = async () => {
  try {
    const { state } = await navigator.permissions.query({ name: /** @type {any} */ ('microphone') });
    return { granted: 'allowed', denied: 'blocked', prompt: 'the browser will ask' }[state];
  } catch {
    return 'unknown: this browser does not tell';
  }
};

/** "Chromium 130 on Linux", as the browser says. */
const browserName = () => {
  const data = /** @type {any} */ (navigator).userAgentData;
  const brands = (data?.brands ?? []).filter((/** @type {any} */ { brand }) => !/not.?a.?brand/i.test(brand));
  const last = brands.at(-1);
  return last ? `${last.brand} ${last.version} on ${data.platform || 'an unknown system'}` : navigator.userAgent;
};

/** @param {State} state @returns {string} */
const servers = (state) => {
  const session = openCalls(state).map((call) => call.session).find(Boolean);
  const list = session ? peerOf(session)?.getConfiguration?.().iceServers : undefined;
  return list ? counted(list.length, 'server') : 'known during a call';
};

/** @param {State} state @returns {Promise<Facts>} */
export const collectFacts = async (state) => {
  const { microphones, speakers } = state.devices;
  const all = (await navigator.mediaDevices?.enumerateDevices().catch(() => [])) ?? [];
  const cameras = all.filter(({ kind }) => kind === 'videoinput').length;
  const lines = state.persistent ? 'line kept open' : counted(state.lines, 'line');
  return [
    ['Connection', CONNECTIONS[state.connection]],
    ['Environment', environmentOf(state)],
    ['Station', state.station ? `${state.station}, ${lines}` : 'none'],
    ['Calls', counted(state.calls.length, 'call')],
    ['ICE', servers(state)],
    ['Devices', [counted(microphones.length, 'microphone'), counted(speakers.length, 'speaker'),
      counted(cameras, 'camera')].join(', ')],
    ['Microphone', await microphonePermission()],
    ['SDK', state.version || 'unknown'],
    ['Browser', browserName()],
    ['Page', window.isSecureContext ? 'secure' : 'not secure: browsers give it no microphone'],
  ];
};

/** @param {string | string[] | undefined} advice */
export const adviceWords = (advice) => [advice ?? ''].flat().filter(Boolean).join(' ');

/** @param {State} state @param {Facts} facts @param {Diagnosis | null} diagnosis */
export const reportText = (state, facts, diagnosis) => {
  const log = state.log.slice(0, MAX_LOG_LINES).map(({ at, kind, name, text }) => (
    `${clock(at)} ${kind.padEnd(10)} ${name}${text ? ` · ${text}` : ''}`));
  return redact([
    `Agent desktop, ${new Date().toISOString()}`,
    ...facts.map(([name, value]) => `${`${name}:`.padEnd(13)} ${value}`),
    '', ...(diagnosis ? [diagnosis.text, ''] : []),
    `Events, newest first (${log.length} of ${state.log.length}):`, ...log, '',
  ].join('\n'), Infinity);
};
