// SPDX-License-Identifier: MIT
// The hot stream behind `sdk.headset.headsetEvents$`: what an application may do with an Observable of RxJS, in a
// seventh of its size (RxJS's Subject alone is 3.7 KB gzipped). It replays nothing, never fails and never completes.
// RxJS accepts it in `from()`, and its operators in `pipe()`: they ask a source for `lift` and a subscriber for `add`.

import { reportUncaught } from './errors.js';

/**
 * @typedef {object} Observer
 * @property {(value: any) => void} [next]
 * @property {(error: any) => void} [error]
 * @property {() => void} [complete]
 * @property {(teardown: any) => void} [add] of a subscriber of an operator
 */

/** The name under which libraries look for an observable, if the page has one. */
const OBSERVABLE = /** @type {any} */ (Symbol).observable ?? '@@observable';

/** A subscription, and the subscriber at the end of a chain of operators. */
class Subscription {
  /** @param {Observer} observer */
  constructor(observer) {
    this.closed = false;
    /** @type {any[]} */
    this.teardowns = [];
    this.observer = observer;
  }

  /** @param {any} value */
  next(value) {
    if (!this.closed) this.observer.next?.(value);
  }

  /** An operator failed: nothing more comes of it. @param {unknown} error */
  error(error) {
    if (this.closed) return;
    this.unsubscribe();
    if (this.observer.error) this.observer.error(error);
    else reportUncaught(error);
  }

  /** An operator has had enough. */
  complete() {
    if (this.closed) return;
    this.unsubscribe();
    this.observer.complete?.();
  }

  /** @param {any} teardown a function or a subscription */
  add(teardown) {
    if (!this.closed) this.teardowns.push(teardown);
    else if (typeof teardown === 'function') teardown();
    else teardown?.unsubscribe();
  }

  /** @param {any} teardown */
  remove(teardown) {
    this.teardowns = this.teardowns.filter((kept) => kept !== teardown);
  }

  unsubscribe() {
    this.closed = true;
    for (const teardown of this.teardowns.splice(0)) this.add(teardown);
  }
}

export class EventStream {
  /** @param {(subscription: Subscription) => void} [start] where values come from, when not from `emit` */
  constructor(start) {
    /** @type {Set<Subscription>} */
    this.subscriptions = new Set();
    this.start = start ?? ((subscription) => {
      this.subscriptions.add(subscription);
      subscription.add(() => this.subscriptions.delete(subscription));
    });
  }

  [OBSERVABLE]() {
    return this;
  }

  ['@@observable']() {
    return this;
  }

  /**
   * @param {Observer | ((value: any) => void) | null} [observer]
   * @returns {Subscription}
   */
  subscribe(observer) {
    const given = typeof observer === 'function' ? { next: observer } : observer ?? {};
    const subscription = new Subscription(given);
    // A subscriber of an operator ends its source with itself.
    given.add?.(subscription);
    this.start(subscription);
    return subscription;
  }

  /** @param {any} value one subscriber that throws does not keep it from the others */
  emit(value) {
    for (const subscription of [...this.subscriptions]) {
      try {
        subscription.next(value);
      } catch (error) {
        reportUncaught(error);
      }
    }
  }

  /** @param {((source: any) => any)[]} operators @returns {any} */
  pipe(...operators) {
    return operators.reduce((source, operator) => operator(source), /** @type {any} */ (this));
  }

  /** What RxJS's operators build their result with. @param {any} operator */
  lift(operator) {
    return new EventStream((subscription) => subscription.add(operator.call(subscription, this)));
  }
}
