/* SPDX-License-Identifier: MIT */
#include "streaming/liveness.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

static sp_liveness started(bool in_call) {
  sp_liveness l;
  sp_liveness_init(&l);
  sp_liveness_set_call(&l, 0, in_call);
  sp_liveness_start(&l, 0);
  return l;
}

static void silence(void **state) {
  (void)state;
  static const struct {
    bool in_call;
    uint64_t ping, lost;
  } cases[] = { { false, 10000, 15000 }, { true, 3000, 6000 } };
  for (size_t i = 0; i < 2; i++) {
    sp_liveness l = started(cases[i].in_call);
    assert_int_equal(sp_liveness_tick(&l, cases[i].ping - 1), SP_LIVENESS_NOTHING);
    assert_int_equal(sp_liveness_tick(&l, cases[i].ping), SP_LIVENESS_PING);
    assert_int_equal(sp_liveness_tick(&l, cases[i].lost - 1), SP_LIVENESS_NOTHING);
    assert_int_equal(sp_liveness_tick(&l, cases[i].lost), SP_LIVENESS_LOST);
    assert_false(l.on);
    assert_int_equal(l.timer.at, SP_NEVER);
    assert_int_equal(sp_liveness_doubt(&l, 20000, false), SP_LIVENESS_NOTHING);
  }
}

static void frames_are_enough(void **state) {
  (void)state;
  sp_liveness l = started(false);
  for (uint64_t now = 9000; now < 900000; now += 9000) {
    assert_int_equal(sp_liveness_tick(&l, now), SP_LIVENESS_NOTHING);
    sp_liveness_frame(&l, now);
  }
  sp_liveness_stop(&l);
  sp_liveness_frame(&l, 900000);
  assert_int_equal(l.timer.at, SP_NEVER);
}

static void any_frame_answers_a_ping(void **state) {
  (void)state;
  sp_liveness l = started(false);
  assert_int_equal(sp_liveness_tick(&l, 10000), SP_LIVENESS_PING);
  sp_liveness_frame(&l, 14999);
  assert_int_equal(l.timer.at, 24999);
}

static void two_errors_in_a_row_are_too_many(void **state) {
  (void)state;
  sp_liveness l = started(false);
  for (uint64_t now = 10000, i = 0; i < 10; i++, now += 10000) {
    assert_int_equal(sp_liveness_tick(&l, now), SP_LIVENESS_PING);
    assert_int_equal(sp_liveness_answered(&l, now, l.ping, i % 2 == 1), SP_LIVENESS_NOTHING);
  }
  assert_int_equal(sp_liveness_tick(&l, 110000), SP_LIVENESS_PING);
  assert_int_equal(sp_liveness_answered(&l, 110000, l.ping, false), SP_LIVENESS_NOTHING);
  assert_int_equal(sp_liveness_tick(&l, 120000), SP_LIVENESS_PING);
  assert_int_equal(sp_liveness_answered(&l, 120000, l.ping, false), SP_LIVENESS_LOST);
}

static void a_doubt_pings_at_once(void **state) {
  (void)state;
  static const struct {
    bool in_call;
    uint64_t limit;
  } cases[] = { { false, 10000 }, { true, 5000 } };
  for (size_t i = 0; i < 2; i++) {
    sp_liveness l = started(cases[i].in_call);
    assert_int_equal(sp_liveness_doubt(&l, 500, false), SP_LIVENESS_PING);
    sp_liveness_frame(&l, 600);                                               /* it may come from before */
    assert_int_equal(sp_liveness_doubt(&l, 700, false), SP_LIVENESS_NOTHING); /* a burst */
    assert_int_equal(sp_liveness_doubt(&l, 2000, false), SP_LIVENESS_PING);   /* the limit stays */
    assert_int_equal(sp_liveness_answered(&l, 2100, l.ping - 1, true), SP_LIVENESS_NOTHING);
    assert_int_equal(sp_liveness_tick(&l, 499 + cases[i].limit), SP_LIVENESS_NOTHING);
    assert_int_equal(sp_liveness_tick(&l, 500 + cases[i].limit), SP_LIVENESS_DEAD);
  }
}

static void a_doubt_is_settled_by_its_answer(void **state) {
  (void)state;
  sp_liveness l = started(true);
  assert_int_equal(sp_liveness_doubt(&l, 1000, false), SP_LIVENESS_PING);
  assert_int_equal(sp_liveness_answered(&l, 5999, l.ping, true), SP_LIVENESS_NOTHING);
  assert_int_equal(sp_liveness_tick(&l, 6000), SP_LIVENESS_NOTHING);
  assert_int_equal(l.timer.at, 8999);
}

static void a_doubt_during_a_ping(void **state) {
  (void)state;
  sp_liveness l = started(true);
  assert_int_equal(sp_liveness_tick(&l, 3000), SP_LIVENESS_PING);
  assert_int_equal(sp_liveness_doubt(&l, 5000, false), SP_LIVENESS_PING);
  assert_int_equal(sp_liveness_tick(&l, 6000), SP_LIVENESS_DEAD);
}

static void nothing_from_before_a_sleep_counts(void **state) {
  (void)state;
  sp_liveness l = started(false);
  assert_int_equal(sp_liveness_doubt(&l, 500, false), SP_LIVENESS_PING);
  assert_int_equal(sp_liveness_answered(&l, 510, l.ping, true), SP_LIVENESS_NOTHING);
  assert_int_equal(sp_liveness_doubt(&l, 520, false), SP_LIVENESS_NOTHING); /* just proved */
  assert_int_equal(sp_liveness_doubt(&l, 530, true), SP_LIVENESS_PING);
  assert_int_equal(sp_liveness_doubt(&l, 9000, true), SP_LIVENESS_PING);
  assert_int_equal(l.timer.at, 19000); /* nor does a limit */
  assert_int_equal(sp_liveness_answered(&l, 9100, l.ping, true), SP_LIVENESS_NOTHING);
  assert_int_equal(sp_liveness_tick(&l, 3600000), SP_LIVENESS_PING);
  assert_int_equal(sp_liveness_doubt(&l, 3600000, true), SP_LIVENESS_NOTHING); /* the ping of this tick */
  assert_int_equal(l.timer.at, 3610000);
}

static void a_late_limit_proves_nothing(void **state) {
  (void)state;
  sp_liveness l = started(false);
  assert_int_equal(sp_liveness_tick(&l, 10000), SP_LIVENESS_PING);
  assert_int_equal(sp_liveness_tick(&l, 3600000), SP_LIVENESS_PING);
  assert_int_equal(sp_liveness_tick(&l, 3609999), SP_LIVENESS_NOTHING);
  assert_int_equal(sp_liveness_tick(&l, 3610000), SP_LIVENESS_DEAD);
}

/* One tick a minute, as in a hidden page: never lost while answers come, and lost at last when none does. */
static void a_throttled_page(void **state) {
  (void)state;
  sp_liveness l = started(false);
  uint64_t now = 0;
  for (int i = 0; i < 100; i++) {
    sp_liveness_action action = sp_liveness_tick(&l, now += 60000);
    assert_int_equal(action, SP_LIVENESS_PING);
    sp_liveness_frame(&l, now + 100);
    assert_int_equal(sp_liveness_answered(&l, now + 100, l.ping, true), SP_LIVENESS_NOTHING);
  }
  assert_int_equal(sp_liveness_tick(&l, now += 60000), SP_LIVENESS_PING);
  assert_int_equal(sp_liveness_tick(&l, now += 60000), SP_LIVENESS_PING);
  assert_int_equal(sp_liveness_tick(&l, now += 60000), SP_LIVENESS_DEAD);
}

static void a_call_begins_and_ends(void **state) {
  (void)state;
  sp_liveness l = started(false);
  sp_liveness_set_call(&l, 5000, true);
  assert_int_equal(l.timer.at, 5000); /* silent for longer than a call allows */
  sp_liveness_frame(&l, 5000);
  assert_int_equal(l.timer.at, 8000);
  sp_liveness_set_call(&l, 6000, false);
  assert_int_equal(l.timer.at, 15000);
  assert_int_equal(sp_liveness_tick(&l, 15000), SP_LIVENESS_PING);
  sp_liveness_set_call(&l, 15500, true);
  assert_int_equal(l.timer.at, 18500);
  sp_liveness_stop(&l);
  sp_liveness_start(&l, 20000);
  assert_int_equal(l.timer.at, 23000); /* the call outlives the connection */
}

int main(void) {
  const struct CMUnitTest tests[] = {
    { "W-5 silence: 15 s, 6 s in a call", silence, NULL, NULL, NULL },
    cmocka_unit_test(frames_are_enough),
    cmocka_unit_test(any_frame_answers_a_ping),
    { "W-5 an error reply is a miss, two in a row are too many", two_errors_in_a_row_are_too_many, NULL, NULL, NULL },
    cmocka_unit_test(a_doubt_pings_at_once),
    cmocka_unit_test(a_doubt_is_settled_by_its_answer),
    cmocka_unit_test(a_doubt_during_a_ping),
    { "W-5 nothing from before a sleep counts", nothing_from_before_a_sleep_counts, NULL, NULL, NULL },
    { "W-5 a late limit is no miss", a_late_limit_proves_nothing, NULL, NULL, NULL },
    { "W-5 a throttled page", a_throttled_page, NULL, NULL, NULL },
    cmocka_unit_test(a_call_begins_and_ends),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
