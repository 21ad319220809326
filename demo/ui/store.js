// SPDX-License-Identifier: MIT
// The one state object of the page. Everything on the screen is drawn from it; nothing is read back from the
// DOM except what a form holds while it is being filled in.

/**
 * A session object of the SDK, as far as the page uses it.
 * @typedef {object} Session
 * @property {string} id
 * @property {string} [conversationId]
 * @property {string} [connectionState]
 * @property {string} [state]
 * @property {string} [privAnswerMode]
 * @property {RTCPeerConnection} [pc]
 * @property {RTCPeerConnection} [peerConnection]
 * @property {(event: string, listener: (...args: any[]) => void) => unknown} [on]
 */

/**
 * @typedef {object} MediaSample
 * @property {number} sent packets sent
 * @property {number} received packets received
 * @property {number} lost packets lost on the way in
 * @property {number} levelOut microphone level, 0 to 1
 * @property {number} levelIn level of what is heard, 0 to 1
 * @property {number | null} roundTripMs
 * @property {string} codec
 */

/**
 * @typedef {object} Party
 * @property {string} name
 * @property {string} number
 */

/**
 * @typedef {object} Call
 * @property {string} conversationId
 * @property {'inbound' | 'outbound'} direction
 * @property {string} sessionId
 * @property {Session | null} session
 * @property {string} connection connection state of the session, '' before there is one
 * @property {string} callState state of the user's call in the conversation, '' while unknown
 * @property {boolean} pending announced and neither answered, declined nor cancelled
 * @property {boolean} autoAnswer
 * @property {boolean} answered this page accepted it
 * @property {boolean} ending this page is hanging up or declining
 * @property {boolean} muted
 * @property {boolean} held
 * @property {string} busy the control that waits for the SDK: 'mute', 'hold' or ''
 * @property {number} connectedAt milliseconds since the epoch, 0 before
 * @property {MediaSample | null} media
 */

/**
 * @typedef {object} Attendee somebody in a meeting, as the SDK tells
 * @property {string} participantId
 * @property {string} [userId]
 * @property {boolean} audioMuted
 * @property {boolean} videoMuted
 * @property {boolean} sharingScreen
 */

/**
 * @typedef {object} Meeting
 * @property {string} conversationId
 * @property {string} title
 * @property {any} session null until it has started
 * @property {boolean} connected media flows
 * @property {number} connectedAt milliseconds since the epoch, 0 before
 * @property {Attendee[]} people
 * @property {Map<string, string>} names by participant
 * @property {string} seen participant whose picture comes
 * @property {boolean} seenScreen that picture is a screen
 * @property {boolean} sharing the user shows a screen
 * @property {string} busy the control that waits for the SDK, or ''
 * @property {boolean} leaving
 */

/**
 * @typedef {object} Offer a session other than a call that waits for the user's word
 * @property {string} conversationId
 * @property {string} sessionId
 * @property {'collaborateVideo' | 'screenRecording'} type
 * @property {boolean} busy it is being accepted
 */

/** @typedef {'agent' | 'guest' | 'jwt'} Role as whom one signs in */

/** @typedef {'ringing' | 'dialing' | 'connecting' | 'connected' | 'held' | 'interrupted'} Phase */

/**
 * @typedef {object} EndedCall
 * @property {Party} party
 * @property {'inbound' | 'outbound'} direction
 * @property {number} seconds talking time, 0 when it never connected
 * @property {string} reason
 */

/**
 * @typedef {object} Alert
 * @property {number} id
 * @property {string} type
 * @property {string} message
 * @property {string} hint
 * @property {number} count how often it happened
 * @property {number} at when it was reported last
 */

/**
 * @typedef {object} LogEntry
 * @property {number} id
 * @property {number} at
 * @property {'call' | 'connection' | 'media' | 'action' | 'error'} kind
 * @property {string} name
 * @property {string} text
 */

/**
 * @typedef {object} Device
 * @property {string} id
 * @property {string} label
 */

/**
 * @typedef {object} Devices
 * @property {Device[]} microphones
 * @property {Device[]} speakers
 * @property {string} microphone id of the chosen one, '' for the system default
 * @property {string} speaker
 * @property {string} note
 */

/**
 * @typedef {object} State
 * @property {'signed-out' | 'signing-in' | 'desk'} view
 * @property {'signed-out' | 'connecting' | 'connected' | 'reconnecting' | 'offline'} connection
 * @property {number} lostAt when the connection was lost, milliseconds since the epoch; 0 while it is there
 * @property {number | null} backAfter seconds it was gone, while its return is news
 * @property {boolean} online what the browser says of the network
 * @property {Role} role
 * @property {{ id: string, name: string }} user
 * @property {string} station name of the station, '' when there is none
 * @property {number} lines line appearances of the station
 * @property {boolean} persistent the station keeps its connection between calls
 * @property {string} version
 * @property {{ environment: string, wsHost: string, token: string, organizationId: string, clientId: string,
 *   user: { id: string, name: string } } | null} local set when the local platform serves this page
 * @property {string} environment the one chosen in the picker
 * @property {'token' | 'oauth'} way how an agent signs in
 * @property {[id: string, text: string] | null} signInNote what the form still needs: its field and a sentence
 * @property {string} localConversationId the conversation the local caller rang last
 * @property {boolean} disableAutoAnswer
 * @property {Call[]} calls in the order they appeared
 * @property {string} selectedId conversation shown in the call card
 * @property {EndedCall | null} lastCall
 * @property {Map<string, Party>} parties who is at the other end, by conversation
 * @property {Meeting | null} meeting
 * @property {boolean} joining
 * @property {string} meetingNote what the card for joining says
 * @property {Offer[]} offers in the order they came
 * @property {{ session: any, live: boolean }[]} recordings of the user's screen; `live`: the screen is still there
 * @property {{ session: any, stream: MediaStream | null, busy: boolean }} share what a guest shows
 * @property {boolean} dialing
 * @property {string} dialNote
 * @property {boolean} keypadOpen
 * @property {Devices} devices
 * @property {boolean} shortcuts
 * @property {LogEntry[]} log newest first
 * @property {string} logFilter
 * @property {string} logKind
 * @property {Alert[]} alerts newest first
 * @property {string} announcement read out by screen readers
 */

/** @returns {State} */
export const initialState = () => ({
  view: 'signed-out',
  connection: 'signed-out',
  lostAt: 0,
  backAfter: null,
  online: true,
  role: 'agent',
  user: { id: '', name: '' },
  station: '',
  lines: 1,
  persistent: false,
  version: '',
  local: null,
  environment: '',
  way: 'token',
  signInNote: null,
  localConversationId: '',
  disableAutoAnswer: false,
  calls: [],
  selectedId: '',
  lastCall: null,
  parties: new Map(),
  meeting: null,
  joining: false,
  meetingNote: '',
  offers: [],
  recordings: [],
  share: { session: null, stream: null, busy: false },
  dialing: false,
  dialNote: '',
  keypadOpen: false,
  devices: { microphones: [], speakers: [], microphone: '', speaker: '', note: '' },
  shortcuts: true,
  log: [],
  logFilter: '',
  logKind: '',
  alerts: [],
  announcement: '',
});

/**
 * Holds the state and draws it once per batch of changes. A microtask rather than an animation frame: a page
 * in the background must show the right call when the agent comes back.
 */
export class Store {
  /** @param {State} state @param {(state: State) => void} draw */
  constructor(state, draw) {
    this.state = state;
    this.draw = draw;
    this.queued = false;
  }

  /** Changes the state in place and asks for one drawing. @param {(state: State) => void} change */
  update(change) {
    change(this.state);
    if (this.queued) return;
    this.queued = true;
    queueMicrotask(() => {
      this.queued = false;
      this.draw(this.state);
    });
  }
}
