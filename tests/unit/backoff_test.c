/* SPDX-License-Identifier: MIT */
#include "streaming/backoff.h"

#include "base/limits.h"
#include "base/status.h"
#include "support.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

static const struct {
  const char *name;
  uint64_t start, max;
  unsigned attempt;
  bool first_call;
  uint64_t wait;
} waits[] = {
  { "first call, first attempt", 2000, 90000, 0, true, 0 },
  { "first call, second attempt", 2000, 90000, 1, true, 2000 },
  { "first call, third attempt", 2000, 90000, 2, true, 4000 },
  { "later call, first attempt", 2000, 90000, 0, false, 2000 },
  { "later call, second attempt", 2000, 90000, 1, false, 4000 },
  { "capped", 2000, 90000, 6, false, 90000 },
  { "start over the cap", 128000, 90000, 0, false, 90000 },
  { "many attempts", 2000, 90000, 4000000000u, false, 90000 },
  { "remembered", 8000, 90000, 1, true, 8000 },
  { "no start", 0, 90000, 50, true, 0 },
};

static void waits_in_the_loop(void **state) {
  (void)state;
  for (size_t i = 0; i < sizeof waits / sizeof *waits; i++) {
    uint64_t wait = sp_backoff_wait(waits[i].start, waits[i].max, waits[i].attempt, waits[i].first_call);
    if (wait != waits[i].wait) fail_msg("%s: %llu", waits[i].name, (unsigned long long)wait);
  }
}

/* The record after two failures, as captured: 8000 now, half after five times that, all gone after an hour.
 */
static void failures_double(void **state) {
  (void)state;
  sp_backoff b = { 0, 0, 0, 0 };
  sp_backoff_failed(&b, 1000000);
  assert_int_equal(b.current_ms, 4000);
  assert_int_equal(b.next_reduction_at, 1000000 + 20000);
  sp_backoff_failed(&b, 1000000);
  assert_int_equal(b.current_ms, 8000);
  assert_int_equal(b.after_next_reduction_ms, 4000);
  assert_int_equal(b.next_reduction_at, 1000000 + 40000);
  assert_int_equal(b.total_reset_at, 1000000 + 3600000);
  sp_backoff_failed(&b, 1000000);
  assert_int_equal(b.current_ms, 16000);
  for (int i = 0; i < 200; i++) sp_backoff_failed(&b, 1000000); /* no overflow */
  assert_true(b.next_reduction_at > 1000000);
}

static void starting_delay(void **state) {
  (void)state;
  sp_backoff clean = { 0, 0, 0, 0 }, kept = { 8000, 4000, 40000, 3600000 }, big = { 256000, 0, 0, 3600000 };
  assert_int_equal(sp_backoff_start(&clean, 5, 90000), 2000);
  assert_int_equal(sp_backoff_start(&kept, 5, 90000), 8000);
  assert_int_equal(sp_backoff_start(&kept, 3600000, 90000), 2000);
  assert_int_equal(sp_backoff_start(&big, 5, 90000), 90000);
}

static void reductions_halve(void **state) {
  (void)state;
  sp_backoff b = { 8000, 4000, 40000, 3600000 };
  uint64_t next = 0;
  assert_true(sp_backoff_reduce(&b, 40000, &next));
  assert_int_equal(b.current_ms, 4000);
  assert_int_equal(b.after_next_reduction_ms, 2000);
  assert_int_equal(b.next_reduction_at, 60000);
  assert_int_equal(b.total_reset_at, 3600000);
  assert_int_equal(next, 20000);
  assert_true(sp_backoff_reduce(&b, 60000, &next));
  assert_int_equal(b.current_ms, 2000);
  assert_false(sp_backoff_reduce(&b, 70000, &next));
  assert_int_equal(b.current_ms, 0);
  b = (sp_backoff){ 64000, 32000, 0, 3600000 };
  assert_false(sp_backoff_reduce(&b, 3600000, &next)); /* the hour is over */
  assert_int_equal(b.current_ms, 0);
}

static const struct {
  const char *name, *text;
  int status;
  sp_backoff record;
} stored[] = {
  { "captured",
    "{\"currentDelayMs\":8000,\"delayMsAfterNextReduction\":4000,\"nextDelayReductionTime\":1795343040958,"
    "\"timeOfTotalReset\":1795346600958}",
    SP_OK,
    { 8000, 4000, 1795343040958, 1795346600958 } },
  { "clean", "{\"currentDelayMs\":0}", SP_OK, { 0, 0, 0, 0 } },
  { "not JSON", "{", SP_ESYNTAX, { 0, 0, 0, 0 } },
  { "not an object", "[1]", SP_ESYNTAX, { 0, 0, 0, 0 } },
  { "negative", "{\"currentDelayMs\":-1}", SP_ESYNTAX, { 0, 0, 0, 0 } },
  { "not a number", "{\"currentDelayMs\":\"8000\"}", SP_ESYNTAX, { 0, 0, 0, 0 } },
  { "huge", "{\"currentDelayMs\":1e300}", SP_ESYNTAX, { 0, 0, 0, 0 } },
};

static void record_is_stored(void **state) {
  (void)state;
  for (size_t i = 0; i < sizeof stored / sizeof *stored; i++) {
    sp_backoff b = { 1, 1, 1, 1 };
    int rc = sp_backoff_read(test_alloc_new(0), sp_str_from(stored[i].text), &b);
    if (rc != stored[i].status || b.current_ms != stored[i].record.current_ms ||
        b.after_next_reduction_ms != stored[i].record.after_next_reduction_ms ||
        b.next_reduction_at != stored[i].record.next_reduction_at ||
        b.total_reset_at != stored[i].record.total_reset_at)
      fail_msg("%s", stored[i].name);
    if (rc != SP_OK) continue;
    sp_buf out;
    sp_buf_init(&out, test_alloc_new(0), 512);
    sp_backoff_write(&b, &out);
    assert_true(sp_str_is(sp_buf_str(&out), stored[i].text));
    sp_buf_free(&out);
  }
}

int main(void) {
  const struct CMUnitTest tests[] = {
    { "W-3.3 waits in the loop", waits_in_the_loop, NULL, NULL, NULL },
    { "W-D2 remembered back-off doubles per failure (A4, A5)", failures_double, NULL, NULL, NULL },
    { "W-D2 starting delay", starting_delay, NULL, NULL, NULL },
    { "W-D2 reduction and one-hour reset", reductions_halve, NULL, NULL, NULL },
    { "W-D2 stored record", record_is_stored, NULL, NULL, NULL },
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
