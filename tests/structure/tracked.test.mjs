// SPDX-License-Identifier: MIT
// What may not stand in the repository: a machine's paths, a registry's host, build output, unfinished
// places.

import assert from 'node:assert/strict';
import { statSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { root } from '../../wasm/toolchain/steps.mjs';
import { isBinary, linesMatching, projectFiles, read } from './sources.mjs';

const LARGE = 400 * 1024;

const SOURCE = /^(?:src|js|wasm|demo|tests)\/.*\.(?:c|h|cpp|js|mjs|css|html|ts)$/;

const files = projectFiles();
const texts = files.filter((path) => !isBinary(path));
const sources = texts.filter((path) => SOURCE.test(path));

/** @param {string[]} paths @param {RegExp} pattern */
const hits = (paths, pattern) => paths.flatMap((path) => linesMatching(path, read(path), pattern));

// The patterns are put together so that this file does not contain what it looks for.
const either = (/** @type {string[]} */ ...words) => words.join('|');

test('no path of a machine', () => {
  const places = either(...['work', 'root', 'home', 'Users'].map((name) => `/${name}/`), '/t' + 'mp/[a-z]');
  assert.deepEqual(hits(texts, new RegExp(`(?:^|[^A-Za-z0-9._~-])(?:${places})`)), []);
});

test('no host of a registry', () => {
  assert.deepEqual(hits(texts, new RegExp('https?://(?:registry|deb)' + '\\.')), []);
  assert.deepEqual(hits(['package-lock.json'], /"resolved"/), []);
});

test('no large file', () => {
  const sizeOf = (/** @type {string} */ path) => statSync(join(root, path)).size;
  const large = files.filter((path) => path !== 'package-lock.json' && sizeOf(path) > LARGE);
  assert.deepEqual(large, []);
});

test('no build output and no third-party source', () => {
  const output = /^(?:build|dist|node_modules|third_party)\/|(?:^|\/)cJSON\.[ch]$/;
  assert.deepEqual(files.filter((path) => output.test(path)), []);
});

test('nothing is left open in the sources', () => {
  const words = new RegExp(`\\b(?:${either('TO' + 'DO', 'FIX' + 'ME', 'XX' + 'X')})\\b|not ${'implemented'}`);
  assert.deepEqual(hits(sources, words), []);
});

test('no test is skipped or run alone', () => {
  const marks = either('skip', 'only', 'to' + 'do', 'fix' + 'me');
  const words = new RegExp(`\\b(?:it|test|describe)\\.(?:${marks})\\b`);
  assert.deepEqual(hits(sources, words), []);
});

test('every source names its licence', () => {
  const line = 'SPDX-License-Identifier: MIT';
  const without = sources.filter((path) => !read(path).slice(0, 300).includes(line));
  assert.deepEqual(without, []);
});

test('no line of a source is longer than 120 columns', () => {
  const wanted = sources.filter((path) => !path.endsWith('.html') && !path.startsWith('tests/fixtures/'));
  assert.deepEqual(hits(wanted, /^.{121,}$/), []);
});
