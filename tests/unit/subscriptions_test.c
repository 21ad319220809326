/* SPDX-License-Identifier: MIT */
#include "base/limits.h"
#include "base/status.h"
#include "streaming_case.h"

#include <stdio.h>

#define PARTIAL       ((rig_options){ .partial = true })
#define SUBSCRIPTIONS "notifications/channels/chan-1/subscriptions"

/* `words`: topics separated by blanks; "=n" behind one is its priority. */
static int bulk(rig *r, const char *words, bool replace, bool force, uint32_t token) {
  sp_str topics[8];
  double priorities[8];
  sp_topic_list list = { topics, priorities, 0, replace, force };
  for (; *words; words += strspn(words, " ")) {
    size_t len = strcspn(words, " "), name = strcspn(words, "= ");
    topics[list.count] = (sp_str){ words, name };
    priorities[list.count++] = name < len ? words[name + 1] - '0' : 0;
    words += len;
  }
  int rc = sp_streaming_subscribe_bulk(r->streaming, r->now, &list, (sp_token){ SP_OWNER_CORE, 0, token });
  rig_run(r);
  return rc;
}

static int internal(rig *r, const char *topic, uint32_t token) {
  sp_topic_request request = { .topic = sp_str_from(topic), .immediate = true, .internal = true, .priority = 1e300 };
  int rc = sp_streaming_subscribe_topic(r->streaming, r->now, &request, (sp_token){ SP_OWNER_CORE, 0, token });
  rig_run(r);
  return rc;
}

/* What the next PUT says. */
static const char *whole_set(rig *r) {
  static char text[4096];
  rig_frame(r, NOTIFY("streaming-subscriptions-expiring", "{}"));
  rig_history(r);
  rig_pass(r, 100);
  const char *line = strstr(rig_lines(r, "http PUT"), "[");
  snprintf(text, sizeof text, "%s", line ? line : "none\n");
  return text;
}

/* --- results per topic --- */

static void partial_results(void **state) {
  (void)state;
  rig *r = connected(PARTIAL);
  r->platform.put_body = "{\"entities\":[{\"id\":\"a?b&c\",\"state\":\"Permitted\"},{\"id\":\"d.e\",\"state\":"
                         "\"Rejected\",\"rejectionReason\":\"Not yours\",\"missingPermissions\":[\"x:y:z\"]},"
                         "{\"id\":\"a.c\",\"state\":\"Rejected\"}]}";
  rig_subscribe(r, "a.b", false, 1);
  rig_subscribe(r, "d.e", false, 2);
  rig_subscribe(r, "a.c", false, 3);
  rig_subscribe(r, "f.g", false, 4);
  rig_pass(r, 100);
  expect(rig_history(r), "100 http PUT " SUBSCRIPTIONS "?ignoreErrors=true "
                         "[{\"id\":\"a?b&c\"},{\"id\":\"d.e\"},{\"id\":\"f.g\"}]\n"
                         "100 event subscribed 1 ok\n"
                         "100 event subscribed 2 refused: Not yours [\"x:y:z\"]\n"
                         "100 event subscribed 3 refused: Failed to subscribe topic a.c\n"
                         "100 event subscribed 4 refused: Failed to subscribe topic f.g\n");
  expect(whole_set(r), "[{\"id\":\"a.b\"}]\n"); /* D7 */
  closed(r);
}

static void what_was_there_stays(void **state) {
  (void)state;
  rig *r = connected(PARTIAL);
  r->platform.put_body = "{\"entities\":[{\"id\":\"a.b\",\"state\":\"Permitted\"}]}";
  rig_subscribe(r, "a.b", false, 1);
  rig_pass(r, 100);
  r->platform.put_body = "{\"entities\":[{\"id\":\"a.b\",\"state\":\"Rejected\"}]}";
  rig_subscribe(r, "a.b", false, 2);
  rig_pass(r, 100);
  expect(rig_lines(r, "event"), "100 event subscribed 1 ok\n"
                                "200 event subscribed 2 refused: Failed to subscribe topic a.b\n");
  expect(whole_set(r), "[{\"id\":\"a.b\"}]\n");
  closed(r);
}

static void a_combined_topic_with_a_handler_is_split(void **state) {
  (void)state;
  rig *r = connected(NONE);
  assert_int_equal(rig_subscribe(r, "p?a&b", false, 1), SP_OK);
  rig_subscribe(r, "p.c", false, 2);
  rig_pass(r, 100);
  expect(rig_lines(r, "http"), "100 http PUT " SUBSCRIPTIONS " [{\"id\":\"p?a&b&c\"}]\n");
  r->platform.put_status = 400;
  rig_subscribe(r, "p?b&d", false, 3);
  rig_pass(r, 100);
  r->platform.put_status = 0;
  expect(whole_set(r), "[{\"id\":\"p?a&b&c\"}]\n"); /* only what was new was taken back */
  assert_int_equal(rig_unsubscribe(r, "p?a&c", false), SP_OK);
  expect(whole_set(r), "[{\"id\":\"p.b\"}]\n");
  char many[200] = "p?x";
  while (strlen(many) < 80) strcat(many, "&x");
  assert_int_equal(rig_subscribe(r, many, false, 4), SP_ELIMIT);
  expect(whole_set(r), "[{\"id\":\"p.b\"}]\n");
  closed(r);
}

/* The first caller's topic is refused while a second one already waits for it. */
static void a_refused_topic_is_handed_over(void **state) {
  (void)state;
  rig *r = connected(NONE);
  r->platform.put_status = 400;
  r->platform.round_trip = 1000;
  rig_subscribe(r, "a.b", false, 1);
  rig_pass(r, 100);
  rig_subscribe(r, "a.b", false, 2);
  rig_pass(r, 950);
  r->platform.put_status = 0;
  rig_pass(r, 50);
  rig_pass(r, 3000);
  expect(rig_lines(r, "event"), "1100 event subscribed 1 refused: Failed to subscribe topic a.b\n"
                                "1200 event subscribed 2 refused: Failed to subscribe topic a.b\n");
  closed(r);
  r = connected(NONE);
  r->platform.round_trip = 50;
  r->platform.put_status = 400;
  rig_subscribe(r, "a.b", false, 1);
  rig_pass(r, 100);
  r->platform.put_status = 0;
  rig_subscribe(r, "a.b", false, 2);
  rig_pass(r, 200);
  expect(rig_lines(r, "event|http"), "100 http PUT " SUBSCRIPTIONS " [{\"id\":\"a.b\"}]\n"
                                     "150 event subscribed 1 refused: Failed to subscribe topic a.b\n"
                                     "200 http PUT " SUBSCRIPTIONS " [{\"id\":\"a.b\"}]\n"
                                     "250 event subscribed 2 ok\n");
  closed(r);
}

static void callers_of_one_xmpp_subscribe_share_its_fate(void **state) {
  (void)state;
  for (int refused = 0; refused < 2; refused++) {
    rig *r = connected(NONE);
    r->platform.no_pubsub = refused;
    r->platform.round_trip = 100;
    rig_subscribe(r, "a.b", true, 1);
    rig_subscribe(r, "a.b", true, 2);
    rig_pass(r, 99);
    expect(rig_lines(r, "event"), "");
    rig_pass(r, 1);
    const char *lines = rig_lines(r, "event");
    assert_int_equal(times(lines, refused ? "refused" : "ok"), 2);
    assert_int_equal(rig_unsubscribe(r, "a.b", true), refused ? SP_ENOENT : SP_OK);
    closed(r);
  }
}

/* --- limits --- */

static void subscriptions_that_wait(void **state) {
  (void)state;
  rig *r = connected(NONE);
  r->quiet = true;
  for (unsigned i = 0; i < 1024; i++) assert_int_equal(rig_subscribe(r, "a.b", false, i), SP_OK);
  assert_int_equal(rig_subscribe(r, "a.b", false, 1024), SP_ELIMIT);
  closed(r);
}

static void parts_of_a_combined_topic(void **state) {
  (void)state;
  char topic[128] = "p?a0";
  rig *r = connected(NONE);
  for (unsigned i = 1; i < 32; i++) snprintf(topic + strlen(topic), 8, "&%u", i);
  assert_int_equal(rig_subscribe(r, topic, false, 1), SP_OK);
  strcat(topic, "&x");
  assert_int_equal(rig_subscribe(r, topic, false, 2), SP_ELIMIT);
  closed(r);
}

static void topics_that_do_not_fit(void **state) {
  (void)state;
  rig *r = connected(NONE);
  r->quiet = true;
  for (unsigned i = 0; i < 1001; i++) {
    char topic[32];
    snprintf(topic, sizeof topic, "p%u.x", i);
    assert_int_equal(rig_subscribe(r, topic, false, i), SP_OK);
  }
  r->quiet = false;
  sp_streaming_tick(r->streaming, r->now + 100);
  bool logged = false;
  sp_effect fx = { .kind = SP_FX_NONE };
  while (sp_effects_pop(r->fx, &fx) && fx.kind != SP_FX_HTTP)
    logged = logged || sp_str_find(fx.text, "\"count\":1,\"sample\":\"p1000.x\"", 0) != SIZE_MAX;
  assert_true(logged);
  sp_rest_result_input(r->rest, r->now, fx.id, SP_HTTP_OK, 200, SP_STR_NONE, SP_STR("{}"));
  rig_run(r);
  const char *lines = rig_lines(r, "event");
  assert_int_equal(times(lines, " ok\n"), 1000);
  assert_non_null(strstr(lines, "subscribed 1000 refused: Failed to subscribe topic p1000.x"));
  closed(r);
}

static void a_topic_that_is_too_long(void **state) {
  (void)state;
  char topic[SP_MAX_TOPIC_TEXT + 1];
  memset(topic, 'x', sizeof topic);
  memcpy(topic, "p.", 2);
  topic[SP_MAX_TOPIC_TEXT] = '\0';
  rig *r = connected(NONE);
  rig_subscribe(r, topic, false, 1);
  rig_subscribe(r, "a.b", false, 2);
  rig_pass(r, 100);
  const char *lines = rig_lines(r, "http|event");
  assert_non_null(strstr(lines, "[{\"id\":\"a.b\"}]\n100 event subscribed 1 refused"));
  assert_non_null(strstr(lines, "event subscribed 2 ok"));
  closed(r);
}

static void priorities_order_the_body(void **state) {
  (void)state;
  rig *r = connected(NONE);
  rig_subscribe(r, "a.b", false, 1);
  sp_topic_request request = { .topic = SP_STR("c.d"), .priority = 3 };
  assert_int_equal(sp_streaming_subscribe_topic(r->streaming, r->now, &request, (sp_token){ SP_OWNER_CORE, 0, 2 }),
                   SP_OK);
  assert_int_equal(internal(r, "e.f", 3), SP_OK);
  rig_pass(r, 100);
  expect(rig_lines(r, "http|event"), "0 event subscribed 3 ok\n100 http PUT " SUBSCRIPTIONS
                                     " [{\"id\":\"e.f\"},{\"id\":\"c.d\"},{\"id\":\"a.b\"}]\n"
                                     "100 event subscribed 1 ok\n100 event subscribed 2 ok\n");
  closed(r);
}

/* --- a set that is owed to the channel --- */

static void a_resubscribe_that_fails(void **state) {
  (void)state;
  static const struct {
    int status;
    const char *retry_after, *want;
  } cases[] = {
    { 503, NULL, PUT_LINE(17100, 2) "[{\"id\":\"a.b\"}]\n" },
    { 429, "4", PUT_LINE(6100, 2) "[{\"id\":\"a.b\"}]\n" },
    { 400, NULL, "" },
  };
  for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
    rig *r = connected(NONE);
    rig_subscribe(r, "a.b", true, 1);
    rig_frame(r, NOTIFY("no_longer_subscribed", "{}"));
    rig_drop(r);
    r->platform.put_status = cases[i].status;
    r->platform.retry_after = cases[i].retry_after;
    rig_pass(r, 2100);
    r->platform.put_status = 0;
    assert_int_equal(times(rig_history(r), "2100 event pubsub error"), 1);
    rig_pass(r, 60000);
    const char *got = rig_lines(r, "http PUT|event p");
    if (strcmp(got, cases[i].want) != 0) fail_msg("%d: %s", cases[i].status, got);
    closed(r);
  }
}

static void it_is_not_tried_for_ever(void **state) {
  (void)state;
  rig *r = connected(NONE);
  rig_subscribe(r, "a.b", true, 1);
  r->platform.put_status = 500;
  rig_frame(r, NOTIFY("streaming-subscriptions-expiring", "{}"));
  rig_history(r);
  r->quiet = true;
  rig_pass(r, 100);
  r->quiet = false;
  unsigned puts = 1;
  for (int i = 0; i < 30; i++) {
    rig_pass(r, 15000);
    puts += times(rig_history(r), "http PUT");
  }
  assert_int_equal(puts, 10);
  rig_drop(r); /* the next connection is another chance */
  r->platform.put_status = 0;
  rig_pass(r, 2100);
  assert_int_equal(times(rig_history(r), "http PUT"), 1);
  closed(r);
}

/* --- bulk calls --- */

static void bulk_methods(void **state) {
  (void)state;
  static const struct {
    bool replace, force;
    const char *request, *afterwards;
  } cases[] = {
    { false, false, "POST " SUBSCRIPTIONS " [{\"id\":\"i.i\"},{\"id\":\"n.n\"}]\n",
      "[{\"id\":\"i.i\"},{\"id\":\"b.b\"},{\"id\":\"n.n\"},{\"id\":\"h.h\"}]\n" },
    { true, false, "PUT " SUBSCRIPTIONS " [{\"id\":\"i.i\"},{\"id\":\"n.n\"},{\"id\":\"h.h\"}]\n",
      "[{\"id\":\"i.i\"},{\"id\":\"n.n\"},{\"id\":\"h.h\"}]\n" },
    { true, true, "PUT " SUBSCRIPTIONS " [{\"id\":\"i.i\"},{\"id\":\"n.n\"}]\n",
      "[{\"id\":\"i.i\"},{\"id\":\"n.n\"}]\n" },
    { false, true, "POST " SUBSCRIPTIONS " [{\"id\":\"i.i\"},{\"id\":\"n.n\"}]\n",
      "[{\"id\":\"i.i\"},{\"id\":\"b.b\"},{\"id\":\"n.n\"}]\n" },
  };
  for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
    rig *r = connected(NONE);
    rig_subscribe(r, "h.h", true, 1);
    internal(r, "i.i", 2);
    bulk(r, "b.b", false, false, 3);
    rig_history(r);
    assert_int_equal(bulk(r, "n.n", cases[i].replace, cases[i].force, 4), SP_OK);
    const char *lines = rig_history(r);
    assert_non_null(strstr(lines, cases[i].request));
    assert_non_null(strstr(lines, "event subscribed 4 ok [{\"topic\":\"n.n\",\"state\":\"Permitted\"}]\n"));
    expect(whole_set(r), cases[i].afterwards); /* and the expiry handler is still there: D8 */
    closed(r);
  }
}

static void bulk_results_per_topic(void **state) {
  (void)state;
  rig *r = connected(PARTIAL);
  r->platform.put_body = "{\"entities\":[{\"id\":\"a.b\",\"state\":\"Permitted\"},{\"id\":\"c?d&e\",\"state\":"
                         "\"Rejected\",\"rejectionReason\":\"no\",\"missingPermissions\":[\"p\"]}]}";
  bulk(r, "a.b c?d&e=2 f.g", false, false, 1);
  expect(rig_history(r),
         "0 http POST " SUBSCRIPTIONS "?ignoreErrors=true [{\"id\":\"c?d&e\"},{\"id\":\"a.b\"},{\"id\":\"f.g\"}]\n"
         "0 event subscribed 1 ok [{\"topic\":\"a.b\",\"state\":\"Permitted\"},{\"topic\":\"c?d&e\",\"state\":"
         "\"Rejected\",\"rejectionReason\":\"no\",\"missingPermissions\":[\"p\"]},{\"topic\":\"f.g\",\"state\":"
         "\"Unknown\"}]\n");
  expect(whole_set(r), "[{\"id\":\"a.b\"}]\n");
  closed(r);
}

static void a_bulk_call_that_fails_changes_nothing(void **state) {
  (void)state;
  rig *r = connected(NONE);
  bulk(r, "a.b", false, false, 1);
  r->platform.put_status = 403;
  rig_history(r);
  bulk(r, "c.d=5", true, true, 2);
  expect(rig_lines(r, "event"), "0 event subscribed 2 refused: The subscription request failed.\n");
  r->platform.put_status = 0;
  expect(whole_set(r), "[{\"id\":\"a.b\"}]\n");
  assert_int_equal(bulk(r, "", false, false, 3), SP_OK); /* of nothing: asks for nothing */
  closed(r);
}

/* Calls wait for each other, the debounced PUT for them, and all of them for a connection. */
static void bulk_calls_in_order(void **state) {
  (void)state;
  rig *r = opened(NONE);
  bulk(r, "a.a", false, false, 1);
  rig_connect(r);
  expect(rig_lines(r, "http PO|event"),
         NEW_CHANNEL(0) "0 event connected first\n"
                        "0 http POST " SUBSCRIPTIONS " [{\"id\":\"a.a\"}]\n"
                        "0 event subscribed 1 ok [{\"topic\":\"a.a\",\"state\":\"Permitted\"}]\n");
  rig_pass(r, 1000);
  rig_history(r);
  r->platform.round_trip = 300;
  bulk(r, "b.b", true, false, 2);
  bulk(r, "c.c", true, false, 3);
  rig_subscribe(r, "d.d", false, 4);
  rig_pass(r, 2000);
  expect(rig_lines(r, "http|event"), "1000 http PUT " SUBSCRIPTIONS " [{\"id\":\"b.b\"}]\n"
                                     "1300 event subscribed 2 ok [{\"topic\":\"b.b\",\"state\":\"Permitted\"}]\n"
                                     "1300 http PUT " SUBSCRIPTIONS " [{\"id\":\"c.c\"},{\"id\":\"d.d\"}]\n"
                                     "1600 event subscribed 3 ok [{\"topic\":\"c.c\",\"state\":\"Permitted\"}]\n"
                                     "1700 http PUT " SUBSCRIPTIONS " [{\"id\":\"c.c\"},{\"id\":\"d.d\"}]\n"
                                     "2000 event subscribed 4 ok\n");
  closed(r);
}

static void bulk_calls_of_guests_and_too_many(void **state) {
  (void)state;
  rig *r = connected((rig_options){ .jwt = true });
  bulk(r, "a.b", false, false, 1);
  expect(rig_lines(r, "event|http"),
         "0 event subscribed 1 refused: There is no notification channel to subscribe on.\n");
  closed(r);
  r = opened(NONE);
  int rc = SP_OK;
  for (uint32_t i = 0; i < 100 && rc == SP_OK; i++) rc = bulk(r, "a.b", false, false, i);
  assert_int_equal(rc, SP_ELIMIT);
  assert_int_equal(bulk(r, "= x", false, false, 1), SP_ELIMIT);
  closed(r);
  r = opened(NONE);
  assert_int_equal(bulk(r, "=", false, false, 1), SP_EINVAL);
  closed(r);
}

/* --- memory --- */

static void every_allocation_fails_once(void **state) {
  (void)state;
  static rig r;
  for (size_t n = 1, done = 0; !done; n++) {
    if (rig_open(&r, n, (rig_options){ .partial = n % 2, .pipeline = n % 3 == 0 })) {
      bool opened_well = !test_alloc_failed();
      int promised = 0;
      r.platform.put_body = "{\"entities\":[{\"id\":\"a.b\",\"state\":\"Rejected\",\"rejectionReason\":\"r\","
                            "\"missingPermissions\":[\"m\"]},{\"id\":\"c.d\",\"state\":\"Permitted\"}]}";
      promised += rig_subscribe(&r, "a?b&c", false, 1) == SP_OK;
      rig_connect(&r);
      promised += rig_subscribe(&r, "a.b", true, 2) == SP_OK;
      promised += rig_subscribe(&r, "a.b", true, 3) == SP_OK;
      promised += bulk(&r, "c.d=2 a.b", false, true, 4) == SP_OK;
      promised += bulk(&r, "e.f", true, false, 5) == SP_OK;
      promised += internal(&r, "i.j", 6) == SP_OK;
      rig_pass(&r, 1000);
      rig_frame(&r, NOTIFY("streaming-subscriptions-expiring", "{}"));
      rig_unsubscribe(&r, "a?b&c", n % 4);
      r.platform.put_status = 500;
      rig_pass(&r, 60000);
      if (opened_well) assert_true(sp_streaming_connected(r.streaming));
      if (opened_well) assert_int_equal(times(rig_lines(&r, "event subscribed"), "\n"), promised);
    }
    done = !test_alloc_failed();
    rig_close(&r);
    assert_int_equal(test_alloc_live(), 0);
  }
}

int main(void) {
  const struct CMUnitTest tests[] = {
    { "W-6.6 results per topic in partial mode", partial_results, NULL, NULL, NULL },
    { "W-6.6 a topic that was there before a refusal stays", what_was_there_stays, NULL, NULL, NULL },
    { "W-6.3 a combined topic with a handler is split", a_combined_topic_with_a_handler_is_split, NULL, NULL, NULL },
    { "W-6.3 a refused topic is handed over to who waits for it", a_refused_topic_is_handed_over, NULL, NULL, NULL },
    { "W-6.2 callers of one XMPP subscribe share its fate", callers_of_one_xmpp_subscribe_share_its_fate, NULL, NULL,
      NULL },
    cmocka_unit_test(subscriptions_that_wait),
    cmocka_unit_test(parts_of_a_combined_topic),
    { "W-D4 1001 topics: one is left out, logged and refused", topics_that_do_not_fit, NULL, NULL, NULL },
    { "W-D4 a topic of 200 characters is left out", a_topic_that_is_too_long, NULL, NULL, NULL },
    { "W-6.4 priorities; W-6.8 internal subscriptions", priorities_order_the_body, NULL, NULL, NULL },
    { "W-6.5 a resubscribe that fails", a_resubscribe_that_fails, NULL, NULL, NULL },
    cmocka_unit_test(it_is_not_tried_for_ever),
    { "W-6.5 bulk calls: methods, topics, what is there afterwards", bulk_methods, NULL, NULL, NULL },
    { "W-6.6 bulk calls: results per topic", bulk_results_per_topic, NULL, NULL, NULL },
    { "W-6.5 a bulk call that fails changes nothing", a_bulk_call_that_fails_changes_nothing, NULL, NULL, NULL },
    cmocka_unit_test(bulk_calls_in_order),
    cmocka_unit_test(bulk_calls_of_guests_and_too_many),
    cmocka_unit_test(every_allocation_fails_once),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
