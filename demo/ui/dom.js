// SPDX-License-Identifier: MIT
// The few DOM operations the page draws with: always through textContent, and only when something changed.

/** @param {string} id @returns {any} an element of the skeleton */
export const $ = (id) => {
  const node = document.getElementById(id);
  if (!node) throw new Error(`index.html has no #${id}`);
  return node;
};

/** @param {string} id @param {string} value */
export const text = (id, value) => {
  const node = $(id);
  if (node.textContent !== value) node.textContent = value;
};

/** @param {string} id @param {boolean} visible */
export const show = (id, visible) => {
  const node = $(id);
  if (node.hidden === visible) node.hidden = !visible;
};

/** @param {string} id @param {string} name @param {string} value */
export const attribute = (id, name, value) => {
  const node = $(id);
  if (node.getAttribute(name) !== value) node.setAttribute(name, value);
};

/** @param {string} tag @param {string} className @param {string} [content] */
export const make = (tag, className, content = '') => {
  const node = document.createElement(tag);
  node.className = className;
  node.textContent = content;
  return node;
};

/**
 * Makes a container's children match `items`, reusing rows by key.
 * @template T
 * @param {HTMLElement} container
 * @param {T[]} items
 * @param {(item: T) => string} keyOf
 * @param {(item: T) => HTMLElement} create
 * @param {(row: HTMLElement, item: T) => void} [refresh]
 */
export const list = (container, items, keyOf, create, refresh) => {
  const rows = new Map([...container.children].map((row) => [/** @type {any} */ (row).dataset.key, row]));
  let before = container.firstElementChild;
  for (const item of items) {
    const key = keyOf(item);
    let row = /** @type {HTMLElement | undefined} */ (rows.get(key));
    rows.delete(key);
    if (!row) {
      row = create(item);
      row.dataset.key = key;
    }
    refresh?.(row, item);
    if (row === before) before = before.nextElementSibling;
    else container.insertBefore(row, before);
  }
  for (const row of rows.values()) row.remove();
};
