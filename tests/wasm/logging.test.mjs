// SPDX-License-Identifier: MIT
// `sdk.logger` on the built module: what formatters, the application's logger and `trace` see, and what arrives
// at the platform (logging-and-stats.md §2-§4).

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { until } from '../../demo/platform/index.js';
import { VERSION } from '../../js/version.js';
import { heard, keepingLogger, start, uncaught } from './support.mjs';

/** @typedef {import('../../js/types/index.js').ISdkConfig} Config */

/**
 * An SDK object, what its logger was told since it was made, and what was uploaded.
 * @param {import('node:test').TestContext} t
 * @param {Partial<Config>} [config]
 */
const make = async (t, config = {}) => {
  const { platform, makeSdk } = await start(t);
  const logger = keepingLogger();
  const sdk = makeSdk({ logger, ...config });
  logger.records.length = 0;
  /** Resolves once the server has a trace with this text in it. @param {string} text */
  const uploaded = async (text) => {
    const found = () => traces(platform).find((trace) => trace.message.includes(text));
    while (!found()) await until(platform, 'request', ({ path }) => path.startsWith('diagnostics/trace'));
    return /** @type {Trace} */ (found());
  };
  return { platform, sdk, records: logger.records, uploaded };
};

/** @typedef {{ topic: string, level: string, message: string }} Trace */
/** @param {import('../../demo/platform/index.js').Platform} platform @returns {Trace[]} */
const traces = (platform) => platform.rest.diagnostics.flatMap(({ body }) => /** @type {any} */ (body).traces);

/** A configuration that uploads all there is. */
const UPLOADING = Object.freeze({ optOutOfTelemetry: false, logLevel: /** @type {const} */ ('log') });

test('L-1 L-4 the application\'s logger gets every level, and details only when there are some', async (t) => {
  const { sdk, records } = await make(t, { logLevel: 'error' });
  sdk.logger.log('a');
  sdk.logger.debug('b', { c: 1 });
  assert.deepEqual(records, [['log', '[webrtc-sdk] a'], ['debug', '[webrtc-sdk] b', { c: 1 }]]);
});

test('L-3 an unknown level warns once', async (t) => {
  const logger = keepingLogger();
  const { makeSdk } = await start(t);
  makeSdk({ logger, logLevel: /** @type {any} */ ('loud') });
  const warnings = logger.records.filter(([, message]) => message.includes('Invalid log level: "loud"'));
  assert.deepEqual(warnings.map(([level]) => level), ['warn']);
});

test('L-5 a logger that throws disturbs nobody, and the record is uploaded', async (t) => {
  const fail = () => {
    throw new Error('broken logger');
  };
  const broken = { log: fail, debug: fail, info: fail, warn: fail, error: fail };
  t.mock.method(console, 'error', () => {});
  const { sdk, uploaded } = await make(t, { ...UPLOADING, logger: broken });
  sdk.logger.info('still here');
  assert.equal((await uploaded('still here')).level, 'INFO');
});

test('L-2 L-6 L-18 what is uploaded, by level and by the third argument', async (t) => {
  const { platform, sdk, uploaded } = await make(t, { optOutOfTelemetry: false, logLevel: 'debug' });
  sdk.logger.log('rank zero');
  sdk.logger.debug('rank one');
  sdk.logger.error('kept here', {}, true);
  sdk.logger.error('kept here too', {}, { skipServer: true });
  sdk.logger.error('rank four', {}, false);
  const trace = await uploaded('rank four');
  const { body } = /** @type {{ body: any }} */ (platform.rest.diagnostics.at(-1));
  assert.deepEqual(body.app, { appId: 'webrtc-sdk', appVersion: VERSION });
  const messages = body.traces.map((/** @type {Trace} */ { message }) => JSON.parse(message).message);
  assert.equal(messages[0], '[webrtc-sdk] rank four', 'newest first');
  assert.ok(messages.includes('[webrtc-sdk] rank one'));
  assert.ok(!messages.some((/** @type {string} */ text) => /rank zero|kept here/.test(text)));
  assert.equal(JSON.parse(trace.message).clientId, sdk.logger.clientId);
  assert.equal(trace.topic, 'webrtc-sdk');
});

test('L-7 skipSecondaryLogger suppresses the local line only', async (t) => {
  const { sdk, records, uploaded } = await make(t, UPLOADING);
  const seen = heard(sdk, 'trace');
  sdk.logger.warn('quiet', undefined, { skipSecondaryLogger: true });
  assert.deepEqual(records, []);
  assert.deepEqual((await seen).slice(0, 2), ['warn', '[webrtc-sdk] quiet']);
  await uploaded('quiet');
});

test('L-8 L-9 the prefix, and errors as messages', async (t) => {
  const { sdk, records } = await make(t);
  const error = new TypeError('x');
  sdk.logger.info('plain', undefined, { skipDefaultFormatter: true });
  sdk.logger.error(error);
  sdk.logger.error(error, { more: 1 });
  sdk.logger.error(error, undefined, { skipDefaultFormatter: true });
  assert.deepEqual(records[0], ['info', 'plain']);
  const [level, message, details] = records[1];
  assert.deepEqual([level, message], ['error', '[webrtc-sdk] x']);
  assert.ok(details instanceof TypeError);
  assert.equal(details.message, 'x');
  assert.deepEqual(records[2], ['error', '[webrtc-sdk] x', { more: 1 }]);
  assert.equal(records[3][1], 'x');
});

test('L-10 L-11 L-13 formatters run in order, silence, replace, and count once', async (t) => {
  /** @type {string[]} */
  const order = [];
  const { sdk, records } = await make(t, {
    logFormatters: [
      (_level, message, _details, options, next) => {
        order.push(`first ${message}`);
        assert.equal(typeof options, 'object');
        if (message === 'silence') return;
        if (message === 'replace') next('warn', 'replaced');
        else next();
        next();
      },
      (_level, message, _details, _options, next) => {
        order.push(`second ${message}`);
        next();
      },
    ],
  });
  order.length = 0;
  sdk.logger.info('silence');
  sdk.logger.info('replace', { gone: true }, { skipDefaultFormatter: true });
  sdk.logger.info('pass', { kept: true });
  assert.deepEqual(order, ['first silence', 'first replace', 'second replaced', 'first pass', 'second pass']);
  assert.deepEqual(records, [['warn', '[webrtc-sdk] replaced'], ['info', '[webrtc-sdk] pass', { kept: true }]]);
});

test('L-12 a formatter that throws keeps the record from the server', async (t) => {
  const complaints = t.mock.method(console, 'error', () => {});
  const { platform, sdk, records, uploaded } = await make(t, {
    ...UPLOADING,
    logFormatters: [(_level, message, _details, _options, next) => {
      if (message === 'bad') throw new Error('formatter');
      next();
    }],
  });
  sdk.logger.info('bad');
  sdk.logger.info('good');
  await uploaded('good');
  assert.deepEqual(records.slice(0, 2), [['info', '[webrtc-sdk] bad'], ['info', '[webrtc-sdk] good']]);
  assert.ok(!traces(platform).some(({ message }) => message.includes('[webrtc-sdk] bad')));
  assert.equal(complaints.mock.callCount(), 1);
});

test('L-14 trace fires once per record, redacted, and not for what its listeners log', async (t) => {
  const { sdk, records } = await make(t);
  /** @type {any[][]} */
  const seen = [];
  sdk.on('trace', (...args) => {
    seen.push(args);
    sdk.logger.debug('from the listener');
  });
  sdk.on('trace', () => {
    throw new Error('listener');
  });
  sdk.logger.info('Bearer abc.def', { password: 'x', ok: 1 }, true);
  assert.deepEqual(seen, [['info', '[webrtc-sdk] Bearer [redacted]', { password: '[redacted]', ok: 1 }]]);
  assert.ok(records.some(([, message]) => message === '[webrtc-sdk] from the listener'));
  assert.equal(uncaught.splice(0).length > 0, true, 'a listener that throws is reported to the page');
});

test('L-15 L-16 a guest and who opted out upload nothing', async (t) => {
  const guest = { ...UPLOADING, accessToken: undefined, organizationId: 'org-1' };
  for (const config of [guest, { optOutOfTelemetry: true }]) {
    const { platform, sdk } = await make(t, config);
    sdk.logger.error('nobody hears');
    await Promise.all(sdk.logger.sendAllLogsInstantly());
    assert.deepEqual(platform.rest.diagnostics, []);
  }
});

test('L-24 details of any kind are logged without an exception', async (t) => {
  const { sdk, records } = await make(t);
  /** @type {any} */
  const cyclic = { name: 'cycle' };
  cyclic.self = cyclic;
  sdk.logger.info('cycle', cyclic);
  sdk.logger.info('getter', { get bad() { throw new Error('no'); } });
  sdk.logger.info('error inside', { error: new RangeError('far') });
  sdk.logger.info('odd', { big: 1n, missing: undefined, fn() {} });
  assert.deepEqual(records[0][2], { name: 'cycle', self: '[Circular]' });
  assert.deepEqual(records[1][2], { bad: '[Throws: no]' });
  assert.ok(records[2][2].error instanceof RangeError);
  assert.deepEqual(records[3][2], { big: '1' });
});

test('L-36 a store that throws changes nothing', async (t) => {
  Object.defineProperty(globalThis, 'localStorage', {
    get() {
      throw new Error('blocked');
    },
    configurable: true,
  });
  t.after(() => Reflect.deleteProperty(globalThis, 'localStorage'));
  const { platform, sdk, uploaded } = await make(t, { ...UPLOADING, organizationId: 'org-1' });
  sdk.logger.info('first');
  await uploaded('first');
  platform.faults.respond('POST', 'diagnostics/trace', { status: 401, body: {} });
  const stopped = heard(sdk.logger, 'onStop');
  sdk.logger.info('second');
  assert.deepEqual(await stopped, [401]);
  sdk.setAccessToken(platform.token);
  sdk.logger.info('third');
  await uploaded('third');
});

test('L-49 a formatter cannot add a token behind the redactor\'s back', async (t) => {
  let token = '';
  const { platform, sdk, records, uploaded } = await make(t, {
    ...UPLOADING,
    logFormatters: [(level, message, _details, options, next) => {
      next(level, message, { deep: [{ note: `the token ${token}` }], accessToken: token }, options);
    }],
  });
  ({ token } = platform);
  sdk.logger.info('marked');
  const trace = await uploaded('marked');
  assert.ok(!trace.message.includes(platform.token));
  const [, , details] = /** @type {any[]} */ (records.find(([, message]) => message.includes('marked')));
  assert.deepEqual(details, { deep: [{ note: 'the token [redacted]' }], accessToken: '[redacted]' });
});

test('a logger that logs through the SDK does not recurse', async (t) => {
  /** @type {any[]} */
  const seen = [];
  const forward = (/** @type {string} */ message) => {
    seen.push(message);
    made.sdk?.logger.info(message);
  };
  /** @type {{ sdk?: import('./support.mjs').Sdk }} */
  const made = {};
  const logger = { log: forward, debug: forward, info: forward, warn: forward, error: forward };
  made.sdk = (await make(t, { logger })).sdk;
  seen.length = 0;
  made.sdk.logger.warn('once');
  assert.deepEqual(seen, ['[webrtc-sdk] once']);
});

test('what waits is sent when the object is destroyed, and nothing is logged after that', async (t) => {
  const { platform, sdk, records, uploaded } = await make(t, UPLOADING);
  sdk.logger.info('last words');
  await sdk.destroy();
  await uploaded('last words');
  const { length } = records;
  sdk.logger.info('too late');
  assert.equal(records.length, length);
  assert.ok(!traces(platform).some(({ message }) => message.includes('too late')));
});
