// SPDX-License-Identifier: MIT
// The examples of README.md and docs/ compile against the package's types.

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { test } from 'node:test';
import ts from 'typescript';
import { filesBelow, root } from '../../wasm/toolchain/steps.mjs';

const TYPES = join(root, 'js/types/index.d.ts');
const PLATFORM = join(root, 'js/types/platform.d.ts');
const NAME = 'genesys-cloud-webrtc-sdk';

/** What an example of a page may take for granted. */
const AROUND_PAGE = `
  declare const sdk: import('${NAME}').GenesysCloudWebrtcSdk;
  declare const app: any;
  declare const session: import('${NAME}').VideoMediaSession;
  declare const conversationId: string;
  interface Window { GenesysCloudWebrtcSdk: typeof import('${NAME}') }`;

/** And one of a test in Node. */
const AROUND_TEST = `
  declare const platform: import('${NAME}-wasm/platform').Platform;
  declare const startPlatform: typeof import('${NAME}-wasm/platform').startPlatform;
  declare const until: typeof import('${NAME}-wasm/platform').until;
  declare const CHROMIUM_FLAGS: readonly string[];
  declare const assert: typeof import('node:assert/strict');
  declare const openDesk: (config?: object) => Promise<any>;
  declare const talk: () => Promise<{ page: any, call: import('${NAME}-wasm/platform').Call }>;`;

/** Not strict: an example that runs is JavaScript, and shows one thing. @type {ts.CompilerOptions} */
const OPTIONS = {
  allowJs: true, checkJs: true, noEmit: true, allowUmdGlobalAccess: true, types: ['node'], skipLibCheck: true,
  lib: ['lib.es2022.d.ts', 'lib.dom.d.ts'], target: ts.ScriptTarget.ES2022, module: ts.ModuleKind.ESNext,
  moduleResolution: ts.ModuleResolutionKind.Bundler,
  paths: {
    ...Object.fromEntries([NAME, `${NAME}-wasm`].flatMap((name) => [[name, [TYPES]], [`${name}/*`, [TYPES]]])),
    [`${NAME}-wasm/platform`]: [PLATFORM],
  },
};

/** Code blocks by a made-up file name: the document, the line, the language. @type {Map<string, string>[]} */
const [ofPages, ofTests] = [new Map(), new Map()];
for (const document of ['README.md', ...filesBelow('docs', /\.md$/)]) {
  const text = readFileSync(join(root, document), 'utf8');
  for (const { 1: language, 2: info = '', 3: code, index } of text.matchAll(/^```(js|ts)( [^\n]*)?\n([^]*?)^```$/gm)) {
    const line = text.slice(0, index).split('\n').length + 1;
    if (info.includes('file=')) continue; // a file of tests/, which has the checks of those
    const examples = info.includes('run=node') ? ofTests : ofPages;
    examples.set(join(root, `${document}.${line}.${language}`), code);
  }
}
const count = ofPages.size + ofTests.size;
ofPages.set(join(root, 'around.d.ts'), AROUND_PAGE);
ofTests.set(join(root, 'around.d.ts'), AROUND_TEST);

/** What the compiler says of examples. @param {Map<string, string>} examples */
const complaints = (examples) => {
  const host = ts.createCompilerHost(OPTIONS);
  const { getSourceFile, fileExists, readFile } = host;
  host.fileExists = (path) => examples.has(path) || fileExists(path);
  host.readFile = (path) => examples.get(path) ?? readFile(path);
  host.getSourceFile = (path, version, ...more) => {
    const code = examples.get(path);
    if (code === undefined) return getSourceFile(path, version, ...more);
    const isAround = path.endsWith('.d.ts');
    // Examples are modules; what is around them is global.
    return ts.createSourceFile(path, isAround ? code : `${code}\nexport {};`, version);
  };
  const program = ts.createProgram([...examples.keys()], OPTIONS, host);
  return ts.getPreEmitDiagnostics(program).map(({ file, start, messageText }) => {
    const line = file && start !== undefined ? file.getLineAndCharacterOfPosition(start).line : 0;
    return `${basename(file?.fileName ?? '')} +${line}: ${ts.flattenDiagnosticMessageText(messageText, ' ')}`;
  });
};

test('every example in the documents compiles', () => {
  assert.ok(count > 40);
  const found = [...complaints(ofPages), ...complaints(ofTests)];
  // The one that shows what a wrong option leads to.
  const wrong = found.filter((text) => /^errors\.md.*'number' is not assignable to type 'string'/.test(text));
  assert.equal(wrong.length, 1);
  assert.deepEqual(found.filter((text) => !wrong.includes(text)), []);
});
