// SPDX-License-Identifier: MIT
// `npm run format`: lays out the C and C++ sources, and mends in JavaScript what eslint can mend.

import { setup } from './setup.mjs';
import { cSources, main, npmTool, run } from './steps.mjs';

await main(async () => {
  await setup({ for: 'format' });
  await run('clang-format', 'clang-format', ['-i', ...cSources()]);
  await run('eslint', process.execPath, [npmTool('eslint/bin/eslint.js'), '--fix', '.'], { show: true });
});
