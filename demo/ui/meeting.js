// SPDX-License-Identifier: MIT
// Video meetings: joining, being invited, mute, camera, screen, leaving. As with calls, the SDK is asked, and what it
// then tells is drawn; the page itself only finds out whose picture is its own.

import { $ } from './dom.js';
import { MEETING, chooseScreen, isRefusedScreen } from './screens.js';

/** @typedef {import('./store.js').State} State */
/** @typedef {import('./store.js').Meeting} Meeting */

/** What the user sends as a picture: camera or screen. @param {Meeting} meeting @returns {MediaStreamTrack | null} */
export const ownPicture = ({ session }) => {
  const tracks = session?.pc?.getSenders?.().map((/** @type {RTCRtpSender} */ { track }) => track) ?? [];
  return tracks.find((/** @type {MediaStreamTrack | null} */ track) => (
    track?.kind === 'video' && track.readyState === 'live')) ?? null;
};

/** @param {State} state @param {any} notification raw: the only one that carries names */
export const learnNames = ({ meeting }, notification) => {
  const body = notification?.eventBody;
  if (!meeting || body?.id !== meeting.conversationId || !Array.isArray(body.participants)) return;
  for (const { id, name } of body.participants) if (id && name) meeting.names.set(id, String(name));
};

/**
 * @param {object} desk
 * @param {import('./store.js').Store} desk.store
 * @param {() => any} desk.sdk the SDK in use
 * @param {(name: string, text?: string) => void} desk.note writes a line into the log
 * @param {(error: unknown, type?: string) => void} desk.problem shows an error
 * @param {() => void} desk.changed called when a meeting has begun or ended
 */
export const meetingControl = ({ store, sdk, note, problem, changed }) => {
  const { state } = store;
  /** Conversation of the newest session, which may be told before `startVideoMeeting` resolves. */
  let newest = '';
  /** Conversation that was left before its session came. */
  let abandoned = '';
  /** What the agent called the place. */
  let place = '';

  /** @param {string} conversationId @returns {Meeting} */
  const open = (conversationId) => {
    const { meeting } = state;
    if (meeting?.conversationId === conversationId) return meeting;
    /** @type {Meeting} */
    const opened = {
      conversationId, title: place || 'Meeting', session: null, connected: false, connectedAt: 0, people: [],
      names: new Map(), seen: '', seenScreen: false, sharing: false, busy: '', leaving: false,
    };
    store.update((s) => {
      s.meeting = opened;
      s.meetingNote = '';
    });
    changed();
    return opened;
  };

  const join = async () => {
    const wanted = $('meeting-id').value.trim();
    if (!wanted) {
      store.update((s) => (s.meetingNote = 'Enter a meeting id or the address of a room first.'));
      $('meeting-id').focus();
      return;
    }
    note('join meeting');
    place = wanted.includes('@') ? wanted.slice(0, wanted.indexOf('@')) : `Meeting ${wanted}`;
    store.update((s) => Object.assign(s, { joining: true, meetingNote: '' }));
    try {
      const { conversationId } = wanted.includes('@')
        ? await sdk().startVideoConference(wanted.toLowerCase()) : await sdk().startVideoMeeting(wanted);
      if (conversationId !== newest) open(conversationId);
    } catch (error) {
      problem(error, 'call');
    } finally {
      store.update((s) => (s.joining = false));
    }
  };

  const leave = async () => {
    const { meeting } = state;
    if (!meeting || meeting.leaving) return;
    const { conversationId } = meeting;
    note('leave meeting');
    if (!meeting.session) {
      abandoned = conversationId;
      store.update((s) => (s.meeting = null));
      changed();
      return;
    }
    store.update(() => (meeting.leaving = true));
    try {
      await sdk().endSession({ conversationId, sessionType: MEETING });
    } catch (error) {
      store.update(() => (meeting.leaving = false));
      problem(error, 'session');
    }
  };

  /** Takes part in what was offered; one meeting at a time. @param {string} conversationId */
  const accept = async (conversationId) => {
    note('join meeting');
    place = '';
    if (state.meeting) await leave();
    await sdk().acceptPendingSession({ conversationId, sessionType: MEETING });
  };

  /** @param {Meeting} meeting @param {any} session */
  const watch = (meeting, session) => {
    const { pc } = session;
    const connected = () => store.update(() => {
      meeting.connected = pc?.connectionState === 'connected';
      if (meeting.connected) meeting.connectedAt ||= Date.now();
    });
    pc?.addEventListener?.('connectionstatechange', connected);
    session.on('participantsUpdate', (/** @type {any} */ update) => store.update(() => {
      meeting.people = update.activeParticipants.map((/** @type {any} */ person) => ({ ...person }));
    }));
    session.on('memberStatusUpdate', (/** @type {any} */ { params }) => {
      const stream = params?.incomingStreams?.[0];
      if (!params?.incomingStreams) return;
      store.update(() => {
        meeting.seen = String(stream?.source?.participantId ?? '');
        meeting.seenScreen = stream?.contentType === 'screenshare';
      });
    });
  };

  /** @param {any} session of a meeting; it is answered with the elements of the page */
  const started = async (session) => {
    const { conversationId } = session;
    newest = conversationId;
    if (abandoned === conversationId) {
      abandoned = '';
      await sdk().endSession({ conversationId, sessionType: MEETING }).catch(problem);
      return;
    }
    const meeting = open(conversationId);
    store.update(() => (meeting.session = session));
    watch(meeting, session);
    try {
      // The picture brings no sound along: that is played by an element of its own.
      await sdk().acceptSession({
        conversationId, sessionType: MEETING, audioElement: new Audio(), videoElement: $('meeting-video'),
      });
      store.update((s) => (s.announcement = `You are in ${meeting.title}`));
      $('meeting-name').focus({ preventScroll: true });
    } catch (error) {
      problem(error, 'media');
      await leave();
    }
  };

  /** @param {any} session that has ended */
  const ended = (session) => {
    const { meeting } = state;
    if (!meeting || meeting.session !== session) return;
    store.update((s) => {
      s.meeting = null;
      s.meetingNote = meeting.leaving ? 'You left the meeting.' : 'The meeting has ended.';
      s.announcement = s.meetingNote;
    });
    changed();
  };

  /** @param {Meeting} meeting @param {'sound' | 'camera' | 'screen'} what is turned on or off */
  const change = async (meeting, what) => {
    const { conversationId, session } = meeting;
    if (what === 'sound') {
      await sdk().setAudioMute({ conversationId, mute: !session.audioMuted });
    } else if (what === 'camera') {
      await sdk().setVideoMute({ conversationId, mute: !session.videoMuted });
    } else if (meeting.sharing) {
      await session.stopScreenShare();
      meeting.sharing = false;
    } else {
      await chooseScreen(() => session.startScreenShare());
      meeting.sharing = true;
      // The browser has a button of its own that ends it.
      ownPicture(meeting)?.addEventListener('ended', () => store.update(() => (meeting.sharing = false)));
    }
  };

  /** @param {'sound' | 'camera' | 'screen'} what */
  const toggle = async (what) => {
    const { meeting } = state;
    if (!meeting?.session || meeting.busy) return;
    note(`meeting ${what}`);
    store.update(() => (meeting.busy = what));
    try {
      await change(meeting, what);
    } catch (error) {
      if (!isRefusedScreen(error)) problem(error, 'media');
    } finally {
      store.update(() => (meeting.busy = ''));
    }
  };

  return { join, leave, accept, started, ended, toggle };
};
