/* SPDX-License-Identifier: MIT */
/* The reader against libexpat with namespaces: both must agree on what is well formed and on what it holds.
   Left out is what RFC 6120 §11.1 forbids and expat reads (declarations, comments, processing instructions,
   DTDs), what our limits refuse, and names beyond ASCII, where expat follows an older edition of XML 1.0. */
#include "base/limits.h"
#include "base/status.h"
#include "expat_oracle.h"
#include "xml/reader.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void add_name(sp_buf *out, sp_str ns, sp_str name) {
  sp_buf_add(out, ns);
  if (ns.ptr) sp_buf_add_char(out, '\f');
  sp_buf_add(out, name);
}

static void add_events(sp_buf *out, const sp_xml *element) {
  for (; element; element = element->next) {
    sp_buf_add_char(out, '<');
    add_name(out, element->ns, element->name);
    for (const sp_xml_attr *attr = element->attrs; attr; attr = attr->next) {
      sp_buf_add_text(out, "\n@");
      add_name(out, attr->ns, attr->name);
      sp_buf_add_char(out, '=');
      sp_buf_add(out, attr->value);
    }
    sp_buf_add_char(out, '\n');
    add_events(out, element->children);
    sp_buf_add(out, element->text);
    sp_buf_add_text(out, "\n>");
  }
}

/* A byte beyond ASCII between < and >, outside of quotes: in a name, be it that of a declared prefix. */
static bool has_foreign_name(sp_str frame) {
  char quote = 0;
  bool in_tag = false;
  for (size_t i = 0; i < frame.len; i++) {
    char c = frame.ptr[i];
    if (quote) quote = c == quote ? 0 : quote;
    else if (in_tag && (c == '"' || c == '\'')) quote = c;
    else if (c == '<' || c == '>') in_tag = c == '<';
    else if (in_tag && (uint8_t)c >= 0x80) return true;
  }
  return false;
}

static bool comparable(sp_str frame) {
  for (size_t at = 0; (at = sp_str_find(frame, "<!", at)) != SIZE_MAX; at++) {
    if (!sp_str_starts(sp_str_slice(frame, at, frame.len), "<![CDATA[")) return false;
  }
  return sp_str_find(frame, "<?", 0) == SIZE_MAX && !has_foreign_name(frame);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  sp_str frame = { (const char *)data, size };
  sp_arena arena;
  sp_buf events;
  oracle theirs;
  sp_xml *first;
  sp_arena_init(&arena, NULL, SP_MAX_SCRATCH);
  sp_buf_init(&events, NULL, ORACLE_BYTES);
  int status = sp_xml_read(&arena, frame, &first, NULL);
  add_events(&events, first);
  if (size > 0 && comparable(frame) && status != SP_ELIMIT) {
    bool ok = oracle_run(&theirs, frame);
    if (!theirs.deep) {
      if (ok != (status == SP_OK)) abort();
      if (ok && !sp_str_eq(sp_buf_str(&events), sp_buf_str(&theirs.events))) abort();
    }
    oracle_free(&theirs);
  }
  sp_buf_free(&events);
  sp_arena_free(&arena);
  return 0;
}
