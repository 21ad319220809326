// SPDX-License-Identifier: MIT
// A call ties three things together: a conversation (what subscribers see), a gateway session (what the
// client is asked over signalling) and a far end (media). Session and far end form a leg; a persistent leg
// outlives its call and carries the next one without a new proposal.

import { EventEmitter } from 'node:events';
import { isOver } from './conversations.js';

/** @typedef {import('./conversations.js').Conversation} Conversation */
/** @typedef {import('./conversations.js').Participant} Participant */
/** @typedef {import('./far-end.js').FarEnd} FarEnd */
/** @typedef {import('./gateway.js').GatewaySession} GatewaySession */
/** @typedef {'tone' | 'silent' | 'manual' | ((conversationId: string) => FarEnd)} FarEndKind */

/**
 * @typedef {object} CallOptions
 * @property {string} [userId] who is called; default: the default agent
 * @property {boolean} [autoAnswer] default false
 * @property {string} [from] E.164 number of the caller
 * @property {string} [name] name of the caller
 * @property {FarEndKind} [farEnd] `tone` (default) and `silent` have media; `manual` has a fixed offer and no
 *   media
 * @property {boolean} [persistent] keep the leg after the call; default: as the station says. While a leg is
 *   kept, further calls use it and its far end
 * @property {'agent' | 'user'} [purpose] `user`: a direct call to the person; default `agent`, by way of a
 *   queue
 * @property {Record<string, unknown>} [attributes] further `inin-` attributes of the proposal, without the
 *   prefix
 * @property {string} [conversationId] default: a new one
 */

/**
 * The signalling and media of one or, when persistent, several calls. Events: `connected`, `ended` (reason,
 * by).
 */
export class Leg extends EventEmitter {
  /** @param {GatewaySession} session @param {FarEnd} farEnd @param {boolean} persistent */
  constructor(session, farEnd, persistent) {
    super();
    this.farEnd = farEnd;
    this.persistent = persistent;
    this.connected = false;
    this.ended = false;
    // Made while the phone rings, so that it is ready when the client proceeds.
    this.offer = farEnd.createOffer();
    this.offer.catch(() => this.end('failed-application'));
    /** @type {import('./far-end.js').Candidate[]} those found before the client knows the session */
    this.held = [];
    farEnd.on('candidate', (candidate) => this.onCandidate(candidate));
    farEnd.on('connected', () => this.onConnected());
    farEnd.on('failed', () => this.end('failed-transport'));
    /** @type {GatewaySession} */
    this.session = session;
    this.watch(session);
  }

  /** @param {GatewaySession} session */
  watch(session) {
    session.on('proceed', () => this.sendOffer(session));
    session.on('answer', (sdp) => this.onAnswer(session, sdp));
    session.on('candidate', (candidate) => this.farEnd.addCandidate(candidate));
    session.on('info', (status) => {
      if (status === 'active' && !this.farEnd.hasMedia) this.onConnected();
    });
    session.on('terminate', (reason) => this.finish(reason, 'agent'));
  }

  /** @param {GatewaySession} session */
  async sendOffer(session) {
    const sdp = await this.offer.catch(() => undefined);
    if (sdp !== undefined && session.state === 'proceeding') session.offer(sdp);
  }

  /** @param {GatewaySession} session @param {string} sdp */
  async onAnswer(session, sdp) {
    try {
      await this.farEnd.setAnswer(sdp);
    } catch {
      return this.end('failed-application');
    }
    // An old client loses candidates that come before it has applied the offer (wire.md appendix B), so they
    // wait for its answer; the offer carries those known by then anyway.
    for (const candidate of this.held.splice(0)) session.sendCandidate(candidate);
    return undefined;
  }

  /** @param {import('./far-end.js').Candidate} candidate */
  onCandidate(candidate) {
    if (this.session.state === 'answered') this.session.sendCandidate(candidate);
    else this.held.push(candidate);
  }

  onConnected() {
    if (this.connected || this.ended) return;
    this.connected = true;
    this.emit('connected');
  }

  /** Replaces the proposal by one with a new session id. @param {GatewaySession} session */
  replaceSession(session) {
    this.session.removeAllListeners();
    this.session.end();
    this.session = session;
    this.watch(session);
  }

  /** Ends the session from this side. @param {string} [reason] */
  end(reason = 'success') {
    if (this.ended) return;
    if (this.session.state === 'proposed') this.session.retract();
    else this.session.terminate(reason);
    this.finish(reason, 'far-end');
  }

  /** @param {string} reason @param {'agent' | 'far-end'} by */
  finish(reason, by) {
    if (this.ended) return;
    this.ended = true;
    this.connected = false;
    this.session.end();
    this.farEnd.close().catch(() => {});
    this.emit('ended', reason, by);
  }
}

/**
 * One conversation with one agent. Events: `proceed`, `accept`, `reject`, `answered` (SDP answer applied or,
 * on a
 * persistent leg, the call was taken), `connected`, `ended` ({ reason, by: 'agent' | 'far-end' }).
 */
export class Call extends EventEmitter {
  /**
   * @param {Calls} calls @param {Conversation} conversation
   * @param {{ userId: string, direction: 'inbound' | 'outbound', agent: Participant, customer: Participant }}
   *   parties
   */
  constructor(calls, conversation, { userId, direction, agent, customer }) {
    super();
    this.calls = calls;
    this.conversation = conversation;
    this.userId = userId;
    this.direction = direction;
    this.agent = agent;
    this.customer = customer;
    /** @type {'alerting' | 'contacting' | 'dialing' | 'connected' | 'ended'} */
    this.state = direction === 'inbound' ? 'alerting' : 'contacting';
    this.answersItself = true;
    /** @type {Leg} set by `Calls` before anybody sees the call */
    this.leg = /** @type {any} */ (undefined);
  }

  get conversationId() { return this.conversation.id; }
  get sessionId() { return this.leg.session.id; }
  get session() { return this.leg.session; }
  get farEnd() { return this.leg.farEnd; }

  /**
   * The far end hangs up. An unanswered call is withdrawn.
   * @param {string} [reason] Jingle reason word of the terminate
   * @param {{ notifyFirst?: boolean }} [options] conversation event before the terminate instead of after it
   */
  hangup(reason = 'success', { notifyFirst = false } = {}) {
    this.calls.finish(this, { reason, by: 'far-end', notifyFirst });
  }

  /** The caller gives up while the phone rings. */
  retract() {
    this.hangup('success');
  }

  /** The called party of an outbound call picks up; for calls that were told not to do so by themselves. */
  answer() {
    this.answersItself = true;
    if (this.state === 'dialing') this.calls.connect(this);
  }

  /** @param {Partial<import('./conversations.js').ConversationCall>} change of the agent's call, published */
  update(change) {
    this.calls.conversations.change(this.conversation, this.agent, change);
  }
}

/** Emits `call` (Call) for each new one. */
export class Calls extends EventEmitter {
  /**
   * @param {object} parts
   * @param {import('./directory.js').Directory} parts.directory
   * @param {import('./conversations.js').Conversations} parts.conversations
   * @param {import('./gateway.js').Gateway} parts.gateway
   * @param {(kind: 'tone' | 'silent' | 'manual') => FarEnd} parts.makeFarEnd
   */
  constructor({ directory, conversations, gateway, makeFarEnd }) {
    super();
    this.directory = directory;
    this.conversations = conversations;
    this.gateway = gateway;
    this.makeFarEnd = makeFarEnd;
    /** @type {Map<string, Call>} by conversation id, ended ones included */
    this.byConversation = new Map();
    /** @type {Map<string, Leg>} by user id */
    this.persistentLegs = new Map();
    /** How outbound calls go; a test may change it. @type {{ farEnd: FarEndKind, answersItself: boolean }} */
    this.outboundDefaults = { farEnd: 'tone', answersItself: true };
  }

  /** @returns {Call[]} those not ended */
  get live() {
    return [...this.byConversation.values()].filter(({ state }) => state !== 'ended');
  }

  /**
   * Rings a user.
   * @param {CallOptions & { userId: string }} options
   * @returns {Call}
   */
  inbound({ userId, autoAnswer = false, from = '+13175550100', name = 'Local Caller', purpose = 'agent',
    conversationId, ...rest }) {
    const user = this.directory.require(userId);
    const model = this.conversations;
    const conversation = model.create(conversationId);
    const caller = /** @type {const} */ ({ purpose: 'customer', name, address: `tel:${from}` });
    const customer = model.join(conversation, caller, 'connected', 'inbound');
    const queueId = 'queue-1';
    if (purpose === 'agent') {
      model.join(conversation, { purpose: 'acd', name: 'Local Queue', queueId }, 'terminated', 'inbound');
    }
    const agent = model.join(conversation, {
      purpose, name: user.name, userId, address: `sip:${user.id}@example.org`,
      ...(purpose === 'agent' && { queueId }),
    }, 'alerting', 'inbound');
    const call = new Call(this, conversation, { userId, direction: 'inbound', agent, customer });
    return this.start(call, from, autoAnswer, rest);
  }

  /**
   * Dials for a user, as `POST conversations/calls` asks.
   * @param {string} userId @param {string} to number or address that is dialled
   * @param {CallOptions & { answersItself?: boolean }} [options]
   * @returns {Call}
   */
  outbound(userId, to, options = {}) {
    const user = this.directory.require(userId);
    const model = this.conversations;
    const conversation = model.create(options.conversationId);
    const agent = model.join(conversation, {
      purpose: 'user', name: user.name, userId, address: `sip:${user.id}@example.org`,
    }, 'contacting', 'outbound');
    const called = /** @type {const} */ ({ purpose: 'customer', address: `tel:${to}` });
    const customer = model.join(conversation, called, 'contacting', 'outbound');
    const call = new Call(this, conversation, { userId, direction: 'outbound', agent, customer });
    call.answersItself = options.answersItself ?? this.outboundDefaults.answersItself;
    return this.start(call, '+13175550000', true, { farEnd: this.outboundDefaults.farEnd, ...options });
  }

  /**
   * @param {Call} call @param {string} from @param {boolean} autoAnswer
   * @param {Pick<CallOptions, 'farEnd' | 'persistent' | 'attributes'>} options
   */
  start(call, from, autoAnswer, { farEnd = 'tone', persistent, attributes }) {
    const { userId, conversationId } = call;
    const existing = this.persistentLegs.get(userId);
    this.byConversation.set(conversationId, call);
    if (existing) {
      call.leg = existing;
    } else {
      const lasting = persistent ?? this.directory.require(userId).station?.webRtcPersistentEnabled ?? false;
      const session = this.gateway.open({
        conversationId, userId, from, attributes: { autoanswer: autoAnswer, ...attributes },
      });
      const party = typeof farEnd === 'string' ? this.makeFarEnd(farEnd) : farEnd(conversationId);
      call.leg = new Leg(session, party, lasting);
      if (lasting) this.keep(userId, call.leg);
      this.relay(call, session);
    }
    this.follow(call);
    this.emit('call', call);
    this.conversations.publish(call.conversation);
    if (!existing) call.session.propose();
    else if (autoAnswer) this.take(call);
    return call;
  }

  /**
   * A persistent leg serves the user from the time it is connected.
   * @param {string} userId
   * @param {Leg} leg
   */
  keep(userId, leg) {
    leg.on('connected', () => this.persistentLegs.set(userId, leg));
    leg.on('ended', () => {
      if (this.persistentLegs.get(userId) === leg) this.persistentLegs.delete(userId);
    });
  }

  /** The call goes with its leg until it ends. @param {Call} call */
  follow(call) {
    const { leg } = call;
    const onHangup = () => call.hangup();
    const onConnected = () => this.progress(call);
    const onEnded = (/** @type {string} */ reason, /** @type {'agent' | 'far-end'} */ by) => {
      this.finish(call, { reason, by, notifyFirst: false });
    };
    leg.farEnd.on('hangup', onHangup);
    leg.on('connected', onConnected);
    leg.on('ended', onEnded);
    call.once('ended', () => {
      leg.farEnd.off('hangup', onHangup);
      leg.off('connected', onConnected);
      leg.off('ended', onEnded);
    });
  }

  /** @param {Call} call @param {GatewaySession} session */
  relay(call, session) {
    session.on('proceed', (jid) => call.emit('proceed', jid));
    session.on('accept', (jid) => call.emit('accept', jid));
    session.on('answer', () => call.emit('answered'));
    session.on('reject', (jid) => {
      call.emit('reject', jid);
      call.leg.finish('decline', 'agent');
    });
  }

  /** The leg is up: on with the call. @param {Call} call */
  progress(call) {
    if (call.state === 'alerting') return this.connect(call);
    if (call.state !== 'contacting') return undefined;
    call.state = 'dialing';
    this.conversations.changeAll(call.conversation, [
      [call.agent, { state: 'dialing' }], [call.customer, { state: 'alerting' }],
    ]);
    return call.answersItself ? this.connect(call) : undefined;
  }

  /** @param {Call} call */
  connect(call) {
    call.state = 'connected';
    this.hear(call);
    this.conversations.changeAll(call.conversation, [
      [call.agent, { state: 'connected' }], [call.customer, { state: 'connected' }],
    ]);
    call.emit('connected');
  }

  /**
   * A ringing call is taken without signalling (REST, or auto answer on a persistent leg).
   * @param {Call} call
   */
  take(call) {
    if (call.leg.connected) {
      call.emit('answered');
      this.progress(call);
      return;
    }
    if (call.session.state !== 'proposed') return;
    // sessions.md S-33: a client that answered over REST proceeds when a proposal with a new session id
    // arrives.
    const { conversationId, userId, attributes, jid } = call.session;
    const session = this.gateway.open({
      conversationId, userId, from: jid.split('@')[0], attributes: { ...attributes, autoanswer: true },
    });
    call.leg.replaceSession(session);
    this.relay(call, session);
    session.propose();
  }

  /**
   * @param {Call} call
   * @param {{ reason: string, by: 'agent' | 'far-end', notifyFirst: boolean }} how
   */
  finish(call, { reason, by, notifyFirst }) {
    if (call.state === 'ended') return;
    call.state = 'ended';
    const release = () => {
      if (call.leg.persistent && call.leg.connected) call.farEnd.setTone(false);
      else call.leg.end(reason);
    };
    if (!notifyFirst) release();
    this.close(call, by);
    if (notifyFirst) release();
    call.emit('ended', { reason, by });
  }

  /** @param {Call} call @param {'agent' | 'far-end'} by */
  close(call, by) {
    const type = (/** @type {boolean} */ own) => ({ disconnectType: own ? 'client' : 'peer' });
    this.conversations.changeAll(call.conversation, [
      [call.agent, { state: 'disconnected', ...type(by === 'agent') }],
      [call.customer, { state: 'disconnected', ...type(by === 'far-end') }],
    ]);
    call.conversation.endTime = new Date().toISOString();
    this.conversations.changeAll(call.conversation, call.conversation.participants.map(
      (participant) => [participant, { state: 'terminated' }]));
  }

  /** The far end hears and is heard as the flags of the agent's call say. @param {Call} call */
  hear(call) {
    const { held, muted } = call.agent.calls[0];
    call.farEnd.setTone(!held);
    call.farEnd.setDeaf(held || muted);
  }

  /**
   * `PATCH conversations/calls/{conversationId}/participants/{participantId}`.
   * @param {Call} call @param {Record<string, unknown>} patch
   * @returns {string | undefined} what is wrong with the request
   */
  patch(call, patch) {
    const names = Object.keys(patch);
    if (names.length !== 1) return 'Exactly one change is expected';
    const { state, muted, held } = patch;
    if (state === 'disconnected') {
      this.finish(call, { reason: 'success', by: 'agent', notifyFirst: false });
      return undefined;
    }
    if (isOver(call.agent.calls[0].state)) return 'The participant has left the call';
    if (state === 'connected') this.take(call);
    else if (typeof muted === 'boolean') call.update({ muted });
    else if (typeof held === 'boolean') call.update({ held });
    else return `No such change: ${names[0]}`;
    if (state === undefined && call.state === 'connected') this.hear(call);
    return undefined;
  }

  /** Ends everything at once, without a word to anybody. */
  async shutDown() {
    const legs = new Set([...this.byConversation.values()].map(({ leg }) => leg));
    await Promise.all([...legs].map((leg) => {
      leg.removeAllListeners();
      leg.session.end();
      leg.ended = true;
      return leg.farEnd.close();
    }));
  }
}
