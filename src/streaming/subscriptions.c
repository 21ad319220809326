/* SPDX-License-Identifier: MIT */
#include "streaming/subscriptions.h"

#include "base/limits.h"
#include "base/status.h"
#include "streaming/channel.h"
#include "xmpp/pubsub.h"

/* Subscribe calls that wait for their answer; each has an app call or a session behind it. */
#define MAX_WAITERS 1024u

typedef enum waiter_stage {
  DEFERRED, /* immediate, but there is no connection */
  ASKED,    /* its XMPP subscribe is under way */
  QUEUED,   /* for the next PUT */
  SENT      /* in the PUT with its id */
} waiter_stage;

struct sp_waiter {
  struct sp_waiter *next;
  sp_str topic;
  sp_token token;
  waiter_stage stage;
  uint32_t id;
  bool is_new; /* this call put the topic into the set: a refusal takes it out again (wire.md D7) */
};

int sp_subscriptions_init(sp_subscriptions *s, const sp_alloc *alloc, sp_effects *fx, sp_iq *iq,
                          sp_rest *rest, sp_events *events, sp_str api_host, uint8_t op_subscribe,
                          uint8_t op_put) {
  *s = (sp_subscriptions){ .alloc = alloc,
                           .fx = fx,
                           .iq = iq,
                           .rest = rest,
                           .events = events,
                           .op_subscribe = op_subscribe,
                           .op_put = op_put,
                           .debounce = SP_TIMER_OFF };
  sp_buf service;
  sp_buf_init(&service, alloc, SP_MAX_JID);
  sp_pubsub_service(&service, api_host);
  int rc = sp_buf_status(&service);
  if (rc == SP_OK) rc = sp_str_dup(alloc, sp_buf_str(&service), &s->service);
  sp_buf_free(&service);
  if (rc == SP_OK && !(s->topics = sp_topics_new(alloc))) rc = SP_ENOMEM;
  if (rc != SP_OK) sp_subscriptions_free(s);
  return rc;
}

static void waiter_free(sp_subscriptions *s, sp_waiter *w) {
  sp_str_free(s->alloc, &w->topic);
  sp_alloc_free(s->alloc, w);
}

void sp_subscriptions_free(sp_subscriptions *s) {
  while (s->waiters) {
    sp_waiter *w = s->waiters;
    s->waiters = w->next;
    waiter_free(s, w);
  }
  sp_topics_free(s->topics);
  s->topics = NULL;
  sp_str_free(s->alloc, &s->service);
  sp_str_free(s->alloc, &s->last_channel);
}

static void push_answer(sp_subscriptions *s, sp_token token, bool ok) {
  sp_events_push(s->events,
                 &(sp_streaming_event){ .kind = SP_STREAMING_SUBSCRIBED, .ok = ok, .token = token });
}

/* Answers and removes the waiter that *link points at. */
static void settle(sp_subscriptions *s, sp_waiter **link, bool ok) {
  sp_waiter *w = *link;
  *link = w->next;
  if (!ok && w->is_new) sp_topics_remove(s->topics, w->topic);
  push_answer(s, w->token, ok);
  waiter_free(s, w);
  s->waiter_count--;
}

/* Everybody of this stage; `id` 0: whatever the id. */
static void settle_all(sp_subscriptions *s, waiter_stage stage, uint32_t id, bool ok) {
  for (sp_waiter **link = &s->waiters; *link;) {
    if ((*link)->stage == stage && (id == 0 || (*link)->id == id)) settle(s, link, ok);
    else link = &(*link)->next;
  }
}

static uint32_t new_id(sp_subscriptions *s) {
  if (++s->next_id == 0) s->next_id = 1;
  return s->next_id;
}

static void touch(sp_subscriptions *s, uint64_t now) {
  s->dirty = true;
  if (s->online) sp_timer_arm(&s->debounce, now, SP_SUBSCRIBE_DEBOUNCE_MS);
}

/* --- immediate: XMPP --- */

static bool ask(sp_subscriptions *s, uint64_t now, sp_waiter *w) {
  sp_xw xw;
  w->stage = ASKED;
  w->id = new_id(s);
  sp_iq_begin(s->iq, &xw, "set", s->service, false);
  sp_pubsub_subscribe_write(&xw, w->topic, s->jid);
  int rc = sp_iq_end(s->iq, &xw, now, (sp_token){ SP_OWNER_STREAMING, s->op_subscribe, w->id });
  return rc != SP_ENOMEM; /* otherwise an answer follows */
}

static void ask_all(sp_subscriptions *s, uint64_t now) {
  for (sp_waiter **link = &s->waiters; *link;) {
    if ((*link)->stage == DEFERRED && !ask(s, now, *link)) settle(s, link, false);
    else link = &(*link)->next;
  }
}

void sp_subscriptions_iq_answer(sp_subscriptions *s, const sp_iq_answer *answer) {
  for (sp_waiter **link = &s->waiters; *link; link = &(*link)->next) {
    sp_waiter *w = *link;
    if (w->stage != ASKED || w->id != answer->token.id) continue;
    if (answer->outcome == SP_IQ_NOT_SENT && !s->online) w->stage = DEFERRED;
    else settle(s, link, answer->outcome == SP_IQ_RESULT);
    return;
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

static void mark_sent(sp_subscriptions *s, uint32_t id) {
  for (sp_waiter *w = s->waiters; w; w = w->next) {
    if (w->stage != QUEUED) continue;
    w->stage = SENT;
    w->id = id;
  }
}

static int send_put(sp_subscriptions *s, uint64_t now, uint32_t id) {
  sp_buf path, body;
  size_t dropped = 0;
  sp_buf_init(&path, s->alloc, SP_MAX_FRAME);
  sp_buf_init(&body, s->alloc, SP_MAX_EFFECT_TEXT);
  sp_buf_add_text(&path, "notifications/channels/");
  sp_channel_add_segment(&path, s->channel);
  sp_buf_add_text(&path, "/subscriptions");
  int rc = sp_topics_body(s->topics, &body, &dropped);
  if (rc == SP_OK) rc = sp_buf_status(&path);
  sp_token token = { SP_OWNER_STREAMING, s->op_put, id };
  if (rc == SP_OK)
    rc = sp_rest_request(s->rest, now, "PUT", sp_buf_str(&path), sp_buf_str(&body), 0, 0, token);
  if (dropped > 0)
    sp_log(s->fx, SP_LOG_ERROR, "streaming: topics that do not fit were left out", SP_NUM("count", dropped));
  sp_buf_free(&path);
  sp_buf_free(&body);
  return rc;
}

static void put(sp_subscriptions *s, uint64_t now) {
  if (!s->online) return; /* dirty: the next connection sends it */
  s->dirty = false;
  if (s->channel.len == 0 || sp_topics_count(s->topics) == 0) {
    /* wire.md §6.4: no request for an empty set; without a channel (JWT) there is none to subscribe on. */
    settle_all(s, QUEUED, 0, s->channel.len > 0);
    return;
  }
  uint32_t id = new_id(s);
  mark_sent(s, id);
  int rc = send_put(s, now, id);
  if (rc == SP_OK) return;
  sp_log(s->fx, SP_LOG_WARN, "streaming: subscriptions were not sent",
         SP_WORD("why", sp_str_from(sp_status_name(rc))));
  settle_all(s, SENT, id, false);
}

void sp_subscriptions_rest_result(sp_subscriptions *s, const sp_rest_result *result) {
  bool ok = result->failure == SP_HTTP_OK && result->ok;
  if (!ok) sp_log(s->fx, SP_LOG_WARN, "streaming: subscribing failed", SP_NUM("status", result->status));
  settle_all(s, SENT, result->token.id, ok);
}

void sp_subscriptions_tick(sp_subscriptions *s, uint64_t now) {
  if (sp_timer_due(&s->debounce, now)) put(s, now);
}

/* --- callers --- */

static sp_waiter *waiter_new(sp_subscriptions *s, sp_str topic, sp_token token, bool is_new) {
  sp_waiter *w = sp_alloc_new(s->alloc, sizeof *w);
  if (!w) return NULL;
  w->token = token;
  w->is_new = is_new;
  if (sp_str_dup(s->alloc, topic, &w->topic) != SP_OK || sp_events_promise(s->events) != SP_OK) {
    waiter_free(s, w);
    return NULL;
  }
  sp_waiter **link = &s->waiters;
  while (*link) link = &(*link)->next;
  *link = w;
  s->waiter_count++;
  return w;
}

static void settle_waiter(sp_subscriptions *s, const sp_waiter *w, bool ok) {
  sp_waiter **link = &s->waiters;
  while (*link && *link != w) link = &(*link)->next;
  if (*link) settle(s, link, ok);
}

int sp_subscriptions_add(sp_subscriptions *s, uint64_t now, sp_str topic, bool immediate, sp_token token) {
  if (s->waiter_count >= MAX_WAITERS) return SP_ELIMIT;
  int rc = sp_topics_add(s->topics, topic, 0);
  if (rc != SP_OK && rc != SP_EEXIST) return rc;
  sp_waiter *w = waiter_new(s, topic, token, rc == SP_OK);
  if (!w) {
    if (rc == SP_OK) sp_topics_remove(s->topics, topic);
    return SP_ENOMEM;
  }
  if (!immediate) {
    w->stage = QUEUED;
    touch(s, now);
  } else if (rc == SP_EEXIST) {
    settle_waiter(s, w, true); /* wire.md §6.2: skipped */
  } else {
    w->stage = DEFERRED;
    if (s->online && !ask(s, now, w)) settle_waiter(s, w, false);
  }
  return SP_OK;
}

/* A subscribe that never left is over when its topic is. */
static bool drop_deferred(sp_subscriptions *s, sp_str topic) {
  bool found = false;
  for (sp_waiter **link = &s->waiters; *link;) {
    if ((*link)->stage == DEFERRED && sp_str_eq((*link)->topic, topic)) {
      settle(s, link, true);
      found = true;
    } else {
      link = &(*link)->next;
    }
  }
  return found;
}

int sp_subscriptions_remove(sp_subscriptions *s, uint64_t now, sp_str topic, bool immediate) {
  int rc = sp_topics_remove(s->topics, topic);
  if (rc != SP_OK) return rc;
  if (drop_deferred(s, topic)) return SP_OK;
  if (immediate && s->online) send_unsubscribe(s, now, topic);
  else touch(s, now); /* without connection the whole set is sent on the next one */
  return SP_OK;
}

void sp_subscriptions_renew(sp_subscriptions *s, uint64_t now) {
  touch(s, now);
}

void sp_subscriptions_connected(sp_subscriptions *s, uint64_t now, sp_str jid, sp_str channel) {
  s->online = true;
  s->jid = jid;
  s->channel = channel;
  bool changed = !sp_str_eq(channel, s->last_channel);
  /* Out of memory: the next connection takes the channel for a new one and sends the set once more, which is
   * harmless. */
  if (changed && sp_str_set(s->alloc, &s->last_channel, channel) != SP_OK)
    sp_str_free(s->alloc, &s->last_channel);
  if (s->dirty || (changed && sp_topics_count(s->topics) > 0)) touch(s, now);
  ask_all(s, now);
}

void sp_subscriptions_disconnected(sp_subscriptions *s) {
  s->online = false;
  s->jid = s->channel = SP_STR_NONE;
  if (sp_timer_armed(&s->debounce)) s->dirty = true;
  sp_timer_stop(&s->debounce);
}
