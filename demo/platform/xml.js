// SPDX-License-Identifier: MIT
// The restricted XML of RFC 6120 section 11, one complete element per WebSocket frame (RFC 7395 section 3.3).
// Reading is strict on purpose: the platform must notice a client that writes XML a real server would refuse.

const MAX_DEPTH = 32;
const MAX_ATTRIBUTES = 64;
const ENTITIES = /** @type {Record<string, string>} */ ({ amp: '&', lt: '<', gt: '>', quot: '"', apos: "'" });
const XML_NAMESPACE = 'http://www.w3.org/XML/1998/namespace';

const NAME = /[\p{L}_][\p{L}\p{N}_.\-\u00b7]*(?::[\p{L}_][\p{L}\p{N}_.\-\u00b7]*)?/uy;
const SPACE = /[ \t\r\n]*/y;
const TEXT = /[^<&]+/y;
const REFERENCE = /&(?:#x([0-9a-fA-F]{1,6})|#([0-9]{1,7})|([a-z]{2,4}));/y;
const VALUE = /"([^"<]*)"|'([^'<]*)'/y;
const DECLARATION = /<\?xml version=(?:"1\.0"|'1\.0')[^?<>]*\?>/y;
const FORBIDDEN = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]/;

/** Text that is not one element of restricted XML. */
export class XmlError extends Error {
  /** @param {string} condition stream error condition of RFC 6120 section 4.9.3 @param {string} message */
  constructor(condition, message) {
    super(message);
    this.condition = condition;
  }
}

/** One element as read from the wire; names are split from their prefixes, namespaces resolved. */
export class XmlElement {
  /** @param {string} name @param {string} namespace @param {Record<string, string>} attributes */
  constructor(name, namespace, attributes) {
    this.name = name;
    this.namespace = namespace;
    this.attributes = attributes;
    /** @type {(XmlElement | string)[]} */
    this.children = [];
  }

  /** @returns {XmlElement[]} the child elements, without text */
  get elements() {
    return this.children.filter((child) => child instanceof XmlElement);
  }

  /** @returns {string} the text directly inside this element */
  get text() {
    return this.children.filter((child) => typeof child === 'string').join('');
  }

  /**
   * The first child with this name (and namespace, when given).
   * @param {string} name
   * @param {string} [namespace]
   */
  child(name, namespace) {
    return this.elements.find(
      (element) => element.name === name && (namespace === undefined || element.namespace === namespace));
  }
}

/** @param {number} code */
function characterOf(code) {
  const legal = code === 9 || code === 10 || code === 13 || (code >= 0x20 && code <= 0xd7ff) ||
    (code >= 0xe000 && code <= 0xfffd) || (code >= 0x10000 && code <= 0x10ffff);
  if (!legal) throw new XmlError('not-well-formed', 'a character reference names no XML character');
  return String.fromCodePoint(code);
}

class Reader {
  /** @param {string} source */
  constructor(source) {
    this.source = source;
    this.at = 0;
  }

  /** @param {RegExp} pattern a sticky pattern @returns {RegExpExecArray | null} */
  take(pattern) {
    pattern.lastIndex = this.at;
    const match = pattern.exec(this.source);
    if (match) this.at = pattern.lastIndex;
    return match;
  }

  /** @param {string} text */
  skip(text) {
    if (!this.source.startsWith(text, this.at)) return false;
    this.at += text.length;
    return true;
  }

  /** @param {string} what @returns {never} */
  fail(what) {
    throw new XmlError('not-well-formed', `${what} at offset ${this.at}`);
  }

  reference() {
    const match = this.take(REFERENCE) ?? this.fail('a stray ampersand');
    if (match[1]) return characterOf(Number.parseInt(match[1], 16));
    if (match[2]) return characterOf(Number.parseInt(match[2], 10));
    return ENTITIES[match[3]] ?? this.fail('an entity beyond the five predefined ones');
  }

  /** @param {string} raw */
  attributeValue(raw) {
    const inner = new Reader(raw);
    let value = '';
    while (inner.at < raw.length) value += inner.take(TEXT)?.[0] ?? inner.reference();
    return value;
  }

  attributes() {
    /** @type {Map<string, string>} */
    const found = new Map();
    for (;;) {
      const spaced = (this.take(SPACE)?.[0].length ?? 0) > 0;
      const name = this.take(NAME)?.[0];
      if (!name) return found;
      if (!spaced) this.fail('attributes without a space between them');
      if (found.has(name)) this.fail('an attribute given twice');
      if (found.size >= MAX_ATTRIBUTES) throw new XmlError('policy-violation', 'too many attributes');
      this.take(SPACE);
      if (!this.skip('=')) this.fail('an attribute without a value');
      this.take(SPACE);
      const value = this.take(VALUE) ?? this.fail('an attribute value without quotes');
      found.set(name, this.attributeValue(value[1] ?? value[2] ?? ''));
    }
  }
}

/** @typedef {Map<string, string>} Scope prefix to namespace; the empty prefix is the default namespace */

/** @param {Scope} scope @param {string} name @param {Reader} reader */
function resolve(scope, name, reader) {
  const colon = name.indexOf(':');
  const prefix = colon < 0 ? '' : name.slice(0, colon);
  const namespace = scope.get(prefix);
  if (namespace === undefined && prefix) reader.fail('a prefix that is not declared');
  return { local: colon < 0 ? name : name.slice(colon + 1), namespace: namespace ?? '' };
}

/** @param {Reader} reader @param {Scope} outer @param {string} name */
function openElement(reader, outer, name) {
  const raw = reader.attributes();
  const scope = new Map(outer);
  /** @type {Record<string, string>} */
  const attributes = {};
  for (const [key, value] of raw) {
    if (key === 'xmlns') scope.set('', value);
    else if (key.startsWith('xmlns:')) scope.set(key.slice(6), value);
    else attributes[key] = value;
  }
  for (const key of Object.keys(attributes)) if (key.includes(':')) resolve(scope, key, reader);
  const { local, namespace } = resolve(scope, name, reader);
  return { element: new XmlElement(local, namespace, attributes), scope };
}

/**
 * Reads exactly one element.
 * @param {string} source the text of one frame
 * @returns {XmlElement}
 * @throws {XmlError} with the stream error condition to answer
 */
export function parseElement(source) {
  if (FORBIDDEN.test(source)) throw new XmlError('not-well-formed', 'a character XML forbids');
  const reader = new Reader(source);
  reader.take(DECLARATION);
  /** @type {{ element: XmlElement, scope: Scope, name: string }[]} */
  const stack = [];
  const scope = new Map([['xml', XML_NAMESPACE]]);
  for (;;) {
    const parent = stack.at(-1);
    if (parent) {
      const text = reader.take(TEXT)?.[0] ?? (source[reader.at] === '&' ? reader.reference() : undefined);
      if (text !== undefined) {
        if (text.includes(']]>')) reader.fail('the end of a CDATA section');
        const last = parent.element.children.length - 1;
        if (typeof parent.element.children[last] === 'string') parent.element.children[last] += text;
        else parent.element.children.push(text);
        continue;
      }
      if (reader.skip('</')) {
        const name = reader.take(NAME)?.[0];
        reader.take(SPACE);
        if (name !== parent.name || !reader.skip('>')) reader.fail('an end tag that does not match');
        stack.pop();
        if (!stack.length) return finish(reader, parent.element);
        continue;
      }
    }
    if (source.startsWith('<!', reader.at) || source.startsWith('<?', reader.at)) {
      throw new XmlError('restricted-xml', 'comment, DTD, CDATA or processing instruction');
    }
    if (!reader.skip('<')) reader.fail('no element');
    const name = reader.take(NAME)?.[0] ?? reader.fail('a tag without a name');
    if (stack.length >= MAX_DEPTH) throw new XmlError('policy-violation', 'elements nested too deeply');
    const opened = openElement(reader, parent?.scope ?? scope, name);
    parent?.element.children.push(opened.element);
    if (reader.skip('/>')) {
      if (!parent) return finish(reader, opened.element);
    } else if (reader.skip('>')) {
      stack.push({ ...opened, name });
    } else {
      reader.fail('a start tag that does not end');
    }
  }
}

/** @param {Reader} reader @param {XmlElement} element */
function finish(reader, element) {
  if (reader.source.slice(reader.at).trim()) {
    throw new XmlError('bad-format', 'more than one element in a frame');
  }
  return element;
}

/** @param {string} text @returns {string} escaped for element content */
export function escapeText(text) {
  return text.replace(/[&<>]/g, (c) => (c === '&' ? '&amp;' : c === '<' ? '&lt;' : '&gt;'));
}

/** @param {string} text */
function escapeAttribute(text) {
  return escapeText(text).replace(/["']/g, (c) => (c === '"' ? '&quot;' : '&apos;'));
}

/**
 * Writes one element. Children are already XML: pass text through `escapeText`.
 * @param {string} name
 * @param {Record<string, string | number | boolean | undefined>} [attributes] undefined ones are left out
 * @param {...string} children
 */
export function tag(name, attributes = {}, ...children) {
  const written = Object.entries(attributes)
    .filter(([, value]) => value !== undefined)
    .map(([key, value]) => ` ${key}="${escapeAttribute(String(value))}"`)
    .join('');
  return children.length ? `<${name}${written}>${children.join('')}</${name}>` : `<${name}${written}/>`;
}
