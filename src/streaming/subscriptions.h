/* SPDX-License-Identifier: MIT */
/* subscriptions.h: the topics of a client and the two ways to tell the platform (wire.md §6.2, §6.5): one
   XMPP subscribe, or the debounced PUT of the whole set, which all callers of a burst share. Topics outlive
   connections. */
#ifndef SP_STREAMING_SUBSCRIPTIONS_H
#define SP_STREAMING_SUBSCRIPTIONS_H

#include "streaming/events.h"
#include "streaming/topics.h"

#define SP_SUBSCRIBE_DEBOUNCE_MS 100u

typedef struct sp_waiter sp_waiter;

typedef struct sp_subscriptions {
  const sp_alloc *alloc;
  sp_effects *fx;
  sp_iq *iq;
  sp_rest *rest;
  sp_events *events;
  sp_str service; /* JID of the pub-sub service */
  uint8_t op_subscribe, op_put;
  sp_topics *topics;
  sp_waiter *waiters; /* in order of arrival */
  size_t waiter_count;
  uint32_t next_id; /* of waiters and PUTs */
  sp_timer debounce;
  bool online;
  bool dirty;          /* the channel's set differs from ours */
  sp_str jid, channel; /* bare JID and channel of the connection; borrowed, see sp_subscriptions_connected */
  sp_str last_channel; /* where the set was sent, or where the last connection was */
} sp_subscriptions;

int sp_subscriptions_init(sp_subscriptions *s, const sp_alloc *alloc, sp_effects *fx, sp_iq *iq,
                          sp_rest *rest, sp_events *events, sp_str api_host, uint8_t op_subscribe,
                          uint8_t op_put);
void sp_subscriptions_free(sp_subscriptions *s);

/* As sp_streaming_subscribe and sp_streaming_unsubscribe. */
int sp_subscriptions_add(sp_subscriptions *s, uint64_t now, sp_str topic, bool immediate, sp_token token);
int sp_subscriptions_remove(sp_subscriptions *s, uint64_t now, sp_str topic, bool immediate);

/* `jid` and `channel` must live until sp_subscriptions_disconnected; `channel` is absent in JWT mode. A
   channel that is not the last one gets the whole set; what waited for a connection is sent. */
void sp_subscriptions_connected(sp_subscriptions *s, uint64_t now, sp_str jid, sp_str channel);
void sp_subscriptions_disconnected(sp_subscriptions *s);
/* The platform says that subscriptions are about to lapse. */
void sp_subscriptions_renew(sp_subscriptions *s, uint64_t now);

void sp_subscriptions_iq_answer(sp_subscriptions *s, const sp_iq_answer *answer);
void sp_subscriptions_rest_result(sp_subscriptions *s, const sp_rest_result *result);
void sp_subscriptions_tick(sp_subscriptions *s, uint64_t now);

#endif
