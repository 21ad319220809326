// SPDX-License-Identifier: MIT
// From js/ and the WebAssembly module to the scripts in dist/. The module's bytes travel inside the scripts: the SDK's
// constructor is synchronous, so there is no time to fetch them. The script of the CDN has the first half of the module
// (divide.mjs) and gets the second from a file beside it; whoever bundles has one file with all. The lean module is for
// those who can wait: it fetches both halves as they are.

import { createHash } from 'node:crypto';
import {
  copyFileSync, existsSync, mkdirSync, readFileSync, readdirSync, rmSync, writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { NODE_OUTPUTS, bundleNode, inputsOfNode } from './bundle-node.mjs';
import { StepError, buildDir, filesBelow, hashFiles, isStamped, root, stamp, step } from './steps.mjs';
import { divide } from './divide.mjs';
import { halfModule, packedModule, secondScript } from './text-bytes.mjs';

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
export const second = undefined;
`;

/** The same with the first half only. */
const halfGlue = `// Generated. What js/core.js imports as '#wasm' in the minified script.
export { default as factory } from './softphone.js';
export { bytes, second } from './wasm-first.js';
export const response = undefined;
`;

/** The same without the bytes. Bundlers know expressions of this form, and take the files along. */
const leanGlue = `// Generated. What js/core.js imports as '#wasm' in the lean module.
export { default as factory } from './softphone.js';
export const bytes = undefined;
export const response = () => fetch(new URL('./softphone.wasm', import.meta.url));
export const second = () => fetch(new URL('./softphone-calls.wasm', import.meta.url));
`;

/** The same as plain JavaScript. */
const plainGlue = `// Generated. What js/core.js imports as '#wasm' in the build without WebAssembly.
export { default as factory } from './softphone-plain.js';
export const bytes = undefined;
export const response = undefined;
export const second = undefined;
`;

const glueTypes = `// Generated. The module as js/core.js sees it.
/**
 * Starts the module on the object it is given and fills that object; see wasm/CMakeLists.txt on
 * instantiateWasm.
 */
export declare const factory: (module: Record<string, unknown>) => unknown;
/** The WebAssembly binary; decoded anew by each call. The lean module has none. */
export declare const bytes: undefined | (() => Uint8Array<ArrayBuffer>);
/** Of the lean module: fetches the binary. Without both, \`factory\` is all there is, and plain JavaScript. */
export declare const response: undefined | (() => Promise<Response>);
/** Where the binary is the first half of the module: gets the second. \`attempt\` counts from 0. */
export declare const second: undefined | ((attempt: number) => Promise<Uint8Array<ArrayBuffer> | Response>);
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
/** The one without WebAssembly. Nobody reads what became of the core in it, so there is no other and no map. */
const plainName = name.replace('.bundle', '.nowasm.bundle.min.js');
const shortName = (/** @type {string} */ file) => file.replace('.bundle', '');

/** The second half of the minified script; its content is in its name, so an old script never meets a new half. */
const secondName = 'genesys-cloud-webrtc-sdk.calls-';
/** @returns {string[]} that file's name, once it is in dist/ */
const secondFiles = () => readdirSync(dist).filter((file) => file.startsWith(secondName));

/** For the attribute `integrity`. @param {string | Uint8Array} content */
const integrityOf = (content) => `sha384-${createHash('sha384').update(content).digest('base64')}`;

/** Where the divided module is written. */
const modules = {
  whole: join(generated, 'softphone.wasm'),
  first: join(generated, 'softphone-first.wasm'),
  second: join(generated, 'softphone-calls.wasm'),
};
/** What of it the lean module fetches, under the names in dist/. */
const leanModules = { 'softphone.wasm': modules.first, 'softphone-calls.wasm': modules.second };

/** Writes build/generated, which '#wasm' in package.json points to. */
const generate = () => {
  mkdirSync(generated, { recursive: true });
  copyFileSync(join(buildDir, 'wasm/softphone.js'), join(generated, 'softphone.js'));
  divide(join(buildDir, 'wasm/softphone.wasm'), modules);
  const [whole, first, second] = [modules.whole, modules.first, modules.second].map((file) => readFileSync(file));
  const file = `${secondName}${createHash('sha256').update(second).digest('hex').slice(0, 8)}.js`;
  writeFileSync(join(generated, 'wasm-bytes.js'), packedModule(whole));
  const script = `${banner()}\n${secondScript(second, file)}`;
  writeFileSync(join(generated, 'wasm-first.js'), halfModule(first, file, integrityOf(script)));
  writeFileSync(join(generated, 'second.json'), JSON.stringify({ file, script }));
  writeFileSync(join(generated, 'wasm.js'), glue);
  writeFileSync(join(generated, 'wasm-half.js'), halfGlue);
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
    mkdirSync(join(dist, folder), { recursive: true });
    if (existsSync(join(dist, plainName))) copyFileSync(join(dist, plainName), join(dist, folder, plainName));
    for (const file of secondFiles()) copyFileSync(join(dist, file), join(dist, folder, file));
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
    return [file, { bytes: bytes.length, integrity: integrityOf(bytes) }];
  };
  const names = [...scriptNames, ...secondFiles(), plainName, 'index.mjs', 'lean.mjs', ...Object.keys(leanModules),
    'no-wasm.mjs'];
  const files = Object.fromEntries(names.filter((file) => existsSync(join(dist, file))).map(describe));
  writeFileSync(join(dist, 'manifest.json'), `${JSON.stringify({ version, files }, undefined, 2)}\n`);
};

const versionOfPackage = () => /** @type {string} */ (
  JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')).version);

const banner = () => `/*! genesys-cloud-webrtc-sdk-wasm ${versionOfPackage()} | MIT | contains cJSON (Dave Gamble and `
  + 'cJSON contributors, MIT) and events (Joyent, Inc. and other Node contributors, MIT) */';

/**
 * How scripts and modules are bundled.
 * @param {string} [ownGlue] the file of build/generated that takes the place of '#wasm'
 */
export const recipes = (ownGlue) => {
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
    plugins: ownGlue ? [{
      name: 'glue',
      setup({ onResolve }) {
        onResolve({ filter: /^#wasm$/ }, () => ({ path: join(generated, ownGlue) }));
        onResolve({ filter: /\.calls-/ }, ({ path }) => ({ path, external: true }));
      },
    }] : [],
  };
  /** @type {import('esbuild').BuildOptions} */
  const script = {
    ...shared, format: 'iife', globalName, sourcemap: 'linked',
    banner: { js: `${banner()}\n${universal.head}` }, footer: { js: universal.foot },
  };
  // The type checker meets these when a test imports them; they are not sources.
  /** @type {import('esbuild').BuildOptions} */
  const module = { ...shared, banner: { js: `// @ts-nocheck\n${banner()}` } };
  return { script, module };
};

/** Completes dist/ by what follows from the scripts in it. */
const finish = () => {
  for (const file of filesBelow('dist', /\.[cm]?js$/)) makeAscii(join(root, file));
  copyForCdn(versionOfPackage());
  writeManifest(versionOfPackage());
};

const bundleAll = async () => {
  const { build } = await import('esbuild');
  const { script, module } = recipes();
  rmSync(dist, { recursive: true, force: true });
  await Promise.all([
    build({ ...script, outfile: `dist/${name}.js` }),
    build({ ...recipes('wasm-half.js').script, outfile: `dist/${name}.min.js`, minify: true }),
    build({ ...module, outfile: 'dist/index.mjs', format: 'esm' }),
    build({ ...module, outfile: 'dist/index.cjs', format: 'cjs' }),
    build({ ...recipes('wasm-lean.js').module, outfile: 'dist/lean.mjs', format: 'esm' }),
    bundleNode(),
  ]);
  for (const [file, from] of Object.entries(leanModules)) copyFileSync(from, join(dist, file));
  const part = JSON.parse(readFileSync(join(generated, 'second.json'), 'utf8'));
  writeFileSync(join(dist, part.file), part.script);
  // The scripts are CommonJS to those who require them, unlike the sources.
  writeFileSync(join(dist, 'package.json'), '{ "type": "commonjs", "sideEffects": ["./*.js"] }\n');
  // To TypeScript the same declarations under another name are those of a CommonJS module.
  copyFileSync(join(root, types), join(dist, 'index.d.cts'));
  finish();
};

/** Beside what is in dist/. */
const bundlePlain = async () => {
  const { build } = await import('esbuild');
  copyFileSync(join(buildDir, 'wasm/softphone_plain.js'), join(generated, 'softphone-plain.js'));
  writeFileSync(join(generated, 'wasm-plain.js'), plainGlue);
  const { script, module } = recipes('wasm-plain.js');
  await Promise.all([
    build({ ...script, outfile: `dist/${plainName}`, minify: true, sourcemap: false }),
    build({ ...module, outfile: 'dist/no-wasm.mjs', format: 'esm', minify: true }),
  ]);
  finish();
};

/** A function, since js/ is read anew each time. */
const inputsOfAll = () => [
  ...filesBelow('js', /\.js$/), types, 'package.json', 'package-lock.json', 'wasm/toolchain/bundle.mjs',
];

/** Generates build/generated and dist/ when one of their inputs changed. */
export const ensureBundle = async () => {
  const inputs = [
    ...inputsOfAll(), ...inputsOfNode(), 'build/wasm/softphone.js', 'build/wasm/softphone.wasm',
    'wasm/toolchain/divide.mjs', 'wasm/toolchain/lzma.js', 'wasm/toolchain/streams.js', 'wasm/toolchain/text-bytes.mjs',
  ];
  const outputs = [
    ...scriptNames, 'index.mjs', 'index.cjs', 'index.d.cts', 'lean.mjs', ...Object.keys(leanModules), 'manifest.json',
  ];
  const mark = join(buildDir, '.bundle');
  const state = hashFiles(inputs);
  const isThere = [...outputs.map((file) => `dist/${file}`), ...NODE_OUTPUTS].every((path) => (
    existsSync(join(root, path))));
  if (isStamped(mark, state) && isThere) return;
  await step('bundling dist/', async () => {
    generate();
    if (!existsSync(join(root, entry))) throw new StepError(`${entry} is missing: nothing to bundle.`);
    await bundleAll().catch((error) => {
      throw new StepError(`Bundling failed: ${error.message}`);
    });
    stamp(mark, state);
  });
};

/** The scripts without WebAssembly, after ensureBundle(), which empties dist/ when it works. */
export const ensurePlain = async () => {
  const mark = join(buildDir, '.bundle-plain');
  const state = hashFiles([...inputsOfAll(), 'build/wasm/softphone_plain.js']);
  const outputs = [plainName, 'no-wasm.mjs'];
  if (isStamped(mark, state) && outputs.every((file) => existsSync(join(dist, file)))) return;
  await step('bundling dist/ without WebAssembly', async () => {
    await bundlePlain().catch((error) => {
      throw new StepError(`Bundling failed: ${error.message}`);
    });
    stamp(mark, state);
  });
};
