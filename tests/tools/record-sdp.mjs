// SPDX-License-Identifier: MIT
// `node tests/tools/record-sdp.mjs chromium|firefox`: records the descriptions of tests/fixtures/jingle anew, with few
// video formats and addresses of the documentation ranges (RFC 5737, RFC 3849).

import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { main, root } from '../../wasm/toolchain/steps.mjs';
import { openShapes } from '../support/sdp-shapes.mjs';

/** @param {string} sdp */
const withoutAddresses = (sdp) => sdp
  .replace(/\b(?!(?:127|192\.0\.2|0\.0\.0)\.)\d+\.\d+\.\d+\.\d+\b/g, '192.0.2.2')
  .replace(/\b(?!2001:db8)[\da-f]{4}:[\da-f:]*:[\da-f]+(?= \d+ typ)/g, '2001:db8::2');

await main(async () => {
  const browser = process.argv[2] ?? '';
  const folder = join(root, 'tests/fixtures/jingle');
  mkdirSync(folder, { recursive: true });
  const shapes = await openShapes(browser);
  try {
    for (const shape of await shapes.names()) {
      let [offer, answer] = ['', ''];
      await shapes.play(shape, {
        small: true,
        carryOffer: (sdp) => (offer = sdp),
        carryAnswer: (sdp) => (answer = sdp),
      });
      writeFileSync(join(folder, `${browser}-${shape}-offer.sdp`), withoutAddresses(offer));
      writeFileSync(join(folder, `${browser}-${shape}-answer.sdp`), withoutAddresses(answer));
    }
  } finally {
    await shapes.close();
  }
});
