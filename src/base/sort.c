/* SPDX-License-Identifier: MIT */
/* Shell's sort with the gaps of Ciura (2001), carried on by the factor 2.25. */
#include "base/sort.h"

static void swap(char *a, char *b, size_t size) {
  for (size_t i = 0; i < size; i++) {
    char keep = a[i];
    a[i] = b[i];
    b[i] = keep;
  }
}

static size_t smaller_gap(size_t gap) {
  static const unsigned short gaps[] = { 701, 301, 132, 57, 23, 10, 4, 1 };
  if (gap > 701) return gap * 4 / 9 > 701 ? gap * 4 / 9 : 701;
  for (size_t i = 0; i < sizeof gaps / sizeof *gaps; i++)
    if (gaps[i] < gap) return gaps[i];
  return 0;
}

void sp_sort(void *items, size_t count, size_t size, int (*order)(const void *, const void *)) {
  char *first = items;
  for (size_t gap = smaller_gap(count); gap > 0; gap = smaller_gap(gap)) {
    for (size_t i = gap; i < count; i++) {
      for (size_t at = i; at >= gap; at -= gap) {
        char *here = first + at * size, *before = here - gap * size;
        if (order(before, here) <= 0) break;
        swap(before, here, size);
      }
    }
  }
}
