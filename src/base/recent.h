/* SPDX-License-Identifier: MIT */
/* recent.h: the newest few ids, remembered by their hash for a while, to tell what arrives late from what is new. A
   plain value that never allocates; zeroed memory is an empty one. Two ids with one hash (64 bits) would be taken for
   each other. `scope` tells ids apart that are unique within something only; may be absent. */
#ifndef SP_BASE_RECENT_H
#define SP_BASE_RECENT_H

#include "base/limits.h"
#include "base/str.h"

typedef struct sp_recent {
  struct {
    uint64_t hash, until;
  } ids[SP_MAX_RECENT];
  size_t next; /* the oldest: overwritten first */
} sp_recent;

/* Remembers `id` until the time `until`, in milliseconds. */
void sp_recent_add(sp_recent *recent, sp_str scope, sp_str id, uint64_t until);
bool sp_recent_has(const sp_recent *recent, sp_str scope, sp_str id, uint64_t now);

#endif
