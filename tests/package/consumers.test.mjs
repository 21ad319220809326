// SPDX-License-Identifier: MIT
// Applications built by each bundler, with no plugin beside the one that the original's documentation shows, make a
// call in a browser, under a strict policy.

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join, relative } from 'node:path';
import { after, test } from 'node:test';
import { build as esbuild } from 'esbuild';
import { until } from '../../demo/platform/index.js';
import { bundlersDir } from '../../wasm/toolchain/sources.mjs';
import { filesBelow, root } from '../../wasm/toolchain/steps.mjs';
import { stage } from '../e2e/support.mjs';
import { makeProject } from './project.mjs';

/** The bundlers have a folder of packages of their own. */
const bundler = createRequire(join(bundlersDir, 'package.json'));

/** @type {import('../e2e/support.mjs').Pages} */
const pages = {};
/** @type {import('./project.mjs').Project} */
let project;

/** @param {string} name @param {string} script attributes and place of the script */
const addPage = (name, script) => {
  pages[`/${name}/`] = `<!DOCTYPE html><html><head><title>${name}</title><script src="/harness.js"></script></head>
<body><script ${script}></script></body></html>`;
};

/** Serves what a bundler wrote. @param {string} name @param {string} folder @param {string} script */
const serve = (name, folder, script) => {
  for (const path of filesBelow(relative(root, folder))) {
    pages[`/${name}/${relative(folder, join(root, path))}`] = { file: join(root, path) };
  }
  addPage(name, script);
};

/** @param {string} name @param {string} entry of the application */
const withVite = async (name, entry) => {
  const vite = await import(bundler.resolve('vite'));
  const outDir = join(project.folder, `out-${name}`);
  await vite.build({
    root: project.folder, configFile: false, logLevel: 'warn', base: './',
    build: { outDir, rollupOptions: { input: join(project.folder, entry), output: { entryFileNames: 'app.js' } } },
  });
  serve(name, outDir, 'type="module" src="app.js"');
};

/** @param {string} name @param {string} entry */
const withWebpack = async (name, entry) => {
  const webpack = bundler('webpack');
  const outDir = join(project.folder, `out-${name}`);
  const stats = await new Promise((resolve, reject) => {
    webpack({
      mode: 'production', context: project.folder, entry: `./${entry}`, performance: false,
      output: { path: outDir, filename: 'app.js' },
    }, (/** @type {Error | null} */ error, /** @type {any} */ result) => (error ? reject(error) : resolve(result)));
  });
  const { errors, warnings } = stats.toJson({ all: false, errors: true, warnings: true });
  assert.deepEqual([errors, warnings], [[], []]);
  serve(name, outDir, 'src="app.js"');
};

/** As in the original's documentation. @param {string} name @param {string} entry */
const withRollup = async (name, entry) => {
  const { rollup } = bundler('rollup');
  const { nodeResolve } = bundler('@rollup/plugin-node-resolve');
  const outDir = join(project.folder, `out-${name}`);
  const mainFields = ['es:bundle', 'module', 'esnext', 'main'];
  const bundle = await rollup({
    input: join(project.folder, entry), plugins: [nodeResolve({ mainFields })],
    onwarn: (/** @type {{ message: string }} */ { message }) => assert.fail(message),
  });
  await bundle.write({ dir: outDir, format: 'es', entryFileNames: 'app.js' });
  await bundle.close();
  serve(name, outDir, 'type="module" src="app.js"');
};

/** @param {string} name @param {string} entry */
const withEsbuild = async (name, entry) => {
  const outDir = join(project.folder, `out-${name}`);
  const { warnings } = await esbuild({
    absWorkingDir: project.folder, entryPoints: [entry], bundle: true, outfile: join(outDir, 'app.js'),
    logLevel: 'silent',
  });
  assert.deepEqual(warnings, []);
  serve(name, outDir, 'src="app.js"');
};

const CONSUMERS = /** @type {const} */ ({
  'vite': () => withVite('vite', 'main.ts'),
  'vite-lean': () => withVite('vite-lean', 'lean.js'),
  'webpack': () => withWebpack('webpack', 'main.js'),
  'webpack-lean': () => withWebpack('webpack-lean', 'lean.js'),
  'webpack-commonjs': () => withWebpack('webpack-commonjs', 'common.cjs'),
  'vite-no-wasm': () => withVite('vite-no-wasm', 'plain.js'),
  'rollup': () => withRollup('rollup', 'main.js'),
  'esbuild': () => withEsbuild('esbuild', 'main.js'),
});
const MANIFEST = JSON.parse(readFileSync(join(root, 'dist/manifest.json'), 'utf8'));
const SCRIPT = 'genesys-cloud-webrtc-sdk.bundle.min.js';

/** Builds all applications. */
const buildAll = async () => {
  project = await makeProject();
  for (const build of Object.values(CONSUMERS)) await build();
  // A server that names no charset, a page whose charset is another one: the script is the same.
  pages[`/cdn/v0/${SCRIPT}`] = {
    file: join(project.folder, 'node_modules/genesys-cloud-webrtc-sdk/dist', SCRIPT), type: 'text/javascript',
  };
  const second = Object.keys(MANIFEST.files).find((file) => file.includes('.calls-')) ?? '';
  pages[`/cdn/v0/${second}`] = {
    file: join(project.folder, 'node_modules/genesys-cloud-webrtc-sdk/dist', second), type: 'text/javascript',
  };
  const { integrity } = MANIFEST.files[SCRIPT];
  const text = `<!DOCTYPE html><meta charset="shift_jis"><title>CDN</title><script src="/harness.js"></script>
    <script src="/cdn/v0/${SCRIPT}" integrity="${integrity}" crossorigin="anonymous"></script>`;
  pages['/script-tag/'] = { text, type: 'text/html' };
  // RequireJS in one line: what AMD loaders do with a script.
  pages['/amd/define.js'] = `window.define = (needs, make) => { window.GenesysCloudWebrtcSdk = make(); };
    window.define.amd = {};`;
  pages['/amd/'] = `<script src="/harness.js"></script><script src="define.js"></script>
    <script src="/cdn/v0/${SCRIPT}"></script>`;
  return pages;
};
after(() => project?.remove());

const { play } = stage({
  headers: { 'content-security-policy': "script-src 'self' 'wasm-unsafe-eval'" }, pages: buildAll,
});

for (const name of [...Object.keys(CONSUMERS), 'script-tag', 'amd']) {
  test(`a call in an application: ${name}`, play({ path: `${name}/` }, async (scene) => {
    const charset = await scene.page.evaluate(() => document.characterSet);
    assert.equal(charset, name === 'script-tag' ? 'Shift_JIS' : 'UTF-8');
    await scene.page.waitForFunction(() => 'GenesysCloudWebrtcSdk' in window, undefined, { timeout: 10_000 });
    await scene.signIn();
    const call = await scene.talk({ farEnd: 'tone' });
    await until(call.farEnd, 'level', ({ rms }) => rms > 0.01);
    const ended = until(call, 'ended');
    await scene.run('endSession', { conversationId: call.conversationId });
    await ended;
    await scene.run('destroy');
    assert.deepEqual(await scene.notes('policy violated'), []);
  }));
}
