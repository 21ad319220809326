/* SPDX-License-Identifier: MIT */
#include "base/limits.h"
#include "conversation/event.h"
#include "support.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#define P(id, calls) "{\"id\":\"" id "\",\"userId\":\"u1\",\"purpose\":\"agent\",\"calls\":[" calls "]}"
#define C(id, state) "{\"id\":\"" id "\",\"state\":\"" state "\"}"

static void classes_of_states(void **state) {
  static const struct {
    const char *word;
    sp_call_class class;
  } cases[] = {
    { "alerting", SP_CALL_PENDING },
    { "contacting", SP_CALL_PENDING },
    { "dialing", SP_CALL_CONNECTED },
    { "connected", SP_CALL_CONNECTED },
    { "disconnected", SP_CALL_ENDED },
    { "terminated", SP_CALL_ENDED },
    { "hold", SP_CALL_OTHER },
    { "Connected", SP_CALL_OTHER },
    { "", SP_CALL_OTHER },
    { NULL, SP_CALL_NONE },
  };
  (void)state;
  for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
    assert_int_equal(sp_call_class_of(sp_str_from(cases[i].word)), cases[i].class);
}

/* sessions.md §7.2. */
static void the_participant_of_the_user(void **state) {
  static const struct {
    const char *participants, *wanted, *id;
  } cases[] = {
    { "", NULL, NULL },
    { "{\"id\":\"x\",\"userId\":\"u2\"},{\"id\":\"y\"},7,null", NULL, NULL },
    { P("a", ""), NULL, "a" },
    { P("a", C("1", "connected")) "," P("b", ""), NULL, "a" },
    { P("a", "") "," P("b", ""), NULL, "b" },
    { P("a", C("1", "connected")) "," P("b", C("2", "disconnected")), NULL, "b" },
    { P("a", C("1", "connected")) "," P("b", C("2", "disconnected")), "connected", "a" },
    { P("a", C("1", "connected")) "," P("b", C("2", "connected")), "connected", "b" },
    { P("a", C("1", "alerting")) "," P("b", ""), "connected", "a" },
    { P("a", "") "," P("b", ""), "connected", "b" },
    { P("a", "") ",{\"id\":\"v\",\"userId\":\"u1\",\"purpose\":\"voicemail\",\"calls\":[" C("1", "connected") "]}",
      "connected", "a" },
    { "{\"id\":\"v\",\"userId\":\"u1\",\"purpose\":\"voicemail\"}", NULL, NULL },
    { "{\"id\":\"n\",\"userId\":\"u1\"}", NULL, "n" },
  };
  (void)state;
  for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
    sp_buf text;
    sp_json_doc *doc;
    sp_buf_init(&text, NULL, SP_MAX_JSON);
    sp_buf_add_text(&text, "{\"participants\":[");
    sp_buf_add_text(&text, cases[i].participants);
    sp_buf_add_text(&text, "]}");
    assert_int_equal(sp_json_parse(NULL, sp_buf_str(&text), &doc), SP_OK);
    const sp_json *found = sp_conversation_participant(sp_json_root(doc), SP_STR("u1"), sp_str_from(cases[i].wanted));
    if ((found != NULL) != (cases[i].id != NULL) || !sp_str_eq(sp_json_get_str(found, "id"), sp_str_from(cases[i].id)))
      fail_msg("case %u", (unsigned)i);
    assert_null(sp_conversation_participant(sp_json_root(doc), SP_STR_NONE, SP_STR_NONE));
    sp_json_free(doc);
    sp_buf_free(&text);
  }
  assert_null(sp_conversation_participant(NULL, SP_STR("u1"), SP_STR_NONE));
}

static void the_call_that_counts(void **state) {
  static const struct {
    const char *calls, *id;
  } cases[] = {
    { "{}", NULL },
    { "{\"calls\":[]}", NULL },
    { "{\"calls\":[" C("1", "terminated") "]}", "1" },
    { "{\"calls\":[" C("1", "connected") "," C("2", "disconnected") "]}", "1" },
    { "{\"calls\":[" C("1", "connected") "," C("2", "connected") "]}", "2" },
    { "{\"calls\":[" C("1", "connected") "," C("2", "hold") "," C("3", "terminated") "]}", "3" },
    { "{\"calls\":[" C("1", "terminated") "," C("2", "disconnected") "]}", "2" },
    { "{\"calls\":[{\"id\":\"1\"}," C("2", "disconnected") "]}", "1" },
  };
  (void)state;
  for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
    sp_json_doc *doc;
    assert_int_equal(sp_json_parse(NULL, sp_str_from(cases[i].calls), &doc), SP_OK);
    const sp_json *call = sp_conversation_call(sp_json_root(doc));
    if (!sp_str_eq(sp_json_get_str(call, "id"), sp_str_from(cases[i].id))) fail_msg("case %u", (unsigned)i);
    sp_json_free(doc);
  }
  assert_null(sp_conversation_call(NULL));
}

static void check_normalised(const char *in, const char *out) {
  sp_json_doc *doc;
  sp_buf text;
  sp_buf_init(&text, NULL, SP_MAX_JSON);
  assert_int_equal(sp_json_parse(NULL, sp_str_from(in), &doc), SP_OK);
  sp_conversation_write(&text, sp_json_root(doc), NULL);
  assert_int_equal(sp_buf_status(&text), SP_OK);
  if (!sp_str_is(sp_buf_str(&text), out)) fail_msg("%.*s", SP_STR_ARG(sp_buf_str(&text)));
  sp_json_free(doc);
  sp_buf_free(&text);
}

/* sessions.md §7.1: the kept members, and nothing else. */
static void only_the_kept_members_are_written(void **state) {
  (void)state;
  check_normalised(
      "{\"maxParticipants\":2,\"id\":\"c\",\"participants\":[{\"queueId\":\"q\",\"id\":\"p\",\"purpose\":"
      "\"agent\","
      "\"userId\":\"u\",\"address\":\"sip:a\",\"state\":\"connected\",\"direction\":\"inbound\",\"muted\":"
      "false,"
      "\"confined\":true,\"extra\":1,\"videos\":[{\"context\":\"v\",\"audioMuted\":true,\"videoMuted\":false,"
      "\"id\":\"w\",\"state\":\"connected\",\"peerCount\":2,\"sharingScreen\":false,\"x\":0}],\"calls\":[{"
      "\"recording\":false,\"id\":\"k\",\"state\":\"connected\",\"muted\":true,\"confined\":false,\"held\":"
      "null,"
      "\"direction\":\"inbound\",\"provider\":\"Edge\",\"errorInfo\":{\"code\":\"e\",\"messageParams\":{"
      "\"p\":\"1\"}}"
      ",\"disconnectType\":\"transfer\"}]}]}",
      "{\"id\":\"c\",\"participants\":[{\"id\":\"p\",\"purpose\":\"agent\",\"userId\":\"u\",\"address\":"
      "\"sip:a\","
      "\"state\":\"connected\",\"direction\":\"inbound\",\"muted\":false,\"confined\":true,\"videos\":[{"
      "\"context\":\"v\",\"audioMuted\":true,\"videoMuted\":false,\"id\":\"w\",\"state\":\"connected\","
      "\"peerCount\":2,\"sharingScreen\":false}],\"calls\":[{\"id\":\"k\",\"state\":\"connected\",\"muted\":"
      "true,"
      "\"confined\":false,\"held\":null,\"direction\":\"inbound\",\"provider\":\"Edge\",\"errorInfo\":{"
      "\"code\":\"e\",\"messageParams\":{\"p\":\"1\"}}}]}]}");
}

static void missing_lists_become_empty_ones(void **state) {
  (void)state;
  check_normalised("{\"id\":\"c\"}", "{\"id\":\"c\",\"participants\":[]}");
  check_normalised("{\"id\":\"c\",\"participants\":null}", "{\"id\":\"c\",\"participants\":[]}");
  check_normalised("{\"id\":\"c\",\"participants\":{\"a\":{}}}", "{\"id\":\"c\",\"participants\":[]}");
  check_normalised("{\"participants\":[{},7,{\"videos\":1,\"calls\":[{},null]}]}",
                   "{\"participants\":[{\"videos\":[],\"calls\":[]},{\"videos\":[],\"calls\":[{}]}]}");
  check_normalised("[]", "{\"participants\":[]}");
}

int main(void) {
  const struct CMUnitTest tests[] = {
    cmocka_unit_test(classes_of_states),
    cmocka_unit_test(the_participant_of_the_user),
    cmocka_unit_test(the_call_that_counts),
    cmocka_unit_test(only_the_kept_members_are_written),
    cmocka_unit_test(missing_lists_become_empty_ones),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
