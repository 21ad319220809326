// SPDX-License-Identifier: MIT
// `npm test`: the set-up, then every stage in order; the first failure ends the run with one sentence.
//   node tests/run.mjs [--only unit,lint] [--list]

import { join } from 'node:path';
import { setup } from '../wasm/toolchain/setup.mjs';
import {
  StepError, buildDir, cSources, filesBelow, main, npmTool, root, run, say, seconds,
} from '../wasm/toolchain/steps.mjs';
import { analyse } from './analysis/run.mjs';
import { runFuzzers } from './fuzz/run.mjs';
import { checkConformanceList } from './conformance.mjs';

/** Seconds for each fuzz target inside `npm test`: enough for the seeds and a little more. */
const FUZZ_SECONDS = 3;

/** A test that waits for what never comes ends with an error, not with the patience of who runs it. */
const FILE_MS = 8 * 60_000;

/** @typedef {import('../wasm/toolchain/setup.mjs').Purpose} Purpose */

const lint = async () => {
  const eslint = [npmTool('eslint/bin/eslint.js'), '--max-warnings', '0', '.'];
  await run('eslint', process.execPath, eslint, { show: true });
  await run('clang-format', 'clang-format', ['--dry-run', '-Werror', ...cSources()],
    { hint: '`npm run format` lays the sources out.' });
  await run('tsc', process.execPath, [npmTool('typescript/bin/tsc'), '-p', '.'], { show: true });
};

const unit = async () => {
  const tests = filesBelow('tests/unit', /_test\.c$/);
  if (tests.length === 0) throw new StepError('There is no test in tests/unit.');
  const args = ['--test-dir', join(buildDir, 'native'), '--output-on-failure', '--no-tests=error', '-j', '4'];
  await run('ctest', 'ctest', args, { show: true });
};

/**
 * The *.test.mjs files of one folder under Node's test runner.
 * @param {string} folder
 * @param {{atOnce?: number}} [how] how many files at once, if it is not left to Node: 1 for those that share ports, 2
 *   for those that have a browser each
 */
const nodeTests = (folder, how = {}) => async () => {
  const files = filesBelow(`tests/${folder}`, /\.test\.mjs$/);
  if (files.length === 0) throw new StepError(`There is no test in tests/${folder}.`);
  const concurrency = how.atOnce ? [`--test-concurrency=${how.atOnce}`] : [];
  const args = ['--test', '--test-reporter=spec', `--test-timeout=${FILE_MS}`, ...concurrency, ...files];
  await run(`tests/${folder}`, process.execPath, args, { show: true });
};

/** @type {Record<string, {title: string, needs: Purpose, work: () => Promise<unknown>}>} */
const STAGES = {
  lint: { title: 'eslint, clang-format, tsc', needs: 'lint', work: lint },
  analysis: { title: 'clang-tidy, gcc -fanalyzer, cppcheck', needs: 'analysis', work: analyse },
  structure: { title: 'arrows, budgets, tracked files', needs: 'structure', work: nodeTests('structure') },
  unit: { title: 'C tests under the sanitizers', needs: 'unit', work: unit },
  fuzz: { title: 'fuzz targets, briefly', needs: 'fuzz', work: () => runFuzzers({ seconds: FUZZ_SECONDS }) },
  platform: { title: 'the local platform', needs: 'platform', work: nodeTests('platform') },
  wasm: { title: 'the built module in Node', needs: 'wasm', work: nodeTests('wasm') },
  e2e: { title: 'the page in Chromium', needs: 'e2e', work: nodeTests('e2e', { atOnce: 2 }) },
  interop: { title: 'the original, real servers', needs: 'interop', work: nodeTests('interop', { atOnce: 1 }) },
  package: { title: 'the package in applications', needs: 'package', work: nodeTests('package', { atOnce: 1 }) },
  conformance: { title: 'covered statements', needs: 'conformance', work: checkConformanceList },
};

/** @param {string[]} args @returns {string[]} */
const chosen = (args) => {
  const at = args.indexOf('--only');
  if (at < 0) return Object.keys(STAGES);
  const names = (args[at + 1] ?? '').split(',').filter(Boolean);
  const unknown = names.filter((name) => !(name in STAGES));
  if (unknown.length > 0 || names.length === 0) {
    const known = Object.keys(STAGES).join(', ');
    throw new StepError(`Unknown stage ${unknown.join(', ') || '(none)'}: there are ${known}.`);
  }
  return names;
};

await main(async () => {
  process.chdir(root);
  const names = chosen(process.argv.slice(2));
  const started = Date.now();
  await setup({ for: names.map((name) => STAGES[name].needs) });
  /** @type {string[]} */
  const summary = [];
  for (const [index, name] of names.entries()) {
    const { title, work } = STAGES[name];
    const begun = Date.now();
    say(`\n== ${index + 1}/${names.length} ${name}: ${title}`);
    try {
      await work();
    } catch (error) {
      if (!(error instanceof StepError)) throw error;
      throw new StepError(`Stage ${name} failed after ${seconds(begun)}: ${error.message} `
        + `\`node tests/run.mjs --only ${name}\` runs it alone.`);
    }
    summary.push(`${name} ${seconds(begun)}`);
    say(`== ${name}: passed in ${seconds(begun)}`);
  }
  say(`\nAll ${names.length} stages passed in ${seconds(started)}: ${summary.join(', ')}.`);
});
