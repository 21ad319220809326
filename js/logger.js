// SPDX-License-Identifier: MIT
// `sdk.logger`. What is user code or a live object happens here: formatters, the safe copy of details, the secondary
// logger, `trace` listeners. What becomes of a record in between (redaction, level, upload) is the core's decision.
//
//   write -> formatters -> core (Input.LOG) -> deliver (Effect.LOG_LINE) -> secondary logger, `trace`
//
// Nothing here throws, and nothing recurses: the secondary logger may log through this one.

import { Emitter, hide } from './emitter.js';
import { safeJson, withErrors } from './safe-json.js';

/** @typedef {import('./types/index.js').ILogger} ILogger */
/** @typedef {import('./types/index.js').LogFormatterFn} LogFormatterFn */
/** @typedef {'log' | 'debug' | 'info' | 'warn' | 'error'} Level */
/** @typedef {{ skipDefaultFormatter?: boolean, skipServer?: boolean, skipSecondaryLogger?: boolean }} LogOptions */
/** @typedef {{ level: any, message: any, details: any, options: any }} Values what formatters pass on */
/**
 * @typedef {object} Kept what of a record stays here while the core has it
 * @property {any} details
 * @property {boolean} hasErrors
 * @property {boolean} skipSecondary
 * @property {boolean} quiet no `trace`
 */
/**
 * @typedef {object} Port the core, once there is one
 * @property {(number: number, flags: number, level: string, text: string) => boolean} record false: it was not taken
 * @property {(method: string, args: unknown[]) => void} tell
 * @property {(method: string, args: unknown[]) => Promise<any>} call
 * @property {string} clientId
 */

/** Flags of Input.LOG: the mirror of core.h. */
const SKIP_SERVER = 1;
const OF_STREAMING = 2;

/** By source of Effect.LOG. */
const APP_NAMES = Object.freeze(['webrtc-sdk', 'streaming-client']);
const STREAMING = 1;

/** Records that the core may have at a time; older ones are forgotten. */
const MAX_KEPT = 1000;
/** Formatters that log lead to formatters that log. */
const MAX_NESTED = 8;
/** Texts beyond this would not pass as one input. */
const MAX_TEXT = 1024 * 1024;

/** @param {unknown} value @returns {LogOptions} fresh; `true` and `false` stand for `skipServer` as documented */
const toOptions = (value) => {
  if (typeof value === 'boolean') return { skipServer: value };
  return typeof value === 'object' && value !== null ? { ...value } : {};
};

/** @param {unknown} value */
const toText = (value) => {
  if (value instanceof Error) return String(value.message);
  if (typeof value === 'string') return value;
  return safeJson(value).json ?? String(value);
};

/** @param {string} what @param {unknown} error */
const complain = (what, error) => {
  try {
    console.error(what, /** @type {any} */ (error)?.name);
  } catch {}
};

/** @implements {ILogger} */
export class Logger extends Emitter {
  /**
   * @param {{ logger?: any, logFormatters?: unknown } | null | undefined} config as the application gave it
   * @param {(level: Level, message: string, details: any) => void} [trace] the SDK's `trace` event
   */
  constructor(config, trace = () => {}) {
    super();
    /** The application's logger; the console when missing. @type {Partial<ILogger>} */
    this.secondary = config?.logger || console;
    const formatters = Array.isArray(config?.logFormatters) ? config.logFormatters : [];
    /** @type {LogFormatterFn[]} */
    this.formatters = formatters.filter((formatter) => typeof formatter === 'function');
    this.config = config;
    this.trace = trace;
    /** @type {Port | undefined} */
    this.port = undefined;
    /** @type {Map<number, Kept>} */
    this.kept = new Map();
    this.last = 0;
    this.nested = 0;
    this.isDelivering = false;
    this.isTracing = false;
    hide(this, ['config', 'trace', 'port', 'kept', 'secondary', 'formatters']);
  }

  /** Made at construction; ties this logger's records together. */
  get clientId() {
    return this.port?.clientId ?? '';
  }

  /** @param {string | Error} message @param {any} [details] @param {LogOptions | boolean} [options] */
  log(message, details, options) {
    this.write('log', message, details, options);
  }

  /** @param {string | Error} message @param {any} [details] @param {LogOptions | boolean} [options] */
  debug(message, details, options) {
    this.write('debug', message, details, options);
  }

  /** @param {string | Error} message @param {any} [details] @param {LogOptions | boolean} [options] */
  info(message, details, options) {
    this.write('info', message, details, options);
  }

  /** @param {string | Error} message @param {any} [details] @param {LogOptions | boolean} [options] */
  warn(message, details, options) {
    this.write('warn', message, details, options);
  }

  /** @param {string | Error} message @param {any} [details] @param {LogOptions | boolean} [options] */
  error(message, details, options) {
    this.write('error', message, details, options);
  }

  /** Used for uploads from now on; what 401 stopped goes on. @param {string} token */
  setAccessToken(token) {
    this.port?.tell('setLoggerToken', [token]);
  }

  startServerLogging() {
    this.port?.tell('startServerLogging', []);
  }

  /** @param {401 | 403 | 404 | 'force'} [reason] */
  stopServerLogging(reason = 'force') {
    this.port?.tell('stopServerLogging', [reason]);
  }

  /** Sends all that waits, in requests that outlive the page. @returns {Promise<any>[]} */
  sendAllLogsInstantly() {
    return this.port ? [this.port.call('sendAllLogsInstantly', [])] : [];
  }

  // The way of a record

  /** Connects the core; undefined once it is gone: from then on there is nobody to redact, and nothing is logged.
   * @param {Port | undefined} port
   */
  attach(port) {
    this.port = port;
    if (!port) this.kept.clear();
  }

  /**
   * @param {string} level
   * @param {unknown} message
   * @param {unknown} [details]
   * @param {unknown} [options]
   * @param {number} [source] of Effect.LOG
   */
  write(level, message, details, options, source = 0) {
    if (this.isDelivering || this.nested >= MAX_NESTED || !this.port) return;
    const quiet = this.isTracing;
    this.nested += 1;
    try {
      this.format(0, { level, message, details, options: toOptions(options) }, source, quiet);
    } catch (error) {
      complain('A record could not be logged.', error);
    } finally {
      this.nested -= 1;
    }
  }

  /**
   * Runs the formatter `index`. What it does not pass on is silenced; one that throws is passed over, and what it
   * should have formatted stays here.
   * @param {number} index
   * @param {Values} values
   * @param {number} source
   * @param {boolean} quiet
   */
  format(index, values, source, quiet) {
    const formatter = this.formatters[index];
    if (!formatter) {
      this.hand(this.formatDefault(values, source), source, quiet);
      return;
    }
    let isDone = false;
    /** @param {Values} passed */
    const goOn = (passed) => {
      if (isDone) return;
      isDone = true;
      this.format(index + 1, passed, source, quiet);
    };
    const before = { ...values, options: { ...values.options } };
    /** @param {any[]} args */
    const next = (...args) => {
      if (args.length === 0) {
        goOn(values);
        return;
      }
      const [level = values.level, message = values.message, details, options] = args;
      goOn({ level, message, details, options: toOptions(options) });
    };
    try {
      formatter(values.level, values.message, values.details, values.options, next);
    } catch (error) {
      complain('A log formatter threw.', error);
      goOn({ ...before, options: { ...before.options, skipServer: true } });
    }
  }

  /** @param {Values} values @param {number} source @returns {Values} */
  formatDefault({ level, message, details, options }, source) {
    if (options.skipDefaultFormatter) return { level, message, details, options };
    const isError = message instanceof Error;
    return {
      level,
      message: `[${APP_NAMES[source] ?? APP_NAMES[0]}] ${toText(message)}`,
      details: isError ? details || message : details,
      options,
    };
  }

  /** Hands a record to the core. @param {Values} values @param {number} source @param {boolean} quiet */
  hand({ level, message, details, options }, source, quiet) {
    const { json, hasErrors } = safeJson(details);
    const more = json !== undefined && json.length > MAX_TEXT ? '"[[TRUNCATED]]"' : json;
    const start = `{"message":${JSON.stringify(toText(message).slice(0, MAX_TEXT))}`;
    const text = more === undefined ? `${start}}` : `${start},"details":${more}}`;
    const flags = (options.skipServer ? SKIP_SERVER : 0) | (source === STREAMING ? OF_STREAMING : 0);
    this.last = this.last >= 0xffffffff ? 1 : this.last + 1;
    const number = this.last;
    this.keep(number, { details, hasErrors, skipSecondary: Boolean(options.skipSecondaryLogger), quiet });
    if (!this.port?.record(number, flags, String(level), text)) this.kept.delete(number);
  }

  /** @param {number} number @param {Kept} record */
  keep(number, record) {
    this.kept.set(number, record);
    if (this.kept.size > MAX_KEPT) this.kept.delete(/** @type {number} */ (this.kept.keys().next().value));
  }

  /**
   * Shows a record that the core has redacted.
   * @param {number} number
   * @param {string} word
   * @param {{ message: string, details?: any }} line
   */
  deliver(number, word, line) {
    const record = this.kept.get(number);
    if (!record) return;
    this.kept.delete(number);
    const level = /** @type {Level} */ (word);
    const details = record.hasErrors ? withErrors(record.details, line.details) : line.details;
    if (!record.skipSecondary) this.show(level, line.message, details);
    if (record.quiet) return;
    this.isTracing = true;
    try {
      this.trace(level, line.message, details);
    } finally {
      this.isTracing = false;
    }
  }

  /** @param {Level} level @param {string} message @param {any} details */
  show(level, message, details) {
    const { secondary } = this;
    this.isDelivering = true;
    try {
      const method = typeof secondary[level] === 'function' ? level : 'log';
      if (typeof secondary[method] !== 'function') return;
      if (details === undefined) secondary[method]?.(message);
      else secondary[method]?.(message, details);
    } catch (error) {
      complain('The logger of the application threw.', error);
    } finally {
      this.isDelivering = false;
    }
  }
}
