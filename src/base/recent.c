/* SPDX-License-Identifier: MIT */
#include "base/recent.h"

/* FNV-1a, 64 bits (RFC 9923). */
static uint64_t more(uint64_t hash, sp_str text) {
  for (size_t i = 0; i < text.len; i++) hash = (hash ^ (unsigned char)text.ptr[i]) * 0x100000001b3u;
  return hash;
}

static uint64_t hash_of(sp_str scope, sp_str id) {
  return more(more(more(0xcbf29ce484222325u, scope), SP_STR("/")), id);
}

void sp_recent_add(sp_recent *recent, sp_str scope, sp_str id, uint64_t until) {
  recent->ids[recent->next].hash = hash_of(scope, id);
  recent->ids[recent->next].until = until;
  recent->next = (recent->next + 1) % SP_MAX_RECENT;
}

bool sp_recent_has(const sp_recent *recent, sp_str scope, sp_str id, uint64_t now) {
  uint64_t hash = hash_of(scope, id);
  for (size_t i = 0; i < SP_MAX_RECENT; i++)
    if (recent->ids[i].until > now && recent->ids[i].hash == hash) return true;
  return false;
}
