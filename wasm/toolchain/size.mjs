// SPDX-License-Identifier: MIT
// `npm run size`: where the bytes of the module and of the script are. The module is optimized as a whole, so what a
// source costs is read from a second build of the objects, each for itself.

import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { recipes } from './bundle.mjs';
import { emscriptenEnv, setup } from './setup.mjs';
import { buildDir, filesBelow, main, root, run } from './steps.mjs';
import { packedModule } from './text-bytes.mjs';

const SECTIONS = ['custom', 'type', 'import', 'function', 'table', 'memory', 'global', 'export', 'start', 'element',
  'code', 'data', 'data count'];

/**
 * Bytes of each section of a WebAssembly file.
 * @param {Uint8Array} file
 * @returns {Record<string, number>}
 */
const sectionsOf = (file) => {
  /** @type {Record<string, number>} */
  const sizes = {};
  for (let at = 8; at < file.length;) {
    const name = SECTIONS[file[at++]];
    let [size, shift] = [0, 0];
    do {
      size |= (file[at] & 127) << shift;
      shift += 7;
    } while (file[at++] > 127);
    sizes[name] = (sizes[name] ?? 0) + size;
    at += size;
  }
  return sizes;
};

/** @param {string} title @param {[name: string, ...numbers: number[]][]} rows */
const print = (title, rows) => {
  console.log(`\n${title}`);
  for (const [name, ...numbers] of rows.sort((a, b) => b[1] - a[1])) {
    console.log(`${numbers.map((number) => String(number).padStart(9)).join('')}  ${name}`);
  }
};

/** Code and data of each object of the build without link-time optimization. */
const objects = async () => {
  const folder = join(buildDir, 'size');
  const env = { ...process.env, ...emscriptenEnv() };
  if (!existsSync(join(folder, 'build.ninja'))) {
    await run('configuring size', 'emcmake', ['cmake', '-S', root, '-B', folder, '-G', 'Ninja',
      '-DCMAKE_BUILD_TYPE=Release', '-DSP_LTO=OFF'], { env });
  }
  await run('size build', 'cmake', ['--build', folder, '--target', 'softphone_core'], { env });
  return filesBelow('build/size', /\.c\.o$/).map((path) => {
    const { code = 0, data = 0 } = sectionsOf(readFileSync(join(root, path)));
    return { path: /src\/.*\.c/.exec(path)?.[0] ?? 'cJSON.c', code, data };
  });
};

/** @param {{ path: string, code: number, data: number }[]} files @param {(path: string) => string} name */
const grouped = (files, name) => {
  /** @type {Map<string, [number, number]>} */
  const sums = new Map();
  for (const { path, code, data } of files) {
    const [c, d] = sums.get(name(path)) ?? [0, 0];
    sums.set(name(path), [c + code, d + data]);
  }
  return [...sums].map(([key, [c, d]]) => /** @type {[string, number, number]} */ ([key, c, d]));
};

await main(async () => {
  await setup({ for: 'build' });
  const wasm = readFileSync(join(root, 'build/generated/softphone.wasm'));
  print('module: bytes of sections', Object.entries(sectionsOf(wasm)));
  const files = await objects();
  print('sources: code and data of folders, without link-time optimization',
    grouped(files, (path) => path.split('/').slice(0, -1).join('/') || 'cJSON'));
  print('sources: of files', files.map(({ path, code, data }) => [path, code, data]));
  const { build } = await import('esbuild');
  const { metafile } = await build({ ...recipes().script, minify: true, metafile: true, write: false, sourcemap: false,
    outfile: 'size.js' });
  const [output] = Object.values(metafile.outputs);
  print('script: minified bytes of modules',
    Object.entries(output.inputs).map(([path, { bytesInOutput }]) => [path, bytesInOutput]));
  const text = /text:'(.*)'/.exec(packedModule(wasm))?.[1] ?? '';
  const script = readFileSync(join(root, 'dist/genesys-cloud-webrtc-sdk.bundle.min.js'));
  const xz = spawnSync('xz', ['--stdout', '--format=raw', '--lzma1=preset=9e'], { input: wasm, maxBuffer: 1 << 26 });
  print('totals', [
    ['module', wasm.length],
    ['module, gzip -9', gzipSync(wasm, { level: 9 }).length],
    ['module, LZMA without sorting', xz.stdout.length],
    ['module as text, gzip -9', gzipSync(text, { level: 9 }).length],
    ['script, gzip -9', gzipSync(script, { level: 9 }).length],
    ...filesBelow('dist', /^(?:softphone|[^v]*\.calls-).*(?:wasm|js)$/).slice(0, 3).flatMap((path) => {
      const bytes = readFileSync(join(root, path));
      return /** @type {[string, number][]} */ ([[path, bytes.length],
        [`${path}, gzip -9`, gzipSync(bytes, { level: 9 }).length]]);
    }),
  ]);
});
