/* SPDX-License-Identifier: MIT */
/* events.h: what the supervisor has to tell the layer above, in order. Texts are borrowed: nothing is copied
   on the way of a notification. Room is kept for what must not get lost, so memory running out costs a
   stanza, never a connection state or the answer to a subscribe call. */
#ifndef SP_STREAMING_EVENTS_H
#define SP_STREAMING_EVENTS_H

#include "streaming/streaming.h"

/* Connection states that one input can announce; the layer above takes them before the next input. */
#define SP_STREAMING_EVENT_RESERVE 8u

typedef struct sp_events {
  const sp_alloc *alloc;
  sp_streaming_event *items;
  size_t first, count, cap;
  size_t promised; /* answers that callers wait for */
} sp_events;

int sp_events_init(sp_events *events, const sp_alloc *alloc); /* SP_ENOMEM */
void sp_events_free(sp_events *events);
/* Promises room for one more answer, or SP_ENOMEM; the push of SP_STREAMING_SUBSCRIBED takes the promise
 * back. */
int sp_events_promise(sp_events *events);
/* A stanza, notification or warning may be refused (false); states and promised answers are not. */
bool sp_events_push(sp_events *events, const sp_streaming_event *event);
bool sp_events_take(sp_events *events, sp_streaming_event *out);

#endif
