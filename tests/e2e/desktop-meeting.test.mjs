// SPDX-License-Identifier: MIT
// Meetings and screens in the demo page, as an agent and a guest use them, with real pictures: a robot's in the room,
// Chromium's fake camera and fake screen from here.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { until } from '../../demo/platform/index.js';
import { desktop, signIn } from '../support/desktop.mjs';
import { FAILED_REQUEST } from './support.mjs';

/** @typedef {import('playwright-core').Page} Page */
/** @typedef {import('../../demo/platform/index.js').Platform} Platform */
/** @typedef {import('../../demo/platform/rooms.js').Member} Member */

const desk = desktop();
const EXPECTED = [FAILED_REQUEST, /webrtc-sdk/];

/** Runs in the page: remembers the screens that were captured. */
const watchScreens = () => {
  const scope = /** @type {any} */ (window);
  scope.screens = [];
  const { mediaDevices } = navigator;
  const original = mediaDevices.getDisplayMedia.bind(mediaDevices);
  mediaDevices.getDisplayMedia = async (options) => {
    const stream = await original(options);
    scope.screens.push(...stream.getTracks());
    return stream;
  };
};

/** With a robot in each room. @param {{ width?: number }} options @param {Parameters<typeof desk.play>[1]} act */
const play = (options, act) => desk.play({
  ...options, expected: EXPECTED, prepare: (page) => page.addInitScript(watchScreens),
}, (page, platform) => {
  platform.rooms.robots = true;
  return act(page, platform);
});

/** A video element plays, and its picture moves. @param {Page} page @param {string} id */
const moves = (page, id) => page.evaluate((testId) => new Promise((/** @type {(done: void) => void} */ done) => {
  const video = /** @type {HTMLVideoElement} */ (document.querySelector(`[data-testid=${testId}]`));
  let pictures = 0;
  const count = () => {
    pictures += 1;
    if (pictures > 5 && video.videoWidth > 0) done();
    else video.requestVideoFrameCallback(count);
  };
  video.requestVideoFrameCallback(count);
}), id);

/** @param {Page} page @returns {Promise<number>} live tracks of microphone, camera and screens */
const alive = (page) => page.evaluate(() => {
  const { harness, screens } = /** @type {any} */ (window);
  return [...harness.tracks, ...screens].filter(({ readyState }) => readyState === 'live').length;
});

/** The row of a participant, once it is marked so. @param {Page} page @param {string} who @param {string} marks */
const person = (page, who, marks = '') => page.locator(`[data-testid=person]${marks}`, { hasText: who }).waitFor();

/** @param {Page} page @param {number} width @param {string} state */
const fits = async (page, width, state) => {
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

/** Joins by id. @param {Page} page @param {Platform} platform @returns {Promise<Member>} the agent in the room */
const join = async (page, platform) => {
  const opened = until(platform.rooms, 'room');
  await page.getByTestId('meeting-id').fill('standup');
  await page.getByTestId('meeting-join').click();
  const room = await opened;
  await page.locator('[data-testid=meeting-card][data-state=connected]').waitFor();
  const member = [...room.members].find(({ leg }) => leg);
  assert.ok(member);
  return member;
};

test('an agent joins a meeting, mutes, turns the camera off, shows a screen and leaves', play({}, async (page,
  platform) => {
  await signIn(page);
  await page.getByTestId('meeting-join').click();
  await page.getByText('Enter a meeting id').waitFor();
  const member = await join(page, platform);
  await moves(page, 'meeting-video');
  await moves(page, 'self-view');
  await until(member, 'frame');
  await page.getByTestId('meeting-seen').getByText('Robot').waitFor();
  await person(page, 'Robot', '[data-video-muted=false]');
  await person(page, 'Local Agent (you)');
  assert.equal(await page.getByTestId('call-card').isVisible(), false);

  await page.getByTestId('meeting-sound').click();
  await person(page, '(you)', '[data-audio-muted=true]');
  await page.getByTestId('meeting-state').getByText('you are muted').waitFor();
  await page.getByTestId('meeting-sound').getByText('Unmute').click();
  await person(page, '(you)', '[data-audio-muted=false]');

  await page.getByTestId('meeting-camera').click();
  await person(page, '(you)', '[data-video-muted=true]');
  await page.getByTestId('self-view').waitFor({ state: 'hidden' });
  assert.equal(await alive(page), 1);
  await page.getByTestId('meeting-camera').getByText('Camera on').click();
  await person(page, '(you)', '[data-video-muted=false]');
  await moves(page, 'self-view');

  await page.getByTestId('meeting-screen').click();
  await person(page, '(you)', '[data-sharing-screen=true]');
  await page.getByTestId('meeting-state').getByText('You are sharing your screen').waitFor();
  await moves(page, 'self-view');
  await page.getByTestId('meeting-screen').getByText('Stop sharing').click();
  await person(page, '(you)', '[data-sharing-screen=false]');
  await moves(page, 'self-view');

  const robot = [...member.room.members].find(({ robot: is }) => is);
  robot?.change({ audioMuted: true, sharingScreen: true });
  await person(page, 'Robot', '[data-audio-muted=true][data-sharing-screen=true]');

  const left = until(member, 'ended');
  await page.getByTestId('meeting-leave').click();
  assert.equal((await left).by, 'agent');
  await page.getByText('You left the meeting.').first().waitFor();
  await page.getByTestId('meeting-card').waitFor({ state: 'hidden' });
  assert.equal(await alive(page), 0);
  assert.equal(await page.getByTestId('alert').count(), 0);
  assert.equal(await page.evaluate(() => document.activeElement?.id), 'call-name');
  await join(page, platform);
  await page.getByTestId('sign-out').click();
  await page.getByTestId('sign-in-card').waitFor();
  assert.equal(await alive(page), 0);
}));

test('an invitation to a meeting is declined, another taken, and the other side ends it', play({}, async (page,
  platform) => {
  await signIn(page);
  const opened = until(platform.rooms, 'room');
  await page.getByTestId('invite-me').click();
  const room = await opened;
  const first = [...room.members].find(({ leg }) => leg);
  const declined = until(/** @type {Member} */ (first), 'ended');
  await page.getByTestId('offer-decline').click();
  assert.equal((await declined).reason, 'decline');
  await page.getByTestId('offer-card').waitFor({ state: 'hidden' });

  const member = platform.meet();
  await page.getByTestId('offer-accept').getByText('Join').click();
  await page.locator('[data-testid=meeting-card][data-state=connected]').waitFor();
  await moves(page, 'meeting-video');
  await until(member, 'frame');
  member.leave();
  await page.getByText('The meeting has ended.').first().waitFor();
  assert.equal(await alive(page), 0);
  assert.equal(await page.getByTestId('alert').count(), 0);
}));

test('a recording shows that it runs, until the platform ends it', play({}, async (page, platform) => {
  await signIn(page);
  const proposed = until(platform.screens, 'session');
  await page.getByTestId('record-me').click();
  const recording = await proposed;
  const described = until(recording, 'metadata');
  await page.getByTestId('offer-accept').getByText('Choose a screen').click();
  await page.getByTestId('recording').getByText('Recording your screen').waitFor();
  await until(recording, 'frame');
  const { metaData: [{ screenId, primary, resolutionX }] } = await described;
  assert.ok(screenId);
  assert.ok(resolutionX > 0);
  assert.equal(primary, true);
  await page.getByTestId('record-me').getByText('Stop the recording').click();
  await page.getByTestId('recording').waitFor({ state: 'hidden' });
  assert.equal(await alive(page), 0);
  assert.equal(await page.getByTestId('alert').count(), 0);
}));

/** The user closes the choice of screens, or no longer. @param {Page} page @param {boolean} refused */
const refuseScreens = (page, refused) => page.evaluate((no) => {
  const { mediaDevices } = navigator;
  const scope = /** @type {any} */ (window);
  scope.realScreen ??= mediaDevices.getDisplayMedia;
  mediaDevices.getDisplayMedia = no
    ? () => Promise.reject(new DOMException('Permission denied', 'NotAllowedError')) : scope.realScreen;
}, refused);

test('closing the choice of screens shares and records nothing, and is no problem', play({}, async (page, platform) => {
  await signIn(page);
  await join(page, platform);
  await refuseScreens(page, true);
  await page.getByTestId('meeting-screen').click();
  await page.locator('[data-testid=event-log] [data-event="meeting screen"]').waitFor();
  await page.locator('[data-testid=meeting-screen][aria-busy=false]').waitFor();
  platform.screens.record(platform.defaultUser.id, { screens: 1 });
  await page.getByTestId('offer-accept').click();
  await page.locator('[data-testid=event-log] [data-event="allow recording"]').waitFor();
  await page.locator('[data-testid=offer-accept]:enabled').waitFor();
  assert.equal(await page.getByTestId('alert').count(), 0);
  assert.equal(await page.getByTestId('recording').isVisible(), false);
  await refuseScreens(page, false);
  await page.getByTestId('meeting-screen').click();
  await page.getByTestId('meeting-screen').getByText('Stop sharing').waitFor();
  assert.equal(await page.getByTestId('alert').count(), 0);
}));

test('a guest shows a screen and stops', play({}, async (page, platform) => {
  await page.locator('html[data-ready=true]').waitFor();
  await page.getByTestId('role-guest').focus();
  await page.keyboard.press('Space');
  await page.waitForFunction(() => (
    /** @type {HTMLInputElement} */ (document.getElementById('security-code')).value !== ''));
  await page.getByTestId('sign-in').click();
  const proposed = until(platform.screens, 'session');
  await page.getByTestId('share').click();
  const session = await proposed;
  await until(session, 'frame');
  await page.locator('[data-testid=share-card][data-state=shared]').waitFor();
  const ended = until(session, 'ended');
  await page.getByTestId('share').getByText('Stop sharing').click();
  await ended;
  await page.locator('[data-testid=share-card][data-state=idle]').waitFor();
  assert.equal(await alive(page), 0);
  assert.equal(await page.getByTestId('alert').count(), 0);
}));

for (const width of [1280, 400]) {
  test(`at ${width} pixels no meeting and no screen is cut off`, play({ width }, async (page, platform) => {
    await signIn(page);
    await fits(page, width, 'desk');
    platform.meet();
    await page.getByTestId('offer-accept').waitFor();
    await fits(page, width, 'invited');
    await page.getByTestId('offer-accept').click();
    await page.locator('[data-testid=meeting-card][data-state=connected]').waitFor();
    await person(page, 'Robot');
    await fits(page, width, 'meeting');
    await page.getByTestId('meeting-screen').click();
    await person(page, '(you)', '[data-sharing-screen=true]');
    await fits(page, width, 'sharing');
    platform.screens.record(platform.defaultUser.id, { screens: 1 });
    await page.getByTestId('offer-accept').waitFor();
    await fits(page, width, 'asked to be recorded');
    await page.getByTestId('offer-accept').click();
    await page.getByTestId('recording').waitFor();
    platform.call();
    await page.getByTestId('incoming-card').waitFor();
    await fits(page, width, 'meeting, recorded and ringing');
  }));
}
