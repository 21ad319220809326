/* SPDX-License-Identifier: MIT */
#include "telemetry/logger.h"

#include "base/json.h"
#include "base/limits.h"
#include "base/url.h"
#include "telemetry/batches.h"
#include "telemetry/patterns.h"
#include "telemetry/redact.h"
#include "telemetry/trace.h"
#include "telemetry/upload_text.h"
#include "telemetry/uploader.h"

#include <string.h>

enum { MAX_EVENTS = 16, FORCED = 0, RUNNING = -1 };

/* One of the two loggers. */
typedef struct source_state {
  sp_batches batches;
  int stopped; /* RUNNING, FORCED, or the HTTP status that stopped it */
  sp_uuid client_id;
  sp_trace_source trace; /* texts of the logger or in static storage */
} source_state;

struct sp_logger {
  const sp_alloc *alloc;
  sp_effects *fx;
  sp_redactor redactor;
  sp_uploader *uploader; /* NULL: there is no server logging */
  source_state sources[SP_LOG_SOURCES];
  sp_str app_version, origin_name, origin_version, origin_id;
  int threshold;
  sp_logger_event events[MAX_EVENTS];
  size_t event_count;
};

static const char *const levels[] = { "log", "debug", "info", "warn", "error" };
static const char *const topics[SP_LOG_SOURCES] = { "webrtc-sdk", "streaming-client" };

/* 0 to 4; -1 when it is no level. `log` is the lowest (§2.2). */
static int rank_of(sp_str level) {
  for (int i = 0; i < (int)(sizeof levels / sizeof *levels); i++) {
    if (sp_str_is(level, levels[i])) return i;
  }
  return -1;
}

sp_str sp_logger_level(sp_str level) {
  int rank = rank_of(level);
  return sp_str_from(rank < 0 ? "info" : levels[rank]);
}

/* --- what the loggers say themselves --- */

/* A record of our own that is never uploaded. It takes the way of all records, through the formatters. */
static void say(sp_logger *l, sp_log_source source, const char *level, sp_str message, const char *key, double number) {
  sp_jw w;
  sp_effects_begin(l->fx, &w, "{");
  sp_jw_str(&w, "message", message);
  if (key) {
    sp_jw_open(&w, "details", '{');
    sp_jw_num(&w, key, number);
    sp_jw_close(&w);
  }
  sp_jw_bool(&w, "local", true);
  sp_effects_end(l->fx, &w, SP_FX_LOG, (uint32_t)source, sp_str_from(level));
}

static void warn_of_level(sp_logger *l, sp_str level) {
  sp_buf text;
  sp_buf_init(&text, l->alloc, SP_MAX_EFFECT_TEXT);
  sp_buf_add_text(&text, "Invalid log level: \"");
  sp_buf_add(&text, sp_str_slice(level, 0, 64));
  sp_buf_add_text(&text, "\". Default \"info\" will be used instead.");
  if (sp_buf_status(&text) == SP_OK) say(l, SP_LOG_OF_SDK, "warn", sp_buf_str(&text), NULL, 0);
  sp_buf_free(&text);
}

static void say_cut(sp_logger *l, sp_log_source source, sp_trace_cut cut, size_t size) {
  static const struct {
    const char *level, *message;
  } said[] = {
    [SP_TRACE_WHOLE] = { NULL, NULL },
    [SP_TRACE_NO_DETAILS] = { "warn", "message too large to send to server. truncated log details" },
    [SP_TRACE_SHORT] = { "warn", "message too large to send to server. truncated log details & log message" },
    [SP_TRACE_TOO_LARGE] = { "error", "truncated message is too large to send to server. not sending message" },
  };
  if (!said[cut].message) return;
  say(l, source, said[cut].level, sp_str_from(said[cut].message), "size", (double)size);
}

/* --- life --- */

static int make_url(const sp_alloc *alloc, const sp_logger_config *config, sp_buf *out) {
  sp_buf_init(out, alloc, SP_MAX_URL);
  sp_url_add_api(out, config->environment);
  sp_buf_add_text(out, "diagnostics/trace");
  if (config->is_jwt) sp_buf_add_text(out, "/backgroundassistant");
  return sp_buf_status(out);
}

static int make_uploader(sp_logger *l, sp_ids *ids, const sp_logger_config *config) {
  sp_buf url;
  int status = make_url(l->alloc, config, &url);
  if (status == SP_OK) {
    sp_uploader_config uploader = { sp_buf_str(&url), config->headers_json };
    l->uploader = sp_uploader_new(l->alloc, l->fx, ids, &uploader);
    status = l->uploader ? sp_uploader_set_token(l->uploader, config->token) : SP_ENOMEM;
  }
  sp_buf_free(&url);
  return status;
}

static int copy_texts(sp_logger *l, const sp_logger_config *config) {
  int status = sp_str_dup(l->alloc, config->app_version, &l->app_version);
  if (status == SP_OK) status = sp_str_dup(l->alloc, config->origin_name, &l->origin_name);
  if (status == SP_OK) status = sp_str_dup(l->alloc, config->origin_version, &l->origin_version);
  if (status == SP_OK) status = sp_str_dup(l->alloc, config->origin_id, &l->origin_id);
  return status == SP_OK ? sp_redactor_learn(&l->redactor, config->token) : status;
}

static sp_str or_else(sp_str text, sp_str fallback) {
  return text.len > 0 ? text : fallback;
}

/* §4.1: the streaming part names the SDK as its origin unless the application is named, which ties the two together. */
static void init_sources(sp_logger *l, sp_ids *ids, bool paused) {
  for (int i = 0; i < SP_LOG_SOURCES; i++) {
    source_state *s = &l->sources[i];
    s->stopped = paused ? FORCED : RUNNING;
    s->client_id = sp_ids_uuid(ids);
    s->trace = (sp_trace_source){ sp_str_from(topics[i]), sp_uuid_str(&s->client_id), l->origin_name, l->origin_version,
                                  l->origin_id };
  }
  sp_trace_source *streaming = &l->sources[SP_LOG_OF_STREAMING].trace;
  streaming->origin_name = or_else(l->origin_name, sp_str_from(topics[SP_LOG_OF_SDK]));
  streaming->origin_version = or_else(l->origin_version, l->app_version);
  streaming->origin_id = or_else(l->origin_id, l->sources[SP_LOG_OF_SDK].trace.client_id);
}

/* What the constructor says: local only. */
static void announce(sp_logger *l, const sp_logger_config *config) {
  const char *message = "Server logging is initialized";
  if (config->guest) message = "Guests are not logged to the server";
  else if (config->opted_out) message = "Server logging is off: telemetry was opted out of";
  else if (!l->uploader) return;
  say(l, SP_LOG_OF_SDK, "debug", sp_str_from(message), NULL, 0);
}

static int set_up(sp_logger *l, sp_ids *ids, const sp_logger_config *config) {
  int status = copy_texts(l, config);
  if (status != SP_OK) return status;
  init_sources(l, ids, config->paused);
  l->threshold = rank_of(or_else(config->level, SP_STR("info")));
  if (l->threshold < 0) {
    l->threshold = rank_of(SP_STR("info"));
    warn_of_level(l, config->level);
  }
  bool wanted = !config->guest && !config->opted_out;
  bool possible = config->environment.len > 0 && config->app_version.len > 0;
  if (wanted && possible) status = make_uploader(l, ids, config);
  else if (wanted)
    say(l, SP_LOG_OF_SDK, "error",
        SP_STR(
            "Missing `url` and/or `appVersion` config options to set up server logging. Not sending logs to server for "
            "this logger instance"),
        NULL, 0);
  if (status == SP_OK) announce(l, config);
  return status;
}

sp_logger *sp_logger_new(const sp_alloc *alloc, sp_effects *fx, sp_ids *ids, const sp_logger_config *config) {
  sp_logger *l = sp_alloc_new(alloc, sizeof *l);
  if (!l) return NULL;
  l->alloc = alloc;
  l->fx = fx;
  sp_redactor_init(&l->redactor, alloc);
  for (int i = 0; i < SP_LOG_SOURCES; i++) sp_batches_init(&l->sources[i].batches, alloc);
  if (set_up(l, ids, config) == SP_OK) return l;
  sp_logger_free(l);
  return NULL;
}

void sp_logger_free(sp_logger *l) {
  if (!l) return;
  for (int i = 0; i < SP_LOG_SOURCES; i++) sp_batches_clear(&l->sources[i].batches);
  sp_uploader_free(l->uploader);
  sp_redactor_free(&l->redactor);
  sp_str_free(l->alloc, &l->app_version);
  sp_str_free(l->alloc, &l->origin_name);
  sp_str_free(l->alloc, &l->origin_version);
  sp_str_free(l->alloc, &l->origin_id);
  sp_alloc_free(l->alloc, l);
}

sp_str sp_logger_client_id(const sp_logger *l, sp_log_source source) {
  return l->sources[source].trace.client_id;
}

/* --- events --- */

/* The host takes them after every call; more than fit in one call are not worth telling. */
static void tell(sp_logger *l, sp_logger_event event) {
  if (l->event_count < MAX_EVENTS) l->events[l->event_count++] = event;
}

static bool is_stopping(int status) {
  return status == 401 || status == 403 || status == 404;
}

static void stop(sp_logger *l, uint64_t now, uint64_t wall, sp_log_source source, int reason) {
  source_state *s = &l->sources[source];
  if (!l->uploader || (s->stopped == FORCED && reason != FORCED)) return;
  s->stopped = reason;
  sp_batches_clear(&s->batches);
  sp_uploader_drop(l->uploader, now, wall, (uint8_t)source);
  tell(l, (sp_logger_event){ .kind = SP_LOGGER_STOPPED, .source = source, .status = reason });
}

static void stop_after(sp_logger *l, uint64_t now, uint64_t wall, sp_log_source source, int status) {
  if (!is_stopping(status) || l->sources[source].stopped == FORCED) return;
  const char *said = status == 401   ? "received a 401 from logUploader. stopping logging to server"
                     : status == 403 ? "received a 403 from logUploader. stopping logging to server"
                                     : "received a 404 from logUploader. stopping logging to server";
  say(l, source, "warn", sp_str_from(said), NULL, 0);
  stop(l, now, wall, source, status);
}

/* A request has settled. Those from the store belong to no logger: they fail without a word. */
static void upload_done(sp_logger *l, uint64_t now, uint64_t wall, const sp_upload_event *event) {
  if (event->source >= SP_LOG_SOURCES) return;
  sp_log_source source = (sp_log_source)event->source;
  if (!event->ok) {
    say(l, source, "error", SP_STR("Sending logs to the server failed"), "status", event->status);
    tell(l, (sp_logger_event){
                .kind = SP_LOGGER_FAILED, .source = source, .status = event->status, .request = event->request });
    stop_after(l, now, wall, source, event->status);
  }
  sp_batches_resume(&l->sources[source].batches, now);
}

/* Reacts to what the uploader has to say until it is silent but for the store, which the host must look after first. */
static void settle(sp_logger *l, uint64_t now, uint64_t wall) {
  sp_upload_event event;
  while (l->uploader && sp_uploader_take(l->uploader, &event)) {
    switch (event.kind) {
      case SP_UPLOAD_DONE: upload_done(l, now, wall, &event); break;
      case SP_UPLOAD_LOAD: tell(l, (sp_logger_event){ .kind = SP_LOGGER_LOAD }); break;
      case SP_UPLOAD_STORE: tell(l, (sp_logger_event){ .kind = SP_LOGGER_STORE, .text = event.text }); break;
      case SP_UPLOAD_FLUSHED: tell(l, (sp_logger_event){ .kind = SP_LOGGER_FLUSHED, .call = event.call }); break;
    }
  }
}

bool sp_logger_take(sp_logger *l, sp_logger_event *out) {
  if (l->event_count == 0) return false;
  *out = l->events[0];
  memmove(&l->events[0], &l->events[1], --l->event_count * sizeof *l->events);
  return true;
}

/* --- records --- */

/* {"message","details"?}; details that are no JSON are hidden whole. */
static void write_line(const sp_logger *l, sp_str message, bool has_details, const sp_json *details, sp_buf *line) {
  sp_buf_add_text(line, "{\"message\":");
  sp_redact_string(&l->redactor, SP_AUDIENCE_LOCAL, message, line);
  if (has_details) {
    sp_buf_add_text(line, ",\"details\":");
    if (details) sp_redact_value(&l->redactor, SP_AUDIENCE_LOCAL, details, line);
    else sp_buf_add_json(line, SP_STR(SP_REDACTED));
  }
  sp_buf_add_char(line, '}');
  if (sp_buf_status(line) == SP_OK) return;
  sp_buf_reset(line);
  sp_buf_add_text(line, "{\"message\":\"" SP_REDACTED "\"}");
}

static void send_oldest(sp_logger *l, uint64_t now, uint64_t wall, sp_log_source source, bool instantly,
                        uint32_t call) {
  source_state *s = &l->sources[source];
  sp_str traces = SP_STR_NONE;
  if (!sp_batches_take(&s->batches, &traces)) return;
  sp_buf body;
  sp_buf_init(&body, l->alloc, SP_MAX_EFFECT_TEXT);
  sp_upload_body(&body, s->trace.topic, l->app_version, traces);
  /* A batch that there is no memory for is lost: saying so would need some too. */
  if (sp_buf_status(&body) == SP_OK) {
    if (instantly) (void)sp_uploader_send_now(l->uploader, wall, (uint8_t)source, sp_buf_str(&body), call);
    else (void)sp_uploader_send(l->uploader, now, wall, (uint8_t)source, sp_buf_str(&body));
  }
  sp_buf_free(&body);
  sp_str_free(l->alloc, &traces);
}

static void queue_trace(sp_logger *l, uint64_t now, uint64_t wall, sp_log_source source,
                        const sp_trace_record *record) {
  source_state *s = &l->sources[source];
  sp_buf trace;
  sp_trace_cut cut;
  bool send = false;
  sp_buf_init(&trace, l->alloc, SP_MAX_EFFECT_TEXT);
  if (sp_trace_write(l->alloc, &s->trace, record, &trace, &cut) == SP_OK) {
    say_cut(l, source, cut, record->message.len + record->details.len);
    if (cut != SP_TRACE_TOO_LARGE && sp_batches_add(&s->batches, now, sp_buf_str(&trace), &send) == SP_OK && send)
      send_oldest(l, now, wall, source, false, 0);
  }
  sp_buf_free(&trace);
}

/* What there is no memory to redact is not uploaded. */
static void upload(sp_logger *l, uint64_t now, uint64_t wall, const sp_log_record *record, const sp_json *details) {
  sp_buf message, more;
  sp_buf_init(&message, l->alloc, SP_MAX_EFFECT_TEXT);
  sp_buf_init(&more, l->alloc, SP_MAX_EFFECT_TEXT);
  sp_redact_text(&l->redactor, SP_AUDIENCE_SERVER, record->message, &message);
  if (details) sp_redact_value(&l->redactor, SP_AUDIENCE_SERVER, details, &more);
  else if (record->details.ptr) sp_buf_add_json(&more, SP_STR(SP_REDACTED));
  sp_trace_record trace = { sp_logger_level(record->level), sp_buf_str(&message),
                            record->details.ptr ? sp_buf_str(&more) : SP_STR_NONE, wall };
  if (!trace.message.ptr) trace.message = SP_STR("");
  if (sp_buf_status(&message) == SP_OK && sp_buf_status(&more) == SP_OK)
    queue_trace(l, now, wall, record->source, &trace);
  sp_buf_free(&message);
  sp_buf_free(&more);
}

static bool is_for_server(const sp_logger *l, const sp_log_record *record) {
  return l->uploader && !record->skip_server && l->sources[record->source].stopped == RUNNING &&
         rank_of(sp_logger_level(record->level)) >= l->threshold;
}

void sp_logger_record(sp_logger *l, uint64_t now, uint64_t wall, const sp_log_record *record, sp_buf *line) {
  sp_json_doc *doc = NULL;
  bool has_details = record->details.ptr != NULL;
  if (has_details && sp_json_parse(l->alloc, record->details, &doc) != SP_OK) doc = NULL;
  const sp_json *details = doc ? sp_json_root(doc) : NULL;
  write_line(l, record->message, has_details, details, line);
  if (is_for_server(l, record)) upload(l, now, wall, record, details);
  sp_json_free(doc);
  settle(l, now, wall);
}

/* --- switches --- */

int sp_logger_learn_secret(sp_logger *l, sp_str secret) {
  return sp_redactor_learn(&l->redactor, secret);
}

static void start(sp_logger *l, sp_log_source source) {
  l->sources[source].stopped = RUNNING;
  tell(l, (sp_logger_event){ .kind = SP_LOGGER_STARTED, .source = source });
}

int sp_logger_set_token(sp_logger *l, sp_str token) {
  int status = sp_redactor_learn(&l->redactor, token);
  if (status == SP_OK && l->uploader) status = sp_uploader_set_token(l->uploader, token);
  if (status != SP_OK) return status;
  for (int i = 0; i < SP_LOG_SOURCES; i++) {
    if (l->sources[i].stopped == 401) start(l, (sp_log_source)i);
  }
  return SP_OK;
}

int sp_logger_set_organization(sp_logger *l, uint64_t now, uint64_t wall, sp_str id) {
  if (!l->uploader) return SP_OK;
  int status = sp_uploader_set_organization(l->uploader, id);
  settle(l, now, wall);
  return status;
}

void sp_logger_set_online(sp_logger *l, bool online) {
  if (l->uploader) sp_uploader_set_online(l->uploader, online);
}

void sp_logger_start(sp_logger *l, sp_log_source source) {
  if (l->uploader) start(l, source);
  else say(l, source, "warn", SP_STR("Server logging is not set up and cannot be started"), NULL, 0);
}

void sp_logger_stop(sp_logger *l, uint64_t now, uint64_t wall, sp_log_source source, int status) {
  stop(l, now, wall, source, is_stopping(status) ? status : FORCED);
  settle(l, now, wall);
}

bool sp_logger_flush(sp_logger *l, uint64_t now, uint64_t wall, uint32_t call) {
  if (!l->uploader) return false;
  sp_uploader_flush(l->uploader, wall, call);
  for (int i = 0; i < SP_LOG_SOURCES; i++) {
    while (!sp_batches_empty(&l->sources[i].batches)) send_oldest(l, now, wall, (sp_log_source)i, true, call);
    sp_timer_stop(&l->sources[i].batches.timer);
  }
  bool told = sp_uploader_flush_end(l->uploader, call);
  settle(l, now, wall);
  return told;
}

/* --- answers and time --- */

void sp_logger_http_result(sp_logger *l, uint64_t now, uint64_t wall, uint32_t id, int status, sp_str retry_after) {
  if (!l->uploader) return;
  sp_uploader_result(l->uploader, now, wall, id, status, retry_after);
  settle(l, now, wall);
}

void sp_logger_stored(sp_logger *l, uint64_t now, uint64_t wall, sp_str text) {
  if (!l->uploader) return;
  sp_uploader_stored(l->uploader, now, wall, text);
  settle(l, now, wall);
}

void sp_logger_tick(sp_logger *l, uint64_t now, uint64_t wall) {
  if (!l->uploader) return;
  for (int i = 0; i < SP_LOG_SOURCES; i++) {
    if (sp_batches_due(&l->sources[i].batches, now)) send_oldest(l, now, wall, (sp_log_source)i, false, 0);
  }
  sp_uploader_tick(l->uploader, now, wall);
  settle(l, now, wall);
}

uint64_t sp_logger_deadline(const sp_logger *l) {
  if (!l->uploader) return SP_NEVER;
  uint64_t at = sp_uploader_deadline(l->uploader);
  for (int i = 0; i < SP_LOG_SOURCES; i++) at = sp_earlier(at, l->sources[i].batches.timer.at);
  return at;
}
