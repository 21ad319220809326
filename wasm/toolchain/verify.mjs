// SPDX-License-Identifier: MIT
// `npm run build:verify`: builds the checked out commit twice, from nothing and in folders of different names and
// depths, and compares every byte of dist/. Downloads (npm's packages, cJSON) are shared with this checkout.

import { execFileSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setup } from './setup.mjs';
import { StepError, buildDir, capture, hashOf, main, root, run, say, step } from './steps.mjs';

/** Names and hashes of the files below a folder. @param {string} folder */
const contents = (folder) => {
  const names = execFileSync('find', ['.', '-type', 'f'], { cwd: folder, encoding: 'utf8' }).trim().split('\n').sort();
  return new Map(names.map((name) => [name, hashOf(readFileSync(join(folder, name)))]));
};

await main(async () => {
  await setup({ for: 'build' });
  const commit = capture('git', ['-C', root, 'rev-parse', 'HEAD'])?.trim();
  if (!commit) throw new StepError('There is no commit to build.');
  const top = mkdtempSync(join(tmpdir(), 'verify-'));
  try {
    const results = [];
    for (const folder of ['one', 'another/below']) {
      const copy = join(top, folder);
      mkdirSync(copy, { recursive: true });
      const archive = join(top, 'commit.tar');
      execFileSync('git', ['-C', root, 'archive', '-o', archive, commit]);
      execFileSync('tar', ['-xf', archive, '-C', copy]);
      execFileSync('cp', ['-a', join(root, 'node_modules'), join(copy, 'node_modules')]);
      mkdirSync(join(copy, 'build/deps'), { recursive: true });
      cpSync(join(buildDir, 'deps/cjson'), join(copy, 'build/deps/cjson'), { recursive: true });
      // A compiler cache would hand the first result out again.
      const env = {
        ...process.env, CCACHE_DISABLE: '1', CMAKE_C_COMPILER_LAUNCHER: '', CMAKE_CXX_COMPILER_LAUNCHER: '',
      };
      await step(`build in ${folder}`, () => run('npm run build', 'npm', ['run', 'build'], { cwd: copy, env }));
      if (!existsSync(join(copy, 'dist'))) throw new StepError('The build left no dist/.');
      results.push(contents(join(copy, 'dist')));
    }
    const [first, second] = results;
    const names = [...new Set([...first.keys(), ...second.keys()])];
    const different = names.filter((name) => first.get(name) !== second.get(name));
    if (different.length > 0) throw new StepError(`Two builds of ${commit} differ in ${different.join(', ')}.`);
    say(`${names.length} files of ${commit} are the same, byte by byte.`);
  } finally {
    rmSync(top, { recursive: true, force: true });
  }
});
