// SPDX-License-Identifier: MIT
// The WebSocket driver, as far as a user of the SDK can see it.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { heard, rejection, start } from './support.mjs';

test('an address that WebSocket refuses is an attempt that failed, not a wedged SDK', async (t) => {
  const { platform, makeSdk } = await start(t);
  const sdk = makeSdk({ wsHost: 'nonsense://nowhere' });
  const requests = heard(platform, 'request', ({ path }) => path.includes('channels'));
  const outcome = sdk.initialize().catch((error) => error);
  await requests;
  const error = await rejection(sdk.startSoftphoneSession({ phoneNumber: '1' }));
  assert.equal(error.message, 'A session cannot be started as streaming client is not yet connected');
  await sdk.destroy();
  await outcome;
});

test('a refused socket is tried again', async (t) => {
  const { platform, makeSdk } = await start(t);
  platform.faults.refuseSockets(503);
  const sdk = makeSdk();
  await sdk.initialize();
  assert.equal(sdk.connected, true);
});

test('S-21 after a dropped socket only connected is emitted: no ready, no request of the SDK', async (t) => {
  const { platform, makeSdk } = await start(t);
  const sdk = makeSdk();
  await sdk.initialize();
  const events = /** @type {any[][]} */ ([]);
  for (const name of ['ready', 'station', 'connected', 'disconnected', 'sdkError']) {
    sdk.on(name, (...args) => events.push([name, ...args]));
  }
  const before = platform.requests.length;
  const back = heard(sdk, 'connected');
  platform.faults.dropSockets();
  await back;
  assert.deepEqual(events.map(([name]) => name), ['disconnected', 'connected']);
  assert.equal(events[0][1], 'Streaming API connection disconnected');
  assert.equal(events[0][2].reconnecting, true);
  assert.deepEqual(events[1][1], { reconnect: true });
  // The connection itself asks: for a channel, its topics, and `users/me` as a probe (wire.md §2.2).
  const asked = platform.requests.slice(before).map(({ path, query }) => path + query);
  assert.deepEqual(asked.filter((path) => /organizations|expand|stations/.test(path)), []);
});

test('text beyond ASCII survives the way from the wire to the application', async (t) => {
  const { platform, makeSdk } = await start(t);
  const sdk = makeSdk();
  await sdk.initialize();
  const changed = heard(sdk, 'station', ({ station }) => station);
  platform.changeStation({ name: 'Büro 2 – 日本 😀' });
  await changed;
  assert.equal(sdk.station?.name, 'Büro 2 – 日本 😀');
});

test('an oversized frame is refused without harm', async (t) => {
  const { platform, makeSdk } = await start(t);
  const sdk = makeSdk();
  await sdk.initialize();
  const frame = `<message xmlns="jabber:client">${'x'.repeat(3 << 20)}</message>`;
  platform.faults.sendRaw(platform.defaultUser.id, frame);
  const changed = heard(sdk, 'station', ({ station }) => station?.name === 'after');
  const reconnected = sdk.connected ? Promise.resolve() : heard(sdk, 'connected');
  await reconnected;
  platform.changeStation({ name: 'after' });
  await changed;
  assert.equal(sdk.station?.name, 'after');
});

test('S-70 notifications of other people\'s conversations cost the page no timer', async (t) => {
  const { WebSocket: Original } = globalThis;
  const { setTimeout: set } = globalThis;
  const counts = { frames: 0, timers: 0 };
  let counting = false;
  // What is set while the SDK handles such a frame: the platform of this test runs in the same process.
  globalThis.setTimeout = /** @type {any} */ ((/** @type {[any, any]} */ ...args) => {
    counts.timers += counting ? 1 : 0;
    return set(...args);
  });
  globalThis.WebSocket = class extends Original {
    /** @override @param {any} listener */
    set onmessage(listener) {
      super.onmessage = (/** @type {MessageEvent} */ event) => {
        counting = event.data.includes('recordingState');
        counts.frames += counting ? 1 : 0;
        listener(event);
        counting = false;
      };
    }

    /** @override */
    get onmessage() {
      return super.onmessage;
    }
  };
  t.after(() => Object.assign(globalThis, { WebSocket: Original, setTimeout: set }));
  const { platform, makeSdk } = await start(t);
  const sdk = makeSdk();
  await sdk.initialize();
  const over = heard(sdk, 'station', ({ station }) => station?.name === 'after');
  platform.flood({ events: 100, conversations: 20 });
  platform.changeStation({ name: 'after' });
  await over;
  assert.deepEqual(counts, { frames: 100, timers: 0 });
});
