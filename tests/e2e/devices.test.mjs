// SPDX-License-Identifier: MIT
// Devices that change during calls: after each change the far end still hears the microphone's tone, and nothing
// stays on that is not used. Devices cannot be unplugged here: the list that the browser gives is cut instead.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { until } from '../../demo/platform/index.js';
import { stage } from './support.mjs';
import { TONE_HZ, UNPROCESSED, toneMicrophone } from './tone-file.mjs';

/** @typedef {import('./support.mjs').Scene} Scene */
/** @typedef {import('../../demo/platform/calls.js').Call} Call */

const { play } = stage({ flags: [toneMicrophone()] });
/** Where permissions can be taken away. */
const asking = stage({ flags: [toneMicrophone()], without: ['--use-fake-ui-for-media-stream'] });

/** A call with real sound both ways. @param {Scene} scene @param {object} [config] @returns {Promise<Call>} */
const inCall = async (scene, config = {}) => {
  await scene.signIn({ ...UNPROCESSED, ...config });
  const call = await scene.talk({ farEnd: 'tone' });
  await toneHeard(call);
  return call;
};

/** The far end hears the tone from now on. @param {Call} call */
const toneHeard = async ({ farEnd }) => {
  const before = farEnd.stats().packetsReceived;
  const isTone = (/** @type {any} */ level) => level.rms > 0.01 && Math.abs(level.lastToneHz - TONE_HZ) <= 20;
  const { packetsReceived } = await until(farEnd, 'level', isTone);
  assert.ok(packetsReceived > before, 'packets arrive');
};

/** What the page sends, plays on, and has on. @param {Scene} scene */
const sending = (scene) => scene.page.evaluate(() => {
  const { harness } = /** @type {any} */ (window);
  const [sender] = harness.peers.at(-1).getSenders();
  return {
    label: sender.track?.label ?? null,
    state: sender.track?.readyState ?? null,
    sink: document.querySelector('audio')?.sinkId,
    live: harness.tracks.filter((/** @type {MediaStreamTrack} */ track) => track.readyState === 'live').length,
  };
});

/** @param {Scene} scene @returns {Promise<{ kind: string, deviceId: string, label: string }[]>} */
const devicesOf = (scene) => scene.page.evaluate(() => (
  /** @type {any} */ (window).sdk.media.getDevices().map((/** @type {MediaDeviceInfo} */ device) => device.toJSON())));

/** Takes devices out of the browser's list. @param {Scene} scene @param {string[]} labels */
const unplug = (scene, labels) => scene.page.evaluate((gone) => {
  const devices = navigator.mediaDevices;
  const enumerate = devices.enumerateDevices.bind(devices);
  devices.enumerateDevices = async () => (await enumerate()).filter(({ label }) => !gone.includes(label));
  devices.dispatchEvent(new Event('devicechange'));
}, labels);

/** @param {Scene} scene @param {(now: Awaited<ReturnType<typeof sending>>) => boolean} accept */
const untilSending = async (scene, accept) => {
  for (let patience = 200; ; patience -= 1) {
    const now = await sending(scene);
    if (accept(now)) return now;
    assert.ok(patience > 0, `it stays at ${JSON.stringify(now)}`);
    await scene.page.evaluate(() => new Promise((again) => setTimeout(again, 25)));
  }
};

test('S-110 M-61 ten switches of microphone and speaker, and the far end hears each', play({}, async (scene) => {
  const call = await inCall(scene);
  const { conversationId } = call;
  const devices = await devicesOf(scene);
  const microphones = devices.filter(({ kind, deviceId }) => kind === 'audioinput' && deviceId !== 'default');
  const speakers = devices.filter(({ kind }) => kind === 'audiooutput');
  assert.ok(microphones.length >= 2 && speakers.length >= 2);
  for (let turn = 0; turn < 10; turn += 1) {
    const microphone = microphones[turn % microphones.length];
    const speaker = speakers[turn % speakers.length];
    await scene.run('updateOutgoingMedia', { conversationId, audioDeviceId: microphone.deviceId });
    await scene.run('updateOutputDevice', speaker.deviceId);
    const { label, state, sink, live } = await sending(scene);
    assert.deepEqual({ label, state, sink, live },
      { label: microphone.label, state: 'live', sink: speaker.deviceId, live: 1 }, `turn ${turn}`);
    await toneHeard(call);
  }
  await scene.run('endSession', { conversationId });
}));

test('S-107 M-59 the device in use is not asked for again', play({}, async (scene) => {
  const call = await inCall(scene);
  const { conversationId } = call;
  const { label } = await sending(scene);
  const device = (await devicesOf(scene)).find((one) => one.kind === 'audioinput' && one.label === label);
  const from = await scene.count();
  await scene.run('updateOutgoingMedia', { conversationId, audioDeviceId: device?.deviceId });
  assert.deepEqual((await scene.notes()).slice(from).filter(({ name }) => name === 'getUserMedia'), []);
  await toneHeard(call);
}));

test('S-114 the microphone in use is unplugged: another one is heard', play({}, async (scene) => {
  const call = await inCall(scene);
  const microphone = (await devicesOf(scene)).filter(({ kind }) => kind === 'audioinput').at(-1);
  await scene.run('updateOutgoingMedia', { conversationId: call.conversationId, audioDeviceId: microphone?.deviceId });
  const before = await sending(scene);
  await unplug(scene, [before.label]);
  const now = await untilSending(scene, ({ label }) => label !== before.label && label !== null);
  assert.equal(now.live, 1);
  await toneHeard(call);
  await scene.run('endSession', { conversationId: call.conversationId });
}));

test('S-114 M-58 the last microphone is unplugged: the call is muted, and unmuted it is heard again',
  play({}, async (scene) => {
    const call = await inCall(scene);
    const { conversationId } = call;
    const all = (await devicesOf(scene)).filter(({ kind }) => kind === 'audioinput').map(({ label }) => label);
    await unplug(scene, all);
    await untilSending(scene, ({ label, live }) => label === null && live === 0);
    await scene.event('conversationUpdate', { calls: { [conversationId]: { muted: true } } });
    await unplug(scene, []);
    await scene.page.evaluate(() => {
      // Plugged in again.
      const devices = /** @type {any} */ (navigator.mediaDevices);
      devices.enumerateDevices = MediaDevices.prototype.enumerateDevices;
      devices.dispatchEvent(new Event('devicechange'));
    });
    await scene.run('setAudioMute', { conversationId, mute: false });
    await toneHeard(call);
  }));

test('S-109 the permission is taken away during a call: it is muted and goes on', asking.play({
  sdkErrors: [/permission/i], expected: [/webrtc-sdk/],
}, async (scene) => {
  const call = await inCall(scene);
  const { conversationId } = call;
  await scene.page.context().clearPermissions();
  await scene.event('sdkError', { type: 'media', name: 'NotAllowedError' });
  await scene.event('conversationUpdate', { calls: { [conversationId]: { muted: true } } });
  await scene.page.context().grantPermissions(['microphone']);
  await scene.run('setAudioMute', { conversationId, mute: false });
  await toneHeard(call);
}));

test('a device that cannot be opened changes nothing: the call keeps its sound', play({
  sdkErrors: [/./], expected: [/webrtc-sdk/],
  prepare: (page) => page.addInitScript(`
    window.busy = false;
    const { getUserMedia } = MediaDevices.prototype;
    MediaDevices.prototype.getUserMedia = function (constraints) {
      if (window.busy) return Promise.reject(new DOMException('busy', 'NotReadableError'));
      return getUserMedia.call(this, constraints);
    };`),
}, async (scene) => {
  const call = await inCall(scene);
  const { conversationId } = call;
  const before = await sending(scene);
  await scene.page.evaluate('window.busy = true');
  const error = await scene.fails('updateOutgoingMedia', { conversationId, audioDeviceId: 'unknown' });
  assert.equal(error.name, 'NotReadableError');
  assert.deepEqual(await sending(scene), before);
  await toneHeard(call);
}));

test('switches that overtake each other end on the last, with one microphone on', play({}, async (scene) => {
  const call = await inCall(scene);
  const { conversationId } = call;
  const microphones = (await devicesOf(scene)).filter(({ kind, deviceId }) => (
    kind === 'audioinput' && deviceId !== 'default'));
  await Promise.all([0, 1, 0, 1, 0, 1].map((index) => (
    scene.run('updateOutgoingMedia', { conversationId, audioDeviceId: microphones[index].deviceId }))));
  const { label, live } = await sending(scene);
  assert.deepEqual({ label, live }, { label: microphones[1].label, live: 1 });
  await toneHeard(call);
}));

test('a call that ends during a switch leaves nothing on', play({ sdkErrors: [/session ended/] }, async (scene) => {
  const call = await inCall(scene);
  const { conversationId } = call;
  const [one, two] = (await devicesOf(scene)).filter(({ kind, deviceId }) => (
    kind === 'audioinput' && deviceId !== 'default'));
  await scene.page.evaluate(({ id, ids }) => {
    const { sdk } = /** @type {any} */ (window);
    for (const audioDeviceId of ids) sdk.updateOutgoingMedia({ conversationId: id, audioDeviceId }).catch(() => {});
  }, { id: conversationId, ids: [one.deviceId, two.deviceId] });
  const ended = scene.event('sessionEnded');
  call.hangup();
  await ended;
  await untilSending(scene, ({ live }) => live === 0);
}));

test('C-9 new settings reach the microphone in use', play({}, async (scene) => {
  const call = await inCall(scene);
  await scene.run('updateDefaultMediaSettings', { micEchoCancellation: true, updateActiveSessions: true });
  const settings = await scene.page.evaluate(() => (
    /** @type {any} */ (window).harness.peers.at(-1).getSenders()[0].track.getSettings().echoCancellation));
  assert.equal(settings, true);
  await scene.run('updateDefaultMediaSettings', { micEchoCancellation: false, updateActiveSessions: true });
  await toneHeard(call);
  assert.equal((await sending(scene)).live, 1);
}));

test('S-111 S-113 M-63 defaults, output devices and volumes of a call', play({}, async (scene) => {
  const call = await inCall(scene);
  const devices = await devicesOf(scene);
  const [, , speaker] = devices.filter(({ kind }) => kind === 'audiooutput');
  const microphone = devices.filter(({ kind, deviceId }) => kind === 'audioinput' && deviceId !== 'default').at(-1);
  await scene.run('updateDefaultDevices', { outputDeviceId: speaker.deviceId, audioDeviceId: microphone?.deviceId });
  assert.notEqual((await sending(scene)).sink, speaker.deviceId);
  await scene.run('updateOutputDevice', true);
  assert.equal((await sending(scene)).sink, speaker.deviceId);
  await scene.run('updateOutputDevice', 'unknown');
  assert.equal((await sending(scene)).sink, speaker.deviceId);
  await scene.run('updateOutputDevice', null);
  assert.equal((await sending(scene)).sink, '');
  await scene.run('updateDefaultDevices', {
    outputDeviceId: speaker.deviceId, audioDeviceId: microphone?.deviceId, updateActiveSessions: true,
  });
  const { sink, label } = await sending(scene);
  assert.deepEqual({ sink, label }, { sink: speaker.deviceId, label: microphone?.label });
  await toneHeard(call);
}));

test('S-106 S-112 what is thrown at once', play({
  sdkErrors: [/updateOutgoingMedia must|Invalid volume/],
}, async (scene) => {
  await scene.signIn();
  const { thrown } = await scene.outcome('updateOutgoingMedia', {});
  assert.deepEqual([thrown.type, thrown.message], ['invalid_options',
    'updateOutgoingMedia must be called with a MediaStream, a videoDeviceId, or an audioDeviceId']);
  assert.ok((await scene.outcome('updateOutgoingMedia')).thrown);
  const loud = (await scene.outcome('updateAudioVolume', 101)).thrown;
  assert.deepEqual([loud.type, loud.details], ['not_supported', { providedVolume: 101 }]);
  await scene.talk({ farEnd: 'tone' });
  for (const volume of [0, 100, 35]) {
    await scene.run('updateAudioVolume', volume);
    const heard = await scene.page.evaluate(() => document.querySelector('audio')?.volume);
    assert.equal(Math.round((heard ?? -1) * 100), volume);
  }
}));

/** A processor on Web Audio, in the page. @param {string} process */
const processor = (process) => `
  window.processor = { name: 'p', id: '1', init: async () => {}, destroy: async () => {}, ${process} };`;

test('M-62 a processor that fails costs no call its sound', play({
  expected: [/webrtc-sdk/],
}, async (scene) => {
  const call = await inCall(scene);
  const { conversationId } = call;
  await scene.page.evaluate(`${processor('process: async () => { throw new Error("broken"); }')}
    sdk.audioProcessor.setAudioProcessor(window.processor);`);
  await scene.run('updateOutgoingMedia', { conversationId, audioDeviceId: null });
  const { state, live } = await sending(scene);
  assert.deepEqual({ state, live }, { state: 'live', live: 1 });
  await toneHeard(call);
}));

test('C-13 a processor on Web Audio is heard, and its microphone goes with it', play({}, async (scene) => {
  const call = await inCall(scene);
  const { conversationId } = call;
  await scene.page.evaluate(`${processor(`process: async (stream) => {
    const context = new AudioContext();
    const destination = context.createMediaStreamDestination();
    context.createMediaStreamSource(stream).connect(destination);
    return destination.stream;
  }`)} sdk.audioProcessor.setAudioProcessor(window.processor);`);
  await scene.run('updateOutgoingMedia', { conversationId, audioDeviceId: true });
  await toneHeard(call);
  assert.equal((await sending(scene)).live, 1);
  // Its device is that of the microphone behind it.
  await unplug(scene, []);
  await toneHeard(call);
  await scene.run('updateOutgoingMedia', { conversationId, audioDeviceId: null });
  await toneHeard(call);
  assert.equal((await sending(scene)).live, 1);
  await scene.run('endSession', { conversationId });
  assert.equal((await scene.alive()).tracks, 0);
}));

test('M-54 the end of a session leaves the default stream on', play({}, async (scene) => {
  await scene.signIn(UNPROCESSED);
  await scene.page.evaluate(async () => {
    const scope = /** @type {any} */ (window);
    scope.own = await navigator.mediaDevices.getUserMedia({ audio: true });
    scope.sdk.setDefaultAudioStream(scope.own);
  });
  const call = await scene.talk({ farEnd: 'tone' });
  const { conversationId } = call;
  const [other] = (await devicesOf(scene)).filter(({ kind, deviceId }) => (
    kind === 'audioinput' && deviceId !== 'default'));
  await scene.run('updateOutgoingMedia', { conversationId, audioDeviceId: other.deviceId });
  assert.equal((await sending(scene)).live, 2);
  await scene.run('endSession', { conversationId });
  const states = await scene.page.evaluate(() => {
    const { own, harness } = /** @type {any} */ (window);
    const [track] = own.getTracks();
    const { readyState } = track;
    const live = harness.tracks.filter((/** @type {MediaStreamTrack} */ one) => one.readyState === 'live').length;
    track.stop();
    return { readyState, live };
  });
  assert.deepEqual(states, { readyState: 'live', live: 1 });
}));

// Cameras, in a conference whose other member counts the pictures it sees

// The second of Chromium's fake cameras measures depth and gives no pictures, the third does.
const filmed = stage({
  flags: ['--use-fake-device-for-media-stream=device-count=3'], without: ['--use-fake-device-for-media-stream'],
});

/** A conference that shows our camera. @param {Scene} scene */
const inConference = async (scene) => {
  await scene.signIn();
  const member = scene.platform.meet();
  const { conversationId } = await scene.event('pendingSession');
  await scene.run('acceptPendingSession', { conversationId, sessionType: 'collaborateVideo' });
  await scene.event('sessionStarted', { sessionType: 'collaborateVideo' });
  await scene.page.evaluate((id) => /** @type {any} */ (window).sdk.acceptSession({
    conversationId: id, sessionType: 'collaborateVideo', audioDeviceId: true, videoDeviceId: true,
    videoElement: document.createElement('video'), audioElement: document.createElement('audio'),
  }), conversationId);
  await until(member, 'frame');
  return { member, conversationId };
};

/** What is filmed and sent. @param {Scene} scene */
const filming = (scene) => scene.page.evaluate(() => {
  const { harness } = /** @type {any} */ (window);
  const tracks = harness.peers.at(-1).getSenders().flatMap((/** @type {RTCRtpSender} */ { track }) => track ?? []);
  const isLive = (/** @type {MediaStreamTrack} */ { kind, readyState }) => kind === 'video' && readyState === 'live';
  return {
    label: tracks.find((/** @type {MediaStreamTrack} */ { kind }) => kind === 'video')?.label ?? null,
    live: harness.tracks.filter(isLive).length,
  };
});

test('M-57 cameras are switched and unplugged, and the other member sees each', filmed.play({}, async (scene) => {
  const { member, conversationId } = await inConference(scene);
  const found = (await devicesOf(scene)).filter(({ kind }) => kind === 'videoinput');
  assert.equal(found.length, 3);
  const cameras = [found[0], found[2]];
  for (let turn = 1; turn <= 10; turn += 1) {
    const camera = cameras[turn % 2];
    await scene.run('updateOutgoingMedia', { conversationId, videoDeviceId: camera.deviceId });
    assert.deepEqual(await filming(scene), { label: camera.label, live: 1 }, `turn ${turn}`);
    await until(member, 'frame');
  }
  await scene.run('updateOutgoingMedia', { conversationId, videoDeviceId: cameras[1].deviceId });
  await unplug(scene, [cameras[1].label]);
  for (let patience = 100; (await filming(scene)).label !== cameras[0].label; patience -= 1) {
    assert.ok(patience > 0, 'the other camera takes its place');
    await scene.page.evaluate(() => new Promise((again) => setTimeout(again, 25)));
  }
  await until(member, 'frame');
  assert.equal((await filming(scene)).live, 1);
  await unplug(scene, found.map(({ label }) => label));
  for (let patience = 100; !member.video.videoMuted; patience -= 1) {
    assert.ok(patience > 0, 'without a camera the video is muted');
    await scene.page.evaluate(() => new Promise((again) => setTimeout(again, 25)));
  }
  assert.deepEqual(await filming(scene), { label: null, live: 0 });
}));

test('C-16 another resolution reaches the camera in use', filmed.play({}, async (scene) => {
  const { member } = await inConference(scene);
  const updated = scene.page.evaluate(() => new Promise((resolve) => {
    /** @type {any} */ (window).sdk.once('resolutionUpdated', (/** @type {any} */ event) => resolve({
      requested: event.requestedResolution, actual: event.actualResolution, live: event.videoTrack.readyState,
      size: event.videoTrack.getSettings().width,
    }));
  }));
  await scene.run('updateDefaultResolution', { width: 320, height: 240 }, true);
  assert.deepEqual(await updated, {
    requested: { width: 320, height: 240 }, actual: { width: 320, height: 240 }, live: 'live', size: 320,
  });
  await until(member, 'frame');
}));
