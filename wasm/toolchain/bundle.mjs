// SPDX-License-Identifier: MIT
// From js/ and the WebAssembly module to the scripts in dist/. The module's bytes travel inside the scripts:
// the SDK's constructor is synchronous, so there is no time to fetch a second file. The lean module is for those who
// can wait: it fetches them.

import { createHash } from 'node:crypto';
import { chmodSync, copyFileSync, existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { StepError, buildDir, filesBelow, hashFiles, isStamped, root, stamp, step } from './steps.mjs';
import { bytesModule } from './text-bytes.mjs';

const generated = join(buildDir, 'generated');
const dist = join(root, 'dist');
const entry = 'js/index.js';
const types = 'js/types/index.d.ts';
const name = 'genesys-cloud-webrtc-sdk.bundle';

/** The global of the script tag, as the documentation names it. */
const globalName = 'GenesysCloudWebrtcSdk';

const glue = `// Generated. What js/core.js imports as '#wasm'.
export { default as factory } from './softphone.js';
export { bytes } from './wasm-bytes.js';
export const response = undefined;
`;

/** The same without the bytes. Bundlers know an expression of this form, and take the file along. */
const leanGlue = `// Generated. What js/core.js imports as '#wasm' in the lean module.
export { default as factory } from './softphone.js';
export const bytes = undefined;
export const response = () => fetch(new URL('./softphone.wasm', import.meta.url));
`;

const glueTypes = `// Generated. The module as js/core.js sees it.
/**
 * Starts the module on the object it is given and fills that object; see wasm/CMakeLists.txt on
 * instantiateWasm.
 */
export declare const factory: (module: Record<string, unknown>) => unknown;
/** The WebAssembly binary; decoded anew by each call. The lean module has none. */
export declare const bytes: undefined | (() => Uint8Array<ArrayBuffer>);
/** Of the lean module: fetches the binary. */
export declare const response: () => Promise<Response>;
`;

/**
 * A script for everybody: a tag makes the global, an AMD loader and CommonJS get the exports. The module itself is
 * strict code already.
 */
const universal = {
  head: '!function(root,make){typeof exports==="object"&&typeof module==="object"?module.exports=make():'
    + `typeof define==="function"&&define.amd?define([],make):root.${globalName}=make()}(globalThis,function(){`,
  foot: `return ${globalName}});`,
};

/** What a release is served as: names of the CDN, and those without `.bundle` that it has beside them. */
const scriptNames = [`${name}.js`, `${name}.min.js`];
const shortName = (/** @type {string} */ file) => file.replace('.bundle', '');

/** Writes build/generated, which '#wasm' in package.json points to. */
const generate = () => {
  mkdirSync(generated, { recursive: true });
  copyFileSync(join(buildDir, 'wasm/softphone.js'), join(generated, 'softphone.js'));
  const wasm = readFileSync(join(buildDir, 'wasm/softphone.wasm'));
  writeFileSync(join(generated, 'wasm-bytes.js'), bytesModule(wasm));
  writeFileSync(join(generated, 'wasm.js'), glue);
  writeFileSync(join(generated, 'wasm-lean.js'), leanGlue);
  writeFileSync(join(generated, 'wasm.d.ts'), glueTypes);
};

/** @param {string} file in dist/ */
const read = (file) => readFileSync(join(dist, file));

/** Strings are ASCII already; comments that are kept may not be. @param {string} path */
const makeAscii = (path) => {
  const text = readFileSync(path, 'utf8');
  const ascii = text.replace(/[^\x00-\x7f]/g, (one) => `\\u${one.charCodeAt(0).toString(16).padStart(4, '0')}`);
  if (ascii !== text) writeFileSync(path, ascii);
};

/**
 * The folders of a CDN, `v<major>` and `v<version>`, with copies of the scripts; a copy under another name points to
 * its own map.
 * @param {string} version
 */
const copyForCdn = (version) => {
  for (const folder of new Set([`v${version.split('.')[0]}`, `v${version}`])) {
    mkdirSync(join(dist, folder));
    for (const file of scriptNames) {
      copyFileSync(join(dist, file), join(dist, folder, file));
      copyFileSync(join(dist, `${file}.map`), join(dist, folder, `${file}.map`));
      writeFileSync(join(dist, folder, shortName(file)), read(file).toString('latin1')
        .replace(`//# sourceMappingURL=${file}.map`, `//# sourceMappingURL=${shortName(file)}.map`), 'latin1');
      copyFileSync(join(dist, `${file}.map`), join(dist, folder, `${shortName(file)}.map`));
    }
  }
};

/** What a page needs to trust a script by its content: `<script integrity="…">`. @param {string} version */
const writeManifest = (version) => {
  const describe = (/** @type {string} */ file) => {
    const bytes = read(file);
    const integrity = `sha384-${createHash('sha384').update(bytes).digest('base64')}`;
    return [file, { bytes: bytes.length, integrity }];
  };
  const files = Object.fromEntries([...scriptNames, 'index.mjs', 'lean.mjs', 'softphone.wasm'].map(describe));
  writeFileSync(join(dist, 'manifest.json'), `${JSON.stringify({ version, files }, undefined, 2)}\n`);
};

const bundleAll = async () => {
  const { build } = await import('esbuild');
  const { version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
  const banner = `/*! genesys-cloud-webrtc-sdk-wasm ${version} | MIT | contains cJSON (Dave Gamble and cJSON `
    + 'contributors, MIT) and events (Joyent, Inc. and other Node contributors, MIT) */';
  /** @type {import('esbuild').BuildOptions} */
  const shared = {
    absWorkingDir: root,
    entryPoints: [entry],
    bundle: true,
    charset: 'ascii',
    target: ['es2020'],
    platform: 'browser',
    legalComments: 'none',
    logLevel: 'warning',
  };
  /** @type {import('esbuild').BuildOptions} */
  const script = {
    ...shared, format: 'iife', globalName, sourcemap: 'linked',
    banner: { js: `${banner}\n${universal.head}` }, footer: { js: universal.foot },
  };
  // The type checker meets these when a test imports them; they are not sources.
  /** @type {import('esbuild').BuildOptions} */
  const module = { ...shared, banner: { js: `// @ts-nocheck\n${banner}` } };
  /** @type {import('esbuild').Plugin} */
  const withoutBytes = {
    name: 'lean',
    setup: ({ onResolve }) => onResolve({ filter: /^#wasm$/ }, () => ({ path: join(generated, 'wasm-lean.js') })),
  };
  rmSync(dist, { recursive: true, force: true });
  await Promise.all([
    build({ ...script, outfile: `dist/${name}.js` }),
    build({ ...script, outfile: `dist/${name}.min.js`, minify: true }),
    build({ ...module, outfile: 'dist/index.mjs', format: 'esm' }),
    build({ ...module, outfile: 'dist/index.cjs', format: 'cjs' }),
    build({ ...module, outfile: 'dist/lean.mjs', format: 'esm', plugins: [withoutBytes] }),
  ]);
  for (const file of filesBelow('dist', /\.[cm]?js$/)) makeAscii(join(root, file));
  copyFileSync(join(buildDir, 'wasm/softphone.wasm'), join(dist, 'softphone.wasm'));
  chmodSync(join(dist, 'softphone.wasm'), 0o644);
  // The scripts are CommonJS to those who require them, unlike the sources.
  writeFileSync(join(dist, 'package.json'), '{ "type": "commonjs", "sideEffects": ["./*.js"] }\n');
  // To TypeScript the same declarations under another name are those of a CommonJS module.
  copyFileSync(join(root, types), join(dist, 'index.d.cts'));
  copyForCdn(version);
  writeManifest(version);
};

/** Generates build/generated and dist/ when one of their inputs changed. */
export const ensureBundle = async () => {
  const inputs = [
    ...filesBelow('js', /\.js$/), types, 'build/wasm/softphone.js', 'build/wasm/softphone.wasm', 'package.json',
    'package-lock.json', 'wasm/toolchain/bundle.mjs', 'wasm/toolchain/lzma.js',
    'wasm/toolchain/text-bytes.mjs',
  ];
  const outputs = [
    ...scriptNames, 'index.mjs', 'index.cjs', 'index.d.cts', 'lean.mjs', 'softphone.wasm', 'manifest.json',
  ];
  const mark = join(buildDir, '.bundle');
  const state = hashFiles(inputs);
  if (isStamped(mark, state) && outputs.every((file) => existsSync(join(dist, file)))) return;
  await step('bundling dist/', async () => {
    generate();
    if (!existsSync(join(root, entry))) throw new StepError(`${entry} is missing: nothing to bundle.`);
    await bundleAll().catch((error) => {
      throw new StepError(`Bundling failed: ${error.message}`);
    });
    stamp(mark, state);
  });
};
