// SPDX-License-Identifier: MIT
// The search of the built documentation: it runs in the page, also from a file.

import MiniSearch from 'minisearch';

/** @typedef {{ id: string, page: string, title: string, text: string, url: string }} Section */

/** Put in place by the build. @type {string} */
// @ts-ignore
const source = SECTIONS;

const input = /** @type {HTMLInputElement} */ (document.getElementById('search'));
const results = /** @type {HTMLElement} */ (document.getElementById('results'));
const form = /** @type {HTMLFormElement} */ (document.getElementById('search-form'));

/** @type {MiniSearch<Section> | undefined} made by the first search */
let index;

const find = (/** @type {string} */ words) => {
  if (!index) {
    index = new MiniSearch({
      fields: ['title', 'page', 'text'],
      storeFields: ['page', 'title', 'url'],
      // initialize(), sdkError and headsetEvents$ are found by any of their parts.
      tokenize: (text) => text.split(/[^\p{L}\p{N}$_]+/u).flatMap((word) => [word, ...word.split(/(?=[A-Z])/)]),
      searchOptions: { prefix: true, fuzzy: 0.15, boost: { title: 5, page: 2 } },
    });
    index.addAll(JSON.parse(source));
  }
  return index.search(words).slice(0, 12);
};

const show = () => {
  const words = input.value.trim();
  results.hidden = words === '';
  if (!words) {
    results.replaceChildren();
    return;
  }
  const found = find(words);
  const list = document.createElement('ul');
  for (const { url, title, page } of found) {
    const link = document.createElement('a');
    link.href = url;
    link.textContent = title === page ? title : `${title} (${page})`;
    const item = document.createElement('li');
    item.append(link);
    list.append(item);
  }
  const none = document.createElement('p');
  none.textContent = `Nothing is found for “${words}”.`;
  results.replaceChildren(found.length ? list : none);
};

input.addEventListener('input', show);
form.addEventListener('submit', (event) => {
  event.preventDefault();
  const first = results.querySelector('a');
  if (first) window.location.assign(first.href);
});
document.addEventListener('keydown', (event) => {
  if (event.key === '/' && document.activeElement !== input) {
    event.preventDefault();
    input.focus();
  } else if (event.key === 'Escape') {
    input.value = '';
    show();
  }
});
// On a phone the list of pages is closed until it is wanted.
if (window.matchMedia('(max-width: 50rem)').matches) document.querySelector('nav details')?.removeAttribute('open');
results.addEventListener('click', () => {
  results.hidden = true;
});
