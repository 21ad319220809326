// SPDX-License-Identifier: MIT
// Jingle sessions (wire.md section 10) in Chromium, initiated by a gateway on a real XMPP server, Debian's Prosody.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { until } from '../../../demo/platform/index.js';
import { FAILED_REQUEST, FAILED_SOCKET, stage } from '../../e2e/support.mjs';
import { listen, playOnProsody } from './scene.mjs';

const scenes = stage();
/** @param {Parameters<typeof playOnProsody>[1]} options @param {Parameters<typeof playOnProsody>[2]} act */
const play = (options, act) => () => playOnProsody(scenes, { jingle: true, ...options }, act);

test('W-D9 proposed, initiated, accepted: sound both ways, and the far end ends it', play({}, async (scene) => {
  await scene.signIn();
  const call = await scene.talk({ farEnd: 'tone' });
  await listen(scene, call);
  const { conversationId, sessionId } = call;
  await scene.run('setAudioMute', { conversationId, mute: true });
  await until(call.farEnd, 'level', ({ rms }) => rms === 0);
  const answered = until(call.session, 'reply', ({ action }) => action === 'session-terminate');
  call.hangup();
  await scene.event('sessionEnded', { id: sessionId, conversationId, condition: 'success' });
  assert.equal((await answered).answer.attributes.type, 'result');
}));

test('W-D9 initiated without a proposal, and the agent ends it', play({}, async (scene) => {
  const { platform, world } = scene;
  await scene.signIn();
  const call = platform.call({ farEnd: 'tone', attributes: { bare: world.client } });
  await scene.event('sessionStarted', { id: call.sessionId, sessionType: 'softphone' });
  await listen(scene, call);
  assert.equal(call.state, 'connected');
  const ended = until(call, 'ended');
  await scene.run('endSession', { sessionId: call.sessionId });
  assert.equal((await ended).by, 'agent');
  await scene.event('sessionEnded', { id: call.sessionId, condition: 'success' });
  assert.deepEqual((await scene.notes('sent')).filter(({ detail }) => detail.notice === 'proceed'), []);
}));

test('the server dies in a Jingle call: sound goes on, the new stream ends it, and another is made', play({
  expected: [FAILED_REQUEST, FAILED_SOCKET],
}, async (scene) => {
  const { world } = scene;
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
  const ended = until(call, 'ended');
  await scene.run('endSession', { conversationId: call.conversationId });
  assert.deepEqual(await ended, { reason: 'success', by: 'agent' });

  const next = await scene.talk({ farEnd: 'tone' });
  await listen(scene, next);
  next.hangup();
  await scene.event('sessionEnded', { conversationId: next.conversationId });
}));
