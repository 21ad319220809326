// SPDX-License-Identifier: MIT
// The demo as a site: which folders are served where, under the Content-Security-Policy the SDK promises to
// live with.

import { fileURLToPath } from 'node:url';

/** @param {string} path relative to this folder */
const folder = (path) => fileURLToPath(new URL(path, import.meta.url));

/** No `unsafe-eval`, nothing inline; the desktop may sign in anywhere, so connections are free. */
export const POLICY = [
  "default-src 'self'",
  "script-src 'self' 'wasm-unsafe-eval'",
  "style-src 'self'",
  "img-src 'self' data:",
  'connect-src * ws: wss:',
  "media-src 'self' blob: mediastream:",
  "object-src 'none'",
  "base-uri 'none'",
  "frame-ancestors 'none'",
].join('; ');

const headers = { 'content-security-policy': POLICY };

/** Static roots for `startPlatform`: the desktop at `/`, the built package at `/dist/`. */
export const SITE = [
  { path: '/', directory: folder('./index.html'), headers },
  { path: '/index.html', directory: folder('./index.html'), headers },
  { path: '/desktop.js', directory: folder('./desktop.js'), headers },
  { path: '/desktop.css', directory: folder('./desktop.css'), headers },
  { path: '/ui/', directory: folder('./ui'), headers },
  { path: '/headset/', directory: folder('./headset'), headers },
  { path: '/dist/', directory: folder('../dist'), headers },
];
