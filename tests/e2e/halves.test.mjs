// SPDX-License-Identifier: MIT
// The minified script brings half of the module; the other half is a file beside it. Until that one is there everything
// can be called, and waits.

import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { basename } from 'node:path';
import { after, test } from 'node:test';
import { until } from '../../demo/platform/index.js';
import { servePage } from '../support/browser.mjs';
import { BUNDLE, scriptPages, secondPart } from '../support/bundle.mjs';
import { FAILED_REQUEST, stage } from './support.mjs';

/** @typedef {import('playwright-core').Page} Page */

/** Another origin, which allows nobody to read what it serves (CORS). @type {Awaited<ReturnType<typeof servePage>>} */
let elsewhere;
after(() => elsewhere?.close());

const integrity = async () => (
  `sha384-${createHash('sha384').update(await readFile(BUNDLE)).digest('base64')}`);

const { play } = stage({
  pages: async () => {
    elsewhere = await servePage(scriptPages());
    return {
      '/elsewhere/': `<!DOCTYPE html><title>application</title><body><script src="/harness.js"></script>
        <script src="${elsewhere.url}sdk.js"></script></body>`,
      '/pinned/': `<!DOCTYPE html><title>application</title><body><script src="/harness.js"></script>
        <script src="/sdk.js" integrity="${await integrity()}" crossorigin="anonymous"></script></body>`,
    };
  },
});

/** Holds the second half back until `open()` in the page is called. @param {Page} page */
const gate = async (page) => {
  /** @type {() => void} */
  let open = () => {};
  const opened = new Promise((resolve) => { open = () => resolve(undefined); });
  await page.exposeFunction('openGate', open);
  await page.route(`**/${basename(secondPart())}*`, async (route) => {
    await opened;
    await route.fallback();
  });
};

/**
 * Answers 404 to the first attempts, of two requests each: by `import()` and by a tag.
 * @param {number} count @returns {(page: Page) => Promise<void>}
 */
const failing = (count) => async (page) => {
  let left = 2 * count;
  await page.route(`**/${basename(secondPart())}*`, async (route) => {
    left -= 1;
    await (left >= 0 ? route.fulfill({ status: 404, body: 'no' }) : route.fallback());
  });
};

/**
 * The error of an initialize() that must fail, while the page's clock runs through the pauses between the attempts.
 * @param {import('./support.mjs').Scene} scene
 */
const failedStart = async (scene) => {
  const { page } = scene;
  const failure = page.evaluate(async (config) => {
    const { harness } = /** @type {any} */ (window);
    harness.construct(config);
    return harness.describeError(await /** @type {any} */ (window).sdk.initialize()
      .catch((/** @type {any} */ error) => error));
  }, scene.config());
  const isOver = failure.then(() => true);
  while (await Promise.race([isOver, page.clock.runFor(1000)]) !== true);
  return failure;
};

test('what is called before the second half is there happens in order when it is', play({
  prepare: gate,
}, async (scene) => {
  const before = await scene.page.evaluate((config) => {
    const { harness } = /** @type {any} */ (window);
    /** @type {string[]} */
    const lines = [];
    const write = (/** @type {string} */ message) => lines.push(message);
    const logger = { log: write, debug: write, info: write, warn: write, error: write };
    harness.construct({ ...config, logLevel: 'info', logger });
    const { sdk } = /** @type {any} */ (window);
    sdk.logger.info('first');
    const started = sdk.initialize();
    sdk.logger.info('second');
    Object.assign(window, { started, lines });
    return [lines.length, sdk.connected, sdk.isInitialized];
  }, scene.config());
  assert.deepEqual(before, [0, false, false]);
  assert.deepEqual(scene.platform.requests, []);
  const own = await scene.page.evaluate(async () => {
    const { started, lines, openGate } = /** @type {any} */ (window);
    await openGate();
    await started;
    return lines.filter((/** @type {string} */ line) => /first|second/.test(line));
  });
  assert.deepEqual(own.map((/** @type {string} */ line) => line.replace(/^\[.*\] /, '')), ['first', 'second']);
  const call = await scene.talk({ farEnd: 'tone' });
  await until(call.farEnd, 'level', ({ rms }) => rms > 0.01);
}));

test('an object that is destroyed before the second half is there never signs in', play({
  prepare: gate,
}, async (scene) => {
  const error = await scene.page.evaluate(async (config) => {
    const { harness, openGate } = /** @type {any} */ (window);
    harness.construct(config);
    const { sdk } = /** @type {any} */ (window);
    const started = sdk.initialize().catch((/** @type {any} */ reason) => reason);
    await sdk.destroy();
    await openGate();
    return harness.describeError(await started);
  }, scene.config());
  assert.match(error.message, /destroyed/);
  await scene.signIn(); // another object of the page
  assert.equal(scene.platform.requests.filter(({ path }) => /organizations\/me/.test(path)).length, 1);
}));

test('a second half that could not be had is asked for again', play({
  prepare: failing(1), expected: [FAILED_REQUEST],
}, async (scene) => {
  await scene.signIn();
  await scene.talk({ farEnd: 'tone' });
}));

test('a second half that is missing is named by initialize(), which may be called again', play({
  prepare: async (page) => {
    await failing(4)(page);
    await page.clock.install();
  },
  expected: [FAILED_REQUEST], sdkErrors: [/genesys-cloud-webrtc-sdk\.calls-/],
}, async (scene) => {
  const { page } = scene;
  const error = await failedStart(scene);
  assert.equal(error.type, 'initialization');
  assert.match(error.message, /genesys-cloud-webrtc-sdk\.calls-/);
  assert.equal((await scene.notes('sdkError')).length, 1);
  await page.clock.resume();
  await page.evaluate(() => /** @type {any} */ (window).sdk.initialize());
}));

test('the second half comes from another origin, which says nothing of CORS', play({
  path: 'elsewhere/', expected: [FAILED_REQUEST, /blocked by CORS policy/],
}, async (scene) => {
  await scene.signIn();
  await scene.talk({ farEnd: 'tone' });
}));

test('a page that pins the script pins its second half: the right one runs', play({
  path: 'pinned/',
}, async (scene) => {
  await scene.signIn();
  await scene.talk({ farEnd: 'tone' });
}));

test('a page that pins the script runs no other second half', play({
  path: 'pinned/',
  prepare: async (page) => {
    await page.route(`**/${basename(secondPart())}*`, async (route) => {
      const response = await route.fetch();
      await route.fulfill({ response, body: `window.tampered = true;${await response.text()}` });
    });
    await page.clock.install();
  },
  expected: [/integrity/], sdkErrors: [/genesys-cloud-webrtc-sdk\.calls-/],
}, async (scene) => {
  const error = await failedStart(scene);
  assert.equal(error.type, 'initialization');
  assert.equal(await scene.page.evaluate(() => 'tampered' in window), false);
}));

/** Configurations of all kinds: what the constructor does with them is the first half's. */
const CONFIGS = [
  {}, { accessToken: undefined, jwt: 'a.b.c' }, { accessToken: undefined, jwt: 'eyJhbGciOiJub25lIn0.e30.x' },
  { accessToken: undefined }, { environment: 'mypurecloud.com' }, { environment: 'no.such' }, { environment: 7 },
  { logLevel: 'debug', optOutOfTelemetry: false }, { useHeadsets: true }, { allowedSessionTypes: ['softphone'] },
  { allowedSessionTypes: ['nonsense'] }, { wsHost: 'not a url' }, { autoConnectSessions: true },
  { defaults: { audioVolume: 70, micAutoGainControl: false, videoResolution: { width: { ideal: 1 } } } },
  { defaults: { audioVolume: 'loud' } }, { customHeaders: { 'x-one': 'two' } }, { iceTransportPolicy: 'relay' },
  { originAppName: 'an app', originAppId: 'id' },
];

test('nothing that can be asked needs the second half', play({
  prepare: gate, expected: [/A record could not be logged/], // of an argument that is no record
}, async (scene) => {
  const seen = await scene.page.evaluate(([base, configs]) => {
    const { GenesysCloudWebrtcSdk: { GenesysCloudWebrtcSdk } } = /** @type {any} */ (window);
    /** @type {string[]} */
    const odd = [];
    let made = 0;
    for (const config of configs) {
      let sdk;
      try {
        sdk = new GenesysCloudWebrtcSdk({ ...base, ...config });
        made += 1;
      } catch (error) {
        if (!(/** @type {any} */ (error).type)) odd.push(String(error));
        continue;
      }
      for (const owner of [sdk, sdk.media, sdk.headset, sdk.logger]) {
        for (const [name, { get, value }] of Object.entries(
          Object.getOwnPropertyDescriptors(Object.getPrototypeOf(owner)))) {
          if (name === 'constructor' || name.startsWith('on') || name === 'destroy') continue;
          try {
            const answer = get ? get.call(owner) : value.call(owner, {}, []);
            if (typeof answer?.catch === 'function') answer.catch(() => {});
          } catch (error) {
            if (/too early|unreachable|out of bounds/i.test(String(error))) odd.push(`${name}: ${error}`);
          }
        }
      }
    }
    return { odd, made };
  }, /** @type {const} */ ([scene.config(), CONFIGS]));
  assert.deepEqual(seen.odd, []);
  assert.ok(seen.made > 8, `${seen.made} objects were made`);
  assert.equal(await scene.page.evaluate(() => /** @type {any} */ (window).harness.count?.('uncaught') ?? 0), 0);
}));
