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
 * What this page receives, once `isIt` says yes: counters have no events, so this asks again.
 * @param {Scene} scene @param {(heard: any) => boolean} isIt
 */
const hears = async (scene, isIt) => {
  const deadline = Date.now() + 20_000;
  for (;;) {
    const heard = await scene.page.evaluate(async () => {
      const { pc } = [...(/** @type {any} */ (window).harness.sessions.values())].at(-1);
      const found = { audio: 0, energy: 0 };
      for (const entry of (await pc.getStats()).values()) {
        if (entry.type !== 'inbound-rtp') continue;
        const { kind, packetsReceived: audio, totalAudioEnergy: energy } = entry;
        if (kind === 'audio') Object.assign(found, { audio, energy });
      }
      return found;
    });
    if (isIt(heard)) return heard;
    if (Date.now() > deadline) throw new Error(`not ${isIt}: ${JSON.stringify(heard)}`);
    await scene.page.evaluate(() => new Promise((again) => setTimeout(again, 50)));
  }
};

/** @param {Scene} scene @param {string} method */
const onSession = (scene, method) => scene.page.evaluate((name) => (
  [...(/** @type {any} */ (window).harness.sessions.values())].at(-1)[name]()), method);

test('V-29 V-30 V-34 V-39 V-43 two pages meet: sound, mutes and shares reach the other side, pictures the room', play({
  expected: NOISE,
}, async (first) => {
  const { platform } = first;
  const opened = await openPage(scenes.browser, scenes.url, { expected: NOISE });
  const second = new Scene(platform, opened.page);
  const other = platform.users.add({ id: 'agent-2', name: 'Second Agent' });
  await first.signIn();
  await second.signIn({ accessToken: other.token });
  for (const [scene, me] of /** @type {const} */ ([[first, platform.defaultUser.id], [second, other.id]])) {
    await scene.page.evaluate((id) => { /** @type {any} */ (window).harness.me = id; }, me);
  }
  const room = platform.rooms.jidOf('room-1');
  await join(first, room);
  const conversationId = await join(second, room);
  const flowing = (/** @type {any} */ { audio, energy }) => audio > 10 && energy > 0;
  /** Waits for a picture of this user that the room's media server takes for a camera's, or for a screen's. */
  const pictures = async (/** @type {string} */ userId, /** @type {boolean} */ camera) => {
    const member = [...platform.rooms.room(room).members].find(({ participant }) => participant.userId === userId);
    for (let patience = 500; patience > 0; patience -= 1) {
      const { width = 0, height = 1 } = member?.end?.stats().video[0] ?? {};
      if (width && Math.abs(width / height - CAMERA) < 0.05 === camera) return;
      await until(/** @type {import('node:events').EventEmitter} */ (member), 'frame');
    }
    throw new Error(`no picture of ${camera ? 'the camera' : 'the screen'}`);
  };
  await Promise.all([hears(first, flowing), hears(second, flowing)]);
  await Promise.all([pictures(platform.defaultUser.id, true), pictures(other.id, true)]);
  await first.event('others', { userId: other.id, audioMuted: false, videoMuted: false, sharingScreen: false });

  await second.run('setVideoMute', { conversationId, mute: true });
  await first.event('others', { userId: other.id, videoMuted: true });
  await second.run('setAudioMute', { conversationId, mute: true });
  await first.event('others', { userId: other.id, audioMuted: true, videoMuted: true });
  let from = await first.count();
  await second.run('setVideoMute', { conversationId, mute: false });
  await second.run('setAudioMute', { conversationId, mute: false });
  await first.event('others', { userId: other.id, audioMuted: false, videoMuted: false }, from);

  for (const [shares, sees, id] of /** @type {const} */ ([
    [second, first, other.id], [first, second, platform.defaultUser.id],
  ])) {
    from = await sees.count();
    await onSession(shares, 'startScreenShare');
    await sees.event('others', { sharingScreen: true }, from);
    await pictures(id, false);
    from = await sees.count();
    await onSession(shares, 'stopScreenShare');
    await sees.event('others', { sharingScreen: false }, from);
    await pictures(id, true);
  }

  await second.run('endSession', { conversationId });
  await first.event('others', { count: 0, gone: 1 });
  await first.run('endSession', { conversationId });
  for (const scene of [first, second]) assert.equal((await scene.alive()).tracks, 0);
  await second.expectOnly([]);
  await opened.done();
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
