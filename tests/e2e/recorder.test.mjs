// SPDX-License-Identifier: MIT
// The flight recorder: a call in Chromium, played again in Node with the same effects; what a recording does not say;
// and what the program says to recordings that were changed, are not whole, or are none.

import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { networkInterfaces, tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { stage } from './support.mjs';

/** @typedef {import('./support.mjs').Scene} Scene */

const { play } = stage();
const PROGRAM = fileURLToPath(new URL('../../dist/cli.mjs', import.meta.url));

const folder = mkdtempSync(join(tmpdir(), 'recorder-'));
after(() => rmSync(folder, { recursive: true }));
const file = join(folder, 'recording.json');

/** @param {string[]} args */
const program = (...args) => {
  const { status, stdout, stderr } = spawnSync(process.execPath, [PROGRAM, 'replay', ...args],
    { encoding: 'utf8', maxBuffer: 64 * 1024 * 1024 });
  return { status, stdout, stderr };
};

/** @param {string} content @param {string[]} options */
const replayText = (content, ...options) => {
  writeFileSync(file, content);
  return program(file, ...options);
};

/** @param {any} recording @param {string[]} options */
const replay = (recording, ...options) => replayText(JSON.stringify(recording), ...options);

/** @param {any} recording @returns {string} what the program says */
const expectSame = (recording) => {
  const { status, stdout, stderr } = replay(recording, '--quiet');
  assert.equal(stderr, '');
  assert.match(stdout, /\d+ inputs replayed, \d+ effects compared: all are those of the recording\.\n$/);
  assert.equal(status, 0);
  return stdout;
};

const CALLER = { name: 'Lovelace Ada', from: '+13175559876' };

/**
 * A call: proposed, answered, heard, muted, held, ended.
 * @param {Scene} scene @param {Record<string, any>} config
 */
const callOf = async (scene, config) => {
  await scene.signIn(config);
  const call = await scene.talk({ farEnd: 'tone', ...CALLER });
  const { conversationId } = call;
  await scene.event('callQuality', { inbound: { audio: 'flowing' } });
  await scene.run('setAudioMute', { conversationId, mute: true });
  await scene.run('setConversationHeld', { conversationId, held: true });
  await scene.run('setConversationHeld', { conversationId, held: false });
  await scene.run('endSession', { conversationId });
  await scene.event('sessionEnded', { conversationId });
  return call;
};

/** Everything is uploaded and told. */
const TALKATIVE = { optOutOfTelemetry: false, logLevel: 'debug', reportStatistics: true };

/** The addresses of this machine that a candidate may name. */
const addresses = () => Object.values(networkInterfaces()).flatMap((all) => all ?? [])
  .filter(({ internal }) => !internal).map(({ address }) => address.split('%')[0]);

/** @type {any} */
let whole;

test('a call recorded in Chromium is replayed in Node with identical effects', play({}, async (scene) => {
  const { conversationId, sessionId } = await callOf(scene, TALKATIVE);
  const sdps = await scene.page.evaluate(() => /** @type {any} */ (window).harness.peers
    .flatMap((/** @type {any} */ peer) => [peer.localDescription?.sdp, peer.remoteDescription?.sdp]));
  whole = await scene.run('exportDiagnostics');
  assert.deepEqual([whole.lost, whole.sdkVersion], [[], await scene.page.evaluate(() => (
    /** @type {any} */ (window).GenesysCloudWebrtcSdk.GenesysCloudWebrtcSdk.VERSION))]);
  expectSame(whole);
  const { stdout } = replay(whole, '--full');
  for (const what of [
    / FRAME .*<propose/, / EVENT pendingSession /, / SOCKET_SEND .*<proceed/, / EVENT sessionStarted /, / PEER_ANSWER /,
    / PEER_STATS /, / CALL \d+ setAudioMute /, / CALL \d+ setConversationHeld /, / EVENT sessionEnded /,
  ]) {
    assert.match(stdout, what);
  }

  // What it must not say, in whatever case: what is known here, and every line of a description that tells something.
  const text = JSON.stringify(whole.records).toLowerCase();
  const { token } = scene.platform;
  const told = sdps.join('\n')
    .match(/(?<=a=ice-pwd:|a=ice-ufrag:|a=fingerprint:\S+ |cname:|candidate:)\S{4,}/g);
  assert.ok(told && told.length > 4, 'descriptions have secrets');
  const secrets = [
    token, Buffer.from(token).toString('base64').slice(4, -4), conversationId, sessionId, '13175559876', '3175559876',
    '5559876', 'lovelace', 'acme', 'example.org', ...addresses(), ...told,
  ];
  const found = secrets.filter((secret) => text.includes(secret.toLowerCase()));
  assert.deepEqual(found, []);
  assert.doesNotMatch(text, /\.local[^h]|eyj/, 'no mDNS name, no JWT');
  // A recording in which they are would have been noticed.
  assert.ok(JSON.stringify(scene.platform.requests).includes(conversationId));
}));

/** @param {(records: any[][]) => any[][]} change @param {string[]} [lost] */
const changed = (change, lost = []) => ({ ...whole, lost, records: change(structuredClone(whole.records)) });

/** @param {any[][]} records @param {(record: any[]) => boolean} is */
const inputAt = (records, is) => {
  const index = records.findIndex(is);
  const [, order] = records.slice(0, index + 1).reverse().find((record) => record[0] === 'input') ?? [];
  return { index, order };
};

/** @param {any[]} list @param {number} from @param {number} count @param {any[]} others */
const spliced = (list, from, count, ...others) => {
  const copy = [...list];
  copy.splice(from, count, ...others);
  return copy;
};

/** @param {any} recording @param {number} order @param {string} recorded @param {string} now expressions */
const expectDifference = (recording, order, recorded, now) => {
  const { status, stdout } = replay(recording, '--quiet');
  const outcome = `^Input ${order}: effects differ\\.\n  recorded  ${recorded}\n  now       ${now}\n$`;
  assert.match(stdout, new RegExp(outcome, 'm'));
  assert.equal(status, 1);
};

test('a recording that was changed is reported at the input', () => {
  // Another frame than the one that rang.
  const isProposal = (/** @type {any[]} */ record) => record[0] === 'input' && record[8].includes('<propose');
  const { order } = inputAt(whole.records, isProposal);
  expectDifference(changed((records) => {
    const record = records.find(isProposal) ?? [];
    record[8] = record[8].replace('<propose', '<retract').replace('</propose', '</retract');
    return records;
  }), order, 'LOG .*Propose received.*', '.*');

  // An effect that nobody had.
  const isStart = (/** @type {any[]} */ record) => record[0] === 'effect' && record[3] === 'sessionStarted';
  const start = inputAt(whole.records, isStart);
  const other = ['effect', 21, 0, 'error', '[]'];
  expectDifference(changed((records) => spliced(records, start.index, 1, other)), start.order,
    'EVENT error \\[\\]', 'EVENT sessionStarted .*');

  // One that is missing, and one too many.
  expectDifference(changed((records) => spliced(records, start.index, 1)), start.order,
    '(?!EVENT sessionStarted ).*', 'EVENT sessionStarted .*');
  const { order: last } = inputAt(whole.records, (record) => record === whole.records[whole.records.length - 1]);
  expectDifference(changed((records) => [...records, other]), last, 'EVENT error \\[\\]', 'nothing');

  // Another time.
  const late = changed((records) => records.map((record) => (
    record[0] === 'input' && record[1] > order ? spliced(record, 3, 1, record[3] + 60_000) : record)));
  assert.equal(replay(late, '--quiet').status, 1);
});

test('what is no recording gets a sentence', () => {
  const refused = /** @type {[content: string, says: RegExp][]} */ ([
    ['', /is no recording/],
    ['{"format":', /is no recording/],
    ['[1]', /is no recording/],
    [JSON.stringify({ ...whole, formatVersion: 2 }), /has format 2, and this program reads format 1/],
    [JSON.stringify({ ...whole, records: 1 }), /is damaged/],
    [JSON.stringify({ ...whole, records: [] }), /the flight recorder was off/],
    [JSON.stringify(changed((records) => spliced(records, 7, 0, ['effect', 'x']))),
      /Record 8 of the recording is damaged/],
    [JSON.stringify(changed((records) => records.slice(1))), /middle of an input|does not begin with the making/],
    [JSON.stringify(changed(([first, ...rest]) => [spliced(first, 8, 1, '{'), ...rest])),
      /configuration in the recording is damaged/],
    [JSON.stringify(changed(([first, ...rest]) => [spliced(first, 8, 1, '{}'), ...rest])), /is refused: .*accessToken/],
  ]);
  for (const [content, says] of refused) {
    const { status, stderr } = replayText(content);
    assert.match(stderr, says);
    assert.doesNotMatch(stderr, /\n +at /, 'no stack');
    assert.equal(status, 2, content.slice(0, 100));
  }
  assert.match(program(join(folder, 'none.json')).stderr, /none\.json cannot be read: there is no such file\./);
  assert.match(program(folder).stderr, /cannot be read: it is a folder\./);
  assert.match(program().stderr, /replay needs one file\./);
  assert.match(program('--help').stdout, /^Usage: .* replay FILE/);
});

test('old telemetry leaves, and everything else is still replayed', play({}, async (scene) => {
  await scene.signIn();
  await scene.page.evaluate(() => {
    const { sdk } = /** @type {any} */ (window);
    for (let i = 0; i < 12; i++) sdk.logger.info(`record ${i} ${'long '.repeat(4000)}`);
  });
  const { conversationId } = await scene.talk({ farEnd: 'tone' });
  await scene.event('callQuality', { inbound: { audio: 'flowing' } });
  await scene.run('endSession', { conversationId });
  await scene.event('sessionEnded', { conversationId });
  const recording = await scene.run('exportDiagnostics');
  assert.deepEqual(recording.lost, ['telemetry']);
  assert.match(expectSame(recording), /telemetry is not compared/);
}));

const REFUSED = { sdkErrors: [/startSoftphoneSession needs an object/] };

test('what was before a gap is replayed, what comes after it is shown', play(REFUSED, async (scene) => {
  await scene.signIn();
  // Calls that are refused, each with 40 KB.
  await scene.page.evaluate(async () => {
    const { sdk } = /** @type {any} */ (window);
    for (let i = 0; i < 20; i++) await sdk.startSoftphoneSession('long '.repeat(8000)).catch(() => {});
    await sdk.setUseHeadsets(true);
  });
  const recording = await scene.run('exportDiagnostics');
  assert.deepEqual(recording.lost, ['middle']);
  const { status, stdout } = replay(recording);
  assert.equal(status, 0);
  const [before, behind] = stdout.split(/^Inputs are missing before input \d+: .* as recorded, not replayed\.$/m);
  assert.match(before, /EVENT ready[^]*all are those of the recording/);
  assert.match(behind, /CALL .*setUseHeadsets/);
}));

test('the flight recorder can be off', play({}, async (scene) => {
  await scene.signIn({ flightRecorder: false });
  const { records, lost, browser } = await scene.run('exportDiagnostics');
  assert.deepEqual([records, lost], [[], []]);
  assert.equal(browser.userAgent, await scene.page.evaluate(() => navigator.userAgent));
}));

test('nothing is left after the end', play({}, async (scene) => {
  await scene.signIn();
  await scene.run('destroy');
  const { message } = await scene.fails('exportDiagnostics');
  assert.match(message, /destroyed/);
}));
