// SPDX-License-Identifier: MIT
// The published original SDK in video conferences of the local platform: the rooms are faithful when it can see, be
// seen, mute, share a screen and leave, alone with the robot and in two pages.

import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { startPlatform, until } from '../../demo/platform/index.js';
import { launchChromium, openPage, servePage } from '../support/browser.mjs';

/** @typedef {import('playwright-core').Page} Page */
/** @typedef {import('../../demo/platform/rooms.js').Member} Member */

const SLOW = 25_000;
const BUNDLE = fileURLToPath(new URL('../../build/deps/original/original.bundle.min.js', import.meta.url));

const PAGE = `<!DOCTYPE html><html lang="en"><head><meta charset="utf-8"><title>original</title></head>
<body><audio id="sound" autoplay></audio><video id="picture" autoplay muted></video>
<script src="/original.js"></script></body></html>`;

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
    servePage({ '/': PAGE, '/original.js': { file: BUNDLE } }),
  ]);
});

after(async () => {
  await browser?.close();
  await site?.close();
  await platform?.close();
});

/** Opens a page whose SDK is ready. @param {object} config @param {object} [given] to `initialize()` */
async function start(config, given) {
  const opened = await openPage(browser, site.url);
  await opened.page.evaluate(async ([settings, options]) => {
    const scope = /** @type {any} */ (window);
    const Sdk = scope.GenesysCloudWebrtcSdk.GenesysCloudWebrtcSdk;
    scope.sdk = new Sdk(settings);
    scope.events = [];
    for (const name of ['pendingSession', 'sessionStarted', 'sessionEnded']) {
      scope.sdk.on(name, (/** @type {any} */ session) => {
        if (name === 'sessionStarted') scope.session = session;
        scope.events.push({ name, conversationId: session.conversationId });
      });
    }
    await scope.sdk.initialize(options);
  }, [{
    environment: platform.url, wsHost: platform.wsUrl, useHeadsets: false, optOutOfTelemetry: true,
    logLevel: 'error', ...config,
  }, given]);
  return opened;
}

/** @param {import('../../demo/platform/directory.js').User} user */
const signIn = ({ token }) => start({ accessToken: token, allowedSessionTypes: ['collaborateVideo'] });

/** @param {Page} page @param {string} name @param {string} [conversationId] */
const event = (page, name, conversationId) => page.waitForFunction(([wanted, id]) => (
  /** @type {any} */ (window).events.some((/** @type {any} */ seen) => (
    seen.name === wanted && (!id || seen.conversationId === id)))), /** @type {const} */ ([name, conversationId]),
{ timeout: SLOW });

/**
 * Starts or joins the room, accepts with the page's elements.
 * @param {Page} page @param {string} roomJid @param {string} userId @returns {Promise<Member>}
 */
async function enter(page, roomJid, userId) {
  const { conversationId } = await page.evaluate((jid) => (
    /** @type {any} */ (window).sdk.startVideoConference(jid)), roomJid);
  const member = [...platform.rooms.room(roomJid).members].find(({ participant }) => participant.userId === userId);
  assert.ok(member);
  await event(page, 'sessionStarted', conversationId);
  await page.evaluate((id) => /** @type {any} */ (window).sdk.acceptSession({
    conversationId: id, sessionType: 'collaborateVideo',
    audioElement: document.getElementById('sound'), videoElement: document.getElementById('picture'),
  }), conversationId);
  if (!member.connected) await until(member, 'connected', () => true, SLOW);
  return member;
}

/** Waits until the page's picture has this width and moves. @param {Page} page @param {number} width */
const sees = (page, width) => page.evaluate(async (wanted) => {
  const video = /** @type {HTMLVideoElement} */ (document.getElementById('picture'));
  const deadline = performance.now() + 15_000;
  let from = -1;
  for (;;) {
    const frames = video.getVideoPlaybackQuality().totalVideoFrames;
    if (video.videoWidth !== wanted) from = -1;
    else if (from < 0) from = frames;
    else if (frames > from + 5) return;
    if (performance.now() > deadline) throw new Error(`${video.videoWidth} wide, ${frames} frames`);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}, width);

/** @param {Member} member @param {(width: number) => boolean} fits of the picture that comes from this member */
const shows = (member, fits = (width) => width === 640) => (
  until(member, 'frame', () => fits(member.end?.shown[0].width ?? 0), SLOW));

/** Calls a method of the SDK, or of the session. @param {Page} page @param {string} method @param {object} [given] */
const sdk = (page, method, given) => page.evaluate(([name, what]) => (
  /** @type {any} */ (window).sdk[String(name)](what)), [method, given]);

test('the original meets the robot, sees its pattern, mutes, unmutes and leaves', async () => {
  platform.rooms.robots = true;
  const { page, done } = await signIn(platform.defaultUser);
  const member = await enter(page, platform.rooms.jidOf('peer-robot'), 'agent-1');
  const { conversationId } = member.room;
  await Promise.all([sees(page, 160), shows(member), until(member, 'level', ({ rms }) => rms > 0.01, SLOW)]);
  await sdk(page, 'setVideoMute', { conversationId, mute: true });
  assert.equal(member.video.videoMuted, true);
  await sdk(page, 'setVideoMute', { conversationId, mute: false });
  assert.equal(member.video.videoMuted, false);
  await shows(member);
  const ended = until(member, 'ended');
  await sdk(page, 'endSession', { conversationId });
  assert.equal(/** @type {any} */ (await ended).by, 'agent');
  platform.rooms.robots = false;
  await done();
});

test('two originals in one meeting see each other', async () => {
  const other = platform.users.add({ id: 'agent-2' });
  const [left, right] = [await signIn(platform.defaultUser), await signIn(other)];
  const roomJid = platform.rooms.jidOf('peer-two');
  const first = await enter(left.page, roomJid, 'agent-1');
  const second = await enter(right.page, roomJid, 'agent-2');
  await Promise.all([shows(first), shows(second), sees(left.page, 640), sees(right.page, 640)]);
  // The screen of one takes the place of the camera, and is told.
  await left.page.evaluate(() => /** @type {any} */ (window).session.startScreenShare());
  await shows(first, (width) => width > 0 && width !== 640);
  if (!first.video.sharingScreen) await until(first.session ?? first, 'screen', Boolean, SLOW);
  assert.equal(first.video.sharingScreen, true);
  const screen = first.end?.shown[0].width ?? 0;
  await sees(right.page, screen);
  await left.page.evaluate(() => /** @type {any} */ (window).session.stopScreenShare());
  await Promise.all([shows(first), sees(right.page, 640)]);
  first.leave();
  await event(left.page, 'sessionEnded');
  second.leave();
  await left.done();
  await right.done();
});

test('a guest of the original shows a screen from its security code to its end', async () => {
  const organizationId = platform.users.organization.id;
  const { page, done } = await start({ organizationId }, { securityCode: platform.guests.addCode() });
  const shared = until(platform.screens, 'session', () => true, SLOW);
  await page.evaluate(() => /** @type {any} */ (window).sdk.startScreenShare());
  const session = /** @type {import('../../demo/platform/screens.js').ScreenSession} */ (await shared);
  await until(session, 'frame', () => session.screens[0].frames > 3, SLOW);
  await event(page, 'pendingSession', session.conversationId);
  session.stop();
  await event(page, 'sessionEnded', session.conversationId);
  await done();
});

test('the original lets two screens be recorded and says which is which', async () => {
  const { page, done } = await start({
    accessToken: platform.token, allowedSessionTypes: ['screenRecording'],
    autoAcceptPendingScreenRecordingRequests: true,
  });
  const session = platform.screens.record('agent-1');
  const { conversationId } = session;
  await event(page, 'sessionStarted', conversationId);
  const described = until(session, 'metadata', () => true, SLOW);
  await page.evaluate(async (id) => {
    const streams = [await navigator.mediaDevices.getDisplayMedia(), await navigator.mediaDevices.getDisplayMedia()];
    const tracks = streams.flatMap((stream) => stream.getTracks());
    await /** @type {any} */ (window).sdk.acceptSession({
      conversationId: id, sessionType: 'screenRecording', mediaStream: new MediaStream(tracks),
      screenRecordingMetadatas: tracks.map((track, index) => ({
        trackId: track.id, screenId: `screen-${index}`, originX: 0, originY: 0, resolutionX: 1280, resolutionY: 720,
        primary: index === 0,
      })),
    });
  }, conversationId);
  const { metaData } = /** @type {any} */ (await described);
  assert.deepEqual(metaData.map((/** @type {any} */ { trackId }) => trackId), session.end.mids.slice(0, 2));
  await until(session, 'frame', () => session.active.length === 2, SLOW);
  session.stop();
  await event(page, 'sessionEnded', conversationId);
  await done();
});
