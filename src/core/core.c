/* SPDX-License-Identifier: MIT */
/* The one door: inputs are routed to the module that knows them, then answers are carried between the modules until
   nothing moves any more. */
#include "core/internal.h"

#include "base/limits.h"
#include "base/outcome.h"
#include "telemetry/uploader.h"

/* --- life --- */

/* The back-off lives in the tab's store under the name of the application (wire.md §3.3). */
static void store_backoff(sp_core *core, sp_effect_kind kind, sp_str text) {
  sp_buf key;
  sp_buf_init(&key, core->alloc, SP_MAX_JSON);
  sp_buf_add_text(&key, "sc_connectionData_");
  sp_buf_add(&key, core->options.origin_app_name.len ? core->options.origin_app_name : SP_STR("webrtc-sdk"));
  if (sp_buf_status(&key) == SP_OK) sp_effects_push(core->fx, kind, SP_STORAGE_SESSION, sp_buf_str(&key), text);
  sp_buf_free(&key);
}

static int read_options(sp_core *core, const uint8_t seed[SP_SEED_BYTES], sp_time now, sp_str config, sp_buf *error) {
  core->fx = sp_effects_new(core->alloc);
  if (!core->fx) return SP_ENOMEM;
  int status = sp_options_read(core->alloc, config, core->fx, error, &core->options);
  if (status == SP_OK) sp_recording_start(core, seed, now, config);
  return status;
}

static int make_parts(sp_core *core, uint64_t now) {
  int status = sp_logging_start(core, now);
  if (status == SP_OK) status = sp_telemetry_start(core);
  if (status != SP_OK) return status;
  core->rest = sp_rest_new(core->alloc, core->fx, core->options.environment, core->options.custom_headers);
  core->iq = sp_iq_new(core->alloc, &core->ids, core->fx);
  core->media = sp_media_new(core->alloc, core->fx, &core->ids);
  core->headset = sp_headset_new(core->alloc, core->fx);
  if (!core->rest || !core->iq || !core->media || !core->headset) return SP_ENOMEM;
  status = sp_core_media_configure(core);
  /* What there is becomes known a little later (media.md §2). */
  (void)sp_media_enumerate(core->media, false, (sp_token){ SP_OWNER_NONE, 0, 0 });
  sp_str token = core->options.access_token;
  if (status == SP_OK) status = sp_rest_set_token(core->rest, token.len ? token : core->options.jwt);
  core->expiry.at_wall = (uint64_t)core->options.token_expires_at;
  if (status == SP_OK) store_backoff(core, SP_FX_STORAGE_READ, SP_STR_NONE);
  return status;
}

int sp_core_new(const sp_alloc *alloc, const uint8_t seed[SP_SEED_BYTES], sp_str config_json, sp_time now,
                sp_buf *error, sp_core **out) {
  sp_core *core = sp_alloc_new(alloc, sizeof *core);
  if (!core) return SP_ENOMEM;
  core->alloc = alloc;
  core->options.alloc = alloc;
  core->wall = now.wall_ms;
  core->expiry.timer = core->boot.limit = core->leader.again = SP_TIMER_OFF;
  core->adding = (sp_adding){ .purpose = SP_FOR_TYPE, .limit = SP_TIMER_OFF };
  sp_ids_init(&core->ids, seed);
  sp_arena_init(&core->arena, alloc, SP_MAX_SCRATCH);
  sp_account_init(&core->account, alloc);
  sp_buf_init(&core->drawn, alloc, SP_MAX_JSON);
  int status = read_options(core, seed, now, config_json, error);
  if (status == SP_OK) status = make_parts(core, now.mono_ms);
  if (status == SP_OK) {
    *out = core;
    return SP_OK;
  }
  sp_core_free(core);
  return status;
}

void sp_core_free(sp_core *core) {
  if (!core) return;
  sp_sessions_free(core->sessions);
  sp_streaming_free(core->streaming);
  sp_preflight_free(core->preflight);
  sp_headset_free(core->headset);
  sp_media_free(core->media);
  sp_iq_free(core->iq);
  sp_rest_free(core->rest);
  sp_insights_free(core->insights);
  sp_logger_free(core->logger);
  sp_credentials_clear(core);
  sp_account_free(&core->account);
  sp_options_free(&core->options);
  sp_str_free(core->alloc, &core->backoff);
  sp_str_free(core->alloc, &core->refusal);
  sp_effects_free(core->fx);
  sp_buf_free(&core->drawn);
  sp_recorder_free(core->recorder);
  sp_arena_free(&core->arena);
  sp_alloc_free(core->alloc, core);
}

/* --- routing --- */

static void route_notification(sp_core *core, uint64_t now, const sp_streaming_event *event) {
  if (sp_str_ends(event->text, ".station")) sp_boot_station_event(core, now, event->json);
  else if (sp_str_ends(event->text, ".alertingleader")) sp_leader_event(core, event->json);
  else sp_sessions_notification(core->sessions, now, event->text, event->json);
}

static void route_streaming(sp_core *core, uint64_t now, const sp_streaming_event *event) {
  sp_sessions_set_ice(core->sessions, sp_streaming_ice_servers(core->streaming),
                      sp_streaming_ice_policy(core->streaming));
  if (event->kind == SP_STREAMING_STANZA && sp_headset_stanza(core, now, event->stanza)) return;
  if (event->kind == SP_STREAMING_STANZA) sp_sessions_stanza(core->sessions, now, event->stanza);
  else if (event->kind == SP_STREAMING_NOTIFICATION) route_notification(core, now, event);
  else sp_boot_streaming_event(core, now, event);
}

static void route_rest(sp_core *core, uint64_t now, const sp_rest_result *result) {
  sp_expiry_rest_result(core, now, result);
  if (result->token.owner == SP_OWNER_STREAMING && core->streaming) {
    sp_logging_enter_streaming(core);
    sp_streaming_rest_result(core->streaming, now, result);
    sp_logging_leave_streaming(core);
  } else if (result->token.owner == SP_OWNER_SESSION) sp_sessions_rest_result(core->sessions, now, result);
  else if (result->token.owner == SP_OWNER_CORE) sp_boot_rest_result(core, now, result);
  else if (result->token.owner == SP_OWNER_APP && result->token.op >= SP_LEADER_OFFERED)
    sp_leader_result(core, now, result);
  else if (result->token.owner == SP_OWNER_APP) sp_fetch_result(core, now, result);
}

static void route_iq(sp_core *core, uint64_t now, const sp_iq_answer *answer) {
  if (answer->token.owner == SP_OWNER_STREAMING && core->streaming) {
    sp_logging_enter_streaming(core);
    sp_streaming_iq_answer(core->streaming, now, answer);
    sp_logging_leave_streaming(core);
  } else if (answer->token.owner == SP_OWNER_SESSION) sp_sessions_iq_answer(core->sessions, now, answer);
  else if (answer->token.op == SP_CORE_OP_PING && core->preflight)
    sp_preflight_input(core->preflight, now, answer->token.id,
                       answer->outcome <= SP_IQ_ERROR ? SP_STR("{\"answered\":true}") : SP_STR("{}"));
}

static void route_media(sp_core *core, uint64_t now, const sp_media_done *done) {
  if (done->token.owner == SP_OWNER_SESSION) sp_sessions_media_done(core->sessions, now, done);
  else sp_core_media_done(core, now, done);
}

/* A reload of the page goes on with the waits of this one. */
static void remember_backoff(sp_core *core) {
  sp_buf text;
  sp_buf_init(&text, core->alloc, SP_MAX_JSON);
  if (sp_streaming_take_backoff(core->streaming, &text) &&
      sp_str_set(core->alloc, &core->backoff, sp_buf_str(&text)) == SP_OK)
    store_backoff(core, SP_FX_STORAGE_WRITE, core->backoff);
  sp_buf_free(&text);
}

/* Carries answers between the modules until none is left; then the scratch memory of this input is free again. */
static void settle(sp_core *core, uint64_t now) {
  bool moved;
  do {
    moved = true;
    sp_streaming_event event;
    sp_rest_result rest;
    sp_iq_answer iq;
    sp_media_done media;
    if (core->streaming && sp_streaming_take(core->streaming, &event)) route_streaming(core, now, &event);
    else if (sp_rest_take(core->rest, &rest)) route_rest(core, now, &rest);
    else if (sp_iq_take(core->iq, &iq)) route_iq(core, now, &iq);
    else if (sp_media_take(core->media, &media)) route_media(core, now, &media);
    else
      moved = (core->sessions && sp_sessions_step(core->sessions, now)) || sp_headset_step(core, now) ||
              sp_diagnostics_step(core, now) || sp_logging_step(core);
  } while (moved);
  sp_media_settled(core->media, now);
  if (core->sessions) sp_sessions_settled(core->sessions, now);
  sp_telemetry_send(core, now);
  if (core->streaming) {
    sp_streaming_set_in_call(core->streaming, now, sp_sessions_in_call(core->sessions));
    remember_backoff(core);
  }
  sp_arena_reset(&core->arena);
  int status = sp_effects_take_status(core->fx);
  if (status != SP_OK) sp_log_status(core->fx, SP_LOG_ERROR, "Effects were lost", status);
}

/* --- inputs --- */

static void http_result(sp_core *core, uint64_t now, const sp_input *in) {
  sp_http_failure failure = SP_HTTP_OK;
  if (in->number < 1) failure = sp_str_is(in->name, "timeout") ? SP_HTTP_TIMEOUT : SP_HTTP_NETWORK;
  int status = in->number >= 1 && in->number < 1000 ? (int)in->number : 0;
  if (sp_telemetry_result(core, now, in->id, status)) return;
  if (in->id & SP_UPLOAD_NUMBERS) {
    sp_logger_http_result(core->logger, now, core->wall, in->id, status, status ? in->name : SP_STR_NONE);
    return;
  }
  sp_rest_result_input(core->rest, now, in->id, failure, status, failure == SP_HTTP_OK ? in->name : SP_STR_NONE,
                       in->text);
}

static void page(sp_core *core, uint64_t now, sp_str what) {
  sp_logging_page(core, now, what);
  sp_telemetry_page(core, now, what);
  bool visible = sp_str_is(what, "visible"), resumed = sp_str_is(what, "resume"), kept = sp_str_is(what, "suspend");
  if (core->sessions && (visible || resumed)) sp_sessions_page_visible(core->sessions, now);
  if (core->sessions && (kept || sp_str_is(what, "unload"))) sp_sessions_log_conversations(core->sessions);
  if (!core->streaming) return;
  sp_logging_enter_streaming(core);
  /* Back from a hidden or frozen page: whether the path still stands is asked at once. */
  if (visible) sp_streaming_probe(core->streaming, now);
  else if (resumed) sp_streaming_resume(core->streaming, now);
  else if (kept) sp_streaming_suspend(core->streaming, now);
  if (sp_str_is(what, "online")) sp_streaming_online(core->streaming, now, true);
  else if (sp_str_is(what, "offline")) sp_streaming_online(core->streaming, now, false);
  sp_logging_leave_streaming(core);
}

static uint32_t handle_of(double number) {
  return number >= 1 && number < 4294967295.0 ? (uint32_t)number : 0;
}

/* A peer connection that lost its path is the first to notice that the network is gone. */
static void peer_state(sp_core *core, uint64_t now, const sp_input *in) {
  sp_sessions_peer_state(core->sessions, now, in->id, in->name, in->text);
  if (!core->streaming || !sp_str_is(in->name, "disconnected")) return;
  sp_logging_enter_streaming(core);
  sp_streaming_probe(core->streaming, now);
  sp_logging_leave_streaming(core);
}

static int route_input(sp_core *core, uint64_t now, const sp_input *in) {
  switch (in->kind) {
    case SP_IN_CALL: return sp_calls_dispatch(core, now, in->id, in->name, in->text);
    case SP_IN_HTTP_RESULT: http_result(core, now, in); return SP_OK;
    case SP_IN_MEDIA_RESULT: sp_media_result(core->media, in->id, in->number >= 1, in->name, in->text); return SP_OK;
    case SP_IN_PAGE: page(core, now, in->name); return SP_OK;
    case SP_IN_LOG: return sp_logging_record(core, now, in);
    case SP_IN_DEVICES:
      sp_media_listed(core->media, in->id, handle_of(in->number), in->name, in->text);
      sp_core_microphones_changed(core, now);
      return SP_OK;
    case SP_IN_HID: sp_headset_hid(core->headset, now, in->name, in->id, in->number, in->text); return SP_OK;
    case SP_IN_PROBE:
      if (core->preflight) sp_preflight_input(core->preflight, now, in->id, in->text);
      return SP_OK;
    case SP_IN_STORED:
      if (in->id == SP_STORAGE_SESSION) return sp_str_set(core->alloc, &core->backoff, in->text);
      sp_logger_stored(core->logger, now, core->wall, in->text);
      return SP_OK;
    case SP_IN_PEER_RESULT:
    case SP_IN_PEER_STATE:
    case SP_IN_PEER_ICE_STATE:
    case SP_IN_PEER_CANDIDATE:
    case SP_IN_PEER_TRACK:
    case SP_IN_PEER_MESSAGE:
    case SP_IN_PEER_STATS:
    case SP_IN_MEDIA_ENDED:
    case SP_IN_AUDIO_SET: break;
    case SP_IN_NONE:
    case SP_IN_DRAWN:
    case SP_IN_KINDS:
    default: return SP_EINVAL;
  }
  if (!core->sessions) return SP_OK;
  if (in->kind == SP_IN_PEER_RESULT && sp_str_is(in->name, "resolution")) sp_resolution_became(core, in->text);
  if (in->kind == SP_IN_PEER_RESULT)
    sp_sessions_peer_result(core->sessions, now, in->id, in->name,
                            in->number >= 1 && in->number < 256 ? (unsigned)in->number : 0, in->text);
  else if (in->kind == SP_IN_PEER_STATE) peer_state(core, now, in);
  else if (in->kind == SP_IN_PEER_ICE_STATE)
    sp_sessions_peer_ice_state(core->sessions, now, in->id, in->name, in->text);
  else if (in->kind == SP_IN_PEER_STATS) sp_sessions_peer_stats(core->sessions, now, in->id, in->number, in->text);
  else if (in->kind == SP_IN_PEER_CANDIDATE)
    sp_sessions_peer_candidate(core->sessions, now, in->id, in->name, in->text);
  else if (in->kind == SP_IN_PEER_TRACK) sp_sessions_peer_track(core->sessions, in->id, in->name);
  else if (in->kind == SP_IN_AUDIO_SET) {
    uint64_t job = 0;
    if (sp_str_to_u64(in->name, &job))
      sp_sessions_audio_set(core->sessions, in->id, (uint32_t)job,
                            (int)(in->number < -1 || in->number > 2 ? 2 : in->number));
  } else if (in->kind == SP_IN_MEDIA_ENDED) sp_sessions_media_ended(core->sessions, now, in->name, in->number >= 1);
  else if (in->kind == SP_IN_PEER_MESSAGE) sp_sessions_peer_message(core->sessions, in->id, in->text);
  return SP_OK;
}

/* Both clocks: where they drift apart the machine slept. */
static void take_time(sp_core *core, sp_time now) {
  core->wall = now.wall_ms;
  if (!core->streaming) return;
  sp_logging_enter_streaming(core);
  sp_streaming_clock(core->streaming, now.mono_ms, now.wall_ms);
  sp_logging_leave_streaming(core);
}

int sp_core_input(sp_core *core, sp_time now, const sp_input *input) {
  if (input->kind == SP_IN_DRAWN) return sp_recording_draw(core, input->text);
  sp_recording_input(core, now, (int)input->kind, input);
  take_time(core, now);
  int status = route_input(core, now.mono_ms, input);
  settle(core, now.mono_ms);
  return status;
}

void sp_core_socket_opened(sp_core *core, sp_time now, uint32_t socket) {
  sp_recording_input(core, now, SP_RECORD_OPENED, &(sp_input){ .id = socket });
  core->wall = now.wall_ms;
  sp_logging_enter_streaming(core);
  if (core->streaming) sp_streaming_socket_opened(core->streaming, now.mono_ms, socket);
  sp_logging_leave_streaming(core);
  settle(core, now.mono_ms);
}

void sp_core_socket_text(sp_core *core, sp_time now, uint32_t socket, sp_str frame) {
  sp_recording_input(core, now, SP_RECORD_FRAME, &(sp_input){ .id = socket, .text = frame });
  core->wall = now.wall_ms;
  sp_logging_enter_streaming(core);
  if (core->streaming) sp_streaming_socket_text(core->streaming, now.mono_ms, socket, &core->arena, frame);
  sp_logging_leave_streaming(core);
  settle(core, now.mono_ms);
}

void sp_core_socket_closed(sp_core *core, sp_time now, uint32_t socket) {
  sp_recording_input(core, now, SP_RECORD_CLOSED, &(sp_input){ .id = socket });
  core->wall = now.wall_ms;
  sp_logging_enter_streaming(core);
  if (core->streaming) sp_streaming_socket_closed(core->streaming, now.mono_ms, socket);
  sp_logging_leave_streaming(core);
  settle(core, now.mono_ms);
}

void sp_core_tick(sp_core *core, sp_time now) {
  sp_recording_input(core, now, SP_RECORD_TICK, &(sp_input){ .id = 0 });
  take_time(core, now);
  sp_rest_tick(core->rest, now.mono_ms);
  sp_iq_tick(core->iq, now.mono_ms);
  sp_media_tick(core->media, now.mono_ms);
  sp_logging_enter_streaming(core);
  if (core->streaming) sp_streaming_tick(core->streaming, now.mono_ms);
  sp_logging_leave_streaming(core);
  if (core->sessions) sp_sessions_tick(core->sessions, now.mono_ms);
  sp_boot_tick(core, now.mono_ms);
  sp_types_tick(core, now.mono_ms);
  sp_expiry_tick(core, now.mono_ms);
  sp_leader_tick(core, now.mono_ms);
  sp_headset_tick(core->headset, now.mono_ms);
  sp_logger_tick(core->logger, now.mono_ms, core->wall);
  if (core->preflight) sp_preflight_tick(core->preflight, now.mono_ms);
  if (core->insights) sp_insights_tick(core->insights, now.mono_ms);
  settle(core, now.mono_ms);
}

bool sp_core_next_effect(sp_core *core, sp_effect *out) {
  bool popped = sp_effects_pop(core->fx, out);
  if (popped && core->recorder) sp_recorder_effect(core->recorder, out);
  return popped;
}

sp_effect_kind sp_core_peek_effect(const sp_core *core) {
  return sp_effects_peek(core->fx);
}

bool sp_core_has_effects(const sp_core *core) {
  return !sp_effects_empty(core->fx);
}

uint64_t sp_core_deadline(const sp_core *core) {
  uint64_t at = sp_earlier(sp_rest_deadline(core->rest), sp_iq_deadline(core->iq));
  at = sp_earlier(at, sp_earlier(sp_headset_deadline(core->headset), sp_media_deadline(core->media)));
  at = sp_earlier(at, sp_earlier(sp_logger_deadline(core->logger), core->adding.limit.at));
  at = sp_earlier(at, sp_earlier(core->boot.limit.at, core->expiry.timer.at));
  at = sp_earlier(at, core->leader.again.at);
  if (core->preflight) at = sp_earlier(at, sp_preflight_deadline(core->preflight));
  if (core->insights) at = sp_earlier(at, sp_insights_deadline(core->insights));
  if (core->streaming) at = sp_earlier(at, sp_streaming_deadline(core->streaming));
  if (core->sessions) at = sp_earlier(at, sp_sessions_deadline(core->sessions));
  return at;
}

/* "name [arguments]". */
static int ask_with_arguments(const sp_core *core, sp_str question, size_t space, sp_buf *answer) {
  sp_json_doc *doc = NULL;
  int status = sp_json_parse(core->alloc, sp_str_slice(question, space + 1, question.len), &doc);
  if (status == SP_OK && !sp_core_media_ask(core, sp_str_slice(question, 0, space), sp_json_root(doc), answer))
    status = SP_ENOENT;
  sp_json_free(doc);
  return status == SP_OK ? sp_buf_status(answer) : status;
}

int sp_core_ask(const sp_core *core, sp_str question, sp_buf *answer) {
  bool value = false;
  size_t space = sp_str_find_char(question, ' ', 0);
  if (space < question.len) return ask_with_arguments(core, question, space, answer);
  if (sp_str_is(question, "headset")) {
    sp_headset_write(core->headset, answer);
    return sp_buf_status(answer);
  }
  if (sp_str_is(question, "config")) {
    sp_options_write(answer, &core->options);
    return sp_buf_status(answer);
  }
  if (sp_str_is(question, "refusal")) {
    sp_buf_add(answer, core->refusal.len ? core->refusal : SP_STR("null"));
    return sp_buf_status(answer);
  }
  if (sp_str_is(question, "loggerClientId")) {
    sp_buf_add_json(answer, sp_logger_client_id(core->logger, SP_LOG_OF_SDK));
    return sp_buf_status(answer);
  }
  if (sp_str_is(question, "connected")) value = core->streaming && sp_streaming_connected(core->streaming);
  else if (sp_str_is(question, "isInitialized")) value = core->streaming != NULL;
  else if (sp_str_is(question, "isJwtAuth")) value = sp_options_is_jwt(&core->options);
  else if (sp_str_is(question, "isGuest")) value = sp_options_is_guest(&core->options);
  else if (sp_str_is(question, "isPersistentConnectionEnabled")) value = sp_account_is_persistent(&core->account);
  else if (sp_str_is(question, "isConcurrentSoftphoneSessionsEnabled"))
    value = sp_account_is_concurrent(&core->account);
  else return SP_ENOENT;
  sp_buf_add_text(answer, value ? "true" : "false");
  return sp_buf_status(answer);
}
