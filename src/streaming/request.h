/* SPDX-License-Identifier: MIT */
/* request.h: what an incoming stanza is to the supervisor (wire.md §3.6, §4.5, §6.7). Decides only; nothing
 * is sent here. */
#ifndef SP_STREAMING_REQUEST_H
#define SP_STREAMING_REQUEST_H

#include "xmpp/pubsub.h"

typedef enum sp_request {
  SP_REQUEST_IGNORE,
  SP_REQUEST_FORWARD,      /* for the layer above */
  SP_REQUEST_NOTIFICATION, /* the event is in *event */
  SP_REQUEST_PING,         /* answer with an empty result */
  SP_REQUEST_TRANSFER,     /* answer with an empty result and reconnect */
  SP_REQUEST_MALFORMED,    /* bad-request */
  SP_REQUEST_UNKNOWN       /* service-unavailable */
} sp_request;

/* `own`: own full JID. *event borrows from the stanza. */
sp_request sp_request_read(const sp_xml *stanza, sp_str own, sp_pubsub_event *event);

/* Topic of a node; *retired: it says that this channel is finished, and then the topic is the bare word. */
sp_str sp_request_topic(sp_str node, bool *retired);

#endif
