/* SPDX-License-Identifier: MIT */
#include "base/outcome.h"

#include "base/json.h"

const char *sp_error_type_word(sp_error_type type) {
  switch (type) {
    case SP_ERROR_GENERIC: return "generic";
    case SP_ERROR_INITIALIZATION: return "initialization";
    case SP_ERROR_INVALID_TOKEN: return "invalid_token";
    case SP_ERROR_HTTP: return "http";
    case SP_ERROR_INVALID_OPTIONS: return "invalid_options";
    case SP_ERROR_NOT_SUPPORTED: return "not_supported";
    case SP_ERROR_SESSION: return "session";
    case SP_ERROR_CALL: return "call";
    case SP_ERROR_MEDIA: return "media";
  }
  return "generic";
}

sp_error_type sp_error_type_of_status(int status) {
  switch (status) {
    case SP_EINVAL:
    case SP_ESYNTAX: return SP_ERROR_INVALID_OPTIONS;
    case SP_ESTATE:
    case SP_ENOENT: return SP_ERROR_SESSION;
    default: return SP_ERROR_GENERIC;
  }
}

void sp_error_write(sp_buf *out, sp_error_type type, const char *message, sp_str details) {
  sp_jw w;
  sp_jw_begin(&w, out);
  sp_jw_open(&w, NULL, '{');
  sp_jw_str(&w, "type", sp_str_from(sp_error_type_word(type)));
  sp_jw_str(&w, "message", sp_str_from(message));
  sp_jw_raw(&w, "details", details);
  sp_jw_close(&w);
}

/* A settling that is lost leaves a promise waiting for ever: when its text cannot be queued the call still ends, with
   fewer words. */
static void settle(sp_effects *fx, sp_effect_kind kind, uint32_t call, sp_str text) {
  if (sp_effects_push(fx, kind, call, SP_STR_NONE, text) || !call) return;
  if (kind == SP_FX_RESOLVE && !text.ptr) sp_effects_push(fx, kind, call, SP_STR_NONE, text);
  else
    sp_effects_push(fx, SP_FX_REJECT, call, SP_STR_NONE,
                    SP_STR("{\"type\":\"generic\",\"message\":\"Out of memory\"}"));
}

static void push_error(sp_effects *fx, uint32_t call, sp_error_type type, const char *message, sp_str details) {
  sp_buf *text = sp_effects_scratch(fx);
  sp_error_write(text, type, message, details);
  settle(fx, call ? SP_FX_REJECT : SP_FX_ERROR, call, sp_buf_str(text));
}

static void push_caused(sp_effects *fx, uint32_t call, sp_error_type type, uint32_t cause, sp_str details) {
  sp_buf *text = sp_effects_scratch(fx);
  sp_jw w;
  sp_jw_begin(&w, text);
  sp_jw_open(&w, NULL, '{');
  sp_jw_str(&w, "type", sp_str_from(sp_error_type_word(type)));
  sp_jw_num(&w, "cause", cause);
  sp_jw_raw(&w, "details", details);
  sp_jw_close(&w);
  settle(fx, call ? SP_FX_REJECT : SP_FX_ERROR, call, sp_buf_str(text));
}

void sp_resolve(sp_effects *fx, uint32_t call, sp_str value) {
  if (call) settle(fx, SP_FX_RESOLVE, call, value);
}

void sp_reject(sp_effects *fx, uint32_t call, sp_error_type type, const char *message, sp_str details) {
  push_error(fx, call, type, message, details);
}

void sp_reject_caused(sp_effects *fx, uint32_t call, sp_error_type type, uint32_t cause) {
  push_caused(fx, call, type, cause, SP_STR_NONE);
}

void sp_reject_raw(sp_effects *fx, uint32_t call, uint32_t cause) {
  if (!call) return;
  sp_buf *text = sp_effects_scratch(fx);
  sp_jw w;
  sp_jw_begin(&w, text);
  sp_jw_open(&w, NULL, '{');
  sp_jw_num(&w, "cause", cause);
  sp_jw_close(&w);
  settle(fx, SP_FX_REJECT, call, sp_buf_str(text));
}

void sp_emit_error(sp_effects *fx, sp_error_type type, const char *message, sp_str details) {
  push_error(fx, 0, type, message, details);
}

void sp_emit_error_caused(sp_effects *fx, sp_error_type type, uint32_t cause, sp_str details) {
  push_caused(fx, 0, type, cause, details);
}
