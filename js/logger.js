// SPDX-License-Identifier: MIT
// `sdk.logger`: carries records to the logger of the application, or to the console.

/** @typedef {import('./types/index.js').ILogger} ILogger */
/** @typedef {'log' | 'debug' | 'info' | 'warn' | 'error'} Level */

/** @type {readonly Level[]} */
const LEVELS = ['log', 'debug', 'info', 'warn', 'error'];

/**
 * The secondary logger receives every record whatever `logLevel` says: that level is the threshold of what is
 * uploaded. Its methods never throw, and a secondary logger that logs through this one does not recurse.
 * @implements {ILogger}
 */
export class Logger {
  /**
   * @param {Partial<ILogger> | null | undefined} secondary the application's logger; the console when missing
   */
  constructor(secondary) {
    this.secondary = /** @type {Partial<ILogger>} */ (secondary || console);
    this.busy = false;
  }

  /** @param {string | Error} message @param {any} [details] @param {any} [_options] */
  log(message, details, _options) {
    this.write('log', message, details);
  }

  /** @param {string | Error} message @param {any} [details] @param {any} [_options] */
  debug(message, details, _options) {
    this.write('debug', message, details);
  }

  /** @param {string | Error} message @param {any} [details] @param {any} [_options] */
  info(message, details, _options) {
    this.write('info', message, details);
  }

  /** @param {string | Error} message @param {any} [details] @param {any} [_options] */
  warn(message, details, _options) {
    this.write('warn', message, details);
  }

  /** @param {string | Error} message @param {any} [details] @param {any} [_options] */
  error(message, details, _options) {
    this.write('error', message, details);
  }

  /** @param {string} level @param {unknown} message @param {unknown} details */
  write(level, message, details) {
    if (this.busy) return;
    this.busy = true;
    try {
      this.deliver(LEVELS.find((known) => known === level) ?? 'info', message, details);
    } catch (error) {
      console.error('The logger of the application threw.', error);
    } finally {
      this.busy = false;
    }
  }

  /** @param {Level} level @param {any} message @param {any} details */
  deliver(level, message, details) {
    const { secondary } = this;
    const method = typeof secondary[level] === 'function' ? level : 'log';
    if (typeof secondary[method] !== 'function') return;
    const isError = message instanceof Error;
    const text = `[webrtc-sdk] ${isError ? message.message : message}`;
    const more = isError ? (details ?? message) : details;
    if (more === undefined) secondary[method]?.(text);
    else secondary[method]?.(text, more);
  }
}
