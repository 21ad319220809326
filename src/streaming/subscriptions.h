/* SPDX-License-Identifier: MIT */
/* subscriptions.h: the topics of a client and the ways to tell the platform (wire.md §6.2, §6.5): one XMPP
   subscribe, the debounced PUT of the whole set, which all callers of a burst share, or a bulk call (bulk.h).
   Topics outlive connections. */
#ifndef SP_STREAMING_SUBSCRIPTIONS_H
#define SP_STREAMING_SUBSCRIPTIONS_H

#include "streaming/answers.h"
#include "streaming/topics.h"

#define SP_SUBSCRIBE_DEBOUNCE_MS 100u
/* A whole set that a new channel refused for a passing reason is sent again; the published original leaves
   the client deaf then. As the retrying request of wire.md §2.3. */
#define SP_RESUBSCRIBE_WAIT_MS 15000u
#define SP_RESUBSCRIBE_TRIES   10u

typedef struct sp_waiter sp_waiter;
typedef struct sp_bulk sp_bulk;

typedef struct sp_subscriptions_config {
  const sp_alloc *alloc;
  sp_effects *fx;
  sp_iq *iq;
  sp_rest *rest;
  sp_events *events;
  sp_str api_host;
  bool partial; /* ask for a result per topic (wire.md §6.6) */
  uint8_t op_subscribe, op_put;
} sp_subscriptions_config;

typedef struct sp_subscriptions {
  const sp_alloc *alloc;
  sp_effects *fx;
  sp_iq *iq;
  sp_rest *rest;
  sp_answers answers;
  sp_str service; /* JID of the pub-sub service */
  bool partial;
  uint8_t op_subscribe, op_put;
  sp_topics *topics;
  sp_waiter *waiters; /* in order of arrival */
  size_t waiter_count;
  sp_bulk *bulks;   /* in order of arrival; the first may be under way */
  uint32_t next_id; /* of waiters and requests */
  sp_timer debounce;
  bool online;
  bool dirty;          /* something changed that the channel was not told */
  bool owed;           /* the channel does not have our set, or is about to lose it */
  unsigned tries;      /* of an owed set */
  uint32_t newest;     /* PUT; results of older ones say nothing about the set */
  uint32_t ahead;      /* PUT that was sent before its socket was open, or 0 */
  sp_str jid, channel; /* bare JID and channel of the connection; borrowed, see sp_subscriptions_connected */
  sp_str last_channel; /* where the set was sent, or where the last connection was */
} sp_subscriptions;

int sp_subscriptions_init(sp_subscriptions *s, const sp_subscriptions_config *config);
void sp_subscriptions_free(sp_subscriptions *s);

/* As sp_streaming_subscribe_topic, sp_streaming_unsubscribe and sp_streaming_subscribe_bulk. */
int sp_subscriptions_add(sp_subscriptions *s, uint64_t now, const sp_topic_request *request, sp_token token);
int sp_subscriptions_remove(sp_subscriptions *s, uint64_t now, sp_str topic, bool immediate);
int sp_subscriptions_bulk(sp_subscriptions *s, uint64_t now, const sp_topic_list *list, sp_token token);

/* The channel of the next connection is known: a new one gets the whole set now, while the socket is being
   set up. A failure only means that it is sent again as usual. */
void sp_subscriptions_channel(sp_subscriptions *s, uint64_t now, sp_str channel);
/* Bind is under way: the XMPP subscribes that waited may follow it. Borrows `jid`, bare, for the call. */
void sp_subscriptions_binding(sp_subscriptions *s, uint64_t now, sp_str jid);
/* `jid` and `channel` must live until sp_subscriptions_disconnected; `channel` is absent in JWT mode. A
   channel that is not the last one gets the whole set; what waited for a connection is sent. */
void sp_subscriptions_connected(sp_subscriptions *s, uint64_t now, sp_str jid, sp_str channel);
void sp_subscriptions_disconnected(sp_subscriptions *s);
/* The platform says that subscriptions are about to lapse. */
void sp_subscriptions_renew(sp_subscriptions *s, uint64_t now);

void sp_subscriptions_iq_answer(sp_subscriptions *s, uint64_t now, const sp_iq_answer *answer);
void sp_subscriptions_rest_result(sp_subscriptions *s, uint64_t now, const sp_rest_result *result);
void sp_subscriptions_tick(sp_subscriptions *s, uint64_t now);

/* For bulk.c. Sends `topics` as the body of R4 or R5; the result carries `id`. */
int sp_subscriptions_send(sp_subscriptions *s, uint64_t now, const char *method, sp_str channel, sp_topics *topics,
                          uint32_t id);
uint32_t sp_subscriptions_new_id(sp_subscriptions *s);
/* Something changed: the set is sent soon. */
void sp_subscriptions_touch(sp_subscriptions *s, uint64_t now);

#endif
