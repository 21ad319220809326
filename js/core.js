// SPDX-License-Identifier: MIT
// Loads the WebAssembly module, once per page for all SDK objects, and makes cores. The constructor of the
// SDK is synchronous, so in a page the module is compiled while this script is evaluated; elsewhere (a server that
// renders pages) not before it is asked for. Browsers that refuse to compile on the main thread (Chromium before 115)
// compile it in the background from then on, and so does the lean package, which fetches it; until `loaded` resolves,
// making a core fails. The build without WebAssembly is plain JavaScript and starts at once, everywhere.
// Some packages bring the module in two halves (wasm/toolchain/divide.mjs): cores are made by the first, and are fed
// once the second is there too.

import { bytes, factory, response, second } from '#wasm';
import { SdkError, SdkErrorTypes } from './errors.js';

/**
 * One core with its pump.
 * @typedef {object} Shell
 * @property {() => string} error why there is no core, as JSON; '' when there is one
 * @property {(kind: number, id: number, number: number, name: string, text: string) => number} input
 * @property {() => void} tick
 * @property {(question: string) => string} ask
 * @property {() => string} recording what the flight recorder kept, as JSON; only once the module is complete
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
 * @property {(handle: number) => string} recording
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

/** What the second half imports: memory, table and functions of the first. @type {WebAssembly.Exports | undefined} */
let first;

/** The first half imports a function for each of the second's that it calls, until that one is there. */
const placeholders = new Proxy({}, {
  get: (_, name) => () => {
    throw new Error(`Function ${String(name)} of the module was called too early`);
  },
});

/** @param {WebAssembly.Imports} imports of the module's glue */
const withPlaceholders = (imports) => (second ? { ...imports, later: placeholders } : imports);

/** Runs the module's glue on `wasm`, which it fills. @param {Record<string, unknown>} options */
const start = (options) => factory(Object.assign(wasm, options));

/** Instantiates from what was compiled; the module is usable when this returns. */
const startNow = () => {
  start({
    /** @param {WebAssembly.Imports} imports @param {(instance: WebAssembly.Instance) => void} receive */
    instantiateWasm(imports, receive) {
      const module = /** @type {WebAssembly.Module} */ (compiled);
      const instance = new WebAssembly.Instance(module, withPlaceholders(imports));
      first = instance.exports;
      receive(instance);
      return instance.exports;
    },
  });
};

/**
 * Compiles in the background; what is fetched while it arrives, where the server says what it is.
 * @param {Uint8Array<ArrayBuffer> | Response} source
 * @returns {Promise<WebAssembly.Module>}
 */
const compile = async (source) => {
  if (source instanceof Uint8Array) return WebAssembly.compile(source);
  if (!source.ok) throw new Error(`${source.url} answered ${source.status}`);
  const isNamed = source.headers.get('content-type')?.startsWith('application/wasm');
  return isNamed ? WebAssembly.compileStreaming(source) : WebAssembly.compile(await source.arrayBuffer());
};

/** @param {WebAssembly.Imports} imports */
const instantiate = async (imports) => {
  const source = bytes ? bytes() : await /** @type {() => Promise<Response>} */ (response)();
  const instance = await WebAssembly.instantiate(await compile(source), withPlaceholders(imports));
  first = instance.exports;
  return instance;
};

/** @returns {Promise<void>} */
const startInBackground = () => new Promise((done, fail) => {
  const ready = start({
    /** @param {WebAssembly.Imports} imports @param {(instance: WebAssembly.Instance) => void} receive */
    instantiateWasm(imports, receive) {
      instantiate(imports).then(receive).catch(fail);
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

// The second half

/** How often it is asked for before a call is told that it cannot be had, and the first pause, which doubles. */
const ATTEMPTS = 4;
const PAUSE_MS = 1000;

let isComplete = second === undefined;
/** The first attempt, which does not wait for a core. @type {Promise<WebAssembly.Module> | undefined} */
let ahead;
/** @type {Promise<void> | undefined} */
let completing;

/** @param {NonNullable<typeof second>} get @param {number} attempt */
const obtain = (get, attempt) => {
  const module = get(attempt).then(compile);
  module.catch(() => {}); // who waits for it learns of it
  return module;
};

const INCOMPLETE = 'The second part of the SDK could not be loaded: the file genesys-cloud-webrtc-sdk.calls-*.js (of '
  + 'the lean package: softphone-calls.wasm) must be served beside the first.';

/** @param {NonNullable<typeof second>} get */
const bring = async (get) => {
  for (let attempt = 0; ; attempt++) {
    try {
      const module = await (ahead ?? obtain(get, attempt));
      await WebAssembly.instantiate(module, { first: /** @type {WebAssembly.Exports} */ (first) });
      isComplete = true;
      return;
    } catch (error) {
      ahead = undefined;
      if (attempt + 1 === ATTEMPTS) throw new SdkError(SdkErrorTypes.initialization, INCOMPLETE, error);
    }
    await new Promise((resolve) => { setTimeout(resolve, PAUSE_MS * 2 ** attempt); });
  }
};

/**
 * Waits until cores can be fed. Needs a core: it completes the module that made it.
 * @returns {Promise<void> | undefined} nothing when they can already. Rejects with an SdkError when the second half
 *   cannot be had now; the next call tries again.
 */
export const complete = () => {
  if (isComplete || !second) return undefined;
  if (!completing) {
    completing = bring(second).finally(() => { completing = undefined; });
    completing.catch(() => {}); // who waits for it learns of it
  }
  return completing;
};

/** @type {(loading: Promise<void>) => void} */
let settle;
let isBegun = false;

/** Starts loading, the first time. */
const begin = () => {
  if (isBegun) return;
  isBegun = true;
  settle(load());
  if (second) ahead = obtain(second, 0);
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
  const { create, destroy, error, input, tick, ask, recording } = /** @type {Bound} */ (wasm);
  let handle = create(config.slice(0, MAX_TEXT + 1), crypto.getRandomValues(new Uint8Array(32)), sink);
  return {
    error: () => error(handle),
    input: (kind, id, number, name, text) => input(handle, kind, id, number, name, text),
    tick: () => tick(handle),
    ask: (question) => ask(handle, question),
    recording: () => recording(handle),
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
