// SPDX-License-Identifier: MIT
// The module as ASCII text inside a script: sorted (streams.js), packed by LZMA (lzma.js), and turned into 91 letters
// of which gzip, the web server's, loses nothing: 37 of them stand for 6 bits and 54 for 7, which is how often they
// occur, so gzip's own codes for them are as long.

import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { split } from './streams.js';

// Single quotes, backquotes, backslash and less-than stay out: the text needs no escape in its literal nor in a page.
const LETTERS = Array.from({ length: 95 }, (_, index) => String.fromCharCode(32 + index))
  .filter((letter) => !'\'`\\<'.includes(letter)).join('');
const SHORT = 2 * 64 - LETTERS.length;

/** @param {Uint8Array} binary @returns {Uint8Array} */
const pack = (binary) => execFileSync('xz', ['--stdout', '--format=raw', '--lzma1=preset=9e,lc=1,lp=0,pb=0'],
  { input: binary, maxBuffer: 1 << 26 });

/** @param {Uint8Array} bytes @returns {string} */
const toText = (bytes) => {
  let [text, pending, count] = ['', 0, 0];
  const add = () => {
    const six = pending & 63;
    const isShort = six < SHORT;
    text += LETTERS[isShort ? six : 2 * six - SHORT + ((pending >> 6) & 1)];
    count -= isShort ? 6 : 7;
    pending >>= isShort ? 6 : 7;
  };
  for (const byte of bytes) {
    pending |= byte << count;
    for (count += 8; count >= 7;) add();
  }
  if (count > 0) add();
  return text;
};

/** @param {string} name */
const source = (name) => readFileSync(new URL(name, import.meta.url), 'utf8').replace(/^export /gm, '');

/**
 * The source of an ES module that exports `bytes`, a function which returns a fresh copy of the binary.
 * @param {Uint8Array} binary
 * @returns {string}
 */
export const bytesModule = (binary) => {
  const { bytes, layout } = split(binary);
  const packed = pack(bytes);
  return `// Generated. A binary: sorted, packed, and as text.
${source('lzma.js')}
${source('streams.js')}
const letters = '${LETTERS}';
const text = '${toText(packed)}';
export const bytes = () => {
  const values = new Uint8Array(128);
  for (let i = 0; i < letters.length; i++) values[letters.charCodeAt(i)] = i;
  const packed = new Uint8Array(${packed.length});
  for (let i = 0, at = 0, pending = 0, count = 0; i < text.length; i++) {
    const value = values[text.charCodeAt(i)];
    const isShort = value < ${SHORT};
    pending |= (isShort ? value : ((value + ${SHORT}) >> 1) | ((value + ${SHORT}) & 1) << 6) << count;
    for (count += isShort ? 6 : 7; count >= 8; count -= 8) {
      packed[at++] = pending;
      pending >>= 8;
    }
  }
  return join(unpack(packed, ${bytes.length}), ${JSON.stringify(layout)});
};
`;
};
