// SPDX-License-Identifier: MIT
// What goes wrong on purpose. The other modules ask here before they act; a test says beforehand what they
// hear. Every rule applies a limited number of times (`times`, default 1) or until `remove()`.

import {
  ANYTHING, FUNCTION, MS, OBJECT, STATUS, TEXT, TIMES, expect, expectOptions, oneOf,
} from './options.js';

/** @typedef {import('./xmpp.js').StanzaRecord} StanzaRecord */
/** @typedef {{ status: number, headers?: Record<string, string>, body?: unknown }} Answer */
/**
 * @typedef {string | RegExp} PathPattern a path below /api/v2/ without query, or a pattern for path and query
 */
/** @typedef {{ hits: number, remove(): void }} Rule */
/**
 * @typedef {{ direction?: 'in' | 'out', userId?: string, match?: (record: StanzaRecord) => boolean }}
 *   StanzaTest
 */

/**
 * What becomes of one stanza.
 * @typedef {object} Fate
 * @property {number[]} copies milliseconds until each copy is delivered; none: it is lost
 * @property {boolean} [behind] it waits for the next stanza of its direction and follows it
 * @property {(xml: string) => string} [change] what is delivered instead; outgoing stanzas only
 */
/** @typedef {{ test: StanzaTest, fate: Fate, left: number, hits: number }} StanzaRule */

const METHOD = oneOf('GET', 'POST', 'PUT', 'PATCH', 'DELETE');
/** @type {import('./options.js').Kind} */
const PATH = ['a path without query or a RegExp', (value) => (
  value instanceof RegExp || (typeof value === 'string' && !value.includes('?')))];

/** @type {Fate} */
const UNTOUCHED = { copies: [0] };
/** @type {Fate} */
const LOST = { copies: [] };

/** @template T @param {T[]} list @param {T & { left: number, hits: number }} entry @returns {Rule} */
function enlist(list, entry) {
  list.push(entry);
  return {
    get hits() { return entry.hits; },
    remove() {
      const at = list.indexOf(entry);
      if (at >= 0) list.splice(at, 1);
    },
  };
}

/** @template {{ left: number, hits: number }} T @param {T[]} list @param {(entry: T) => boolean} fits */
function take(list, fits) {
  const found = list.find((entry) => entry.left > 0 && fits(entry));
  if (!found) return undefined;
  found.left -= 1;
  found.hits += 1;
  if (!found.left) list.splice(list.indexOf(found), 1);
  return found;
}

/** @param {StanzaTest} test @param {StanzaRecord} record */
function fitsStanza(test, record) {
  return (!test.direction || test.direction === record.direction) &&
    (!test.userId || test.userId === record.userId) && (!test.match || test.match(record));
}

/** @param {string} where @param {string} method @param {PathPattern} path */
const expectRequest = (where, method, path) => {
  expect(where, 'the method', method, METHOD);
  expect(where, 'the path', path, PATH);
};

export class Faults {
  /**
   * @param {() => Iterable<import('./xmpp.js').Connection>} connections the open sockets, looked up when
   *   needed
   */
  constructor(connections) {
    this.connections = connections;
    /**
     * @type {{ method: string, path: PathPattern, answer?: Answer, ms?: number, left: number, hits: number
     *   }[]}
     */
    this.requests = [];
    /** @type {StanzaRule[]} */
    this.stanzas = [];
    /** @type {{ condition: string, left: number, hits: number }[]} */
    this.auth = [];
    /** @type {{ status: number, left: number, hits: number }[]} */
    this.upgrades = [];
    /** @type {Set<string>} */
    this.silenced = new Set();
  }

  /**
   * Answers matching REST requests with this instead of the real thing. Status 0 cuts the connection.
   * @param {string} method @param {PathPattern} path
   * @param {{ status: number, headers?: Record<string, string>, body?: unknown, times?: number }} given
   */
  respond(method, path, given) {
    expectRequest('faults.respond()', method, path);
    expectOptions('faults.respond()', given, { status: STATUS, headers: OBJECT, body: ANYTHING, times: TIMES });
    expect('faults.respond()', 'status', given.status, STATUS);
    const { times = 1, ...answer } = given;
    return enlist(this.requests, { method, path, answer, left: times, hits: 0 });
  }

  /**
   * Holds something back for `ms`: REST requests (`{ method, path }`) or stanzas (a stanza test). A delayed
   * stanza
   * is overtaken by those behind it.
   * @param {{ method: string, path: PathPattern } | StanzaTest} what
   * @param {number} ms @param {{ times?: number }} [options]
   */
  delay(what, ms, { times = 1 } = {}) {
    expect('faults.delay()', 'the second argument', ms, MS);
    if ('method' in what) expectRequest('faults.delay()', what.method, what.path);
    if ('method' in what) return enlist(this.requests, { ...what, ms, left: times, hits: 0 });
    return this.decide(what, { copies: [ms] }, times);
  }

  /** Loses matching stanzas, as if never received or never sent. @param {StanzaTest} test */
  swallow(test, { times = 1 } = {}) {
    return this.decide(test, LOST, times);
  }

  /**
   * Delivers matching stanzas more than once: at once and again after each of these milliseconds.
   * @param {StanzaTest} test @param {number[]} [again]
   */
  duplicate(test, again = [0], { times = 1 } = {}) {
    return this.decide(test, { copies: [0, ...again] }, times);
  }

  /** Lets the next stanza of the same direction overtake a matching one. @param {StanzaTest} test */
  reorder(test, { times = 1 } = {}) {
    return this.decide(test, { copies: [0], behind: true }, times);
  }

  /**
   * Sends something else in the place of a matching outgoing stanza.
   * @param {StanzaTest} test @param {(xml: string) => string} change
   */
  mangle(test, change, { times = 1 } = {}) {
    return this.decide({ ...test, direction: 'out' }, { copies: [0], change }, times);
  }

  /** @param {StanzaTest} test @param {Fate} fate @param {number} times */
  decide(test, fate, times) {
    expectOptions('faults', test, {
      direction: oneOf('in', 'out'), userId: TEXT, match: FUNCTION,
    });
    expect('faults', 'times', times, TIMES);
    return enlist(this.stanzas, { test, fate, left: times, hits: 0 });
  }

  /** Fails SASL with this condition; an empty one gives a bare `<failure/>`. @param {string} condition */
  refuseAuth(condition = 'not-authorized', { times = 1 } = {}) {
    return enlist(this.auth, { condition, left: times, hits: 0 });
  }

  /** Refuses the WebSocket itself. @param {number} status HTTP status of the refusal */
  refuseSockets(status = 503, { times = 1 } = {}) {
    expect('faults.refuseSockets()', 'the status', status, STATUS);
    return enlist(this.upgrades, { status, left: times, hits: 0 });
  }

  /** Cuts sockets without a word. @param {string} [userId] default: all @returns {number} how many */
  dropSockets(userId) {
    const dropped = [...this.connections()].filter((c) => !userId || c.userId === userId);
    for (const connection of dropped) connection.socket.terminate();
    return dropped.length;
  }

  /** Ends streams politely. @param {string} [userId] default: all @returns {number} how many */
  closeStreams(userId) {
    const closed = [...this.connections()].filter((c) => !userId || c.userId === userId);
    for (const connection of closed) connection.end();
    return closed.length;
  }

  /** Sends this text as it is to every socket of a user. @param {string} userId @param {string} text */
  sendRaw(userId, text) {
    const told = [...this.connections()].filter((c) => c.userId === userId);
    for (const connection of told) connection.sendText(text);
    return told.length;
  }

  /** From now on the stream of this user hears and says nothing. @param {string} userId */
  silence(userId, on = true) {
    if (on) this.silenced.add(userId);
    else this.silenced.delete(userId);
  }

  /** Forgets every rule. */
  clear() {
    for (const list of [this.requests, this.stanzas, this.auth, this.upgrades]) list.length = 0;
    this.silenced.clear();
  }

  /** @param {string} method @param {string} path @param {string} query */
  takeRequest(method, path, query) {
    /** @param {PathPattern} wanted */
    const fits = (wanted) => (typeof wanted === 'string'
      ? wanted.replace(/^\/*(?:api\/v2\/)?/, '') === path : wanted.test(path + query));
    return take(this.requests, (rule) => rule.method === method && fits(rule.path));
  }

  /** @param {StanzaRecord} record @returns {Fate} */
  judgeStanza(record) {
    if (record.userId && this.silenced.has(record.userId)) return LOST;
    return take(this.stanzas, ({ test }) => fitsStanza(test, record))?.fate ?? UNTOUCHED;
  }

  takeAuth() {
    return take(this.auth, () => true)?.condition;
  }

  takeUpgrade() {
    return take(this.upgrades, () => true)?.status;
  }
}
