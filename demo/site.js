// SPDX-License-Identifier: MIT
// The demo as a site: which folders are served where, under the Content-Security-Policy the SDK promises to
// live with.

import { fileURLToPath } from 'node:url';

/** @param {string} path relative to this folder, or to dist/, where the same is part of the command line program */
const folder = (path) => fileURLToPath(new URL(path, import.meta.url));

/**
 * No `unsafe-eval`, nothing inline, no text that becomes script or markup; the desktop may sign in anywhere, so
 * connections are free.
 */
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
  "require-trusted-types-for 'script'",
  "trusted-types 'none'",
].join('; ');

const headers = { 'content-security-policy': POLICY, 'referrer-policy': 'no-referrer' };

/** Static roots for `startPlatform`: the desktop at `/`, the built package at `/dist/`. */
export const SITE = [
  { path: '/', directory: folder('../demo/index.html'), headers },
  { path: '/index.html', directory: folder('../demo/index.html'), headers },
  { path: '/desktop.js', directory: folder('../demo/desktop.js'), headers },
  { path: '/ui/', directory: folder('../demo/ui'), headers },
  { path: '/headset/', directory: folder('../demo/headset'), headers },
  { path: '/dist/', directory: folder('../dist'), headers },
];

/**
 * The same with another SDK in the one line of the page that names it.
 * @param {string} script path of its bundle
 */
export const siteWith = (script) => [
  ...SITE, { path: '/dist/genesys-cloud-webrtc-sdk.bundle.min.js', directory: script, headers },
];
