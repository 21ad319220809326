/* SPDX-License-Identifier: MIT */
#include "telemetry/saved.h"

#include "base/limits.h"

/* Where the newest entries stand in the text that is being written. */
typedef struct ring {
  size_t from[SP_SAVED_ENTRIES], to[SP_SAVED_ENTRIES];
  size_t count; /* of all that were written */
} ring;

const sp_json *sp_saved_request(const sp_json *entry) {
  return sp_json_get(entry, "request");
}

uint64_t sp_saved_at(const sp_json *entry) {
  double at = sp_json_number(sp_json_get(entry, "savedAt"), -1);
  return at >= 0 && at < 9007199254740992.0 ? (uint64_t)at : 0;
}

/* A clock that was set back makes entries of the future: they are as good as new for a day. */
static bool is_alive(const sp_json *entry, uint64_t wall_ms) {
  uint64_t at = sp_saved_at(entry);
  bool whole = sp_json_get_str(entry, "url").len > 0 && sp_json_get_str(entry, "organizationId").len > 0 &&
               sp_json_is_object(sp_saved_request(entry));
  uint64_t age = at > wall_ms ? at - wall_ms : wall_ms - at;
  return whole && age <= SP_SAVED_LIFE_MS;
}

static bool is_of(const sp_json *entry, const sp_saved_tag *tag) {
  return sp_str_eq(sp_json_get_str(entry, "url"), tag->url) &&
         sp_str_eq(sp_json_get_str(entry, "organizationId"), tag->organization);
}

static void note(ring *entries, size_t from, size_t to) {
  entries->from[entries->count % SP_SAVED_ENTRIES] = from;
  entries->to[entries->count % SP_SAVED_ENTRIES] = to;
  entries->count++;
}

static void write_entry(const sp_saved_tag *tag, const sp_saved_entry *entry, sp_buf *out) {
  sp_jw w;
  sp_jw_begin(&w, out);
  sp_jw_open(&w, NULL, '{');
  sp_jw_str(&w, "url", tag->url);
  sp_jw_str(&w, "organizationId", tag->organization);
  sp_jw_num(&w, "savedAt", (double)entry->at);
  sp_jw_raw(&w, "request", entry->request);
  sp_jw_close(&w);
}

/* The newest that fit, in their order. */
static void write_newest(sp_str all, const ring *entries, sp_buf *out) {
  size_t bytes = 2, count = 0;
  while (count < entries->count && count < SP_SAVED_ENTRIES) {
    size_t slot = (entries->count - 1 - count) % SP_SAVED_ENTRIES;
    bytes += entries->to[slot] - entries->from[slot] + 1;
    if (bytes > SP_SAVED_BYTES) break;
    count++;
  }
  if (count == 0) return;
  for (size_t i = entries->count - count; i < entries->count; i++) {
    size_t slot = i % SP_SAVED_ENTRIES;
    sp_buf_add_char(out, i == entries->count - count ? '[' : ',');
    sp_buf_add(out, sp_str_slice(all, entries->from[slot], entries->to[slot]));
  }
  sp_buf_add_char(out, ']');
}

int sp_saved_update(const sp_alloc *alloc, sp_str stored, uint64_t wall_ms, const sp_saved_tag *tag, bool take,
                    const sp_saved_entry *added, size_t added_count, sp_buf *kept, sp_buf *taken) {
  sp_json_doc *doc = NULL;
  if (stored.len > 0 && sp_json_parse(alloc, stored, &doc) == SP_ENOMEM) return SP_ENOMEM;
  sp_buf all;
  sp_buf_init(&all, alloc, (size_t)2 * SP_MAX_JSON);
  ring entries = { .count = 0 };
  const sp_json *root = sp_json_is_array(sp_json_root(doc)) ? sp_json_root(doc) : NULL;
  sp_buf_add_char(taken, '[');
  for (const sp_json *entry = sp_json_first(root); entry; entry = sp_json_next(entry)) {
    if (!is_alive(entry, wall_ms)) continue;
    bool ours = take && is_of(entry, tag);
    size_t from = all.len;
    if (ours && taken->len > 1) sp_buf_add_char(taken, ',');
    sp_json_write(ours ? taken : &all, entry);
    if (!ours) note(&entries, from, all.len);
  }
  sp_buf_add_char(taken, ']');
  for (size_t i = 0; i < added_count; i++) {
    size_t from = all.len;
    write_entry(tag, &added[i], &all);
    note(&entries, from, all.len);
  }
  write_newest(sp_buf_str(&all), &entries, kept);
  int status = sp_buf_status(&all);
  if (status == SP_OK) status = sp_buf_status(kept);
  if (status == SP_OK) status = sp_buf_status(taken);
  sp_buf_free(&all);
  sp_json_free(doc);
  return status;
}
