// SPDX-License-Identifier: MIT
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { escapeText, parseElement, tag, XmlError } from '../../demo/platform/xml.js';

test('an element is read with namespaces, attributes and text', () => {
  const read = parseElement(`<?xml version='1.0'?><a xmlns="u" xmlns:p='v' x="1 &lt;&#65;&#x42;&quot;">${
    `<p:b y='"'/>`}t&amp;<c/>
  </a> `);
  assert.equal(read.namespace, 'u');
  assert.deepEqual(read.attributes, { x: '1 <AB"' });
  assert.deepEqual(read.elements.map(({ name, namespace }) => [name, namespace]), [['b', 'v'], ['c', 'u']]);
  assert.equal(read.child('b', 'v')?.attributes.y, '"');
  assert.equal(read.child('b', 'u'), undefined);
  assert.equal(read.text, 't&\n  ');
});

test('what is written is read back', () => {
  const value = `<>&"' ü 😀`;
  const read = parseElement(tag('a', { v: value, gone: undefined, n: 1 }, escapeText(value), tag('b')));
  assert.deepEqual({ ...read.attributes, text: read.text }, { v: value, n: '1', text: value });
});

const refused = [
  ['nothing', '', 'not-well-formed'],
  ['only space', ' ', 'not-well-formed'],
  ['text', 'hello', 'not-well-formed'],
  ['an end missing', '<a>', 'not-well-formed'],
  ['a wrong end', '<a></b>', 'not-well-formed'],
  ['a tag cut', '<a', 'not-well-formed'],
  ['two elements', '<a/><b/>', 'bad-format'],
  ['text behind', '<a/>x', 'bad-format'],
  ['a doctype', '<!DOCTYPE a><a/>', 'restricted-xml'],
  ['a comment', '<a><!-- c --></a>', 'restricted-xml'],
  ['a processing instruction', '<a><?p?></a>', 'restricted-xml'],
  ['CDATA', '<a><![CDATA[x]]></a>', 'restricted-xml'],
  ['an unknown entity', '<a>&nbsp;</a>', 'not-well-formed'],
  ['a stray ampersand', '<a b="&"/>', 'not-well-formed'],
  ['a reference to no character', '<a>&#0;</a>', 'not-well-formed'],
  ['an attribute twice', '<a b="1" b="2"/>', 'not-well-formed'],
  ['attributes that touch', '<a b="1"c="2"/>', 'not-well-formed'],
  ['a bare value', '<a b=1/>', 'not-well-formed'],
  ['less-than in a value', '<a b="<"/>', 'not-well-formed'],
  ['an undeclared prefix', '<p:a/>', 'not-well-formed'],
  ['an undeclared attribute prefix', '<a p:b="1"/>', 'not-well-formed'],
  ['a control character', '<a>\u0001</a>', 'not-well-formed'],
  ['the end of CDATA in text', '<a>]]></a>', 'not-well-formed'],
  ['depth', '<a>'.repeat(40) + '</a>'.repeat(40), 'policy-violation'],
];
for (const [name, text, condition] of refused) {
  test(`refused: ${name}`, () => {
    assert.throws(() => parseElement(text),
      (error) => error instanceof XmlError && error.condition === condition);
  });
}

test('every cut of a stanza is refused', () => {
  const stanza = `<iq xmlns="jabber:client" id="a&amp;b"><q xmlns='x'>t&#65;</q></iq>`;
  for (let end = 0; end < stanza.length; end += 1) {
    assert.throws(() => parseElement(stanza.slice(0, end)), XmlError);
  }
});
