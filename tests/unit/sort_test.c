/* SPDX-License-Identifier: MIT */
#include "base/sort.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

typedef struct item {
  uint32_t key, place;
  char filler[5];
} item;

static int by_key_and_place(const void *left, const void *right) {
  const item *a = left, *b = right;
  if (a->key != b->key) return a->key < b->key ? -1 : 1;
  return a->place < b->place ? -1 : a->place > b->place;
}

/* The C library's order is the oracle, for every small size and some on each side of the gaps. */
static void sorts_like_qsort(void **state) {
  static item ours[3000], theirs[3000];
  static const size_t counts[] = { 56, 57, 58, 131, 132, 133, 300, 301, 302, 701, 702, 1577, 1578, 3000 };
  uint32_t random = 1;
  (void)state;
  for (size_t round = 0; round < 40 + sizeof counts / sizeof *counts; round++) {
    size_t count = round < 40 ? round : counts[round - 40];
    memset(ours, 0, sizeof ours);
    for (size_t i = 0; i < count; i++) {
      random = random * 1664525u + 1013904223u;
      ours[i].key = (random >> 16) % 50;
      ours[i].place = (uint32_t)i;
      ours[i].filler[4] = (char)i;
    }
    memcpy(theirs, ours, sizeof ours);
    sp_sort(ours, count, sizeof *ours, by_key_and_place);
    qsort(theirs, count, sizeof *theirs, by_key_and_place);
    assert_memory_equal(ours, theirs, sizeof ours);
  }
}

static void nothing_to_sort(void **state) {
  (void)state;
  sp_sort(NULL, 0, 4, by_key_and_place);
}

int main(void) {
  const struct CMUnitTest tests[] = { cmocka_unit_test(sorts_like_qsort), cmocka_unit_test(nothing_to_sort) };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
