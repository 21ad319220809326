/* SPDX-License-Identifier: MIT */
#include "xml/writer.h"

#include "base/status.h"
#include "base/utf8.h"

#include <string.h>

enum { MAX_OPEN = sizeof((sp_xw *)0)->open / sizeof(const char *) };

static void fail(sp_xw *w, int status) {
  if (w->buf->status == SP_OK) w->buf->status = status;
}

/* What stands for the character, or NULL when it stands for itself. Besides the five entities: a CR, and in
   an attribute a tab or LF, would come back as another white space (XML 1.0 §2.11, §3.3.3). */
static const char *replacement(uint32_t cp, bool attribute) {
  switch (cp) {
    case '&': return "&amp;";
    case '<': return "&lt;";
    case '>': return "&gt;";
    case '"': return attribute ? "&quot;" : NULL;
    case '\'': return attribute ? "&apos;" : NULL;
    case '\r': return "&#13;";
    case '\n': return attribute ? "&#10;" : NULL;
    case '\t': return attribute ? "&#9;" : NULL;
    default: return cp < 0x20 || cp == 0xFFFE || cp == 0xFFFF ? "\xEF\xBF\xBD" : NULL;
  }
}

static void add_escaped(sp_buf *buf, sp_str text, bool attribute) {
  size_t from = 0, at = 0;
  while (at < text.len) {
    uint32_t cp = 0;
    size_t len = sp_utf8_decode(text, at, &cp); /* 0: not UTF-8, and cp = 0 is not a character either */
    const char *instead = replacement(cp, attribute);
    if (instead) {
      sp_buf_add(buf, sp_str_slice(text, from, at));
      sp_buf_add_text(buf, instead);
      from = at + (len > 0 ? len : 1);
    }
    at += len > 0 ? len : 1;
  }
  sp_buf_add(buf, sp_str_slice(text, from, at));
}

static void end_tag(sp_xw *w) {
  if (w->in_tag) sp_buf_add_char(w->buf, '>');
  w->in_tag = false;
}

void sp_xw_begin(sp_xw *w, sp_buf *buf) {
  *w = (sp_xw){ .buf = buf };
}

void sp_xw_open(sp_xw *w, const char *name) {
  if (w->depth == MAX_OPEN) {
    fail(w, SP_ELIMIT);
    return;
  }
  end_tag(w);
  sp_buf_add_char(w->buf, '<');
  sp_buf_add_text(w->buf, name);
  w->open[w->depth++] = name;
  w->in_tag = true;
}

void sp_xw_attr(sp_xw *w, const char *name, sp_str value) {
  if (!value.ptr) return;
  if (!w->in_tag) {
    fail(w, SP_ESTATE);
    return;
  }
  sp_buf_add_char(w->buf, ' ');
  sp_buf_add_text(w->buf, name);
  sp_buf_add_text(w->buf, "=\"");
  add_escaped(w->buf, value, true);
  sp_buf_add_char(w->buf, '"');
}

void sp_xw_text(sp_xw *w, sp_str text) {
  if (text.len == 0) return;
  end_tag(w);
  add_escaped(w->buf, text, false);
}

void sp_xw_close(sp_xw *w) {
  if (w->depth == 0) {
    fail(w, SP_ESTATE);
    return;
  }
  const char *name = w->open[--w->depth];
  if (w->in_tag) {
    sp_buf_add_text(w->buf, "/>");
    w->in_tag = false;
    return;
  }
  sp_buf_add_text(w->buf, "</");
  sp_buf_add_text(w->buf, name);
  sp_buf_add_char(w->buf, '>');
}
