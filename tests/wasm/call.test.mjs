// SPDX-License-Identifier: MIT
// A whole call on the local platform, with a fake peer connection: what the application sees, and what is
// left.

import assert from 'node:assert/strict';
import { beforeEach, test } from 'node:test';
import { memoryBytes } from '../../js/core.js';
import { until } from '../../demo/platform/index.js';
import { FakePeerConnection, FakeStream, FakeTrack, giveMedia, heard, rejection, start } from './support.mjs';

beforeEach(() => {
  giveMedia();
  FakePeerConnection.made.length = 0;
});

/** @param {any} session @param {string} state */
const connect = (session, state = 'connected') => {
  const pc = session.pc;
  pc.connectionState = state;
  pc.iceConnectionState = state;
  pc.oniceconnectionstatechange?.();
  pc.onconnectionstatechange?.();
};

/**
 * Rings, answers and connects.
 * @param {import('node:test').TestContext} t
 * @param {Parameters<Awaited<ReturnType<typeof start>>['makeSdk']>[0]} [config]
 */
const answered = async (t, config) => {
  const { platform, makeSdk } = await start(t);
  const sdk = makeSdk(config);
  await sdk.initialize();
  const rings = heard(sdk, 'pendingSession');
  const call = platform.call({ farEnd: 'manual' });
  const [pending] = await rings;
  assert.equal(pending.conversationId, call.conversationId);
  const starts = heard(sdk, 'sessionStarted');
  await sdk.acceptPendingSession({ conversationId: pending.conversationId });
  const [session] = await starts;
  await until(call, 'answered');
  return { platform, sdk, call, session };
};

test('an inbound call is answered with the microphone and ended by the caller', async (t) => {
  const { sdk, call, session } = await answered(t);
  const states = /** @type {string[]} */ ([]);
  session.on('connectionState', (/** @type {string} */ state) => states.push(state));
  const [pc] = FakePeerConnection.made;
  assert.equal(session.pc, pc);
  assert.equal(session.sid, session.id);
  assert.equal(session.state, 'active');
  assert.equal(session.active, true);
  assert.equal(session.sessionType, 'softphone');
  assert.match(pc.remote?.sdp ?? '', /m=audio/);
  const { track } = pc.transceiver.sender;
  assert.equal(track?.kind, 'audio');
  connect(session);
  assert.deepEqual(states, ['connected']);
  assert.equal(session.connectionState, 'connected');
  const ends = heard(sdk, 'sessionEnded');
  call.hangup();
  const [endedSession, reason] = await ends;
  assert.equal(endedSession, session);
  assert.equal(reason.condition, 'success');
  if (pc.connectionState !== 'closed') await heard(session, 'terminated');
  assert.equal(pc.connectionState, 'closed');
  assert.equal(track?.readyState, 'ended', 'the microphone is let go');
  assert.equal(session.state, 'ended');
  assert.equal(sdk._host.held(), 0);
});

test('statistics reach the session as the core decides, and nothing is asked for after its end', async (t) => {
  const { sdk, call, session } = await answered(t);
  const [pc] = FakePeerConnection.made;
  pc.report = new Map([
    ['O', { id: 'O', type: 'outbound-rtp', kind: 'audio', packetsSent: 5, bytesSent: 500, timestamp: 1 }],
    ['P', { id: 'P', type: 'candidate-pair', nominated: true, state: 'succeeded', localCandidateId: 'L',
      remoteCandidateId: 'R' }],
    ['L', { id: 'L', type: 'local-candidate', candidateType: 'host' }],
    ['R', { id: 'R', type: 'remote-candidate', candidateType: 'srflx' }],
  ]);
  const types = heard(session, 'iceConnectionType');
  const stats = /** @type {any[]} */ ([]);
  const both = new Promise((resolve) => {
    session.on('stats', (/** @type {any} */ event) => {
      if (stats.push(event) === 2) resolve(undefined);
    });
  });
  connect(session, 'connecting');
  connect(session);
  await both;
  assert.deepEqual(stats.map(({ name }) => name).sort(), ['connect', 'getStats']);
  const sample = stats.find(({ name }) => name === 'getStats');
  assert.equal(sample.session, session.id);
  assert.equal(sample.tracks[0].packetsSent, 5);
  assert.deepEqual(await types, [{ localCandidateType: 'host', relayed: false, remoteCandidateType: 'srflx' }]);
  const asked = t.mock.method(pc, 'getStats');
  const ends = heard(sdk, 'sessionEnded');
  call.hangup();
  await ends;
  assert.equal(asked.mock.callCount(), 0);
});

test('L-60 a browser that rejects getStats() is no unhandled rejection', async (t) => {
  const { sdk, session } = await answered(t);
  FakePeerConnection.made[0].report = new Error('refused');
  const told = new Promise((resolve) => {
    sdk.on('trace', (/** @type {string} */ level, /** @type {string} */ message) => {
      if (/Collecting statistics failed/.test(message)) resolve(level);
    });
  });
  connect(session, 'connecting');
  connect(session);
  assert.equal(await told, 'error');
});

test('S-52 a passed mediaStream prevents any getUserMedia call', async (t) => {
  giveMedia({ getUserMedia: async () => assert.fail('getUserMedia') });
  const { platform, makeSdk } = await start(t);
  const sdk = makeSdk({ autoConnectSessions: false });
  await sdk.initialize();
  const rings = heard(sdk, 'pendingSession');
  const call = platform.call({ farEnd: 'manual' });
  const { conversationId } = (await rings)[0];
  const starts = heard(sdk, 'sessionStarted');
  await sdk.acceptPendingSession({ conversationId });
  await starts;
  const answer = until(call, 'answered');
  const track = new FakeTrack('audio');
  await sdk.acceptSession({ conversationId, mediaStream: /** @type {any} */ (new FakeStream([track])) });
  await answer;
  assert.equal(FakePeerConnection.made[0].transceiver.sender.track, track);
});

test('S-61 the end of a session does not stop live tracks of the default audio stream', async (t) => {
  giveMedia({ getUserMedia: async () => assert.fail('getUserMedia') });
  const track = new FakeTrack('audio');
  const audioStream = /** @type {any} */ (new FakeStream([track]));
  const { sdk, session } = await answered(t, { defaults: { audioStream } });
  const ends = heard(session, 'terminated');
  await sdk.forceTerminateSession(session.id);
  await ends;
  assert.equal(track.readyState, 'live');
});

test('a denied microphone rejects with the browser\'s error, and sdkError says media', async (t) => {
  const denial = new DOMException('Permission denied', 'NotAllowedError');
  giveMedia({ getUserMedia: () => Promise.reject(denial) });
  const { makeSdk } = await start(t);
  const sdk = makeSdk();
  const emitted = heard(sdk, 'sdkError');
  assert.equal(await rejection(sdk.media.startMedia({ audio: true })), denial);
  const [error] = await emitted;
  assert.equal(error.type, 'media');
  assert.equal(error.name, 'NotAllowedError');
  assert.equal(error.message, 'Permission denied');
  assert.ok(error.details.constraints.audio);
});

test('startMedia hands the stream to the application; destroy() stops it', async (t) => {
  const { makeSdk } = await start(t);
  const sdk = makeSdk();
  const stream = await sdk.media.startMedia({ audio: true });
  assert.ok(stream instanceof FakeStream);
  assert.equal(sdk._host.held(), 0);
  assert.equal(stream.getTracks()[0].readyState, 'live');
  await sdk.destroy();
  assert.equal(stream.getTracks()[0].readyState, 'ended');
});

test('a microphone granted after destroy() is stopped at once', async (t) => {
  const track = new FakeTrack('audio');
  let grant = () => {};
  const asked = new Promise((resolve) => {
    giveMedia({
      getUserMedia: () => new Promise((done) => {
        grant = () => done(new FakeStream([track]));
        resolve(undefined);
      }),
    });
  });
  const { makeSdk } = await start(t);
  const sdk = makeSdk();
  const outcome = rejection(sdk.media.startMedia({ audio: true }));
  await asked;
  await sdk.destroy();
  assert.equal((await outcome).type, 'session');
  grant();
  await new Promise(setImmediate);
  assert.equal(track.readyState, 'ended');
});

test('a browser that refuses the peer connection costs the call, not the SDK', async (t) => {
  const { platform, makeSdk } = await start(t);
  Object.assign(globalThis, {
    RTCPeerConnection: class {
      constructor() {
        throw new DOMException('too many', 'UnknownError');
      }
    },
  });
  const sdk = makeSdk();
  await sdk.initialize();
  const rings = heard(sdk, 'pendingSession');
  const call = platform.call({ farEnd: 'manual' });
  await rings;
  const over = until(call, 'ended');
  await sdk.acceptPendingSession({ conversationId: call.conversationId });
  await over;
  const again = heard(sdk, 'pendingSession');
  platform.call({ farEnd: 'manual' });
  await again;
});

test('the module\'s memory after 200 calls is no larger than after 100, which fill the flight recorder', async (t) => {
  const { platform, makeSdk } = await start(t);
  const sdk = makeSdk();
  await sdk.initialize();
  const cycle = async () => {
    const rings = heard(sdk, 'pendingSession');
    const call = platform.call({ farEnd: 'manual' });
    const { conversationId } = (await rings)[0];
    const starts = heard(sdk, 'sessionStarted');
    await sdk.acceptPendingSession({ conversationId });
    const [session] = await starts;
    await until(call, 'answered');
    connect(session);
    const ends = heard(session, 'terminated');
    call.hangup();
    await ends;
  };
  for (let i = 0; i < 100; i++) await cycle();
  const before = memoryBytes();
  for (let i = 100; i < 200; i++) await cycle();
  assert.equal(memoryBytes(), before);
  assert.ok(before <= 2 * 1024 * 1024, `${before} bytes`);
  assert.equal(sdk._host.held(), 0);
});
