// SPDX-License-Identifier: MIT
// How the script comes to life: under the policy it promises to live with, and in browsers that do not compile
// WebAssembly on the main thread.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { until } from '../../demo/platform/index.js';
import { stage } from './support.mjs';

const { play } = stage({ headers: { 'content-security-policy': "script-src 'self' 'wasm-unsafe-eval'" } });

test('a whole call under a policy that allows scripts of the site and WebAssembly only', play({}, async (scene) => {
  await scene.signIn();
  const call = await scene.talk({ farEnd: 'tone' });
  await until(call.farEnd, 'level', ({ rms }) => rms > 0.01);
  const ended = until(call, 'ended');
  await scene.run('endSession', { conversationId: call.conversationId });
  await ended;
  await scene.run('destroy');
  assert.deepEqual(await scene.notes('policy violated'), []);
  assert.ok(await scene.page.evaluate(() => /** @type {any} */ (window).harness.memory()) > 0);
}));

test('the policy is in force', play({ expected: [/Content Security Policy|unsafe-eval/] }, async (scene) => {
  // In a task of the page's own: what the test itself evaluates is exempt.
  const refused = await scene.page.evaluate(() => new Promise((resolve) => {
    setTimeout(() => {
      try {
        resolve(Boolean(Reflect.construct(Function, ['return 1'])));
      } catch (error) {
        resolve(/** @type {Error} */ (error).name);
      }
    });
  }));
  assert.equal(refused, 'EvalError');
  await scene.event('policy violated', { violatedDirective: 'script-src' });
}));

/** As in Chromium before 115: large modules are refused on the main thread. */
const refuseLarge = () => {
  WebAssembly.Module = new Proxy(WebAssembly.Module, {
    construct() {
      throw new RangeError('WebAssembly.Module size is too large for the main thread');
    },
  });
};

test('where the module is compiled in the background, the constructor says so until `loaded`', play({
  prepare: async (page) => {
    await page.addInitScript(refuseLarge);
    // Held until the constructor has been tried.
    await page.addInitScript(() => {
      const { instantiate } = WebAssembly;
      const gate = new Promise((open) => Reflect.set(window, 'openGate', open));
      Reflect.set(WebAssembly, 'instantiate', async (/** @type {[any, any]} */ ...args) => {
        await gate;
        return instantiate(...args);
      });
    });
  },
}, async (scene) => {
  const early = await scene.constructTooEarly();
  assert.equal(early?.isSdkError, true);
  assert.equal(early.type, 'initialization');
  assert.match(early.message, /loaded/);
  await scene.page.evaluate(() => {
    const { openGate, GenesysCloudWebrtcSdk } = /** @type {any} */ (window);
    openGate();
    return GenesysCloudWebrtcSdk.loaded;
  });
  await scene.signIn();
  await scene.talk();
}));

test('where WebAssembly is missing, constructor and `loaded` fail with a clear error', play({
  prepare: (page) => page.addInitScript(() => void Reflect.deleteProperty(window, 'WebAssembly')),
}, async (scene) => {
  const errors = await scene.page.evaluate(async (config) => {
    const { harness, GenesysCloudWebrtcSdk } = /** @type {any} */ (window);
    const failed = await GenesysCloudWebrtcSdk.loaded.catch((/** @type {Error} */ error) => error);
    try {
      harness.construct(config);
      return undefined;
    } catch (error) {
      return [error, failed].map(harness.describeError);
    }
  }, scene.config());
  for (const error of errors ?? [undefined]) {
    assert.equal(error?.isSdkError, true);
    assert.equal(error?.type, 'initialization');
    assert.match(error?.message, /WebAssembly/);
  }
}));
