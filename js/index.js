// SPDX-License-Identifier: MIT

export { GenesysCloudWebrtcSdk, GenesysCloudWebrtcSdk as default, SessionTypes } from './sdk.js';
export { SdkError, SdkErrorTypes } from './errors.js';
export { loaded } from './core.js';
