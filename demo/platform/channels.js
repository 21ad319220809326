// SPDX-License-Identifier: MIT
// Notification channels and their topics (wire.md section 6). Knows nothing about sockets: it says what a
// channel should be told, and the stream server tells it.

import { EventEmitter } from 'node:events';
import { randomUUID } from 'node:crypto';

const MAX_TOPICS = 1000;
const MAX_TOPIC_LENGTH = 200;

/** @typedef {{ id: string, userId: string, topics: Set<string>, nodes: Set<string> }} Channel */
/** @typedef {{ id: string, state: 'Permitted' | 'Rejected', rejectionReason?: string }} TopicResult */

/** @param {string} topic one topic or the combined form `prefix?a&b` @returns {string[]} */
export function expandTopic(topic) {
  const mark = topic.indexOf('?');
  if (mark < 0) return [topic];
  return topic.slice(mark + 1).split('&').map((postfix) => `${topic.slice(0, mark)}.${postfix}`);
}

/** Emits `event` with `{ channel, topic, body }` for each channel that has to hear of something. */
export class Channels extends EventEmitter {
  constructor() {
    super();
    /** @type {Map<string, Channel>} */
    this.byId = new Map();
    /** @type {{ pattern: RegExp, reason: string }[]} topics nobody may have; for tests */
    this.rejections = [];
  }

  /** @param {string} userId @returns {Channel} */
  create(userId) {
    const channel = { id: `streaming-${randomUUID()}`, userId, topics: new Set(), nodes: new Set() };
    this.byId.set(channel.id, channel);
    return channel;
  }

  /** @param {string} id @returns {Channel | undefined} */
  get(id) {
    return this.byId.get(id);
  }

  /** @param {string} id the channel is gone; a socket can no longer be opened on it */
  remove(id) {
    this.byId.delete(id);
  }

  /**
   * Decides about topics without changing anything.
   * @param {string[]} topics
   * @returns {TopicResult[]}
   */
  judge(topics) {
    return topics.map((id) => {
      const tooLong = id.length >= MAX_TOPIC_LENGTH ? `Topic is too long` : undefined;
      const refused = this.rejections.find(({ pattern }) => expandTopic(id).some((t) => pattern.test(t)));
      const rejectionReason = tooLong ?? refused?.reason;
      return rejectionReason ? { id, state: 'Rejected', rejectionReason } : { id, state: 'Permitted' };
    });
  }

  /**
   * @param {Channel} channel @param {string[]} topics
   * @param {{ replace: boolean, ignoreErrors: boolean }} options
   * @returns {{ entities: TopicResult[] } | { error: string }} `error`: nothing was changed
   */
  subscribe(channel, topics, { replace, ignoreErrors }) {
    const total = new Set([...(replace ? [] : channel.topics), ...topics]);
    if (total.size > MAX_TOPICS) return { error: `A channel holds at most ${MAX_TOPICS} topics` };
    const entities = this.judge(topics);
    const rejected = entities.find(({ state }) => state === 'Rejected');
    if (rejected && !ignoreErrors) return { error: rejected.rejectionReason ?? 'Rejected' };
    if (replace) channel.topics.clear();
    for (const { id, state } of entities) if (state === 'Permitted') channel.topics.add(id);
    return { entities };
  }

  /** @param {Channel} channel @param {string} topic a single topic; combined forms count too */
  has(channel, topic) {
    if (channel.nodes.has(topic)) return true;
    return [...channel.topics].some((held) => expandTopic(held).includes(topic));
  }

  /**
   * Tells every subscribed channel.
   * @param {string} topic
   * @param {unknown} eventBody
   * @param {Record<string, unknown>} [metadata]
   * @returns {number} how many channels were told
   */
  publish(topic, eventBody, metadata = {}) {
    const told = [...this.byId.values()].filter((channel) => this.has(channel, topic));
    const about = { CorrelationId: randomUUID(), ...metadata };
    const body = { topicName: topic, version: '2', eventBody, metadata: about };
    for (const channel of told) this.emit('event', { channel, topic, body });
    return told.length;
  }
}
