// SPDX-License-Identifier: MIT
// Screens: what was offered besides calls (meetings and recordings), the recording that runs, and what a guest shows.

/** @typedef {import('./store.js').State} State */

export const MEETING = 'collaborateVideo';
const RECORDING = 'screenRecording';
const SHARE = 'screenShare';
const SETTLE_MS = 500;
/** Offers the desk asks about; a guest's own share is answered by the SDK. */
const ASKED = [MEETING, RECORDING];

/** @param {any} session */
export const isMeeting = (session) => session?.sessionType === MEETING;

/** Whether this is about a telephone call. @param {any} about session or pending session */
export const isCall = (about) => ![...ASKED, SHARE].includes(about?.sessionType);

/** How many choices of a screen the browser is showing. */
let choosing = 0;

/**
 * Has the browser let the user choose a screen.
 * @template T
 * @param {() => Promise<T>} ask
 */
export const chooseScreen = async (ask) => {
  choosing += 1;
  try {
    return await ask();
  } finally {
    // The SDK's `sdkError` comes a moment after its promise has been rejected.
    window.setTimeout(() => (choosing -= 1), SETTLE_MS);
  }
};

/** That the user closed the browser's choice of screens is no failure. @param {any} error */
export const isRefusedScreen = (error) => choosing > 0
  && [error?.name, error?.details?.error?.name].includes('NotAllowedError');

/** @param {State} state @param {any} pending */
export const onOffer = (state, { conversationId, sessionId, sessionType }) => {
  if (!ASKED.includes(sessionType) || state.offers.some((offer) => offer.conversationId === conversationId)) return;
  state.offers.push({ conversationId, sessionId, type: sessionType, busy: false });
  state.announcement = sessionType === RECORDING ? 'Your screen is to be recorded' : 'You are invited to a meeting';
};

/** @param {State} state @param {any} about cancelled, handled or started */
export const onOfferOver = (state, { conversationId, sessionId }) => {
  state.offers = state.offers.filter((offer) => (
    offer.conversationId !== conversationId && offer.sessionId !== sessionId));
};

/** What the platform wants to know of the one screen that is recorded. @param {MediaStreamTrack} track */
const describe = (track) => {
  const { deviceId = track.id, width = 0, height = 0 } = track.getSettings();
  return {
    trackId: track.id, screenId: deviceId, originX: 0, originY: 0, resolutionX: width, resolutionY: height,
    primary: true,
  };
};

/**
 * @param {object} desk
 * @param {import('./store.js').Store} desk.store
 * @param {() => any} desk.sdk the SDK in use
 * @param {(name: string, text?: string) => void} desk.note writes a line into the log
 * @param {(error: unknown, type?: string) => void} desk.problem shows an error
 * @param {(conversationId: string) => Promise<void>} desk.meet takes part in a meeting that was offered
 */
export const screenControl = ({ store, sdk, note, problem, meet }) => {
  const { state } = store;
  /** Screens that were chosen, until their session takes them over. @type {Map<string, MediaStream>} */
  const chosen = new Map();

  /** @param {string} conversationId the choice is lost: nothing took it over */
  const drop = (conversationId) => {
    for (const track of chosen.get(conversationId)?.getTracks() ?? []) track.stop();
    chosen.delete(conversationId);
  };

  /** The choice comes first: browsers offer it only in answer to a press. @param {string} conversationId */
  const record = async (conversationId) => {
    note('allow recording');
    const screen = () => navigator.mediaDevices.getDisplayMedia({ video: true });
    chosen.set(conversationId, await chooseScreen(screen));
    await sdk().acceptPendingSession({ conversationId, sessionType: RECORDING });
  };

  const accept = async () => {
    const [offer] = state.offers;
    if (!offer || offer.busy) return;
    store.update(() => (offer.busy = true));
    try {
      await (offer.type === RECORDING ? record : meet)(offer.conversationId);
    } catch (error) {
      drop(offer.conversationId);
      store.update(() => (offer.busy = false));
      if (!isRefusedScreen(error)) problem(error, 'session');
    }
  };

  const decline = async () => {
    const [offer] = state.offers;
    if (!offer) return;
    const { conversationId, type } = offer;
    note('decline');
    try {
      await sdk().rejectPendingSession({ conversationId, sessionType: type });
      store.update((s) => onOfferOver(s, offer));
    } catch (error) {
      problem(error, 'session');
    }
  };

  /** @param {any} session of a recording: it gets the chosen screen and its description */
  const recordingStarted = async (session) => {
    const { conversationId } = session;
    const mediaStream = chosen.get(conversationId);
    const [track] = mediaStream?.getVideoTracks() ?? [];
    if (!track) return;
    try {
      await sdk().acceptSession({
        conversationId, sessionType: RECORDING, mediaStream, screenRecordingMetadatas: [describe(track)],
      });
      chosen.delete(conversationId);
      store.update((s) => {
        s.recordings.push({ session, live: track.readyState === 'live' });
        s.announcement = 'Your screen is being recorded';
      });
      track.addEventListener('ended', () => store.update((s) => {
        for (const each of s.recordings) if (each.session === session) each.live = false;
      }));
    } catch (error) {
      drop(conversationId);
      problem(error, 'media');
    }
  };

  /** @param {any} session */
  const started = (session) => {
    if (session.sessionType === RECORDING) void recordingStarted(session);
    if (session.sessionType === SHARE) store.update((s) => (s.share.session = session));
  };

  /** @param {any} session */
  const ended = (session) => {
    if (isMeeting(session)) return;
    drop(session?.conversationId);
    store.update((s) => {
      if (s.recordings.some((each) => each.session === session)) s.announcement = 'The recording has ended';
      s.recordings = s.recordings.filter((each) => each.session !== session);
      if (session?.sessionType !== SHARE) return;
      s.share = { session: null, stream: null, busy: false };
      s.announcement = 'Your screen is no longer shared';
    });
  };

  const startShare = async () => {
    note('share screen');
    const stream = await chooseScreen(() => sdk().startScreenShare());
    if (!stream.active) return;
    store.update((s) => {
      s.share.stream = stream;
      s.announcement = 'Your screen is shared';
    });
  };

  const stopShare = async () => {
    const { session, stream } = state.share;
    note('stop sharing');
    if (!session) {
      for (const track of stream?.getTracks() ?? []) track.stop();
      store.update((s) => (s.share.stream = null));
      return;
    }
    await sdk().endSession({ conversationId: session.conversationId, sessionType: SHARE });
  };

  /** A guest starts to show a screen, or ends it. */
  const share = async () => {
    if (state.share.busy) return;
    store.update((s) => (s.share.busy = true));
    try {
      await (state.share.stream ? stopShare() : startShare());
    } catch (error) {
      if (!isRefusedScreen(error)) problem(error, 'media');
    } finally {
      store.update((s) => (s.share.busy = false));
    }
  };

  /** Screens that were chosen for what is over now. @param {string} [conversationId] default: all */
  const forget = (conversationId) => {
    for (const id of conversationId ? [conversationId] : [...chosen.keys()]) drop(id);
  };

  return { accept, decline, started, ended, share, forget };
};
