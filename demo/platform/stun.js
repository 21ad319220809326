// SPDX-License-Identifier: MIT
// The STUN server (RFC 8489) beside the platform: tells whoever asks the address it was asked from. Binding requests
// over UDP and IPv4, all that a browser sends.

import { createSocket } from 'node:dgram';

const REQUEST = 0x0001;
const SUCCESS = 0x0101;
const COOKIE = 0x2112a442;
const XOR_MAPPED_ADDRESS = 0x0020;
const HEADER = 20;

/** @param {Buffer} request @param {import('node:dgram').RemoteInfo} from @returns {Buffer | undefined} */
const answerTo = (request, { address, port }) => {
  if (request.length < HEADER || request.readUInt16BE(0) !== REQUEST) return undefined;
  if (request.readUInt32BE(4) !== COOKIE) return undefined;
  const answer = Buffer.alloc(HEADER + 12);
  answer.writeUInt16BE(SUCCESS, 0);
  answer.writeUInt16BE(12, 2);
  request.copy(answer, 4, 4, HEADER);
  answer.writeUInt16BE(XOR_MAPPED_ADDRESS, HEADER);
  answer.writeUInt16BE(8, HEADER + 2);
  answer.writeUInt16BE(1, HEADER + 4); // IPv4
  answer.writeUInt16BE(port ^ (COOKIE >>> 16), HEADER + 6);
  Buffer.from(address.split('.').map(Number)).copy(answer, HEADER + 8);
  answer.writeUInt32BE((answer.readUInt32BE(HEADER + 8) ^ COOKIE) >>> 0, HEADER + 8);
  return answer;
};

/**
 * Starts it; resolves when it listens. A port that somebody has over UDP is left to them.
 * @param {number} port @param {string} host
 * @returns {Promise<() => void>} stops it
 */
export const startStun = (port, host) => new Promise((resolve) => {
  const socket = createSocket('udp4');
  let isOpen = true;
  const stop = () => {
    if (isOpen) socket.close();
    isOpen = false;
  };
  socket.on('message', (request, from) => {
    const answer = answerTo(request, from);
    if (answer) socket.send(answer, from.port, from.address);
  });
  socket.on('error', () => {
    stop();
    resolve(stop);
  });
  socket.bind(port, host, () => {
    socket.unref();
    resolve(stop);
  });
});
