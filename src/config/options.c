/* SPDX-License-Identifier: MIT */
/* The options table of sessions.md §2. `kind` says which JSON types are accepted; null and absent mean the default. */
#include "config/options.h"

#include "base/json.h"
#include "base/limits.h"
#include "base/outcome.h"

#include <string.h>

static const char *const environments[] = {
  "mypurecloud.com",  "mypurecloud.com.au", "mypurecloud.jp",  "mypurecloud.de",
  "mypurecloud.ie",   "usw2.pure.cloud",    "cac1.pure.cloud", "euw2.pure.cloud",
  "apne2.pure.cloud", "sae1.pure.cloud",    "aps1.pure.cloud", "use2.us-gov-pure.cloud",
};

/* Is this one of the documented deployments? */
static bool is_known(sp_str environment) {
  for (size_t i = 0; i < sizeof environments / sizeof *environments; i++)
    if (sp_str_is(environment, environments[i])) return true;
  return false;
}

typedef enum option_kind { TEXT, FLAG, CONSTRAINT, OBJECT } option_kind;

typedef struct option_row {
  const char *path, *name;
  option_kind kind;
  size_t offset;
} option_row;

#define AT(member) offsetof(sp_options, member)

/* FLAG members hold their default before the table is read. */
static const option_row rows[] = {
  { "environment", "environment", TEXT, AT(environment) },
  { "accessToken", "accessToken", TEXT, AT(access_token) },
  { "jwt", "jwt", TEXT, AT(jwt) },
  { "organizationId", "organizationId", TEXT, AT(organization_id) },
  { "wsHost", "wsHost", TEXT, AT(ws_host) },
  { "jidResource", "jidResource", TEXT, AT(jid_resource) },
  { "originAppName", "originAppName", TEXT, AT(origin_app_name) },
  { "originAppVersion", "originAppVersion", TEXT, AT(origin_app_version) },
  { "originAppId", "originAppId", TEXT, AT(origin_app_id) },
  { "sdkVersion", "sdkVersion", TEXT, AT(sdk_version) },
  { "host.userAgent", "host.userAgent", TEXT, AT(user_agent) },
  { "host.platform", "host.platform", TEXT, AT(platform) },
  { "host.drawn", "host.drawn", TEXT, AT(drawn) },
  { "flightRecorder", "flightRecorder", FLAG, AT(flight_recorder) },
  { "customHeaders", "customHeaders", OBJECT, AT(custom_headers) },
  { "autoConnectSessions", "autoConnectSessions", FLAG, AT(auto_connect_sessions) },
  { "autoAcceptPendingScreenRecordingRequests", "autoAcceptPendingScreenRecordingRequests", FLAG,
    AT(auto_accept_screen_recording) },
  { "autoAcceptPendingLiveScreenMonitoringRequests", "autoAcceptPendingLiveScreenMonitoringRequests", FLAG,
    AT(auto_accept_live_monitoring) },
  { "disableAutoAnswer", "disableAutoAnswer", FLAG, AT(disable_auto_answer) },
  { "optOutOfTelemetry", "optOutOfTelemetry", FLAG, AT(opt_out_of_telemetry) },
  { "startServerLoggingPaused", "startServerLoggingPaused", FLAG, AT(logging_paused) },
  { "useHeadsets", "useHeadsets", FLAG, AT(use_headsets) },
  { "useServerSidePings", "useServerSidePings", FLAG, AT(server_pings) },
  { "reportStatistics", "reportStatistics", FLAG, AT(report_statistics) },
  { "pipelinedConnect", "pipelinedConnect", FLAG, AT(pipelined_connect) },
  { "headsetRequestType", "headsetRequestType", TEXT, AT(headset_request_type) },
  { "disableHeadsetControlsOrchestration", "disableHeadsetControlsOrchestration", FLAG, AT(no_headset_orchestration) },
  { "defaults.audioDeviceId", "defaults.audioDeviceId", TEXT, AT(audio_device_id) },
  { "defaults.videoDeviceId", "defaults.videoDeviceId", TEXT, AT(video_device_id) },
  { "defaults.outputDeviceId", "defaults.outputDeviceId", TEXT, AT(output_device_id) },
  { "defaults.audioStream", "defaults.audioStream", TEXT, AT(audio_stream) },
  { "defaults.videoResolution", "defaults.videoResolution", OBJECT, AT(video_resolution) },
  { "defaults.monitorMicVolume", "defaults.monitorMicVolume", FLAG, AT(monitor_volume) },
  { "skipConstraints", "skipConstraints", FLAG, AT(skip_constraints) },
  { "browser.chromium", "browser.chromium", FLAG, AT(chromium) },
  { "browser.setSinkId", "browser.setSinkId", FLAG, AT(sink_support) },
  { "browser.getDisplayMedia", "browser.getDisplayMedia", FLAG, AT(display_media) },
  { "defaults.micAutoGainControl", "defaults.micAutoGainControl", CONSTRAINT, AT(mic_auto_gain_control) },
  { "defaults.micEchoCancellation", "defaults.micEchoCancellation", CONSTRAINT, AT(mic_echo_cancellation) },
  { "defaults.micNoiseSuppression", "defaults.micNoiseSuppression", CONSTRAINT, AT(mic_noise_suppression) },
};

static const size_t row_count = sizeof rows / sizeof *rows;

static sp_str *text_at(sp_options *o, const option_row *row) {
  return (sp_str *)(void *)((char *)o + row->offset);
}
static bool *flag_at(sp_options *o, const option_row *row) {
  return (bool *)(void *)((char *)o + row->offset);
}

static int refuse(sp_buf *error, const char *name, const char *expected) {
  char message[160]; /* `name` and `expected` are literals of this file */
  const sp_str parts[] = { SP_STR("Option `"), sp_str_from(name), SP_STR("` must be "), sp_str_from(expected) };
  message[sp_str_join(message, parts, sizeof parts / sizeof *parts)] = '\0';
  sp_error_write(error, SP_ERROR_INVALID_OPTIONS, message, SP_STR_NONE);
  return SP_EINVAL;
}

static int keep_json(sp_options *o, const sp_json *value, sp_str *out) {
  return sp_json_keep(o->alloc, value, SP_MAX_OPTION, out);
}

static int read_row(sp_options *o, const option_row *row, const sp_json *value, sp_buf *error) {
  if (!value || sp_json_is_null(value)) return SP_OK;
  switch (row->kind) {
    case TEXT:
      /* Falsy values of other types mean "not given", as they do in the documentation's `null|falsy`. */
      if (!sp_json_is_string(value)) return sp_json_truthy(value) ? refuse(error, row->name, "a string") : SP_OK;
      return sp_json_str(value).len ? sp_str_set(o->alloc, text_at(o, row), sp_json_str(value)) : SP_OK;
    case FLAG:
      if (!sp_json_is_bool(value)) return refuse(error, row->name, "true or false");
      *flag_at(o, row) = sp_json_bool(value, false);
      return SP_OK;
    case CONSTRAINT:
      if (!sp_json_is_bool(value) && !sp_json_is_object(value))
        return refuse(error, row->name, "true, false or a constraint object");
      return keep_json(o, value, text_at(o, row));
    case OBJECT:
      if (!sp_json_is_object(value)) return refuse(error, row->name, "an object");
      return keep_json(o, value, text_at(o, row));
  }
  return SP_OK;
}

static const struct {
  const char *word;
  sp_allowed_type bit;
} type_words[] = {
  { "softphone", SP_ALLOW_SOFTPHONE },
  { "collaborateVideo", SP_ALLOW_VIDEO },
  { "screenShare", SP_ALLOW_SCREEN_SHARE },
  { "screenRecording", SP_ALLOW_SCREEN_RECORDING },
  { "liveScreenMonitoring", SP_ALLOW_LIVE_MONITORING },
};

unsigned sp_allowed_type_of_word(sp_str word) {
  for (size_t i = 0; i < sizeof type_words / sizeof *type_words; i++)
    if (sp_str_is(word, type_words[i].word)) return (unsigned)type_words[i].bit;
  return 0;
}

static int read_allowed_types(sp_options *o, const sp_json *value, sp_buf *error) {
  if (!sp_json_truthy(value)) return SP_OK;
  if (!sp_json_is_array(value)) return refuse(error, "allowedSessionTypes", "an array of session types");
  o->allowed_types = 0;
  for (const sp_json *item = sp_json_first(value); item; item = sp_json_next(item)) {
    unsigned bit = sp_allowed_type_of_word(sp_json_str(item));
    if (!bit) return refuse(error, "allowedSessionTypes", "an array of session types");
    o->allowed_types |= bit;
  }
  return SP_OK;
}

/* Any value is taken: an unknown level is a warning, not an error (logging-and-stats.md L-3). */
static int read_log_level(sp_options *o, const sp_json *value) {
  if (!sp_json_truthy(value)) return SP_OK;
  if (sp_json_is_string(value)) return sp_str_set(o->alloc, &o->log_level, sp_json_str(value));
  return keep_json(o, value, &o->log_level);
}

static uint32_t read_handle(const sp_json *value) {
  double handle = sp_json_number(value, 0);
  return handle >= 1 && handle < 4294967295.0 ? (uint32_t)handle : 0;
}

static int read_numbers(sp_options *o, const sp_json *config, sp_buf *error) {
  const sp_json *volume = sp_json_path(config, "defaults.audioVolume");
  if (volume && !sp_json_is_null(volume)) {
    double v = sp_json_number(volume, -1);
    if (v < 0 || v > 100) return refuse(error, "defaults.audioVolume", "a number from 0 to 100");
    o->audio_volume = v;
  }
  const sp_json *alertable = sp_json_get(config, "alertableInteractionTypes");
  if (sp_json_truthy(alertable) && !sp_json_is_array(alertable))
    return refuse(error, "alertableInteractionTypes", "an array");
  o->alertable = sp_json_count(alertable) > 0;
  const sp_json *expires = sp_json_get(config, "accessTokenExpiresAt");
  o->token_expires_at = sp_json_number(expires, 0);
  if (sp_json_truthy(expires) && !(o->token_expires_at >= 1 && o->token_expires_at < 9e15))
    return refuse(error, "accessTokenExpiresAt", "a time in milliseconds since 1970");
  o->cores = sp_json_number(sp_json_path(config, "host.cores"), 0);
  o->audio_element = read_handle(sp_json_path(config, "defaults.audioElement"));
  o->video_element = read_handle(sp_json_path(config, "defaults.videoElement"));
  return SP_OK;
}

static int read_eager(sp_options *o, const sp_json *value, sp_buf *error) {
  if (!value || sp_json_is_null(value)) return SP_OK;
  if (!sp_json_is_string(value)) return refuse(error, "eagerPersistentConnectionEstablishment", "a string");
  o->eager = sp_str_is(sp_json_str(value), "auto")   ? SP_EAGER_AUTO
             : sp_str_is(sp_json_str(value), "none") ? SP_EAGER_NONE
                                                     : SP_EAGER_EVENT;
  return SP_OK;
}

static int read_all(sp_options *o, const sp_json *config, sp_buf *error) {
  const sp_json *defaults = sp_json_get(config, "defaults");
  if (sp_json_truthy(defaults) && !sp_json_is_object(defaults)) return refuse(error, "defaults", "an object");
  int status = SP_OK;
  for (size_t i = 0; i < row_count && status == SP_OK; i++)
    status = read_row(o, &rows[i], sp_json_path(config, rows[i].path), error);
  if (status == SP_OK) status = read_allowed_types(o, sp_json_get(config, "allowedSessionTypes"), error);
  if (status == SP_OK) status = read_log_level(o, sp_json_get(config, "logLevel"));
  if (status == SP_OK) status = read_numbers(o, config, error);
  if (status == SP_OK) status = read_eager(o, sp_json_get(config, "eagerPersistentConnectionEstablishment"), error);
  return status;
}

static int set_environment(sp_options *o, sp_effects *fx) {
  o->environment_given = o->environment.len > 0;
  if (!o->environment_given) {
    sp_log0(fx, SP_LOG_WARN, "No environment provided, using mypurecloud.com");
    int status = sp_str_set(o->alloc, &o->environment, SP_STR("mypurecloud.com"));
    if (status != SP_OK) return status;
  } else if (!is_known(o->environment)) {
    sp_log0(fx, SP_LOG_WARN, "Environment is not in the standard list. You may not be able to connect.");
  }
  if (o->ws_host.len) return SP_OK;
  sp_buf host;
  sp_buf_init(&host, o->alloc, SP_MAX_URL);
  sp_buf_add_text(&host, "wss://streaming.");
  sp_buf_add(&host, o->environment);
  return sp_buf_keep(&host, &o->ws_host);
}

static int default_constraint(sp_options *o, sp_str *constraint) {
  return constraint->len ? SP_OK : sp_str_set(o->alloc, constraint, SP_STR("true"));
}

static int finish(sp_options *o, sp_effects *fx) {
  int status = set_environment(o, fx);
  if (status == SP_OK) status = default_constraint(o, &o->mic_auto_gain_control);
  if (status == SP_OK) status = default_constraint(o, &o->mic_echo_cancellation);
  if (status == SP_OK) status = default_constraint(o, &o->mic_noise_suppression);
  /* A jwt forces the types, whatever the caller passed (D-5). */
  if (sp_options_is_jwt(o)) o->allowed_types = SP_ALLOW_SCREEN_RECORDING | SP_ALLOW_VIDEO | SP_ALLOW_LIVE_MONITORING;
  return status;
}

static void set_defaults(sp_options *o, const sp_alloc *alloc) {
  memset(o, 0, sizeof *o);
  o->alloc = alloc;
  o->auto_connect_sessions = true;
  o->use_headsets = true; /* D-1: the page says true */
  o->flight_recorder = true;
  o->audio_volume = 100;
  o->allowed_types = SP_ALLOW_SOFTPHONE | SP_ALLOW_VIDEO | SP_ALLOW_SCREEN_SHARE | SP_ALLOW_LIVE_MONITORING;
}

static int read_config(sp_options *o, const sp_json *config, sp_effects *fx, sp_buf *error) {
  if (!sp_json_truthy(config)) {
    sp_error_write(error, SP_ERROR_INVALID_OPTIONS, "Options required to create an instance of the SDK", SP_STR_NONE);
    return SP_EINVAL;
  }
  if (!sp_json_is_object(config)) return refuse(error, "config", "an object");
  int status = read_all(o, config, error);
  if (status != SP_OK) return status;
  if (!o->access_token.len && !o->organization_id.len && !o->jwt.len) {
    sp_error_write(error, SP_ERROR_INVALID_OPTIONS,
                   "An accessToken, jwt, or organizationId (for guest access) is required to instantiate the sdk.",
                   SP_STR_NONE);
    return SP_EINVAL;
  }
  return finish(o, fx);
}

int sp_options_read(const sp_alloc *alloc, sp_str config_json, sp_effects *fx, sp_buf *error, sp_options *out) {
  set_defaults(out, alloc);
  sp_json_doc *doc = NULL;
  int status = sp_json_parse(alloc, config_json, &doc);
  if (status == SP_ESYNTAX || status == SP_ELIMIT) status = refuse(error, "config", "an object of plain values");
  if (status == SP_OK) status = read_config(out, sp_json_root(doc), fx, error);
  sp_json_free(doc);
  if (status != SP_OK) sp_options_free(out);
  return status;
}

void sp_options_free(sp_options *options) {
  for (size_t i = 0; i < row_count; i++)
    if (rows[i].kind != FLAG) sp_str_free(options->alloc, text_at(options, &rows[i]));
  sp_str_free(options->alloc, &options->log_level);
}

bool sp_options_is_jwt(const sp_options *options) {
  return options->jwt.len > 0;
}

bool sp_options_is_guest(const sp_options *options) {
  return !options->jwt.len && !options->access_token.len;
}

void sp_options_write(sp_buf *out, const sp_options *options) {
  sp_jw w;
  sp_jw_begin(&w, out);
  sp_jw_open(&w, NULL, '{');
  sp_jw_str(&w, "environment", options->environment);
  sp_jw_str(&w, "wsHost", options->ws_host);
  sp_jw_bool(&w, "autoConnectSessions", options->auto_connect_sessions);
  sp_jw_bool(&w, "disableAutoAnswer", options->disable_auto_answer);
  sp_jw_bool(&w, "optOutOfTelemetry", options->opt_out_of_telemetry);
  sp_jw_bool(&w, "useHeadsets", options->use_headsets);
  sp_jw_str(&w, "headsetRequestType", options->headset_request_type);
  sp_jw_open(&w, "allowedSessionTypes", '[');
  for (size_t i = 0; i < sizeof type_words / sizeof *type_words; i++)
    if (options->allowed_types & (unsigned)type_words[i].bit) sp_jw_str(&w, NULL, sp_str_from(type_words[i].word));
  sp_jw_close(&w);
  sp_jw_close(&w);
}
