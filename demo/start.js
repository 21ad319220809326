// SPDX-License-Identifier: MIT
// `npm start`: the demo on the local platform. `npm start -- --call`: one unattended call, one JSON line on
// standard output, exit 0 only if RTP flowed both ways. `--port N`: the port of the demo (default 8080, or any
// free one with --call). `--original`: the published original SDK in the place of ours.

import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { makeOneCall } from './one-call.js';
import { startPlatform } from './platform/index.js';
import { SITE, siteWith } from './site.js';

const DEFAULT_PORT = 8080;
/** Brought there, by its hash, when `npm start` is given --original. */
const ORIGINAL = fileURLToPath(new URL('../build/deps/original/original.bundle.min.js', import.meta.url));

/** @param {string | undefined} text @param {number} fallback */
const readPort = (text, fallback) => {
  const port = text === undefined ? fallback : Number(text);
  if (Number.isInteger(port) && port >= 0 && port < 65536) return port;
  console.error(`--port ${text} is not a port: give a number from 0 to 65535.`);
  process.exit(2);
};

/** @param {number} port @param {boolean} original */
const start = async (port, original) => {
  try {
    return await startPlatform({ port, staticRoots: original ? siteWith(ORIGINAL) : SITE });
  } catch (error) {
    if (/** @type {NodeJS.ErrnoException} */ (error).code !== 'EADDRINUSE') throw error;
    console.error(`Port ${port} is taken: stop what uses it, or run \`npm start -- --port 0\`.`);
    process.exit(1);
  }
};

const { values } = parseArgs({
  options: {
    call: { type: 'boolean', default: false }, original: { type: 'boolean', default: false }, port: { type: 'string' },
  },
});
const platform = await start(readPort(values.port, values.call ? 0 : DEFAULT_PORT), values.original);

// Whoever joins a meeting finds somebody there.
platform.rooms.robots = true;

const call = async () => {
  console.error('Making one call in headless Chromium\u2026');
  const result = await makeOneCall(platform);
  console.log(JSON.stringify(result));
  const { packets_sent: sent, packets_received: received, far_end_packets_received: arrived } = result;
  if (sent > 0 && received > 0 && arrived > 0) return;
  console.error('No RTP in one direction: see the counts above.');
  process.exitCode = 1;
};

if (values.call) {
  try {
    await call();
  } catch (error) {
    console.error(`The call failed: ${/** @type {Error} */ (error).message}`);
    process.exitCode = 1;
  } finally {
    await platform.close();
  }
} else {
  console.log(`The agent desktop is at ${platform.url}/, the caller's page at ${platform.url}/caller. `
    + 'Ctrl-C ends it.');
  for (const signal of /** @type {const} */ (['SIGINT', 'SIGTERM'])) process.once(signal, () => platform.close());
}
