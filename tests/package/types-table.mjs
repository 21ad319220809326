// SPDX-License-Identifier: MIT
// docs/types.md: for each name of the published original's declarations, what becomes of it here. Both declarations are
// compiled side by side and compared by the type checker, so the table cannot promise more than is true.
//   node tests/package/types-table.mjs --write

import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import ts from 'typescript';
import { setup } from '../../wasm/toolchain/setup.mjs';
import { originalTypes } from '../../wasm/toolchain/sources.mjs';
import { root } from '../../wasm/toolchain/steps.mjs';
import { ABSENT, DIFFERENT } from './reasons.mjs';

export const TABLE = join(root, 'docs/types.md');

const OURS = join(root, 'js/types/index.d.ts');
const [THEIRS, STREAMING, HEADSETS] = [
  'genesys-cloud-webrtc-sdk/dist/es/index.d.ts', 'genesys-cloud-streaming-client/dist/es/index.d.ts',
  'softphone-vendor-headsets/dist/es/src/library/index.d.ts',
].map((path) => join(originalTypes, path));

const EMITTER = `on once off addListener removeListener prependListener prependOnceListener removeAllListeners emit
  listeners rawListeners listenerCount eventNames setMaxListeners getMaxListeners`.split(/\s+/);
const LEVELS = ['log', 'debug', 'info', 'warn', 'error'];

/** What the declarations borrow from packages that are not fetched, as far as they use it. */
const BORROWED = /** @type {Record<string, string>} */ ({
  'events': `export class EventEmitter { ${EMITTER.map((name) => `${name}: any;`).join(' ')} }
    export default EventEmitter;`,
  'rxjs': 'export class Observable<T> { subscribe: any; pipe: any } export class Subject<T> extends Observable<T> {}',
  'strict-event-emitter-types': 'type Strict<Emitter, Events> = Emitter; export default Strict;',
  'stanza/lib/StrictEventEmitter': 'type Strict<Emitter, Events> = Emitter; export default Strict;',
  'stanza/Constants': 'export { JingleReasonCondition } from "ours";',
  'stanza/protocol': 'export { JingleReason, JingleInfo } from "ours";',
  'stanza': 'export * as Constants from "stanza/Constants";',
  'genesys-cloud-client-logger': `
    export type LogFormatterFn = (...args: any[]) => any;
    export interface ILogger {
      ${LEVELS.map((name) => `${name}(message: string | Error, details?: any, skipServer?: boolean): void;`).join('\n')}
    }
    export default ILogger;`,
});
const borrowed = (/** @type {string} */ name) => join(originalTypes, 'borrowed', name, 'index.d.ts');
const texts = new Map(Object.entries(BORROWED).map(([name, text]) => [borrowed(name), text]));

/**
 * Without Node's types, and with enumerations as what they are at run time: constants and their values.
 * @param {string} text
 */
const plain = (text) => text.replace(/^\/\/\/ <reference.*$/gm, '')
  .replace(/export declare enum (\w+) \{([^}]*)\}/g, (_, name, body) => {
  const pairs = [...body.replace(/\/\*[^]*?\*\//g, '').matchAll(/(\w+) = ("[^"]*")/g)];
  const list = (/** @type {(pair: string[]) => string} */ line) => pairs.map(line).join(' ');
  return `export declare const ${name}: { ${list(([, key, value]) => `readonly ${key}: ${value};`)} };
export type ${name} = typeof ${name}[keyof typeof ${name}];
export declare namespace ${name} { ${list(([, key, value]) => `type ${key} = ${value};`)} }`;
});

/** @type {ts.CompilerOptions} */
const OPTIONS = {
  strictNullChecks: true, noEmit: true, skipLibCheck: true, types: [], lib: ['lib.es2022.d.ts', 'lib.dom.d.ts'],
  target: ts.ScriptTarget.ES2022, module: ts.ModuleKind.ESNext, moduleResolution: ts.ModuleResolutionKind.Bundler,
};

/** @param {string} name @param {string} from */
const resolved = (name, from) => {
  if (name === 'ours') return OURS;
  if (name in BORROWED) return borrowed(name);
  if (name === 'genesys-cloud-streaming-client') return STREAMING;
  if (name === 'softphone-vendor-headsets') return HEADSETS;
  if (name.startsWith('genesys-cloud-streaming-client/')) return join(originalTypes, `${name}.d.ts`);
  return ts.resolveModuleName(name, from, OPTIONS, ts.sys).resolvedModule?.resolvedFileName;
};

const compile = () => {
  const host = ts.createCompilerHost(OPTIONS);
  const { getSourceFile, fileExists } = host;
  host.fileExists = (path) => texts.has(path) || fileExists(path);
  host.getSourceFile = (path, version, ...more) => {
    if (!path.startsWith(originalTypes)) return getSourceFile(path, version, ...more);
    return ts.createSourceFile(path, plain(texts.get(path) ?? ts.sys.readFile(path) ?? ''), version);
  };
  host.resolveModuleNameLiterals = (names, from) => names.map(({ text }) => {
    const path = resolved(text, from);
    return { resolvedModule: path ? { resolvedFileName: path, extension: ts.Extension.Dts } : undefined };
  });
  return ts.createProgram([THEIRS, OURS], OPTIONS, host);
};

/** @param {ts.Symbol} symbol */
const isPublic = ({ name, declarations = [] }) => !name.startsWith('_') && declarations.every((one) => (
  !(ts.getCombinedModifierFlags(one) & (ts.ModifierFlags.Private | ts.ModifierFlags.Protected))));

/** @typedef {{ name: string, verdict: string, reason?: string, needsReason: boolean }} Row */

/**
 * One row for each name of the original, and what the compiler complained about.
 * @returns {{ rows: Row[], complaints: string[] }}
 */
export const compare = () => {
  const program = compile();
  const checker = program.getTypeChecker();
  const exportsOf = (/** @type {string} */ path) => {
    const file = program.getSourceFile(path);
    const module = file && checker.getSymbolAtLocation(file);
    return new Map((module ? checker.getExportsOfModule(module) : []).map((one) => [one.name, (
      one.flags & ts.SymbolFlags.Alias ? checker.getAliasedSymbol(one) : one)]));
  };
  const [theirs, ours] = [exportsOf(THEIRS), exportsOf(OURS)];

  /** @param {ts.Type} own @param {ts.Type} original */
  const relation = (own, original) => {
    const gives = checker.isTypeAssignableTo(own, original);
    const takes = checker.isTypeAssignableTo(original, own);
    if (gives && takes) return 'same';
    return gives ? 'narrower' : takes ? 'wider' : 'other';
  };
  const membersOf = (/** @type {ts.Type} */ type) => checker.getPropertiesOfType(type).filter(isPublic);

  /**
   * Members that are not there, and those whose types have nothing in common.
   * @param {ts.Type} own @param {ts.Type} original
   */
  const gaps = (own, original) => membersOf(original).flatMap((member) => {
    const mine = own.getProperty(member.name);
    if (!mine) return [`no \`${member.name}\``];
    const isOther = relation(checker.getTypeOfSymbol(mine), checker.getTypeOfSymbol(member)) === 'other';
    return isOther ? [`other \`${member.name}\``] : [];
  });

  /** @param {ts.Type} own @param {ts.Type} original */
  const verdictOf = (own, original) => {
    const whole = relation(own, original);
    if (whole === 'same') return [];
    const missing = original.isUnion() ? [] : gaps(own, original);
    if (missing.length > 0) return missing;
    return [whole === 'other' ? 'narrower here, wider there' : whole];
  };

  /** @type {Row[]} */
  const rows = [...theirs].sort(([a], [b]) => (a < b ? -1 : 1)).map(([name, original]) => {
    const own = ours.get(name);
    if (!own) return { name, verdict: 'absent', reason: ABSENT[name], needsReason: true };
    /** @type {string[]} */
    const found = [];
    const isValue = original.flags & ts.SymbolFlags.Value && !(original.flags & ts.SymbolFlags.Class);
    if (isValue) found.push(...verdictOf(checker.getTypeOfSymbol(own), checker.getTypeOfSymbol(original)));
    if (original.flags & ts.SymbolFlags.Type) {
      found.push(...verdictOf(checker.getDeclaredTypeOfSymbol(own), checker.getDeclaredTypeOfSymbol(original)));
    }
    const isDifferent = found.some((one) => /^(?:no|other) /.test(one));
    const verdict = [...new Set(found)].join(', ') || 'same';
    return { name, verdict, reason: DIFFERENT[name], needsReason: isDifferent };
  });
  const complaints = ts.getPreEmitDiagnostics(program).map(({ messageText }) => (
    ts.flattenDiagnosticMessageText(messageText, ' ')));
  return { rows, complaints };
};

const HEAD = `# Types of the original, name by name

Every name that the declarations of genesys-cloud-webrtc-sdk 9.2.4 export, compared with
[js/types/index.d.ts](../js/types/index.d.ts) by the type checker. Generated by
\`node tests/package/types-table.mjs --write\`; a test holds it against both. Enumerations are compared by their values:
an application may write either the constant or the word.

* *same*: each can stand for the other.
* *narrower*: whatever comes from here fits the original's type, and is known better.
* *wider*: whatever fits the original's type is taken, and more; what comes from here may lack a member that is not
  always there.
* *no*, *other*: members that are absent, or of a type that has nothing in common, with the reason.

Members that the original keeps to itself (\`_name\`, private) are left out.

| name | here | why |
|---|---|---|
`;

/** @param {Row[]} rows */
export const render = (rows) => HEAD + rows.map(({ name, verdict, reason }) => (
  `| \`${name}\` | ${verdict} | ${reason ?? ''} |\n`)).join('');

if (process.argv[1] && import.meta.url === pathToFileURL(process.argv[1]).href) {
  await setup({ for: 'package' });
  const { rows } = compare();
  if (process.argv.includes('--write')) writeFileSync(TABLE, render(rows));
  for (const { name, verdict } of rows.filter((row) => row.needsReason && !row.reason)) console.log(name, verdict);
}
