// SPDX-License-Identifier: MIT
// All differences between what a script saw with the original and with ours, each as one line of text that says where
// and what, so that a reviewed list can name it.

/** @typedef {import('./stage.mjs').Entry} Entry */
/** @typedef {import('./stage.mjs').Outcome} Outcome */

const SHOWN = 160;

/** @param {any} value */
const show = (value) => {
  const text = value === undefined ? 'absent' : JSON.stringify(value);
  return text.length > SHOWN ? `${text.slice(0, SHOWN)}…` : text;
};

/**
 * @param {any} original @param {any} ours @param {string} path @returns {string[]}
 */
const fieldsApart = (original, ours, path) => {
  const isTree = (/** @type {any} */ value) => value !== null && typeof value === 'object';
  if (!isTree(original) || !isTree(ours) || Array.isArray(original) !== Array.isArray(ours)) {
    return original === ours ? [] : [`${path}: ${show(original)} → ${show(ours)}`];
  }
  const isList = Array.isArray(original);
  const names = [...new Set([...Object.keys(original), ...Object.keys(ours)])];
  return names.flatMap((name) => fieldsApart(original[name], ours[name], isList ? `${path}[${name}]`
    : `${path}.${name}`));
};

/** Errors are told apart by what they say. @param {Entry} entry */
const head = ({ kind, name, value }) => (
  name === 'sdkError' ? `${kind} ${name} "${value?.[0]?.message}"` : `${kind} ${name}`);

/**
 * Pairs of entries with the same head, in order, as many as there can be.
 * @param {Entry[]} a @param {Entry[]} b @returns {[Entry | undefined, Entry | undefined][]}
 */
const align = (a, b) => {
  // What is equal in whole counts for more than what merely has the same name.
  const weigh = (/** @type {number} */ i, /** @type {number} */ j) => {
    if (head(a[i]) !== head(b[j])) return 0;
    return JSON.stringify(a[i].value) === JSON.stringify(b[j].value) ? 1.01 : 1;
  };
  const best = Array.from({ length: a.length + 1 }, () => new Array(b.length + 1).fill(0));
  for (let i = a.length - 1; i >= 0; i -= 1) {
    for (let j = b.length - 1; j >= 0; j -= 1) {
      const weight = weigh(i, j);
      best[i][j] = Math.max(best[i + 1][j], best[i][j + 1], weight && weight + best[i + 1][j + 1]);
    }
  }
  /** @type {[Entry | undefined, Entry | undefined][]} */
  const pairs = [];
  let [i, j] = [0, 0];
  while (i < a.length || j < b.length) {
    const weight = i < a.length && j < b.length ? weigh(i, j) : 0;
    if (weight && best[i][j] === weight + best[i + 1][j + 1]) pairs.push([a[i++], b[j++]]);
    else if (j >= b.length || (i < a.length && best[i][j] === best[i + 1][j])) pairs.push([a[i++], undefined]);
    else pairs.push([undefined, b[j++]]);
  }
  return pairs;
};

/** @param {any} outcome @returns {[how: string, value: any]} */
const outcomeOf = (outcome) => Object.entries(outcome)[0];

/** Whether two outcomes can be compared member by member. @param {any} a @param {any} b */
const isSameKind = (a, b) => {
  const [[how, one], [otherHow, other]] = [outcomeOf(a), outcomeOf(b)];
  return how === otherHow && one?.error === other?.error && typeof one === typeof other;
};

/** @param {any} outcome */
const outcomeText = (outcome) => {
  const [how, value] = outcomeOf(outcome);
  return value?.error ? `${how} ${value.error}${value.type ? ` ${value.type}` : ''} ${show(value.message)}`
    : `${how} ${show(value)}`;
};

/** @param {Entry} one @param {Entry} other of the same head @returns {string[]} */
const entriesApart = (one, other) => (one.kind === 'outcome' && !isSameKind(one.value, other.value)
  ? [`${head(one)}: ${outcomeText(one.value)} → ${outcomeText(other.value)}`]
  : fieldsApart(one.value, other.value, head(one)));

/** @param {Entry[]} original @param {Entry[]} ours @returns {string[]} */
export const listsApart = (original, ours) => {
  const pairs = align(original, ours);
  // What came at another time is compared all the same.
  const left = pairs.flatMap(([one, other]) => (!one && other ? [other] : []));
  const apart = pairs.flatMap(([one, other]) => {
    if (one && other) return entriesApart(one, other);
    if (!one) return [];
    const same = left.findIndex((entry) => JSON.stringify(entry) === JSON.stringify(one));
    const at = same >= 0 ? same : left.findIndex((entry) => head(entry) === head(one));
    if (at < 0) return [`only the original: ${head(one)} ${show(one.value)}`];
    const [moved] = left.splice(at, 1);
    return [`order: ${head(one)}`, ...entriesApart(one, moved)];
  });
  const more = left.map((entry) => `only ours: ${head(entry)} ${show(entry.value)}`);
  return [...new Set([...apart, ...more])];
};

/** Requests that are made at the same time are answered in any order. @param {Entry[]} entries */
const sorted = (entries) => [...entries].sort((a, b) => (JSON.stringify(a) < JSON.stringify(b) ? -1 : 1));

/**
 * What the SDK tells comes in an order of its own: whether it is before the result of a call is the network's choice.
 * @this {boolean} @param {Entry} entry
 */
function isTold({ kind }) {
  return this.valueOf() === ['event', 'uncaught', 'unhandled'].includes(kind);
}

/**
 * @param {Outcome} original @param {Outcome} ours
 * @returns {{ seen: string[], wire: string[] }} differences in the two columns
 */
export const apart = (original, ours) => ({
  seen: [true, false].flatMap((told) => (
    listsApart(original.seen.filter(isTold, told), ours.seen.filter(isTold, told)))),
  wire: [
    ...listsApart(sorted(original.requests), sorted(ours.requests)), ...listsApart(original.stanzas, ours.stanzas),
  ],
});
