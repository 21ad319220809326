// SPDX-License-Identifier: MIT
// What the structure tests share: the files that are part of the project, and sources without their comments.

import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { filesBelow, root } from '../../wasm/toolchain/steps.mjs';

/**
 * Tracked files and those that would be added by `git add .`; without git (an unpacked archive) the known
 * folders.
 * @returns {string[]} paths relative to the root
 */
export const projectFiles = () => {
  const git = spawnSync('git', ['ls-files', '-z', '--cached', '--others', '--exclude-standard'],
    { cwd: root, encoding: 'utf8', maxBuffer: 1 << 26 });
  const paths = git.status === 0 ? git.stdout.split('\0').filter(Boolean)
    : ['src', 'js', 'wasm', 'demo', 'tests'].flatMap((folder) => filesBelow(folder));
  return paths.filter((path) => existsSync(join(root, path)) && statSync(join(root, path)).isFile());
};

/** @param {string} path */
export const read = (path) => readFileSync(join(root, path), 'utf8');

/** Whether a file's bytes are not text. @param {string} path */
export const isBinary = (path) => readFileSync(join(root, path)).subarray(0, 8000).includes(0);

// A string or template is kept as one piece so that what looks like a comment inside it stays; regular
// expressions are not recognised, which only matters for one that holds a quote.
const PIECES = /'(?:\\.|[^'\\\n])*'|"(?:\\.|[^"\\\n])*"|`(?:\\.|[^`\\])*`|\/\/[^\n]*|\/\*[\s\S]*?\*\//g;

/**
 * Source text with comments blanked (line numbers stay) and, with `strings: false`, string contents too.
 * @param {string} text
 * @param {{strings?: boolean}} [keep]
 */
export const withoutComments = (text, keep = {}) => text.replace(PIECES, (piece) => {
  const blank = piece.replace(/[^\n]/g, ' ');
  if (piece.startsWith('//') || piece.startsWith('/*')) return blank;
  // Template literals hold code in ${}: they stay.
  return keep.strings === false && !piece.startsWith('`') ? `${piece[0]}${blank.slice(2)}${piece[0]}` : piece;
});

/**
 * "path:line: text" of every line that matches.
 * @param {string} path
 * @param {string} text
 * @param {RegExp} pattern
 */
export const linesMatching = (path, text, pattern) => text.split('\n')
  .flatMap((line, index) => (pattern.test(line) ? [`${path}:${index + 1}: ${line.trim()}`] : []));
