/* SPDX-License-Identifier: MIT */
#include "streaming/subscriptions.h"

#include "base/limits.h"
#include "base/status.h"
#include "streaming/bulk.h"
#include "streaming/channel.h"
#include "streaming/topic_result.h"
#include "streaming/waiters.h"
#include "xmpp/pubsub.h"

/* Subscribe calls that wait for their answer; each has an app call or a session behind it. */
#define MAX_WAITERS 1024u

/* --- life --- */

int sp_subscriptions_init(sp_subscriptions *s, const sp_subscriptions_config *c) {
  *s = (sp_subscriptions){ .alloc = c->alloc,
                           .fx = c->fx,
                           .iq = c->iq,
                           .rest = c->rest,
                           .partial = c->partial,
                           .op_subscribe = c->op_subscribe,
                           .op_put = c->op_put,
                           .debounce = SP_TIMER_OFF };
  sp_answers_init(&s->answers, c->alloc, c->events);
  sp_buf service;
  sp_buf_init(&service, c->alloc, SP_MAX_JID);
  sp_pubsub_service(&service, c->api_host);
  int rc = sp_buf_keep(&service, &s->service);
  if (rc == SP_OK && !(s->topics = sp_topics_new(c->alloc))) rc = SP_ENOMEM;
  if (rc != SP_OK) sp_subscriptions_free(s);
  return rc;
}

void sp_subscriptions_free(sp_subscriptions *s) {
  while (s->waiters) {
    sp_waiter *w = s->waiters;
    s->waiters = w->next;
    sp_waiter_free(s, w);
  }
  sp_bulk_free_all(s);
  sp_answers_free(&s->answers);
  sp_topics_free(s->topics);
  s->topics = NULL;
  sp_str_free(s->alloc, &s->service);
  sp_str_free(s->alloc, &s->last_channel);
}

uint32_t sp_subscriptions_new_id(sp_subscriptions *s) {
  if (++s->next_id == 0) s->next_id = 1;
  return s->next_id;
}

void sp_subscriptions_touch(sp_subscriptions *s, uint64_t now) {
  s->dirty = true;
  if (s->online) sp_timer_arm(&s->debounce, now, SP_SUBSCRIBE_DEBOUNCE_MS);
}

/* --- immediate: XMPP --- */

static bool ask(sp_subscriptions *s, uint64_t now, sp_waiter *w, sp_str jid) {
  sp_xw xw;
  w->stage = SP_WAITER_ASKED;
  w->id = sp_subscriptions_new_id(s);
  w->ahead = !s->online;
  sp_iq_begin(s->iq, &xw, "set", s->service, false);
  sp_pubsub_subscribe_write(&xw, w->topic, jid);
  int rc = sp_iq_end(s->iq, &xw, now, (sp_token){ SP_OWNER_STREAMING, s->op_subscribe, w->id });
  return rc != SP_ENOMEM; /* otherwise an answer follows */
}

static void settle_asked(sp_subscriptions *s, sp_waiter *asked, const sp_refusal *why) {
  for (sp_waiter **link = &s->waiters; *link;) {
    bool joined = (*link)->stage == SP_WAITER_JOINED && sp_str_eq((*link)->topic, asked->topic);
    if (*link != asked && joined) sp_waiter_settle_at(s, link, why);
    else link = &(*link)->next;
  }
  sp_waiter_settle(s, asked, why);
}

static void ask_all(sp_subscriptions *s, uint64_t now, sp_str jid) {
  for (sp_waiter *w = s->waiters, *next; w; w = next) {
    next = w->next;
    if (w->stage != SP_WAITER_DEFERRED || ask(s, now, w, jid)) continue;
    settle_asked(s, w, &sp_unexplained);
    next = s->waiters; /* others may be gone too */
  }
}

void sp_subscriptions_iq_answer(sp_subscriptions *s, uint64_t now, const sp_iq_answer *answer) {
  sp_waiter *w = s->waiters;
  while (w && (w->stage != SP_WAITER_ASKED || w->id != answer->token.id)) w = w->next;
  if (!w) return;
  bool granted = answer->outcome == SP_IQ_RESULT;
  bool unsent = answer->outcome == SP_IQ_NOT_SENT && !s->online;
  if (!granted && (unsent || w->ahead)) {
    w->stage = SP_WAITER_DEFERRED; /* once more, when the connection stands */
    if (s->online && !ask(s, now, w, s->jid)) settle_asked(s, w, &sp_unexplained);
  } else {
    settle_asked(s, w, granted ? NULL : &sp_unexplained);
  }
}

static void send_unsubscribe(sp_subscriptions *s, uint64_t now, sp_str topic) {
  sp_xw xw;
  sp_iq_begin(s->iq, &xw, "set", s->service, false);
  sp_pubsub_unsubscribe_write(&xw, topic, s->jid);
  if (sp_iq_end(s->iq, &xw, now, (sp_token){ SP_OWNER_NONE, 0, 0 }) != SP_OK)
    sp_log0(s->fx, SP_LOG_WARN, "streaming: an unsubscribe was not sent");
}

/* --- debounced: REST --- */

static void log_dropped(sp_subscriptions *s, const sp_topics_dropped *dropped) {
  size_t mark = sp_str_find_char(dropped->sample, '?', 0);
  sp_str sample = sp_str_slice(dropped->sample, 0, mark < 64 ? mark : 64);
  if (dropped->count > 0)
    sp_log(s->fx, SP_LOG_ERROR, "streaming: topics that do not fit were left out", SP_NUM("count", dropped->count),
           SP_ID("sample", sample));
}

int sp_subscriptions_send(sp_subscriptions *s, uint64_t now, const char *method, sp_str channel, sp_topics *topics,
                          uint32_t id) {
  sp_buf path, body;
  sp_topics_dropped dropped;
  sp_buf_init(&path, s->alloc, SP_MAX_FRAME);
  sp_buf_init(&body, s->alloc, SP_MAX_EFFECT_TEXT);
  sp_buf_add_text(&path, "notifications/channels/");
  sp_channel_add_segment(&path, channel);
  sp_buf_add_text(&path, "/subscriptions");
  if (s->partial) sp_buf_add_text(&path, "?ignoreErrors=true");
  int rc = sp_topics_body(topics, s->topics, &body, &dropped);
  log_dropped(s, &dropped);
  if (rc == SP_OK) rc = sp_buf_status(&path);
  sp_token token = { SP_OWNER_STREAMING, s->op_put, id };
  if (rc == SP_OK) rc = sp_rest_request(s->rest, now, method, sp_buf_str(&path), sp_buf_str(&body), 0, 0, token);
  sp_buf_free(&path);
  sp_buf_free(&body);
  return rc;
}

/* Answers the id of the PUT, or 0. */
static uint32_t put(sp_subscriptions *s, uint64_t now, sp_str channel) {
  uint32_t id = sp_subscriptions_new_id(s);
  s->dirty = false;
  sp_waiters_mark(s, SP_WAITER_QUEUED, 0, SP_WAITER_SENT, id);
  int rc = sp_subscriptions_send(s, now, "PUT", channel, s->topics, id);
  s->newest = id;
  if (rc == SP_OK) return id;
  s->dirty = true; /* the next connection sends it */
  sp_log_word(s->fx, SP_LOG_WARN, "streaming: subscriptions were not sent", "why", sp_str_from(sp_status_name(rc)));
  sp_waiters_settle(s, SP_WAITER_SENT, id, &sp_unexplained);
  return 0;
}

void sp_subscriptions_tick(sp_subscriptions *s, uint64_t now) {
  if (!sp_timer_due(&s->debounce, now) || !s->online || sp_bulk_under_way(s)) return; /* still dirty */
  if (s->channel.len > 0 && sp_topics_count(s->topics) > 0) {
    put(s, now, s->channel);
    return;
  }
  /* wire.md §6.4: no request for an empty set; without a channel (JWT) there is none to subscribe on. */
  s->dirty = s->owed = false;
  sp_waiters_settle(s, SP_WAITER_QUEUED, 0, s->channel.len > 0 ? NULL : &sp_unexplained);
}

static void settle_permitted(sp_subscriptions *s, const sp_rest_result *rest) {
  for (sp_waiter **link = &s->waiters; *link;) {
    const sp_waiter *w = *link;
    if (w->stage != SP_WAITER_SENT || w->id != rest->token.id) {
      link = &(*link)->next;
      continue;
    }
    sp_topic_result result = sp_topic_result_of(rest->body, w->topic, s->partial);
    bool ok = (!s->partial || result.state == SP_TOPIC_PERMITTED) && sp_waiter_fits(s, w);
    sp_waiter_settle_at(s, link, ok ? NULL : &(sp_refusal){ result.reason, result.missing, 0, 0 });
  }
}

static bool may_pass(const sp_rest_result *result) {
  static const int passing[] = { 408, 413, 429, 500, 502, 503, 504 };
  if (result->failure != SP_HTTP_OK) return result->failure != SP_HTTP_CANCELLED;
  for (size_t i = 0; i < sizeof passing / sizeof *passing; i++)
    if (result->status == passing[i]) return true;
  return result->has_retry_after;
}

/* Without a call of the app behind it nobody would try again. */
static void try_again(sp_subscriptions *s, uint64_t now, const sp_rest_result *result) {
  s->dirty = true;
  if (!s->online || sp_timer_armed(&s->debounce)) return;
  if (!may_pass(result) || ++s->tries >= SP_RESUBSCRIBE_TRIES) return;
  uint64_t asked = (uint64_t)result->retry_after_s * 1000;
  sp_timer_arm(&s->debounce, now, result->has_retry_after ? asked : SP_RESUBSCRIBE_WAIT_MS);
}

static void put_failed(sp_subscriptions *s, uint64_t now, const sp_rest_result *result, bool ahead) {
  uint32_t id = result->token.id;
  sp_log_number(s->fx, SP_LOG_WARN, "streaming: subscribing failed", "status", result->status);
  if (ahead) {
    /* Perhaps the channel takes subscriptions only once its socket is open: as usual, then. */
    sp_waiters_mark(s, SP_WAITER_SENT, id, SP_WAITER_QUEUED, 0);
    sp_subscriptions_touch(s, now);
    return;
  }
  sp_waiters_settle(s, SP_WAITER_SENT, id, &(sp_refusal){ SP_STR_NONE, NULL, result->request, result->status });
  if (!s->owed || id != s->newest) return;
  sp_streaming_event event = { .kind = SP_STREAMING_PUBSUB_ERROR, .request = result->request };
  event.status = result->status;
  sp_events_push(s->answers.events, &event);
  try_again(s, now, result);
}

void sp_subscriptions_rest_result(sp_subscriptions *s, uint64_t now, const sp_rest_result *result) {
  if (sp_bulk_result(s, now, result)) return;
  bool ahead = s->ahead == result->token.id;
  if (ahead) s->ahead = 0;
  if (result->failure != SP_HTTP_OK || !result->ok) {
    put_failed(s, now, result, ahead);
    return;
  }
  if (result->token.id == s->newest) {
    s->owed = false;
    s->tries = 0;
  }
  settle_permitted(s, result);
}

/* --- callers --- */

static int keep_priority(sp_subscriptions *s, const sp_topic_request *request) {
  return request->priority == 0 ? SP_OK : sp_topics_raise(s->topics, request->topic, request->priority);
}

/* wire.md §6.2: an immediate subscribe of a known topic is skipped. */
static void start(sp_subscriptions *s, uint64_t now, sp_waiter *w, bool immediate, bool known) {
  bool asked = sp_waiters_asked(s, w->topic);
  sp_waiter_enlist(s, w);
  if (!immediate) {
    w->stage = SP_WAITER_QUEUED;
    sp_subscriptions_touch(s, now);
  } else if (known && asked) {
    w->stage = SP_WAITER_JOINED;
  } else if (known) {
    sp_waiter_settle(s, w, NULL);
  } else {
    w->stage = SP_WAITER_DEFERRED;
    if (s->online && !ask(s, now, w, s->jid)) sp_waiter_settle(s, w, &sp_unexplained);
  }
}

int sp_subscriptions_add(sp_subscriptions *s, uint64_t now, const sp_topic_request *request, sp_token token) {
  if (s->waiter_count >= MAX_WAITERS) return SP_ELIMIT;
  sp_waiter *w = sp_waiter_new(s, request, token);
  int rc = w ? sp_waiter_register(s, w) : SP_ENOMEM;
  bool known = rc == SP_EEXIST;
  if (known) rc = SP_OK;
  if (rc == SP_OK) {
    rc = keep_priority(s, request);
    if (rc == SP_OK) rc = sp_events_promise(s->answers.events);
    if (rc != SP_OK) sp_waiter_take_back(s, w);
  }
  if (rc == SP_OK) start(s, now, w, request->immediate, known);
  else if (w) sp_waiter_free(s, w);
  return rc;
}

/* A subscribe that never left is over when its topic is. */
static bool drop_deferred(sp_subscriptions *s, sp_str topic) {
  bool found = false;
  for (sp_waiter *w = s->waiters, *next; w; w = next) {
    next = w->next;
    if (w->stage != SP_WAITER_DEFERRED || !sp_str_eq(w->topic, topic)) continue;
    settle_asked(s, w, NULL);
    next = s->waiters;
    found = true;
  }
  return found;
}

int sp_subscriptions_remove(sp_subscriptions *s, uint64_t now, sp_str topic, bool immediate) {
  int rc = sp_waiters_unregister(s, topic);
  if (rc != SP_OK) return rc;
  if (drop_deferred(s, topic)) return SP_OK;
  if (immediate && s->online) send_unsubscribe(s, now, topic);
  else sp_subscriptions_touch(s, now); /* without connection the whole set is sent on the next one */
  return SP_OK;
}

int sp_subscriptions_bulk(sp_subscriptions *s, uint64_t now, const sp_topic_list *list, sp_token token) {
  int rc = sp_bulk_add(s, list, token);
  if (rc == SP_OK && !sp_bulk_under_way(s)) sp_bulk_next(s, now);
  return rc;
}

void sp_subscriptions_renew(sp_subscriptions *s, uint64_t now) {
  s->owed = true;
  s->tries = 0;
  sp_subscriptions_touch(s, now);
}

/* --- the connection --- */

/* Out of memory: the next connection takes the channel for a new one and sends the set once more, which is
   harmless. */
static bool is_new_channel(sp_subscriptions *s, sp_str channel) {
  bool changed = !sp_str_eq(channel, s->last_channel);
  if (changed && sp_str_set(s->alloc, &s->last_channel, channel) != SP_OK) sp_str_free(s->alloc, &s->last_channel);
  if (changed && sp_topics_count(s->topics) > 0) {
    s->owed = s->dirty = true;
    s->tries = 0;
  }
  return changed;
}

void sp_subscriptions_channel(sp_subscriptions *s, uint64_t now, sp_str channel) {
  if (channel.len == 0 || !is_new_channel(s, channel)) return;
  if (sp_topics_count(s->topics) == 0 || sp_bulk_under_way(s)) return;
  s->ahead = put(s, now, channel);
}

void sp_subscriptions_binding(sp_subscriptions *s, uint64_t now, sp_str jid) {
  if (jid.len > 0) ask_all(s, now, jid);
}

void sp_subscriptions_connected(sp_subscriptions *s, uint64_t now, sp_str jid, sp_str channel) {
  s->online = true;
  s->jid = jid;
  s->channel = channel;
  is_new_channel(s, channel);
  if (s->dirty) sp_subscriptions_touch(s, now);
  ask_all(s, now, jid);
  if (!sp_bulk_under_way(s)) sp_bulk_next(s, now);
}

void sp_subscriptions_disconnected(sp_subscriptions *s) {
  s->online = false;
  s->jid = s->channel = SP_STR_NONE;
  if (sp_timer_armed(&s->debounce)) s->dirty = true;
  sp_timer_stop(&s->debounce);
}
