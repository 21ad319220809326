/* SPDX-License-Identifier: MIT */
#include "config/jwt.h"

#include "base/base64.h"
#include "base/status.h"
#include "support.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

/* "e30." and the payload in base64url and ".sig". */
static sp_str token_of(sp_buf *out, sp_str payload) {
  sp_buf_reset(out);
  sp_buf_add_text(out, "e30.");
  size_t from = out->len;
  sp_base64_encode(out, payload);
  while (out->len > from && out->data[out->len - 1] == '=') out->len--;
  for (size_t i = from; i < out->len; i++) {
    if (out->data[i] == '+') out->data[i] = '-';
    if (out->data[i] == '/') out->data[i] = '_';
  }
  sp_buf_add_text(out, ".sig");
  return sp_buf_str(out);
}

static const struct {
  const char *name, *payload;
  int status;
  const char *why;
} payloads[] = {
  { "jid alone", "{\"data\":{\"jid\":\"a@b.c\"}}", SP_OK, NULL },
  { "a domain is a JID", "{\"data\":{\"jid\":\"b.c\"}}", SP_OK, NULL },
  { "UTF-8", "{\"name\":\"Zo\xc3\xab\",\"data\":{\"jid\":\"a@b.c/\xc3\xab\"}}", SP_OK, NULL },
  { "other types are absent", "{\"org\":7,\"name\":null,\"iss\":[],\"data\":{\"jid\":\"a@b\",\"uid\":{}}}", SP_OK,
    NULL },
  { "no data", "{\"iss\":\"x\"}", SP_ESYNTAX, "it has no usable data.jid" },
  { "jid is no text", "{\"data\":{\"jid\":1}}", SP_ESYNTAX, "it has no usable data.jid" },
  { "empty jid", "{\"data\":{\"jid\":\"\"}}", SP_ESYNTAX, "it has no usable data.jid" },
  { "no domain", "{\"data\":{\"jid\":\"a@/r\"}}", SP_ESYNTAX, "it has no usable data.jid" },
  { "not an object", "[1]", SP_ESYNTAX, "its payload is not an object" },
  { "not JSON", "{\"data\":", SP_ESYNTAX, "its payload is not JSON" },
};

static void payloads_are_read(void **state) {
  (void)state;
  sp_buf text;
  sp_buf_init(&text, NULL, 4096);
  for (size_t i = 0; i < sizeof payloads / sizeof *payloads; i++) {
    sp_jwt jwt;
    const char *why = NULL;
    int rc = sp_jwt_read(test_alloc_new(0), token_of(&text, sp_str_from(payloads[i].payload)), &jwt, &why);
    if (rc != payloads[i].status) fail_msg("%s: %d", payloads[i].name, rc);
    if (rc != SP_OK) assert_string_equal(why, payloads[i].why);
    if (rc == SP_OK) assert_true(jwt.jid.len > 0);
    sp_jwt_free(&jwt);
    assert_int_equal(test_alloc_live(), 0);
  }
  sp_buf_free(&text);
}

static const struct {
  const char *text, *why;
} broken[] = {
  { "", "it does not have three parts" },      { "abc", "it does not have three parts" },
  { "a.b", "it does not have three parts" },   { "a.b.c.d", "it does not have three parts" },
  { "a..c", "its payload is empty" },          { "a.b!c.d", "its payload is not base64url" },
  { "a.b.c", "its payload is not base64url" }, { "a.e30==.c", "its payload is not base64url" },
  { "a.AAAA.c", "its payload is not JSON" },
};

static void broken_texts(void **state) {
  (void)state;
  for (size_t i = 0; i < sizeof broken / sizeof *broken; i++) {
    sp_jwt jwt;
    const char *why = NULL;
    assert_int_equal(sp_jwt_read(test_alloc_new(0), sp_str_from(broken[i].text), &jwt, &why), SP_ESYNTAX);
    assert_string_equal(why, broken[i].why);
    assert_int_equal(jwt.jid.len, 0);
    assert_int_equal(test_alloc_live(), 0);
  }
}

static void a_long_text_is_refused(void **state) {
  (void)state;
  static char text[SP_MAX_JWT + 1];
  sp_jwt jwt;
  const char *why = NULL;
  memset(text, 'A', sizeof text);
  text[4] = text[sizeof text - 4] = '.';
  assert_int_equal(sp_jwt_read(NULL, (sp_str){ text, sizeof text }, &jwt, &why), SP_ELIMIT);
  assert_string_equal(why, "it is longer than 16 KiB");
}

static sp_str whole(sp_buf *out) {
  return token_of(out, SP_STR("{\"iss\":\"urn:purecloud:screenrecording\",\"org\":\"o1\",\"name\":\"N\",\"data\":{"
                              "\"jid\":\"room@conference.acme.orgspan.com\",\"uid\":\"u1\",\"conversationId\":"
                              "\"c1\",\"sourceCommunicationId\":\"s1\"}}"));
}

static void every_claim(void **state) {
  (void)state;
  sp_buf text;
  sp_buf_init(&text, NULL, 4096);
  sp_jwt jwt;
  assert_int_equal(sp_jwt_read(NULL, whole(&text), &jwt, NULL), SP_OK);
  assert_true(sp_str_is(jwt.jid, "room@conference.acme.orgspan.com"));
  assert_true(sp_str_is(jwt.user_id, "u1"));
  assert_true(sp_str_is(jwt.conversation_id, "c1"));
  assert_true(sp_str_is(jwt.source_communication_id, "s1"));
  assert_true(sp_str_is(jwt.organization_id, "o1"));
  assert_true(sp_str_is(jwt.name, "N"));
  sp_jwt_free(&jwt);
  sp_jwt_free(&jwt);
  sp_buf_free(&text);
}

static void cut_at_every_byte(void **state) {
  (void)state;
  sp_buf text;
  sp_buf_init(&text, NULL, 4096);
  sp_str all = whole(&text);
  for (size_t len = 0; len + 4 < all.len; len++) { /* what is cut off the signature does not matter */
    sp_jwt jwt;
    sp_str cut = test_cut(all, len);
    assert_int_equal(sp_jwt_read(NULL, cut, &jwt, NULL), SP_ESYNTAX);
    test_cut_free(cut);
  }
  sp_buf_free(&text);
}

static void every_allocation_fails_once(void **state) {
  (void)state;
  sp_buf text;
  sp_buf_init(&text, NULL, 4096);
  sp_str all = whole(&text);
  for (size_t n = 1, done = 0; !done; n++) {
    sp_jwt jwt;
    int rc = sp_jwt_read(test_alloc_new(n), all, &jwt, NULL);
    done = !test_alloc_failed();
    assert_int_equal(rc, done ? SP_OK : SP_ENOMEM);
    sp_jwt_free(&jwt);
    assert_int_equal(test_alloc_live(), 0);
  }
  sp_buf_free(&text);
}

int main(void) {
  const struct CMUnitTest tests[] = {
    { "W-4.6 claims of the payload", payloads_are_read, NULL, NULL, NULL },
    { "W-4.6 what is no JWT", broken_texts, NULL, NULL, NULL },
    cmocka_unit_test(a_long_text_is_refused),
    { "W-4.6 every claim", every_claim, NULL, NULL, NULL },
    cmocka_unit_test(cut_at_every_byte),
    cmocka_unit_test(every_allocation_fails_once),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
