// SPDX-License-Identifier: MIT

const MINE = /replaced|plain|of the application|not to the server/;

/** @type {import('../stage.mjs').Script} */
export default {
  title: 'logger: levels, secondary logger, formatters',
  brief: true,
  async run({ exports, config, note, outcome }) {
    /** @type {any[]} */
    const lines = [];
    const logger = Object.fromEntries(['log', 'debug', 'info', 'warn', 'error'].map((level) => (
      [level, (/** @type {any[]} */ ...args) => lines.push([level, ...args])])));
    for (const logLevel of ['debug', 'info', 'warn', 'error', undefined]) {
      const sdk = new exports.GenesysCloudWebrtcSdk(config({
        logger, logLevel, logFormatters: [(/** @type {any[]} */ ...args) => {
          const [, text, , , next] = args;
          const secret = typeof text === 'string' && text.includes('secret');
          return secret ? next(args[0], 'replaced', args[2], args[3]) : next();
        }],
      }));
      lines.length = 0;
      for (const level of ['log', 'debug', 'info', 'warn', 'error']) {
        await outcome(level, () => sdk.logger[level](`a secret ${level}`, { a: 1 }));
        sdk.logger[level]('plain');
      }
      sdk.logger.error(new TypeError('of the application'));
      sdk.logger.warn('not to the server', undefined, true);
      const own = lines.filter(([, text]) => MINE.test(text));
      note(`lines at ${logLevel}`, own.map((line) => line.map((/** @type {any} */ part) => (
        part instanceof Error ? `error ${part.message}` : part))));
    }
  },
};
