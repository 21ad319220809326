/* SPDX-License-Identifier: MIT */
#include "streaming/waiters.h"

#include "base/limits.h"
#include "base/status.h"

/* Topics that one combined topic may stand for, one bit each. */
#define MAX_PARTS 32u

/* --- the topics of one call --- */

/* One by one: a combined topic with a handler is split (wire.md §6.3). `room` holds what was put together.
   Part i is bit i of `fresh`. */
typedef struct parts {
  sp_str topic;
  bool split;
  size_t at;
  unsigned index; /* of the part at hand */
  sp_buf room;
} parts;

static parts parts_of(sp_subscriptions *s, sp_str topic, sp_topic_kind kind) {
  parts p = { .topic = topic, .split = kind == SP_TOPIC_HANDLER && sp_topic_is_combined(topic) };
  p.index = UINT32_MAX;
  sp_buf_init(&p.room, s->alloc, SP_MAX_EFFECT_TEXT);
  return p;
}

/* false at the end, and when memory ran out (see the status of `room`). */
static bool next_part(parts *p, sp_str *out) {
  sp_str prefix, postfix;
  p->index++;
  if (!p->split) {
    *out = p->topic;
    return p->index == 0;
  }
  if (p->index >= MAX_PARTS || !sp_topic_part(p->topic, &p->at, &prefix, &postfix)) return false;
  sp_buf_reset(&p->room);
  sp_buf_add(&p->room, prefix);
  sp_buf_add_char(&p->room, '.');
  sp_buf_add(&p->room, postfix);
  *out = sp_buf_str(&p->room);
  return sp_buf_status(&p->room) == SP_OK;
}

/* Somebody else still waits for this topic: the topic becomes theirs. */
static bool hand_over(sp_subscriptions *s, const sp_waiter *from, sp_str part) {
  for (sp_waiter *w = s->waiters; w; w = w->next) {
    if (w == from || !sp_topic_covers(w->topic, part)) continue;
    parts theirs = parts_of(s, w->topic, w->kind);
    bool found = false;
    for (sp_str text; !found && next_part(&theirs, &text);) found = sp_str_eq(text, part);
    sp_buf_free(&theirs.room);
    if (!found) continue;
    w->fresh |= 1u << theirs.index;
    return true;
  }
  return false;
}

/* wire.md D7. */
void sp_waiter_take_back(sp_subscriptions *s, const sp_waiter *w) {
  parts p = parts_of(s, w->topic, w->kind);
  for (sp_str text; w->fresh && next_part(&p, &text);) {
    if (!(w->fresh & 1u << p.index) || hand_over(s, w, text)) continue;
    sp_topics_remove(s->topics, text, (unsigned)w->kind);
    sp_topics_forget_priority(s->topics, text);
  }
  sp_buf_free(&p.room);
}

/* SP_EEXIST: all of it was known. */
int sp_waiter_register(sp_subscriptions *s, sp_waiter *w) {
  parts p = parts_of(s, w->topic, w->kind);
  int rc = SP_OK;
  for (sp_str text; rc == SP_OK && next_part(&p, &text);) {
    rc = sp_topics_add(s->topics, text, w->kind);
    if (rc == SP_OK) w->fresh |= 1u << p.index;
    else if (rc == SP_EEXIST) rc = SP_OK;
  }
  if (rc == SP_OK) rc = sp_buf_status(&p.room);
  if (rc == SP_OK && p.index == 0) rc = SP_EINVAL;
  if (rc == SP_OK && p.index >= MAX_PARTS && p.at <= w->topic.len) rc = SP_ELIMIT;
  sp_buf_free(&p.room);
  if (rc != SP_OK) sp_waiter_take_back(s, w);
  else if (!w->fresh) rc = SP_EEXIST;
  return rc;
}

bool sp_waiter_fits(sp_subscriptions *s, const sp_waiter *w) {
  parts p = parts_of(s, w->topic, w->kind);
  bool all = true;
  for (sp_str text; all && next_part(&p, &text);) {
    const sp_topic *t = sp_topics_find(s->topics, text);
    all = !t || !t->dropped;
  }
  sp_buf_free(&p.room);
  return all;
}

/* Whatever of it was wanted: as it was written, and what it stands for. */
int sp_waiters_unregister(sp_subscriptions *s, sp_str topic) {
  const unsigned kinds = SP_TOPIC_BULK | SP_TOPIC_HANDLER;
  int found = sp_topics_remove(s->topics, topic, kinds);
  parts p = parts_of(s, topic, SP_TOPIC_HANDLER);
  for (sp_str text; p.split && next_part(&p, &text);)
    if (sp_topics_remove(s->topics, text, kinds) == SP_OK) found = SP_OK;
  int rc = sp_buf_status(&p.room);
  sp_buf_free(&p.room);
  if (found == SP_OK) sp_topics_forget_priority(s->topics, topic);
  return found == SP_OK ? SP_OK : rc == SP_OK ? found : rc;
}

/* --- life and answers --- */

void sp_waiter_free(sp_subscriptions *s, sp_waiter *w) {
  sp_str_free(s->alloc, &w->topic);
  sp_alloc_free(s->alloc, w);
}

sp_waiter *sp_waiter_new(sp_subscriptions *s, const sp_topic_request *request, sp_token token) {
  sp_waiter *w = sp_alloc_new(s->alloc, sizeof *w);
  if (!w) return NULL;
  w->token = token;
  w->kind = request->handlerless ? SP_TOPIC_BULK : SP_TOPIC_HANDLER;
  if (request->internal) w->kind = SP_TOPIC_INTERNAL;
  if (sp_str_dup(s->alloc, request->topic, &w->topic) == SP_OK) return w;
  sp_alloc_free(s->alloc, w);
  return NULL;
}

void sp_waiter_enlist(sp_subscriptions *s, sp_waiter *w) {
  sp_waiter **link = &s->waiters;
  while (*link) link = &(*link)->next;
  *link = w;
  s->waiter_count++;
}

bool sp_waiters_asked(const sp_subscriptions *s, sp_str topic) {
  for (const sp_waiter *w = s->waiters; w; w = w->next)
    if ((w->stage == SP_WAITER_ASKED || w->stage == SP_WAITER_DEFERRED) && sp_str_eq(w->topic, topic)) return true;
  return false;
}

void sp_waiters_mark(sp_subscriptions *s, sp_waiter_stage from, uint32_t from_id, sp_waiter_stage to, uint32_t to_id) {
  for (sp_waiter *w = s->waiters; w; w = w->next) {
    if (w->stage != from || w->id != from_id) continue;
    w->stage = to;
    w->id = to_id;
  }
}

static void push_refusal(sp_subscriptions *s, const sp_waiter *w, const sp_refusal *why) {
  sp_buf message, missing;
  sp_streaming_event event = { .kind = SP_STREAMING_SUBSCRIBED, .token = w->token, .text = w->topic };
  event.request = why->request;
  event.status = why->status;
  sp_buf_init(&message, s->alloc, SP_MAX_JSON);
  sp_buf_init(&missing, s->alloc, SP_MAX_JSON);
  sp_buf_add(&message, why->reason);
  if (why->reason.len == 0) {
    sp_buf_add_text(&message, "Failed to subscribe topic ");
    sp_buf_add(&message, w->topic);
  }
  if (why->missing) sp_json_write(&missing, why->missing);
  if (sp_buf_status(&message) == SP_OK) event.message = sp_buf_str(&message);
  if (sp_buf_status(&missing) == SP_OK && why->missing) event.json = sp_buf_str(&missing);
  sp_answers_push(&s->answers, &event);
  sp_buf_free(&message);
  sp_buf_free(&missing);
}

/* Answers and removes the waiter that *link points at; `why` NULL: it has its topic. */
void sp_waiter_settle_at(sp_subscriptions *s, sp_waiter **link, const sp_refusal *why) {
  sp_waiter *w = *link;
  if (why) sp_waiter_take_back(s, w);
  *link = w->next;
  s->waiter_count--;
  if (why) push_refusal(s, w, why);
  else
    sp_answers_push(&s->answers,
                    &(sp_streaming_event){ .kind = SP_STREAMING_SUBSCRIBED, .ok = true, .token = w->token });
  sp_waiter_free(s, w);
}

void sp_waiter_settle(sp_subscriptions *s, const sp_waiter *w, const sp_refusal *why) {
  sp_waiter **link = &s->waiters;
  while (*link && *link != w) link = &(*link)->next;
  if (*link) sp_waiter_settle_at(s, link, why);
}

void sp_waiters_settle(sp_subscriptions *s, sp_waiter_stage stage, uint32_t id, const sp_refusal *why) {
  for (sp_waiter **link = &s->waiters; *link;) {
    if ((*link)->stage == stage && (*link)->id == id) sp_waiter_settle_at(s, link, why);
    else link = &(*link)->next;
  }
}

const sp_refusal sp_unexplained = { { NULL, 0 }, NULL, 0, 0 };
