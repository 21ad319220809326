// SPDX-License-Identifier: MIT
// An application for pages whose policy forbids WebAssembly.

import * as plain from 'genesys-cloud-webrtc-sdk/no-wasm';

Object.assign(window, { GenesysCloudWebrtcSdk: plain });
