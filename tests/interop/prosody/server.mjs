// SPDX-License-Identifier: MIT
// Debian's Prosody on loopback in the place of the platform's stream server: users, WebSockets, pub-sub, external
// services. REST stays with the local platform.

import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Program, freePort, makeFolder } from '../program.mjs';

const HOST = '127.0.0.1';
const MODULES = fileURLToPath(new URL('modules', import.meta.url));

/** @param {unknown} value @returns {string} as Lua */
const lua = (value) => {
  if (Array.isArray(value)) return `{ ${value.map(lua).join('; ')} }`;
  if (value !== null && typeof value === 'object') {
    return `{ ${Object.entries(value).map(([name, item]) => `[${lua(name)}] = ${lua(item)}`).join('; ')} }`;
  }
  return JSON.stringify(value);
};

/** @param {Record<string, unknown>} options */
const settings = (options) => Object.entries(options).map(([name, value]) => `${name} = ${lua(value)};\n`).join('');

/**
 * @typedef {object} ProsodyOptions
 * @property {string} domain of the users
 * @property {string} notifications host of the pub-sub service
 * @property {Record<string, string>} passwords by local part
 * @property {{ domain: string, secret: string }} gateway an external component, which may also publish
 * @property {Record<string, unknown>[]} [services] of XEP-0215; none: the server does not have that extension
 */

/**
 * @param {ProsodyOptions} options @param {{ port: number, componentPort: number, folder: string }} place
 */
const configuration = (options, { port, componentPort, folder }) => [
  settings({
    run_as_root: true, pidfile: join(folder, 'pid'), data_path: join(folder, 'data'), plugin_paths: [MODULES],
    log: [{ levels: { min: 'debug' }, to: 'console' }],
    interfaces: [HOST], local_interfaces: [HOST], http_ports: [port], http_interfaces: [HOST], https_ports: [],
    component_ports: [componentPort], component_interfaces: [HOST],
    c2s_ports: [], c2s_direct_tls_ports: [], s2s_ports: [], s2s_direct_tls_ports: [],
    modules_enabled: [
      'saslauth', 'disco', 'ping', 'websocket', 'streaming', ...(options.services ? ['external_services'] : []),
    ],
    modules_disabled: ['s2s', 'offline', 'tls'],
    storage: 'internal', authentication: 'streaming', streaming_passwords: options.passwords,
    admins: [options.gateway.domain],
    c2s_require_encryption: false, allow_unencrypted_plain_auth: true, consider_websocket_secure: true,
    http_default_host: options.domain, trusted_proxies: [], external_services: options.services ?? [],
  }),
  `VirtualHost ${lua(options.domain)}\n`,
  `Component ${lua(options.notifications)} "pubsub"\n`,
  settings({ autocreate_on_subscribe: true, autocreate_on_publish: true }),
  `Component ${lua(options.gateway.domain)}\n`,
  settings({ component_secret: options.gateway.secret }),
].join('\n');

/** @param {ProsodyOptions} options */
export const startProsody = async (options) => {
  const folder = makeFolder('prosody');
  mkdirSync(join(folder.path, 'data'));
  const [port, componentPort] = [await freePort(), await freePort()];
  const config = join(folder.path, 'prosody.cfg.lua');
  writeFileSync(config, configuration(options, { port, componentPort, folder: folder.path }));
  const run = async () => {
    const program = new Program('prosody', ['-F', '--config', config]);
    await program.says(/Activated service 'http' on \[/);
    await program.says(/Activated service 'component' on \[/);
    return program;
  };
  const server = {
    program: await run(),
    componentPort,
    /** For the SDK's `wsHost`. */
    url: `ws://${HOST}:${port}`,
    /** Starts it again, on the same port and data. */
    async restart() {
      server.program = await run();
    },
    async close() {
      await server.program.kill();
      folder.remove();
    },
  };
  return server;
};
