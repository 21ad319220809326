// SPDX-License-Identifier: MIT
// What a script hands in is checked where it comes in: a mistake is a sentence at once, not a call that never rings.

/** @typedef {[words: string, fits: (value: any) => boolean]} Kind what a value has to be, in words and as a test */
/** @typedef {Readonly<Record<string, Kind>>} Kinds by the name of the option */

const isNumber = (/** @type {any} */ value) => typeof value === 'number' && value >= 0;

/** @type {Kind} */
export const TEXT = ['a string that is not empty', (value) => typeof value === 'string' && value !== ''];
/** @type {Kind} */
export const FLAG = ['true or false', (value) => typeof value === 'boolean'];
/** @type {Kind} */
export const MS = ['a number of milliseconds', isNumber];
/** @type {Kind} */
export const COUNT = ['a whole number', (value) => Number.isInteger(value) && value >= 0];
/** @type {Kind} */
export const TIMES = ['a whole number or Infinity', (value) => value === Infinity || COUNT[1](value)];
/** @type {Kind} */
export const PORT = ['a number from 0 to 65535', (value) => COUNT[1](value) && value < 65_536];
/** @type {Kind} */
export const STATUS = ['an HTTP status', (value) => COUNT[1](value) && (value === 0 || value > 99) && value < 600];
/** @type {Kind} */
export const OBJECT = ['an object', (value) => value !== null && typeof value === 'object'];
/** @type {Kind} */
export const LIST = ['a list', Array.isArray];
/** @type {Kind} */
export const FUNCTION = ['a function', (value) => typeof value === 'function'];
/** @type {Kind} */
export const ANYTHING = ['anything', () => true];

/** @param {...string} words @returns {Kind} */
export const oneOf = (...words) => [words.map((word) => `'${word}'`).join(' or '), (value) => words.includes(value)];
/** @param {...Kind} kinds @returns {Kind} */
export const anyOf = (...kinds) => [
  kinds.map(([words]) => words).join(' or '), (value) => kinds.some(([, fits]) => fits(value)),
];
/** @type {Kind} */
export const NOTHING = ['null', (value) => value === null];

/** @param {unknown} value @returns {string} as a person would recognise it */
const show = (value) => {
  if (typeof value === 'string') return `'${value}'`;
  if (typeof value === 'function') return 'a function';
  return Array.isArray(value) ? 'a list' : value !== null && typeof value === 'object' ? 'an object' : String(value);
};

/**
 * One argument.
 * @param {string} where it is given, as in `call()`
 * @param {string} name
 * @param {unknown} value
 * @param {Kind} kind
 * @throws {TypeError} a sentence
 */
export const expect = (where, name, value, [words, fits]) => {
  if (!fits(value)) throw new TypeError(`${where}: ${name} must be ${words}, not ${show(value)}.`);
};

/**
 * An object of options; undefined ones count as not given.
 * @param {string} where
 * @param {unknown} given
 * @param {Kinds} kinds every option there is
 * @throws {TypeError} a sentence
 */
export const expectOptions = (where, given, kinds) => {
  if (given === null || typeof given !== 'object' || Array.isArray(given)) {
    throw new TypeError(`${where}: the options must be an object, not ${show(given)}.`);
  }
  for (const [name, value] of Object.entries(given)) {
    const kind = Object.hasOwn(kinds, name) ? kinds[name] : undefined;
    if (!kind) throw new TypeError(`${where}: there is no option ${name}, only ${Object.keys(kinds).join(', ')}.`);
    if (value !== undefined) expect(where, name, value, kind);
  }
};
