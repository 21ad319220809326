// SPDX-License-Identifier: MIT
// The text that carries the module in the script gives back exactly the module's bytes.

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { gzipSync } from 'node:zlib';
import { root } from '../../wasm/toolchain/steps.mjs';
import { packedModule, plainModule } from '../../wasm/toolchain/text-bytes.mjs';

/** @param {string} module its source @returns {Promise<Uint8Array>} */
const bytesOf = async (module) => {
  const source = Buffer.from(module).toString('base64');
  return (await import(`data:text/javascript;base64,${source}`)).bytes();
};

const cases = {
  'no byte at all': new Uint8Array(0),
  'one byte': Uint8Array.of(0),
  'every byte once': Uint8Array.from({ length: 256 }, (_, index) => index),
  'every byte, unevenly': Uint8Array.from({ length: 70_000 }, (_, index) => (index * index) >> 3),
};

for (const [name, binary] of Object.entries(cases)) {
  test(`a binary survives as text: ${name}`, async () => {
    assert.deepEqual(await bytesOf(packedModule(binary)), binary);
    assert.deepEqual(await bytesOf(plainModule(binary)), binary);
  });
}

test('the module survives as text, which compresses better than its bytes, or no worse', async () => {
  const binary = new Uint8Array(readFileSync(join(root, 'build/generated/softphone.wasm')));
  const size = (/** @type {string | Uint8Array} */ data) => gzipSync(data, { level: 9 }).length;
  for (const [make, most] of /** @type {const} */ ([[packedModule, 0.92], [plainModule, 1.02]])) {
    assert.deepEqual(await bytesOf(make(binary)), binary);
    assert.ok(size(make(binary)) <= size(binary) * most);
  }
});
