// SPDX-License-Identifier: MIT
// Numbers and names as people read them.

/** `0:07`, `12:34`, `1:02:03`. @param {number} seconds */
export const duration = (seconds) => {
  const whole = Math.max(0, Math.floor(seconds));
  const two = (/** @type {number} */ n) => String(n).padStart(2, '0');
  const hours = Math.floor(whole / 3600);
  const minutes = Math.floor((whole % 3600) / 60);
  return hours ? `${hours}:${two(minutes)}:${two(whole % 60)}` : `${minutes}:${two(whole % 60)}`;
};

/** North American numbers are grouped, all others are shown as they came. @param {string} number */
export const phoneNumber = (number) => {
  const match = /^\+1(\d{3})(\d{3})(\d{4})$/.exec(number);
  return match ? `+1 ${match[1]} ${match[2]} ${match[3]}` : number;
};

/** At most two letters for an avatar; '' when the name holds none. @param {string} name */
export const initials = (name) => {
  const words = name.split(/[\s.@_-]+/).filter((word) => /^\p{L}/u.test(word));
  const picked = words.length > 1 ? [words[0], words.at(-1)] : words;
  return picked.map((word) => (word ?? '').slice(0, 1).toUpperCase()).join('');
};

/** Time of day with milliseconds, for the log. @param {number} at */
export const clock = (at) => {
  const date = new Date(at);
  const part = (/** @type {number} */ n, width = 2) => String(n).padStart(width, '0');
  const day = `${part(date.getHours())}:${part(date.getMinutes())}:${part(date.getSeconds())}`;
  return `${day}.${part(date.getMilliseconds(), 3)}`;
};

/** Line of text for a person or a number. @param {import('./store.js').Party} party */
export const partyTitle = (party) => party.name || phoneNumber(party.number) || 'Unknown caller';

/** The second line: the number when the first holds a name. @param {import('./store.js').Party} party */
export const partyDetail = (party) => (party.name ? phoneNumber(party.number) : '');
