// SPDX-License-Identifier: MIT
// From js/ and the WebAssembly module to the scripts in dist/. The module's bytes travel inside the scripts:
// the SDK's constructor is synchronous, so there is no time to fetch a second file.

import { copyFileSync, existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
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
`;

const glueTypes = `// Generated. The module as js/core.js sees it.
/**
 * Starts the module on the object it is given and fills that object; see wasm/CMakeLists.txt on
 * instantiateWasm.
 */
export declare const factory: (module: Record<string, unknown>) => unknown;
/** The WebAssembly binary; decoded anew by each call. */
export declare const bytes: () => Uint8Array<ArrayBuffer>;
`;

/** Writes build/generated, which '#wasm' in package.json points to. */
const generate = () => {
  mkdirSync(generated, { recursive: true });
  copyFileSync(join(buildDir, 'wasm/softphone.js'), join(generated, 'softphone.js'));
  const wasm = readFileSync(join(buildDir, 'wasm/softphone.wasm'));
  writeFileSync(join(generated, 'wasm-bytes.js'), bytesModule(wasm));
  writeFileSync(join(generated, 'wasm.js'), glue);
  writeFileSync(join(generated, 'wasm.d.ts'), glueTypes);
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
  const script = { ...shared, format: 'iife', globalName, banner: { js: banner } };
  // The type checker meets these when a test imports them; they are not sources.
  const module = { ...shared, banner: { js: `// @ts-nocheck\n${banner}` } };
  rmSync(dist, { recursive: true, force: true });
  await Promise.all([
    build({ ...script, outfile: `dist/${name}.js` }),
    build({ ...script, outfile: `dist/${name}.min.js`, minify: true }),
    build({ ...module, outfile: 'dist/index.js', format: 'esm' }),
    build({ ...module, outfile: 'dist/index.cjs', format: 'cjs' }),
  ]);
  // To TypeScript the same declarations under another name are those of a CommonJS module.
  copyFileSync(join(root, types), join(dist, 'index.d.cts'));
};

/** Generates build/generated and dist/ when one of their inputs changed. */
export const ensureBundle = async () => {
  const inputs = [
    ...filesBelow('js', /\.js$/), types, 'build/wasm/softphone.js', 'build/wasm/softphone.wasm', 'package.json',
    'package-lock.json', 'wasm/toolchain/bundle.mjs', 'wasm/toolchain/lzma.js',
    'wasm/toolchain/text-bytes.mjs',
  ];
  const outputs = [`${name}.js`, `${name}.min.js`, 'index.js', 'index.cjs', 'index.d.cts'];
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
