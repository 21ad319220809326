// SPDX-License-Identifier: MIT
// sdk.media in a browser with fake devices (media.md §24): what it tells, asks for, registers and stops.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { stage } from './support.mjs';
import { UNPROCESSED, toneMicrophone } from './tone-file.mjs';

/** @typedef {import('./support.mjs').Scene} Scene */

const REFUSED = { sdkErrors: [/permission/i], expected: [/webrtc-sdk/] };
const { play } = stage();
/** Where the permissions of the context count. */
const asking = stage({ without: ['--use-fake-ui-for-media-stream'] });
/** A microphone that hums. */
const toned = stage({ flags: [toneMicrophone()] });
/** The page itself gives up the camera. */
const cameraless = stage({ headers: { 'Permissions-Policy': 'camera=(), display-capture=()' } });

/**
 * An SDK object that never signs in, then code in the page: `sdk` and `tell` (which notes) are at hand.
 * @param {Scene} scene @param {string} body @param {object} [config]
 * @returns {Promise<any>}
 */
const inPage = async (scene, body, config = {}) => {
  return scene.page.evaluate(`(async () => {
    const { media } = window.harness.construct(${JSON.stringify(scene.config(config))});
    const { sdk } = window;
    const heard = (name, accept = () => true) => new Promise((resolve) => {
      const listener = (event) => { if (accept(event)) { media.off(name, listener); resolve(event); } };
      media.on(name, listener);
    });
    const events = [];
    for (const name of ['state', 'devices', 'permissions', 'gumRequest']) {
      media.on(name, (event) => events.push({ name, event }));
    }
    const names = () => events.map(({ name }) => name).join(' ');
    const refusal = (promise) => promise.then(() => 'resolved', (error) => error);
    const listed = () => (media.getDevices().length ? undefined : heard('devices'));
    ${body}
  })()`);
};

/** A browser function that answers differently, for the page's life. @param {string} name @param {string} body */
const replaced = (name, body) => async (/** @type {import('playwright-core').Page} */ page) => {
  await page.addInitScript(`{
    const original = navigator.mediaDevices?.${name}?.bind(navigator.mediaDevices);
    navigator.mediaDevices.${name} = ${body};
  }`);
};

test('M-1 M-2 what is known at first, and that nobody can change it from outside', play({}, async (scene) => {
  const { first, second, later } = await inPage(scene, `
    const first = media.getState();
    first.devices.push('stranger');
    first.hasMic = true;
    const second = media.getState();
    const event = await heard('devices');
    event.devices.length = 0;
    event.hasMic = false;
    return { first: { ...first, devices: [] }, second, later: media.getState().devices.length };
  `);
  const initial = {
    devices: [], oldDevices: [], audioDevices: [], videoDevices: [], outputDevices: [], hasMic: false, hasCamera: false,
    hasMicPermissions: false, hasCameraPermissions: false, micPermissionsRequested: false,
    cameraPermissionsRequested: false, hasOutputDeviceSupport: true,
  };
  assert.deepEqual({ ...first, hasMic: false }, initial);
  assert.deepEqual(second, initial);
  assert.ok(later >= 5);
}));

test('M-3 M-66 one devicechange listener, gone after destroy() with tracks and listeners', play({}, async (scene) => {
  const result = await inPage(scene, `
    await listed();
    let lists = 0;
    const enumerate = navigator.mediaDevices.enumerateDevices.bind(navigator.mediaDevices);
    navigator.mediaDevices.enumerateDevices = () => { lists += 1; return enumerate(); };
    const settled = () => new Promise((resolve) => setTimeout(resolve, 50));
    navigator.mediaDevices.dispatchEvent(new Event('devicechange'));
    await settled();
    const before = lists;
    const stream = await media.startMedia({ audio: true, video: true });
    await settled();
    lists = 0;
    media.destroy();
    media.destroy();
    navigator.mediaDevices.dispatchEvent(new Event('devicechange'));
    await settled();
    return {
      before, lists, listeners: media.eventNames().length, active: media.getAllActiveMediaTracks().length,
      states: stream.getTracks().map((track) => track.readyState),
    };
  `);
  assert.deepEqual(result, { before: 1, lists: 0, listeners: 0, active: 0, states: ['ended', 'ended'] });
}));

test('M-4 M-8 M-17 devices are the browser\'s own objects; a success is one event', play({}, async (scene) => {
  const result = await inPage(scene, `
    await listed();
    const enumerated = names();
    const isOwn = media.getDevices().every((device) => device instanceof MediaDeviceInfo);
    events.length = 0;
    await media.requestMediaPermissions('audio');
    const granted = events.filter(({ name }) => name === 'permissions').map(({ event }) => event);
    const { hasMicPermissions, micPermissionsRequested, hasCameraPermissions, eventType } = granted[0];
    await media.requestMediaPermissions('audio');
    return {
      enumerated, isOwn, hasMicPermissions, micPermissionsRequested, hasCameraPermissions, eventType,
      count: events.filter(({ name }) => name === 'permissions').length,
    };
  `);
  assert.deepEqual(result, {
    enumerated: 'state devices', isOwn: true, hasMicPermissions: true, micPermissionsRequested: true,
    hasCameraPermissions: false, eventType: 'permissions', count: 1,
  });
}));

test('M-11 M-12 M-44 a permission request leaves nothing on unless asked to; tracks are registered until they stop',
  play({}, async (scene) => {
    const result = await inPage(scene, `
      const nothing = await media.requestMediaPermissions('audio');
      const none = media.getAllActiveMediaTracks().length;
      const stream = await media.requestMediaPermissions('audio', true);
      const [track] = stream.getTracks();
      const kept = media.getAllActiveMediaTracks()[0] === track && track.readyState === 'live';
      track.stop();
      const restored = !Object.hasOwn(track, 'stop');
      return { nothing, none, kept, restored, after: media.getAllActiveMediaTracks().length };
    `);
    assert.deepEqual(result, { nothing: undefined, none: 0, kept: true, restored: true, after: 0 });
  }));

test('M-44 a track that ends by itself is forgotten', asking.play({
  sdkErrors: [/permission/i], expected: [/webrtc-sdk/],
}, async (scene) => {
  await inPage(scene, `
    window.stream = await media.startMedia({ audio: true });
    window.gone = new Promise((resolve) => stream.getTracks()[0].addEventListener('ended', resolve));
  `);
  await scene.page.context().clearPermissions();
  const left = await scene.page.evaluate(async () => {
    const scope = /** @type {any} */ (window);
    await scope.gone;
    return scope.sdk.media.getAllActiveMediaTracks().length;
  });
  assert.equal(left, 0);
}));

test('M-15 M-21 M-22 no type at all, and no options', play({
  sdkErrors: [/./], expected: [/webrtc-sdk/],
}, async (scene) => {
  const result = await inPage(scene, `
    const bad = await refusal(media.requestMediaPermissions('sound'));
    const errors = [];
    sdk.on('sdkError', (error) => errors.push(error.message));
    await new Promise((resolve) => setTimeout(resolve, 20));
    const none = errors.length;
    events.length = 0;
    const nothing = await refusal(media.startMedia({}));
    const calls = events.filter(({ name }) => name === 'gumRequest').length;
    const both = await media.startMedia();
    const kinds = both.getTracks().map(({ kind }) => kind);
    for (const track of both.getTracks()) track.stop();
    return {
      bad: bad.message, plain: bad.constructor === Error, none, nothing: nothing.name, calls, kinds,
    };
  `);
  assert.deepEqual(result, {
    bad: 'Must call `requestMediaPermissions()` with at least one valid media type: `audio`, `video`, or `both`',
    plain: true, none: 0, nothing: 'TypeError', calls: 1, kinds: ['audio', 'video'],
  });
}));

test('M-18 M-19 M-20 a refusal is the browser\'s own error, then one sdkError', asking.play({
  ...REFUSED, context: { permissions: [] },
}, async (scene) => {
  const result = await inPage(scene, `
    let own;
    media.once('gumRequest', ({ gumPromise }) => gumPromise.catch((error) => { own = error; }));
    const order = [];
    const later = new Promise((resolve) => sdk.on('sdkError', (error) => { order.push('sdkError'); resolve(error); }));
    const error = await refusal(media.requestMediaPermissions('audio'));
    order.push('rejected');
    const sdkError = await later;
    const told = events.filter(({ name }) => name === 'permissions').map(({ event }) => (
      [event.hasMicPermissions, event.micPermissionsRequested, event.cameraPermissionsRequested]));
    return {
      same: error === own, order, type: sdkError.type, name: sdkError.name, told,
      isPermission: media.isPermissionsError(error), calls: events.filter(({ name }) => name === 'gumRequest').length,
    };
  `);
  assert.deepEqual(result, {
    same: true, order: ['rejected', 'sdkError'], type: 'media', name: 'NotAllowedError', told: [[false, true, false]],
    isPermission: true, calls: 1,
  });
}));

test('M-23 M-24 M-25 M-26 both types, one of which is refused', cameraless.play({
  sdkErrors: [/./], expected: [/webrtc-sdk/, /ermissions.policy/i],
}, async (scene) => {
  const result = await inPage(scene, `
    const refused = await refusal(media.startMedia({ audio: true, video: true }));
    const left = media.getAllActiveMediaTracks().length;
    const stream = await media.startMedia({ audio: true, video: true, preserveMediaIfOneTypeFails: true });
    const kinds = stream.getTracks().map(({ kind }) => kind);
    for (const track of stream.getTracks()) track.stop();
    return { refused: refused.name, left, kinds };
  `);
  assert.deepEqual(result, { refused: 'NotAllowedError', left: 0, kinds: ['audio'] });
}));

test('M-27 M-35 M-36 the ladder in a browser: each attempt is announced before it settles', play({
  sdkErrors: [/./], expected: [/webrtc-sdk/],
}, async (scene) => {
  const result = await inPage(scene, `
    const requests = [];
    media.on('gumRequest', ({ gumPromise, constraints, mediaRequestOptions }) => {
      requests.push({ id: constraints.audio.deviceId?.exact ?? null, uuid: mediaRequestOptions.uuid,
        promise: gumPromise instanceof Promise, settled: settled });
      gumPromise.then(() => { settled = true; }, () => {});
    });
    let settled = false;
    const stream = await media.startMedia({ audio: 'x', session: undefined });
    for (const track of stream.getTracks()) track.stop();
    return { ids: requests.map(({ id }) => id), uuids: new Set(requests.map(({ uuid }) => uuid)).size,
      promises: requests.every(({ promise }) => promise), early: requests.every((request) => !request.settled) };
  `, { defaults: { audioDeviceId: 'y' } });
  assert.deepEqual(result, { ids: ['x', 'y', null], uuids: 1, promises: true, early: true });
}));

test('M-45 a camera without a picture is no part of the stream', play({
  prepare: replaced('getUserMedia', `async (constraints) => {
    if (!constraints.video) return original(constraints);
    const pc = new RTCPeerConnection();
    return new MediaStream([pc.addTransceiver('video').receiver.track]);
  }`),
}, async (scene) => {
  const result = await inPage(scene, `
    const stream = await media.startMedia({ audio: true, video: true });
    const kinds = stream.getTracks().map(({ kind }) => kind);
    for (const track of stream.getTracks()) track.stop();
    return kinds;
  `);
  assert.deepEqual(result, ['audio']);
}));

/** Volumes of a monitored microphone: while it is on, disabled, and after it was stopped. */
const VOLUMES = `
  const session = { id: 's1', conversationId: 'c1' };
  const stream = await media.startMedia({ audio: true, monitorMicVolume: true, session });
  const [track] = stream.getTracks();
  const volumes = [];
  media.on('audioTrackVolume', (event) => volumes.push(event));
  const next = (accept) => heard('audioTrackVolume', accept);
  await next(({ volume }) => volume > 2);
  const began = performance.now();
  const from = volumes.length;
  while (volumes.length < from + 10) await next(() => true);
  const took = performance.now() - began;
  track.enabled = false;
  const silent = await next(({ muted }) => muted);
  track.stop();
  const stopped = volumes.length;
  await new Promise((resolve) => setTimeout(resolve, 250));
  return {
    took, loud: volumes[from].volume, sessionId: silent.sessionId, silent: silent.volume, own: silent.track === track,
    more: volumes.length - stopped, state: events.length,
  };
`;

test('M-46 M-47 M-48 the volume of a tone, of a muted and of a stopped microphone', toned.play({}, async (scene) => {
  const result = await inPage(scene, VOLUMES, UNPROCESSED);
  assert.ok(result.took > 700 && result.took < 4000, `ten events took ${result.took} ms`);
  const { sessionId, silent, own, more } = result;
  assert.deepEqual({ sessionId, silent, own, more }, { sessionId: 's1', silent: 0, own: true, more: 0 });
}));

test('M-49 M-50 no monitor where none is asked for, and no failure where there is no Web Audio', play({
  prepare: (page) => page.addInitScript('window.AudioContext = class { constructor() { throw new Error("none"); } };'),
}, async (scene) => {
  const result = await inPage(scene, `
    let volumes = 0;
    media.on('audioTrackVolume', () => { volumes += 1; });
    const quiet = await media.startMedia({ audio: true, monitorMicVolume: false });
    const without = await media.startMedia({ audio: true });
    await new Promise((resolve) => setTimeout(resolve, 250));
    const states = [...quiet.getTracks(), ...without.getTracks()].map((track) => track.readyState);
    for (const track of media.getAllActiveMediaTracks()) track.stop();
    return { volumes, states };
  `, { defaults: { monitorMicVolume: true } });
  assert.deepEqual(result, { volumes: 0, states: ['live', 'live'] });
}));

test('M-51 M-52 M-53 the default stream is watched, and left as it was', play({}, async (scene) => {
  const result = await inPage(scene, `
    const own = () => navigator.mediaDevices.getUserMedia({ audio: true });
    const [a, b, extra] = await Promise.all([own(), own(), own()]);
    const { addTrack } = a;
    const [first] = a.getTracks();
    const [second] = extra.getTracks();
    const changed = [];
    sdk.setDefaultAudioStream(a);
    const patched = a.addTrack;
    sdk.setDefaultAudioStream(a);
    const same = a.addTrack === patched && patched !== addTrack;
    a.addTrack(second);
    const watched = Object.hasOwn(second, 'stop');
    first.stop();
    const removed = !a.getTracks().includes(first) && !Object.hasOwn(first, 'stop');
    const stillDefault = Object.hasOwn(a, 'addTrack');
    second.stop();
    const cleared = !Object.hasOwn(a, 'addTrack');
    sdk.setDefaultAudioStream(b);
    sdk.setDefaultAudioStream(undefined);
    const released = !Object.hasOwn(b, 'addTrack') && b.getTracks()[0].readyState;
    for (const track of b.getTracks()) track.stop();
    return { same, watched, removed, stillDefault, cleared, released };
  `);
  assert.deepEqual(result, {
    same: true, watched: true, removed: true, stillDefault: true, cleared: true, released: 'live',
  });
}));

test('M-55 M-64 M-65 a screen: asked for at once, with these constraints, and registered', play({
  prepare: replaced('getDisplayMedia', `(constraints) => {
    window.asked = constraints;
    return original(constraints);
  }`),
}, async (scene) => {
  const result = await inPage(scene, `
    await listed(); // with both halves of the module there
    const promise = media.startDisplayMedia();
    const atOnce = window.asked;
    const stream = await promise;
    const registered = media.getAllActiveMediaTracks().includes(stream.getTracks()[0]);
    for (const track of stream.getTracks()) track.stop();
    return { atOnce, registered, requests: events.filter(({ name }) => name === 'gumRequest').length };
  `);
  assert.deepEqual(result, {
    atOnce: {
      audio: false, video: { frameRate: { ideal: 30 }, height: { max: 10000 }, width: { max: 10000 } },
    },
    registered: true,
    requests: 0,
  });
}));

test('M-56 a refused screen', cameraless.play({
  sdkErrors: [/./], expected: [/webrtc-sdk/, /olicy/],
}, async (scene) => {
  const result = await inPage(scene, `
    await listed();
    events.length = 0;
    const errors = [];
    sdk.on('sdkError', (error) => errors.push(error.type));
    const error = await refusal(media.startDisplayMedia());
    await new Promise((resolve) => setTimeout(resolve, 20));
    return { name: error.name, errors, events: names() };
  `);
  assert.deepEqual(result, { name: 'NotAllowedError', errors: ['media'], events: '' });
}));

test('M-40 M-41 M-42 M-43 look-ups of the API', play({}, async (scene) => {
  const result = await inPage(scene, `
    await listed();
    const [mic] = media.getAudioDevices();
    const stream = await media.startMedia({ audio: true });
    const [track] = stream.getTracks();
    const device = media.findCachedDeviceByTrackLabelAndKind(track);
    track.stop();
    const values = [undefined, false, true, null, 'x'].map((value) => media.getValidSdkMediaRequestDeviceId(value));
    const not = (name, message) => media.isPermissionsError(new DOMException(message, name));
    return {
      valid: media.getValidDeviceId('audioinput', mic.deviceId) === mic.deviceId,
      unknown: media.getValidDeviceId('audioinput', 'unknown', undefined, {}),
      found: device.kind === 'audioinput' && device.label === track.label,
      none: media.findCachedDeviceByTrackLabelAndKind(),
      byId: media.findCachedAudioDeviceById(mic.deviceId) === mic,
      wrongKind: media.findCachedVideoDeviceById(mic.deviceId),
      exists: media.doesDeviceExistInCache(mic),
      stranger: media.doesDeviceExistInCache({ ...JSON.parse(JSON.stringify(mic)), label: 'other' }),
      values,
      errors: [not('NotAllowedError', ''), not('NotFoundError', 'Requested device not found'),
        not('NotReadableError', 'Could not start video source'), not('OverconstrainedError', '')],
    };
  `);
  assert.deepEqual(result, {
    valid: true, unknown: undefined, found: true, none: undefined, byId: true, wrongKind: undefined, exists: true,
    stranger: false, values: [true, true, true, null, 'x'], errors: [true, false, false, false],
  });
}));

test('mediaUtils', play({}, async (scene) => {
  const result = await inPage(scene, `
    const { mediaUtils } = window.GenesysCloudWebrtcSdk;
    const shared = mediaUtils.getOrCreateAudioMediaElement();
    const unique = mediaUtils.createUniqueAudioMediaElement();
    const stream = await navigator.mediaDevices.getUserMedia({ audio: true });
    const [track] = stream.getTracks();
    const copy = mediaUtils.createNewStreamWithTrack(track);
    const element = mediaUtils.attachAudioMedia(sdk, copy, 30, unique);
    const before = mediaUtils.checkAllTracksHaveEnded(copy);
    track.stop();
    const answer = {
      same: mediaUtils.getOrCreateAudioMediaElement() === shared, hidden: shared.style.visibility,
      attached: element === unique && element.srcObject === copy && element.volume, before,
      after: mediaUtils.checkAllTracksHaveEnded(copy), able: mediaUtils.checkHasTransceiverFunctionality(),
    };
    mediaUtils.logDeviceChange(sdk, { id: 's1' }, 'sessionStarted', {});
    shared.remove();
    unique.remove();
    return answer;
  `);
  assert.deepEqual(result, {
    same: true, hidden: 'hidden', attached: 0.3, before: false, after: true, able: true,
  });
}));
