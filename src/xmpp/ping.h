/* SPDX-License-Identifier: MIT */
/* ping.h: XMPP Ping (XEP-0199): the one child of a ping request. */
#ifndef SP_XMPP_PING_H
#define SP_XMPP_PING_H

#include "xml/reader.h"
#include "xml/writer.h"

/* Writes <ping/> into an open <iq type="get">. */
void sp_ping_write(sp_xw *w);
/* Is this stanza a ping request (iq get)? Answer it with an empty result. */
bool sp_ping_is(const sp_xml *stanza);

#endif
