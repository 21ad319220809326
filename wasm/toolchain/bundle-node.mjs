// SPDX-License-Identifier: MIT
// What the package holds for Node: the command line program, and the local platform in one file with all it needs, so
// that nobody has to install anything beside the SDK.
//
//   dist/cli.mjs              js/cli/
//   dist/platform/index.mjs   demo/platform/ and the packages it uses
//   dist/platform/LICENSES.txt   of those packages
//
// Both find the pages they serve in demo/ by the same path as their sources do.

import { existsSync, mkdirSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { StepError, filesBelow, root } from './steps.mjs';

const cli = 'dist/cli.mjs';
const platform = 'dist/platform/index.mjs';
const licenses = 'dist/platform/LICENSES.txt';

export const NODE_OUTPUTS = [cli, platform, licenses];

/** A function, since sources are read anew each time. js/ is among the inputs of all. */
export const inputsOfNode = () => [
  ...filesBelow('demo/platform', /\.js$/), 'demo/site.js', 'wasm/toolchain/bundle-node.mjs',
];

/** Holders of packages under the MIT licence whose archives leave its text out, as their repositories name them. */
const HOLDERS = /** @type {Readonly<Record<string, string>>} */ ({ werift: 'Copyright (c) 2020 shinyoshiaki' });

/** The text of the MIT licence is that of this project's, but for the holder. @param {string} holder */
const mitOf = (holder) => readFileSync(join(root, 'LICENSE'), 'utf8').trim().replace(/^Copyright .*$/m, holder);

/** The folder of the package that a file belongs to. @param {string} path relative to the root */
const packageOf = (path) => {
  for (let folder = dirname(path); folder !== '.'; folder = dirname(folder)) {
    const manifest = join(root, folder, 'package.json');
    if (existsSync(manifest) && JSON.parse(readFileSync(manifest, 'utf8')).name) return folder;
  }
  throw new StepError(`${path} belongs to no package.`);
};

/** @param {string} folder of a package @returns {string} its name, version and licence */
const licenseOf = (folder) => {
  const { name, version, license } = JSON.parse(readFileSync(join(root, folder, 'package.json'), 'utf8'));
  const files = readdirSync(join(root, folder)).filter((file) => /^(?:licen[cs]e|notice|copying)\b/i.test(file)).sort();
  const holder = license === 'MIT' ? HOLDERS[name] : undefined;
  if (!files.length && !holder) throw new StepError(`${name} has no file with its licence: it may not be bundled.`);
  const texts = files.map((file) => readFileSync(join(root, folder, file), 'utf8').replace(/\r\n/g, '\n').trim());
  return [`${name} ${version} (${license})`, ...(holder ? [mitOf(holder)] : texts)].join('\n\n');
};

/**
 * Writes the list of licences.
 * @param {import('esbuild').Metafile} metafile of a bundle
 */
const writeLicenses = ({ inputs }) => {
  const paths = Object.keys(inputs).filter((path) => path.startsWith('node_modules/'));
  const folders = [...new Set(paths.map(packageOf))].sort();
  const head = 'index.mjs contains these packages beside its own sources.';
  const line = '-'.repeat(80);
  writeFileSync(join(root, licenses), `${[head, ...folders.map(licenseOf)].join(`\n\n${line}\n\n`)}\n`);
};

/** What js/types/platform.d.ts declares. */
const PUBLIC = "export { CHROMIUM_FLAGS, startPlatform, until } from './demo/platform/index.js';";

const BANNER = '// @ts-nocheck\n// SPDX-License-Identifier: MIT';

/** Some of the packages are CommonJS, and require what Node brings. */
const REQUIRE = "import { createRequire } from 'node:module';\nconst require = createRequire(import.meta.url);";

/** Beside what is in dist/. */
export const bundleNode = async () => {
  const { build } = await import('esbuild');
  /** @type {import('esbuild').BuildOptions} */
  const shared = {
    absWorkingDir: root, bundle: true, charset: 'ascii', platform: 'node', target: 'node20', format: 'esm',
    legalComments: 'none', logLevel: 'warning', banner: { js: BANNER },
  };
  mkdirSync(join(root, dirname(platform)), { recursive: true });
  const [{ metafile }] = await Promise.all([
    // Names stay, and lines end, for whoever meets this file in the stack of an error.
    build({
      ...shared, stdin: { contents: PUBLIC, resolveDir: root, sourcefile: 'index.js' }, outfile: platform,
      metafile: true, minifyWhitespace: true, minifySyntax: true, lineLimit: 160,
      banner: { js: `${BANNER}\n${REQUIRE}` },
    }),
    build({
      ...shared, entryPoints: ['js/cli/main.js'], outfile: cli,
      plugins: [{
        name: 'platform beside it',
        setup: ({ onResolve }) => onResolve({ filter: /\/demo\/platform\/index\.js$/ }, () => (
          { path: './platform/index.mjs', external: true })),
      }],
    }),
  ]);
  writeLicenses(metafile);
};
