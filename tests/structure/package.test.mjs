// SPDX-License-Identifier: MIT
// What package.json promises is what is built.

import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { isBuiltin } from 'node:module';
import { dirname, join } from 'node:path';
import { test } from 'node:test';
import { build } from 'esbuild';
import { filesBelow, root } from '../../wasm/toolchain/steps.mjs';
import { VERSION } from '../../js/version.js';
import { read } from './sources.mjs';

const manifest = JSON.parse(read('package.json'));

test('every file that package.json names exists', () => {
  const named = [
    manifest.main, manifest.module, manifest['es:bundle'], manifest.types, manifest.unpkg, manifest.jsdelivr,
    ...Object.values(manifest.exports['.']).flatMap((one) => Object.values(one)), manifest.imports['#wasm'],
    ...Object.values(manifest.exports['./lean']), ...Object.values(manifest.bin),
    ...Object.values(manifest.exports['./platform']),
  ];
  assert.deepEqual(named.filter((path) => !existsSync(join(root, path))), []);
});

test('every script of package.json leads to a file', () => {
  const programs = Object.values(manifest.scripts).flatMap((line) => /** @type {string} */ (line).split(' '))
    .filter((word) => /\.m?js$/.test(word));
  assert.deepEqual(programs.filter((path) => !existsSync(join(root, path))), []);
});

test('the version is the same everywhere', () => {
  assert.equal(VERSION, manifest.version);
  assert.equal(JSON.parse(read('package-lock.json')).version, manifest.version);
});

const scripts = filesBelow('dist', /\.[cm]?js$/);
const textOf = (/** @type {string} */ path) => readFileSync(join(root, path)).toString('latin1');

test('every script is ASCII: it means the same whatever charset it is served with', () => {
  assert.ok(scripts.length > 4);
  assert.deepEqual(scripts.filter((path) => /[^\x00-\x7f]/.test(textOf(path))), []);
});

const isForNode = (/** @type {string} */ path) => path === 'dist/cli.mjs' || path.startsWith('dist/platform/');

/** What a script imports. @param {string} path @returns {Promise<string[]>} */
const importsOf = async (path) => {
  const { metafile } = await build({
    absWorkingDir: root, entryPoints: [path], write: false, metafile: true, bundle: true, external: ['*'],
    format: 'esm', outfile: 'build/unused.js', logLevel: 'error',
  });
  const imports = Object.values(metafile.inputs).flatMap((input) => input.imports.map((one) => one.path));
  return imports.filter((path) => path !== '<runtime>'); // esbuild's own
};

test('no script of a page imports anything but a file beside it, so no bundler has to replace it', async () => {
  for (const path of scripts.filter((one) => !isForNode(one))) {
    const isHalf = /(?:sdk|bundle)\.min\.js$/.test(path) && !path.includes('.nowasm.');
    const imports = await importsOf(path);
    assert.equal(imports.length, isHalf ? 1 : 0, path);
    for (const name of imports) assert.ok(existsSync(join(root, dirname(path), name)), `${path}: ${name}`);
  }
});

test('what runs in Node imports nothing that Node does not bring', async () => {
  const found = await Promise.all(scripts.filter(isForNode).map(importsOf));
  assert.equal(found.length, 2);
  assert.deepEqual(found.flat().filter((name) => !isBuiltin(name)), ['./platform/index.mjs']);
});

test('the licence of every package within the platform is told', () => {
  const told = read('dist/platform/LICENSES.txt');
  for (const name of ['werift', 'ws']) {
    const { version, license } = JSON.parse(read(`node_modules/${name}/package.json`));
    assert.ok(told.includes(`\n${name} ${version} (${license})\n`), name);
  }
  const parts = told.split(/^-{80}$/m).slice(1);
  assert.deepEqual(parts.filter((part) => !/copyright|public domain/i.test(part) || part.length < 400), []);
});

test('a CDN gets the scripts by major and by version, each with its map', () => {
  const { version } = manifest;
  const main = 'genesys-cloud-webrtc-sdk.bundle';
  for (const folder of ['', `v${version.split('.')[0]}/`, `v${version}/`]) {
    for (const file of [`${main}.js`, `${main}.min.js`]) {
      const path = `dist/${folder}${file}`;
      assert.equal(textOf(path), textOf(`dist/${file}`), path);
      for (const one of folder ? [path, path.replace('.bundle', '')] : [path]) {
        const [, map] = textOf(one).match(/\n\/\/# sourceMappingURL=(\S+)\s*$/) ?? [];
        assert.equal(`${one}.map`, `dist/${folder}${map}`);
        const { sources, sourcesContent } = JSON.parse(read(`${one}.map`));
        assert.ok(sources.includes('../js/sdk.js'));
        assert.deepEqual(sources.filter((/** @type {string} */ source) => !source.startsWith('../')), []);
        assert.equal(sourcesContent.length, sources.length);
      }
    }
  }
});

test('the manifest tells the integrity of each file', () => {
  const { version, files } = JSON.parse(read('dist/manifest.json'));
  assert.equal(version, manifest.version);
  for (const [name, { bytes, integrity }] of Object.entries(files)) {
    const content = readFileSync(join(root, 'dist', name));
    assert.equal(content.length, bytes);
    assert.equal(integrity, `sha384-${createHash('sha384').update(content).digest('base64')}`);
  }
  assert.ok('genesys-cloud-webrtc-sdk.bundle.min.js' in files && 'softphone.wasm' in files);
  assert.equal(Object.keys(files).filter((name) => name.includes('.calls-')).length, 1);
});

test('nothing that is built names a place of the machine it was built on', () => {
  const built = [...scripts, ...filesBelow('dist', /\.(?:map|wasm|json|cts)$/)];
  const places = new RegExp(`${root.replace(/[^\w/-]/g, '\\$&')}|[^\\w.]/(?:${['root', 'home', 'Users'].join('|')})/`);
  assert.deepEqual(built.filter((path) => places.test(textOf(path))), []);
});
