/* SPDX-License-Identifier: MIT */
#include "signaling/sdp_rpc.h"

#include "base/limits.h"
#include "support.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

/* tests/fixtures/signaling/rpc-<name>.xml is the stanza, rpc-<name>.txt what is read from it or the status.
 */
static const char *const stanzas[] = {
  "offer",          "reinvite",  "candidate",   "end-of-candidates", "terminate",
  "terminate-bare", "info",      "mute",        "unknown-method",    "bad-json",
  "not-an-object",  "no-method", "no-session",  "number-session",    "offer-without-sdp",
  "empty",          "result",    "other-child", "message",
};
static const size_t stanza_count = sizeof stanzas / sizeof *stanzas;

static const char *const words[] = {
  [SP_RPC_NONE] = "none",     [SP_RPC_OFFER] = "offer",
  [SP_RPC_ANSWER] = "answer", [SP_RPC_ICE_CANDIDATE] = "iceCandidate",
  [SP_RPC_INFO] = "info",     [SP_RPC_TERMINATE] = "terminate",
  [SP_RPC_MUTE] = "mute",     [SP_RPC_UNMUTE] = "unmute",
  [SP_RPC_OTHER] = "other",
};

static sp_str fixture(const char *name, const char *suffix) {
  char path[128];
  snprintf(path, sizeof path, "signaling/rpc-%s.%s", name, suffix);
  return read_fixture(path);
}

/* CR and LF stand as \r and \n. */
static void add_line(sp_buf *out, const char *name, sp_str value) {
  if (!value.len) return;
  sp_buf_add_text(out, name);
  sp_buf_add_char(out, ' ');
  for (size_t i = 0; i < value.len; i++) {
    if (value.ptr[i] == '\r') sp_buf_add_text(out, "\\r");
    else if (value.ptr[i] == '\n') sp_buf_add_text(out, "\\n");
    else sp_buf_add_char(out, value.ptr[i]);
  }
  sp_buf_add_char(out, '\n');
}

static void describe(int status, const sp_rpc *rpc, sp_buf *out) {
  if (status != SP_OK) {
    sp_buf_add_text(out, sp_status_name(status));
    sp_buf_add_char(out, '\n');
    return;
  }
  add_line(out, words[rpc->method], rpc->session_id);
  add_line(out, "from", rpc->from);
  add_line(out, "id", rpc->id);
  add_line(out, "conversation", rpc->conversation_id);
  add_line(out, "sdp", rpc->sdp);
  add_line(out, "reason", rpc->reason);
  add_line(out, "status", rpc->status);
  add_line(out, "type", rpc->type);
  if (rpc->reinvite) sp_buf_add_text(out, "reinvite\n");
}

static void read_fixture_with(const sp_alloc *alloc, const char *name) {
  sp_arena arena;
  sp_buf got;
  sp_rpc rpc;
  sp_xml *stanza = NULL;
  sp_arena_init(&arena, NULL, SP_MAX_SCRATCH);
  sp_buf_init(&got, NULL, SP_MAX_FRAME);
  assert_int_equal(sp_xml_read(&arena, fixture(name, "xml"), &stanza, NULL), SP_OK);
  int status = sp_rpc_read(alloc, stanza, &rpc);
  if (status != SP_ENOMEM || !test_alloc_failed()) {
    describe(status, &rpc, &got);
    if (!sp_str_eq(sp_buf_str(&got), fixture(name, "txt"))) fail_msg("%s: %.*s", name, SP_STR_ARG(sp_buf_str(&got)));
  }
  assert_int_equal(rpc.method != SP_RPC_NONE, status == SP_OK);
  if (status != SP_OK) assert_null(rpc.doc);
  sp_rpc_free(&rpc);
  sp_rpc_free(&rpc); /* harmless */
  sp_buf_free(&got);
  sp_arena_free(&arena);
}

static void stanzas_are_read(void **state) {
  (void)state;
  for (size_t i = 0; i < stanza_count; i++) {
    bool failed = true;
    for (size_t n = 0; failed; n++) {
      read_fixture_with(test_alloc_new(n), stanzas[i]);
      assert_int_equal(test_alloc_live(), 0);
      failed = n == 0 || test_alloc_failed();
    }
  }
}

static void cut_stanzas_are_errors(void **state) {
  (void)state;
  for (size_t i = 0; i < stanza_count; i++) {
    sp_str whole = sp_str_trim(fixture(stanzas[i], "xml"));
    for (size_t len = 1; len < whole.len; len++) {
      sp_arena arena;
      sp_xml *stanza = NULL;
      sp_arena_init(&arena, NULL, SP_MAX_SCRATCH);
      sp_str part = test_cut(whole, len);
      assert_int_equal(sp_xml_read(&arena, part, &stanza, NULL), SP_ESYNTAX);
      sp_arena_free(&arena);
      test_cut_free(part);
    }
  }
}

/* <iq type="set"><genesys-webrtc xmlns="genesys">json</genesys-webrtc></iq> as the reader gives it. */
static int read_json(const sp_alloc *alloc, sp_str json, sp_rpc *rpc) {
  sp_xml_attr from = { .name = SP_STR("from"), .value = SP_STR("p@gjoll.x/r") };
  sp_xml_attr type = { .name = SP_STR("type"), .value = SP_STR("set"), .next = &from };
  sp_xml child = { .ns = SP_STR("genesys"), .name = SP_STR("genesys-webrtc"), .text = json };
  sp_xml iq = { .ns = SP_STR("jabber:client"), .name = SP_STR("iq"), .attrs = &type, .children = &child };
  return sp_rpc_read(alloc, &iq, rpc);
}

/* wire.md D5: what is wrong with the JSON is confined to its stanza. */
static void cut_json_is_an_error(void **state) {
  (void)state;
  const sp_str whole = SP_STR("{\"jsonrpc\":\"2.0\",\"id\":\"offer-1\",\"method\":\"offer\",\"params\":"
                              "{\"sessionId\":\"s1\",\"sdp\":\"v=0\\r\\n\\u00e9\",\"reinvite\":false}}");
  for (size_t len = 0; len <= whole.len; len++) {
    sp_rpc rpc;
    sp_str part = test_cut(whole, len);
    int status = read_json(test_alloc_new(0), part, &rpc);
    assert_int_equal(status, len < whole.len ? SP_ESYNTAX : SP_OK);
    sp_rpc_free(&rpc);
    test_cut_free(part);
    assert_int_equal(test_alloc_live(), 0);
  }
}

static void values_of_other_types(void **state) {
  static const struct {
    const char *json;
    int status;
    bool reinvite;
  } cases[] = {
    { "{\"method\":\"offer\",\"params\":{\"sessionId\":\"s\",\"sdp\":\"v\",\"reinvite\":true}}", SP_OK, true },
    { "{\"method\":\"offer\",\"params\":{\"sessionId\":\"s\",\"sdp\":\"v\",\"reinvite\":1}}", SP_OK, true },
    { "{\"method\":\"offer\",\"params\":{\"sessionId\":\"s\",\"sdp\":\"v\",\"reinvite\":null}}", SP_OK, false },
    { "{\"method\":\"offer\",\"params\":{\"sessionId\":\"s\",\"sdp\":\"v\"}}", SP_OK, false },
    { "{\"method\":\"offer\",\"params\":{\"sessionId\":\"s\",\"sdp\":7}}", SP_ESYNTAX, false },
    { "{\"method\":\"Offer\",\"params\":{\"sessionId\":\"s\"}}", SP_OK, false },
    { "{\"method\":[],\"params\":{\"sessionId\":\"s\"}}", SP_ESYNTAX, false },
    { "{\"method\":\"info\",\"params\":[\"s\"]}", SP_ESYNTAX, false },
    { "{\"method\":\"info\"}", SP_ESYNTAX, false },
    { "{\"method\":\"info\",\"params\":{\"sessionid\":\"s\"}}", SP_ESYNTAX, false },
    { "null", SP_ESYNTAX, false },
    { "{\"method\":\"info\",\"params\":{\"sessionId\":\"s\"}} {}", SP_ESYNTAX, false },
  };
  (void)state;
  for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
    sp_rpc rpc;
    int status = read_json(NULL, sp_str_from(cases[i].json), &rpc);
    if (status != cases[i].status || rpc.reinvite != cases[i].reinvite) fail_msg("%s", cases[i].json);
    sp_rpc_free(&rpc);
  }
}

static void descriptions_are_bounded(void **state) {
  (void)state;
  for (size_t over = 0; over <= 1; over++) {
    sp_buf json;
    sp_rpc rpc;
    sp_buf_init(&json, NULL, SP_MAX_JSON);
    sp_buf_add_text(&json, "{\"method\":\"offer\",\"params\":{\"sessionId\":\"s\",\"sdp\":\"");
    char *sdp = sp_buf_extend(&json, SP_MAX_SDP + over);
    assert_non_null(sdp);
    memset(sdp, 'x', SP_MAX_SDP + over);
    sp_buf_add_text(&json, "\"}}");
    assert_int_equal(read_json(NULL, sp_buf_str(&json), &rpc), over ? SP_ELIMIT : SP_OK);
    sp_rpc_free(&rpc);
    sp_buf_free(&json);
  }
}

/* --- writing --- */

static const uint8_t seed[SP_SEED_BYTES] = { 1, 2, 3 };

static int write_rpc(const sp_alloc *alloc, sp_buf *out, sp_rpc_method method, sp_str session_id, const char *key,
                     sp_str value) {
  sp_xw w;
  sp_ids ids;
  sp_ids_init(&ids, seed);
  sp_xw_begin(&w, out);
  sp_xw_open(&w, "iq");
  sp_xw_attr(&w, "type", SP_STR("set"));
  int status = sp_rpc_write(alloc, &w, &ids, method, session_id, key, value);
  sp_xw_close(&w);
  return status;
}

static void written_text(void **state) {
  static const struct {
    sp_rpc_method method;
    const char *word, *key, *value, *member;
  } cases[] = {
    { SP_RPC_OFFER, "offer", "sdp", "v=0\r\n", ",\"sdp\":\"v=0\\r\\n\"" },
    { SP_RPC_ANSWER, "answer", "sdp", "a=<&>\r\n", ",\"sdp\":\"a=&lt;&amp;&gt;\\r\\n\"" },
    { SP_RPC_ICE_CANDIDATE, "iceCandidate", "sdp", "a=end-of-candidates\r\n",
      ",\"sdp\":\"a=end-of-candidates\\r\\n\"" },
    { SP_RPC_INFO, "info", "status", "active", ",\"status\":\"active\"" },
    { SP_RPC_TERMINATE, "terminate", "reason", "success", ",\"reason\":\"success\"" },
    { SP_RPC_TERMINATE, "terminate", NULL, NULL, "" },
    { SP_RPC_TERMINATE, "terminate", "reason", NULL, "" },
    { SP_RPC_MUTE, "mute", "type", "audio", ",\"type\":\"audio\"" },
    { SP_RPC_UNMUTE, "unmute", "type", "video", ",\"type\":\"video\"" },
  };
  sp_ids ids;
  (void)state;
  sp_ids_init(&ids, seed);
  sp_uuid id = sp_ids_uuid(&ids);
  for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
    char expected[512];
    sp_buf out;
    sp_buf_init(&out, NULL, SP_MAX_FRAME);
    assert_int_equal(write_rpc(NULL, &out, cases[i].method, SP_STR("s-1"), cases[i].key, sp_str_from(cases[i].value)),
                     SP_OK);
    snprintf(expected, sizeof expected,
             "<iq type=\"set\"><genesys-webrtc xmlns=\"genesys\">{\"jsonrpc\":\"2.0\",\"id\":\"%s\","
             "\"method\":\"%s\",\"params\":{\"sessionId\":\"s-1\"%s}}</genesys-webrtc></iq>",
             id.text, cases[i].word, cases[i].member);
    if (!sp_str_is(sp_buf_str(&out), expected)) fail_msg("%.*s", SP_STR_ARG(sp_buf_str(&out)));
    sp_buf_free(&out);
  }
}

static void each_request_has_its_own_id(void **state) {
  sp_ids ids;
  sp_buf out;
  sp_xw w;
  (void)state;
  sp_ids_init(&ids, seed);
  sp_buf_init(&out, NULL, SP_MAX_FRAME);
  sp_xw_begin(&w, &out);
  for (int i = 0; i < 2; i++)
    assert_int_equal(sp_rpc_write(NULL, &w, &ids, SP_RPC_INFO, SP_STR("s"), NULL, SP_STR_NONE), SP_OK);
  sp_ids_init(&ids, seed);
  for (int i = 0; i < 2; i++) {
    sp_uuid id = sp_ids_uuid(&ids);
    assert_true(sp_str_find(sp_buf_str(&out), id.text, 0) != SIZE_MAX);
  }
  sp_buf_free(&out);
}

static void only_known_methods_are_written(void **state) {
  (void)state;
  static const sp_rpc_method methods[] = { SP_RPC_NONE, SP_RPC_OTHER };
  for (size_t i = 0; i < sizeof methods / sizeof *methods; i++) {
    sp_buf out;
    sp_buf_init(&out, NULL, SP_MAX_FRAME);
    assert_int_equal(write_rpc(NULL, &out, methods[i], SP_STR("s"), NULL, SP_STR_NONE), SP_EINVAL);
    assert_true(sp_str_is(sp_buf_str(&out), "<iq type=\"set\"/>"));
    sp_buf_free(&out);
  }
}

static void a_full_buffer_is_reported(void **state) {
  sp_buf out;
  (void)state;
  sp_buf_init(&out, NULL, 64);
  assert_int_equal(write_rpc(NULL, &out, SP_RPC_INFO, SP_STR("s"), NULL, SP_STR_NONE), SP_ELIMIT);
  sp_buf_free(&out);
}

static void check_round_trip(const sp_alloc *alloc, sp_str sdp) {
  sp_buf out;
  sp_buf_init(&out, alloc, SP_MAX_FRAME);
  int status = write_rpc(alloc, &out, SP_RPC_ANSWER, SP_STR("s\"1"), "sdp", sdp);
  if (status == SP_OK) status = sp_buf_status(&out);
  if (status == SP_OK) {
    sp_arena arena;
    sp_xml *stanza = NULL;
    sp_rpc rpc;
    sp_arena_init(&arena, NULL, SP_MAX_SCRATCH);
    assert_int_equal(sp_xml_read(&arena, sp_buf_str(&out), &stanza, NULL), SP_OK);
    assert_int_equal(sp_xml_child_count(stanza), 1);
    assert_int_equal(sp_rpc_read(NULL, stanza, &rpc), SP_OK);
    assert_int_equal(rpc.method, SP_RPC_ANSWER);
    assert_true(sp_str_is(rpc.session_id, "s\"1"));
    assert_true(sp_str_eq(rpc.sdp, sdp));
    sp_rpc_free(&rpc);
    sp_arena_free(&arena);
  } else {
    assert_int_equal(status, SP_ENOMEM);
    assert_true(test_alloc_failed());
  }
  sp_buf_free(&out);
}

static void written_requests_are_read(void **state) {
  (void)state;
  bool failed = true;
  for (size_t n = 0; failed; n++) {
    check_round_trip(test_alloc_new(n), SP_STR("v=0\r\ns=<&>\"'\\\t\xC3\xA9\xF0\x9F\x8E\xA7]]>\x01\r\n"));
    assert_int_equal(test_alloc_live(), 0);
    failed = n == 0 || test_alloc_failed();
  }
}

int main(void) {
  const struct CMUnitTest tests[] = {
    { "W-9.1 W-9.2 inbound requests", stanzas_are_read, NULL, NULL, NULL },
    { "cut stanzas are errors", cut_stanzas_are_errors, NULL, NULL, NULL },
    { "cut JSON is an error of its stanza", cut_json_is_an_error, NULL, NULL, NULL },
    { "values of other types", values_of_other_types, NULL, NULL, NULL },
    { "descriptions are bounded", descriptions_are_bounded, NULL, NULL, NULL },
    { "W-9.1 W-9.2 outbound requests", written_text, NULL, NULL, NULL },
    { "W-9.1 each request has its own id", each_request_has_its_own_id, NULL, NULL, NULL },
    { "only known methods are written", only_known_methods_are_written, NULL, NULL, NULL },
    { "a full buffer is reported", a_full_buffer_is_reported, NULL, NULL, NULL },
    { "written requests are read back", written_requests_are_read, NULL, NULL, NULL },
  };
  return cmocka_run_group_tests_name("sdp_rpc", tests, NULL, NULL);
}
