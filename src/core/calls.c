/* SPDX-License-Identifier: MIT */
/* The app's calls: one table from method name to what performs it (sessions.md §1.2-§1.4). */
#include "core/internal.h"

#include "base/limits.h"
#include "base/outcome.h"

typedef void (*method_fn)(sp_core *core, uint64_t now, uint32_t call, const sp_json *args);

/* First argument, or NULL. */
static const sp_json *first(const sp_json *args) {
  return sp_json_first(args);
}

/* What a guest signs in with must not be seen in any record that follows. */
static void initialize(sp_core *core, uint64_t now, uint32_t call, const sp_json *args) {
  int status = sp_logger_learn_secret(core->logger, sp_json_get_str(first(args), "securityCode"));
  if (status == SP_OK) status = sp_logger_learn_secret(core->logger, sp_json_get_str(first(args), "jwt"));
  if (status == SP_OK) sp_boot_start(core, now, call, first(args));
  else sp_reject(core->fx, call, SP_ERROR_GENERIC, "Out of memory", SP_STR_NONE);
}

/* §10: pending retries end, the connection closes; sessions stay. */
static void disconnect(sp_core *core, uint64_t now, uint32_t call, const sp_json *args) {
  (void)args;
  sp_rest_cancel_retries(core->rest);
  if (!core->streaming) {
    sp_resolve(core->fx, call, SP_STR_NONE);
    return;
  }
  if (core->disconnect_call) sp_resolve(core->fx, core->disconnect_call, SP_STR_NONE);
  core->disconnect_call = call;
  sp_logging_enter_streaming(core);
  sp_streaming_disconnect(core->streaming, now);
  sp_logging_leave_streaming(core);
}

/* A connection that was given up for want of a good token comes back with this one. */
static void use_new_token(sp_core *core, uint64_t now, double expires_at) {
  sp_expiry_set(core, now, expires_at);
  if (!core->wants_token || !core->streaming) return;
  core->wants_token = false;
  sp_logging_enter_streaming(core);
  if (sp_streaming_connect(core->streaming, now) == SP_OK) sp_streaming_resume(core->streaming, now);
  sp_logging_leave_streaming(core);
}

static void set_access_token(sp_core *core, uint64_t now, uint32_t call, const sp_json *args) {
  const sp_json *expires = sp_json_get(sp_json_next(first(args)), "expiresAt");
  double expires_at = sp_json_number(expires, 0);
  sp_str token = sp_json_truthy(expires) && expires_at < 1 ? SP_STR_NONE : sp_json_str(first(args));
  int status = token.len ? sp_str_set(core->alloc, &core->options.access_token, token) : SP_EINVAL;
  if (status == SP_OK) status = sp_logging_set_token(core, token, false);
  if (status == SP_OK) status = sp_rest_set_token(core->rest, token);
  if (status == SP_OK && core->streaming) status = sp_streaming_set_token(core->streaming, token);
  if (status == SP_OK && !sp_options_is_jwt(&core->options)) use_new_token(core, now, expires_at);
  if (status == SP_OK) sp_resolve(core->fx, call, SP_STR_NONE);
  else
    sp_reject(core->fx, call, SP_ERROR_INVALID_OPTIONS,
              "setAccessToken needs a non-empty string, and expiresAt in milliseconds since 1970 if at all",
              SP_STR_NONE);
}

/* The next attempt signs in with it; a connection that stands is not touched. An SDK that signs in otherwise only
   learns that the text is a secret. */
static void set_jwt(sp_core *core, uint64_t now, uint32_t call, const sp_json *args) {
  sp_str text = sp_json_str(first(args));
  sp_jwt jwt;
  int status = text.len ? sp_jwt_read(core->alloc, text, &jwt, NULL) : SP_EINVAL;
  if (status == SP_OK) {
    status = sp_logging_set_token(core, text, true);
    bool used = sp_options_is_jwt(&core->options);
    if (status == SP_OK && used) status = sp_str_set(core->alloc, &core->options.jwt, text);
    if (status == SP_OK && used && !core->options.access_token.len) status = sp_rest_set_token(core->rest, text);
    if (status == SP_OK && used && core->streaming)
      status = sp_streaming_set_jwt_identity(core->streaming, text, jwt.jid);
    if (status == SP_OK && used) use_new_token(core, now, jwt.expires_at);
    sp_jwt_free(&jwt);
  }
  if (status == SP_OK) sp_resolve(core->fx, call, SP_STR_NONE);
  else sp_reject(core->fx, call, SP_ERROR_INVALID_OPTIONS, "setJwt needs a readable JWT", SP_STR_NONE);
}

/* --- types, headsets, media handling --- */

void sp_calls_refuse(sp_core *core, sp_error_type type, const char *message) {
  sp_buf text;
  sp_buf_init(&text, core->alloc, SP_MAX_JSON);
  sp_error_write(&text, type, message, SP_STR_NONE);
  int status = sp_buf_keep(&text, &core->refusal);
  if (status != SP_OK) sp_effects_fail(core->fx, status);
}

static void add_type(sp_core *core, uint64_t now, uint32_t call, const sp_json *args) {
  sp_types_add(core, now, call, sp_json_str(first(args)));
}
static void remove_type(sp_core *core, uint64_t now, uint32_t call, const sp_json *args) {
  sp_types_remove(core, now, call, sp_json_str(first(args)));
}
/* The host throws a refusal; who waits for a promise gets it that way. */
static void settle_now(sp_core *core, uint32_t call) {
  if (!core->refusal.len) sp_resolve(core->fx, call, SP_STR_NONE);
  else if (call) sp_effects_push(core->fx, SP_FX_REJECT, call, SP_STR_NONE, core->refusal);
}
static void set_handling(sp_core *core, uint64_t now, uint32_t call, const sp_json *args) {
  sp_types_set_handling(core, now, sp_json_str(first(args)));
  settle_now(core, call);
}
static void set_use_headsets(sp_core *core, uint64_t now, uint32_t call, const sp_json *args) {
  core->options.use_headsets = sp_json_truthy(first(args));
  sp_core_use_headsets(core, now);
  sp_resolve(core->fx, call, SP_STR_NONE);
}
static void fetch_organization(sp_core *core, uint64_t now, uint32_t call, const sp_json *args) {
  (void)args;
  sp_fetch_start(core, now, call, SP_FETCH_ORGANIZATION);
}
static void fetch_user(sp_core *core, uint64_t now, uint32_t call, const sp_json *args) {
  (void)args;
  sp_fetch_start(core, now, call, SP_FETCH_USER);
}
static void fetch_station(sp_core *core, uint64_t now, uint32_t call, const sp_json *args) {
  (void)args;
  sp_fetch_start(core, now, call, SP_FETCH_STATION);
}
static void parse_jwt(sp_core *core, uint64_t now, uint32_t call, const sp_json *args) {
  (void)now;
  (void)args;
  if (!sp_credentials_parse_jwt(core))
    sp_calls_refuse(core, SP_ERROR_INVALID_OPTIONS, "Failed to parse provided jwt, please ensure it is valid");
  settle_now(core, call);
}

/* --- sdk.logger (logging-and-stats.md §2.1) --- */

static void set_logger_token(sp_core *core, uint64_t now, uint32_t call, const sp_json *args) {
  (void)now;
  sp_str token = sp_json_str(first(args));
  int status = token.len ? sp_logger_set_token(core->logger, token) : SP_EINVAL;
  if (status == SP_OK) sp_resolve(core->fx, call, SP_STR_NONE);
  else sp_reject(core->fx, call, SP_ERROR_INVALID_OPTIONS, "setAccessToken needs a non-empty string", SP_STR_NONE);
}

static void start_server_logging(sp_core *core, uint64_t now, uint32_t call, const sp_json *args) {
  (void)now;
  (void)args;
  sp_logger_start(core->logger, SP_LOG_OF_SDK);
  sp_resolve(core->fx, call, SP_STR_NONE);
}

/* A reason that is no number is "force". */
static void stop_server_logging(sp_core *core, uint64_t now, uint32_t call, const sp_json *args) {
  double reason = sp_json_number(first(args), 0);
  int status = reason >= 1 && reason < 1000 ? (int)reason : 0;
  sp_logger_stop(core->logger, now, core->wall, SP_LOG_OF_SDK, status);
  sp_resolve(core->fx, call, SP_STR_NONE);
}

static void send_all_logs(sp_core *core, uint64_t now, uint32_t call, const sp_json *args) {
  (void)args;
  if (!sp_logger_flush(core->logger, now, core->wall, call)) sp_resolve(core->fx, call, SP_STR_NONE);
}

/* --- sessions --- */

static void accept_pending(sp_core *core, uint64_t now, uint32_t call, const sp_json *args) {
  sp_sessions_accept_pending(core->sessions, now, call, first(args));
}
static void reject_pending(sp_core *core, uint64_t now, uint32_t call, const sp_json *args) {
  sp_sessions_reject_pending(core->sessions, now, call, first(args));
}
static void accept(sp_core *core, uint64_t now, uint32_t call, const sp_json *args) {
  sp_sessions_accept(core->sessions, now, call, first(args));
}
static void end(sp_core *core, uint64_t now, uint32_t call, const sp_json *args) {
  sp_sessions_end(core->sessions, now, call, first(args));
}
static void force_terminate(sp_core *core, uint64_t now, uint32_t call, const sp_json *args) {
  sp_sessions_force_terminate(core->sessions, now, call, sp_json_str(first(args)),
                              sp_json_str(sp_json_next(first(args))));
}
static void set_audio_mute(sp_core *core, uint64_t now, uint32_t call, const sp_json *args) {
  sp_sessions_set_audio_mute(core->sessions, now, call, first(args));
}
static void set_video_mute(sp_core *core, uint64_t now, uint32_t call, const sp_json *args) {
  sp_sessions_set_video_mute(core->sessions, now, call, first(args));
}
static void set_held(sp_core *core, uint64_t now, uint32_t call, const sp_json *args) {
  sp_sessions_set_held(core->sessions, now, call, first(args));
}

/* E-12. */
static void reject_disabled(sp_core *core, uint32_t call, sp_session_type wanted, const sp_json *params) {
  sp_buf details;
  sp_buf_init(&details, core->alloc, SP_MAX_EFFECT_TEXT);
  sp_jw w;
  sp_jw_begin(&w, &details);
  sp_jw_open(&w, NULL, '{');
  sp_jw_open(&w, "startSessionParams", '{');
  for (const sp_json *member = sp_json_first(params); member; member = sp_json_next(member))
    if (!sp_str_is(sp_json_key(member), "sessionType")) sp_jw_json(&w, sp_json_key(member).ptr, member);
  sp_jw_str(&w, "sessionType", sp_str_from(sp_session_type_word(wanted)));
  sp_jw_close(&w);
  sp_jw_open(&w, "allowedSessionTypes", '[');
  for (int type = SP_SESSION_SOFTPHONE; type < SP_SESSION_TYPES; type++)
    if (sp_sessions_enabled(core->sessions, (sp_session_type)type))
      sp_jw_str(&w, NULL, sp_str_from(sp_session_type_word((sp_session_type)type)));
  sp_jw_close(&w);
  sp_jw_close(&w);
  sp_reject(core->fx, call, SP_ERROR_GENERIC, "Cannot start a session with a disabled session handler",
            sp_buf_status(&details) == SP_OK ? sp_buf_str(&details) : SP_STR_NONE);
  sp_buf_free(&details);
}

/* E-11 and E-12 come before the request. `details`: of E-11. */
static bool may_start(sp_core *core, uint32_t call, sp_session_type type, const sp_json *params, sp_str details) {
  bool connected = core->streaming && sp_streaming_connected(core->streaming);
  if (!connected)
    sp_reject(core->fx, call, SP_ERROR_SESSION, "A session cannot be started as streaming client is not yet connected",
              details);
  else if (sp_sessions_enabled(core->sessions, type)) return true;
  else reject_disabled(core, call, type, params);
  return false;
}

static void start_softphone(sp_core *core, uint64_t now, uint32_t call, const sp_json *args) {
  if (!may_start(core, call, SP_SESSION_SOFTPHONE, first(args), SP_STR("{\"sessionType\":\"softphone\"}"))) return;
  if (sp_json_is_object(first(args))) sp_sessions_start_softphone(core->sessions, now, call, first(args));
  else sp_reject(core->fx, call, SP_ERROR_INVALID_OPTIONS, "startSoftphoneSession needs an object", SP_STR_NONE);
}

#define OF_VIDEO SP_STR("{\"sessionType\":\"collaborateVideo\"}")

/* E-9. */
static void start_conference(sp_core *core, uint64_t now, uint32_t call, const sp_json *args) {
  const sp_json *room = first(args);
  if (sp_options_is_guest(&core->options))
    sp_reject(core->fx, call, SP_ERROR_NOT_SUPPORTED,
              "Video conferencing requires authentication via JWT or access token.", SP_STR_NONE);
  else if (may_start(core, call, SP_SESSION_VIDEO, room, OF_VIDEO))
    sp_sessions_start_video(core->sessions, now, call, sp_json_str(room), false, sp_json_str(sp_json_next(room)));
}

/* E-10. A JWT alone has no credential for the request. */
static void start_meeting(sp_core *core, uint64_t now, uint32_t call, const sp_json *args) {
  bool guest = sp_options_is_guest(&core->options);
  if (guest || !core->options.access_token.len)
    sp_reject(core->fx, call, SP_ERROR_NOT_SUPPORTED,
              guest ? "video conferencing meetings not supported for guests"
                    : "Video conferencing meetings require authentication via access token.",
              SP_STR_NONE);
  else if (may_start(core, call, SP_SESSION_VIDEO, first(args), OF_VIDEO))
    sp_sessions_start_video(core->sessions, now, call, sp_json_str(first(args)), true, SP_STR_NONE);
}

/* E-8. */
static void start_screen_share(sp_core *core, uint64_t now, uint32_t call, const sp_json *args) {
  if (!sp_options_is_guest(&core->options))
    sp_reject(core->fx, call, SP_ERROR_NOT_SUPPORTED, "Agent screen share is not yet supported", SP_STR_NONE);
  else if (may_start(core, call, SP_SESSION_SCREEN_SHARE, first(args), SP_STR("{\"sessionType\":\"screenShare\"}")))
    sp_sessions_start_screen_share(core->sessions, now, call);
}

static void session_start_share(sp_core *core, uint64_t now, uint32_t call, const sp_json *args) {
  sp_sessions_of_object(core->sessions, now, call, SP_OBJECT_START_SHARE, args);
}
static void session_stop_share(sp_core *core, uint64_t now, uint32_t call, const sp_json *args) {
  sp_sessions_of_object(core->sessions, now, call, SP_OBJECT_STOP_SHARE, args);
}
static void session_pin(sp_core *core, uint64_t now, uint32_t call, const sp_json *args) {
  sp_sessions_of_object(core->sessions, now, call, SP_OBJECT_PIN, args);
}

/* Before destroy() takes the instance apart: every session is force-terminated (§10 step 3). */
static void end_all(sp_core *core, uint64_t now, uint32_t call, const sp_json *args) {
  (void)args;
  sp_core_end_headsets(core, now);
  if (core->sessions) sp_sessions_end_all(core->sessions, now, call);
  else sp_resolve(core->fx, call, SP_STR_NONE);
}

/* The host says that an event has a listener for which the core must do extra work. */
static void listen(sp_core *core, uint64_t now, uint32_t call, const sp_json *args) {
  (void)now;
  if (sp_str_is(sp_json_str(first(args)), "conversationUpdateRaw")) core->options.raw_events = true;
  sp_resolve(core->fx, call, SP_STR_NONE);
}

typedef struct method {
  const char *name;
  method_fn run;
  bool after_initialize; /* needs the session manager */
} method;

static const method methods[] = {
  { "initialize", initialize, false },
  { "disconnect", disconnect, false },
  { "setAccessToken", set_access_token, false },
  { "setJwt", set_jwt, false },
  { "setLoggerToken", set_logger_token, false },
  { "startServerLogging", start_server_logging, false },
  { "stopServerLogging", stop_server_logging, false },
  { "sendAllLogsInstantly", send_all_logs, false },
  { "endAllSessions", end_all, false },
  { "listen", listen, false },
  { "setMediaHandling", set_handling, false },
  { "setUseHeadsets", set_use_headsets, false },
  { "fetchOrganization", fetch_organization, false },
  { "fetchAuthenticatedUser", fetch_user, false },
  { "fetchUsersStation", fetch_station, false },
  { "parseJwt", parse_jwt, false },
  { "runDiagnostics", sp_diagnostics_run, false },
  { "stopDiagnostics", sp_diagnostics_stop, false },
  { "addAllowedSessionType", add_type, true },
  { "removeAllowedSessionType", remove_type, true },
  { "updateDefaultDevices", sp_update_default_devices, false },
  { "updateDefaultMediaSettings", sp_update_media_settings, false },
  { "updateDefaultResolution", sp_update_default_resolution, false },
  { "updateAudioVolume", sp_update_audio_volume, false },
  { "updateOutputDevice", sp_update_output_device, true },
  { "updateOutgoingMedia", sp_update_outgoing_media, true },
  { "validateOutgoingMediaTracks", sp_validate_outgoing, true },
  { "startSoftphoneSession", start_softphone, true },
  { "acceptPendingSession", accept_pending, true },
  { "rejectPendingSession", reject_pending, true },
  { "acceptSession", accept, true },
  { "endSession", end, true },
  { "forceTerminateSession", force_terminate, true },
  { "setAudioMute", set_audio_mute, true },
  { "setVideoMute", set_video_mute, true },
  { "setConversationHeld", set_held, true },
  { "startVideoConference", start_conference, true },
  { "startVideoMeeting", start_meeting, true },
  { "startScreenShare", start_screen_share, true },
  { "session.startScreenShare", session_start_share, true },
  { "session.stopScreenShare", session_stop_share, true },
  { "session.pinParticipantVideo", session_pin, true },
};

static const method *find(sp_str name) {
  for (size_t i = 0; i < sizeof methods / sizeof *methods; i++)
    if (sp_str_is(name, methods[i].name)) return &methods[i];
  return NULL;
}

static void reject_early(sp_core *core, uint32_t call, const char *name) {
  sp_buf message;
  sp_buf_init(&message, core->alloc, 256);
  sp_buf_add_text(&message, "initialize() must be called before ");
  sp_buf_add_text(&message, name);
  sp_buf_add_text(&message, "()");
  sp_buf_add_char(&message, '\0');
  sp_reject(core->fx, call, SP_ERROR_SESSION,
            sp_buf_status(&message) == SP_OK ? message.data : "initialize() must be called first", SP_STR_NONE);
  sp_buf_free(&message);
}

static int call_of_part(sp_core *core, uint64_t now, uint32_t call, sp_str name, const sp_json *args) {
  if (sp_core_media_call(core, call, name, args)) return SP_OK;
  sp_str rest = sp_str_slice(name, sizeof "headset." - 1, name.len);
  if (sp_str_starts(name, "headset.") && sp_headset_call(core, now, call, rest, args) == SP_OK) return SP_OK;
  sp_reject(core->fx, call, SP_ERROR_INVALID_OPTIONS, "There is no such method", SP_STR_NONE);
  return SP_EINVAL;
}

int sp_calls_dispatch(sp_core *core, uint64_t now, uint32_t call, sp_str name, sp_str arguments) {
  const method *found = find(name);
  sp_json_doc *doc = NULL;
  sp_str_free(core->alloc, &core->refusal);
  int status = sp_json_parse(core->alloc, arguments, &doc);
  if (status == SP_OK && !sp_json_is_array(sp_json_root(doc))) status = SP_EINVAL;
  if (status == SP_ENOMEM) sp_reject(core->fx, call, SP_ERROR_GENERIC, "Out of memory", SP_STR_NONE);
  else if (status != SP_OK)
    sp_reject(core->fx, call, SP_ERROR_INVALID_OPTIONS, "The arguments cannot be read", SP_STR_NONE);
  else if (!found) status = call_of_part(core, now, call, name, sp_json_root(doc));
  else if (found->after_initialize && !core->sessions) reject_early(core, call, found->name);
  else found->run(core, now, call, sp_json_root(doc));
  sp_json_free(doc);
  return status == SP_OK && core->refusal.len ? SP_ESTATE : status;
}
