/* SPDX-License-Identifier: MIT */
/* jid.h: XMPP addresses (RFC 7622): local@domain/resource. Slices borrow from the text they were cut from. */
#ifndef SP_XMPP_JID_H
#define SP_XMPP_JID_H

#include "base/buf.h"

sp_str sp_jid_local(sp_str jid);    /* absent when there is none */
sp_str sp_jid_domain(sp_str jid);   /* one trailing dot removed */
sp_str sp_jid_resource(sp_str jid); /* absent when there is none */
sp_str sp_jid_bare(sp_str jid);     /* everything before the resource */
/* Equal after normalisation: local part and domain ASCII-folded, one trailing dot of the domain ignored,
 * resource exact. */
bool sp_jid_eq(sp_str a, sp_str b);
bool sp_jid_bare_eq(sp_str a, sp_str b);

#endif
