// SPDX-License-Identifier: MIT
// Runs every example of the documentation: brings the page to the situation that its `run` names, gives it `sdk`,
// `session`, `conversationId` and `app`, does what `then` names, and waits until each function of `app` in it was
// called. `app` is what the examples say: the reader's application.

import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { PAGES, examplesOf } from '../../docs/site/pages.mjs';
import { until } from '../../demo/platform/index.js';
import { bringHeadset, plugForeignHeadset, plugHeadset, press } from './docs-headset.mjs';
import { runInNode } from './docs-node.mjs';
import { bringRoom, makeRoom } from './room.mjs';
import { FAILED_REQUEST, FAILED_SOCKET, stage } from './support.mjs';

/** @typedef {import('./support.mjs').Scene} Scene */
/** @typedef {import('../../docs/site/pages.mjs').Example} Example */
/** @typedef {Record<string, any>} Values what the example may name, plain values only */

const usual = stage();
const { play } = usual;
const refused = stage({ headers: { 'permissions-policy': 'microphone=()' } });
/** Some examples show what goes wrong. */
const ERRORS = [/./];
const NOISE = [FAILED_REQUEST, FAILED_SOCKET, /webrtc-sdk/, /Permissions policy violation/];

/** The newest session is the one of the example. @param {Scene} scene @param {Values} members */
const startedWith = (scene, members) => scene.event('sessionStarted', members);

/** @param {Scene} scene @param {Values} [more] */
const ring = async (scene, more) => {
  await scene.signIn(more);
  const call = scene.platform.call({ farEnd: 'tone' });
  await scene.event('pendingSession', { conversationId: call.conversationId });
  return { conversationId: call.conversationId };
};

/** @param {Scene} scene @param {Values} [more] */
const talk = async (scene, more) => {
  await scene.signIn(more);
  const { conversationId } = await scene.talk({ farEnd: 'tone' });
  await scene.page.evaluate(() => /** @type {any} */ (window).harness.mediaBeyond({ sent: 1, received: 1 }));
  return { conversationId };
};

/** @param {Scene} scene */
const offerVideo = async (scene) => {
  await scene.signIn();
  const { conversationId } = scene.platform.meet().room;
  await scene.event('pendingSession', { conversationId });
  await scene.run('acceptPendingSession', { conversationId });
  await startedWith(scene, { conversationId });
  return { conversationId };
};

/** @param {Scene} scene */
const meet = async (scene) => {
  const values = await offerVideo(scene);
  await scene.page.evaluate(async (params) => {
    const { app, sdk } = /** @type {any} */ (window);
    await sdk.acceptSession({ ...params, audioElement: app.audioElement, videoElement: app.videoElement });
  }, values);
  await scene.page.evaluate(() => /** @type {any} */ (window).harness.mediaBeyond({ received: 5 }));
  return values;
};

/** @param {Scene} scene @param {string} name of the room: what kind of session it is */
const offerScreens = async (scene, name) => {
  await scene.signIn();
  const room = makeRoom(scene, name);
  room.propose();
  const { conversationId } = room;
  await scene.event('pendingSession', { conversationId });
  await scene.run('acceptPendingSession', { conversationId });
  await room.offer({ audio: false, videos: 1, receiveOnly: name !== 'livemonitor-2' });
  await startedWith(scene, { conversationId });
  return { conversationId };
};

/** What is there when an example begins. @type {Record<string, (scene: Scene) => Promise<Values | void>>} */
const SITUATIONS = {
  page: async () => {},
  new: (scene) => scene.construct(),
  ready: (scene) => scene.signIn(),
  uploading: (scene) => scene.signIn({ optOutOfTelemetry: false, logLevel: 'info' }),
  'no-microphone': (scene) => scene.signIn(),
  'two-lines': (scene) => {
    scene.lines(2);
    return scene.signIn();
  },
  ringing: ring,
  call: talk,
  'video-started': offerVideo,
  meeting: meet,
  recording: async (scene) => {
    await scene.signIn({ allowedSessionTypes: ['screenRecording'] });
    scene.platform.screens.record(scene.platform.defaultUser.id, { screens: 1 });
    const { conversationId } = await scene.event('pendingSession', { sessionType: 'screenRecording' });
    await scene.run('acceptPendingSession', { conversationId, sessionType: 'screenRecording' });
    await startedWith(scene, { sessionType: 'screenRecording' });
    return { conversationId };
  },
  monitoring: (scene) => offerScreens(scene, 'livemonitor-1'),
  observing: (scene) => offerScreens(scene, 'livemonitor-2'),
  guest: async (scene) => {
    await scene.construct({ accessToken: undefined, organizationId: scene.platform.users.organization.id });
    await scene.run('initialize', { securityCode: scene.platform.guests.addCode() });
  },
  jwt: (scene) => scene.construct({
    accessToken: undefined, jwt: scene.platform.guests.issue({ userId: scene.platform.defaultUser.id }),
  }),
  headset: async (scene) => {
    await scene.signIn({ useHeadsets: true, disableHeadsetControlsOrchestration: true });
    await plugHeadset(scene);
  },
  'no-headset': (scene) => scene.signIn({ useHeadsets: true, disableHeadsetControlsOrchestration: true }),
  'headset-call': async (scene) => {
    const values = await talk(scene, { useHeadsets: true, disableHeadsetControlsOrchestration: true });
    await plugHeadset(scene);
    return values;
  },
};

/** @param {Scene} scene */
const nextCall = (scene) => scene.platform.calls.live.at(-1);

/**
 * What happens after the lines of an example have run.
 * @type {Record<string, (scene: Scene) => Promise<unknown> | void>}
 */
const ACTIONS = {
  wait: () => {},
  ring: (scene) => void scene.platform.call({ farEnd: 'tone' }),
  'ring-and-hang-up': async (scene) => {
    const call = scene.platform.call({ farEnd: 'tone' });
    await until(call, 'connected');
    call.hangup();
  },
  'mute-and-hang-up': async (scene) => {
    const { conversationId } = nextCall(scene) ?? {};
    await scene.run('setAudioMute', { conversationId, mute: true });
    nextCall(scene)?.hangup();
  },
  interrupt: (scene) => scene.connectionBecomes(/** @type {any} */ ('interrupted')),
  'hang-up': (scene) => nextCall(scene)?.hangup(),
  'refuse-token': async (scene) => {
    const { platform } = scene;
    platform.revoke(platform.token, { endStreams: true });
  },
  drop: (scene) => void scene.platform.faults.dropSockets(scene.platform.defaultUser.id),
  join: (scene) => {
    const [room] = scene.platform.rooms.byJid.values();
    room.addRobot();
  },
  'change-station': (scene) => scene.platform.changeStation(null),
  plug: plugForeignHeadset,
  'press-mute': (scene) => press(scene, 'mute'),
  'ring-and-press': async (scene) => {
    const call = scene.platform.call({ farEnd: 'tone' });
    await scene.event('pendingSession', { conversationId: call.conversationId });
    await press(scene, 'hook');
  },
  'ring-press-all': async (scene) => {
    const call = scene.platform.call({ farEnd: 'tone' });
    await scene.event('pendingSession', { conversationId: call.conversationId });
    const connected = until(call, 'connected');
    await press(scene, 'hook');
    await connected;
    await scene.event('conversationUpdate', { calls: { [call.conversationId]: { state: 'connected' } } });
    const muted = { calls: { [call.conversationId]: { muted: true } } };
    await press(scene, 'mute');
    await scene.event('conversationUpdate', muted);
  },
  'two-lines': (scene) => scene.platform.changeStation({ webRtcCallAppearances: 2 }),
  'mute-device': (scene) => scene.page.evaluate(() => {
    const { pc } = [...(/** @type {any} */ (window).harness.sessions.values())].at(-1);
    const track = pc.getSenders()[0].track;
    track.stop();
    track.dispatchEvent(new Event('ended'));
  }),
};

/** What the examples say of their application. @param {Scene} scene @returns {Values} */
const application = (scene) => {
  const { platform } = scene;
  return {
    accessToken: platform.token, environment: platform.url, wsHost: platform.wsUrl, config: scene.config(),
    organizationId: platform.users.organization.id, securityCode: platform.guests.addCode(),
    jwt: platform.guests.issue({ userId: platform.defaultUser.id }),
    roomJid: platform.rooms.jidOf('peer-docs'), meetingId: 'meeting-1', participantId: 'participant-1',
  };
};

/** Puts `app` into the page. @param {Scene} scene */
const bringApp = (scene) => scene.page.evaluate((values) => {
  const scope = /** @type {any} */ (window);
  /** @type {Set<string>} */
  const called = new Set();
  const real = {
    ...values,
    audioElement: document.createElement('audio'),
    videoElement: document.createElement('video'),
    button: document.createElement('button'),
    use: (/** @type {any} */ sdk) => sdk,
    freshToken: async () => values.accessToken,
  };
  real.videoElement.muted = true;
  document.body.append(real.videoElement);
  scope.app = new Proxy(real, {
    get: (target, name) => {
      const member = name in target ? /** @type {any} */ (target)[name] : () => {};
      if (typeof member !== 'function') return member;
      return (/** @type {any[]} */ ...args) => {
        called.add(String(name));
        scope.harness.note(`app.${String(name)}`);
        return member(...args);
      };
    },
  });
  scope.appCalled = called;
}, application(scene));

/** Functions of `app` that an example names. @param {string} code */
const namedFunctions = (code) => [...new Set([...code.matchAll(/\bapp\.(\w+)\(/g)].map(([, name]) => name))];

/** @param {Scene} scene @param {Example} example @param {Values} values */
const runInPage = (scene, example, values) => scene.page.evaluate(async ([code, given]) => {
  const scope = /** @type {any} */ (window);
  const session = [...scope.harness.sessions.values()].at(-1);
  const names = ['app', 'sdk', 'session', ...Object.keys(given)];
  // An example may make an SDK object of its own; its last line hands it over.
  const declares = /^const sdk\b/m.test(code);
  const body = `${code}\n${declares ? 'window.sdk = sdk;' : ''}`;
  const AsyncFunction = Object.getPrototypeOf(async () => {}).constructor;
  const parameters = declares ? names.filter((name) => name !== 'sdk') : names;
  const all = { app: scope.app, sdk: scope.sdk, session, ...given };
  await new AsyncFunction(...parameters, body)(...parameters.map((name) => /** @type {any} */ (all)[name]));
}, /** @type {const} */ ([example.code, values]));

/** @param {Scene} scene @param {Example} example */
const perform = async (scene, example) => {
  await scene.page.bringToFront();
  await bringApp(scene);
  const situation = SITUATIONS[example.run ?? ''];
  assert.ok(situation, `${example.page}:${example.line}: no situation ${example.run}`);
  const values = (await situation(scene)) ?? {};
  await runInPage(scene, example, values);
  if (example.then) {
    const action = ACTIONS[example.then];
    assert.ok(action, `${example.page}:${example.line}: no action ${example.then}`);
    await action(scene);
  }
  const waited = namedFunctions(example.code).filter((name) => !example.may?.split(',').includes(name));
  for (const name of waited) await scene.event(`app.${name}`);
};

/** @param {import('playwright-core').Page} page */
const prepare = async (page) => {
  await bringRoom(page);
  await bringHeadset(page);
};

// Most of an example is waiting for the sound of a call: several run side by side, each with a platform of its own.
describe('examples', { concurrency: 3 }, () => {
  for (const page of PAGES) {
    for (const example of examplesOf(page).filter(({ run }) => run)) {
      const title = `${page.name}: ${example.heading} (line ${example.line})`;
      if (example.run === 'node') {
        test(title, { timeout: 60_000 }, () => runInNode(usual.browser, example));
        continue;
      }
      const { play: playIn } = example.run === 'no-microphone' ? refused : { play };
      test(title, { timeout: 40_000 }, playIn({
        expected: NOISE, sdkErrors: ERRORS, prepare,
      }, (scene) => perform(scene, example)));
    }
  }
});
