// SPDX-License-Identifier: MIT
// A binary as ASCII text inside a script. It is packed by LZMA, which makes WebAssembly 14 % smaller than the gzip of
// web servers does, and unpacked when the script starts. What is packed has no repetitions left, so the text is made
// as dense as 91 letters allow: 13 bits are two letters, and gzip finds the rest of the way to 8 bits a byte.

import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';

// Single quotes, backquotes, backslash and less-than stay out: the text needs no escape in its literal nor in a page.
const LETTERS = Array.from({ length: 95 }, (_, index) => String.fromCharCode(32 + index))
  .filter((letter) => !'\'`\\<'.includes(letter)).join('');

const BITS = 13;

/** @param {Uint8Array} binary @returns {Uint8Array} */
const pack = (binary) => execFileSync('xz', ['--stdout', '--format=raw', '--lzma1=preset=9e,lc=3,lp=0,pb=0'],
  { input: binary, maxBuffer: 1 << 26 });

/** @param {Uint8Array} bytes @returns {string} */
const toText = (bytes) => {
  let [text, pending, count] = ['', 0, 0];
  const add = () => {
    const value = pending & ((1 << BITS) - 1);
    text += LETTERS[value % LETTERS.length] + LETTERS[Math.floor(value / LETTERS.length)];
    pending >>>= BITS;
    count -= BITS;
  };
  for (const byte of bytes) {
    pending |= byte << count;
    count += 8;
    if (count >= BITS) add();
  }
  if (count > 0) add();
  return text;
};

/**
 * The source of an ES module that exports `bytes`, a function which returns a fresh copy of the binary.
 * @param {Uint8Array} binary
 * @returns {string}
 */
export const bytesModule = (binary) => {
  const decoder = readFileSync(new URL('lzma.js', import.meta.url), 'utf8').replace(/^export /m, '');
  return `// Generated. A binary, packed and as text: two letters are ${BITS} bits.
${decoder}
const letters = '${LETTERS}';
const text = '${toText(pack(binary))}';
export const bytes = () => {
  const values = new Uint8Array(128);
  for (let i = 0; i < letters.length; i++) values[letters.charCodeAt(i)] = i;
  const packed = new Uint8Array(text.length * ${BITS} >> 4);
  for (let i = 0, at = 0, pending = 0, count = 0; i < text.length; i += 2) {
    pending |= (values[text.charCodeAt(i)] + values[text.charCodeAt(i + 1)] * ${LETTERS.length}) << count;
    for (count += ${BITS}; count >= 8; count -= 8) {
      packed[at++] = pending;
      pending >>>= 8;
    }
  }
  return unpack(packed, ${binary.length});
};
`;
};
