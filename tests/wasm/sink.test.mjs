// SPDX-License-Identifier: MIT
// The sink must never throw: an exception would unwind the pump inside the module and wedge it.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Effect, makeSink } from '../../js/effects.js';
import { hydrate } from '../../js/handles.js';

test('a failing driver is reported, and the rest of the batch is performed', () => {
  const errors = /** @type {any[]} */ ([]);
  const seen = /** @type {any[]} */ ([]);
  const sink = makeSink({
    [Effect.HTTP]: () => {
      throw new Error('no network');
    },
    [Effect.EVENT]: (id, name, value) => seen.push([id, name, value]),
  }, (error) => errors.push(error));
  sink(JSON.stringify([[Effect.HTTP, 1, 'GET', {}], [Effect.EVENT, 0, 'ready', []]]));
  assert.deepEqual(seen, [[0, 'ready', []]]);
  assert.deepEqual(errors.map(({ message }) => message), ['no network']);
});

test('nothing makes the sink throw', () => {
  const sink = makeSink({ [Effect.EVENT]: () => assert.fail('driver') }, () => assert.fail('report'));
  const event = `[[${Effect.EVENT},0,"x",[]]]`;
  for (const batch of [event, '[', '', 'null', '[null]', '{}', '[[999,0,"",null]]']) {
    assert.doesNotThrow(() => sink(batch), batch);
  }
});

test('live objects take the places of their handles, at any depth', () => {
  const session = { id: 's' };
  const live = { $session: (/** @type {number} */ handle) => (handle === 7 ? session : undefined) };
  const text = '{"current":[{"session":{"$session":7},"n":1}],"gone":{"$session":8}}';
  const value = hydrate(JSON.parse(text), live);
  assert.equal(value.current[0].session, session);
  assert.deepEqual(value.gone, undefined);
  const busy = { $session: 7, more: 1 };
  assert.deepEqual(hydrate({ ...busy }, live), busy, 'only an object of its own');
});
