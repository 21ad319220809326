/* SPDX-License-Identifier: MIT */
#include "xmpp/ping.h"

#include "base/limits.h"
#include "base/status.h"
#include "support.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

static const struct {
  const char *name, *stanza;
  bool is;
} cases[] = {
  { "ping", "<iq xmlns='jabber:client' type='get' id='a'><ping xmlns='urn:xmpp:ping'/></iq>", true },
  { "set", "<iq xmlns='jabber:client' type='set' id='a'><ping xmlns='urn:xmpp:ping'/></iq>", false },
  { "result", "<iq xmlns='jabber:client' type='result' id='a'><ping xmlns='urn:xmpp:ping'/></iq>", false },
  { "other namespace", "<iq xmlns='jabber:client' type='get' id='a'><ping xmlns='urn:x'/></iq>", false },
  { "two children", "<iq xmlns='jabber:client' type='get' id='a'><ping xmlns='urn:xmpp:ping'/><b/></iq>", false },
  { "message", "<message xmlns='jabber:client' type='get'><ping xmlns='urn:xmpp:ping'/></message>", false },
};

static void recognised(void **state) {
  (void)state;
  for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
    sp_arena arena;
    sp_xml *stanza = NULL;
    sp_arena_init(&arena, test_alloc_new(0), SP_MAX_SCRATCH);
    assert_int_equal(sp_xml_read(&arena, sp_str_from(cases[i].stanza), &stanza, NULL), SP_OK);
    if (sp_ping_is(stanza) != cases[i].is) fail_msg("%s", cases[i].name);
    sp_arena_free(&arena);
    assert_int_equal(test_alloc_live(), 0);
  }
}

static void written(void **state) {
  (void)state;
  sp_buf out;
  sp_xw w;
  sp_buf_init(&out, test_alloc_new(0), 256);
  sp_xw_begin(&w, &out);
  sp_ping_write(&w);
  assert_true(sp_str_is(sp_buf_str(&out), "<ping xmlns=\"urn:xmpp:ping\"/>"));
  sp_buf_free(&out);
}

int main(void) {
  const struct CMUnitTest tests[] = { cmocka_unit_test(recognised), cmocka_unit_test(written) };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
