// SPDX-License-Identifier: MIT
// Video conferences: rooms with their members, what each of them sees and hears, and what subscribers are told
// (video-and-screens.md sections 3 to 8). One picture and one mixed sound go to each member, as with the service: the
// screen that is shared, else whom the member has pinned, else who came last of the others.

import { randomUUID } from 'node:crypto';
import { EventEmitter } from 'node:events';
import { Leg } from './leg.js';
import { MediaEnd } from './media-end.js';
import { Mixer } from './mixer.js';
import { Robot } from './robot.js';

/** @typedef {import('./conversations.js').Participant} Participant */
/** @typedef {import('./directory.js').User} User */

/**
 * Somebody in a room, person or robot. Events: `proceed`, `connected`, `ended` ({ reason, by }), and those of the
 * media end: `level`, `frame`, `message`.
 */
export class Member extends EventEmitter {
  /** @param {Room} room @param {Participant} participant */
  constructor(room, participant) {
    super();
    this.room = room;
    this.participant = participant;
    /** @type {Leg | undefined} none: a robot */
    this.leg = undefined;
    /** @type {MediaEnd | undefined} */
    this.end = undefined;
    /** @type {Robot | undefined} */
    this.robot = undefined;
    /** @type {string | undefined} participant whom this member wants to see */
    this.pinned = undefined;
    /** @type {string | undefined} participant whom this member sees */
    this.seen = undefined;
  }

  get id() { return this.participant.id; }
  get video() { return /** @type {import('./conversations.js').ConversationVideo} */ (this.participant.videos?.[0]); }
  get connected() { return this.video.state === 'connected'; }
  get session() { return this.leg?.session; }

  /** Changes what everybody is told of this member. @param {Partial<Member['video']>} change */
  change(change) {
    this.room.rooms.conversations.changeVideo(this.room.conversation, this.participant, change);
    const { audioMuted, videoMuted, sharingScreen: sharing } = this.video;
    if (this.robot) Object.assign(this.robot, { audioMuted, videoMuted, sharing });
    this.room.arrange();
  }

  /** Ends it from this side. @param {string} [reason] */
  leave(reason = 'success') {
    if (this.leg) this.leg.end(reason);
    else this.room.remove(this, reason, 'far-end');
  }
}

/** One conference. Emits `member` (Member) for each new one. */
export class Room extends EventEmitter {
  /** @param {Rooms} rooms @param {string} jid bare JID @param {string} [conversationId] */
  constructor(rooms, jid, conversationId) {
    super();
    this.rooms = rooms;
    this.jid = jid;
    this.conversation = rooms.conversations.create(conversationId);
    this.mixer = new Mixer(rooms.pacer);
    /** @type {Set<Member>} */
    this.members = new Set();
  }

  get conversationId() { return this.conversation.id; }

  /**
   * Offers the conference to a user's clients.
   * @param {{ id: string, name: string }} user or guest
   * @param {{ fromUserId?: string, meetingId?: string, autoAnswer?: boolean, data?: boolean,
   *   attributes?: Record<string, unknown>, signaling?: 'jingle' }} [options] `fromUserId`: who called; `data: false`:
   *   without the control channel
   * @returns {Member}
   */
  invite(user, { fromUserId = user.id, meetingId, autoAnswer, data = true, attributes = {}, signaling } = {}) {
    const known = this.rooms.directory.get(user.id);
    const participant = this.rooms.conversations.joinVideo(this.conversation, {
      purpose: known ? 'user' : 'customer', name: user.name, ...(known && { userId: user.id }),
    }, this.jid);
    const member = new Member(this, participant);
    const session = this.rooms.gateway.open({
      conversationId: this.conversationId, userId: user.id, from: this.jid.split('@')[0], media: ['audio', 'video'],
      signaling, attributes: {
        'ofrom': this.jid, 'user-id': fromUserId, 'meeting-id': meetingId, 'autoanswer': autoAnswer, ...attributes,
      },
    });
    member.leg = new Leg(session, () => this.plug(member, new MediaEnd({ data })));
    this.follow(member, member.leg);
    this.members.add(member);
    this.emit('member', member);
    this.rooms.conversations.publish(this.conversation);
    session.remind();
    return member;
  }

  /** A synthetic participant. @param {{ name?: string, hz?: number, hue?: number }} [options] @returns {Member} */
  addRobot({ name = 'Robot', ...look } = {}) {
    const participant = this.rooms.conversations.joinVideo(this.conversation, {
      purpose: 'user', name, userId: `robot-${randomUUID()}`,
    }, this.jid);
    const member = new Member(this, participant);
    const robot = new Robot({ pacer: this.rooms.pacer, ...look });
    member.robot = robot;
    this.members.add(member);
    this.mixer.join(member.id);
    robot.on('audio', (frame) => this.mixer.say(member.id, frame));
    robot.on('video', (_line, packet) => this.onPicture(member, packet));
    this.emit('member', member);
    member.change({ state: 'connected' });
    return member;
  }

  /** @param {Member} member @param {MediaEnd} end that is the member's from now on */
  plug(member, end) {
    member.end = end;
    end.on('audio', (payload) => this.mixer.say(member.id, payload));
    end.on('video', (_line, packet) => this.onPicture(member, packet));
    end.on('keyframe', () => this.refresh(member));
    for (const name of ['level', 'frame', 'message', 'channel']) {
      end.on(name, (value) => member.emit(name, value));
    }
    return end;
  }

  /** @param {Member} member @param {Leg} leg */
  follow(member, leg) {
    const { session } = leg;
    session.on('proceed', (jid) => member.emit('proceed', jid));
    session.on('answer', () => member.emit('answered'));
    session.on('reject', () => leg.finish('decline', 'agent'));
    session.on('mute', ({ type, mute }) => {
      member.change(type === 'video' ? { videoMuted: mute } : { audioMuted: mute });
    });
    session.on('screen', (on) => member.change({ sharingScreen: on }));
    leg.on('connected', () => {
      this.mixer.join(member.id, (frame) => member.end?.speak(frame));
      member.change({ state: 'connected' });
      member.emit('connected');
    });
    leg.on('ended', (reason, by) => this.remove(member, reason, by));
  }

  /** @param {Member} member @param {string} reason @param {'agent' | 'far-end'} by */
  remove(member, reason, by) {
    if (!this.members.delete(member)) return;
    this.mixer.leave(member.id);
    member.robot?.stop();
    member.change({ state: 'disconnected', sharingScreen: false });
    member.emit('ended', { reason, by });
    if ([...this.members].some(({ leg }) => leg)) return;
    for (const rest of [...this.members]) rest.leave();
    this.rooms.byJid.delete(this.jid);
  }

  /** Whom a member sees. @param {Member} member @returns {Member | undefined} */
  choose(member) {
    const others = [...this.members].filter((other) => other !== member && other.connected);
    const visible = others.filter(({ video }) => !video.videoMuted || video.sharingScreen);
    return visible.find(({ video }) => video.sharingScreen) ??
      visible.find(({ id }) => id === member.pinned) ?? visible.at(-1);
  }

  /** Who is seen may have changed. */
  arrange() {
    for (const member of this.members) {
      const { id } = this.choose(member) ?? {};
      if (!member.end || id === member.seen) continue;
      member.seen = id;
      member.end.restart(0);
      this.refresh(member);
      this.report(member);
    }
  }

  /** Asks for a key frame of whom the member sees. @param {Member} member */
  refresh(member) {
    const source = [...this.members].find(({ id }) => id === member.seen);
    source?.end?.wantKeyFrame(0).catch(() => {});
  }

  /** @param {Member} from @param {import('werift').RtpPacket} packet */
  onPicture(from, packet) {
    for (const member of this.members) if (member.seen === from.id) member.end?.show(0, from.id, packet);
  }

  /** Tells a member over the control channel whom it sees (section 8). @param {Member} member */
  report(member) {
    const source = [...this.members].find(({ id }) => id === member.seen);
    return member.end?.tell({
      jsonrpc: '2.0', method: 'member.notify.status', params: {
        speakers: [...this.members].filter(({ connected }) => connected).map(({ id, participant, video }) => ({
          id, activity: video.audioMuted ? 'inactive' : 'speaking', level: video.audioMuted ? -127 : -20,
          noisy: false, included: !video.audioMuted,
          appId: { sourceParticipantId: id, sourceUserId: participant.userId },
        })),
        incomingStreams: source ? [{
          source: { participantId: source.id, trackId: source.video.id },
          contentType: source.video.sharingScreen ? 'screenshare' : 'camera',
        }] : [],
      },
    });
  }

  /** Without a word to anybody. */
  async shutDown() {
    this.mixer.close();
    await Promise.all([...this.members].map(async ({ robot, leg }) => {
      robot?.stop();
      await leg?.shutDown();
    }));
  }
}

/** Emits `room` (Room) for each new one. */
export class Rooms extends EventEmitter {
  /**
   * @param {object} parts
   * @param {import('./directory.js').Directory} parts.directory
   * @param {import('./conversations.js').Conversations} parts.conversations
   * @param {import('./gateway.js').Gateway} parts.gateway of the conference domain
   * @param {import('./tone.js').Pacer} parts.pacer
   */
  constructor({ directory, conversations, gateway, pacer }) {
    super();
    this.directory = directory;
    this.conversations = conversations;
    this.gateway = gateway;
    this.pacer = pacer;
    /** @type {Map<string, Room>} */
    this.byJid = new Map();
    /** Whether each new room gets a robot at once. */
    this.robots = false;
  }

  /** The room of this JID, or a new one. @param {string} jid @param {string} [conversationId] of a new one */
  room(jid, conversationId) {
    const known = this.byJid.get(jid);
    if (known) return known;
    const room = new Room(this, jid, conversationId);
    this.byJid.set(jid, room);
    if (this.robots) room.addRobot();
    this.emit('room', room);
    return room;
  }

  /** @param {string} name @returns {string} JID of a room of this organisation */
  jidOf(name) {
    return `${name}@${this.gateway.domain}`;
  }

  /** @param {string} conversationId */
  byConversation(conversationId) {
    return [...this.byJid.values()].find((room) => room.conversationId === conversationId);
  }

  /**
   * `POST conversations/videos` and `.../participants`.
   * @param {User} user who asks
   * @param {{ roomId?: unknown, meetingId?: unknown, participant?: { address?: unknown } }} body
   * @returns {{ conversationId: string } | undefined} undefined: the request makes no sense
   */
  start(user, { roomId, meetingId, participant }) {
    const jid = typeof meetingId === 'string' && meetingId ? this.jidOf(`meeting-${meetingId}`) : roomId;
    const address = participant?.address;
    if (typeof jid !== 'string' || !jid.endsWith(`@${this.gateway.domain}`) || typeof address !== 'string') {
      return undefined;
    }
    const invited = this.directory.byJid(address);
    if (!invited) return undefined;
    const room = this.room(jid.toLowerCase());
    room.invite(invited, {
      fromUserId: user.id, ...(typeof meetingId === 'string' && { meetingId }),
    });
    return { conversationId: room.conversationId };
  }

  /**
   * `.../participants/{own}/pin`.
   * @param {User} user @param {string} conversationId @param {string} participantId @param {string} [target]
   */
  pin(user, conversationId, participantId, target) {
    const room = this.byConversation(conversationId);
    const member = [...room?.members ?? []].find(({ id, participant }) => (
      id === participantId && participant.userId === user.id));
    if (!room || !member) return false;
    member.pinned = target;
    room.arrange();
    return true;
  }

  /** The client with this full JID is gone for good. @param {string} jid */
  left(jid) {
    const members = [...this.byJid.values()].flatMap((room) => [...room.members]);
    for (const member of members) if (member.session?.peer === jid) member.leave('gone');
  }

  async shutDown() {
    await Promise.all([...this.byJid.values()].map((room) => room.shutDown()));
  }
}
