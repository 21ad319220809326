// SPDX-License-Identifier: MIT
// What `npm install` of the packed package gives: its files, its size, its imports in Node, its types.

import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { readdirSync, writeFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { after, before, test } from 'node:test';
import { promisify } from 'node:util';
import ts from 'typescript';
import { SITE } from '../../demo/site.js';
import { root } from '../../wasm/toolchain/steps.mjs';
import { makeProject } from './project.mjs';

const MIB = 1024 * 1024;
const runFile = promisify(execFile);

/** @type {import('./project.mjs').Project} */
let project;

before(async () => {
  project = await makeProject();
});
after(() => project?.remove());

test('the archive is small, holds what a consumer needs, and brings no other package', (t) => {
  const paths = project.files.map(({ path }) => path);
  t.diagnostic(`${project.size} bytes packed, ${paths.length} files`);
  assert.ok(project.size < 2.5 * MIB, `${project.size} bytes`);
  const wanted = [
    'dist/index.mjs', 'dist/index.cjs', 'dist/lean.mjs', 'dist/softphone.wasm', 'dist/softphone-calls.wasm',
    'dist/manifest.json',
    'dist/no-wasm.mjs', 'dist/genesys-cloud-webrtc-sdk.nowasm.bundle.min.js',
    'dist/genesys-cloud-webrtc-sdk.bundle.min.js', 'dist/genesys-cloud-webrtc-sdk.bundle.min.js.map',
    'dist/cli.mjs', 'dist/platform/index.mjs', 'dist/platform/LICENSES.txt', 'demo/index.html', 'demo/desktop.js',
    'demo/platform/caller.html', 'demo/platform/caller.js',
    'js/types/index.d.ts', 'README.md', 'LICENSE', 'CHANGELOG.md',
  ];
  assert.deepEqual(wanted.filter((path) => !paths.includes(path)), []);
  assert.deepEqual(paths.filter((path) => /^(?:dist\/v\d|src|tests|wasm|build)/.test(path)), []);
  assert.deepEqual(readdirSync(join(project.folder, 'node_modules')).filter((name) => !name.startsWith('.')),
    ['genesys-cloud-webrtc-sdk']);
});

test('every file of the demo that the program serves is in the archive', () => {
  const paths = project.files.map(({ path }) => path);
  for (const { path, directory } of SITE) {
    const place = relative(root, directory);
    assert.ok(paths.some((file) => file === place || file.startsWith(`${place}/`)), `${path} is served from ${place}`);
  }
});

test('it is imported and required in Node by its name, and nothing stays behind', async () => {
  const script = `
    import { createRequire } from 'node:module';
    const before = Reflect.ownKeys(globalThis).length;
    const module = await import('genesys-cloud-webrtc-sdk');
    const common = createRequire(import.meta.url)('genesys-cloud-webrtc-sdk');
    const script = createRequire(import.meta.url)(
      'genesys-cloud-webrtc-sdk/dist/genesys-cloud-webrtc-sdk.bundle.min.js');
    const lean = await import('genesys-cloud-webrtc-sdk/lean');
    const plain = await import('genesys-cloud-webrtc-sdk/no-wasm');
    const names = [module, common, script, lean, plain].map((one) => Object.keys(one).sort().join());
    const added = Reflect.ownKeys(globalThis).length - before;
    console.log(JSON.stringify([new Set(names).size, added, typeof common.default]));
  `;
  writeFileSync(join(project.folder, 'import.mjs'), script);
  const { stdout } = await runFile(process.execPath, ['import.mjs'], { cwd: project.folder, timeout: 60_000 });
  assert.deepEqual(JSON.parse(stdout), [1, 0, 'function']);
});

const STRICT = {
  strict: true, exactOptionalPropertyTypes: true, noUncheckedIndexedAccess: true, skipLibCheck: false, noEmit: true,
  types: [], lib: ['lib.es2022.d.ts', 'lib.dom.d.ts'], target: ts.ScriptTarget.ES2022,
};

for (const [name, options] of /** @type {[string, ts.CompilerOptions][]} */ ([
  ['bundler', { module: ts.ModuleKind.ESNext, moduleResolution: ts.ModuleResolutionKind.Bundler }],
  ['nodenext', { module: ts.ModuleKind.NodeNext, moduleResolution: ts.ModuleResolutionKind.NodeNext }],
  ['node10', { module: ts.ModuleKind.ESNext, moduleResolution: ts.ModuleResolutionKind.Node10 }],
])) {
  test(`an application of the original type-checks with module resolution ${name}`, () => {
    const file = join(project.folder, `${name}.mts`);
    writeFileSync(file, `export * from './main.${name === 'nodenext' ? 'js' : 'ts'}';
      import { loaded } from 'genesys-cloud-webrtc-sdk/lean';
      import { SdkError } from 'genesys-cloud-webrtc-sdk/no-wasm';
      export * from './testing.${name === 'nodenext' ? 'js' : 'ts'}';
      export const ready: Promise<SdkError | void> = loaded;`.replace(/'\.\/(main|testing)\.ts'/g, "'./$1'"));
    const files = [file, ...['main.ts', 'testing.ts'].map((path) => join(project.folder, path))];
    const program = ts.createProgram(files, { ...STRICT, ...options });
    const found = ts.getPreEmitDiagnostics(program).map(({ file: at, messageText }) => (
      `${at?.fileName} ${ts.flattenDiagnosticMessageText(messageText, ' ')}`));
    assert.deepEqual(found, []);
    const declarations = /genesys-cloud-webrtc-sdk\/.*index\.d\.ts$/;
    assert.ok(program.getSourceFiles().some(({ fileName }) => declarations.test(fileName)));
  });
}
