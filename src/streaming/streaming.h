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
  sp_str ws_host;       /* "wss://streaming.mypurecloud.com" (one trailing slash is stripped) */
  sp_str api_host;      /* "mypurecloud.com" or an http(s) URL: pub-sub service name (wire.md §6.1) */
  sp_str token;         /* access token, or absent */
  sp_str jwt;           /* JWT mode when present */
  sp_str jwt_jid;       /* data.jid of the JWT: domain of <open> in JWT mode */
  sp_str resource;      /* configured resource, may be absent: then one UUID per object */
  sp_str user_id, jid;  /* identity already known from the bootstrap; absent: R1 fetches them */
  bool server_pings;    /* option useServerSidePings */
  uint32_t last_socket; /* number of the last socket that an earlier object opened: numbers are never reused */
  sp_str backoff;       /* the remembered back-off as it was stored (wire.md §3.3), may be absent */
  bool partial;         /* results per topic: ignoreErrors=true (wire.md §6.6) */
  bool pipeline;        /* fewer round trips: session, external-service and waiting subscribe requests follow the
                           bind request at once, and a new channel gets the whole set of topics while the socket is
                           set up. Both fall back to the order of the published original when the server does not
                           like them. */
} sp_streaming_config;

typedef enum sp_streaming_event_kind {
  SP_STREAMING_NONE,
  SP_STREAMING_CONNECTED,       /* `first`: first time for this connect call */
  SP_STREAMING_DISCONNECTED,    /* `reconnecting`; when reconnecting ended in failure `text`, `message`,
                                   `request` and `status` as below */
  SP_STREAMING_CONNECT_FAILED,  /* connect gave up: failure type in `text` ("invalid_token", "generic",
                                   "user_cancelled"), `message` says why, `request`/`status` the HTTP cause
                                   when there is one */
  SP_STREAMING_CLOSED,          /* answers sp_streaming_disconnect: everything is down */
  SP_STREAMING_STANZA,          /* message, presence, or iq set with a genesys-webrtc or Jingle payload: the layer
                                   above replies. Every other iq get/set is answered here (wire.md §4.5). Comes as soon
                                   as it arrives, also before SP_STREAMING_CONNECTED (wire.md D1): be ready for it
                                   before connecting. */
  SP_STREAMING_NOTIFICATION,    /* text = topic, `json` = payload text (borrowed from the stanza) */
  SP_STREAMING_SUBSCRIBED,      /* answers the subscribe calls: `token`, `ok`. Refused: `text` = topic, `message`
                                   = why, `json` = array of missing permissions when there is one, `request` and
                                   `status` = HTTP cause. A bulk call that went well: `json` = an array of
                                   {"topic","state","rejectionReason"?,"missingPermissions"?} */
  SP_STREAMING_NETWORK_WARNING, /* networkConnectivityWarning: the connectivity probe failed. `text` = "offline"
                                   (none was sent), "network", "timeout" or "status"; `status`, `request` */
  SP_STREAMING_PUBSUB_ERROR     /* pubsub:error: the topics could not be sent to a channel that does not have
                                   them; it is tried again when the reason may pass. `status`, `request` */
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
/* The platform's name of this connection instance, "" without one (wire.md §2.5). */
sp_str sp_streaming_connection_id(const sp_streaming *s);
uint32_t sp_streaming_last_socket(const sp_streaming *s); /* for the next object's config */

/* Credentials: the next attempt uses them, a connection that stands is not touched. A jwt decides the mode of
   the next attempt; without a JID of its own the domain stays. SP_ENOMEM: as before. */
int sp_streaming_set_token(sp_streaming *s, sp_str token);
int sp_streaming_set_jwt(sp_streaming *s, sp_str jwt);
int sp_streaming_set_jwt_identity(sp_streaming *s, sp_str jwt, sp_str jwt_jid);

/* Before the first connect, when nothing but the token is known: asks for the channel (R3) beside the requests
   of the bootstrap. Connect uses it; a refusal is reported then. No effect in JWT mode or while connecting. */
void sp_streaming_prepare(sp_streaming *s, uint64_t now);
/* Who the bootstrap says we are: R1 is not needed. SP_ENOMEM: as before. */
int sp_streaming_set_identity(sp_streaming *s, sp_str user_id, sp_str jid);

/* Inputs. Socket ids are those of SP_FX_SOCKET_OPEN; an id that is not the current one is ignored. */
void sp_streaming_socket_opened(sp_streaming *s, uint64_t now, uint32_t socket);
void sp_streaming_socket_text(sp_streaming *s, uint64_t now, uint32_t socket, sp_arena *arena, sp_str frame);
void sp_streaming_socket_closed(sp_streaming *s, uint64_t now, uint32_t socket);
void sp_streaming_rest_result(sp_streaming *s, uint64_t now, const sp_rest_result *result); /* token.owner STREAMING */
void sp_streaming_iq_answer(sp_streaming *s, uint64_t now, const sp_iq_answer *answer);     /* token.owner STREAMING */
/* The browser's online and offline events. Online: a connection is probed, a wait of the back-off ends (a
   Retry-After does not), an attempt that began offline starts anew. */
void sp_streaming_online(sp_streaming *s, uint64_t now, bool online);
/* The host has a reason to doubt the path: page visible, thawed or resumed, a peer connection disconnected.
   Connected: a ping goes out at once, and without its answer within 5 s in a call and 10 s otherwise the
   client reconnects without waiting. Waiting: the next attempt starts 2 s after the last one. */
void sp_streaming_probe(sp_streaming *s, uint64_t now);
/* The page goes into the back-forward cache, and is back: the connection closes, and opens again at once, on its
   channel. A page that is back without having gone is a probe. */
void sp_streaming_suspend(sp_streaming *s, uint64_t now);
void sp_streaming_resume(sp_streaming *s, uint64_t now);
/* Whether a call is live: decides how soon a dead path must be noticed (liveness.h). */
void sp_streaming_set_in_call(sp_streaming *s, uint64_t now, bool in_call);
/* Both clocks, with every input or now and then. When they drift apart by more than 4 s the machine slept:
   that is a probe, as is a tick that comes so late. Without it epoch times are taken from `now`. */
void sp_streaming_clock(sp_streaming *s, uint64_t now, uint64_t wall_ms);
void sp_streaming_tick(sp_streaming *s, uint64_t now);
uint64_t sp_streaming_deadline(const sp_streaming *s);
bool sp_streaming_take(sp_streaming *s, sp_streaming_event *out); /* texts live until the next call into s */
/* Whether the remembered back-off changed since the last call; then its JSON text is appended, to be stored
   (sessionStorage) and given to the next object. An append that fails: again next time. */
bool sp_streaming_take_backoff(sp_streaming *s, sp_buf *out);

/* Topics (wire.md §6). `immediate`: one XMPP subscribe; else the debounced REST PUT of the whole set. The
   answer carries `token` back. Topics stay registered over reconnects: a new channel gets the whole set
   again. Without connection both wait for the next one. A refused topic that was new is forgotten (wire.md
   D7). SP_EINVAL, SP_ELIMIT, SP_ENOMEM: no answer follows. */
int sp_streaming_subscribe(sp_streaming *s, uint64_t now, sp_str topic, bool immediate, sp_token token);
/* The same with all there is to say. */
typedef struct sp_topic_request {
  sp_str topic; /* "p?a&b" stands for p.a and p.b */
  bool immediate;
  bool handlerless; /* kept and sent as it is written (wire.md §6.3) */
  bool internal;    /* no bulk call takes it out (wire.md §6.8) */
  double priority;  /* the higher, the earlier in the body; 0: none is given */
} sp_topic_request;
int sp_streaming_subscribe_topic(sp_streaming *s, uint64_t now, const sp_topic_request *request, sp_token token);
/* Bulk subscribe (wire.md §6.5): one request for all of them, in order with other bulk calls. The set changes
   when the platform has agreed. */
typedef struct sp_topic_list {
  const sp_str *topics;
  const double *priorities; /* one each, or NULL */
  size_t count;
  bool replace, force;
} sp_topic_list;
int sp_streaming_subscribe_bulk(sp_streaming *s, uint64_t now, const sp_topic_list *list, sp_token token);
/* SP_ENOENT: it was not subscribed. */
int sp_streaming_unsubscribe(sp_streaming *s, uint64_t now, sp_str topic, bool immediate);

/* ICE servers as a JSON array for RTCConfiguration.iceServers, and "relay" or "all" (wire.md §7). Borrowed
   until the next refresh. */
sp_str sp_streaming_ice_servers(const sp_streaming *s);
sp_str sp_streaming_ice_policy(const sp_streaming *s);

#endif
