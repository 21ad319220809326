/* SPDX-License-Identifier: MIT */
/* Between the host and the logger. Every record takes one path, the core's own too: SP_FX_LOG, the application's
   formatters, SP_IN_LOG, redaction, then SP_FX_LOG_LINE for this machine and perhaps an upload
   (logging-and-stats.md §2-§4). */
#include "core/internal.h"

#include "base/limits.h"
#include "base/outcome.h"
#include "telemetry/patterns.h"
#include "telemetry/saved.h"

/* Flags of SP_IN_LOG. */
enum { SKIP_SERVER = 1, OF_STREAMING = 2 };

int sp_logging_start(sp_core *core, uint64_t now) {
  const sp_options *o = &core->options;
  sp_logger_config config = { .guest = sp_options_is_guest(o),
                              .opted_out = o->opt_out_of_telemetry,
                              .paused = o->logging_paused,
                              .is_jwt = sp_options_is_jwt(o),
                              .environment = o->environment,
                              .token = sp_options_is_jwt(o) ? o->jwt : o->access_token,
                              .level = o->log_level,
                              .app_version = o->sdk_version,
                              .headers_json = o->custom_headers,
                              .origin_name = o->origin_app_name,
                              .origin_version = o->origin_app_version,
                              .origin_id = o->origin_app_id };
  core->logger = sp_logger_new(core->alloc, core->fx, &core->ids, &config);
  if (!core->logger) return SP_ENOMEM;
  /* With a JWT the access token counts for nothing, but it is a secret all the same. */
  int status = sp_logger_learn_secret(core->logger, o->access_token);
  if (status != SP_OK || !o->organization_id.len) return status;
  return sp_logger_set_organization(core->logger, now, core->wall, o->organization_id);
}

/* --- records --- */

static unsigned flags_of(double number) {
  return number >= 0 && number <= (SKIP_SERVER | OF_STREAMING) ? (unsigned)number : SKIP_SERVER;
}

/* Shown and perhaps uploaded; false when there is no memory to show it. */
static bool hand_over(sp_core *core, uint64_t now, uint32_t number, const sp_log_record *record) {
  sp_buf line;
  sp_buf_init(&line, core->alloc, SP_MAX_EFFECT_TEXT);
  sp_logger_record(core->logger, now, core->wall, record, &line);
  bool shown = sp_buf_status(&line) == SP_OK &&
               sp_effects_push(core->fx, SP_FX_LOG_LINE, number, sp_logger_level(record->level), sp_buf_str(&line));
  sp_buf_free(&line);
  return shown;
}

int sp_logging_record(sp_core *core, uint64_t now, const sp_input *in) {
  unsigned flags = flags_of(in->number);
  sp_log_record record = { .source = flags & OF_STREAMING ? SP_LOG_OF_STREAMING : SP_LOG_OF_SDK,
                           .skip_server = (flags & SKIP_SERVER) != 0,
                           .level = in->name,
                           .message = SP_STR(SP_REDACTED),
                           .details = SP_STR_NONE };
  sp_json_doc *doc = NULL;
  sp_buf details;
  sp_buf_init(&details, core->alloc, SP_MAX_JSON);
  if (sp_json_parse(core->alloc, in->text, &doc) == SP_OK) {
    const sp_json *more = sp_json_get(sp_json_root(doc), "details");
    record.message = sp_json_get_str(sp_json_root(doc), "message");
    if (!record.message.ptr) record.message = SP_STR("");
    if (more) sp_json_write(&details, more);
    /* Details that cannot be written are no JSON for the logger either, which hides them. */
    if (more) record.details = sp_buf_status(&details) == SP_OK ? sp_buf_str(&details) : SP_STR("");
  }
  bool shown = hand_over(core, now, in->id, &record);
  sp_buf_free(&details);
  sp_json_free(doc);
  /* A failure is not logged: the record about it could fail too, and so on for ever. */
  (void)sp_effects_take_status(core->fx);
  return shown ? SP_OK : SP_ENOMEM;
}

void sp_logging_enter_streaming(sp_core *core) {
  sp_effects_set_source(core->fx, SP_LOG_OF_STREAMING);
}

void sp_logging_leave_streaming(sp_core *core) {
  sp_effects_set_source(core->fx, SP_LOG_OF_SDK);
}

/* --- what the logger has to say --- */

/* The application sees the SDK's logger only. */
static void tell(sp_core *core, const sp_logger_event *event, const char *name, sp_str arguments) {
  if (event->source == SP_LOG_OF_SDK) sp_effects_push(core->fx, SP_FX_LOGGER_EVENT, 0, sp_str_from(name), arguments);
}

static void tell_failure(sp_core *core, const sp_logger_event *event) {
  sp_buf *text = sp_effects_scratch(core->fx);
  sp_buf_add_text(text, "[{\"$cause\":");
  sp_buf_add_u64(text, event->request);
  sp_buf_add_text(text, "}]");
  tell(core, event, "onError", sp_buf_str(text));
}

static void tell_stop(sp_core *core, const sp_logger_event *event) {
  sp_buf *text = sp_effects_scratch(core->fx);
  sp_buf_add_char(text, '[');
  if (event->status) sp_buf_add_u64(text, (uint64_t)event->status);
  else sp_buf_add_text(text, "\"force\"");
  sp_buf_add_char(text, ']');
  tell(core, event, "onStop", sp_buf_str(text));
}

bool sp_logging_step(sp_core *core) {
  sp_logger_event event;
  if (!sp_logger_take(core->logger, &event)) return false;
  switch (event.kind) {
    case SP_LOGGER_LOAD: sp_effects_push(core->fx, SP_FX_STORAGE_READ, 0, SP_STR(SP_SAVED_KEY), SP_STR_NONE); break;
    case SP_LOGGER_STORE: sp_effects_push(core->fx, SP_FX_STORAGE_WRITE, 0, SP_STR(SP_SAVED_KEY), event.text); break;
    case SP_LOGGER_FAILED: tell_failure(core, &event); break;
    case SP_LOGGER_STARTED: tell(core, &event, "onStart", SP_STR("[]")); break;
    case SP_LOGGER_STOPPED: tell_stop(core, &event); break;
    case SP_LOGGER_FLUSHED: sp_resolve(core->fx, event.call, SP_STR_NONE); break;
  }
  return true;
}

/* --- the world --- */

void sp_logging_page(sp_core *core, uint64_t now, sp_str what) {
  if (sp_str_is(what, "online")) sp_logger_set_online(core->logger, true);
  else if (sp_str_is(what, "offline")) sp_logger_set_online(core->logger, false);
  else if (sp_str_is(what, "hidden")) (void)sp_logger_flush(core->logger, now, core->wall, 0);
}

int sp_logging_set_token(sp_core *core, sp_str token, bool is_jwt) {
  if (is_jwt == sp_options_is_jwt(&core->options)) return sp_logger_set_token(core->logger, token);
  return sp_logger_learn_secret(core->logger, token);
}
