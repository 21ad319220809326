/* SPDX-License-Identifier: MIT */
#include "base/json.h"
#include "base/limits.h"
#include "support.h"
#include "telemetry/batches.h"
#include "base/date.h"
#include "telemetry/trace.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

static const uint64_t wall = UINT64_C(1767323696789); /* 2026-01-02T03:14:56.789Z */

static const sp_trace_source plain = { { "webrtc-sdk", 10 }, { "c-1", 3 }, { NULL, 0 }, { NULL, 0 }, { NULL, 0 } };

static sp_buf make_buf(void) {
  sp_buf buf;
  sp_buf_init(&buf, NULL, SP_MAX_JSON);
  return buf;
}

static sp_buf repeat(char c, size_t count) {
  sp_buf buf = make_buf();
  char *to = sp_buf_extend(&buf, count);
  if (to) memset(to, c, count);
  return buf;
}

static sp_trace_cut write(const sp_trace_source *source, sp_str message, sp_str details, sp_buf *out) {
  sp_trace_record record = { SP_STR("warn"), message, details, wall };
  sp_trace_cut cut;
  sp_buf_reset(out);
  assert_int_equal(sp_trace_write(NULL, source, &record, out, &cut), SP_OK);
  return cut;
}

static void expect(const sp_buf *out, const char *text) {
  if (!sp_str_is(sp_buf_str(out), text)) fail_msg("%.*s", SP_STR_ARG(sp_buf_str(out)));
}

static void whole_traces(void **state) {
  (void)state;
  sp_buf out = make_buf();
  assert_int_equal(write(&plain, SP_STR("a \"b\""), SP_STR("{\"c\":1}"), &out), SP_TRACE_WHOLE);
  expect(&out, "{\"topic\":\"webrtc-sdk\",\"level\":\"WARN\",\"message\":\"{\\\"clientTime\\\":"
               "\\\"2026-01-02T03:14:56.789Z\\\",\\\"clientId\\\":\\\"c-1\\\",\\\"message\\\":\\\"a \\\\\\\"b\\\\\\\""
               "\\\",\\\"details\\\":{\\\"c\\\":1}}\"}");
  sp_trace_source named = plain;
  named.origin_name = SP_STR("desk");
  named.origin_version = SP_STR("1.2");
  named.origin_id = SP_STR("d-7");
  assert_int_equal(write(&named, SP_STR("m"), SP_STR_NONE, &out), SP_TRACE_WHOLE);
  expect(&out,
         "{\"topic\":\"webrtc-sdk\",\"level\":\"WARN\",\"message\":\"{\\\"clientTime\\\":"
         "\\\"2026-01-02T03:14:56.789Z\\\",\\\"clientId\\\":\\\"c-1\\\",\\\"message\\\":\\\"m\\\",\\\"originAppName"
         "\\\":\\\"desk\\\",\\\"originAppVersion\\\":\\\"1.2\\\",\\\"originAppId\\\":\\\"d-7\\\"}\"}");
  sp_buf_free(&out);
}

static void sizes(void **state) {
  (void)state;
  static const struct {
    const char *text;
    size_t size;
  } rows[] = { { "\xC2\xA2", 4 }, { "a", 3 }, { "\"", 4 }, { "\x01", 8 }, { "/", 3 } };
  for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
    sp_buf out = make_buf();
    sp_buf_add_json(&out, sp_str_from(rows[i].text));
    assert_int_equal(out.len, rows[i].size);
    sp_buf_free(&out);
  }
}

/* The length of a text that makes a trace of exactly `size` bytes. */
static size_t fitting(const char *details_end, size_t size) {
  sp_buf out = make_buf();
  sp_buf details = make_buf();
  sp_buf_add_text(&details, "\"");
  sp_buf_add_text(&details, details_end);
  write(&plain, SP_STR("m"), sp_buf_str(&details), &out);
  size_t used = out.len;
  sp_buf_free(&out);
  sp_buf_free(&details);
  return size - used;
}

static void limit_of_details(void **state) {
  (void)state;
  for (size_t over = 0; over <= 1; over++) {
    sp_buf fill = repeat('x', fitting("\"", SP_MAX_TRACE) + over), details = make_buf(), out = make_buf();
    sp_buf_add_json(&details, sp_buf_str(&fill));
    sp_trace_cut cut = write(&plain, SP_STR("m"), sp_buf_str(&details), &out);
    assert_int_equal(cut, over ? SP_TRACE_NO_DETAILS : SP_TRACE_WHOLE);
    bool truncated = sp_str_find(sp_buf_str(&out), "\\\"details\\\":\\\"[[TRUNCATED]]\\\"", 0) != SIZE_MAX;
    assert_int_equal(truncated, over);
    assert_true(over ? out.len < 300 : out.len == SP_MAX_TRACE);
    sp_buf_free(&fill);
    sp_buf_free(&details);
    sp_buf_free(&out);
  }
}

static void long_messages(void **state) {
  (void)state;
  sp_buf message = make_buf(), out = make_buf(), expected = make_buf();
  sp_buf_add_text(&message, "[webrtc-sdk] ");
  for (int i = 0; i < 20000; i++) sp_buf_add_char(&message, 'y');
  assert_int_equal(write(&plain, sp_buf_str(&message), SP_STR_NONE, &out), SP_TRACE_SHORT);
  sp_buf_add_text(&expected, "\\\"message\\\":\\\"");
  sp_buf_add(&expected, sp_str_slice(sp_buf_str(&message), 0, 150));
  sp_buf_add_text(&expected, "... [[TRUNCATED]]\\\"");
  sp_buf_add_char(&expected, '\0');
  assert_true(sp_str_find(sp_buf_str(&out), expected.data, 0) != SIZE_MAX);
  sp_buf_free(&message);
  sp_buf_free(&out);
  sp_buf_free(&expected);
}

/* Character 150 would be half of a pair: it does not go along. */
static void surrogate_pairs_stay_whole(void **state) {
  (void)state;
  sp_buf message = make_buf(), out = make_buf();
  for (int i = 0; i < 149; i++) sp_buf_add_char(&message, 'y');
  for (int i = 0; i < 5000; i++) sp_buf_add_text(&message, "\xF0\x9F\x98\x80");
  assert_int_equal(write(&plain, sp_buf_str(&message), SP_STR_NONE, &out), SP_TRACE_SHORT);
  assert_true(sp_str_find(sp_buf_str(&out), "yyy... [[TRUNCATED]]", 0) != SIZE_MAX);
  sp_buf_free(&message);
  sp_buf_free(&out);
}

static void hopeless_traces(void **state) {
  (void)state;
  sp_buf name = repeat('n', 20000), out = make_buf();
  sp_trace_source named = plain;
  named.origin_name = sp_buf_str(&name);
  assert_int_equal(write(&named, SP_STR("m"), SP_STR_NONE, &out), SP_TRACE_TOO_LARGE);
  assert_int_equal(out.len, 0);
  sp_buf_free(&name);
  sp_buf_free(&out);
}

static void dates(void **state) {
  (void)state;
  static const struct {
    uint64_t ms;
    const char *iso;
  } rows[] = {
    { 0, "1970-01-01T00:00:00.000Z" },
    { 951827696007, "2000-02-29T12:34:56.007Z" },
    { 1767323696789, "2026-01-02T03:14:56.789Z" },
    { 4107542399999, "2100-02-28T23:59:59.999Z" },
    { 4107542400000, "2100-03-01T00:00:00.000Z" },
    { UINT64_MAX, "9999-12-31T23:59:59.999Z" },
  };
  for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
    assert_string_equal(sp_date_iso(rows[i].ms).text, rows[i].iso);
}

/* RFC 9110 §5.6.7 gives one moment in three forms. */
static void http_dates(void **state) {
  (void)state;
  static const struct {
    const char *text;
    int status;
    uint64_t ms;
  } rows[] = {
    { "Sun, 06 Nov 1994 08:49:37 GMT", SP_OK, 784111777000 },
    { "Sunday, 06-Nov-94 08:49:37 GMT", SP_OK, 784111777000 },
    { "Sun Nov  6 08:49:37 1994", SP_OK, 784111777000 },
    { "Mon, 29 Feb 2016 00:00:00 GMT", SP_OK, 1456704000000 },
    { "Fri, 02 Jan 2026 03:14:56 GMT", SP_OK, 1767323696000 },
    { "", SP_ESYNTAX, 0 },
    { "soon", SP_ESYNTAX, 0 },
    { "Sun, 06 Nov 1994", SP_ESYNTAX, 0 },
    { "Sun, 06 Nov 1994 8:49:37 GMT", SP_ESYNTAX, 0 },
    { "Sun, 06 Nov 1994 24:49:37 GMT", SP_ESYNTAX, 0 },
    { "Sun, 00 Nov 1994 08:49:37 GMT", SP_ESYNTAX, 0 },
    { "Sun, 06 Nov 1894 08:49:37 GMT", SP_ESYNTAX, 0 },
    { "Sun, 06 Nov 99999999999 08:49:37 GMT", SP_ESYNTAX, 0 },
  };
  for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
    uint64_t ms = 0;
    sp_str text = sp_str_from(rows[i].text);
    assert_int_equal(sp_date_parse_http(text, &ms), rows[i].status);
    assert_true(ms == rows[i].ms);
    for (size_t len = 0; len < text.len; len++) {
      sp_str part = test_cut(text, len);
      (void)sp_date_parse_http(part, &ms);
      test_cut_free(part);
    }
  }
}

/* XEP-0082. */
static void iso_dates(void **state) {
  (void)state;
  static const struct {
    const char *text;
    int status;
    uint64_t ms;
  } rows[] = {
    { "1994-11-06T08:49:37Z", SP_OK, 784111777000 },
    { "1994-11-06T08:49:37.123Z", SP_OK, 784111777000 },
    { "1994-11-06T10:19:37+01:30", SP_OK, 784111777000 },
    { "1994-11-06T03:49:37.5-05:00", SP_OK, 784111777000 },
    { "", SP_ESYNTAX, 0 },
    { "1994-11-06T08:49:37", SP_ESYNTAX, 0 },
    { "1994-11-06 08:49:37Z", SP_ESYNTAX, 0 },
    { "1994-00-06T08:49:37Z", SP_ESYNTAX, 0 },
    { "1994-13-06T08:49:37Z", SP_ESYNTAX, 0 },
    { "1994-11-32T08:49:37Z", SP_ESYNTAX, 0 },
    { "1994-11-00T08:49:37Z", SP_ESYNTAX, 0 },
    { "1970-01-01T08:49:37Z", SP_ESYNTAX, 0 },
    { "1994-11-06T08:49:37+1:00", SP_ESYNTAX, 0 },
    { "1994-11-06T08:49:37+24:00", SP_ESYNTAX, 0 },
    { "1994-11-06T08:49:37.1.2Z", SP_ESYNTAX, 0 },
    { "-994-11-06T08:49:37Z", SP_ESYNTAX, 0 },
    { "1994-11-06Tx8:49:37Z", SP_ESYNTAX, 0 },
  };
  for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
    uint64_t ms = 0;
    sp_str text = sp_str_from(rows[i].text);
    if (sp_date_parse_iso(text, &ms) != rows[i].status || ms != rows[i].ms) fail_msg("%s", rows[i].text);
    for (size_t len = 0; len < text.len; len++) {
      sp_str part = test_cut(text, len);
      assert_int_equal(sp_date_parse_iso(part, &ms), SP_ESYNTAX);
      test_cut_free(part);
    }
  }
}

static void retry_after(void **state) {
  (void)state;
  static const struct {
    const char *text;
    int status;
    uint64_t wait;
  } rows[] = {
    { "7", SP_OK, 7000 },
    { " 0 ", SP_OK, 0 },
    { "601", SP_OK, 600000 },
    { "99999999999999999999999", SP_OK, 600000 },
    { "Fri, 02 Jan 2026 03:15:00 GMT", SP_OK, 3211 },
    { "Fri, 02 Jan 2026 03:14:00 GMT", SP_OK, 0 },
    { "Fri, 02 Jan 2027 03:14:00 GMT", SP_OK, 600000 },
    { "-3", SP_ESYNTAX, 1 },
    { "1.5", SP_ESYNTAX, 1 },
    { "", SP_ESYNTAX, 1 },
  };
  for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
    uint64_t wait = 1;
    assert_int_equal(sp_retry_after(sp_str_from(rows[i].text), wall, &wait), rows[i].status);
    assert_true(wait == rows[i].wait);
  }
}

static bool add(sp_batches *b, uint64_t now, char c, size_t size) {
  sp_buf trace = repeat(c, size);
  bool send;
  assert_int_equal(sp_batches_add(b, now, sp_buf_str(&trace), &send), SP_OK);
  sp_buf_free(&trace);
  return send;
}

static void expect_batch(sp_batches *b, size_t len, const char *start) {
  sp_str traces;
  assert_true(sp_batches_take(b, &traces));
  assert_int_equal(traces.len, len);
  assert_true(sp_str_starts(traces, start));
  sp_str_free(b->alloc, &traces);
}

static void delay_counts_from_the_first(void **state) {
  (void)state;
  sp_batches b;
  sp_batches_init(&b, NULL);
  assert_false(add(&b, 100, 'a', 2));
  assert_false(add(&b, 1000, 'b', 2));
  assert_false(sp_batches_due(&b, 1099));
  assert_true(sp_batches_due(&b, 1100));
  expect_batch(&b, 5, "bb,aa");
  assert_true(sp_batches_empty(&b));
  sp_batches_resume(&b, 2000);
  assert_false(sp_batches_due(&b, 9999));
  sp_batches_clear(&b);
}

static void full_batches_leave_at_once(void **state) {
  (void)state;
  sp_batches b;
  sp_batches_init(&b, NULL);
  assert_false(add(&b, 0, 'a', 10000));
  assert_false(add(&b, 0, 'b', 4500));
  assert_true(add(&b, 500, 'c', 1));
  expect_batch(&b, 14501, "bbb");
  assert_false(sp_batches_due(&b, 1000));
  sp_batches_resume(&b, 3000);
  assert_true(sp_batches_due(&b, 4000));
  expect_batch(&b, 1, "c");
  sp_batches_clear(&b);
}

static void every_allocation_fails(void **state) {
  (void)state;
  bool failed = true;
  for (size_t n = 1; failed; n++) {
    const sp_alloc *alloc = test_alloc_new(n);
    sp_batches b;
    sp_batches_init(&b, alloc);
    for (int i = 0; i < 3; i++) {
      sp_trace_record record = { SP_STR("info"), SP_STR("m"), SP_STR("1"), wall };
      sp_trace_cut cut;
      bool send;
      sp_buf out;
      sp_buf_init(&out, alloc, SP_MAX_JSON);
      int status = sp_trace_write(alloc, &plain, &record, &out, &cut);
      if (status == SP_OK) status = sp_batches_add(&b, 0, sp_buf_str(&out), &send);
      assert_true(status == SP_OK || status == SP_ENOMEM);
      sp_buf_free(&out);
    }
    sp_batches_clear(&b);
    assert_int_equal(test_alloc_live(), 0);
    failed = test_alloc_failed();
  }
}

int main(void) {
  const struct CMUnitTest tests[] = {
    { "L-17 traces", whole_traces, NULL, NULL, NULL },
    { "L-23 sizes", sizes, NULL, NULL, NULL },
    { "L-20 details over the limit", limit_of_details, NULL, NULL, NULL },
    { "L-21 long messages", long_messages, NULL, NULL, NULL },
    { "surrogate pairs stay whole", surrogate_pairs_stay_whole, NULL, NULL, NULL },
    { "hopeless traces", hopeless_traces, NULL, NULL, NULL },
    { "dates", dates, NULL, NULL, NULL },
    { "dates of XEP-0082", iso_dates, NULL, NULL, NULL },
    { "HTTP dates", http_dates, NULL, NULL, NULL },
    { "L-27 Retry-After", retry_after, NULL, NULL, NULL },
    { "L-18 L-19 the delay counts from the first", delay_counts_from_the_first, NULL, NULL, NULL },
    { "L-22 full batches leave at once", full_batches_leave_at_once, NULL, NULL, NULL },
    { "every allocation fails in turn", every_allocation_fails, NULL, NULL, NULL },
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
