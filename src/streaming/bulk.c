/* SPDX-License-Identifier: MIT */
#include "streaming/bulk.h"

#include "base/limits.h"
#include "base/status.h"
#include "streaming/topic_result.h"

/* Bulk calls that wait; each has an app call behind it. */
#define MAX_BULKS 64u

struct sp_bulk {
  struct sp_bulk *next;
  sp_topics *given; /* kind BULK; those of the set join them as other kinds when the call is sent */
  sp_token token;
  bool replace, force;
  uint32_t id; /* of its request, 0: not sent */
};

static void bulk_free(sp_subscriptions *s, sp_bulk *b) {
  sp_topics_free(b->given);
  sp_alloc_free(s->alloc, b);
}

void sp_bulk_free_all(sp_subscriptions *s) {
  while (s->bulks) {
    sp_bulk *b = s->bulks;
    s->bulks = b->next;
    bulk_free(s, b);
  }
}

static int fill(sp_subscriptions *s, sp_bulk *b, const sp_topic_list *list) {
  int rc = SP_OK;
  for (size_t i = 0; i < list->count && rc == SP_OK; i++) {
    rc = sp_topics_add(b->given, list->topics[i], SP_TOPIC_BULK);
    if (rc == SP_EEXIST) rc = SP_OK;
    if (rc == SP_OK && list->priorities && list->priorities[i] != 0)
      rc = sp_topics_raise(s->topics, list->topics[i], list->priorities[i]);
  }
  return rc;
}

int sp_bulk_add(sp_subscriptions *s, const sp_topic_list *list, sp_token token) {
  sp_bulk **link = &s->bulks;
  unsigned waiting = 0;
  for (; *link; link = &(*link)->next) waiting++;
  if (waiting >= MAX_BULKS) return SP_ELIMIT;
  sp_bulk *b = sp_alloc_new(s->alloc, sizeof *b);
  if (!b) return SP_ENOMEM;
  b->token = token;
  b->replace = list->replace;
  b->force = list->force;
  b->given = sp_topics_new(s->alloc);
  int rc = b->given ? fill(s, b, list) : SP_ENOMEM;
  if (rc == SP_OK) rc = sp_events_promise(s->answers.events);
  if (rc != SP_OK) bulk_free(s, b);
  else *link = b;
  return rc;
}

bool sp_bulk_under_way(const sp_subscriptions *s) {
  return s->bulks && s->bulks->id != 0;
}

/* Given topics, internal ones, and with `replace` alone those with handlers. */
static int join_set(sp_subscriptions *s, sp_bulk *b) {
  unsigned kinds = SP_TOPIC_INTERNAL;
  if (b->replace && !b->force) kinds |= SP_TOPIC_HANDLER;
  sp_topics_clear(b->given, SP_TOPIC_INTERNAL | SP_TOPIC_HANDLER); /* of an earlier try */
  for (size_t i = 0; i < sp_topics_count(s->topics); i++) {
    const sp_topic *t = sp_topics_at(s->topics, i);
    if (!(t->kinds & kinds)) continue;
    sp_topic_kind kind = t->kinds & SP_TOPIC_INTERNAL ? SP_TOPIC_INTERNAL : SP_TOPIC_HANDLER;
    int rc = sp_topics_add(b->given, t->text, kind);
    if (rc != SP_OK && rc != SP_EEXIST) return rc;
  }
  return SP_OK;
}

static void finish(sp_subscriptions *s, const sp_streaming_event *answer) {
  sp_bulk *b = s->bulks;
  s->bulks = b->next;
  sp_answers_push(&s->answers, answer);
  bulk_free(s, b);
}

static void refuse(sp_subscriptions *s, const char *message) {
  finish(s, &(sp_streaming_event){
                .kind = SP_STREAMING_SUBSCRIBED, .token = s->bulks->token, .message = sp_str_from(message) });
}

void sp_bulk_next(sp_subscriptions *s, uint64_t now) {
  while (s->online && s->bulks && s->bulks->id == 0) {
    sp_bulk *b = s->bulks;
    if (s->channel.len == 0) {
      refuse(s, "There is no notification channel to subscribe on.");
      continue;
    }
    uint32_t id = sp_subscriptions_new_id(s);
    int rc = join_set(s, b);
    if (rc == SP_OK) rc = sp_subscriptions_send(s, now, b->replace ? "PUT" : "POST", s->channel, b->given, id);
    if (rc == SP_OK) b->id = id;
    else refuse(s, "The subscription request could not be sent.");
  }
}

/* --- the result --- */

static void write_results(sp_subscriptions *s, const sp_bulk *b, const sp_json *body, sp_buf *out) {
  sp_jw w;
  sp_jw_begin(&w, out);
  sp_jw_open(&w, NULL, '[');
  for (size_t i = 0; i < sp_topics_count(b->given); i++) {
    const sp_topic *t = sp_topics_at(b->given, i);
    if (!(t->kinds & SP_TOPIC_BULK)) continue;
    sp_topic_result result = sp_topic_result_of(body, t->text, s->partial);
    sp_jw_open(&w, NULL, '{');
    sp_jw_str(&w, "topic", t->text);
    sp_jw_str(&w, "state", t->dropped ? SP_STR("Unknown") : sp_str_from(sp_topic_state_word(result.state)));
    sp_jw_str(&w, "rejectionReason", result.reason);
    sp_jw_json(&w, "missingPermissions", result.missing);
    sp_jw_close(&w);
  }
  sp_jw_close(&w);
}

/* Out of memory costs a topic its place in the next whole set, not on the channel. */
static void apply(sp_subscriptions *s, const sp_bulk *b, const sp_json *body) {
  if (b->force) sp_topics_clear(s->topics, SP_TOPIC_HANDLER);
  if (b->replace) sp_topics_clear(s->topics, SP_TOPIC_BULK);
  for (size_t i = 0; i < sp_topics_count(b->given); i++) {
    const sp_topic *t = sp_topics_at(b->given, i);
    bool permitted = !s->partial || sp_topic_result_of(body, t->text, true).state == SP_TOPIC_PERMITTED;
    if (!(t->kinds & SP_TOPIC_BULK) || !permitted) continue;
    int rc = sp_topics_add(s->topics, t->text, SP_TOPIC_BULK);
    if (rc != SP_OK && rc != SP_EEXIST)
      sp_log_word(s->fx, SP_LOG_ERROR, "streaming: a topic was not kept", "why", sp_str_from(sp_status_name(rc)));
  }
}

static void succeed(sp_subscriptions *s, const sp_json *body) {
  sp_buf results;
  sp_buf_init(&results, s->alloc, SP_MAX_JSON);
  sp_streaming_event answer = { .kind = SP_STREAMING_SUBSCRIBED, .ok = true, .token = s->bulks->token };
  write_results(s, s->bulks, body, &results);
  if (sp_buf_status(&results) == SP_OK) answer.json = sp_buf_str(&results);
  apply(s, s->bulks, body);
  finish(s, &answer);
  sp_buf_free(&results);
}

static void fail(sp_subscriptions *s, const sp_rest_result *result) {
  const sp_bulk *b = s->bulks;
  for (size_t i = 0; i < sp_topics_count(b->given); i++) {
    sp_str topic = sp_topics_at(b->given, i)->text;
    if (!sp_topics_find(s->topics, topic)) sp_topics_forget_priority(s->topics, topic);
  }
  finish(s, &(sp_streaming_event){ .kind = SP_STREAMING_SUBSCRIBED,
                                   .token = b->token,
                                   .message = SP_STR("The subscription request failed."),
                                   .request = result->request,
                                   .status = result->status });
}

bool sp_bulk_result(sp_subscriptions *s, uint64_t now, const sp_rest_result *result) {
  if (!sp_bulk_under_way(s) || s->bulks->id != result->token.id) return false;
  if (result->failure == SP_HTTP_OK && result->ok) succeed(s, result->body);
  else fail(s, result);
  sp_bulk_next(s, now);
  if (s->dirty) sp_subscriptions_touch(s, now); /* it waited for this */
  return true;
}
