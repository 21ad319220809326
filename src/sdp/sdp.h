/* SPDX-License-Identifier: MIT */
/* sdp.h: a session description as lines in sections (RFC 8866, RFC 8839, JSEP RFC 9429): what the mapping to Jingle
   needs to read, and no more. */
#ifndef SP_SDP_SDP_H
#define SP_SDP_SDP_H

#include "base/arena.h"
#include "base/buf.h"

typedef struct sp_sdp_line {
  char type;    /* the letter before '=' */
  sp_str name;  /* of an attribute (a=name or a=name:value), else absent */
  sp_str value; /* what follows; absent for an attribute that is a flag */
} sp_sdp_line;

typedef struct sp_sdp_section {
  sp_str media, port, protocol, formats; /* of the m-line; absent in the session part. `formats` holds at least one */
  sp_sdp_line *lines;                    /* the m-line first */
  size_t count;
} sp_sdp_section;

/* Section 0 is the session part, the others are the m-sections in their order. */
typedef struct sp_sdp {
  sp_sdp_section *sections;
  size_t count;
} sp_sdp;

/* Reads lines that end with CRLF or LF (the last may end with the text; empty lines at the end are skipped). The model
   lives in `arena` and borrows from `text`. SP_ESYNTAX: no v=0 first, a line that is no "x=…", an m-line without its
   four parts, a control character. SP_ELIMIT: SP_MAX_SDP_SECTIONS, SP_MAX_SDP_LINES of one section, SP_MAX_SDP_LINE
   or SP_MAX_SDP. SP_ENOMEM. */
int sp_sdp_read(sp_arena *arena, sp_str text, sp_sdp *out);
/* Appends every line with CRLF. */
void sp_sdp_write(const sp_sdp *sdp, sp_buf *out);

/* The attribute of this name after line `after` (NULL: the first one); NULL when there is none. */
const sp_sdp_line *sp_sdp_next(const sp_sdp_section *section, const char *name, const sp_sdp_line *after);

/* --- words --- */

/* Cuts the next word, up to a space, from *rest; empty when there is none. */
sp_str_out sp_sdp_word_out(sp_str *rest);
SP_INLINE sp_str sp_sdp_word(sp_str *rest) {
  return sp_str_in(sp_sdp_word_out(rest));
}
/* One or more bytes without space or control characters. */
bool sp_sdp_is_token(sp_str s);

#endif
