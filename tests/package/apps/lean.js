// SPDX-License-Identifier: MIT
// An application that fetches the binary beside its script.

import * as lean from 'genesys-cloud-webrtc-sdk/lean';

lean.loaded.then(() => Object.assign(window, { GenesysCloudWebrtcSdk: lean }), (error) => {
  throw error;
});
