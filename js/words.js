// SPDX-License-Identifier: MIT
// Words of the protocols under the names that applications know.

/** States of calls and of other communications: values equal names. */
export const CommunicationStates = Object.freeze({
  alerting: 'alerting',
  contacting: 'contacting',
  dialing: 'dialing',
  hold: 'hold',
  connected: 'connected',
  disconnected: 'disconnected',
  terminated: 'terminated',
});

/** All reasons for the end of a session (XEP-0166 §7.4). */
export const JingleReasonCondition = Object.freeze({
  AlternativeSession: 'alternative-session',
  Busy: 'busy',
  Cancel: 'cancel',
  ConnectivityError: 'connectivity-error',
  Decline: 'decline',
  Expired: 'expired',
  FailedApplication: 'failed-application',
  FailedTransport: 'failed-transport',
  GeneralError: 'general-error',
  Gone: 'gone',
  IncompatibleParameters: 'incompatible-parameters',
  MediaError: 'media-error',
  SecurityError: 'security-error',
  Success: 'success',
  Timeout: 'timeout',
  UnsupportedApplications: 'unsupported-applications',
  UnsupportedTransports: 'unsupported-transports',
});

/** The common ones of them. */
export const JingleReasons = Object.freeze({
  success: JingleReasonCondition.Success,
  failedTransport: JingleReasonCondition.FailedTransport,
  generalError: JingleReasonCondition.GeneralError,
  decline: JingleReasonCondition.Decline,
  gone: JingleReasonCondition.Gone,
  timeout: JingleReasonCondition.Timeout,
  connectivityError: JingleReasonCondition.ConnectivityError,
  alternativeSession: JingleReasonCondition.AlternativeSession,
});
