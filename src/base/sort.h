/* SPDX-License-Identifier: MIT */
/* sort.h: sorts in place, without memory. The C library's qsort is ten times the code. */
#ifndef SP_BASE_SORT_H
#define SP_BASE_SORT_H

#include <stddef.h>

/* `order` as for qsort; equal elements may change places. For lists of some thousands: about n^1.3 steps. */
void sp_sort(void *items, size_t count, size_t size, int (*order)(const void *, const void *));

#endif
