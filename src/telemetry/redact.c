/* SPDX-License-Identifier: MIT */
#include "telemetry/redact.h"

#include "base/limits.h"
#include "telemetry/patterns.h"

void sp_redactor_init(sp_redactor *r, const sp_alloc *alloc) {
  *r = (sp_redactor){ .alloc = alloc };
}

void sp_redactor_free(sp_redactor *r) {
  for (size_t i = 0; i < SP_MAX_KNOWN_SECRETS; i++) sp_str_free(r->alloc, &r->secrets[i]);
}

int sp_redactor_learn(sp_redactor *r, sp_str secret) {
  if (secret.len < SP_MIN_KNOWN_SECRET) return SP_OK;
  for (size_t i = 0; i < SP_MAX_KNOWN_SECRETS; i++) {
    if (sp_str_eq(r->secrets[i], secret)) return SP_OK;
  }
  int status = sp_str_set(r->alloc, &r->secrets[r->next], secret);
  if (status == SP_OK) r->next = (r->next + 1) % SP_MAX_KNOWN_SECRETS;
  return status;
}

static bool is_break(char c) {
  return c == ' ' || c == '\t' || c == '\r' || c == '\n' || c == '"' || c == ',';
}

/* A cut in the middle of a word could make a token unrecognizable: the whole word goes. */
static sp_str cut(sp_str text) {
  if (text.len <= SP_MAX_REDACTED_TEXT) return text;
  size_t end = SP_MAX_REDACTED_TEXT;
  while (end > 0 && !is_break(text.ptr[end])) end--;
  return sp_str_slice(text, 0, end);
}

void sp_redact_text(const sp_redactor *r, sp_audience audience, sp_str text, sp_buf *out) {
  if (sp_buf_status(out) != SP_OK) return;
  size_t mark = out->len;
  sp_str head = cut(text);
  sp_patterns_replace(head, audience, r->secrets, SP_MAX_KNOWN_SECRETS, out);
  if (head.len < text.len) sp_buf_add_text(out, "... [[TRUNCATED]]");
  if (sp_buf_status(out) == SP_OK) return;
  out->len = mark;
  out->status = SP_OK;
  sp_buf_add_text(out, SP_REDACTED);
}

void sp_redact_string(const sp_redactor *r, sp_audience audience, sp_str text, sp_buf *out) {
  sp_buf plain;
  sp_buf_init(&plain, r->alloc, SP_MAX_EFFECT_TEXT);
  sp_redact_text(r, audience, text, &plain);
  sp_buf_add_json(out, sp_buf_status(&plain) == SP_OK ? sp_buf_str(&plain) : SP_STR(SP_REDACTED));
  sp_buf_free(&plain);
}

static void redact_member(const sp_redactor *r, sp_audience audience, const sp_json *member, sp_buf *out) {
  sp_redact_string(r, audience, sp_json_key(member), out);
  sp_buf_add_char(out, ':');
  if (sp_secret_key(sp_json_key(member), audience)) sp_buf_add_json(out, SP_STR(SP_REDACTED));
  else sp_redact_value(r, audience, member, out);
}

/* Recursion: json.h limits the depth of what it parses. */
void sp_redact_value(const sp_redactor *r, sp_audience audience, const sp_json *value, sp_buf *out) {
  bool object = sp_json_is_object(value);
  if (sp_json_is_string(value)) {
    sp_redact_string(r, audience, sp_json_str(value), out);
    return;
  }
  if (!object && !sp_json_is_array(value)) {
    sp_json_write(out, value);
    return;
  }
  sp_buf_add_char(out, object ? '{' : '[');
  for (const sp_json *child = sp_json_first(value); child; child = sp_json_next(child)) {
    if (child != sp_json_first(value)) sp_buf_add_char(out, ',');
    if (object) redact_member(r, audience, child, out);
    else sp_redact_value(r, audience, child, out);
  }
  sp_buf_add_char(out, object ? '}' : ']');
}
