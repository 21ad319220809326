// SPDX-License-Identifier: MIT
// Whoever writes a test with the platform makes mistakes, and reads a sentence about each of them.

import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { startPlatform, until } from '../../demo/platform/index.js';
import { rest } from './client.mjs';

/** @type {Awaited<ReturnType<typeof startPlatform>>} */
let platform;
before(async () => {
  platform = await startPlatform();
});
after(() => platform.close());

/** As a script without types would say it. @returns {any} */
const untyped = () => platform;

/** @type {[name: string, act: () => unknown, message: string][]} */
const MISTAKES = [
  ['an option that there is not', () => untyped().call({ frm: '+1' }), 'call(): there is no option frm, only userId, '
    + 'autoAnswer, from, name, farEnd, persistent, share, signaling, purpose, attributes, conversationId.'],
  ['a word that is none', () => untyped().call({ farEnd: 'tonne' }),
    "call(): farEnd must be 'tone' or 'silent' or 'manual' or a function, not 'tonne'."],
  ['an agent in the place of options', () => untyped().call('agent-1'),
    "call(): the options must be an object, not 'agent-1'."],
  ['a user that there is not', () => platform.call({ userId: 'agent-9' }),
    "There is no user agent-9: `platform.users.add({ id: 'agent-9' })` makes one."],
  ['a user that there is already', () => platform.users.add({ id: 'agent-1' }), 'There is a user agent-1 already.'],
  ['a station that is misspelt', () => untyped().changeStation({ lines: 2 }),
    'changeStation(): there is no option lines, only id, name, status, userId, type, webRtcPersistentEnabled, '
    + 'webRtcForceTurn, webRtcCallAppearances.'],
  ['a method in small letters', () => platform.faults.respond('get', 'users/me', { status: 500 }),
    "faults.respond(): the method must be 'GET' or 'POST' or 'PUT' or 'PATCH' or 'DELETE', not 'get'."],
  ['a path with its query', () => platform.faults.respond('GET', 'users/me?expand=station', { status: 500 }),
    "faults.respond(): the path must be a path without query or a RegExp, not 'users/me?expand=station'."],
  ['no status', () => untyped().faults.respond('GET', 'users/me', { body: {} }),
    'faults.respond(): status must be an HTTP status, not undefined.'],
  ['a delay in words', () => untyped().faults.delay({ method: 'GET', path: 'users/me' }, '1 s'),
    "faults.delay(): the second argument must be a number of milliseconds, not '1 s'."],
  ['a stanza in the place of a test', () => untyped().faults.swallow({ match: 'propose' }),
    "faults: match must be a function, not 'propose'."],
  ['a distance below nothing', () => platform.setRoundTrip(-1),
    'setRoundTrip(): the distance must be a number of milliseconds, not -1.'],
];

for (const [name, act, message] of MISTAKES) {
  test(`a sentence about ${name}`, () => {
    assert.throws(act, { message });
    assert.equal(platform.calls.live.length, 0);
  });
}

test('a sentence about a folder that is not there, and about a port that is taken', async () => {
  await assert.rejects(startPlatform({ root: 'tests/nowhere' }),
    { message: "startPlatform(): root must be a folder that exists, not 'tests/nowhere'." });
  await assert.rejects(startPlatform({ port: platform.port }), {
    message: `Port ${platform.port} of 127.0.0.1 is taken: stop what uses it, or let 0 choose a free one.`,
    code: 'EADDRINUSE',
  });
});

test('waiting for what does not come ends with a sentence that leads to the test', async () => {
  const error = await until(platform, 'call', undefined, 20).catch((late) => late);
  assert.equal(error.message, "No fitting 'call' came within 20 ms.");
  assert.match(error.stack, /options\.test\.mjs/);
});

test('the path of a fault may be the whole one, and a page is served from a folder', async () => {
  const rule = platform.faults.respond('GET', '/api/v2/organizations/me', { status: 429 });
  assert.deepEqual([(await rest(platform, 'GET', 'organizations/me')).status, rule.hits], [429, 1]);
  const other = await startPlatform({ root: 'tests/platform' });
  const { status } = await fetch(`${other.url}/client.mjs`);
  await other.close();
  assert.equal(status, 200);
});

test('whoever listens at every address is reached at this machine\'s own', async () => {
  const everywhere = await startPlatform({ host: '0.0.0.0' });
  assert.equal(everywhere.url, `http://127.0.0.1:${everywhere.port}`);
  assert.deepEqual(everywhere.sdkConfig(), {
    environment: everywhere.url, wsHost: everywhere.wsUrl, accessToken: everywhere.token,
  });
  await everywhere.close();
});
