// SPDX-License-Identifier: MIT
// What package.json promises is what is built.

import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { root } from '../../wasm/toolchain/steps.mjs';
import { VERSION } from '../../js/version.js';
import { read } from './sources.mjs';

const manifest = JSON.parse(read('package.json'));

test('every file that package.json names exists', () => {
  const named = [
    manifest.main, manifest.module, manifest['es:bundle'], manifest.types, manifest.unpkg, manifest.jsdelivr,
    ...Object.values(manifest.exports['.']).flatMap((one) => Object.values(one)), manifest.imports['#wasm'],
  ];
  assert.deepEqual(named.filter((path) => !existsSync(join(root, path))), []);
});

test('every script of package.json leads to a file', () => {
  const programs = Object.values(manifest.scripts).flatMap((line) => /** @type {string} */ (line).split(' '))
    .filter((word) => /\.m?js$/.test(word));
  assert.deepEqual(programs.filter((path) => !existsSync(join(root, path))), []);
});

test('the version is the same everywhere', () => {
  assert.equal(VERSION, manifest.version);
  assert.equal(JSON.parse(read('package-lock.json')).version, manifest.version);
});
