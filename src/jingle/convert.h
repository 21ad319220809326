/* SPDX-License-Identifier: MIT */
/* convert.h: Jingle contents to SDP and back (wire.md §10.4 to §10.6). What has no form on the other side is dropped,
   as the tables there say. Every function that fails leaves its output as it was. */
#ifndef SP_JINGLE_CONVERT_H
#define SP_JINGLE_CONVERT_H

#include "base/ids.h"
#include "xml/reader.h"
#include "xml/writer.h"

/* The party whose description it is: the initiator for an offer that we receive, the responder for our answer. */
typedef enum sp_jingle_role { SP_JINGLE_INITIATOR, SP_JINGLE_RESPONDER } sp_jingle_role;

/* Appends the SDP of a <jingle> element's contents. SP_ESYNTAX: no content, two of one name, or a value that cannot
   stand in SDP; SP_ELIMIT: larger than SP_MAX_SDP or too many of something; SP_ENOMEM. */
int sp_jingle_to_sdp(const sp_alloc *alloc, const sp_xml *jingle, sp_jingle_role role, sp_ids *ids, sp_buf *out);

/* Appends <content>… and <group>… of an SDP to the open <jingle> element. `transport_ns` is the one that the peer uses
   (sp_jingle_transport_ns); absent for the default. SP_ESYNTAX, SP_ELIMIT, SP_ENOMEM as above. */
int sp_jingle_write_sdp(const sp_alloc *alloc, sp_xw *w, sp_str sdp, sp_jingle_role role, sp_str transport_ns);
/* The same, but each <content> has its <transport> alone, without candidates: the answer to an ICE restart (§10.6). */
int sp_jingle_write_transports(const sp_alloc *alloc, sp_xw *w, sp_str sdp, sp_str transport_ns);

/* Appends the "candidate:…" line, without "a=" and line end, of one <candidate> element. SP_ESYNTAX: a number or a word
   of it is wrong or missing. */
int sp_jingle_candidate_to_line(const sp_xml *candidate, sp_buf *out);
/* Appends <content><transport ufrag><candidate/></transport></content> for one local candidate line. An absent `ufrag`
   is taken from the line. SP_ENOENT: the filter of §9.5 holds it back; SP_ESYNTAX: not a candidate. */
int sp_jingle_write_candidate(sp_xw *w, sp_str mid, sp_str ufrag, sp_str line, sp_str transport_ns);
/* The same with <gathering-complete/> in the place of the candidate. */
int sp_jingle_write_gathering_complete(sp_xw *w, sp_str mid, sp_str ufrag, sp_str transport_ns);

/* ICE restart by the peer (§10.6): appends the stored remote description `sdp` with the credentials of the m-sections
   replaced, by position, with those of the contents of `jingle`; sections that got new ones lose their candidates.
   SP_ENOENT: nothing would change. SP_ESYNTAX, SP_ELIMIT, SP_ENOMEM. */
int sp_jingle_restart_sdp(const sp_alloc *alloc, sp_str sdp, const sp_xml *jingle, sp_buf *out);

/* The transport of a content in one of the two namespaces that ICE has; NULL when there is none. */
const sp_xml *sp_jingle_transport(const sp_xml *content);
/* The namespace of the first content's transport: what our replies use. Absent when it has none. */
sp_str sp_jingle_transport_ns(const sp_xml *jingle);

#endif
