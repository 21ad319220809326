// SPDX-License-Identifier: MIT
// The outcome as text for a terminal and as docs/compatibility.md.

import { ORIGINAL } from '../../wasm/toolchain/sources.mjs';

/** @typedef {import('./judge.mjs').Row} Row */
/** @typedef {import('./judge.mjs').Review} Review */

/** @param {Row[]} rows @returns {string} per script: same, or the first difference */
export const tableOf = (rows) => rows.map(({ name, first }) => `${name.padEnd(28)} ${first ?? 'same'}`).join('\n');

/** @param {string} text in a cell of a table */
const cell = (text) => text.replaceAll('|', '\\|');

/** @param {readonly Review[]} reviewed @param {Review[]} found */
const numbers = (reviewed, found) => (found.length
  ? found.map((one) => reviewed.indexOf(one) + 1).sort((a, b) => a - b).join(', ') : 'same');

/** @param {Review['script']} script */
const namesOf = (script) => (script === '*' ? 'any' : [script].flat().join(', '));

/** The rows of the page that depend on no run. @param {readonly Review[]} reviewed */
export const reviewRows = (reviewed) => reviewed.map(({ script, reason, source }, index) => (
  `| ${index + 1} | ${namesOf(script)} | ${cell(reason)} | ${cell(source)} |`));

/** @param {Pick<Row, 'name' | 'title'>} row how its row of the page begins */
export const scriptRow = ({ name, title }) => `| ${name} | ${cell(title)} |`;

/** @param {Row[]} rows of all scripts @param {readonly Review[]} reviewed @returns {string} Markdown */
export const page = (rows, reviewed) => {
  const same = rows.filter(({ seen, wire }) => !seen.length && !wire.length).length;
  const seenSame = rows.filter(({ seen }) => !seen.length).length;
  return [
    '# Compatibility', '',
    `The same ${rows.length} scripts, written against the documented API, run once with the published original and`,
    'once with this SDK, each in a page and against a local platform of its own. What the script sees is compared',
    '(results, errors, events, their order and what comes with them), and what goes over the wire. Ids, times and',
    'tokens have stable names. A difference that was not looked at, and a reviewed one that is gone, fail the',
    'run:', '',
    '```sh', 'npm run compat -- --write', '```', '<!-- shown: a command of the shell -->', '',
    '| | |', '|---|---|',
    `| original | ${ORIGINAL.name} ${ORIGINAL.version}, its CDN bundle |`,
    `| pinned by | sha256 ${ORIGINAL.sha256} of the package as published |`,
    '| version drift | Certified is the version named here. The documentation is of a later one, and so is what this '
      + 'SDK does: what 9.2.4 does not have yet is a reviewed difference. A later version of the original needs a run '
      + 'of its own |',
    `| scripts | ${rows.length}; ${seenSame} see the same with both, ${same} of them with the same on the wire |`,
    `| reviewed differences | ${reviewed.length} |`, '',
    '## Scripts', '',
    'Numbers are those of the reviewed differences below.', '',
    '| script | what it does | the script sees | the wire |', '|---|---|---|---|',
    ...rows.map((row) => `${scriptRow(row)} ${numbers(reviewed, row.seen)} | ${numbers(reviewed, row.wire)} |`), '',
    '## Reviewed differences', '',
    'Sources: `seed` is the public documentation of the SDK, which wins; `sessions`, `media`, `video` and `wire` are',
    'the specifications that this SDK is built from, with their numbers.', '',
    '| | scripts | why | source |', '|---|---|---|---|',
    ...reviewRows(reviewed), '',
  ].join('\n');
};
