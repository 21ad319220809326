/* SPDX-License-Identifier: MIT */
/* The writing half of json.h; it needs nothing of cJSON. */
#include "base/json.h"

#include "base/number.h"
#include "base/status.h"

#include <math.h>

enum { MAX_OPEN = sizeof((sp_jw *)0)->closers };

static void fail(sp_jw *w, int status) {
  if (w->buf->status == SP_OK) w->buf->status = status;
}

/* Comma and key of the next value. */
static void start_value(sp_jw *w, const char *key) {
  if (w->comma) sp_buf_add_char(w->buf, ',');
  w->comma = true;
  if (!key) return;
  sp_buf_add_json(w->buf, sp_str_from(key));
  sp_buf_add_char(w->buf, ':');
}

void sp_jw_begin(sp_jw *w, sp_buf *buf) {
  *w = (sp_jw){ .buf = buf };
}

void sp_jw_open(sp_jw *w, const char *key, char bracket) {
  if (w->depth == MAX_OPEN) {
    fail(w, SP_ELIMIT);
    return;
  }
  start_value(w, key);
  sp_buf_add_char(w->buf, bracket);
  w->closers[w->depth++] = bracket == '{' ? '}' : ']';
  w->comma = false;
}

void sp_jw_close(sp_jw *w) {
  if (w->depth == 0) {
    fail(w, SP_ESTATE);
    return;
  }
  sp_buf_add_char(w->buf, w->closers[--w->depth]);
  w->comma = true;
}

void sp_jw_str(sp_jw *w, const char *key, sp_str value) {
  if (!value.ptr) return;
  start_value(w, key);
  sp_buf_add_json(w->buf, value);
}

void sp_jw_bool(sp_jw *w, const char *key, bool value) {
  start_value(w, key);
  sp_buf_add_text(w->buf, value ? "true" : "false");
}

void sp_jw_num(sp_jw *w, const char *key, double value) {
  start_value(w, key);
  sp_number_write(w->buf, value);
}

void sp_jw_raw(sp_jw *w, const char *key, sp_str json) {
  if (!json.ptr) return;
  start_value(w, key);
  sp_buf_add(w->buf, json);
}

void sp_jw_json(sp_jw *w, const char *key, const sp_json *value) {
  if (!value) return;
  start_value(w, key);
  sp_json_write(w->buf, value);
}

static void add_scalar(sp_buf *out, const sp_json *v) {
  if (sp_json_is_string(v)) sp_buf_add_json(out, sp_json_str(v));
  else if (sp_json_is_number(v)) sp_number_write(out, sp_json_number(v, NAN));
  else if (sp_json_is_bool(v)) sp_buf_add_text(out, sp_json_bool(v, false) ? "true" : "false");
  else sp_buf_add_text(out, "null");
}

/* Recursion is bounded: no document is deeper than SP_MAX_JSON_DEPTH. */
void sp_json_write(sp_buf *out, const sp_json *v) {
  bool object = sp_json_is_object(v), comma = false;
  if (!object && !sp_json_is_array(v)) {
    add_scalar(out, v);
    return;
  }
  sp_buf_add_char(out, object ? '{' : '[');
  for (const sp_json *child = sp_json_first(v); child; child = sp_json_next(child), comma = true) {
    if (comma) sp_buf_add_char(out, ',');
    if (object) {
      sp_buf_add_json(out, sp_json_key(child));
      sp_buf_add_char(out, ':');
    }
    sp_json_write(out, child);
  }
  sp_buf_add_char(out, object ? '}' : ']');
}

int sp_json_keep(const sp_alloc *alloc, const sp_json *v, size_t max, sp_str *out) {
  sp_buf text;
  sp_buf_init(&text, alloc, max);
  sp_json_write(&text, v);
  return sp_buf_keep(&text, out);
}
