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

/** What becomes of a binary: text, and how to read it. @param {Uint8Array} binary */
const pieceOf = (binary) => {
  const { bytes, layout } = split(binary);
  const packed = pack(bytes);
  return { text: toText(packed), packed: packed.length, size: bytes.length, layout };
};

/** @param {ReturnType<typeof pieceOf>} piece */
const literalOf = ({ text, ...rest }) => `{...${JSON.stringify(rest)},text:'${text}'}`;

/** Where a file with a second binary leaves it, by the file's name; for tests/structure too. */
const SHELF = 'genesysCloudWebrtcSdkParts';

/**
 * The source of an ES module that exports `bytes`, a function which returns a fresh copy of the binary, and `second`:
 * undefined, or a function that gets another binary from a script of its own.
 * @param {Uint8Array} binary
 * @param {string} [file] name of the second's script
 * @returns {string}
 */
export const bytesModule = (binary, file) => `// Generated. A binary: sorted, packed, and as text.
${source('lzma.js')}
${source('streams.js')}
const letters = '${LETTERS}';
const decode = ({ text, packed: length, size, layout }) => {
  const values = new Uint8Array(128);
  for (let i = 0; i < letters.length; i++) values[letters.charCodeAt(i)] = i;
  const packed = new Uint8Array(length);
  for (let i = 0, at = 0, pending = 0, count = 0; i < text.length; i++) {
    const value = values[text.charCodeAt(i)];
    const isShort = value < ${SHORT};
    pending |= (isShort ? value : ((value + ${SHORT}) >> 1) | ((value + ${SHORT}) & 1) << 6) << count;
    for (count += isShort ? 6 : 7; count >= 8; count -= 8) {
      packed[at++] = pending;
      pending >>= 8;
    }
  }
  return join(unpack(packed, size), layout);
};
const piece = ${literalOf(pieceOf(binary))};
export const bytes = () => decode(piece);
${file ? secondOf(file) : 'export const second = undefined;'}
`;

/**
 * A page may have run the file before, with a tag of its own. `import()` is what bundlers understand and Trusted Types
 * allow; a tag is what a server needs no CORS for. A browser may remember that a file could not be had, so another
 * attempt gives it another address.
 * @param {string} file
 */
const secondOf = (file) => `import { runBeside } from '../../js/platform/beside.js';
const shelf = () => globalThis.${SHELF}?.['${file}'];
const name = (attempt) => ['./${file}', attempt].join('?'); // no form that a bundler takes for a pattern of files
const again = (attempt) => import(/* webpackIgnore: true */ /* @vite-ignore */ name(attempt));
export const second = async (attempt) => {
  if (!shelf()) await (attempt ? again(attempt) : import('./${file}')).catch(() => runBeside(name(attempt)));
  return decode(shelf());
};`;

/**
 * The script with the second binary. It is a module and a plain script, whatever it is loaded as.
 * @param {Uint8Array} binary
 * @param {string} file its name
 */
export const secondScript = (binary, file) => (
  `(globalThis.${SHELF}??={})['${file}']=${literalOf(pieceOf(binary))};\n`);
