/* SPDX-License-Identifier: MIT */
#include "base/alloc.h"

#include <stdlib.h>
#include <string.h>

void *sp_alloc_resize(const sp_alloc *alloc, void *ptr, size_t size) {
  if (alloc) return alloc->resize(alloc->user, ptr, size);
  if (size == 0) {
    free(ptr);
    return NULL;
  }
  return realloc(ptr, size);
}

void *sp_alloc_new(const sp_alloc *alloc, size_t size) {
  void *block = size > 0 ? sp_alloc_resize(alloc, NULL, size) : NULL;
  if (block) memset(block, 0, size);
  return block;
}

void sp_alloc_free(const sp_alloc *alloc, void *ptr) {
  if (ptr) sp_alloc_resize(alloc, ptr, 0);
}
