// SPDX-License-Identifier: MIT
// The main job, unattended: an agent's page in headless Chromium signs in, is rung by the local caller, answers,
// and both hear each other; then the caller hangs up. Everything is done through the page, as a person would.

import { launchChromium } from './chromium.js';
import { until } from './platform/index.js';

/** RTP packets each way that make a call. */
const ENOUGH_PACKETS = 50;
const PATIENCE_MS = 30_000;
const FLOW_MS = 10_000;

/**
 * @typedef {object} CallResult
 * @property {number} ready_ms `initialize()` to `ready`
 * @property {number} pending_ms propose leaves the platform to `pendingSession` in the page
 * @property {number} connected_ms answer clicked to connection state `connected`
 * @property {number} packets_sent by the agent, as the agent's browser counts
 * @property {number} packets_received by the agent
 * @property {number} far_end_packets_received by the caller: what really arrived there
 * @property {string} ended_reason Jingle condition of `sessionEnded`
 */

/**
 * Runs in the page before the SDK: remembers peer connections, so that packets can be counted from outside.
 */
export const watchPeers = () => {
  const Original = globalThis.RTCPeerConnection;
  /** @type {RTCPeerConnection[]} */
  const peers = [];
  globalThis.RTCPeerConnection = class extends Original {
    /** @param {RTCConfiguration} [configuration] */
    constructor(configuration) {
      super(configuration);
      peers.push(this);
    }
  };
  /** RTP packets of all peer connections so far. */
  const countPackets = async () => {
    const total = { sent: 0, received: 0 };
    for (const peer of peers) {
      for (const report of (await peer.getStats()).values()) {
        if (report.type === 'outbound-rtp') total.sent += report.packetsSent;
        if (report.type === 'inbound-rtp') total.received += report.packetsReceived;
      }
    }
    return total;
  };
  /**
   * Counters have no events, so they are read again and again; answers what they are when there is enough or
   * no more patience.
   * @param {{ packets: number, patience: number }} limits
   */
  const waitForPackets = async ({ packets, patience }) => {
    const deadline = performance.now() + patience;
    for (;;) {
      const total = await countPackets();
      const enough = total.sent >= packets && total.received >= packets;
      if (enough || performance.now() > deadline) return total;
      await new Promise((again) => setTimeout(again, 50));
    }
  };
  Object.assign(globalThis, { waitForPackets });
};

/**
 * Time in the page's clock of the first mark of this name.
 * @param {import('playwright-core').Page} page @param {string} name
 */
export const mark = async (page, name) => {
  const handle = await page.waitForFunction(
    (wanted) => performance.getEntriesByName(wanted)[0]?.startTime, name, { timeout: PATIENCE_MS });
  return /** @type {number} */ (await handle.jsonValue());
};

/**
 * Signs in, takes one call and hangs up.
 * @param {import('./platform/index.js').Platform} platform
 * @param {import('playwright-core').Page} page
 * @returns {Promise<CallResult>}
 */
const callThrough = async (platform, page) => {
  await page.goto(platform.url);
  await page.getByTestId('sign-in').click();
  const ready = await mark(page, 'desktop:ready');
  const started = await mark(page, 'desktop:sign-in');
  const origin = await page.evaluate(() => performance.timeOrigin);

  const rung = performance.timeOrigin + performance.now();
  const call = platform.call();
  const ended = until(call, 'ended', undefined, PATIENCE_MS);
  // Waited for below; if something fails before, that is what counts.
  ended.catch(() => {});
  const pending = await mark(page, 'desktop:pendingSession');
  await page.getByTestId('answer').click();
  const connected = await mark(page, 'desktop:audio');
  const answered = await mark(page, 'desktop:answer');
  const packets = await page.evaluate((limits) => Reflect.get(globalThis, 'waitForPackets')(limits),
    { packets: ENOUGH_PACKETS, patience: FLOW_MS });
  const { packetsReceived } = call.farEnd.stats();
  call.hangup();
  await ended;
  await mark(page, 'desktop:sessionEnded');
  const reason = await page.evaluate(() =>
    /** @type {PerformanceMark} */ (performance.getEntriesByName('desktop:sessionEnded')[0]).detail);
  return {
    ready_ms: Math.round(ready - started),
    pending_ms: Math.round(origin + pending - rung),
    connected_ms: Math.round(connected - answered),
    packets_sent: packets.sent,
    packets_received: packets.received,
    far_end_packets_received: packetsReceived,
    ended_reason: String(reason),
  };
};

/**
 * What the page shows of a failure, for the message of an error.
 * @param {import('playwright-core').Page} page
 */
const problems = async (page) => {
  const shown = await page.getByTestId('alert').allInnerTexts().catch(() => []);
  return shown.map((text) => text.replace(/\s+/g, ' ').trim()).join('; ');
};

/**
 * @param {import('./platform/index.js').Platform} platform that serves the demo
 * @returns {Promise<CallResult>}
 */
export const makeOneCall = async (platform) => {
  const browser = await launchChromium();
  try {
    const page = await (await browser.newContext({ permissions: ['microphone'] })).newPage();
    page.setDefaultTimeout(PATIENCE_MS);
    await page.addInitScript(watchPeers);
    try {
      return await callThrough(platform, page);
    } catch (error) {
      const shown = await problems(page);
      if (!shown) throw error;
      throw new Error(`${/** @type {Error} */ (error).message}\nThe page says: ${shown}`);
    }
  } finally {
    await browser.close();
  }
};
