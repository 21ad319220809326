// SPDX-License-Identifier: MIT
// The one error class applications see, and the error object of a failed HTTP request.

/** @type {typeof import('./types/index.js').SdkErrorTypes} */
export const SdkErrorTypes = Object.freeze({
  generic: 'generic',
  initialization: 'initialization',
  invalid_token: 'invalid_token',
  http: 'http',
  invalid_options: 'invalid_options',
  not_supported: 'not_supported',
  session: 'session',
  call: 'call',
  media: 'media',
});

/** @param {unknown} value @returns {value is Error} */
const isErrorLike = (value) => typeof value === 'object' && value !== null && 'message' in value;

/**
 * Made from a message, or from an error whose message and name it takes over so that the original problem
 * shows. `details` is whatever helps to understand the error; `cause` the original error, if there was one.
 */
export class SdkError extends Error {
  /**
   * @param {string | null | undefined} type one of SdkErrorTypes; missing means `generic`
   * @param {string | Error} messageOrError
   * @param {any} [details]
   */
  constructor(type, messageOrError, details) {
    super(isErrorLike(messageOrError) ? messageOrError.message : messageOrError);
    if (isErrorLike(messageOrError)) {
      this.name = messageOrError.name;
      Object.defineProperty(this, 'cause', { value: messageOrError, configurable: true, writable: true });
    }
    /** @type {string} */
    this.type = type ?? SdkErrorTypes.generic;
    this.details = details;
  }
}

/** @typedef {{ url: string, method: string, timeout: number }} HttpRequest */
/** @typedef {{ status: number, data: unknown, headers: Record<string, string> }} HttpResponse */

/**
 * A failed HTTP request, in the shape applications know. It carries neither the request's headers nor its
 * body: the Authorization header must not travel in an error.
 */
export class HttpError extends Error {
  /**
   * @param {HttpRequest} request
   * @param {HttpResponse | 'network' | 'timeout'} outcome
   */
  constructor(request, outcome) {
    super(describeOutcome(request, outcome));
    this.name = 'AxiosError';
    this.isAxiosError = true;
    this.config = { url: request.url, method: request.method.toLowerCase(), timeout: request.timeout };
    this.code = outcomeCode(outcome);
    /** @type {HttpResponse | undefined} */
    this.response = typeof outcome === 'string' ? undefined : outcome;
    this.status = this.response?.status;
  }
}

/** @param {HttpRequest} request @param {HttpResponse | 'network' | 'timeout'} outcome */
function describeOutcome(request, outcome) {
  if (outcome === 'network') return 'Network Error';
  if (outcome === 'timeout') return `timeout of ${request.timeout}ms exceeded`;
  return `Request failed with status code ${outcome.status}`;
}

/** @param {HttpResponse | 'network' | 'timeout'} outcome */
function outcomeCode(outcome) {
  if (outcome === 'network') return 'ERR_NETWORK';
  if (outcome === 'timeout') return 'ECONNABORTED';
  return outcome.status < 500 ? 'ERR_BAD_REQUEST' : 'ERR_BAD_RESPONSE';
}

/**
 * Hands an error to the page as an uncaught one, the way the DOM treats a listener that throws: the page's
 * own error handling sees it, and nothing of the SDK is interrupted. Never throws.
 * @param {unknown} error
 */
export const reportUncaught = (error) => {
  const report = /** @type {{ reportError?: (error: unknown) => void }} */ (globalThis).reportError;
  if (typeof report === 'function') {
    try {
      report(error);
      return;
    } catch {}
  }
  queueMicrotask(() => {
    throw error;
  });
};
