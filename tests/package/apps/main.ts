// SPDX-License-Identifier: MIT
// An application in TypeScript, written for the original: it names the original's package.

import Sdk, {
  GenesysCloudWebrtcSdk, SdkError, SdkErrorTypes, SessionTypes, type IExtendedMediaSession, type IPendingSession,
  type ISdkConfig,
} from 'genesys-cloud-webrtc-sdk';
import * as everything from 'genesys-cloud-webrtc-sdk';

const active = new Map<string, IExtendedMediaSession>();

export const listen = (config: ISdkConfig): GenesysCloudWebrtcSdk => {
  const sdk = new Sdk({ ...config, allowedSessionTypes: [SessionTypes.softphone] });
  sdk.on('pendingSession', (pending: IPendingSession) => {
    if (pending.sessionType === SessionTypes.softphone) {
      void sdk.acceptPendingSession({ conversationId: pending.conversationId });
    }
  });
  sdk.on('sessionStarted', (session) => active.set(session.conversationId, session));
  sdk.on('sessionEnded', (session, reason) => {
    active.delete(session.conversationId);
    if (reason.condition !== 'success') throw new SdkError(SdkErrorTypes.session, reason.condition);
  });
  return sdk;
};

Object.assign(window, { GenesysCloudWebrtcSdk: everything });
