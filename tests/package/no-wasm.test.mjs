// SPDX-License-Identifier: MIT
// The build without WebAssembly under a policy that allows the site's own scripts and nothing else, and both builds
// under Trusted Types.

import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { test } from 'node:test';
import { until } from '../../demo/platform/index.js';
import { root } from '../../wasm/toolchain/steps.mjs';
import { stage } from '../e2e/support.mjs';
import { BUNDLE } from '../support/bundle.mjs';

const PLAIN = join(root, 'dist/genesys-cloud-webrtc-sdk.nowasm.bundle.min.js');

/** No header says more than the page needs: its scripts, the platform, and no text that becomes code. */
const policy = (/** @type {string} */ scripts) => `default-src 'none'; script-src ${scripts}; `
  + "connect-src 'self' http://127.0.0.1:* ws://127.0.0.1:*; require-trusted-types-for 'script'; trusted-types 'none'";

/** @param {import('playwright-core').Page} page */
const withoutWebAssembly = (page) => page.addInitScript(() => void Reflect.deleteProperty(window, 'WebAssembly'));

/** @param {import('../e2e/support.mjs').Scene} scene */
const wholeCall = async (scene) => {
  await scene.signIn();
  const call = await scene.talk({ farEnd: 'tone' });
  const { conversationId } = call;
  await until(call.farEnd, 'level', ({ rms }) => rms > 0.01);
  await scene.run('setAudioMute', { conversationId, mute: true });
  await scene.event('conversationUpdate', { calls: { [conversationId]: { muted: true } } });
  await scene.run('setConversationHeld', { conversationId, held: true });
  await scene.event('conversationUpdate', { calls: { [conversationId]: { held: true } } });
  const ended = until(call, 'ended');
  await scene.run('endSession', { conversationId });
  await ended;
  await scene.run('destroy');
  assert.deepEqual(await scene.notes('policy violated'), []);
};

const plain = stage({
  headers: { 'content-security-policy': policy("'self'") }, pages: { '/sdk.js': { file: PLAIN } },
});
test('a whole call without WebAssembly, where the policy allows none', plain.play({}, wholeCall));
test('the policy allows none: the usual build says so', plain.play({
  prepare: (page) => page.route('**/sdk.js', (route) => route.fulfill({ path: BUNDLE })),
  expected: [/Content Security Policy|wasm-unsafe-eval/],
}, async (scene) => {
  const error = await scene.page.evaluate((config) => {
    const { harness } = /** @type {any} */ (window);
    try {
      harness.construct(config);
      return undefined;
    } catch (refused) {
      return harness.describeError(refused);
    }
  }, scene.config());
  assert.match(error?.message, /wasm-unsafe-eval/);
}));
test('a whole call without WebAssembly, where the browser has none', plain.play({
  prepare: withoutWebAssembly,
}, wholeCall));

const usual = stage({ headers: { 'content-security-policy': policy("'self' 'wasm-unsafe-eval'") } });
test('a whole call with WebAssembly under Trusted Types', usual.play({}, wholeCall));

/** Files of tests/e2e that the script without WebAssembly has to pass as well. */
const AGAIN = ['control'];

for (const name of AGAIN) {
  test(`tests/e2e/${name} without WebAssembly`, async () => {
    const args = ['--test', `--test-timeout=${4 * 60_000}`, join(root, `tests/e2e/${name}.test.mjs`)];
    // A test runner that finds the other variable takes itself for a part of this one.
    const env = { ...process.env, SDK_BUNDLE: PLAIN, NODE_TEST_CONTEXT: undefined };
    const { code, out } = await new Promise((resolve) => {
      execFile(process.execPath, args, { env, maxBuffer: 1 << 26 }, (error, text) => (
        resolve({ code: error?.code ?? 0, out: text })));
    });
    assert.equal(code, 0, out);
    assert.match(out, /^# pass \d\d+$/m);
  });
}
