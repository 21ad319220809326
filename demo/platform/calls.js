// SPDX-License-Identifier: MIT
// A call ties three things together: a conversation (what subscribers see), a gateway session (what the
// client is asked over signalling) and a far end (media). Session and far end form a leg; a persistent leg
// outlives its call and carries the next one without a new proposal, and calls that share a line share its leg.

import { randomUUID } from 'node:crypto';
import { EventEmitter } from 'node:events';
import { isOver } from './conversations.js';
import { Leg } from './leg.js';
import { Presence } from './presence.js';

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
 *   kept, further calls use it and its far end; a station with several lines does so only while it is idle
 * @property {boolean} [share] put the call on the session that is live, as on a station with one line
 * @property {'jingle'} [signaling] default: SDP over XMPP
 * @property {'agent' | 'user'} [purpose] `user`: a direct call to the person; default `agent`, by way of a
 *   queue
 * @property {Record<string, unknown>} [attributes] further `inin-` attributes of the proposal, without the
 *   prefix
 * @property {string} [conversationId] default: a new one
 */

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
    /** Whether the leg's coming up connects it: it opened the leg, or was taken over REST. */
    this.awaitsLeg = false;
    /** @type {Leg} set by `Calls` before anybody sees the call */
    this.leg = /** @type {any} */ (undefined);
    /** Stops listening to the leg. */
    this.letGo = () => {};
  }

  get conversationId() { return this.conversation.id; }
  get sessionId() { return this.leg.session.id; }
  get session() { return this.leg.session; }
  get farEnd() { return this.leg.farEnd; }
  /** Whether the agent is muted, and has put the call on hold, as the platform sees it. */
  get muted() { return this.agent.calls[0].muted; }
  get held() { return this.agent.calls[0].held; }

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

  /** Offers again within the same session. @param {import('./leg.js').Reinvite} [how] */
  reinvite(how) {
    return this.leg.reinvite(how);
  }

  /** ICE begins anew, over Jingle. */
  restart() {
    return this.leg.restart();
  }

  /** @param {Partial<import('./conversations.js').ConversationCall>} change of the agent's call, published */
  update(change) {
    this.calls.conversations.change(this.conversation, this.agent, change);
  }
}

/**
 * Emits `call` (Call) for each new one, and `persistent` ({ userId, persistentState }) when a persistent
 * connection came up, took or gave up a call, or went away (sessions.md section 7.9).
 */
export class Calls extends EventEmitter {
  /**
   * @param {object} parts
   * @param {import('./directory.js').Directory} parts.directory
   * @param {import('./conversations.js').Conversations} parts.conversations
   * @param {import('./gateway.js').Gateway} parts.gateway
   * @param {(kind: 'tone' | 'silent' | 'manual') => FarEnd} parts.makeFarEnd
   * @param {number} parts.goneAfterMs
   */
  constructor({ directory, conversations, gateway, makeFarEnd, goneAfterMs }) {
    super();
    this.directory = directory;
    this.conversations = conversations;
    this.gateway = gateway;
    this.makeFarEnd = makeFarEnd;
    /** @type {Map<string, Call>} by conversation id, ended ones included */
    this.byConversation = new Map();
    /** @type {Map<string, Leg>} by user id */
    this.persistentLegs = new Map();
    /** @type {Set<Leg>} raised without a call and not ended */
    this.idle = new Set();
    /** Whether each new client of a station with persistent connections is offered one at once. */
    this.eager = false;
    /** How outbound calls go; a test may change it. @type {{ farEnd: FarEndKind, answersItself: boolean }} */
    this.outboundDefaults = { farEnd: 'tone', answersItself: true };
    gateway.stream.on('connection', (connection) => this.onClient(connection));
    this.presence = new Presence({ stream: gateway.stream, legs: () => this.legs, goneAfterMs });
  }

  /** @returns {Call[]} those not ended */
  get live() {
    return [...this.byConversation.values()].filter(({ state }) => state !== 'ended');
  }

  /** @returns {Set<Leg>} those not ended */
  get legs() {
    return new Set([...this.idle, ...this.persistentLegs.values(), ...this.live.map(({ leg }) => leg)]);
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
   * @param {Pick<CallOptions, 'farEnd' | 'persistent' | 'share' | 'attributes' | 'signaling'>} options
   */
  start(call, from, autoAnswer, { farEnd = 'tone', persistent, share = false, attributes, signaling }) {
    const { userId, conversationId } = call;
    const existing = this.legFor(userId, share);
    this.byConversation.set(conversationId, call);
    if (existing) {
      call.leg = existing;
    } else {
      const lasting = persistent ?? (this.lasts(userId) && !this.persistentLegs.has(userId));
      call.awaitsLeg = true;
      const session = this.gateway.open({
        conversationId, userId, from, signaling, attributes: { autoanswer: autoAnswer, ...attributes },
      });
      call.leg = new Leg(session, this.farEndOf(farEnd, conversationId), { persistent: lasting });
      if (lasting) this.keep(call.leg);
      this.relay(call, session);
    }
    this.follow(call);
    this.emit('call', call);
    this.conversations.publish(call.conversation);
    if (!existing) call.session.propose();
    else if (autoAnswer) this.take(call);
    return call;
  }

  /** @param {string} userId whether the user's station keeps its connection between calls */
  lasts(userId) {
    return this.directory.require(userId).station?.webRtcPersistentEnabled ?? false;
  }

  /** @param {FarEndKind} kind @param {string} conversationId @returns {() => FarEnd} */
  farEndOf(kind, conversationId) {
    return () => (typeof kind === 'string' ? this.makeFarEnd(kind) : kind(conversationId));
  }

  /**
   * The leg that carries the user's next call, if there is one already.
   * @param {string} userId @param {boolean} share
   */
  legFor(userId, share) {
    const persistent = this.persistentLegs.get(userId);
    const lines = this.directory.require(userId).station?.webRtcCallAppearances ?? 1;
    if (persistent && (lines <= 1 || !this.carriedBy(persistent).length)) return persistent;
    const live = this.live.filter((call) => call.userId === userId && call.leg.connected).at(-1);
    return share ? live?.leg : undefined;
  }

  /** @param {Leg} leg @returns {Call[]} the live calls it carries */
  carriedBy(leg) {
    return this.live.filter((call) => call.leg === leg);
  }

  /** A persistent leg serves its user from the time it is connected. @param {Leg} leg */
  keep(leg) {
    const { userId } = leg;
    leg.on('connected', () => {
      this.persistentLegs.set(userId, leg);
      this.report(leg);
    });
    leg.on('ended', () => {
      if (this.persistentLegs.get(userId) !== leg) return;
      this.persistentLegs.delete(userId);
      this.emit('persistent', { userId, persistentState: 'DISCONNECTED' });
    });
  }

  /** @param {Leg} leg tells whether the persistent connection carries a call */
  report(leg) {
    if (!leg.persistent || !leg.connected) return;
    const busy = this.carriedBy(leg).some(({ state }) => state !== 'alerting');
    this.emit('persistent', { userId: leg.userId, persistentState: busy ? 'ACTIVE_CALL' : 'PERSISTED' });
  }

  /**
   * Raises a persistent connection without a call, which the proposal says by `priv-answer-mode`.
   * @param {string} userId
   * @param {{ farEnd?: 'tone' | 'silent' | 'manual', answerMode?: string, attributes?: Record<string, unknown> }}
   *   [options]
   * @returns {Leg}
   */
  raise(userId, { farEnd = 'tone', answerMode = 'Auto', attributes = {} } = {}) {
    this.directory.require(userId);
    const session = this.gateway.open({
      conversationId: randomUUID(), userId, from: '+13175550000',
      attributes: { autoanswer: true, 'priv-answer-mode': answerMode, ...attributes },
    });
    const leg = new Leg(session, this.farEndOf(farEnd, session.conversationId), { persistent: true, eager: true });
    session.on('reject', () => leg.finish('decline', 'agent'));
    leg.farEnd.setTone(false);
    this.keep(leg);
    this.idle.add(leg);
    leg.on('ended', () => this.idle.delete(leg));
    session.remind();
    return leg;
  }

  /**
   * A client appeared. When it takes the place of one that has gone for good (a page that was reloaded has a new
   * resource; one that merely reconnects has not), what the other had comes to it: the calls at once, the bare
   * connection if it was raised without a call.
   * @param {import('./xmpp.js').Connection} connection
   */
  onClient({ userId, jid }) {
    const leg = this.persistentLegs.get(userId);
    const { peer } = leg?.session ?? {};
    const here = this.gateway.stream.of(userId).some((other) => other.jid === peer);
    if (leg && !here && peer !== jid) this.renew(leg);
    const raised = [...this.idle].some((other) => other.userId === userId);
    if (this.eager && this.lasts(userId) && !raised && !this.persistentLegs.has(userId)) this.raise(userId);
  }

  /** @param {Leg} leg whose client has gone */
  renew(leg) {
    const { userId, session: { attributes, jid } } = leg;
    const calls = this.carriedBy(leg);
    for (const call of calls) call.letGo();
    leg.finish('gone', 'agent');
    if (!calls.length) {
      if (leg.eager) this.raise(userId);
      return;
    }
    const session = this.gateway.open({
      conversationId: calls[0].conversationId, userId, from: jid.split('@')[0],
      attributes: { ...attributes, autoanswer: true, 'priv-answer-mode': undefined },
    });
    const fresh = new Leg(session, leg.makeFarEnd, { persistent: true, eager: leg.eager });
    this.keep(fresh);
    for (const call of calls) {
      call.leg = fresh;
      this.follow(call);
    }
    this.relay(calls[0], session);
    session.remind();
  }

  /** The call goes with its leg until it ends. @param {Call} call */
  follow(call) {
    const { leg } = call;
    const onHangup = () => call.hangup();
    const onConnected = () => this.progress(call);
    const onEnded = (/** @type {string} */ reason, /** @type {'agent' | 'far-end'} */ by) => {
      this.finish(call, { reason, by, notifyFirst: false });
    };
    leg.on('hangup', onHangup);
    leg.on('connected', onConnected);
    leg.on('ended', onEnded);
    call.letGo = () => {
      leg.off('hangup', onHangup);
      leg.off('connected', onConnected);
      leg.off('ended', onEnded);
    };
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
    if (call.state === 'alerting') return call.awaitsLeg ? this.connect(call) : undefined;
    if (call.state === 'connected') {
      // The leg is a new one: its client may know nothing of the call.
      this.hear(call.leg);
      return this.conversations.publish(call.conversation);
    }
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
    this.holdOthers(call);
    this.hear(call.leg);
    this.conversations.changeAll(call.conversation, [
      [call.agent, { state: 'connected' }], [call.customer, { state: 'connected' }],
    ]);
    this.report(call.leg);
    call.emit('connected');
  }

  /** One line carries one conversation at a time. @param {Call} call */
  holdOthers(call) {
    const others = this.carriedBy(call.leg).filter((other) => other !== call && other.state === 'connected');
    for (const other of others) other.update({ held: true });
  }

  /**
   * A ringing call is taken without signalling (REST, or auto answer on a persistent leg).
   * @param {Call} call
   */
  take(call) {
    call.awaitsLeg = true;
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
    call.letGo();
    const { leg } = call;
    const release = () => {
      if (this.carriedBy(leg).length || (leg.persistent && leg.connected)) this.hear(leg);
      else leg.end(reason);
      this.report(leg);
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

  /** The far end hears and is heard as the flags of the calls on the leg say. @param {Leg} leg */
  hear(leg) {
    const flags = this.carriedBy(leg).filter(({ state }) => state === 'connected').map(({ agent }) => agent.calls[0]);
    const open = flags.filter(({ held }) => !held);
    leg.farEnd.setTone(open.length > 0);
    leg.farEnd.setDeaf(!open.some(({ muted }) => !muted));
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
    else if (typeof held === 'boolean') {
      if (!held && call.state === 'connected') this.holdOthers(call);
      call.update({ held });
    } else return `No such change: ${names[0]}`;
    if (state === undefined && call.state === 'connected') this.hear(call.leg);
    return undefined;
  }

  /** Ends everything at once, without a word to anybody. */
  async shutDown() {
    this.presence.close();
    const legs = new Set([...this.idle, ...[...this.byConversation.values()].map(({ leg }) => leg)]);
    await Promise.all([...legs].map((leg) => leg.shutDown()));
  }
}
