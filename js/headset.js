// SPDX-License-Identifier: MIT

import { hide } from './emitter.js';
import { EventStream } from './event-stream.js';

/** The events of `sdk.headset`; values equal names. */
export const HeadsetEvents = Object.freeze(Object.fromEntries([
  'implementationChanged', 'deviceConnectionStatusChanged', 'deviceAnsweredCall', 'deviceRejectedCall',
  'deviceEndedCall', 'deviceMuteStatusChanged', 'deviceHoldStatusChanged', 'deviceEventLogs', 'loggableEvent',
  'webHidPermissionRequested',
].map((name) => [name, name])));

/**
 * `sdk.headset`: the buttons and lights of the headset that belongs to the chosen microphone. There from construction
 * on; while headsets are off, every method does nothing.
 */
export class SdkHeadset {
  /** @param {import('./host.js').Host} host */
  constructor(host) {
    this._host = host;
    /** What the device and its user do, as `{ event, payload }`. */
    this.headsetEvents$ = new EventStream();
    hide(this, ['_host']);
  }

  /** The same as `headsetEvents$`. */
  get headsetEvents() {
    return this.headsetEvents$;
  }

  /** The headset in use or on the way to it, or null. @returns {any} */
  get currentSelectedImplementation() {
    return this._host.ask('headset')?.implementation ?? null;
  }

  /** Which of the user's clients drives the headset. @returns {string} */
  get orchestrationState() {
    return this._host.ask('headset')?.orchestrationState ?? 'notStarted';
  }

  /** Whether a button to connect again is of use. @returns {boolean} */
  showRetry() {
    return this._host.ask('headset')?.showRetry === true;
  }

  /** @param {string | null} newMicId the microphone whose headset is to be used; none for a falsy value */
  updateAudioInputDevice(newMicId) {
    this._host.tell('headset.updateAudioInputDevice', [newMicId]);
  }

  /**
   * Connects again after it failed.
   * @param {string} micLabel
   * @returns {Promise<void>} when the attempt is over; rejects when no headset is selected
   */
  retryConnection(micLabel) {
    return this._host.ask('headset') ? this._host.call('headset.retryConnection', [micLabel]) : Promise.resolve();
  }

  /** @param {{ conversationId: string, contactName?: string }} callInfo @param {boolean} hasOtherActiveCalls */
  setRinging(callInfo, hasOtherActiveCalls) {
    return this._command('setRinging', [callInfo, hasOtherActiveCalls]);
  }

  /** @param {{ conversationId: string, contactName?: string }} callInfo */
  outgoingCall(callInfo) {
    return this._command('outgoingCall', [callInfo]);
  }

  /** @param {string} conversationId @param {boolean} [autoAnswer] */
  answerIncomingCall(conversationId, autoAnswer) {
    return this._command('answerIncomingCall', [conversationId, autoAnswer]);
  }

  /** @param {string} conversationId @param {boolean} [expectExistingConversation] */
  rejectIncomingCall(conversationId, expectExistingConversation = true) {
    return this._command('rejectIncomingCall', [conversationId, expectExistingConversation]);
  }

  /** @param {string} conversationId @param {boolean} [hasOtherActiveCalls] */
  endCurrentCall(conversationId, hasOtherActiveCalls) {
    return this._command('endCurrentCall', [conversationId, hasOtherActiveCalls]);
  }

  endAllCalls() {
    return this._command('endAllCalls', []);
  }

  /** @param {boolean} isMuted */
  setMute(isMuted) {
    return this._command('setMute', [isMuted]);
  }

  /** @param {string} conversationId @param {boolean} isHeld */
  setHold(conversationId, isHeld) {
    return this._command('setHold', [conversationId, isHeld]);
  }

  /** @param {string} conversationId */
  resetHeadsetStateForCall(conversationId) {
    return this._command('resetHeadsetStateForCall', [conversationId]);
  }

  /**
   * No failure of a device concerns who shows a call on it, nor does an SDK that has been destroyed.
   * @param {string} name @param {unknown[]} args
   * @returns {Promise<void>}
   */
  _command(name, args) {
    return this._host.call(`headset.${name}`, args).then(() => undefined, () => undefined);
  }
}
