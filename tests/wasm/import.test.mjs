// SPDX-License-Identifier: MIT
// Importing the package on a server does nothing: no global of a browser is read, no global is left behind, nothing is
// compiled, fetched or kept running. Each format is imported by a Node process of its own, whose globals are traps.

import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { test } from 'node:test';

const at = (/** @type {string} */ file) => JSON.stringify(new URL(`../../dist/${file}`, import.meta.url).href);
const imported = (/** @type {string} */ file) => `return import(${at(file)});`;
const required = (/** @type {string} */ file) => (
  `return createRequire(import.meta.url)(fileURLToPath(${at(file)}));`);

const FORMATS = {
  'the ES module': imported('index.mjs'),
  'the CommonJS module': required('index.cjs'),
  'the lean module': imported('lean.mjs'),
  'the script': required('genesys-cloud-webrtc-sdk.bundle.min.js'),
};

/** What Node has as well. */
const SHARED = [
  'navigator', 'fetch', 'WebSocket', 'crypto', 'performance', 'WebAssembly', 'setTimeout', 'setInterval',
  'setImmediate', 'queueMicrotask', 'process', 'Buffer', 'global', 'BroadcastChannel', 'MessageChannel', 'localStorage',
  'sessionStorage', 'addEventListener', 'structuredClone',
];

/** @param {string} script an ES module @returns {Promise<string>} what it prints; it has to end by itself */
const run = (script) => new Promise((resolve, reject) => {
  execFile(process.execPath, ['--input-type=module', '--eval', script], { timeout: 60_000 }, (error, out, errors) => (
    error ? reject(new Error(`${error.message} ${errors}`)) : resolve(out)));
});

/**
 * What an import reads of its globals, what it asks for, what it leaves behind, and the names of its exports.
 * @param {string} source body of a function that returns the module
 * @returns {Promise<{ read: string[], asked: string[], added: string[], running: string[], names: string[] }>}
 */
const effectsOf = async (source) => JSON.parse(await run(`
  import { createRequire } from 'node:module';
  import { fileURLToPath } from 'node:url';
  const { getActiveResourcesInfo, stdout } = process;
  const [read, asked] = [[], new Set()];
  for (const name of ${JSON.stringify(SHARED)}) {
    const own = globalThis[name];
    Object.defineProperty(globalThis, name, { configurable: true, get() { read.push(name); return own; } });
  }
  const before = Reflect.ownKeys(globalThis);
  // Whatever Node does not have ends up at the global object's prototype.
  Object.setPrototypeOf(globalThis, new Proxy(Object.getPrototypeOf(globalThis), {
    get(target, name) { if (!(name in target)) read.push(String(name)); return target[name]; },
    has(target, name) { if (!(name in target)) asked.add(String(name)); return name in target; },
  }));
  const loaded = await (async () => { ${source} })();
  // Files and pipes are the work of Node's own loader.
  const running = getActiveResourcesInfo().filter((name) => !/^(?:FS|Close|Pipe|TTY)/.test(name));
  const added = Reflect.ownKeys(globalThis).filter((key) => !before.includes(key)).map(String);
  stdout.write(JSON.stringify({ read, asked: [...asked], added, running, names: Object.keys(loaded) }));
`));

for (const [format, source] of Object.entries(FORMATS)) {
  test(`loading ${format} in Node has no side effect`, async () => {
    const { names, ...effects } = await effectsOf(source);
    // The one question is whether this is a page: there the answer starts the compilation.
    assert.deepEqual(effects, { read: [], asked: ['document'], added: [], running: [] });
    assert.deepEqual(['GenesysCloudWebrtcSdk', 'default', 'loaded'].filter((name) => !names.includes(name)), []);
  });
}

test('the traps notice what an import does', async () => {
  const noisy = 'globalThis.window; fetch; globalThis.mark = setTimeout(() => {}, 50); typeof navigatorX;';
  const found = await effectsOf(`return import('data:text/javascript,${encodeURIComponent(noisy)}');`);
  assert.deepEqual(found, {
    read: ['window', 'fetch', 'setTimeout'], asked: ['navigatorX'], added: ['mark'], running: ['Timeout'], names: [],
  });
});

test('what was imported on a server compiles for the first who waits for it', async () => {
  const out = await run(`
    const { loaded } = await import(${at('index.mjs')});
    await loaded;
    process.stdout.write(String(loaded instanceof Promise));
  `);
  assert.equal(out, 'true');
});
