// SPDX-License-Identifier: MIT
// The quality of a call in words: its levels, its numbers, what is wrong and why, and that it is well again.

/** @typedef {import('../../js/types/index.js').ICallQuality} Quality */
/** @typedef {import('../../js/types/index.js').ICallQualityWarning} Warning */

/** @type {Record<string, string>} */
export const LEVELS = {
  unknown: 'Measuring', bad: 'Bad', poor: 'Poor', fair: 'Fair', good: 'Good', excellent: 'Excellent',
};

/** Why there is no sound, by way and code. @type {Record<string, Record<string, string>>} */
const CAUSES = {
  inbound: {
    'connection-lost': 'the audio connection is lost',
    'not-sent': 'the other side sends nothing',
    'not-received-here': 'nothing arrives here',
    'not-played': 'it arrives but is not played',
    'far-end-silent': 'the other side is silent',
  },
  outbound: {
    'connection-lost': 'the audio connection is lost',
    'device-ended': 'the microphone was unplugged or taken away',
    'device-silent': 'the microphone gives no sound',
    'not-sent': 'this browser sends nothing',
    'not-received-by-far-end': 'nothing arrives there',
  },
};

/** Silence that somebody wants. @type {Record<string, Record<string, string>>} */
const QUIET = {
  inbound: {
    'muted-here': 'The sound is turned off here.', held: 'On hold.', 'held-there': 'On hold by the other side.',
  },
  outbound: { 'muted-here': 'You are muted.' },
};

/** @param {number | undefined} value @returns {value is number} */
const isKnown = (value) => value !== undefined && !Number.isNaN(value);
/** @param {number | undefined} share */
export const percent = (share) => (isKnown(share) ? `${(100 * share).toFixed(1)} %` : '–');
/** @param {number | undefined} share */
export const roughPercent = (share) => (isKnown(share) ? `${Math.round(100 * share)} %` : '–');
/** @param {number | undefined} seconds */
export const milliseconds = (seconds) => (isKnown(seconds) ? `${Math.round(1000 * seconds)} ms` : '–');
/** @param {number | undefined} mos */
export const score = (mos) => (isKnown(mos) ? mos.toFixed(1) : '–');

/** @type {Record<string, (warning: Warning) => string>} */
const WRONG = {
  'high-loss': ({ value }) => `Words get lost: ${percent(value)} of the packets do not arrive.`,
  'high-jitter': ({ value }) => `The sound comes unevenly: ${milliseconds(value)} of jitter.`,
  'high-round-trip': ({ value }) => `Answers take long: ${milliseconds(value)} round trip.`,
  'low-mos': ({ value }) => `The sound is poor: ${score(value)} of 5.`,
  'no-inbound-audio': ({ details }) => `You hear nothing: ${CAUSES.inbound[details.code ?? ''] ?? 'unknown why'}.`,
  'no-outbound-audio': ({ details }) => (
    `The other side hears nothing: ${CAUSES.outbound[details.code ?? ''] ?? 'unknown why'}.`),
};

/** @type {Record<string, string>} */
const WELL = {
  'high-loss': 'Packets arrive again.',
  'high-jitter': 'The sound comes evenly again.',
  'high-round-trip': 'Answers come quickly again.',
  'low-mos': 'The sound is good again.',
  'no-inbound-audio': 'You hear the other side again.',
  'no-outbound-audio': 'The other side hears you again.',
};

/** @param {Warning} warning that was raised */
export const wrongWords = (warning) => WRONG[warning.warning]?.(warning) ?? warning.warning;

/** @param {Warning} warning that was cleared: '' when that is no news */
export const wellWords = ({ warning, details }) => (details.code === 'recovered' || details.code === undefined
  ? WELL[warning] ?? '' : '');

/** @param {Quality | undefined} quality @returns {string[]} */
export const quietWords = (quality) => [
  QUIET.inbound[quality?.inbound.audio ?? ''], QUIET.outbound[quality?.outbound.audio ?? ''],
].filter(Boolean);
