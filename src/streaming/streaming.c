/* SPDX-License-Identifier: MIT */
#include "streaming/streaming.h"

#include "base/limits.h"
#include "base/status.h"
#include "streaming/internal.h"
#include "streaming/request.h"
#include "xmpp/jid.h"
#include "xmpp/ping.h"

/* wire.md §12.4: later than this, and the machine slept or the page was frozen. */
#define WAKE_MS 4000u

/* --- what the stream brings --- */

static void notification(sp_streaming *s, uint64_t now, const sp_pubsub_event *event) {
  bool retired = false;
  sp_str topic = sp_request_topic(event->node, &retired);
  sp_streaming_push(s, &(sp_streaming_event){ .kind = SP_STREAMING_NOTIFICATION, .text = topic, .json = event->json });
  if (retired) {
    s->retired = s->channel.hard_required = true;
    sp_streaming_dispatch(s, now, SP_CONN_EV_RETIRED);
  } else if (sp_str_is(topic, "streaming-subscriptions-expiring")) {
    sp_subscriptions_renew(&s->subscriptions, now);
  }
}

static void stanza_in(sp_streaming *s, uint64_t now, const sp_xml *stanza) {
  sp_pubsub_event event;
  switch (sp_request_read(stanza, sp_iq_own_jid(s->iq), &event)) {
    case SP_REQUEST_IGNORE: sp_log0(s->fx, SP_LOG_DEBUG, "streaming: a stanza was ignored"); break;
    case SP_REQUEST_FORWARD:
      sp_streaming_push(s, &(sp_streaming_event){ .kind = SP_STREAMING_STANZA, .stanza = stanza });
      break;
    case SP_REQUEST_NOTIFICATION: notification(s, now, &event); break;
    case SP_REQUEST_PING: sp_iq_reply_result(s->iq, stanza); break;
    case SP_REQUEST_TRANSFER:
      sp_iq_reply_result(s->iq, stanza);
      s->channel.hard_required = true;
      sp_streaming_dispatch(s, now, SP_CONN_EV_TRANSFER);
      break;
    case SP_REQUEST_MALFORMED: sp_iq_reply_error(s->iq, stanza, "modify", "bad-request", NULL, NULL); break;
    case SP_REQUEST_UNKNOWN: sp_iq_reply_error(s->iq, stanza, "cancel", "service-unavailable", NULL, NULL); break;
  }
}

/* wire.md §3.5: these say that the exchange went wrong, all others that the credentials are refused. */
static bool sasl_may_retry(sp_str condition) {
  static const char *const retried[] = { "encryption-required", "incorrect-encoding", "invalid-mechanism",
                                         "malformed-request", "mechanism-too-weak" };
  for (size_t i = 0; i < sizeof retried / sizeof *retried; i++)
    if (sp_str_is(condition, retried[i])) return true;
  return false;
}

static void sasl_failed(sp_streaming *s, uint64_t now, sp_str condition) {
  bool again = sasl_may_retry(condition);
  sp_log_word(s->fx, SP_LOG_WARN, "streaming: authentication failed", "condition", condition);
  sp_streaming_set_failure(s, again ? "generic" : "invalid_token", "Authentication with the streaming service failed.");
  if (again) s->channel.hard_required = true;
  sp_streaming_dispatch(s, now, again ? SP_CONN_EV_FAILED : SP_CONN_EV_REFUSED);
}

/* What does not depend on the name that bind gives us (RFC 6120 §7.1: requests to the server; §10.1: it
   handles them after bind). */
static void binding(sp_streaming *s, uint64_t now) {
  if (s->state != SP_CONN_OPEN) return;
  s->pipelined = true;
  if (sp_ice_fetch(&s->ice, now, s->domain, 1) == SP_ICE_FAILED)
    sp_log0(s->fx, SP_LOG_WARN, "streaming: ICE servers were not asked for yet");
  if (!s->by_jwt) sp_subscriptions_binding(&s->subscriptions, now, sp_jid_bare(s->channel.jid));
}

static void stream_event(sp_streaming *s, uint64_t now, const sp_stream_event *event) {
  switch (event->kind) {
    case SP_STREAM_NONE: break;
    case SP_STREAM_BINDING: binding(s, now); break;
    case SP_STREAM_READY: sp_streaming_dispatch(s, now, SP_CONN_EV_READY); break;
    case SP_STREAM_STANZA: stanza_in(s, now, event->stanza); break;
    case SP_STREAM_SASL_FAILURE: sasl_failed(s, now, event->text); break;
    case SP_STREAM_CLOSED:
      sp_log_word(s->fx, SP_LOG_INFO, "streaming: stream closed", "why", event->text);
      sp_streaming_drop_stream(s);
      sp_streaming_dispatch(s, now, SP_CONN_EV_LOST);
      break;
  }
}

static void drain_stream(sp_streaming *s, uint64_t now) {
  sp_stream_event event;
  while (s->stream && sp_stream_take(s->stream, &event)) stream_event(s, now, &event);
}

static void check_leaving(sp_streaming *s, uint64_t now) {
  sp_stream_event event;
  while (sp_stream_take(s->leaving, &event)) {
  }
  if (!sp_stream_over(s->leaving)) return;
  sp_stream_free(s->leaving);
  s->leaving = NULL;
  sp_streaming_dispatch(s, now, SP_CONN_EV_CLOSED);
}

/* --- inputs --- */

void sp_streaming_socket_opened(sp_streaming *s, uint64_t now, uint32_t socket) {
  if (s->stream && socket == s->socket) sp_stream_opened(s->stream, now);
}

void sp_streaming_socket_text(sp_streaming *s, uint64_t now, uint32_t socket, sp_arena *arena, sp_str frame) {
  if (s->stream && socket == s->socket) {
    sp_liveness_frame(&s->liveness, now);
    sp_stream_frame(s->stream, now, arena, frame);
    drain_stream(s, now);
  } else if (s->leaving && socket == s->leaving_socket) {
    sp_stream_frame(s->leaving, now, arena, frame);
    check_leaving(s, now);
  }
}

void sp_streaming_socket_closed(sp_streaming *s, uint64_t now, uint32_t socket) {
  if (s->stream && socket == s->socket) {
    sp_streaming_drop_stream(s);
    sp_streaming_dispatch(s, now, SP_CONN_EV_LOST);
  } else if (s->leaving && socket == s->leaving_socket) {
    sp_stream_free(s->leaving);
    s->leaving = NULL;
    sp_streaming_dispatch(s, now, SP_CONN_EV_CLOSED);
  }
}

static void probe_result(sp_streaming *s, const sp_rest_result *result) {
  static const char *const why[] = { "status", "network", "timeout", "network" };
  if (result->failure == SP_HTTP_OK && result->ok) return;
  sp_log_number(s->fx, SP_LOG_WARN, "streaming: connectivity probe failed", "status", result->status);
  sp_streaming_push(s, &(sp_streaming_event){ .kind = SP_STREAMING_NETWORK_WARNING,
                                              .text = sp_str_from(why[result->failure]),
                                              .request = result->request,
                                              .status = result->status });
}

void sp_streaming_rest_result(sp_streaming *s, uint64_t now, const sp_rest_result *result) {
  switch (result->token.op) {
    case OP_IDENTITY:
    case OP_CHANNEL:
      sp_streaming_dispatch(s, now, sp_streaming_channel_event(s, sp_channel_result(&s->channel, result)));
      break;
    case OP_PROBE: probe_result(s, result); break;
    case OP_PUT: sp_subscriptions_rest_result(&s->subscriptions, now, result); break;
    default: break;
  }
}

static void ice_answer(sp_streaming *s, uint64_t now, const sp_iq_answer *answer) {
  sp_ice_outcome outcome = sp_ice_answer(&s->ice, now, answer);
  if (outcome == SP_ICE_FAILED)
    sp_log_word(s->fx, SP_LOG_WARN, "streaming: ICE servers are not known", "condition", answer->condition);
  if (s->state == SP_CONN_CONNECTED && outcome != SP_ICE_PENDING)
    sp_streaming_plan_refresh(s, now, outcome == SP_ICE_FAILED);
  if (s->state != SP_CONN_CONFIG) return;
  if (outcome == SP_ICE_FAILED && s->pipelined && answer->outcome == SP_IQ_ERROR) {
    s->pipelined = s->pipeline = false; /* perhaps it came too early */
    outcome = sp_ice_fetch(&s->ice, now, s->domain, 1);
  }
  if (outcome == SP_ICE_FAILED) sp_streaming_set_failure(s, "generic", "The ICE servers could not be fetched.");
  sp_streaming_dispatch(s, now, sp_streaming_ice_event(outcome));
}

static bool send_ping(sp_streaming *s, uint64_t now) {
  sp_xw w;
  sp_iq_begin(s->iq, &w, "get", SP_STR_NONE, false);
  sp_ping_write(&w);
  return sp_iq_end(s->iq, &w, now, (sp_token){ SP_OWNER_STREAMING, OP_PING, s->liveness.ping }) != SP_ENOMEM;
}

static void act_on_liveness(sp_streaming *s, uint64_t now, sp_liveness_action act) {
  /* A ping that memory does not suffice for counts as a miss. */
  if (act == SP_LIVENESS_PING && !send_ping(s, now))
    act = sp_liveness_answered(&s->liveness, now, s->liveness.ping, false);
  if (act != SP_LIVENESS_LOST && act != SP_LIVENESS_DEAD) return;
  sp_log(s->fx, SP_LOG_WARN, "streaming: the server is silent", SP_FLAG("probed", act == SP_LIVENESS_DEAD));
  sp_streaming_dispatch(s, now, act == SP_LIVENESS_DEAD ? SP_CONN_EV_DEAD : SP_CONN_EV_SILENT);
}

/* Other outcomes say nothing about the path: the monitor has its own limit. */
static void ping_answered(sp_streaming *s, uint64_t now, const sp_iq_answer *answer) {
  if (answer->outcome != SP_IQ_RESULT && answer->outcome != SP_IQ_ERROR) return;
  bool ok = answer->outcome == SP_IQ_RESULT;
  act_on_liveness(s, now, sp_liveness_answered(&s->liveness, now, answer->token.id, ok));
}

void sp_streaming_iq_answer(sp_streaming *s, uint64_t now, const sp_iq_answer *answer) {
  switch (answer->token.op) {
    case OP_TURN:
    case OP_STUN: ice_answer(s, now, answer); break;
    case OP_PING: ping_answered(s, now, answer); break;
    case OP_SUBSCRIBE: sp_subscriptions_iq_answer(&s->subscriptions, now, answer); break;
    default: break;
  }
}

/* --- noticing --- */

/* A wait ends `least` after it began, but not before what the server asked for. */
static void cut_wait(sp_streaming *s, uint64_t now, uint64_t least) {
  uint64_t at = s->wait_from + least;
  if (at < s->hold_until) at = s->hold_until;
  if (at <= now) sp_streaming_dispatch(s, now, SP_CONN_EV_DELAY_OVER);
  else s->wait.at = sp_earlier(s->wait.at, at);
}

static void doubt(sp_streaming *s, uint64_t now, bool slept) {
  if (s->state == SP_CONN_WAIT) cut_wait(s, now, SP_BACKOFF_START_MS);
  else act_on_liveness(s, now, sp_liveness_doubt(&s->liveness, now, slept));
}

void sp_streaming_probe(sp_streaming *s, uint64_t now) {
  doubt(s, now, false);
}

void sp_streaming_online(sp_streaming *s, uint64_t now, bool online) {
  bool back = online && !s->online;
  s->online = online;
  if (!online) return;
  if (s->state == SP_CONN_WAIT) cut_wait(s, now, 0);
  else if (s->state == SP_CONN_CONNECTED) sp_streaming_probe(s, now);
  else if (back) sp_streaming_dispatch(s, now, SP_CONN_EV_ONLINE);
}

void sp_streaming_suspend(sp_streaming *s, uint64_t now) {
  sp_streaming_dispatch(s, now, SP_CONN_EV_SUSPEND);
}

void sp_streaming_resume(sp_streaming *s, uint64_t now) {
  if (s->state == SP_CONN_WAIT) cut_wait(s, now, 0);
  else sp_streaming_probe(s, now);
}

void sp_streaming_set_in_call(sp_streaming *s, uint64_t now, bool in_call) {
  sp_liveness_set_call(&s->liveness, now, in_call);
}

void sp_streaming_clock(sp_streaming *s, uint64_t now, uint64_t wall_ms) {
  int64_t offset = (int64_t)(wall_ms - now);
  bool slept = s->clock_known && offset - s->wall_offset > (int64_t)WAKE_MS;
  s->wall_offset = offset;
  s->clock_known = true;
  if (slept && sp_timer_armed(&s->refresh)) sp_streaming_plan_refresh(s, now, false);
  if (slept) doubt(s, now, true);
}

static void reduce(sp_streaming *s, uint64_t now) {
  uint64_t next = 0;
  if (sp_backoff_reduce(&s->memory, sp_streaming_wall(s, now), &next)) sp_timer_arm(&s->reduction, now, next);
  s->memory_changed = true;
}

static void refresh_ice(sp_streaming *s, uint64_t now) {
  sp_streaming_plan_refresh(s, now, true);
  if (sp_ice_fetch(&s->ice, now, s->domain, SP_ICE_REFRESH_TRIES) == SP_ICE_FAILED)
    sp_log0(s->fx, SP_LOG_WARN, "streaming: ICE servers were not refreshed");
}

uint64_t sp_streaming_deadline(const sp_streaming *s) {
  uint64_t at = sp_earlier(s->wait.at, s->open_limit.at);
  at = sp_earlier(at, sp_earlier(s->refresh.at, s->retire.at));
  at = sp_earlier(at, s->reduction.at);
  at = sp_earlier(at, sp_earlier(s->liveness.timer.at, s->subscriptions.debounce.at));
  if (s->stream) at = sp_earlier(at, sp_stream_deadline(s->stream));
  if (s->leaving) at = sp_earlier(at, sp_stream_deadline(s->leaving));
  return at;
}

void sp_streaming_tick(sp_streaming *s, uint64_t now) {
  uint64_t due = sp_streaming_deadline(s);
  if (s->stream) sp_stream_tick(s->stream, now);
  drain_stream(s, now);
  if (s->leaving) {
    sp_stream_tick(s->leaving, now);
    check_leaving(s, now);
  }
  if (sp_timer_due(&s->wait, now)) sp_streaming_dispatch(s, now, SP_CONN_EV_DELAY_OVER);
  if (sp_timer_due(&s->open_limit, now)) sp_streaming_dispatch(s, now, SP_CONN_EV_FAILED);
  if (sp_timer_due(&s->refresh, now)) refresh_ice(s, now);
  if (sp_timer_due(&s->retire, now)) sp_streaming_dispatch(s, now, SP_CONN_EV_SILENT);
  if (sp_timer_due(&s->reduction, now)) reduce(s, now);
  act_on_liveness(s, now, sp_liveness_tick(&s->liveness, now));
  sp_subscriptions_tick(&s->subscriptions, now);
  if (due < now && now - due > WAKE_MS) doubt(s, now, true);
}

/* --- owner's calls --- */

int sp_streaming_connect(sp_streaming *s, uint64_t now) {
  return sp_streaming_dispatch(s, now, SP_CONN_EV_CONNECT);
}

void sp_streaming_disconnect(sp_streaming *s, uint64_t now) {
  sp_streaming_dispatch(s, now, SP_CONN_EV_DISCONNECT);
}

bool sp_streaming_connected(const sp_streaming *s) {
  return s->state == SP_CONN_CONNECTED;
}

sp_str sp_streaming_connection_id(const sp_streaming *s) {
  return s->stream ? sp_stream_server_id(s->stream) : SP_STR("");
}

uint32_t sp_streaming_last_socket(const sp_streaming *s) {
  return s->last_socket;
}

bool sp_streaming_take(sp_streaming *s, sp_streaming_event *out) {
  return sp_events_take(&s->events, out);
}

bool sp_streaming_take_backoff(sp_streaming *s, sp_buf *out) {
  if (!s->memory_changed) return false;
  sp_backoff_write(&s->memory, out);
  if (sp_buf_status(out) == SP_OK) s->memory_changed = false;
  return sp_buf_status(out) == SP_OK;
}

void sp_streaming_prepare(sp_streaming *s, uint64_t now) {
  if (s->state == SP_CONN_IDLE && !s->jwt_mode) sp_channel_prepare(&s->channel, now, OP_CHANNEL);
}

int sp_streaming_set_identity(sp_streaming *s, sp_str user_id, sp_str jid) {
  return sp_channel_set_identity(&s->channel, user_id, jid);
}

int sp_streaming_subscribe(sp_streaming *s, uint64_t now, sp_str topic, bool immediate, sp_token token) {
  sp_topic_request request = { .topic = topic, .immediate = immediate };
  return sp_subscriptions_add(&s->subscriptions, now, &request, token);
}

int sp_streaming_subscribe_topic(sp_streaming *s, uint64_t now, const sp_topic_request *request, sp_token token) {
  return sp_subscriptions_add(&s->subscriptions, now, request, token);
}

int sp_streaming_subscribe_bulk(sp_streaming *s, uint64_t now, const sp_topic_list *list, sp_token token) {
  return sp_subscriptions_bulk(&s->subscriptions, now, list, token);
}

int sp_streaming_unsubscribe(sp_streaming *s, uint64_t now, sp_str topic, bool immediate) {
  return sp_subscriptions_remove(&s->subscriptions, now, topic, immediate);
}

sp_str sp_streaming_ice_servers(const sp_streaming *s) {
  return sp_ice_servers(&s->ice);
}

sp_str sp_streaming_ice_policy(const sp_streaming *s) {
  return sp_ice_policy(&s->ice);
}

int sp_streaming_set_token(sp_streaming *s, sp_str token) {
  return sp_str_set(s->alloc, &s->token, token);
}

/* --- construction --- */

/* wire.md §4.3: a resource of our own in token mode only; JWT mode binds with what is configured or nothing.
 */
static int choose_resource(sp_streaming *s, sp_ids *ids, sp_str configured) {
  if (configured.len > 0 || s->jwt_mode) return sp_str_dup(s->alloc, configured, &s->resource);
  sp_uuid uuid = sp_ids_uuid(ids);
  return sp_str_dup(s->alloc, sp_uuid_str(&uuid), &s->resource);
}

/* The domain of the JWT's JID without its first "conference.". */
static int keep_jwt_domain(sp_streaming *s, sp_str jid) {
  sp_str domain = sp_jid_domain(jid);
  size_t at = sp_str_find(domain, "conference.", 0), cut = sizeof "conference." - 1;
  sp_buf out;
  sp_buf_init(&out, s->alloc, SP_MAX_JID);
  sp_buf_add(&out, sp_str_slice(domain, 0, at == SIZE_MAX ? domain.len : at));
  if (at != SIZE_MAX) sp_buf_add(&out, sp_str_slice(domain, at + cut, domain.len));
  return sp_buf_keep(&out, &s->jwt_domain);
}

int sp_streaming_set_jwt(sp_streaming *s, sp_str jwt) {
  int rc = sp_str_set(s->alloc, &s->jwt, jwt);
  if (rc == SP_OK) s->jwt_mode = jwt.len > 0;
  return rc;
}

int sp_streaming_set_jwt_identity(sp_streaming *s, sp_str jwt, sp_str jwt_jid) {
  sp_str before = s->jwt_domain;
  s->jwt_domain = SP_STR_NONE;
  int rc = keep_jwt_domain(s, jwt_jid);
  if (rc == SP_OK) rc = sp_streaming_set_jwt(s, jwt);
  if (rc != SP_OK) sp_str_free(s->alloc, &s->jwt_domain);
  if (rc == SP_OK) sp_str_free(s->alloc, &before);
  else s->jwt_domain = before;
  return rc;
}

static void read_memory(sp_streaming *s, sp_str stored) {
  if (stored.len > 0 && sp_backoff_read(s->alloc, stored, &s->memory) != SP_OK)
    sp_log0(s->fx, SP_LOG_WARN, "streaming: the remembered back-off cannot be read");
}

static int copy_config(sp_streaming *s, sp_ids *ids, const sp_streaming_config *config) {
  s->jwt_mode = config->jwt.len > 0;
  s->server_pings = config->server_pings;
  s->pipeline = config->pipeline;
  s->last_socket = config->last_socket;
  int rc = sp_str_dup(s->alloc, config->ws_host, &s->ws_host);
  if (rc == SP_OK) rc = sp_str_dup(s->alloc, config->token, &s->token);
  if (rc == SP_OK) rc = sp_str_dup(s->alloc, config->jwt, &s->jwt);
  if (rc == SP_OK) rc = keep_jwt_domain(s, config->jwt_jid);
  if (rc == SP_OK) rc = choose_resource(s, ids, config->resource);
  return rc;
}

static int init_parts(sp_streaming *s, const sp_streaming_config *config) {
  sp_subscriptions_config topics = { .alloc = s->alloc,
                                     .fx = s->fx,
                                     .iq = s->iq,
                                     .rest = s->rest,
                                     .events = &s->events,
                                     .api_host = config->api_host,
                                     .partial = config->partial,
                                     .op_subscribe = OP_SUBSCRIBE,
                                     .op_put = OP_PUT };
  sp_ice_init(&s->ice, s->alloc, s->iq, OP_TURN, OP_STUN);
  int rc = sp_events_init(&s->events, s->alloc);
  if (rc == SP_OK) rc = sp_channel_init(&s->channel, s->alloc, s->rest, config->user_id, config->jid);
  return rc == SP_OK ? sp_subscriptions_init(&s->subscriptions, &topics) : rc;
}

sp_streaming *sp_streaming_new(const sp_alloc *alloc, sp_effects *fx, sp_ids *ids, sp_rest *rest, sp_iq *iq,
                               const sp_streaming_config *config) {
  sp_streaming *s = sp_alloc_new(alloc, sizeof *s);
  if (!s) return NULL;
  s->alloc = alloc;
  s->fx = fx;
  s->rest = rest;
  s->iq = iq;
  s->online = true;
  s->state = SP_CONN_IDLE;
  s->wait = s->open_limit = s->refresh = s->retire = s->reduction = SP_TIMER_OFF;
  s->start_delay = SP_BACKOFF_START_MS;
  sp_liveness_init(&s->liveness);
  read_memory(s, config->backoff);
  s->subscriptions.debounce = SP_TIMER_OFF;
  if (copy_config(s, ids, config) == SP_OK && init_parts(s, config) == SP_OK) return s;
  sp_streaming_free(s);
  return NULL;
}

/* The host still holds the socket of a stream that ends without its goodbye. */
static void abandon(sp_streaming *s, sp_stream *stream, uint32_t socket) {
  if (stream) sp_effects_push(s->fx, SP_FX_SOCKET_CLOSE, socket, SP_STR_NONE, SP_STR_NONE);
  sp_stream_free(stream);
}

void sp_streaming_free(sp_streaming *s) {
  if (!s) return;
  abandon(s, s->stream, s->socket);
  abandon(s, s->leaving, s->leaving_socket);
  sp_subscriptions_free(&s->subscriptions);
  sp_channel_free(&s->channel);
  sp_ice_free(&s->ice);
  sp_events_free(&s->events);
  sp_str *texts[] = { &s->ws_host, &s->token, &s->jwt, &s->jwt_domain, &s->resource, &s->domain };
  sp_str_free_all(s->alloc, texts, sizeof texts / sizeof *texts);
  sp_alloc_free(s->alloc, s);
}
