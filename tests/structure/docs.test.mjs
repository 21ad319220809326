// SPDX-License-Identifier: MIT
// The documentation is whole: every public name has an example that is run, every link leads somewhere, and what is
// only shown says why.

import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import ts from 'typescript';
import { buildDocs } from '../../docs/site/build.mjs';
import { PAGES, examplesOf } from '../../docs/site/pages.mjs';

const typesPath = fileURLToPath(new URL('../../js/types/index.d.ts', import.meta.url));
const types = ts.createSourceFile('index.d.ts', readFileSync(typesPath, 'utf8'), ts.ScriptTarget.Latest, true);

/** What an application names: members of these declarations. */
const PUBLIC = [
  'GenesysCloudWebrtcSdk', 'ISdkConfig', 'SdkEvents', 'SessionEvents', 'VideoMediaSession', 'GenesysCloudMediaSession',
  'IExtendedMediaSession', 'ISdkMedia', 'SdkMediaEvents', 'ISdkHeadset', 'ISdkLogger', 'ILogger',
];

/** The same of the platform. */
const PLATFORM = ['Platform', 'Users', 'Guests', 'Faults', 'Call', 'CallEvents', 'FarEnd', 'FarEndStats', 'Member'];

/** @param {ts.Node} node @returns {string[]} names of members, those of nested literals too */
const membersOf = (node) => {
  /** @type {string[]} */
  const names = [];
  /** @param {ts.Node} at */
  const visit = (at) => {
    if (!ts.isClassElement(at) && !ts.isTypeElement(at)) return;
    if (at.name && ts.isIdentifier(at.name)) names.push(at.name.text);
    if (ts.isPropertySignature(at) && at.type && ts.isTypeLiteralNode(at.type)) at.type.members.forEach(visit);
    // The events of an emitter that is declared by overloads.
    if (ts.isMethodSignature(at) && at.name.getText() === 'on') {
      const [event] = at.parameters;
      if (event?.type && ts.isLiteralTypeNode(event.type)) names.push(event.type.getText().slice(1, -1));
    }
  };
  ts.forEachChild(node, visit);
  return names;
};

test('every method, property, event and option is in an example that is run', () => {
  const examples = PAGES.flatMap(examplesOf).filter(({ run }) => run).map(({ code }) => code).join('\n');
  const words = new Set(examples.match(/[\w$]+/g));
  /** @type {string[]} */
  const missing = [];
  let count = 0;
  types.forEachChild((node) => {
    if (!ts.isInterfaceDeclaration(node) && !ts.isClassDeclaration(node)) return;
    const name = node.name?.text ?? '';
    if (!PUBLIC.includes(name)) return;
    for (const member of membersOf(node)) {
      count += 1;
      if (!words.has(member)) missing.push(`${name}.${member}`);
    }
  });
  assert.ok(count > 150, `only ${count} names were found`);
  assert.deepEqual(missing, []);
});

test('an example is run, or says why it is only shown', () => {
  const own = PAGES.filter(({ source }) => source.startsWith('docs/'));
  const unexplained = own.flatMap(examplesOf).filter(({ run, shown, file }) => !run && !shown && !file);
  assert.deepEqual(unexplained.map(({ page, line }) => `docs/${page}.md:${line}`), []);
});

test('an example that is a file says what the file says', () => {
  const copies = PAGES.flatMap(examplesOf).filter(({ file }) => file);
  assert.ok(copies.length > 1);
  for (const { page, line, code, file } of copies) {
    const text = readFileSync(fileURLToPath(new URL(`../../${file}`, import.meta.url)), 'utf8');
    assert.equal(code, text.replace(/^\/\/ SPDX.*\n+/, ''), `docs/${page}.md:${line} is not ${file}`);
  }
});

test('every member of the platform that a test may use is in an example', () => {
  const path = fileURLToPath(new URL('../../js/types/platform.d.ts', import.meta.url));
  const declarations = ts.createSourceFile('platform.d.ts', readFileSync(path, 'utf8'), ts.ScriptTarget.Latest, true);
  const examples = PAGES.flatMap(examplesOf).filter(({ run, file }) => run === 'node' || file);
  const words = new Set(examples.map(({ code }) => code).join('\n').match(/[\w$]+/g));
  /** @type {string[]} */
  const missing = [];
  declarations.forEachChild((node) => {
    if (!ts.isInterfaceDeclaration(node) || !PLATFORM.includes(node.name.text)) return;
    missing.push(...membersOf(node).filter((name) => !words.has(name)).map((name) => `${node.name.text}.${name}`));
  });
  assert.deepEqual(missing, []);
});

/** @type {string} */
let folder;
/** @type {Map<string, string>} pages by file name */
let pages;
before(async () => {
  folder = mkdtempSync(join(tmpdir(), 'docs-'));
  const names = await buildDocs(folder);
  pages = new Map(names.map((name) => [`${name}.html`, readFileSync(join(folder, `${name}.html`), 'utf8')]));
});
after(() => rmSync(folder, { recursive: true, force: true }));

test('every link of the built pages leads to a page and to a heading of it', () => {
  /** @type {string[]} */
  const broken = [];
  for (const [file, html] of pages) {
    for (const [, href] of html.matchAll(/<a [^>]*href="([^"]+)"/g)) {
      const [target, anchor] = href.split('#');
      if (/^[a-z]+:/.test(href)) continue;
      const page = pages.get(target || file);
      if (!page || (anchor && !page.includes(`id="${anchor}"`))) broken.push(`${file}: ${href}`);
    }
  }
  assert.deepEqual(broken, []);
});

test('the pages are HTML with one heading of the first level each, and an anchor is there once', () => {
  for (const [file, html] of pages) {
    assert.equal(html.match(/<h1 /g)?.length, 1, file);
    const ids = [...html.matchAll(/ id="([^"]+)"/g)].map(([, id]) => id);
    assert.equal(new Set(ids).size, ids.length, `${file}: ${ids.filter((id, at) => ids.indexOf(id) !== at).join(' ')}`);
  }
});
