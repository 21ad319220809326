/* SPDX-License-Identifier: MIT */
#include "base/utf8.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

static void well_formed_sequences(void **state) {
  static const struct {
    const char *text;
    uint32_t cp;
  } cases[] = {
    { "a", 'a' },
    { "\x7F", 0x7F },
    { "\xC2\x80", 0x80 },
    { "\xDF\xBF", 0x7FF },
    { "\xE0\xA0\x80", 0x800 },
    { "\xED\x9F\xBF", 0xD7FF },
    { "\xEE\x80\x80", 0xE000 },
    { "\xEF\xBF\xBF", 0xFFFF },
    { "\xF0\x90\x80\x80", 0x10000 },
    { "\xF4\x8F\xBF\xBF", 0x10FFFF },
  };
  (void)state;
  for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
    sp_str text = sp_str_from(cases[i].text);
    uint32_t cp = 0;
    char back[4];
    assert_int_equal(sp_utf8_decode(text, 0, &cp), text.len);
    assert_int_equal(cp, cases[i].cp);
    assert_true(sp_str_eq((sp_str){ back, sp_utf8_encode(cp, back) }, text));
    for (size_t len = 1; len < text.len; len++) {
      assert_int_equal(sp_utf8_decode((sp_str){ text.ptr, len }, 0, &cp), 0);
      assert_true(sp_utf8_is_cut((sp_str){ text.ptr, len }, 0));
    }
    assert_false(sp_utf8_is_cut(text, 0));
  }
}

static void ill_formed_sequences(void **state) {
  static const char *const cases[] = {
    "\x80",         "\xBF",      "\xC0\x80",         "\xC1\xBF", "\xC3(", "\xE0\x9F\xBF",     "\xED\xA0\x80",
    "\xED\xBF\xBF", "\xE2\x82(", "\xF0\x8F\xBF\xBF", "\xF5\x80", "\xFF",  "\xF4\x90\x80\x80", "\xE2(\xAC",
  };
  (void)state;
  for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
    uint32_t cp = 7;
    assert_int_equal(sp_utf8_decode(sp_str_from(cases[i]), 0, &cp), 0);
    assert_int_equal(cp, 7);
    assert_false(sp_utf8_is_cut(sp_str_from(cases[i]), 0));
  }
}

int main(void) {
  const struct CMUnitTest tests[] = {
    cmocka_unit_test(well_formed_sequences),
    cmocka_unit_test(ill_formed_sequences),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
