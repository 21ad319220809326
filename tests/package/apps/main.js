// SPDX-License-Identifier: MIT
// An application in JavaScript, written for the original: it names the original's package.

import Sdk, { GenesysCloudWebrtcSdk, SessionTypes } from 'genesys-cloud-webrtc-sdk';
import * as everything from 'genesys-cloud-webrtc-sdk';

if (Sdk !== GenesysCloudWebrtcSdk || SessionTypes.acdScreenShare !== 'screenShare') throw new Error('another class');
Object.assign(window, { GenesysCloudWebrtcSdk: everything });
