// SPDX-License-Identifier: MIT
// What an agent's browser has to download and reserve has an upper bound.

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { gzipSync } from 'node:zlib';
import { root } from '../../wasm/toolchain/steps.mjs';
import { secondPart } from '../support/bundle.mjs';

/** The published original's script is 297,888 bytes gzipped. */
const SCRIPT_GZIPPED = 100 * 1024;
/** The script and what it fetches from beside itself. */
const ALL_GZIPPED = 164_000;
/** Each WebAssembly file: a half of the module (wasm/toolchain/divide.mjs). */
const WASM_BYTES = 180 * 1024;
const WASM_PAGES = 5;

const minified = () => readFileSync(join(root, 'dist/genesys-cloud-webrtc-sdk.bundle.min.js'));
/** @param {string} name */
const wasm = (name) => readFileSync(join(root, 'dist', name));

/**
 * One number in LEB128 at `at`.
 * @param {Uint8Array} bytes
 * @param {number} at
 * @returns {[value: number, next: number]}
 */
const varuint = (bytes, at) => {
  let value = 0;
  for (let shift = 0; ; shift += 7, at++) {
    value += (bytes[at] & 0x7f) * 2 ** shift;
    if (bytes[at] < 0x80) return [value, at + 1];
  }
};

/**
 * Pages of the first memory the binary defines (section 5 of the WebAssembly binary format).
 * @param {Uint8Array} bytes
 */
const initialPages = (bytes) => {
  for (let at = 8; at < bytes.length;) {
    const id = bytes[at];
    const [size, body] = varuint(bytes, at + 1);
    if (id === 5) {
      const [count, limits] = varuint(bytes, body);
      assert.equal(count, 1);
      return varuint(bytes, limits + 1)[0];
    }
    at = body + size;
  }
  return undefined;
};

test('the script of the page is within its budget', (t) => {
  const size = gzipSync(minified(), { level: 9 }).length;
  t.diagnostic(`${size} of ${SCRIPT_GZIPPED} bytes gzipped`);
  assert.ok(size <= SCRIPT_GZIPPED, `${size} bytes gzipped`);
  const all = size + gzipSync(readFileSync(secondPart()), { level: 9 }).length;
  t.diagnostic(`with its second part ${all} of ${ALL_GZIPPED} bytes gzipped`);
  assert.ok(all <= ALL_GZIPPED, `${all} bytes gzipped in all`);
});

test('each half of the module is within its budget', (t) => {
  for (const name of ['softphone.wasm', 'softphone-calls.wasm']) {
    const { length } = wasm(name);
    t.diagnostic(`${name}: ${length} of ${WASM_BYTES} bytes`);
    assert.ok(length <= WASM_BYTES, `${name}: ${length} bytes`);
  }
});

test('the module starts with at most 320 KiB of memory', () => {
  const pages = initialPages(wasm('softphone.wasm'));
  assert.ok(pages !== undefined && pages <= WASM_PAGES, `${pages} pages`);
});

test('the scripts are ASCII and build no code from text', () => {
  const text = `${minified().toString('latin1')}${readFileSync(secondPart(), 'latin1')}`;
  assert.ok(!/[^\x00-\x7f]/.test(text));
  assert.ok(!/\bnew Function\b|[^\w.$]Function\(|\beval\(/.test(text));
});
