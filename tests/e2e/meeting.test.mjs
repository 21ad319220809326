// SPDX-License-Identifier: MIT
// Whole meetings and screens on the local platform: two pages in one room, a recording, a guest from the security code
// to the end. Media is counted on the side that receives it.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { until } from '../../demo/platform/index.js';
import { openPage } from '../support/browser.mjs';
import { FAILED_REQUEST, Scene, stage } from './support.mjs';

const scenes = stage();
const { play } = scenes;
const NOISE = [FAILED_REQUEST, /webrtc-sdk/];
/** The fake camera's shape; the fake screen has another. */
const CAMERA = 4 / 3;

/** Joins the room and accepts. @param {Scene} scene @param {string} room @returns {Promise<string>} conversation id */
const join = async (scene, room) => {
  const { conversationId } = await scene.run('startVideoConference', room);
  await scene.event('sessionStarted', { conversationId });
  await scene.page.evaluate(async (id) => {
    const { harness, sdk } = /** @type {any} */ (window);
    const session = [...harness.sessions.values()].at(-1);
    session.on('participantsUpdate', (/** @type {any} */ { activeParticipants, removedParticipants }) => {
      const others = activeParticipants.filter((/** @type {any} */ { userId }) => userId !== harness.me);
      harness.note('others', { ...others[0], count: others.length, gone: removedParticipants.length });
    });
    const [audioElement, videoElement] = ['audio', 'video'].map((kind) => document.createElement(kind));
    document.body.append(videoElement);
    await sdk.acceptSession({ conversationId: id, audioElement, videoElement });
  }, conversationId);
  return conversationId;
};

/**
 * What this page receives of sound and pictures, once `isIt` says yes: counters have no events, so this asks again.
 * @param {Scene} scene @param {(now: any) => boolean} isIt
 */
const receives = async (scene, isIt) => {
  const deadline = Date.now() + 20_000;
  for (;;) {
    const now = await scene.page.evaluate(async () => {
      const { pc } = [...(/** @type {any} */ (window).harness.sessions.values())].at(-1);
      const found = { packets: 0, energy: 0, frames: 0, keys: 0, width: 0, height: 1, asked: 0 };
      for (const entry of (await pc.getStats()).values()) {
        if (entry.type !== 'inbound-rtp') continue;
        const { packetsReceived: packets, totalAudioEnergy: energy, framesDecoded: frames } = entry;
        const { keyFramesDecoded: keys, frameWidth: width = 0, frameHeight: height = 1, pliCount: asked } = entry;
        Object.assign(found, entry.kind === 'audio' ? { packets, energy } : { frames, keys, width, height, asked });
      }
      return found;
    });
    if (isIt(now)) return now;
    if (Date.now() > deadline) throw new Error(`not ${isIt}: ${JSON.stringify(now)}`);
    await scene.page.evaluate(() => new Promise((again) => setTimeout(again, 50)));
  }
};

/** @param {any} now */
const showsCamera = ({ width, height }) => Math.abs(width / height - CAMERA) < 0.05;

/** Waits until this page decodes moving pictures of a camera, or of a screen. @param {Scene} scene */
const sees = async (scene, camera = true) => {
  const { frames } = await receives(scene, (now) => now.width > 0 && showsCamera(now) === camera);
  await receives(scene, (now) => now.frames > frames + 5 && showsCamera(now) === camera);
};

/** @param {Scene} scene */
const hears = async (scene) => {
  const { packets, energy } = await receives(scene, (now) => now.packets > 0);
  await receives(scene, (now) => now.packets > packets + 10 && now.energy > energy);
};

/** @param {Scene} scene @param {string} method */
const onSession = (scene, method) => scene.page.evaluate((name) => (
  [...(/** @type {any} */ (window).harness.sessions.values())].at(-1)[name]()), method);

test('V-29 V-30 V-34 V-39 V-43 two pages meet: each hears and sees the other, its mutes and its screen', play({
  expected: NOISE,
}, async (first) => {
  const { platform } = first;
  const opened = await openPage(scenes.browser, scenes.url, { expected: NOISE });
  const second = new Scene(platform, opened.page);
  const other = platform.users.add({ id: 'agent-2', name: 'Second Agent' });
  await first.signIn();
  await second.signIn({ accessToken: other.token });
  const [one, two] = [{ scene: first, userId: platform.defaultUser.id }, { scene: second, userId: other.id }];
  for (const { scene, userId } of [one, two]) {
    await scene.page.evaluate((id) => { /** @type {any} */ (window).harness.me = id; }, userId);
  }
  const room = platform.rooms.jidOf('room-1');
  await join(first, room);
  const conversationId = await join(second, room);
  await Promise.all([first, second].flatMap((scene) => [hears(scene), sees(scene)]));

  for (const [{ scene: tells, userId }, { scene: told }] of [[two, one], [one, two]]) {
    await told.event('others', { userId, audioMuted: false, videoMuted: false, sharingScreen: false });
    let from = await told.count();
    await tells.run('setVideoMute', { conversationId, mute: true });
    await told.event('others', { userId, audioMuted: false, videoMuted: true }, from);
    await tells.run('setAudioMute', { conversationId, mute: true });
    await told.event('others', { userId, audioMuted: true, videoMuted: true }, from);
    from = await told.count();
    await tells.run('setVideoMute', { conversationId, mute: false });
    await tells.run('setAudioMute', { conversationId, mute: false });
    await told.event('others', { userId, audioMuted: false, videoMuted: false }, from);
    await Promise.all([hears(told), sees(told)]);

    from = await told.count();
    await onSession(tells, 'startScreenShare');
    await told.event('others', { userId, sharingScreen: true }, from);
    await Promise.all([sees(told, false), sees(tells)]);
    from = await told.count();
    await onSession(tells, 'stopScreenShare');
    await told.event('others', { userId, sharingScreen: false }, from);
    await sees(told);
  }

  await second.run('endSession', { conversationId });
  await first.event('others', { count: 0, gone: 1 });
  assert.equal((await second.alive()).tracks, 0);
  await second.expectOnly([]);
  await second.expectQuiet();
  await opened.done();

  // Who closes the page has left too.
  const again = await openPage(scenes.browser, scenes.url, { expected: NOISE });
  const third = new Scene(platform, again.page);
  await third.signIn({ accessToken: other.token });
  let from = await first.count();
  await join(third, room);
  await first.event('others', { count: 1 }, from);
  from = await first.count();
  await again.done();
  await first.event('others', { count: 0, gone: 1 }, from);
  await first.run('endSession', { conversationId });
  assert.equal((await first.alive()).tracks, 0);
}));

test('V-57 V-58 a guest shares a screen, from the security code to the end', play({
  expected: NOISE,
}, async (scene) => {
  const { platform } = scene;
  const shared = until(platform.screens, 'session');
  await scene.construct({ accessToken: undefined, organizationId: platform.users.organization.id });
  await scene.run('initialize', { securityCode: platform.guests.addCode() });
  await scene.run('startScreenShare');
  const session = await shared;
  await scene.event('pendingSession', { sessionType: 'screenShare' });
  await until(session, 'frame');
  await scene.inOrder(['sessionStarted', { sessionType: 'screenShare' }]);
  const ended = until(session, 'ended');
  await scene.page.evaluate(() => {
    const { pc } = [...(/** @type {any} */ (window).harness.sessions.values())].at(-1);
    const { track } = pc.getSenders().find((/** @type {RTCRtpSender} */ sender) => sender.track);
    track.stop();
    track.dispatchEvent(new Event('ended')); // what the browser's own button does
  });
  await ended;
  await scene.event('sessionEnded', { condition: 'success' });
}));

test('V-61 V-64 two screens are recorded by the platform', play({ expected: NOISE }, async (scene) => {
  const { platform } = scene;
  await scene.signIn({ allowedSessionTypes: ['screenRecording'], autoAcceptPendingScreenRecordingRequests: true });
  const recording = platform.screens.record(platform.defaultUser.id, { screens: 2 });
  const described = until(recording, 'metadata');
  const { conversationId } = await scene.event('sessionStarted', { sessionType: 'screenRecording' });
  const ids = await scene.page.evaluate(async (id) => {
    const tracks = [];
    for (let i = 0; i < 2; i += 1) {
      tracks.push(...(await navigator.mediaDevices.getDisplayMedia({ video: true })).getTracks());
    }
    /** @type {any} */ (window).harness.screens = tracks;
    await /** @type {any} */ (window).sdk.acceptSession({
      conversationId: id, sessionType: 'screenRecording', mediaStream: new MediaStream(tracks),
      screenRecordingMetadatas: tracks.map((track, index) => ({
        trackId: track.id, screenId: `screen-${index}`, originX: index, originY: 0, resolutionX: 1, resolutionY: 1,
        primary: index === 0,
      })),
    });
    return tracks.map((track) => track.id);
  }, conversationId);
  const { metaData } = await described;
  assert.deepEqual(metaData.map((/** @type {any} */ { _trackId: id }) => id), ids);
  while (recording.active.length < 2) await until(recording, 'frame');
  recording.stop();
  await scene.event('sessionEnded');
  const states = await scene.page.evaluate(() => (
    /** @type {any} */ (window).harness.screens.map((/** @type {MediaStreamTrack} */ { readyState }) => readyState)));
  assert.deepEqual(states, ['ended', 'ended']);
}));
