// SPDX-License-Identifier: MIT
// The conversation model: participants and their calls, and what subscribers are told when one changes
// (sessions.md section 7.1). Knows neither sockets nor media.

import { randomUUID } from 'node:crypto';

/**
 * @typedef {'alerting' | 'contacting' | 'dialing' | 'connected' | 'disconnected' | 'terminated'} CallState
 */
/** @typedef {'inbound' | 'outbound'} Direction */

/**
 * @typedef {object} ConversationCall
 * @property {string} id
 * @property {CallState} state
 * @property {Direction} direction
 * @property {boolean} muted
 * @property {boolean} held
 * @property {boolean} confined
 * @property {boolean} recording
 * @property {string} provider
 * @property {string} [disconnectType]
 * @property {{ code: string, message: string, messageWithParams: string, messageParams: object }} [errorInfo]
 */

/**
 * @typedef {object} ConversationVideo what a participant of a video conference shows (video-and-screens.md section 5)
 * @property {string} id
 * @property {string} context room
 * @property {CallState} state
 * @property {boolean} audioMuted
 * @property {boolean} videoMuted
 * @property {boolean} sharingScreen
 * @property {number} peerCount
 */

/**
 * @typedef {object} Participant
 * @property {string} id
 * @property {'customer' | 'acd' | 'agent' | 'user' | 'voicemail'} purpose
 * @property {string} [name]
 * @property {string} [address]
 * @property {string} [userId]
 * @property {string} [queueId]
 * @property {string} startTime
 * @property {string} [endTime]
 * @property {ConversationCall[]} calls
 * @property {ConversationVideo[]} [videos]
 */

/**
 * @typedef {{ id: string, startTime: string, endTime?: string, participants: Participant[] }} Conversation
 */

/** @param {CallState} state */
export const isOver = (state) => state === 'disconnected' || state === 'terminated';

/** @param {CallState} state @param {Direction} direction @returns {ConversationCall} */
function makeCall(state, direction) {
  return {
    id: randomUUID(), state, direction, muted: false, held: false, confined: false, recording: false,
    provider: 'Edge',
  };
}

export class Conversations {
  /** @param {Pick<import('./channels.js').Channels, 'publish'>} channels where changes are published */
  constructor(channels) {
    this.channels = channels;
    /** @type {Map<string, Conversation>} */
    this.byId = new Map();
  }

  /** @param {string} [id] @returns {Conversation} without participants and not yet published */
  create(id = randomUUID()) {
    /** @type {Conversation} */
    const conversation = { id, startTime: new Date().toISOString(), participants: [] };
    this.byId.set(id, conversation);
    return conversation;
  }

  /** @param {string} id @returns {Conversation | undefined} */
  get(id) {
    return this.byId.get(id);
  }

  /**
   * @param {string} userId @param {string | null} type of communication; null: any
   * @returns {Conversation[]} those that the user has not left
   */
  activeOf(userId, type) {
    /** @param {Participant} participant */
    const isIn = ({ userId: id, calls, videos = [] }) => {
      const call = type === null || type === 'call' ? calls.at(-1) : undefined;
      const video = type === null || type === 'video' ? videos.at(-1) : undefined;
      return id === userId && [call, video].some((part) => part && !isOver(part.state));
    };
    return [...this.byId.values()].filter(({ participants }) => participants.some(isIn));
  }

  /**
   * @param {Conversation} conversation
   * @param {Omit<Participant, 'id' | 'startTime' | 'calls'>} who
   * @param {CallState} state @param {Direction} direction
   * @returns {Participant}
   */
  join(conversation, who, state, direction) {
    const participant = {
      id: randomUUID(), startTime: new Date().toISOString(), ...who, calls: [makeCall(state, direction)],
    };
    conversation.participants.push(participant);
    return participant;
  }

  /**
   * A participant of a video conference.
   * @param {Conversation} conversation
   * @param {Omit<Participant, 'id' | 'startTime' | 'calls' | 'videos'>} who
   * @param {string} room
   */
  joinVideo(conversation, who, room) {
    /** @type {Participant & { videos: ConversationVideo[] }} */
    const participant = {
      id: randomUUID(), startTime: new Date().toISOString(), ...who, calls: [],
      videos: [{
        id: randomUUID(), context: room, state: 'alerting', audioMuted: false, videoMuted: false,
        sharingScreen: false, peerCount: 0,
      }],
    };
    conversation.participants.push(participant);
    return participant;
  }

  /**
   * Changes what a participant shows, and publishes.
   * @param {Conversation} conversation @param {Participant} participant
   * @param {Partial<ConversationVideo>} change
   */
  changeVideo(conversation, participant, change) {
    const video = participant.videos?.at(-1);
    if (!video) return;
    Object.assign(video, change);
    if (isOver(video.state)) participant.endTime ??= new Date().toISOString();
    const connected = conversation.participants.filter(({ videos }) => videos?.at(-1)?.state === 'connected').length;
    for (const { videos } of conversation.participants) for (const each of videos ?? []) each.peerCount = connected;
    this.publish(conversation);
  }

  /**
   * Changes the newest call of a participant and publishes the conversation when anything is different.
   * @param {Conversation} conversation @param {Participant} participant
   * @param {Partial<ConversationCall>} change
   */
  change(conversation, participant, change) {
    if (this.set(participant, change)) this.publish(conversation);
  }

  /**
   * As `change`, for several participants in one notification.
   * @param {Conversation} conversation
   * @param {[Participant, Partial<ConversationCall>][]} changes
   */
  changeAll(conversation, changes) {
    const changed = changes.map(([participant, change]) => this.set(participant, change));
    if (changed.includes(true)) this.publish(conversation);
  }

  /** @param {Participant} participant @param {Partial<ConversationCall>} change @returns {boolean} changed */
  set(participant, change) {
    const call = participant.calls[participant.calls.length - 1];
    const before = JSON.stringify(call);
    Object.assign(call, change);
    if (isOver(call.state)) participant.endTime ??= new Date().toISOString();
    return JSON.stringify(call) !== before;
  }

  /** Tells every user who takes part. @param {Conversation} conversation */
  publish(conversation) {
    const users = new Set(conversation.participants.map(({ userId }) => userId));
    const body = conversationBody(conversation);
    for (const userId of users) if (userId) this.channels.publish(`v2.users.${userId}.conversations`, body);
    this.channels.publish(`v2.guest.conversations.${conversation.id}`, body);
  }
}

/**
 * The body of notifications and of `GET conversations/{id}`.
 * @param {Conversation} conversation a copy is made: later changes do not show in it
 */
export function conversationBody(conversation) {
  const participants = conversation.participants.map((participant) => {
    const { state, direction, muted, confined } = participant.calls.at(-1) ?? {};
    const { state: shown = state } = participant.videos?.at(-1) ?? {};
    return { ...participant, state: shown, direction, muted, confined, videos: participant.videos ?? [] };
  });
  return structuredClone({
    ...conversation, maxParticipants: participants.length, recordingState: 'none', participants,
    selfUri: `/api/v2/conversations/${conversation.id}`,
  });
}
