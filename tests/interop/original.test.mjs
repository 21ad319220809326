// SPDX-License-Identifier: MIT
// The published original SDK makes real calls on the local platform. This proves the platform faithful:
// whatever our own SDK is tested on, the original can live with. Set-up puts its bundle into build/deps.

import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { startPlatform, until } from '../../demo/platform/index.js';
import { launchChromium, openPage, servePage } from '../support/browser.mjs';

/** @typedef {import('playwright-core').Page} Page */

const SLOW = 20_000;
const BUNDLE = fileURLToPath(new URL('../../build/deps/original/original.bundle.min.js', import.meta.url));
const HARNESS = fileURLToPath(new URL('original-harness.js', import.meta.url));

// The bundle holds non-ASCII text and names no charset itself, so the page has to.
const PAGE = `<!DOCTYPE html><html lang="en"><head><meta charset="utf-8"><title>original</title></head>
<body><script src="/original.js"></script><script src="/harness.js"></script></body></html>`;

/** @type {import('playwright-core').Browser} */
let browser;
/** @type {Awaited<ReturnType<typeof startPlatform>>} */
let platform;
/** @type {Awaited<ReturnType<typeof servePage>>} */
let site;

before(async () => {
  [browser, platform, site] = await Promise.all([
    launchChromium(),
    startPlatform(),
    servePage({ '/': PAGE, '/original.js': { file: BUNDLE }, '/harness.js': { file: HARNESS } }),
  ]);
});

after(async () => {
  await browser?.close();
  await site?.close();
  await platform?.close();
});

/** Opens a page whose SDK is ready. `done` also fails on any SDK error. */
async function signIn() {
  const opened = await openPage(browser, site.url);
  const { page } = opened;
  await page.evaluate((config) => /** @type {any} */ (window).start(config), {
    environment: platform.url,
    wsHost: platform.wsUrl,
    accessToken: platform.token,
    useHeadsets: false,
    optOutOfTelemetry: true,
    logLevel: 'error',
  });
  const done = async () => {
    const failed = await page.evaluate(() => (
      /** @type {any} */ (window).events.filter((/** @type {any} */ seen) => seen.name === 'sdkError')));
    assert.deepEqual(failed, []);
    await opened.done();
  };
  return { page, done };
}

/**
 * Calls a method of the SDK in the page.
 * @param {Page} page
 * @param {string} method
 * @param {object} parameters
 */
function sdk(page, method, parameters) {
  return page.evaluate(([name, given]) => /** @type {any} */ (window).sdk[String(name)](given),
    [method, parameters]);
}

/**
 * Waits for the first event with this name and these members.
 * @param {Page} page @param {string} name
 * @param {{ muted?: boolean, held?: boolean }} [call] of the newest call
 * @returns {Promise<any>}
 */
async function event(page, name, call = {}) {
  const found = await page.waitForFunction(([wanted, members]) => (
    /** @type {any} */ (window).events.find((/** @type {any} */ seen) => seen.name === wanted &&
      Object.entries(members).every(([key, value]) => seen.calls?.[0]?.[key] === value))),
  /** @type {const} */ ([name, call]), { timeout: SLOW });
  return found.jsonValue();
}

/**
 * Waits until RTP flows both ways and is heard in the page.
 * @param {Page} page @param {string} conversationId
 * @param {{ sent?: number, received?: number, energy?: number, level?: number }} [wanted]
 * @returns {Promise<{ sent: number, received: number, energy: number, level: number }>}
 */
function media(page, conversationId, wanted = { sent: 50, received: 50, energy: 0.01 }) {
  return page.evaluate(([id, least]) => /** @type {any} */ (window).mediaUntil(id, least),
    [conversationId, wanted]);
}

/**
 * @param {Page} page
 * @param {import('../../demo/platform/calls.js').Call} call answers it as an agent would
 */
async function answer(page, call) {
  const { conversationId } = call;
  const connected = until(call, 'connected', () => true, SLOW);
  const accepted = until(call, 'accept', () => true, SLOW);
  const pending = await event(page, 'pendingSession');
  assert.equal(pending.conversationId, conversationId);
  assert.equal(pending.autoAnswer, false);
  await sdk(page, 'acceptPendingSession', { conversationId });
  assert.equal((await event(page, 'sessionStarted')).conversationId, conversationId);
  await Promise.all([connected, accepted]);
}

test('the original answers an inbound call with audio both ways and sees the far end hang up', async () => {
  const { page, done } = await signIn();
  const call = platform.call({ from: '+13175550123' });
  const { conversationId, farEnd } = call;
  await answer(page, call);
  const first = await media(page, conversationId);
  const heard = await until(farEnd, 'level', ({ rms }) => rms > 0.01, SLOW);
  assert.ok(heard.packetsReceived > 0 && heard.packetsSent > 0);
  assert.ok(heard.lastToneHz, 'the far end hears the beep of the fake microphone');
  // The tone goes on: more packets, more energy.
  await media(page, conversationId, { received: first.received + 25, energy: first.energy + 0.01 });

  call.hangup();
  const ended = await event(page, 'sessionEnded');
  assert.equal(ended.conversationId, conversationId);
  assert.equal(ended.reason, 'success');
  await done();
});

test('the original mutes, holds and hangs up', async () => {
  const { page, done } = await signIn();
  const call = platform.call();
  const { conversationId, farEnd } = call;
  await answer(page, call);
  await media(page, conversationId);
  await sdk(page, 'setAudioMute', { conversationId, mute: true });
  await event(page, 'conversationUpdate', { muted: true });
  await until(farEnd, 'level', ({ rms }) => rms === 0, SLOW);
  await sdk(page, 'setConversationHeld', { conversationId, held: true });
  await event(page, 'conversationUpdate', { held: true });
  await media(page, conversationId, { level: 0.001 });
  const ended = until(call, 'ended');
  await sdk(page, 'endSession', { conversationId });
  assert.equal((await ended).by, 'agent');
  await done();
});

test('the original dials out, is answered by itself and hangs up', async () => {
  const { page, done } = await signIn();
  const dialled = until(platform, 'call');
  const { id } = await sdk(page, 'startSoftphoneSession', { phoneNumber: '+13175550199' });
  const call = await dialled;
  assert.equal(call.conversationId, id);
  assert.equal(call.direction, 'outbound');
  assert.equal((await event(page, 'pendingSession')).autoAnswer, true);
  await media(page, id);
  assert.equal(call.state, 'connected');

  const ended = until(call, 'ended');
  await sdk(page, 'endSession', { conversationId: id });
  assert.equal((await ended).by, 'agent');
  assert.equal((await event(page, 'sessionEnded')).conversationId, id);
  await done();
});

test('a person in a second tab calls the original', async () => {
  const { page, done } = await signIn();
  const caller = await openPage(browser, `${platform.url}/caller`);
  const rung = until(platform, 'call');
  await caller.page.getByRole('button', { name: 'Call' }).click();
  const call = await rung;
  await answer(page, call);
  await media(page, call.conversationId, { sent: 50, received: 50 });
  await caller.page.getByText('Talking').waitFor();
  await caller.page.getByRole('button', { name: 'Hang up' }).click();
  assert.equal((await event(page, 'sessionEnded')).conversationId, call.conversationId);
  await caller.page.getByText('Call ended').waitFor();
  await caller.done();
  await done();
});
