/* SPDX-License-Identifier: MIT */
/* upload_text.h: the texts of an upload: its body, and the effect that sends it (logging-and-stats.md §4.3). */
#ifndef SP_TELEMETRY_UPLOAD_TEXT_H
#define SP_TELEMETRY_UPLOAD_TEXT_H

#include "base/json.h"

#define SP_UPLOAD_TIMEOUT_MS 30000u

typedef struct sp_upload_text {
  sp_str url, token, body;
  const sp_json *headers; /* custom ones, an object or NULL: they override ours */
  bool keepalive;         /* the request outlives the page */
} sp_upload_text;

/* Appends {"app":{"appId","appVersion"},"traces":[...]}; `traces` joined by commas, newest first. */
void sp_upload_body(sp_buf *out, sp_str app_id, sp_str app_version, sp_str traces);
/* Appends the text of SP_FX_HTTP: {"url","headers","body","timeout","credentials","cache","keepalive"?}. */
void sp_upload_write(const sp_alloc *alloc, const sp_upload_text *text, sp_buf *out);

#endif
