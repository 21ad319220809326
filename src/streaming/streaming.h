/* SPDX-License-Identifier: MIT */
/* streaming.h: the connection supervisor (wire.md §3, §5, §6, §7): identity and channel over REST, WebSocket
   and XMPP stream, ICE servers, liveness, subscriptions, reconnection with back-off. At most one live
   connection; a reconnect builds a fresh socket and stream.

     IDLE -> WAIT -> PREP -> OPEN -> CONFIG -> CONNECTED -> CLOSING -> IDLE   (table: connection.c)

   Inputs come through the functions below; effects go to `fx`; what the layer above must know is taken by
   sp_streaming_take, in order. */
#ifndef SP_STREAMING_STREAMING_H
#define SP_STREAMING_STREAMING_H

#include "rest/rest.h"
#include "xmpp/stream.h"

typedef struct sp_streaming_config {
  sp_str ws_host;      /* "wss://streaming.mypurecloud.com" (one trailing slash is stripped) */
  sp_str api_host;     /* "mypurecloud.com" or an http(s) URL: pub-sub service name (wire.md §6.1) */
  sp_str token;        /* access token, or absent */
  sp_str jwt;          /* JWT mode when present */
  sp_str jwt_jid;      /* data.jid of the JWT: domain of <open> in JWT mode */
  sp_str resource;     /* configured resource, may be absent: then one UUID per object */
  sp_str user_id, jid; /* identity already known from the bootstrap; absent: R1 fetches them */
  bool server_pings;   /* option useServerSidePings */
  uint32_t
      last_socket; /* number of the last socket that an earlier object opened: numbers are never reused */
} sp_streaming_config;

typedef enum sp_streaming_event_kind {
  SP_STREAMING_NONE,
  SP_STREAMING_CONNECTED,      /* `first`: first time for this connect call */
  SP_STREAMING_DISCONNECTED,   /* `reconnecting`; when reconnecting ended in failure `text`, `message`,
                                  `request` and `status` as below */
  SP_STREAMING_CONNECT_FAILED, /* connect gave up: failure type in `text` ("invalid_token", "generic",
                                  "user_cancelled"), `message` says why, `request`/`status` the HTTP cause
                                  when there is one */
  SP_STREAMING_CLOSED,         /* answers sp_streaming_disconnect: everything is down */
  SP_STREAMING_STANZA, /* message, presence, or iq set with a genesys-webrtc or Jingle payload: the layer
                          above replies. Every other iq get/set is answered here (wire.md §4.5). Comes as soon
                          as it arrives, also before SP_STREAMING_CONNECTED (wire.md D1): be ready for it
                          before connecting. */
  SP_STREAMING_NOTIFICATION, /* text = topic, `json` = payload text (borrowed from the stanza) */
  SP_STREAMING_SUBSCRIBED    /* answers sp_streaming_subscribe: `token`, `ok` */
} sp_streaming_event_kind;

typedef struct sp_streaming_event {
  sp_streaming_event_kind kind;
  bool first, reconnecting, ok;
  sp_str text, message, json;
  const sp_xml *stanza;
  sp_token token;
  uint32_t request; /* host's handle of the HTTP cause, 0 when none */
  int status;
} sp_streaming_event;

typedef struct sp_streaming sp_streaming;

/* Copies config; borrows the rest for its life: free it before them. `rest` and `iq` have their own ticks and
   deadlines, which the owner looks after, and it routes their answers with token.owner STREAMING here. NULL:
   out of memory. */
sp_streaming *sp_streaming_new(const sp_alloc *alloc, sp_effects *fx, sp_ids *ids, sp_rest *rest, sp_iq *iq,
                               const sp_streaming_config *config);
void sp_streaming_free(sp_streaming *s); /* closes its sockets */

/* Unlimited attempts (wire.md §3.4). A second call while connecting or connected: SP_ESTATE, no effect. While
   a disconnect is under way it ends that at once and connects. */
int sp_streaming_connect(sp_streaming *s, uint64_t now);
/* Ends in SP_STREAMING_CLOSED, at once when nothing is open, after 5 s at the latest; a connect under way
   fails with user_cancelled first. */
void sp_streaming_disconnect(sp_streaming *s, uint64_t now);
bool sp_streaming_connected(const sp_streaming *s);
uint32_t sp_streaming_last_socket(const sp_streaming *s);  /* for the next object's config */
int sp_streaming_set_token(sp_streaming *s, sp_str token); /* next SASL exchange uses it */
int sp_streaming_set_jwt(sp_streaming *s, sp_str jwt);

/* Inputs. Socket ids are those of SP_FX_SOCKET_OPEN; an id that is not the current one is ignored. */
void sp_streaming_socket_opened(sp_streaming *s, uint64_t now, uint32_t socket);
void sp_streaming_socket_text(sp_streaming *s, uint64_t now, uint32_t socket, sp_arena *arena, sp_str frame);
void sp_streaming_socket_closed(sp_streaming *s, uint64_t now, uint32_t socket);
void sp_streaming_rest_result(sp_streaming *s, uint64_t now,
                              const sp_rest_result *result); /* token.owner STREAMING */
void sp_streaming_iq_answer(sp_streaming *s, uint64_t now,
                            const sp_iq_answer *answer); /* token.owner STREAMING */
void sp_streaming_online(sp_streaming *s, uint64_t now,
                         bool online); /* back online: try at once, skip the back-off */
void sp_streaming_tick(sp_streaming *s, uint64_t now);
uint64_t sp_streaming_deadline(const sp_streaming *s);
bool sp_streaming_take(sp_streaming *s, sp_streaming_event *out); /* texts live until the next call into s */

/* Topics (wire.md §6). `immediate`: one XMPP subscribe; else the debounced REST PUT of the whole set. The
   answer carries `token` back. Topics stay registered over reconnects: a new channel gets the whole set
   again. Without connection both wait for the next one. A refused topic that was new is forgotten (wire.md
   D7). SP_EINVAL, SP_ELIMIT, SP_ENOMEM: no answer follows. */
int sp_streaming_subscribe(sp_streaming *s, uint64_t now, sp_str topic, bool immediate, sp_token token);
int sp_streaming_unsubscribe(sp_streaming *s, uint64_t now, sp_str topic, bool immediate);

/* ICE servers as a JSON array for RTCConfiguration.iceServers, and "relay" or "all" (wire.md §7). Borrowed
   until the next refresh. */
sp_str sp_streaming_ice_servers(const sp_streaming *s);
sp_str sp_streaming_ice_policy(const sp_streaming *s);

#endif
