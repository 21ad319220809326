// SPDX-License-Identifier: MIT
// The scripts that `npm test` has time for, with the original and with ours: nothing differs but what was reviewed.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { judge, runAll, scriptNames } from '../compat/judge.mjs';
import { reviewed } from '../compat/reviewed.mjs';

test('the brief scripts see the same with both, but for what was reviewed', async () => {
  const results = await runAll(scriptNames(), { brief: true, parallel: 4 });
  assert.ok(results.length > 15);
  const { rows, stale } = judge(results, reviewed);
  const open = rows.flatMap(({ name, open: texts }) => texts.map((text) => `${name}: ${text}`));
  assert.deepEqual(open, [], 'differences that nobody has looked at');
  assert.deepEqual(stale.map(({ script, what }) => `${script}: ${what}`), [], 'reviewed differences that are gone');
});
