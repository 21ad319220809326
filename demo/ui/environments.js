// SPDX-License-Identifier: MIT
// Where one signs in: the public regions of Genesys Cloud, the local platform when it serves this page, or any other.

import { $ } from './dom.js';

/** @typedef {import('./store.js').State} State */

/** @type {[group: string, regions: [domain: string, place: string][]][]} */
const REGIONS = [
  ['Americas', [
    ['mypurecloud.com', 'US East (Virginia)'],
    ['usw2.pure.cloud', 'US West (Oregon)'],
    ['use2.us-gov-pure.cloud', 'US East, FedRAMP (Ohio)'],
    ['cac1.pure.cloud', 'Canada (Montreal)'],
    ['mxc1.pure.cloud', 'Mexico (Querétaro)'],
    ['sae1.pure.cloud', 'Brazil (São Paulo)'],
  ]],
  ['Europe and Middle East', [
    ['mypurecloud.ie', 'Ireland (Dublin)'],
    ['euw2.pure.cloud', 'United Kingdom (London)'],
    ['mypurecloud.de', 'Germany (Frankfurt)'],
    ['euc2.pure.cloud', 'Switzerland (Zurich)'],
    ['mec1.pure.cloud', 'United Arab Emirates'],
  ]],
  ['Asia Pacific', [
    ['aps1.pure.cloud', 'India (Mumbai)'],
    ['apse1.pure.cloud', 'Singapore'],
    ['mypurecloud.com.au', 'Australia (Sydney)'],
    ['mypurecloud.jp', 'Japan (Tokyo)'],
    ['apne3.pure.cloud', 'Japan (Osaka)'],
    ['apne2.pure.cloud', 'Korea (Seoul)'],
  ]],
];

/** The picker's value for an environment that is typed in. */
export const OTHER = 'other';

export const DEFAULT_ENVIRONMENT = 'mypurecloud.com';

/** @param {string} domain */
export const isRegion = (domain) => REGIONS.some(([, regions]) => regions.some(([known]) => known === domain));

/** @param {string} label @param {[value: string, text: string][]} options */
const group = (label, options) => {
  const node = document.createElement('optgroup');
  node.label = label;
  node.append(...options.map(([value, text]) => new Option(text, value)));
  return node;
};

/** Fills the picker. @param {string} [local] address of the local platform */
export const buildPicker = (local) => {
  const regions = REGIONS.map(([name, list]) => group(name, list.map(([domain, place]) => (
    [domain, `${place} · ${domain}`]))));
  $('environment').replaceChildren(
    ...(local ? [new Option('Local platform', local)] : []), ...regions,
    group('Elsewhere', [[OTHER, 'Another environment…']]));
};

/** The environment as the SDK takes it: a domain, or an address of a platform of one's own. @param {State} state */
export const environmentOf = (state) => (
  state.environment === OTHER ? $('environment-other').value.trim() : state.environment);

/** Whether it is the local platform that is signed in to. @param {State} state */
export const isLocal = (state) => state.local !== null && state.environment === state.local.environment;
