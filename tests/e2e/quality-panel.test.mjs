// SPDX-License-Identifier: MIT
// The demo's call-quality panel, at both widths: a healthy call, sound that stops coming, a muted agent.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { until } from '../../demo/platform/index.js';
import { desktop, signIn } from '../support/desktop.mjs';

const { play } = desktop();

for (const width of [1280, 400]) {
  test(`the panel says how good a call is, and what is wrong with it, at ${width} pixels`, play({ width }, async (page,
    platform) => {
    await signIn(page);
    const ringing = until(platform, 'call');
    await page.getByTestId('ring-me').click();
    const call = await ringing;
    await page.getByTestId('answer').click();

    const panel = page.getByTestId('quality-panel');
    await panel.and(page.locator('[data-level=excellent]')).waitFor();
    await panel.getByText(/^\d+ ms$/).first().waitFor();
    assert.equal(await panel.getByRole('listitem').count(), 0, 'nothing to complain of');
    // Each chart says in words what it shows.
    const said = await panel.getByRole('img').evaluateAll((all) => all.map((each) => each.getAttribute('aria-label')));
    assert.deepEqual(said.map((words) => words?.replace(/ of the last minute: now .+, (low|high)est .+$/, '')),
      ['MOS', 'Loss', 'Jitter', 'Round trip', 'You', 'Other side']);
    await panel.getByRole('img', { name: /^MOS of the last minute: now 4\.\d, lowest \d\.\d$/ }).waitFor();
    for (const name of ['You', 'Other side']) {
      await panel.getByRole('img', { name: new RegExp(`^${name} of .*, highest [1-9]\\d*\\d %$`) }).waitFor();
    }
    const points = () => panel.locator('.chart-line').first().getAttribute('d').then((path) => path?.split('L').length);
    const few = await points() ?? 0;
    await page.waitForFunction((least) => (
      (document.querySelector('.chart-line')?.getAttribute('d')?.split('L').length ?? 0) > least), few + 1);
    call.farEnd.impair({ sending: false });
    await panel.getByText(/^You hear nothing: /).waitFor();
    await panel.and(page.locator('[data-level=bad]')).waitFor();
    call.farEnd.impair({ sending: true });
    await panel.getByText('You hear the other side again.').waitFor();
    assert.equal(await panel.getByText(/^You hear nothing: /).count(), 0);
    await panel.getByText('You hear the other side again.').waitFor({ state: 'detached' });
    await page.getByTestId('mute').click();
    await panel.getByText('You are muted.').waitFor();
    const overflow = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
    assert.ok(overflow <= 0, `${overflow} pixels too wide`);

    await page.getByTestId('hang-up').click();
    await panel.waitFor({ state: 'hidden' });
  }));
}
