/* SPDX-License-Identifier: MIT */
#include "recorder/internal.h"

#include <string.h>

enum { FIRST_CAP = 16 * 1024 };

/* --- reels --- */

static size_t place(const sp_reel *reel, size_t at) {
  at += reel->start;
  return at < reel->cap ? at : at - reel->cap;
}

static size_t until_end(const sp_reel *reel, size_t at, size_t size) {
  return reel->cap - at < size ? reel->cap - at : size;
}

void sp_reel_read(const sp_reel *reel, size_t at, void *to, size_t size) {
  if (size == 0) return;
  at = place(reel, at);
  size_t first = until_end(reel, at, size);
  memcpy(to, reel->data + at, first);
  if (size > first) memcpy((char *)to + first, reel->data, size - first);
}

/* Behind what is there; there is room. */
static void append(sp_reel *reel, const void *from, size_t size) {
  if (size == 0) return;
  size_t at = place(reel, reel->len), first = until_end(reel, at, size);
  memcpy(reel->data + at, from, first);
  if (size > first) memcpy(reel->data, (const char *)from + first, size - first);
  reel->len += size;
}

static sp_item oldest(const sp_reel *reel) {
  sp_item item;
  sp_reel_read(reel, 0, &item, sizeof item);
  return item;
}

/* The oldest input with what belongs to it. */
static void drop_input(sp_recorder *r, int which) {
  sp_reel *reel = &r->reels[which];
  bool more = true;
  while (reel->len && more) {
    sp_item item = oldest(reel);
    size_t size = sizeof item + item.name_len + item.text_len, at = place(reel, 0), first = until_end(reel, at, size);
    memset(reel->data + at, 0, first);
    memset(reel->data, 0, size - first);
    reel->start = place(reel, size);
    reel->len -= size;
    more = reel->len && oldest(reel).type != SP_ITEM_INPUT;
  }
  if (reel->len == 0) reel->start = 0;
  r->lost[which] = true;
}

/* What is freed next must be overwritten all the same, whatever a compiler thinks of it. */
static void wipe(void *data, size_t size) {
  for (volatile char *c = data; size > 0; size--) *c++ = 0;
}

static bool grow(const sp_alloc *alloc, sp_reel *reel, size_t size) {
  size_t cap = reel->cap ? reel->cap : FIRST_CAP;
  while (cap < size) cap *= 2;
  if (cap > reel->max) cap = reel->max;
  if (cap == reel->cap) return true;
  char *data = sp_alloc_new(alloc, cap);
  if (!data) return false;
  sp_reel_read(reel, 0, data, reel->len);
  wipe(reel->data, reel->cap);
  sp_alloc_free(alloc, reel->data);
  *reel = (sp_reel){ data, cap, reel->max, 0, reel->len };
  return true;
}

/* Makes room; false when the item is larger than all, or there is no memory. The head lets nothing go. */
static bool make_room(sp_recorder *r, int which, size_t size) {
  sp_reel *reel = &r->reels[which];
  if (size > reel->max || (which == SP_HEAD && reel->len + size > reel->max)) return false;
  if (!grow(r->alloc, reel, reel->len + size)) return false;
  while (reel->len + size > reel->cap) drop_input(r, which);
  return true;
}

/* --- items --- */

/* What is missing in the middle of a reel would look like a difference: its beginning goes instead. */
static void give_up(sp_recorder *r, int which) {
  while (r->reels[which].len) drop_input(r, which);
  r->lost[which] = true;
}

static void put(sp_recorder *r, sp_item *item, bool bulk, sp_str name, sp_str text) {
  item->name_len = (uint32_t)name.len;
  item->text_len = (uint32_t)text.len;
  item->order = r->items++;
  item->input = r->inputs;
  item->wall_ms = r->wall_ms;
  size_t size = sizeof *item + name.len + text.len;
  int which = bulk ? SP_BULK : r->head_closed ? SP_TAIL : SP_HEAD;
  bool kept = make_room(r, which, size);
  if (!kept && which == SP_HEAD) {
    r->head_closed = true;
    which = SP_TAIL;
    kept = make_room(r, which, size);
  }
  if (!kept) {
    give_up(r, which);
    return;
  }
  sp_reel *reel = &r->reels[which];
  append(reel, item, sizeof *item);
  append(reel, name.ptr, name.len);
  append(reel, text.ptr, text.len);
}

static void expire(sp_recorder *r, int which) {
  const sp_reel *reel = &r->reels[which];
  uint64_t age = (uint64_t)SP_MAX_RECORDING_HOURS * 3600000;
  while (reel->len) {
    if (oldest(reel).wall_ms + age > r->wall_ms) return;
    if (which == SP_HEAD) give_up(r, which);
    else drop_input(r, which);
  }
}

void sp_recorder_input(sp_recorder *r, const sp_record *record) {
  r->inputs++;
  r->bulk_now = record->bulk;
  r->wall_ms = record->wall_ms;
  for (int i = 0; i < SP_REELS; i++) expire(r, i);
  sp_item item = { .type = SP_ITEM_INPUT,
                   .plain = record->plain,
                   .kind = (uint16_t)record->kind,
                   .id = record->id,
                   .number = record->number,
                   .mono_ms = record->mono_ms };
  put(r, &item, record->bulk, record->name, record->text);
}

/* Not what the input is: the effects of one before it may have waited. js/cli/replay.js knows the same kinds. */
static bool is_telemetry(const sp_effect *effect) {
  switch (effect->kind) {
    case SP_FX_LOG:
    case SP_FX_LOG_LINE:
    case SP_FX_PEER_STATS: return true;
    case SP_FX_EVENT:
    case SP_FX_SESSION_EVENT: return sp_str_starts(effect->name, "callQuality") || sp_str_is(effect->name, "stats");
    case SP_FX_HTTP: return sp_str_find(effect->text, "/diagnostics/", 0) != SIZE_MAX;
    default: return false;
  }
}

void sp_recorder_effect(sp_recorder *r, const sp_effect *effect) {
  bool plain = effect->kind == SP_FX_HID;
  sp_item item = { .type = SP_ITEM_EFFECT, .plain = plain, .kind = (uint16_t)effect->kind, .id = effect->id };
  put(r, &item, is_telemetry(effect), effect->name, effect->text);
}

void sp_recorder_drawn(void *recorder, const uint8_t *bytes, size_t len) {
  sp_recorder *r = recorder;
  sp_item item = { .type = SP_ITEM_DRAWN };
  put(r, &item, r->bulk_now, SP_STR_NONE, (sp_str){ (const char *)bytes, len });
}

/* --- life --- */

sp_recorder *sp_recorder_new(const sp_alloc *alloc, const uint8_t seed[SP_SEED_BYTES]) {
  sp_recorder *r = sp_alloc_new(alloc, sizeof *r);
  if (!r) return NULL;
  r->alloc = alloc;
  r->reels[SP_HEAD].max = r->reels[SP_BULK].max = SP_MAX_RECORDING / 4;
  r->reels[SP_TAIL].max = SP_MAX_RECORDING / 2;
  uint8_t other[SP_SEED_BYTES];
  memcpy(other, seed, sizeof other);
  other[0] ^= 0x80;
  sp_ids ids;
  sp_ids_init(&ids, other);
  sp_ids_bytes(&ids, r->key, sizeof r->key);
  return r;
}

void sp_recorder_free(sp_recorder *r) {
  if (!r) return;
  for (int i = 0; i < SP_REELS; i++) {
    wipe(r->reels[i].data, r->reels[i].cap);
    sp_alloc_free(r->alloc, r->reels[i].data);
  }
  wipe(r->key, sizeof r->key);
  sp_alloc_free(r->alloc, r);
}
