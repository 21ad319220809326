/* SPDX-License-Identifier: MIT */
/* expat_oracle.h: what libexpat sees in a frame, for xml_differential_fuzz.c. A frame may hold several
   elements, so it is wrapped in one; what expat accepts there that a frame may not hold (text between the
   elements, an end tag that closes the wrapper) makes the document bad. Both sides write their document as
   the same list of events: <ns name / @ns name=value, per attribute / the text of an element before its end /
   > */
#ifndef SP_TESTS_EXPAT_ORACLE_H
#define SP_TESTS_EXPAT_ORACLE_H

#include "base/buf.h"

#include <expat.h>

enum { ORACLE_DEPTH = 34, ORACLE_BYTES = 1 << 24 };

typedef struct oracle {
  XML_Parser parser;
  sp_buf events, texts[ORACLE_DEPTH];
  sp_str frame;
  long skip; /* bytes of the wrapper before the frame */
  int depth;
  bool bad, deep;
} oracle;

static inline void oracle_start(void *user, const XML_Char *name, const XML_Char **attrs) {
  oracle *o = user;
  if (o->deep || ++o->depth >= ORACLE_DEPTH) {
    o->deep = true;
    return;
  }
  if (o->depth == 1) {
    o->bad = o->bad || o->skip != 0; /* a second root: the frame closed the wrapper */
    o->skip = XML_GetCurrentByteCount(o->parser);
    return;
  }
  sp_buf_reset(&o->texts[o->depth]);
  sp_buf_add_char(&o->events, '<');
  sp_buf_add_text(&o->events, name);
  for (; *attrs; attrs += 2) {
    sp_buf_add_text(&o->events, "\n@");
    sp_buf_add_text(&o->events, attrs[0]);
    sp_buf_add_char(&o->events, '=');
    sp_buf_add_text(&o->events, attrs[1]);
  }
  sp_buf_add_char(&o->events, '\n');
}

static inline void oracle_end(void *user, const XML_Char *name) {
  oracle *o = user;
  (void)name;
  if (o->deep) return;
  if (o->depth-- > 1) {
    sp_buf_add(&o->events, sp_buf_str(&o->texts[o->depth + 1]));
    sp_buf_add_text(&o->events, "\n>");
  } else if (XML_GetCurrentByteIndex(o->parser) - o->skip < (long)o->frame.len) {
    o->bad = true;
  }
}

static inline void oracle_text(void *user, const XML_Char *text, int len) {
  oracle *o = user;
  if (o->deep) return;
  sp_str piece = { text, (size_t)len };
  size_t at = (size_t)(XML_GetCurrentByteIndex(o->parser) - o->skip);
  if (o->depth > 1) sp_buf_add(&o->texts[o->depth], piece);
  else if (at >= o->frame.len || o->frame.ptr[at] == '&' || sp_str_trim(piece).len > 0) o->bad = true;
}

static inline void oracle_cdata(void *user) {
  oracle *o = user;
  if (o->depth == 1) o->bad = true;
}

/* True when the frame is well formed; then o->events is what it holds. o->deep: not comparable. */
static inline bool oracle_run(oracle *o, sp_str frame) {
  *o = (oracle){ .parser = XML_ParserCreateNS("UTF-8", '\f'), .frame = frame };
  sp_buf_init(&o->events, NULL, ORACLE_BYTES);
  for (int i = 0; i < ORACLE_DEPTH; i++) sp_buf_init(&o->texts[i], NULL, ORACLE_BYTES);
  XML_SetUserData(o->parser, o);
  XML_SetElementHandler(o->parser, oracle_start, oracle_end);
  XML_SetCharacterDataHandler(o->parser, oracle_text);
  XML_SetStartCdataSectionHandler(o->parser, oracle_cdata);
  bool ok = XML_Parse(o->parser, "<wrap>", 6, 0) == XML_STATUS_OK;
  ok = ok && XML_Parse(o->parser, frame.ptr, (int)frame.len, 0) == XML_STATUS_OK;
  ok = ok && XML_Parse(o->parser, "</wrap>", 7, 1) == XML_STATUS_OK && !o->bad;
  XML_ParserFree(o->parser);
  return ok;
}

static inline void oracle_free(oracle *o) {
  sp_buf_free(&o->events);
  for (int i = 0; i < ORACLE_DEPTH; i++) sp_buf_free(&o->texts[i]);
}

#endif
