// SPDX-License-Identifier: MIT
// What the browser tests share: one Chromium and one page origin per file; for each test a platform, a browser
// context and a page of its own, whose end checks that nothing unexpected was reported.

import assert from 'node:assert/strict';
import { after, before } from 'node:test';
import { fileURLToPath } from 'node:url';
import { startPlatform, until } from '../../demo/platform/index.js';
import { launchChromium, openPage, servePage } from '../support/browser.mjs';
import { scriptPages } from '../support/bundle.mjs';

/** @typedef {import('playwright-core').Browser} Browser */
/** @typedef {import('../../demo/platform/index.js').Platform} Platform */
/** @typedef {import('../../demo/platform/calls.js').Call} Call */
/** @typedef {import('../../demo/platform/calls.js').CallOptions} CallOptions */
/** @typedef {Record<string, any>} Members */
/** @typedef {{ name: string, detail: any }} Note */
/** @typedef {Record<string, import('../support/browser.mjs').PageContent>} Pages */

const path = (/** @type {string} */ name) => fileURLToPath(new URL(name, import.meta.url));

/** Chromium itself reports each failed request and socket as a console error. */
export const FAILED_REQUEST = /Failed to load resource/;
export const FAILED_SOCKET = /WebSocket connection to .* failed/;

const PAGE = `<!DOCTYPE html><html lang="en"><head><meta charset="utf-8"><title>application</title></head>
<body><script src="/harness.js"></script><script src="/sdk.js"></script></body></html>`;

/**
 * @typedef {object} Play
 * @property {import('../../demo/platform/index.js').PlatformOptions} [platform]
 * @property {RegExp[]} [expected] console errors and uncaught exceptions that belong to the test
 * @property {RegExp[]} [sdkErrors] messages of `sdkError` events that belong to the test
 * @property {import('playwright-core').BrowserContextOptions} [context]
 * @property {(page: import('playwright-core').Page) => Promise<unknown>} [prepare] before the page is opened
 * @property {string} [path] of the page; the usual one if there is none
 */

/**
 * Registers the browser of a test file.
 * @param {{ flags?: string[], without?: string[], headers?: Record<string, string>, launch?: () => Promise<Browser>,
 *   pages?: Pages | (() => Promise<Pages>) }}
 *   [options] Chromium's flags, or how another browser is started; headers of the page; other files than the usual
 *   ones, or what makes them
 */
export function stage({ flags, without, headers, pages: own, launch = () => launchChromium({ flags, without }) } = {}) {
  /** @type {Browser} */
  let browser;
  /** @type {Awaited<ReturnType<typeof servePage>>} */
  let site;
  before(async () => {
    /** @type {Pages} */
    const pages = { '/': PAGE, '/harness.js': { file: path('harness.js') }, ...scriptPages() };
    Object.assign(pages, typeof own === 'function' ? await own() : own);
    [browser, site] = await Promise.all([launch(), servePage(pages, headers)]);
  });
  after(() => Promise.all([browser?.close(), site?.close()]));

  return {
    get browser() { return browser; },
    get url() { return site.url; },
    /**
     * The body of a test, given a scene.
     * @param {Play} options @param {(scene: Scene) => Promise<unknown>} act
     */
    play: (options, act) => async () => {
      const platform = await startPlatform(options.platform);
      try {
        const opened = await openPage(browser, new URL(options.path ?? '', site.url).href, options);
        await playScene(opened, new Scene(platform, opened.page), options, act);
      } finally {
        await platform.close();
      }
    },
  };
}

/**
 * Acts, and fails on what nobody announced; the page is closed either way.
 * @template {Scene} S
 * @param {Awaited<ReturnType<typeof openPage>>} opened @param {S} scene
 * @param {Play} options @param {(scene: S) => Promise<unknown>} act
 */
export const playScene = async (opened, scene, options, act) => {
  try {
    await act(scene);
    await scene.expectOnly(options.sdkErrors ?? []);
    await scene.expectQuiet();
  } catch (error) {
    await opened.page.context().close();
    throw error;
  }
  await opened.done();
};

/** One platform and one page with the SDK's script. */
export class Scene {
  /** @param {Platform} platform @param {import('playwright-core').Page} page */
  constructor(platform, page) {
    this.platform = platform;
    this.page = page;
  }

  /** A configuration that signs in here. @param {Members} [more] */
  config(more = {}) {
    return {
      environment: this.platform.url, wsHost: this.platform.wsUrl, accessToken: this.platform.token,
      useHeadsets: false, optOutOfTelemetry: true, logLevel: 'error', ...more,
    };
  }

  /** Constructs the SDK; it is `sdk` in the page. @param {Members} [more] of the configuration */
  construct(more) {
    return this.page.evaluate((config) => void /** @type {any} */ (window).harness.construct(config),
      this.config(more));
  }

  /** The error of a constructor that must throw, or undefined when it did not. @returns {Promise<any>} */
  constructTooEarly() {
    return this.page.evaluate((config) => {
      const { harness } = /** @type {any} */ (window);
      try {
        harness.construct(config);
        return undefined;
      } catch (error) {
        return harness.describeError(error);
      }
    }, this.config());
  }

  /** Constructs and initializes. @param {Members} [more] of the configuration */
  async signIn(more) {
    const { error } = await this.page.evaluate((config) => /** @type {any} */ (window).harness.start(config),
      this.config(more));
    assert.equal(error, undefined);
  }

  /** Calls a method that must succeed. @param {string} method @param {any[]} args */
  async run(method, ...args) {
    const { value, error, thrown } = await this.outcome(method, ...args);
    assert.equal(error ?? thrown, undefined, `${method} failed`);
    return value;
  }

  /**
   * Calls a method that must reject.
   * @param {string} method @param {any[]} args
   * @returns {Promise<{ name: string, message: string, type: string, isSdkError: boolean, details: any }>}
   */
  async fails(method, ...args) {
    const { error, ...other } = await this.outcome(method, ...args);
    assert.ok(error, `${method} was to reject, but: ${JSON.stringify(other)}`);
    return error;
  }

  /**
   * @param {string} method @param {any[]} args
   * @returns {Promise<{ value?: any, error?: any, thrown?: any }>}
   */
  outcome(method, ...args) {
    return this.page.evaluate(([name, given]) => (
      /** @type {any} */ (window).harness.call(name, .../** @type {any[]} */ (given))),
    /** @type {const} */ ([method, args]));
  }

  /**
   * The detail of the first note of that name with these members; waits for it.
   * @param {string} name @param {Members} [members] @param {number} [from] index of the first note that counts
   * @returns {Promise<any>}
   */
  event(name, members = {}, from = 0) {
    return this.page.evaluate(([wanted, given, start]) => (
      /** @type {any} */ (window).harness.until(wanted, given, start)),
    /** @type {const} */ ([name, members, from]));
  }

  /** All notes so far, or those of these names. @param {string[]} names @returns {Promise<Note[]>} */
  async notes(...names) {
    /** @type {Note[]} */
    const all = await this.page.evaluate(() => /** @type {any} */ (window).harness.notes);
    return names.length ? all.filter(({ name }) => names.includes(name)) : all;
  }

  /** How many notes there are: to be given to `event`. @returns {Promise<number>} */
  count() {
    return this.page.evaluate(() => /** @type {any} */ (window).harness.notes.length);
  }

  /** @returns {Promise<Record<'peers' | 'elements' | 'tracks' | 'sockets' | 'timers', number>>} */
  alive() {
    return this.page.evaluate(() => /** @type {any} */ (window).harness.alive());
  }

  /** Fails unless these notes came in this order, others in between. @param {[string, Members?][]} wanted */
  async inOrder(...wanted) {
    const notes = await this.notes();
    let at = 0;
    for (const [name, members = {}] of wanted) {
      const found = notes.findIndex((note, index) => (
        index >= at && note.name === name && fits(note.detail, members)));
      const seen = notes.map((note) => note.name).join(' ');
      assert.notEqual(found, -1, `${name} ${JSON.stringify(members)} is missing or too early in: ${seen}`);
      at = found + 1;
    }
  }

  /** Fails on `sdkError` events that no pattern announces. @param {RegExp[]} patterns */
  async expectOnly(patterns) {
    const errors = await this.notes('sdkError');
    const strange = errors.filter(({ detail }) => !patterns.some((pattern) => pattern.test(detail.message)));
    assert.deepEqual(strange, [], 'unexpected sdkError');
  }

  /** Ends the SDK object, and fails when a microphone, a camera or a screen that it asked for is still on. */
  async expectQuiet() {
    if (this.page.isClosed()) return;
    const left = await this.page.evaluate(() => /** @type {any} */ (window).harness?.leaks() ?? []);
    assert.deepEqual(left, [], 'still on');
  }

  /**
   * A call that the agent has accepted, without media unless it is asked for: signalling is done when this
   * returns, and a call without media counts as connected.
   * @param {CallOptions & { accept?: boolean }} [options] `accept: false`: the SDK does so by itself
   * @returns {Promise<Call>}
   */
  async talk({ accept = true, ...options } = {}) {
    const call = this.platform.call({ farEnd: 'manual', ...options });
    const { conversationId } = call;
    const answered = until(call, 'answered');
    answered.catch(() => {});
    await this.event('pendingSession', { conversationId });
    if (accept) await this.run('acceptPendingSession', { conversationId });
    await answered;
    if (!call.farEnd.hasMedia) call.farEnd.emit('connected');
    await this.event('conversationUpdate', { calls: { [conversationId]: { state: 'connected' } } });
    return call;
  }

  /** Gives the agent's station this many lines; with several, calls do not share one session. @param {number} count */
  lines(count) {
    this.platform.users.changeStation(this.platform.defaultUser.id, { webRtcCallAppearances: count });
  }

  /** Bodies of the requests that changed a call. @param {Call} call */
  changes({ conversationId }) {
    return this.platform.requests.filter(({ method, path: below }) => (
      method !== 'GET' && below.includes(conversationId) && !below.endsWith('/metadata'))).map(({ body }) => body);
  }

  /** The newest peer connection says that it is in this state. @param {RTCPeerConnectionState} state */
  connectionBecomes(state) {
    return this.page.evaluate((wanted) => {
      const peer = /** @type {any} */ (window).harness.peers.at(-1);
      Object.defineProperty(peer, 'connectionState', { get: () => wanted, configurable: true });
      peer.dispatchEvent(new Event('connectionstatechange'));
    }, state);
  }

  /** The requests the platform answered, as `METHOD path`. */
  requested() {
    return this.platform.requests.map(({ method, path: below }) => `${method} ${below}`);
  }
}

/** @param {any} detail @param {Members} members @returns {boolean} */
const fits = (detail, members) => Object.entries(members).every(([name, wanted]) => (
  wanted !== null && typeof wanted === 'object' ? fits(detail?.[name], wanted) : detail?.[name] === wanted));
