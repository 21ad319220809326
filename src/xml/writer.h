/* SPDX-License-Identifier: MIT */
/* writer.h: appends well-formed XML to a buffer. Attribute values escape & < > " '; text escapes & < > only
   (wire.md §4.4), so JSON bodies keep their quotes; white space that a reader would normalise away leaves as
   a character reference (CR, and tab and LF in attribute values). Characters that XML 1.0 forbids become
   U+FFFD. sp_xw w; sp_xw_begin(&w, buf); sp_xw_open(&w, "iq"); sp_xw_attr(&w, "id", id); sp_xw_close(&w);
   Names are NUL-terminated literals of ours. */
#ifndef SP_XML_WRITER_H
#define SP_XML_WRITER_H

#include "base/buf.h"

typedef struct sp_xw {
  sp_buf *buf;
  const char *open[16];
  uint8_t depth;
  bool in_tag;
} sp_xw;

void sp_xw_begin(sp_xw *w, sp_buf *buf);
void sp_xw_open(sp_xw *w, const char *name);
void sp_xw_attr(sp_xw *w, const char *name, sp_str value); /* left out when value.ptr is NULL */
void sp_xw_text(sp_xw *w, sp_str text);
void sp_xw_close(sp_xw *w); /* writes <name/> when nothing was put inside */

#endif
