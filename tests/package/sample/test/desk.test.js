// SPDX-License-Identifier: MIT

import assert from 'node:assert/strict';
import { after, afterEach, before, beforeEach, test } from 'node:test';
import { CHROMIUM_FLAGS, startPlatform, until } from 'genesys-cloud-webrtc-sdk-wasm/platform';
import { chromium } from 'playwright-core';

const SDK = 'node_modules/genesys-cloud-webrtc-sdk-wasm/dist';

/** @type {import('playwright-core').Browser} */
let browser;
/** @type {import('genesys-cloud-webrtc-sdk-wasm/platform').Platform} */
let platform;

before(async () => {
  browser = await chromium.launch({ executablePath: process.env.CHROMIUM, args: [...CHROMIUM_FLAGS] });
});
after(() => browser.close());

// A platform of its own for each test: nothing is left of the one before.
beforeEach(async () => {
  platform = await startPlatform({ root: 'app', staticRoots: [{ path: '/sdk/', directory: SDK }] });
});
afterEach(() => platform.close());

/** Opens the desk, which signs in to the platform. */
const openDesk = async () => {
  const page = await browser.newPage();
  await page.route('**/config.json', (route) => route.fulfill({ json: platform.sdkConfig() }));
  await page.goto(platform.url);
  return page;
};

/** A desk that is ready, and a call that it has taken. */
const talk = async () => {
  const page = await openDesk();
  await page.getByText('Ready').waitFor();
  const call = platform.call({ farEnd: 'tone' });
  const connected = until(call, 'connected');
  await page.getByRole('button', { name: 'Answer' }).click();
  await connected;
  return { page, call };
};

test('a call rings, is answered, both hear each other, and the agent hangs up', async () => {
  const { page, call } = await talk();
  await page.getByText('Talking').waitFor();
  await page.getByText('You hear the caller').waitFor();
  await until(call.farEnd, 'level', ({ rms }) => rms > 0.01); // the microphone of the browser beeps
  const ended = until(call, 'ended');
  await page.getByRole('button', { name: 'Hang up' }).click();
  assert.equal((await ended).by, 'agent');
  await page.getByText('Talking').waitFor({ state: 'hidden' });
});

test('a call is declined', async () => {
  const page = await openDesk();
  await page.getByText('Ready').waitFor();
  const call = platform.call();
  const ended = until(call, 'ended');
  await page.getByText('Ringing').waitFor();
  await page.getByRole('button', { name: 'Hang up' }).click();
  assert.equal((await ended).by, 'agent');
});

test('the caller gives up, and it stops ringing', async () => {
  const page = await openDesk();
  await page.getByText('Ready').waitFor();
  const call = platform.call();
  await page.getByText('Ringing').waitFor();
  call.retract();
  await page.getByText('Ringing').waitFor({ state: 'hidden' });
});

test('the platform is told of a mute', async () => {
  const { page, call } = await talk();
  const told = until(platform, 'request', ({ method, path }) => method === 'PATCH' && path.includes('/participants/'));
  await page.getByRole('button', { name: 'Mute' }).click();
  assert.deepEqual((await told).body, { muted: true });
  assert.equal(call.muted, true);
});

test('the agent dials, and the called party answers', async () => {
  platform.outbound.answersItself = false;
  const page = await openDesk();
  await page.getByText('Ready').waitFor();
  const dialled = until(platform, 'call');
  await page.getByLabel('Number').fill('+13175550123');
  await page.getByRole('button', { name: 'Call' }).click();
  const call = await dialled;
  await page.getByText('Talking').waitFor();
  const connected = until(call, 'connected');
  call.answer();
  await connected;
  await page.getByText('You hear the caller').waitFor();
});

test('too many requests delay the sign-in, no more', async () => {
  const answer = { status: 429, headers: { 'retry-after': '1' } };
  const limited = platform.faults.respond('GET', 'organizations/me', answer);
  const page = await openDesk();
  await page.getByText('Ready').waitFor();
  assert.equal(limited.hits, 1);
});

test('a user who may not sign in reads why', async () => {
  platform.faults.respond('GET', 'users/me', { status: 403, body: { message: 'not today' }, times: Infinity });
  const page = await openDesk();
  await page.getByText('No sign-in').waitFor();
});

test('the connection is lost in a call, and the voice goes on', async () => {
  const { page, call } = await talk();
  const refused = platform.faults.refuseSockets(503, { times: 2 });
  platform.faults.dropSockets();
  await page.getByText('Connecting again').waitFor();
  await until(call.farEnd, 'level', ({ rms }) => rms > 0.01);
  await page.getByText('Ready').waitFor();
  assert.equal(refused.hits, 2);
  assert.equal(call.state, 'connected');
  await page.getByText('Talking').waitFor();
});
