// SPDX-License-Identifier: MIT
// A small agent desk: one call at a time.

import { GenesysCloudWebrtcSdk } from 'genesys-cloud-webrtc-sdk-wasm';

/** @param {string} id */
const at = (id) => /** @type {HTMLElement} */ (document.getElementById(id));

/** @param {string} id @param {string} text nothing: it is hidden */
const show = (id, text = '') => Object.assign(at(id), { textContent: text, hidden: !text });

/** Ringing, talking, or (without a text) no call. @param {string} [text] @param {string} [conversationId] */
const showCall = (text = '', conversationId = '') => {
  call = { conversationId, muted: false };
  at('call').hidden = !text;
  at('answer').hidden = text !== 'Ringing';
  at('mute').hidden = text === 'Ringing';
  show('state', text);
  show('sound');
};

let call = { conversationId: '', muted: false };

const config = await (await fetch('config.json')).json();
const sdk = new GenesysCloudWebrtcSdk({ ...config, optOutOfTelemetry: true, useHeadsets: false });

sdk.on('ready', () => show('status', 'Ready'));
sdk.on('disconnected', () => show('status', 'Connecting again'));
sdk.on('connected', ({ reconnect }) => reconnect && show('status', 'Ready'));
sdk.on('sdkError', ({ message }) => show('problem', message));

// A call that the agent has dialled is answered by the SDK itself.
sdk.on('pendingSession', ({ conversationId, autoAnswer }) => autoAnswer || showCall('Ringing', conversationId));
sdk.on('cancelPendingSession', () => showCall());
sdk.on('sessionStarted', ({ conversationId }) => showCall('Talking', conversationId));
sdk.on('sessionEnded', () => showCall());
sdk.on('callQuality', ({ inbound }) => (
  show('sound', inbound.audio === 'flowing' ? 'You hear the caller' : 'You hear nothing')));

at('answer').onclick = () => sdk.acceptPendingSession(call);
at('mute').onclick = () => {
  call.muted = !call.muted;
  sdk.setAudioMute({ conversationId: call.conversationId, mute: call.muted });
};
at('dial').onsubmit = (event) => {
  event.preventDefault();
  const { value: phoneNumber } = /** @type {HTMLInputElement} */ (at('number'));
  sdk.startSoftphoneSession({ phoneNumber }).catch(({ message }) => show('problem', message));
};
at('end').onclick = () => (at('answer').hidden ? sdk.endSession(call) : sdk.rejectPendingSession(call));

await sdk.initialize().catch(({ message }) => show('status', `No sign-in: ${message}`));
