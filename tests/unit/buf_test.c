/* SPDX-License-Identifier: MIT */
#include "base/buf.h"
#include "base/status.h"
#include "support.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

static void appends(void **state) {
  sp_buf buf;
  (void)state;
  sp_buf_init(&buf, test_alloc_new(0), 1000);
  sp_buf_add_text(&buf, "a=");
  sp_buf_add_u64(&buf, UINT64_MAX);
  sp_buf_add_char(&buf, ' ');
  sp_buf_add_u64(&buf, 0);
  sp_buf_add_char(&buf, ' ');
  sp_buf_add_i64(&buf, INT64_MIN);
  sp_buf_add_i64(&buf, 12);
  sp_buf_add(&buf, SP_STR_NONE);
  assert_int_equal(sp_buf_status(&buf), SP_OK);
  assert_true(sp_str_is(sp_buf_str(&buf), "a=18446744073709551615 0 -922337203685477580812"));
  sp_buf_reset(&buf);
  assert_int_equal(sp_buf_str(&buf).len, 0);
  sp_buf_free(&buf);
  sp_buf_free(&buf);
  assert_int_equal(test_alloc_live(), 0);
}

static void the_limit_is_exact_and_sticky(void **state) {
  sp_buf buf;
  (void)state;
  sp_buf_init(&buf, test_alloc_new(0), 3);
  sp_buf_add_text(&buf, "abc");
  assert_int_equal(sp_buf_status(&buf), SP_OK);
  sp_buf_add_char(&buf, 'd');
  assert_int_equal(sp_buf_status(&buf), SP_ELIMIT);
  sp_buf_add(&buf, SP_STR_NONE);
  assert_int_equal(sp_buf_status(&buf), SP_ELIMIT);
  sp_buf_reset(&buf);
  sp_buf_add_char(&buf, 'x');
  assert_int_equal(sp_buf_status(&buf), SP_OK);
  assert_true(sp_str_is(sp_buf_str(&buf), "x"));
  sp_buf_free(&buf);
}

static void lack_of_memory_is_sticky(void **state) {
  sp_buf buf;
  (void)state;
  sp_buf_init(&buf, test_alloc_new(2), 100000);
  for (int i = 0; i < 1000; i++) sp_buf_add_text(&buf, "0123456789");
  assert_int_equal(sp_buf_status(&buf), SP_ENOMEM);
  assert_true(sp_buf_str(&buf).len < 10000);
  sp_buf_free(&buf);
  assert_int_equal(test_alloc_live(), 0);
}

static void extending(void **state) {
  sp_buf buf;
  (void)state;
  sp_buf_init(&buf, NULL, 4);
  assert_null(sp_buf_extend(&buf, 0));
  char *at = sp_buf_extend(&buf, 2);
  assert_non_null(at);
  at[0] = 'o';
  at[1] = 'k';
  assert_true(sp_str_is(sp_buf_str(&buf), "ok"));
  assert_null(sp_buf_extend(&buf, 3));
  assert_int_equal(sp_buf_status(&buf), SP_ELIMIT);
  sp_buf_free(&buf);
}

static void json_strings(void **state) {
  static const struct {
    sp_str in;
    const char *out;
  } cases[] = {
    { { "", 0 }, "\"\"" },
    { { NULL, 0 }, "\"\"" },
    { { "plain / \x7F", 9 }, "\"plain / \x7F\"" },
    { { "\"\\", 2 }, "\"\\\"\\\\\"" },
    { { "\b\t\n\f\r", 5 }, "\"\\b\\t\\n\\f\\r\"" },
    { { "\0\v\x1F", 3 }, "\"\\u0000\\u000b\\u001f\"" },
    { { "\xC3\xA9\xF0\x9F\x98\x80", 6 }, "\"\xC3\xA9\xF0\x9F\x98\x80\"" },
    { { "a\xC3", 2 }, "\"a\xEF\xBF\xBD\"" },
    { { "\xED\xA0\x80z", 4 }, "\"\xEF\xBF\xBD\xEF\xBF\xBD\xEF\xBF\xBDz\"" },
  };
  sp_buf buf;
  (void)state;
  sp_buf_init(&buf, NULL, 1000);
  for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
    sp_buf_reset(&buf);
    sp_buf_add_json(&buf, cases[i].in);
    sp_buf_add_char(&buf, '\0');
    assert_string_equal(sp_buf_str(&buf).ptr, cases[i].out);
  }
  sp_buf_free(&buf);
}

int main(void) {
  const struct CMUnitTest tests[] = {
    cmocka_unit_test(appends),
    cmocka_unit_test(the_limit_is_exact_and_sticky),
    cmocka_unit_test(lack_of_memory_is_sticky),
    cmocka_unit_test(extending),
    cmocka_unit_test(json_strings),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
