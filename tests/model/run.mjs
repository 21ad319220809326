// SPDX-License-Identifier: MIT
// `npm run model -- [--count N] [--seed N] [--only N] [--from N] [--to N] [--keep-going]`: random sequences
// of faults against the model, 10,000 unless told otherwise; --only plays one sequence and prints its trace.

import { join } from 'node:path';
import { setup } from '../../wasm/toolchain/setup.mjs';
import { buildDir, main, run } from '../../wasm/toolchain/steps.mjs';

await main(async () => {
  await setup({ for: 'unit' });
  const args = ['--count', '10000', ...process.argv.slice(2)];
  await run('model', join(buildDir, 'native/tests/model'), args, { show: true });
});
