// SPDX-License-Identifier: MIT
// Helpers of the set-up: run a tool and show that it lives, stamps of what was built from what, one process
// at a time. Node built-ins only: this runs before the npm dependencies are there.

import { spawn, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  accessSync, closeSync, constants, existsSync, mkdirSync, openSync, readFileSync, readdirSync, rmSync,
  statSync, writeFileSync,
} from 'node:fs';
import { basename, delimiter, dirname, join, relative, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

export const root = resolve(dirname(fileURLToPath(import.meta.url)), '../..');
export const buildDir = join(root, 'build');

/**
 * A failure whose message is a complete sentence for the person at the terminal; no stack is shown for it.
 */
export class StepError extends Error {}

/** @param {string} text */
export const say = (text) => process.stderr.write(`${text}\n`);

/** @param {number} since */
export const seconds = (since) => `${((Date.now() - since) / 1000).toFixed(1)} s`;

/**
 * Where a command is found on PATH, or undefined.
 * @param {string} name
 * @returns {string | undefined}
 */
export const which = (name) => {
  for (const folder of (process.env.PATH ?? '').split(delimiter)) {
    const path = join(folder || '.', name);
    try {
      accessSync(path, constants.X_OK);
      if (statSync(path).isFile()) return path;
    } catch {}
  }
  return undefined;
};

/**
 * The output of a short command, or undefined if it could not run or failed.
 * @param {string} command
 * @param {string[]} args
 * @param {{cwd?: string, env?: NodeJS.ProcessEnv}} [options]
 * @returns {string | undefined}
 */
export const capture = (command, args, options = {}) => {
  const limits = { encoding: /** @type {const} */ ('utf8'), maxBuffer: 1 << 26 };
  const result = spawnSync(command, args, { ...limits, cwd: root, ...options });
  return result.status === 0 ? result.stdout : undefined;
};

/**
 * `show` lets the output through, `hint` is a sentence for the person who sees it fail.
 * @typedef {{cwd?: string, env?: NodeJS.ProcessEnv, show?: boolean, hint?: string, everySeconds?: number}}
 *   RunOptions
 */

/**
 * Runs a tool that may take long. Its last line of output is shown every few seconds with the time passed,
 * all of it with `show`; when the tool fails, the end of its output is printed and the promise is rejected
 * with a StepError.
 * @param {string} label what is being done, in words
 * @param {string} command
 * @param {string[]} args
 * @param {RunOptions} [options]
 * @returns {Promise<string>} the output
 */
export const run = (label, command, args, options = {}) => new Promise((done, fail) => {
  const started = Date.now();
  /** @type {string[]} */
  const output = [];
  const child = spawn(command, args, {
    cwd: options.cwd ?? root,
    env: options.env ?? process.env,
    stdio: options.show ? ['ignore', 'inherit', 'inherit'] : ['ignore', 'pipe', 'pipe'],
  });
  for (const stream of [child.stdout, child.stderr]) {
    stream?.setEncoding('utf8').on('data', (/** @type {string} */ text) => output.push(text));
  }
  const lastLine = () => output.slice(-3).join('').trim().split(/[\r\n]+/).pop()?.slice(0, 90) ?? '';
  const heartbeat = options.show ? undefined : setInterval(() => {
    say(`  ${label}, ${Math.round((Date.now() - started) / 1000)} s: ${lastLine()}`);
  }, (options.everySeconds ?? 5) * 1000);
  child.on('error', (error) => {
    clearInterval(heartbeat);
    fail(new StepError(`${label}: ${command} could not be started (${error.message}).`));
  });
  child.on('close', (code, signal) => {
    clearInterval(heartbeat);
    const text = output.join('');
    if (code === 0) {
      done(text);
      return;
    }
    if (!options.show) say(text.trimEnd().split('\n').slice(-60).join('\n'));
    const hint = options.hint ? ` ${options.hint}` : '';
    fail(new StepError(`${label} failed: ${basename(command)} ended with ${signal ?? code}.${hint}`));
  });
});

/**
 * Announces a step, does it, says how long it took. One that is over within `quietMs` is not mentioned.
 * @template T
 * @param {string} label
 * @param {() => Promise<T> | T} work
 * @param {number} [quietMs]
 * @returns {Promise<T>}
 */
export const step = async (label, work, quietMs = 0) => {
  const started = Date.now();
  let announced = false;
  const announce = () => {
    announced = true;
    say(`- ${label} …`);
  };
  const timer = quietMs > 0 ? setTimeout(announce, quietMs) : announce();
  try {
    const result = await work();
    if (announced) say(`  done in ${seconds(started)}`);
    return result;
  } finally {
    clearTimeout(timer ?? undefined);
  }
};

/** @param {string | Uint8Array} data @param {'sha256' | 'sha512'} [algorithm] */
export const hashOf = (data, algorithm = 'sha256') => createHash(algorithm).update(data).digest('hex');

/**
 * All files below a folder, as sorted paths relative to the project's root; hidden ones and node_modules left
 * out.
 * @param {string} folder relative to the root, or absolute
 * @param {RegExp} [wanted]
 * @returns {string[]}
 */
export const filesBelow = (folder, wanted = /(?:)/) => {
  const top = resolve(root, folder);
  if (!existsSync(top)) return [];
  /** @type {string[]} */
  const found = [];
  for (const entry of readdirSync(top, { withFileTypes: true })) {
    const path = join(top, entry.name);
    if (entry.name.startsWith('.') || entry.name === 'node_modules') continue;
    if (entry.isDirectory()) found.push(...filesBelow(path, wanted));
    else if (wanted.test(entry.name)) found.push(relative(root, path));
  }
  return found.sort();
};

/** The script of a tool that came with the npm dependencies. @param {string} path */
export const npmTool = (path) => join(root, 'node_modules', path);

/** All C and C++ sources of the project. */
export const cSources = () => ['src', 'wasm', 'tests']
  .flatMap((folder) => filesBelow(folder, /\.(c|h|cpp)$/));

/**
 * One hash over the names and contents of files.
 * @param {string[]} paths relative to the root
 * @param {string} [more] anything else the result depends on
 */
export const hashFiles = (paths, more = '') => {
  const hash = createHash('sha256').update(more);
  for (const path of paths) hash.update(`\0${path}\0`).update(readFileSync(join(root, path)));
  return hash.digest('hex');
};

/** Whether the stamp at `path` says `value`. @param {string} path @param {string} value */
export const isStamped = (path, value) => existsSync(path) && readFileSync(path, 'utf8').trim() === value;

/** @param {string} path @param {string} value */
export const stamp = (path, value) => {
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, `${value}\n`);
};

/** @param {number} pid */
const isAlive = (pid) => {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return /** @type {NodeJS.ErrnoException} */ (error).code === 'EPERM';
  }
};

/** The process that holds the lock file, or 0 if it is gone. @param {string} path */
const holder = (path) => {
  try {
    const pid = Number(readFileSync(path, 'utf8'));
    // A file without a number is a lock being made this moment, unless it stays so.
    if (!pid) return Date.now() - statSync(path).mtimeMs < 2000 ? -1 : 0;
    return isAlive(pid) ? pid : 0;
  } catch {
    return 0;
  }
};

/**
 * Runs `work` while no other process of this checkout runs work of its own; two terminals may start at once.
 * @template T
 * @param {() => Promise<T>} work
 * @returns {Promise<T>}
 */
export const exclusively = async (work) => {
  mkdirSync(buildDir, { recursive: true });
  const path = join(buildDir, '.lock');
  for (let announced = false; ;) {
    try {
      const file = openSync(path, 'wx');
      writeFileSync(file, String(process.pid));
      closeSync(file);
      break;
    } catch (error) {
      if (/** @type {NodeJS.ErrnoException} */ (error).code !== 'EEXIST') throw error;
      const pid = holder(path);
      if (pid === 0) {
        rmSync(path, { force: true });
        continue;
      }
      if (!announced && pid > 0) {
        say(`- waiting for the set-up that process ${pid} is running …`);
        announced = true;
      }
      await new Promise((wake) => setTimeout(wake, 200));
    }
  }
  const release = () => rmSync(path, { force: true });
  const interrupted = () => {
    release();
    process.exit(130);
  };
  process.once('exit', release).once('SIGINT', interrupted).once('SIGTERM', interrupted);
  try {
    return await work();
  } finally {
    release();
    process.off('exit', release).off('SIGINT', interrupted).off('SIGTERM', interrupted);
  }
};

/**
 * The frame of a command line program: a StepError is printed as its one sentence, anything else with its
 * stack.
 * @param {() => Promise<unknown> | unknown} program
 */
export const main = async (program) => {
  try {
    await program();
  } catch (error) {
    const { message, stack } = /** @type {Error} */ (error);
    say(error instanceof StepError ? `\n${message}` : stack ?? message);
    process.exitCode = 1;
  }
};
