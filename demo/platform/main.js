// SPDX-License-Identifier: MIT
// The platform as a program: `node demo/platform/main.js [--port N] [--host H] [--root DIR] [--call]
// [--verbose]`. Prints one JSON line with address and token when it is ready; Ctrl-C ends it.

import { parseArgs } from 'node:util';
import { resolve } from 'node:path';
import { startPlatform } from './index.js';

const { values } = parseArgs({
  options: {
    port: { type: 'string', default: '0' },
    host: { type: 'string', default: '127.0.0.1' },
    root: { type: 'string' },
    verbose: { type: 'boolean', default: false },
  },
});
const port = Number(values.port);
if (!Number.isInteger(port) || port < 0 || port > 65535) {
  console.error(`--port ${values.port}: not a port`);
  process.exit(2);
}

const platform = await startPlatform({
  port,
  host: values.host,
  staticRoots: values.root ? [{ path: '/', directory: resolve(values.root) }] : [],
  log: values.verbose ? (message, details = '') => console.error(message, details) : undefined,
});
console.log(JSON.stringify({
  url: platform.url, wsHost: platform.wsUrl, token: platform.token, caller: `${platform.url}/caller`,
}));
process.once('SIGINT', () => platform.close());
process.once('SIGTERM', () => platform.close());
