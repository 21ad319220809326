/* SPDX-License-Identifier: MIT */
#include "base/status.h"
#include "base/str.h"
#include "support.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

static sp_str S(const char *text) {
  return sp_str_from(text);
}

static void absent_and_empty(void **state) {
  (void)state;
  assert_null(sp_str_from(NULL).ptr);
  assert_non_null(sp_str_from("").ptr);
  assert_true(sp_str_eq(SP_STR_NONE, SP_STR("")));
  assert_true(sp_str_is(SP_STR_NONE, ""));
  assert_null(sp_str_slice(SP_STR_NONE, 0, 5).ptr);
  assert_int_equal(sp_str_trim(SP_STR_NONE).len, 0);
}

static void equality_and_order(void **state) {
  (void)state;
  assert_true(sp_str_is(SP_STR("abc"), "abc"));
  assert_false(sp_str_is(SP_STR("abc"), "abcd"));
  assert_false(sp_str_eq(SP_STR("a\0b"), SP_STR("a\0c")));
  assert_int_equal(sp_str_cmp(SP_STR("a"), SP_STR("b")), -1);
  assert_int_equal(sp_str_cmp(SP_STR("ab"), SP_STR("a")), 1);
  assert_int_equal(sp_str_cmp(SP_STR("a"), SP_STR("a")), 0);
  assert_int_equal(sp_str_cmp(SP_STR_NONE, SP_STR("a")), -1);
  assert_int_equal(sp_str_cmp(SP_STR("\xC3\xA9"), SP_STR("z")), 1);
  assert_true(sp_str_eq_nocase(SP_STR("Content-TYPE"), SP_STR("content-type")));
  assert_false(sp_str_eq_nocase(SP_STR("a["), SP_STR("a{")));
  assert_false(sp_str_eq_nocase(SP_STR("a"), SP_STR("aa")));
}

static void beginnings_and_ends(void **state) {
  (void)state;
  assert_true(sp_str_starts(SP_STR("abc"), "ab"));
  assert_true(sp_str_starts(SP_STR_NONE, ""));
  assert_false(sp_str_starts(SP_STR("a"), "ab"));
  assert_true(sp_str_ends(SP_STR("abc"), "bc"));
  assert_true(sp_str_ends(SP_STR_NONE, ""));
  assert_false(sp_str_ends(SP_STR("c"), "bc"));
}

static void finding(void **state) {
  static const struct {
    const char *name, *text, *needle;
    size_t from, at;
  } cases[] = {
    { "first", "abcabc", "bc", 0, 1 },
    { "later", "abcabc", "bc", 2, 4 },
    { "none", "abcabc", "cb", 0, SIZE_MAX },
    { "false start", "aab", "ab", 0, 1 },
    { "beyond the end", "abc", "c", 3, SIZE_MAX },
    { "longer than the text", "a", "ab", 0, SIZE_MAX },
    { "empty needle", "abc", "", 1, 1 },
    { "empty needle beyond", "abc", "", 4, SIZE_MAX },
  };
  (void)state;
  for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
    if (sp_str_find(S(cases[i].text), cases[i].needle, cases[i].from) != cases[i].at) fail_msg("%s", cases[i].name);
  }
  assert_int_equal(sp_str_find_char(SP_STR("a\0b"), '\0', 0), 1);
  assert_true(sp_str_find_char(SP_STR_NONE, 'a', 0) == SIZE_MAX);
}

/* Every byte at every place of a text longer than one step, against the rule said byte by byte. */
static void plain_runs(void **state) {
  (void)state;
  char text[21];
  for (unsigned byte = 0; byte < 256; byte++)
    for (size_t at = 0; at < sizeof text; at++)
      for (size_t from = 0; from <= at; from++) {
        memset(text, 'x', sizeof text);
        text[at] = (char)byte;
        sp_str cut = test_cut((sp_str){ text, sizeof text }, sizeof text);
        bool stops = byte < 0x20 || strchr("<>&'", (int)byte) != NULL;
        bool stops_ascii = stops || byte >= 0x7F;
        size_t found = sp_str_plain_end(cut, from, "<>&'", false), ascii = sp_str_plain_end(cut, from, "<>&'", true);
        if (found != (stops ? at : sizeof text) || ascii != (stops_ascii ? at : sizeof text))
          fail_msg("byte %u at %u from %u", byte, (unsigned)at, (unsigned)from);
        test_cut_free(cut);
      }
  assert_int_equal(sp_str_plain_end(SP_STR_NONE, 0, "<>&'", true), 0);
}

static void slices_are_clamped(void **state) {
  (void)state;
  assert_true(sp_str_is(sp_str_slice(SP_STR("abcd"), 1, 3), "bc"));
  assert_true(sp_str_is(sp_str_slice(SP_STR("abcd"), 2, SIZE_MAX), "cd"));
  assert_int_equal(sp_str_slice(SP_STR("abcd"), 3, 1).len, 0);
  assert_int_equal(sp_str_slice(SP_STR("abcd"), 9, 12).len, 0);
  assert_true(sp_str_is(sp_str_trim(SP_STR("\r\n\t a b \n")), "a b"));
  assert_int_equal(sp_str_trim(SP_STR(" \t ")).len, 0);
}

static void numbers(void **state) {
  static const struct {
    const char *text;
    bool ok;
    uint64_t value;
  } cases[] = {
    { "0", true, 0 },
    { "007", true, 7 },
    { "18446744073709551615", true, UINT64_MAX },
    { "18446744073709551616", false, 0 },
    { "99999999999999999999", false, 0 },
    { "", false, 0 },
    { "-1", false, 0 },
    { "1 ", false, 0 },
    { "0x1", false, 0 },
  };
  (void)state;
  for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
    uint64_t value = 42;
    if (sp_str_to_u64(S(cases[i].text), &value) != cases[i].ok) fail_msg("%s", cases[i].text);
    if (value != (cases[i].ok ? cases[i].value : 42)) fail_msg("value of %s", cases[i].text);
  }
}

static void copies(void **state) {
  const sp_alloc *alloc = test_alloc_new(0);
  sp_str copy = SP_STR("kept");
  (void)state;
  assert_int_equal(sp_str_dup(alloc, SP_STR_NONE, &copy), SP_OK);
  assert_null(copy.ptr);
  sp_str_free(alloc, &copy);
  assert_int_equal(sp_str_dup(alloc, SP_STR(""), &copy), SP_OK);
  assert_non_null(copy.ptr);
  assert_int_equal(sp_str_set(alloc, &copy, SP_STR("a\0b")), SP_OK);
  assert_true(sp_str_eq(copy, SP_STR("a\0b")));
  assert_int_equal(copy.ptr[3], '\0');
  assert_int_equal(sp_str_set(alloc, &copy, sp_str_slice(copy, 2, 3)), SP_OK);
  assert_true(sp_str_is(copy, "b"));
  assert_int_equal(sp_str_set(alloc, &copy, SP_STR_NONE), SP_OK);
  assert_null(copy.ptr);
  assert_int_equal(test_alloc_live(), 0);
}

static void failed_copies_change_nothing(void **state) {
  const sp_alloc *alloc = test_alloc_new(2);
  sp_str text = SP_STR_NONE, other = SP_STR("other");
  (void)state;
  assert_int_equal(sp_str_dup(alloc, SP_STR("old"), &text), SP_OK);
  assert_int_equal(sp_str_set(alloc, &text, SP_STR("new")), SP_ENOMEM);
  assert_true(sp_str_is(text, "old"));
  alloc = test_alloc_new(1);
  assert_int_equal(sp_str_dup(alloc, SP_STR("x"), &other), SP_ENOMEM);
  assert_true(sp_str_is(other, "other"));
  sp_str_free(alloc, &text);
}

static void lists_of_texts(void **state) {
  sp_str from[] = { SP_STR("a"), SP_STR_NONE, SP_STR("c") }, to[3];
  sp_str *const source[] = { &from[0], &from[1], &from[2] }, *const target[] = { &to[0], &to[1], &to[2] };
  (void)state;
  for (size_t fail_at = 0; fail_at <= 2; fail_at++) {
    const sp_alloc *alloc = test_alloc_new(fail_at);
    int status = sp_str_dup_all(alloc, source, target, 3);
    assert_int_equal(status, fail_at ? SP_ENOMEM : SP_OK);
    assert_true(sp_str_is(to[0], fail_at ? "" : "a") && !to[1].ptr && sp_str_is(to[2], fail_at ? "" : "c"));
    sp_str_free_all(alloc, target, 3);
    assert_null(to[0].ptr);
    assert_int_equal(test_alloc_live(), 0);
  }
}

int main(void) {
  const struct CMUnitTest tests[] = {
    cmocka_unit_test(absent_and_empty),
    cmocka_unit_test(equality_and_order),
    cmocka_unit_test(beginnings_and_ends),
    cmocka_unit_test(finding),
    cmocka_unit_test(plain_runs),
    cmocka_unit_test(slices_are_clamped),
    cmocka_unit_test(numbers),
    cmocka_unit_test(copies),
    cmocka_unit_test(failed_copies_change_nothing),
    cmocka_unit_test(lists_of_texts),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
