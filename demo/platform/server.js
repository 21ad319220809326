// SPDX-License-Identifier: MIT
// HTTP: sends each request to the REST API, to the platform's own control API, or to a folder of static
// files.

import { createServer } from 'node:http';
import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { extname, join, normalize, sep } from 'node:path';
import { readBody, readJson } from './rest.js';

const TYPES = /** @type {Record<string, string>} */ ({
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.mjs': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.json': 'application/json; charset=utf-8',
  '.map': 'application/json; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.ico': 'image/x-icon',
  '.wasm': 'application/wasm',
  '.wav': 'audio/wav',
  '.txt': 'text/plain; charset=utf-8',
});

/**
 * @typedef {object} StaticRoot
 * @property {string} path URL prefix that begins and ends with a slash, or the exact path of one file
 * @property {string} directory folder (or the one file) on disk
 * @property {Record<string, string>} [headers] extra response headers, for example Content-Security-Policy
 */

/** @typedef {(body: any) => unknown} ControlAction its result is sent as JSON; a throw becomes status 400 */

export class PlatformServer {
  /**
   * @param {object} parts
   * @param {import('./rest.js').RestApi} parts.rest
   * @param {import('./login.js').Login} parts.login
   * @param {Record<string, ControlAction>} parts.control by `METHOD /path`
   * @param {StaticRoot[]} parts.staticRoots the longest fitting prefix wins
   * @param {(request: import('node:http').IncomingMessage, socket: import('node:stream').Duplex,
   *   head: Buffer, path: string) => boolean} parts.upgrade says whether it took the socket
   * @param {(message: string, details?: unknown) => void} parts.log
   */
  constructor({ rest, login, control, staticRoots, upgrade, log }) {
    this.rest = rest;
    this.login = login;
    this.control = control;
    this.staticRoots = [...staticRoots];
    this.log = log;
    this.http = createServer((request, response) => {
      this.onRequest(request, response).catch((error) => {
        log('request failed', error);
        if (response.headersSent) response.destroy();
        else response.writeHead(500).end();
      });
    });
    this.http.on('upgrade', (request, socket, head) => {
      socket.on('error', () => socket.destroy());
      try {
        const path = new URL(request.url ?? '/', 'http://localhost').pathname;
        const taken = upgrade(request, socket, head, path);
        if (!taken) socket.end('HTTP/1.1 404 Not Found\r\nConnection: close\r\n\r\n');
      } catch {
        socket.end('HTTP/1.1 400 Bad Request\r\nConnection: close\r\n\r\n');
      }
    });
  }

  /** @param {number} port @param {string} host @returns {Promise<number>} the port in use */
  async listen(port, host) {
    await new Promise((resolve, reject) => {
      this.http.once('error', reject);
      this.http.listen(port, host, () => resolve(undefined));
    });
    const address = this.http.address();
    return typeof address === 'object' && address ? address.port : port;
  }

  /**
   * @param {import('node:http').IncomingMessage} request
   * @param {import('node:http').ServerResponse} response
   */
  async onRequest(request, response) {
    const url = new URL(request.url ?? '/', `http://${request.headers.host ?? 'localhost'}`);
    if (url.pathname.startsWith('/api/v2/')) return this.rest.handle(request, response, url);
    if (url.pathname.startsWith('/platform/')) return this.onControl(request, response, url);
    if (url.pathname === '/oauth/authorize') return this.onLogin(request, response, url);
    return this.onStatic(request, response, url);
  }

  /**
   * It hands out tokens: to pages of this machine only.
   * @param {import('node:http').IncomingMessage} request @param {import('node:http').ServerResponse} response
   * @param {URL} url
   */
  async onLogin(request, response, url) {
    const { origin } = request.headers;
    const own = isLoopback(url.hostname) && (request.method !== 'POST' || origin === url.origin);
    if (own) await this.login.handle(request, response, url, () => readBody(request));
    else response.writeHead(403).end();
  }

  /**
   * The control API hands out the token, so only pages of this very server (and programs without an origin)
   * get it.
   * @param {import('node:http').IncomingMessage} request @param {import('node:http').ServerResponse} response
   * @param {URL} url
   */
  async onControl(request, response, url) {
    const { origin } = request.headers;
    const action = this.control[`${request.method} ${url.pathname}`];
    /** @param {number} status @param {unknown} body */
    const answer = (status, body) => {
      response.writeHead(status, { 'content-type': TYPES['.json'], 'cache-control': 'no-store' });
      response.end(JSON.stringify(body));
    };
    if (!isLoopback(url.hostname) || (origin !== undefined && origin !== url.origin)) {
      return answer(403, { message: 'The control API is for this server\'s own pages' });
    }
    if (!action) return answer(404, { message: 'No such control' });
    try {
      return answer(200, await action(readJson(await readBody(request)) ?? {}));
    } catch (error) {
      return answer(400, { message: error instanceof Error ? error.message : String(error) });
    }
  }

  /**
   * @param {import('node:http').IncomingMessage} request @param {import('node:http').ServerResponse} response
   * @param {URL} url
   */
  async onStatic(request, response, url) {
    const root = this.staticRoots
      .filter(({ path }) => url.pathname === path || (path.endsWith('/') && url.pathname.startsWith(path)))
      .sort((a, b) => b.path.length - a.path.length)[0];
    const file = root && (request.method === 'GET' || request.method === 'HEAD')
      ? await findFile(root, url.pathname) : undefined;
    if (!file && url.pathname === '/favicon.ico') {
      // Browsers ask for it on their own; its absence must not show up as an error of the page.
      response.writeHead(204).end();
      return;
    }
    if (!file) {
      response.writeHead(404, { 'content-type': TYPES['.txt'] }).end('Not found\n');
      return;
    }
    response.writeHead(200, {
      'content-type': TYPES[extname(file.path).toLowerCase()] ?? 'application/octet-stream',
      'content-length': file.size,
      'cache-control': 'no-cache',
      'x-content-type-options': 'nosniff',
      ...root.headers,
    });
    if (request.method === 'HEAD') response.end();
    else createReadStream(file.path).on('error', () => response.destroy()).pipe(response);
  }

  async close() {
    const closed = new Promise((resolve) => this.http.close(resolve));
    this.http.closeAllConnections();
    await closed;
  }
}

/** @param {string} hostname rebound names are refused, whatever they resolve to */
const isLoopback = (hostname) => hostname === 'localhost' || hostname === '[::1]' || /^127\./.test(hostname);

/**
 * @param {StaticRoot} root
 * @param {string} pathname
 * @returns {Promise<{ path: string, size: number } | undefined>}
 */
async function findFile(root, pathname) {
  let below;
  try {
    below = normalize(decodeURIComponent(pathname.slice(root.path.length)));
  } catch {
    return undefined;
  }
  if (below.startsWith('..') || below.startsWith(sep) || below.includes('\0')) return undefined;
  const single = !root.path.endsWith('/');
  const path = single ? root.directory : join(root.directory, below);
  const found = await stat(path).catch(() => undefined);
  if (found?.isFile()) return { path, size: found.size };
  const index = join(path, 'index.html');
  const page = found?.isDirectory() ? await stat(index).catch(() => undefined) : undefined;
  return page?.isFile() ? { path: index, size: page.size } : undefined;
}
