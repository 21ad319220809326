// SPDX-License-Identifier: MIT
import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { request } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, beforeEach, test } from 'node:test';
import { startPlatform } from '../../demo/platform/index.js';
import { rest } from './client.mjs';

/** @type {Awaited<ReturnType<typeof startPlatform>>} */
let platform;
/** @type {string} */
let folder;
before(async () => {
  folder = await mkdtemp(join(tmpdir(), 'platform-'));
  await writeFile(join(folder, 'index.html'), '<p>hello');
  await writeFile(join(folder, 'app.wasm'), 'x');
  const headers = { 'content-security-policy': "script-src 'self'" };
  platform = await startPlatform({ staticRoots: [{ path: '/', directory: folder, headers }] });
});
after(async () => {
  await platform.close();
  await rm(folder, { recursive: true });
});
beforeEach(() => {
  platform.faults.clear();
  platform.requests.length = 0;
});

/** Asks as it stands: `fetch` would tidy the path up. @param {import('node:http').RequestOptions} options */
const statusOf = (options) => new Promise((resolve, reject) => {
  request({ port: platform.port, ...options }, (response) => resolve(response.resume().statusCode))
    .on('error', reject).end();
});

test('a signed-in user gets the organisation, herself and her station', async () => {
  assert.equal((await rest(platform, 'GET', 'organizations/me')).body.id, platform.users.organization.id);
  const plain = await rest(platform, 'GET', 'users/me');
  assert.equal(plain.body.chat.jabberId, 'agent-1@acme.orgspan.test');
  assert.equal(plain.body.station, undefined);
  assert.ok(plain.headers.get('inin-correlation-id'));
  const { body } = await rest(platform, 'GET', 'users/me?expand=station');
  const station = await rest(platform, 'GET', `stations/${body.station.effectiveStation.id}`);
  assert.equal(station.body.type, 'inin_webrtc_softphone');
  assert.equal(station.body.webRtcCallAppearances, 1);
});

test('a token that is wrong, revoked or missing is refused', async () => {
  const old = platform.users.issueToken('agent-1');
  assert.equal((await rest(platform, 'GET', 'users/me', { token: old })).status, 200);
  platform.users.revokeToken(old);
  for (const token of [old, 'wrong', '']) {
    assert.equal((await rest(platform, 'GET', 'users/me', { token })).status, 401);
  }
});

test('any origin may call, preflight included', async () => {
  const origin = 'https://app.example.org';
  const preflight = await fetch(`${platform.url}/api/v2/users/me`, {
    method: 'OPTIONS',
    headers: {
      origin,
      'access-control-request-method': 'PATCH',
      'access-control-request-headers': 'authorization,x-custom',
    },
  });
  assert.equal(preflight.status, 204);
  assert.equal(preflight.headers.get('access-control-allow-origin'), origin);
  assert.match(preflight.headers.get('access-control-allow-methods') ?? '', /PATCH/);
  assert.equal(preflight.headers.get('access-control-allow-headers'), 'authorization,x-custom');
  const refused = await fetch(`${platform.url}/api/v2/users/me`, { headers: { origin } });
  assert.equal(refused.status, 401);
  assert.equal(refused.headers.get('access-control-allow-origin'), origin);
});

test('requests are recorded without secrets', async () => {
  await rest(platform, 'POST', 'diagnostics/trace', { body: { app: {}, traces: [] } });
  const { method, path, status, headers, userId, body } = platform.requests[0];
  assert.deepEqual({ method, path, status, userId }, {
    method: 'POST', path: 'diagnostics/trace', status: 202, userId: 'agent-1',
  });
  assert.ok(headers.includes('authorization'));
  assert.deepEqual(body, { app: {}, traces: [] });
  assert.ok(!JSON.stringify(platform.requests).includes(platform.token));
});

test('topics are replaced and added, combined ones included', async () => {
  const { body: channel } = await rest(platform, 'POST', 'notifications/channels?connectionType=streaming');
  const path = `notifications/channels/${channel.id}/subscriptions`;
  const topics = [{ id: 'v2.users.u1?presence&station' }];
  const { body } = await rest(platform, 'PUT', path, { body: topics });
  assert.deepEqual(body.entities, [{ id: topics[0].id, state: 'Permitted' }]);
  assert.equal(platform.publish('v2.users.u1.station', {}), 1);
  await rest(platform, 'POST', path, { body: [{ id: 'v2.users.u1.routing' }] });
  assert.equal(platform.publish('v2.users.u1.routing', {}), 1);
  await rest(platform, 'PUT', path, { body: [] });
  assert.equal(platform.publish('v2.users.u1.station', {}), 0);
  const unknown = path.replace(channel.id, 'unknown');
  assert.equal((await rest(platform, 'PUT', unknown, { body: [] })).status, 404);
  assert.equal((await rest(platform, 'PUT', path, { body: {} })).status, 400);
});

test('a rejected topic fails the request, unless errors are ignored', async () => {
  platform.channels.rejections.push({ pattern: /forbidden/, reason: 'No permission' });
  const { body: channel } = await rest(platform, 'POST', 'notifications/channels');
  const path = `notifications/channels/${channel.id}/subscriptions`;
  const topics = ['v2.users.u1.forbidden', 'v2.users.u1.presence', `v2.${'x'.repeat(197)}`];
  const body = topics.map((id) => ({ id }));
  assert.equal((await rest(platform, 'PUT', path, { body })).status, 400);
  const partial = await rest(platform, 'PUT', `${path}?ignoreErrors=true`, { body });
  const states = partial.body.entities.map((/** @type {any} */ entity) => entity.state);
  assert.deepEqual(states, ['Rejected', 'Permitted', 'Rejected']);
  platform.channels.rejections.length = 0;
});

test('bad requests get their status', async () => {
  assert.equal((await rest(platform, 'GET', 'nowhere')).status, 404);
  assert.equal((await rest(platform, 'DELETE', 'users/me')).status, 405);
  assert.equal((await rest(platform, 'POST', 'conversations/calls', { body: {} })).status, 400);
  assert.equal((await rest(platform, 'GET', 'conversations/none')).status, 404);
  const nobody = 'conversations/calls/a/participants/b';
  assert.equal((await rest(platform, 'PATCH', nobody, { body: {} })).status, 404);
  const huge = 'x'.repeat(1_100_000);
  assert.equal((await rest(platform, 'POST', 'diagnostics/trace', { body: huge })).status, 413);
  const broken = await fetch(`${platform.url}/api/v2/conversations/calls`, {
    method: 'POST', headers: { authorization: `Bearer ${platform.token}` }, body: '{',
  });
  assert.equal(broken.status, 400);
});

test('faults answer, cut and delay requests as often as asked', async () => {
  const rule = platform.faults.respond('GET', 'users/me', {
    status: 429, headers: { 'retry-after': '1' }, body: { message: 'slow down' }, times: 2,
  });
  for (let i = 0; i < 2; i += 1) {
    const { status, headers, body } = await rest(platform, 'GET', 'users/me?expand=station');
    assert.deepEqual([status, headers.get('retry-after'), body.message], [429, '1', 'slow down']);
  }
  assert.equal(rule.hits, 2);
  platform.faults.respond('GET', /^users\/me\?expand/, { status: 0 });
  assert.equal((await rest(platform, 'GET', 'users/me')).status, 200);
  await assert.rejects(rest(platform, 'GET', 'users/me?expand=station'));
  platform.faults.delay({ method: 'GET', path: 'organizations/me' }, 10);
  assert.equal((await rest(platform, 'GET', 'organizations/me')).status, 200);
  const gone = platform.faults.respond('GET', 'users/me', { status: 500 });
  gone.remove();
  assert.equal((await rest(platform, 'GET', 'users/me')).status, 200);
});

test('the alerting leader can be claimed and asked for', async () => {
  assert.equal((await rest(platform, 'GET', 'users/alertingleader')).status, 404);
  await rest(platform, 'PUT', 'users/alertingleader', { body: { connectionId: 'c1' } });
  assert.equal((await rest(platform, 'GET', 'users/alertingleader')).body.connectionId, 'c1');
});

test('static files come with their type and the configured headers', async () => {
  const page = await fetch(`${platform.url}/`);
  assert.equal(page.headers.get('content-type'), 'text/html; charset=utf-8');
  assert.equal(page.headers.get('content-security-policy'), "script-src 'self'");
  assert.equal(await page.text(), '<p>hello');
  assert.equal((await fetch(`${platform.url}/app.wasm`)).headers.get('content-type'), 'application/wasm');
  assert.equal((await fetch(`${platform.url}/none.js`)).status, 404);
  assert.equal((await fetch(`${platform.url}/caller`)).status, 200);
});

test('no path leads out of a static folder', async () => {
  const paths = ['/../../etc/passwd', '/%2e%2e/%2e%2e/etc/passwd', '/%00', '/%', '/..%2f..%2fetc/passwd'];
  for (const path of paths) {
    assert.equal(await statusOf({ path }), 404, path);
  }
});

test('the control API serves this server only', async () => {
  const config = `${platform.url}/platform/config`;
  const { token, wsHost, environment } = await (await fetch(config)).json();
  assert.deepEqual([token, wsHost, environment], [platform.token, platform.wsUrl, platform.url]);
  assert.equal((await fetch(config, { headers: { origin: 'https://evil.example.org' } })).status, 403);
  const headers = { host: `evil.example.org:${platform.port}` };
  assert.equal(await statusOf({ path: '/platform/config', headers }), 403);
  assert.equal((await fetch(`${platform.url}/platform/none`)).status, 404);
  const wrong = await fetch(`${platform.url}/platform/call`, { method: 'POST', body: '{"userId":"nobody"}' });
  assert.equal(wrong.status, 400);
});
