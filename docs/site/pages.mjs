// SPDX-License-Identifier: MIT
// The pages of the documentation, in their order, and the examples in them. An example is a fenced block of `js` whose
// first line says how it is run by tests/e2e/docs.test.mjs:
//
//   ```js run=ready then=ring
//
// `run` is what is there before it (SITUATIONS there), `then` what happens afterwards; each function of `app` that an
// example names must have been called in the end. `app` stands for the reader's own application. A block without `run`
// is only shown, and says why on the line below the fence: `<!-- shown: … -->`. With `run=node` the block is run in
// Node instead, as the body of a test (tests/e2e/docs-node.mjs). With `file=path` it is the text of that file below its
// licence; the file is run by tests of its own.

import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const here = (/** @type {string} */ path) => fileURLToPath(new URL(path, import.meta.url));

/**
 * @typedef {object} Page
 * @property {string} name of its file below docs/, without `.md`, and of its HTML
 * @property {string} group in the table of contents
 * @property {string} source its file, from the root of the repository
 */

/** @type {ReadonlyArray<[group: string, names: string[]]>} */
const GROUPS = [
  ['Start', ['index', 'migration', 'package', 'hosting']],
  ['Guides', [
    'softphone', 'video', 'screens', 'media', 'headsets', 'quality', 'preflight', 'errors', 'testing',
    'recorder', 'troubleshooting',
  ]],
  ['Reference', [
    'reference-options', 'reference-sdk', 'reference-events', 'reference-session', 'reference-media',
    'reference-headset', 'reference-logger', 'types',
  ]],
  ['Inside', ['architecture', 'security', 'compatibility', 'benchmarks', 'changelog']],
];

/** Pages that stand elsewhere in the repository. @type {Readonly<Record<string, string>>} */
const ELSEWHERE = { architecture: 'ARCHITECTURE.md', security: 'SECURITY.md', changelog: 'CHANGELOG.md' };

/** @type {Page[]} */
export const PAGES = GROUPS.flatMap(([group, names]) => names.map((name) => (
  { name, group, source: ELSEWHERE[name] ?? `docs/${name}.md` })));

/** @param {Page} page */
export const readPage = ({ source }) => readFileSync(here(`../../${source}`), 'utf8');

/**
 * @typedef {object} Example
 * @property {string} page
 * @property {number} line where the fence stands
 * @property {string} heading the last one before it
 * @property {string} code
 * @property {string} language
 * @property {string} [run]
 * @property {string} [then]
 * @property {string} [may] functions of `app` that need not be called, with commas
 * @property {string} [shown] why it is only shown
 * @property {string} [file] path of the file that it is a copy of
 */

/** @param {Page} page @returns {Example[]} its fenced blocks */
export const examplesOf = (page) => {
  const lines = readPage(page).split('\n');
  /** @type {Example[]} */
  const examples = [];
  /** @type {Example | undefined} */
  let open;
  let heading = '';
  for (const [index, line] of lines.entries()) {
    const fence = /^```(\S*)\s*(.*)$/.exec(line);
    if (open && fence) {
      const [, reason] = /^<!-- shown: (.*) -->$/.exec(lines[index + 1] ?? '') ?? [];
      examples.push({ ...open, shown: reason });
      open = undefined;
    } else if (fence) {
      const [, language, info] = fence;
      const how = Object.fromEntries(info.split(/\s+/).filter(Boolean).map((word) => word.split('=')));
      open = { page: page.name, line: index + 1, heading, code: '', language, ...how };
    } else if (open) {
      open.code += `${line}\n`;
    } else {
      heading = /^#+ (.*)$/.exec(line)?.[1] ?? heading;
    }
  }
  if (open) throw new Error(`${page.source}:${open.line}: the fence is not closed.`);
  return examples;
};
