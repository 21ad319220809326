// SPDX-License-Identifier: MIT
// `genesys-cloud-webrtc-sdk-wasm platform`: the local platform as a program, for as long as the person wants it.

import { statSync } from 'node:fs';
import { once } from 'node:events';
import { resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { SITE } from '../../demo/site.js';
import { UsageError } from './usage.js';

const HELP = `Usage: genesys-cloud-webrtc-sdk-wasm platform [options]

Serves a local platform that the SDK signs in to, gets calls from and makes calls with, and the
files of your application beside it. No account, and no network beyond this machine. Ctrl-C ends it.

Options:
  --port N    the port; 0 is any free one (default)
  --host H    the address to listen on (default 127.0.0.1)
  --root DIR  serve this folder at /
  --demo      serve the agent desktop of the SDK at /
  --verbose   tell every request, connection and call on standard error
  --help      this text

On a terminal it prints what to do next, otherwise one line of JSON: url, wsHost, token, caller.`;

/** @param {string} text @returns {number} */
const readPort = (text) => {
  const port = /^\d+$/.test(text) ? Number(text) : NaN;
  if (port <= 65_535) return port;
  throw new UsageError(`--port ${text} is not a port: give a number from 0 to 65535.`);
};

/** @param {string} folder @returns {string} */
const readFolder = (folder) => {
  if (statSync(folder, { throwIfNoEntry: false })?.isDirectory()) return resolve(folder);
  throw new UsageError(`--root ${folder} is not a folder.`);
};

/** @param {import('../../demo/platform/index.js').Platform} platform @param {boolean} serves something at / */
const explain = (platform, serves) => `The platform is ready. Ctrl-C ends it.

${serves ? `  your page     ${platform.url}/\n` : ''}  the caller    ${platform.url}/caller (rings the agent and talks)
  access token  ${platform.token}

  new GenesysCloudWebrtcSdk({
    environment: '${platform.url}',
    wsHost: '${platform.wsUrl}',
    accessToken: '${platform.token}',
  });

Rings the agent: curl -X POST ${platform.url}/platform/call
`;

/** Runs until SIGINT or SIGTERM. @param {string[]} args @returns {Promise<number>} exit code */
export const run = async (args) => {
  const { values } = parseArgs({
    args,
    options: {
      port: { type: 'string', default: '0' },
      host: { type: 'string', default: '127.0.0.1' },
      root: { type: 'string' },
      demo: { type: 'boolean', default: false },
      verbose: { type: 'boolean', default: false },
      help: { type: 'boolean', default: false },
    },
  });
  if (values.help) {
    console.log(HELP);
    return 0;
  }
  const { host, root, demo, verbose } = values;
  if (root !== undefined && demo) throw new UsageError('--root and --demo both serve /: give one of them.');
  const port = readPort(values.port);
  const own = root === undefined ? [] : [{ path: '/', directory: readFolder(root) }];
  const ends = Promise.race([once(process, 'SIGINT'), once(process, 'SIGTERM')]);
  const log = (/** @type {string} */ text, /** @type {unknown} */ more = '') => console.error(text, more);
  const options = { port, host, staticRoots: demo ? SITE : own, ...(verbose && { log }) };
  const { startPlatform } = await import('../../demo/platform/index.js');
  let platform;
  try {
    platform = await startPlatform(options);
  } catch (error) {
    // A sentence about host and port.
    console.error(/** @type {Error} */ (error).message);
    return 1;
  }
  // Whoever joins a meeting finds somebody there.
  platform.rooms.robots = demo;
  const { url, wsUrl: wsHost, token } = platform;
  console.log(process.stdout.isTTY ? explain(platform, demo || root !== undefined)
    : JSON.stringify({ url, wsHost, token, caller: `${url}/caller` }));
  await ends;
  await platform.close();
  return 0;
};
