// SPDX-License-Identifier: MIT
// HTTP requests on fetch(), each with a deadline that covers the body.

import { HttpError } from '../errors.js';

/**
 * @typedef {object} RequestSpec
 * @property {string} url
 * @property {Record<string, string>} [headers]
 * @property {string} [body]
 * @property {number} timeout milliseconds
 * @property {boolean} [keepalive] the request outlives the page
 * @property {RequestCredentials} [credentials]
 * @property {RequestCache} [cache]
 */
/**
 * `status` 0: no response, and `note` says "network" or "timeout"; else `note` is the Retry-After header.
 * `error` is there unless the status says success.
 * @typedef {(id: number, status: number, note: string, body: string, error?: HttpError) => void}
 *   ResultHandler
 */

/** @param {string} text @param {string | null} type */
const parseBody = (text, type) => {
  if (!text || !type?.includes('json')) return text;
  try {
    return /** @type {unknown} */ (JSON.parse(text));
  } catch {
    return text;
  }
};

/** The requests under way of one SDK object. */
export class HttpClient {
  /** @param {ResultHandler} onResult called once per request, unless it was aborted */
  constructor(onResult) {
    this.onResult = onResult;
    /** @type {Map<number, AbortController>} */
    this.running = new Map();
    /** Those that outlive this object, and their timers. @type {Map<number, ReturnType<typeof setTimeout>>} */
    this.lasting = new Map();
  }

  /** @param {number} id @param {string} method @param {RequestSpec} spec */
  async request(id, method, spec) {
    const controller = new AbortController();
    const facts = { url: spec.url, method, timeout: spec.timeout };
    let timedOut = false;
    this.running.set(id, controller);
    const timer = setTimeout(() => {
      timedOut = true;
      controller.abort();
    }, spec.timeout);
    if (spec.keepalive) this.lasting.set(id, timer);
    /** @param {number} status @param {string} note @param {string} body @param {HttpError} [error] */
    const settle = (status, note, body, error) => {
      clearTimeout(timer);
      this.lasting.delete(id);
      if (this.running.get(id) !== controller) return;
      this.running.delete(id);
      this.onResult(id, status, note, body, error);
    };
    let response;
    let text;
    try {
      const { url, headers, body, keepalive, credentials, cache } = spec;
      const { signal } = controller;
      response = await fetch(url, { method, headers, body, keepalive, credentials, cache, signal });
      text = await response.text();
    } catch {
      const outcome = timedOut ? 'timeout' : 'network';
      settle(0, outcome, '', new HttpError(facts, outcome));
      return;
    }
    const { ok, status } = response;
    const headers = Object.fromEntries(response.headers);
    const data = parseBody(text, response.headers.get('content-type'));
    const error = ok ? undefined : new HttpError(facts, { status, data, headers });
    settle(status, response.headers.get('retry-after') ?? '', text, error);
  }

  /** No result follows. @param {number} id */
  abort(id) {
    const controller = this.running.get(id);
    this.running.delete(id);
    controller?.abort();
  }

  /** No result follows; requests that outlive the page are left to the browser. */
  abortAll() {
    for (const timer of this.lasting.values()) clearTimeout(timer);
    for (const id of [...this.running.keys()]) {
      if (this.lasting.has(id)) this.running.delete(id);
      else this.abort(id);
    }
  }
}
