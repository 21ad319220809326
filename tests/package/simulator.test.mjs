// SPDX-License-Identifier: MIT
// The simulator as it reaches its users: a sample application with tests of its own, and the program, both from the
// packed package in a folder that has nothing else.

import assert from 'node:assert/strict';
import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { promisify } from 'node:util';
import { chromiumPath, launchChromium } from '../../demo/chromium.js';
import { mark, watchPeers } from '../../demo/one-call.js';
import { VERSION } from '../../js/version.js';
import { root } from '../../wasm/toolchain/steps.mjs';
import { makeProject } from './project.mjs';

const runFile = promisify(execFile);

/** @type {import('./project.mjs').Project} */
let project;
before(async () => {
  const beside = { 'playwright-core': join(root, 'node_modules/playwright-core') };
  project = await makeProject({ apps: 'sample', as: 'genesys-cloud-webrtc-sdk-wasm', beside });
});
after(() => project?.remove());

/** Runs a command to its end. @param {string} command @param {string[]} args @param {NodeJS.ProcessEnv} [env] */
const finish = (command, args, env = {}) => new Promise((resolve) => {
  // A test runner that finds the other variable takes itself for a part of this one.
  const options = { cwd: project.folder, env: { ...process.env, NODE_TEST_CONTEXT: undefined, ...env } };
  execFile(command, args, { ...options, timeout: 180_000 }, (error, out, err) => (
    resolve({ code: error?.code ?? 0, out, err })));
});

const program = () => join(project.folder, 'node_modules/.bin/genesys-cloud-webrtc-sdk-wasm');

test('the tests of the sample application pass', async (t) => {
  const { code, out } = await finish('npm', ['test'], { CHROMIUM: chromiumPath() });
  assert.equal(code, 0, out);
  const [, passed] = /^(?:#|ℹ) pass (\d+)$/m.exec(out) ?? [];
  assert.ok(Number(passed) >= 6, out);
  t.diagnostic(`${passed} tests`);
});

test('importing it opens nothing and leaves no trace', async () => {
  writeFileSync(join(project.folder, 'import.mjs'), `
    const before = Reflect.ownKeys(globalThis).length;
    const names = Object.keys(await import('genesys-cloud-webrtc-sdk-wasm/platform'));
    const open = process.getActiveResourcesInfo().filter((name) => !/^(?:TTYWrap|PipeWrap|CloseReq|FSReq)/.test(name));
    console.log(JSON.stringify({ names, added: Reflect.ownKeys(globalThis).length - before, open }));
  `);
  const { stdout } = await runFile(process.execPath, ['import.mjs'], { cwd: project.folder, timeout: 20_000 });
  assert.deepEqual(JSON.parse(stdout), { names: ['CHROMIUM_FLAGS', 'startPlatform', 'until'], added: 0, open: [] });
});

test('the program tells what it can do, and what is wrong with its command line', async () => {
  const rows = /** @type {[args: string[], code: number, says: RegExp][]} */ ([
    [['--version'], 0, new RegExp(`^${VERSION.replaceAll('.', '\\.')}\n$`)],
    [['--help'], 0, /^ {2}platform {2}/m],
    [['platform', '--help'], 0, /^ {2}--root DIR {2}/m],
    [[], 2, /^Usage: /],
    [['telephone'], 2, /^There is no command telephone: /],
    [['platform', '--prot', '1'], 2, /--prot/],
    [['platform', '--port', '65536'], 2, /^--port 65536 is not a port: /],
    [['platform', '--root', 'nowhere'], 2, /^--root nowhere is not a folder\./],
    [['platform', '--root', 'app', '--demo'], 2, /^--root and --demo /],
    [['platform', '--host', '192.0.2.1'], 1, /^192\.0\.2\.1 is no address of this machine\.\n$/],
  ]);
  for (const [args, code, says] of rows) {
    const ended = await finish(program(), args);
    assert.equal(ended.code, code, args.join(' '));
    assert.match(code && args.length ? ended.err : ended.out, says);
    assert.doesNotMatch(ended.err, /^ {4}at /m);
  }
});

/**
 * The program, once it is ready.
 * @param {string[]} args
 */
const startProgram = async (...args) => {
  const child = spawn(program(), ['platform', ...args], {
    cwd: project.folder, stdio: ['ignore', 'pipe', 'inherit'], detached: true,
  });
  const exit = once(child, 'exit');
  const [line] = await once(child.stdout, 'data');
  return { child, exit, ...JSON.parse(line.toString()) };
};

test('the program serves an application, and says when its port is taken', async () => {
  const { child, exit, url } = await startProgram('--root', 'app');
  try {
    assert.match(await (await fetch(url)).text(), /<title>Agent desk<\/title>/);
    const { environment, accessToken } = await (await fetch(`${url}/platform/sdk-config`)).json();
    assert.equal(environment, url);
    const headers = { authorization: `Bearer ${accessToken}` };
    assert.equal((await fetch(`${url}/api/v2/users/me`, { headers })).status, 200);
    const { port } = new URL(url);
    const second = await finish(program(), ['platform', '--port', port]);
    assert.deepEqual([second.code, second.err.includes(`Port ${port} of 127.0.0.1 is taken: `)], [1, true]);
  } finally {
    child.kill('SIGTERM');
  }
  assert.deepEqual(await exit, [0, null]);
});

test('a call in the demo that the program serves, and nothing is left after SIGINT', async () => {
  const { child, exit, url } = await startProgram('--demo');
  const browser = await launchChromium();
  try {
    const page = await (await browser.newContext({ permissions: ['microphone'] })).newPage();
    await page.addInitScript(watchPeers);
    await page.goto(url);
    await page.getByTestId('sign-in').click();
    await mark(page, 'desktop:ready');
    const { conversationId } = await (await fetch(`${url}/platform/call`, { method: 'POST' })).json();
    await page.getByTestId('answer').click();
    await mark(page, 'desktop:audio');
    const { sent, received } = await page.evaluate((limits) => Reflect.get(globalThis, 'waitForPackets')(limits),
      { packets: 20, patience: 10_000 });
    assert.ok(sent >= 20 && received >= 20, `${sent} sent, ${received} received`);
    const [call, ...more] = await (await fetch(`${url}/platform/calls`)).json();
    assert.deepEqual([call.conversationId, call.state, more.length], [conversationId, 'connected', 0]);
    assert.ok(call.farEnd.packetsReceived > 0);
    child.kill('SIGINT');
    assert.deepEqual(await exit, [0, null]);
  } finally {
    await browser.close();
    child.kill('SIGKILL');
  }
  assert.throws(() => process.kill(-(child.pid ?? 0), 0), { code: 'ESRCH' });
  await assert.rejects(fetch(url));
});
