// SPDX-License-Identifier: MIT
// What is measured of one SDK: each function opens a page of its own on a platform of its own.

import { WebSocketServer } from 'ws';
import { floodOf } from '../../demo/platform/flood.js';
import { startPlatform, until } from '../../demo/platform/index.js';
import { openPage } from '../support/browser.mjs';

/** @typedef {import('playwright-core').Browser} Browser */
/** @typedef {import('playwright-core').Page} Page */
/** @typedef {'ours' | 'original'} Name */
/** @typedef {Awaited<ReturnType<typeof startPlatform>>} Platform */
/** @typedef {{ browser: Browser, url: string, name: Name }} Subject */

/** Calls that ring, and calls that are answered, in each measurement; their median counts. */
const CALLS = 5;
/**
 * Calls before the first reading of what calls leave behind. In the first two hundred, snapshots of the heap grow by
 * compiled code and by what the browser itself keeps of finished requests and media, up to limits of its own, whichever
 * SDK runs; objects of this SDK are not among it.
 */
const WARM_UP = 200;
/** What a supervisor's page hears. */
const FLOOD = { events: 5000, conversations: 1000, bytes: 2048 };
/** The second distance tells the round trips in sequence from what else takes time. */
const ROUND_TRIPS_MS = { far: 100, farther: 400 };

/** @param {number[]} values */
export const median = (values) => {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
};

/**
 * Calls a function of tests/bench/page.js.
 * @param {Page} page @param {string} step @param {any[]} args @returns {Promise<any>}
 */
export const run = (page, step, ...args) => page.evaluate(([name, given]) => (
  /** @type {any} */ (window).bench[name](...given)), /** @type {const} */ ([step, args]));

/**
 * Starts a step that waits for something; when this returns, it listens.
 * @param {Page} page @param {string} step
 */
export const begin = async (page, step) => {
  const done = run(page, step);
  done.catch(() => {}); // it is awaited later, or the page is gone
  await page.evaluate(() => undefined); // evaluated in order
  return { done };
};

/**
 * The browser's own counters of a page: CPU time of its main thread in milliseconds (whatever else the machine
 * does), nodes and listeners of its documents, memory.
 * @param {Page} page
 */
export const countersOf = async (page) => {
  const session = await page.context().newCDPSession(page);
  await session.send('Performance.enable');
  const read = async () => {
    const { metrics } = await session.send('Performance.getMetrics');
    return Object.fromEntries(metrics.map(({ name, value }) => [name, value]));
  };
  return {
    cpu: async () => (await read()).ThreadTime * 1000,
    /** After a garbage collection. */
    memory: async () => {
      // Twice: what finalizers and weak references held is freed by the second.
      await session.send('HeapProfiler.collectGarbage');
      await session.send('HeapProfiler.collectGarbage');
      const { usedSize } = await session.send('Runtime.getHeapUsage');
      return usedSize + await run(page, 'memory');
    },
    counts: async () => {
      const { Nodes: nodes, JSEventListeners: listeners } = await read();
      return { nodes, listeners };
    },
  };
};

/**
 * Opens a page and a platform for it, and ends both.
 * @template T
 * @param {Subject} subject @param {(page: Page, platform: Platform, config: object) => Promise<T>} work
 */
export const withPage = async ({ browser, url, name }, work) => {
  const platform = await startPlatform();
  // What the original complains about is its own business.
  const { page, done } = await openPage(browser, url, { expected: name === 'original' ? [/^/] : [] });
  await run(page, 'load', `/${name}.js`);
  const result = await work(page, platform, {
    environment: platform.url, wsHost: platform.wsUrl, accessToken: platform.token, useHeadsets: false,
    optOutOfTelemetry: true, logLevel: 'error', allowedSessionTypes: ['softphone'],
  });
  await done();
  await platform.close();
  return result;
};

/** @param {Page} page @param {Platform} platform @param {'ring' | 'answer'} step */
const callsOf = async (page, platform, step) => {
  const values = [];
  for (let count = 0; count < CALLS; count += 1) {
    const { done } = await begin(page, step);
    const call = platform.call({ farEnd: 'manual' });
    values.push(await done);
    const over = until(call, 'ended');
    if (step === 'ring') call.retract();
    else {
      const { done: ended } = await begin(page, 'ended');
      call.hangup();
      await ended;
    }
    await over;
  }
  return median(values);
};

/**
 * Main-thread CPU per notification in microseconds. A call rings behind the last one: when the page knows of
 * it, it has seen all.
 * @param {Page} page @param {Platform} platform @param {Awaited<ReturnType<typeof countersOf>>} counters
 * @param {boolean} own
 */
const measureFlood = async (page, platform, counters, own) => {
  const { done } = await begin(page, 'ring');
  const before = await counters.cpu();
  const told = platform.flood({ ...FLOOD, own });
  const call = platform.call({ farEnd: 'manual' });
  await done;
  const used = await counters.cpu() - before;
  call.retract();
  return used * 1000 / told;
};

/** Start, calls and notifications. @param {Subject} subject */
export const measureWork = (subject) => withPage(subject, async (page, platform, config) => {
  const counters = await countersOf(page);
  const started = await counters.cpu();
  const constructed = await run(page, 'construct', config);
  const constructCpu = await counters.cpu() - started;
  const ready = await run(page, 'initialize');
  const cpu = await counters.cpu() - started;
  const memory = await counters.memory();
  const pending = await callsOf(page, platform, 'ring');
  const answer = await callsOf(page, platform, 'answer');
  await run(page, 'quiet');
  const foreign = await measureFlood(page, platform, counters, false);
  const own = await measureFlood(page, platform, counters, true);
  const memoryLive = await counters.memory();
  return { constructed, constructCpu, ready, cpu, memory, pending, answer, foreign, own, memoryLive };
});

/** @param {Subject} subject @param {number} roundTrip @returns {Promise<number>} */
const signInFrom = (subject, roundTrip) => withPage(subject, async (page, platform, config) => {
  platform.setRoundTrip(roundTrip);
  await run(page, 'construct', config);
  return run(page, 'initialize');
});

/** Sign-in from far away. @param {Subject} subject */
export const measureDistance = async (subject) => {
  const far = await signInFrom(subject, ROUND_TRIPS_MS.far);
  const farther = await signInFrom(subject, ROUND_TRIPS_MS.farther);
  return { far, trips: (farther - far) / (ROUND_TRIPS_MS.farther - ROUND_TRIPS_MS.far) };
};

/** Least-squares slope of values one step apart. @param {number[]} values */
const slope = (values) => {
  const middle = (values.length - 1) / 2;
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  const [above, below] = values.reduce(([a, b], value, at) => (
    [a + (at - middle) * (value - mean), b + (at - middle) ** 2]), [0, 0]);
  return above / below;
};

/**
 * What each call, with a peer connection of its own, leaves behind: growth per call of heap bytes, DOM nodes
 * and listeners, and what is alive at the end.
 * @param {Subject} subject @param {number} cycles
 */
export const measureCycles = (subject, cycles) => withPage(subject, async (page, platform, config) => {
  const counters = await countersOf(page);
  await run(page, 'construct', config);
  await run(page, 'initialize');
  await run(page, 'quiet');
  await run(page, 'acceptAll');
  const cycle = async () => {
    const { done } = await begin(page, 'ended');
    const call = platform.call({ farEnd: 'manual' });
    await until(call, 'answered');
    call.farEnd.emit('connected');
    call.hangup();
    await done;
  };
  const CHECKPOINTS = 5;
  const step = Math.max(1, Math.round(cycles / CHECKPOINTS));
  /** @type {{ memory: number, nodes: number, listeners: number }[]} */
  const points = [];
  for (let count = 0; count < WARM_UP; count += 1) await cycle();
  for (let count = 0; count <= step * CHECKPOINTS; count += 1) {
    if (count > 0) await cycle();
    if (count % step) continue;
    const alive = await run(page, 'alive');
    points.push({ memory: await counters.memory(), ...await counters.counts(), ...alive });
  }
  const growth = (/** @type {'memory' | 'nodes' | 'listeners'} */ key) => (
    slope(points.map((point) => point[key])) / step);
  const { peers, elements } = /** @type {any} */ (points.at(-1));
  return {
    heapPerCall: growth('memory'), nodesPerCall: growth('nodes'), listenersPerCall: growth('listeners'),
    peers, elements,
  };
});

/**
 * What the browser takes for as many messages of the same size, in microseconds of main-thread CPU each.
 * @param {Browser} browser @param {string} url @param {boolean} parse
 */
const measureFloor = async (browser, url, parse) => {
  const { page, done } = await openPage(browser, url);
  const counters = await countersOf(page);
  const messages = [...floodOf('somebody', FLOOD)].map((eventBody) => (
    JSON.stringify({ topicName: 'v2.users.somebody.conversations', version: '2', eventBody, metadata: {} })));
  const server = new WebSocketServer({ host: '127.0.0.1', port: 0 });
  await new Promise((resolve) => server.once('listening', resolve));
  server.on('connection', (socket) => {
    for (const message of messages) socket.send(message);
    socket.close();
  });
  const { port } = /** @type {import('node:net').AddressInfo} */ (server.address());
  const before = await counters.cpu();
  await run(page, 'receive', `ws://127.0.0.1:${port}`, parse);
  const used = await counters.cpu() - before;
  await done();
  await new Promise((resolve) => server.close(resolve));
  return used * 1000 / FLOOD.events;
};

/** @param {Browser} browser @param {string} url */
export const measureFloors = async (browser, url) => ({
  empty: await measureFloor(browser, url, false), parsed: await measureFloor(browser, url, true),
});
