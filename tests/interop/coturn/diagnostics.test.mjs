// SPDX-License-Identifier: MIT
// sdk.runDiagnostics() and a real relay: seen, refused, away.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { freePort } from '../program.mjs';
import { relayStage } from './scene.mjs';

const relay = relayStage();
const { play } = relay;

/** @typedef {import('../../e2e/support.mjs').Scene} Scene */

/** @param {Scene} scene @param {object} options @returns {Promise<any>} */
const diagnose = (scene, options) => scene.run('runDiagnostics', options);

/** @param {any} section */
const relays = ({ details }) => details.servers.filter((/** @type {any} */ { type }) => type === 'turn');

test('a relay that answers: all sections pass, and sound goes round over it', play({}, async (scene) => {
  scene.platform.config.turn = relay.coturn.services(3600);
  await scene.signIn();
  const report = await diagnose(scene, {});
  const verdicts = report.sections.map((/** @type {any} */ { verdict }) => verdict);
  assert.deepEqual(verdicts, Array(6).fill('pass'), report.text);
  assert.equal(report.verdict, 'pass');
  const [, , , , ice, media] = report.sections;
  const [seen, ...others] = relays(ice);
  assert.deepEqual([seen.transport, seen.reachable, others], ['udp', true, []]);
  const { path, packetsReceived, mos, heard } = media.details;
  assert.deepEqual([path, heard], ['relay', true]);
  assert.ok(packetsReceived > 100 && mos > 4, JSON.stringify(media.details));
  // Three allocations, one to look and two for both ends: each was given back.
  const { username } = scene.platform.config.turn[0];
  await relay.coturn.program.says(new RegExp(`delete: realm=<acme.orgspan.test>, username=<${username}>`));
  const { peers, tracks } = await scene.alive();
  assert.deepEqual({ peers, tracks }, { peers: 0, tracks: 0 });
  for (const secret of [username, '127.0.0.1', scene.platform.token]) {
    assert.ok(!JSON.stringify(report).includes(String(secret)), String(secret));
  }
}));

test('credentials that are no longer good are told from a relay that is away', play({}, async (scene) => {
  scene.platform.config.turn = [
    ...relay.coturn.services(-60), { ...relay.coturn.services(3600)[0], port: await freePort(), transport: 'tcp' },
  ];
  await scene.signIn();
  const { sections: [ice, media] } = await diagnose(scene, { sections: ['ice', 'media'] });
  assert.equal(ice.verdict, 'fail');
  assert.match(ice.summary, /refuses its credentials/);
  const [refused, away] = relays(ice);
  assert.deepEqual([refused.transport, refused.reachable, refused.errorCode], ['udp', false, 401]);
  assert.deepEqual([away.transport, away.reachable, away.errorCode], ['tcp', false, 701]);
  // Without a relay there is the direct way.
  assert.deepEqual([media.verdict, media.details.path], ['pass', 'direct']);
}));

test('one relay of two, beside a call that goes over it', play({ platform: { station: { webRtcForceTurn: true } } },
  async (scene) => {
    const [good] = relay.coturn.services(3600);
    scene.platform.config.turn = [good, { ...good, port: await freePort() }];
    await scene.signIn();
    const call = await scene.talk({ farEnd: relay.relayed(scene) });
    const { sections: [ice] } = await diagnose(scene, { sections: ['ice'], timeoutMs: { ice: 3000 } });
    assert.deepEqual([ice.verdict, ice.details.relayOnly], ['warn', true]);
    assert.deepEqual(relays(ice).map((/** @type {any} */ { reachable }) => reachable), [true, false]);
    assert.equal((await scene.alive()).peers, 1);
    await scene.run('endSession', { conversationId: call.conversationId });
  }));
