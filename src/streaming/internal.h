/* SPDX-License-Identifier: MIT */
/* internal.h: the supervisor's variables (wire.md §3.1), shared by its two files: actions.c does what the
   state table says, streaming.c turns inputs into events of that table. */
#ifndef SP_STREAMING_INTERNAL_H
#define SP_STREAMING_INTERNAL_H

#include "streaming/backoff.h"
#include "streaming/channel.h"
#include "streaming/connection.h"
#include "streaming/events.h"
#include "streaming/ice.h"
#include "streaming/liveness.h"
#include "streaming/subscriptions.h"

/* What a request of ours was for: token.op. */
enum {
  OP_IDENTITY = 1,
  OP_CHANNEL,
  OP_PROBE,
  OP_PUT,
  OP_TURN,
  OP_STUN,
  OP_PING, /* id = number of the ping */
  OP_SUBSCRIBE
};

struct sp_streaming {
  const sp_alloc *alloc;
  sp_effects *fx;
  sp_rest *rest;
  sp_iq *iq;
  sp_str ws_host, token, jwt, jwt_domain, resource, domain;
  bool jwt_mode; /* of the next attempt */
  bool by_jwt;   /* of this one */
  bool server_pings, online;
  bool pipeline;  /* until a server does not like it */
  bool pipelined; /* this attempt sent requests behind bind, and is not connected yet */
  sp_conn_state state;
  sp_channel channel;
  sp_ice ice;
  sp_subscriptions subscriptions;
  sp_liveness liveness;
  sp_events events;
  sp_stream *stream, *leaving; /* leaving: says goodbye while we are already elsewhere */
  uint32_t socket, leaving_socket, last_socket;
  sp_timer wait, open_limit, refresh, retire;
  unsigned attempt;    /* within this connect call, from 0 */
  bool ever_attempted; /* a connect call was made before */
  bool first_call;     /* this connect call is the client's first */
  bool announced;      /* this connect call has been connected */
  bool retired;        /* this instance's channel is finished */
  bool say_disconnected;
  sp_streaming_event failure; /* why this attempt failed */
  uint64_t extra_wait;        /* that the server asked for */
  uint64_t wait_from;         /* when the wait at hand began */
  uint64_t hold_until;        /* … and its part that nothing cuts short */
  uint64_t start_delay;       /* of this connect call */
  int64_t wall_offset;        /* epoch time less monotonic time */
  bool clock_known;
  sp_backoff memory; /* the remembered back-off */
  bool memory_changed;
  uint64_t reduce_at; /* epoch time in the record as it was before this attempt, or 0 */
  sp_timer reduction;
};

uint64_t sp_streaming_wall(const sp_streaming *s, uint64_t now);
void sp_streaming_push(sp_streaming *s, const sp_streaming_event *event);
void sp_streaming_set_failure(sp_streaming *s, const char *type, const char *message);
/* The socket is gone by itself: nothing is sent. */
void sp_streaming_drop_stream(sp_streaming *s);
/* The event that an outcome stands for, SP_CONN_EVENTS for none; notes the failure. */
sp_conn_event sp_streaming_channel_event(sp_streaming *s, sp_channel_outcome outcome);
/* Arms the next refresh of the ICE servers. `failed`: one has just done so. */
void sp_streaming_plan_refresh(sp_streaming *s, uint64_t now, bool failed);
sp_conn_event sp_streaming_ice_event(sp_ice_outcome outcome);
/* The one place that changes the state. SP_ESTATE: the event means nothing now. SP_CONN_EVENTS is no event.
 */
int sp_streaming_dispatch(sp_streaming *s, uint64_t now, sp_conn_event event);

#endif
