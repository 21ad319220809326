// SPDX-License-Identifier: MIT
// Real media: sound both ways through the SDK, and what happens when the browser refuses the microphone.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { until } from '../../demo/platform/index.js';
import { stage } from './support.mjs';

// Without the flag that answers for the user, a headless Chromium refuses what no permission was granted for.
const { play } = stage({ without: ['--use-fake-ui-for-media-stream'] });

test('both sides hear each other, and hear nothing of a mute or held side', play({}, async (scene) => {
  await scene.signIn();
  const call = await scene.talk({ farEnd: 'tone' });
  const { conversationId, farEnd } = call;
  const heard = await until(farEnd, 'level', ({ rms }) => rms > 0.01);
  assert.ok(heard.packetsReceived > 0 && heard.lastToneHz);
  const media = (/** @type {object} */ least) => scene.page.evaluate((given) => (
    /** @type {any} */ (window).harness.mediaBeyond(given)), least);
  const first = await media({});
  await media(first);
  await scene.run('setAudioMute', { conversationId, mute: true });
  await until(farEnd, 'level', ({ rms }) => rms === 0);
  const ended = until(call, 'ended');
  await scene.run('endSession', { conversationId });
  assert.equal((await ended).by, 'agent');
  const { peers, elements, tracks } = await scene.alive();
  assert.deepEqual({ peers, elements, tracks }, { peers: 0, elements: 0, tracks: 0 });
}));

test('a denied microphone is the browser\'s error, and the call can be accepted once it is allowed', play({
  context: { permissions: [] }, sdkErrors: [/permission/i], expected: [/webrtc-sdk/],
}, async (scene) => {
  await scene.signIn({ autoConnectSessions: false });
  const call = scene.platform.call({ farEnd: 'manual' });
  const { conversationId } = call;
  await scene.event('pendingSession');
  await scene.run('acceptPendingSession', { conversationId });
  await scene.event('sessionStarted');
  const error = await scene.fails('acceptSession', { conversationId });
  assert.equal(error.name, 'NotAllowedError');
  assert.equal(error.isSdkError, false);
  await scene.event('sdkError', { type: 'media', name: 'NotAllowedError', message: error.message });
  assert.equal((await scene.notes('sdkError')).length, 1);
  assert.equal((await scene.notes('sessionEnded')).length, 0);

  await scene.page.context().grantPermissions(['microphone']);
  const answered = until(call, 'answered');
  await scene.run('acceptSession', { conversationId });
  await answered;
  await scene.run('endSession', { conversationId });
}));

test('a microphone denied during an automatic accept is reported and the application may accept', play({
  context: { permissions: [] }, sdkErrors: [/permission/i], expected: [/webrtc-sdk/],
}, async (scene) => {
  await scene.signIn();
  const call = scene.platform.call({ farEnd: 'manual' });
  const { conversationId } = call;
  await scene.event('pendingSession');
  await scene.run('acceptPendingSession', { conversationId });
  await scene.event('sdkError', { type: 'media', name: 'NotAllowedError' });
  await scene.page.context().grantPermissions(['microphone']);
  const answered = until(call, 'answered');
  await scene.run('acceptSession', { conversationId });
  await answered;
}));

test('startMedia gives the application a stream of its own, and refuses with the browser\'s error', play({
  sdkErrors: [/permission/i], expected: [/webrtc-sdk/],
}, async (scene) => {
  await scene.signIn();
  const request = () => scene.page.evaluate(async () => {
    const { sdk } = /** @type {any} */ (window);
    try {
      const stream = await sdk.media.startMedia({ audio: true });
      const kinds = stream.getTracks().map((/** @type {MediaStreamTrack} */ track) => track.kind);
      for (const track of stream.getTracks()) track.stop();
      return kinds;
    } catch (error) {
      return /** @type {Error} */ (error).name;
    }
  });
  assert.deepEqual(await request(), ['audio']);
  await scene.page.context().clearPermissions();
  assert.equal(await request(), 'NotAllowedError');
  await scene.event('sdkError', { type: 'media' });
}));
