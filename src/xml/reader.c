/* SPDX-License-Identifier: MIT */
/* One pass without recursion: open elements are levels of a stack, each with its element, the raw name its
   end tag must repeat, and where its namespace declarations begin in the list of those in scope. */
#include "xml/reader.h"

#include "base/limits.h"
#include "base/status.h"
#include "base/utf8.h"
#include "xml/scan.h"

#include <string.h>

#define XML_URI   "http://www.w3.org/XML/1998/namespace"
#define XMLNS_URI "http://www.w3.org/2000/xmlns/"

typedef struct binding {
  sp_str prefix, uri; /* an absent prefix: the default namespace; an empty URI: no namespace */
} binding;

/* Character data under construction. While it is one run of the frame it points there; the second piece moves
   it into arena memory that doubles, so that many pieces cost linear time. */
typedef struct pieces {
  char *own;
  size_t cap;
} pieces;

typedef struct level {
  sp_xml *element, *last_child;
  sp_str raw_name;
  size_t first_binding;
  pieces grown;
} level;

typedef struct reader {
  sp_xml_scan scan;
  sp_arena *arena;
  level levels[SP_MAX_XML_DEPTH];
  size_t depth, elements, binding_count;
  binding bindings[SP_MAX_XML_NAMESPACES];
  sp_xml *first, *last;
} reader;

static int peek(const reader *r) {
  return sp_xml_scan_peek(&r->scan);
}

/* The status of a fault at the cursor; at the end of the frame the fault is that it ends. */
static int refuse(reader *r) {
  if (r->scan.at >= r->scan.text.len) r->scan.cut = true;
  return SP_ESYNTAX;
}

static int add_piece(sp_arena *arena, pieces *grown, sp_str *text, sp_str piece) {
  if (!piece.ptr || piece.len == 0) return SP_OK;
  if (text->len == 0) {
    *text = piece;
    return SP_OK;
  }
  if (!grown->own || text->ptr != grown->own || grown->cap - text->len < piece.len) {
    size_t cap = (text->len + piece.len) * 2;
    char *own = sp_arena_new(arena, cap);
    if (!own) return sp_arena_status(arena);
    memcpy(own, text->ptr, text->len);
    text->ptr = grown->own = own;
    grown->cap = cap;
  }
  memcpy(grown->own + text->len, piece.ptr, piece.len);
  text->len += piece.len;
  return SP_OK;
}

/* A piece that does not stand in the frame. It is copied, for the text may still be empty and would point at
   it. */
static int add_bytes(sp_arena *arena, pieces *grown, sp_str *text, const char *bytes, size_t len) {
  sp_str piece = { bytes, len };
  if (text->len == 0 && !sp_arena_dup(arena, piece, &piece)) return sp_arena_status(arena);
  return add_piece(arena, grown, text, piece);
}

static int add_reference(reader *r, pieces *grown, sp_str *text) {
  uint32_t cp;
  char bytes[4];
  int status = sp_xml_scan_reference(&r->scan, &cp);
  if (status != SP_OK) return status;
  return add_bytes(r->arena, grown, text, bytes, sp_utf8_encode(cp, bytes));
}

/* XML 1.0 §2.11: CR and CRLF are read as LF; in attribute values (§3.3.3) every white space is read as a
   space. */
static int add_white_space(reader *r, pieces *grown, sp_str *text, const char *as) {
  bool cr = peek(r) == '\r';
  r->scan.at++;
  if (cr && peek(r) == '\n') r->scan.at++;
  return add_bytes(r->arena, grown, text, as, 1);
}

static int read_value(reader *r, sp_str *value) {
  pieces own = { 0 };
  int quote = peek(r), status = SP_OK;
  *value = SP_STR("");
  if (quote != '"' && quote != '\'') return refuse(r);
  size_t from = ++r->scan.at;
  while (status == SP_OK) {
    sp_xml_scan_run(&r->scan, (char)quote);
    int c = peek(r);
    bool plain = c != quote && c != '&' && c != '\t' && c != '\r' && c != '\n';
    if (c == '<') return SP_ESYNTAX;
    if (plain) {
      status = sp_xml_scan_char(&r->scan);
      continue;
    }
    status = add_piece(r->arena, &own, value, sp_str_slice(r->scan.text, from, r->scan.at));
    if (c == quote) break;
    if (status == SP_OK && c == '&') status = add_reference(r, &own, value);
    else if (status == SP_OK) status = add_white_space(r, &own, value, " ");
    from = r->scan.at;
  }
  r->scan.at++;
  return status;
}

/* An attribute with its prefix in place of the namespace: the declarations of the same tag are not all known
   yet. */
static int read_attribute(reader *r, sp_xml_attr *attr) {
  int status = sp_xml_scan_qname(&r->scan, &attr->ns, &attr->name);
  if (status != SP_OK) return status;
  sp_xml_scan_space(&r->scan);
  status = sp_xml_scan_literal(&r->scan, "=");
  if (status != SP_OK) return status;
  sp_xml_scan_space(&r->scan);
  return read_value(r, &attr->value);
}

static bool is_declaration(const sp_xml_attr *attr) {
  return attr->ns.ptr ? sp_str_is(attr->ns, "xmlns") : sp_str_is(attr->name, "xmlns");
}

/* XML Namespaces 1.0 §3: what may not be declared. */
static bool may_bind(sp_str prefix, sp_str uri) {
  if (sp_str_is(prefix, "xmlns") || sp_str_is(uri, XMLNS_URI)) return false;
  if (prefix.ptr && uri.len == 0) return false;
  return sp_str_is(prefix, "xml") == sp_str_is(uri, XML_URI);
}

static int declare(reader *r, size_t first_binding, const sp_xml_attr *attr) {
  sp_str prefix = attr->ns.ptr ? attr->name : SP_STR_NONE;
  if (!may_bind(prefix, attr->value)) return SP_ESYNTAX;
  for (size_t i = first_binding; i < r->binding_count; i++) {
    if (sp_str_eq(r->bindings[i].prefix, prefix)) return SP_ESYNTAX;
  }
  if (r->binding_count == SP_MAX_XML_NAMESPACES) return SP_ELIMIT;
  r->bindings[r->binding_count++] = (binding){ prefix, attr->value };
  return SP_OK;
}

/* The namespace of a prefix, absent for none; false when it is not declared. */
static bool resolve(const reader *r, sp_str prefix, sp_str *ns) {
  *ns = SP_STR_NONE;
  for (size_t i = r->binding_count; i-- > 0;) {
    if (!sp_str_eq(r->bindings[i].prefix, prefix)) continue;
    if (r->bindings[i].uri.len > 0) *ns = r->bindings[i].uri;
    return true;
  }
  if (!prefix.ptr) return true;
  *ns = SP_STR(XML_URI);
  return sp_str_is(prefix, "xml");
}

static int resolve_names(reader *r, sp_xml *element) {
  sp_str prefix = element->ns;
  if (!resolve(r, prefix, &element->ns)) return SP_ESYNTAX;
  for (sp_xml_attr *attr = element->attrs; attr; attr = attr->next) {
    prefix = attr->ns;
    if (prefix.ptr && !resolve(r, prefix, &attr->ns)) return SP_ESYNTAX;
    for (const sp_xml_attr *other = element->attrs; other != attr; other = other->next) {
      if (sp_str_eq(other->name, attr->name) && sp_str_eq(other->ns, attr->ns)) return SP_ESYNTAX;
    }
  }
  return SP_OK;
}

/* Everything between a start tag's name and its end. */
static int read_attributes(reader *r, sp_xml *element) {
  sp_xml_attr **tail = &element->attrs;
  size_t first_binding = r->binding_count;
  for (size_t count = 0;; count++) {
    bool space = sp_xml_scan_space(&r->scan);
    int c = peek(r);
    if (c == '>' || c == '/') break;
    if (!space) return refuse(r);
    if (count == SP_MAX_XML_ATTRIBUTES) return SP_ELIMIT;
    sp_xml_attr *attr = sp_arena_new(r->arena, sizeof *attr);
    if (!attr) return sp_arena_status(r->arena);
    int status = read_attribute(r, attr);
    if (status == SP_OK && is_declaration(attr)) {
      status = declare(r, first_binding, attr);
    } else if (status == SP_OK) {
      *tail = attr;
      tail = &attr->next;
    }
    if (status != SP_OK) return status;
  }
  return resolve_names(r, element);
}

static void attach(reader *r, sp_xml *element) {
  level *parent = r->depth > 0 ? &r->levels[r->depth - 1] : NULL;
  sp_xml **last = parent ? &parent->last_child : &r->last;
  sp_xml **first = parent ? &parent->element->children : &r->first;
  if (*last) (*last)->next = element;
  else *first = element;
  *last = element;
}

static int read_start_tag(reader *r) {
  if (r->elements++ == SP_MAX_XML_ELEMENTS || r->depth == SP_MAX_XML_DEPTH) return SP_ELIMIT;
  sp_xml *element = sp_arena_new(r->arena, sizeof *element);
  if (!element) return sp_arena_status(r->arena);
  size_t from = r->scan.at, first_binding = r->binding_count;
  int status = sp_xml_scan_qname(&r->scan, &element->ns, &element->name);
  sp_str raw_name = sp_str_slice(r->scan.text, from, r->scan.at);
  if (status == SP_OK) status = read_attributes(r, element);
  if (status != SP_OK) return status;
  bool empty = peek(r) == '/';
  if (empty) r->scan.at++;
  status = sp_xml_scan_literal(&r->scan, ">");
  if (status != SP_OK) return status;
  attach(r, element);
  if (empty) r->binding_count = first_binding;
  else r->levels[r->depth++] = (level){ .element = element, .raw_name = raw_name, .first_binding = first_binding };
  return SP_OK;
}

static int read_end_tag(reader *r) {
  if (r->depth == 0) return SP_ESYNTAX;
  level *top = &r->levels[r->depth - 1];
  for (size_t i = 0; i < top->raw_name.len; i++) {
    if (peek(r) != (uint8_t)top->raw_name.ptr[i]) return refuse(r);
    r->scan.at++;
  }
  sp_xml_scan_space(&r->scan);
  int status = sp_xml_scan_literal(&r->scan, ">");
  if (status != SP_OK) return status;
  r->binding_count = top->first_binding;
  r->depth--;
  return SP_OK;
}

static int flush_run(reader *r, level *top, size_t from) {
  return add_piece(r->arena, &top->grown, &top->element->text, sp_str_slice(r->scan.text, from, r->scan.at));
}

static int read_cdata(reader *r) {
  if (r->depth == 0) return SP_ESYNTAX;
  int status = sp_xml_scan_literal(&r->scan, "[CDATA[");
  if (status != SP_OK) return status;
  level *top = &r->levels[r->depth - 1];
  size_t from = r->scan.at;
  for (;;) {
    sp_xml_scan_run(&r->scan, ']');
    if (sp_str_starts(sp_str_slice(r->scan.text, r->scan.at, r->scan.text.len), "]]>")) break;
    if (peek(r) == '\r') {
      status = flush_run(r, top, from);
      if (status == SP_OK) status = add_white_space(r, &top->grown, &top->element->text, "\n");
      from = r->scan.at;
    } else {
      status = sp_xml_scan_char(&r->scan);
    }
    if (status != SP_OK) return status;
  }
  status = flush_run(r, top, from);
  r->scan.at += 3;
  return status;
}

/* Character data up to the next markup. */
static int read_text(reader *r) {
  level *top = &r->levels[r->depth - 1];
  size_t from = r->scan.at;
  for (int status = SP_OK;;) {
    sp_xml_scan_run(&r->scan, '<');
    int c = peek(r);
    if (c == '<' || c < 0) break;
    if (c == '>' && r->scan.at - from >= 2 && memcmp(r->scan.text.ptr + r->scan.at - 2, "]]", 2) == 0)
      return SP_ESYNTAX; /* XML 1.0 §2.4: only a CDATA section may end like this */
    if (c == '&' || c == '\r') {
      status = flush_run(r, top, from);
      if (status == SP_OK && c == '&') status = add_reference(r, &top->grown, &top->element->text);
      else if (status == SP_OK) status = add_white_space(r, &top->grown, &top->element->text, "\n");
      from = r->scan.at;
    } else {
      status = sp_xml_scan_char(&r->scan);
    }
    if (status != SP_OK) return status;
  }
  return flush_run(r, top, from);
}

static int read_markup(reader *r) {
  r->scan.at++;
  switch (peek(r)) {
    case '/': r->scan.at++; return read_end_tag(r);
    case '!': r->scan.at++; return read_cdata(r);
    case '?': return SP_ESYNTAX;
    default: return read_start_tag(r);
  }
}

static int read_all(reader *r) {
  int status = sp_xml_scan_declaration(&r->scan);
  while (status == SP_OK) {
    if (r->depth == 0) sp_xml_scan_space(&r->scan);
    int c = peek(r);
    if (c < 0) return r->depth == 0 ? SP_OK : refuse(r);
    if (c != '<' && r->depth == 0) return SP_ESYNTAX;
    status = c == '<' ? read_markup(r) : read_text(r);
  }
  return status;
}

int sp_xml_read(sp_arena *arena, sp_str frame, sp_xml **first, bool *incomplete) {
  reader r; /* a few kilobytes of tables: only what is used needs a value */
  *first = NULL;
  if (incomplete) *incomplete = false;
  if (frame.len > SP_MAX_FRAME) return SP_ELIMIT;
  r.scan = (sp_xml_scan){ .text = frame };
  r.arena = arena;
  r.depth = r.elements = r.binding_count = 0;
  r.first = r.last = NULL;
  int status = read_all(&r);
  if (status == SP_OK) *first = r.first;
  if (incomplete) *incomplete = status == SP_ESYNTAX && r.scan.cut;
  return status;
}

bool sp_xml_is(const sp_xml *element, const char *ns, const char *name) {
  return element && sp_str_is(element->name, name) && (!ns || sp_str_is(element->ns, ns));
}

const sp_xml *sp_xml_child(const sp_xml *parent, const char *ns, const char *name) {
  const sp_xml *child = parent ? parent->children : NULL;
  while (child && !sp_xml_is(child, ns, name)) child = child->next;
  return child;
}

const sp_str *sp_xml_attr_at(const sp_xml *element, const char *name) {
  static const sp_str none;
  for (const sp_xml_attr *attr = element ? element->attrs : NULL; attr; attr = attr->next) {
    if (!attr->ns.ptr && sp_str_is(attr->name, name)) return &attr->value;
  }
  return &none;
}

size_t sp_xml_child_count(const sp_xml *element) {
  size_t count = 0;
  for (const sp_xml *child = element ? element->children : NULL; child; child = child->next) count++;
  return count;
}

static bool copy_attributes(sp_arena *arena, const sp_xml_attr *from, sp_xml_attr **to) {
  for (; from; from = from->next, to = &(*to)->next) {
    sp_xml_attr *a = *to = sp_arena_new(arena, sizeof *a);
    if (!a || !sp_arena_dup(arena, from->ns, &a->ns) || !sp_arena_dup(arena, from->name, &a->name) ||
        !sp_arena_dup(arena, from->value, &a->value))
      return false;
  }
  return true;
}

/* As deep as the reader lets a tree be: SP_MAX_XML_DEPTH. */
sp_xml *sp_xml_copy(sp_arena *arena, const sp_xml *element) {
  sp_xml *copy = sp_arena_new(arena, sizeof *copy);
  if (!copy || !sp_arena_dup(arena, element->ns, &copy->ns) || !sp_arena_dup(arena, element->name, &copy->name) ||
      !sp_arena_dup(arena, element->text, &copy->text) || !copy_attributes(arena, element->attrs, &copy->attrs))
    return NULL;
  sp_xml **end = &copy->children;
  for (const sp_xml *child = element->children; child; child = child->next, end = &(*end)->next) {
    *end = sp_xml_copy(arena, child);
    if (!*end) return NULL;
  }
  return copy;
}
