// SPDX-License-Identifier: MIT

/** @type {import('../stage.mjs').Script} */
export default {
  title: 'the emitter: listeners, order, once, symbols, results',
  brief: true,
  async run({ exports, config, note, outcome }) {
    const sdk = new exports.GenesysCloudWebrtcSdk(config());
    /** @type {any[]} */
    const seen = [];
    const first = (/** @type {any[]} */ ...args) => seen.push(['first', ...args]);
    const name = 'station';
    note('chain', [sdk.on(name, first) === sdk, sdk.off('nothing', first) === sdk]);
    sdk.once(name, () => seen.push('once'));
    sdk.prependListener(name, () => seen.push('before'));
    sdk.prependOnceListener(name, () => seen.push('before, once'));
    note('listeners', [sdk.listenerCount(name), sdk.listeners(name).length, sdk.rawListeners(name).length]);
    note('same', [sdk.listeners(name)[2] === first, typeof sdk.rawListeners(name)[0].listener]);
    note('emit', [sdk.emit(name, 1, 2), sdk.emit(name, 3), sdk.emit('nothing')]);
    note('seen', seen);
    note('names', sdk.eventNames().map(String).sort());
    const symbol = Symbol('mine');
    sdk.on(symbol, () => seen.push('symbol'));
    note('symbol', [sdk.emit(symbol), sdk.eventNames().includes(symbol)]);
    note('limit', [sdk.getMaxListeners(), sdk.setMaxListeners(50) === sdk, sdk.getMaxListeners()]);
    note('removed', [sdk.removeListener(name, first) === sdk, sdk.removeAllListeners(name) === sdk,
      sdk.listenerCount(name)]);
    await outcome('on(name, no function)', () => sdk.on(name, 'text'));
    sdk.on('pendingSession', () => { throw new TypeError('of a listener'); });
    await outcome('emit with a listener that throws', () => sdk.emit('pendingSession', {}));
    await outcome('emit error without a listener', () => sdk.emit('error', new TypeError('nobody listens')));
  },
};
