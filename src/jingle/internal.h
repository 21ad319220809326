/* SPDX-License-Identifier: MIT */
/* internal.h: what the sources of this folder share. */
#ifndef SP_JINGLE_INTERNAL_H
#define SP_JINGLE_INTERNAL_H

#include "jingle/convert.h"
#include "jingle/ns.h"
#include "sdp/candidate.h"
#include "xmpp/ns.h"

/* wire.md §10.5: what `senders` (absent: both) means in the description of that party, and back. The answers are
   static; a direction that is none of the four is "none", senders that are none are "inactive". */
const char *sp_jingle_direction(sp_str senders, sp_jingle_role role);
sp_str sp_jingle_senders(sp_str direction, sp_jingle_role role);
/* Is this a payload type number that is not in `seen` yet? It is then. */
bool sp_jingle_new_payload(uint64_t seen[2], sp_str id);

/* SP_ESYNTAX as sp_candidate_check. Borrows. */
int sp_jingle_read_candidate(const sp_xml *element, sp_candidate *out);

void sp_jingle_open_content(sp_xw *w, sp_str mid);
void sp_jingle_open_transport(sp_xw *w, sp_str transport_ns);
void sp_jingle_write_candidate_element(sp_xw *w, const sp_candidate *candidate);

/* Where a writer stood, to take back what a failing function wrote. */
typedef struct sp_jingle_mark {
  sp_xw w;
  size_t len;
} sp_jingle_mark;
sp_jingle_mark sp_jingle_mark_here(const sp_xw *w);
/* Answers `status` or else the buffer's; takes everything since the mark back unless that is SP_OK. */
int sp_jingle_end(sp_xw *w, const sp_jingle_mark *mark, int status);

#endif
