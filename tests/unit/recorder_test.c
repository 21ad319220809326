/* SPDX-License-Identifier: MIT */
#include "base/base64.h"
#include "base/json.h"
#include "base/limits.h"
#include "recorder/recorder.h"
#include "support.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define WORDS SP_STR("gap drawn input effect known")

enum { MAIN = 1, BULK = 2, HOUR = 3600 * 1000 };

static const uint8_t seed[SP_SEED_BYTES] = { 1, 2, 3 };

static void input(sp_recorder *r, int kind, uint64_t wall, sp_str text) {
  sp_recorder_input(r, &(sp_record){ .kind = kind,
                                     .bulk = kind == BULK,
                                     .id = 7,
                                     .number = 0.5,
                                     .mono_ms = wall - 1000,
                                     .wall_ms = wall,
                                     .name = SP_STR("known"),
                                     .text = text });
}

static void effect(sp_recorder *r, sp_str text) {
  sp_recorder_effect(r, &(sp_effect){ SP_FX_EVENT, 9, SP_STR("12345"), text });
}

/* The recording as JSON, freed with sp_json_free. */
static sp_json_doc *written(sp_recorder *r) {
  sp_buf out;
  sp_json_doc *doc = NULL;
  sp_buf_init(&out, NULL, SP_MAX_JSON);
  assert_int_equal(sp_recorder_write(r, WORDS, &out), SP_OK);
  assert_int_equal(sp_json_parse(NULL, sp_buf_str(&out), &doc), SP_OK);
  sp_buf_free(&out);
  return doc;
}

/* "start,middle": what is lost. */
static void expect_lost(const sp_json_doc *doc, const char *expected) {
  char text[64] = "";
  const sp_json *lost = sp_json_first(sp_json_get(sp_json_root(doc), "lost"));
  for (; lost; lost = sp_json_next(lost)) {
    if (*text) strcat(text, ",");
    strcat(text, sp_json_text(lost));
  }
  assert_string_equal(text, expected);
}

static const sp_json *record(const sp_json_doc *doc, size_t index) {
  const sp_json *item = sp_json_first(sp_json_get(sp_json_root(doc), "records"));
  while (index-- > 0) item = sp_json_next(item);
  return item;
}

static void expect_record(const sp_json *item, const char *expected) {
  sp_buf out;
  sp_buf_init(&out, NULL, SP_MAX_JSON);
  sp_json_write(&out, item);
  sp_buf_add_char(&out, '\0');
  assert_string_equal(out.data, expected);
  sp_buf_free(&out);
}

static const char *last_text(const sp_json *item) {
  const sp_json *member = sp_json_first(item);
  while (sp_json_next(member)) member = sp_json_next(member);
  return sp_json_text(member);
}

/* How many inputs of the kind there are, and whether they are in order. */
static size_t count_inputs(const sp_json_doc *doc, int kind) {
  size_t count = 0;
  double last = 0;
  for (const sp_json *item = record(doc, 0); item; item = sp_json_next(item)) {
    const sp_json *number = sp_json_next(sp_json_first(item));
    if (strcmp(sp_json_text(sp_json_first(item)), "input") != 0) continue;
    assert_true(sp_json_number(number, 0) > last);
    last = sp_json_number(number, 0);
    count += sp_json_number(sp_json_next(number), 0) == kind;
  }
  return count;
}

static void test_records(void **state) {
  (void)state;
  sp_recorder *r = sp_recorder_new(NULL, seed);
  const uint8_t one = 0xFF;
  input(r, MAIN, 5000, SP_STR("known: 12"));
  sp_recorder_drawn(r, &one, 1);
  effect(r, SP_STR("[\"known\"]"));
  input(r, BULK, 5001, SP_STR(""));
  effect(r, SP_STR(""));
  input(r, MAIN, 5002, SP_STR("Lovelace"));
  sp_json_doc *doc = written(r);
  expect_lost(doc, "");
  expect_record(record(doc, 0), "[\"input\",1,1,4000,5000,7,0.5,\"known\",\"known: 12\"]");
  expect_record(record(doc, 1), "[\"drawn\",\"/w==\"]");
  expect_record(record(doc, 2), "[\"effect\",21,9,\"12345\",\"[\\\"known\\\"]\"]");
  expect_record(record(doc, 3), "[\"input\",2,2,4001,5001,7,0.5,\"known\",\"\"]");
  expect_record(record(doc, 4), "[\"effect\",21,9,\"12345\",\"\"]");
  assert_string_not_equal(last_text(record(doc, 5)), "Lovelace");
  assert_null(record(doc, 6));
  sp_json_free(doc);
  sp_recorder_free(r);
}

/* What is drawn comes out as the pseudonym of the text that is made of it. */
static void test_drawn_ids(void **state) {
  (void)state;
  sp_recorder *r = sp_recorder_new(NULL, seed);
  sp_ids ids, again;
  sp_ids_init(&ids, seed);
  ids.drawn = sp_recorder_drawn;
  ids.user = r;
  input(r, MAIN, 5000, SP_STR(""));
  sp_uuid uuid = sp_ids_uuid(&ids);
  effect(r, sp_uuid_str(&uuid));
  sp_json_doc *doc = written(r);
  const char *drawn = sp_json_text(sp_json_next(sp_json_first(record(doc, 1))));
  const char *text = last_text(record(doc, 2));
  assert_string_not_equal(text, uuid.text);
  sp_ids_init(&again, seed);
  sp_buf script;
  sp_buf_init(&script, NULL, 64);
  assert_int_equal(sp_base64_decode(&script, sp_str_from(drawn)), SP_OK);
  again.script = sp_buf_str(&script);
  sp_uuid replayed = sp_ids_uuid(&again);
  assert_string_equal(replayed.text, text);
  /* What was drawn from the script did not move the key stream. */
  replayed = sp_ids_uuid(&again);
  assert_string_equal(replayed.text, uuid.text);
  sp_buf_free(&script);
  sp_json_free(doc);
  sp_recorder_free(r);
}

/* Those of an input may be of either kind: they lie apart, and are written in their order. */
static void test_effects_of_both_kinds(void **state) {
  (void)state;
  sp_recorder *r = sp_recorder_new(NULL, seed);
  input(r, MAIN, 5000, SP_STR(""));
  sp_recorder_effect(r, &(sp_effect){ SP_FX_LOG, 1, SP_STR("1"), SP_STR("known") });
  effect(r, SP_STR("known"));
  sp_recorder_effect(r, &(sp_effect){ SP_FX_LOG_LINE, 2, SP_STR("2"), SP_STR("known") });
  input(r, MAIN, 6000, SP_STR(""));
  sp_json_doc *doc = written(r);
  expect_lost(doc, "");
  expect_record(record(doc, 1), "[\"effect\",26,1,\"1\",\"known\"]");
  expect_record(record(doc, 2), "[\"effect\",21,9,\"12345\",\"known\"]");
  expect_record(record(doc, 3), "[\"effect\",27,2,\"2\",\"known\"]");
  assert_null(record(doc, 5));
  sp_json_free(doc);
  sp_recorder_free(r);
}

/* Of each part what is too much leaves; the beginning stays. */
static void size_is_bounded(void **state) {
  (void)state;
  sp_recorder *r = sp_recorder_new(test_alloc_new(0), seed);
  static char text[1000];
  memset(text, '1', sizeof text);
  for (uint64_t i = 0; i < 4 * SP_MAX_RECORDING / sizeof text; i++) {
    input(r, i % 2 ? BULK : MAIN, 5000 + i, (sp_str){ text, sizeof text });
    effect(r, SP_STR("known"));
  }
  sp_json_doc *doc = written(r);
  expect_lost(doc, "middle,telemetry");
  size_t inputs = count_inputs(doc, MAIN) + count_inputs(doc, BULK);
  assert_true(inputs * sizeof text < SP_MAX_RECORDING);
  assert_true(inputs * (sizeof text + 200) > SP_MAX_RECORDING);
  assert_int_equal(sp_json_number(sp_json_next(sp_json_first(record(doc, 0))), 0), 1);
  size_t gaps = 0;
  for (const sp_json *item = record(doc, 0); item; item = sp_json_next(item))
    gaps += strcmp(sp_json_text(sp_json_first(item)), "gap") == 0;
  assert_int_equal(gaps, 1);
  sp_json_free(doc);
  sp_recorder_free(r);
  assert_int_equal(test_alloc_live(), 0);
}

static void test_an_input_larger_than_all(void **state) {
  (void)state;
  sp_recorder *r = sp_recorder_new(NULL, seed);
  char *text = calloc(1, SP_MAX_RECORDING);
  input(r, MAIN, 5000, SP_STR("known"));
  input(r, MAIN, 5001, (sp_str){ text, SP_MAX_RECORDING });
  sp_recorder_effect(r, &(sp_effect){ SP_FX_LOG, 1, SP_STR("1"), SP_STR("known") });
  input(r, MAIN, 5002, SP_STR("known"));
  sp_json_doc *doc = written(r);
  expect_lost(doc, "middle");
  assert_int_equal(count_inputs(doc, MAIN), 2);
  expect_record(record(doc, 1), "[\"gap\"]");
  sp_json_free(doc);
  free(text);
  sp_recorder_free(r);
}

static void old_ones_leave(void **state) {
  (void)state;
  sp_recorder *r = sp_recorder_new(NULL, seed);
  uint64_t age = (uint64_t)SP_MAX_RECORDING_HOURS * HOUR;
  input(r, MAIN, HOUR, SP_STR("known"));
  input(r, BULK, 2 * HOUR, SP_STR("known"));
  input(r, MAIN, HOUR + age - 1, SP_STR("known"));
  sp_json_doc *doc = written(r);
  expect_lost(doc, "");
  sp_json_free(doc);
  input(r, MAIN, HOUR + age, SP_STR("known"));
  doc = written(r);
  expect_lost(doc, "start");
  expect_record(record(doc, 0), "[\"gap\"]");
  sp_json_free(doc);
  input(r, MAIN, 2 * HOUR + age, SP_STR("known"));
  doc = written(r);
  expect_lost(doc, "start,telemetry");
  assert_int_equal(count_inputs(doc, BULK), 0);
  sp_json_free(doc);
  sp_recorder_free(r);
}

/* A replay is told that something is missing, or nothing is. */
static void test_allocations(void **state) {
  (void)state;
  static char text[3000];
  memset(text, '1', sizeof text);
  for (size_t n = 1, done = 0; !done; n++) {
    sp_recorder *r = sp_recorder_new(test_alloc_new(n), seed);
    if (r) {
      for (uint64_t i = 0; i < 100; i++) input(r, i % 3 ? MAIN : BULK, 5000 + i, (sp_str){ text, sizeof text });
      sp_buf out;
      sp_buf_init(&out, NULL, SP_MAX_JSON);
      sp_json_doc *doc = NULL;
      int status = sp_recorder_write(r, WORDS, &out);
      if (status == SP_OK) {
        assert_int_equal(sp_json_parse(NULL, sp_buf_str(&out), &doc), SP_OK);
        size_t inputs = count_inputs(doc, MAIN) + count_inputs(doc, BULK);
        bool is_whole = sp_json_count(sp_json_get(sp_json_root(doc), "lost")) == 0;
        assert_int_equal(is_whole, inputs == 100);
        sp_json_free(doc);
      } else {
        assert_int_equal(status, SP_ENOMEM);
      }
      sp_buf_free(&out);
    }
    sp_recorder_free(r);
    assert_int_equal(test_alloc_live(), 0);
    done = !test_alloc_failed();
  }
}

int main(void) {
  const struct CMUnitTest tests[] = {
    cmocka_unit_test(test_records),
    cmocka_unit_test(test_drawn_ids),
    cmocka_unit_test(test_effects_of_both_kinds),
    cmocka_unit_test(size_is_bounded),
    cmocka_unit_test(test_an_input_larger_than_all),
    cmocka_unit_test(old_ones_leave),
    cmocka_unit_test(test_allocations),
  };
  return cmocka_run_group_tests_name("recorder", tests, NULL, NULL);
}
