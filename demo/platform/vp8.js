// SPDX-License-Identifier: MIT
// Just enough of VP8 (RFC 6386) to draw moving pictures: key frames whose macroblocks are flat. Each block is
// predicted from its neighbours and needs one coefficient, so a frame of 160 by 128 is some hundred bytes and fits
// into one RTP packet (RFC 7741).

/** Chances, out of 256, that a token probability is not updated: runs of 255 left out, `gap.255-value`, base 36. */
const UPDATES = ''
  + 'x.27 0.9 9.w 0.e 0.3 8.6 0.2 0.2 9.b 0.3 8.l 0.1 0.1 8.2 b.9 0.1 8.g 0.2 0.1 8.1 1.1 9.7 0.1 8.4 1.1 k.2 '
  + '0.1 8.4 0.1 0.1 8.1 1.1 9.1 0.2 1.1 6.5 1.1 1.1 6.1 17.12 a.u 0.3 0.e 0.2 2.1 4.l 0.5 0.e 0.5 0.2 1.2 '
  + '0.1 4.1 9.w 0.1 0.1 8.h 0.2 0.1 0.1 8.7 0.1 8.6 0.1 l.2 9.8 0.1 l.2 0.1 8.3 m.1 0.1 8.2 m.1 0.2 8.5 a.1 '
  + '17.1x 0.4 0.5 8.l 0.4 0.b 0.1 7.4 0.4 0.c 0.2 0.1 1.1 5.2 0.1 8.j 0.2 0.1 8.4 0.2 0.2 0.1 0.1 7.1 0.1 '
  + '8.1 0.1 0.1 k.1 9.1 0.1 9.1 l.1 3c.7 a.5 0.1 0.3 0.1 7.7 0.1 0.6 0.2 8.2 0.2 8.9 0.2 0.2 8.3 0.1 0.4 0.1 '
  + '0.1 7.1 0.3 8.7 0.1 0.2 8.2 1.1 0.1 8.4 0.1 8.a 0.4 0.1 8.2 0.2 0.1 9.4 0.2 8.3 0.2 0.1 9.1 a.3 9.6 1.1 '
  + 'a.1 a.2 8.5 w.1';

/** @returns {Uint8Array} RFC 6386 section 13.4 */
function readUpdates() {
  const all = new Uint8Array(1056).fill(255);
  let at = -1;
  for (const item of UPDATES.trim().split(' ')) {
    const [gap, value] = item.split('.').map((digits) => parseInt(digits, 36));
    at += gap + 1;
    all[at] = 255 - value;
  }
  return all;
}

const UPDATE_PROBABILITIES = readUpdates();
/** Token probabilities of the first coefficient (section 13.5), by how many neighbours have one. */
const FIRST = {
  luma: [
    [198, 35, 237, 223, 193, 187, 162, 160, 145, 155, 62], [131, 45, 198, 221, 172, 176, 220, 157, 252, 221, 1],
    [68, 47, 146, 208, 149, 167, 221, 162, 255, 223, 128],
  ],
  chroma: [
    [253, 9, 248, 251, 207, 208, 255, 192, 128, 128, 128], [175, 13, 224, 243, 193, 185, 249, 198, 255, 255, 128],
    [73, 17, 171, 221, 161, 179, 236, 167, 255, 234, 128],
  ],
};
/** Probabilities of an end after one coefficient, by whether that was plus or minus one. */
const END = { luma: [184, 81], chroma: [239, 155] };
/** A luma block whose mean is sent with the others' ends at once. */
const NO_MORE = 253;
/** Extra bits of large values (section 13.2): least value, the way there in the token tree, bit probabilities. */
const CATEGORIES = /** @type {[number, [number, number][], number[]][]} */ ([
  [67, [[6, 1], [8, 1], [10, 1]], [254, 254, 243, 230, 196, 177, 153, 140, 133, 130, 129]],
  [35, [[6, 1], [8, 1], [10, 0]], [180, 157, 141, 134, 130]],
  [19, [[6, 1], [8, 0], [9, 1]], [176, 155, 140, 135]],
  [11, [[6, 1], [8, 0], [9, 0]], [173, 148, 140]],
  [7, [[6, 0], [7, 1]], [165, 145]],
  [5, [[6, 0], [7, 0]], [159]],
]);
/** Quantizer index at which one step of a luma coefficient is one step of brightness, and of colour four. */
const QUANTIZER = 35;
const CHROMA_STEP = 4;

/** The boolean entropy encoder of section 7.3. */
class BoolEncoder {
  constructor() {
    /** @type {number[]} */
    this.bytes = [];
    this.range = 255;
    this.bottom = 0;
    this.count = 24;
  }

  /** @param {number} bit @param {number} [probability] of a zero, out of 256 */
  write(bit, probability = 128) {
    const split = 1 + (((this.range - 1) * probability) >> 8);
    if (bit) {
      this.bottom += split;
      this.range -= split;
    } else {
      this.range = split;
    }
    while (this.range < 128) {
      this.range *= 2;
      if (this.bottom >= 2 ** 31) this.carry();
      this.bottom = (this.bottom * 2) % 2 ** 32;
      this.count -= 1;
      if (!this.count) {
        this.bytes.push(Math.floor(this.bottom / 2 ** 24));
        this.bottom %= 2 ** 24;
        this.count = 8;
      }
    }
  }

  carry() {
    let at = this.bytes.length - 1;
    while (at >= 0 && this.bytes[at] === 255) {
      this.bytes[at] = 0;
      at -= 1;
    }
    if (at >= 0) this.bytes[at] += 1;
  }

  /** @param {number} value @param {number} width in bits, most significant first */
  literal(value, width) {
    for (let bit = width - 1; bit >= 0; bit -= 1) this.write((value >> bit) & 1);
  }

  /** @returns {Uint8Array} */
  finish() {
    for (let bit = 0; bit < 32; bit += 1) this.write(0);
    return Uint8Array.from(this.bytes);
  }
}

/**
 * One block with at most its first coefficient.
 * @param {BoolEncoder} out @param {number} value @param {number[]} p @param {number[]} end
 */
function writeBlock(out, value, p, end) {
  out.write(value ? 1 : 0, p[0]);
  if (!value) return;
  const size = Math.abs(value);
  out.write(1, p[1]);
  out.write(size > 1 ? 1 : 0, p[2]);
  if (size > 1) writeSize(out, size, p);
  out.write(value < 0 ? 1 : 0);
  out.write(0, end[size > 1 ? 1 : 0]);
}

/** @param {BoolEncoder} out @param {number} size more than one @param {number[]} p */
function writeSize(out, size, p) {
  const category = CATEGORIES.find(([least]) => size >= least);
  out.write(category ? 1 : 0, p[3]);
  if (!category) {
    out.write(size > 2 ? 1 : 0, p[4]);
    if (size > 2) out.write(size - 3, p[5]);
    return;
  }
  const [least, path, extra] = category;
  for (const [node, bit] of path) out.write(bit, p[node]);
  extra.forEach((probability, index) => out.write(((size - least) >> (extra.length - 1 - index)) & 1, probability));
}

/** What a flat block is predicted to be (section 12.2). @param {number} [above] @param {number} [left] */
function predict(above, left) {
  if (above === undefined) return left ?? 128;
  return left === undefined ? above : (above + left + 1) >> 1;
}

const clamp = (/** @type {number} */ value) => Math.max(0, Math.min(255, value));

/**
 * Draws one picture.
 * @param {number} columns of blocks of 16 by 16 pixels @param {number} rows
 * @param {(column: number, row: number) => [number, number, number]} colour luma, blue and red difference, 0 to 255
 * @returns {Buffer} a VP8 key frame
 */
export function drawFrame(columns, rows, colour) {
  const header = new BoolEncoder();
  // Colour space, clamping, segmentation, loop filter (none), one partition, quantizer without deltas, probabilities
  // kept; every block has its coefficients.
  for (const [value, width] of [[0, 1], [0, 1], [0, 1], [0, 1], [0, 6], [0, 3], [0, 1], [0, 2], [QUANTIZER, 7],
    [0, 5], [1, 1]]) header.literal(value, width);
  for (const probability of UPDATE_PROBABILITIES) header.write(0, probability);
  header.literal(0, 1);
  const tokens = new BoolEncoder();
  /** @type {{ value: number[], sent: number[] }[]} */
  const above = [];
  for (let row = 0; row < rows; row += 1) {
    /** @type {{ value: number[], sent: number[] } | undefined} */
    let left;
    for (let column = 0; column < columns; column += 1) {
      // Both modes: the mean of the neighbours (sections 8.2 and 11.2).
      for (const [bit, probability] of [[1, 145], [0, 156], [0, 163], [0, 142]]) header.write(bit, probability);
      const block = drawBlock(tokens, colour(column, row), above[column], left);
      above[column] = block;
      left = block;
    }
  }
  const [first, second] = [header.finish(), tokens.finish()];
  const start = Buffer.alloc(10);
  start.writeUIntLE((first.length << 5) | 0x10, 0, 3);
  start.set([0x9d, 0x01, 0x2a], 3);
  start.writeUInt16LE(columns * 16, 6);
  start.writeUInt16LE(rows * 16, 8);
  return Buffer.concat([start, first, second]);
}

/**
 * @param {BoolEncoder} out @param {number[]} wanted
 * @param {{ value: number[], sent: number[] } | undefined} above
 * @param {{ value: number[], sent: number[] } | undefined} left
 */
function drawBlock(out, wanted, above, left) {
  /** @type {{ value: number[], sent: number[] }} what a decoder has now, and which planes had a coefficient */
  const block = { value: [], sent: [] };
  for (const plane of [0, 1, 2]) {
    const step = plane ? CHROMA_STEP : 1;
    const predicted = predict(above?.value[plane], left?.value[plane]);
    const coefficient = Math.round((wanted[plane] - predicted) / step);
    block.value[plane] = clamp(predicted + coefficient * step);
    block.sent[plane] = coefficient ? 1 : 0;
    if (!plane) {
      writeBlock(out, coefficient, FIRST.luma[(above?.sent[0] ?? 0) + (left?.sent[0] ?? 0)], END.luma);
      for (let index = 0; index < 16; index += 1) out.write(0, NO_MORE);
    } else {
      // Four blocks of 8 by 8 pixels; those inside have neighbours of the same kind.
      const [up, beside, own] = [above?.sent[plane] ?? 0, left?.sent[plane] ?? 0, block.sent[plane]];
      for (const context of [up + beside, up + own, own + beside, own + own]) {
        writeBlock(out, coefficient, FIRST.chroma[context], END.chroma);
      }
    }
  }
  return block;
}

/** A frame as the payload of one RTP packet. @param {Buffer} frame */
export const packetize = (frame) => Buffer.concat([Buffer.from([0x10]), frame]);

/**
 * A bright bar wanders over a coloured ground.
 * @param {number} index of the picture @param {{ columns?: number, rows?: number, hue?: number }} [look] hue 0 to 1
 */
export function movingPattern(index, { columns = 10, rows = 8, hue = 0 } = {}) {
  const angle = 2 * Math.PI * hue;
  const [blue, red] = [128 + Math.round(60 * Math.cos(angle)), 128 + Math.round(60 * Math.sin(angle))];
  return drawFrame(columns, rows, (column, row) => {
    const bar = (index + row) % columns === column;
    return bar ? [235, 128, 128] : [60 + 8 * row, blue, red];
  });
}
