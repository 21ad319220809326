// SPDX-License-Identifier: MIT
// Browser tests share these few steps: start Debian's Chromium with fake devices, serve pages from memory,
// and fail on console errors nobody announced.

import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { extname } from 'node:path';

export { launchChromium } from '../../demo/chromium.js';

const TYPES = /** @type {Record<string, string>} */ ({
  '.html': 'text/html; charset=utf-8', '.js': 'text/javascript; charset=utf-8',
  '.mjs': 'text/javascript; charset=utf-8', '.css': 'text/css; charset=utf-8',
  '.json': 'application/json', '.svg': 'image/svg+xml', '.wasm': 'application/wasm', '.map': 'application/json',
});

/**
 * Text, or a file read at each request; with `type`, of another type than its name says.
 * @typedef {string | { file: string, type?: string } | { text: string, type: string }} PageContent
 */

/**
 * Serves a few pages on a free port of 127.0.0.1, an origin of its own.
 * @param {Record<string, PageContent>} pages by path, for example `/index.html`; `/` is the main one
 * @param {Record<string, string>} [headers] of every response
 * @returns {Promise<{ url: string, close(): Promise<void> }>}
 */
export async function servePage(pages, headers = {}) {
  const server = createServer((request, response) => {
    const path = new URL(request.url ?? '/', 'http://localhost').pathname;
    const content = pages[path];
    if (content === undefined) {
      // Browsers ask for an icon on their own; its absence must not look like an error of the page.
      response.writeHead(path === '/favicon.ico' ? 204 : 404).end();
      return;
    }
    const named = TYPES[extname(path === '/' ? '.html' : path) || '.html'] ?? 'text/html; charset=utf-8';
    const { type = named, text = '', file = undefined } = typeof content === 'string' ? { text: content }
      : /** @type {{ text?: string, file?: string, type?: string }} */ (content);
    Promise.resolve(file ? readFile(file) : text).then((body) => {
      response.writeHead(200, { 'content-type': type, ...headers }).end(body);
    }, () => response.writeHead(500).end());
  });
  await new Promise((resolve) => server.listen(0, '127.0.0.1', () => resolve(undefined)));
  const address = server.address();
  if (!address || typeof address === 'string') throw new Error('no address');
  return {
    url: `http://127.0.0.1:${address.port}/`,
    close: () => new Promise((resolve) => {
      server.close(() => resolve());
      server.closeAllConnections();
    }),
  };
}

/**
 * Opens a page and watches its console.
 * @param {import('playwright-core').Browser} browser
 * @param {string} url
 * @param {{ expected?: RegExp[], context?: import('playwright-core').BrowserContextOptions,
 *   prepare?: (page: import('playwright-core').Page) => Promise<unknown> }} [options]
 *   `expected`: console errors that belong to the test; `prepare`: what to do before the page is opened
 * @returns {Promise<{ page: import('playwright-core').Page, errors: string[], done(): Promise<void> }>}
 *   `done` closes the page and fails on any other console error or uncaught exception
 */
export async function openPage(browser, url, { expected = [], context: options = {}, prepare } = {}) {
  const context = await browser.newContext({ permissions: ['microphone', 'camera'], ...options });
  const page = await context.newPage();
  /** @type {string[]} */
  const errors = [];
  const note = (/** @type {string} */ text) => {
    if (!expected.some((pattern) => pattern.test(text))) errors.push(text);
  };
  page.on('console', (message) => {
    if (message.type() === 'error') note(`${message.text()} (${message.location().url})`);
  });
  page.on('pageerror', (error) => note(String(error)));
  await prepare?.(page);
  await page.goto(url);
  return {
    page,
    errors,
    async done() {
      await context.close();
      assert.deepEqual(errors, [], 'the page reported errors');
    },
  };
}
