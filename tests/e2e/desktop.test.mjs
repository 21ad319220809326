// SPDX-License-Identifier: MIT
// The demo page as an agent uses it: whole calls with sound, by mouse and by keyboard, at both widths, and what
// it shows when something fails.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { until } from '../../demo/platform/index.js';
import { desktop, inState, signIn } from '../support/desktop.mjs';
import { FAILED_REQUEST, FAILED_SOCKET } from './support.mjs';

/** @typedef {import('playwright-core').Page} Page */
/** @typedef {import('../../demo/platform/index.js').Platform} Platform */
/** @typedef {import('../../demo/platform/calls.js').Call} Call */

const { play } = desktop();

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

test('a lost connection is shown with what is done about it, and comes back in a call', play({
  expected: [FAILED_REQUEST, FAILED_SOCKET, /webrtc-sdk/],
}, async (page, platform) => {
  await signIn(page);
  const call = await ring(page, platform);
  await page.getByTestId('answer').click();
  await inState(page, 'connected');
  await heard(call);
  platform.faults.refuseSockets(503, { times: 1 });
  await page.context().setOffline(true);
  platform.faults.dropSockets();
  const banner = page.getByTestId('connection-banner');
  await banner.getByText('This computer is offline').waitFor();
  assert.match(await banner.innerText(), /Your call goes on/);
  await heard(call);
  await page.context().setOffline(false);
  await page.locator('[data-testid=connection-banner][data-state=back]').waitFor();
  assert.match(await banner.innerText(), /Connected again after \d+ s/);
  await page.locator('[data-testid=connection-state][data-state=connected]').waitFor();
  await banner.waitFor({ state: 'hidden' });
  await inState(page, 'connected');
  const ended = until(call, 'ended');
  await page.getByTestId('hang-up').click();
  await ended;
  await ring(page, platform);
}));

test('the local platform takes the network away and gives it back', play({
  expected: [FAILED_REQUEST, FAILED_SOCKET, /webrtc-sdk/],
}, async (page) => {
  await signIn(page);
  await page.getByTestId('lose-network').click();
  const banner = page.getByTestId('connection-banner');
  await banner.getByText('Trying again by itself').waitFor();
  await page.locator('[data-testid=connection-banner][data-state=back]').waitFor();
}));

/** @param {Page} page @param {Call} call its row among the calls */
const row = (page, call) => page.locator(`[data-testid=conversation][data-conversation-id="${call.conversationId}"]`);
/** @param {Page} page @param {Call} call @param {string} state */
const rowInState = (page, call, state) => page.locator(
  `[data-testid=conversation][data-conversation-id="${call.conversationId}"][data-state=${state}]`).waitFor();

for (const [name, station] of /** @type {const} */ ([
  ['two lines', { webRtcCallAppearances: 2 }],
  ['one line', { webRtcCallAppearances: 1 }],
  ['one line that is kept open', { webRtcPersistentEnabled: true }],
])) {
  test(`two calls at once on ${name}: answered, swapped, either hung up`, play({
    platform: { station },
  }, async (page, platform) => {
    await signIn(page);
    const first = await ring(page, platform);
    await page.getByTestId('answer').click();
    await inState(page, 'connected');
    await heard(first);
    assert.equal(await page.getByTestId('swap').isVisible(), false);
    const second = await ring(page, platform);
    await page.getByTestId('answer').getByText('Hold and answer').click();
    await rowInState(page, first, 'held');
    await rowInState(page, second, 'connected');
    await heard(second);
    assert.equal(await page.getByText(/merge/i).count(), 0);

    await page.getByTestId('swap').click();
    await rowInState(page, second, 'held');
    await rowInState(page, first, 'connected');
    await heard(first);
    await row(page, second).getByTestId('conversation-resume').click();
    await rowInState(page, first, 'held');
    await rowInState(page, second, 'connected');
    await heard(second);

    const left = until(first, 'ended');
    await row(page, first).getByTestId('conversation-end').click();
    assert.equal(/** @type {any} */ (await left).by, 'agent');
    await page.getByTestId('swap').waitFor({ state: 'hidden' });
    await inState(page, 'connected');
    await heard(second);
    const over = until(second, 'ended');
    await page.getByTestId('hang-up').click();
    assert.equal(/** @type {any} */ (await over).by, 'agent');
    await inState(page, 'ended');
    assert.equal(await page.getByTestId('alert').count(), 0);
  }));
}

test('two calls are handled by keyboard alone', play({ platform: { station: { webRtcCallAppearances: 2 } } },
  async (page, platform) => {
    await signIn(page);
    const first = await ring(page, platform);
    await page.keyboard.press('a');
    await inState(page, 'connected');
    const second = await ring(page, platform);
    await page.keyboard.press('a');
    await rowInState(page, first, 'held');
    await rowInState(page, second, 'connected');
    await page.keyboard.press('s');
    await rowInState(page, second, 'held');
    await rowInState(page, first, 'connected');
    const over = until(first, 'ended');
    await page.keyboard.press('e');
    await over;
    await inState(page, 'held');
    await page.keyboard.press('h');
    await inState(page, 'connected');
    await heard(second);
  }));

test('the page is loaded anew in a call on a line that is kept open, and the call goes on', play({
  platform: { station: { webRtcPersistentEnabled: true } }, expected: [/webrtc-sdk/],
}, async (page, platform) => {
  await signIn(page);
  assert.match(await page.getByTestId('station').innerText(), /line kept open/);
  const call = await ring(page, platform);
  await page.getByTestId('answer').click();
  await inState(page, 'connected');
  await heard(call);
  await page.reload();
  await inState(page, 'connected');
  assert.match(await page.getByTestId('call-name').innerText(), /Local Caller/);
  await heard(call);
  await page.getByTestId('mute').click();
  await silent(call);
  const ended = until(call, 'ended');
  await page.getByTestId('hang-up').click();
  await ended;
  // The line stays open for the next call, which needs no media of its own.
  const next = await ring(page, platform);
  assert.equal(next.leg, call.leg);
  await page.getByTestId('answer').click();
  await inState(page, 'connected');
  await heard(next);
  await page.getByTestId('sign-out').click();
  await page.getByTestId('sign-in-card').waitFor();
  await page.reload();
  await page.locator('html[data-ready=true]').waitFor();
  await page.getByTestId('sign-in-card').waitFor();
}));

for (const [role, secret] of /** @type {const} */ ([['guest', 'security-code'], ['jwt', 'jwt']])) {
  test(`one signs in as ${role}, and again after signing out`, play({}, async (page, platform) => {
    await page.locator('html[data-ready=true]').waitFor();
    await page.getByTestId(`role-${role}`).focus();
    await page.keyboard.press('Space');
    await page.getByTestId(secret).waitFor();
    for (let round = 0; round < 2; round += 1) {
      await page.waitForFunction((id) => (
        /** @type {HTMLInputElement} */ (document.getElementById(id)).value !== ''), secret);
      const value = await page.getByTestId(secret).inputValue();
      const connected = until(platform, 'connection');
      await page.getByTestId('sign-in').click();
      const { jid } = /** @type {any} */ (await connected);
      assert.match(jid, role === 'guest' ? /^guest-/ : /^agent-1@/);
      await page.locator('[data-testid=connection-state][data-state=connected]').waitFor();
      await page.getByText(role === 'guest' ? 'Signed in as a guest' : 'Signed in with a JWT').waitFor();
      assert.equal(await page.getByTestId('dial').isVisible(), false);
      assert.equal((await page.locator('body').innerText()).includes(value), false);
      await page.getByTestId('sign-out').click();
      await page.getByTestId('sign-in-card').waitFor();
    }
  }));
}

for (const width of [1280, 400]) {
  test(`at ${width} pixels nothing is cut off, whatever the page shows`, play({
    width, expected: [FAILED_REQUEST, FAILED_SOCKET, /webrtc-sdk/],
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
    for (const role of ['guest', 'jwt', 'agent']) {
      await page.getByTestId(`role-${role}`).focus();
      await page.keyboard.press('Space');
      await page.locator(`body[data-role=${role}]`).waitFor();
      await fits(`signed out, ${role}`);
    }
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
    await page.getByTestId('answer').click();
    await page.getByTestId('swap').waitFor();
    await fits('two calls');
    platform.faults.refuseSockets();
    platform.faults.dropSockets();
    await page.getByTestId('connection-banner').waitFor();
    await fits('lost');
    call.hangup();
  }));
}
