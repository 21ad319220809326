// SPDX-License-Identifier: MIT
// An application made of CommonJS modules.

const { GenesysCloudWebrtcSdk, default: Sdk } = require('genesys-cloud-webrtc-sdk');

if (Sdk !== GenesysCloudWebrtcSdk) throw new Error('another class');
window.GenesysCloudWebrtcSdk = require('genesys-cloud-webrtc-sdk');
