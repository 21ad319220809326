// SPDX-License-Identifier: MIT
// The lean module: the WebAssembly binary is a file beside the script, compiled while it arrives.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { until } from '../../demo/platform/index.js';
import { stage } from './support.mjs';

const dist = (/** @type {string} */ name) => ({ file: fileURLToPath(new URL(`../../dist/${name}`, import.meta.url)) });

const { play } = stage({
  headers: { 'content-security-policy': "script-src 'self' 'wasm-unsafe-eval'" },
  pages: {
    '/sdk.js': `import('/lean.mjs').then((sdk) => {
      window.GenesysCloudWebrtcSdk = sdk;
    });`,
    '/lean.mjs': dist('lean.mjs'),
    '/index.mjs': dist('index.mjs'),
    '/worker.js': `import * as sdk from '/index.mjs';
      sdk.loaded.then(() => postMessage(Object.keys(sdk)), (error) => postMessage(String(error)));`,
    '/softphone.wasm': dist('softphone.wasm'),
    '/softphone-calls.wasm': dist('softphone-calls.wasm'),
  },
});

/** @param {import('playwright-core').Page} page */
const imported = (page) => (
  page.waitForFunction(() => 'GenesysCloudWebrtcSdk' in window, undefined, { timeout: 10_000 }));

/** Counts what the page compiles, by function. */
const countCompilations = () => {
  const counts = /** @type {Record<string, number>} */ ({});
  Reflect.set(window, 'compilations', counts);
  for (const name of ['compileStreaming', 'instantiateStreaming', 'instantiate', 'compile', 'Module']) {
    const own = Reflect.get(WebAssembly, name);
    Reflect.set(WebAssembly, name, new Proxy(own, {
      apply(target, self, args) {
        counts[name] = (counts[name] ?? 0) + 1;
        return Reflect.apply(target, self, args);
      },
      construct(target, args) {
        counts[name] = (counts[name] ?? 0) + 1;
        return Reflect.construct(target, args);
      },
    }));
  }
};

test('a whole call with the lean module, compiled once and while it arrives', play({
  prepare: (page) => page.addInitScript(countCompilations),
}, async (scene) => {
  await imported(scene.page);
  await scene.page.evaluate(() => /** @type {any} */ (window).GenesysCloudWebrtcSdk.loaded);
  await scene.signIn();
  const call = await scene.talk({ farEnd: 'tone' });
  await until(call.farEnd, 'level', ({ rms }) => rms > 0.01);
  await scene.run('endSession', { conversationId: call.conversationId });
  assert.deepEqual(await scene.page.evaluate(() => Reflect.get(window, 'compilations')), {
    compileStreaming: 2, instantiate: 2,
  });
  assert.deepEqual(await scene.notes('policy violated'), []);
}));

test('until the binary is there, the constructor says what to wait for', play({
  prepare: (page) => page.route('**/softphone.wasm', async (route) => {
    await page.evaluate(() => new Promise((open) => Reflect.set(window, 'openGate', open)));
    await route.fallback();
  }),
}, async (scene) => {
  await imported(scene.page);
  const early = await scene.constructTooEarly();
  assert.equal(early?.type, 'initialization');
  assert.match(early.message, /`loaded`/);
  await scene.page.waitForFunction(() => 'openGate' in window, undefined, { timeout: 10_000 });
  await scene.page.evaluate(() => {
    const { openGate, GenesysCloudWebrtcSdk } = /** @type {any} */ (window);
    openGate();
    return GenesysCloudWebrtcSdk.loaded;
  });
  await scene.signIn();
}));

test('a server that does not know the type of the binary costs nothing but the streaming', play({
  prepare: (page) => page.route('**/softphone.wasm', async (route) => {
    const response = await route.fetch();
    await route.fulfill({ response, headers: { 'content-type': 'application/octet-stream' } });
  }),
}, async (scene) => {
  await imported(scene.page);
  await scene.page.evaluate(() => /** @type {any} */ (window).GenesysCloudWebrtcSdk.loaded);
  await scene.signIn();
}));

test('a binary that is missing fails `loaded` and the constructor with a clear error', play({
  prepare: (page) => page.route('**/softphone.wasm', (route) => route.fulfill({ status: 404, body: 'no' })),
  expected: [/Failed to load resource/],
}, async (scene) => {
  await imported(scene.page);
  const errors = await scene.page.evaluate(async (config) => {
    const { harness, GenesysCloudWebrtcSdk } = /** @type {any} */ (window);
    const failed = await GenesysCloudWebrtcSdk.loaded.catch((/** @type {Error} */ error) => error);
    try {
      harness.construct(config);
      return undefined;
    } catch (error) {
      return [error, failed].map((one) => ({ ...harness.describeError(one), cause: String(one.details) }));
    }
  }, scene.config());
  for (const error of errors ?? [undefined]) {
    assert.equal(error?.type, 'initialization');
    assert.match(error?.cause, /softphone\.wasm answered 404/);
  }
}));

test('a worker can import the module: for the constants and helpers in it', play({}, async (scene) => {
  await imported(scene.page);
  const names = await scene.page.evaluate(() => new Promise((resolve, reject) => {
    const worker = new Worker('/worker.js', { type: 'module' });
    worker.onmessage = ({ data }) => resolve(data);
    worker.onerror = ({ message }) => reject(new Error(message));
  }));
  assert.ok(names.includes('SessionTypes') && names.includes('utils'), names);
}));
