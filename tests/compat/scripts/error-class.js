// SPDX-License-Identifier: MIT

/** @type {import('../stage.mjs').Script} */
export default {
  title: 'SdkError: its members, and what it wraps',
  brief: true,
  async run({ exports, note }) {
    const { SdkError, SdkErrorTypes } = exports;
    const wrapped = new SdkError(SdkErrorTypes.media, undefined, { a: 1 }, new TypeError('of the browser'));
    const errors = [
      new SdkError(SdkErrorTypes.session, 'text', { a: 1 }), new SdkError(SdkErrorTypes.generic, 'text'),
      new SdkError(null, 'no type'), new SdkError(SdkErrorTypes.http, null, 'details'),
      new SdkError(SdkErrorTypes.http, new TypeError('of the browser')), wrapped,
    ];
    for (const [index, error] of errors.entries()) {
      note(`error ${index}`, error);
      note(`text ${index}`, String(error));
      note(`kinds ${index}`, [error instanceof Error, error instanceof SdkError, Object.keys(error).sort()]);
    }
  },
};
