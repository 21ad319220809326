/* SPDX-License-Identifier: MIT */
#include "base/recent.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

static void known_until_its_time(void **state) {
  (void)state;
  sp_recent recent;
  memset(&recent, 0, sizeof recent);
  assert_false(sp_recent_has(&recent, SP_STR_NONE, SP_STR("a"), 0));
  sp_recent_add(&recent, SP_STR_NONE, SP_STR("a"), 100);
  assert_true(sp_recent_has(&recent, SP_STR_NONE, SP_STR("a"), 99));
  assert_false(sp_recent_has(&recent, SP_STR_NONE, SP_STR("a"), 100));
  assert_false(sp_recent_has(&recent, SP_STR_NONE, SP_STR("b"), 0));
  assert_false(sp_recent_has(&recent, SP_STR("x"), SP_STR("a"), 0));
}

static void scope_and_id_are_told_apart(void **state) {
  (void)state;
  sp_recent recent;
  memset(&recent, 0, sizeof recent);
  sp_recent_add(&recent, SP_STR("ab"), SP_STR("c"), 100);
  assert_true(sp_recent_has(&recent, SP_STR("ab"), SP_STR("c"), 0));
  assert_false(sp_recent_has(&recent, SP_STR("a"), SP_STR("bc"), 0));
}

static void the_oldest_leaves_first(void **state) {
  (void)state;
  sp_recent recent;
  memset(&recent, 0, sizeof recent);
  for (unsigned i = 0; i <= SP_MAX_RECENT; i++) {
    char id[16];
    snprintf(id, sizeof id, "id-%u", i);
    sp_recent_add(&recent, SP_STR_NONE, sp_str_from(id), 100);
  }
  assert_false(sp_recent_has(&recent, SP_STR_NONE, SP_STR("id-0"), 0));
  assert_true(sp_recent_has(&recent, SP_STR_NONE, SP_STR("id-1"), 0));
  assert_true(sp_recent_has(&recent, SP_STR_NONE, SP_STR("id-16"), 0));
}

int main(void) {
  const struct CMUnitTest tests[] = {
    cmocka_unit_test(known_until_its_time),
    cmocka_unit_test(scope_and_id_are_told_apart),
    cmocka_unit_test(the_oldest_leaves_first),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
