// SPDX-License-Identifier: MIT

import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer } from 'node:http';
import { after, before, test } from 'node:test';
import { HttpClient } from '../../js/platform/http.js';

/** @type {import('node:http').Server} */
let server;
let base = '';

before(async () => {
  server = createServer((request, response) => {
    if (request.url === '/silent') return;
    if (request.url === '/cut') {
      request.socket.destroy();
      return;
    }
    const status = Number(request.url?.slice(1));
    response.writeHead(status, { 'content-type': 'application/json', 'retry-after': '7' });
    response.end(JSON.stringify({ got: request.headers.authorization ?? null, method: request.method }));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  base = `http://127.0.0.1:${/** @type {import('node:net').AddressInfo} */ (server.address()).port}`;
});
after(() => {
  server.closeAllConnections();
  server.close();
});

/**
 * One request and its result.
 * @param {string} path
 * @param {{ timeout?: number, headers?: Record<string, string>, method?: string }} [options]
 * @returns {Promise<{ id: number, status: number, note: string, body: string, error?: any }>}
 */
const run = (path, { timeout = 5000, headers = {}, method = 'GET' } = {}) => new Promise((resolve) => {
  const client = new HttpClient((id, status, note, body, error) => {
    resolve({ id, status, note, body, error });
  });
  void client.request(3, method, { url: `${base}${path}`, headers, timeout });
});

test('a success carries status, Retry-After and body, and no error', async () => {
  const { error, ...result } = await run('/200', { headers: { Authorization: 'Bearer t' } });
  assert.deepEqual(result, { id: 3, status: 200, note: '7', body: '{"got":"Bearer t","method":"GET"}' });
  assert.equal(error, undefined);
});

test('a failure carries an error in the known shape, without the Authorization header', async () => {
  const headers = { Authorization: 'Bearer secret' };
  const { status, error } = await run('/503', { headers, method: 'PATCH' });
  assert.equal(status, 503);
  assert.equal(error.name, 'AxiosError');
  assert.equal(error.message, 'Request failed with status code 503');
  assert.equal(error.code, 'ERR_BAD_RESPONSE');
  assert.equal(error.response.status, 503);
  assert.equal(error.response.headers['retry-after'], '7');
  assert.equal(error.config.method, 'patch');
  assert.ok(!JSON.stringify(error.config).includes('secret'));
});

test('no response within the deadline is a timeout', async () => {
  const { status, note, error } = await run('/silent', { timeout: 20 });
  assert.deepEqual([status, note], [0, 'timeout']);
  assert.deepEqual([error.message, error.code], ['timeout of 20ms exceeded', 'ECONNABORTED']);
});

test('a broken connection is a network error', async () => {
  const { status, note, error } = await run('/cut');
  assert.deepEqual([status, note, error.message, error.code], [0, 'network', 'Network Error', 'ERR_NETWORK']);
  assert.equal(error.response, undefined);
});

test('an aborted request has no result', async () => {
  const results = /** @type {number[]} */ ([]);
  const client = new HttpClient((id) => results.push(id));
  const aborted = client.request(1, 'GET', { url: `${base}/silent`, timeout: 5000 });
  const other = client.request(2, 'GET', { url: `${base}/204`, timeout: 5000 });
  client.abort(1);
  client.abort(9);
  await Promise.all([aborted, other]);
  assert.deepEqual(results, [2]);
  assert.equal(client.running.size, 0);
});
