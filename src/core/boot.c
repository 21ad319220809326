/* SPDX-License-Identifier: MIT */
/* initialize(): the agent's path (sessions.md §3), the station (§4), and what the connection tells the app. */
#include "core/internal.h"

#include "base/limits.h"
#include "base/outcome.h"
#include "xmpp/jid.h"

/* No promise without a deadline: the requests of initialize() end after ten tries, the attempts to connect never do. */
#define INITIALIZE_LIMIT_MS 600000u

static void set_connection_events(sp_core *core, const char *event, const char *text) {
  sp_effects_push(core->fx, SP_FX_EVENT, 0, sp_str_from(event), sp_str_from(text));
}

/* Ends initialize() with an error; a later call starts afresh. */
static uint32_t give_up(sp_core *core) {
  uint32_t call = core->boot.call;
  core->boot.call = 0;
  core->boot.step = SP_BOOT_NONE;
  sp_timer_stop(&core->boot.limit);
  return call;
}

/* E-5 and E-6 with an HTTP cause (§3.5). */
static void fail_http(sp_core *core, int status, uint32_t cause) {
  sp_error_type type = status == 401 || status == 403 ? SP_ERROR_INVALID_TOKEN : SP_ERROR_INITIALIZATION;
  sp_reject_caused(core->fx, give_up(core), type, cause);
}

static void fail_text(sp_core *core, sp_error_type type, const char *message) {
  sp_reject(core->fx, give_up(core), type, message, SP_STR_NONE);
}

static const char called_off[] = "disconnect() was called while initialize() was under way";

static void fail_result(sp_core *core, const sp_rest_result *result) {
  if (result->failure == SP_HTTP_CANCELLED) fail_text(core, SP_ERROR_INITIALIZATION, called_off);
  else fail_http(core, result->status, result->request);
}

static int request(sp_core *core, uint64_t now, sp_str path, uint8_t op, uint32_t id) {
  return sp_rest_request(core->rest, now, "GET", path, SP_STR_NONE, SP_REST_RETRY, 0,
                         (sp_token){ SP_OWNER_CORE, op, id });
}

/* --- connect --- */

static sp_streaming *make_streaming(sp_core *core) {
  bool agent = core->credentials.path == SP_PATH_AGENT;
  sp_streaming_config config = { .ws_host = core->options.ws_host,
                                 .api_host = core->options.environment,
                                 .token = agent ? core->options.access_token : SP_STR_NONE,
                                 .jwt = agent ? SP_STR_NONE : core->credentials.jwt,
                                 .jwt_jid = agent ? SP_STR_NONE : core->credentials.jid,
                                 .resource = core->options.jid_resource,
                                 .user_id = agent ? core->account.user_id : SP_STR_NONE,
                                 .jid = agent ? core->account.jid : SP_STR_NONE,
                                 .server_pings = core->options.server_pings,
                                 .pipeline = core->options.pipelined_connect,
                                 .backoff = core->backoff,
                                 .last_socket = core->last_socket };
  return sp_streaming_new(core->alloc, core->fx, &core->ids, core->rest, core->iq, &config);
}

static sp_sessions *make_sessions(sp_core *core) {
  sp_session_env env = { core->alloc, core->fx,       &core->ids,     core->rest,     core->iq,
                         core->media, &core->options, &core->account, core->insights, &core->wall };
  return sp_sessions_new(&env);
}

/* Each initialize() has a new connection object (§3.7). */
static bool renew_streaming(sp_core *core) {
  if (core->streaming) core->last_socket = sp_streaming_last_socket(core->streaming);
  sp_streaming_free(core->streaming);
  sp_rest_drop_owner(core->rest, SP_OWNER_STREAMING); /* late results would be taken for those of the new object */
  core->streaming = NULL;
  if (!core->sessions) core->sessions = make_sessions(core);
  sp_logging_enter_streaming(core);
  if (core->sessions) core->streaming = make_streaming(core);
  sp_account_clear_station(&core->account);
  sp_logging_leave_streaming(core);
  if (core->streaming) return true;
  fail_text(core, SP_ERROR_INITIALIZATION, "Out of memory");
  return false;
}

/* §3.1 step 9: a media helper asks for the headset as one. */
static int mark_media_helper(sp_options *options) {
  if (!sp_str_starts(options->jid_resource, "mediahelper")) return SP_OK;
  return sp_str_set(options->alloc, &options->headset_request_type, SP_STR("mediaHelper"));
}

static void connect(sp_core *core, uint64_t now) {
  core->boot.step = SP_BOOT_CONNECTING;
  sp_logging_enter_streaming(core);
  int status = sp_streaming_connect(core->streaming, now);
  sp_logging_leave_streaming(core);
  if (status == SP_OK) status = mark_media_helper(&core->options);
  if (status != SP_OK) fail_text(core, SP_ERROR_INITIALIZATION, "Out of memory");
}

/* initialize() fails before anything was connected: nothing of it stays. */
static void abandon(sp_core *core) {
  sp_rest_drop_owner(core->rest, SP_OWNER_CORE);
  sp_rest_drop_owner(core->rest, SP_OWNER_STREAMING);
  core->last_socket = sp_streaming_last_socket(core->streaming);
  sp_streaming_free(core->streaming);
  core->streaming = NULL;
}

/* --- topics and station --- */

static void ready(sp_core *core, uint64_t now) {
  for (int i = 0; SP_SESSION_SOFTPHONE + i < SP_SESSION_TYPES; i++) /* both enumerations are in the handlers' order */
    if (core->options.allowed_types & (unsigned)SP_ALLOW_SOFTPHONE << i)
      sp_sessions_enable(core->sessions, (sp_session_type)(SP_SESSION_SOFTPHONE + i));
  core->boot.step = SP_BOOT_READY;
  sp_timer_stop(&core->boot.limit);
  uint32_t call = core->boot.call;
  core->boot.call = 0;
  sp_core_use_headsets(core, now);
  sp_log0(core->fx, SP_LOG_INFO, "SDK is ready");
  sp_effects_push(core->fx, SP_FX_AUDIO_PROBE, 0, SP_STR_NONE, SP_STR_NONE);
  set_connection_events(core, "ready", "[]");
  sp_resolve(core->fx, call, SP_STR_NONE);
}

static void maybe_ready(sp_core *core, uint64_t now) {
  if (core->boot.step == SP_BOOT_ACTIVATING && core->boot.open == 0) ready(core, now);
}

static void write_topic(sp_core *core, sp_buf *topic, const char *what) {
  sp_buf_init(topic, core->alloc, SP_MAX_JID);
  sp_buf_add_text(topic, "v2.users.");
  sp_buf_add(topic, core->account.user_id);
  sp_buf_add_text(topic, what);
}

static int subscribe(sp_core *core, uint64_t now, const char *what, bool immediate, sp_token token, unsigned *open) {
  sp_buf topic;
  write_topic(core, &topic, what);
  int status = sp_buf_status(&topic);
  sp_logging_enter_streaming(core);
  if (status == SP_OK) status = sp_streaming_subscribe(core->streaming, now, sp_buf_str(&topic), immediate, token);
  sp_logging_leave_streaming(core);
  sp_buf_free(&topic);
  if (status == SP_OK) (*open)++;
  return status;
}

static void unsubscribe(sp_core *core, uint64_t now, const char *what, bool immediate) {
  sp_buf topic;
  write_topic(core, &topic, what);
  sp_logging_enter_streaming(core);
  if (sp_buf_status(&topic) == SP_OK)
    (void)sp_streaming_unsubscribe(core->streaming, now, sp_buf_str(&topic), immediate);
  sp_logging_leave_streaming(core);
  sp_buf_free(&topic);
}

static int request_station(sp_core *core, uint64_t now, uint32_t purpose) {
  sp_buf path;
  sp_buf_init(&path, core->alloc, SP_MAX_URL);
  sp_buf_add_text(&path, "stations/");
  sp_buf_add(&path, core->account.effective_station_id);
  int status = sp_buf_status(&path);
  if (status == SP_OK) status = request(core, now, sp_buf_str(&path), SP_CORE_OP_STATION, purpose);
  sp_buf_free(&path);
  if (status != SP_OK) sp_log0(core->fx, SP_LOG_WARN, "The station could not be requested");
  return status;
}

/* All that the user's id makes possible is asked for at once; the topics leave when the connection is up. A station
   that cannot be fetched never fails initialize(). */
int sp_boot_activate_softphone(sp_core *core, uint64_t now, uint32_t purpose, unsigned *open) {
  if (!core->account.effective_station_id.len) {
    sp_log0(core->fx, SP_LOG_WARN, "User does not have an effective station");
    sp_emit_error(core->fx, SP_ERROR_GENERIC, "User does not have an effective station", SP_STR_NONE);
  } else if (request_station(core, now, purpose) == SP_OK) {
    (*open)++;
  }
  int status = subscribe(core, now, ".persistentconnection", true,
                         (sp_token){ SP_OWNER_CORE, SP_CORE_OP_PERSISTENT_TOPIC, purpose }, open);
  if (status != SP_OK) return status;
  return subscribe(core, now, ".station", false, (sp_token){ SP_OWNER_CORE, SP_CORE_OP_STATION_TOPIC, purpose }, open);
}

/* wire.md §6.8: first of all topics, and no bulk call takes it out. */
void sp_boot_subscribe_leader(sp_core *core, uint64_t now) {
  sp_buf topic;
  write_topic(core, &topic, ".alertingleader");
  sp_topic_request wanted = { .topic = sp_buf_str(&topic), .immediate = true, .internal = true, .priority = 1e308 };
  int status = sp_buf_status(&topic);
  sp_logging_enter_streaming(core);
  if (status == SP_OK)
    status = sp_streaming_subscribe_topic(core->streaming, now, &wanted,
                                          (sp_token){ SP_OWNER_CORE, SP_CORE_OP_LEADER_TOPIC, SP_FOR_NOTICE });
  sp_logging_leave_streaming(core);
  sp_buf_free(&topic);
  if (status != SP_OK) sp_leader_failed(core);
}

/* the station's topic too. */
void sp_boot_deactivate_softphone(sp_core *core, uint64_t now) {
  unsubscribe(core, now, ".persistentconnection", true);
  unsubscribe(core, now, ".station", false);
}

static int activate(sp_core *core, uint64_t now) {
  int status = subscribe(core, now, ".conversations", true,
                         (sp_token){ SP_OWNER_CORE, SP_CORE_OP_CONVERSATIONS, SP_FOR_INITIALIZE }, &core->boot.open);
  if (status != SP_OK || !(core->options.allowed_types & SP_ALLOW_SOFTPHONE)) return status;
  return sp_boot_activate_softphone(core, now, SP_FOR_INITIALIZE, &core->boot.open);
}

/* --- start --- */

static void request_person(sp_core *core, uint64_t now) {
  core->boot.step = SP_BOOT_PERSON;
  core->boot.persons = 2;
  if (request(core, now, SP_STR("organizations/me"), SP_CORE_OP_ORGANIZATION, 0) != SP_OK ||
      request(core, now, SP_STR("users/me?expand=station"), SP_CORE_OP_USER, 0) != SP_OK) {
    abandon(core);
    fail_text(core, SP_ERROR_INITIALIZATION, "Out of memory");
    return;
  }
  sp_logging_enter_streaming(core);
  sp_streaming_prepare(core->streaming, now);
  sp_logging_leave_streaming(core);
}

/* Who signs in decides what comes first. */
static void begin(sp_core *core, uint64_t now) {
  if (core->credentials.code.len) {
    core->boot.step = SP_BOOT_CODE;
    if (sp_credentials_redeem(core, now) != SP_OK) fail_text(core, SP_ERROR_INITIALIZATION, "Out of memory");
  } else if (renew_streaming(core)) {
    if (core->credentials.path == SP_PATH_AGENT) request_person(core, now);
    else connect(core, now);
  }
}

void sp_boot_start(sp_core *core, uint64_t now, uint32_t call, const sp_json *params) {
  if (core->boot.step != SP_BOOT_NONE && core->boot.step != SP_BOOT_READY) {
    sp_reject(core->fx, call, SP_ERROR_INITIALIZATION, "initialize() is already under way", SP_STR_NONE);
    return;
  }
  if (sp_credentials_read(core, call, params) != SP_OK) return;
  core->boot = (sp_boot){ .step = SP_BOOT_CLOSING, .call = call };
  sp_timer_arm(&core->boot.limit, now, INITIALIZE_LIMIT_MS);
  core->wants_token = false;
  sp_expiry_watch(core, now);
  sp_types_cancel(core);
  if (!core->streaming) {
    begin(core, now);
    return;
  }
  sp_log0(core->fx, SP_LOG_INFO, "initialize() was called again: the old connection is closed");
  if (core->sessions) sp_sessions_reset(core->sessions, now);
  sp_logging_enter_streaming(core);
  sp_streaming_disconnect(core->streaming, now);
  sp_logging_leave_streaming(core);
}

void sp_boot_tick(sp_core *core, uint64_t now) {
  if (!sp_timer_due(&core->boot.limit, now)) return;
  if (core->streaming) abandon(core);
  fail_text(core, SP_ERROR_INITIALIZATION, "The streaming service could not be reached in time");
}

static void code_result(sp_core *core, uint64_t now, const sp_rest_result *result) {
  if (core->boot.step != SP_BOOT_CODE) return;
  if (!result->ok) {
    fail_result(core, result);
  } else if (sp_credentials_take(core, result->body) != SP_OK) {
    fail_text(core, SP_ERROR_INITIALIZATION, "The server's answer to the security code is incomplete");
  } else if (renew_streaming(core)) {
    connect(core, now);
  }
}

static int take_person(sp_core *core, uint64_t now, const sp_rest_result *result) {
  if (result->token.op == SP_CORE_OP_ORGANIZATION) {
    int read = sp_account_read_organization(&core->account, result->body);
    return read == SP_OK ? sp_logger_set_organization(core->logger, now, core->wall, core->account.organization_id)
                         : read;
  }
  int status = sp_account_read_user(&core->account, result->body);
  if (status == SP_OK) status = sp_streaming_set_identity(core->streaming, core->account.user_id, core->account.jid);
  return status == SP_OK ? activate(core, now) : status;
}

static void person_result(sp_core *core, uint64_t now, const sp_rest_result *result) {
  if (core->boot.step != SP_BOOT_PERSON) return;
  if (!result->ok) {
    abandon(core);
    fail_result(core, result);
    return;
  }
  int status = take_person(core, now, result);
  if (status != SP_OK) {
    abandon(core);
    fail_text(core, SP_ERROR_INITIALIZATION,
              status == SP_ENOMEM ? "Out of memory" : "The server's answer about the user is incomplete");
    return;
  }
  if (--core->boot.persons == 0) connect(core, now);
}

static void log_station(sp_core *core) {
  sp_log(core->fx, SP_LOG_INFO, "Station loaded", SP_ID("userId", core->account.user_id),
         SP_WORD("type", core->account.station_type),
         SP_FLAG("webRtcPersistentEnabled", core->account.persistent_enabled),
         SP_NUM("webRtcCallAppearances", core->account.call_appearances));
}

static void announce_station(sp_core *core) {
  sp_effects_push(core->fx, SP_FX_MEMBER, 0, SP_STR("station"), core->account.station_json);
  set_connection_events(core, "concurrentSoftphoneSessionsEnabled",
                        sp_account_is_concurrent(&core->account) ? "[true]" : "[false]");
  sp_buf *text = sp_effects_scratch(core->fx);
  sp_buf_add_text(text, "[{\"action\":\"Associated\",\"station\":");
  sp_buf_add(text, core->account.station_json);
  sp_buf_add_text(text, "}]");
  sp_effects_push(core->fx, SP_FX_EVENT, 0, SP_STR("station"), sp_buf_str(text));
}

static void task_done(sp_core *core, uint64_t now, uint32_t purpose) {
  if (purpose >= SP_FOR_TYPE) sp_types_answered(core, purpose, true);
  if (purpose != SP_FOR_INITIALIZE) return;
  if (core->boot.open) core->boot.open--;
  maybe_ready(core, now);
}

int sp_boot_take_station(sp_core *core, const sp_json *body) {
  int status = sp_account_read_station(&core->account, body);
  if (status != SP_OK) return status;
  log_station(core);
  if (core->boot.step == SP_BOOT_PERSON || core->boot.step == SP_BOOT_CONNECTING) core->boot.station_loaded = true;
  else announce_station(core);
  return SP_OK;
}

static void station_result(sp_core *core, uint64_t now, const sp_rest_result *result) {
  if (!result->ok || sp_boot_take_station(core, result->body) != SP_OK)
    sp_log_number(core->fx, SP_LOG_WARN, "The station could not be loaded", "status", result->status);
  task_done(core, now, result->token.id);
}

void sp_boot_rest_result(sp_core *core, uint64_t now, const sp_rest_result *result) {
  /* What disconnect() called off did not fail. */
  if (!result->ok && result->failure != SP_HTTP_CANCELLED)
    sp_emit_error_caused(core->fx, SP_ERROR_HTTP, result->request, SP_STR_NONE);
  if (result->token.op == SP_CORE_OP_STATION) station_result(core, now, result);
  else if (result->token.op == SP_CORE_OP_CODE) code_result(core, now, result);
  else person_result(core, now, result);
}

/* --- the connection --- */

static void connected(sp_core *core, uint64_t now, const sp_streaming_event *event) {
  bool first = event->first && core->boot.step == SP_BOOT_CONNECTING;
  set_connection_events(core, "connected", first ? "[{\"reconnect\":false}]" : "[{\"reconnect\":true}]");
  sp_sessions_signaling_back(core->sessions, now);
  sp_leader_connected(core, now);
  sp_headset_connection_back(core->headset, now);
  if (core->boot.step != SP_BOOT_CONNECTING) return;
  /* §3.1 step 5: neither a guest nor a JWT has topics of a user or a station: they are ready at once. */
  core->boot.step = SP_BOOT_ACTIVATING;
  if (core->boot.station_loaded && core->account.has_station) announce_station(core);
  maybe_ready(core, now);
}

static void connect_failed(sp_core *core, const sp_streaming_event *event) {
  sp_rest_drop_owner(core->rest, SP_OWNER_CORE); /* nobody waits for the station any more */
  if (event->request) {
    fail_http(core, event->status, event->request);
    return;
  }
  sp_buf message;
  sp_buf_init(&message, core->alloc, SP_MAX_URL);
  sp_buf_add(&message, event->message.len ? event->message : SP_STR("The connection failed"));
  sp_buf_add_char(&message, '\0');
  bool token = sp_str_is(event->text, "invalid_token");
  fail_text(core, token ? SP_ERROR_INVALID_TOKEN : SP_ERROR_INITIALIZATION,
            sp_buf_status(&message) == SP_OK ? message.data : "The connection failed");
  sp_buf_free(&message);
}

/* Reconnecting has ended in failure. For want of a good token: the next one connects again. */
static void gave_up(sp_core *core, uint64_t now, const sp_streaming_event *event) {
  sp_buf *text = sp_effects_scratch(core->fx);
  sp_jw w;
  sp_jw_begin(&w, text);
  sp_jw_open(&w, NULL, '[');
  sp_jw_str(&w, NULL, SP_STR("Streaming API connection disconnected"));
  sp_jw_open(&w, NULL, '{');
  sp_jw_bool(&w, "reconnecting", false);
  sp_jw_open(&w, "error", '{');
  sp_jw_str(&w, "type", event->text);
  sp_jw_str(&w, "message", event->message);
  sp_jw_close(&w);
  sp_jw_close(&w);
  sp_jw_close(&w);
  sp_effects_push(core->fx, SP_FX_EVENT, 0, SP_STR("disconnected"), sp_buf_str(text));
  /* In the last step of initialize(): what is still to come does not make a client that is connected. */
  if (core->boot.step == SP_BOOT_ACTIVATING) {
    connect_failed(core, event);
    return;
  }
  core->wants_token = sp_str_is(event->text, "invalid_token");
  if (core->wants_token) sp_expiry_refused(core, now);
}

static void disconnected(sp_core *core, uint64_t now, const sp_streaming_event *event) {
  sp_sessions_signaling_lost(core->sessions);
  sp_headset_connection_lost(core->headset);
  if (event->text.len && !sp_str_is(event->text, "user_cancelled")) {
    gave_up(core, now, event);
    return;
  }
  set_connection_events(core, "disconnected",
                        event->reconnecting ? "[\"Streaming API connection disconnected\",{\"reconnecting\":true}]"
                                            : "[\"Streaming API connection disconnected\",{\"reconnecting\":false}]");
}

/* disconnect() is done, or the old connection of a second initialize(). */
static void closed(sp_core *core, uint64_t now) {
  sp_resolve(core->fx, core->disconnect_call, SP_STR_NONE);
  core->disconnect_call = 0;
  if (core->boot.step == SP_BOOT_CLOSING) begin(core, now);
  else if (core->boot.call) fail_text(core, SP_ERROR_INITIALIZATION, called_off);
}

static void subscribed(sp_core *core, uint64_t now, const sp_streaming_event *event) {
  if (event->ok) {
    task_done(core, now, event->token.id);
    return;
  }
  sp_log_number(core->fx, SP_LOG_ERROR, "A subscription was refused", "topic", event->token.op);
  if (event->token.op == SP_CORE_OP_LEADER_TOPIC) {
    sp_leader_failed(core);
    return;
  }
  if (event->token.id >= SP_FOR_TYPE) {
    sp_types_answered(core, event->token.id, false);
    return;
  }
  if (!core->boot.call) return;
  if (event->request) fail_http(core, event->status, event->request);
  else fail_text(core, SP_ERROR_INITIALIZATION, "A subscription was refused by the server");
}

void sp_boot_streaming_event(sp_core *core, uint64_t now, const sp_streaming_event *event) {
  switch (event->kind) {
    case SP_STREAMING_CONNECTED: connected(core, now, event); return;
    case SP_STREAMING_DISCONNECTED: disconnected(core, now, event); return;
    case SP_STREAMING_CONNECT_FAILED:
      if (core->boot.step == SP_BOOT_CONNECTING) connect_failed(core, event);
      return;
    case SP_STREAMING_SUBSCRIBED: subscribed(core, now, event); return;
    case SP_STREAMING_CLOSED: closed(core, now); return;
    default: return;
  }
}

/* §4.2. */
void sp_boot_station_event(sp_core *core, uint64_t now, sp_str json) {
  sp_json_doc *doc = NULL;
  if (sp_json_parse(core->alloc, json, &doc) != SP_OK) return;
  sp_str action = sp_json_str(sp_json_path(sp_json_root(doc), "metadata.action"));
  if (sp_str_is(action, "Disassociated")) {
    sp_account_clear_station(&core->account);
    sp_effects_push(core->fx, SP_FX_MEMBER, 0, SP_STR("station"), SP_STR("null"));
    set_connection_events(core, "station", "[{\"action\":\"Disassociated\",\"station\":null}]");
  } else if (sp_str_is(action, "Associated")) {
    sp_str id = sp_json_str(sp_json_path(sp_json_root(doc), "eventBody.associatedStation.id"));
    if (id.len && sp_str_set(core->alloc, &core->account.effective_station_id, id) == SP_OK)
      (void)request_station(core, now, SP_FOR_NOTICE);
  } else if (sp_str_is(action, "WebRTCMigration") && core->account.effective_station_id.len) {
    (void)request_station(core, now, SP_FOR_NOTICE);
  }
  sp_json_free(doc);
}
