// SPDX-License-Identifier: MIT
// A binary as ASCII text inside a script, meant to be compressed by the web server. Base64 hides the
// repetitions of a binary from gzip, because a byte's letters depend on its place. Here a byte is always the
// same one letter, or an escape letter and a second one for the rarer bytes: gzipped, the text is about 1 %
// larger than the binary, base64 more than 25 %.

// Quotes, backslash, dollar and less-than stay out: the text needs no escape in any literal nor inside a
// page.
const LETTERS = Array.from({ length: 95 }, (_, index) => String.fromCharCode(32 + index))
  .filter((letter) => !'\'"`\\$<'.includes(letter)).join('');

/** The first letters stand for themselves, the last two are the escapes. */
const SINGLES = LETTERS.length - 2;

/** All byte values, the most frequent first. @param {Uint8Array} bytes */
const byFrequency = (bytes) => {
  const counts = new Uint32Array(256);
  for (const byte of bytes) counts[byte]++;
  return Uint8Array.from({ length: 256 }, (_, byte) => byte).sort((a, b) => counts[b] - counts[a] || a - b);
};

/**
 * The source of an ES module that exports `bytes`, a function which returns a fresh copy of the binary.
 * @param {Uint8Array} binary
 * @returns {string}
 */
export const bytesModule = (binary) => {
  const order = byFrequency(binary);
  /** @type {string[]} */
  const codes = [];
  order.forEach((byte, rank) => {
    const page = Math.floor(rank / SINGLES);
    codes[byte] = (page > 0 ? LETTERS[SINGLES + page - 1] : '') + LETTERS[rank % SINGLES];
  });
  const text = Array.from(binary, (byte) => codes[byte]).join('');
  return `// Generated. A binary as text: a letter is a byte's rank, the last letters shift the next rank.
const letters = '${LETTERS}';
const order = '${Buffer.from(order).toString('hex')}';
const text = '${text}';
export const bytes = () => {
  const ranks = new Uint8Array(128);
  for (let i = 0; i < letters.length; i++) ranks[letters.charCodeAt(i)] = i;
  const byRank = new Uint8Array(256);
  for (let i = 0; i < 256; i++) byRank[i] = parseInt(order.slice(2 * i, 2 * i + 2), 16);
  const result = new Uint8Array(${binary.length});
  for (let i = 0, at = 0, shift = 0; i < text.length; i++) {
    const rank = ranks[text.charCodeAt(i)];
    if (rank < ${SINGLES}) {
      result[at++] = byRank[shift + rank];
      shift = 0;
    } else {
      shift = (rank - ${SINGLES - 1}) * ${SINGLES};
    }
  }
  return result;
};
`;
};
