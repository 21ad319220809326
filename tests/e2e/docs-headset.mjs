// SPDX-License-Identifier: MIT
// The demo's simulated headset in the page of a test, plugged in and allowed.

import { buildSync } from 'esbuild';
import { fileURLToPath } from 'node:url';

const [{ text: SIMULATOR }] = buildSync({
  entryPoints: [fileURLToPath(new URL('../../demo/headset/simulator.js', import.meta.url))],
  bundle: true, format: 'iife', globalName: 'headsetSimulator', write: false,
}).outputFiles;

/** To be called before the page is opened. @param {import('playwright-core').Page} page */
export const bringHeadset = (page) => page.addInitScript({
  content: `${SIMULATOR}
    const hid = new headsetSimulator.SimulatedHid();
    const headset = new headsetSimulator.SimulatedHeadset('F1');
    hid.granted.add(headset);
    window.virtualHeadset = { hid, headset };
    headsetSimulator.installHid(hid);`,
});

/** Plugs it in and waits until the SDK drives it. @param {import('./support.mjs').Scene} scene */
export const plugHeadset = (scene) => scene.page.evaluate(async () => {
  const { virtualHeadset: { hid, headset }, sdk } = /** @type {any} */ (window);
  const running = new Promise((resolve) => {
    sdk.headset.headsetEvents$.subscribe((/** @type {any} */ { event, payload }) => {
      if (event === 'deviceConnectionStatusChanged' && payload === 'running') resolve(undefined);
    });
  });
  hid.plug(headset);
  navigator.mediaDevices.dispatchEvent(new Event('devicechange'));
  await running;
});

/** Plugs it in where the user has yet to allow it. @param {import('./support.mjs').Scene} scene */
export const plugForeignHeadset = (scene) => scene.page.evaluate(async () => {
  const { virtualHeadset: { hid, headset } } = /** @type {any} */ (window);
  hid.granted.delete(headset);
  hid.plug(headset);
  navigator.mediaDevices.dispatchEvent(new Event('devicechange'));
});

/** @param {import('./support.mjs').Scene} scene @param {'hook' | 'mute' | 'hold' | 'drop' | 'reject'} button */
export const press = (scene, button) => scene.page.evaluate((name) => (
  /** @type {any} */ (window).virtualHeadset.headset.press(name)), button);
