// SPDX-License-Identifier: MIT
// The declarations of the original against ours, name by name.

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { ABSENT, DIFFERENT } from './reasons.mjs';
import { TABLE, compare, render } from './types-table.mjs';

const { rows, complaints } = compare();

test('both declarations compile side by side', () => {
  assert.deepEqual(complaints, []);
  assert.ok(rows.length > 80);
});

test('every name of the original is here, or there is a reason; no reason is without need', () => {
  assert.deepEqual(rows.filter(({ needsReason, reason }) => needsReason && !reason), []);
  const given = [...Object.keys(ABSENT), ...Object.keys(DIFFERENT)];
  const used = rows.filter(({ needsReason }) => needsReason).map(({ name }) => name);
  assert.deepEqual(given.filter((name) => !used.includes(name)), []);
});

test('docs/types.md says what the compiler found', () => {
  assert.equal(readFileSync(TABLE, 'utf8'), render(rows), 'node tests/package/types-table.mjs --write');
});
