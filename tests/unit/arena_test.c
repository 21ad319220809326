/* SPDX-License-Identifier: MIT */
#include "base/arena.h"
#include "base/status.h"
#include "support.h"

#include <string.h>

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

static void memory_is_zeroed_aligned_and_apart(void **state) {
  sp_arena arena;
  char *blocks[200];
  (void)state;
  sp_arena_init(&arena, test_alloc_new(0), 1 << 20);
  for (int round = 0; round < 3; round++) {
    for (size_t i = 0; i < 200; i++) {
      blocks[i] = sp_arena_new(&arena, i * 7);
      assert_non_null(blocks[i]);
      assert_int_equal((uintptr_t)blocks[i] % _Alignof(max_align_t), 0);
      for (size_t k = 0; k < i * 7; k++) assert_int_equal(blocks[i][k], 0);
      memset(blocks[i], (int)i, i * 7);
    }
    for (size_t i = 0; i < 200; i++) {
      for (size_t k = 0; k < i * 7; k++) assert_int_equal((uint8_t)blocks[i][k], i);
    }
    sp_arena_reset(&arena);
  }
  sp_arena_free(&arena);
  sp_arena_free(&arena);
  assert_int_equal(test_alloc_live(), 0);
}

static void the_limit_counts_between_resets(void **state) {
  sp_arena arena;
  (void)state;
  sp_arena_init(&arena, test_alloc_new(0), 100);
  assert_non_null(sp_arena_new(&arena, 60));
  assert_null(sp_arena_new(&arena, 41));
  assert_int_equal(sp_arena_status(&arena), SP_ELIMIT);
  assert_non_null(sp_arena_new(&arena, 40));
  assert_null(sp_arena_new(&arena, SIZE_MAX));
  sp_arena_reset(&arena);
  assert_int_equal(sp_arena_status(&arena), SP_OK);
  assert_non_null(sp_arena_new(&arena, 100));
  sp_arena_free(&arena);
  assert_int_equal(test_alloc_live(), 0);
}

static void lack_of_memory_is_told_apart(void **state) {
  sp_arena arena;
  (void)state;
  sp_arena_init(&arena, test_alloc_new(1), 1000);
  assert_null(sp_arena_new(&arena, 10));
  assert_int_equal(sp_arena_status(&arena), SP_ENOMEM);
  assert_non_null(sp_arena_new(&arena, 10));
  sp_arena_free(&arena);
}

static void copies(void **state) {
  sp_arena arena;
  sp_str copy = SP_STR("x");
  (void)state;
  sp_arena_init(&arena, NULL, 8);
  assert_true(sp_arena_dup(&arena, SP_STR_NONE, &copy));
  assert_null(copy.ptr);
  assert_true(sp_arena_dup(&arena, SP_STR(""), &copy));
  assert_non_null(copy.ptr);
  assert_true(sp_arena_dup(&arena, SP_STR("a\0bcdef"), &copy));
  assert_true(sp_str_eq(copy, SP_STR("a\0bcdef")));
  assert_false(sp_arena_dup(&arena, SP_STR("too long"), &copy));
  sp_arena_free(&arena);
}

int main(void) {
  const struct CMUnitTest tests[] = {
    cmocka_unit_test(memory_is_zeroed_aligned_and_apart),
    cmocka_unit_test(the_limit_counts_between_resets),
    cmocka_unit_test(lack_of_memory_is_told_apart),
    cmocka_unit_test(copies),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
