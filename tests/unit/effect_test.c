/* SPDX-License-Identifier: MIT */
#include "base/effect.h"
#include "base/json.h"
#include "base/limits.h"
#include "base/status.h"
#include "support.h"

#include <string.h>

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

static void expect_pop(sp_effects *fx, sp_effect_kind kind, uint32_t id, const char *name, const char *text) {
  sp_effect effect;
  assert_true(sp_effects_pop(fx, &effect));
  assert_int_equal(effect.kind, kind);
  assert_int_equal(effect.id, id);
  assert_true(sp_str_is(effect.name, name));
  if (!sp_str_is(effect.text, text)) fail_msg("%.*s", SP_STR_ARG(effect.text));
}

static void effects_leave_in_order(void **state) {
  sp_effects *fx = sp_effects_new(test_alloc_new(0));
  sp_effect effect;
  char text[] = "copied";
  (void)state;
  assert_true(sp_effects_empty(fx));
  assert_false(sp_effects_pop(fx, &effect));
  sp_effects_push(fx, SP_FX_SOCKET_SEND, 1, SP_STR_NONE, sp_str_from(text));
  sp_effects_push(fx, SP_FX_EVENT, 0, SP_STR("ready"), SP_STR("[]"));
  memset(text, 'x', sizeof text);
  assert_false(sp_effects_empty(fx));
  expect_pop(fx, SP_FX_SOCKET_SEND, 1, "", "copied");
  sp_effects_push(fx, SP_FX_SOCKET_CLOSE, 1, SP_STR_NONE, SP_STR_NONE);
  expect_pop(fx, SP_FX_EVENT, 0, "ready", "[]");
  expect_pop(fx, SP_FX_SOCKET_CLOSE, 1, "", "");
  assert_true(sp_effects_empty(fx));
  sp_effects_free(fx);
  sp_effects_free(NULL);
  assert_int_equal(test_alloc_live(), 0);
}

static void what_comes_next_can_be_asked(void **state) {
  (void)state;
  sp_effects *fx = sp_effects_new(NULL);
  assert_int_equal(sp_effects_peek(fx), SP_FX_NONE);
  sp_effects_push(fx, SP_FX_SOCKET_CLOSE, 1, SP_STR_NONE, SP_STR_NONE);
  sp_effects_push(fx, SP_FX_MEMBER, 2, SP_STR_NONE, SP_STR_NONE);
  assert_int_equal(sp_effects_peek(fx), SP_FX_SOCKET_CLOSE);
  expect_pop(fx, SP_FX_SOCKET_CLOSE, 1, "", "");
  assert_int_equal(sp_effects_peek(fx), SP_FX_MEMBER);
  sp_effects_free(fx);
}

static void a_drained_queue_allocates_nothing_more(void **state) {
  sp_effects *fx = sp_effects_new(test_alloc_new(0));
  size_t warm = 0;
  (void)state;
  for (int round = 0; round < 1000; round++) {
    for (int i = 0; i < 20; i++) sp_effects_push(fx, SP_FX_EVENT, 0, SP_STR("name"), SP_STR("[\"some text\"]"));
    for (int i = 0; i < 20; i++) expect_pop(fx, SP_FX_EVENT, 0, "name", "[\"some text\"]");
    if (round == 0) warm = test_alloc_calls();
  }
  assert_int_equal(test_alloc_calls(), warm);
  sp_effects_free(fx);
}

/* A host that never empties the queue: what was popped must not stay in memory. */
static void a_queue_never_empty_stays_small(void **state) {
  sp_effects *fx = sp_effects_new(test_alloc_new(0));
  (void)state;
  sp_effects_push(fx, SP_FX_MEMBER, 0, SP_STR_NONE, SP_STR("0"));
  for (uint32_t i = 1; i < SP_MAX_EFFECTS + 10; i++) {
    sp_effects_push(fx, SP_FX_MEMBER, i, SP_STR_NONE, SP_STR("\"a text of some length, to fill the bytes\""));
    expect_pop(fx, SP_FX_MEMBER, i - 1, "", i == 1 ? "0" : "\"a text of some length, to fill the bytes\"");
  }
  assert_int_equal(sp_effects_take_status(fx), SP_OK);
  assert_true(test_alloc_calls() < 10);
  sp_effects_free(fx);
}

static void limits_are_sticky_until_taken(void **state) {
  static char big[SP_MAX_EFFECT_TEXT + 1];
  sp_effects *fx = sp_effects_new(NULL);
  (void)state;
  memset(big, 'x', sizeof big);
  assert_false(sp_effects_push(fx, SP_FX_SOCKET_SEND, 1, SP_STR_NONE, (sp_str){ big, sizeof big }));
  assert_true(sp_effects_push(fx, SP_FX_SOCKET_SEND, 2, SP_STR_NONE, (sp_str){ big, sizeof big - 1 }));
  assert_int_equal(sp_effects_take_status(fx), SP_ELIMIT);
  assert_int_equal(sp_effects_take_status(fx), SP_OK);
  for (int i = 0; i < 9; i++) sp_effects_push(fx, SP_FX_SOCKET_SEND, 3, SP_STR_NONE, (sp_str){ big, sizeof big - 1 });
  assert_int_equal(sp_effects_take_status(fx), SP_ELIMIT);
  for (sp_effect effect; sp_effects_pop(fx, &effect);) {
  }
  for (uint32_t i = 0; i < SP_MAX_EFFECTS; i++)
    assert_true(sp_effects_push(fx, SP_FX_SOCKET_CLOSE, i, SP_STR_NONE, SP_STR_NONE));
  assert_false(sp_effects_push(fx, SP_FX_SOCKET_CLOSE, 0, SP_STR_NONE, SP_STR_NONE));
  sp_effects_fail(fx, SP_ENOMEM);
  assert_int_equal(sp_effects_take_status(fx), SP_ELIMIT);
  sp_effects_free(fx);
}

static void text_from_a_failed_scratch_is_not_queued(void **state) {
  sp_effects *fx = sp_effects_new(NULL);
  (void)state;
  sp_buf *scratch = sp_effects_scratch(fx);
  sp_buf_add_text(scratch, "[1");
  scratch->status = SP_ENOMEM;
  assert_false(sp_effects_push(fx, SP_FX_EVENT, 0, SP_STR("x"), sp_buf_str(scratch)));
  assert_int_equal(sp_effects_take_status(fx), SP_ENOMEM);
  assert_true(sp_effects_empty(fx));
  scratch = sp_effects_scratch(fx);
  sp_buf_add_text(scratch, "[1]");
  assert_true(sp_effects_push(fx, SP_FX_EVENT, 0, SP_STR("x"), sp_buf_str(scratch)));
  expect_pop(fx, SP_FX_EVENT, 0, "x", "[1]");
  sp_effects_free(fx);
}

static void every_failed_allocation_is_reported(void **state) {
  bool reached = true;
  (void)state;
  for (size_t n = 1; reached; n++) {
    sp_effects *fx = sp_effects_new(test_alloc_new(n));
    size_t queued = 0;
    for (int i = 0; fx && i < 100; i++) {
      sp_log(fx, SP_LOG_INFO, "a record", SP_NUM("i", i));
      queued += sp_effects_push(fx, SP_FX_EVENT, 0, SP_STR("name"), SP_STR("[\"a text, to make it grow\"]"));
    }
    reached = test_alloc_failed();
    if (fx) assert_int_equal(sp_effects_take_status(fx), reached ? SP_ENOMEM : SP_OK);
    else assert_true(reached);
    if (!reached) assert_int_equal(queued, 100);
    sp_effects_free(fx);
    assert_int_equal(test_alloc_live(), 0);
  }
}

static void effects_are_written_as_arrays(void **state) {
  static const struct {
    sp_effect_kind kind;
    const char *name, *text, *rest;
  } cases[] = {
    { SP_FX_SOCKET_SEND, "", "<a b=\"1\"/>", "7,\"\",\"<a b=\\\"1\\\"/>\"]" },
    { SP_FX_PEER_OFFER, "", "v=0\r\n", "7,\"\",\"v=0\\r\\n\"]" },
    { SP_FX_PEER_CANDIDATE, "0", "candidate:1", "7,\"0\",\"candidate:1\"]" },
    { SP_FX_STORAGE_WRITE, "key", "[\"a\"]", "7,\"key\",\"[\\\"a\\\"]\"]" },
    { SP_FX_STORAGE_WRITE, "key", "", "7,\"key\",\"\"]" },
    { SP_FX_EVENT, "re\"ady", "[1,{}]", "7,\"re\\\"ady\",[1,{}]]" },
    { SP_FX_RESOLVE, "", "", "7,\"\",null]" },
    { SP_FX_PEER_ANSWER, "", "", "7,\"\",null]" },
  };
  sp_buf buf;
  (void)state;
  sp_buf_init(&buf, NULL, 1000);
  for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
    sp_effect effect = { cases[i].kind, 7, sp_str_from(cases[i].name), sp_str_from(cases[i].text) };
    sp_buf_reset(&buf);
    sp_effect_write(&buf, &effect);
    sp_str text = sp_buf_str(&buf);
    assert_int_equal(text.ptr[0], '[');
    if (!sp_str_ends(text, cases[i].rest)) fail_msg("%.*s", SP_STR_ARG(text));
  }
  sp_buf_free(&buf);
}

static void every_kind_is_written_as_json(void **state) {
  sp_buf buf;
  (void)state;
  sp_buf_init(&buf, NULL, 1000);
  for (int kind = SP_FX_NONE; kind < SP_FX_KINDS; kind++) {
    sp_effect effect = { (sp_effect_kind)kind, 1, SP_STR("name"), SP_STR("[]") };
    sp_json_doc *doc;
    sp_buf_reset(&buf);
    sp_effect_write(&buf, &effect);
    assert_int_equal(sp_json_parse(NULL, sp_buf_str(&buf), &doc), SP_OK);
    assert_int_equal(sp_json_count(sp_json_root(doc)), 4);
    assert_true((int)sp_json_number(sp_json_first(sp_json_root(doc)), -1) == kind);
    sp_json_free(doc);
  }
  sp_buf_free(&buf);
}

static void log_records_hold_words_only(void **state) {
  static const char longest[] = "0123456789012345678901234567890123456789012345678901234567890123";
  static const struct {
    const char *in, *out;
  } cases[] = {
    { "session-accept", "session-accept" },
    { "v2.users", "v2.users" },
    { "", "" },
    { longest, longest },
    { "ana@acme.orgspan.com", "?" },
    { "two words", "?" },
    { "candidate/1", "?" },
    { "\xC3\xA9", "?" },
    { "01234567890123456789012345678901234567890123456789012345678901234", "?" },
  };
  sp_effects *fx = sp_effects_new(NULL);
  (void)state;
  for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
    char expected[200] = "{\"message\":\"m\",\"details\":{\"w\":\"";
    strcat(strcat(expected, cases[i].out), "\",\"n\":-2,\"b\":true}}");
    sp_log(fx, SP_LOG_WARN, "m", SP_WORD("w", sp_str_from(cases[i].in)), SP_ID("gone", SP_STR_NONE), SP_NUM("n", -2),
           SP_FLAG("b", true));
    expect_pop(fx, SP_FX_LOG, 0, "warn", expected);
  }
  sp_log0(fx, SP_LOG_ERROR, "alone");
  expect_pop(fx, SP_FX_LOG, 0, "error", "{\"message\":\"alone\"}");
  sp_log(fx, SP_LOG_DEBUG, "nul", SP_ID("id", SP_STR("a\0b")));
  expect_pop(fx, SP_FX_LOG, 0, "debug", "{\"message\":\"nul\",\"details\":{\"id\":\"?\"}}");
  sp_effects_free(fx);
}

static void records_carry_their_source(void **state) {
  sp_effects *fx = sp_effects_new(NULL);
  (void)state;
  sp_effects_set_source(fx, 1);
  sp_log0(fx, SP_LOG_INFO, "of the connection");
  sp_effects_set_source(fx, 0);
  sp_log0(fx, SP_LOG_INFO, "of the SDK");
  expect_pop(fx, SP_FX_LOG, 1, "info", "{\"message\":\"of the connection\"}");
  expect_pop(fx, SP_FX_LOG, 0, "info", "{\"message\":\"of the SDK\"}");
  sp_effects_free(fx);
}

static void logging_leaves_the_scratch_alone(void **state) {
  sp_effects *fx = sp_effects_new(NULL);
  (void)state;
  sp_buf *scratch = sp_effects_scratch(fx);
  sp_buf_add_text(scratch, "[1]");
  sp_log0(fx, SP_LOG_INFO, "between");
  sp_effects_push(fx, SP_FX_EVENT, 0, SP_STR("x"), sp_buf_str(scratch));
  expect_pop(fx, SP_FX_LOG, 0, "info", "{\"message\":\"between\"}");
  expect_pop(fx, SP_FX_EVENT, 0, "x", "[1]");
  sp_effects_free(fx);
}

int main(void) {
  const struct CMUnitTest tests[] = {
    cmocka_unit_test(effects_leave_in_order),
    cmocka_unit_test(a_drained_queue_allocates_nothing_more),
    cmocka_unit_test(a_queue_never_empty_stays_small),
    cmocka_unit_test(what_comes_next_can_be_asked),
    cmocka_unit_test(limits_are_sticky_until_taken),
    cmocka_unit_test(text_from_a_failed_scratch_is_not_queued),
    cmocka_unit_test(every_failed_allocation_is_reported),
    cmocka_unit_test(effects_are_written_as_arrays),
    cmocka_unit_test(every_kind_is_written_as_json),
    cmocka_unit_test(log_records_hold_words_only),
    cmocka_unit_test(records_carry_their_source),
    cmocka_unit_test(logging_leaves_the_scratch_alone),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
