/* SPDX-License-Identifier: MIT */
#include "xmpp/pubsub.h"

#include "base/limits.h"
#include "base/status.h"
#include "support.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>

#include <cmocka.h>

static const char *const events[] = { "pubsub-station", "pubsub-purge", "pubsub-retract", "pubsub-no-payload",
                                      "pubsub-propose" };

static void describe(const sp_xml *stanza, char *out, size_t size) {
  sp_pubsub_event event;
  switch (sp_pubsub_read(stanza, &event)) {
    case SP_PUBSUB_NONE: snprintf(out, size, "none\n"); break;
    case SP_PUBSUB_EMPTY: snprintf(out, size, "empty\n"); break;
    case SP_PUBSUB_EVENT: snprintf(out, size, "%.*s %.*s\n", SP_STR_ARG(event.node), SP_STR_ARG(event.json)); break;
  }
}

static sp_str fixture(const char *name, const char *suffix) {
  char path[128];
  snprintf(path, sizeof path, "xmpp/%s.%s", name, suffix);
  return read_fixture(path);
}

static void events_are_read(void **state) {
  (void)state;
  for (size_t i = 0; i < sizeof events / sizeof *events; i++) {
    char got[2048];
    sp_arena arena;
    sp_xml *stanza = NULL;
    sp_arena_init(&arena, test_alloc_new(0), SP_MAX_SCRATCH);
    assert_int_equal(sp_xml_read(&arena, fixture(events[i], "xml"), &stanza, NULL), SP_OK);
    describe(stanza, got, sizeof got);
    if (!sp_str_eq(sp_str_from(got), fixture(events[i], "txt"))) fail_msg("%s: %s", events[i], got);
    sp_arena_free(&arena);
  }
}

static void cut_events_are_errors(void **state) {
  (void)state;
  for (size_t i = 0; i < sizeof events / sizeof *events; i++) {
    sp_str whole = sp_str_trim(fixture(events[i], "xml"));
    for (size_t len = 1; len < whole.len; len++) {
      sp_arena arena;
      sp_xml *stanza = NULL;
      sp_arena_init(&arena, test_alloc_new(0), SP_MAX_SCRATCH);
      sp_str part = test_cut(whole, len);
      assert_int_equal(sp_xml_read(&arena, part, &stanza, NULL), SP_ESYNTAX);
      sp_arena_free(&arena);
      test_cut_free(part);
    }
  }
}

static const struct {
  const char *host, *service;
} services[] = {
  { "mypurecloud.com", "notifications.mypurecloud.com" },
  { "https://api.x.org", "notifications.api.x.org" },
  { "http://127.0.0.1:8080/", "notifications.127.0.0.1:8080" },
  { "", "notifications.mypurecloud.com" },
};

static void service_name(void **state) {
  (void)state;
  for (size_t i = 0; i < sizeof services / sizeof *services; i++) {
    sp_buf out;
    sp_buf_init(&out, test_alloc_new(0), 256);
    sp_pubsub_service(&out, sp_str_from(services[i].host));
    if (!sp_str_is(sp_buf_str(&out), services[i].service)) fail_msg("%s", services[i].host);
    sp_buf_free(&out);
  }
}

static void requests_are_written(void **state) {
  (void)state;
  sp_buf out;
  sp_xw w;
  sp_buf_init(&out, test_alloc_new(0), 1024);
  sp_xw_begin(&w, &out);
  sp_pubsub_subscribe_write(&w, SP_STR("v2.users.u1.conversations"), SP_STR("5e7f@acme.orgspan.com"));
  assert_true(sp_str_is(sp_buf_str(&out),
                        "<pubsub xmlns=\"http://jabber.org/protocol/pubsub\"><subscribe "
                        "node=\"v2.users.u1.conversations\" jid=\"5e7f@acme.orgspan.com\"/></pubsub>"));
  sp_buf_reset(&out);
  sp_xw_begin(&w, &out);
  sp_pubsub_unsubscribe_write(&w, SP_STR("v2.users.u9.x"), SP_STR("5e7f@acme.orgspan.com"));
  assert_true(sp_str_is(sp_buf_str(&out), "<pubsub xmlns=\"http://jabber.org/protocol/pubsub\"><unsubscribe "
                                          "node=\"v2.users.u9.x\" jid=\"5e7f@acme.orgspan.com\"/></pubsub>"));
  sp_buf_free(&out);
}

int main(void) {
  const struct CMUnitTest tests[] = {
    { "W-6.7 events: first item's JSON, empty ones ignored", events_are_read, NULL, NULL, NULL },
    cmocka_unit_test(cut_events_are_errors),
    { "W-6.1 service JID", service_name, NULL, NULL, NULL },
    { "W-6.2 subscribe and unsubscribe", requests_are_written, NULL, NULL, NULL },
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
