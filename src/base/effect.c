/* SPDX-License-Identifier: MIT */
/* The queue is two arrays: records, and the bytes of their texts one after the other. Both are emptied, not
   freed, when the host has drained them, so a steady flow of inputs allocates nothing. */
#include "base/effect.h"

#include "base/json.h"
#include "base/limits.h"
#include "base/status.h"

#include <string.h>

typedef struct record {
  uint8_t kind;
  uint32_t id, name_len, text_len;
} record;

struct sp_effects {
  const sp_alloc *alloc;
  record *records;
  size_t first, count, cap; /* records[first, count) wait */
  char *bytes;
  size_t bytes_first, bytes_len, bytes_cap;
  sp_buf scratch, log;
  uint32_t source;
  int status;
};

enum { FIRST_RECORDS = 32, FIRST_BYTES = 4096, KEPT_BYTES = 1024 * 1024, MAX_LOG = 4096 };

bool sp_effect_is_json(sp_effect_kind kind) {
  switch (kind) {
    case SP_FX_SOCKET_OPEN:
    case SP_FX_SOCKET_SEND:
    case SP_FX_PEER_OFFER:
    case SP_FX_PEER_CANDIDATE:
    case SP_FX_STORAGE_WRITE: return false;
    default: return true;
  }
}

void sp_effect_write(sp_buf *out, const sp_effect *effect) {
  sp_buf_add_char(out, '[');
  sp_buf_add_u64(out, (uint64_t)effect->kind);
  sp_buf_add_char(out, ',');
  sp_buf_add_u64(out, effect->id);
  sp_buf_add_char(out, ',');
  sp_buf_add_json(out, effect->name);
  sp_buf_add_char(out, ',');
  if (!sp_effect_is_json(effect->kind)) sp_buf_add_json(out, effect->text);
  else sp_buf_add(out, effect->text.len > 0 ? effect->text : SP_STR("null"));
  sp_buf_add_char(out, ']');
}

sp_effects *sp_effects_new(const sp_alloc *alloc) {
  sp_effects *fx = sp_alloc_new(alloc, sizeof *fx);
  if (!fx) return NULL;
  fx->alloc = alloc;
  sp_buf_init(&fx->scratch, alloc, SP_MAX_EFFECT_TEXT);
  sp_buf_init(&fx->log, alloc, MAX_LOG);
  sp_buf_add_char(&fx->scratch, ' '); /* never without memory, so that push can tell whose text it gets */
  if (sp_buf_status(&fx->scratch) == SP_OK) return fx;
  sp_effects_free(fx);
  return NULL;
}

void sp_effects_free(sp_effects *fx) {
  if (!fx) return;
  sp_alloc_free(fx->alloc, fx->records);
  sp_alloc_free(fx->alloc, fx->bytes);
  sp_buf_free(&fx->scratch);
  sp_buf_free(&fx->log);
  sp_alloc_free(fx->alloc, fx);
}

void sp_effects_fail(sp_effects *fx, int status) {
  if (fx->status == SP_OK) fx->status = status;
}

int sp_effects_take_status(sp_effects *fx) {
  int status = fx->status;
  fx->status = SP_OK;
  return status;
}

bool sp_effects_empty(const sp_effects *fx) {
  return fx->first == fx->count;
}

sp_buf *sp_effects_scratch(sp_effects *fx) {
  sp_buf_reset(&fx->scratch);
  return &fx->scratch;
}

static void rewind_drained(sp_effects *fx) {
  fx->first = fx->count = 0;
  fx->bytes_first = fx->bytes_len = 0;
  if (fx->bytes_cap <= KEPT_BYTES) return;
  sp_alloc_free(fx->alloc, fx->bytes);
  fx->bytes = NULL;
  fx->bytes_cap = 0;
}

/* A host that pushes between its pops never empties the queue: what was popped is squeezed out instead. */
static void squeeze(sp_effects *fx) {
  if (fx->first == 0) return;
  memmove(fx->records, fx->records + fx->first, (fx->count - fx->first) * sizeof *fx->records);
  if (fx->bytes) memmove(fx->bytes, fx->bytes + fx->bytes_first, fx->bytes_len - fx->bytes_first);
  fx->count -= fx->first;
  fx->bytes_len -= fx->bytes_first;
  fx->first = fx->bytes_first = 0;
}

static int reserve_record(sp_effects *fx) {
  if (fx->count < fx->cap) return SP_OK;
  if (fx->cap == SP_MAX_EFFECTS) return SP_ELIMIT;
  size_t cap = fx->cap > 0 ? fx->cap * 2 : FIRST_RECORDS;
  record *records = sp_alloc_resize(fx->alloc, fx->records, cap * sizeof *records);
  if (!records) return SP_ENOMEM;
  fx->records = records;
  fx->cap = cap;
  return SP_OK;
}

static int reserve_bytes(sp_effects *fx, size_t size) {
  if (size <= fx->bytes_cap - fx->bytes_len) return SP_OK;
  if (size > SP_MAX_EFFECT_BYTES - fx->bytes_len) return SP_ELIMIT;
  size_t cap = fx->bytes_cap > 0 ? fx->bytes_cap : FIRST_BYTES;
  while (cap - fx->bytes_len < size) cap *= 2;
  char *bytes = sp_alloc_resize(fx->alloc, fx->bytes, cap);
  if (!bytes) return SP_ENOMEM;
  fx->bytes = bytes;
  fx->bytes_cap = cap;
  return SP_OK;
}

static int reserve(sp_effects *fx, sp_str name, sp_str text) {
  if (text.ptr == fx->scratch.data && sp_buf_status(&fx->scratch) != SP_OK) return fx->scratch.status;
  if (text.len > SP_MAX_EFFECT_TEXT || name.len > SP_MAX_EFFECT_TEXT) return SP_ELIMIT;
  if (sp_effects_empty(fx)) rewind_drained(fx);
  size_t size = name.len + text.len;
  if (fx->count == fx->cap || size > fx->bytes_cap - fx->bytes_len) squeeze(fx);
  int status = reserve_record(fx);
  return status != SP_OK ? status : reserve_bytes(fx, size);
}

static void append(sp_effects *fx, sp_str s) {
  if (s.len > 0) memcpy(fx->bytes + fx->bytes_len, s.ptr, s.len);
  fx->bytes_len += s.len;
}

bool sp_effects_push(sp_effects *fx, sp_effect_kind kind, uint32_t id, sp_str name, sp_str text) {
  int status = reserve(fx, name, text);
  if (status != SP_OK) {
    sp_effects_fail(fx, status);
    return false;
  }
  fx->records[fx->count++] = (record){ (uint8_t)kind, id, (uint32_t)name.len, (uint32_t)text.len };
  append(fx, name);
  append(fx, text);
  return true;
}

void sp_effects_begin(sp_effects *fx, sp_jw *w, const char *brackets) {
  sp_jw_begin(w, sp_effects_scratch(fx));
  while (*brackets) sp_jw_open(w, NULL, *brackets++);
}

bool sp_effects_end(sp_effects *fx, sp_jw *w, sp_effect_kind kind, uint32_t id, sp_str name) {
  while (w->depth) sp_jw_close(w);
  return sp_effects_push(fx, kind, id, name, sp_buf_str(w->buf));
}

static sp_str take_text(sp_effects *fx, size_t len) {
  sp_str text = { fx->bytes ? fx->bytes + fx->bytes_first : "", len };
  fx->bytes_first += len;
  return text;
}

sp_effect_kind sp_effects_peek(const sp_effects *fx) {
  return sp_effects_empty(fx) ? SP_FX_NONE : (sp_effect_kind)fx->records[fx->first].kind;
}

bool sp_effects_pop(sp_effects *fx, sp_effect *out) {
  if (sp_effects_empty(fx)) return false;
  const record *r = &fx->records[fx->first++];
  *out = (sp_effect){ .kind = (sp_effect_kind)r->kind, .id = r->id };
  out->name = take_text(fx, r->name_len);
  out->text = take_text(fx, r->text_len);
  return true;
}

/* Only what looks like a protocol word or an id: texts of people, addresses, SDP and JWTs (longer) do not. */
static sp_str loggable(sp_str text) {
  if (text.len > 64) return SP_STR("?");
  for (size_t i = 0; i < text.len; i++) {
    char c = text.ptr[i];
    bool alnum = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
    if (!alnum && (c == '\0' || !strchr("_.:-", c))) return SP_STR("?");
  }
  return text;
}

static void add_field(sp_jw *w, const sp_field *field) {
  switch (field->kind) {
    case SP_FIELD_WORD:
    case SP_FIELD_ID: sp_jw_str(w, field->key, field->text.ptr ? loggable(field->text) : SP_STR_NONE); break;
    case SP_FIELD_NUMBER: sp_jw_num(w, field->key, field->number); break;
    case SP_FIELD_BOOL: sp_jw_bool(w, field->key, field->flag); break;
  }
}

void sp_effects_set_source(sp_effects *fx, uint32_t source) {
  fx->source = source;
}

void sp_log_fields(sp_effects *fx, sp_log_level level, const char *message, const sp_field *fields, size_t count) {
  static const char *const names[] = { "debug", "info", "warn", "error" };
  sp_jw w;
  sp_buf_reset(&fx->log);
  sp_jw_begin(&w, &fx->log);
  sp_jw_open(&w, NULL, '{');
  sp_jw_str(&w, "message", sp_str_from(message));
  if (count > 0) sp_jw_open(&w, "details", '{');
  for (size_t i = 0; i < count; i++) add_field(&w, &fields[i]);
  if (count > 0) sp_jw_close(&w);
  sp_jw_close(&w);
  if (sp_buf_status(&fx->log) != SP_OK) sp_effects_fail(fx, sp_buf_status(&fx->log));
  else sp_effects_push(fx, SP_FX_LOG, fx->source, sp_str_from(names[level]), sp_buf_str(&fx->log));
}

void sp_log_word(sp_effects *fx, sp_log_level level, const char *message, const char *key, sp_str word) {
  sp_log(fx, level, message, SP_WORD(key, word));
}

void sp_log_number(sp_effects *fx, sp_log_level level, const char *message, const char *key, double number) {
  sp_log(fx, level, message, SP_NUM(key, number));
}

void sp_log_status(sp_effects *fx, sp_log_level level, const char *message, int status) {
  sp_log_word(fx, level, message, "status", sp_str_from(sp_status_name(status)));
}
