// SPDX-License-Identifier: MIT

export { GenesysCloudWebrtcSdk, GenesysCloudWebrtcSdk as default, SessionTypes } from './sdk.js';
export { HeadsetEvents } from './headset.js';
export { SdkError, SdkErrorTypes } from './errors.js';
export { CommunicationStates, JingleReasonCondition, JingleReasons } from './words.js';
export { loaded } from './core.js';
export { SdkMedia } from './media.js';
export { ConversationUpdate, isCustomerData, isSecurityCode, utils } from './utils.js';
export * as mediaUtils from './platform/media-utils.js';
