// SPDX-License-Identifier: MIT
// `npm run fuzz -- [--seconds N] [--target name]`: runs every libFuzzer target for N seconds over its seeds.
// Seeds: tests/fuzz/corpus/<target without _fuzz>/ and all of tests/fixtures. What a run finds stays in
// build/fuzz-corpus.

import { copyFileSync, existsSync, mkdirSync, readFileSync, readdirSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { basename, join, relative } from 'node:path';
import { pathToFileURL } from 'node:url';
import { setup } from '../../wasm/toolchain/setup.mjs';
import {
  StepError, buildDir, filesBelow, hashOf, main, root, run, say,
} from '../../wasm/toolchain/steps.mjs';

/**
 * No input of a fuzz target is larger than this; the limits under test are lowered or reached by repetition.
 */
const MAX_INPUT = 1 << 16;

const targets = () => filesBelow('tests/fuzz', /_fuzz\.c$/).map((path) => basename(path, '.c'));

/** @param {string} target */
const shortName = (target) => target.replace(/_fuzz$/, '');

/**
 * Copies the tracked seeds of a target into its corpus below build/, named by content.
 * @param {string} target
 * @returns {string} the corpus
 */
const gatherSeeds = (target) => {
  const corpus = join(buildDir, 'fuzz-corpus', target);
  mkdirSync(corpus, { recursive: true });
  const known = new Set(readdirSync(corpus));
  const own = filesBelow(`tests/fuzz/corpus/${shortName(target)}`);
  for (const path of [...own, ...filesBelow('tests/fixtures')]) {
    const source = join(root, path);
    const name = hashOf(readFileSync(source)).slice(0, 40);
    if (!known.has(name)) copyFileSync(source, join(corpus, name));
  }
  return corpus;
};

/** @typedef {{target: string, executions: string, edges: string, seeds: number}} Outcome */

/** @param {string} target @param {number} seconds @returns {Promise<Outcome>} */
const fuzzOne = async (target, seconds) => {
  const program = join(buildDir, 'fuzz/tests', target);
  const crashes = join(buildDir, 'fuzz-crashes');
  mkdirSync(crashes, { recursive: true });
  const prefix = join(crashes, `${target}-`);
  const before = new Set(readdirSync(crashes));
  const dictionary = join(root, 'tests/fuzz', `${target}.dict`);
  const corpus = gatherSeeds(target);
  const args = [
    `-max_total_time=${seconds}`, `-max_len=${MAX_INPUT}`, '-timeout=10', '-rss_limit_mb=2048',
    `-artifact_prefix=${prefix}`, '-print_final_stats=1',
    ...(existsSync(dictionary) ? [`-dict=${dictionary}`] : []), corpus,
  ];
  const env = { ...process.env, ASAN_OPTIONS: 'detect_leaks=1', UBSAN_OPTIONS: 'print_stacktrace=1' };
  try {
    const output = await run(target, program, args, { env, everySeconds: 20 });
    const executions = /stat::number_of_executed_units:\s*(\d+)/.exec(output)?.[1] ?? '?';
    const edges = [...output.matchAll(/cov: (\d+)/g)].pop()?.[1] ?? '?';
    say(`  ${target}: ${executions} executions, ${edges} edges`);
    return { target, executions, edges, seeds: readdirSync(corpus).length };
  } catch (error) {
    const found = readdirSync(crashes).filter((name) => !before.has(name));
    const where = found.map((name) => relative(root, join(crashes, name))).join(', ');
    if (!(error instanceof StepError)) throw error;
    throw new StepError(where ? `${target} found a fault; the input is ${where}, and `
      + `build/fuzz/tests/${target} with that file as argument repeats it.` : error.message);
  }
};

/** @param {Outcome[]} outcomes */
const print = (outcomes) => {
  const row = (/** @type {(string | number)[]} */ ...cells) => say(`  ${String(cells[0]).padEnd(24)}`
    + cells.slice(1).map((cell) => String(cell).padStart(12)).join(''));
  row('target', 'executions', 'edges', 'inputs kept');
  for (const { target, executions, edges, seeds } of outcomes.sort((a, b) => a.target.localeCompare(b.target))) {
    row(target, executions, edges, seeds);
  }
  const all = outcomes.reduce((sum, { executions }) => sum + (Number(executions) || 0), 0);
  row('all', all, '', '');
};

/**
 * Runs the targets, as many at once as there are processors. The targets must be built.
 * @param {{seconds: number, target?: string}} options
 */
export const runFuzzers = async ({ seconds, target }) => {
  const names = targets();
  if (names.length === 0) throw new StepError('There is no fuzz target in tests/fuzz.');
  const wanted = names.filter((name) => !target || shortName(name) === shortName(target));
  if (wanted.length === 0) {
    throw new StepError(`There is no fuzz target ${target}: there are ${names.join(', ')}.`);
  }
  const queue = [...wanted];
  /** @type {unknown[]} */
  const failures = [];
  /** @type {Outcome[]} */
  const outcomes = [];
  const worker = async () => {
    for (let name = queue.shift(); name; name = queue.shift()) {
      await fuzzOne(name, seconds).then((outcome) => outcomes.push(outcome), (error) => failures.push(error));
    }
  };
  await Promise.all(Array.from({ length: Math.min(availableParallelism(), queue.length) }, worker));
  print(outcomes);
  if (failures.length > 0) throw failures[0];
};

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  await main(async () => {
    const args = process.argv.slice(2);
    /** @param {string} name */
    const option = (name) => (args.includes(name) ? args[args.indexOf(name) + 1] ?? '' : undefined);
    const seconds = Number(option('--seconds') ?? 60);
    if (!Number.isInteger(seconds) || seconds < 1) throw new StepError('--seconds needs a positive integer.');
    await setup({ for: 'fuzz' });
    await runFuzzers({ seconds, target: option('--target') });
  });
}
