/* SPDX-License-Identifier: MIT */
#include "base/timer.h"

#include <stddef.h>

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

static void a_timer_is_due_once(void **state) {
  sp_timer timer = SP_TIMER_OFF;
  (void)state;
  assert_false(sp_timer_armed(&timer));
  assert_false(sp_timer_due(&timer, SP_NEVER - 1));
  sp_timer_arm(&timer, 100, 50);
  assert_true(sp_timer_armed(&timer));
  assert_false(sp_timer_due(&timer, 149));
  assert_true(sp_timer_due(&timer, 150));
  assert_false(sp_timer_due(&timer, 151));
  assert_false(sp_timer_armed(&timer));
}

static void stopping_and_arming_anew(void **state) {
  sp_timer timer = SP_TIMER_OFF;
  (void)state;
  sp_timer_arm(&timer, 0, 10);
  sp_timer_stop(&timer);
  assert_false(sp_timer_due(&timer, 1000));
  sp_timer_arm(&timer, 0, 10);
  sp_timer_arm(&timer, 0, 20);
  assert_false(sp_timer_due(&timer, 19));
  assert_true(sp_timer_due(&timer, 20));
}

static void far_deadlines_do_not_wrap(void **state) {
  sp_timer timer = SP_TIMER_OFF;
  (void)state;
  sp_timer_arm(&timer, SP_NEVER - 5, 10);
  assert_true(timer.at == SP_NEVER - 1);
  sp_timer_arm(&timer, 10, SP_NEVER);
  assert_true(timer.at == SP_NEVER - 1);
  assert_true(sp_earlier(SP_NEVER, 3) == 3 && sp_earlier(2, 3) == 2);
}

int main(void) {
  const struct CMUnitTest tests[] = {
    cmocka_unit_test(a_timer_is_due_once),
    cmocka_unit_test(stopping_and_arming_anew),
    cmocka_unit_test(far_deadlines_do_not_wrap),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
