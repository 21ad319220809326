// SPDX-License-Identifier: MIT

/**
 * Flags with which Chromium has a microphone and a camera without asking, plays sound without a click, and reaches this
 * machine's own address over WebRTC.
 */
export const CHROMIUM_FLAGS = Object.freeze([
  '--use-fake-device-for-media-stream', '--use-fake-ui-for-media-stream', '--allow-loopback-in-peer-connection',
  '--autoplay-policy=no-user-gesture-required',
]);
