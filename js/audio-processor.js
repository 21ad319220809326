// SPDX-License-Identifier: MIT
// `sdk.audioProcessor`: what an application does to the microphone's sound before it is sent (media.md §20). Its
// failures never cost a call its sound.

import { hide } from './emitter.js';

/** @typedef {import('./types/index.js').IAudioProcessor} IAudioProcessor */
/** @typedef {import('./logger.js').Logger} Logger */

const NEEDED = 'Audio processor is required ';
const SUPPRESSION = 'for enhanced noise suppression.';
const RAW = 'Returning unprocessed audio stream.';

export class AudioProcessor {
  /** @param {Logger} logger */
  constructor(logger) {
    this._logger = logger;
    /** @type {IAudioProcessor | undefined} */
    this._processor = undefined;
    hide(this, ['_logger', '_processor']);
  }

  /** Whether there is one. */
  get isSet() {
    return this._processor !== undefined;
  }

  /** Later media go through it; `init()` is not waited for. @param {IAudioProcessor} [processor] */
  setAudioProcessor(processor) {
    if (!processor) {
      this._logger.error(`${NEEDED}to set audio processor ${SUPPRESSION}`);
      return;
    }
    this._processor = processor;
    void this.init();
  }

  /** Never rejects. @returns {Promise<void>} */
  async init() {
    if (!this._processor) {
      this._logger.error(`${NEEDED}to initialize audio contexts.`);
      return;
    }
    try {
      await this._processor.init();
    } catch (error) {
      this._logger.error(
        `Error initializing audio contexts ${SUPPRESSION} Enhanced noise suppression will be unavailable.`,
        error,
      );
    }
  }

  /**
   * Never rejects: what cannot be processed stays as it is.
   * @param {MediaStream} stream
   * @returns {Promise<MediaStream>}
   */
  async process(stream) {
    if (!this._processor) {
      this._logger.error(`${NEEDED}${SUPPRESSION} ${RAW}`);
      return stream;
    }
    try {
      return await this._processor.process(stream) ?? stream;
    } catch (error) {
      this._logger.error(`Error processing audio stream ${SUPPRESSION} ${RAW}`, error);
      return stream;
    }
  }

  /** @returns {Promise<void>} */
  async destroy() {
    const processor = this._processor;
    this._processor = undefined;
    await processor?.destroy();
  }
}
