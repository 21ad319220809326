// SPDX-License-Identifier: MIT
// The elements that play remote audio, on a fake page.

import assert from 'node:assert/strict';
import { beforeEach, test } from 'node:test';
import { AudioOutputs } from '../../js/platform/audio.js';
import { FakeStream, FakeTrack, giveMedia, keepingLogger } from './support.mjs';

giveMedia();

/** @type {any[]} */
const body = [];

const element = () => {
  const made = {
    classes: /** @type {string[]} */ ([]),
    classList: { add: (/** @type {string} */ name) => made.classes.push(name) },
    style: { visibility: '' },
    volume: 1,
    autoplay: false,
    srcObject: /** @type {any} */ (null),
    sinkId: '',
    async setSinkId(/** @type {string} */ id) {
      if (id === 'missing') throw new DOMException('no such device', 'NotFoundError');
      made.sinkId = id;
    },
    remove: () => void body.splice(body.indexOf(made), 1),
  };
  return made;
};
Object.assign(globalThis, {
  document: { createElement: element, body: { appendChild: (/** @type {any} */ child) => body.push(child) } },
});

const make = () => {
  const logger = keepingLogger();
  return { outputs: new AudioOutputs(/** @type {any} */ (logger)), records: logger.records };
};
const audio = () => /** @type {any} */ (new FakeTrack('audio'));

beforeEach(() => {
  body.length = 0;
});

test('S-53 without an element a unique hidden one is appended, and removed at the end', () => {
  const { outputs } = make();
  const track = audio();
  outputs.attach(1, { volume: 0.4, sinkId: '' }, track);
  outputs.attach(2, { volume: 1 });
  assert.equal(body.length, 2);
  const [first, second] = body;
  assert.match(first.classes[0], /^__gc-webrtc-inbound-./);
  assert.notEqual(first.classes[0], second.classes[0]);
  assert.deepEqual([first.style.visibility, first.volume, first.autoplay], ['hidden', 0.4, true]);
  assert.deepEqual(first.srcObject.tracks, [track]);
  outputs.detach(1);
  outputs.detach(1);
  assert.deepEqual(body, [second]);
  outputs.close();
  assert.deepEqual(body, []);
});

test('S-54 an element of the application is never removed', () => {
  const { outputs } = make();
  const given = /** @type {any} */ (element());
  body.push(given);
  outputs.attach(1, { volume: 1, element: given }, audio());
  const { srcObject } = given;
  outputs.detach(1);
  assert.deepEqual(body, [given]);
  assert.equal(given.srcObject, srcObject, 'and not cleared');
});

test('S-55 a late remote track is attached when it arrives', () => {
  const { outputs } = make();
  const stream = /** @type {any} */ (new FakeStream([]));
  outputs.attach(1, { volume: 1 });
  outputs.arrived(1, /** @type {any} */ (new FakeTrack('video')), stream);
  assert.equal(body[0].srcObject, null);
  outputs.arrived(1, audio(), stream);
  assert.equal(body[0].srcObject, stream);
  outputs.arrived(1, audio(), /** @type {any} */ (new FakeStream([])));
  assert.equal(body[0].srcObject, stream, 'once there is one, further tracks change nothing');
  outputs.arrived(9, audio(), stream);
});

test('attaching again adjusts the element there is', () => {
  const { outputs } = make();
  outputs.attach(1, { volume: 1 }, audio());
  const { srcObject } = body[0];
  outputs.attach(1, { volume: 0.5 }, audio());
  assert.equal(body.length, 1);
  assert.equal(body[0].volume, 0.5);
  assert.equal(body[0].srcObject, srcObject);
});

test('an element that already has a source is warned about', () => {
  const { outputs, records } = make();
  const given = /** @type {any} */ (element());
  given.srcObject = {};
  outputs.attach(1, { volume: 1, element: given }, audio());
  assert.deepEqual(records.map(([level]) => level), ['warn']);
});

test('the output device is set where that is possible; a failure is only logged', async () => {
  const { outputs, records } = make();
  outputs.attach(1, { volume: 1, sinkId: 'speaker' });
  assert.equal(body[0].sinkId, 'speaker');
  outputs.attach(2, { volume: 1, sinkId: 'missing' });
  await new Promise(setImmediate);
  assert.deepEqual(records, [
    ['warn', 'The output device could not be set', { name: 'NotFoundError' }],
  ]);
});

test('what the statistics say of an element: whether it plays, and whether it can be heard', () => {
  const { outputs } = make();
  assert.deepEqual(outputs.records(1), []);
  const element = /** @type {any} */ ({ paused: true, muted: false, volume: 1 });
  outputs.attach(1, { volume: 0, element });
  assert.deepEqual(outputs.records(1), [{ type: 'sp-playback', kind: 'audio', stopped: true, turnedDown: true }]);
  Object.assign(element, { paused: false, volume: 0.5 });
  assert.deepEqual(outputs.records(1), [{ type: 'sp-playback', kind: 'audio', stopped: false, turnedDown: false }]);
});
