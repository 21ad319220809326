// SPDX-License-Identifier: MIT
// `npm run build`: the WebAssembly module and the scripts in dist/.

import { readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { setup } from './setup.mjs';
import { filesBelow, main, root } from './steps.mjs';

await main(async () => {
  await setup({ for: 'build' });
  for (const path of filesBelow('dist', /\.(?:[cm]?js|wasm)$/)) {
    const zipped = gzipSync(readFileSync(join(root, path)), { level: 9 }).length;
    console.log(`${path}: ${statSync(join(root, path)).size} bytes, ${zipped} gzipped`);
  }
});
