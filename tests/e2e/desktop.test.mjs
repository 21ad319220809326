// SPDX-License-Identifier: MIT
// The demo page as an agent uses it: whole calls with sound, by mouse and by keyboard, at both widths, and what
// it shows when something fails.

import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { startPlatform, until } from '../../demo/platform/index.js';
import { POLICY, SITE } from '../../demo/site.js';
import { launchChromium, openPage } from '../support/browser.mjs';
import { BUNDLE, FAILED_REQUEST } from './support.mjs';

/** @typedef {import('playwright-core').Page} Page */
/** @typedef {import('../../demo/platform/index.js').Platform} Platform */
/** @typedef {import('../../demo/platform/calls.js').Call} Call */

const HARNESS = fileURLToPath(new URL('harness.js', import.meta.url));
const staticRoots = [...SITE, {
  path: '/dist/genesys-cloud-webrtc-sdk.bundle.min.js', directory: BUNDLE,
  headers: { 'content-security-policy': POLICY },
}];

/** @type {import('playwright-core').Browser} */
let browser;

before(async () => {
  browser = await launchChromium();
});
after(() => browser?.close());

/**
 * A test on the page. Patterns name the console errors that belong to it.
 * @param {{ expected?: RegExp[], width?: number }} options
 * @param {(page: Page, platform: Platform) => Promise<unknown>} act
 */
const play = ({ expected = [], width = 1280 }, act) => async () => {
  const platform = await startPlatform({ staticRoots });
  try {
    const opened = await openPage(browser, platform.url, {
      expected,
      context: { viewport: { width, height: 900 } },
      prepare: (page) => page.addInitScript({ path: HARNESS }),
    });
    opened.page.setDefaultTimeout(15_000);
    try {
      await act(opened.page, platform);
    } catch (error) {
      await opened.page.context().close();
      throw error;
    }
    await opened.done();
  } finally {
    await platform.close();
  }
};

/** @param {Page} page */
const signIn = async (page) => {
  await page.locator('html[data-ready=true]').waitFor();
  await page.getByTestId('sign-in').click();
  await page.getByTestId('ring-me').waitFor();
};

/** @param {Page} page @param {string} state */
const inState = (page, state) => page.locator(`[data-testid=call-state][data-state=${state}]`).waitFor();

/**
 * What the page itself says about its audio, once each counter is beyond those given.
 * @param {Page} page @param {object} [least]
 * @returns {Promise<{ sent: number, received: number, energy: number }>}
 */
const media = (page, least) => page.evaluate((given) => (
  /** @type {any} */ (window).harness.mediaBeyond(given)), least);

/** @param {Call} call resolves when the other side hears the agent's fake microphone */
const heard = (call) => until(call.farEnd, 'level', ({ rms }) => rms > 0.01, 15_000);
/** @param {Call} call resolves when the other side hears nothing */
const silent = (call) => until(call.farEnd, 'level', ({ rms }) => rms === 0, 15_000);

/** @param {Page} page @param {Platform} platform rings by the page's own button */
const ring = async (page, platform) => {
  const rung = until(platform, 'call');
  await page.getByTestId('ring-me').click();
  await page.getByTestId('incoming-card').waitFor();
  return /** @type {Call} */ (await rung);
};

test('an incoming call is answered, heard both ways, muted, held, and ends with the caller', play({},
  async (page, platform) => {
    await signIn(page);
    assert.match(await page.getByTestId('connection-state').innerText(), /Connected/);
    assert.match(await page.getByTestId('station').innerText(), /Local Agent WebRTC Phone/);
    const call = await ring(page, platform);
    assert.match(await page.getByTestId('incoming-name').innerText(), /Local Caller/);
    await page.getByTestId('answer').click();
    await inState(page, 'connected');
    assert.equal(await page.getByTestId('incoming-card').isVisible(), false);
    assert.match(await page.getByTestId('call-name').innerText(), /Local Caller/);
    const first = await media(page);
    await heard(call);
    await media(page, first);
    assert.ok(call.farEnd.stats().packetsReceived > 0);
    await page.waitForFunction(() => Number(document.getElementById('packets-received')?.textContent) > 0);

    await page.getByTestId('mute').click();
    await page.getByText('Connected, you are muted').waitFor();
    await silent(call);
    await page.getByTestId('mute').getByText('Unmute').click();
    await page.locator('[data-testid=mute][data-pressed=false]').waitFor();
    await heard(call);

    await page.getByTestId('hold').click();
    await inState(page, 'held');
    await silent(call);
    await page.getByTestId('hold').getByText('Resume').click();
    await inState(page, 'connected');
    await heard(call);

    await page.getByTestId('caller-hang-up').click();
    await page.getByText('The other side hung up').first().waitFor();
    assert.equal(call.state, 'ended');
    await inState(page, 'ended');
    assert.equal(await page.locator('audio').count(), 0);
    assert.equal(await page.getByTestId('alert').count(), 0);
  }));

test('a dialled call is answered by itself and ended by the agent', play({}, async (page, platform) => {
  await signIn(page);
  await page.getByTestId('dial').click();
  await page.getByText('Enter a phone number first.').waitFor();
  const dialled = until(platform, 'call');
  await page.getByTestId('dial-number').fill('+1 317 555 0199');
  await page.getByTestId('dial').click();
  const call = /** @type {Call} */ (await dialled);
  assert.equal(call.direction, 'outbound');
  await inState(page, 'connected');
  assert.equal(await page.getByTestId('incoming-card').isVisible(), false);
  await media(page);
  await heard(call);
  const ended = until(call, 'ended');
  await page.getByTestId('hang-up').click();
  assert.equal((await ended).by, 'agent');
  await page.getByText('You hung up').first().waitFor();
}));

test('a call is declined, another is missed', play({}, async (page, platform) => {
  await signIn(page);
  const declined = await ring(page, platform);
  const ended = until(declined, 'ended');
  await page.getByTestId('decline').click();
  assert.equal((await ended).by, 'agent');
  await page.getByTestId('incoming-card').waitFor({ state: 'hidden' });
  await page.getByText('You declined it').first().waitFor();

  const missed = await ring(page, platform);
  missed.retract();
  await page.getByTestId('incoming-card').waitFor({ state: 'hidden' });
  await page.getByText('The caller hung up before you answered').first().waitFor();
}));

test('everything is done by keyboard alone', play({}, async (page, platform) => {
  const { keyboard } = page;
  await page.locator('html[data-ready=true]').waitFor();
  await page.getByTestId('access-token').focus();
  await keyboard.press('Enter');
  await page.getByTestId('ring-me').waitFor();
  const rung = until(platform, 'call');
  await keyboard.press('r');
  const call = /** @type {Call} */ (await rung);
  await page.getByTestId('incoming-card').waitFor();
  await keyboard.press('a');
  await inState(page, 'connected');
  await keyboard.press('m');
  await page.locator('[data-testid=mute][data-pressed=true]').waitFor();
  await keyboard.press('m');
  await page.locator('[data-testid=mute][data-pressed=false]').waitFor();
  await keyboard.press('h');
  await inState(page, 'held');
  await keyboard.press('h');
  await inState(page, 'connected');
  // Tab leads from the call's heading to its controls.
  await page.getByTestId('call-name').focus();
  await keyboard.press('Tab');
  assert.equal(await page.evaluate(() => document.activeElement?.id), 'mute');
  const ended = until(call, 'ended');
  await keyboard.press('e');
  assert.equal((await ended).by, 'agent');
  await inState(page, 'ended');

  const dialled = until(platform, 'call');
  await keyboard.press('/');
  await keyboard.type('+13175550199');
  await keyboard.press('Enter');
  const second = /** @type {Call} */ (await dialled);
  await inState(page, 'connected');
  await page.getByTestId('call-name').focus();
  const over = until(second, 'ended');
  await keyboard.press('e');
  assert.equal((await over).by, 'agent');
}));

test('a refused token is shown, without the token, and the next one signs in', play({
  expected: [FAILED_REQUEST, /webrtc-sdk/],
}, async (page, platform) => {
  await page.locator('html[data-ready=true]').waitFor();
  const refused = 'a-token-nobody-has-been-given';
  await page.getByTestId('access-token').fill(refused);
  await page.getByTestId('sign-in').click();
  const alert = page.locator('[data-testid=alert][data-type=invalid_token]');
  await alert.waitFor();
  assert.match(await alert.innerText(), /refused the access token/);
  assert.equal((await page.locator('body').innerText()).includes(refused), false);
  await page.getByTestId('sign-in-card').waitFor();
  await page.getByTestId('access-token').fill(platform.token);
  await page.getByTestId('sign-in').click();
  await page.getByTestId('ring-me').waitFor();
  assert.equal(await page.getByTestId('alert').count(), 0);
  assert.equal((await page.locator('body').innerText()).includes(platform.token), false);
}));

test('a lost connection is shown and comes back', play({ expected: [/webrtc-sdk/] }, async (page, platform) => {
  await signIn(page);
  platform.faults.dropSockets();
  await page.getByTestId('connection-banner').waitFor();
  await page.locator('[data-testid=connection-state][data-state=connected]').waitFor();
  await page.getByTestId('connection-banner').waitFor({ state: 'hidden' });
  await ring(page, platform);
}));

for (const width of [1280, 400]) {
  test(`at ${width} pixels nothing is cut off, whatever the page shows`, play({
    width, expected: [FAILED_REQUEST, /webrtc-sdk/],
  }, async (page, platform) => {
    const fits = async (/** @type {string} */ state) => {
      const wide = await page.evaluate(() => {
        const { scrollWidth, clientWidth } = document.documentElement;
        const beyond = [...document.querySelectorAll('body *')].filter((node) => {
          const box = node.getBoundingClientRect();
          return box.width > 0 && box.right > clientWidth + 1 && !node.closest('[data-testid=event-log]');
        }).map((node) => `${node.tagName}#${node.id}.${node.getAttribute('class')}`);
        return { scrollWidth, clientWidth, beyond };
      });
      assert.deepEqual(wide, { scrollWidth: width, clientWidth: width, beyond: [] }, state);
    };
    await page.locator('html[data-ready=true]').waitFor();
    await fits('signed out');
    platform.faults.respond('GET', 'organizations/me', { status: 401, body: { message: 'no' } });
    await page.getByTestId('sign-in').click();
    await page.getByTestId('alert').first().waitFor();
    await fits('error');
    await signIn(page);
    await fits('desk');
    const call = await ring(page, platform);
    await fits('ringing');
    await page.getByTestId('answer').click();
    await inState(page, 'connected');
    await fits('connected');
    platform.call();
    await page.getByTestId('incoming-card').waitFor();
    await fits('connected and ringing');
    await page.getByTestId('hold').click();
    await inState(page, 'held');
    await fits('held');
    call.hangup();
  }));
}
