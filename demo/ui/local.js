// SPDX-License-Identifier: MIT
// The card of the local platform: the caller at the other end, the agent's lines, and a network that can be lost.

import { $ } from './dom.js';
import { callerHangsUp, changeStation, invite, loseNetwork, record, ring } from './platform.js';
import { localTarget } from './view.js';

/** @typedef {import('./store.js').Store} Store */

/** How long the network stays away, so that the page can be watched meanwhile. */
const LOST_SECONDS = 6;

/** @type {Record<string, { lines: number, persistent: boolean }>} */
const LINES = {
  one: { lines: 1, persistent: false },
  two: { lines: 2, persistent: false },
  kept: { lines: 1, persistent: true },
};

/**
 * @param {Store} store
 * @param {(name: string, text?: string) => void} note writes a line into the log
 * @param {(error: unknown, type?: string) => void} problem shows an error
 */
export const installLocal = (store, note, problem) => {
  /** @param {string} name @param {() => Promise<unknown>} action */
  const act = async (name, action) => {
    note(name);
    try {
      await action();
    } catch (error) {
      problem(error, 'platform');
    }
  };

  const ringMe = async () => {
    const { conversationId = '' } = await ring();
    store.update((state) => (state.localConversationId = conversationId));
  };

  const callerEnds = async () => {
    const conversationId = localTarget(store.state);
    if (!conversationId) return;
    await callerHangsUp(conversationId);
    store.update((state) => {
      if (state.localConversationId === conversationId) state.localConversationId = '';
    });
  };

  $('ring-me').addEventListener('click', () => void act('ring me', ringMe));
  $('caller-hang-up').addEventListener('click', () => void act('caller hangs up', callerEnds));
  $('lose-network').addEventListener('click', () => void act('lose the network', () => loseNetwork(LOST_SECONDS)));
  $('invite-me').addEventListener('click', () => void act('invite me', invite));
  $('record-me').addEventListener('click', () => {
    const on = !store.state.recordings.length;
    void act(on ? 'record me' : 'stop the recording', () => record(on));
  });
  $('local-lines').addEventListener('change', () => {
    const wanted = LINES[$('local-lines').value];
    if (wanted) void act('change station', () => changeStation(wanted));
  });
};
