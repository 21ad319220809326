// SPDX-License-Identifier: MIT
// Helpers that the original exports beside its class: the group `utils`, the two guards of what guests sign in with,
// and its record of a conversation. Nothing of the SDK uses them.

import { SdkError } from './errors.js';

/** @typedef {import('./types/index.js').ILogger} ILogger */

/**
 * Makes an error and emits it as `sdkError`; throwing it is the caller's choice.
 * @this {{ emit(name: 'sdkError', error: SdkError): boolean }} the SDK
 * @param {string | null | undefined} type
 * @param {string | Error} [messageOrError]
 * @param {any} [details]
 */
function createAndEmitSdkError(type, messageOrError = '', details) {
  const error = new SdkError(type, messageOrError, details);
  this.emit('sdkError', error);
  return error;
}

/**
 * An option, or its default where the option counts as missing.
 * @param {any} option @param {any} byDefault
 * @param {{ undefined?: boolean, null?: boolean, falsy?: boolean }} [missing] what counts
 */
const defaultConfigOption = (option, byDefault, missing = { undefined: true, null: true }) => {
  const isMissing = (missing.undefined && option === undefined) || (missing.null && option === null)
    || (missing.falsy && !option);
  return isMissing ? byDefault : option;
};

const isAcdJid = (/** @type {string} */ jid) => jid.startsWith('acd-');
const isScreenRecordingJid = (/** @type {string} */ jid) => jid.startsWith('screenrecording-');
/** A resource is its owner's to choose, so it does not count, as in the core (SECURITY.md). */
const isSoftphoneJid = (/** @type {string} */ jid) => /^[^/]*@[^/]*gjoll/i.test(jid ?? '');
const isVideoJid = (/** @type {string} */ jid) => (
  /^[^/]*@conference/.test(jid ?? '') && !isAcdJid(jid) && !isScreenRecordingJid(jid));
const isPeerVideoJid = (/** @type {string} */ jid) => isVideoJid(jid) && jid.startsWith('peer-');

/** Whether a `connectionState` of a session means that no media flows any more. @param {string} state */
const isPeerConnectionDisconnected = (state) => ['interrupted', 'disconnected', 'failed', 'closed'].includes(state);

/**
 * Logs what may be known of a pending session.
 * @param {ILogger} logger
 * @param {string} message
 * @param {Partial<import('./types/index.js').IPendingSession>} pendingSession
 * @param {import('./types/index.js').LogLevels} [level]
 */
const logPendingSession = (logger, message, pendingSession, level = 'info') => {
  const { id, sessionId, autoAnswer, conversationId, fromUserId, sessionType } = pendingSession;
  const type = sessionType ? { sessionType } : {};
  logger[level](message, { sessionId: id ?? sessionId, autoAnswer, conversationId, fromUserId, ...type });
};

/** @param {number} ms @returns {Promise<void>} */
const delay = (ms) => new Promise((resolve) => {
  setTimeout(resolve, ms);
});

export const utils = Object.freeze({
  SdkError,
  createAndEmitSdkError,
  defaultConfigOption,
  isAcdJid,
  isScreenRecordingJid,
  isSoftphoneJid,
  isPeerVideoJid,
  isVideoJid,
  isPeerConnectionDisconnected,
  logPendingSession,
  delay,
});

/**
 * Whether a guest's data is what a security code is redeemed for.
 * @param {any} data @returns {data is import('./types/index.js').ICustomerData}
 */
export const isCustomerData = (data) => Boolean(data?.conversation?.id && data.sourceCommunicationId && data.jwt);

/** @param {any} data @returns {data is { securityCode: string }} */
export const isSecurityCode = (data) => Boolean(data?.securityCode);

/** @param {any} from @param {string} names */
const pick = (from, names) => Object.fromEntries(names.split(' ').map((name) => [name, from[name]]));

/** A conversation with what the SDK reads of it, out of the platform's notification. Events carry plain ones. */
export class ConversationUpdate {
  /** @param {any} notification its `eventBody` */
  constructor(notification) {
    this.id = notification.id;
    this.participants = (notification.participants ?? []).map((/** @type {any} */ participant) => ({
      ...pick(participant, 'id purpose userId address state direction muted confined'),
      videos: (participant.videos ?? []).map((/** @type {any} */ video) => (
        pick(video, 'context audioMuted videoMuted id state peerCount sharingScreen'))),
      calls: (participant.calls ?? []).map((/** @type {any} */ call) => (
        pick(call, 'id state muted confined held direction provider errorInfo'))),
    }));
  }
}
