// SPDX-License-Identifier: MIT
// Video conferences, screens and pictures of the platform, with clients whose media is werift's too.

import assert from 'node:assert/strict';
import { afterEach, beforeEach, test } from 'node:test';
import {
  MediaStreamTrack, PictureLossIndication, RTCPeerConnection, RtcpPayloadSpecificFeedback, RtpHeader, RtpPacket,
  usePCMU, useSdesMid, useVP8,
} from 'werift';
import { startPlatform, until } from '../../demo/platform/index.js';
import { SCREEN_RECORDING } from '../../demo/platform/guests.js';
import { Outlet, readVp8 } from '../../demo/platform/media-end.js';
import { closePeer } from '../../demo/platform/peer.js';
import { Robot } from '../../demo/platform/robot.js';
import { Meter } from '../../demo/platform/tone.js';
import { drawFrame, movingPattern, packetize } from '../../demo/platform/vp8.js';
import { tag } from '../../demo/platform/xml.js';
import { Client, notice, rest } from './client.mjs';

const TOPIC = 'v2.users.agent-1.conversations';

/** @type {Awaited<ReturnType<typeof startPlatform>>} */
let platform;
/** @type {Set<{ close(): Promise<void> }>} */
const open = new Set();
beforeEach(async () => { platform = await startPlatform(); });
afterEach(async () => {
  await Promise.all([...open].map((each) => each.close()));
  open.clear();
  await platform.close();
});

/** @param {Parameters<typeof Client.signIn>[1]} [options] */
async function signIn(options) {
  const client = await Client.signIn(platform, options);
  open.add(client);
  return client;
}

/**
 * Takes what is proposed next, with media: a picture on each line that may send, a tone if there is audio.
 * @param {Client} client
 * @param {{ lines?: number, hz?: number, hue?: number }} [look] how many video lines send; the others are inactive
 */
async function join(client, { lines = 1, hz = 1000, hue = 0.1 } = {}) {
  const proposal = await client.take('propose');
  const { from } = proposal.attributes;
  const { id } = proposal.elements[0].attributes;
  client.send(notice(from, 'proceed', id));
  const { params } = await client.called('offer');
  const peer = new RTCPeerConnection({
    iceServers: [], iceUseIpv6: false, iceAdditionalHostAddresses: ['127.0.0.1'], bundlePolicy: 'max-bundle',
    codecs: { audio: [usePCMU({ payloadType: 0 })], video: [useVP8({ payloadType: 96 })] },
    headerExtensions: { audio: [useSdesMid()], video: [useSdesMid()] },
  });
  const meter = new Meter();
  const shown = { frames: 0, width: 0, height: 0 };
  peer.onTrack.subscribe((track) => track.onReceiveRtp.subscribe(({ payload }) => {
    if (track.kind === 'audio') return meter.hear(payload);
    const { starts, key, width, height } = readVp8(payload);
    if (starts) shown.frames += 1;
    if (key) Object.assign(shown, { width, height });
    return undefined;
  }));
  await peer.setRemoteDescription({ type: 'offer', sdp: params.sdp });
  const robot = new Robot({ pacer: platform.pacer, hz, hue });
  let used = 0;
  for (const transceiver of peer.getTransceivers()) {
    const video = transceiver.kind === 'video';
    if (video) used += 1;
    if (video && used > lines) {
      transceiver.setDirection('inactive');
      continue;
    }
    const track = new MediaStreamTrack({ kind: transceiver.kind });
    await transceiver.sender.replaceTrack(track);
    transceiver.setDirection('sendrecv');
    if (video) robot.on('video', (_line, { header, payload }) => track.writeRtp(packet(header, payload)));
    else robot.on('audio', (frame) => track.writeRtp(audio(frame)));
  }
  await peer.setLocalDescription(await peer.createAnswer());
  await client.call(from, 'answer', { sessionId: id, sdp: peer.localDescription?.sdp });
  const close = async () => {
    robot.stop();
    await closePeer(peer);
  };
  open.add({ close });
  return { from, id, peer, robot, meter, shown, close, proposal: proposal.elements[0].attributes };
}

let sent = 0;
/** @param {Buffer} frame */
function audio(frame) {
  const header = Buffer.alloc(12);
  header[0] = 0x80;
  header.writeUInt16BE(sent & 0xffff, 2);
  header.writeUInt32BE(sent * 160, 4);
  sent += 1;
  return Buffer.concat([header, frame]);
}

/** @param {{ sequenceNumber: number, timestamp: number }} from @param {Buffer} payload */
function packet({ sequenceNumber, timestamp }, payload) {
  const header = Buffer.alloc(12);
  header[0] = 0x80;
  header[1] = 0x80 | 96;
  header.writeUInt16BE(sequenceNumber, 2);
  header.writeUInt32BE(timestamp, 4);
  return Buffer.concat([header, payload]);
}

/** @param {string} name @param {string} [id] @param {string} [sid] */
const screen = (name, id = 'screen-1', sid = '') => tag('jingle', {
  xmlns: 'urn:xmpp:jingle:1', action: 'session-info', sid, id,
}, tag(name, { xmlns: 'urn:xmpp:jingle:apps:rtp:info:1' }));

test('a picture is a key frame of the size it says, in one packet', () => {
  for (const [columns, rows] of [[10, 8], [20, 12], [1, 1]]) {
    const payload = packetize(movingPattern(3, { columns, rows, hue: 0.4 }));
    assert.deepEqual(readVp8(payload), { starts: true, key: true, width: columns * 16, height: rows * 16 });
    assert.ok(payload.length < 1200, `${payload.length} bytes`);
  }
  // The first bytes of a grey picture, which Chromium's decoder was seen to read as grey.
  const grey = drawFrame(1, 1, () => [128, 128, 128]);
  assert.deepEqual([...grey.subarray(3, 10)], [0x9d, 0x01, 0x2a, 16, 0, 16, 0]);
  assert.notDeepEqual(movingPattern(0), movingPattern(1));
});

test('what a packet says of its frame is read through every form of the payload descriptor', () => {
  const frame = movingPattern(0);
  const key = { starts: true, key: true, width: 160, height: 128 };
  for (const descriptor of [[0x10], [0x90, 0x80, 0x05], [0x90, 0x80, 0x85, 0x01], [0x90, 0xe0, 0x85, 0x01, 2, 3]]) {
    assert.deepEqual(readVp8(Buffer.concat([Buffer.from(descriptor), frame])), key);
  }
  const later = readVp8(Buffer.concat([Buffer.from([0x00]), frame]));
  assert.deepEqual(later, { starts: false, key: false, width: 0, height: 0 });
  assert.equal(readVp8(Buffer.from([0x10])).starts, false);
  assert.equal(readVp8(Buffer.from([0x10, 0x01])).key, false);
});

test('a user starts a conference, meets a robot, hears it and sees it, and is told who is there', async () => {
  platform.rooms.robots = true;
  const client = await signIn();
  await client.subscribe(TOPIC);
  const roomId = platform.rooms.jidOf('peer-1');
  const { status, body } = await rest(platform, 'POST', 'conversations/videos', {
    body: { roomId, participant: { address: platform.defaultUser.jid } },
  });
  assert.equal(status, 200);
  const seat = await join(client);
  assert.equal(seat.proposal['inin-cid'], body.conversationId);
  assert.equal(seat.proposal['inin-ofrom'], roomId);
  assert.equal(seat.proposal['inin-user-id'], 'agent-1');
  assert.match(seat.from, /^peer-1@conference\.acme\.orgspan\.test\//);
  const told = await client.notified(TOPIC, ({ participants }) => participants.every(
    (/** @type {any} */ { videos }) => videos[0]?.state === 'connected'));
  assert.deepEqual(told.participants.map((/** @type {any} */ { videos }) => videos[0].peerCount), [2, 2]);
  const [member] = [...platform.rooms.room(roomId).members].filter(({ leg }) => leg);
  await until(member, 'level', () => seat.meter.lastToneHz === 600 && seat.shown.frames > 10);
  assert.deepEqual([seat.shown.width, seat.shown.height], [160, 128]);
  const heard = await until(member, 'level', ({ rms }) => rms > 0.1);
  assert.equal(heard.lastToneHz, 1000);
  assert.equal(heard.video[0].width, 160);
  const ended = until(member, 'ended');
  await client.call(seat.from, 'terminate', { sessionId: seat.id });
  assert.equal(/** @type {any} */ (await ended).by, 'agent');
  assert.equal(platform.rooms.byJid.size, 0);
});

test('a meeting of two: seen and heard, mutes and shared screens are told, pins are obeyed', async () => {
  const other = platform.users.add({ id: 'agent-2' });
  const [one, two] = [await signIn(), await signIn({ user: other })];
  await one.subscribe(TOPIC);
  for (const user of [platform.defaultUser, other]) {
    await rest(platform, 'POST', 'conversations/videos/participants', {
      token: user.token, body: { meetingId: 'weekly', participant: { address: user.jid } },
    });
  }
  const left = await join(one, { hz: 1000 });
  assert.equal(left.proposal['inin-meeting-id'], 'weekly');
  const right = await join(two, { hz: 2000 });
  const room = platform.rooms.room(platform.rooms.jidOf('meeting-weekly'));
  const [first, second] = [...room.members];
  await until(second, 'level', () => left.meter.lastToneHz === 2000 && right.meter.lastToneHz === 1000);
  await until(second, 'frame', () => left.shown.frames > 5 && right.shown.frames > 5);

  await two.call(right.from, 'mute', { sessionId: right.id, type: 'audio' });
  const own = (/** @type {any} */ { participants }) => participants.find(
    (/** @type {any} */ { userId }) => userId === 'agent-2')?.videos[0] ?? {};
  await one.notified(TOPIC, (body) => own(body).audioMuted);
  await two.call(right.from, 'mute', { sessionId: right.id, type: 'video' });
  await one.notified(TOPIC, (body) => own(body).videoMuted);
  assert.equal(first.seen, undefined);
  const answer = await two.ask('set', screen('screen-start', 'a', right.id), right.from);
  assert.equal(answer.attributes.type, 'result');
  await one.notified(TOPIC, (body) => own(body).sharingScreen);
  assert.equal(first.seen, second.id);
  await two.ask('set', screen('screen-stop', 'b', right.id), right.from);
  await one.notified(TOPIC, (body) => !own(body).sharingScreen);

  const robot = room.addRobot({ hz: 400 });
  await two.call(right.from, 'unmute', { sessionId: right.id, type: 'video' });
  await one.notified(TOPIC, (body) => !own(body).videoMuted);
  assert.equal(first.seen, robot.id);
  const pin = `conversations/videos/${room.conversationId}/participants/${first.id}/pin`;
  const target = { targetParticipantId: second.id, streamType: 'video' };
  assert.equal((await rest(platform, 'POST', pin, { body: target })).status, 202);
  assert.equal(first.seen, second.id);
  assert.equal((await rest(platform, 'DELETE', pin)).status, 202);
  assert.equal(first.seen, robot.id);
  assert.equal((await rest(platform, 'POST', pin, { body: {} })).status, 400);
  assert.equal((await rest(platform, 'POST', pin, { body: target, token: other.token })).status, 404);
  const gone = one.notified(TOPIC, (body) => own(body).state === 'disconnected');
  second.leave();
  await gone;
  await two.called('terminate');

  // A page that is closed leaves the meeting; a connection that is lost may come back.
  const third = room.invite(other);
  await join(two);
  if (!third.connected) await until(third, 'connected');
  const ended = until(third, 'ended');
  await two.leave();
  assert.equal(/** @type {any} */ (await ended).reason, 'gone');
  const lost = until(platform, 'disconnection');
  await one.close();
  await lost;
  assert.equal(first.connected, true);
});

test('a line that changes its source waits for a key frame, and its numbers and its clock go on', () => {
  const outlet = new Outlet();
  /** @type {RtpPacket[]} */
  const sent = [];
  outlet.track.onReceiveRtp.subscribe((one) => void sent.push(one));
  const key = packetize(movingPattern(0));
  const rest = Buffer.from([0x10, 0x01]);
  const write = (/** @type {string} */ source, /** @type {number} */ sequenceNumber, payload = rest) => (
    outlet.write(source, new RtpPacket(new RtpHeader({ sequenceNumber, timestamp: sequenceNumber * 9 }), payload)));
  assert.deepEqual([write('a', 65533), outlet.asks, outlet.asks], [false, true, false]);
  assert.ok([write('a', 65534, key), write('a', 65535), write('a', 1), write('a', 0)].every(Boolean));
  assert.equal(write('b', 500), false);
  assert.ok([write('b', 501, key), write('b', 502)].every(Boolean));
  outlet.source = undefined;
  assert.deepEqual([write('b', 503), write('b', 600, key)], [false, true]);
  const first = sent[0].header.sequenceNumber;
  assert.deepEqual(sent.map(({ header }) => header.sequenceNumber - first), [0, 1, 3, 2, 4, 5, 6]);
  const clock = sent.map(({ header }) => header.timestamp);
  for (const [before, next] of [[2, 4], [5, 6]]) assert.ok(clock[next] - clock[before] >= 33 * 90);
});

test('who has missed a picture asks for a whole one, and whom it sees is asked', async () => {
  const other = platform.users.add({ id: 'agent-2' });
  const [one, two] = [await signIn(), await signIn({ user: other })];
  for (const user of [platform.defaultUser, other]) {
    await rest(platform, 'POST', 'conversations/videos/participants', {
      token: user.token, body: { meetingId: 'weekly', participant: { address: user.jid } },
    });
  }
  const [left, right] = [await join(one), await join(two)];
  const [, second] = platform.rooms.room(platform.rooms.jidOf('meeting-weekly')).members;
  await until(second, 'frame', () => left.shown.frames > 5 && right.shown.frames > 5);
  const [line] = left.peer.getTransceivers().filter(({ kind }) => kind === 'video');
  const asked = right.peer.dtlsTransports[0].onRtcp.watch((report) => (
    report instanceof RtcpPayloadSpecificFeedback && report.feedback instanceof PictureLossIndication), 10_000);
  // In the name of the stream that the line sends, as Chromium asks.
  const feedback = new PictureLossIndication({
    senderSsrc: line.sender.ssrc, mediaSsrc: line.receiver.tracks[0].ssrc ?? 0,
  });
  await line.dtlsTransport.sendRtcp([new RtcpPayloadSpecificFeedback({ feedback })]);
  await asked;
});

test('requests and stanzas that make no sense start nothing', async () => {
  const client = await signIn();
  for (const body of [{}, { roomId: 'peer-1@elsewhere', participant: { address: platform.defaultUser.jid } },
    { roomId: platform.rooms.jidOf('peer-1'), participant: {} }, [],
    { roomId: platform.rooms.jidOf('peer-1'), participant: { address: 'nobody@acme.orgspan.test' } }]) {
    assert.equal((await rest(platform, 'POST', 'conversations/videos', { body })).status, 400);
  }
  assert.equal(platform.rooms.byJid.size, 0);
  const member = platform.meet({ robot: false });
  const seat = await join(client);
  await until(member, 'connected');
  const jid = seat.from;
  for (const [payload, expected] of [[screen('screen-start', 'x', 'unknown'), 'item-not-found'],
    [screen('mute', 'y', seat.id), 'feature-not-implemented']]) {
    assert.equal((await client.ask('set', payload, jid)).child('error')?.elements[0].name, expected);
  }
  // An old client forgets the id of this one request.
  const shared = until(/** @type {any} */ (member.session), 'screen');
  client.send(tag('iq', { xmlns: 'jabber:client', type: 'set', to: jid }, screen('screen-start', 'z', seat.id)));
  assert.equal(await shared, true);
  // No JWT, no right to join by presence.
  client.send(tag('presence', { xmlns: 'jabber:client', type: 'upgradeMedia', to: member.room.jid },
    tag('x', { xmlns: 'orgspan:mediastream' }, tag('mediastream', { video: 'true' }))));
  await client.ask('get', tag('ping', { xmlns: 'urn:xmpp:ping' }));
  assert.equal(member.room.members.size, 1);
});

test('the holder of a JWT joins a room by presence, a guest shows a screen', async () => {
  const roomJid = platform.rooms.jidOf('agent-7');
  const jwt = platform.guests.issue({ roomJid, conversationId: 'conversation-7' });
  const caller = await Client.signInAs(platform, jwt);
  open.add(caller);
  const come = (/** @type {Client} */ client, /** @type {string} */ to, /** @type {object} */ flags,
    conversationId = 'conversation-7') => client.send(tag('presence', {
    xmlns: 'jabber:client', type: 'upgradeMedia', to, from: client.jid, id: 'p1',
  }, tag('x', { xmlns: 'orgspan:mediastream', conversationId }, tag('mediastream', { ...flags }))));
  come(caller, roomJid, { video: 'true', audio: 'true', videoGuest: 'true' });
  const seat = await join(caller);
  assert.equal(seat.proposal['inin-cid'], 'conversation-7');
  const [member] = [...platform.rooms.room(roomJid).members];
  if (!member.connected) await until(member, 'connected');
  const update = await caller.notified('v2.guest.conversations.conversation-7');
  assert.equal(update.participants[0].userId, undefined);

  const customer = platform.guests.customerData({ conversationId: 'conversation-8' });
  const guest = await Client.signInAs(platform, customer.jwt);
  open.add(guest);
  const shared = until(platform.screens, 'session');
  come(guest, platform.rooms.jidOf('acd-conversation-8'), { screenShare: 'true' }, 'conversation-8');
  const session = /** @type {import('../../demo/platform/screens.js').ScreenSession} */ (await shared);
  const shown = await join(guest, { hue: 0.9 });
  assert.match(shown.from, /^acd-conversation-8@conference\./);
  await until(session, 'frame', () => session.screens[0].frames > 3);
  assert.deepEqual(session.active, [0]);
  session.stop();
  assert.equal((await guest.called('terminate')).params.sessionId, shown.id);
});

test('a recording takes as many screens as are sent, and checks what is said of them', async () => {
  const client = await signIn();
  const session = platform.screens.record('agent-1', { conversationId: 'conversation-9' });
  const seat = await join(client, { lines: 2 });
  assert.match(seat.from, /^screenrecording-/);
  await until(session, 'frame', () => session.active.length === 2);
  assert.deepEqual(session.active, [0, 1]);
  const good = {
    participantJid: 'agent-1@acme.orgspan.test', roomId: session.roomJid, conversationId: 'conversation-9',
    metaData: [{ trackId: session.end.mids[0], screenId: 'a', primary: true }, { trackId: session.end.mids[1] }],
  };
  const path = 'recordings/screensessions/metadata';
  for (const wrong of [{}, { ...good, roomId: 'x' }, { ...good, conversationId: 'x' }, { ...good, metaData: [] },
    { ...good, participantJid: 'agent-1@acme.orgspan.test/res' }, { ...good, metaData: [{ trackId: 'a track' }] }]) {
    assert.equal((await rest(platform, 'POST', path, { body: wrong })).status, 400);
  }
  assert.equal((await rest(platform, 'POST', path, { body: good })).status, 202);
  const jwt = platform.guests.issue({ userId: 'agent-1', issuer: SCREEN_RECORDING });
  const assistant = `${path}/backgroundassistant`;
  assert.equal((await rest(platform, 'POST', assistant, { body: good, token: jwt })).status, 202);
  assert.equal((await rest(platform, 'POST', assistant, { body: good })).status, 401);
  assert.deepEqual(session.metadata, [good, good]);
  session.stop();
  await client.called('terminate');
  assert.equal((await rest(platform, 'POST', path, { body: good })).status, 400);
});

test('an observer sees the screens of a target, and both end together', async () => {
  const boss = platform.users.add({ id: 'boss' });
  const [client, watcher] = [await signIn(), await signIn({ user: boss })];
  const { target, observer } = platform.screens.monitor({ targetId: 'agent-1', observerId: 'boss' });
  const seat = await join(client, { lines: 2 });
  assert.match(seat.from, /^livemonitor-/);
  assert.equal(seat.proposal['inin-user-id'], 'agent-1');
  const seen = await join(watcher, { lines: 0 });
  assert.equal(seen.proposal['inin-user-id'], 'agent-1');
  const session = await observer;
  assert.equal(session.end.lines.length, 2);
  const over = until(target, 'ended');
  await watcher.call(seen.from, 'terminate', { sessionId: seen.id });
  await over;
  await client.called('terminate');
});
