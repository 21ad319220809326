// SPDX-License-Identifier: MIT
// How one signs in on the demo page: environments, tokens that are pasted or come from the OAuth page, what this tab
// keeps of them, and what is said when it goes wrong.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { until } from '../../demo/platform/index.js';
import { desktop } from '../support/desktop.mjs';
import { FAILED_REQUEST, FAILED_SOCKET } from './support.mjs';

/** @typedef {import('playwright-core').Page} Page */
/** @typedef {import('../../demo/platform/index.js').Platform} Platform */

const { play, windows } = desktop();

/** @param {Page} page */
const isReady = (page) => page.locator('html[data-ready=true]').waitFor();
/** @param {Page} page */
const onDesk = (page) => page.getByTestId('ring-me').waitFor();

/** @param {Page} page @param {'allow' | 'deny'} word goes to the OAuth page and says so */
const askTo = async (page, word) => {
  await isReady(page);
  await page.getByTestId('way-oauth').check();
  await page.getByRole('button', { name: 'Sign in with Genesys Cloud' }).click();
  await page.getByRole('heading', { name: 'Local platform' }).waitFor();
  const asked = new URL(page.url());
  assert.equal(asked.pathname, '/oauth/authorize');
  await page.getByRole('button', { name: word === 'allow' ? 'Allow' : 'Deny' }).click();
  return asked;
};

/** Everything a page may leave behind. @param {Page} page */
const traces = (page) => page.evaluate(() => JSON.stringify([
  location.href, { ...sessionStorage }, { ...localStorage }, document.cookie, document.body.innerText,
]));

/** @param {Page} page whatever scripts that run before the SDK can see of the address */
const watchAddress = (page) => page.addInitScript(() => {
  document.addEventListener('DOMContentLoaded', () => Object.assign(window, { hashWhenParsed: location.hash }));
});

test('an agent signs in with Genesys Cloud, and the token leaves no trace', play({ prepare: watchAddress },
  async (page, platform) => {
    const before = page.url();
    const asked = await askTo(page, 'allow');
    assert.deepEqual([...asked.searchParams.keys()].sort(), ['client_id', 'redirect_uri', 'response_type', 'state']);
    assert.equal(asked.searchParams.get('response_type'), 'token');
    assert.equal(asked.searchParams.get('client_id'), 'agent-desktop');
    assert.equal(asked.searchParams.get('redirect_uri'), before);
    assert.ok((asked.searchParams.get('state') ?? '').length >= 16);
    await onDesk(page);
    assert.match(await page.getByTestId('user').innerText(), /Local Agent/);
    assert.equal(page.url(), before);
    assert.equal(await page.evaluate(() => Reflect.get(window, 'hashWhenParsed')), '');
    const [given] = [...platform.users.tokens.keys()].filter((token) => token !== platform.token);
    assert.ok(given);
    assert.equal((await traces(page)).includes(given), false);
    await page.goBack();
    await page.goForward();
    assert.equal((await page.evaluate(() => location.href)).includes('token'), false);

    await page.reload();
    await isReady(page);
    await page.getByTestId('sign-in-card').waitFor();
    assert.equal(await page.getByTestId('ring-me').isVisible(), false, 'nothing was kept without being asked for');
  }));

test('who stays signed in comes back after a reload, until signing out', play({ expected: [/webrtc-sdk/] },
  async (page, platform) => {
    await isReady(page);
    await page.getByLabel('Stay signed in in this tab').check();
    await askTo(page, 'allow');
    await onDesk(page);
    const connected = until(platform, 'connection');
    await page.reload();
    await connected;
    await onDesk(page);
    const [given] = [...platform.users.tokens.keys()].filter((token) => token !== platform.token);
    assert.equal((await page.locator('body').innerText()).includes(given), false);
    await page.getByTestId('sign-out').click();
    await page.getByTestId('sign-in-card').waitFor();
    assert.equal((await traces(page)).includes(given), false);
    await page.reload();
    await isReady(page);
    await page.getByTestId('sign-in-card').waitFor();
  }));

test('a pasted token that is kept signs in again too', play({ expected: [/webrtc-sdk/] }, async (page, platform) => {
  await isReady(page);
  await page.getByTestId('access-token').fill(platform.users.issueToken('agent-1'));
  await page.getByLabel('Stay signed in in this tab').check();
  await page.getByTestId('sign-in').click();
  await onDesk(page);
  await page.reload();
  await onDesk(page);
}));

test('a sign-in that is refused is said in a sentence, and can be tried again', play({}, async (page) => {
  await askTo(page, 'deny');
  const alert = page.locator('[data-testid=alert][data-type=access_denied]');
  await alert.getByText('The sign-in was refused.').waitFor();
  assert.equal(new URL(page.url()).hash, '');
  await page.getByTestId('sign-in-card').waitFor();
  await askTo(page, 'allow');
  await onDesk(page);
  assert.equal(await page.getByTestId('alert').count(), 0);
}));

test('an answer to a sign-in that this tab has not begun signs nobody in', windows({}, async (open, platform) => {
  const page = await open();
  await isReady(page);
  const token = platform.users.issueToken('agent-1');
  const answers = [`access_token=${token}`, `access_token=${token}&state=guessed`, 'error=access_denied&state=x'];
  for (const fragment of answers) {
    // Another query: only a fragment would not load the page.
    await page.goto(`${platform.url}/?${fragment.length}#${fragment}`);
    await page.locator('[data-testid=alert][data-type=sign_in_state]').waitFor();
    await page.getByTestId('sign-in-card').waitFor();
    assert.equal(new URL(page.url()).hash, '');
    assert.equal((await traces(page)).includes(token), false);
  }
  assert.equal([...platform.stream.connections].length, 0);
}));

test('an answer counts once: the same state does not sign in again', play({}, async (page, platform) => {
  const asked = await askTo(page, 'allow');
  await onDesk(page);
  const state = asked.searchParams.get('state');
  await page.goto(`${platform.url}/?again#access_token=${platform.users.issueToken('agent-1')}&state=${state}`);
  await page.locator('[data-testid=alert][data-type=sign_in_state]').waitFor();
}));

test('a kept token that has expired, or was revoked, is said so', play({
  expected: [FAILED_REQUEST, FAILED_SOCKET, /webrtc-sdk/],
}, async (page, platform) => {
  platform.login.tokenSeconds = 3;
  await isReady(page);
  await page.getByLabel('Stay signed in in this tab').check();
  await askTo(page, 'allow');
  await onDesk(page);
  // The SDK says five minutes before that another one is needed.
  await page.locator('[data-testid=alert][data-type=token_expiring]').getByText('Your sign-in expires soon.').waitFor();
  const { expiresAt } = JSON.parse(await page.evaluate(() => sessionStorage.getItem('agent-desktop:token') ?? ''));
  await page.waitForFunction((time) => Date.now() > time, expiresAt);
  await page.reload();
  await page.getByText('Your sign-in has expired.').waitFor();
  await page.getByTestId('sign-in-card').waitFor();

  platform.login.tokenSeconds = 3600;
  await page.getByLabel('Stay signed in in this tab').check();
  await askTo(page, 'allow');
  await onDesk(page);
  for (const token of platform.users.tokens.keys()) if (token !== platform.token) platform.revoke(token);
  await page.reload();
  await page.locator('[data-testid=alert][data-type=invalid_token]').getByText(/refused the access token/).waitFor();
  await page.getByTestId('sign-in-card').waitFor();
}));

test('the OAuth page knows its clients and their pages', play({}, async (page, platform) => {
  const ask = (/** @type {Record<string, string>} */ asks) => (
    fetch(`${platform.url}/oauth/authorize?${new URLSearchParams({ response_type: 'token', ...asks })}`, {
      method: 'POST', body: 'say=allow', redirect: 'manual', headers: { origin: platform.url },
    }));
  const known = { client_id: 'agent-desktop', redirect_uri: `${platform.url}/` };
  const good = await ask(known);
  assert.equal(good.status, 302);
  assert.match(good.headers.get('location') ?? '', /#access_token=[\w-]+&expires_in=86400&token_type=bearer$/);
  for (const wrong of [{ client_id: 'stranger' }, { redirect_uri: 'https://example.org/' }, { redirect_uri: 'x' }]) {
    const answer = await ask({ ...known, ...wrong });
    assert.deepEqual([answer.status, answer.headers.get('location')], [400, null]);
  }
  const code = await ask({ ...known, response_type: 'code' });
  assert.match(code.headers.get('location') ?? '', /#error=unsupported_response_type$/);
}));

test('another environment knows nothing of the local one, and the way back fills it in again', play({},
  async (page, platform) => {
    await isReady(page);
    const picker = page.getByTestId('environment');
    const regions = await picker.locator('optgroup option').evaluateAll((options) => (
      options.map((option) => /** @type {HTMLOptionElement} */ (option).value)));
    for (const domain of ['mypurecloud.com', 'mypurecloud.de', 'usw2.pure.cloud', 'mxc1.pure.cloud']) {
      assert.ok(regions.includes(domain), domain);
    }
    const fields = ['access-token', 'ws-host', 'client-id'];
    const filled = () => Promise.all(fields.map((id) => page.locator(`#${id}`).inputValue()));
    assert.deepEqual(await filled(), [platform.token, platform.wsUrl, 'agent-desktop']);
    await picker.selectOption('mypurecloud.ie');
    assert.deepEqual(await filled(), ['', '', '']);
    await page.locator('p.badge').waitFor({ state: 'hidden' });

    await page.getByTestId('sign-in').click();
    const note = page.getByTestId('sign-in-note');
    await note.getByText('Enter an access token first.').waitFor();
    assert.equal(await page.evaluate(() => document.activeElement?.id), 'access-token');
    assert.equal(await page.getByTestId('access-token').getAttribute('aria-invalid'), 'true');
    await page.getByTestId('way-oauth').check();
    await page.getByTestId('sign-in').click();
    await note.getByText('Enter the client id of an OAuth client first.').waitFor();
    await picker.selectOption('other');
    await page.getByTestId('environment-other').fill('no domain');
    await page.getByTestId('sign-in').click();
    await note.getByText('Enter the domain of your environment').waitFor();

    await picker.selectOption(platform.url);
    await page.waitForFunction((token) => (
      /** @type {HTMLInputElement} */ (document.getElementById('access-token')).value === token), platform.token);
    assert.deepEqual(await filled(), [platform.token, platform.wsUrl, 'agent-desktop']);
  }));

test('a region signs in at its own login page', play({}, async (page) => {
  await isReady(page);
  /** @type {string[]} */
  const visited = [];
  await page.context().route(/^https:/, (route) => {
    visited.push(route.request().url());
    return route.fulfill({ contentType: 'text/html', body: '<title>elsewhere</title>' });
  });
  await page.getByTestId('environment').selectOption('euw2.pure.cloud');
  await page.getByTestId('way-oauth').check();
  await page.getByTestId('client-id').fill('a1b2');
  const home = page.url();
  await page.getByTestId('sign-in').click();
  await page.waitForURL(/^https:/);
  const { origin, pathname, searchParams } = new URL(visited[0]);
  assert.equal(`${origin}${pathname}`, 'https://login.euw2.pure.cloud/oauth/authorize');
  assert.deepEqual([searchParams.get('client_id'), searchParams.get('redirect_uri')], ['a1b2', home]);
}));

test('an environment that is typed in has no local helpers', play({}, async (page, platform) => {
  await isReady(page);
  await page.getByTestId('environment').selectOption('other');
  // The same platform by another name: for the page it is not the local one.
  await page.getByTestId('environment-other').fill(platform.url.replace('127.0.0.1', 'localhost'));
  await page.getByText('More options').click();
  await page.getByTestId('ws-host').fill(platform.wsUrl);
  await page.getByTestId('access-token').fill(platform.token);
  await page.getByTestId('sign-in').click();
  await page.locator('[data-testid=connection-state][data-state=connected]').waitFor();
  await page.getByTestId('user').getByText('Local Agent').waitFor();
  assert.equal(await page.getByTestId('ring-me').isVisible(), false);
  platform.call();
  await page.getByTestId('incoming-card').waitFor();
  await page.getByTestId('urgent').getByText('Incoming call from Local Caller').waitFor({ state: 'attached' });
}));
