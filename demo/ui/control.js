// SPDX-License-Identifier: MIT
// What an agent does with calls: each function asks the SDK for it, shows that it is under way, and what went wrong.

import { $ } from './dom.js';
import { currentCall, endCall, findCall, onDialed, openCalls, otherCall, ringingCall } from './calls.js';

/** @typedef {import('./store.js').State} State */

/**
 * @param {object} desk
 * @param {import('./store.js').Store} desk.store
 * @param {() => any} desk.sdk the SDK in use
 * @param {(name: string, text?: string) => void} desk.note writes a line into the log
 * @param {(name: string) => void} desk.mark for measuring tools
 * @param {(error: unknown, type?: string) => void} desk.problem shows an error
 * @param {() => void} desk.settled called when a call has ended here
 */
export const callControl = ({ store, sdk, note, mark, problem, settled }) => {
  const { state } = store;

  const answer = async () => {
    const call = ringingCall(state);
    if (!call) return;
    const { conversationId } = call;
    note('answer');
    mark('desktop:answer');
    store.update((s) => {
      call.answered = true;
      s.selectedId = conversationId;
    });
    const others = openCalls(state).filter((open) => open !== call && open.callState === 'connected' && !open.held);
    try {
      await sdk().acceptPendingSession({ conversationId });
      // With several lines the SDK holds the others, and a station with one line does so by itself.
      if (others.length) store.update((s) => (s.announcement = 'Answered; the other call is on hold'));
    } catch (error) {
      store.update(() => (call.answered = false));
      problem(error, 'session');
    }
  };

  const decline = async () => {
    const call = ringingCall(state);
    if (!call || call.ending) return;
    const { conversationId } = call;
    note('decline');
    store.update(() => (call.ending = true));
    try {
      await sdk().rejectPendingSession({ conversationId });
      store.update((s) => endCall(s, conversationId, 'You declined it'));
      settled();
    } catch (error) {
      store.update(() => (call.ending = false));
      problem(error, 'session');
    }
  };

  /** Ends a call; pressed again while it is ending, ends the session without waiting for the platform.
   * @param {string} [id] default: the one in the call card */
  const hangUp = async (id) => {
    const call = id ? findCall(state, id) : currentCall(state);
    if (!call) return;
    const { conversationId, session } = call;
    const force = call.ending && session;
    note(force ? 'end now' : 'hang up');
    store.update(() => (call.ending = true));
    try {
      if (force) await sdk().forceTerminateSession(session.id);
      else await sdk().endSession({ conversationId });
      store.update((s) => endCall(s, conversationId, 'You hung up'));
      settled();
    } catch (error) {
      if (!findCall(state, conversationId)) return;
      store.update(() => (call.ending = false));
      problem(error, 'session');
    }
  };

  /** One does not wait for the other: who mutes may hold at once. @param {'mute' | 'hold'} control */
  const toggle = async (control) => {
    const call = currentCall(state);
    if (!call || call.busy === control) return;
    const { conversationId } = call;
    const wanted = control === 'mute' ? !call.muted : !call.held;
    note(`${wanted ? '' : 'un'}${control}`);
    store.update(() => (call.busy = control));
    try {
      if (control === 'mute') await sdk().setAudioMute({ conversationId, mute: wanted });
      else await sdk().setConversationHeld({ conversationId, held: wanted });
    } catch (error) {
      problem(error, 'call');
    } finally {
      if (call.busy === control) store.update(() => (call.busy = ''));
    }
  };

  /** Speaks with another call: resuming it holds the one that speaks now. @param {string | undefined} id */
  const resume = async (id) => {
    const call = findCall(state, id);
    if (!call || call.busy) return;
    const { conversationId } = call;
    note('resume');
    store.update((s) => {
      call.busy = 'hold';
      s.selectedId = conversationId;
    });
    try {
      if (call.held) await sdk().setConversationHeld({ conversationId, held: false });
      store.update((s) => (s.announcement = 'Swapped'));
    } catch (error) {
      problem(error, 'call');
    } finally {
      store.update(() => (call.busy = ''));
    }
  };

  const swap = () => resume(otherCall(state)?.conversationId);

  const dial = async () => {
    const typed = $('dial-number').value.trim();
    const phoneNumber = typed.startsWith('sip:') ? typed : typed.replace(/[\s().-]/g, '');
    if (!phoneNumber) {
      store.update((s) => (s.dialNote = 'Enter a phone number first.'));
      $('dial-number').focus();
      return;
    }
    note('dial');
    store.update((s) => {
      s.dialNote = '';
      s.dialing = true;
    });
    try {
      const { id } = await sdk().startSoftphoneSession({ phoneNumber });
      store.update((s) => {
        onDialed(s, id, { name: '', number: phoneNumber });
        s.announcement = 'Calling';
      });
      $('dial-number').value = '';
    } catch (error) {
      problem(error, 'call');
    } finally {
      store.update((s) => (s.dialing = false));
    }
  };

  return { answer, decline, hangUp, toggle, resume, swap, dial };
};
