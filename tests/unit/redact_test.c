/* SPDX-License-Identifier: MIT */
#include "base/limits.h"
#include "support.h"
#include "telemetry/redact.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define JWT       "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJhbmEifQ.c2lnbmF0dXJl"
#define CANDIDATE "candidate:842163049 1 udp 1677729535 203.0.113.7 46154 typ srflx raddr 10.0.0.4 rport 0"

/* `server` NULL: as the local output; `local` NULL: unchanged. */
static const struct {
  const char *name, *in, *local, *server;
} texts[] = {
  { "nothing to hide", "Session c1-d2 is active, 3 of 4 tracks", NULL, NULL },
  { "bearer", "authorization Bearer abc.def-1_2~3+/= sent", "authorization Bearer [redacted] sent", NULL },
  { "bearer in another case", "bEaReR   abc", "bEaReR   [redacted]", NULL },
  { "bearer without a token", "Bearer", NULL, NULL },
  { "JWT", "token=x " JWT " end", "token=[redacted] [redacted] end", NULL },
  { "JWT after a word", "jwt" JWT ",", "jwt[redacted],", NULL },
  { "JWT without signature", "eyJhbGciOiJub25lIn0.eyJzdWIiOjF9.", "[redacted]", NULL },
  { "JWT whose signature is cut off", "eyJhbGciOiJub25lIn0.eyJzdWIiOjF9", "[redacted]", NULL },
  { "no JWT: two parts", "eyJabc.def", NULL, NULL },
  { "no JWT: one part", "eyJeyJeyJeyJ", NULL, NULL },
  { "JWT inside a part", "eyJa.b/eyJa.b.c", "eyJa.b/[redacted]", NULL },
  { "ICE password and user", "a=ice-ufrag:Ab+/\r\na=ice-pwd:s3cret\r\na=mid:0",
    "a=ice-ufrag:[redacted]\r\na=ice-pwd:[redacted]\r\na=mid:0", NULL },
  { "ICE password in quoted text", "{\\\"sdp\\\":1,\\\"x\\\":\\\"a=ice-pwd:abc\\\\r\\\\na=mid:0\\\"}",
    "{\\\"sdp\\\":1,\\\"x\\\":\\\"a=ice-pwd:[redacted]\\\\r\\\\na=mid:0\\\"}",
    "{\\\"sdp\\\":[redacted],\\\"x\\\":\\\"a=ice-pwd:[redacted]\\\\r\\\\na=mid:0\\\"}" },
  { "fingerprint", "a=fingerprint:sha-256 AA:BB:CC", "a=fingerprint:[redacted]", NULL },
  { "member of JSON in text", "body {\"accessToken\": \"abc def\", \"id\":\"7\"}",
    "body {\"accessToken\": \"[redacted]\", \"id\":\"7\"}", NULL },
  { "member of quoted JSON in text", "{\\\"securityCode\\\":\\\"123456\\\",\\\"n\\\":1}",
    "{\\\"securityCode\\\":\\\"[redacted]\\\",\\\"n\\\":1}", NULL },
  { "query", "GET /x?access_token=abc&id=7#f", "GET /x?access_token=[redacted]&id=7#f", NULL },
  { "a word is no member", "the token: expired; password reset", NULL, NULL },
  { "server member", "{\"address\":\"tel\",\"ip\":\"x\"}", NULL, "{\"address\":\"[redacted]\",\"ip\":\"[redacted]\"}" },
  { "known secret", "using opaque-secret-1 now", "using [redacted] now", NULL },
  { "candidate", "adding " CANDIDATE "\nok", NULL, "adding candidate:[redacted]\nok" },
  { "candidate attribute", "a=" CANDIDATE "\r\na=mid:0", NULL, "a=candidate:[redacted]\r\na=mid:0" },
  { "type of a candidate", "local candidate: srflx", NULL, NULL },
  { "L-50 version of three groups", "version 14.0.0 is out", NULL, NULL },
  { "L-50 version with v", "v1.2.3.4", NULL, NULL },
  { "L-50 address", "from 10.0.0.1 to", NULL, "from [redacted] to" },
  { "address with a port", "(192.168.1.20:65535)", NULL, "([redacted])" },
  { "address in a URL", "http://10.0.0.1:80/a", NULL, "http://[redacted]/a" },
  { "address at the end of a sentence", "It is 10.0.0.1.", NULL, "It is [redacted]." },
  { "not an octet", "10.0.0.256 1.2.3.4000", NULL, NULL },
  { "five groups", "1.2.3.4.5", NULL, NULL },
  { "address after a word", "ip10.0.0.1", NULL, NULL },
  { "browser", "Mozilla/5.0 Chrome/120.0.0.0 Safari/537.36", NULL, NULL },
  { "IPv6", "at 2001:db8::ff00:42:8329, ok", NULL, "at [redacted], ok" },
  { "IPv6 with a port", "[fe80::1]:443", NULL, "[[redacted]]:443" },
  { "IPv6 with a zone", "fe80::1%eth0 up", NULL, "[redacted] up" },
  { "IPv6 loopback", "bound to ::1", NULL, "bound to [redacted]" },
  { "IPv6 with IPv4", "::ffff:10.0.0.1", NULL, "[redacted]" },
  { "IPv6 in full", "2001:0db8:0000:0000:0000:ff00:0042:8329", NULL, "[redacted]" },
  { "IPv6 after a key", "address:fe80::1", NULL, "address:[redacted]" },
  { "IPv6 after what is none", "1.2:fe80::1 deadbeef:fe80::2", NULL, "1.2:[redacted] deadbeef:[redacted]" },
  { "IPv6 before a colon", "fe80::1: no route", NULL, "[redacted]: no route" },
  { "time of day", "12:34:56 and 1:02:03.456 and 2026-01-02T10:20:30.123Z", NULL, NULL },
  { "namespace", "urn:xmpp:jingle:1 std::vector", NULL, NULL },
  { "tel", "call tel:+13175550100;ext=2 now", NULL, "call tel:[redacted] now" },
  { "sip and sips", "<sip:ana@x.org> \"SIPS:b@y\"", NULL, "<sip:[redacted]> \"SIPS:[redacted]\"" },
  { "no URI", "hotel:7 gossip: x", NULL, NULL },
  { "phone number", "from +13175550100@x", NULL, "from [redacted]@x" },
  { "offset of a zone", "12:00 +0100", NULL, NULL },
};

static sp_redactor make(const sp_alloc *alloc) {
  sp_redactor r;
  sp_redactor_init(&r, alloc);
  return r;
}

static void expect_text(const sp_redactor *r, sp_audience audience, sp_str in, sp_str expected, const char *name) {
  sp_buf out;
  sp_buf_init(&out, NULL, SP_MAX_JSON);
  sp_redact_text(r, audience, in, &out);
  if (!sp_str_eq(sp_buf_str(&out), expected)) fail_msg("%s: %.*s", name, SP_STR_ARG(sp_buf_str(&out)));
  sp_buf_free(&out);
}

static void test_texts(void **state) {
  (void)state;
  sp_redactor r = make(NULL);
  assert_int_equal(sp_redactor_learn(&r, SP_STR("opaque-secret-1")), SP_OK);
  for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
    const char *local = texts[i].local ? texts[i].local : texts[i].in;
    const char *server = texts[i].server ? texts[i].server : local;
    expect_text(&r, SP_AUDIENCE_LOCAL, sp_str_from(texts[i].in), sp_str_from(local), texts[i].name);
    expect_text(&r, SP_AUDIENCE_SERVER, sp_str_from(texts[i].in), sp_str_from(server), texts[i].name);
    expect_text(&r, SP_AUDIENCE_SERVER, sp_str_from(server), sp_str_from(server), texts[i].name);
  }
  sp_redactor_free(&r);
}

/* A prefix of a text ends anywhere: no read past its end, and nothing of a token that is whole in it. */
static void test_cut_texts(void **state) {
  (void)state;
  sp_redactor r = make(NULL);
  for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
    sp_str in = sp_str_from(texts[i].in);
    for (size_t len = 0; len <= in.len; len++) {
      sp_str part = test_cut(in, len);
      sp_buf out;
      sp_buf_init(&out, NULL, SP_MAX_JSON);
      sp_redact_text(&r, SP_AUDIENCE_SERVER, part, &out);
      assert_int_equal(sp_buf_status(&out), SP_OK);
      sp_buf_free(&out);
      test_cut_free(part);
    }
  }
  sp_redactor_free(&r);
}

static const struct {
  const char *name, *in, *local, *server;
} values[] = {
  { "scalars", "[1,true,null,\"a\",{}]", NULL, NULL },
  { "L-49 keys for all outputs, any case, any depth",
    "{\"a\":[{\"Access_Token\":\"x\",\"JWT\":1,\"pwd\":{\"b\":2},\"id\":\"7\"}]}",
    "{\"a\":[{\"Access_Token\":\"[redacted]\",\"JWT\":\"[redacted]\",\"pwd\":\"[redacted]\",\"id\":\"7\"}]}", NULL },
  { "L-48 ICE servers", "{\"iceServers\":[{\"urls\":\"turn:t\",\"credential\":\"c\"}]}",
    "{\"iceServers\":[{\"urls\":\"turn:t\",\"credential\":\"[redacted]\"}]}", NULL },
  { "L-47 addresses of a conversation", "{\"p\":[{\"address\":\"x\",\"calls\":[{\"self\":{\"Address\":\"y\"}}]}]}",
    NULL, "{\"p\":[{\"address\":\"[redacted]\",\"calls\":[{\"self\":{\"Address\":\"[redacted]\"}}]}]}" },
  { "strings inside", "{\"m\":\"Bearer abc\",\"n\":[\"10.0.0.1\"]}",
    "{\"m\":\"Bearer [redacted]\",\"n\":[\"10.0.0.1\"]}", "{\"m\":\"Bearer [redacted]\",\"n\":[\"[redacted]\"]}" },
  { "names of members", "{\"10.0.0.1\":1}", NULL, "{\"[redacted]\":1}" },
};

static void expect_json(const sp_redactor *r, sp_audience audience, const char *in, const char *expected) {
  sp_json_doc *doc;
  sp_buf out;
  sp_buf_init(&out, NULL, SP_MAX_JSON);
  assert_int_equal(sp_json_parse(NULL, sp_str_from(in), &doc), SP_OK);
  sp_redact_value(r, audience, sp_json_root(doc), &out);
  if (!sp_str_is(sp_buf_str(&out), expected)) fail_msg("%.*s", SP_STR_ARG(sp_buf_str(&out)));
  sp_json_free(doc);
  sp_buf_free(&out);
}

static void test_values(void **state) {
  (void)state;
  sp_redactor r = make(NULL);
  for (size_t i = 0; i < sizeof values / sizeof *values; i++) {
    const char *local = values[i].local ? values[i].local : values[i].in;
    expect_json(&r, SP_AUDIENCE_LOCAL, values[i].in, local);
    expect_json(&r, SP_AUDIENCE_SERVER, values[i].in, values[i].server ? values[i].server : local);
  }
  sp_redactor_free(&r);
}

/* §6.3.4: a long text is cut first, but never in the middle of a token. */
static void test_long_texts(void **state) {
  (void)state;
  sp_redactor r = make(NULL);
  size_t len = 2 * SP_MAX_REDACTED_TEXT;
  char *text = malloc(len);
  assert_non_null(text);
  memset(text, 'x', len);
  expect_text(&r, SP_AUDIENCE_LOCAL, (sp_str){ text, len }, SP_STR("... [[TRUNCATED]]"), "one word");
  memcpy(text, "some words ", 11);
  expect_text(&r, SP_AUDIENCE_LOCAL, (sp_str){ text, len }, SP_STR("some words... [[TRUNCATED]]"), "words");
  free(text);
  sp_redactor_free(&r);
}

/* Texts that invite to look ahead again and again: ten times the time of the plain one is far from quadratic, and a
   quadratic pass over them would not end within the limit of the test. */
static void test_linear(void **state) {
  (void)state;
  static const char *const units[] = { "eyJ", "eyJ.", "a:",  "::1.",       "10.",     "1:2", "bearer ",  "token",
                                       "\\",  "a=",   "sip", "candidate:", "token= ", "+1",  "token\\\\" };
  sp_redactor r = make(NULL);
  for (size_t i = 0; i < sizeof units / sizeof *units; i++) {
    sp_buf in, out;
    sp_buf_init(&in, NULL, SP_MAX_REDACTED_TEXT);
    sp_buf_init(&out, NULL, SP_MAX_JSON);
    while (in.len + strlen(units[i]) <= SP_MAX_REDACTED_TEXT) sp_buf_add_text(&in, units[i]);
    for (int repeat = 0; repeat < 20; repeat++) {
      sp_buf_reset(&out);
      sp_redact_text(&r, SP_AUDIENCE_SERVER, sp_buf_str(&in), &out);
      assert_int_equal(sp_buf_status(&out), SP_OK);
    }
    sp_buf_free(&in);
    sp_buf_free(&out);
  }
  sp_redactor_free(&r);
}

static void test_known_secrets(void **state) {
  (void)state;
  sp_redactor r = make(NULL);
  assert_int_equal(sp_redactor_learn(&r, SP_STR_NONE), SP_OK);
  assert_int_equal(sp_redactor_learn(&r, SP_STR("short")), SP_OK);
  assert_int_equal(sp_redactor_learn(&r, SP_STR("first-secret")), SP_OK);
  assert_int_equal(sp_redactor_learn(&r, SP_STR("first-secret")), SP_OK);
  expect_text(&r, SP_AUDIENCE_LOCAL, SP_STR("short first-secret"), SP_STR("short [redacted]"), "one");
  char name[] = "secret-0";
  for (size_t i = 0; i < SP_MAX_KNOWN_SECRETS; i++, name[7]++)
    assert_int_equal(sp_redactor_learn(&r, sp_str_from(name)), SP_OK);
  expect_text(&r, SP_AUDIENCE_LOCAL, SP_STR("first-secret secret-0"), SP_STR("first-secret [redacted]"),
              "the oldest goes");
  sp_redactor_free(&r);
}

/* Without memory a text becomes the placeholder, and nothing of it shows. */
static void test_out_of_memory(void **state) {
  (void)state;
  bool failed = true;
  for (size_t n = 1; failed; n++) {
    const sp_alloc *alloc = test_alloc_new(n);
    sp_redactor r = make(alloc);
    sp_buf out;
    sp_json_doc *doc;
    sp_buf_init(&out, alloc, SP_MAX_JSON);
    int learned = sp_redactor_learn(&r, SP_STR("known-secret"));
    assert_true(learned == SP_OK || learned == SP_ENOMEM);
    assert_int_equal(sp_json_parse(NULL, SP_STR("{\"token\":\"abc\",\"m\":\"Bearer abc\"}"), &doc), SP_OK);
    sp_redact_value(&r, SP_AUDIENCE_SERVER, sp_json_root(doc), &out);
    assert_int_equal(sp_str_find(sp_buf_str(&out), "abc", 0), SIZE_MAX);
    sp_json_free(doc);
    sp_buf_free(&out);
    sp_redactor_free(&r);
    assert_int_equal(test_alloc_live(), 0);
    failed = test_alloc_failed();
  }
}

int main(void) {
  const struct CMUnitTest tests[] = {
    { "L-50 L-44 texts of every kind", test_texts, NULL, NULL, NULL },
    { "texts cut at every byte", test_cut_texts, NULL, NULL, NULL },
    { "L-47 L-48 L-49 values of every kind", test_values, NULL, NULL, NULL },
    { "long texts are cut", test_long_texts, NULL, NULL, NULL },
    { "the time is linear", test_linear, NULL, NULL, NULL },
    { "known secrets", test_known_secrets, NULL, NULL, NULL },
    { "every allocation fails in turn", test_out_of_memory, NULL, NULL, NULL },
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
