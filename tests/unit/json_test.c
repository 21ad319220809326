/* SPDX-License-Identifier: MIT */
#include "base/json.h"
#include "base/limits.h"
#include "base/status.h"
#include "support.h"

#include <math.h>
#include <string.h>

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

static const char sample[] =
    " {\"s\":\"t\\u00e9\\n\",\"n\":-1.5e2,\"t\":true,\"f\":false,\"z\":null,\"a\":[1,\"2\",[]],"
    "\"o\":{\"p\":{\"id\":\"deep\"}},\"S\":\"upper\"}\r\n";

static int parse_status(sp_str text) {
  sp_json_doc *doc;
  int status = sp_json_parse(NULL, text, &doc);
  assert_true((status == SP_OK) == (doc != NULL));
  sp_json_free(doc);
  return status;
}

static void values_are_read(void **state) {
  sp_json_doc *doc;
  (void)state;
  assert_int_equal(sp_json_parse(NULL, sp_str_from(sample), &doc), SP_OK);
  const sp_json *root = sp_json_root(doc);
  assert_true(sp_json_is_object(root));
  assert_true(sp_str_is(sp_json_get_str(root, "s"), "t\xC3\xA9\n"));
  assert_true(sp_str_is(sp_json_get_str(root, "S"), "upper"));
  assert_true(sp_json_number(sp_json_get(root, "n"), 0) == -150);
  assert_true(sp_json_get_bool(root, "t", false));
  assert_false(sp_json_get_bool(root, "f", true));
  assert_true(sp_json_is_null(sp_json_get(root, "z")));
  assert_int_equal(sp_json_count(sp_json_get(root, "a")), 3);
  assert_int_equal(sp_json_count(root), 8);
  assert_true(sp_str_is(sp_json_str(sp_json_path(root, "o.p.id")), "deep"));
  assert_null(sp_json_path(root, "o.x.id"));
  assert_null(sp_json_path(root, "s.x"));
  const sp_json *second = sp_json_next(sp_json_first(sp_json_get(root, "a")));
  assert_true(sp_str_is(sp_json_str(second), "2"));
  assert_true(sp_str_is(sp_json_key(sp_json_first(root)), "s"));
  sp_json_free(doc);
}

static void absent_values_chain(void **state) {
  (void)state;
  assert_null(sp_json_root(NULL));
  assert_null(sp_json_get(NULL, "x"));
  assert_null(sp_json_path(NULL, "x.y"));
  assert_null(sp_json_first(NULL));
  assert_null(sp_json_next(NULL));
  assert_null(sp_json_key(NULL).ptr);
  assert_int_equal(sp_json_count(NULL), 0);
  assert_null(sp_json_str(NULL).ptr);
  assert_true(sp_json_number(NULL, 7) == 7);
  assert_true(sp_json_bool(NULL, true));
  assert_false(sp_json_truthy(NULL) || sp_json_is_null(NULL) || sp_json_is_bool(NULL));
  sp_json_free(NULL);
}

static void truth_is_javascripts(void **state) {
  static const struct {
    const char *text;
    bool truthy;
  } cases[] = {
    { "0", false },    { "-0", false },  { "0.1", true },    { "-1", true }, { "\"\"", false }, { "\"0\"", true },
    { "null", false }, { "true", true }, { "false", false }, { "[]", true }, { "{}", true },    { "1e999", true },
  };
  (void)state;
  for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
    sp_json_doc *doc;
    assert_int_equal(sp_json_parse(NULL, sp_str_from(cases[i].text), &doc), SP_OK);
    if (sp_json_truthy(sp_json_root(doc)) != cases[i].truthy) fail_msg("%s", cases[i].text);
    sp_json_free(doc);
  }
}

static void what_json_parse_refuses_is_refused(void **state) {
  static const char *const cases[] = {
    "",
    " ",
    "{",
    "[1,]",
    "{\"a\":1,}",
    "{a:1}",
    "{\"a\"}",
    "{\"a\":}",
    "[1 2]",
    "1 2",
    "nul",
    "nullx",
    "True",
    "'a'",
    "01",
    "-",
    "1.",
    ".5",
    "+1",
    "1e",
    "1e+",
    "0x10",
    "--1",
    "NaN",
    "Infinity",
    "\"a",
    "\"\\x\"",
    "\"\\u12\"",
    "\"\\u12g4\"",
    "\"\n\"",
    "\"\t\"",
    "]",
    "[}",
    "[1]]",
    "\xEF\xBB\xBF{}",
    "[1]x",
    "\v1",
    "{\"a\":1 \"b\":2}",
    "\"\\",
    "\"\\u",
    "[,1]",
    "{,}",
  };
  (void)state;
  for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
    if (parse_status(sp_str_from(cases[i])) != SP_ESYNTAX) fail_msg("accepted: %s", cases[i]);
  }
  assert_int_equal(parse_status(SP_STR("\"a\0b\"")), SP_ESYNTAX);
  assert_int_equal(parse_status(SP_STR("1\0")), SP_ESYNTAX);
  assert_int_equal(parse_status(SP_STR_NONE), SP_ESYNTAX);
}

static void every_prefix_is_refused(void **state) {
  size_t end = strlen(sample) - 2; /* without the white space behind it */
  (void)state;
  for (size_t len = 0; len < end; len++) {
    sp_str cut = test_cut(sp_str_from(sample), len);
    assert_int_equal(parse_status(cut), SP_ESYNTAX);
    test_cut_free(cut);
  }
}

static void odd_strings(void **state) {
  static const struct {
    const char *text, *value;
  } cases[] = {
    { "\"a\\u0000b\"", "a\xEF\xBF\xBD"
                       "b" },
    { "\"\\ud83d\\ude00\"", "\xF0\x9F\x98\x80" },
    { "\"\\ud83d\"", "\xEF\xBF\xBD" },
    { "\"\\ude00x\"", "\xEF\xBF\xBDx" },
    { "\"\\ud83d\\ud83d\\ude00\"", "\xEF\xBF\xBD\xF0\x9F\x98\x80" },
    { "\"\\\\u0000\"", "\\u0000" },
    { "\"\xC3(\xFF\"", "\xC3(\xFF" },
  };
  (void)state;
  for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
    sp_json_doc *doc;
    assert_int_equal(sp_json_parse(NULL, sp_str_from(cases[i].text), &doc), SP_OK);
    if (!sp_str_is(sp_json_str(sp_json_root(doc)), cases[i].value)) fail_msg("%s", cases[i].text);
    sp_json_free(doc);
  }
}

static void the_last_of_equal_members_counts_and_case_matters(void **state) {
  sp_json_doc *doc;
  (void)state;
  assert_int_equal(sp_json_parse(NULL, SP_STR("{\"a\":1,\"A\":2,\"a\":3,\"ab\":4}"), &doc), SP_OK);
  assert_true(sp_json_number(sp_json_get(sp_json_root(doc), "a"), 0) == 3);
  assert_true(sp_json_number(sp_json_get(sp_json_root(doc), "A"), 0) == 2);
  assert_null(sp_json_get(sp_json_root(doc), "AB"));
  sp_json_free(doc);
}

static void numbers_without_a_finite_value(void **state) {
  sp_json_doc *doc;
  (void)state;
  assert_int_equal(sp_json_parse(NULL, SP_STR("[1e999,12345678901234567890]"), &doc), SP_OK);
  const sp_json *first = sp_json_first(sp_json_root(doc));
  assert_true(sp_json_is_number(first));
  assert_true(sp_json_number(first, -1) == -1);
  assert_true(sp_json_number(sp_json_next(first), 0) == 12345678901234567890.0);
  sp_json_free(doc);
}

static void limits(void **state) {
  static char text[SP_MAX_JSON + 1];
  (void)state;
  memset(text, '[', SP_MAX_JSON_DEPTH);
  memset(text + SP_MAX_JSON_DEPTH, ']', SP_MAX_JSON_DEPTH);
  assert_int_equal(parse_status((sp_str){ text, SP_MAX_JSON_DEPTH * 2 }), SP_OK);
  memset(text, '[', SP_MAX_JSON_DEPTH + 1);
  assert_int_equal(parse_status((sp_str){ text, sizeof text - 1 }), SP_ELIMIT);
  memset(text, ' ', sizeof text);
  text[0] = '1';
  assert_int_equal(parse_status((sp_str){ text, sizeof text - 1 }), SP_OK);
  assert_int_equal(parse_status((sp_str){ text, sizeof text }), SP_ELIMIT);
  for (size_t i = 0; i < SP_MAX_JSON; i++) text[i] = ",0"[i % 2];
  text[0] = '[';
  text[SP_MAX_JSON - 2] = ' ';
  text[SP_MAX_JSON - 1] = ']';
  assert_int_equal(parse_status((sp_str){ text, SP_MAX_JSON }), SP_ELIMIT);
}

static void every_failed_allocation_is_reported(void **state) {
  bool reached = true;
  (void)state;
  for (size_t n = 1; reached; n++) {
    sp_json_doc *doc;
    int status = sp_json_parse(test_alloc_new(n), SP_STR("{\"a\":[1,{\"b\":\"\\u0000\"},2.5],\"c\":\"d\"}"), &doc);
    reached = test_alloc_failed();
    assert_int_equal(status, reached ? SP_ENOMEM : SP_OK);
    sp_json_free(doc);
    assert_int_equal(test_alloc_live(), 0);
  }
}

static void reading_and_writing_agree(void **state) {
  static const struct {
    const char *in, *out;
  } cases[] = {
    { sample, "{\"s\":\"t\xC3\xA9\\n\",\"n\":-150,\"t\":true,\"f\":false,\"z\":null,\"a\":[1,\"2\",[]],"
              "\"o\":{\"p\":{\"id\":\"deep\"}},\"S\":\"upper\"}" },
    { "0.1", "0.1" },
    { "-0", "0" },
    { "1e999", "null" },
    { "9007199254740991", "9007199254740991" },
    { "1e300", "1e+300" },
    { "0.30000000000000004", "0.30000000000000004" },
    { "\"\xFF\"", "\"\xEF\xBF\xBD\"" },
    { "[]", "[]" },
    { "{\"\":{}}", "{\"\":{}}" },
  };
  sp_buf buf;
  (void)state;
  sp_buf_init(&buf, NULL, 1000);
  for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
    sp_json_doc *doc;
    sp_buf_reset(&buf);
    assert_int_equal(sp_json_parse(NULL, sp_str_from(cases[i].in), &doc), SP_OK);
    sp_json_write(&buf, sp_json_root(doc));
    if (!sp_str_is(sp_buf_str(&buf), cases[i].out)) fail_msg("%.*s", SP_STR_ARG(sp_buf_str(&buf)));
    sp_json_free(doc);
  }
  sp_buf_reset(&buf);
  sp_json_write(&buf, NULL);
  assert_true(sp_str_is(sp_buf_str(&buf), "null"));
  sp_buf_free(&buf);
}

static void the_writer_places_commas(void **state) {
  sp_buf buf;
  sp_jw w;
  (void)state;
  sp_buf_init(&buf, NULL, 1000);
  sp_jw_begin(&w, &buf);
  sp_jw_open(&w, NULL, '{');
  sp_jw_str(&w, "gone", SP_STR_NONE);
  sp_jw_str(&w, "s", SP_STR("a\"b"));
  sp_jw_open(&w, "list", '[');
  sp_jw_num(&w, NULL, 3);
  sp_jw_num(&w, NULL, 0.25);
  sp_jw_num(&w, NULL, (double)NAN);
  sp_jw_open(&w, NULL, '{');
  sp_jw_close(&w);
  sp_jw_close(&w);
  sp_jw_bool(&w, "b", true);
  sp_jw_raw(&w, "raw", SP_STR("[1]"));
  sp_jw_raw(&w, "gone", SP_STR_NONE);
  sp_jw_json(&w, "gone", NULL);
  sp_jw_num(&w, "big", -4294967296.0);
  sp_jw_close(&w);
  assert_int_equal(sp_buf_status(&buf), SP_OK);
  assert_true(sp_str_is(sp_buf_str(&buf), "{\"s\":\"a\\\"b\",\"list\":[3,0.25,null,{}],\"b\":true,\"raw\":[1],"
                                          "\"big\":-4294967296}"));
  sp_buf_free(&buf);
}

static void the_writer_notices_bad_nesting(void **state) {
  sp_buf buf;
  sp_jw w;
  (void)state;
  sp_buf_init(&buf, NULL, 1000);
  sp_jw_begin(&w, &buf);
  sp_jw_close(&w);
  assert_int_equal(sp_buf_status(&buf), SP_ESTATE);
  sp_buf_reset(&buf);
  sp_jw_begin(&w, &buf);
  for (int i = 0; i < 17; i++) sp_jw_open(&w, NULL, '[');
  assert_int_equal(sp_buf_status(&buf), SP_ELIMIT);
  sp_buf_free(&buf);
}

int main(void) {
  const struct CMUnitTest tests[] = {
    cmocka_unit_test(values_are_read),
    cmocka_unit_test(absent_values_chain),
    cmocka_unit_test(truth_is_javascripts),
    cmocka_unit_test(what_json_parse_refuses_is_refused),
    cmocka_unit_test(every_prefix_is_refused),
    cmocka_unit_test(odd_strings),
    cmocka_unit_test(the_last_of_equal_members_counts_and_case_matters),
    cmocka_unit_test(numbers_without_a_finite_value),
    cmocka_unit_test(limits),
    cmocka_unit_test(every_failed_allocation_is_reported),
    cmocka_unit_test(reading_and_writing_agree),
    cmocka_unit_test(the_writer_places_commas),
    cmocka_unit_test(the_writer_notices_bad_nesting),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
