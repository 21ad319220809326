// SPDX-License-Identifier: MIT
// A file of `sdk.exportDiagnostics()`: read, checked, and put in order.

import { readFileSync } from 'node:fs';
import { Effect, Input } from '../effects.js';
import { UsageError } from './usage.js';

/** What is recorded beside the kinds of inputs: the mirror of src/recorder/recorder.h. */
export const Recorded = Object.freeze({ BIRTH: 100, OPENED: 101, FRAME: 102, CLOSED: 103, TICK: 104 });

/**
 * @typedef {{ kind: number, id: number, name: string, text: string }} Done an effect
 * @typedef {object} Step an input and what came of it
 * @property {number} order
 * @property {number} kind
 * @property {number} mono
 * @property {number} wall
 * @property {number} id
 * @property {number} number
 * @property {string} name
 * @property {string} text
 * @property {string[]} drawn base64
 * @property {Done[]} effects
 * @property {boolean} afterGap inputs before it are missing
 */
/** @typedef {{ sdkVersion: string, exportedAt: string, browser: any, lost: string[], steps: Step[] }} Recording */

const FORMAT = 'genesys-cloud-webrtc-sdk-wasm recording';

const kindNames = new Map([...Object.entries(Input), ...Object.entries(Recorded)].map(([name, kind]) => [kind, name]));
const effectNames = new Map(Object.entries(Effect).map(([name, kind]) => [kind, name]));

/** @param {number} kind */
export const nameOfInput = (kind) => kindNames.get(kind) ?? `input ${kind}`;
/** @param {number} kind */
export const nameOfEffect = (kind) => effectNames.get(kind) ?? `effect ${kind}`;

/** What follows the word of a record, by type. */
const SHAPES = /** @type {Readonly<Record<string, string[]>>} */ ({
  input: ['number', 'number', 'number', 'number', 'number', 'number', 'string', 'string'],
  drawn: ['string'],
  effect: ['number', 'number', 'string', 'string'],
  gap: [],
});

/** @param {unknown} record @param {number} index */
const check = (record, index) => {
  const [word, ...rest] = Array.isArray(record) ? record : [];
  const shape = Object.hasOwn(SHAPES, word) ? SHAPES[word] : undefined;
  if (shape?.length === rest.length && shape.every((type, i) => typeof rest[i] === type)) return;
  throw new UsageError(`Record ${index + 1} of the recording is damaged.`);
};

/** @param {any[][]} records @returns {Step[]} */
const stepsOf = (records) => {
  /** @type {Step[]} */
  const steps = [];
  let afterGap = false;
  records.forEach((record, index) => {
    check(record, index);
    const [word, ...rest] = record;
    const last = steps[steps.length - 1];
    if (word === 'gap') {
      afterGap = true;
    } else if (word === 'input') {
      const [order, kind, mono, wall, id, number, name, text] = rest;
      steps.push({ order, kind, mono, wall, id, number, name, text, drawn: [], effects: [], afterGap });
      afterGap = false;
    } else if (afterGap) {
      // Of an input that is missing.
    } else if (!last) {
      throw new UsageError('The recording begins in the middle of an input.');
    } else if (word === 'drawn') {
      last.drawn.push(rest[0]);
    } else {
      const [kind, id, name, text] = rest;
      last.effects.push({ kind, id, name, text });
    }
  });
  return steps;
};

/** @param {string} path @returns {string} */
const readText = (path) => {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    const { code, message } = /** @type {NodeJS.ErrnoException} */ (error);
    const why = code === 'ENOENT' ? 'there is no such file' : code === 'EISDIR' ? 'it is a folder' : message;
    throw new UsageError(`${path} cannot be read: ${why}.`);
  }
};

/** @param {string} text @returns {any} */
const parse = (text) => {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
};

/**
 * Throws a UsageError that says what is wrong with the file.
 * @param {string} path
 * @returns {Recording}
 */
export const readRecording = (path) => {
  const file = parse(readText(path));
  if (file?.format !== FORMAT) {
    throw new UsageError(`${path} is no recording: it is not what sdk.exportDiagnostics() answers, written as JSON.`);
  }
  if (file.formatVersion !== 1) {
    throw new UsageError(`${path} has format ${file.formatVersion}, and this program reads format 1: use the version `
      + `of the package that made it, ${file.sdkVersion}.`);
  }
  if (!Array.isArray(file.records) || !Array.isArray(file.lost)) throw new UsageError(`${path} is damaged.`);
  if (!file.records.length) throw new UsageError(`${path} is empty: the flight recorder was off.`);
  const { sdkVersion, exportedAt, browser, lost, records } = file;
  return { sdkVersion, exportedAt, browser, lost, steps: stepsOf(records) };
};
