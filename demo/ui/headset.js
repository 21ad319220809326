// SPDX-License-Identifier: MIT
// A headset on the desk: what its buttons ask of the SDK, as every application does it, and a simulated one to press
// them on. The picture's lights are those that the SDK sends to the device.

import { MODELS, SimulatedHeadset, SimulatedHid, installHid } from '../headset/simulator.js';
import { $, make } from './dom.js';

/** @typedef {import('../headset/simulator.js').Light} Light */
/** @typedef {import('../headset/simulator.js').Button} Button */

/** @type {Record<string, string>} */
const STATUS_WORDS = {
  noVendor: 'No headset belongs to this microphone.',
  checking: 'Connecting…',
  running: 'Connected: its buttons and lights work.',
  notRunning: 'Not connected.',
  notStarted: '',
  negotiating: 'Asking your other windows…',
  hasControls: 'This window has the headset.',
  alternativeClient: 'Another window has the headset.',
};
/** @type {[Light, string][]} */
const LIGHTS = [['ring', 'Ring'], ['offHook', 'In call'], ['mute', 'Mute'], ['hold', 'Hold']];
/** @type {[Button, string][]} */
const BUTTONS = [
  ['hook', 'Call button'], ['mute', 'Mute button'], ['hold', 'Hold button'], ['reject', 'Reject button'],
];

/** @param {string} id @param {string} text @returns {HTMLButtonElement} */
const makeButton = (id, text) => {
  const button = /** @type {HTMLButtonElement} */ (make('button', 'plain', text));
  button.type = 'button';
  button.dataset.testid = id;
  return button;
};

/** The band and the two ear cups. */
const makePicture = () => {
  const picture = document.createElementNS('http://www.w3.org/2000/svg', 'svg');
  picture.setAttribute('viewBox', '0 0 120 84');
  picture.setAttribute('class', 'headset-picture');
  picture.setAttribute('aria-hidden', 'true');
  for (const [shape, name] of [
    ['M18 52 V44 a42 38 0 0 1 84 0 V52', 'headset-band'], ['M10 50 h16 v26 h-8 a8 8 0 0 1 -8 -8 Z', 'headset-cup'],
    ['M94 50 h16 v18 a8 8 0 0 1 -8 8 h-8 Z', 'headset-cup'], ['M18 76 q6 8 30 6', 'headset-boom'],
  ]) {
    const path = document.createElementNS('http://www.w3.org/2000/svg', 'path');
    path.setAttribute('d', shape);
    path.setAttribute('class', name);
    picture.append(path);
  }
  return picture;
};

/**
 * @param {{ note: (name: string, text?: string) => void, problem: (error: unknown, type?: string) => void,
 *   microphone: () => string }} desk `microphone`: id of the chosen one, '' for the default
 */
export const headsetDesk = ({ note, problem, microphone }) => {
  const hid = new SimulatedHid(/** @type {any} */ (navigator).hid);
  /** @type {any} */
  let sdk = null;
  /** @type {SimulatedHeadset | null} */
  let device = null;

  const card = $('headset-card');
  const model = /** @type {HTMLSelectElement} */ (make('select', ''));
  const status = make('p', 'note');
  const allow = makeButton('headset-allow', 'Allow the headset');
  const retry = makeButton('headset-retry', 'Connect again');
  const body = make('div', 'headset-body');
  const lights = new Map(LIGHTS.map(([light, word]) => [light, make('span', 'headset-light', word)]));
  const buttons = new Map(BUTTONS.map(([button, word]) => [button, makeButton(`headset-${button}`, word)]));

  // What the SDK says of the device, and what the device asks for

  /** @type {Record<string, (payload: any) => unknown>} */
  const asks = {
    deviceAnsweredCall: ({ conversationId }) => sdk.acceptPendingSession({ conversationId, fromHeadset: true }),
    deviceRejectedCall: ({ conversationId }) => sdk.rejectPendingSession({ conversationId, fromHeadset: true }),
    deviceEndedCall: ({ conversationId }) => sdk.endSession({ conversationId, fromHeadset: true }),
    deviceMuteStatusChanged: ({ conversationId, isMuted }) => (
      sdk.setAudioMute({ conversationId, mute: isMuted, fromHeadset: true })),
    deviceHoldStatusChanged: ({ conversationId, holdRequested }) => (
      sdk.setConversationHeld({ conversationId, held: holdRequested, fromHeadset: true })),
    webHidPermissionRequested: ({ callback }) => {
      allow.hidden = false;
      allow.onclick = () => {
        allow.hidden = true;
        return callback();
      };
    },
    deviceConnectionStatusChanged: (word) => {
      status.textContent = STATUS_WORDS[word] ?? word;
      card.dataset.status = word;
      retry.hidden = !sdk.headset.showRetry();
      if (word === 'running' || word === 'notRunning') allow.hidden = true;
    },
  };

  /** @param {{ event: string, payload: any }} happened */
  const hear = async ({ event, payload }) => {
    const word = typeof payload === 'string' ? payload : payload?.name ?? payload?.vendorName ?? '';
    note(`headset ${event}`, word);
    try {
      await asks[event]?.(payload);
    } catch (error) {
      problem(error, 'call');
    }
  };

  // The simulated device

  const drawLights = () => {
    for (const [light, lamp] of lights) lamp.dataset.on = String(device?.lights[light] ?? false);
    for (const [button, key] of buttons) key.disabled = !device?.has(button);
    body.hidden = !device;
  };

  /** The SDK looks at the devices again. */
  const follow = async () => {
    if (!sdk?.headset || !sdk.media) return;
    await sdk.media.enumerateDevices();
    const first = sdk.media.getAudioDevices()[0]?.deviceId ?? null;
    sdk.headset.updateAudioInputDevice(microphone() || first);
  };

  const choose = async () => {
    if (device) hid.unplug(device);
    device = model.value ? new SimulatedHeadset(model.value) : null;
    allow.hidden = true;
    note('headset plugged', device?.productName ?? 'none');
    if (device) {
      hid.plug(device);
      device.addEventListener('lights', drawLights);
    }
    drawLights();
    try {
      await follow();
    } catch (error) {
      problem(error, 'media');
    }
  };

  // The card

  const build = () => {
    for (const [light, lamp] of lights) lamp.dataset.testid = `light-${light}`;
    for (const [button, key] of buttons) key.addEventListener('click', () => device?.press(button));
    const label = make('label', 'field');
    model.dataset.testid = 'headset-model';
    model.append(new Option('None', ''), ...MODELS.map(({ key, productName }) => new Option(productName, key)));
    model.addEventListener('change', () => void choose());
    label.append(make('span', '', 'Simulated headset'), model);
    const lampRow = make('div', 'headset-lights');
    lampRow.append(...lights.values());
    const keyRow = make('div', 'actions tight');
    keyRow.append(...buttons.values());
    body.append(makePicture(), lampRow, keyRow);
    status.dataset.testid = 'headset-status';
    retry.addEventListener('click', () => void sdk?.headset.retryConnection(device?.microphoneLabel ?? 'headset')
      .catch(problem));
    const title = make('h2', 'card-title', 'Headset');
    title.id = 'headset-title';
    card.append(title, label, status, allow, retry, body);
    allow.hidden = retry.hidden = true;
    drawLights();
  };

  build();
  installHid(hid);
  return {
    /** Follows this SDK object. @param {any} instance */
    wire(instance) {
      sdk = instance;
      instance.headset?.headsetEvents$?.subscribe((/** @type {any} */ happened) => {
        if (instance === sdk) void hear(happened);
      });
    },
    /** The SDK is ready: a headset that was plugged in before is looked for. */
    ready: () => (device ? follow() : undefined),
  };
};
