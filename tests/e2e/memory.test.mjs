// SPDX-License-Identifier: MIT
// A hundred calls leave nothing behind: neither in the memory of the module nor in the page, whose nodes and listeners
// Chromium counts.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { until } from '../../demo/platform/index.js';
import { stage } from './support.mjs';

const { play } = stage();

test('a hundred calls need no more memory than ten and leave nothing alive', play({}, async (scene) => {
  const { platform } = scene;
  await scene.page.evaluate((config) => {
    const { harness } = /** @type {any} */ (window);
    // Accepts within the page, so that a call costs no further round trip.
    const sdk = harness.construct(config);
    sdk.on('pendingSession', (/** @type {any} */ { conversationId }) => sdk.acceptPendingSession({ conversationId }));
    return harness.call('initialize');
  }, scene.config());

  const cycle = async () => {
    // The list of notes would be what grows.
    await scene.page.evaluate(() => void (/** @type {any} */ (window).harness.notes.length = 0));
    const call = platform.call({ farEnd: 'manual' });
    const { conversationId } = call;
    await until(call, 'answered');
    const up = scene.event('conversationUpdate', { calls: { [conversationId]: { state: 'connected' } } });
    call.farEnd.emit('connected');
    await up;
    const over = scene.event('sessionEnded', { conversationId });
    call.hangup();
    await over;
  };
  const memory = () => scene.page.evaluate(() => /** @type {any} */ (window).harness.memory());
  const devtools = await scene.page.context().newCDPSession(scene.page);
  const counts = async () => {
    await devtools.send('HeapProfiler.collectGarbage');
    const { nodes, jsEventListeners } = await devtools.send('Memory.getDOMCounters');
    return { nodes, listeners: jsEventListeners };
  };
  const idle = await scene.alive();
  for (let count = 0; count < 10; count += 1) await cycle();
  const [after10, alive10, counts10] = [await memory(), await scene.alive(), await counts()];
  for (let count = 10; count < 100; count += 1) await cycle();
  const [after100, alive100, counts100] = [await memory(), await scene.alive(), await counts()];

  assert.ok(after10 > 0 && after10 <= 2 ** 20, `${after10} bytes after 10 calls`);
  assert.ok(after100 <= after10, `${after100} bytes after 100 calls, ${after10} after 10`);
  for (const { peers, elements, tracks, sockets } of [alive10, alive100]) {
    assert.deepEqual({ peers, elements, tracks, sockets }, { peers: 0, elements: 0, tracks: 0, sockets: 1 });
  }
  assert.ok(counts100.nodes <= counts10.nodes, `${counts100.nodes} nodes, ${counts10.nodes} after 10 calls`);
  assert.ok(counts100.listeners <= counts10.listeners, `${counts100.listeners} listeners, ${counts10.listeners}`);
  assert.ok(alive100.timers <= idle.timers, `${alive100.timers} timers`);
  await scene.run('destroy');
  assert.deepEqual(await scene.alive(), { peers: 0, elements: 0, tracks: 0, sockets: 0, timers: 0 });
}));
