// SPDX-License-Identifier: MIT
import assert from 'node:assert/strict';
import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { MediaStreamTrack, RTCPeerConnection, usePCMU } from 'werift';
import { startPlatform, until } from '../../demo/platform/index.js';
import { closePeer } from '../../demo/platform/peer.js';
import { Meter, Pacer, SILENCE, toneFrames } from '../../demo/platform/tone.js';
import { Client, notice } from './client.mjs';

const root = fileURLToPath(new URL('../..', import.meta.url));

for (const hz of [200, 440, 1000, 3000]) {
  test(`a tone of ${hz} Hz is told from others and from silence`, () => {
    const meter = new Meter();
    for (let round = 0; round < 4; round += 1) for (const frame of toneFrames(hz)) meter.hear(frame);
    assert.ok(Math.abs((meter.lastToneHz ?? 0) - hz) <= 20, `heard ${meter.lastToneHz}`);
    assert.ok(Math.abs(meter.rms - 0.5 / Math.SQRT2) < 0.02, `level ${meter.rms}`);
    assert.ok(Math.abs(meter.energy - 0.4 * 0.125) < 0.005, `energy ${meter.energy}`);
    for (let round = 0; round < 5; round += 1) meter.hear(SILENCE);
    assert.equal(meter.rms, 0);
  });
}

/**
 * A client whose media comes from the same library as the far end's.
 * @param {Client} client
 * @param {Pacer} pacer
 */
function mediaClient(client, pacer) {
  const meter = new Meter();
  const frames = toneFrames(1000);
  const track = new MediaStreamTrack({ kind: 'audio' });
  const peer = new RTCPeerConnection({
    iceServers: [], iceUseIpv6: false, iceAdditionalHostAddresses: ['127.0.0.1'],
    codecs: { audio: [usePCMU({ payloadType: 0 })], video: [] },
  });
  peer.onTrack.subscribe((remote) => remote.onReceiveRtp.subscribe(({ payload }) => meter.hear(payload)));
  let sent = 0;
  const send = () => {
    const header = Buffer.alloc(12);
    header[0] = 0x80;
    header.writeUInt16BE(sent, 2);
    header.writeUInt32BE(sent * 160, 4);
    track.writeRtp(Buffer.concat([header, frames[sent % frames.length]]));
    sent += 1;
  };
  return {
    meter,
    /** @param {string} gateway @param {string} sessionId @param {string} sdp */
    async answer(gateway, sessionId, sdp) {
      await peer.setRemoteDescription({ type: 'offer', sdp });
      peer.addTrack(track);
      peer.getTransceivers()[0].setDirection('sendrecv');
      await peer.setLocalDescription(await peer.createAnswer());
      pacer.add(send);
      await client.call(gateway, 'answer', { sessionId, sdp: peer.localDescription?.sdp });
    },
    async close() {
      pacer.delete(send);
      await closePeer(peer);
    },
  };
}

test('the automated far end sends 440 Hz, hears what it is sent, and obeys hold and mute', async () => {
  const platform = await startPlatform();
  const client = await Client.signIn(platform);
  const pacer = new Pacer();
  const peer = mediaClient(client, pacer);
  const call = platform.call();
  const gateway = (await client.take('propose')).attributes.from;
  client.send(notice(gateway, 'proceed', call.sessionId));
  const { params } = await client.called('offer');
  assert.match(params.sdp, /a=candidate:.* 127\.0\.0\.1 /);
  const connected = until(call, 'connected');
  await peer.answer(gateway, call.sessionId, params.sdp);
  await connected;
  const heard = await until(call.farEnd, 'level', ({ lastToneHz, rms }) => lastToneHz && rms > 0.3);
  assert.equal(heard.lastToneHz, 1000);
  assert.ok(heard.packetsReceived >= 5 && heard.packetsSent > 0);
  await until(call.farEnd, 'level', () => peer.meter.lastToneHz === 440);

  call.update({ muted: true });
  platform.calls.hear(call.leg);
  await until(call.farEnd, 'level', ({ rms }) => rms === 0);
  call.update({ muted: false, held: true });
  platform.calls.hear(call.leg);
  await until(call.farEnd, 'level', () => peer.meter.rms === 0);
  call.update({ held: false });
  platform.calls.hear(call.leg);
  await until(call.farEnd, 'level', ({ rms }) => rms > 0.3 && peer.meter.rms > 0.3);
  call.hangup();
  await client.called('terminate');
  await peer.close();
  await client.close();
  await platform.close();
});

test('the silent far end sends packets without sound', async () => {
  const platform = await startPlatform();
  const client = await Client.signIn(platform);
  const pacer = new Pacer();
  const peer = mediaClient(client, pacer);
  const call = platform.call({ farEnd: 'silent' });
  const gateway = (await client.take('propose')).attributes.from;
  client.send(notice(gateway, 'proceed', call.sessionId));
  const { params } = await client.called('offer');
  await peer.answer(gateway, call.sessionId, params.sdp);
  await until(call.farEnd, 'level', ({ packetsSent }) => packetsSent > 10);
  assert.deepEqual([peer.meter.energy, peer.meter.lastToneHz], [0, null]);
  await peer.close();
  await client.close();
  await platform.close();
});

test('an answer that makes no sense ends the call, not the platform', async () => {
  const platform = await startPlatform();
  const client = await Client.signIn(platform);
  const call = platform.call();
  const gateway = (await client.take('propose')).attributes.from;
  client.send(notice(gateway, 'proceed', call.sessionId));
  await client.called('offer');
  const ended = until(call, 'ended');
  const { sessionId } = call;
  await client.call(gateway, 'iceCandidate', { sessionId, sdp: 'm=audio\r\na=candidate:nonsense\r\n' });
  await client.call(gateway, 'answer', { sessionId, sdp: 'nonsense' });
  assert.equal((await ended).reason, 'failed-application');
  assert.equal((await client.called('terminate')).params.reason, 'failed-application');
  await client.close();
  await platform.close();
});

test('a process ends by itself after close(), whatever state calls are in', async () => {
  const script = `
    import { startPlatform } from './demo/platform/index.js';
    import { Client, notice } from './tests/platform/client.mjs';
    const platform = await startPlatform();
    const client = await Client.signIn(platform);
    await client.subscribe('enable.server.side.pings');
    platform.call();
    const call = platform.call();
    client.send(notice(call.session.jid, 'proceed', call.sessionId));
    await client.called('offer');
    platform.faults.delay({ method: 'GET', path: 'users/me' }, 600_000);
    fetch(platform.url + '/api/v2/users/me').catch(() => {});
    await new Promise((resolve) => platform.server.http.once('request', resolve));
    await platform.close();
    await client.closed;
    console.log('closed');
  `;
  const { stdout } = await promisify(execFile)(process.execPath, ['--input-type=module', '-e', script], {
    cwd: root, timeout: 15_000,
  });
  assert.equal(stdout, 'closed\n');
});

test('the program prints where it is and ends on SIGINT', async () => {
  const child = spawn(process.execPath, ['js/cli/main.js', 'platform'], {
    cwd: root, stdio: ['ignore', 'pipe', 'inherit'],
  });
  const [line] = await once(child.stdout, 'data');
  const { url, wsHost, token } = JSON.parse(line.toString());
  const headers = { authorization: `Bearer ${token}` };
  assert.equal((await fetch(`${url}/api/v2/users/me`, { headers })).status, 200);
  assert.match(wsHost, /^ws:\/\/127\.0\.0\.1:\d+$/);
  const exited = once(child, 'exit');
  child.kill('SIGINT');
  assert.deepEqual(await exited, [0, null]);
});
