/* SPDX-License-Identifier: MIT */
/* arena.h: scratch memory of one input: many small allocations, one reset. With SP_ARENA_MALLOC defined every
   allocation is its own malloc, so that sanitizers see each object. */
#ifndef SP_BASE_ARENA_H
#define SP_BASE_ARENA_H

#include "base/str.h"

typedef struct sp_arena_block sp_arena_block;

typedef struct sp_arena {
  const sp_alloc *alloc;
  sp_arena_block *head;
  size_t used, max;
  int status;
} sp_arena;

/* `max` bytes at the most between two resets; more answers NULL. */
void sp_arena_init(sp_arena *arena, const sp_alloc *alloc, size_t max);
/* Why sp_arena_new last answered NULL since the reset: SP_ELIMIT or SP_ENOMEM; SP_OK when it did not. */
int sp_arena_status(const sp_arena *arena);
void sp_arena_reset(sp_arena *arena); /* keeps one block for reuse */
void sp_arena_free(sp_arena *arena);
/* Zeroed, aligned for any type; valid until reset. NULL when out of memory or over `max`. */
void *sp_arena_new(sp_arena *arena, size_t size);
/* Copies into the arena; absent stays absent. false when out of memory. */
bool sp_arena_dup(sp_arena *arena, sp_str s, sp_str *out);

#endif
