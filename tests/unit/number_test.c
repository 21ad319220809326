/* SPDX-License-Identifier: MIT */
/* The C library is the oracle: strtod for reading, printf for what is to be read. */
#include "base/number.h"

#include <float.h>
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static uint64_t bits_of(double value) {
  uint64_t bits;
  memcpy(&bits, &value, sizeof bits);
  return bits;
}

static double double_of(uint64_t bits) {
  double value;
  memcpy(&value, &bits, sizeof value);
  return value;
}

static uint64_t next_random(uint64_t *random) {
  *random ^= *random << 13;
  *random ^= *random >> 7;
  return *random ^= *random << 17;
}

static void check_read(const char *text) {
  char *end, *expected_end;
  double value = sp_number_read(text, &end), expected = strtod(text, &expected_end);
  if (bits_of(value) != bits_of(expected)) fail_msg("%s: %.17g is not %.17g", text, value, expected);
  assert_ptr_equal(end, expected_end);
}

static void reads_texts(void **state) {
  static const char *const texts[] = { "0",
                                       "-0",
                                       "0.0",
                                       "1",
                                       "-1.5",
                                       "1.",
                                       ".5",
                                       "-.5e1",
                                       "12345678901234567890",
                                       "9007199254740993",
                                       "9007199254740992.5",
                                       "9007199254740993.00000000000000000000000000000000001",
                                       "1e22",
                                       "1e23",
                                       "8.5e22",
                                       "123e-22",
                                       "1e-23",
                                       "0.1",
                                       "0.30000000000000004",
                                       "1e308",
                                       "1.7976931348623157e308",
                                       "1.7976931348623158e308",
                                       "1.7976931348623159e308",
                                       "2e308",
                                       "1e309",
                                       "1e999999999999",
                                       "-1e999999999999",
                                       "1e-999999999999",
                                       "2.2250738585072011e-308",
                                       "2.2250738585072014e-308",
                                       "4.9406564584124654e-324",
                                       "2.4703282292062327e-324",
                                       "2.4703282292062328e-324",
                                       "1e-400",
                                       "0e999999",
                                       "0.000000000000000000000000000001e30",
                                       "000000000000000000000000000000012",
                                       "1e",
                                       "1e+",
                                       "1e-",
                                       "1ex",
                                       "1e5x",
                                       "-",
                                       "",
                                       ".",
                                       "-.",
                                       "e5",
                                       "1.2.3",
                                       "+1",
                                       "x",
                                       "6.0221407699999999999999e23",
                                       "1e+5",
                                       "1E5",
                                       "123456789012345678e-30" };
  (void)state;
  for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
    if (texts[i][0] != '+') check_read(texts[i]);
  char *end;
  assert_true(sp_number_read("+1", &end) >= 0);
  assert_int_equal(*end, '+'); /* unlike strtod: no number of JSON starts so */
}

static void reads_any_double(void **state) {
  uint64_t random = 88172645463325252u;
  char text[64];
  (void)state;
  for (int i = 0; i < 20000; i++) {
    double value = double_of(next_random(&random));
    if (!isfinite(value)) continue;
    snprintf(text, sizeof text, "%.*e", 1 + i % 25, value);
    check_read(text);
  }
}

/* The digits of the exact middle between two doubles, and that with a digit more or less at its far end. */
static void ties_go_to_even(void **state) {
  static const double values[] = {
    1, 0.1, 4503599627370497.0, DBL_MIN, DBL_MAX / 3, 4.9406564584124654e-324, 2.2250738585072009e-308, 1e-300, 1e300
  };
  static char text[1500];
  (void)state;
  for (size_t i = 0; i < sizeof values / sizeof *values; i++) {
    long double middle = ((long double)values[i] + (long double)nextafter(values[i], DBL_MAX)) / 2;
    size_t len = (size_t)snprintf(text, sizeof text - 2, "%.1100Lf", middle);
    check_read(text);
    text[len] = '1';
    text[len + 1] = '\0';
    check_read(text);
    for (char *last = text + len; --last > text;)
      if (*last >= '1' && *last <= '9') {
        --*last;
        break;
      }
    check_read(text);
  }
}

static void reads_many_digits(void **state) {
  static char text[3000];
  (void)state;
  for (size_t length = 1; length < sizeof text - 20; length += 1 + length / 9) {
    memset(text, '7', length);
    text[length] = '\0';
    check_read(text);
    snprintf(text + length, 20, "e-%zu", length + 300);
    check_read(text);
    text[length / 2] = '.';
    snprintf(text + length, 20, "e%zu", length < 280 ? length / 3 : 0);
    check_read(text);
    memset(text, '0', length);
    memcpy(text, "0.", length > 2 ? 2 : 0);
    snprintf(text + length, 20, "123456789e%zu", length);
    check_read(text);
  }
}

static const char *written(sp_buf *out, double value) {
  sp_buf_reset(out);
  sp_number_write(out, value);
  sp_buf_add_char(out, '\0');
  assert_int_equal(sp_buf_status(out), SP_OK);
  return out->data;
}

static void writes_as_javascript_does(void **state) {
  static const struct {
    double value;
    const char *text;
  } cases[] = {
    { 0, "0" },
    { -0.0, "0" }, /* the text of JSON.stringify */
    { 1, "1" },
    { -42, "-42" },
    { 1760000000123.0, "1760000000123" },
    { 9007199254740991.0, "9007199254740991" },
    { -9007199254740992.0, "-9007199254740992" },
    { 12345678901234567000.0, "12345678901234567000" },
    { 123456789012345680000.0, "123456789012345680000" },
    { 1e21, "1e+21" },
    { 1.5e21, "1.5e+21" },
    { 1e300, "1e+300" },
    { 1e23, "1e+23" },
    { 1.7976931348623157e308, "1.7976931348623157e+308" },
    { 0.5, "0.5" },
    { -0.1, "-0.1" },
    { 0.30000000000000004, "0.30000000000000004" },
    { 100.25, "100.25" },
    { 4.35, "4.35" },
    { 123456.789, "123456.789" },
    { 0.000001, "0.000001" },
    { 0.0000012, "0.0000012" },
    { 0.0000001, "1e-7" },
    { -0.00000015, "-1.5e-7" },
    { 0.9999999999999999, "0.9999999999999999" },
    { 1e-300, "1e-300" },
    { 2.2250738585072014e-308, "2.2250738585072014e-308" },
    { HUGE_VAL, "null" },
    { -HUGE_VAL, "null" },
    { NAN, "null" },
  };
  sp_buf out;
  (void)state;
  sp_buf_init(&out, NULL, 64);
  for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
    assert_string_equal(written(&out, cases[i].value), cases[i].text);
  sp_buf_free(&out);
}

static void what_is_written_reads_back(void **state) {
  uint64_t random = 2463534242u;
  sp_buf out;
  (void)state;
  sp_buf_init(&out, NULL, 64);
  for (int i = 0; i < 20000; i++) {
    uint64_t bits = next_random(&random);
    /* Half of them near the size of the numbers that occur. */
    if (i % 2) bits = (bits & 0x800FFFFFFFFFFFFFu) | (uint64_t)(1023 - 20 + i % 64) << 52;
    double value = double_of(bits);
    if (!isfinite(value)) continue;
    assert_int_equal(bits_of(strtod(written(&out, value), NULL)), bits_of(value));
  }
  assert_int_equal(bits_of(strtod(written(&out, 4.9406564584124654e-324), NULL)), 1);
  sp_buf_free(&out);
}

int main(void) {
  const struct CMUnitTest tests[] = {
    cmocka_unit_test(reads_texts),
    cmocka_unit_test(reads_any_double),
    cmocka_unit_test(ties_go_to_even),
    cmocka_unit_test(reads_many_digits),
    cmocka_unit_test(writes_as_javascript_does),
    cmocka_unit_test(what_is_written_reads_back),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
