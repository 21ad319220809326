// SPDX-License-Identifier: MIT
// Unpacks a raw LZMA1 stream of `xz` with lc=1, lp=0, pb=0 (the LZMA specification of the LZMA SDK). This source is
// copied into the script beside the packed bytes, so it uses nothing but the language.

/**
 * @param {Uint8Array} packed
 * @param {number} size of what was packed
 * @returns {Uint8Array<ArrayBuffer>}
 */
export const unpack = (packed, size) => {
  const out = new Uint8Array(size);

  // The range coder: each bit has a probability of its own, of 11 bits, that adapts.
  const probabilities = (/** @type {number} */ count) => new Uint16Array(count).fill(1024);
  let at = 5;
  // In an array of their own type they stay plain 32-bit numbers, which is a third faster.
  const coder = Uint32Array.of(0xffffffff, (packed[1] << 24) | (packed[2] << 16) | (packed[3] << 8) | packed[4]);
  const [RANGE, CODE] = [0, 1];

  const bit = (/** @type {Uint16Array} */ model, /** @type {number} */ index) => {
    const probability = model[index];
    const bound = (coder[RANGE] >>> 11) * probability;
    let one = 0;
    if (coder[CODE] >= bound) {
      one = 1;
      coder[RANGE] -= bound;
      coder[CODE] -= bound;
      model[index] = probability - (probability >> 5);
    } else {
      coder[RANGE] = bound;
      model[index] = probability + ((2048 - probability) >> 5);
    }
    if (coder[RANGE] < 0x1000000) {
      coder[RANGE] <<= 8;
      coder[CODE] = (coder[CODE] << 8) | packed[at++];
    }
    return one;
  };
  /** Bits without a model, the most significant first. @param {number} count */
  const plain = (count) => {
    let value = 0;
    for (; count > 0; count--) {
      coder[RANGE] >>>= 1;
      const one = coder[CODE] >= coder[RANGE] ? 1 : 0;
      if (one) coder[CODE] -= coder[RANGE];
      value = (value << 1) | one;
      if (coder[RANGE] < 0x1000000) {
        coder[RANGE] <<= 8;
        coder[CODE] = (coder[CODE] << 8) | packed[at++];
      }
    }
    return value;
  };
  /** Bits whose model depends on those before. @param {Uint16Array} model @param {number} base @param {number} count */
  const tree = (model, base, count) => {
    let node = 1;
    for (let i = 0; i < count; i++) node = (node << 1) | bit(model, base + node);
    return node - (1 << count);
  };
  /** The same, the least significant first. @param {Uint16Array} model @param {number} base @param {number} count */
  const reversed = (model, base, count) => {
    let [node, value] = [1, 0];
    for (let i = 0; i < count; i++) {
      const one = bit(model, base + node);
      node = (node << 1) | one;
      value |= one << i;
    }
    return value;
  };

  // What is coded: a literal, or a copy of `length` bytes from `distance` + 1 before. `state` is what came last.
  const literals = probabilities(2 * 0x300);
  const [isMatch, isRepeated, isOlder, isOldest, isLast, isLong] = Array.from({ length: 6 }, () => probabilities(12));
  const [slots, special, aligned] = [probabilities(256), probabilities(128), probabilities(16)];
  const lengthModel = () => ({ choice: probabilities(2), low: probabilities(8), middle: probabilities(8),
    high: probabilities(256) });
  const [ofMatch, ofRepeated] = [lengthModel(), lengthModel()];
  let [state, position] = [0, 0];
  let distances = [0, 0, 0, 0];

  const readLength = (/** @type {ReturnType<typeof lengthModel>} */ { choice, low, middle, high }) => {
    if (!bit(choice, 0)) return 2 + tree(low, 0, 3);
    return bit(choice, 1) ? 18 + tree(high, 0, 8) : 10 + tree(middle, 0, 3);
  };
  /** After a copy, a literal is told by the byte that would have followed, as long as it agrees. */
  const literal = () => {
    const base = (position > 0 ? out[position - 1] >> 7 : 0) * 0x300;
    let node = 1;
    if (state >= 7) {
      for (let expected = out[position - distances[0] - 1]; node < 0x100; expected <<= 1) {
        const guess = (expected >> 7) & 1;
        const one = bit(literals, base + ((1 + guess) << 8) + node);
        node = (node << 1) | one;
        if (one !== guess) break;
      }
    }
    while (node < 0x100) node = (node << 1) | bit(literals, base + node);
    out[position++] = node;
    state = state < 4 ? 0 : state - (state < 10 ? 3 : 6);
  };
  const readDistance = (/** @type {number} */ length) => {
    const slot = tree(slots, Math.min(length - 2, 3) * 64, 6);
    if (slot < 4) return slot;
    const count = (slot >> 1) - 1;
    const high = (2 | (slot & 1)) << count;
    if (slot < 14) return high + reversed(special, high - slot, count);
    return high + (plain(count - 4) << 4) + reversed(aligned, 0, 4);
  };
  /** A distance that was used lately. Answers the length. */
  const repeated = () => {
    if (bit(isOlder, state)) {
      const which = bit(isOldest, state) ? 2 + bit(isLast, state) : 1;
      distances.unshift(...distances.splice(which, 1));
    } else if (!bit(isLong, state)) {
      state = state < 7 ? 9 : 11;
      return 1;
    }
    const length = readLength(ofRepeated);
    state = state < 7 ? 8 : 11;
    return length;
  };
  const fresh = () => {
    const length = readLength(ofMatch);
    state = state < 7 ? 7 : 10;
    distances = [readDistance(length), ...distances.slice(0, 3)];
    return length;
  };

  while (position < size) {
    if (!bit(isMatch, state)) literal();
    else {
      const end = position + (bit(isRepeated, state) ? repeated() : fresh());
      for (; position < end; position++) out[position] = out[position - distances[0] - 1];
    }
  }
  return out;
};
