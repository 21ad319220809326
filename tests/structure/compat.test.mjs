// SPDX-License-Identifier: MIT
// docs/compatibility.md lists the scripts and the reviewed differences that there are: it was written after the last
// change to either. Whether the differences are still so, `npm run compat` says.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { scriptNames, scriptOf } from '../compat/judge.mjs';
import { reviewed } from '../compat/reviewed.mjs';
import { reviewRows, scriptRow } from '../compat/table.mjs';
import { read } from './sources.mjs';

const HINT = '`npm run compat -- --write` writes the page anew.';
const page = read('docs/compatibility.md');
const section = (/** @type {string} */ heading) => page.split(`## ${heading}\n`)[1].split('\n## ')[0];
const rowsOf = (/** @type {string} */ heading) => section(heading).split('\n').filter((line) => line.startsWith('| '))
  .slice(heading === 'Scripts' ? 1 : 0);

test('every script has its row, in order', async () => {
  const rows = await Promise.all(scriptNames().map(async (name) => {
    const { title } = await scriptOf(name);
    return scriptRow({ name, title });
  }));
  const found = rowsOf('Scripts').map((line) => rows.find((row) => line.startsWith(row)) ?? line);
  assert.deepEqual(found, rows, HINT);
});

test('every reviewed difference has its row, its number and its reason', () => {
  assert.deepEqual(rowsOf('Reviewed differences').filter((line) => /^\| \d/.test(line)), reviewRows(reviewed), HINT);
});

test('scripts name reviewed differences that there are', () => {
  const named = rowsOf('Scripts').flatMap((line) => line.split(' | ').slice(-2).join(' ').match(/\d+/g) ?? []);
  assert.ok(named.length > 0);
  assert.deepEqual(named.filter((number) => Number(number) < 1 || Number(number) > reviewed.length), [], HINT);
});

test('a reviewed difference says why it is so, and where that is written', () => {
  for (const { what, reason, source } of reviewed) {
    assert.ok(reason.length > 20 && source.length > 3, String(what));
  }
});
