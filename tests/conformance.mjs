// SPDX-License-Identifier: MIT
// `npm run conformance`: writes tests/CONFORMANCE.md, which says for every numbered conformance statement of
// the specification which tests name it. The numbers come from the specification when it lies beside the
// checkout, else from the list as it stands. Only numbers are taken, no text.

import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { StepError, filesBelow, main, root } from '../wasm/toolchain/steps.mjs';

const listPath = join(root, 'tests/CONFORMANCE.md');
const specFolder = join(root, '../shared/spec');

/** @param {string} name */
const specification = (name) => {
  const path = join(specFolder, name);
  return existsSync(path) ? readFileSync(path, 'utf8') : undefined;
};

/** @param {string} text */
const byNumber = (text) => text.replace(/\d+/g, (digits) => digits.padStart(6, '0'));

/** @param {Iterable<string>} ids */
const sorted = (ids) => [...new Set(ids)].sort((a, b) => (byNumber(a) < byNumber(b) ? -1 : 1));

/** The statements of one kind, from the specification or, without it, from the committed list. */
const KINDS = [
  {
    title: 'Session layer (S-n)',
    pattern: /^S-\d+$/,
    read: () => specification('sessions.md')?.matchAll(/^- (S-\d+):/gm),
  },
  {
    title: 'Wire, Appendix D (W-Dn)',
    pattern: /^W-D\d+$/,
    read: () => {
      const appendix = specification('wire.md')?.split(/^## Appendix D\b.*$/m)[1]?.split(/^## /m)[0];
      return appendix && [...appendix.matchAll(/^(\d+)\. /gm)].map((match) => ['', `W-D${match[1]}`]);
    },
  },
  {
    title: 'Logging, telemetry and statistics (L-n)',
    pattern: /^L-\d+$/,
    read: () => specification('logging-and-stats.md')?.matchAll(/^- (L-\d+):/gm),
  },
  {
    title: 'Media (M-n)',
    pattern: /^M-\d+$/,
    read: () => specification('media.md')?.matchAll(/^(?:- |\d+\. |\| )?\**(M-\d+)\b/gm),
  },
  {
    title: 'Video conferences and screens (V-n)',
    pattern: /^V-\d+$/,
    read: () => specification('video-and-screens.md')?.matchAll(/^- (V-\d+):/gm),
  },
  {
    title: 'Headsets (H-n)',
    pattern: /^H-\d+$/,
    read: () => specification('headset.md')?.matchAll(/^- (H-\d+):/gm),
  },
];

/** Why no test names a statement. */
/** @type {Readonly<Record<string, string>>} */
const REASONS = {
  'W-D9': 'Jingle: sessions are described by SDP over XMPP so far',
  'W-D10': 'Jingle: an IQ of it is answered with service-unavailable, as an unknown one',
};

/**
 * Words in a C test's identifier stand for the marks that C does not allow there: s_30_..., l_30_..., m_30_...,
 * v_30_..., h_30_..., w_d4_..., w_3_3_...
 */
const fromIdentifier = (/** @type {string} */ name) => {
  const marks = [];
  let rest = name.replace(/^test_/, '');
  for (;;) {
    const match = /^(?:([slmvh])_(\d+)|(w)_d(\d+)|(w)_(\d+(?:_\d+)*))(?:_|$)/i.exec(rest);
    if (!match) return marks;
    if (match[1]) marks.push(`${match[1].toUpperCase()}-${match[2]}`);
    else if (match[3]) marks.push(`W-D${match[4]}`);
    else marks.push(`W-${match[6].replaceAll('_', '.')}`);
    rest = rest.slice(match[0].length);
  }
};

/** @param {string} text */
const marksIn = (text) => text.match(/\b(?:[SLMVH]-\d+|W-D\d+|W-\d+(?:\.\d+)*)\b/g) ?? [];

/**
 * The test names of one source: strings given to test functions, strings and identifiers of cmocka entries.
 * @param {string} path
 * @param {string} text
 * @returns {{name: string, marks: string[]}[]}
 */
const testsIn = (path, text) => {
  if (path.endsWith('.mjs')) {
    const calls = text.matchAll(/\b(?:test|it|describe|suite|t\.test)\(\s*(['"`])((?:\\.|(?!\1).)+)\1/gs);
    return [...calls].map((match) => ({ name: match[2], marks: marksIn(match[2]) }));
  }
  const strings = [...text.matchAll(/"((?:\\.|[^"\\\n])*)"/g)].map((match) => match[1]);
  const named = strings.filter((name) => /^(?:[SLMVH]-\d|W-)/.test(name))
    .map((name) => ({ name, marks: marksIn(name) }));
  const functions = [...text.matchAll(/^static void (\w+)\(void \*\*/gm)].map((match) => match[1]);
  return [...named, ...functions.map((name) => ({ name, marks: fromIdentifier(name) }))];
};

/** The marks of all tests. @returns {Map<string, string[]>} mark to "file: name" */
const collect = () => {
  /** @type {Map<string, string[]>} */
  const covered = new Map();
  for (const path of filesBelow('tests', /(?:_test\.c|\.test\.mjs)$/)) {
    for (const { name, marks } of testsIn(path, readFileSync(join(root, path), 'utf8'))) {
      for (const mark of marks) covered.set(mark, [...covered.get(mark) ?? [], `${path}: ${name}`]);
    }
  }
  return covered;
};

/** @param {string} text */
const cell = (text) => text.replace(/\s+/g, ' ').replaceAll('|', '\\|').replaceAll('`', "'");

/** The list as it should stand. @returns {string} */
const makeList = () => {
  const covered = collect();
  const committed = existsSync(listPath) ? readFileSync(listPath, 'utf8') : '';
  const rowIds = [...committed.matchAll(/^\| ((?:S|W|L|M|V|H)-\S+) \|/gm)].map((match) => match[1]);
  const sections = KINDS.map(({ title, pattern, read }) => {
    const found = read();
    const ids = sorted(found ? [...found].map((match) => match[1]) : rowIds.filter((id) => pattern.test(id)));
    const missing = (/** @type {string} */ id) => ['remains', REASONS[id] ?? []].flat().join(': ');
    const rows = ids.map((id) => `| ${id} | ${covered.get(id)?.map(cell).join('<br>') ?? missing(id)} |`);
    const count = ids.filter((id) => covered.has(id)).length;
    const heading = `## ${title}: ${count} of ${ids.length} covered`;
    return [heading, '', '| statement | tests |', '|---|---|', ...rows, ''];
  });
  const known = (/** @type {string} */ id) => KINDS.some(({ pattern }) => pattern.test(id));
  const others = sorted([...covered.keys()].filter((id) => !known(id)));
  const otherTitle = '## Other rules of the wire named in tests';
  const otherRows = others.map((id) => `| ${id} | ${covered.get(id)?.map(cell).join('<br>')} |`);
  return [
    '<!-- Generated by `npm run conformance`; `npm test` checks that it is fresh. -->', '# Conformance', '',
    'Which numbered statements of the specification are covered, by the tests that name them.', '',
    ...sections.flat(),
    ...(others.length > 0 ? [otherTitle, '', '| section | tests |', '|---|---|', ...otherRows, ''] : []),
  ].join('\n');
};

/** Fails when the committed list is not what `npm run conformance` would write. */
export const checkConformanceList = async () => {
  if (!existsSync(listPath) || readFileSync(listPath, 'utf8') !== makeList()) {
    throw new StepError('tests/CONFORMANCE.md is out of date: run `npm run conformance` and commit it.');
  }
};

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  await main(() => {
    const list = makeList();
    writeFileSync(listPath, list);
    for (const line of list.matchAll(/^## (.+covered)$/gm)) console.log(line[1]);
  });
}
