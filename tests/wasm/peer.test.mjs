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
    ['result', 'offer', true, ''],
    ['result', 'stream', true, ''],
    ['result', 'answer', true, 'v=0\r\ns=answer\r\n'],
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
    ['offer', true], ['answer', false], ['offer', true],
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
  assert.deepEqual(reports.map(([, , done]) => done), [true, true], 'it is carried already');
});

test('a stream nobody knows fails the operation', async () => {
  const { peer, reports } = make();
  peer.stream(undefined);
  await peer.queue;
  assert.deepEqual(reports, [['result', 'stream', false, '']]);
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
