/* SPDX-License-Identifier: MIT */
/* bulk.h: bulk subscribe calls (wire.md §6.5), one after the other: while one is under way the debounced PUT
   waits, so that neither undoes the other. The set changes when the platform has agreed, and holds only what
   it permitted (wire.md D7). System handlers are not in the set: no bulk call can take them out (D8). */
#ifndef SP_STREAMING_BULK_H
#define SP_STREAMING_BULK_H

#include "streaming/subscriptions.h"

/* Queues a call; an answer is promised. SP_EINVAL, SP_ELIMIT, SP_ENOMEM: no answer follows. */
int sp_bulk_add(sp_subscriptions *s, const sp_topic_list *list, sp_token token);
/* Sends the next call, if there is one and a channel to send it on. */
void sp_bulk_next(sp_subscriptions *s, uint64_t now);
bool sp_bulk_under_way(const sp_subscriptions *s);
/* false: the result is not one of a bulk call. */
bool sp_bulk_result(sp_subscriptions *s, uint64_t now, const sp_rest_result *result);
void sp_bulk_free_all(sp_subscriptions *s);

#endif
