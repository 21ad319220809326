/* SPDX-License-Identifier: MIT */
#include "xmpp/iq.h"

#include "base/limits.h"
#include "base/status.h"
#include "support.h"
#include "xmpp/ping.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#define OWN "5e7f@acme.orgspan.com/res-1"

typedef struct bench {
  const sp_alloc *alloc;
  sp_effects *fx;
  sp_ids ids;
  sp_iq *iq;
  sp_arena arena;
  char sent[2048]; /* newest frame */
  char id[SP_UUID_LEN + 1];
} bench;

static bool bench_open(bench *b, size_t fail_at) {
  static const uint8_t seed[SP_SEED_BYTES] = { 7 };
  memset(b, 0, sizeof *b);
  b->alloc = test_alloc_new(fail_at);
  sp_ids_init(&b->ids, seed);
  sp_arena_init(&b->arena, b->alloc, SP_MAX_SCRATCH);
  b->fx = sp_effects_new(b->alloc);
  if (b->fx) b->iq = sp_iq_new(b->alloc, &b->ids, b->fx);
  return b->iq != NULL;
}

static void bench_close(bench *b) {
  sp_iq_free(b->iq);
  sp_effects_free(b->fx);
  sp_arena_free(&b->arena);
  assert_int_equal(test_alloc_live(), 0);
}

static int drain(bench *b) {
  int frames = 0;
  for (sp_effect fx; sp_effects_pop(b->fx, &fx);) {
    if (fx.kind != SP_FX_SOCKET_SEND) continue;
    frames++;
    snprintf(b->sent, sizeof b->sent, "%.*s", SP_STR_ARG(fx.text));
    const char *id = strstr(b->sent, " id=\"");
    if (id) snprintf(b->id, sizeof b->id, "%.36s", id + 5);
  }
  return frames;
}

static const sp_xml *parse(bench *b, const char *format, const char *id) {
  static char text[1024];
  sp_xml *first = NULL;
  snprintf(text, sizeof text, format, id);
  return sp_xml_read(&b->arena, sp_str_from(text), &first, NULL) == SP_OK ? first : NULL;
}

static int ping(bench *b, uint64_t now, const char *to, uint32_t token_id) {
  sp_xw w;
  sp_iq_begin(b->iq, &w, "get", sp_str_from(to), false);
  sp_ping_write(&w);
  int rc = sp_iq_end(b->iq, &w, now, (sp_token){ SP_OWNER_CORE, 3, token_id });
  drain(b);
  return rc;
}

static void request_is_written(void **state) {
  (void)state;
  bench b;
  assert_true(bench_open(&b, 0));
  assert_int_equal(sp_iq_attach(b.iq, 1, SP_STR(OWN)), SP_OK);
  assert_true(sp_iq_attached(b.iq));
  assert_int_equal(ping(&b, 0, NULL, 1), SP_OK);
  char want[512];
  snprintf(want, sizeof want, "<iq xmlns=\"jabber:client\" id=\"%s\" type=\"get\"><ping xmlns=\"urn:xmpp:ping\"/></iq>",
           b.id);
  assert_string_equal(b.sent, want);
  sp_xw w;
  sp_iq_begin(b.iq, &w, "set", SP_STR("peer@x/y"), true);
  sp_ping_write(&w);
  assert_int_equal(sp_iq_end(b.iq, &w, 0, (sp_token){ SP_OWNER_NONE, 0, 0 }), SP_OK);
  drain(&b);
  snprintf(want, sizeof want,
           "<iq xmlns=\"jabber:client\" id=\"%s\" to=\"peer@x/y\" from=\"" OWN
           "\" type=\"set\"><ping xmlns=\"urn:xmpp:ping\"/></iq>",
           b.id);
  assert_string_equal(b.sent, want);
  bench_close(&b);
}

static const struct {
  const char *name, *to, *reply;
  bool matches;
  sp_iq_outcome outcome;
  const char *condition;
} replies[] = {
  { "no from", "acme.orgspan.com", "<iq xmlns='jabber:client' id='%s' type='result'/>", true, SP_IQ_RESULT, "" },
  { "empty from", NULL, "<iq xmlns='jabber:client' id='%s' from='' type='result'/>", true, SP_IQ_RESULT, "" },
  { "own full", NULL, "<iq xmlns='jabber:client' id='%s' from='" OWN "' type='result'/>", true, SP_IQ_RESULT, "" },
  { "own bare, other case", NULL, "<iq xmlns='jabber:client' id='%s' from='5E7F@acme.orgspan.com' type='result'/>",
    true, SP_IQ_RESULT, "" },
  { "own domain", NULL, "<iq xmlns='jabber:client' id='%s' from='acme.orgspan.com' type='result'/>", true, SP_IQ_RESULT,
    "" },
  { "the peer asked", "p@x/y", "<iq xmlns='jabber:client' id='%s' from='p@x/y' type='result'/>", true, SP_IQ_RESULT,
    "" },
  { "the peer's server", "p@x/y",
    "<iq xmlns='jabber:client' id='%s' from='x' type='error'><error type='cancel'><item-not-found "
    "xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/></error></iq>",
    true, SP_IQ_ERROR, "item-not-found" },
  { "error without condition", NULL, "<iq xmlns='jabber:client' id='%s' type='error'/>", true, SP_IQ_ERROR,
    "undefined-condition" },
  { "a stranger", "p@x/y", "<iq xmlns='jabber:client' id='%s' from='q@x/y' type='result'/>", false, SP_IQ_RESULT, "" },
  { "another resource", "p@x/y", "<iq xmlns='jabber:client' id='%s' from='p@x/z' type='result'/>", false, SP_IQ_RESULT,
    "" },
  { "another id", NULL, "<iq xmlns='jabber:client' id='z%s' type='result'/>", false, SP_IQ_RESULT, "" },
};

static void replies_are_matched(void **state) {
  (void)state;
  for (size_t i = 0; i < sizeof replies / sizeof *replies; i++) {
    bench b;
    sp_iq_answer answer;
    assert_true(bench_open(&b, 0));
    assert_int_equal(sp_iq_attach(b.iq, 1, SP_STR(OWN)), SP_OK);
    ping(&b, 0, replies[i].to, 42);
    assert_true(sp_iq_receive(b.iq, parse(&b, replies[i].reply, b.id)));
    bool answered = sp_iq_take(b.iq, &answer);
    if (answered != replies[i].matches) fail_msg("%s", replies[i].name);
    if (answered) {
      assert_int_equal(answer.outcome, replies[i].outcome);
      assert_int_equal(answer.token.id, 42);
      assert_int_equal(answer.token.op, 3);
      assert_true(sp_str_is(answer.condition, replies[i].condition));
      assert_non_null(answer.stanza);
    }
    assert_false(sp_iq_take(b.iq, &answer));
    bench_close(&b);
  }
}

static void unanswered_times_out(void **state) {
  (void)state;
  bench b;
  sp_iq_answer answer;
  assert_true(bench_open(&b, 0));
  assert_int_equal(sp_iq_attach(b.iq, 1, SP_STR(OWN)), SP_OK);
  ping(&b, 1000, NULL, 1);
  ping(&b, 2000, NULL, 2);
  assert_int_equal(sp_iq_deadline(b.iq), 16000);
  sp_iq_tick(b.iq, 15999);
  assert_false(sp_iq_take(b.iq, &answer));
  sp_iq_tick(b.iq, 16000);
  assert_true(sp_iq_take(b.iq, &answer));
  assert_int_equal(answer.token.id, 1);
  assert_int_equal(answer.outcome, SP_IQ_TIMED_OUT);
  assert_true(sp_str_is(answer.condition, "timeout"));
  assert_int_equal(sp_iq_deadline(b.iq), 17000);
  bench_close(&b);
}

static void without_connection(void **state) {
  (void)state;
  bench b;
  sp_iq_answer answer;
  assert_true(bench_open(&b, 0));
  assert_int_equal(ping(&b, 0, NULL, 1), SP_OK);
  assert_string_equal(b.sent, "");
  assert_int_equal(sp_iq_send(b.iq, SP_STR("<a/>")), SP_ESTATE);
  assert_int_equal(sp_iq_attach(b.iq, 1, SP_STR(OWN)), SP_OK);
  ping(&b, 0, NULL, 2);
  sp_iq_detach(b.iq);
  for (uint32_t id = 1; id <= 2; id++) {
    assert_true(sp_iq_take(b.iq, &answer));
    assert_int_equal(answer.token.id, id);
    assert_int_equal(answer.outcome, SP_IQ_NOT_SENT);
    assert_true(sp_str_is(answer.condition, "not-connected"));
  }
  assert_int_equal(sp_iq_own_jid(b.iq).len, 0);
  bench_close(&b);
}

static void too_many_requests(void **state) {
  (void)state;
  bench b;
  sp_iq_answer answer;
  assert_true(bench_open(&b, 0));
  assert_int_equal(sp_iq_attach(b.iq, 1, SP_STR(OWN)), SP_OK);
  for (uint32_t i = 0; i < SP_MAX_IQ_WAITING; i++) assert_int_equal(ping(&b, 0, NULL, i), SP_OK);
  assert_int_equal(ping(&b, 0, NULL, 999), SP_ELIMIT);
  assert_true(sp_iq_take(b.iq, &answer));
  assert_int_equal(answer.token.id, 999);
  assert_int_equal(answer.outcome, SP_IQ_NOT_SENT);
  bench_close(&b);
}

static void replies_to_the_peer(void **state) {
  (void)state;
  bench b;
  assert_true(bench_open(&b, 0));
  assert_int_equal(sp_iq_attach(b.iq, 1, SP_STR(OWN)), SP_OK);
  const sp_xml *request =
      parse(&b, "<iq xmlns='jabber:client' id='%s' from='acme.orgspan.com' type='get'><x xmlns='y'/></iq>", "x2");
  assert_int_equal(sp_iq_reply_result(b.iq, request), SP_OK);
  drain(&b);
  assert_string_equal(b.sent, "<iq xmlns=\"jabber:client\" id=\"x2\" to=\"acme.orgspan.com\" type=\"result\"/>");
  assert_int_equal(sp_iq_reply_error(b.iq, request, "cancel", "service-unavailable", NULL, NULL), SP_OK);
  drain(&b);
  assert_string_equal(b.sent, "<iq xmlns=\"jabber:client\" id=\"x2\" to=\"acme.orgspan.com\" type=\"error\"><error "
                              "type=\"cancel\"><service-unavailable xmlns=\"urn:ietf:params:xml:ns:xmpp-stanzas\"/>"
                              "</error></iq>");
  assert_int_equal(
      sp_iq_reply_error(b.iq, request, "cancel", "item-not-found", "urn:xmpp:jingle:errors:1", "unknown-session"),
      SP_OK);
  drain(&b);
  assert_non_null(strstr(b.sent, "<unknown-session xmlns=\"urn:xmpp:jingle:errors:1\"/></error></iq>"));
  assert_false(sp_iq_receive(b.iq, request));
  bench_close(&b);
}

static void every_allocation_fails_once(void **state) {
  (void)state;
  for (size_t n = 1, done = 0; !done; n++) {
    bench b;
    sp_iq_answer answer;
    if (bench_open(&b, n) && sp_iq_attach(b.iq, 1, SP_STR(OWN)) == SP_OK) {
      int rc = ping(&b, 0, "acme.orgspan.com", 1);
      assert_true(rc == SP_OK || rc == SP_ENOMEM);
      if (rc == SP_OK) sp_iq_tick(b.iq, SP_IQ_TIMEOUT_MS);
      assert_int_equal(sp_iq_take(b.iq, &answer), rc == SP_OK);
    }
    done = !test_alloc_failed();
    bench_close(&b);
  }
}

int main(void) {
  const struct CMUnitTest tests[] = {
    cmocka_unit_test(request_is_written),
    { "W-4.5 replies are matched by id and sender", replies_are_matched, NULL, NULL, NULL },
    { "W-4.5 a request times out after 15 s", unanswered_times_out, NULL, NULL, NULL },
    cmocka_unit_test(without_connection),
    cmocka_unit_test(too_many_requests),
    { "W-4.5 replies go to the sender without from", replies_to_the_peer, NULL, NULL, NULL },
    cmocka_unit_test(every_allocation_fails_once),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
