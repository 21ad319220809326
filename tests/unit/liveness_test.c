/* SPDX-License-Identifier: MIT */
#include "streaming/liveness.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

static void client_pings(void **state) {
  (void)state;
  sp_liveness l;
  sp_liveness_start(&l, 0, SP_LIVENESS_CLIENT);
  assert_int_equal(sp_liveness_tick(&l, 13999), SP_LIVENESS_NOTHING);
  assert_int_equal(sp_liveness_tick(&l, 14000), SP_LIVENESS_PING);
  assert_int_equal(l.timer.at, SP_NEVER); /* nothing more until its outcome */
  assert_int_equal(sp_liveness_answered(&l, 29000, false), SP_LIVENESS_NOTHING);
  assert_int_equal(sp_liveness_tick(&l, 43000), SP_LIVENESS_PING);
  assert_int_equal(sp_liveness_answered(&l, 58000, false), SP_LIVENESS_LOST);
  assert_int_equal(l.mode, SP_LIVENESS_OFF);
}

static void an_answer_resets_the_misses(void **state) {
  (void)state;
  sp_liveness l;
  sp_liveness_start(&l, 0, SP_LIVENESS_CLIENT);
  for (uint64_t now = 14000, i = 0; i < 10; i++, now += 29000) {
    assert_int_equal(sp_liveness_tick(&l, now), SP_LIVENESS_PING);
    assert_int_equal(sp_liveness_answered(&l, now + 15000, i % 2 == 1), SP_LIVENESS_NOTHING);
  }
}

static void server_monitor(void **state) {
  (void)state;
  sp_liveness l;
  sp_liveness_start(&l, 0, SP_LIVENESS_SERVER);
  sp_liveness_frame(&l, 20000);
  assert_int_equal(sp_liveness_tick(&l, 54999), SP_LIVENESS_NOTHING);
  assert_int_equal(sp_liveness_answered(&l, 54999, false), SP_LIVENESS_NOTHING);
  assert_int_equal(sp_liveness_tick(&l, 55000), SP_LIVENESS_LOST);
  sp_liveness_frame(&l, 56000);
  assert_int_equal(l.timer.at, SP_NEVER);
}

static void a_late_timer_waits_for_queued_frames(void **state) {
  (void)state;
  sp_liveness l;
  sp_liveness_start(&l, 0, SP_LIVENESS_SERVER);
  assert_int_equal(sp_liveness_tick(&l, 600000), SP_LIVENESS_NOTHING);
  sp_liveness_frame(&l, 600000);
  assert_int_equal(l.timer.at, 635000);
  assert_int_equal(sp_liveness_tick(&l, 900000), SP_LIVENESS_NOTHING);
  assert_int_equal(sp_liveness_tick(&l, 990000), SP_LIVENESS_LOST);
}

int main(void) {
  const struct CMUnitTest tests[] = {
    { "W-5 client pings: 14 s, second miss", client_pings, NULL, NULL, NULL },
    cmocka_unit_test(an_answer_resets_the_misses),
    { "W-5 server monitor: 35 s", server_monitor, NULL, NULL, NULL },
    { "W-5 a throttled timer is no miss", a_late_timer_waits_for_queued_frames, NULL, NULL, NULL },
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
