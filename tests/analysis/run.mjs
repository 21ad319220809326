// SPDX-License-Identifier: MIT
// Static analysis of src/: clang-tidy (.clang-tidy says what is off and why), gcc's -fanalyzer, cppcheck
// (cppcheck.txt). A source that was clean is looked at again when it, a header it sees, the settings or the tool
// changed.

import { existsSync, readFileSync, mkdirSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { dirname, join } from 'node:path';
import {
  StepError, buildDir, capture, filesBelow, hashFiles, isStamped, root, run, say, seconds, stamp,
} from '../../wasm/toolchain/steps.mjs';

const settings = { tidy: '.clang-tidy', cppcheck: 'tests/analysis/cppcheck.txt' };
const marks = join(buildDir, 'analysis');

const FLAGS = ['-std=c11', '-Isrc', '-isystem', 'build/deps/cjson'];

/** @typedef {{name: string, command: string, args: (source: string) => string[], setting?: string}} Tool */

/** @type {Tool[]} */
const TOOLS = [
  {
    name: 'clang-tidy',
    command: 'clang-tidy',
    args: (source) => ['--quiet', source, '--', ...FLAGS],
    setting: settings.tidy,
  },
  {
    name: 'fanalyzer',
    command: 'gcc',
    args: (source) => [...FLAGS, '-O1', '-fanalyzer', '-Werror', '-c', source, '-o', '/dev/null'],
  },
];

const INCLUDE = /^\s*#\s*include\s*"([^"]+)"/gm;

/**
 * A source and every header of src/ that it sees, itself first.
 * @param {string} path
 * @param {Set<string>} [seen]
 * @returns {string[]}
 */
const closure = (path, seen = new Set()) => {
  if (seen.has(path)) return [...seen];
  seen.add(path);
  for (const [, name] of readFileSync(join(root, path), 'utf8').matchAll(INCLUDE)) {
    const found = [`src/${name}`, join(dirname(path), name)].find((header) => existsSync(join(root, header)));
    if (found) closure(found, seen);
  }
  return [...seen];
};

/** @param {Tool} tool @param {string} source @param {string} version */
const stateOf = (tool, source, version) => hashFiles(
  [...closure(source), ...(tool.setting ? [tool.setting] : [])], `${version} ${tool.args(source).join(' ')}`);

/**
 * Looks at what changed since it was clean; as many at once as there are processors.
 * @param {Tool} tool
 * @param {string[]} sources
 */
const perFile = async (tool, sources) => {
  const begun = Date.now();
  const version = capture(tool.command, ['--version']) ?? '';
  const queue = sources.map((source) => ({ source, state: stateOf(tool, source, version) }))
    .filter(({ source, state }) => !isStamped(join(marks, tool.name, source), state));
  const count = queue.length;
  /** @type {string[]} */
  const faulty = [];
  const worker = async () => {
    for (let next = queue.shift(); next; next = queue.shift()) {
      const { source, state } = next;
      await run(`${tool.name} ${source}`, tool.command, tool.args(source), { everySeconds: 20 })
        .then(() => stamp(join(marks, tool.name, source), state), () => faulty.push(source));
    }
  };
  await Promise.all(Array.from({ length: availableParallelism() }, worker));
  if (faulty.length > 0) throw new StepError(`${tool.name} finds faults in ${faulty.sort().join(', ')}.`);
  say(`  ${tool.name}: ${count} of ${sources.length} sources looked at, clean, ${seconds(begun)}`);
};

const cppcheck = async () => {
  const begun = Date.now();
  const cache = join(marks, 'cppcheck');
  mkdirSync(cache, { recursive: true });
  const args = [
    '--enable=warning,style,performance,portability', '--std=c11', '--quiet', '--error-exitcode=1', '-Isrc',
    `-j${availableParallelism()}`, `--suppressions-list=${settings.cppcheck}`, 'src',
  ];
  const version = capture('cppcheck', ['--version']) ?? '';
  const state = hashFiles([...filesBelow('src'), settings.cppcheck], `${version} ${args.join(' ')}`);
  const mark = join(marks, 'cppcheck.state');
  const clean = isStamped(mark, state);
  if (!clean) {
    await run('cppcheck', 'cppcheck', [`--cppcheck-build-dir=${cache}`, ...args]);
    stamp(mark, state);
  }
  say(`  cppcheck: ${clean ? 'nothing changed' : 'clean'}, ${seconds(begun)}`);
};

/** All three; throws a StepError when one finds a fault. */
export const analyse = async () => {
  const sources = filesBelow('src', /\.c$/);
  if (sources.length === 0) throw new StepError('There is no source below src/.');
  await cppcheck();
  for (const tool of TOOLS) await perFile(tool, sources);
};
