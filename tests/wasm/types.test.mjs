// SPDX-License-Identifier: MIT
// What js/types declares: that it compiles by itself as strictly as an application may, that the documented use of
// it does, and that all of it exists at run time.

import assert from 'node:assert/strict';
import { join } from 'node:path';
import { test } from 'node:test';
import ts from 'typescript';
import * as exported from '../../js/index.js';
import { root } from '../../wasm/toolchain/steps.mjs';
import { keepingLogger } from './support.mjs';

const EXAMPLES = ['documented.ts', 'declared.ts'].map((name) => join(root, 'tests/fixtures/types', name));
const DECLARED = join(root, 'js/types/index.d.ts');

/** @type {ts.CompilerOptions} without the types of Node, which an application need not have */
const OPTIONS = {
  strict: true, skipLibCheck: false, noEmit: true, types: [], lib: ['lib.es2022.d.ts', 'lib.dom.d.ts'],
  target: ts.ScriptTarget.ES2022, module: ts.ModuleKind.ESNext, moduleResolution: ts.ModuleResolutionKind.Bundler,
};
/** As Node resolves the package, from modules of both kinds. @type {ts.CompilerOptions} */
const OF_NODE = { ...OPTIONS, module: ts.ModuleKind.NodeNext, moduleResolution: ts.ModuleResolutionKind.NodeNext };
const CONSUMERS = ['common.cts', 'module.mts'].map((name) => join(root, 'tests/fixtures/types', name));
const program = ts.createProgram(EXAMPLES, OPTIONS);
const checker = program.getTypeChecker();

/** @type {Map<string, ts.Symbol>} */
const declarations = new Map();
const source = program.getSourceFile(DECLARED);
const symbol = source && checker.getSymbolAtLocation(source);
for (const one of symbol ? checker.getExportsOfModule(symbol) : []) declarations.set(one.name, one);

/** @param {ts.Type} type */
const names = (type) => type.getProperties().map(({ name }) => name);

/** @param {string} name of an interface or a class */
const members = (name) => {
  const one = declarations.get(name);
  assert.ok(one, `${name} is declared`);
  return names(checker.getDeclaredTypeOfSymbol(one));
};

/** @param {ts.Program} compiled */
const complaints = (compiled) => ts.getPreEmitDiagnostics(compiled).map(({ file, start, messageText }) => {
  const line = file && start !== undefined ? file.getLineAndCharacterOfPosition(start).line + 1 : 0;
  return `${file?.fileName}:${line} ${ts.flattenDiagnosticMessageText(messageText, ' ')}`;
});

test('the types and the documented use of them compile under strict', () => {
  assert.deepEqual(complaints(program), []);
});

test('the package has types for ES modules and for CommonJS', () => {
  assert.deepEqual(complaints(ts.createProgram(CONSUMERS, OF_NODE)), []);
});

test('every exported value is declared, and every declared value is exported', () => {
  // `default` is another name of the class: an alias.
  const valued = ts.SymbolFlags.Value | ts.SymbolFlags.Alias;
  const values = [...declarations.values()].filter(({ flags }) => flags & valued).map(({ name }) => name);
  assert.deepEqual(values.sort(), Object.keys(exported).sort());
  for (const name of values) {
    const one = /** @type {ts.Symbol} */ (declarations.get(name));
    const value = /** @type {any} */ (exported)[name];
    // Constants and groups of functions hold what is declared, and nothing else.
    if (!(one.flags & ts.SymbolFlags.Variable) || name === 'loaded') continue;
    const type = checker.getTypeOfSymbol(one);
    assert.deepEqual(names(type).sort(), Object.keys(value).sort(), name);
    for (const member of type.getProperties()) {
      const own = checker.getTypeOfSymbol(member);
      if (own.isStringLiteral()) assert.equal(value[member.name], own.value, `${name}.${member.name}`);
      else assert.equal(typeof value[member.name], 'function', `${name}.${member.name}`);
    }
  }
});

test('every declared member of an SDK object exists', async (t) => {
  const config = { accessToken: 'x', logger: keepingLogger(), optOutOfTelemetry: true };
  const sdk = new exported.GenesysCloudWebrtcSdk(config);
  t.after(() => sdk.destroy());
  const parts = { GenesysCloudWebrtcSdk: sdk, ISdkMedia: sdk.media, ISdkHeadset: sdk.headset, ISdkLogger: sdk.logger,
    ISdkAudioProcessor: sdk.audioProcessor };
  const missing = Object.entries(parts).flatMap(([name, part]) => (
    members(name).filter((member) => !(member in part)).map((member) => `${name}.${member}`)));
  assert.deepEqual(missing, []);
  assert.ok(members('GenesysCloudWebrtcSdk').length > 50);
});

test('the methods of an SDK object are declared', () => {
  const { prototype } = exported.GenesysCloudWebrtcSdk;
  const declared = members('GenesysCloudWebrtcSdk');
  const own = Object.getOwnPropertyNames(prototype).filter((name) => name !== 'constructor' && name !== 'noteListener');
  assert.deepEqual(own.filter((name) => !declared.includes(name)), []);
});
