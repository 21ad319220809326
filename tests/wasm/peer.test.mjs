// SPDX-License-Identifier: MIT
// The driver of one peer connection, on a fake connection.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Peer } from '../../js/platform/peer.js';
import { FakeStream, FakeTrack, giveMedia } from './support.mjs';

giveMedia();

/** @typedef {import('./support.mjs').FakePeerConnection} FakePeerConnection */

/** A peer, its fake connection, and what it reported. */
const make = () => {
  const reports = /** @type {any[][]} */ ([]);
  const note = (/** @type {string} */ name) => (/** @type {any[]} */ ...args) => {
    reports.push([name, ...args]);
  };
  const peer = new Peer({ iceServers: [] }, {
    result: (operation, done, sdp) => note('result')(operation, done, sdp),
    state: note('state'),
    iceState: note('ice'),
    candidate: note('candidate'),
    track: note('track'),
    trackRemoved: note('removed'),
    message: note('message'),
  });
  const pc = /** @type {FakePeerConnection} */ (/** @type {unknown} */ (peer.pc));
  return { peer, pc, reports };
};
const stream = (/** @type {FakeTrack[]} */ ...tracks) => /** @type {any} */ (new FakeStream(tracks));

test('operations run in order, each after the one before has settled', async () => {
  const { peer, pc, reports } = make();
  peer.offer('v=0 offer');
  peer.candidate('audio', 'one');
  peer.stream(stream(new FakeTrack('audio')));
  peer.answer();
  await peer.queue;
  assert.deepEqual(pc.steps, ['remote', 'candidate one', 'create', 'local'].flatMap((step) => [
    `${step} begins`, `${step} ends`,
  ]));
  assert.deepEqual(reports, [
    ['result', 'offer', 1, ''],
    ['result', 'stream', 11, ''],
    ['result', 'answer', 11, 'v=0\r\ns=answer\r\n'],
  ]);
  assert.deepEqual(pc.remote, { type: 'offer', sdp: 'v=0 offer' });
});

test('a failed operation is reported and the next one runs; a failed candidate changes nothing', async () => {
  const { peer, pc, reports } = make();
  pc.failing = 'candidate bad';
  peer.candidate('audio', 'bad');
  peer.offer('v=0');
  await peer.queue;
  pc.failing = 'create';
  peer.answer();
  peer.offer('v=0 again');
  await peer.queue;
  assert.deepEqual(reports.map(([, operation, done]) => [operation, done]), [
    ['offer', 1], ['answer', 0], ['offer', 1],
  ]);
});

test('W-12.3 a track goes to the free transceiver of its kind, which then sends and receives', async () => {
  const { peer, pc, reports } = make();
  const track = new FakeTrack('audio');
  peer.stream(stream(track));
  await peer.queue;
  assert.equal(pc.transceiver.direction, 'sendrecv');
  assert.equal(pc.transceiver.sender.track, track);
  peer.stream(stream(track));
  await peer.queue;
  assert.deepEqual(reports.map(([, , done]) => done), [11, 11], 'it is carried already');
});

test('a stream nobody knows fails the operation', async () => {
  const { peer, reports } = make();
  peer.stream(undefined);
  await peer.queue;
  assert.deepEqual(reports, [['result', 'stream', 0, '']]);
});

/** @type {[string, (records: any[]) => any][]} */
const SHAPES = [
  ['a map', (records) => new Map(records.map((record) => [record.id, record]))],
  ['an array', (records) => records],
  ['an object', (records) => Object.fromEntries(records.map((record) => [record.id, record]))],
];
for (const [shape, give] of SHAPES) {
  test(`statistics out of ${shape}: only the records and members asked for, and the microphone's track`, async () => {
    const { peer, pc } = make();
    const [track] = [new FakeTrack('audio')];
    peer.stream(stream(track));
    await peer.queue;
    Object.assign(track, { enabled: false, muted: true });
    pc.report = give([
      { id: 'I', type: 'inbound-rtp', kind: 'audio', packetsReceived: 3, secret: 'x' },
      { id: 'C', type: 'certificate', fingerprint: 'x' },
    ]);
    const playback = { type: 'sp-playback', kind: 'audio', stopped: true };
    const wanted = { types: ['inbound-rtp'], fields: ['id', 'type', 'packetsReceived', 'enabled', 'stopped'] };
    assert.deepEqual(JSON.parse(await peer.stats(wanted, [playback])), [
      { id: 'I', type: 'inbound-rtp', packetsReceived: 3 },
      { type: 'sp-sender', enabled: false },
      { type: 'sp-playback', stopped: true },
    ]);
    assert.deepEqual(JSON.parse(await peer.stats({ types: ['inbound-rtp'] }, [])), [
      { id: 'I', type: 'inbound-rtp', kind: 'audio', packetsReceived: 3, secret: 'x' },
      { type: 'sp-sender', kind: 'audio', enabled: false, muted: true, ended: false },
    ]);
  });
}

test('statistics that are no report are no records, and a refusal is one', async () => {
  const { peer, pc } = make();
  pc.report = undefined;
  assert.equal(await peer.stats({ types: ['inbound-rtp'] }, []), '[]');
  pc.report = new Error('refused');
  await assert.rejects(peer.stats({ types: [] }, []), /refused/);
});

test('a state comes with the signaling state, a failure of ICE with both descriptions', () => {
  const { pc, reports } = make();
  const fake = /** @type {any} */ (pc);
  Object.assign(fake, { connectionState: 'disconnected', signalingState: 'have-remote-offer' });
  fake.onconnectionstatechange();
  fake.iceConnectionState = 'checking';
  fake.oniceconnectionstatechange();
  Object.assign(fake, { iceConnectionState: 'failed', localDescription: { sdp: 'v=0' } });
  fake.oniceconnectionstatechange();
  assert.deepEqual(reports, [
    ['state', 'disconnected', 'have-remote-offer'],
    ['ice', 'checking', ''],
    ['ice', 'failed', '{"local":"v=0"}'],
  ]);
});

test('after close() nothing is done and nothing is reported', async () => {
  const { peer, pc, reports } = make();
  peer.offer('v=0');
  peer.answer();
  peer.close();
  peer.close();
  await peer.queue;
  assert.deepEqual(pc.steps.filter((step) => step !== 'closed'), []);
  assert.equal(pc.steps.length, 1);
  assert.deepEqual(reports, []);
});
