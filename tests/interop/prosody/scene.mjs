// SPDX-License-Identifier: MIT
// The SDK in Chromium, signed in to Debian's Prosody, with everything but stanzas from the local platform: REST, the
// far ends of calls, and the gateway, which is an external component of Prosody.

import assert from 'node:assert/strict';
import { Gateway } from '../../../demo/platform/gateway.js';
import { startPlatform, until } from '../../../demo/platform/index.js';
import { Scene, playScene } from '../../e2e/support.mjs';
import { openPage } from '../../support/browser.mjs';
import { Component } from './component.mjs';
import { JingleGateway } from './jingle.mjs';
import { startProsody } from './server.mjs';

const DOMAIN = 'acme.orgspan.test';
const SECRET = 'of the gateway';

/** @typedef {import('../../e2e/support.mjs').Play} Play */

/** Calls need no relay then (wire.md section 7). Nobody answers there; nobody needs to. */
const STUN = [{ type: 'stun', host: '127.0.0.1', port: 9, transport: 'udp' }];

/**
 * The platform and the server that carries its stanzas.
 * @param {{ platform?: import('../../../demo/platform/index.js').PlatformOptions, services?: Record<string, unknown>[],
 *   password?: string, jingle?: boolean }} options `services` of XEP-0215; `password` of the agent in the place of the
 *   right one; `jingle`: what the gateway speaks
 */
export const startOnProsody = async ({ services = STUN, password, jingle = false, ...options }) => {
  const component = new Component(`gjoll.${DOMAIN}`, SECRET);
  const gateway = new (jingle ? JingleGateway : Gateway)(/** @type {any} */ (component), DOMAIN);
  let notifications = '';
  const publisher = {
    /** @param {string} topicName @param {unknown} eventBody @param {object} [metadata] */
    publish(topicName, eventBody, metadata = {}) {
      void component.publish(notifications, topicName, { topicName, version: '2', eventBody, metadata });
      return 1;
    },
  };
  const platform = await startPlatform({
    ...options.platform, domain: DOMAIN, outside: { gateway, publisher },
  });
  notifications = `notifications.${new URL(platform.url).host}`;
  const { id, jid, token } = platform.defaultUser;
  component.users.set(jid, id);
  const prosody = await startProsody({
    domain: DOMAIN, notifications, gateway: { domain: component.domain, secret: SECRET }, services,
    passwords: { [id]: password ?? `authKey:${token}` },
  }).catch(async (error) => {
    await platform.close();
    throw error;
  });
  await component.connect(prosody.componentPort);
  return {
    platform,
    prosody,
    gateway,
    component,
    /** Full JID of the client that signed in last. */
    get client() {
      const bound = prosody.program.lines.filter((line) => /Resource bound: /.test(line)).at(-1);
      return /Resource bound: (\S+)/.exec(bound ?? '')?.[1] ?? '';
    },
    /** Kills the server, as when its machine fails. */
    kill: () => prosody.program.kill('SIGKILL'),
    /** Starts it again; the gateway comes back too. */
    async restart() {
      await prosody.restart();
      await component.connect(prosody.componentPort);
    },
    async close() {
      component.close();
      await Promise.all([platform.close(), prosody.close()]);
    },
  };
};

/** A page whose SDK signs in there. */
export class ProsodyScene extends Scene {
  /** @param {Awaited<ReturnType<typeof startOnProsody>>} world @param {import('playwright-core').Page} page */
  constructor(world, page) {
    super(world.platform, page);
    this.world = world;
  }

  /** @override @param {Record<string, any>} [more] */
  config(more = {}) {
    return super.config({ wsHost: this.world.prosody.url, ...more });
  }
}

/**
 * The body of a test.
 * @param {{ browser: import('playwright-core').Browser, url: string }} stage
 * @param {Play & Parameters<typeof startOnProsody>[0]} options @param {(scene: ProsodyScene) => Promise<unknown>} act
 */
export const playOnProsody = async (stage, options, act) => {
  const world = await startOnProsody(options);
  try {
    const opened = await openPage(stage.browser, stage.url, options);
    await playScene(opened, new ProsodyScene(world, opened.page), options, act);
  } finally {
    await world.close();
  }
};

/**
 * Sound goes on both ways from here on.
 * @param {Scene} scene @param {import('../../../demo/platform/calls.js').Call} call
 */
export const listen = async (scene, call) => {
  const heard = await until(call.farEnd, 'level', ({ rms }) => rms > 0.01);
  assert.ok(heard.lastToneHz, 'the far end hears the beep of the fake microphone');
  const media = (/** @type {object} */ least) => scene.page.evaluate((given) => (
    /** @type {any} */ (window).harness.mediaBeyond(given)), least);
  const { sent, received, energy } = await media({});
  await media({ sent: sent + 25, received: received + 25, energy: energy + 0.001 });
};
