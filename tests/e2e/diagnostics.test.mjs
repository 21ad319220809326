// SPDX-License-Identifier: MIT
// sdk.runDiagnostics() in a real browser against the local platform: what each section says of what goes wrong, and
// that nothing of it stays.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { until } from '../../demo/platform/index.js';
import { FAILED_REQUEST, FAILED_SOCKET, stage } from './support.mjs';

/** @typedef {import('./support.mjs').Scene} Scene */
/** @typedef {import('../../js/types/index.js').DiagnosticsReport} Report */

// Without the flag that answers for the user, what no permission was granted for stays unanswered.
const { play } = stage({ without: ['--use-fake-ui-for-media-stream'] });
const bare = stage({ without: ['--use-fake-device-for-media-stream'] });
const framed = stage({ headers: { 'permissions-policy': 'microphone=()' } });
/** Playwright's own evaluations count as a touch: this page acts by itself. */
const untouched = stage({
  flags: ['--autoplay-policy=user-gesture-required'], without: ['--use-fake-ui-for-media-stream'],
  pages: {
    '/untouched': '<!DOCTYPE html><title>application</title><body><script src="/harness.js"></script>'
      + '<script src="/sdk.js"></script><script src="/act.js"></script></body>',
    '/act.js': `const { GenesysCloudWebrtcSdk: Sdk } = window.GenesysCloudWebrtcSdk;
      const sdk = new Sdk({ accessToken: 'none', environment: 'mypurecloud.com', logLevel: 'error' });
      sdk.runDiagnostics({ sections: ['permissions', 'media'] })
        .then(({ sections }) => console.info('report', JSON.stringify(sections)));`,
  },
});
const NOISE = [FAILED_REQUEST, FAILED_SOCKET, /webrtc-sdk/, /Permissions policy violation/];

/** @param {Scene} scene @param {any} [options] @returns {Promise<Report>} */
const diagnose = (scene, options) => scene.run('runDiagnostics', ...(options ? [options] : []));

/** The one section that was asked for. @param {Scene} scene @param {string} name @returns {Promise<any>} */
const look = async (scene, name) => {
  const { sections } = await diagnose(scene, { sections: [name] });
  assert.deepEqual(sections.map((one) => one.name), [name]);
  return sections[0];
};

/** What a run may leave: nothing but the connection. @param {Scene} scene @param {number} [sockets] */
const expectNothingLeft = async (scene, sockets = 1) => {
  const { peers, tracks, ...rest } = await scene.alive();
  assert.deepEqual({ peers, tracks, sockets: rest.sockets }, { peers: 0, tracks: 0, sockets });
};

test('all is well but for the relay that the local platform does not have', play({}, async (scene) => {
  await scene.signIn();
  const report = await diagnose(scene);
  const verdicts = Object.fromEntries(report.sections.map(({ name, verdict }) => [name, verdict]));
  assert.deepEqual(verdicts, {
    permissions: 'pass', devices: 'pass', rest: 'pass', socket: 'pass', ice: 'warn', media: 'pass',
  });
  assert.equal(report.verdict, 'warn');
  assert.ok(Math.abs(Date.now() - Date.parse(report.startedAt)) < 60_000);
  const [permissions, devices, rest, socket, ice, media] = /** @type {any[]} */ (report.sections);
  assert.deepEqual(permissions.details, {
    microphone: 'granted', camera: 'granted', policy: true, secureContext: true, mediaDevices: true, webrtc: true,
    hid: true, soundBlocked: false,
  });
  // Those that a person would count: Chromium lists the default ones twice.
  const counted = await scene.page.evaluate(async () => {
    const all = (await navigator.mediaDevices.enumerateDevices()).filter(({ deviceId }) => deviceId !== 'default');
    return ['audioinput', 'audiooutput', 'videoinput'].map((kind) => all.filter((one) => one.kind === kind).length);
  });
  const { microphones, speakers, cameras } = devices.details;
  assert.deepEqual([microphones, speakers, cameras], counted);
  assert.ok(microphones > 0 && speakers > 0 && cameras > 0);
  assert.equal(rest.details.status, 200);
  assert.equal(rest.details.tokenValid, true);
  assert.equal(socket.details.connected && socket.details.answered, true);
  assert.match(ice.summary, /no relay/);
  assert.deepEqual(ice.details.servers.map((/** @type {any} */ one) => [one.type, one.reachable]), [['stun', true]]);
  const { source, path, packetsReceived, packetsLost, roundTripMs, mos, heard, muted } = media.details;
  assert.deepEqual({ source, path, heard, muted }, { source: 'microphone', path: 'direct', heard: true, muted: false });
  assert.ok(packetsReceived > 100 && packetsLost < 5 && roundTripMs >= 0 && mos > 4.5, JSON.stringify(media.details));
  // For a person: a line each, and no address, no token.
  const lines = report.text.split('\n');
  assert.equal(lines.length, 7);
  assert.equal(lines[5], `ice: warn. ${ice.summary} ${ice.advice}`);
  const everything = JSON.stringify(report);
  for (const secret of [scene.platform.token, '127.0.0.1', String(scene.platform.port)]) {
    assert.ok(!everything.includes(secret), secret);
  }
  await expectNothingLeft(scene);
}));

test('before initialize(): the socket opens beside, and nobody signs in', play({}, async (scene) => {
  await scene.construct();
  const { sections, verdict } = await diagnose(scene);
  const verdicts = Object.fromEntries(sections.map((one) => [one.name, one.verdict]));
  assert.deepEqual(verdicts, {
    permissions: 'pass', devices: 'pass', rest: 'pass', socket: 'pass', ice: 'skipped', media: 'pass',
  });
  assert.equal(verdict, 'pass');
  const [, , , socket, ice] = /** @type {any[]} */ (sections);
  assert.equal(socket.details.connected, false);
  assert.equal(socket.details.opened && socket.details.answered, true);
  assert.match(ice.advice, /initialize/);
  const sent = scene.platform.stanzas.filter(({ direction }) => direction === 'in').map(({ element }) => element?.name);
  assert.ok(sent.includes('open') && !sent.includes('auth') && !sent.includes('iq'), sent.join(' '));
  await expectNothingLeft(scene, 0);
  await scene.run('initialize');
}));

test('a JWT is looked at as such: its socket, without a channel', play({ expected: NOISE }, async (scene) => {
  const jwt = scene.platform.guests.issue({ userId: scene.platform.defaultUser.id });
  await scene.construct({ accessToken: undefined, jwt });
  const socket = await look(scene, 'socket');
  assert.deepEqual([socket.verdict, socket.details.answered], ['pass', true]);
  assert.deepEqual(scene.requested(), []);
  const rest = await look(scene, 'rest');
  assert.deepEqual([rest.verdict, rest.details.tokenValid], ['pass', undefined]);
}));

test('each section is told as it ends', play({}, async (scene) => {
  await scene.signIn();
  const { told, report } = await scene.page.evaluate(async () => {
    /** @type {any[]} */
    const told = [];
    const report = await /** @type {any} */ (window).sdk.runDiagnostics({
      sections: ['devices', 'rest', 'permissions'],
      onProgress: (/** @type {any} */ result) => told.push(result),
    });
    return { told, report };
  });
  assert.deepEqual(report.sections.map((/** @type {any} */ { name }) => name), ['permissions', 'devices', 'rest']);
  const sorted = (/** @type {any[]} */ list) => [...list].sort((a, b) => a.name.localeCompare(b.name));
  assert.deepEqual(sorted(told), sorted(report.sections));
}));

// What goes wrong

test('a microphone that is denied, or that nobody was asked for: a tone takes its place', play({
  context: { permissions: [] },
}, async (scene) => {
  await scene.construct();
  const denied = await look(scene, 'permissions');
  assert.deepEqual([denied.verdict, denied.details.microphone], ['fail', 'denied']);
  // A headless browser answers by itself.
  await scene.page.evaluate(() => {
    navigator.permissions.query = async () => /** @type {any} */ ({ state: 'prompt' });
  });
  const asked = await look(scene, 'permissions');
  assert.deepEqual([asked.verdict, asked.details.microphone], ['warn', 'prompt']);
  const media = await look(scene, 'media');
  assert.deepEqual([media.verdict, media.details.source], ['pass', 'tone']);
  assert.ok(media.details.packetsReceived > 100 && media.details.mos > 4.5);
  assert.match(media.summary, /tone/);
  assert.deepEqual(await scene.notes('getUserMedia'), []);
  await expectNothingLeft(scene, 0);
}));

/** @type {Promise<import('playwright-core').ConsoleMessage>} */
let told;
test('a page that was not touched plays no sound yet, but can be looked at', untouched.play({
  path: 'untouched',
  prepare: async (page) => {
    told = page.waitForEvent('console', { predicate: (message) => message.text().startsWith('report') });
  },
}, async () => {
  const [permissions, media] = JSON.parse((await told).text().slice('report'.length));
  assert.deepEqual([permissions.verdict, permissions.details.soundBlocked], ['warn', true]);
  assert.deepEqual([media.verdict, media.details.source], ['pass', 'microphone']);
}));

test('no device at all', bare.play({}, async (scene) => {
  await scene.construct();
  const devices = await look(scene, 'devices');
  assert.deepEqual([devices.verdict, devices.details.microphones], ['fail', 0]);
  const media = await look(scene, 'media');
  assert.deepEqual([media.verdict, media.summary], ['fail', 'The microphone cannot be opened.']);
  await expectNothingLeft(scene, 0);
}));

test('a chosen device that is gone, and one that is there', play({}, async (scene) => {
  await scene.construct({ defaults: { audioDeviceId: 'unplugged' } });
  const gone = await look(scene, 'devices');
  assert.deepEqual([gone.verdict, gone.details.chosenMicrophone], ['warn', false]);
  const id = await scene.page.evaluate(async () => {
    const list = await navigator.mediaDevices.enumerateDevices();
    return list.filter(({ kind }) => kind === 'audioinput').at(-1)?.deviceId;
  });
  await scene.run('updateDefaultDevices', { audioDeviceId: id });
  const there = await look(scene, 'devices');
  assert.deepEqual([there.verdict, there.details.chosenMicrophone], ['pass', true]);
  // The same constraints as of a call.
  await look(scene, 'media');
  const [{ detail }] = await scene.notes('getUserMedia');
  assert.deepEqual([detail.audio.deviceId, detail.audio.echoCancellation], [{ exact: id }, true]);
}));

test('a page whose policy forbids the microphone', framed.play({ expected: NOISE }, async (scene) => {
  await scene.construct();
  const permissions = await look(scene, 'permissions');
  assert.deepEqual([permissions.verdict, permissions.details.policy], ['fail', false]);
}));

for (const [status, summary] of /** @type {const} */ ([
  [401, /refuses the token/], [403, /does not allow/], [500, /error 500/], [0, /cannot be reached/],
])) {
  test(`the API answers ${status || 'not at all'}`, play({ expected: NOISE }, async (scene) => {
    await scene.construct();
    const rule = scene.platform.faults.respond('GET', 'users/me', { status, times: 99 });
    const { verdict, sections: [rest, socket] } = await diagnose(scene, { sections: ['socket', 'rest'] });
    assert.equal(verdict, 'fail');
    assert.deepEqual([rest.name, rest.verdict], ['rest', 'fail']);
    assert.match(rest.summary, summary);
    assert.deepEqual([socket.name, socket.verdict], ['socket', 'skipped']);
    const again = await look(scene, 'rest');
    assert.equal(again.details.status, status || undefined);
    // Diagnostics decide nothing about the SDK.
    rule.remove();
    await scene.run('initialize');
  }));
}

test('a socket that is refused, and a connection that is silent', play({ expected: NOISE }, async (scene) => {
  await scene.construct();
  scene.platform.faults.refuseSockets(503, { times: 1 });
  const refused = await look(scene, 'socket');
  assert.deepEqual([refused.verdict, refused.summary], ['fail', 'The signaling WebSocket does not open.']);
  await scene.run('initialize');
  scene.platform.faults.swallow({ direction: 'in', match: ({ xml }) => xml.includes('urn:xmpp:ping') }, { times: 9 });
  const { sections: [silent] } = await diagnose(scene, { sections: ['socket'], timeoutMs: { socket: 500 } });
  assert.deepEqual([silent.verdict, silent.summary], ['fail', 'No answer within 0.5 s.']);
}));

test('a section that is late fails, and the others do not wait for it', play({ expected: NOISE }, async (scene) => {
  await scene.construct();
  scene.platform.faults.delay({ method: 'GET', path: 'users/me' }, 5000);
  const { sections: [permissions, rest], durationMs } = await diagnose(scene, {
    sections: ['permissions', 'rest'], timeoutMs: 400,
  });
  assert.deepEqual([permissions.verdict, rest.verdict, rest.summary], ['pass', 'fail', 'No answer within 0.4 s.']);
  assert.ok(rest.durationMs >= 400 && durationMs < 3000, `${durationMs}`);
}));

test('servers for media that nobody is behind', play({
  platform: { stream: { stun: [{ type: 'stun', host: '127.0.0.1', port: 9, transport: 'udp' }] } },
}, async (scene) => {
  await scene.signIn();
  const { sections: [ice] } = /** @type {any} */ (await diagnose(scene, { sections: ['ice'], timeoutMs: 1500 }));
  assert.equal(ice.verdict, 'fail');
  assert.deepEqual(ice.details.servers.map((/** @type {any} */ one) => one.reachable), [false]);
  await expectNothingLeft(scene);
}));

// Beside a call

test('a call goes on as if nothing was', play({}, async (scene) => {
  await scene.signIn();
  const call = await scene.talk({ farEnd: 'tone' });
  await until(call.farEnd, 'level', ({ rms }) => rms > 0.01);
  await scene.page.evaluate(() => {
    const scope = /** @type {any} */ (window);
    const [session] = scope.sdk.sessionManager.getAllActiveSessions();
    const [sender] = session.pc.getSenders();
    const { clone } = MediaStreamTrack.prototype;
    Object.assign(scope, { session, track: sender.track, clones: [] });
    MediaStreamTrack.prototype.clone = function cloneTrack() {
      const made = clone.call(this);
      scope.clones.push(made);
      return made;
    };
  });
  const asked = (await scene.notes('getUserMedia')).length;
  const counters = () => scene.page.evaluate(async () => {
    const { session } = /** @type {any} */ (window);
    const records = [...(await session.pc.getStats()).values()];
    return ['outbound-rtp', 'inbound-rtp'].map((kind) => {
      const found = records.find(({ type }) => type === kind);
      return found.packetsSent ?? found.packetsReceived;
    });
  });
  const before = await counters();
  const heard = until(call.farEnd, 'level', ({ rms }) => rms > 0.01);
  const report = await diagnose(scene);
  await heard;
  const after = await counters();
  // Fifty packets a second each way, for the three seconds that are listened at the least.
  assert.ok(after.every((count, at) => count - before[at] > 120), `${before} ${after}`);
  await until(call.farEnd, 'level', ({ rms }) => rms > 0.01);
  const { source, heard: isHeard } = /** @type {any} */ (report.sections[5].details);
  assert.deepEqual([source, isHeard, report.sections[5].verdict], ['microphone', true, 'pass']);
  assert.equal((await scene.notes('getUserMedia')).length, asked, 'the microphone is not asked for again');
  const state = await scene.page.evaluate(() => {
    const { session, track, clones } = /** @type {any} */ (window);
    return {
      same: session.pc.getSenders()[0].track === track, live: track.readyState, state: session.state,
      clones: clones.map((/** @type {MediaStreamTrack} */ one) => one.readyState),
    };
  });
  assert.deepEqual(state, { same: true, live: 'live', state: 'active', clones: ['ended'] });
  assert.equal((await scene.alive()).peers, 1);
  assert.deepEqual(await scene.notes('sessionEnded', 'callQualityWarning'), []);

  // Muted in the browser, it stays so for everybody.
  await scene.page.evaluate(() => {
    /** @type {any} */ (window).track.enabled = false;
  });
  const muted = await look(scene, 'media');
  assert.deepEqual([muted.verdict, muted.details.muted, muted.details.heard], ['pass', true, false]);
}));

// Its end

test('abort: the reason, and nothing left', play({}, async (scene) => {
  await scene.signIn();
  const { early, late } = await scene.page.evaluate(async () => {
    const scope = /** @type {any} */ (window);
    const reason = (/** @type {Promise<any>} */ run) => (
      run.then(() => 'resolved', (error) => String(error?.name ?? error)));
    const early = await reason(scope.sdk.runDiagnostics({ signal: AbortSignal.abort('before') }));
    const controller = new AbortController();
    const run = reason(scope.sdk.runDiagnostics({ signal: controller.signal }));
    // In the midst of it: the loop of media stands.
    for (;;) {
      const open = scope.harness.peers.filter((/** @type {any} */ one) => one.signalingState !== 'closed');
      if (open.some((/** @type {any} */ one) => one.connectionState === 'connected')) break;
      await new Promise((again) => { requestAnimationFrame(again); });
    }
    controller.abort();
    return { early, late: await run };
  });
  assert.deepEqual([early, late], ['before', 'AbortError']);
  await expectNothingLeft(scene);
  // Another run is not in the way of anything.
  assert.equal((await look(scene, 'devices')).verdict, 'pass');
}));

test('one at a time, known sections, and none after destroy()', play({
  sdkErrors: [/running already/, /no such section/],
}, async (scene) => {
  await scene.construct();
  const wrong = await scene.fails('runDiagnostics', { sections: ['weather'] });
  assert.deepEqual([wrong.type, wrong.isSdkError], ['invalid_options', true]);
  assert.equal((await scene.fails('runDiagnostics', { timeoutMs: 0 })).type, 'invalid_options');
  const second = await scene.page.evaluate(async () => {
    const { sdk } = /** @type {any} */ (window);
    const first = sdk.runDiagnostics({ sections: ['devices'] });
    const error = await sdk.runDiagnostics().catch((/** @type {any} */ one) => one);
    return [error.type, (await first).verdict];
  });
  assert.deepEqual(second, ['generic', 'pass']);
  const ended = await scene.page.evaluate(async () => {
    const scope = /** @type {any} */ (window);
    const run = scope.sdk.runDiagnostics().catch((/** @type {any} */ error) => error.type);
    while (!scope.harness.peers.length) await new Promise((again) => { requestAnimationFrame(again); });
    await scope.sdk.destroy();
    return run;
  });
  assert.equal(ended, 'session');
  await expectNothingLeft(scene, 0);
  assert.equal((await scene.fails('runDiagnostics')).type, 'session');
}));
