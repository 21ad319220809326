// SPDX-License-Identifier: MIT
// Debian's coturn on loopback, with credentials that expire: the user name is the end of their time in seconds since
// the epoch, the password its HMAC (draft-uberti-behave-turn-rest).

import { createHmac } from 'node:crypto';
import { syncBuiltinESMExports } from 'node:module';
import { join } from 'node:path';
import timers from 'node:timers/promises';
import { Program, freePort, makeFolder } from '../program.mjs';

const HOST = '127.0.0.1';
const SECRET = 'shared between the platform and the relay';
const REALM = 'acme.orgspan.test';

/** @typedef {import('../../../demo/platform/xmpp.js').IceService} IceService */

// The far end's TURN client (werift) waits minutes for its next refresh, also when it has been closed: no reason for
// the process to stay.
const wait = timers.setTimeout;
timers.setTimeout = (delay, value, options) => wait(delay, value, { ref: false, ...options });
syncBuiltinESMExports();

/** @param {number} seconds from now; the past is possible */
export const credentials = (seconds) => {
  const ends = Math.floor(Date.now() / 1000) + seconds;
  const username = String(ends);
  return {
    username,
    password: createHmac('sha1', SECRET).update(username).digest('base64'),
    expires: new Date(ends * 1000).toISOString(),
  };
};

export const startCoturn = async () => {
  const folder = makeFolder('coturn');
  const port = await freePort();
  const program = new Program('turnserver', [
    '-n', `--listening-ip=${HOST}`, `--relay-ip=${HOST}`, `--listening-port=${port}`, `--realm=${REALM}`,
    '--use-auth-secret', `--static-auth-secret=${SECRET}`, '--no-tls', '--no-dtls', '--no-cli',
    '--allow-loopback-peers', '--no-multicast-peers', '--verbose', '--log-file=stdout', '--simple-log',
    `--pidfile=${join(folder.path, 'pid')}`, `--userdb=${join(folder.path, 'db')}`,
  ]);
  await program.says(/IPv4\. UDP listener opened on/);
  return {
    program,
    /** The reply to the `turn` query. @param {number} seconds until they expire @returns {IceService[]} */
    services: (seconds) => [{
      type: 'turn', host: HOST, port, transport: 'udp', restricted: '1', ...credentials(seconds),
    }],
    /** The same for a far end that is reached over the relay alone. @returns {Partial<import('werift').PeerConfig>} */
    ice: () => {
      const { username, password } = credentials(3600);
      const urls = `turn:${HOST}:${port}?transport=udp`;
      return { iceServers: [{ urls, username, credential: password }], iceTransportPolicy: 'relay' };
    },
    async close() {
      await program.kill();
      folder.remove();
    },
  };
};
