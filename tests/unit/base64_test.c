/* SPDX-License-Identifier: MIT */
#include "base/base64.h"
#include "base/status.h"
#include "support.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

/* RFC 4648 §10. */
static void test_vectors(void **state) {
  static const struct {
    const char *bytes, *text;
  } cases[] = {
    { "", "" },
    { "f", "Zg==" },
    { "fo", "Zm8=" },
    { "foo", "Zm9v" },
    { "foob", "Zm9vYg==" },
    { "fooba", "Zm9vYmE=" },
    { "foobar", "Zm9vYmFy" },
  };
  sp_buf buf;
  (void)state;
  sp_buf_init(&buf, NULL, 100);
  for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
    sp_buf_reset(&buf);
    sp_base64_encode(&buf, sp_str_from(cases[i].bytes));
    assert_true(sp_str_is(sp_buf_str(&buf), cases[i].text));
    sp_buf_reset(&buf);
    assert_int_equal(sp_base64_decode(&buf, sp_str_from(cases[i].text)), SP_OK);
    assert_true(sp_str_is(sp_buf_str(&buf), cases[i].bytes));
  }
  sp_buf_free(&buf);
}

static void both_alphabets_and_no_padding(void **state) {
  static const struct {
    const char *text;
    sp_str bytes;
  } cases[] = {
    { "-_-_", { "\xFB\xFF\xBF", 3 } },
    { "+/+/", { "\xFB\xFF\xBF", 3 } },
    { "Zg", { "f", 1 } },
    { "Zm8", { "fo", 2 } },
    { "AGFuYQBwdw==", { "\0ana\0pw", 7 } },
  };
  sp_buf buf;
  (void)state;
  sp_buf_init(&buf, NULL, 100);
  for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
    sp_buf_reset(&buf);
    assert_int_equal(sp_base64_decode(&buf, sp_str_from(cases[i].text)), SP_OK);
    assert_true(sp_str_eq(sp_buf_str(&buf), cases[i].bytes));
  }
  sp_buf_free(&buf);
}

static void what_is_refused_appends_nothing(void **state) {
  static const char *const cases[] = {
    "Z",    "Zm9vY",  "Zg=",  "Z===", "Zg===", "====", "=",    "Zg==Zg==",  "Zm9v=",
    "Zm 9", "Zm9v\n", "Zh==", "Zm9=", "Zh",    "+-AA", "Zm9*", "\xC3\xA9=",
  };
  sp_buf buf;
  (void)state;
  sp_buf_init(&buf, NULL, 100);
  sp_buf_add_text(&buf, "kept");
  for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
    if (sp_base64_decode(&buf, sp_str_from(cases[i])) != SP_ESYNTAX) fail_msg("accepted: %s", cases[i]);
    assert_true(sp_str_is(sp_buf_str(&buf), "kept"));
  }
  assert_int_equal(sp_buf_status(&buf), SP_OK);
  sp_buf_free(&buf);
}

static void limits_and_memory(void **state) {
  sp_buf buf;
  (void)state;
  sp_buf_init(&buf, NULL, 3);
  sp_base64_encode(&buf, SP_STR("f"));
  assert_int_equal(sp_buf_status(&buf), SP_ELIMIT);
  sp_buf_reset(&buf);
  assert_int_equal(sp_base64_decode(&buf, SP_STR("Zm9vYg==")), SP_ELIMIT);
  sp_buf_free(&buf);
  sp_buf_init(&buf, test_alloc_new(1), 100);
  assert_int_equal(sp_base64_decode(&buf, SP_STR("Zm9v")), SP_ENOMEM);
  sp_buf_free(&buf);
}

int main(void) {
  const struct CMUnitTest tests[] = {
    cmocka_unit_test(test_vectors),
    cmocka_unit_test(both_alphabets_and_no_padding),
    cmocka_unit_test(what_is_refused_appends_nothing),
    cmocka_unit_test(limits_and_memory),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
