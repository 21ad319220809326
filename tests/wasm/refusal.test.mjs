// SPDX-License-Identifier: MIT
// Browsers that refuse to compile WebAssembly on the main thread (Chromium before 115), or at all.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Worker } from 'node:worker_threads';

/**
 * Runs a script in a realm of its own, where the module has not been loaded yet.
 * @param {string} refusal what `new WebAssembly.Module` does
 * @param {string} body uses `make()` and the exports `sdk`; its answer is the result
 * @returns {Promise<any>}
 */
const inFreshRealm = (refusal, body) => new Promise((resolve, reject) => {
  const index = new URL('../../js/index.js', import.meta.url).href;
  const worker = new Worker(`
    const { parentPort } = require('node:worker_threads');
    WebAssembly.Module = function () { ${refusal} };
    (async () => {
      const sdk = await import(${JSON.stringify(index)});
      const logger = { log() {} };
      const make = () => {
        const config = { accessToken: 't', environment: 'mypurecloud.com', logger };
        try {
          return { made: new sdk.GenesysCloudWebrtcSdk(config) };
        } catch (error) {
          const { type, message } = error;
          return { type, message, isSdkError: error instanceof sdk.SdkError };
        }
      };
      ${body}
    })().catch((error) => ({ threw: String(error) })).then((result) => parentPort.postMessage(result));
  `, { eval: true });
  worker.once('message', (result) => {
    void worker.terminate();
    resolve(result);
  });
  worker.once('error', reject);
});

test('a refused synchronous compile fails the constructor clearly until loaded resolves', async () => {
  const refusal = 'throw new RangeError("WebAssembly.Module is disallowed on the main thread");';
  const result = await inFreshRealm(refusal, `
    const early = make();
    await sdk.loaded;
    const { made } = make();
    const { connected } = made;
    await made.destroy();
    return { type: early.type, message: early.message, isSdkError: early.isSdkError, connected };
  `);
  assert.deepEqual(result, {
    type: 'initialization',
    message: 'The SDK is still being compiled: await the exported promise `loaded` first.',
    isSdkError: true,
    connected: false,
  });
});

test('a page that forbids WebAssembly gets a clear error from the constructor and from loaded', async () => {
  const refusal = 'throw new WebAssembly.CompileError("blocked by a Content-Security-Policy");';
  const result = await inFreshRealm(refusal, `
    const { type, message } = make();
    const later = await sdk.loaded.then(() => 'loaded', (error) => error.type);
    return { type, message, later };
  `);
  assert.equal(result.type, 'initialization');
  assert.match(result.message, /'wasm-unsafe-eval'/);
  assert.equal(result.later, 'initialization');
});
