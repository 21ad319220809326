// SPDX-License-Identifier: MIT
// The cost curve: what a notification and the memory cost against the number of conversations that the SDK knows, and
// what one SDK costs against their number in a page.

import { floodOf } from '../../demo/platform/flood.js';
import { begin, countersOf, run, withPage } from './measure.mjs';

/** @typedef {import('./measure.mjs').Subject} Subject */
/** @typedef {import('./measure.mjs').Platform} Platform */
/** @typedef {Record<string, number>} Point what was measured at one place of the curve; empty: not within the bound */

export const CONVERSATIONS = [1, 10, 100, 1000, 10_000];
export const INSTANCES = [1, 2, 5, 10, 20, 50];
/** Whoever is not there by then does not reach the point. */
export const BOUND_MS = 60_000;

/** Notifications that change conversations which are known: enough for a clock of microseconds. */
const changesOf = (/** @type {number} */ known) => (known <= 100 ? 2000 : 400);

/** @template T @param {Promise<T>} work @returns {Promise<T | undefined>} undefined: not within the bound */
const within = async (work) => {
  /** @type {NodeJS.Timeout | undefined} */
  let timer;
  const bound = new Promise((resolve) => { timer = setTimeout(resolve, BOUND_MS); });
  work.catch(() => {}); // the page may be closed under it
  try {
    return /** @type {T | undefined} */ (await Promise.race([work, bound]));
  } finally {
    clearTimeout(timer);
  }
};

/** The next few of a generator, which goes on afterwards. @param {Generator<unknown>} bodies @param {number} count */
function* some(bodies, count) {
  for (let index = 0; index < count; index += 1) yield bodies.next().value;
}

/**
 * Main-thread CPU of so many notifications, microseconds each. A call rings behind the last one.
 * @param {import('playwright-core').Page} page @param {Platform} platform
 * @param {Awaited<ReturnType<typeof countersOf>>} counters @param {Generator<unknown>} bodies @param {number} count
 */
const costOf = async (page, platform, counters, bodies, count) => {
  const { done } = await begin(page, 'ring');
  const before = await counters.cpu();
  platform.pour(some(bodies, count));
  const call = platform.call({ farEnd: 'manual' });
  await done;
  const used = await counters.cpu() - before;
  call.retract();
  return used * 1000 / count;
};

/**
 * So many calls of the agent's ring at once, and change; the application listens to `conversationUpdate`.
 * @param {Subject} subject @param {number} known
 * @returns {Promise<Point>}
 */
export const measureKnown = (subject, known) => withPage(subject, async (page, platform, config) => {
  const work = async () => {
    const counters = await countersOf(page);
    await run(page, 'construct', config);
    await run(page, 'initialize');
    await run(page, 'quiet');
    await run(page, 'hear');
    const [changes, before] = [changesOf(known), await counters.memory()];
    const bodies = floodOf('agent-1', {
      conversations: known, events: known + changes, bytes: 2048, own: true, ringing: true,
    });
    const learn = await costOf(page, platform, counters, bodies, known);
    const memory = await counters.memory();
    return { learn, change: await costOf(page, platform, counters, bodies, changes), memory, gained: memory - before };
  };
  return await within(work()) ?? {};
});

/**
 * So many SDKs in one page start at once.
 * @param {Subject} subject @param {number} count
 * @returns {Promise<Point>} per SDK, but for `ready`: until all are
 */
export const measureCrowd = (subject, count) => withPage(subject, async (page, _platform, config) => {
  const work = async () => {
    const counters = await countersOf(page);
    await run(page, 'evaluate');
    const [memory, cpu] = [await counters.memory(), await counters.cpu()];
    const ready = await run(page, 'gatherCrowd', config, count);
    const used = await counters.cpu() - cpu;
    return { ready, cpu: used / count, memory: (await counters.memory() - memory) / count };
  };
  return await within(work()) ?? {};
});
