// SPDX-License-Identifier: MIT
// What `npm start` runs once everything is set up: the demo on the local platform, or one unattended call.

import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';

const START = fileURLToPath(new URL('../../demo/start.js', import.meta.url));

/** @param {string[]} args @param {NodeJS.ProcessEnv} [env] */
const start = (args, env = {}) => spawn(process.execPath, [START, ...args], {
  env: { ...process.env, ...env }, stdio: ['ignore', 'pipe', 'pipe'],
});

/** @param {import('node:child_process').ChildProcess} child */
const finish = async (child) => {
  let [out, errors] = ['', ''];
  child.stdout?.on('data', (text) => (out += text));
  child.stderr?.on('data', (text) => (errors += text));
  const [code] = await once(child, 'close');
  return { code, out, errors };
};

test('one unattended call prints one line of JSON and succeeds when sound flowed both ways', async () => {
  const { code, out, errors } = await finish(start(['--call']));
  assert.equal(code, 0, errors);
  const lines = out.split('\n');
  assert.deepEqual([lines.length, lines[1]], [2, ''], out);
  const result = JSON.parse(lines[0]);
  const { ready_ms, pending_ms, connected_ms, packets_sent, packets_received, far_end_packets_received } = result;
  for (const time of [ready_ms, pending_ms, connected_ms]) assert.ok(time >= 0, out);
  for (const count of [packets_sent, packets_received, far_end_packets_received]) assert.ok(count > 0, out);
  assert.equal(result.ended_reason, 'success');
});

test('a call that cannot be made fails and prints no result', async () => {
  const { code, out, errors } = await finish(start(['--call'], { CHROMIUM: '/nonexistent/chromium' }));
  assert.equal(code, 1);
  assert.equal(out, '');
  assert.match(errors, /The call failed: .*chromium/s);
});

test('the demo is served until it is told to end', async () => {
  const child = start(['--port', '0']);
  const ended = finish(child);
  const [line] = await once(createInterface({ input: child.stdout }), 'line');
  const address = /http:\/\/127\.0\.0\.1:\d+\//.exec(line)?.[0];
  assert.ok(address, line);
  const response = await fetch(address);
  assert.equal(response.status, 200);
  assert.match(response.headers.get('content-security-policy') ?? '', /script-src 'self' 'wasm-unsafe-eval'/);
  assert.match(await response.text(), /Agent desktop/);
  const port = new URL(address).port;
  const second = await finish(start(['--port', port]));
  assert.equal(second.code, 1);
  assert.match(second.errors, /is taken/);
  child.kill('SIGTERM');
  assert.equal((await ended).code, 0);
});

test('a port that is none is refused', async () => {
  const { code, errors } = await finish(start(['--port', 'eighty']));
  assert.equal(code, 2);
  assert.match(errors, /is not a port/);
});
