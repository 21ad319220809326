// SPDX-License-Identifier: MIT
// `npm run coverage`: which lines of src/ the unit tests, the model and the seeds of the fuzz targets reach. Prints
// lines per folder and file, and writes tests/COVERAGE.md: the table, and each line that is not reached with the reason
// of reasons.txt.

import { existsSync, mkdirSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { basename, join, relative } from 'node:path';
import { setup } from '../../wasm/toolchain/setup.mjs';
import {
  StepError, buildDir, filesBelow, main, root, run, say, step,
} from '../../wasm/toolchain/steps.mjs';

/** Percent of the lines of src/ that must be reached. */
const FLOOR = 95;

const folder = join(buildDir, 'coverage');
const profiles = join(folder, 'profiles');
const merged = join(folder, 'merged.profdata');

/** @param {string} name */
const environment = (name) => ({ ...process.env, LLVM_PROFILE_FILE: join(profiles, `${name}-%p-%m.profraw`) });

const unit = () => run('ctest', 'ctest',
  ['--test-dir', folder, '--output-on-failure', '--no-tests=error', '-j', String(availableParallelism())],
  { env: environment('unit'), everySeconds: 20 });

const fuzzTargets = () => filesBelow('tests/fuzz', /_fuzz\.c$/).map((path) => basename(path, '.c'));

/** @param {string} target */
const seedsOf = (target) => filesBelow(`tests/fuzz/corpus/${target.replace(/_fuzz$/, '')}`);

const replay = async () => {
  const fixtures = filesBelow('tests/fixtures');
  for (const name of fuzzTargets()) {
    await run(name, join(folder, 'tests', name), [...seedsOf(name), ...fixtures], { env: environment(name) });
  }
};

/**
 * Lines of each source: number and how often it was reached.
 * @param {string} lcov
 * @returns {Map<string, [line: number, count: number][]>}
 */
const linesOf = (lcov) => {
  /** @type {Map<string, [number, number][]>} */
  const files = new Map();
  for (const record of lcov.split('end_of_record')) {
    const path = /^SF:(.+)$/m.exec(record)?.[1];
    if (!path || relative(root, path).split('/')[0] !== 'src') continue;
    files.set(relative(root, path), [...record.matchAll(/^DA:(\d+),(\d+)/gm)]
      .map(([, line, count]) => [Number(line), Number(count)]));
  }
  return files;
};

/**
 * What the profiles that begin with `prefix` reach.
 * @param {string} prefix
 */
const measure = async (prefix) => {
  const raw = readdirSync(profiles).filter((name) => name.startsWith(prefix)).map((name) => join(profiles, name));
  await run('llvm-profdata', 'llvm-profdata', ['merge', '-sparse', '-o', merged, ...raw]);
  const args = ['export', '-format=lcov', `-instr-profile=${merged}`, join(folder, 'tests/whole')];
  return linesOf(await run('llvm-cov', 'llvm-cov', args));
};

/** @typedef {{path: string, line: number, text: string, reason: string}} Missed */

/** `path | part of the line | reason`, one a line. */
const reasons = () => {
  const path = join(root, 'tests/coverage/reasons.txt');
  if (!existsSync(path)) return [];
  return readFileSync(path, 'utf8').split('\n').filter((line) => line && !line.startsWith('#')).map((line) => {
    const [file, part, why] = line.split(' | ');
    if (!why) throw new StepError(`tests/coverage/reasons.txt: not "path | part of the line | reason": ${line}`);
    return { file, part, why };
  });
};

/** @param {Map<string, [number, number][]>} files @returns {Missed[]} */
const missedLines = (files) => {
  const known = reasons();
  return [...files].flatMap(([path, lines]) => {
    const source = readFileSync(join(root, path), 'utf8').split('\n');
    return lines.filter(([, count]) => count === 0).map(([line]) => {
      const text = source[line - 1].trim();
      const rows = known.filter(({ file }) => file === path);
      const row = rows.find(({ part }) => text.includes(part)) ?? rows.find(({ part }) => part === '*');
      const reason = row?.why ?? '';
      return { path, line, text, reason };
    });
  });
};

/** @param {[number, number][]} lines @returns {[reached: number, all: number]} */
const count = (lines) => [lines.filter(([, times]) => times > 0).length, lines.length];

/** @param {number} reached @param {number} all */
const percent = (reached, all) => (all === 0 ? '100.0' : (reached / all * 100).toFixed(1));

/** Lines that the seeds of each fuzz target reach alone. */
const measureSeeds = async () => {
  /** @type {[target: string, seeds: number, lines: number][]} */
  const rows = [];
  for (const name of fuzzTargets()) {
    const [reached] = count([...(await measure(`${name}-`)).values()].flat());
    rows.push([name, seedsOf(name).length, reached]);
  }
  return rows;
};

/** @param {Map<string, [number, number][]>} files */
const perFolder = (files) => {
  /** @type {Map<string, [number, number]>} */
  const folders = new Map();
  for (const [path, lines] of files) {
    const name = path.split('/').slice(0, 2).join('/');
    const [reached, all] = count(lines);
    const sum = folders.get(name) ?? [0, 0];
    folders.set(name, [sum[0] + reached, sum[1] + all]);
  }
  return [...folders].sort();
};

/**
 * @param {Map<string, [number, number][]>} files
 * @param {Missed[]} missed
 * @param {[target: string, seeds: number, lines: number][]} seeds
 */
const report = (files, missed, seeds) => {
  const [reached, all] = count([...files.values()].flat());
  const rows = perFolder(files).map(([name, [a, b]]) => `| \`${name}\` | ${b} | ${b - a} | ${percent(a, b)} % |`);
  const places = missed.map(({ path, text, reason }) =>
    `| \`${path}\` | \`${text.replaceAll('|', '\\|')}\` | ${reason || 'none yet'} |`);
  return `<!-- Written by \`npm run coverage\`. -->
# Lines of the core that tests reach

By unit tests, the model's short run and the tracked seeds of the fuzz targets; clang's source-based coverage.
The floor is ${FLOOR} %.

| folder | lines | not reached | |
|---|---|---|---|
${rows.join('\n')}
| all | ${all} | ${all - reached} | ${percent(reached, all)} % |

## By the seeds of one fuzz target, fixtures among them

| target | seeds of its own | lines |
|---|---|---|
${seeds.map(([name, own, lines]) => `| \`${name}\` | ${own} | ${lines} |`).join('\n')}

## Not reached

| source | line | why |
|---|---|---|
${[...new Set(places)].join('\n')}
`;
};

/** @param {Map<string, [number, number][]>} files */
const print = (files) => {
  for (const [name, [reached, all]] of perFolder(files)) {
    say(`${percent(reached, all).padStart(6)} %  ${name}  ${reached} of ${all}`);
    for (const [path, lines] of files) {
      const [a, b] = count(lines);
      if (!path.startsWith(`${name}/`) || a === b) continue;
      const numbers = lines.filter(([, times]) => times === 0).map(([line]) => line);
      say(`    ${percent(a, b).padStart(6)} %  ${path}  not reached: ${numbers.join(' ')}`);
    }
  }
};

await main(async () => {
  process.chdir(root);
  await setup({ for: 'coverage' });
  rmSync(profiles, { recursive: true, force: true });
  mkdirSync(profiles, { recursive: true });
  await step('unit tests', unit);
  await step('seeds of the fuzz targets', replay);
  const files = await measure('');
  print(files);
  writeFileSync(join(root, 'tests/COVERAGE.md'), report(files, missedLines(files), await measureSeeds()));
  const [reached, all] = count([...files.values()].flat());
  say(`${percent(reached, all)} % of ${all} lines are reached; the others stand in tests/COVERAGE.md.`);
  if (reached / all * 100 < FLOOR) throw new StepError(`That is less than ${FLOOR} %.`);
});
