// SPDX-License-Identifier: MIT
// The arrows between folders point down only: what each folder of src/ may include, where Emscripten, cJSON,
// the module and the browser may be named.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { filesBelow } from '../../wasm/toolchain/steps.mjs';
import { linesMatching, read, withoutComments } from './sources.mjs';

/** @type {Readonly<Record<string, string[]>>} */
const ALLOWED = {
  base: [],
  config: ['base'],
  xml: ['base'],
  sdp: ['base', 'xml'],
  jingle: ['base', 'xml', 'xmpp', 'sdp'],
  xmpp: ['base', 'xml'],
  rest: ['base'],
  streaming: ['base', 'xml', 'xmpp', 'rest'],
  signaling: ['base', 'xml', 'xmpp', 'jingle', 'sdp'],
  conversation: ['base'],
  media: ['base'],
  headset: ['base'],
  telemetry: ['base'],
  recorder: ['base', 'telemetry'],
  preflight: ['base', 'xml', 'telemetry'],
  session: ['base', 'config', 'xml', 'xmpp', 'rest', 'signaling', 'conversation', 'media', 'telemetry'],
  core: [
    'base', 'config', 'xml', 'sdp', 'jingle', 'xmpp', 'rest', 'streaming', 'signaling', 'conversation',
    'media', 'headset', 'telemetry', 'session', 'preflight', 'recorder',
  ],
};

/** Names that only a browser has. `globalThis` alone is not one: Node has it too. */
const BROWSER = new RegExp([
  String.raw`\bnew\s+(?:RTC\w+|MediaStream|Audio|AudioContext|WebSocket|XMLHttpRequest|BroadcastChannel)\b`,
  String.raw`(?<![\w$.])(?:document|window|navigator|localStorage|sessionStorage)\s*(?:\.|\?\.|\[)`,
  String.raw`\b(?:globalThis|self|window)\??\.(?:document|navigator|RTC\w+|MediaStream|fetch|localStorage)\b`,
  String.raw`(?<![\w$.])(?:fetch|addEventListener|requestAnimationFrame)\(`,
].join('|'));

const INCLUDE = /^\s*#\s*include\s*([<"])([^>"]+)[>"]/gm;

const cFiles = filesBelow('src', /\.[ch]$/);
const jsFiles = filesBelow('js', /\.js$/);

/** @param {string} path */
const includesOf = (path) => [...withoutComments(read(path)).matchAll(INCLUDE)]
  .map((match) => ({ isOurs: match[1] === '"', name: match[2] }));

/**
 * The folder an include leads to; one without a folder stays in its own.
 * @param {string} path
 * @param {string} name
 */
const folderOf = (path, name) => (name.includes('/') ? name.split('/')[0] : path.split('/')[1]);

test('src/ has sources and every folder has a row in the table of arrows', () => {
  assert.ok(cFiles.length > 0);
  const folders = [...new Set(cFiles.map((path) => path.split('/')[1]))];
  assert.deepEqual(folders.filter((folder) => !(folder in ALLOWED)), []);
});

test('a folder of src/ includes only itself and what its row names', () => {
  const wrong = cFiles.flatMap((path) => {
    const own = path.split('/')[1];
    return includesOf(path).filter(({ isOurs }) => isOurs)
      .filter(({ name }) => name !== 'cJSON.h' && ![own, ...ALLOWED[own]].includes(folderOf(path, name)))
      .map(({ name }) => `${path} includes ${name}`);
  });
  assert.deepEqual(wrong, []);
});

test('the table of arrows has no cycle', () => {
  /** @param {string} folder @param {string[]} above */
  const walk = (folder, above) => {
    assert.ok(!above.includes(folder), [...above, folder].join(' -> '));
    for (const next of ALLOWED[folder]) walk(next, [...above, folder]);
  };
  for (const folder of Object.keys(ALLOWED)) walk(folder, []);
});

test('an include never climbs or names an absolute path', () => {
  const wrong = cFiles.flatMap((path) => includesOf(path).filter(({ name }) => /(^|\/)\.\.|^\//.test(name))
    .map(({ name }) => `${path} includes ${name}`));
  assert.deepEqual(wrong, []);
});

test('no Emscripten or browser header in src/, and no call of the outside world', () => {
  const banned = /^(?:emscripten|time\.h|sys\/|unistd\.h|pthread\.h|stdio\.h$|threads\.h|netinet\/|arpa\/)/;
  const wrong = cFiles.flatMap((path) => includesOf(path)
    .filter(({ name }) => banned.test(name) && name !== 'stdio.h')
    .map(({ name }) => `${path} includes ${name}`));
  const calls = /\b(?:EM_\w+|EMSCRIPTEN\w*|rand|srand|time|clock|getenv|fopen|puts)\s*\(/;
  assert.deepEqual([...wrong, ...cFiles.flatMap((path) =>
    linesMatching(path, withoutComments(read(path), { strings: false }), calls))], []);
});

test('no function of the C library that brings kilobytes with it', () => {
  const heavy = /\b(?:\w*printf|\w*scanf|strto\w+|ato[fil]|qsort)\s*\(/;
  const wrong = [...cFiles, ...filesBelow('wasm', /\.(?:c|cpp|h)$/)].flatMap((path) =>
    linesMatching(path, withoutComments(read(path), { strings: false }), heavy));
  assert.deepEqual(wrong, []);
});

test('only src/base/json.c includes cJSON.h', () => {
  const users = cFiles.filter((path) => includesOf(path).some(({ name }) => /(^|\/)cJSON\.h$/.test(name)));
  assert.deepEqual(users, ['src/base/json.c']);
});

test('only js/core.js imports the module, and the program that replays', () => {
  const users = jsFiles.filter((path) => /['"]#wasm['"]/.test(withoutComments(read(path))));
  assert.deepEqual(users.sort(), ['js/cli/player.js', 'js/core.js']);
});

test('only js/platform/ touches browser globals', () => {
  const wrong = jsFiles.filter((path) => !path.startsWith('js/platform/')).flatMap((path) =>
    linesMatching(path, withoutComments(read(path), { strings: false }), BROWSER));
  assert.deepEqual(wrong, []);
});

test('the browser pattern finds what it is for', () => {
  const touches = [
    'new RTCPeerConnection(x)', 'document.body', 'navigator.mediaDevices', 'await fetch(url)',
    'globalThis.navigator', 'window.x',
  ];
  const harmless = ['this.window.x', 'platform.fetch(url)', 'let document = 1', 'prefetch(x)', 'a.document'];
  assert.deepEqual(touches.filter((line) => !BROWSER.test(line)), []);
  assert.deepEqual(harmless.filter((line) => BROWSER.test(line)), []);
});

test('the demo uses the public package only', () => {
  const inner = /(?:from\s+|import\()\s*['"][^'"]*\.\.\/(?:js|src|build)\//;
  const wrong = filesBelow('demo', /\.(?:js|mjs|html)$/).filter((path) => !path.startsWith('demo/platform/'))
    .flatMap((path) => linesMatching(path, withoutComments(read(path)), inner));
  assert.deepEqual(wrong, []);
});
