// SPDX-License-Identifier: MIT
// Why a name of the original is not here, or is not the same.

const HANDLER = 'a part of the original\'s inside that no method hands out';
const OTHER_HEADSETS = 'of the headset library that the original contains; no headset needs its vendor\'s software '
  + 'here';
const SESSION = 'what a session does is asked of the SDK: `acceptSession()`, `endSession()`, `setAudioMute()`, '
  + '`setConversationHeld()`, `updateOutgoingMedia()`; its peer connection is `pc`';
const OF_SESSIONS = 'the same, with this package\'s session in it: see `IExtendedMediaSession`';
const EVENTS = 'the events are the same; their arguments are declared as lists, and TypeScript checks `on`, `once` and '
  + '`emit` by them';

/** @type {Readonly<Record<string, string>>} */
export const ABSENT = {
  EmittedHeadsetEvents: OTHER_HEADSETS,
  HeadsetState: OTHER_HEADSETS,
  HeadsetStateRecord: OTHER_HEADSETS,
  PartialHIDDevice: OTHER_HEADSETS,
  PartialInputReportEvent: OTHER_HEADSETS,
  UpdateReasons: OTHER_HEADSETS,
  IMediaChangeEvent: HANDLER,
  IMediaChangeEventParticipant: HANDLER,
  ScreenRecordingSessionHandler: HANDLER,
  ScreenShareSessionHandler: HANDLER,
  SoftphoneSessionHandler: HANDLER,
  VideoSessionHandler: HANDLER,
};

/** @type {Readonly<Record<string, string>>} */
export const DIFFERENT = {
  IExtendedMediaSession: SESSION,
  VideoMediaSession: SESSION,
  ScreenRecordingMediaSession: SESSION,
  IMediaRequestOptions: OF_SESSIONS,
  ISdkConversationUpdateEvent: OF_SESSIONS,
  ISdkGumRequest: OF_SESSIONS,
  IStoredConversationState: OF_SESSIONS,
  IUpdateOutgoingMedia: OF_SESSIONS,
  SdkMedia: OF_SESSIONS,
  mediaUtils: OF_SESSIONS,
  GenesysCloudWebrtcSdk: `${OF_SESSIONS}; of the original's inside, \`sessionManager\` lists sessions only; `
    + '`headset`: see `VendorImplementation`',
  default: 'another name of `GenesysCloudWebrtcSdk`',
  SdkEvents: EVENTS,
  SdkMediaEvents: EVENTS,
  VendorImplementation: 'tells about the headset in use; it is not for writing drivers',
  VendorEvent: 'what an event of a headset carries; the original\'s is of its drivers',
  utils: 'these reach into the original\'s SDK object; requests to the platform are the application\'s own',
};

/** Values that the original's script exports, and why they are not here. @type {Readonly<Record<string, string>>} */
export const ABSENT_VALUES = {
  ...ABSENT,
  VendorImplementation: 'nothing of a class to write drivers with could be used',
};
