/* SPDX-License-Identifier: MIT */
/* pubsub.h: the subset of XEP-0060 that notifications use (wire.md §6): subscribe, unsubscribe, events with
   JSON payload (XEP-0335). */
#ifndef SP_XMPP_PUBSUB_H
#define SP_XMPP_PUBSUB_H

#include "xml/reader.h"
#include "xml/writer.h"

/* Subscribing to this node asks the server to send pings (wire.md §5). */
#define SP_PUBSUB_PING_NODE "enable.server.side.pings"

/* Appends the service's JID: "notifications." and the API host without its URL scheme. */
void sp_pubsub_service(sp_buf *out, sp_str api_host);

/* Writes <pubsub><subscribe node jid/></pubsub> into an open <iq type="set">; `jid` is the bare JID. */
void sp_pubsub_subscribe_write(sp_xw *w, sp_str node, sp_str jid);
void sp_pubsub_unsubscribe_write(sp_xw *w, sp_str node, sp_str jid);

typedef enum sp_pubsub_kind {
  SP_PUBSUB_NONE,  /* not an event message */
  SP_PUBSUB_EMPTY, /* an event without payload (purge, delete, retract): ignore it */
  SP_PUBSUB_EVENT
} sp_pubsub_kind;

/* Borrows from the stanza. */
typedef struct sp_pubsub_event {
  sp_str node, json; /* the first item's JSON text, unparsed */
} sp_pubsub_event;

sp_pubsub_kind sp_pubsub_read(const sp_xml *stanza, sp_pubsub_event *out);

#endif
