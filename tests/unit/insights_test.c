/* SPDX-License-Identifier: MIT */
#include "base/json.h"
#include "base/limits.h"
#include "support.h"
#include "telemetry/flatten.h"
#include "telemetry/insights.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#define WALL 1795343221625u

typedef struct world {
  sp_effects *fx;
  sp_insights *in;
  uint64_t now;
  char path[128], body[40000];
} world;

static bool start_with(world *w, const sp_alloc *alloc, sp_insights_config config) {
  *w = (world){ .now = 1000 };
  w->fx = config.fx = sp_effects_new(alloc);
  w->in = w->fx ? sp_insights_new(alloc, &config) : NULL;
  return w->in != NULL;
}

static void start(world *w) {
  start_with(w, NULL, (sp_insights_config){ .app_id = SP_STR("d2f6"), .app_version = SP_STR("1.0") });
}

static void end(world *w) {
  sp_insights_free(w->in);
  sp_effects_free(w->fx);
}

static bool take(world *w) {
  sp_insights_request request;
  if (!sp_insights_take(w->in, &request)) return false;
  assert_false(sp_insights_take(w->in, &request)); /* it stays valid all the same until the next call */
  snprintf(w->path, sizeof w->path, "%.*s", SP_STR_ARG(request.path));
  snprintf(w->body, sizeof w->body, "%.*s", SP_STR_ARG(request.body));
  return true;
}

static void add(world *w, const char *type, const char *json) {
  sp_insights_add(w->in, w->now, WALL, type, sp_str_from(json), NULL);
}

/* An action of exactly `size` bytes of JSON, with a letter that tells it from others. */
static void add_sized(world *w, char letter, size_t size) {
  static char json[SP_INSIGHTS_BYTES + 1100], text[SP_INSIGHTS_BYTES + 1000];
  static const size_t rest = sizeof "{\"actionName\":\"WebrtcStats\",\"details\":{\"_eventType\":\"x\","
                                    "\"_eventTimestamp\":1795343221625,\"_appId\":\"d2f6\","
                                    "\"_appName\":\"streamingclient\",\"_appVersion\":\"1.0\",\"t\":\"\"}}" -
                             1;
  assert_true(size > rest && size < SP_INSIGHTS_BYTES + 500);
  memset(text, letter, size - rest);
  text[size - rest] = '\0';
  snprintf(json, sizeof json, "{\"t\":\"%s\"}", text);
  add(w, "x", json);
}

/* The letters of the actions in the body, in order. */
static const char *letters(const world *w) {
  static char found[256];
  size_t count = 0;
  for (const char *at = strstr(w->body, "\"t\":\""); at; at = strstr(at + 1, "\"t\":\"")) found[count++] = at[5];
  found[count] = '\0';
  return found;
}

static size_t log_count(world *w, const char *message) {
  sp_effect effect;
  size_t count = 0;
  while (sp_effects_pop(w->fx, &effect))
    if (effect.kind == SP_FX_LOG && sp_str_find(effect.text, message, 0) != SIZE_MAX) count++;
  return count;
}

static void pass(world *w, uint64_t ms) {
  w->now += ms;
  sp_insights_tick(w->in, w->now);
}

static void expect_sent(world *w, const char *expected) {
  assert_true(take(w));
  assert_string_equal(letters(w), expected);
}

/* Waits for the throttle. */
static void expect_sent_later(world *w, const char *expected) {
  assert_false(take(w));
  pass(w, SP_INSIGHTS_WAIT_MS - 1);
  assert_false(take(w));
  pass(w, 1);
  expect_sent(w, expected);
}

static void result(world *w, int status) {
  sp_insights_result(w->in, w->now, status);
}

/* --- shape ------------------------------------------------------------------------------------------------ */

static void expect_flat(const char *json, bool rename_tracks, const char *expected) {
  sp_json_doc *doc;
  sp_buf out;
  sp_jw w;
  assert_int_equal(sp_json_parse(NULL, sp_str_from(json), &doc), SP_OK);
  sp_buf_init(&out, NULL, 4096);
  sp_jw_begin(&w, &out);
  sp_jw_open(&w, NULL, '{');
  sp_flatten(&w, sp_json_root(doc), rename_tracks);
  sp_jw_close(&w);
  assert_int_equal(sp_buf_status(&out), SP_OK);
  if (!sp_str_is(sp_buf_str(&out), expected)) fail_msg("%.*s", SP_STR_ARG(sp_buf_str(&out)));
  sp_buf_free(&out);
  sp_json_free(doc);
}

static void l_39_l_40_flattening(void **state) {
  static const struct {
    const char *json;
    bool rename_tracks;
    const char *expected;
  } cases[] = {
    { "{\"name\":\"getStats\",\"tracks\":[{\"bitrate\":40,\"on\":true}],\"remoteTracks\":[{},{\"off\":false}]}", true,
      "{\"localTrack_[0]_bitrate\":40,\"localTrack_[0]_on\":\"true\",\"remoteTrack_[1]_off\":\"false\"}" },
    { "{\"tracks\":[1],\"a\":{\"tracks\":[[2]]}}", false, "{\"tracks_[0]\":1,\"a_tracks_[0]_[0]\":2}" },
    { "{\"ip\":1,\"a\":{\"IP\":1,\"Address\":2,\"relatedAddress\":3,\"url\":4,\"usernameFragment\":5,"
      "\"base64Certificate\":6,\"fingerprint\":7,\"ok\":{\"b\":[{\"address\":1,\"c\":2}]},\"address2\":8}}",
      false, "{\"a_ok_b_[0]_c\":2,\"a_address2\":8}" },
    { "{\"a\":null,\"b\":{\"c\":null,\"name\":\"kept below the top\"},\"d\":[null]}", true,
      "{\"a\":null,\"b_c\":null,\"b_name\":\"kept below the top\",\"d_[0]\":null}" },
    { "{\"session\":{\"$session\":3},\"a\":{\"session\":{\"$session\":3},\"x\":\"y\"}}", true, "{\"a_x\":\"y\"}" },
    { "{\"address\":{\"x\":1},\"empty\":{},\"none\":[]}", false, "{}" },
    { "[1,2]", false, "{}" },
    { "null", false, "{}" },
  };
  (void)state;
  for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
    expect_flat(cases[i].json, cases[i].rename_tracks, cases[i].expected);
}

static void w_13_2_request(void **state) {
  const sp_insights_about about = { SP_STR("c1"), SP_STR("s1"), SP_STR("softphone") };
  world w;
  (void)state;
  start_with(&w, NULL,
             (sp_insights_config){ .app_id = SP_STR("d2f6"),
                                   .app_version = SP_STR("9"),
                                   .origin_app_name = SP_STR("wire-app"),
                                   .origin_app_version = SP_STR("1.2.3"),
                                   .origin_app_id = SP_STR("app-id-1") });
  sp_insights_add(w.in, w.now, WALL, "firstPropose", SP_STR("{\"sdpViaXmppRequested\":true}"), &about);
  pass(&w, 25000);
  assert_true(take(&w));
  assert_string_equal(w.path, "diagnostics/newrelic/insights");
  assert_string_equal(w.body,
                      "{\"appName\":\"streamingclient\",\"appVersion\":\"9\",\"originAppName\":\"wire-app\","
                      "\"originAppVersion\":\"1.2.3\",\"actions\":[{\"actionName\":\"WebrtcStats\",\"details\":{"
                      "\"_eventType\":\"firstPropose\",\"_eventTimestamp\":1795343221625,\"_appId\":\"d2f6\","
                      "\"_appName\":\"streamingclient\",\"_appVersion\":\"9\",\"_originAppId\":\"app-id-1\","
                      "\"conversationId\":\"c1\",\"sessionId\":\"s1\",\"sessionType\":\"softphone\","
                      "\"sdpViaXmppRequested\":\"true\"}}]}");
  end(&w);
}

static void l_39_a_stats_event_names_its_type_and_has_no_address(void **state) {
  static const char event[] = "{\"name\":\"connect\",\"session\":{\"$session\":3},\"candidatePairDetails\":{\"local\":{"
                              "\"ip\":\"192.0.2.1\",\"address\":\"2001:db8::1\",\"url\":\"turn:x\",\"port\":1}}}";
  world w;
  (void)state;
  start(&w);
  sp_insights_stats(w.in, w.now, WALL, sp_str_from(event), NULL);
  pass(&w, 25000);
  assert_true(take(&w));
  assert_non_null(strstr(w.body, "\"_eventType\":\"connect\""));
  assert_non_null(strstr(w.body, "\"candidatePairDetails_local_port\":1"));
  assert_null(strstr(w.body, "192.0.2.1"));
  assert_null(strstr(w.body, "db8"));
  assert_null(strstr(w.body, "turn"));
  assert_null(strstr(w.body, "session"));
  end(&w);
}

static void background_assistants_have_a_path_of_their_own(void **state) {
  world w;
  (void)state;
  start_with(&w, NULL, (sp_insights_config){ .background_assistant = true });
  add(&w, "x", NULL);
  pass(&w, 25000);
  assert_true(take(&w));
  assert_string_equal(w.path, "diagnostics/newrelic/insights/backgroundassistant");
  end(&w);
}

/* --- sending ---------------------------------------------------------------------------------------------- */

static void l_41_within_25_seconds_of_the_first(void **state) {
  world w;
  (void)state;
  start(&w);
  assert_int_equal(sp_insights_deadline(w.in), SP_NEVER);
  add_sized(&w, 'a', 300);
  pass(&w, 20000);
  add_sized(&w, 'b', 300);
  assert_false(take(&w));
  pass(&w, 5000);
  expect_sent(&w, "ab");
  result(&w, 200);
  assert_int_equal(sp_insights_deadline(w.in), SP_NEVER);
  end(&w);
}

static void l_41_w_d12_at_once_when_the_queue_exceeds_15000_bytes(void **state) {
  world w;
  (void)state;
  start(&w);
  add_sized(&w, 'a', 7500);
  add_sized(&w, 'b', 7500); /* together exactly the limit: not exceeded */
  assert_false(take(&w));
  add_sized(&w, 'c', 300);
  expect_sent(&w, "a"); /* the sum stays below the limit */
  result(&w, 200);
  expect_sent_later(&w, "bc");
  end(&w);
}

static void one_request_at_a_time(void **state) {
  world w;
  (void)state;
  start(&w);
  for (int i = 0; i < 3; i++) add_sized(&w, (char)('a' + i), 8000);
  expect_sent(&w, "a");
  pass(&w, 60000);
  assert_false(take(&w));
  result(&w, 200);
  expect_sent(&w, "b"); /* more than the limit waited */
  result(&w, 200);
  expect_sent_later(&w, "c");
  result(&w, 200);
  result(&w, 413); /* nobody waits for it */
  assert_int_equal(sp_insights_deadline(w.in), SP_NEVER);
  end(&w);
}

static void l_42_w_d12_413_shrinks_and_success_restores(void **state) {
  world w;
  (void)state;
  start(&w);
  for (int i = 0; i < 7; i++) add_sized(&w, (char)('a' + i), 2000);
  pass(&w, 25000);
  expect_sent(&w, "abcdefg");
  result(&w, 413);
  expect_sent(&w, "abcde"); /* 10000 < 12000 */
  result(&w, 413);
  expect_sent(&w, "abcd"); /* 8000 < 9000 */
  result(&w, 200);
  assert_int_equal(log_count(&w, "too large"), 2);
  add_sized(&w, 'h', 7000);
  add_sized(&w, 'i', 1900); /* 14900 in all: below the restored limit, which is not exceeded */
  expect_sent_later(&w, "efghi");
  end(&w);
}

static void l_42_w_d12_the_next_batch_is_smaller_than_the_refused(void **state) {
  world w;
  (void)state;
  start(&w);
  add_sized(&w, 'a', 2500);
  add_sized(&w, 'b', 2500);
  pass(&w, 25000);
  expect_sent(&w, "ab");
  add_sized(&w, 'c', 2500); /* would fit below the lowered limit */
  result(&w, 413);
  expect_sent(&w, "a");
  result(&w, 413); /* refused alone */
  assert_int_equal(log_count(&w, "dropped"), 1);
  expect_sent(&w, "bc");
  end(&w);
}

static void l_42_at_the_floor_a_large_action_is_dropped_and_the_rest_sent(void **state) {
  world w;
  (void)state;
  start(&w);
  for (int i = 0; i < 4; i++) add_sized(&w, (char)('a' + i), 300);
  add_sized(&w, 'X', 3100);
  add_sized(&w, 'y', 300);
  pass(&w, 25000);
  /* Each is smaller than the one before until an action is refused alone. From the fifth on the limit is 3000: X
     would block the queue for ever. */
  static const char *const attempts[] = {
    "abcdXy", "abcdX", "abcd", "abc", "ab", "a", "bcd", "bc", "b", "cd", "c", "d"
  };
  for (size_t i = 0; i < sizeof attempts / sizeof *attempts; i++, result(&w, 413)) expect_sent(&w, attempts[i]);
  expect_sent(&w, "y");
  result(&w, 200);
  assert_int_equal(sp_insights_deadline(w.in), SP_NEVER);
  end(&w);
}

static void an_action_that_no_request_can_carry_is_dropped_at_once(void **state) {
  world w;
  (void)state;
  start(&w);
  add_sized(&w, 'a', 14999);
  add_sized(&w, 'X', 15000);
  assert_int_equal(log_count(&w, "dropped"), 1);
  expect_sent_later(&w, "a");
  end(&w);
}

static void l_43_temporary_failures_put_back_and_others_drop(void **state) {
  static const struct {
    int status;
    bool is_back;
  } cases[] = { { 408, true },  { 429, true },  { 500, true },  { 502, true },  { 503, true }, { 504, true },
                { 400, false }, { 401, false }, { 404, false }, { 501, false }, { 0, false } };
  (void)state;
  for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
    world w;
    start(&w);
    add_sized(&w, 'a', 300);
    add_sized(&w, 'b', 300);
    pass(&w, 25000);
    expect_sent(&w, "ab");
    add_sized(&w, 'c', 300);
    result(&w, cases[i].status);
    assert_int_equal(log_count(&w, "was not sent"), 1);
    expect_sent_later(&w, cases[i].is_back ? "abc" : "c");
    end(&w);
  }
}

static void offline_keeps_everything_and_online_tells(void **state) {
  world w;
  (void)state;
  start(&w);
  add_sized(&w, 'a', 300);
  pass(&w, 25000);
  expect_sent(&w, "a");
  sp_insights_online(w.in, w.now, WALL, false);
  result(&w, 0); /* no response while offline */
  pass(&w, 25000);
  assert_false(take(&w));
  sp_insights_online(w.in, w.now, WALL, true);
  sp_insights_online(w.in, w.now, WALL, true); /* no change */
  expect_sent_later(&w, "a");
  const char *went = strstr(w.body, "\"_eventType\":\"onlineStatus\"");
  assert_non_null(strstr(went, "\"online\":\"false\""));
  assert_non_null(strstr(went, "\"online\":\"true\""));
  assert_null(strstr(strstr(went, "\"online\":\"true\""), "onlineStatus"));
  end(&w);
}

static void the_queue_holds_200_and_the_oldest_go(void **state) {
  world w;
  char type[32];
  (void)state;
  start(&w);
  sp_insights_online(w.in, w.now, WALL, false);
  for (int i = 0; i < 205; i++) {
    snprintf(type, sizeof type, "e%d", i);
    add(&w, type, NULL);
  }
  sp_insights_online(w.in, w.now, WALL, true);
  size_t count = 0;
  for (pass(&w, 25000); take(&w); result(&w, 200), pass(&w, 25000)) {
    if (count == 0)
      assert_non_null(strstr(w.body, "[{\"actionName\":\"WebrtcStats\",\"details\":{\"_eventType\":\"e6\""));
    for (const char *at = strstr(w.body, "actionName"); at; at = strstr(at + 1, "actionName")) count++;
  }
  assert_int_equal(count, 200);
  end(&w);
}

static void what_is_no_json_changes_nothing(void **state) {
  world w;
  (void)state;
  start(&w);
  add(&w, "x", "nonsense");
  sp_insights_stats(w.in, w.now, WALL, SP_STR(""), NULL);
  assert_int_equal(sp_effects_take_status(w.fx), SP_ESYNTAX);
  end(&w);
}

static void each_allocation_may_fail(void **state) {
  (void)state;
  for (size_t n = 1, done = 0; !done; n++) {
    world w;
    sp_insights_config config = { .app_id = SP_STR("1"),
                                  .app_version = SP_STR("2"),
                                  .origin_app_name = SP_STR("3"),
                                  .origin_app_version = SP_STR("4"),
                                  .origin_app_id = SP_STR("5") };
    if (start_with(&w, test_alloc_new(n), config)) {
      for (int i = 0; i < 4; i++) add_sized(&w, 'a', 6000);
      (void)take(&w);
      result(&w, 413);
      (void)take(&w);
      result(&w, 503);
      sp_insights_online(w.in, w.now, WALL, false);
      sp_insights_online(w.in, w.now, WALL, true);
      pass(&w, 25000);
      (void)take(&w);
      result(&w, 200);
    }
    end(&w);
    assert_int_equal(test_alloc_live(), 0);
    done = !test_alloc_failed();
  }
}

int main(void) {
  static const struct CMUnitTest tests[] = {
    cmocka_unit_test(l_39_l_40_flattening),
    cmocka_unit_test(w_13_2_request),
    cmocka_unit_test(l_39_a_stats_event_names_its_type_and_has_no_address),
    cmocka_unit_test(background_assistants_have_a_path_of_their_own),
    cmocka_unit_test(l_41_within_25_seconds_of_the_first),
    cmocka_unit_test(l_41_w_d12_at_once_when_the_queue_exceeds_15000_bytes),
    cmocka_unit_test(one_request_at_a_time),
    cmocka_unit_test(l_42_w_d12_413_shrinks_and_success_restores),
    cmocka_unit_test(l_42_w_d12_the_next_batch_is_smaller_than_the_refused),
    cmocka_unit_test(l_42_at_the_floor_a_large_action_is_dropped_and_the_rest_sent),
    cmocka_unit_test(an_action_that_no_request_can_carry_is_dropped_at_once),
    cmocka_unit_test(l_43_temporary_failures_put_back_and_others_drop),
    cmocka_unit_test(offline_keeps_everything_and_online_tells),
    cmocka_unit_test(the_queue_holds_200_and_the_oldest_go),
    cmocka_unit_test(what_is_no_json_changes_nothing),
    cmocka_unit_test(each_allocation_may_fail),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
