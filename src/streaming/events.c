/* SPDX-License-Identifier: MIT */
#include "streaming/events.h"

#include "base/status.h"

/* The place of the event that is `after` behind the first. */
static sp_streaming_event *place(const sp_events *events, size_t after) {
  size_t at = events->first + after;
  return events->items + (at < events->cap ? at : at - events->cap);
}

static bool grow(sp_events *events, size_t room) {
  if (room <= events->cap) return true;
  size_t cap = events->cap ? events->cap * 2 : (size_t)4 * SP_STREAMING_EVENT_RESERVE;
  while (cap < room) cap *= 2;
  sp_streaming_event *items = sp_alloc_new(events->alloc, cap * sizeof *items);
  if (!items) return false;
  for (size_t i = 0; i < events->count; i++) items[i] = *place(events, i);
  sp_alloc_free(events->alloc, events->items);
  events->items = items;
  events->first = 0;
  events->cap = cap;
  return true;
}

int sp_events_init(sp_events *events, const sp_alloc *alloc) {
  *events = (sp_events){ alloc, NULL, 0, 0, 0, 0 };
  return grow(events, SP_STREAMING_EVENT_RESERVE) ? SP_OK : SP_ENOMEM;
}

void sp_events_free(sp_events *events) {
  sp_alloc_free(events->alloc, events->items);
  events->items = NULL;
}

static size_t reserved(const sp_events *events) {
  return events->promised + SP_STREAMING_EVENT_RESERVE;
}

int sp_events_promise(sp_events *events) {
  if (!grow(events, events->count + reserved(events) + 1)) return SP_ENOMEM;
  events->promised++;
  return SP_OK;
}

bool sp_events_push(sp_events *events, const sp_streaming_event *event) {
  bool answer = event->kind == SP_STREAMING_SUBSCRIBED;
  bool ordinary = event->kind == SP_STREAMING_STANZA || event->kind == SP_STREAMING_NOTIFICATION ||
                  event->kind == SP_STREAMING_NETWORK_WARNING || event->kind == SP_STREAMING_PUBSUB_ERROR;
  if (answer && events->promised > 0) events->promised--;
  if (!grow(events, events->count + 1 + (ordinary ? reserved(events) : 0))) return false;
  *place(events, events->count++) = *event;
  return true;
}

bool sp_events_take(sp_events *events, sp_streaming_event *out) {
  if (events->count == 0) return false;
  *out = *place(events, 0);
  events->first = events->first + 1 < events->cap ? events->first + 1 : 0;
  events->count--;
  return true;
}
