// SPDX-License-Identifier: MIT
// The platform's STUN server: tells who asks their address (RFC 8489 section 14.2), and nothing to anybody else.

import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { createSocket } from 'node:dgram';
import { test } from 'node:test';
import { startPlatform } from '../../demo/platform/index.js';

const COOKIE = Buffer.from('2112a442', 'hex');

test('a binding request is answered with the address it came from, nothing else is', async () => {
  const platform = await startPlatform();
  const socket = createSocket('udp4');
  try {
    await new Promise((resolve) => { socket.bind(0, '127.0.0.1', () => resolve(undefined)); });
    const transaction = randomBytes(12);
    const request = Buffer.concat([Buffer.from('00010000', 'hex'), COOKIE, transaction]);
    /** @type {Promise<Buffer>} */
    const answered = new Promise((resolve) => { socket.once('message', resolve); });
    const noise = [Buffer.alloc(3), Buffer.alloc(64), Buffer.concat([request.subarray(0, 4), Buffer.alloc(16)])];
    for (const packet of [...noise, request]) socket.send(packet, platform.port, '127.0.0.1');
    const answer = await answered;
    assert.equal(answer.readUInt16BE(0), 0x0101);
    assert.deepEqual(answer.subarray(4, 20), request.subarray(4));
    assert.equal(answer.readUInt16BE(20), 0x0020);
    assert.equal(answer.readUInt16BE(26) ^ 0x2112, socket.address().port);
    const address = answer.subarray(28, 32).map((byte, at) => byte ^ COOKIE[at]);
    assert.deepEqual([...address], [127, 0, 0, 1]);
  } finally {
    socket.close();
    await platform.close();
    await platform.close();
  }
});
