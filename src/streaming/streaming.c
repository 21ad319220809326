/* SPDX-License-Identifier: MIT */
#include "streaming/streaming.h"

#include "base/limits.h"
#include "base/status.h"
#include "streaming/internal.h"
#include "streaming/request.h"
#include "xmpp/jid.h"
#include "xmpp/ping.h"

/* --- what the stream brings --- */

static void notification(sp_streaming *s, uint64_t now, const sp_pubsub_event *event) {
  bool retired = false;
  sp_str topic = sp_request_topic(event->node, &retired);
  sp_streaming_push(
      s, &(sp_streaming_event){ .kind = SP_STREAMING_NOTIFICATION, .text = topic, .json = event->json });
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
    case SP_REQUEST_UNKNOWN:
      sp_iq_reply_error(s->iq, stanza, "cancel", "service-unavailable", NULL, NULL);
      break;
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
  sp_log(s->fx, SP_LOG_WARN, "streaming: authentication failed", SP_WORD("condition", condition));
  sp_streaming_set_failure(s, again ? "generic" : "invalid_token",
                           "Authentication with the streaming service failed.");
  if (again) s->channel.hard_required = true;
  sp_streaming_dispatch(s, now, again ? SP_CONN_EV_FAILED : SP_CONN_EV_REFUSED);
}

static void stream_event(sp_streaming *s, uint64_t now, const sp_stream_event *event) {
  switch (event->kind) {
    case SP_STREAM_NONE: break;
    case SP_STREAM_READY: sp_streaming_dispatch(s, now, SP_CONN_EV_READY); break;
    case SP_STREAM_STANZA: stanza_in(s, now, event->stanza); break;
    case SP_STREAM_SASL_FAILURE: sasl_failed(s, now, event->text); break;
    case SP_STREAM_CLOSED:
      sp_log(s->fx, SP_LOG_INFO, "streaming: stream closed", SP_WORD("why", event->text));
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
  while (sp_stream_take(s->leaving, &event)) continue;
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
  if (result->failure == SP_HTTP_OK && result->ok) return;
  sp_log(s->fx, SP_LOG_WARN, "streaming: connectivity probe failed", SP_NUM("status", result->status));
}

void sp_streaming_rest_result(sp_streaming *s, uint64_t now, const sp_rest_result *result) {
  switch (result->token.op) {
    case OP_IDENTITY:
    case OP_CHANNEL:
      sp_streaming_dispatch(s, now, sp_streaming_channel_event(s, sp_channel_result(&s->channel, result)));
      break;
    case OP_PROBE: probe_result(s, result); break;
    case OP_PUT: sp_subscriptions_rest_result(&s->subscriptions, result); break;
    default: break;
  }
}

static void ice_answer(sp_streaming *s, uint64_t now, const sp_iq_answer *answer) {
  sp_ice_outcome outcome = sp_ice_answer(&s->ice, now, answer);
  if (outcome == SP_ICE_FAILED)
    sp_log(s->fx, SP_LOG_WARN, "streaming: ICE servers are not known",
           SP_WORD("condition", answer->condition));
  if (s->state != SP_CONN_CONFIG) return;
  if (outcome == SP_ICE_FAILED)
    sp_streaming_set_failure(s, "generic", "The ICE servers could not be fetched.");
  sp_streaming_dispatch(s, now, sp_streaming_ice_event(outcome));
}

static void act_on_liveness(sp_streaming *s, uint64_t now, sp_liveness_action act) {
  if (act == SP_LIVENESS_LOST) {
    sp_log0(s->fx, SP_LOG_WARN, "streaming: the server is silent");
    sp_streaming_dispatch(s, now, SP_CONN_EV_SILENT);
  } else if (act == SP_LIVENESS_PING) {
    sp_xw w;
    sp_iq_begin(s->iq, &w, "get", SP_STR_NONE, false);
    sp_ping_write(&w);
    int rc = sp_iq_end(s->iq, &w, now, (sp_token){ SP_OWNER_STREAMING, OP_PING, s->socket });
    if (rc == SP_ENOMEM) act_on_liveness(s, now, sp_liveness_answered(&s->liveness, now, false));
  }
}

static void server_pings_answer(sp_streaming *s, uint64_t now, const sp_iq_answer *answer) {
  if (s->state != SP_CONN_CONNECTED || s->retired) return;
  bool granted = answer->outcome == SP_IQ_RESULT;
  sp_liveness_start(&s->liveness, now, granted ? SP_LIVENESS_SERVER : SP_LIVENESS_CLIENT);
}

void sp_streaming_iq_answer(sp_streaming *s, uint64_t now, const sp_iq_answer *answer) {
  bool current = s->stream && answer->token.id == s->socket;
  switch (answer->token.op) {
    case OP_TURN:
    case OP_STUN: ice_answer(s, now, answer); break;
    case OP_PING:
      if (current)
        act_on_liveness(s, now, sp_liveness_answered(&s->liveness, now, answer->outcome == SP_IQ_RESULT));
      break;
    case OP_SERVER_PINGS:
      if (current) server_pings_answer(s, now, answer);
      break;
    case OP_SUBSCRIBE: sp_subscriptions_iq_answer(&s->subscriptions, answer); break;
    default: break;
  }
}

void sp_streaming_online(sp_streaming *s, uint64_t now, bool online) {
  s->online = online;
  if (online) sp_streaming_dispatch(s, now, SP_CONN_EV_ONLINE);
}

static void refresh_ice(sp_streaming *s, uint64_t now) {
  sp_timer_arm(&s->refresh, now, SP_ICE_REFRESH_MS);
  if (sp_ice_fetch(&s->ice, now, s->domain, SP_ICE_REFRESH_TRIES) == SP_ICE_FAILED)
    sp_log0(s->fx, SP_LOG_WARN, "streaming: ICE servers were not refreshed");
}

void sp_streaming_tick(sp_streaming *s, uint64_t now) {
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
  act_on_liveness(s, now, sp_liveness_tick(&s->liveness, now));
  sp_subscriptions_tick(&s->subscriptions, now);
}

uint64_t sp_streaming_deadline(const sp_streaming *s) {
  uint64_t at = sp_earlier(s->wait.at, s->open_limit.at);
  at = sp_earlier(at, sp_earlier(s->refresh.at, s->retire.at));
  at = sp_earlier(at, sp_earlier(s->liveness.timer.at, s->subscriptions.debounce.at));
  if (s->stream) at = sp_earlier(at, sp_stream_deadline(s->stream));
  if (s->leaving) at = sp_earlier(at, sp_stream_deadline(s->leaving));
  return at;
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

uint32_t sp_streaming_last_socket(const sp_streaming *s) {
  return s->last_socket;
}

bool sp_streaming_take(sp_streaming *s, sp_streaming_event *out) {
  return sp_events_take(&s->events, out);
}

int sp_streaming_subscribe(sp_streaming *s, uint64_t now, sp_str topic, bool immediate, sp_token token) {
  return sp_subscriptions_add(&s->subscriptions, now, topic, immediate, token);
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

int sp_streaming_set_jwt(sp_streaming *s, sp_str jwt) {
  int rc = sp_str_set(s->alloc, &s->jwt, jwt);
  if (rc == SP_OK) s->jwt_mode = jwt.len > 0;
  return rc;
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
  int rc = sp_buf_status(&out);
  if (rc == SP_OK) rc = sp_str_dup(s->alloc, sp_buf_str(&out), &s->jwt_domain);
  sp_buf_free(&out);
  return rc;
}

static int copy_config(sp_streaming *s, sp_ids *ids, const sp_streaming_config *config) {
  s->jwt_mode = config->jwt.len > 0;
  s->server_pings = config->server_pings;
  s->last_socket = config->last_socket;
  int rc = sp_str_dup(s->alloc, config->ws_host, &s->ws_host);
  if (rc == SP_OK) rc = sp_str_dup(s->alloc, config->token, &s->token);
  if (rc == SP_OK) rc = sp_str_dup(s->alloc, config->jwt, &s->jwt);
  if (rc == SP_OK) rc = keep_jwt_domain(s, config->jwt_jid);
  if (rc == SP_OK) rc = choose_resource(s, ids, config->resource);
  return rc;
}

static int init_parts(sp_streaming *s, const sp_streaming_config *config) {
  sp_ice_init(&s->ice, s->alloc, s->iq, OP_TURN, OP_STUN);
  int rc = sp_events_init(&s->events, s->alloc);
  if (rc == SP_OK) rc = sp_channel_init(&s->channel, s->alloc, s->rest, config->user_id, config->jid);
  if (rc == SP_OK)
    rc = sp_subscriptions_init(&s->subscriptions, s->alloc, s->fx, s->iq, s->rest, &s->events,
                               config->api_host, OP_SUBSCRIBE, OP_PUT);
  return rc;
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
  s->wait = s->open_limit = s->refresh = s->retire = SP_TIMER_OFF;
  sp_liveness_stop(&s->liveness);
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
  for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) sp_str_free(s->alloc, texts[i]);
  sp_alloc_free(s->alloc, s);
}
