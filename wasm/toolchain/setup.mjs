// SPDX-License-Identifier: MIT
// The one set-up: every entry script calls setup() first. Each step looks whether it is done, so a second run
// is quick. Node built-ins only: npm dependencies may not be there yet.

import { existsSync, mkdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { ensurePackages } from './packages.mjs';
import { ensureBundlers, ensureCjson, ensureOriginal, ensureOriginalTypes } from './sources.mjs';
import {
  StepError, buildDir, capture, exclusively, hashOf, isStamped, root, run, say, seconds, stamp, step, which,
} from './steps.mjs';

/** @typedef {import('./packages.mjs').PackageKey} PackageKey */

/** @type {PackageKey[]} */
const WASM = ['certificates', 'dpkgDev', 'cmake', 'ninja', 'emscripten', 'xz'];
/** @type {PackageKey[]} */
const NATIVE = ['certificates', 'dpkgDev', 'cmake', 'ninja', 'cxx', 'cmocka'];
/** @type {PackageKey[]} */
const FUZZ = ['certificates', 'dpkgDev', 'cmake', 'ninja', 'clang', 'fuzzerRuntime', 'expat'];
/** @type {PackageKey[]} */
const ANALYSIS = ['certificates', 'dpkgDev', 'cmake', 'cc', 'clangTidy', 'cppcheck'];
/** @type {PackageKey[]} */
const COVERAGE = [...FUZZ, 'cmocka', 'llvm'];
/** @type {PackageKey[]} */
const BROWSER = ['chromium', 'fonts'];
/** @type {PackageKey[]} */
const SERVERS = ['prosody', 'coturn'];

const npm = async () => {
  const lock = hashOf(readFileSync(join(root, 'package-lock.json')));
  const mark = join(root, 'node_modules/.from-lock');
  if (isStamped(mark, lock)) return;
  await step('npm dependencies', async () => {
    await run('npm ci', 'npm', ['ci', '--no-audit', '--no-fund'],
      { hint: 'Check the network and run the same command again.' });
    stamp(mark, lock);
  });
};

/**
 * Configures a CMake build once (Ninja notices later changes itself) and builds what is out of date.
 * @param {string} name folder below build/
 * @param {string[]} options
 * @param {{emscripten?: boolean, env?: NodeJS.ProcessEnv}} [how]
 */
const cmakeBuild = async (name, options, how = {}) => {
  const folder = join(buildDir, name);
  const env = how.env ?? process.env;
  const cache = join(folder, 'CMakeCache.txt');
  // A cache made before the checkout was moved or copied refuses to work.
  if (existsSync(cache) && !readFileSync(cache, 'utf8').includes(`CMAKE_HOME_DIRECTORY:INTERNAL=${root}\n`)) {
    rmSync(folder, { recursive: true });
  }
  const wanted = JSON.stringify(options);
  const mark = join(folder, '.options');
  if (!existsSync(join(folder, 'build.ninja')) || !isStamped(mark, wanted)) {
    const args = ['-S', root, '-B', folder, '-G', 'Ninja', ...options];
    await (how.emscripten ? run(`configuring ${name}`, 'emcmake', ['cmake', ...args], { env })
      : run(`configuring ${name}`, 'cmake', args, { env }));
    stamp(mark, wanted);
  }
  // The build always runs, since it looks for new files; with nothing to do it is over in no time.
  await step(`${name} build`, () => run(`${name} build`, 'cmake', ['--build', folder], { env }), 500);
};

const native = () => cmakeBuild('native', ['-DCMAKE_BUILD_TYPE=Debug', '-DSP_SANITIZE=ON']);

const fuzz = () => cmakeBuild('fuzz',
  ['-DCMAKE_BUILD_TYPE=Debug', '-DSP_FUZZ=ON', '-DCMAKE_C_COMPILER=clang', '-DCMAKE_CXX_COMPILER=clang++']);

const coverage = () => cmakeBuild('coverage',
  ['-DCMAKE_BUILD_TYPE=Debug', '-DSP_COVERAGE=ON', '-DCMAKE_C_COMPILER=clang', '-DCMAKE_CXX_COMPILER=clang++']);

/**
 * The environment of Emscripten: Debian's needs to be told where its JavaScript libraries are when Node came
 * from elsewhere; a cache that belongs to somebody else and is not frozen is replaced by one in the build
 * folder.
 */
export const emscriptenEnv = () => {
  const nodePath = [process.env.NODE_PATH, '/usr/share/nodejs'].filter(Boolean).join(':');
  const env = { ...process.env, NODE_PATH: nodePath };
  const own = join(buildDir, 'emscripten-cache');
  if (process.env.EM_CACHE) return env;
  if (existsSync(own)) return { ...env, EM_CACHE: own };
  if (existsSync(join(buildDir, 'wasm/build.ninja'))) return env;
  const cache = capture('em-config', ['CACHE'], { env })?.trim();
  const isFrozen = capture('em-config', ['FROZEN_CACHE'], { env })?.trim() === 'True';
  const isWritable = cache !== undefined && capture('test', ['-w', cache]) !== undefined;
  if (cache === undefined || isFrozen || isWritable) return env;
  mkdirSync(own, { recursive: true });
  return { ...env, EM_CACHE: own };
};

const wasm = () => cmakeBuild('wasm', ['-DCMAKE_BUILD_TYPE=Release'],
  { emscripten: true, env: emscriptenEnv() });

/** The core as plain JavaScript, linked from the objects of the WebAssembly build, and its scripts in dist/. */
const plain = async () => {
  const [title, env] = ['build without WebAssembly', emscriptenEnv()];
  const args = ['--build', join(buildDir, 'wasm'), '--target', 'softphone_plain'];
  await step(title, () => run(title, 'cmake', args, { env }), 500);
  await (await import('./bundle.mjs')).ensurePlain();
};

const bundle = async () => (await import('./bundle.mjs')).ensureBundle();

const STEPS = {
  npm, cjson: ensureCjson, original: ensureOriginal, originalTypes: ensureOriginalTypes, bundlers: ensureBundlers,
  native, fuzz, coverage, wasm, bundle, plain,
};

/** @typedef {{packages: PackageKey[], steps: (keyof typeof STEPS)[]}} Plan */

/** @type {Plan} */
const build = { packages: WASM, steps: ['npm', 'cjson', 'wasm', 'bundle'] };
/** @type {Plan} */
const whole = { packages: WASM, steps: [...build.steps, 'plain'] };
/** @type {Plan} */
const browser = { packages: [...WASM, ...BROWSER], steps: build.steps };
/** @type {Plan} */
const withOriginal = { packages: browser.packages, steps: ['original', ...build.steps] };

/**
 * What each purpose needs. `start` serves the demo, `call` also opens a browser on it.
 * @satisfies {Record<string, Plan>}
 */
const PURPOSES = {
  platform: /** @type {Plan} */ ({ packages: [], steps: ['npm'] }),
  docs: /** @type {Plan} */ ({ packages: [], steps: ['npm'] }),
  build: whole,
  start: build,
  call: browser,
  original: /** @type {Plan} */ ({ packages: [], steps: ['original'] }),
  format: /** @type {Plan} */ ({ packages: ['clangFormat'], steps: ['npm'] }),
  lint: /** @type {Plan} */ ({ packages: [...WASM, 'clangFormat'], steps: build.steps }),
  analysis: /** @type {Plan} */ ({ packages: ANALYSIS, steps: ['cjson'] }),
  structure: build,
  unit: /** @type {Plan} */ ({ packages: NATIVE, steps: ['cjson', 'native'] }),
  fuzz: /** @type {Plan} */ ({ packages: FUZZ, steps: ['cjson', 'fuzz'] }),
  coverage: /** @type {Plan} */ ({ packages: COVERAGE, steps: ['cjson', 'coverage'] }),
  wasm: build,
  e2e: /** @type {Plan} */ ({
    packages: [...NATIVE, ...browser.packages, 'firefox'], steps: [...build.steps, 'native'],
  }),
  interop: /** @type {Plan} */ ({
    packages: [...NATIVE, ...withOriginal.packages, ...SERVERS], steps: [...withOriginal.steps, 'native'],
  }),
  bench: withOriginal,
  package: /** @type {Plan} */ ({
    packages: browser.packages, steps: [...withOriginal.steps, 'originalTypes', 'bundlers', 'plain'],
  }),
  conformance: /** @type {Plan} */ ({ packages: [], steps: [] }),
};

/** @typedef {keyof typeof PURPOSES} Purpose */

const checkNode = () => {
  const major = Number(process.versions.node.split('.')[0]);
  if (major >= 20) return;
  throw new StepError(`Node ${process.versions.node} is too old: please install Node 20 or newer.`);
};

/**
 * Makes everything ready for one or several purposes. Throws a StepError whose message says what to do.
 * @param {{for: Purpose | readonly Purpose[]}} options
 */
export const setup = async (options) => {
  checkNode();
  const started = Date.now();
  const plans = [options.for].flat().map((purpose) => PURPOSES[purpose]);
  const packages = [...new Set(plans.flatMap((plan) => plan.packages))];
  const wanted = new Set(plans.flatMap((plan) => plan.steps));
  await exclusively(async () => {
    await ensurePackages(packages);
    if (wanted.has('cjson') && !which('cmake')) throw new StepError('cmake is installed but not on PATH.');
    for (const name of /** @type {(keyof typeof STEPS)[]} */ (Object.keys(STEPS))) {
      if (wanted.has(name)) await STEPS[name]();
    }
  });
  say(`set-up: ready in ${seconds(started)}`);
};
