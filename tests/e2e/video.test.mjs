// SPDX-License-Identifier: MIT
// Video conferences and screens with real media: the far end is a peer connection in the same page (room.js) that
// counts what it decodes. Chromium's fake camera and fake screen stand for the real ones.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { until } from '../../demo/platform/index.js';
import { bringRoom, makeRoom } from './room.mjs';
import { FAILED_REQUEST, stage } from './support.mjs';

/** @typedef {import('./support.mjs').Scene} Scene */

const { play } = stage();
/** A page whose policy forbids screens, not cameras: its refusal is genuine. */
const refusing = stage({ headers: { 'permissions-policy': 'display-capture=()' } });
const prepare = bringRoom;
const NOISE = [FAILED_REQUEST, /webrtc-sdk/];

/** The answer's direction of each media section. @param {string} sdp */
const directions = (sdp) => sdp.split(/^m=/m).slice(1).map((section) => (
  /a=(sendrecv|sendonly|recvonly|inactive)/.exec(section)?.[1]));

/** @param {Scene} scene @param {string} path @param {any} body @returns {Promise<any[]>} bodies of the requests */
const answerRest = async (scene, path, body) => {
  /** @type {any[]} */
  const bodies = [];
  await scene.page.route(`**/api/v2/${path}`, async (route) => {
    bodies.push(route.request().postDataJSON());
    await route.fulfill({ json: body, headers: { 'access-control-allow-origin': '*' } });
  });
  return bodies;
};

/** Calls a method of the video session's object. @param {Scene} scene @param {string} method @param {any[]} args */
const onSession = (scene, method, ...args) => scene.page.evaluate(async ([name, given]) => {
  const session = [...(/** @type {any} */ (window).harness.sessions.values())].at(-1);
  await session[name](.../** @type {any[]} */ (given));
}, /** @type {const} */ ([method, args]));

/** Accepts with elements of the page; notes what the session says. @param {Scene} scene @param {any} params */
const accept = (scene, params) => scene.page.evaluate(async (given) => {
  const { harness, sdk } = /** @type {any} */ (window);
  const session = [...harness.sessions.values()].at(-1);
  for (const name of ['incomingMedia', 'participantsUpdate', 'memberStatusUpdate', 'dataChannelMessage']) {
    session.on(name, (/** @type {any} */ detail) => harness.note(name, detail));
  }
  const [audioElement, videoElement] = ['audio', 'video'].map((kind) => document.createElement(kind));
  document.body.append(videoElement);
  harness.elements = { audioElement, videoElement };
  await sdk.acceptSession({ audioElement, videoElement, ...given });
  session.pc.addEventListener('negotiationneeded', () => harness.note('negotiationneeded'));
}, params);

/** What of the session's senders is sent. @param {Scene} scene @returns {Promise<any>} */
const sending = (scene) => scene.page.evaluate(() => {
  const session = [...(/** @type {any} */ (window).harness.sessions.values())].at(-1);
  const tracks = session.pc.getSenders().map((/** @type {RTCRtpSender} */ { track }) => track).filter(Boolean);
  return Object.fromEntries(tracks.map((/** @type {MediaStreamTrack} */ { kind, readyState, enabled, label }) => (
    [kind, { readyState, enabled, label }])));
});

/** @param {Scene} scene */
const mutes = async (scene) => scene.page.evaluate(() => {
  const { audioMuted, videoMuted } = [...(/** @type {any} */ (window).harness.sessions.values())].at(-1);
  return JSON.parse(JSON.stringify({ audioMuted, videoMuted }));
});

/** A conference that is up. @param {Scene} scene */
const meet = async (scene) => {
  const room = makeRoom(scene, 'room-1');
  const { conversationId } = room;
  const started = await answerRest(scene, 'conversations/videos', { conversationId });
  await answerRest(scene, `conversations/${conversationId}`, { id: conversationId, participants: [] });
  await scene.signIn();
  assert.deepEqual(await scene.run('startVideoConference', room.jid), { conversationId });
  assert.equal(started[0].roomId, room.jid);
  await room.invite({ data: true });
  assert.deepEqual(await scene.notes('pendingSession'), []);
  await accept(scene, { conversationId });
  await room.hears((entries) => entries.every(({ kind, frames, energy }) => (kind === 'video' ? frames : energy) > 0));
  return room;
};

/** The fake camera is 4:3, the fake screen is not; a busy machine sends both smaller than they are. */
const isCamera = (/** @type {any} */ { width, height }) => Math.abs(width / height - 4 / 3) < 0.05;
const CAMERA = (/** @type {any[]} */ entries) => entries.some((entry) => entry.width > 0 && isCamera(entry));
const SCREEN = (/** @type {any[]} */ entries) => entries.some((entry) => entry.width > 0 && !isCamera(entry));
const MORE_FRAMES = (/** @type {any[]} */ entries, /** @type {number} */ frames) => (
  entries.some(({ kind, frames: now }) => kind === 'video' && now > frames));
/** @param {any[]} entries */
const framesOf = (entries) => entries.find(({ kind }) => kind === 'video').frames;

test('V-1 V-5 V-14 V-20 V-21 V-26 V-53 V-55 a conference with sound and picture both ways', play({
  prepare, expected: NOISE,
}, async (scene) => {
  const room = await meet(scene);
  assert.deepEqual(directions(room.answer ?? ''), ['sendrecv', 'sendrecv', undefined]);
  const shown = await scene.page.evaluate(async () => {
    const { audioElement, videoElement } = /** @type {any} */ (window).harness.elements;
    while (!videoElement.videoWidth) await new Promise(requestAnimationFrame);
    return {
      muted: videoElement.muted, audioMuted: audioElement.muted, kinds: [audioElement, videoElement].map((element) => (
        element.srcObject.getTracks().map((/** @type {MediaStreamTrack} */ { kind }) => kind).join())),
    };
  });
  assert.deepEqual(shown, { muted: true, audioMuted: false, kinds: ['audio', 'video'] });
  await scene.inOrder(['incomingMedia'], ['sent', { method: 'answer' }]);
  assert.equal(await room.say({ method: 'member.notify.status', params: { speakers: [] } }), 'videoConferenceControl');
  assert.equal((await scene.event('memberStatusUpdate')).method, 'member.notify.status');
  assert.deepEqual(await mutes(scene), {});
  await scene.run('endSession', { conversationId: room.conversationId });
  await scene.inOrder(['sessionEnded', { condition: 'success' }], ['resolved:endSession']);
  assert.equal((await scene.alive()).tracks, 0);
  assert.deepEqual(await scene.notes('negotiationneeded'), []);
}));

test('V-34 V-35 V-39 V-26 mute and unmute of picture and sound, seen by the other side', play({
  prepare, expected: NOISE,
}, async (scene) => {
  const room = await meet(scene);
  const { conversationId } = room;
  /** @type {any[]} */
  const told = [];
  room.session.on('mute', (detail) => told.push(detail));

  await scene.run('setVideoMute', { conversationId, mute: true });
  assert.deepEqual(await mutes(scene), { videoMuted: true });
  assert.deepEqual(Object.keys(await sending(scene)), ['audio']);
  const still = await room.hears((entries) => entries.length > 0);
  const before = await scene.count();
  await scene.run('setVideoMute', { conversationId, mute: false });
  const requests = (await scene.notes()).slice(before).filter(({ name }) => name === 'getUserMedia');
  assert.equal(requests.length, 1);
  await room.hears(MORE_FRAMES, framesOf(still) + 5);
  assert.deepEqual(await mutes(scene), { videoMuted: false });

  await scene.run('setAudioMute', { conversationId, mute: true });
  assert.deepEqual((await sending(scene)).audio.enabled, false);
  assert.equal((await sending(scene)).audio.readyState, 'live');
  await scene.run('setAudioMute', { conversationId, mute: false });
  assert.deepEqual(told, [
    { type: 'video', mute: true }, { type: 'video', mute: false },
    { type: 'audio', mute: true }, { type: 'audio', mute: false },
  ]);
  assert.deepEqual(await scene.notes('negotiationneeded'), []);
  room.session.terminate();
  await scene.event('sessionEnded');
  assert.equal((await scene.alive()).tracks, 0);
}));

test('V-43 V-44 V-45 V-46 V-50 a screen is shared and the camera comes back', play({
  prepare, expected: NOISE,
}, async (scene) => {
  const room = await meet(scene);
  /** @type {string[]} */
  const told = [];
  room.on('screen', (what) => told.push(what));
  await room.hears(CAMERA);

  let said = until(room, 'screen');
  await onSession(scene, 'startScreenShare');
  await said;
  await room.hears(SCREEN);
  const shared = await sending(scene);
  assert.match(shared.video.label, /screen|Screen|window/);
  assert.deepEqual(await mutes(scene), { videoMuted: true });
  assert.equal((await scene.alive()).tracks, 2); // the microphone and the screen, no camera

  said = until(room, 'screen');
  await onSession(scene, 'stopScreenShare');
  await said;
  await room.hears(CAMERA);
  assert.deepEqual(await mutes(scene), { videoMuted: false });

  // The browser's own "stop sharing": the track ends, and the page cannot do that itself but by saying so.
  said = until(room, 'screen');
  await onSession(scene, 'startScreenShare');
  await said;
  said = until(room, 'screen');
  await scene.page.evaluate(() => {
    const session = [...(/** @type {any} */ (window).harness.sessions.values())].at(-1);
    const { track } = session.pc.getSenders().find((/** @type {any} */ sender) => sender.track?.kind === 'video');
    track.stop();
    track.dispatchEvent(new Event('ended'));
  });
  await said;
  await room.hears(CAMERA);
  await onSession(scene, 'stopScreenShare');
  assert.deepEqual(told, ['start', 'stop', 'start', 'stop']);

  // With the camera off nothing comes back.
  await scene.run('setVideoMute', { conversationId: room.conversationId, mute: true });
  await onSession(scene, 'startScreenShare');
  await onSession(scene, 'stopScreenShare');
  assert.deepEqual(Object.keys(await sending(scene)), ['audio']);
  assert.deepEqual(await mutes(scene), { videoMuted: true });

  // The end of the session. The page must listen before it is told: two channels lead to it.
  await onSession(scene, 'startScreenShare');
  await scene.page.evaluate(() => {
    const { harness } = /** @type {any} */ (window);
    const session = [...harness.sessions.values()].at(-1);
    const { track } = session.pc.getSenders().find((/** @type {any} */ sender) => sender.track?.kind === 'video');
    session.once('terminated', () => harness.note('screen at the end', { readyState: track.readyState }));
  });
  room.session.terminate();
  await scene.event('screen at the end', { readyState: 'ended' });
  assert.equal((await scene.alive()).tracks, 0);
  assert.deepEqual(await scene.notes('negotiationneeded'), []);
}));

test('V-48 a refused screen leaves the camera alone', refusing.play({
  prepare,
  expected: [...NOISE, /Permissions policy/],
  sdkErrors: [/Failed to start screen share/, /display-capture|Permission/],
}, async (scene) => {
  const room = await meet(scene);
  const refused = await scene.page.evaluate(async () => {
    const session = [...(/** @type {any} */ (window).harness.sessions.values())].at(-1);
    return session.startScreenShare().then(() => 'shared', (/** @type {any} */ { type, message, details }) => (
      { type, message, cause: details.error.name }));
  });
  assert.deepEqual(refused, { type: 'session', message: 'Failed to start screen share', cause: 'NotAllowedError' });
  const { video } = await sending(scene);
  assert.equal(video.readyState, 'live');
  await room.hears(MORE_FRAMES, framesOf(await room.hears((entries) => entries.length > 0)) + 5);
}));

/** A screen is given when the test says so, as when a person takes time to choose. @param {Scene} scene */
const slowPicker = (scene) => scene.page.evaluate(() => {
  const { harness } = /** @type {any} */ (window);
  const { mediaDevices } = navigator;
  const choose = mediaDevices.getDisplayMedia.bind(mediaDevices);
  mediaDevices.getDisplayMedia = async (constraints) => {
    const stream = await choose(constraints);
    await new Promise((chosen) => {
      harness.chosen = chosen;
      harness.note('picker open');
    });
    return stream;
  };
});

test('V-49 V-50 a screen chosen after its share was called off, or its session ended, is stopped (slowed picker)',
  play({ prepare, expected: NOISE }, async (scene) => {
    const room = await meet(scene);
    /** @type {string[]} */
    const told = [];
    room.on('screen', (what) => told.push(what));
    await slowPicker(scene);
    const calls = [() => onSession(scene, 'stopScreenShare'), () => room.session.terminate()];
    for (const callOff of calls) {
      const before = await scene.count();
      const shared = onSession(scene, 'startScreenShare');
      await scene.event('picker open', {}, before);
      await callOff();
      await shared;
      const { tracks } = await scene.alive();
      const chosen = await scene.count();
      await scene.page.evaluate(() => void /** @type {any} */ (window).harness.chosen());
      await scene.event('track stopped', { kind: 'video' }, chosen);
      assert.equal((await scene.alive()).tracks, tracks - 1);
    }
    assert.equal((await scene.alive()).tracks, 0);
    assert.deepEqual(told, []);
  }));

test('V-59 V-61 V-64 two screens are recorded with their metadata', play({
  prepare, expected: NOISE, sdkErrors: [/must be ended remotely/, /Unable to find session/],
}, async (scene) => {
  const posted = await answerRest(scene, 'recordings/screensessions/metadata', {});
  const room = makeRoom(scene, 'screenrecording-1');
  const { conversationId } = room;
  await scene.signIn({
    allowedSessionTypes: ['screenRecording'], autoAcceptPendingScreenRecordingRequests: true,
  });
  await room.invite({ audio: false, videos: 2, receiveOnly: true });
  const ids = await scene.page.evaluate(async (id) => {
    const tracks = [];
    for (let i = 0; i < 2; i += 1) {
      tracks.push(...(await navigator.mediaDevices.getDisplayMedia({ video: true })).getTracks());
    }
    const mediaStream = new MediaStream(tracks);
    const screenRecordingMetadatas = tracks.map((track, index) => ({
      trackId: track.id, screenId: `screen-${index}`, originX: index * 100, originY: 0, resolutionX: 1, resolutionY: 1,
      primary: index === 0,
    }));
    const { harness, sdk } = /** @type {any} */ (window);
    harness.screens = tracks;
    await sdk.acceptSession({
      conversationId: id, sessionType: 'screenRecording', mediaStream, screenRecordingMetadatas,
    });
    return tracks.map((track) => track.id);
  }, conversationId);
  await room.hears((entries) => entries.length === 2 && entries.every(({ frames }) => frames > 2));
  assert.deepEqual(directions(room.answer ?? ''), ['sendonly', 'sendonly']);
  assert.equal(posted.length, 1);
  const [{ metaData, roomId, conversationId: about, participantJid }] = posted;
  assert.deepEqual([roomId, about], [room.jid, conversationId]);
  assert.equal(participantJid.includes('/'), false);
  assert.deepEqual(metaData.map((/** @type {any} */ entry) => [entry.trackId, entry._trackId, entry.screenId]), [
    ['0', ids[0], 'screen-0'], ['1', ids[1], 'screen-1'],
  ]);
  await scene.fails('endSession', { conversationId });
  await scene.fails('endSession', { conversationId, sessionType: 'screenRecording' });
  room.session.terminate();
  await scene.event('sessionEnded');
  const states = await scene.page.evaluate(() => (
    /** @type {any} */ (window).harness.screens.map((/** @type {MediaStreamTrack} */ { readyState }) => readyState)));
  assert.deepEqual(states, ['ended', 'ended']);
}));

test('V-66 V-67 V-68 V-69 screens are monitored, and observed', play({
  prepare, expected: NOISE, sdkErrors: [/target cannot end/],
}, async (scene) => {
  await scene.signIn();
  const target = makeRoom(scene, 'livemonitor-1');
  const proceeded = until(target.session, 'proceed');
  target.propose(scene.platform.defaultUser.id);
  await proceeded;
  await target.offer({ audio: false, videos: 4 });
  await scene.event('sessionStarted', { conversationId: target.conversationId });
  await scene.page.evaluate(async (conversationId) => {
    const tracks = [];
    for (let i = 0; i < 2; i += 1) {
      tracks.push(...(await navigator.mediaDevices.getDisplayMedia({ video: true })).getTracks());
    }
    await /** @type {any} */ (window).sdk.acceptSession({ conversationId, mediaStream: new MediaStream(tracks) });
  }, target.conversationId);
  await target.hears((entries) => entries.filter(({ frames }) => frames > 2).length === 2);
  assert.deepEqual(directions(target.answer ?? ''), ['sendrecv', 'sendrecv', 'inactive', 'inactive']);
  const streams = [...(target.answer ?? '').matchAll(/^a=msid:(\S+)/gm)].map(([, id]) => id);
  assert.equal(new Set(streams).size, 2);
  await scene.fails('endSession', { conversationId: target.conversationId });
  target.session.terminate();
  await scene.event('sessionEnded', { conversationId: target.conversationId });

  const observed = makeRoom(scene, 'livemonitor-2');
  observed.propose();
  await scene.event('pendingSession', { conversationId: observed.conversationId });
  const agreed = until(observed.session, 'proceed');
  await scene.run('acceptPendingSession', { conversationId: observed.conversationId });
  await agreed;
  await observed.offer({ audio: false, videos: 2 });
  await scene.event('sessionStarted', { conversationId: observed.conversationId });
  await accept(scene, { conversationId: observed.conversationId, liveMonitoringObserver: true });
  await scene.page.evaluate(async () => {
    const { videoElement } = /** @type {any} */ (window).harness.elements;
    while (!videoElement.videoWidth) await new Promise(requestAnimationFrame);
  });
  assert.equal((await scene.notes('incomingMedia')).length, 2);
  assert.deepEqual(directions(observed.answer ?? ''), ['sendrecv', 'sendrecv']);
  await scene.run('endSession', { conversationId: observed.conversationId });
}));
