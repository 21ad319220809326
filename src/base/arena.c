/* SPDX-License-Identifier: MIT */
/* Blocks form a list, newest first; only the newest one is filled. Each new block doubles the last one up to
   a cap, so the number of real allocations stays small for any input. */
#include "base/arena.h"

#include "base/status.h"

#include <stdalign.h>
#include <string.h>

struct sp_arena_block {
  sp_arena_block *next;
  size_t size, used; /* of the bytes behind this header */
};

#define ALIGN        alignof(max_align_t)
#define ROUND_UP(n)  (((n) + ALIGN - 1) / ALIGN * ALIGN)
#define HEADER       ROUND_UP(sizeof(sp_arena_block))
#define FIRST_BLOCK  ((size_t)4096)
#define LARGEST_STEP ((size_t)256 * 1024)

static void free_blocks(const sp_alloc *alloc, sp_arena_block *block) {
  while (block) {
    sp_arena_block *next = block->next;
    sp_alloc_free(alloc, block);
    block = next;
  }
}

static size_t next_size(const sp_arena *arena, size_t need) {
#ifdef SP_ARENA_MALLOC
  (void)arena;
  return need;
#else
  size_t size = arena->head ? arena->head->size * 2 : FIRST_BLOCK;
  if (size > LARGEST_STEP) size = LARGEST_STEP;
  return size < need ? need : size;
#endif
}

static bool add_block(sp_arena *arena, size_t need) {
  size_t size = next_size(arena, need);
  sp_arena_block *block = sp_alloc_resize(arena->alloc, NULL, HEADER + size);
  if (!block) return false;
  *block = (sp_arena_block){ .next = arena->head, .size = size };
  arena->head = block;
  return true;
}

void sp_arena_init(sp_arena *arena, const sp_alloc *alloc, size_t max) {
  *arena = (sp_arena){ .alloc = alloc, .max = max };
}

int sp_arena_status(const sp_arena *arena) {
  return arena->status;
}

void sp_arena_reset(sp_arena *arena) {
  sp_arena_block *keep = arena->head;
#ifdef SP_ARENA_MALLOC
  arena->head = NULL; /* a kept block would hide the use of what was reset */
  free_blocks(arena->alloc, keep);
#else
  if (keep) {
    free_blocks(arena->alloc, keep->next);
    keep->next = NULL;
    keep->used = 0;
  }
#endif
  arena->used = 0;
  arena->status = SP_OK;
}

void sp_arena_free(sp_arena *arena) {
  free_blocks(arena->alloc, arena->head);
  sp_arena_init(arena, arena->alloc, arena->max);
}

static bool has_room(const sp_arena_block *block, size_t size) {
#ifdef SP_ARENA_MALLOC
  return block && block->used == 0 && block->size == size;
#else
  return block && size <= block->size - block->used;
#endif
}

void *sp_arena_new(sp_arena *arena, size_t size) {
  if (size > arena->max || arena->used > arena->max - size) {
    arena->status = SP_ELIMIT;
    return NULL;
  }
#ifdef SP_ARENA_MALLOC
  size_t step = size > 0 ? size : 1;
#else
  size_t step = ROUND_UP(size > 0 ? size : 1);
#endif
  if (!has_room(arena->head, step) && !add_block(arena, step)) {
    arena->status = SP_ENOMEM;
    return NULL;
  }
  char *at = (char *)arena->head + HEADER + arena->head->used;
  arena->head->used += step;
  arena->used += size;
  return memset(at, 0, size);
}

bool sp_arena_dup(sp_arena *arena, sp_str s, sp_str *out) {
  if (!s.ptr) {
    *out = SP_STR_NONE;
    return true;
  }
  char *copy = sp_arena_new(arena, s.len);
  if (!copy) return false;
  if (s.len > 0) memcpy(copy, s.ptr, s.len);
  *out = (sp_str){ copy, s.len };
  return true;
}
