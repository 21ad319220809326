// SPDX-License-Identifier: MIT
// Calls in Chromium whose signalling goes through a real XMPP server, Debian's Prosody.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { until } from '../../../demo/platform/index.js';
import { FAILED_REQUEST, FAILED_SOCKET, stage } from '../../e2e/support.mjs';
import { listen, playOnProsody } from './scene.mjs';

const scenes = stage();
/** @param {Parameters<typeof playOnProsody>[1]} options @param {Parameters<typeof playOnProsody>[2]} act */
const play = (options, act) => () => playOnProsody(scenes, options, act);

test('W-D1 a call through Prosody: sound both ways, and the agent ends it', play({}, async (scene) => {
  await scene.signIn();
  const call = await scene.talk({ farEnd: 'tone' });
  await listen(scene, call);
  const ended = until(call, 'ended');
  await scene.run('endSession', { conversationId: call.conversationId });
  assert.equal((await ended).by, 'agent');
  await scene.event('sessionEnded', { conversationId: call.conversationId });
}));

test('the server dies in a call: sound goes on, the SDK is back with the server, and the next call is made', play({
  expected: [FAILED_REQUEST, FAILED_SOCKET],
}, async (scene) => {
  const { world, platform } = scene;
  await scene.signIn();
  const call = await scene.talk({ farEnd: 'tone' });
  await listen(scene, call);
  const from = await scene.count();
  await world.kill();
  await scene.event('disconnected', { reconnecting: true }, from);
  await listen(scene, call);
  await world.restart();
  await scene.event('connected', {}, from);
  await listen(scene, call);
  assert.deepEqual(await scene.notes('sessionEnded'), []);
  const ended = until(call, 'ended');
  call.hangup();
  await ended;
  await scene.event('sessionEnded', { conversationId: call.conversationId });

  const next = await scene.talk({ farEnd: 'tone' });
  await listen(scene, next);
  await scene.run('endSession', { conversationId: next.conversationId });
  assert.equal(platform.requests.filter(({ method, path }) => (
    method === 'POST' && path.startsWith('notifications/channels'))).length, 1, 'on the same channel');
}));
