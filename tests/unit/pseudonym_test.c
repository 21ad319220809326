/* SPDX-License-Identifier: MIT */
#include "base/base64.h"
#include "base/limits.h"
#include "recorder/pseudonym.h"
#include "support.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define WORDS                                                                                                          \
  "state\0conversationId\0auth name id Bearer body candidate host udp typ ice ufrag mid audio amp quot active sdp "    \
  "usernamefragment type token href https wss api Chrome authKey data jid message xmlns text"

static uint8_t key[SP_SEED_BYTES] = { 1, 2, 3 };
static sp_words words;
static sp_pseudonyms pseudonyms;

/* The pseudonym of a text; free() it. */
static char *of(sp_str text) {
  sp_buf out;
  sp_buf_init(&out, NULL, SP_MAX_JSON);
  sp_pseudonym_text(&pseudonyms, text, &out);
  assert_int_equal(sp_buf_status(&out), SP_OK);
  sp_buf_add_char(&out, '\0');
  return out.data;
}

static char *of_text(const char *text) {
  return of(sp_str_from(text));
}

/* "kept": as it is. "gone": not one of these words is left, but the length is. */
static const struct {
  const char *name, *in;
  const char *const gone[5];
} texts[] = {
  { "words of the program", "{\"state\":\"active\",\"conversationId\":\"\"}", { NULL } },
  { "an end of one, from four letters on", "<ationId rsationId='Id'/>", { NULL } },
  { "no shorter one", "<a nId=''/>", { "nId", NULL } },
  { "camel case of a word", "usernameFragment", { NULL } },
  { "other capitals of it", "Usernamefragment", { "Usernamefragment", NULL } },
  { "one or two letters", "a b1 cd", { NULL } },
  { "small numbers", "1 22 333 m=9 0 126", { NULL } },
  { "numbers of JSON", "{\"id\":1234567,\"x\":-12.75e-3,\"id\": 98765}", { NULL } },
  { "numbers of quoted JSON", "{\\\"id\\\":1234567}", { NULL } },
  { "numbers of JSON in XML", "<body>{&quot;id&quot;:1234567}</body>", { NULL } },
  { "short numbers of an array", "[720928,4096]", { NULL } },
  { "dates", "2024-02-29T23:59:59.999Z 2024-02-29 2024-02-29T23:59:59+0100", { NULL } },
  { "no host and this host", "0.0.0.0 127.0.0.1", { NULL } },
  { "version of a browser", "Chrome/120.0.1.2", { NULL } },
  { "percent escapes", "a%2Fb%3A", { NULL } },
  { "a name", "{\"name\":\"Ada Lovelace\"}", { "Ada", "Lovelace", NULL } },
  { "a name in capital letters", "ADA", { "ADA", NULL } },
  { "a word in another case is none of ours", "STATE", { "STATE", NULL } },
  { "a phone number", "tel:+13175550123", { "3175550123", "13175550123", "0123", NULL } },
  { "a written phone number", "+1 (317) 555-0123", { "317", "555", "0123", NULL } },
  { "an American one", "(317) 555-0123", { "317", "555", "0123", NULL } },
  { "one with dashes", "317-555-0123", { "317", "555", "0123", NULL } },
  { "e-mail and JID", "ada.l@example.org/res1", { "ada", "example", "org", "res1", NULL } },
  { "a token", "Bearer aBc-dEf_gHi123~xyz", { "aBc", "dEf", "gHi123", "xyz", NULL } },
  { "after an escape", "\\nAda\\tBob\\\\rEve", { "Ada", "Bob", "Eve", NULL } },
  { "long number", "12345678901234567890", { "2345678901234567890", NULL } },
  { "fingerprint", "AA:BB:CC:DD:EE:FF:00:11:22:33:44:55:66:77:88:99", { "AA:BB", "66:77:88:99", NULL } },
};

static void test_texts(void **state) {
  (void)state;
  for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
    char *out = of_text(texts[i].in);
    bool is_kept = strcmp(out, texts[i].in) == 0;
    if (is_kept != (texts[i].gone[0] == NULL) || strlen(out) != strlen(texts[i].in))
      fail_msg("%s: %s", texts[i].name, out);
    for (const char *const *gone = texts[i].gone; *gone; gone++)
      if (strstr(out, *gone)) fail_msg("%s: %s", texts[i].name, out);
    free(out);
  }
}

/* The texts mean the same and are written in two ways, or one is a part of the other: so are their pseudonyms. */
static const struct {
  const char *name, *one, *other;
  bool is_part; /* `other` occurs in `one` */
} pairs[] = {
  { "phone number with and without separators", "13175550123", "tel:+1 317-555-0123", false },
  { "bare JID of a full one", "ada@example.org/res", "ada@example.org", true },
  { "domain of a JID", "ada@example.org/res", "example.org", true },
  { "user of a JID", "ada@example.org/res", "ada", true },
  { "id of a topic", "v2.users.0a1b2c3d-1111-4222-8333-444455556666.station", "0a1b2c3d-1111-4222-8333-444455556666",
    true },
  { "line of a quoted description", "\"v=0\\r\\na=ice-ufrag:Xy7Z\\r\\n\"", "a=ice-ufrag:Xy7Z", true },
  { "value of an attribute", "<message id='Ada'/>", "Ada", true },
  { "address of a candidate", "candidate:1 1 udp 2122260223 10.1.2.3 51000 typ host", "10.1.2.3", true },
  { "port of a candidate", "candidate:1 1 udp 2122260223 10.1.2.3 51000 typ host", "51000", true },
  { "address in another candidate", "10.1.2.3:5060", "10.1.2.3", true },
  { "IPv6 address", "c=IN IP6 fd00::12:34af", "fd00::12:34af", true },
  { "token in a header", "Bearer abc_def-ghi", "abc_def-ghi", true },
};

static void test_parts(void **state) {
  (void)state;
  for (size_t i = 0; i < sizeof pairs / sizeof *pairs; i++) {
    char *one = of_text(pairs[i].one), *other = of_text(pairs[i].other);
    if (pairs[i].is_part && !strstr(one, other)) fail_msg("%s: %s, %s", pairs[i].name, one, other);
    if (!pairs[i].is_part) {
      char digits[64];
      size_t n = 0;
      for (const char *c = other; *c; c++)
        if (*c >= '0' && *c <= '9') digits[n++] = *c;
      digits[n] = '\0';
      assert_string_equal(digits, one);
    }
    free(one);
    free(other);
  }
}

static void test_letter_case_commutes(void **state) {
  (void)state;
  char *small = of_text("lovelace7x"), *capital = of_text("LoveLACE7X");
  assert_string_not_equal(small, capital);
  for (char *c = capital; *c; c++) *c = sp_lower(*c);
  assert_string_equal(small, capital);
  free(small);
  free(capital);
}

/* The core writes fingerprints in capital letters. */
static void test_capital_letters_too(void **state) {
  (void)state;
  char *small = of_text("ab:c1:d2:e3:f4:05:16:27:38:49"), *capital = of_text("AB:C1:D2:E3:F4:05:16:27:38:49");
  for (char *c = small; *c; c++)
    if (*c >= 'a') *c = (char)(*c - 'a' + 'A');
  assert_string_equal(small, capital);
  free(small);
  free(capital);
}

/* Quoted, escaped or plain: the same comes out. */
static void test_letters_that_are_not_ascii(void **state) {
  (void)state;
  static const struct {
    const char *in, *out;
  } cases[] = {
    { "\xC3\xBC.", "?." },       { "\\u00fc.", "?." },
    { "\\\\u00FC.", "?." },      { "\xE4\xBA\xAC.", "?." },
    { "\\u4eac.", "?." },        { "\xF0\x9F\x8E\x89.", "?." },
    { "\\ud83c\\udf89.", "?." }, { "\\u0026", "\\u0026" },
    { "\x80\xFF\xC3", "??" },    { "&#x3c;&#38;", "&#x3c;&#38;" },
  };
  for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
    char *out = of_text(cases[i].in);
    assert_string_equal(out, cases[i].out);
    free(out);
  }
}

static void test_uuids(void **state) {
  (void)state;
  static const char id[] = "0A1b2c3d-1111-4222-8333-444455556666";
  char *out = of_text(id);
  assert_string_not_equal(out, id);
  assert_int_equal(strlen(out), 36);
  assert_int_equal(out[14], '4');
  assert_true(strchr("89AB", out[19]) != NULL);
  free(out);
}

/* What is inside is replaced, and can still be read. */
static void test_jwt(void **state) {
  (void)state;
  /* {"alg":"HS256"} . {"data":{"jid":"ada@example.org"},"exp":1700000000} . signature */
  static const char token[] = "eyJhbGciOiJIUzI1NiJ9."
                              "eyJkYXRhIjp7ImppZCI6ImFkYUBleGFtcGxlLm9yZyJ9LCJleHAiOjE3MDAwMDAwMDB9.c2lnbmF0dXJl";
  char *out = of_text(token), *jid = of_text("ada@example.org");
  assert_int_equal(strlen(out), sizeof token - 1);
  assert_null(strstr(out, "c2lnbmF0dXJl"));
  sp_str payload =
      sp_str_slice(sp_str_from(out), strlen("eyJhbGciOiJIUzI1NiJ9."), sizeof token - 1 - strlen(".c2lnbmF0dXJl"));
  sp_buf plain;
  sp_buf_init(&plain, NULL, 4096);
  assert_int_equal(sp_base64_decode(&plain, payload), SP_OK);
  sp_buf_add_char(&plain, '\0');
  assert_non_null(strstr(plain.data, jid));
  assert_non_null(strstr(plain.data, "{\"data\":{\"jid\":\""));
  assert_non_null(strstr(plain.data, ":1700000000}"));
  sp_buf_free(&plain);
  free(out);
  free(jid);
}

static void test_sasl(void **state) {
  (void)state;
  static const char inside[] = "\0ada@example.org\0authKey:t0ken-se_cret";
  sp_buf frame, plain;
  sp_buf_init(&frame, NULL, 4096);
  sp_buf_init(&plain, NULL, 4096);
  sp_buf_add_text(&frame, "<auth>");
  sp_base64_encode(&frame, (sp_str){ inside, sizeof inside - 1 });
  sp_buf_add_text(&frame, "</auth>");
  char *out = of(sp_buf_str(&frame)), *jid = of_text("ada@example.org"), *token = of_text("t0ken-se_cret");
  assert_int_equal(strlen(out), frame.len);
  assert_int_equal(sp_base64_decode(&plain, sp_str_slice(sp_str_from(out), 6, frame.len - 7)), SP_OK);
  assert_int_equal(plain.len, sizeof inside - 1);
  assert_memory_equal(plain.data + 1, jid, strlen(jid));
  assert_memory_equal(plain.data + 1 + strlen(jid) + 1, "authKey:", 8);
  assert_memory_equal(plain.data + 1 + strlen(jid) + 9, token, strlen(token));
  sp_buf_free(&frame);
  sp_buf_free(&plain);
  free(out);
  free(jid);
  free(token);
}

static void test_addresses(void **state) {
  (void)state;
  char *four = of_text("at 10.1.2.3:5060;"), *six = of_text("2a02:8070:1:2:3:4:5:6 ::ffff:1.2.3.4");
  assert_non_null(strstr(four, "at 203.0.113."));
  assert_non_null(strstr(six, "2001:db8::"));
  assert_null(strstr(six, "8070"));
  assert_null(strstr(six, "1.2.3.4"));
  free(four);
  free(six);
}

/* A number that fits into a type still does. */
static void test_numbers_do_not_grow(void **state) {
  (void)state;
  static const char *const most[] = { "4294967295", "18446744073709551615", "65535", "2147483647" };
  for (size_t i = 0; i < sizeof most / sizeof *most; i++) {
    char *out = of_text(most[i]);
    assert_int_equal(strlen(out), strlen(most[i]));
    assert_true(strcmp(out, most[i]) < 0);
    assert_int_equal(out[0], most[i][0]);
    free(out);
  }
}

/* Another key gives others. */
static void test_key(void **state) {
  (void)state;
  char *one = of_text("Lovelace");
  key[9] ^= 1;
  char *other = of_text("Lovelace");
  key[9] ^= 1;
  assert_string_not_equal(one, other);
  free(one);
  free(other);
}

static void test_allocations(void **state) {
  (void)state;
  for (size_t n = 1, done = 0; !done; n++) {
    const sp_alloc *alloc = test_alloc_new(n);
    sp_words known;
    sp_buf out;
    sp_buf_init(&out, alloc, SP_MAX_JSON);
    if (sp_words_init(&known, alloc, SP_STR(WORDS)) == SP_OK) {
      sp_pseudonyms p = { alloc, key, &known };
      sp_pseudonym_text(
          &p, SP_STR("<auth>AGFkYQBzM2NyM3Q=</auth> eyJhbGciOiJIUzI1NiJ9.eyJhIjoiYiJ9.c2ln 1.2.3.4 s3cr3t"), &out);
      sp_str text = { out.data, out.len };
      assert_true(out.status == SP_OK || out.status == SP_ENOMEM);
      assert_int_equal(sp_str_find(text, "s3cr3t", 0), SIZE_MAX);
      assert_int_equal(sp_str_find(text, "AGFkYQ", 0), SIZE_MAX);
      sp_words_free(&known);
    }
    sp_buf_free(&out);
    assert_int_equal(test_alloc_live(), 0);
    done = !test_alloc_failed();
  }
}

int main(void) {
  if (sp_words_init(&words, NULL, SP_STR(WORDS)) != SP_OK) return 1;
  pseudonyms = (sp_pseudonyms){ NULL, key, &words };
  const struct CMUnitTest tests[] = {
    cmocka_unit_test(test_texts),
    cmocka_unit_test(test_parts),
    cmocka_unit_test(test_letter_case_commutes),
    cmocka_unit_test(test_capital_letters_too),
    cmocka_unit_test(test_letters_that_are_not_ascii),
    cmocka_unit_test(test_uuids),
    cmocka_unit_test(test_jwt),
    cmocka_unit_test(test_sasl),
    cmocka_unit_test(test_addresses),
    cmocka_unit_test(test_numbers_do_not_grow),
    cmocka_unit_test(test_key),
    cmocka_unit_test(test_allocations),
  };
  int failed = cmocka_run_group_tests_name("pseudonym", tests, NULL, NULL);
  sp_words_free(&words);
  return failed;
}
