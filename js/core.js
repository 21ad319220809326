// SPDX-License-Identifier: MIT
// Loads the WebAssembly module, once per page for all SDK objects, and makes cores. The constructor of the
// SDK is synchronous, so in a page the module is compiled while this script is evaluated; elsewhere (a server that
// renders pages) not before it is asked for. Browsers that refuse to compile on the main thread (Chromium before 115)
// compile it in the background from then on, and so does the lean package, which fetches it; until `loaded` resolves,
// making a core fails. The build without WebAssembly is plain JavaScript and starts at once, everywhere.

import { bytes, factory, response } from '#wasm';
import { SdkError, SdkErrorTypes } from './errors.js';

/**
 * One core with its pump.
 * @typedef {object} Shell
 * @property {() => string} error why there is no core, as JSON; '' when there is one
 * @property {(kind: number, id: number, number: number, name: string, text: string) => number} input
 * @property {() => void} tick
 * @property {(question: string) => string} ask
 * @property {() => void} delete
 */
/** @typedef {(batch: string, delay: number) => void} Sink */
/**
 * The functions of wasm/shell.cpp; they take the handle that `create` answers.
 * @typedef {object} Bound
 * @property {(config: string, seed: Uint8Array, sink: Sink) => number} create
 * @property {(handle: number) => void} destroy
 * @property {(handle: number) => string} error
 * @property {(handle: number, kind: number, id: number, number: number, name: string, text: string) => number} input
 * @property {(handle: number) => void} tick
 * @property {(handle: number, question: string) => string} ask
 */
/** @typedef {Partial<Bound> & { HEAPU8?: Uint8Array }} LoadedModule */

/**
 * A text longer than this is refused by the core, so no more of it needs to be copied there (SP_MAX_JSON).
 */
const MAX_TEXT = 4 * 1024 * 1024;

/** @type {LoadedModule} */
const wasm = {};
/** @type {WebAssembly.Module | undefined} */
let compiled;
/** @type {unknown} */
let failure;

/** Runs the module's glue on `wasm`, which it fills. @param {Record<string, unknown>} options */
const start = (options) => factory(Object.assign(wasm, options));

/** Instantiates from what was compiled; the module is usable when this returns. */
const startNow = () => {
  start({
    /** @param {WebAssembly.Imports} imports @param {(instance: WebAssembly.Instance) => void} receive */
    instantiateWasm(imports, receive) {
      const instance = new WebAssembly.Instance(/** @type {WebAssembly.Module} */ (compiled), imports);
      receive(instance);
      return instance.exports;
    },
  });
};

/**
 * Compiles while it arrives, where the server says what it is.
 * @param {WebAssembly.Imports} imports
 * @returns {Promise<WebAssembly.WebAssemblyInstantiatedSource>}
 */
const instantiate = async (imports) => {
  if (bytes) return WebAssembly.instantiate(bytes(), imports);
  const answer = await /** @type {() => Promise<Response>} */ (response)();
  if (!answer.ok) throw new Error(`${answer.url} answered ${answer.status}`);
  const isNamed = answer.headers.get('content-type')?.startsWith('application/wasm');
  return isNamed ? WebAssembly.instantiateStreaming(answer, imports)
    : WebAssembly.instantiate(await answer.arrayBuffer(), imports);
};

/** @returns {Promise<void>} */
const startInBackground = () => new Promise((done, fail) => {
  const ready = start({
    /** @param {WebAssembly.Imports} imports @param {(instance: WebAssembly.Instance) => void} receive */
    instantiateWasm(imports, receive) {
      instantiate(imports).then(({ instance }) => receive(instance)).catch(fail);
      return {};
    },
  });
  Promise.resolve(ready).then(() => done(), fail);
});

/** @returns {Promise<void>} */
const load = async () => {
  try {
    if (bytes) {
      compiled = new WebAssembly.Module(bytes());
      return;
    }
    if (!response) {
      start({});
      return;
    }
  } catch (error) {
    failure = error;
    // A RangeError is the refusal of a size; anything else (no WebAssembly, a Content-Security-Policy) will not
    // get better.
    if (!(failure instanceof RangeError)) throw unusable();
  }
  try {
    await startInBackground();
    failure = undefined;
  } catch (error) {
    failure = error;
    throw unusable();
  }
};

const STILL_COMPILING = 'The SDK is still being compiled: await the exported promise `loaded` first.';
const CANNOT_LOAD = 'The WebAssembly module of the SDK could not be loaded; a Content-Security-Policy of the '
  + 'page must allow \'wasm-unsafe-eval\'.';

const unusable = () => {
  const isUnderWay = failure === undefined || failure instanceof RangeError;
  return new SdkError(SdkErrorTypes.initialization, isUnderWay ? STILL_COMPILING : CANNOT_LOAD, failure);
};

/** @type {(loading: Promise<void>) => void} */
let settle;
let isBegun = false;

/** Starts loading, the first time. */
const begin = () => {
  if (isBegun) return;
  isBegun = true;
  settle(load());
};

/** A promise that nothing is done for until somebody waits for it. @extends {Promise<void>} */
class Awaited extends Promise {
  /** @override */
  static get [Symbol.species]() {
    return Promise;
  }

  /**
   * @override
   * @param {any} [done] @param {any} [failed]
   * @returns {Promise<any>}
   */
  then(done, failed) {
    begin();
    return super.then(done, failed);
  }
}

/**
 * Resolves when SDK objects can be constructed: at once, except in browsers that refuse to compile
 * WebAssembly on the main thread. Rejects with an SdkError when they never can.
 * @type {Promise<void>}
 */
export const loaded = new Awaited((resolve) => {
  settle = resolve;
});
// Who does not wait for it learns of a failure from the constructor.
Promise.prototype.then.call(loaded, undefined, () => {});

// Whether this is a page is looked up without reading a thing of it.
if ('document' in globalThis) begin();

/**
 * Makes a core. Throws an SdkError while the module is not loaded.
 * @param {string} config
 * @param {Sink} sink must not throw; called from inside the shell's methods, in which the shell must not be
 *   deleted
 * @returns {Shell}
 */
export const createShell = (config, sink) => {
  begin();
  if (compiled && !wasm.create) startNow();
  if (!wasm.create) throw unusable();
  const { create, destroy, error, input, tick, ask } = /** @type {Bound} */ (wasm);
  let handle = create(config.slice(0, MAX_TEXT + 1), crypto.getRandomValues(new Uint8Array(32)), sink);
  return {
    error: () => error(handle),
    input: (kind, id, number, name, text) => input(handle, kind, id, number, name, text),
    tick: () => tick(handle),
    ask: (question) => ask(handle, question),
    delete() {
      destroy(handle);
      handle = 0;
    },
  };
};

/** Bounds a text on its way into the core. @param {string} text */
export const bounded = (text) => (text.length > MAX_TEXT ? text.slice(0, MAX_TEXT + 1) : text);

/** Size of the module's memory in bytes, which all SDK objects of the page share. */
export const memoryBytes = () => wasm.HEAPU8?.length ?? 0;
