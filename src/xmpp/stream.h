/* SPDX-License-Identifier: MIT */
/* stream.h: one XMPP stream over WebSocket (RFC 7395, RFC 6120): open, SASL PLAIN or ANONYMOUS, restart,
   bind, session (wire.md §4). A state machine: frames and time in; frames out as effects; what happened is
   taken by sp_stream_take. One instance per socket, never reused.

     CONNECTING -> OPENING -> FEATURES -> AUTH -> REOPENING -> REFEATURES -> BINDING -> SESSION -> READY
     any of them -> CLOSING -> CLOSED */
#ifndef SP_XMPP_STREAM_H
#define SP_XMPP_STREAM_H

#include "xmpp/iq.h"

typedef struct sp_stream_config {
  sp_str domain;   /* `to` of <open>: domain of the JID */
  sp_str bare_jid; /* SASL PLAIN user name; absent in JWT mode */
  sp_str token;    /* access token; absent selects ANONYMOUS (wire.md D4) */
  sp_str resource; /* bind resource, may be absent */
  bool pipeline;   /* send the session request right behind bind, and say SP_STREAM_BINDING */
} sp_stream_config;

typedef enum sp_stream_event_kind {
  SP_STREAM_NONE,
  SP_STREAM_READY,        /* session established; own full JID known, iq attached */
  SP_STREAM_STANZA,       /* message, presence or iq get/set for the application */
  SP_STREAM_BINDING,      /* only with `pipeline`: bind is under way, and requests to the server may follow it
                             at once, for a stream is processed in order (RFC 6120 §10.1) */
  SP_STREAM_SASL_FAILURE, /* text = condition, may be absent */
  SP_STREAM_CLOSED        /* the stream is over: server close, malformed XML, or our close done. text = why (a word
                             of ours) */
} sp_stream_event_kind;

typedef struct sp_stream_event {
  sp_stream_event_kind kind;
  const sp_xml *stanza; /* lives in the arena of the input */
  sp_str text;
} sp_stream_event;

typedef struct sp_stream sp_stream;

/* Copies config; borrows the rest. NULL: out of memory. Sends nothing until sp_stream_opened. */
sp_stream *sp_stream_new(const sp_alloc *alloc, sp_effects *fx, sp_iq *iq, uint32_t socket,
                         const sp_stream_config *config);
void sp_stream_free(sp_stream *s);                 /* before its iq; detaches it when it is still attached */
void sp_stream_opened(sp_stream *s, uint64_t now); /* the WebSocket is open */
/* One text frame. `arena` holds the parsed stanzas until the caller resets it. The elements are handled one
   by one while events are taken, so take every event before the arena is reset and before the next call. An
   element split over several frames is put together (up to SP_MAX_FRAME). Malformed XML closes the stream
   (wire.md D5); a frame over a limit, or one that memory does not suffice for, is dropped with a log record.
 */
void sp_stream_frame(sp_stream *s, uint64_t now, sp_arena *arena, sp_str frame);
void sp_stream_close(sp_stream *s,
                     uint64_t now); /* sends <close/>, waits up to 1000 ms for the server's, then closes the socket */
void sp_stream_tick(sp_stream *s, uint64_t now);
uint64_t sp_stream_deadline(const sp_stream *s);
bool sp_stream_over(const sp_stream *s);        /* CLOSED: the socket was told to close */
sp_str sp_stream_server_id(const sp_stream *s); /* id of the newest inbound <open> */
bool sp_stream_take(sp_stream *s, sp_stream_event *out);

#endif
