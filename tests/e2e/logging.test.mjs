// SPDX-License-Identifier: MIT
// The leak test (logging-and-stats.md §9): a whole call in Chromium with marked secrets, then every upload and
// every console line is searched for them.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { until } from '../../demo/platform/index.js';
import { stage } from './support.mjs';

/** @typedef {import('./support.mjs').Scene} Scene */

const { play } = stage();

const PHONE = '+13175557342';
const TURN = { type: 'turn', transport: 'udp', host: '127.0.0.1', port: 9, username: 'turn-user-7342',
  password: 'turn-password-7342' };

/** Keeps what the page's console is told, with the arguments as text. @param {import('playwright-core').Page} page */
const keepConsole = (page) => page.addInitScript(() => {
  const lines = /** @type {string[]} */ ([]);
  Object.assign(window, { lines });
  for (const level of /** @type {const} */ (['log', 'debug', 'info', 'warn', 'error'])) {
    console[level] = (...args) => {
      const texts = args.map((arg) => (
        arg instanceof Error ? `${arg.name} ${arg.message} ${arg.stack}` : JSON.stringify(arg) ?? String(arg)));
      lines.push([level, ...texts].join(' '));
    };
  }
});

/** @param {string} text @param {RegExp} pattern */
const matches = (text, pattern) => [...text.matchAll(pattern)].map(([, found]) => found).filter(Boolean);

/** What the call itself made up: credentials of ICE and lines with addresses. @param {Scene} scene */
const wireSecrets = ({ platform }) => {
  const wire = platform.stanzas.map((stanza) => JSON.stringify(stanza)).join('\n');
  return {
    passwords: matches(wire, /a=ice-pwd:([\w+/]{16,})/g),
    candidates: matches(wire, /candidate:(\d+ \d \w+ \d+ [^ ]+ \d+)/g),
    fingerprints: matches(wire, /a=fingerprint:sha-256 ([0-9A-F:]{20,})/g),
  };
};

/** @param {string} where @param {string} text @param {string[]} secrets */
const expectNone = (where, text, secrets) => {
  for (const secret of secrets) {
    const at = text.indexOf(secret);
    assert.equal(at, -1, `${where}: ...${text.slice(Math.max(0, at - 200), at + secret.length + 50)}`);
  }
};

/** A call from ring to hang-up, and records of the application that carry what they should not. @param {Scene} scene */
const wholeCall = async (scene) => {
  const call = await scene.talk({ farEnd: 'tone', from: PHONE });
  const { conversationId, farEnd } = call;
  await until(farEnd, 'level', ({ rms }) => rms > 0.01);
  await scene.page.evaluate(({ token, phone, turn }) => {
    const { sdk, harness } = /** @type {any} */ (window);
    const [peer] = harness.peers.slice(-1);
    sdk.logger.warn(`dialled tel:${phone} with ${token}`, {
      sdp: peer.localDescription.sdp,
      offer: { sdp: peer.remoteDescription.sdp },
      quoted: peer.localDescription.sdp.split('\r\n').filter((/** @type {string} */ line) => line.startsWith('a='))
        .join(' '),
      servers: [{ urls: 'turn:127.0.0.1:9', username: turn.username, credential: turn.password }],
      headers: { Authorization: `Bearer ${token}` },
      from: { address: `sip:${phone}@10.1.2.3`, addresses: ['10.1.2.3', '2001:db8::7342:1'] },
      error: new Error(`refused: Bearer ${token}`),
      version: '14.0.0',
    });
  }, { token: scene.platform.token, phone: PHONE, turn: TURN });
  await scene.run('setAudioMute', { conversationId, mute: true });
  await scene.run('endSession', { conversationId });
  await scene.event('sessionEnded', { conversationId });
};

for (const logLevel of ['log', 'debug', 'info', 'warn', 'error']) {
  test(`L-44 L-46 nothing leaks in a call at logLevel ${logLevel}`, play({
    platform: { stream: { turn: [/** @type {any} */ (TURN)] } }, prepare: keepConsole,
  }, async (scene) => {
    const { platform } = scene;
    await scene.signIn({ optOutOfTelemetry: false, logLevel });
    await wholeCall(scene);
    await scene.page.evaluate(() => {
      const { sdk } = /** @type {any} */ (window);
      sdk.logger.error('the last record');
      return Promise.all(sdk.logger.sendAllLogsInstantly()).then(() => {});
    });
    const uploads = JSON.stringify(platform.rest.diagnostics);
    const lines = (await scene.page.evaluate(() => /** @type {any} */ (window).lines)).join('\n');
    assert.match(uploads, /the last record/);
    assert.match(lines, /the last record/);
    const { passwords, candidates, fingerprints } = wireSecrets(scene);
    assert.ok(passwords.length && candidates.length && fingerprints.length, 'the call had secrets to look for');
    expectNone('console', lines, [platform.token, TURN.password, ...passwords, ...fingerprints]);
    expectNone('upload', uploads, [
      platform.token, TURN.password, ...passwords, ...fingerprints, ...candidates,
      PHONE, PHONE.slice(1), 'v=0', 'm=audio', '127.0.0.1', '10.1.2.3', '2001:db8::7342:1', 'Bearer ey',
    ]);
    if (logLevel !== 'error') assert.match(uploads, /14\.0\.0/, 'a version is no address');
  }));
}

test('L-17 L-34 uploads name their origin, and a hidden page sends what waits once', play({}, async (scene) => {
  const { platform } = scene;
  await scene.signIn({ optOutOfTelemetry: false, logLevel: 'info', originAppName: 'desk', originAppId: 'desk-1' });
  const traced = (/** @type {string} */ text) => JSON.stringify(platform.rest.diagnostics).includes(text);
  await scene.page.evaluate(() => {
    const { sdk } = /** @type {any} */ (window);
    sdk.logger.info('just before');
    Object.defineProperty(document, 'visibilityState', { get: () => 'hidden', configurable: true });
    document.dispatchEvent(new Event('visibilitychange'));
  });
  while (!traced('just before')) await until(platform, 'request', ({ path }) => path === 'diagnostics/trace');
  const [{ body }] = /** @type {any[]} */ (platform.rest.diagnostics);
  const record = JSON.parse(body.traces[0].message);
  assert.deepEqual([record.originAppName, record.originAppId], ['desk', 'desk-1']);
  assert.match(record.clientTime, /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/);
  const copies = JSON.stringify(platform.rest.diagnostics).split('just before').length - 1;
  assert.equal(copies, 1);
}));
