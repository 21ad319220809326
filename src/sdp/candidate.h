/* SPDX-License-Identifier: MIT */
/* candidate.h: ICE candidates as text: fragments of SDP over XMPP and which of ours may leave (wire.md §9.5), ICE
   credentials (§9.3), and the fields of one candidate line (RFC 8839 §5.1). */
#ifndef SP_SDP_CANDIDATE_H
#define SP_SDP_CANDIDATE_H

#include "base/buf.h"

/* Splits an incoming fragment. SP_ENOENT: no m-line (bare end-of-candidates) or no candidate: ignore it. Borrows. */
int sp_candidate_read(sp_str fragment, sp_str *mid, sp_str *candidate);
/* Appends "m=<mid> 9 RTP/AVP 0\r\na=<candidate>\r\n"; with an absent candidate "a=end-of-candidates\r\n". */
void sp_candidate_write(sp_buf *out, sp_str mid, sp_str candidate);
/* May this local candidate be trickled? TCP, and udp host candidates whose address is no dotted quad, are held back. */
bool sp_candidate_allowed(sp_str candidate);
/* "host", "srflx", "prflx" or "relay", else "other": the one part of a candidate that a log may say. */
const char *sp_candidate_type(sp_str candidate);
/* First a=ice-ufrag and a=ice-pwd of two SDPs: do both agree? Absent in either counts as different. */
bool sp_same_ice_credentials(sp_str old_sdp, sp_str new_sdp);

/* The fields of a candidate; absent ones are empty. */
enum {
  SP_CANDIDATE_FOUNDATION,
  SP_CANDIDATE_COMPONENT,
  SP_CANDIDATE_PROTOCOL, /* any case: see sp_candidate_write_line */
  SP_CANDIDATE_PRIORITY,
  SP_CANDIDATE_ADDRESS,
  SP_CANDIDATE_PORT,
  SP_CANDIDATE_TYPE,
  SP_CANDIDATE_RELATED_ADDRESS,
  SP_CANDIDATE_RELATED_PORT,
  SP_CANDIDATE_TCP_TYPE,
  SP_CANDIDATE_UFRAG, /* the extension of browsers */
  SP_CANDIDATE_FIELDS
};
typedef struct sp_candidate {
  sp_str field[SP_CANDIDATE_FIELDS];
} sp_candidate;

/* Reads "candidate:…", or the same after "a=" or without "candidate:"; extensions without a field are ignored. Borrows.
   SP_ESYNTAX: a field is missing, or sp_candidate_check refuses it. */
int sp_candidate_read_line(sp_str line, sp_candidate *out);
/* SP_ESYNTAX: a mandatory field is absent, a number is none or too large, the protocol is neither udp nor tcp, or the
   type is unknown. */
int sp_candidate_check(const sp_candidate *candidate);
/* Appends the line as wire.md §10.6 has it: upper-case protocol, raddr and rport unless it is a host, tcptype for TCP,
   no other extension, no line end. The candidate must have passed the check. */
void sp_candidate_write_line(sp_buf *out, const sp_candidate *candidate);

#endif
