// SPDX-License-Identifier: MIT
// Divides the module in two: what an SDK object's constructor and its connection need, and the calls. A page evaluates
// the first half while it loads; the second arrives meanwhile (js/core.js). Binaryen's wasm-split does it: both halves
// share memory and table, and what the first calls in the second goes through the table. Nothing of the second may run
// before it is there, so whatever the functions below can reach by direct calls belongs to the first; what they reach
// through pointers is listed, and tests/e2e/halves.test.mjs holds that.

import { execFileSync } from 'node:child_process';
import { existsSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { emscriptenEnv } from './setup.mjs';
import { StepError, capture, which } from './steps.mjs';

/** What js/core.js calls before the second half is there: functions of wasm/shell.cpp, by their mangled names. */
const BEFORE = ['create', 'destroy', 'error', 'ask'].map((name) => new RegExp(`_GLOBAL__N_1${name.length}${name}E`));
/** What Emscripten's run-time calls, and what the table holds for Embind. */
const RUNTIME = [/^__wasm_call_ctors$/, /^__embind/, /^__getTypeName$/, /^malloc$/, /^free$/, /dynCall/,
  /^_ZN10emscripten8internal7Invoker/];
/**
 * What those call through pointers: memory, the order and the classes of what is sorted and scanned, who hears of
 * random numbers.
 */
const POINTED_AT = [/^(take|give_back|make_room|nothing)\b/, /^sp_recorder_drawn$/, /^(by|is|write)_[a-z_]+(\.\d+)?$/];
/** The connection, so that neither half is large. */
const CONNECTION = [/^sp_(xml|stream|jid|iq|pubsub|rest|streaming|channel|topics?|bulk|subscriptions|waiters?)_/,
  /^sp_(utf8|str|buf|json|date|base64|jwt|url|options|ids|sort|logger|uploader|upload|redact)_/];

/** The module of the first half's placeholders, and of what the second half imports from the first. */
export const PLACEHOLDERS = 'later';
export const FIRST = 'first';

/** Binaryen's tools stand beside each other, on PATH or where Emscripten has them. @param {string} name */
const tool = (name) => {
  const found = which(name);
  if (found) return found;
  const folder = capture('em-config', ['BINARYEN_ROOT'], { env: emscriptenEnv() })?.trim();
  const path = join(folder ?? '', 'bin', name);
  if (folder && existsSync(path)) return path;
  throw new StepError(`${name} is missing: install binaryen (Debian's name), then run the same command again.`);
};

/** @param {string} name @param {string[]} args */
const run = (name, args) => execFileSync(tool(name), ['-all', ...args], { maxBuffer: 1 << 28, encoding: 'utf8' });

/**
 * Who calls whom, in the order of the module.
 * @param {string} text of the module
 * @returns {Map<string, string[]>}
 */
const callsOf = (text) => {
  /** @type {Map<string, string[]>} */
  const calls = new Map();
  for (const body of text.split('\n (func $').slice(1)) {
    const name = /** @type {RegExpExecArray} */ (/^[^\s()]+/.exec(body))[0];
    calls.set(name, [...body.matchAll(/\(call \$([^\s()]+)/g)].map(([, callee]) => callee));
  }
  return calls;
};

/**
 * The names of the functions of the first half.
 * @param {Map<string, string[]>} calls
 */
const reached = (calls) => {
  const names = [...calls.keys()];
  for (const root of BEFORE) {
    if (!names.some((name) => root.test(name))) throw new StepError(`wasm/toolchain/divide.mjs: no function ${root}`);
  }
  const roots = [...BEFORE, ...RUNTIME, ...POINTED_AT, ...CONNECTION];
  const open = names.filter((name) => roots.some((root) => root.test(name)));
  const kept = new Set(open);
  for (let name = open.pop(); name !== undefined; name = open.pop()) {
    for (const callee of calls.get(name) ?? []) {
      if (kept.has(callee) || !calls.has(callee)) continue;
      kept.add(callee);
      open.push(callee);
    }
  }
  return [...kept];
};

/**
 * Writes three modules without names: the whole one, and its halves.
 * @param {string} named the module with the names of its functions
 * @param {{ whole: string, first: string, second: string }} to
 */
export const divide = (named, { whole, first, second }) => {
  const list = join(dirname(first), 'first-half.txt');
  writeFileSync(list, `${reached(callsOf(run('wasm-dis', [named]))).join('\n')}\n`);
  run('wasm-split', ['--split', named, `--keep-funcs=@${list}`, '-o1', first, '-o2', second,
    `--placeholder-namespace=${PLACEHOLDERS}`, `--import-namespace=${FIRST}`, '--export-prefix=%']);
  for (const [from, to] of [[named, whole], [first, first], [second, second]]) {
    run('wasm-opt', [from, '--strip-debug', '--strip-producers', '-o', to]);
  }
  rmSync(list);
};
