// SPDX-License-Identifier: MIT
// sdk.headset on the built module, with simulated devices behind `navigator.hid`.

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { beforeEach, test } from 'node:test';
import { LAYOUTS } from '../../demo/headset/layouts.js';
import { SimulatedHeadset, SimulatedHid } from '../../demo/headset/simulator.js';
import { until } from '../../demo/platform/index.js';
import { giveMedia, heard, rejection, start, uncaught } from './support.mjs';

/** @type {SimulatedHid} */
let hid;
/** @type {SimulatedHeadset} */
let jabra;

/** Microphones with these names. @param {string[]} labels */
const giveMicrophones = (...labels) => {
  giveMedia({
    // @ts-ignore the fakes take what a page has
    enumerateDevices: async () => labels.map((label, index) => (
      { deviceId: `m${index + 1}`, groupId: 'g', kind: 'audioinput', label })),
  });
  Object.defineProperty(globalThis.navigator, 'hid', { value: hid, configurable: true });
};

beforeEach(() => {
  hid = new SimulatedHid();
  hid.hasGesture = () => true;
  jabra = new SimulatedHeadset('F1');
  giveMicrophones(jabra.microphoneLabel, 'Built-in Audio');
});

/**
 * The payload of the first such event from now on.
 * @param {any} sdk @param {string} name @param {(payload: any) => unknown} [accept]
 * @returns {Promise<any>}
 */
const says = (sdk, name, accept = () => true) => new Promise((resolve) => {
  const subscription = sdk.headset.headsetEvents$.subscribe((/** @type {any} */ { event, payload }) => {
    if (event !== name || !accept(payload)) return;
    subscription.unsubscribe();
    resolve(payload);
  });
});
/** @param {any} sdk @param {string} status */
const becomes = (sdk, status) => says(sdk, 'deviceConnectionStatusChanged', (payload) => payload === status);

const ALONE = { disableHeadsetControlsOrchestration: true };

/** An SDK that drives the granted headset. @param {import('node:test').TestContext} t */
const running = async (t) => {
  hid.plug(jabra);
  hid.granted.add(jabra);
  const { platform, makeSdk } = await start(t);
  const sdk = makeSdk(ALONE);
  const runs = becomes(sdk, 'running');
  await sdk.initialize();
  await runs;
  return { platform, sdk };
};

/** @param {any} emitter @param {() => unknown} isSo */
const lights = async (emitter, isSo) => {
  while (!isSo()) await new Promise((resolve) => emitter.addEventListener('lights', resolve, { once: true }));
};

const METHODS = /** @type {const} */ ([
  ['setRinging', { conversationId: 'c1' }, false], ['outgoingCall', { conversationId: 'c1' }],
  ['answerIncomingCall', 'c1', false], ['rejectIncomingCall', 'c1'], ['endCurrentCall', 'c1', false], ['endAllCalls'],
  ['setMute', true], ['setHold', 'c1', true], ['resetHeadsetStateForCall', 'c1'], ['retryConnection', 'Jabra'],
  ['updateAudioInputDevice', 'm1'],
]);

/** @param {any} sdk */
const callEverything = async (sdk) => {
  for (const [name, ...args] of METHODS) assert.equal(await sdk.headset[name](...args), undefined, name);
  assert.equal(sdk.headset.showRetry(), false);
  assert.equal(sdk.headset.currentSelectedImplementation, null);
  assert.equal(sdk.headset.orchestrationState, 'notStarted');
};

test('the simulated layouts are those of the tests in C', () => {
  const fixture = readFileSync(new URL('../fixtures/headset/layouts.txt', import.meta.url), 'utf8').split('\n\n');
  for (const block of LAYOUTS.trim().split('\n\n')) assert.ok(fixture.includes(block), block.split('\n')[0]);
});

test('H-1 H-2 useHeadsets false gives the stub and touches nothing of WebHID', async (t) => {
  Object.defineProperty(globalThis.navigator, 'hid', { get: () => assert.fail('navigator.hid'), configurable: true });
  const { platform, makeSdk } = await start(t);
  const sdk = makeSdk({ useHeadsets: false });
  sdk.headset.headsetEvents$.subscribe(() => assert.fail('an event'));
  await sdk.initialize();
  await callEverything(sdk);
  const rings = heard(sdk, 'pendingSession');
  platform.call({ farEnd: 'manual' });
  await rings;
});

test('H-3 everything can be called before initialize, as a guest and after destroy', async (t) => {
  const { makeSdk } = await start(t);
  const sdk = makeSdk();
  await callEverything(sdk);
  await callEverything(makeSdk({ accessToken: undefined, organizationId: 'o1' }));
  await sdk.destroy();
  await callEverything(sdk);
  assert.equal(hid.touches, 0);
});

test('H-4 H-5 a subscription outlives off and on; nothing is replayed', async (t) => {
  const { sdk } = await running(t);
  assert.equal(sdk.headset.headsetEvents, sdk.headset.headsetEvents$);
  /** @type {string[]} */
  const early = [];
  sdk.headset.headsetEvents.subscribe({ next: ({ event }) => void early.push(event) });
  sdk.headset.headsetEvents.subscribe();
  assert.equal(early.length, 0);
  sdk.setUseHeadsets(false);
  const runs = becomes(sdk, 'running');
  sdk.setUseHeadsets(true);
  await runs;
  assert.ok(early.includes('implementationChanged'));
});

test('H-6 a subscriber that throws keeps nothing from the next', async (t) => {
  const { sdk } = await running(t);
  uncaught.length = 0;
  const seen = /** @type {string[]} */ ([]);
  sdk.headset.headsetEvents$.subscribe(() => {
    throw new Error('a subscriber');
  });
  sdk.headset.headsetEvents$.subscribe(({ event }) => void seen.push(event));
  sdk.headset.updateAudioInputDevice(null);
  assert.deepEqual(seen, ['implementationChanged', 'deviceConnectionStatusChanged']);
  assert.equal(uncaught.splice(0).length, 2);
});

test('the stream takes part in the protocol of operators', async (t) => {
  const { sdk } = await running(t);
  const stream = /** @type {any} */ (sdk.headset.headsetEvents$);
  assert.equal(stream['@@observable'](), stream);
  // The way RxJS writes an operator: lift, then subscribe with a subscriber that knows add().
  const events = (/** @type {any} */ source) => source.lift(
    /** @this {any} @param {any} lifted */
    function operate(lifted) {
      const subscriber = this;
      return lifted.subscribe({ next: (/** @type {any} */ { event }) => subscriber.next(event), add() {} });
    });
  const once = (/** @type {any} */ source) => source.lift(
    /** @this {any} @param {any} lifted */
    function operate(lifted) {
      const subscriber = this;
      return lifted.subscribe((/** @type {any} */ value) => {
        subscriber.next(value);
        subscriber.complete();
      });
    });
  /** @type {any[]} */
  const got = [];
  stream.pipe(events, once).subscribe({
    next: (/** @type {string} */ event) => got.push(event), complete: () => got.push('complete'),
  });
  const held = stream.subscriptions.size;
  sdk.headset.updateAudioInputDevice(null);
  assert.deepEqual(got, ['implementationChanged', 'complete']);
  assert.equal(stream.subscriptions.size, held - 1);
});

test('H-7 H-8 H-64 showRetry and retryConnection', async (t) => {
  const { sdk } = await running(t);
  assert.equal(sdk.headset.showRetry(), false);
  assert.equal(sdk.headset.currentSelectedImplementation?.vendorName, 'Jabra');
  assert.equal(sdk.headset.currentSelectedImplementation?.deviceName, 'Jabra EVOLVE LINK MS');
  const lost = becomes(sdk, 'notRunning');
  hid.unplug(jabra);
  await lost;
  assert.equal(sdk.headset.showRetry(), true);
  hid.granted.clear();
  const asks = says(sdk, 'webHidPermissionRequested');
  const retried = sdk.headset.retryConnection(jabra.microphoneLabel);
  const { callback } = await asks;
  assert.equal(sdk.headset.showRetry(), false);
  hid.plug(jabra);
  await callback();
  await retried;
  assert.equal(sdk.headset.currentSelectedImplementation?.isConnected, true);
  assert.equal(await sdk.headset.retryConnection(''), undefined);
  sdk.headset.updateAudioInputDevice(null);
  const error = await rejection(sdk.headset.retryConnection('Jabra'));
  assert.equal(error.message, 'No active headset implementation');
  assert.equal(error.constructor, Error);
});

test('H-62 a granted device needs no permission', async (t) => {
  const { sdk } = await running(t);
  assert.equal(hid.requests.length, 0);
  assert.equal(jabra.opened, true);
  assert.deepEqual(jabra.sent, ['02:0000']);
  assert.equal(sdk.headset.orchestrationState, 'notStarted');
});

test('H-63 the callback asks the browser before any microtask passes', async (t) => {
  hid.plug(jabra);
  const { makeSdk } = await start(t);
  const sdk = makeSdk(ALONE);
  const asks = says(sdk, 'webHidPermissionRequested');
  await sdk.initialize();
  const { callback } = await asks;
  const runs = becomes(sdk, 'running');
  hid.hasGesture = () => false;
  await callback();
  let gesture = true;
  hid.hasGesture = () => gesture;
  const done = callback();
  gesture = false;
  assert.deepEqual(hid.requests[1], [{ vendorId: 0x0B0E, productId: 0x0307, usagePage: 0x0B }]);
  await done;
  await runs;
});

test('H-65 a dismissed chooser', async (t) => {
  hid.plug(jabra);
  hid.choose = () => [];
  const { makeSdk } = await start(t);
  const sdk = makeSdk(ALONE);
  const asks = says(sdk, 'webHidPermissionRequested');
  await sdk.initialize();
  const { callback } = await asks;
  const stopped = becomes(sdk, 'notRunning');
  sdk.headset.headsetEvents$.subscribe(({ event }) => assert.notEqual(event, 'webHidPermissionRequested'));
  await callback();
  await stopped;
});

test('H-60 after reopening, one press yields one event', async (t) => {
  const { sdk } = await running(t);
  for (let round = 0; round < 2; round += 1) {
    const away = becomes(sdk, 'noVendor');
    sdk.headset.updateAudioInputDevice('m2');
    await away;
    const back = becomes(sdk, 'running');
    sdk.headset.updateAudioInputDevice('m1');
    await back;
  }
  await sdk.headset.setRinging({ conversationId: 'c1' }, false);
  await lights(jabra, () => jabra.lights.ring);
  const events = /** @type {any[]} */ ([]);
  sdk.headset.headsetEvents$.subscribe(({ event }) => void events.push(event));
  jabra.press('hook');
  assert.deepEqual(events, ['deviceAnsweredCall']);
});

test('a whole call with the buttons of the headset', async (t) => {
  const { platform, sdk } = await running(t);
  const rings = heard(sdk, 'pendingSession');
  const call = platform.call({ farEnd: 'manual' });
  const { conversationId } = call;
  await rings;
  await lights(jabra, () => jabra.lights.ring);
  const answers = says(sdk, 'deviceAnsweredCall');
  jabra.press('hook');
  assert.equal((await answers).conversationId, conversationId);
  const starts = heard(sdk, 'sessionStarted');
  const connects = heard(sdk, 'conversationUpdate', ({ added }) => added.length > 0);
  await sdk.acceptPendingSession({ conversationId, fromHeadset: true });
  await until(call, 'answered');
  await starts;
  call.farEnd.emit('connected');
  await connects;
  await lights(jabra, () => jabra.lights.offHook && !jabra.lights.ring);
  const mutes = says(sdk, 'deviceMuteStatusChanged');
  jabra.press('mute');
  assert.equal((await mutes).isMuted, true);
  await lights(jabra, () => jabra.lights.mute);
  const muted = heard(sdk, 'conversationUpdate', ({ current }) => current[0].mostRecentCallState.muted);
  await sdk.setAudioMute({ conversationId, mute: true, fromHeadset: true });
  await muted;
  const holds = says(sdk, 'deviceHoldStatusChanged');
  jabra.press('hold');
  assert.equal((await holds).holdRequested, true);
  const dark = lights(jabra, () => !jabra.lights.offHook && !jabra.lights.mute && !jabra.lights.hold);
  call.hangup();
  await dark;
});

test('a device that fails or vanishes leaves the call alone', async (t) => {
  const { platform, sdk } = await running(t);
  const rings = heard(sdk, 'pendingSession');
  jabra.failures.push('NetworkError', 'NotAllowedError');
  const call = platform.call({ farEnd: 'manual' });
  await rings;
  const accepted = sdk.acceptPendingSession({ conversationId: call.conversationId });
  await until(call, 'answered');
  const lost = becomes(sdk, 'notRunning');
  hid.unplug(jabra);
  await lost;
  await accepted;
  jabra.opened = true;
  jabra.press('hook');
  jabra.input(2, new Uint8Array(200).fill(255));
  assert.equal(sdk.headset.currentSelectedImplementation?.isConnected, false);
  jabra.opened = false;
  const back = becomes(sdk, 'running');
  hid.plug(jabra);
  await back;
});

test('destroy() turns the lights off and closes the device', async (t) => {
  const { sdk } = await running(t);
  await sdk.headset.setRinging({ conversationId: 'c1' }, false);
  await lights(jabra, () => jabra.lights.ring);
  const dark = lights(jabra, () => !jabra.lights.ring);
  await sdk.destroy();
  await dark;
  while (jabra.opened) await Promise.resolve();
  assert.equal(jabra.opened, false);
});
