// SPDX-License-Identifier: MIT
// The life of a page around the SDK: frozen, put aside and brought back, reloaded; and a token replaced in a call.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { until } from '../../demo/platform/index.js';
import { FAILED_REQUEST, stage } from './support.mjs';

// Playwright turns the back-forward cache off.
const { play } = stage({ without: ['--disable-back-forward-cache'] });

test('a frozen tab that thaws looks at its connection at once and takes the call that came meanwhile', play({},
  async (scene) => {
    await scene.signIn();
    const session = await scene.page.context().newCDPSession(scene.page);
    await session.send('Page.setWebLifecycleState', { state: 'frozen' });
    const call = scene.platform.call({ farEnd: 'manual' });
    const pings = () => scene.platform.stanzas.filter(({ xml }) => xml.includes('urn:xmpp:ping')).length;
    const before = pings();
    await session.send('Page.setWebLifecycleState', { state: 'active' });
    await scene.event('pendingSession', { conversationId: call.conversationId });
    const pinged = async () => {
      while (pings() === before) await new Promise((again) => setTimeout(again, 20));
    };
    await pinged();
    assert.equal((await scene.notes('disconnected')).length, 0);
  }));

test('a page out of the back-forward cache connects again at once', play({}, async (scene) => {
  await scene.signIn();
  await scene.page.evaluate(() => {
    window.addEventListener('pageshow', ({ persisted }) => {
      /** @type {any} */ (window).harness.note('pageshow', { persisted });
    });
  });
  const channels = () => scene.requested().filter((line) => line.startsWith('POST notifications/channels')).length;
  const before = channels();
  await scene.page.goto(`${scene.platform.url}/platform/config`);
  await scene.page.goBack({ waitUntil: 'commit' }); // a page that is kept does not load again
  await scene.event('pageshow', { persisted: true });
  await scene.event('connected', { reconnect: true });
  await scene.inOrder(['disconnected', { reconnecting: true }], ['pageshow'], ['connected', { reconnect: true }]);
  assert.equal(channels(), before, 'the same channel');
  scene.platform.call({ farEnd: 'manual' });
  await scene.event('pendingSession');
}));

test('a token is replaced in a call without touching media, and asked for again and again before', play({
  expected: [FAILED_REQUEST, /webrtc-sdk/], sdkErrors: [/status code 401/, /Failed to set audioMute/],
}, async (scene) => {
  const { platform } = scene;
  await scene.signIn();
  await scene.page.evaluate(() => {
    const { sdk, harness } = /** @type {any} */ (window);
    sdk.on('tokenExpiring', (/** @type {any} */ event) => harness.note('tokenExpiring', event));
  });
  const call = await scene.talk({ farEnd: 'tone' });
  const { conversationId } = call;
  const media = (/** @type {object} */ least) => scene.page.evaluate((given) => (
    /** @type {any} */ (window).harness.mediaBeyond(given)), least);
  const alive = await scene.alive();
  platform.revoke(platform.token, { endStreams: false });
  await scene.fails('setAudioMute', { conversationId, mute: true });
  assert.deepEqual(await scene.event('tokenExpiring'), { kind: 'accessToken', reason: 'refused' });
  const first = await media({});
  const from = await scene.count();
  await scene.run('setAccessToken', platform.users.issueToken(platform.defaultUser.id));
  await scene.run('setAudioMute', { conversationId, mute: true });
  await until(call.farEnd, 'level', ({ rms }) => rms === 0);
  await scene.run('setAudioMute', { conversationId, mute: false });
  await media(first);
  const { peers, tracks, sockets } = await scene.alive();
  assert.deepEqual({ peers, tracks, sockets }, { peers: alive.peers, tracks: alive.tracks, sockets: alive.sockets });
  const after = (await scene.notes()).slice(from).map(({ name }) => name);
  for (const name of ['disconnected', 'sessionEnded', 'tokenExpiring']) assert.ok(!after.includes(name), name);
}));

test('the wait after a failure goes on after a reload', play({ expected: [FAILED_REQUEST, /webrtc-sdk/] },
  async (scene) => {
    const refused = scene.platform.faults.respond('POST', 'notifications/channels', { status: 503, times: 2 });
    await scene.signIn();
    assert.equal(refused.hits, 2);
    const read = () => scene.page.evaluate(() => sessionStorage.getItem('sc_connectionData_webrtc-sdk'));
    const stored = await read();
    // Two failures, or three where the identity was slower than the first answer.
    assert.ok(JSON.parse(stored ?? '{}').currentDelayMs >= 4000, `${stored}`);
    await scene.page.reload();
    await scene.signIn();
    assert.equal(JSON.parse(await read() ?? '{}').currentDelayMs, JSON.parse(stored ?? '{}').currentDelayMs);
  }));
