// SPDX-License-Identifier: MIT
// The text that carries the module in the script gives back exactly the module's bytes.

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { gzipSync } from 'node:zlib';
import { root } from '../../wasm/toolchain/steps.mjs';
import { bytesModule } from '../../wasm/toolchain/text-bytes.mjs';

/** @param {Uint8Array} binary @returns {Promise<Uint8Array>} */
const roundTrip = async (binary) => {
  const source = Buffer.from(bytesModule(binary)).toString('base64');
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
    assert.deepEqual(await roundTrip(binary), binary);
  });
}

test('the module survives as text, which compresses better than its bytes', async () => {
  const binary = new Uint8Array(readFileSync(join(root, 'build/generated/softphone.wasm')));
  assert.deepEqual(await roundTrip(binary), binary);
  const size = (/** @type {string | Uint8Array} */ data) => gzipSync(data, { level: 9 }).length;
  assert.ok(size(bytesModule(binary)) <= size(binary) * 0.92);
});
