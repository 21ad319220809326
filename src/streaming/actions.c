/* SPDX-License-Identifier: MIT */
#include "streaming/internal.h"

#include "base/limits.h"
#include "base/status.h"
#include "xmpp/jid.h"
#include "xmpp/pubsub.h"

#define OPEN_LIMIT_MS    15000u
#define PROBE_TIMEOUT_MS 10000u
/* wire.md §3.4: a server that announced the end of the channel and does not close. */
#define RETIRE_LIMIT_MS 60000u

/* --- the connection instance --- */

void sp_streaming_push(sp_streaming *s, const sp_streaming_event *event) {
  if (!sp_events_push(&s->events, event))
    sp_log0(s->fx, SP_LOG_ERROR, "streaming: out of memory, a stanza was dropped");
}

static void cut_leaving(sp_streaming *s) {
  if (!s->leaving) return;
  sp_effects_push(s->fx, SP_FX_SOCKET_CLOSE, s->leaving_socket, SP_STR_NONE, SP_STR_NONE);
  sp_stream_free(s->leaving);
  s->leaving = NULL;
}

/* Lets the stream say goodbye on its own; nothing that it still receives matters. What is left of this frame
   is read now, while its tree is there. */
static void leave_stream(sp_streaming *s, uint64_t now) {
  if (!s->stream) return;
  sp_stream_close(s->stream, now);
  for (sp_stream_event event; sp_stream_take(s->stream, &event);) {
  }
  if (sp_stream_over(s->stream)) {
    sp_stream_free(s->stream);
  } else {
    cut_leaving(s);
    s->leaving = s->stream;
    s->leaving_socket = s->socket;
  }
  s->stream = NULL;
}

void sp_streaming_drop_stream(sp_streaming *s) {
  sp_stream_free(s->stream);
  s->stream = NULL;
}

/* Whatever belongs to this instance or attempt ends here. */
static void tear_down(sp_streaming *s, uint64_t now) {
  sp_channel_abandon(&s->channel);
  sp_ice_abandon(&s->ice);
  sp_liveness_stop(&s->liveness);
  sp_subscriptions_disconnected(&s->subscriptions);
  sp_timer *timers[] = { &s->wait, &s->open_limit, &s->refresh, &s->retire };
  for (size_t i = 0; i < sizeof timers / sizeof *timers; i++) sp_timer_stop(timers[i]);
  s->retired = s->pipelined = false;
  leave_stream(s, now);
}

void sp_streaming_set_failure(sp_streaming *s, const char *type, const char *message) {
  s->failure = (sp_streaming_event){ .kind = SP_STREAMING_CONNECT_FAILED,
                                     .text = sp_str_from(type),
                                     .message = sp_str_from(message) };
}

/* A connect call rejects; a reconnection ends as a last `disconnected` (wire.md §3.4). */
static void report_failure(sp_streaming *s) {
  s->failure.kind = s->announced ? SP_STREAMING_DISCONNECTED : SP_STREAMING_CONNECT_FAILED;
  sp_streaming_push(s, &s->failure);
}

/* What the server asked for comes first, then the normal delay (wire.md §2.4). */
static void arm_wait(sp_streaming *s, uint64_t now) {
  uint64_t delay = sp_backoff_wait(s->start_delay, SP_BACKOFF_MAX_MS, s->attempt, s->first_call);
  s->wait_from = now;
  s->hold_until = now + s->extra_wait;
  sp_timer_arm(&s->wait, now, s->extra_wait + delay);
  s->extra_wait = 0;
}

/* --- the remembered back-off (wire.md §3.3) --- */

uint64_t sp_streaming_wall(const sp_streaming *s, uint64_t now) {
  return (uint64_t)((int64_t)now + s->wall_offset);
}

static void begin_call(sp_streaming *s, uint64_t now) {
  sp_timer_stop(&s->reduction);
  s->attempt = 0;
  s->start_delay = sp_backoff_start(&s->memory, sp_streaming_wall(s, now), SP_BACKOFF_MAX_MS);
}

/* A wait that the server asked for is no sign of trouble. */
static void remember_failure(sp_streaming *s, uint64_t now) {
  if (s->extra_wait > 0) return;
  sp_backoff_failed(&s->memory, sp_streaming_wall(s, now));
  s->memory_changed = true;
}

static void plan_reduction(sp_streaming *s, uint64_t now) {
  uint64_t wall = sp_streaming_wall(s, now);
  if (s->reduce_at == 0) return;
  sp_timer_arm(&s->reduction, now, s->reduce_at > wall ? s->reduce_at - wall : 0);
}

void sp_streaming_plan_refresh(sp_streaming *s, uint64_t now, bool failed) {
  sp_timer_arm(&s->refresh, now, sp_ice_refresh_delay(&s->ice, sp_streaming_wall(s, now), failed));
}

/* --- actions: each answers the event that follows from it, or SP_CONN_EVENTS --- */

typedef sp_conn_event (*action)(sp_streaming *s, uint64_t now);

static sp_conn_event nothing(sp_streaming *s, uint64_t now) {
  (void)s;
  (void)now;
  return SP_CONN_EVENTS;
}

static sp_conn_event start(sp_streaming *s, uint64_t now) {
  s->first_call = !s->ever_attempted;
  s->ever_attempted = true;
  s->announced = s->say_disconnected = false;
  s->extra_wait = 0;
  begin_call(s, now);
  arm_wait(s, now);
  return sp_timer_due(&s->wait, now) ? SP_CONN_EV_DELAY_OVER : SP_CONN_EVENTS;
}

static sp_conn_event finish(sp_streaming *s, uint64_t now) {
  (void)now;
  if (s->say_disconnected) sp_streaming_push(s, &(sp_streaming_event){ .kind = SP_STREAMING_DISCONNECTED });
  s->say_disconnected = false;
  sp_streaming_push(s, &(sp_streaming_event){ .kind = SP_STREAMING_CLOSED });
  return SP_CONN_EVENTS;
}

static sp_conn_event restart(sp_streaming *s, uint64_t now) {
  cut_leaving(s);
  finish(s, now);
  return start(s, now);
}

/* R2 never influences the attempt. Without a token (JWT) it counts as successful. */
static void probe(sp_streaming *s, uint64_t now) {
  if (s->token.len == 0) return;
  sp_token token = { SP_OWNER_STREAMING, OP_PROBE, 0 };
  if (!s->online) {
    sp_log0(s->fx, SP_LOG_WARN, "streaming: the browser is offline");
    sp_streaming_push(s, &(sp_streaming_event){ .kind = SP_STREAMING_NETWORK_WARNING, .text = SP_STR("offline") });
  } else if (sp_rest_request(s->rest, now, "GET", SP_STR("users/me"), SP_STR_NONE, 0, PROBE_TIMEOUT_MS, token) !=
             SP_OK) {
    sp_log0(s->fx, SP_LOG_WARN, "streaming: connectivity probe skipped");
  }
}

sp_conn_event sp_streaming_channel_event(sp_streaming *s, sp_channel_outcome outcome) {
  if (outcome == SP_CHANNEL_WAITING) return SP_CONN_EVENTS;
  if (outcome == SP_CHANNEL_READY) return SP_CONN_EV_PREPARED;
  bool refused = outcome == SP_CHANNEL_REFUSED;
  sp_streaming_set_failure(s, refused ? "invalid_token" : "generic",
                           refused ? "The access token was refused."
                                   : "The notification channel could not be created.");
  s->failure.request = s->channel.failure.request;
  s->failure.status = s->channel.failure.status;
  s->extra_wait = s->channel.failure.wait_ms;
  return refused ? SP_CONN_EV_REFUSED : SP_CONN_EV_FAILED;
}

static sp_conn_event prepare(sp_streaming *s, uint64_t now) {
  sp_timer_stop(&s->wait);
  cut_leaving(s); /* wire.md §1 rule 1: one live instance */
  s->extra_wait = 0;
  s->by_jwt = s->jwt_mode;
  s->reduce_at = s->memory.next_reduction_at;
  sp_streaming_set_failure(s, "generic", "The connection could not be established.");
  probe(s, now);
  if (s->by_jwt) return SP_CONN_EV_PREPARED;
  return sp_streaming_channel_event(s, sp_channel_begin(&s->channel, now, OP_IDENTITY, OP_CHANNEL));
}

static bool write_url(sp_streaming *s, sp_buf *url) {
  sp_str host = s->ws_host;
  if (sp_str_ends(host, "/")) host = sp_str_slice(host, 0, host.len - 1);
  sp_buf_add(url, host);
  sp_buf_add_text(url, s->by_jwt ? "/stream/jwt/" : "/stream/channels/");
  sp_channel_add_segment(url, s->by_jwt ? s->jwt : s->channel.id);
  return sp_buf_status(url) == SP_OK;
}

static bool new_stream(sp_streaming *s) {
  /* The identity may have changed with R1; nothing of the last instance borrows the domain any more. */
  bool of_jwt = s->by_jwt && s->jwt_domain.len > 0;
  sp_str domain = of_jwt ? s->jwt_domain : sp_jid_domain(s->channel.jid);
  if (sp_str_set(s->alloc, &s->domain, domain) != SP_OK) return false;
  sp_stream_config config = { .domain = s->domain };
  if (!s->by_jwt) {
    config.bare_jid = sp_jid_bare(s->channel.jid);
    config.token = s->token.ptr ? s->token : SP_STR("");
  }
  config.resource = s->resource;
  config.pipeline = s->pipeline;
  s->stream = sp_stream_new(s->alloc, s->fx, s->iq, s->last_socket + 1, &config);
  return s->stream != NULL;
}

static sp_conn_event open(sp_streaming *s, uint64_t now) {
  sp_buf url;
  sp_buf_init(&url, s->alloc, SP_MAX_EFFECT_TEXT);
  bool ok = write_url(s, &url) && new_stream(s);
  if (ok) {
    s->socket = ++s->last_socket;
    sp_effects_push(s->fx, SP_FX_SOCKET_OPEN, s->socket, SP_STR("xmpp"), sp_buf_str(&url));
    sp_timer_arm(&s->open_limit, now, OPEN_LIMIT_MS);
    if (s->pipeline && !s->by_jwt) sp_subscriptions_channel(&s->subscriptions, now, s->channel.id);
  }
  sp_buf_free(&url);
  return ok ? SP_CONN_EVENTS : SP_CONN_EV_FAILED;
}

sp_conn_event sp_streaming_ice_event(sp_ice_outcome outcome) {
  if (outcome == SP_ICE_PENDING) return SP_CONN_EVENTS;
  return outcome == SP_ICE_DONE ? SP_CONN_EV_CONFIGURED : SP_CONN_EV_FAILED;
}

static sp_conn_event discover(sp_streaming *s, uint64_t now) {
  sp_timer_stop(&s->open_limit);
  if (s->ice.answered) return SP_CONN_EV_CONFIGURED; /* behind bind */
  return sp_streaming_ice_event(sp_ice_fetch(&s->ice, now, s->domain, 1));
}

/* Without the server's pings ours find more silence; nothing else depends on this subscription. */
static void watch(sp_streaming *s, uint64_t now) {
  sp_liveness_start(&s->liveness, now);
  if (!s->server_pings) return;
  sp_xw w;
  sp_iq_begin(s->iq, &w, "set", s->subscriptions.service, false);
  sp_pubsub_subscribe_write(&w, SP_STR(SP_PUBSUB_PING_NODE), sp_jid_bare(sp_iq_own_jid(s->iq)));
  if (sp_iq_end(s->iq, &w, now, (sp_token){ SP_OWNER_NONE, 0, 0 }) != SP_OK)
    sp_log0(s->fx, SP_LOG_WARN, "streaming: server pings were not asked for");
}

static sp_conn_event retire(sp_streaming *s, uint64_t now) {
  sp_liveness_stop(&s->liveness);
  sp_timer_arm(&s->retire, now, RETIRE_LIMIT_MS);
  return SP_CONN_EVENTS;
}

static sp_conn_event announce(sp_streaming *s, uint64_t now) {
  sp_streaming_push(s, &(sp_streaming_event){ .kind = SP_STREAMING_CONNECTED, .first = !s->announced });
  s->announced = true;
  s->pipelined = false;
  plan_reduction(s, now);
  sp_streaming_plan_refresh(s, now, false);
  sp_subscriptions_connected(&s->subscriptions, now, sp_jid_bare(sp_iq_own_jid(s->iq)),
                             s->by_jwt ? SP_STR_NONE : s->channel.id);
  if (s->retired) return retire(s, now);
  watch(s, now);
  return SP_CONN_EVENTS;
}

static sp_conn_event retry(sp_streaming *s, uint64_t now) {
  sp_log(s->fx, SP_LOG_WARN, "streaming: connection attempt failed", SP_NUM("attempt", s->attempt),
         SP_NUM("status", s->failure.status));
  if (s->pipelined) {
    s->pipeline = false; /* perhaps the server did not like that: once more in the usual order, at once */
    tear_down(s, now);
    return SP_CONN_EV_DELAY_OVER;
  }
  remember_failure(s, now);
  tear_down(s, now);
  if (s->attempt < UINT32_MAX) s->attempt++;
  arm_wait(s, now);
  return SP_CONN_EVENTS;
}

static sp_conn_event reconnect(sp_streaming *s, uint64_t now) {
  tear_down(s, now);
  sp_streaming_push(s, &(sp_streaming_event){ .kind = SP_STREAMING_DISCONNECTED, .reconnecting = true });
  s->first_call = false;
  begin_call(s, now);
  arm_wait(s, now);
  return SP_CONN_EVENTS;
}

static sp_conn_event hurry(sp_streaming *s, uint64_t now) {
  reconnect(s, now);
  return SP_CONN_EV_DELAY_OVER;
}

/* A page with an open socket is not kept: this one must be gone before the page is. */
static sp_conn_event suspend(sp_streaming *s, uint64_t now) {
  tear_down(s, now);
  cut_leaving(s);
  s->wait_from = now;
  return SP_CONN_EVENTS;
}

static sp_conn_event park(sp_streaming *s, uint64_t now) {
  reconnect(s, now);
  return suspend(s, now);
}

static sp_conn_event again(sp_streaming *s, uint64_t now) {
  tear_down(s, now);
  return prepare(s, now);
}

static sp_conn_event report(sp_streaming *s, uint64_t now) {
  tear_down(s, now);
  s->channel.hard_required = true;
  report_failure(s);
  return SP_CONN_EVENTS;
}

static sp_conn_event shut(sp_streaming *s, uint64_t now) {
  sp_rest_cancel_retries(s->rest);
  s->channel.hard_required = true;
  s->say_disconnected = s->announced && s->stream;
  tear_down(s, now);
  return s->leaving ? SP_CONN_EVENTS : SP_CONN_EV_CLOSED;
}

static sp_conn_event cancel(sp_streaming *s, uint64_t now) {
  sp_streaming_set_failure(s, "user_cancelled", "The connection attempt was cancelled.");
  report_failure(s);
  sp_conn_event next = shut(s, now);
  s->say_disconnected = false; /* just reported */
  return next;
}

static const action actions[SP_CONN_ACTIONS] = {
  [SP_CONN_DO_NOTHING] = nothing,   [SP_CONN_DO_START] = start,     [SP_CONN_DO_RESTART] = restart,
  [SP_CONN_DO_PREPARE] = prepare,   [SP_CONN_DO_OPEN] = open,       [SP_CONN_DO_DISCOVER] = discover,
  [SP_CONN_DO_ANNOUNCE] = announce, [SP_CONN_DO_RETRY] = retry,     [SP_CONN_DO_RECONNECT] = reconnect,
  [SP_CONN_DO_RETIRE] = retire,     [SP_CONN_DO_REPORT] = report,   [SP_CONN_DO_CANCEL] = cancel,
  [SP_CONN_DO_SHUT] = shut,         [SP_CONN_DO_FINISH] = finish,   [SP_CONN_DO_HURRY] = hurry,
  [SP_CONN_DO_AGAIN] = again,       [SP_CONN_DO_SUSPEND] = suspend, [SP_CONN_DO_PARK] = park,
};

int sp_streaming_dispatch(sp_streaming *s, uint64_t now, sp_conn_event event) {
  if (event == SP_CONN_EVENTS) return SP_OK;
  if (sp_conn_rule_of(s->state, event).action == SP_CONN_ILLEGAL) return SP_ESTATE;
  while (event != SP_CONN_EVENTS) {
    sp_conn_rule rule = sp_conn_rule_of(s->state, event);
    if (rule.action == SP_CONN_ILLEGAL) break;
    s->state = rule.next;
    sp_str word = sp_str_from(sp_conn_state_name(s->state));
    sp_log_word(s->fx, SP_LOG_DEBUG, "streaming: state", "state", word);
    event = actions[rule.action](s, now);
  }
  return SP_OK;
}
