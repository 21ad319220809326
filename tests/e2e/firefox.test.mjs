// SPDX-License-Identifier: MIT
// Firefox: its media, and a softphone call. Its fake microphone is one, so a switch is to the same one; whether
// sound is heard as sound cannot be told there without audio hardware, so packets are counted.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { until } from '../../demo/platform/index.js';
import { launchFirefox } from '../support/firefox.mjs';
import { stage } from './support.mjs';

// Permissions are preferences of this browser, not of the context.
const context = { permissions: [] };
const { play } = stage({ launch: () => launchFirefox() });
const refusing = stage({
  launch: () => launchFirefox({ 'media.navigator.permission.disabled': false, 'permissions.default.microphone': 2 }),
});

test('M-38 media in Firefox: no member of Chromium\'s in the constraints', play({ context }, async (scene) => {
  await scene.construct();
  const result = await scene.page.evaluate(async () => {
    const { media } = /** @type {any} */ (window).sdk;
    /** @type {any[]} */
    const constraints = [];
    media.on('gumRequest', (/** @type {any} */ request) => constraints.push(request.constraints));
    const stream = await media.startMedia();
    const kinds = stream.getTracks().map((/** @type {MediaStreamTrack} */ track) => track.kind);
    const device = media.findCachedDeviceByTrackLabelAndKind(stream.getAudioTracks()[0]);
    for (const track of stream.getTracks()) track.stop();
    const { hasMicPermissions, hasCameraPermissions } = media.getState();
    return {
      kinds, hasMicPermissions, hasCameraPermissions, kind: device?.kind,
      audio: constraints[0].audio.echoCancellation, video: constraints[1].video,
    };
  });
  assert.deepEqual(result, {
    kinds: ['audio', 'video'], hasMicPermissions: true, hasCameraPermissions: true, kind: 'audioinput', audio: true,
    video: { frameRate: { ideal: 30 } },
  });
}));

test('M-18 M-19 a microphone that Firefox refuses', refusing.play({
  context, sdkErrors: [/./], expected: [/./],
}, async (scene) => {
  await scene.construct();
  const result = await scene.page.evaluate(async () => {
    const { media } = /** @type {any} */ (window).sdk;
    const error = await media.startMedia({ audio: true }).catch((/** @type {Error} */ reason) => reason);
    const { hasMicPermissions, micPermissionsRequested } = media.getState();
    return { name: error.name, hasMicPermissions, micPermissionsRequested };
  });
  assert.deepEqual(result, { name: 'NotAllowedError', hasMicPermissions: false, micPermissionsRequested: true });
}));

test('M-60 S-108 a call in Firefox, whose microphone is let go before another is opened', play({
  context,
}, async (scene) => {
  await scene.signIn();
  const call = await scene.talk({ farEnd: 'tone' });
  const { conversationId, farEnd } = call;
  const moreArrive = async () => {
    const before = farEnd.stats().packetsReceived;
    await until(farEnd, 'level', ({ packetsReceived }) => packetsReceived > before + 20);
  };
  await moreArrive();
  const from = await scene.count();
  await scene.run('updateOutgoingMedia', { conversationId, audioDeviceId: null });
  const names = (await scene.notes()).slice(from).map(({ name }) => name);
  const stopped = names.indexOf('track stopped');
  assert.ok(stopped >= 0 && stopped < names.indexOf('getUserMedia'), names.join(' '));
  await moreArrive();
  assert.equal((await scene.alive()).tracks, 1);
  await scene.run('endSession', { conversationId });
  assert.equal((await scene.alive()).tracks, 0);
}));

test('diagnostics in Firefox: the microphone of a call, a tone without one', play({ context }, async (scene) => {
  await scene.signIn();
  const call = await scene.talk({ farEnd: 'tone' });
  const look = async (/** @type {string[]} */ wanted) => {
    const report = await scene.run('runDiagnostics', { sections: ['permissions', 'rest', 'socket', 'ice', 'media'] });
    const verdicts = report.sections.map((/** @type {any} */ { verdict }) => verdict);
    assert.deepEqual(verdicts, wanted, report.text);
    return report.sections.at(-1).details;
  };
  const beside = await look(['pass', 'pass', 'pass', 'warn', 'pass']);
  assert.deepEqual([beside.source, beside.muted], ['microphone', false]);
  assert.ok(beside.packetsReceived > 100 && beside.mos > 4.5);
  const before = call.farEnd.stats().packetsReceived;
  await until(call.farEnd, 'level', ({ packetsReceived }) => packetsReceived > before + 20);
  await scene.run('endSession', { conversationId: call.conversationId });
  const asked = (await scene.notes('getUserMedia')).length;
  // Firefox allows a microphone for as long as it is on, unless its user says otherwise.
  const alone = await look(['warn', 'pass', 'pass', 'warn', 'pass']);
  assert.deepEqual([alone.source, alone.packetsReceived > 100], ['tone', true]);
  assert.equal((await scene.notes('getUserMedia')).length, asked, 'and would have asked');
  const { peers, tracks } = await scene.alive();
  assert.deepEqual({ peers, tracks }, { peers: 0, tracks: 0 });
}));
