/* SPDX-License-Identifier: MIT */
/* Limits that no other test crosses: what fits is taken, one more is refused by name, and what was there stays. The
   table of all limits is in SECURITY.md; tests/structure holds it against src/. */
#include "base/arena.h"
#include "base/json.h"
#include "base/limits.h"
#include "config/options.h"
#include "conversation/store.h"
#include "jingle/internal.h"
#include "media/devices.h"
#include "sdp/sdp.h"
#include "session/account.h"
#include "support.h"
#include "base/date.h"
#include "telemetry/flatten.h"
#include "telemetry/report.h"
#include "telemetry/secret_keys.h"
#include "xml/writer.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

/* `before`, then `count` times `unit`, then `after`; valid until the next one. */
static sp_str repeated(const char *before, const char *unit, size_t count, const char *after) {
  static sp_buf text;
  sp_buf_free(&text);
  sp_buf_init(&text, NULL, (size_t)2 * SP_MAX_JSON);
  sp_buf_add_text(&text, before);
  for (size_t i = 0; i < count; i++) sp_buf_add_text(&text, unit);
  sp_buf_add_text(&text, after);
  assert_int_equal(sp_buf_status(&text), SP_OK);
  return sp_buf_str(&text);
}

static sp_json_doc *parsed(sp_str text) {
  sp_json_doc *doc = NULL;
  assert_int_equal(sp_json_parse(NULL, text, &doc), SP_OK);
  return doc;
}

static void scratch_memory_of_one_input(void **state) {
  (void)state;
  enum { STEP = 1 << 20 };
  sp_arena arena;
  sp_arena_init(&arena, test_alloc_new(0), SP_MAX_SCRATCH);
  size_t taken = 0;
  while (sp_arena_new(&arena, STEP)) taken += STEP;
  assert_int_equal(sp_arena_status(&arena), SP_ELIMIT);
  assert_true(taken <= SP_MAX_SCRATCH && taken >= SP_MAX_SCRATCH - 2 * STEP);
  sp_arena_reset(&arena);
  assert_non_null(sp_arena_new(&arena, STEP));
  sp_arena_free(&arena);
  assert_int_equal(test_alloc_live(), 0);
}

static int user_with_jid_of(size_t length) {
  sp_account account;
  sp_account_init(&account, test_alloc_new(0));
  sp_json_doc *doc = parsed(repeated("{\"id\":\"u\",\"chat\":{\"jabberId\":\"", "x", length, "\"}}"));
  int status = sp_account_read_user(&account, sp_json_root(doc));
  sp_json_free(doc);
  sp_account_free(&account);
  return status;
}

static void length_of_a_jid(void **state) {
  (void)state;
  assert_int_equal(user_with_jid_of(SP_MAX_JID), SP_OK);
  assert_int_equal(user_with_jid_of(SP_MAX_JID + 1), SP_EPROTO);
}

static int options_with(sp_str config) {
  sp_effects *fx = sp_effects_new(NULL);
  sp_buf error;
  sp_options options = { 0 };
  sp_buf_init(&error, NULL, 4096);
  int status = sp_options_read(test_alloc_new(0), config, fx, &error, &options);
  if (status == SP_OK) sp_options_free(&options);
  sp_buf_free(&error);
  sp_effects_free(fx);
  assert_int_equal(test_alloc_live(), 0);
  return status;
}

static void json_of_one_option(void **state) {
  (void)state;
  const char *before = "{\"accessToken\":\"t\",\"defaults\":{\"micAutoGainControl\":{\"exact\":true,\"x\":\"";
  assert_int_equal(options_with(repeated(before, "y", SP_MAX_OPTION / 2, "\"}}}")), SP_OK);
  assert_int_not_equal(options_with(repeated(before, "y", SP_MAX_OPTION, "\"}}}")), SP_OK);
}

static void length_of_a_url(void **state) {
  (void)state;
  const char *before = "{\"accessToken\":\"t\",\"environment\":\"";
  assert_int_equal(options_with(repeated(before, "y", SP_MAX_URL / 2, "\"}")), SP_OK);
  assert_int_not_equal(options_with(repeated(before, "y", SP_MAX_URL, "\"}")), SP_OK);
}

static int event_with_participants(size_t count) {
  sp_store *store = sp_store_new(test_alloc_new(0));
  sp_store_view view = { .user_id = SP_STR("u1") };
  sp_json_doc *doc =
      parsed(repeated("{\"id\":\"c1\",\"participants\":[{\"userId\":\"u1\",\"calls\":[{\"state\":\"alerting\"}]}",
                      ",{}", count - 1, "]}"));
  int status = sp_store_event(store, 0, sp_json_root(doc), &view);
  assert_int_equal(sp_store_count(store), status == SP_OK);
  sp_json_free(doc);
  sp_store_free(store);
  assert_int_equal(test_alloc_live(), 0);
  return status;
}

static void participants_of_a_conversation(void **state) {
  (void)state;
  assert_int_equal(event_with_participants(SP_MAX_PARTICIPANTS), SP_OK);
  assert_int_equal(event_with_participants(SP_MAX_PARTICIPANTS + 1), SP_ELIMIT);
}

static int enumeration_of(size_t count) {
  sp_devices devices;
  sp_buf merged;
  bool changed = false;
  sp_devices_init(&devices, test_alloc_new(0));
  sp_buf_init(&merged, NULL, SP_MAX_JSON);
  sp_json_doc *doc = parsed(repeated("[{\"kind\":\"audioinput\",\"deviceId\":\"d\",\"label\":\"l\",\"groupId\":\"g\"}",
                                     ",{\"kind\":\"audioinput\"}", count - 1, "]"));
  int status = sp_devices_update(&devices, sp_json_root(doc), 1, false, &changed, &merged);
  assert_int_equal(sp_devices_has_kind(&devices, SP_DEVICE_AUDIO_INPUT), status == SP_OK);
  sp_json_free(doc);
  sp_buf_free(&merged);
  sp_devices_free(&devices);
  assert_int_equal(test_alloc_live(), 0);
  return status;
}

static void devices_of_an_enumeration(void **state) {
  (void)state;
  assert_int_equal(enumeration_of(SP_MAX_DEVICES), SP_OK);
  assert_int_equal(enumeration_of(SP_MAX_DEVICES + 1), SP_ELIMIT);
}

static int statistics_of(size_t count) {
  sp_report report;
  int status = sp_report_parse(test_alloc_new(0), repeated("[{}", ",{}", count - 1, "]"), &report);
  sp_report_free(&report);
  assert_int_equal(test_alloc_live(), 0);
  return status;
}

static void records_of_statistics(void **state) {
  (void)state;
  assert_int_equal(statistics_of(SP_MAX_STATS_RECORDS), SP_OK);
  assert_int_equal(statistics_of(SP_MAX_STATS_RECORDS + 1), SP_ELIMIT);
}

static void the_longest_wait_that_a_server_may_ask_for(void **state) {
  uint64_t wait = 0;
  (void)state;
  assert_int_equal(sp_retry_after(SP_STR("599"), 0, &wait), SP_OK);
  assert_true(wait == 599000);
  static const char *const long_waits[] = { "601", "99999999999999999999999", "Fri, 31 Dec 9999 23:59:59 GMT" };
  for (size_t i = 0; i < sizeof long_waits / sizeof *long_waits; i++) {
    assert_int_equal(sp_retry_after(sp_str_from(long_waits[i]), 0, &wait), SP_OK);
    assert_true(wait == SP_MAX_RETRY_AFTER_MS);
  }
}

/* What the core itself writes is never as deep; a writer that is used wrongly says so and writes no further. */
static void depth_of_what_is_written(void **state) {
  (void)state;
  sp_buf out;
  sp_buf_init(&out, test_alloc_new(0), SP_MAX_FRAME);
  sp_xw xml;
  sp_xw_begin(&xml, &out);
  for (unsigned i = 0; i < sizeof xml.open / sizeof *xml.open; i++) sp_xw_open(&xml, "a");
  assert_int_equal(sp_buf_status(&out), SP_OK);
  sp_xw_open(&xml, "a");
  assert_int_equal(sp_buf_status(&out), SP_ELIMIT);
  sp_buf_reset(&out);
  sp_jw json;
  sp_jw_begin(&json, &out);
  for (unsigned i = 0; i < sizeof json.closers; i++) sp_jw_open(&json, NULL, '[');
  assert_int_equal(sp_buf_status(&out), SP_OK);
  sp_jw_open(&json, NULL, '[');
  assert_int_equal(sp_buf_status(&out), SP_ELIMIT);
  sp_buf_free(&out);
}

static int flattened(sp_str text) {
  sp_json_doc *doc = parsed(text);
  sp_buf out;
  sp_jw w;
  sp_buf_init(&out, test_alloc_new(0), SP_MAX_JSON);
  sp_jw_begin(&w, &out);
  sp_jw_open(&w, NULL, '{');
  sp_flatten(&w, sp_json_root(doc), false);
  sp_jw_close(&w);
  int status = sp_buf_status(&out);
  sp_buf_free(&out);
  sp_json_free(doc);
  assert_int_equal(test_alloc_live(), 0);
  return status;
}

static void length_of_a_flattened_name(void **state) {
  (void)state;
  assert_int_equal(flattened(repeated("{\"", "k", 2000, "\":{\"x\":1}}")), SP_OK);
  assert_int_equal(flattened(repeated("{\"", "k", 5000, "\":{\"x\":1}}")), SP_ELIMIT);
}

static int description_of(const char *before, const char *unit, size_t count, const char *after) {
  sp_arena arena;
  sp_sdp sdp;
  sp_arena_init(&arena, test_alloc_new(0), SP_MAX_SCRATCH);
  int status = sp_sdp_read(&arena, repeated(before, unit, count, after), &sdp);
  sp_arena_free(&arena);
  assert_int_equal(test_alloc_live(), 0);
  return status;
}

static void sections_of_a_description(void **state) {
  (void)state;
  assert_int_equal(description_of("v=0\n", "m=audio 9 X 0\n", SP_MAX_SDP_SECTIONS - 1, ""), SP_OK);
  assert_int_equal(description_of("v=0\n", "m=audio 9 X 0\n", SP_MAX_SDP_SECTIONS, ""), SP_ELIMIT);
}

static void lines_of_a_description(void **state) {
  (void)state;
  assert_int_equal(description_of("v=0\n", "a=x\n", SP_MAX_SDP_LINES - 1, ""), SP_OK);
  assert_int_equal(description_of("v=0\n", "a=x\n", SP_MAX_SDP_LINES, ""), SP_ELIMIT);
  assert_int_equal(description_of("v=0\na=", "x", SP_MAX_SDP_LINE - 2, "\n"), SP_OK);
  assert_int_equal(description_of("v=0\na=", "x", SP_MAX_SDP_LINE - 1, "\n"), SP_ELIMIT);
}

static void payload_numbers(void **state) {
  uint64_t seen[2] = { 0 };
  (void)state;
  assert_true(sp_jingle_new_payload(seen, SP_STR("127")));
  assert_false(sp_jingle_new_payload(seen, SP_STR("127"))); /* it was there already */
  assert_false(sp_jingle_new_payload(seen, SP_STR("128")));
  assert_false(sp_jingle_new_payload(seen, SP_STR("18446744073709551616")));
}

static void names_of_secrets(void **state) {
  (void)state;
  assert_true(sp_secret_key(SP_STR("add_Communication-CODE"), SP_AUDIENCE_LOCAL));
  char name[SP_MAX_SECRET_KEY + 1];
  for (size_t i = 0; i < sizeof name; i++) name[i] = "addcommunicationcode"[i % 20];
  assert_true(sp_secret_key((sp_str){ name, SP_MAX_SECRET_KEY }, SP_AUDIENCE_LOCAL));
  assert_false(sp_secret_key((sp_str){ name, SP_MAX_SECRET_KEY + 1 }, SP_AUDIENCE_LOCAL));
}

int main(void) {
  const struct CMUnitTest tests[] = {
    cmocka_unit_test(scratch_memory_of_one_input),
    cmocka_unit_test(length_of_a_jid),
    cmocka_unit_test(json_of_one_option),
    cmocka_unit_test(length_of_a_url),
    cmocka_unit_test(participants_of_a_conversation),
    cmocka_unit_test(devices_of_an_enumeration),
    cmocka_unit_test(records_of_statistics),
    cmocka_unit_test(the_longest_wait_that_a_server_may_ask_for),
    cmocka_unit_test(depth_of_what_is_written),
    cmocka_unit_test(length_of_a_flattened_name),
    cmocka_unit_test(sections_of_a_description),
    cmocka_unit_test(lines_of_a_description),
    cmocka_unit_test(payload_numbers),
    cmocka_unit_test(names_of_secrets),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
