/* SPDX-License-Identifier: MIT */
#include "support.h"
#include "telemetry/mos.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

static void is_near(double got, double expected, double tolerance) {
  if (!(fabs(got - expected) <= tolerance)) fail_msg("%.9g instead of %.9g", got, expected);
}

/* logging-and-stats.md §8.2, to five decimals. */
static void l_61_table_of_the_formula(void **state) {
  static const struct {
    double latency, jitter, loss, mos;
  } cases[] = {
    { 0, 0, 0, 4.89377 },           { 0.1, 0.002, 0, 4.83053 },    { 0.15, 0, 0, 4.79879 }, { 0.2, 0.002, 0, 4.62130 },
    { 0.02, 0.005, 0.01, 4.81287 }, { 0.05, 0.01, 0.05, 4.41548 }, { 1, 0.09, 6, 1 },
  };
  (void)state;
  for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
    is_near(sp_mos_score(cases[i].latency, cases[i].jitter, cases[i].loss), cases[i].mos, 5e-6);
}

/* sessions.md §12.3, to 1e-6, with the rating factor. */
static void s_119_vectors_of_the_formula(void **state) {
  static const struct {
    double latency, jitter, loss, rating, mos;
  } cases[] = {
    { 0, 0, 0, 92.95, 4.893772 },         { 0.05, 0.005, 0.01, 88.95, 4.791594 }, { 0.1, 0.002, 0, 90.35, 4.830534 },
    { 0.15, 0, 0, 89.2, 4.798790 },       { 0.2, 0.002, 0, 83.8, 4.621299 },      { 0.5, 0, 0, 54.2, 3.106907 },
    { 0.02, 0.01, 0.1, 66.95, 3.834331 }, { 0.02, 0.01, 0.3, 16.95, 1.298934 },   { 0.02, 0.01, 0.4, -8.05, 1 },
  };
  (void)state;
  for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
    double rating = sp_mos_rating(cases[i].latency, cases[i].jitter, cases[i].loss);
    is_near(rating, cases[i].rating, 1e-9);
    is_near(sp_mos_of_rating(rating), cases[i].mos, 1e-6);
  }
}

static void the_ends_of_the_rating(void **state) {
  (void)state;
  is_near(sp_mos_of_rating(0), 1.111111, 1e-6);
  is_near(sp_mos_of_rating(-0.0001), 1, 0);
}

static const sp_mos_sample first = { 100, 2, 0.01, 1700000000000.0, 1.0, 10 };

static sp_mos begun(void) {
  sp_mos mos;
  sp_mos_report report;
  sp_mos_init(&mos, false);
  sp_mos_begin(&mos);
  assert_false(sp_mos_add(&mos, &first, &report));
  return mos;
}

static void l_62_s_120_baseline_sends_nothing_and_the_next_counts_from_it(void **state) {
  (void)state;
  sp_mos mos = begun();
  sp_mos_sample next = { 200, 7, 0.004, 1700000005000.0, 1.4, 14 };
  sp_mos_report report;
  assert_true(sp_mos_add(&mos, &next, &report));
  is_near(report.received, 100, 0);
  is_near(report.average_jitter, 0.004, 1e-12);
  /* 5 of 100 lost; 0.4 s in 4 measurements is a latency of 0.05 s. */
  is_near(report.mos, sp_mos_score(0.05, 0.004, 0.05), 1e-9);
  is_near(report.timestamp, 1700000005000.0, 0);
}

static void without_a_baseline_counters_are_relative_to_zero(void **state) {
  sp_mos mos;
  sp_mos_report report;
  (void)state;
  sp_mos_init(&mos, false);
  assert_true(sp_mos_add(&mos, &first, &report));
  is_near(report.received, 100, 0);
  is_near(report.mos, sp_mos_score(0.05, 0.01, 0.02), 1e-9);
}

static void l_63_jitter_is_averaged_since_the_baseline(void **state) {
  sp_mos mos = begun();
  sp_mos_report report;
  sp_mos_sample sample = first;
  (void)state;
  sample.jitter = 0.004;
  assert_true(sp_mos_add(&mos, &sample, &report));
  is_near(report.average_jitter, 0.004, 1e-12);
  sample.jitter = 0.002;
  assert_true(sp_mos_add(&mos, &sample, &report));
  is_near(report.average_jitter, 0.003, 1e-12);
  sp_mos_begin(&mos);
  assert_false(sp_mos_add(&mos, &sample, &report));
  assert_true(sp_mos_add(&mos, &sample, &report));
  is_near(report.average_jitter, 0.002, 1e-12);
}

static void l_64_no_measurement_is_no_latency_and_no_packet_no_loss(void **state) {
  sp_mos mos = begun();
  sp_mos_report report;
  sp_mos_sample sample = first;
  (void)state;
  sample.jitter = 0;
  sample.lost += 5;
  assert_true(sp_mos_add(&mos, &sample, &report));
  is_near(report.mos, 4.893772, 1e-6);
  sample.received += 100;
  sample.lost = 0; /* late duplicates: the loss is not below zero */
  assert_true(sp_mos_add(&mos, &sample, &report));
  is_near(report.mos, 4.893772, 1e-6);
}

static void l_65_any_input_missing_makes_no_report(void **state) {
  (void)state;
  for (int missing = 0; missing < 5; missing++) {
    sp_mos mos = begun();
    sp_mos_report report;
    sp_mos_sample sample = first;
    double *inputs[] = { &sample.received, &sample.lost, &sample.round_trip_total, &sample.round_trip_count,
                         &sample.jitter };
    *inputs[missing] = NAN;
    assert_false(sp_mos_add(&mos, &sample, &report));
    assert_true(sp_mos_add(&mos, &first, &report));
    is_near(report.average_jitter, 0.01, 1e-12);
  }
}

static void a_baseline_needs_no_jitter(void **state) {
  sp_mos mos;
  sp_mos_report report;
  sp_mos_sample sample = first;
  (void)state;
  sp_mos_init(&mos, false);
  sp_mos_begin(&mos);
  sample.jitter = NAN;
  assert_false(sp_mos_add(&mos, &sample, &report));
  assert_true(sp_mos_add(&mos, &first, &report));
  is_near(report.received, 0, 0);
}

static void l_66_s_121_an_eager_connection_reports_from_its_first_real_conversation(void **state) {
  sp_mos mos;
  sp_mos_report report;
  (void)state;
  sp_mos_init(&mos, true);
  for (int i = 0; i < 3; i++) assert_false(sp_mos_add(&mos, &first, &report));
  sp_mos_begin(&mos);
  assert_false(sp_mos_add(&mos, &first, &report));
  assert_true(sp_mos_add(&mos, &first, &report));
}

static void l_68_after_the_end_no_report(void **state) {
  sp_mos mos = begun();
  sp_mos_report report;
  (void)state;
  sp_mos_end(&mos);
  assert_false(sp_mos_add(&mos, &first, &report));
  sp_mos_begin(&mos);
  assert_false(sp_mos_add(&mos, &first, &report));
  assert_true(sp_mos_add(&mos, &first, &report));
}

static void expect_params(const sp_mos_labels *labels, const sp_mos_report *report, const char *expected) {
  sp_buf out;
  sp_buf_init(&out, NULL, 4096);
  sp_mos_write_params(&out, labels, report);
  assert_int_equal(sp_buf_status(&out), SP_OK);
  if (!sp_str_is(sp_buf_str(&out), expected)) fail_msg("%.*s", SP_STR_ARG(sp_buf_str(&out)));
  sp_buf_free(&out);
}

static void l_67_l_69_the_report_has_exactly_its_fields(void **state) {
  sp_mos_labels labels = { SP_STR("s1"), SP_STR("c1"), SP_STR("m1"), SP_STR("desk"), SP_STR("id-1"), SP_STR("1.2"), 2 };
  sp_mos_report report = { 250, 0.003, 4.5, 1709164799123.75 }; /* 2024-02-28, a leap year */
  (void)state;
  expect_params(&labels, &report,
                "{\"sessionId\":\"s1\",\"conversationId\":\"c1\",\"communicationId\":\"m1\",\"stats\":{"
                "\"client\":{\"originAppName\":\"desk\",\"originAppId\":\"id-1\",\"originAppVersion\":\"1.2\"},"
                "\"rtp\":{\"packetsReceived\":250,\"averageJitter\":0.003,\"estimatedAverageMos\":4.5},"
                "\"dateCreated\":\"2024-02-28T23:59:59.123Z\",\"reconnectAttemptCount\":2}}");
  report.timestamp = NAN;
  labels = (sp_mos_labels){ .session_id = SP_STR("s1") };
  expect_params(&labels, &report,
                "{\"sessionId\":\"s1\",\"stats\":{\"client\":{},\"rtp\":{\"packetsReceived\":250,"
                "\"averageJitter\":0.003,\"estimatedAverageMos\":4.5},\"reconnectAttemptCount\":0}}");
}

static void each_allocation_may_fail(void **state) {
  sp_mos_labels labels = { .session_id = SP_STR("s1") };
  sp_mos_report report = { 1, 2, 3, 4 };
  (void)state;
  for (size_t n = 1, done = 0; !done; n++) {
    sp_buf out;
    sp_buf_init(&out, test_alloc_new(n), 4096);
    sp_mos_write_params(&out, &labels, &report);
    assert_int_equal(sp_buf_status(&out), test_alloc_failed() ? SP_ENOMEM : SP_OK);
    sp_buf_free(&out);
    assert_int_equal(test_alloc_live(), 0);
    done = !test_alloc_failed();
  }
}

int main(void) {
  static const struct CMUnitTest tests[] = {
    cmocka_unit_test(l_61_table_of_the_formula),
    cmocka_unit_test(s_119_vectors_of_the_formula),
    cmocka_unit_test(the_ends_of_the_rating),
    cmocka_unit_test(l_62_s_120_baseline_sends_nothing_and_the_next_counts_from_it),
    cmocka_unit_test(without_a_baseline_counters_are_relative_to_zero),
    cmocka_unit_test(l_63_jitter_is_averaged_since_the_baseline),
    cmocka_unit_test(l_64_no_measurement_is_no_latency_and_no_packet_no_loss),
    cmocka_unit_test(l_65_any_input_missing_makes_no_report),
    cmocka_unit_test(a_baseline_needs_no_jitter),
    cmocka_unit_test(l_66_s_121_an_eager_connection_reports_from_its_first_real_conversation),
    cmocka_unit_test(l_68_after_the_end_no_report),
    cmocka_unit_test(l_67_l_69_the_report_has_exactly_its_fields),
    cmocka_unit_test(each_allocation_may_fail),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
