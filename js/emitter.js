// SPDX-License-Identifier: MIT

import { EventEmitter } from 'events';
import { reportUncaught } from './errors.js';

/**
 * Node's event emitter with the two habits of a DOM event target: a listener that throws does not keep the
 * others, or the SDK, from going on (its error is reported as an uncaught one), and an `error` event nobody
 * listens to is no exception.
 */
export class Emitter extends EventEmitter {
  /**
   * @override
   * @param {string | symbol} name
   * @param {any[]} args
   * @returns {boolean} whether there was a listener
   */
  emit(name, ...args) {
    const listeners = this.rawListeners(name);
    for (const listener of listeners) {
      try {
        Reflect.apply(listener, this, args);
      } catch (error) {
        reportUncaught(error);
      }
    }
    return listeners.length > 0;
  }
}

/**
 * Makes members invisible to enumeration, so that logging or copying the object does not drag the SDK's
 * inside along. They stay ordinary otherwise: frameworks wrap objects into proxies, which private fields do
 * not survive.
 * @template {object} T
 * @param {T} object
 * @param {(keyof T)[]} names
 */
export const hide = (object, names) => {
  for (const name of names) Object.defineProperty(object, name, { enumerable: false });
};
