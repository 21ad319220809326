// SPDX-License-Identifier: MIT
// `npm run compat`: the scripts of scripts/ once with the published original and once with ours, each against a
// platform of its own; what they saw and what went over the wire is compared.
//   npm run compat -- [names…] [--brief] [--write] [--all]
// --brief: the scripts that `npm test` runs; --write: docs/compatibility.md; --all: every difference, reviewed or not.
// The traces themselves are left in build/compat.
// Ends with 1 on a difference that is not on the list of reviewed.mjs, and on an entry of it that no longer differs.

import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { StepError, main, root } from '../../wasm/toolchain/steps.mjs';
import { judge, runAll, scriptNames } from './judge.mjs';
import { reviewed } from './reviewed.mjs';
import { page, tableOf } from './table.mjs';

const TRACES = join(root, 'build/compat');

await main(async () => {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      brief: { type: 'boolean', default: false },
      write: { type: 'boolean', default: false },
      all: { type: 'boolean', default: false },
      parallel: { type: 'string', default: '3' },
    },
  });
  const known = scriptNames();
  const unknown = positionals.filter((name) => !known.includes(name));
  if (unknown.length) throw new StepError(`No such script: ${unknown.join(', ')}. There are ${known.join(', ')}.`);
  if (values.write && (positionals.length || values.brief)) throw new StepError('--write needs all scripts.');
  const results = await runAll(positionals.length ? positionals : known, {
    brief: values.brief, parallel: Number(values.parallel),
    done: ({ name }) => process.stderr.isTTY && process.stderr.write(`${name}\n`),
  });
  mkdirSync(TRACES, { recursive: true });
  for (const { name, outcomes } of results) {
    writeFileSync(join(TRACES, `${name}.json`), JSON.stringify(outcomes, null, 1));
  }
  const { rows, stale } = judge(results, reviewed);
  if (values.all) {
    for (const { name, seen, wire } of results) {
      for (const text of [...seen, ...wire.map((one) => `wire: ${one}`)]) console.log(`${name}  ${text}`);
    }
  }
  console.log(tableOf(rows));
  const open = rows.flatMap(({ name, open: texts }) => texts.map((text) => `${name}: ${text}`));
  for (const text of open) console.error(`not reviewed: ${text}`);
  for (const { script, what } of stale) console.error(`no longer differs: ${script}: ${what}`);
  if (open.length || stale.length) {
    throw new StepError(`${open.length} differences are not reviewed, ${stale.length} reviewed ones are gone.`);
  }
  if (values.write) writeFileSync(join(root, 'docs/compatibility.md'), page(rows, reviewed));
});
