// SPDX-License-Identifier: MIT
// Draws meetings, offers other than calls, the sign that a recording runs, and the card of a guest's screen.

import { $, attribute, list, make, show, text } from './dom.js';
import { duration, initials } from './format.js';
import { ownPicture } from './meeting.js';

/** @typedef {import('./store.js').State} State */
/** @typedef {import('./store.js').Meeting} Meeting */
/** @typedef {import('./store.js').Attendee} Attendee */

/** @param {string} id of a video element @param {MediaStreamTrack | null | undefined} track that it shows */
const play = (id, track) => {
  const video = $(id);
  if ((video.srcObject?.getVideoTracks()[0] ?? null) === (track ?? null)) return;
  video.srcObject = track ? new MediaStream([track]) : null;
};

/** @param {State} state @param {Meeting} meeting @param {Attendee} person */
const isMe = (state, meeting, person) => person.participantId === meeting.session?.pcParticipant?.id
  || (state.user.id !== '' && person.userId === state.user.id);

/** @param {State} state @param {Meeting} meeting @param {Attendee} person */
const nameOf = (state, meeting, person) => meeting.names.get(person.participantId)
  || (isMe(state, meeting, person) ? state.user.name : '') || 'Participant';

/** @param {string} icon @param {string} className */
const drawing = (icon, className) => {
  const svg = document.createElementNS('http://www.w3.org/2000/svg', 'svg');
  const use = document.createElementNS('http://www.w3.org/2000/svg', 'use');
  svg.setAttribute('class', className);
  svg.setAttribute('aria-hidden', 'true');
  use.setAttribute('href', icon);
  svg.append(use);
  return svg;
};

/** What is told of a participant, in the order it is drawn. @type {[keyof Attendee, string, string][]} */
const MARKS = [
  ['sharingScreen', '#i-screen', 'Sharing a screen'],
  ['audioMuted', '#i-mic-off', 'Muted'],
  ['videoMuted', '#i-camera-off', 'Camera off'],
];

/** @param {State} state @param {Meeting} meeting */
const drawPeople = (state, meeting) => {
  const create = () => {
    const row = make('li', 'person');
    row.dataset.testid = 'person';
    row.append(make('span', 'avatar small'), make('span', 'person-name'));
    row.firstElementChild?.setAttribute('aria-hidden', 'true');
    for (const [name, shape, words] of MARKS) {
      const mark = make('span', 'person-mark');
      mark.dataset.mark = name;
      mark.title = words;
      mark.append(drawing(shape, 'icon'), make('span', 'visually-hidden', words));
      row.append(mark);
    }
    return row;
  };
  const refresh = (/** @type {HTMLElement} */ row, /** @type {Attendee} */ person) => {
    const [avatar, label, ...marks] = /** @type {HTMLElement[]} */ ([...row.children]);
    const name = nameOf(state, meeting, person);
    const shown = isMe(state, meeting, person) ? `${name} (you)` : name;
    if (label && label.textContent !== shown) label.textContent = shown;
    if (avatar) avatar.textContent = initials(name);
    for (const mark of marks) {
      const key = /** @type {keyof Attendee} */ (mark.dataset.mark);
      mark.hidden = !person[key];
      row.dataset[key] = String(person[key]);
    }
  };
  list($('people'), meeting.people, ({ participantId }) => participantId, create, refresh);
  text('people-count', String(meeting.people.length));
};

/** @param {State} state @param {Meeting} meeting */
const drawPicture = (state, meeting) => {
  const others = meeting.people.filter((person) => !isMe(state, meeting, person));
  const shown = others.some(({ videoMuted, sharingScreen }) => !videoMuted || sharingScreen);
  const seen = others.find(({ participantId }) => participantId === meeting.seen)
    ?? (others.length === 1 ? others[0] : undefined);
  show('meeting-empty', !shown);
  const alone = meeting.connected ? 'Nobody else is here yet.' : 'Connecting…';
  text('meeting-empty', others.length ? 'No camera is on.' : alone);
  show('meeting-seen', shown && seen !== undefined);
  const what = meeting.seenScreen ? '’s screen' : '';
  text('meeting-seen', seen ? `${nameOf(state, meeting, seen)}${what}` : '');

  const own = ownPicture(meeting);
  play('self-view', own);
  show('self-view', own !== null);
  show('self-empty', own === null);
  attribute('self', 'data-what', meeting.sharing ? 'screen' : 'camera');
  text('self-label', meeting.sharing ? 'Your screen' : 'You');
};

/** @param {Meeting} meeting @param {string} id @param {boolean} off @param {string} label @param {string} shape */
const drawControl = (meeting, id, off, label, shape) => {
  const what = id.replace('meeting-', '');
  $(id).disabled = !meeting.session || !meeting.connected || meeting.leaving;
  attribute(id, 'aria-busy', String(meeting.busy === what));
  attribute(id, 'data-pressed', String(off));
  text(`${id}-label`, label);
  attribute(`${id}-icon`, 'href', shape);
};

/** @param {Meeting} meeting */
const drawControls = (meeting) => {
  const { audioMuted = false, videoMuted = false } = meeting.session ?? {};
  const { sharing } = meeting;
  drawControl(meeting, 'meeting-sound', audioMuted, audioMuted ? 'Unmute' : 'Mute',
    audioMuted ? '#i-mic-off' : '#i-mic');
  // While a screen is sent the camera is off: it comes back with the end of the share.
  const camera = !videoMuted && !sharing;
  drawControl(meeting, 'meeting-camera', !camera, camera ? 'Camera off' : 'Camera on',
    camera ? '#i-camera' : '#i-camera-off');
  if (sharing) $('meeting-camera').disabled = true;
  drawControl(meeting, 'meeting-screen', sharing, sharing ? 'Stop sharing' : 'Share screen', '#i-screen');
  // Not disabled: it has the focus, which the next heading takes when it goes away.
  attribute('meeting-leave', 'aria-disabled', String(meeting.leaving));
};

/** @param {Meeting} meeting */
const meetingWords = ({ connected, leaving, sharing, session }) => {
  if (leaving) return 'Leaving';
  if (!connected) return session ? 'Connecting' : 'Joining';
  if (sharing) return 'You are sharing your screen';
  return session.audioMuted ? 'In a meeting, you are muted' : 'In a meeting';
};

/** The part that changes every second. @param {State} state */
export const drawMeetingTimer = ({ meeting }) => {
  if (meeting?.connectedAt) text('meeting-timer', duration((Date.now() - meeting.connectedAt) / 1000));
};

/** @param {State} state */
const drawMeeting = (state) => {
  const { meeting } = state;
  show('meeting-card', meeting !== null);
  if (!meeting) {
    play('self-view', null);
    play('meeting-video', null);
    return;
  }
  attribute('meeting-card', 'data-state', meeting.connected ? 'connected' : 'connecting');
  attribute('meeting-card', 'data-sharing', String(meeting.sharing));
  text('meeting-state', meetingWords(meeting));
  text('meeting-name', meeting.title);
  show('meeting-timer', meeting.connectedAt > 0);
  drawMeetingTimer(state);
  drawPicture(state, meeting);
  drawPeople(state, meeting);
  drawControls(meeting);
};

/** @param {State} state */
const drawOffer = (state) => {
  const [offer] = state.offers;
  show('offer-card', offer !== undefined);
  if (!offer) return;
  const recording = offer.type === 'screenRecording';
  attribute('offer-card', 'data-type', offer.type);
  attribute('offer-icon', 'href', recording ? '#i-screen' : '#i-camera');
  text('offer-title', recording ? 'Request to record' : 'Incoming meeting');
  text('offer-name', recording ? 'Your screen is to be recorded' : 'You are invited to a meeting');
  text('offer-detail', recording ? 'Choose the screen that is recorded. The recording ends by itself.'
    : 'Your camera and microphone are turned on when you join.');
  text('offer-accept-label', recording ? 'Choose a screen' : 'Join');
  $('offer-accept').disabled = offer.busy;
  $('offer-decline').disabled = offer.busy;
};

/** @param {State} state */
const drawScreens = (state) => {
  const { share, recordings } = state;
  show('recording', recordings.length > 0);
  const live = recordings.some((each) => each.live);
  attribute('recording', 'data-state', live ? 'recording' : 'none');
  text('recording-text', live ? 'Recording your screen' : 'Recording, no screen shown');
  show('share-card', state.role === 'guest');
  const [track] = share.stream?.getVideoTracks() ?? [];
  play('share-preview', track ?? null);
  show('share-preview', track !== undefined);
  text('share-state', share.session ? 'Your screen is shared with the agent' : track ? 'Starting' : 'Not shared');
  attribute('share-card', 'data-state', share.session ? 'shared' : 'idle');
  text('share-label', track ? 'Stop sharing' : 'Share my screen');
  attribute('share', 'class', track ? 'danger' : 'primary');
  attribute('share', 'aria-busy', String(share.busy));
};

/** @param {State} state */
const drawJoin = (state) => {
  show('join-card', state.role === 'agent');
  $('meeting-join').disabled = state.joining || state.meeting !== null || state.connection !== 'connected';
  text('meeting-join-label', state.joining ? 'Joining…' : 'Join');
  show('join-note', state.meetingNote !== '');
  text('join-note', state.meetingNote);
  text('record-me', state.recordings.length ? 'Stop the recording' : 'Record my screen');
};

/** @param {State} state */
export const drawMeetings = (state) => {
  drawMeeting(state);
  drawOffer(state);
  drawScreens(state);
  drawJoin(state);
};
