// SPDX-License-Identifier: MIT

import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { keepingLogger } from './support.mjs';
import DefaultSdk, {
  GenesysCloudWebrtcSdk, SdkError, SdkErrorTypes, SessionTypes, loaded,
} from '../../js/index.js';

/** @param {any} config @returns {any} */
const refused = (config) => {
  try {
    new GenesysCloudWebrtcSdk(config);
  } catch (error) {
    return error;
  }
  throw new Error('The constructor should have thrown.');
};

/** @param {any} config */
const made = (config) => {
  const logger = keepingLogger();
  const sdk = new GenesysCloudWebrtcSdk({ logger, ...config });
  return { sdk, logger };
};

test('S-1 a constructor call without config throws E-1', () => {
  for (const config of [undefined, null]) {
    const error = refused(config);
    assert.ok(error instanceof SdkError);
    assert.equal(error.type, SdkErrorTypes.invalid_options);
    assert.equal(error.message, 'Options required to create an instance of the SDK');
    assert.equal(error.name, 'Error');
  }
});

test('S-2 a config without token, jwt and organisation id throws E-2', () => {
  const config = { environment: 'mypurecloud.com' };
  const error = refused(config);
  assert.equal(error.type, 'invalid_options');
  assert.equal(error.message,
    'An accessToken, jwt, or organizationId (for guest access) is required to instantiate the sdk.');
  assert.equal(error.details, config);
});

test('S-3 a config without environment warns once and uses mypurecloud.com', () => {
  const config = { accessToken: 'token' };
  const logger = keepingLogger();
  const sdk = new GenesysCloudWebrtcSdk(Object.assign(config, { logger }));
  const warnings = logger.records.filter(([level]) => level === 'warn').map(([, message]) => message);
  assert.equal(warnings.length, 1);
  assert.match(warnings[0], /No environment provided, using mypurecloud\.com/);
  assert.equal(/** @type {any} */ (config).environment, 'mypurecloud.com');
  return sdk.destroy();
});

test('S-4 an unlisted environment warns and still constructs', () => {
  const { sdk, logger } = made({ accessToken: 'token', environment: 'example.org' });
  const warnings = logger.records.filter(([level]) => level === 'warn').map(([, message]) => message);
  assert.equal(warnings.length, 1);
  assert.match(warnings[0], /Environment is not in the standard list\. You may not be able to connect\./);
  return sdk.destroy();
});

test('S-8 isGuest is true only without jwt and token; jwt wins over a token', async () => {
  const environment = 'mypurecloud.com';
  const rows = [
    { config: { organizationId: 'o' }, isGuest: true, isJwtAuth: false },
    { config: { accessToken: 't', organizationId: 'o' }, isGuest: false, isJwtAuth: false },
    { config: { accessToken: 't', jwt: 'j' }, isGuest: false, isJwtAuth: true },
  ];
  for (const { config, isGuest, isJwtAuth } of rows) {
    const { sdk } = made({ environment, ...config });
    assert.deepEqual({ isGuest: sdk.isGuest, isJwtAuth: sdk.isJwtAuth }, { isGuest, isJwtAuth });
    await sdk.destroy();
  }
});

test('options of the wrong type, and no object at all, are refused by name', () => {
  for (const config of ['text', 7, true]) assert.equal(refused(config).type, 'invalid_options');
  assert.match(refused({ accessToken: 7 }).message, /accessToken/);
  assert.match(refused({ accessToken: 't', environment: {} }).message, /environment/);
  assert.match(refused({ accessToken: 't', defaults: { audioVolume: 'loud' } }).message, /audioVolume/);
});

test('a config that is no JSON is refused', () => {
  const cyclic = /** @type {any} */ ({ accessToken: 't', customHeaders: {} });
  cyclic.customHeaders.self = cyclic;
  assert.equal(refused(cyclic).type, 'invalid_options');
  assert.equal(refused({ accessToken: 't', audioVolume: 1n }).type, 'invalid_options');
});

test('loggers, formatters and elements in the config need not be JSON', async () => {
  const element = /** @type {any} */ ({});
  element.self = element;
  const { sdk } = made({
    accessToken: 't', environment: 'mypurecloud.com', logFormatters: [() => {}], hostedContext: element,
    defaults: { audioElement: element, videoElement: element, audioStream: element },
  });
  assert.equal(sdk.station, null);
  await sdk.destroy();
});

test('what is known before initialize()', async () => {
  await loaded;
  const { sdk } = made({ accessToken: 't', environment: 'mypurecloud.com' });
  assert.equal(DefaultSdk, GenesysCloudWebrtcSdk);
  assert.equal(sdk.VERSION, GenesysCloudWebrtcSdk.VERSION);
  assert.match(sdk.VERSION, /^\d+\.\d+\.\d+$/);
  assert.equal(sdk.connected, false);
  assert.equal(sdk.isInitialized, false);
  assert.equal(sdk.station, null);
  assert.equal(sdk.isPersistentConnectionEnabled(), false);
  assert.equal(sdk.isConcurrentSoftphoneSessionsEnabled(), false);
  assert.equal(SessionTypes.acdScreenShare, 'screenShare');
  assert.ok(!Object.keys(sdk).some((name) => name.startsWith('_host')), 'the inside does not show');
  await sdk.destroy();
});

test('the SDK survives being wrapped into a proxy', async () => {
  const { sdk } = made({ accessToken: 't', environment: 'mypurecloud.com' });
  const wrapped = new Proxy(sdk, {});
  assert.equal(wrapped.connected, false);
  assert.equal((await wrapped.endSession({ conversationId: 'c' }).catch((error) => error)).type, 'session');
  await wrapped.destroy();
});

test('importing in Node, without a page, does nothing and does not fail', () => {
  const index = fileURLToPath(new URL('../../js/index.js', import.meta.url));
  const script = `import('${index}').then((sdk) => sdk.loaded).then(() => console.log('imported'))`;
  assert.equal(execFileSync(process.execPath, ['-e', script], { encoding: 'utf8' }).trim(), 'imported');
});
