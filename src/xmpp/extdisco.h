/* SPDX-License-Identifier: MIT */
/* extdisco.h: External Service Discovery (XEP-0215 in its namespace version 1; wire.md §7): which STUN and
   TURN servers there are, as RTCIceServer objects. */
#ifndef SP_XMPP_EXTDISCO_H
#define SP_XMPP_EXTDISCO_H

#include "base/buf.h"
#include "xml/reader.h"
#include "xml/writer.h"

/* Writes <services type="turn"/> into an open <iq type="get">. `type`: "turn" or "stun". */
void sp_extdisco_write(sp_xw *w, const char *type);
/* Appends one RTCIceServer per usable service of a reply, separated by commas, without brackets, and answers
   how many there were. A service that no browser would accept (unknown type, host or port that breaks the
   URL) is left out: one bad entry would make RTCPeerConnection refuse the whole list. IPv6 hosts are
   bracketed. `expires`: when the first of their credentials does, in epoch milliseconds; UINT64_MAX: the reply does
   not say. */
size_t sp_extdisco_read(sp_buf *out, const sp_xml *reply, uint64_t *expires);

#endif
