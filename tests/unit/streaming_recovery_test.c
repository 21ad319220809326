/* SPDX-License-Identifier: MIT */
/* How the supervisor notices trouble and comes back: the remembered back-off, Retry-After, online and offline,
   probes, clocks that jump. */
#include "base/status.h"
#include "streaming_case.h"

#include <stdio.h>

#define WALL      1795343000000u
#define PING_SENT "<ping "

/* --- remembered back-off --- */

static void failures_are_remembered(void **state) { /* A4 */
  (void)state;
  rig *r = opened(NONE);
  r->wall = WALL;
  r->platform.channel_status = 500;
  expect(rig_backoff(r), "");
  rig_connect(r);
  expect(rig_backoff(r), "{\"currentDelayMs\":4000,\"delayMsAfterNextReduction\":2000,"
                         "\"nextDelayReductionTime\":1795343020000,\"timeOfTotalReset\":1795346600000}");
  expect(rig_backoff(r), "");
  rig_pass(r, 2000);
  expect(rig_backoff(r), "{\"currentDelayMs\":8000,\"delayMsAfterNextReduction\":4000,"
                         "\"nextDelayReductionTime\":1795343042000,\"timeOfTotalReset\":1795346602000}");
  closed(r);
}

#define STORED                                                                                                         \
  "{\"currentDelayMs\":8000,\"delayMsAfterNextReduction\":4000,\"nextDelayReductionTime\":1795343030000,"              \
  "\"timeOfTotalReset\":1795346590000}"

static void a_stored_delay_counts(void **state) { /* A5 */
  (void)state;
  rig *r = opened((rig_options){ .backoff = STORED });
  r->wall = WALL;
  r->platform.channel_status = 500;
  rig_connect(r);
  r->platform.channel_status = 0;
  rig_pass(r, 8000);
  expect(rig_lines(r, "http POST|event"), NEW_CHANNEL(0) NEW_CHANNEL(8000) "8000 event connected first\n");
  assert_non_null(strstr(rig_backoff(r), "{\"currentDelayMs\":16000,\"delayMsAfterNextReduction\":8000,"
                                         "\"nextDelayReductionTime\":1795343080000,"));
  rig_pass(r, 71999);
  expect(rig_backoff(r), "");
  rig_pass(r, 1); /* the stored time: half the delay, and once more after five times that */
  assert_non_null(strstr(rig_backoff(r), "{\"currentDelayMs\":8000,\"delayMsAfterNextReduction\":4000,"
                                         "\"nextDelayReductionTime\":1795343120000,"));
  rig_pass(r, 39999);
  expect(rig_backoff(r), "");
  rig_pass(r, 1);
  assert_non_null(strstr(rig_backoff(r), "{\"currentDelayMs\":4000,"));
  rig_pass(r, 20000);
  assert_non_null(strstr(rig_backoff(r), "{\"currentDelayMs\":2000,"));
  rig_pass(r, 10000);
  expect(rig_backoff(r), "{\"currentDelayMs\":0}");
  rig_history(r);
  rig_drop(r);
  rig_pass(r, 2000); /* as clean as ever */
  expect(rig_lines(r, "event"), "150000 event disconnected reconnecting \n152000 event connected\n");
  closed(r);
}

static void a_reduction_that_is_overdue(void **state) {
  (void)state;
  rig *r = opened((rig_options){ .backoff = STORED });
  r->wall = WALL + 60000;
  rig_connect(r);
  expect(rig_backoff(r), "");
  rig_pass(r, 0);
  assert_non_null(strstr(rig_backoff(r), "{\"currentDelayMs\":4000,"));
  closed(r);
}

static void an_hour_later_it_is_forgotten(void **state) {
  (void)state;
  rig *r = opened((rig_options){ .backoff = STORED });
  r->wall = WALL + 3600000;
  r->platform.channel_status = 500;
  rig_connect(r);
  r->platform.channel_status = 0;
  rig_pass(r, 2000);
  expect(rig_lines(r, "event"), "2000 event connected first\n");
  closed(r);
}

static void a_drop_waits_for_the_remembered_delay(void **state) {
  (void)state;
  rig *r = opened((rig_options){ .backoff = STORED });
  r->wall = WALL;
  rig_connect(r);
  rig_pass(r, 1000);
  rig_drop(r); /* cancels the reduction, too */
  rig_pass(r, 29500);
  expect(rig_lines(r, "event"), "0 event connected first\n1000 event disconnected reconnecting \n"
                                "9000 event connected\n");
  assert_non_null(strstr(rig_backoff(r), "{\"currentDelayMs\":4000,"));
  closed(r);
}

static void an_unreadable_record_is_clean(void **state) {
  (void)state;
  static const char *const texts[] = { "{", "[]", "{\"currentDelayMs\":\"8\"}", "{\"currentDelayMs\":-1}", "\xff" };
  for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
    rig *r = opened((rig_options){ .backoff = texts[i] });
    r->platform.channel_status = 500;
    rig_connect(r);
    r->platform.channel_status = 0;
    rig_pass(r, 2000);
    expect(rig_lines(r, "event"), "2000 event connected first\n");
    closed(r);
  }
}

static void a_fatal_failure_is_not_remembered(void **state) {
  (void)state;
  rig *r = opened(NONE);
  r->platform.sasl = "not-authorized";
  rig_connect(r);
  expect(rig_backoff(r), "");
  closed(r);
}

/* --- Retry-After --- */

static const struct {
  const char *name;
  int channel, identity;
  const char *retry_after;
  const char *tries; /* R3 */
} waits[] = {
  { "R3, 429", 429, 0, "3", NEW_CHANNEL(0) NEW_CHANNEL(5000) NEW_CHANNEL(12000) },
  { "R3, any status", 418, 0, "10", NEW_CHANNEL(0) NEW_CHANNEL(12000) },
  { "R1", 0, 503, "3", NEW_CHANNEL(0) NEW_CHANNEL(5000) NEW_CHANNEL(12000) },
  { "a date is none", 503, 0, "Wed, 21 Oct 2015 07:28:00 GMT",
    NEW_CHANNEL(0) NEW_CHANNEL(2000) NEW_CHANNEL(6000) NEW_CHANNEL(14000) },
  { "none", 404, 0, NULL, NEW_CHANNEL(0) NEW_CHANNEL(2000) NEW_CHANNEL(6000) NEW_CHANNEL(14000) },
};

static void retry_after(void **state) {
  (void)state;
  for (size_t i = 0; i < sizeof waits / sizeof *waits; i++) {
    rig *r = opened((rig_options){ .unknown_identity = true });
    r->platform.channel_status = waits[i].channel;
    r->platform.identity_status = waits[i].identity;
    r->platform.retry_after = waits[i].retry_after;
    rig_connect(r);
    rig_pass(r, 15000);
    const char *got = rig_lines(r, "http POST");
    if (strcmp(got, waits[i].tries) != 0) fail_msg("%s: %s", waits[i].name, got);
    bool asked = waits[i].retry_after && waits[i].retry_after[0] < 'A';
    assert_true((rig_backoff(r)[0] == '\0') == asked); /* a wait that was asked for is not remembered */
    closed(r);
  }
}

static void refusals_do_not_wait(void **state) {
  (void)state;
  rig *r = opened(NONE);
  r->platform.channel_status = 403;
  r->platform.retry_after = "3";
  rig_connect(r);
  rig_pass(r, 60000);
  expect(rig_lines(r, "http POST|event f"), NEW_CHANNEL(0) "0 event failed invalid_token 403\n");
  closed(r);
}

static void nothing_cuts_retry_after_short(void **state) {
  (void)state;
  rig *r = opened(NONE);
  r->platform.channel_status = 429;
  r->platform.retry_after = "30";
  rig_connect(r);
  r->platform.channel_status = 0;
  rig_pass(r, 10000);
  rig_online(r, false);
  rig_online(r, true);
  rig_probe(r);
  rig_pass(r, 19999);
  expect(rig_lines(r, "event"), "");
  rig_pass(r, 1); /* the back-off that follows it is */
  expect(rig_lines(r, "event"), "30000 event connected first\n");
  closed(r);
}

/* --- online and offline, R2 --- */

static void probe_outcomes(void **state) {
  (void)state;
  rig *r = opened(NONE);
  r->platform.identity_status = 500;
  rig_connect(r); /* … never influences the attempt */
  expect(rig_lines(r, "event"), "0 event network warning status 500\n0 event connected first\n");
  rig_online(r, false);
  rig_drop(r);
  rig_pass(r, 2000);
  expect(rig_lines(r, "event|http"), "0 event disconnected reconnecting \n2000 event network warning offline 0\n"
                                     "2000 event connected\n");
  closed(r);
  r = opened((rig_options){ .jwt = true });
  rig_online(r, false);
  rig_connect(r); /* no token, no probe, no warning */
  expect(rig_lines(r, "event|http"), "0 event connected first\n");
  closed(r);
}

static void probe_without_answer(void **state) {
  (void)state;
  static const struct {
    sp_http_failure failure;
    const char *word;
  } cases[] = { { SP_HTTP_NETWORK, "network" }, { SP_HTTP_TIMEOUT, "timeout" }, { SP_HTTP_CANCELLED, "network" } };
  for (size_t i = 0; i < 3; i++) {
    char want[64];
    rig *r = opened(NONE);
    r->platform.no_rest = true;
    rig_connect(r);
    rig_history(r);
    sp_rest_result_input(r->rest, r->now, 1, cases[i].failure, 0, SP_STR_NONE, SP_STR_NONE);
    rig_run(r);
    snprintf(want, sizeof want, "0 event network warning %s 0\n", cases[i].word);
    expect(rig_lines(r, "event"), want);
    closed(r);
  }
}

static void the_network_is_back(void **state) {
  (void)state;
  rig *r = opened(NONE);
  rig_connect(r);
  r->platform.channel_status = 500;
  r->platform.no_open = true;
  rig_drop(r);
  rig_pass(r, 30000);
  rig_online(r, false);
  rig_pass(r, 100000);
  r->platform = (rig_platform){ 0 };
  rig_history(r);
  rig_online(r, true); /* within a back-off of a minute, or an attempt that hangs */
  expect(rig_lines(r, "event c"), "130000 event connected\n");
  closed(r);
}

/* In each state of an attempt: what was begun without a network is begun again with one. */
static void back_online_while_connecting(void **state) {
  (void)state;
  for (int i = 0; i < 3; i++) {
    rig *r = opened(NONE);
    r->platform.no_rest = i == 0;
    r->platform.no_open = i == 1;
    r->platform.no_ice = i == 2;
    rig_online(r, false);
    rig_connect(r);
    rig_pass(r, 1000);
    rig_history(r);
    rig_online(r, false);
    r->platform = (rig_platform){ 0 };
    rig_online(r, true);
    expect(rig_lines(r, "event"), "1000 event connected first\n");
    rig_online(r, true);
    rig_pass(r, 100);
    expect(rig_lines(r, "event"), "");
    closed(r);
  }
}

static void online_without_offline_leaves_an_attempt_alone(void **state) {
  (void)state;
  rig *r = opened(NONE);
  r->platform.no_open = true;
  rig_connect(r);
  rig_history(r);
  rig_online(r, true);
  expect(rig_history(r), "");
  closed(r);
}

/* --- noticing --- */

static void a_dead_path(void **state) {
  (void)state;
  static const struct {
    const char *name;
    bool in_call, hint;
    uint64_t noticed;
    const char *events;
  } cases[] = {
    { "idle", false, false, 15000, "115500 event disconnected reconnecting \n117500 event connected\n" },
    { "in a call", true, false, 6000, "106500 event disconnected reconnecting \n108500 event connected\n" },
    { "idle, doubted", false, true, 10000, "110500 event disconnected reconnecting \n110500 event connected\n" },
    { "in a call, doubted", true, true, 5000, "105500 event disconnected reconnecting \n105500 event connected\n" },
  };
  for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
    rig *r = connected(NONE);
    rig_pass(r, 99000);
    rig_call(r, cases[i].in_call);
    rig_pass(r, 1500);
    rig_frame(r, "<presence xmlns='jabber:client'/>");
    rig_history(r);
    r->platform.mute = true;
    if (cases[i].hint) rig_probe(r);
    rig_pass(r, cases[i].noticed + 2500);
    const char *got = rig_lines(r, "event");
    if (strcmp(got, cases[i].events) != 0) fail_msg("%s: %s", cases[i].name, got);
    closed(r);
  }
}

static void a_living_path_is_not_touched(void **state) {
  (void)state;
  rig *r = connected(NONE);
  for (int i = 0; i < 20; i++) {
    rig_probe(r);
    rig_online(r, true);
    rig_call(r, i % 2);
    rig_pass(r, 700);
  }
  const char *lines = rig_history(r);
  expect(rig_select(lines, "event|socket|http"), "");
  assert_true(times(lines, PING_SENT) <= 20);
  closed(r);
}

/* What our pings cost a quiet hour: the published original sends 257. */
static void pings_per_hour(void **state) {
  (void)state;
  rig *r = connected(NONE);
  r->quiet = true;
  rig_pass(r, 1000);
  unsigned pings = 0;
  for (int i = 0; i < 60; i++) {
    r->quiet = false;
    rig_pass(r, 60000);
    pings += times(rig_history(r), PING_SENT);
  }
  assert_int_equal(pings, 360);
  for (int i = 0; i < 3600; i++) { /* a busy one: none */
    rig_pass(r, 1000);
    rig_frame(r, "<presence xmlns='jabber:client'/>");
    if (i > 0) pings += times(rig_history(r), PING_SENT);
    else rig_history(r);
  }
  assert_int_equal(pings, 360);
  closed(r);
}

static void sleeping(void **state) {
  (void)state;
  for (int monotonic = 0; monotonic < 2; monotonic++) {
    rig *r = opened(NONE);
    r->wall = WALL;
    rig_connect(r);
    rig_pass(r, 5000);
    rig_history(r);
    rig_sleep(r, 3600000, monotonic); /* the path still stands */
    const char *lines = rig_history(r);
    assert_int_equal(times(lines, PING_SENT), 1);
    expect(rig_select(lines, "event"), "");
    r->platform.mute = true;
    rig_sleep(r, 3600000, monotonic); /* now it does not */
    assert_int_equal(times(rig_history(r), PING_SENT), 1);
    rig_pass(r, 9999);
    expect(rig_lines(r, "event"), "");
    rig_pass(r, 1);
    assert_int_equal(times(rig_lines(r, "event"), "event connected"), 1);
    closed(r);
  }
}

/* A ping that was under way when the machine fell asleep is no miss. */
static void asleep_during_a_ping(void **state) {
  (void)state;
  rig *r = connected(NONE);
  r->platform.mute = true;
  rig_pass(r, 11000);
  r->platform.mute = false;
  rig_history(r);
  rig_sleep(r, 3600000, true);
  const char *lines = rig_history(r);
  assert_int_equal(times(lines, PING_SENT), 1);
  rig_pass(r, 60000);
  expect(rig_lines(r, "event"), "");
  closed(r);
}

static void a_hint_shortens_the_wait(void **state) {
  (void)state;
  rig *r = opened(NONE);
  r->platform.channel_status = 500;
  rig_connect(r);
  rig_pass(r, 6000 + 1000); /* the next try comes at 14000 */
  r->platform.channel_status = 0;
  rig_history(r);
  rig_probe(r); /* two seconds after the last one at the earliest */
  rig_pass(r, 999);
  expect(rig_history(r), "");
  rig_pass(r, 1);
  expect(rig_lines(r, "event"), "8000 event connected first\n");
  closed(r);
}

static void hints_without_a_connection(void **state) {
  (void)state;
  rig *r = opened(NONE);
  rig_probe(r);
  rig_online(r, false);
  rig_online(r, true);
  rig_call(r, true);
  rig_sleep(r, 3600000, true);
  expect(rig_history(r), "");
  rig_connect(r);
  rig_disconnect(r);
  rig_history(r);
  rig_probe(r);
  rig_online(r, true);
  expect(rig_history(r), "");
  closed(r);
}

static void every_allocation_fails_once(void **state) {
  (void)state;
  static rig r;
  for (size_t n = 1, done = 0; !done; n++) {
    if (rig_open(&r, n, (rig_options){ .backoff = STORED })) {
      bool opened_well = !test_alloc_failed();
      r.wall = WALL;
      r.platform.channel_status = 503;
      rig_connect(&r);
      rig_backoff(&r);
      r.platform.channel_status = 0;
      rig_online(&r, false);
      rig_pass(&r, 500);
      rig_online(&r, true);
      rig_pass(&r, 60000);
      rig_call(&r, true);
      rig_probe(&r);
      rig_sleep(&r, 100000, true);
      r.platform.mute = true;
      rig_sleep(&r, 100000, false);
      rig_pass(&r, 10000);
      r.platform.mute = false;
      rig_pass(&r, 200000);
      if (opened_well) assert_true(sp_streaming_connected(r.streaming));
      rig_disconnect(&r);
      rig_pass(&r, 5000);
      assert_non_null(strstr(rig_history(&r), "event closed"));
    }
    done = !test_alloc_failed();
    rig_close(&r);
    assert_int_equal(test_alloc_live(), 0);
  }
}

int main(void) {
  const struct CMUnitTest tests[] = {
    { "W-D2 A4 failures are remembered", failures_are_remembered, NULL, NULL, NULL },
    { "W-D2 A5 a stored delay counts, and is reduced", a_stored_delay_counts, NULL, NULL, NULL },
    { "W-3.3 a reduction that is overdue", a_reduction_that_is_overdue, NULL, NULL, NULL },
    { "W-D2 one-hour reset", an_hour_later_it_is_forgotten, NULL, NULL, NULL },
    { "W-3.3 a drop waits for the remembered delay", a_drop_waits_for_the_remembered_delay, NULL, NULL, NULL },
    { "W-3.3 an unreadable record is clean", an_unreadable_record_is_clean, NULL, NULL, NULL },
    { "W-3.3 a fatal failure is not remembered", a_fatal_failure_is_not_remembered, NULL, NULL, NULL },
    { "W-2.4 Retry-After on R1 and R3", retry_after, NULL, NULL, NULL },
    { "W-2.4 401 and 403 are fatal whatever else they say", refusals_do_not_wait, NULL, NULL, NULL },
    { "W-2.4 nothing cuts Retry-After short", nothing_cuts_retry_after_short, NULL, NULL, NULL },
    { "W-2.4 connectivity probe: warning, skipped offline and without a token", probe_outcomes, NULL, NULL, NULL },
    { "W-2.4 connectivity probe without an answer", probe_without_answer, NULL, NULL, NULL },
    cmocka_unit_test(the_network_is_back),
    cmocka_unit_test(back_online_while_connecting),
    cmocka_unit_test(online_without_offline_leaves_an_attempt_alone),
    { "W-5 a dead path is noticed and left", a_dead_path, NULL, NULL, NULL },
    cmocka_unit_test(a_living_path_is_not_touched),
    cmocka_unit_test(pings_per_hour),
    { "W-5 sleep is noticed on either clock", sleeping, NULL, NULL, NULL },
    { "W-5 a ping under way when the machine sleeps is no miss", asleep_during_a_ping, NULL, NULL, NULL },
    cmocka_unit_test(a_hint_shortens_the_wait),
    cmocka_unit_test(hints_without_a_connection),
    cmocka_unit_test(every_allocation_fails_once),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
