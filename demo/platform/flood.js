// SPDX-License-Identifier: MIT
// What a supervisor's client hears: notifications of very many conversations, most of them other people's.

import { randomUUID } from 'node:crypto';

/**
 * @typedef {object} FloodOptions
 * @property {number} [conversations] how many there are; default 1000
 * @property {number} [events] how many notifications; default 5000
 * @property {number} [bytes] least size of one body; default 2048
 * @property {boolean} [own] the user takes part in each of them; default false
 * @property {boolean} [ringing] the calls go on ringing, so that a client that takes part knows all of them at once;
 *   default false: each is connected after its first notification
 */

const STATES = /** @type {const} */ (['alerting', 'connected', 'connected', 'connected']);

/** @param {string} purpose @param {number} round @param {string} [userId] */
const member = (purpose, round, userId) => ({
  id: randomUUID(), purpose, name: `Somebody ${round}`, address: 'tel:+13175550100', ...(userId && { userId }),
  calls: [{
    id: randomUUID(), state: STATES[Math.min(round, STATES.length - 1)], direction: 'inbound', muted: false,
    held: round % 2 === 1, confined: false, recording: false, provider: 'Edge',
  }],
});

/**
 * The bodies, conversation after conversation, again and again, each time with something changed.
 * @param {string} userId @param {FloodOptions} [options]
 */
export function* floodOf(userId, {
  conversations = 1000, events = 5000, bytes = 2048, own = false, ringing = false,
} = {}) {
  const ids = Array.from({ length: conversations }, () => randomUUID());
  const members = ids.map(() => [member('customer', 1), member('agent', 0, own ? userId : randomUUID())]);
  for (let index = 0; index < events; index += 1) {
    const at = index % conversations;
    const round = Math.floor(index / conversations);
    const [call] = members[at][1].calls;
    const state = STATES[ringing ? 0 : Math.min(round, STATES.length - 1)];
    Object.assign(call, { state, held: round % 2 === 1 });
    const body = { id: ids[at], maxParticipants: 2, recordingState: 'none', participants: members[at], padding: '' };
    body.padding = 'x'.repeat(Math.max(0, bytes - JSON.stringify(body).length));
    yield structuredClone(body);
  }
}
