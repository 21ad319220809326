/* SPDX-License-Identifier: MIT */
#include "base/arena.h"
#include "base/limits.h"
#include "base/status.h"
#include "support.h"
#include "xml/reader.h"
#include "xml/writer.h"

#include <stdio.h>

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

static void elements_attributes_and_text(void **state) {
  sp_buf buf;
  sp_xw w;
  (void)state;
  sp_buf_init(&buf, NULL, 1000);
  sp_xw_begin(&w, &buf);
  sp_xw_open(&w, "iq");
  sp_xw_attr(&w, "id", SP_STR("1"));
  sp_xw_attr(&w, "to", SP_STR_NONE);
  sp_xw_attr(&w, "empty", SP_STR(""));
  sp_xw_open(&w, "bind");
  sp_xw_close(&w);
  sp_xw_open(&w, "b");
  sp_xw_text(&w, SP_STR("t"));
  sp_xw_text(&w, SP_STR_NONE);
  sp_xw_text(&w, SP_STR("u"));
  sp_xw_close(&w);
  sp_xw_open(&w, "c");
  sp_xw_text(&w, SP_STR(""));
  sp_xw_close(&w);
  sp_xw_close(&w);
  assert_int_equal(sp_buf_status(&buf), SP_OK);
  assert_true(sp_str_is(sp_buf_str(&buf), "<iq id=\"1\" empty=\"\"><bind/><b>tu</b><c/></iq>"));
  sp_buf_free(&buf);
}

/* W-4.4: which characters are escaped where. */
static void w_4_4_escapes(void **state) {
  static const struct {
    const char *name;
    sp_str in;
    const char *text, *attr;
  } cases[] = {
    { "the five", { "&<>\"'", 5 }, "&amp;&lt;&gt;\"'", "&amp;&lt;&gt;&quot;&apos;" },
    { "JSON keeps its quotes", { "{\"a\":1}", 7 }, "{\"a\":1}", "{&quot;a&quot;:1}" },
    { "white space", { "\t\n\r", 3 }, "\t\n&#13;", "&#9;&#10;&#13;" },
    { "forbidden characters", { "a\0\x1F", 3 }, "a\xEF\xBF\xBD\xEF\xBF\xBD", "a\xEF\xBF\xBD\xEF\xBF\xBD" },
    { "forbidden U+FFFE", { "\xEF\xBF\xBE", 3 }, "\xEF\xBF\xBD", "\xEF\xBF\xBD" },
    { "not UTF-8", { "\xC3(\xFF", 3 }, "\xEF\xBF\xBD(\xEF\xBF\xBD", "\xEF\xBF\xBD(\xEF\xBF\xBD" },
    { "other letters", { "\xC3\xA9\xF0\x9F\x98\x80", 6 }, "\xC3\xA9\xF0\x9F\x98\x80", "\xC3\xA9\xF0\x9F\x98\x80" },
  };
  (void)state;
  for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
    sp_buf buf;
    sp_xw w;
    char expected[200];
    sp_buf_init(&buf, NULL, 1000);
    sp_xw_begin(&w, &buf);
    sp_xw_open(&w, "a");
    sp_xw_attr(&w, "b", cases[i].in);
    sp_xw_text(&w, cases[i].in);
    sp_xw_close(&w);
    sp_buf_add_char(&buf, '\0');
    snprintf(expected, sizeof expected, "<a b=\"%s\">%s</a>", cases[i].attr, cases[i].text);
    if (!sp_str_is(sp_str_from(buf.data), expected)) fail_msg("%s: %s", cases[i].name, buf.data);
    sp_buf_free(&buf);
  }
}

static void every_character_comes_back(void **state) {
  char all[300];
  size_t len = 0;
  sp_arena arena;
  sp_buf buf;
  sp_xw w;
  sp_xml *read;
  (void)state;
  for (char c = ' '; c < 0x7F; c++) all[len++] = c;
  for (size_t i = 0; i < 4; i++) all[len++] = "\t\r\n\r"[i];
  sp_str text = { all, len };
  sp_buf_init(&buf, NULL, 2000);
  sp_arena_init(&arena, NULL, SP_MAX_SCRATCH);
  sp_xw_begin(&w, &buf);
  sp_xw_open(&w, "a");
  sp_xw_attr(&w, "b", text);
  sp_xw_text(&w, text);
  sp_xw_close(&w);
  assert_int_equal(sp_xml_read(&arena, sp_buf_str(&buf), &read, NULL), SP_OK);
  assert_true(sp_str_eq(read->text, text));
  assert_true(sp_str_eq(sp_xml_attr_get(read, "b"), text));
  sp_arena_free(&arena);
  sp_buf_free(&buf);
}

static void misuse_is_a_status(void **state) {
  sp_buf buf;
  sp_xw w;
  (void)state;
  sp_buf_init(&buf, NULL, 1000);
  sp_xw_begin(&w, &buf);
  sp_xw_close(&w);
  assert_int_equal(sp_buf_status(&buf), SP_ESTATE);
  sp_buf_reset(&buf);
  sp_xw_begin(&w, &buf);
  sp_xw_attr(&w, "a", SP_STR("1"));
  assert_int_equal(sp_buf_status(&buf), SP_ESTATE);
  sp_buf_reset(&buf);
  sp_xw_begin(&w, &buf);
  for (int i = 0; i < 17; i++) sp_xw_open(&w, "a");
  assert_int_equal(sp_buf_status(&buf), SP_ELIMIT);
  sp_buf_free(&buf);
}

static void limit_and_memory_show_at_the_end(void **state) {
  sp_buf buf;
  sp_xw w;
  (void)state;
  for (size_t fail_at = 0; fail_at < 2; fail_at++) {
    sp_buf_init(&buf, test_alloc_new(fail_at), 5);
    sp_xw_begin(&w, &buf);
    sp_xw_open(&w, "abcdef");
    sp_xw_text(&w, SP_STR("<"));
    sp_xw_close(&w);
    assert_int_equal(sp_buf_status(&buf), fail_at ? SP_ENOMEM : SP_ELIMIT);
    sp_buf_free(&buf);
  }
}

int main(void) {
  const struct CMUnitTest tests[] = {
    cmocka_unit_test(elements_attributes_and_text),     { "W-4.4 escapes", w_4_4_escapes, NULL, NULL, NULL },
    cmocka_unit_test(every_character_comes_back),       cmocka_unit_test(misuse_is_a_status),
    cmocka_unit_test(limit_and_memory_show_at_the_end),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
