/* SPDX-License-Identifier: MIT */
/* json.h: reading JSON (RFC 8259) through cJSON, and a small writer. This is the one header behind which
   cJSON lives: length-taking parser, case-sensitive look-ups, nesting and size limited (SP_MAX_JSON,
   SP_MAX_JSON_DEPTH). A sp_json is borrowed from its document. Every reader accepts NULL and answers the
   "absent" value, so look-ups chain. */
#ifndef SP_BASE_JSON_H
#define SP_BASE_JSON_H

#include "base/buf.h"

typedef struct sp_json_doc sp_json_doc; /* owns a parsed text */
typedef struct cJSON sp_json;           /* one value in it; opaque here */

/* Parses exactly one value (white space around it allowed). SP_ESYNTAX, SP_ELIMIT, SP_ENOMEM. */
int sp_json_parse(const sp_alloc *alloc, sp_str text, sp_json_doc **out);
void sp_json_free(sp_json_doc *doc); /* NULL is legal */
const sp_json *sp_json_root(const sp_json_doc *doc);

const sp_json *sp_json_get(const sp_json *object, const char *key); /* NULL when absent or not an object */
/* Path of keys separated by '.', such as "station.effectiveStation.id". */
const sp_json *sp_json_path(const sp_json *object, const char *path);
const sp_json *sp_json_first(const sp_json *v); /* first child of an array or object, or NULL */
const sp_json *sp_json_next(const sp_json *child);
const char *sp_json_key_text(const sp_json *child); /* member name of an object's child; NULL when it has none */
SP_INLINE sp_str sp_json_key(const sp_json *child) {
  return sp_str_from(sp_json_key_text(child));
}
size_t sp_json_count(const sp_json *v);

bool sp_json_is_string(const sp_json *v);
bool sp_json_is_number(const sp_json *v);
bool sp_json_is_bool(const sp_json *v);
bool sp_json_is_null(const sp_json *v);
bool sp_json_is_array(const sp_json *v);
bool sp_json_is_object(const sp_json *v);

const char *sp_json_text(const sp_json *v);               /* NUL-terminated; NULL unless a string */
double sp_json_number(const sp_json *v, double fallback); /* fallback unless a finite number */
bool sp_json_bool(const sp_json *v, bool fallback);       /* fallback unless true or false */
bool sp_json_truthy(const sp_json *v);                    /* JavaScript's truth of the value; absent is false */

const char *sp_json_get_text(const sp_json *object, const char *key);
/* Absent unless a string. */
SP_INLINE sp_str sp_json_str(const sp_json *v) {
  return sp_str_from(sp_json_text(v));
}
SP_INLINE sp_str sp_json_get_str(const sp_json *object, const char *key) {
  return sp_str_from(sp_json_get_text(object, key));
}
bool sp_json_get_bool(const sp_json *object, const char *key, bool fallback);

/* Appends the value as compact JSON text; "null" for NULL. */
void sp_json_write(sp_buf *out, const sp_json *v);
/* *out becomes that text, as by sp_str_set. SP_ELIMIT beyond `max` bytes, SP_ENOMEM. */
int sp_json_keep(const sp_alloc *alloc, const sp_json *v, size_t max, sp_str *out);

/* Writer of objects and arrays: commas are its business, order is the caller's. Keys are NUL-terminated
   literals. sp_jw w; sp_jw_begin(&w, buf); sp_jw_open(&w, NULL, '{'); sp_jw_str(&w, "id", id);
   sp_jw_close(&w); Inside an array pass NULL as key. Absent texts are left out by sp_jw_str (a JSON object
   has no undefined). */
typedef struct sp_jw {
  sp_buf *buf;
  uint8_t depth;
  bool comma;
  char closers[16];
} sp_jw;

void sp_jw_begin(sp_jw *w, sp_buf *buf);
void sp_jw_open(sp_jw *w, const char *key, char bracket); /* '{' or '[' */
void sp_jw_close(sp_jw *w);
void sp_jw_str(sp_jw *w, const char *key, sp_str value); /* left out when value.ptr is NULL */
void sp_jw_bool(sp_jw *w, const char *key, bool value);
void sp_jw_num(sp_jw *w, const char *key, double value); /* integers without a fraction; not finite gives null */
void sp_jw_raw(sp_jw *w, const char *key, sp_str json);  /* a complete JSON value; left out when absent */
void sp_jw_json(sp_jw *w, const char *key, const sp_json *value); /* left out when NULL */

#endif
