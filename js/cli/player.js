// SPDX-License-Identifier: MIT
// Plays recorded inputs to the same WebAssembly module that a page runs. Its surroundings are those of the recording:
// the clock says what it said, random numbers are those that were drawn, and a WebSocket sends nothing.

import { bytes, factory } from '#wasm';
import { Effect, Input } from '../effects.js';
import { Recorded } from './recording.js';
import { UsageError } from './usage.js';

/** @typedef {import('./recording.js').Step} Step */
/** @typedef {import('./recording.js').Done} Done */

/** Effects whose text is no JSON; those of the WebSocket are not among what the module hands out. */
const PLAIN = [Effect.PEER_OFFER, Effect.PEER_CANDIDATE, Effect.STORAGE_WRITE];

/** @returns {Promise<import('../core.js').Bound>} */
const load = async () => {
  const module = await WebAssembly.compile(/** @type {NonNullable<typeof bytes>} */ (bytes)());
  /** @type {Record<string, unknown>} */
  const wasm = {};
  factory(Object.assign(wasm, {
    /** @param {WebAssembly.Imports} imports @param {(instance: WebAssembly.Instance) => void} receive */
    instantiateWasm(imports, receive) {
      const instance = new WebAssembly.Instance(module, imports);
      receive(instance);
      return instance.exports;
    },
  }));
  return /** @type {import('../core.js').Bound} */ (/** @type {unknown} */ (wasm));
};

/** @param {string[]} drawn */
const joined = (drawn) => Buffer.concat(drawn.map((one) => Buffer.from(one, 'base64'))).toString('base64');

/** The configuration, with what is drawn while the core is made. @param {Step} birth */
const configOf = ({ text, drawn }) => {
  try {
    const config = JSON.parse(text);
    return JSON.stringify({ ...config, host: { ...config.host, drawn: joined(drawn) } });
  } catch {
    throw new UsageError('The configuration in the recording is damaged.');
  }
};

/**
 * Makes the core of a recording. `play` feeds one step; what the core wanted is in `effects` then, from all steps.
 * `end` must be called.
 * @param {Step} birth
 * @param {number[]} socketIds the numbers of the connections, in the order of their opening
 */
export const createPlayer = async (birth, socketIds) => {
  /** @type {Done[]} */
  const effects = [];
  /** @type {Map<number, FakeSocket>} */
  const sockets = new Map();
  let opened = 0;
  const clock = { mono: birth.mono, wall: birth.wall };

  class FakeSocket {
    /** @param {string} url @param {string[]} [protocols] */
    constructor(url, protocols = []) {
      this.readyState = 1;
      this.isClosing = false;
      this.id = socketIds[opened] ?? 0;
      opened += 1;
      sockets.set(this.id, this);
      effects.push({ kind: Effect.SOCKET_OPEN, id: this.id, name: protocols.join(','), text: url });
    }

    /** @param {string} text */
    send(text) {
      effects.push({ kind: Effect.SOCKET_SEND, id: this.id, name: '', text });
    }

    close() {
      this.isClosing = true;
      effects.push({ kind: Effect.SOCKET_CLOSE, id: this.id, name: '', text: '' });
    }
  }

  const wasm = await load();
  const { performance: { now }, Date: { now: dateNow } } = globalThis;
  const { WebSocket } = globalThis;
  const restore = () => {
    performance.now = now;
    Date.now = dateNow;
    globalThis.WebSocket = WebSocket;
  };
  performance.now = () => clock.mono;
  Date.now = () => clock.wall;
  globalThis.WebSocket = /** @type {any} */ (FakeSocket);

  const handle = wasm.create(configOf(birth), new Uint8Array(32), (batch) => {
    for (const [kind, id, name, value] of batch ? JSON.parse(batch) : []) {
      effects.push({ kind, id, name, text: PLAIN.includes(kind) ? value ?? '' : JSON.stringify(value) });
    }
  });
  const refusal = wasm.error(handle);
  if (refusal) {
    restore();
    throw new UsageError(`The configuration in the recording is refused: ${JSON.parse(refusal).message}`);
  }

  /** @param {any} socket the handlers are those of the module's glue */
  const close = async (socket) => {
    // One that the core closed itself tells so in a microtask.
    if (socket?.isClosing) await undefined;
    else socket?.onclose({ wasClean: false, code: 1006, reason: '' });
  };

  return {
    effects,
    /** @param {Step} step */
    async play({ kind, mono, wall, id, number, name, text, drawn }) {
      Object.assign(clock, { mono, wall });
      wasm.input(handle, Input.DRAWN, 0, 0, '', joined(drawn));
      const socket = /** @type {any} */ (sockets.get(id));
      if (kind === Recorded.TICK) wasm.tick(handle);
      else if (kind === Recorded.OPENED) socket?.onopen({});
      else if (kind === Recorded.FRAME) socket?.onmessage({ data: text });
      else if (kind === Recorded.CLOSED) await close(socket);
      else wasm.input(handle, kind, id, number, name, text);
    },
    end() {
      wasm.destroy(handle);
      restore();
    },
  };
};
