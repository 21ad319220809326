/* SPDX-License-Identifier: MIT */
#include "telemetry/trace.h"

#include "base/date.h"
#include "base/json.h"
#include "base/limits.h"
#include "base/utf8.h"

#define TRUNCATED "[[TRUNCATED]]"

enum { KEPT_UNITS = 150 };

static void write_log_message(const sp_trace_source *source, const sp_trace_record *record, sp_buf *out) {
  sp_iso_date time = sp_date_iso(record->wall_ms);
  sp_jw w;
  sp_jw_begin(&w, out);
  sp_jw_open(&w, NULL, '{');
  sp_jw_str(&w, "clientTime", sp_str_from(time.text));
  sp_jw_str(&w, "clientId", source->client_id);
  sp_jw_str(&w, "message", record->message);
  sp_jw_raw(&w, "details", record->details);
  if (source->origin_name.len > 0) {
    sp_jw_str(&w, "originAppName", source->origin_name);
    sp_jw_str(&w, "originAppVersion", source->origin_version);
    sp_jw_str(&w, "originAppId", source->origin_id);
  }
  sp_jw_close(&w);
}

static sp_str upper_level(sp_str level) {
  static const char *const names[] = { "LOG", "DEBUG", "INFO", "WARN", "ERROR" };
  for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
    if (sp_str_eq_nocase(level, sp_str_from(names[i]))) return sp_str_from(names[i]);
  }
  return SP_STR("INFO");
}

/* The message is JSON text within JSON, as the service expects. */
static int write_trace(const sp_alloc *alloc, const sp_trace_source *source, const sp_trace_record *record,
                       sp_buf *out) {
  sp_buf message;
  sp_buf_init(&message, alloc, SP_MAX_EFFECT_TEXT);
  write_log_message(source, record, &message);
  sp_jw w;
  sp_jw_begin(&w, out);
  sp_jw_open(&w, NULL, '{');
  sp_jw_str(&w, "topic", source->topic);
  sp_jw_str(&w, "level", upper_level(record->level));
  sp_jw_str(&w, "message", sp_buf_str(&message));
  sp_jw_close(&w);
  int status = sp_buf_status(&message);
  sp_buf_free(&message);
  return status != SP_OK ? status : sp_buf_status(out);
}

/* The first 150 UTF-16 units; half a surrogate pair is not kept. */
static sp_str head(sp_str message) {
  size_t units = 0, at = 0;
  while (at < message.len) {
    uint32_t cp = 0;
    size_t len = sp_utf8_decode(message, at, &cp);
    units += cp > 0xFFFF ? 2 : 1;
    if (units > KEPT_UNITS) break;
    at += len > 0 ? len : 1;
  }
  return sp_str_slice(message, 0, at);
}

/* Writes the record again in less space. A text beyond every limit is as good as one that is too large. */
static int try_write(const sp_alloc *alloc, const sp_trace_source *source, const sp_trace_record *record, size_t mark,
                     sp_buf *out, bool *fits) {
  out->len = mark;
  out->status = SP_OK;
  int status = write_trace(alloc, source, record, out);
  *fits = status == SP_OK && out->len - mark <= SP_MAX_TRACE;
  return status == SP_ELIMIT ? SP_OK : status;
}

int sp_trace_write(const sp_alloc *alloc, const sp_trace_source *source, const sp_trace_record *record, sp_buf *out,
                   sp_trace_cut *cut) {
  sp_trace_record reduced = *record;
  size_t mark = out->len;
  bool fits = false;
  *cut = SP_TRACE_WHOLE;
  int status = try_write(alloc, source, &reduced, mark, out, &fits);
  if (status != SP_OK || fits) return status;
  reduced.details = SP_STR("\"" TRUNCATED "\"");
  *cut = SP_TRACE_NO_DETAILS;
  status = try_write(alloc, source, &reduced, mark, out, &fits);
  if (status != SP_OK || fits) return status;
  sp_buf message;
  sp_buf_init(&message, alloc, SP_MAX_TRACE);
  sp_buf_add(&message, head(record->message));
  sp_buf_add_text(&message, "... " TRUNCATED);
  reduced.message = sp_buf_str(&message);
  *cut = SP_TRACE_SHORT;
  status = sp_buf_status(&message);
  if (status == SP_OK) status = try_write(alloc, source, &reduced, mark, out, &fits);
  sp_buf_free(&message);
  if (status != SP_OK || fits) return status;
  out->len = mark;
  *cut = SP_TRACE_TOO_LARGE;
  return SP_OK;
}
