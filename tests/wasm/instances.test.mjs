// SPDX-License-Identifier: MIT
// Several SDK objects in one page, and what they leave behind.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { memoryBytes } from '../../js/core.js';
import { heard, start } from './support.mjs';

test('several SDK objects in one page do not know of each other', async (t) => {
  const { platform, makeSdk } = await start(t);
  const users = ['ben', 'cleo'].map((id) => platform.users.add({ id }));
  const [first, second] = users.map(({ token }) => makeSdk({ accessToken: token }));
  await Promise.all([first.initialize(), second.initialize()]);
  assert.notEqual(first.station?.id, second.station?.id);
  const changed = heard(second, 'station');
  first.on('station', () => assert.fail('the other one\'s station'));
  platform.changeStation(null, { userId: 'cleo' });
  await changed;
  assert.equal(second.station, null);
  assert.ok(first.station);
  await second.destroy();
  assert.equal(first.connected, true);
  await first.disconnect();
  assert.equal(first.connected, false);
});

test('nothing is held after destroy()', async (t) => {
  const { makeSdk } = await start(t);
  const sdk = makeSdk();
  await sdk.initialize();
  const pending = sdk.startSoftphoneSession({ phoneNumber: '+13175550100' }).catch(() => undefined);
  await sdk.destroy();
  await pending;
  assert.equal(sdk._host.held(), 0);
  assert.deepEqual(sdk.eventNames(), []);
});

test('the module\'s memory does not grow over SDK objects made and destroyed', async (t) => {
  const { makeSdk } = await start(t);
  const cycle = async (/** @type {boolean} */ connect) => {
    const sdk = makeSdk();
    if (connect) await sdk.initialize();
    await sdk.destroy();
  };
  for (let i = 0; i < 10; i++) await cycle(i % 2 === 0);
  const before = memoryBytes();
  assert.ok(before > 0);
  for (let i = 0; i < 300; i++) await cycle(i % 10 === 0);
  assert.equal(memoryBytes(), before);
});
