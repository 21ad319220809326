// SPDX-License-Identifier: MIT
// What the events of the SDK and of its sessions do to the state, and who else is told.

import {
  onConnectionState, onConversationUpdate, onPending, onPendingCancelled, onPendingHandled, onRawConversation,
  onSessionEnded, onSessionStarted,
} from './calls.js';
import { SDK_EVENTS, SESSION_EVENTS, addEvent } from './log.js';
import { peerOf } from './media.js';
import { learnNames } from './meeting.js';
import { showProblem } from './problems.js';
import { isCall, isMeeting, isRefusedScreen, onOffer, onOfferOver } from './screens.js';

/** @typedef {import('./store.js').State} State */
/** @typedef {import('./store.js').Session} Session */

/** How long the return of the connection is news. */
const NEWS_MS = 5000;

/** @type {Record<string, string>} why another token is needed */
const TOKEN_WORDS = {
  expiring: 'Your sign-in expires soon.',
  expired: 'Your sign-in has expired.',
  refused: 'The platform no longer takes your access token.',
};

/** @param {State} s @param {any} station */
export const learnStation = (s, station) => {
  s.station = station?.name ?? '';
  s.lines = Number(station?.webRtcCallAppearances ?? 1);
  s.persistent = Boolean(station?.webRtcPersistentEnabled);
};

/** What an event changes in the state, beyond its line in the log.
 * @type {Record<string, (s: State, ...args: any[]) => void>} */
const CHANGES = {
  pendingSession: (s, pending) => (isCall(pending) ? onPending : onOffer)(s, pending),
  cancelPendingSession: (s, event) => {
    onPendingCancelled(s, event);
    onOfferOver(s, event);
  },
  handledPendingSession: (s, event) => {
    onPendingHandled(s, event);
    onOfferOver(s, event);
  },
  sessionStarted: (s, session) => (isCall(session) ? onSessionStarted(s, session)
    : onOfferOver(s, { conversationId: session.conversationId, sessionId: session.id })),
  sessionEnded: (s, session, reason) => {
    if (isCall(session)) onSessionEnded(s, session, reason);
  },
  conversationUpdate: onConversationUpdate,
  conversationUpdateRaw: (s, notification) => {
    onRawConversation(s, notification);
    learnNames(s, notification);
  },
  sdkError: (s, error) => {
    if (!isRefusedScreen(error)) showProblem(s, error);
  },
  tokenExpiring: (s, { reason }) => showProblem(s, {
    type: reason === 'expiring' ? 'token_expiring' : 'token_expired',
    message: TOKEN_WORDS[reason] ?? TOKEN_WORDS.expired,
  }),
  connected: (s, info) => {
    if (info?.reconnect && s.lostAt) s.backAfter = Math.round((Date.now() - s.lostAt) / 1000);
    s.connection = 'connected';
    s.lostAt = 0;
    if (s.backAfter !== null) s.announcement = 'Connected again';
  },
  disconnected: (s, _text, info) => {
    s.connection = info?.reconnecting ? 'reconnecting' : 'offline';
    s.lostAt ||= Date.now();
    s.backAfter = null;
  },
  station: (s, event) => learnStation(s, event?.station),
};

/**
 * @param {object} desk
 * @param {import('./store.js').Store} desk.store
 * @param {() => any} desk.sdk the SDK in use
 * @param {(name: string, detail?: unknown) => void} desk.mark for measuring tools
 * @param {ReturnType<typeof import('./meeting.js').meetingControl>} desk.meetings
 * @param {ReturnType<typeof import('./screens.js').screenControl>} desk.screens
 * @param {() => void} desk.changed called after each event
 * @param {() => void} desk.heard called when sound flows for the first time: devices may have names now
 */
export const eventDesk = ({ store, sdk, mark, meetings, screens, changed, heard }) => {
  const watched = /** @type {WeakSet<Session>} */ (new WeakSet());

  /** @param {Session} session */
  const watch = (session) => {
    if (watched.has(session) || typeof session.on !== 'function') return;
    watched.add(session);
    for (const name of SESSION_EVENTS) {
      session.on(name, (...args) =>
        store.update((s) => {
          addEvent(s, `session.${name}`, args);
          if (name === 'connectionState') onConnectionState(s, session, String(args[0]));
        }),
      );
    }
    // Older releases of the SDK do not report every change of a session's connection; the peer connection does.
    const pc = peerOf(session);
    pc?.addEventListener?.('connectionstatechange', () => {
      if (pc.connectionState === 'connected') {
        mark('desktop:audio');
        heard();
      }
      if (pc.connectionState !== 'closed') store.update((s) => onConnectionState(s, session, pc.connectionState));
    });
  };

  /** @param {any} session */
  const started = (session) => {
    watch(session);
    if (isMeeting(session)) void meetings.started(session);
    else screens.started(session);
  };

  /** @param {string} name @param {any[]} args what an event does beyond the state */
  const follow = (name, args) => {
    if (name === 'cancelPendingSession') screens.forget(args[0]?.conversationId);
    if (name === 'sessionStarted') started(args[0]);
    if (name === 'sessionEnded') (isMeeting(args[0]) ? meetings : screens).ended(args[0]);
    if (name === 'connected' && store.state.backAfter !== null) {
      window.setTimeout(() => store.update((later) => (later.backAfter = null)), NEWS_MS);
    }
  };

  return {
    /** Listens to an SDK object for as long as it is the one in use. @param {any} instance */
    listen(instance) {
      for (const name of SDK_EVENTS) {
        instance.on(name, (/** @type {any[]} */ ...args) => {
          if (instance !== sdk()) return;
          mark(`desktop:${name}`, name === 'sessionEnded' ? args[1]?.condition : undefined);
          store.update((s) => {
            addEvent(s, name, args);
            CHANGES[name]?.(s, ...args);
          });
          follow(name, args);
          changed();
        });
      }
    },
  };
};
