/* SPDX-License-Identifier: MIT */
/* cJSON's allocator is global. It is set once to functions that take memory from the arena of the document
   that this thread is parsing, so a document costs few real allocations and one free. */
#include "base/json.h"

#include "base/arena.h"
#include "base/json_scan.h"
#include "base/limits.h"
#include "base/number.h"
#include "base/status.h"

#include <cJSON.h>
#include <math.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

struct sp_json_doc {
  sp_arena arena;
  const cJSON *root;
};

static _Thread_local sp_arena *parsing; /* the arena in use during one call of cJSON */

static void *take(size_t size) {
  return parsing ? sp_arena_new(parsing, size) : malloc(size);
}

static void give_back(void *ptr) {
  if (!parsing) free(ptr); /* the arena goes as a whole */
}

static void install_hooks(void) {
  static atomic_int state; /* 0 not yet, 1 being installed, 2 installed */
  int none = 0;
  if (atomic_load(&state) == 2) return;
  if (atomic_compare_exchange_strong(&state, &none, 1)) {
    cJSON_InitHooks(&(cJSON_Hooks){ .malloc_fn = take, .free_fn = give_back });
    atomic_store(&state, 2);
  }
  while (atomic_load(&state) != 2) {
  }
}

static int parse_into(sp_json_doc *doc, sp_str text) {
  const char *end = NULL;
  sp_arena *outer = parsing;
  install_hooks();
  parsing = &doc->arena;
  doc->root = cJSON_ParseWithLengthOpts(text.ptr, text.len, &end, false);
  parsing = outer;
  if (sp_arena_status(&doc->arena) != SP_OK) return sp_arena_status(&doc->arena);
  if (!doc->root) return SP_ESYNTAX;
  return sp_str_trim(sp_str_slice(text, (size_t)(end - text.ptr), text.len)).len > 0 ? SP_ESYNTAX : SP_OK;
}

static int repaired_copy(sp_json_doc *doc, sp_str *text) {
  bool repair;
  char *copy = sp_arena_new(&doc->arena, text->len);
  if (!copy) return sp_arena_status(&doc->arena);
  memcpy(copy, text->ptr, text->len);
  int status = sp_json_scan(*text, copy, &repair);
  *text = (sp_str){ copy, text->len };
  return status;
}

int sp_json_parse(const sp_alloc *alloc, sp_str text, sp_json_doc **out) {
  bool repair = false;
  *out = NULL;
  if (text.len > SP_MAX_JSON) return SP_ELIMIT;
  text = sp_str_trim(text);
  if (text.len == 0) return SP_ESYNTAX;
  int status = sp_json_scan(text, NULL, &repair);
  if (status != SP_OK) return status;
  sp_json_doc *doc = sp_alloc_new(alloc, sizeof *doc);
  if (!doc) return SP_ENOMEM;
  sp_arena_init(&doc->arena, alloc, SP_MAX_JSON_TREE);
  if (repair) status = repaired_copy(doc, &text);
  if (status == SP_OK) status = parse_into(doc, text);
  if (status == SP_OK) *out = doc;
  else sp_json_free(doc);
  return status;
}

void sp_json_free(sp_json_doc *doc) {
  if (!doc) return;
  const sp_alloc *alloc = doc->arena.alloc;
  sp_arena_free(&doc->arena);
  sp_alloc_free(alloc, doc);
}

const sp_json *sp_json_root(const sp_json_doc *doc) {
  return doc ? doc->root : NULL;
}

static bool has_type(const sp_json *v, int type) {
  return v && (v->type & 0xFF) == type;
}

/* Of members with the same name the last one counts, as in JSON.parse. Most names differ in their first character. */
static const sp_json *member(const sp_json *object, sp_str key) {
  const sp_json *found = NULL;
  if (!has_type(object, cJSON_Object)) return NULL;
  char first = '\0';
  if (key.len > 0) first = key.ptr[0];
  for (const sp_json *child = object->child; child; child = child->next) {
    const char *name = child->string;
    if (*name == first && strncmp(name, key.ptr, key.len) == 0 && name[key.len] == '\0') found = child;
  }
  return found;
}

const sp_json *sp_json_get(const sp_json *object, const char *key) {
  return member(object, sp_str_from(key));
}

const sp_json *sp_json_path(const sp_json *object, const char *path) {
  sp_str rest = sp_str_from(path);
  for (size_t dot; object; rest = sp_str_slice(rest, dot + 1, rest.len)) {
    dot = sp_str_find_char(rest, '.', 0);
    object = member(object, sp_str_slice(rest, 0, dot));
    if (dot == SIZE_MAX) break;
  }
  return object;
}

const sp_json *sp_json_first(const sp_json *v) {
  return has_type(v, cJSON_Array) || has_type(v, cJSON_Object) ? v->child : NULL;
}

const sp_json *sp_json_next(const sp_json *child) {
  return child ? child->next : NULL;
}

const char *sp_json_key_text(const sp_json *child) {
  return child ? child->string : NULL;
}

size_t sp_json_count(const sp_json *v) {
  size_t count = 0;
  for (const sp_json *child = sp_json_first(v); child; child = child->next) count++;
  return count;
}

bool sp_json_is_string(const sp_json *v) {
  return has_type(v, cJSON_String);
}

bool sp_json_is_number(const sp_json *v) {
  return has_type(v, cJSON_Number);
}

bool sp_json_is_bool(const sp_json *v) {
  return has_type(v, cJSON_True) || has_type(v, cJSON_False);
}

bool sp_json_is_null(const sp_json *v) {
  return has_type(v, cJSON_NULL);
}

bool sp_json_is_array(const sp_json *v) {
  return has_type(v, cJSON_Array);
}

bool sp_json_is_object(const sp_json *v) {
  return has_type(v, cJSON_Object);
}

const char *sp_json_text(const sp_json *v) {
  return sp_json_is_string(v) ? v->valuestring : NULL;
}

double sp_json_number(const sp_json *v, double fallback) {
  return sp_json_is_number(v) && sp_is_finite(v->valuedouble) ? v->valuedouble : fallback;
}

bool sp_json_bool(const sp_json *v, bool fallback) {
  return sp_json_is_bool(v) ? has_type(v, cJSON_True) : fallback;
}

bool sp_json_truthy(const sp_json *v) {
  if (sp_json_is_string(v)) return v->valuestring[0] != '\0';
  if (sp_json_is_number(v)) return v->valuedouble < 0 || v->valuedouble > 0;
  return has_type(v, cJSON_True) || has_type(v, cJSON_Array) || has_type(v, cJSON_Object);
}

const char *sp_json_get_text(const sp_json *object, const char *key) {
  return sp_json_text(sp_json_get(object, key));
}

bool sp_json_get_bool(const sp_json *object, const char *key, bool fallback) {
  return sp_json_bool(sp_json_get(object, key), fallback);
}
