/* SPDX-License-Identifier: MIT */
#include "telemetry/upload_text.h"

#include "base/limits.h"

void sp_upload_body(sp_buf *out, sp_str app_id, sp_str app_version, sp_str traces) {
  sp_jw w;
  sp_jw_begin(&w, out);
  sp_jw_open(&w, NULL, '{');
  sp_jw_open(&w, "app", '{');
  sp_jw_str(&w, "appId", app_id);
  sp_jw_str(&w, "appVersion", app_version);
  sp_jw_close(&w);
  sp_jw_open(&w, "traces", '[');
  sp_jw_raw(&w, NULL, traces);
  sp_jw_close(&w);
  sp_jw_close(&w);
}

static bool is_custom(const sp_json *headers, sp_str name) {
  for (const sp_json *h = sp_json_first(headers); h; h = sp_json_next(h)) {
    if (sp_json_is_string(h) && sp_str_eq_nocase(sp_json_key(h), name)) return true;
  }
  return false;
}

static void write_authorization(const sp_alloc *alloc, sp_str token, sp_jw *w) {
  sp_buf value;
  sp_buf_init(&value, alloc, SP_MAX_URL);
  sp_buf_add_text(&value, "Bearer ");
  sp_buf_add(&value, token);
  sp_jw_str(w, "authorization", sp_buf_str(&value));
  if (w->buf->status == SP_OK) w->buf->status = sp_buf_status(&value);
  sp_buf_free(&value);
}

static void write_headers(const sp_alloc *alloc, const sp_upload_text *text, sp_jw *w) {
  sp_jw_open(w, "headers", '{');
  if (!is_custom(text->headers, SP_STR("authorization"))) write_authorization(alloc, text->token, w);
  if (!is_custom(text->headers, SP_STR("content-type")))
    sp_jw_str(w, "content-type", SP_STR("application/json; charset=UTF-8"));
  for (const sp_json *h = sp_json_first(text->headers); h; h = sp_json_next(h)) {
    if (sp_json_is_string(h) && sp_json_key(h).len > 0) sp_jw_json(w, sp_json_key(h).ptr, h);
  }
  sp_jw_close(w);
}

void sp_upload_write(const sp_alloc *alloc, const sp_upload_text *text, sp_buf *out) {
  sp_jw w;
  sp_jw_begin(&w, out);
  sp_jw_open(&w, NULL, '{');
  sp_jw_str(&w, "url", text->url);
  write_headers(alloc, text, &w);
  sp_jw_str(&w, "body", text->body);
  sp_jw_num(&w, "timeout", SP_UPLOAD_TIMEOUT_MS);
  sp_jw_str(&w, "credentials", SP_STR("omit"));
  sp_jw_str(&w, "cache", SP_STR("no-store"));
  if (text->keepalive) sp_jw_bool(&w, "keepalive", true);
  sp_jw_close(&w);
}
