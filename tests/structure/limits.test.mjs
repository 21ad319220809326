// SPDX-License-Identifier: MIT
// SECURITY.md's table of limits: every SP_MAX_* of src/ has a row with its value and a test that crosses it.

import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { filesBelow, root } from '../../wasm/toolchain/steps.mjs';
import { read } from './sources.mjs';

const DEFINITION = /^#define (SP_MAX_\w+) +\(?(\d+)u(?: << (\d+))?\)?/gm;

/** @type {Map<string, number>} */
const limits = new Map(filesBelow('src', /\.[ch]$/).flatMap((path) => [...read(path).matchAll(DEFINITION)]
  .map(([, name, number, shift]) => [name, Number(number) * 2 ** Number(shift ?? 0)])));

const UNITS = { KiB: 1024, MiB: 1024 * 1024 };

/** "64 KiB" or "4,096" as a number. @param {string} text */
const sizeOf = (text) => {
  const [number, unit] = text.split(' ');
  return Number(number.replaceAll(',', '')) * (unit ? UNITS[/** @type {keyof typeof UNITS} */ (unit)] : 1);
};

const ROW = /^\| `(SP_MAX_\w+)` \| ([\d,]+(?: [KM]iB)?) \| [^|]+ \| [^|]+ \| `\w+`: `\w+` \|$/gm;

const rows = [...read('SECURITY.md').matchAll(ROW)]
  .map(([, name, value]) => ({ name, value: sizeOf(value) }));

test('every limit of src/ has one row with its value', () => {
  assert.ok(limits.size > 40);
  assert.deepEqual(rows.map(({ name, value }) => [name, value]).sort(), [...limits].sort());
});

test('every #define of a limit was read', () => {
  const all = filesBelow('src', /\.[ch]$/).flatMap((path) => read(path).match(/^#define SP_MAX_\w+/gm) ?? []);
  assert.equal(limits.size, all.length);
});

const TESTS = /\| `(\w+)`: `(\w+)` \|$/gm;

test('the test that a row names exists and is run', () => {
  const named = [...read('SECURITY.md').matchAll(TESTS)].map(([, file, name]) => ({ file, test: name }));
  assert.ok(named.length > rows.length);
  const missing = named.filter(({ file, test: name }) => {
    const path = `tests/unit/${file}.c`;
    // Once where it is written, once in the list of its program.
    return !existsSync(join(root, path)) || read(path).split(new RegExp(`\\b${name}\\b`)).length < 3;
  });
  assert.deepEqual(missing, []);
});
