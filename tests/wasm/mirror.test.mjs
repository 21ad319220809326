// SPDX-License-Identifier: MIT
// js/effects.js is the mirror of two enumerations in C, js/version.js of package.json.

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { Effect, Input } from '../../js/effects.js';
import { SdkErrorTypes } from '../../js/errors.js';
import { VERSION } from '../../js/version.js';

/** @param {string} path relative to the root */
const read = (path) => readFileSync(new URL(`../../${path}`, import.meta.url), 'utf8');

/**
 * The members of a C enumeration that count up from 0.
 * @param {string} path
 * @param {string} name
 * @param {string} prefix
 */
const enumeration = (path, name, prefix) => {
  const source = read(path).replace(/\/\*[^]*?\*\//g, '');
  const body = new RegExp(`typedef enum ${name} \\{([^}]*)\\}`).exec(source)?.[1];
  assert.ok(body, `${path} has no enum ${name}`);
  const names = body.split(',').map((member) => member.replace(/=.*/s, '').trim()).filter(Boolean);
  assert.equal(names.at(-1), `${prefix}KINDS`, 'the count stands last');
  return Object.fromEntries(names.slice(0, -1).map((member, value) => [member.slice(prefix.length), value]));
};

test('the inputs are those of core.h', () => {
  assert.deepEqual(Input, enumeration('src/core/core.h', 'sp_input_kind', 'SP_IN_'));
});

test('the effects are those of effect.h', () => {
  assert.deepEqual(Effect, enumeration('src/base/effect.h', 'sp_effect_kind', 'SP_FX_'));
});

test('the error types are those of outcome.h', () => {
  const members = read('src/base/outcome.h').matchAll(/SP_ERROR_([A-Z_]+),?\n/g);
  const words = [...members].map(([, word]) => word.toLowerCase());
  assert.deepEqual(Object.values(SdkErrorTypes), words);
  assert.deepEqual(Object.keys(SdkErrorTypes), words);
});

test('the version is that of the package', () => {
  assert.equal(VERSION, JSON.parse(read('package.json')).version);
});
