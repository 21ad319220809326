/* SPDX-License-Identifier: MIT */
/* alloc.h: the allocator an object is constructed with. The struct is borrowed and must outlive every object
   made with it. NULL means the C library's. All functions may answer NULL (except on size 0 frees); callers
   report SP_ENOMEM. */
#ifndef SP_BASE_ALLOC_H
#define SP_BASE_ALLOC_H

#include <stddef.h>

typedef struct sp_alloc {
  void *(*resize)(void *user, void *ptr, size_t size); /* realloc semantics; size 0 frees and answers NULL */
  void *user;
} sp_alloc;

/* Zeroed memory for `size` > 0 bytes, or NULL. */
void *sp_alloc_new(const sp_alloc *alloc, size_t size);
/* realloc: grown memory is not zeroed. On NULL the old block stays valid. */
void *sp_alloc_resize(const sp_alloc *alloc, void *ptr, size_t size);
/* free; NULL is legal. */
void sp_alloc_free(const sp_alloc *alloc, void *ptr);

#endif
