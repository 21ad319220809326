// SPDX-License-Identifier: MIT
// How methods fail, and what of it reaches `sdkError`.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { SdkError } from '../../js/index.js';
import { heard, laterTask, rejection, start, uncaught } from './support.mjs';

test('S-117 methods before initialize() reject, and the same object is emitted later', async (t) => {
  const { makeSdk } = await start(t);
  const sdk = makeSdk();
  const params = { conversationId: 'c' };
  const calls = [
    () => sdk.acceptPendingSession(params),
    () => sdk.rejectPendingSession(params),
    () => sdk.acceptSession(params),
    () => sdk.endSession(params),
    () => sdk.setAudioMute({ ...params, mute: true }),
    () => sdk.setConversationHeld({ ...params, held: true }),
    () => sdk.forceTerminateSession('s'),
    () => sdk.startSoftphoneSession({ phoneNumber: '1' }),
  ];
  for (const call of calls) {
    const emitted = heard(sdk, 'sdkError');
    let delivered = false;
    const order = emitted.then(() => assert.ok(delivered, 'the rejection comes first'));
    const error = await rejection(call());
    delivered = true;
    assert.ok(error instanceof SdkError);
    assert.equal(error.type, 'session');
    assert.equal((await emitted)[0], error);
    await order;
  }
});

test('arguments that are no JSON reject with invalid_options, never throw', async (t) => {
  const { makeSdk } = await start(t);
  const sdk = makeSdk();
  const cyclic = /** @type {any} */ ({});
  cyclic.self = cyclic;
  for (const argument of [cyclic, { conversationId: 1n }]) {
    const emitted = heard(sdk, 'sdkError');
    const error = await rejection(sdk.endSession(argument));
    assert.equal(error.type, 'invalid_options');
    assert.ok(error.details instanceof TypeError);
    assert.equal((await emitted)[0], error);
  }
  assert.equal(sdk._host.held(), 0);
});

test('S-116 destroy before initialize resolves, twice the same, and methods reject afterwards', async (t) => {
  const { makeSdk } = await start(t);
  const sdk = makeSdk();
  sdk.on('ready', () => {});
  await Promise.all([sdk.destroy(), sdk.destroy()]);
  assert.equal(await sdk.destroy(), undefined);
  assert.equal(sdk.listenerCount('ready'), 0);
  const params = { conversationId: 'c' };
  const late = [sdk.initialize(), sdk.disconnect(), sdk.endSession(params), sdk.media.startMedia()];
  for (const promise of late) {
    const error = await rejection(promise);
    assert.equal(error.type, 'session');
  }
  assert.equal(sdk.connected, false);
  assert.equal(sdk.isConcurrentSoftphoneSessionsEnabled(), false);
  sdk.setAccessToken('late');
  assert.equal(sdk._host.held(), 0);
});

test('S-15 a 401 on R-1 rejects with invalid_token; sdkError fires twice, http first', async (t) => {
  const { platform, makeSdk } = await start(t);
  platform.faults.respond('GET', 'organizations/me', { status: 401, body: { message: 'no' } });
  const sdk = makeSdk();
  const errors = /** @type {any[]} */ ([]);
  sdk.on('sdkError', (error) => errors.push(error));
  const error = await rejection(sdk.initialize());
  await laterTask();
  assert.deepEqual(errors.map(({ type }) => type), ['http', 'invalid_token']);
  assert.equal(errors[1], error);
  assert.equal(error.message, 'Request failed with status code 401');
  const cause = error.details;
  assert.equal(cause.name, 'AxiosError');
  assert.equal(cause.response.status, 401);
  assert.deepEqual(cause.response.data, { message: 'no' });
  assert.equal(errors[0].details, cause, 'the same cause');
  assert.ok(!JSON.stringify({ ...cause }).includes(platform.token), 'no token in an error');
  await sdk.initialize();
  assert.equal(sdk.connected, true, 'the SDK stays usable');
});

test('S-118 an SdkError built from a TypeError keeps its name and message', () => {
  const cause = new TypeError('not a function');
  const error = new SdkError('generic', cause, { a: 1 });
  assert.deepEqual([error.name, error.message, error.type], ['TypeError', 'not a function', 'generic']);
  assert.deepEqual(error.details, { a: 1 });
  assert.equal(error.cause, cause);
  assert.ok(error instanceof Error);
  const plain = new SdkError(null, 'text');
  assert.deepEqual([plain.name, plain.message, plain.type], ['Error', 'text', 'generic']);
});

test('a listener that throws stops neither the others nor the SDK', async (t) => {
  const { makeSdk } = await start(t);
  const sdk = makeSdk();
  const failure = new Error('a mistake of the application');
  sdk.on('connected', () => {
    throw failure;
  });
  const other = heard(sdk, 'connected');
  const ready = heard(sdk, 'ready');
  uncaught.length = 0;
  await sdk.initialize();
  assert.deepEqual(await other, [{ reconnect: false }]);
  await ready;
  assert.deepEqual(uncaught, [failure], 'reported like an error of a DOM listener');
});

test('a logger that throws does not disturb the SDK', async (t) => {
  const { makeSdk } = await start(t);
  t.mock.method(console, 'error', () => {});
  const broken = () => {
    throw new Error('broken logger');
  };
  const sdk = makeSdk({ logger: { log: broken, debug: broken, info: broken, warn: broken, error: broken } });
  await sdk.initialize();
  sdk.logger.info('hello');
});

test('methods may be called from inside an event listener', async (t) => {
  const { makeSdk } = await start(t);
  const sdk = makeSdk();
  /** @type {Promise<any> | undefined} */
  let inner;
  sdk.on('connected', () => {
    inner = rejection(sdk.endSession({ conversationId: 'unknown' }));
  });
  await sdk.initialize();
  assert.equal((await inner).type, 'session');
});

test('destroy() from inside a listener ends everything', async (t) => {
  const { makeSdk } = await start(t);
  const sdk = makeSdk();
  /** @type {Promise<any> | undefined} */
  let ended;
  sdk.on('ready', () => {
    ended = sdk.destroy();
  });
  await sdk.initialize();
  await ended;
  assert.equal(sdk._host.held(), 0);
});

test('an error event without a listener is logged, not thrown (Q-7)', async (t) => {
  const { makeSdk } = await start(t);
  const sdk = makeSdk();
  assert.equal(sdk.emit('error', new Error('unheard')), false);
});
