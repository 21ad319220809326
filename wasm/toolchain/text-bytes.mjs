// SPDX-License-Identifier: MIT
// The module as ASCII text inside a script, in one of two ways. Packed: sorted (streams.js), packed by LZMA (lzma.js),
// and turned into 91 letters of which gzip, the web server's, loses nothing: 37 of them stand for 6 bits and 54 for 7,
// which is how often they occur, so gzip's own codes for them are as long. Plain: a letter for each of the bytes that
// occur most, two for the others. That is 7 % longer than the bytes, and gzip packs it as if it were the bytes: a fifth
// larger than LZMA's work, but read in a millisecond. What the constructor waits for goes that way.

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

/** Letters that announce a second one. */
const LEADS = 3;

/** @param {Uint8Array} binary */
const plainOf = (binary) => {
  const counts = new Uint32Array(256);
  for (const byte of binary) counts[byte] += 1;
  const order = [...counts.keys()].sort((a, b) => counts[b] - counts[a] || a - b);
  const single = LETTERS.length - LEADS;
  /** @type {string[]} */
  const codes = [];
  order.forEach((byte, rank) => {
    const rest = rank - single;
    codes[byte] = rest < 0 ? LETTERS[LEADS + rank]
      : LETTERS[Math.floor(rest / LETTERS.length)] + LETTERS[rest % LETTERS.length];
  });
  return { order, size: binary.length, text: Array.from(binary, (byte) => codes[byte]).join('') };
};

/** Where a file with a second binary leaves it, by the file's name; for tests/structure too. */
const SHELF = 'genesysCloudWebrtcSdkParts';

/** What the scripts share. */
const VALUES = `// Generated. A binary as text.
const letters = '${LETTERS}';
const valuesOf = () => {
  const values = new Uint8Array(128);
  for (let i = 0; i < letters.length; i++) values[letters.charCodeAt(i)] = i;
  return values;
};`;

/**
 * The source of an ES module that exports `bytes`, a function which returns a fresh copy of the binary; plain.
 * @param {Uint8Array} binary
 * @returns {string}
 */
export const plainModule = (binary) => {
  const { order, size, text } = plainOf(binary);
  return `${VALUES}
const order = ${JSON.stringify(order)};
const plain = '${text}';
export const bytes = () => {
  const values = valuesOf();
  const out = new Uint8Array(${size});
  for (let i = 0, at = 0; i < plain.length;) {
    const value = values[plain.charCodeAt(i++)];
    const rest = value < ${LEADS} ? value * ${LETTERS.length} + values[plain.charCodeAt(i++)] : -1;
    out[at++] = order[rest < 0 ? value - ${LEADS} : rest + ${LETTERS.length - LEADS}];
  }
  return out;
};
`;
};

const UNPACK = `
${source('lzma.js')}
${source('streams.js')}
const decode = ({ text, packed: length, size, layout }) => {
  const values = valuesOf();
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
};`;

/**
 * The same, packed.
 * @param {Uint8Array} binary
 * @returns {string}
 */
export const packedModule = (binary) => `${VALUES}${UNPACK}
const piece = ${literalOf(pieceOf(binary))};
export const bytes = () => decode(piece);
`;

/**
 * The first of two binaries, plain, and `second`, which gets the other one from a script of its own. A page may have
 * run that before, with a tag. `import()` is what bundlers understand and Trusted Types allow; a tag is what a server
 * needs no CORS for. A browser may remember that a file could not be had: another attempt gives it another address.
 * A page that trusts this script by its content alone trusts the other one so, too: `import()` could not check it.
 * @param {Uint8Array} binary
 * @param {string} file name of the other one's script
 * @param {string} integrity of that script
 * @returns {string}
 */
export const halfModule = (binary, file, integrity) => `${plainModule(binary)}${UNPACK}
import { isPinned, runBeside } from '../../js/platform/beside.js';
const shelf = () => globalThis.${SHELF}?.['${file}'];
const name = (attempt) => ['./${file}', attempt].join('?'); // no form that a bundler takes for a pattern of files
const again = (attempt) => import(/* webpackIgnore: true */ /* @vite-ignore */ name(attempt));
export const second = async (attempt) => {
  const run = () => runBeside(name(attempt), '${integrity}');
  if (!shelf()) await (isPinned ? run() : (attempt ? again(attempt) : import('./${file}')).catch(run));
  return decode(shelf());
};
`;

/**
 * The script with the second binary. It is a module and a plain script, whatever it is loaded as.
 * @param {Uint8Array} binary
 * @param {string} file its name
 */
export const secondScript = (binary, file) => (
  `(globalThis.${SHELF}??={})['${file}']=${literalOf(pieceOf(binary))};\n`);
