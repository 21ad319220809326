// SPDX-License-Identifier: MIT
// Statistics and call quality with real sound: what a healthy call says, what a broken one says and why, and that
// what is uploaded of it names no address.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { until } from '../../demo/platform/index.js';
import { stage } from './support.mjs';

/** @typedef {import('./support.mjs').Scene} Scene */

const { play } = stage();

/** A call whose sound flows both ways. @param {Scene} scene */
const talk = async (scene) => {
  const call = await scene.talk({ farEnd: 'tone' });
  await scene.event('callQuality', { inbound: { audio: 'flowing' }, outbound: { audio: 'flowing' } });
  return call;
};

/** @param {Scene} scene @param {string} name */
const details = async (scene, name) => (await scene.notes(name)).map(({ detail }) => detail);

test('L-53 L-59 a healthy call is good, and its statistics are plausible', play({}, async (scene) => {
  await scene.signIn({ reportStatistics: true });
  const { conversationId } = await talk(scene);
  const connect = await scene.event('session:stats', { name: 'connect' });
  assert.equal(connect.userAgent, await scene.page.evaluate(() => navigator.userAgent));
  assert.match(connect.candidatePair, /^\w+;\w+$/);
  assert.ok(connect.connectTime >= 0 && connect.connectTime < 10_000 && connect.cores >= 1);
  const type = await scene.event('session:iceConnectionType');
  assert.deepEqual([`${type.localCandidateType};${type.remoteCandidateType}`, type.relayed],
    [connect.candidatePair, false]);
  await scene.event('session:endOfCandidates');

  // The first sample may have seen no packet yet, so the second has nothing to be compared with.
  let from = 0;
  let stats;
  do {
    from = await scene.count();
    stats = await scene.event('session:stats', { name: 'getStats' }, from);
  } while (!(stats.tracks[0]?.bitrate > 0 && stats.remoteTracks[0]?.bitrate > 0));
  const [sent] = stats.tracks;
  const [heard] = stats.remoteTracks;
  assert.ok(sent.bitrate > 5 && sent.bitrate < 200, `${sent.bitrate} kbit/s`);
  assert.ok(heard.bitrate > 20 && heard.bitrate < 200, `${heard.bitrate} kbit/s`);
  assert.match(heard.codec, /^0 audio\/PCMU 8000$/);
  assert.ok(heard.packetsReceived > 100 && heard.packetLoss === 0 && heard.audioLevel > 0 && heard.track);
  assert.equal(stats.localCandidateChanged, false);

  const quality = await scene.event('callQuality', { conversationId }, from);
  assert.deepEqual(quality, await scene.event('session:callQuality', {}, from));
  assert.match(quality.level, /^(good|excellent)$/);
  assert.ok(quality.mos > 4 && quality.mos < 5 && quality.loss < 0.02 && quality.jitter < 0.05);
  assert.deepEqual(await details(scene, 'callQualityWarning'), []);
  const reports = scene.platform.stanzas.map((stanza) => JSON.stringify(stanza))
    .filter((text) => text.includes('report-statistics'));
  assert.ok(reports.length > 0);
  assert.match(reports[0], new RegExp(conversationId));
  await scene.run('endSession', { conversationId });
  await scene.event('sessionEnded', { conversationId });
  assert.equal((await scene.alive()).peers, 0);
}));

test('a far end that stops sending is noticed and named, and so is its coming back', play({}, async (scene) => {
  await scene.signIn();
  const { farEnd } = await talk(scene);
  farEnd.impair({ sending: false });
  const raised = await scene.event('callQualityWarning', { warning: 'no-inbound-audio', state: 'raised' });
  assert.equal(raised.details.direction, 'inbound');
  assert.match(raised.details.code, /^not-(sent|received-here)$/);
  await scene.event('callQuality', { level: 'bad' });
  farEnd.impair({ sending: true });
  await scene.event('callQualityWarning',
    { warning: 'no-inbound-audio', state: 'cleared', details: { code: 'recovered' } });
  const others = (await details(scene, 'callQualityWarning')).filter(({ warning }) => warning !== 'no-inbound-audio');
  assert.deepEqual(others, [], 'nothing else was wrong');
}));

test('loss on the way is measured, raised and cleared', play({}, async (scene) => {
  await scene.signIn();
  const { farEnd } = await talk(scene);
  farEnd.impair({ loss: 0.2 });
  const raised = await scene.event('callQualityWarning', { warning: 'high-loss', state: 'raised' });
  assert.equal(raised.details.direction, 'inbound');
  assert.ok(raised.value >= raised.threshold && raised.value < 0.3, `${raised.value}`);
  farEnd.impair({ loss: 0 });
  await scene.event('callQualityWarning', { warning: 'high-loss', state: 'cleared' });
}));

test('a muted microphone is the agent\'s wish, a switched-off one too: no warning, and the reason is named', play({},
  async (scene) => {
    await scene.signIn();
    const { conversationId } = await talk(scene);
    await scene.run('setAudioMute', { conversationId, mute: true });
    await scene.event('callQuality', { outbound: { audio: 'muted-here' } });
    await scene.run('setAudioMute', { conversationId, mute: false });
    const from = await scene.count();
    await scene.event('callQuality', { outbound: { audio: 'flowing' } }, from);
    await scene.page.evaluate(() => {
      const [peer] = /** @type {any} */ (window).harness.peers.slice(-1);
      for (const { track } of peer.getSenders()) if (track) track.enabled = false;
    });
    await scene.event('callQuality', { outbound: { audio: 'muted-here' } }, from);
    await scene.run('setConversationHeld', { conversationId, held: true });
    await scene.event('callQuality', { inbound: { audio: 'held' } });
    assert.deepEqual(await details(scene, 'callQualityWarning'), []);
  }));

test('L-39 L-44 the statistics that are uploaded name no address', play({}, async (scene) => {
  const { platform } = scene;
  await scene.page.clock.install();
  await scene.signIn({ optOutOfTelemetry: false, logLevel: 'log' });
  const call = await scene.talk({ farEnd: 'tone' });
  await scene.event('session:stats', { name: 'connect' });
  await until(call.farEnd, 'level', ({ rms }) => rms > 0.01);
  const uploaded = until(platform, 'request', ({ path }) => path === 'diagnostics/newrelic/insights');
  await scene.page.clock.fastForward(26_000);
  await uploaded;
  const uploads = JSON.stringify(platform.rest.diagnostics);
  const { addresses, secrets } = await scene.page.evaluate(async () => {
    const [peer] = /** @type {any} */ (window).harness.peers.slice(-1);
    const records = [...(await peer.getStats()).values()];
    const all = (/** @type {string} */ name) => records.map((record) => record[name]).filter(Boolean);
    return { addresses: all('address').filter((text) => text !== '0.0.0.0'),
      secrets: [...all('usernameFragment'), ...all('base64Certificate'), ...all('fingerprint')] };
  });
  assert.ok(addresses.length && secrets.length, 'there was something to look for');
  assert.match(uploads, /"_eventType":"connect"/);
  assert.match(uploads, /"localCandidateType":"host"/);
  for (const secret of [...addresses, ...secrets, platform.token]) assert.ok(!uploads.includes(secret), secret);
}));
