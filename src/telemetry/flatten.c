/* SPDX-License-Identifier: MIT */
#include "telemetry/flatten.h"

#include "base/status.h"

/* A joined key: far beyond the deepest of a statistics event. */
enum { MAX_KEY = 4096 };

typedef struct flattener {
  sp_jw *w;
  sp_buf key;
} flattener;

static bool is_banned(sp_str key) {
  static const char *const banned[] = { "ip",         "address",          "relatedaddress",
                                        "url",        "usernamefragment", "base64certificate",
                                        "fingerprint" };
  for (size_t i = 0; i < sizeof banned / sizeof *banned; i++) {
    if (sp_str_eq_nocase(key, sp_str_from(banned[i]))) return true;
  }
  return false;
}

static bool is_live(const sp_json *value) {
  return sp_json_get(value, "$session") != NULL;
}

static void write_leaf(flattener *f, const sp_json *value) {
  sp_buf_add_char(&f->key, '\0');
  if (sp_buf_status(&f->key) != SP_OK) {
    if (f->w->buf->status == SP_OK) f->w->buf->status = sp_buf_status(&f->key);
    return;
  }
  const char *key = sp_buf_str(&f->key).ptr;
  if (sp_json_is_bool(value)) sp_jw_str(f->w, key, sp_json_bool(value, false) ? SP_STR("true") : SP_STR("false"));
  else sp_jw_json(f->w, key, value);
}

static void add_index(sp_buf *key, uint64_t index) {
  sp_buf_add_text(key, "_[");
  sp_buf_add_u64(key, index);
  sp_buf_add_char(key, ']');
}

/* Recursion is bounded: no document is deeper than SP_MAX_JSON_DEPTH. */
static void write_value(flattener *f, const sp_json *value) {
  bool is_array = sp_json_is_array(value);
  size_t length = f->key.len;
  uint64_t index = 0;
  if (!is_array && !sp_json_is_object(value)) {
    write_leaf(f, value);
    f->key.len = length;
    return;
  }
  for (const sp_json *child = sp_json_first(value); child; child = sp_json_next(child), f->key.len = length) {
    sp_str key = sp_json_key(child);
    if (is_live(child) || (!is_array && is_banned(key))) continue;
    if (is_array) {
      add_index(&f->key, index++);
    } else {
      sp_buf_add_char(&f->key, '_');
      sp_buf_add(&f->key, key);
    }
    write_value(f, child);
  }
}

static sp_str top_key(sp_str key, bool rename_tracks) {
  if (rename_tracks && sp_str_is(key, "tracks")) return SP_STR("localTrack");
  if (rename_tracks && sp_str_is(key, "remoteTracks")) return SP_STR("remoteTrack");
  return key;
}

void sp_flatten(sp_jw *w, const sp_json *object, bool rename_tracks) {
  flattener f = { .w = w };
  if (!sp_json_is_object(object)) return;
  sp_buf_init(&f.key, w->buf->alloc, MAX_KEY);
  for (const sp_json *child = sp_json_first(object); child; child = sp_json_next(child)) {
    sp_str key = sp_json_key(child);
    if (is_live(child) || is_banned(key) || sp_str_is(key, "name")) continue;
    f.key.len = 0;
    sp_buf_add(&f.key, top_key(key, rename_tracks));
    write_value(&f, child);
  }
  sp_buf_free(&f.key);
}
