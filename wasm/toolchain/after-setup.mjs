// SPDX-License-Identifier: MIT
// Makes everything ready for a purpose, then becomes the named program: so that the program itself may import
// npm packages and built files like any other.
//   node wasm/toolchain/after-setup.mjs <purpose> <program> [arguments of the program]
// The purpose `start` becomes `call` when the program is given --call: only then a browser is needed. With --original
// the published original SDK is brought too.

import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { setup } from './setup.mjs';
import { main, root } from './steps.mjs';

const [purpose, program, ...rest] = process.argv.slice(2);

await main(async () => {
  const wanted = purpose === 'start' && rest.includes('--call') ? 'call' : purpose;
  const more = purpose === 'start' && rest.includes('--original') ? ['original'] : [];
  await setup({ for: /** @type {import('./setup.mjs').Purpose[]} */ ([wanted, ...more]) });
  const path = join(root, program);
  process.argv.splice(1, process.argv.length, path, ...rest);
  await import(pathToFileURL(path).href);
});
