// SPDX-License-Identifier: MIT

import { Emitter, hide } from './emitter.js';

/** `sdk.media`: microphone and camera for the application. */
export class SdkMedia extends Emitter {
  /** @param {import('./host.js').Call} call */
  constructor(call) {
    super();
    this._call = call;
    hide(this, ['_call']);
  }

  /**
   * Requests media. The application owns the stream and stops it, or hands it to `acceptSession`.
   * @param {import('./types/index.js').IMediaRequestOptions} [options]
   * @param {boolean} [retryOnFailure]
   * @returns {Promise<MediaStream>} rejects with the browser's own error
   */
  startMedia(options, retryOnFailure) {
    return this._call('media.startMedia', [options, retryOnFailure]);
  }
}
