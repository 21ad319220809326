// SPDX-License-Identifier: MIT
// A server of Debian as a child of the test: in the foreground, on loopback, with its data below build/. It ends with
// the test, whatever becomes of that.

import { spawn } from 'node:child_process';
import { EventEmitter, once } from 'node:events';
import { createSocket } from 'node:dgram';
import { mkdtempSync, mkdirSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { until } from '../../demo/platform/index.js';

const BUILD = fileURLToPath(new URL('../../build/interop/', import.meta.url));
const KEPT_LINES = 40;

/** A folder of its own for one server. @param {string} name */
export const makeFolder = (name) => {
  mkdirSync(BUILD, { recursive: true });
  const path = mkdtempSync(join(BUILD, `${name}-`));
  return { path, remove: () => rmSync(path, { recursive: true, force: true }) };
};

/** A port of 127.0.0.1 that is free for both TCP and UDP. @returns {Promise<number>} */
export const freePort = async () => {
  const tcp = createServer().listen(0, '127.0.0.1');
  await once(tcp, 'listening');
  const { port } = /** @type {import('node:net').AddressInfo} */ (tcp.address());
  const udp = createSocket('udp4').bind(port, '127.0.0.1');
  const free = await new Promise((resolve) => {
    udp.once('listening', () => resolve(true)).once('error', () => resolve(false));
  });
  if (free) await new Promise((done) => { udp.close(() => done(undefined)); });
  await new Promise((done) => { tcp.close(done); });
  return free ? port : freePort();
};

/** Events: `line` (text) of either output, `exit`. */
export class Program extends EventEmitter {
  /** @param {string} command @param {string[]} args */
  constructor(command, args) {
    super();
    this.setMaxListeners(0);
    this.command = command;
    /** @type {string[]} */
    this.lines = [];
    // The kernel ends it with us, even when we are killed.
    this.child = spawn('setpriv', ['--pdeathsig', 'KILL', command, ...args], { stdio: ['ignore', 'pipe', 'pipe'] });
    this.ended = new Promise((resolve) => {
      this.child.once('close', resolve).once('error', resolve);
    });
    this.ended.then(() => this.emit('exit'));
    for (const stream of [this.child.stdout, this.child.stderr]) {
      createInterface({ input: stream }).on('line', (line) => {
        this.lines.push(line);
        this.emit('line', line);
      });
    }
  }

  /**
   * The first line that fits, of those there are and those to come.
   * @param {RegExp} pattern @param {number} [from] index of the first line that counts @returns {Promise<string>}
   */
  async says(pattern, from = 0) {
    const found = this.lines.slice(from).find((line) => pattern.test(line));
    if (found !== undefined) return found;
    const gone = new AbortController();
    try {
      return await Promise.race([
        until(this, 'line', (/** @type {string} */ line) => pattern.test(line)),
        once(this, 'exit', { signal: gone.signal }).then(() => Promise.reject(new Error('it has ended'))),
      ]);
    } catch (error) {
      const { message } = /** @type {Error} */ (error);
      const last = this.lines.slice(-KEPT_LINES).join('\n');
      throw new Error(`${this.command} did not say ${pattern} (${message}):\n${last}`);
    } finally {
      gone.abort();
    }
  }

  /** @param {NodeJS.Signals} [signal] @returns {Promise<unknown>} once it has ended */
  kill(signal = 'SIGKILL') {
    this.child.kill(signal);
    return this.ended;
  }
}
