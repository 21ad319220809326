/* SPDX-License-Identifier: MIT */
#include "xmpp/extdisco.h"

#include "base/limits.h"
#include "base/status.h"
#include "support.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>

#include <cmocka.h>

static const struct {
  const char *name;
  size_t count;
  uint64_t expires;
} cases[] = {
  { "extdisco-mixed-turn", 3, UINT64_MAX }, { "extdisco-stun", 2, 1893456000000 },
  { "extdisco-ipv6", 2, UINT64_MAX },       { "extdisco-unusable", 1, UINT64_MAX },
  { "extdisco-none", 0, UINT64_MAX },       { "extdisco-expires", 3, 1795859999000 },
};

static sp_str fixture(const char *name, const char *suffix) {
  char path[128];
  snprintf(path, sizeof path, "xmpp/%s.%s", name, suffix);
  return sp_str_trim(read_fixture(path));
}

static void services_are_mapped(void **state) {
  (void)state;
  for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
    const sp_alloc *alloc = test_alloc_new(0);
    sp_arena arena;
    sp_xml *reply = NULL;
    sp_buf out;
    sp_arena_init(&arena, alloc, SP_MAX_SCRATCH);
    sp_buf_init(&out, alloc, SP_MAX_FRAME);
    assert_int_equal(sp_xml_read(&arena, fixture(cases[i].name, "xml"), &reply, NULL), SP_OK);
    uint64_t expires;
    assert_int_equal(sp_extdisco_read(&out, reply, &expires), cases[i].count);
    assert_true(expires == cases[i].expires);
    if (!sp_str_eq(sp_buf_str(&out), fixture(cases[i].name, "json")))
      fail_msg("%s: %.*s", cases[i].name, SP_STR_ARG(sp_buf_str(&out)));
    sp_buf_free(&out);
    sp_arena_free(&arena);
    assert_int_equal(test_alloc_live(), 0);
  }
}

static void cut_replies_are_errors(void **state) {
  (void)state;
  for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
    sp_str whole = fixture(cases[i].name, "xml");
    for (size_t len = 1; len < whole.len; len++) {
      sp_arena arena;
      sp_xml *reply = NULL;
      sp_arena_init(&arena, test_alloc_new(0), SP_MAX_SCRATCH);
      sp_str part = test_cut(whole, len);
      assert_int_equal(sp_xml_read(&arena, part, &reply, NULL), SP_ESYNTAX);
      sp_arena_free(&arena);
      test_cut_free(part);
    }
  }
}

static void query_is_written(void **state) {
  (void)state;
  sp_buf out;
  sp_xw w;
  sp_buf_init(&out, test_alloc_new(0), 256);
  sp_xw_begin(&w, &out);
  sp_extdisco_write(&w, "turn");
  assert_true(sp_str_is(sp_buf_str(&out), "<services xmlns=\"urn:xmpp:extdisco:1\" type=\"turn\"/>"));
  sp_buf_free(&out);
}

static void every_allocation_fails_once(void **state) {
  (void)state;
  for (size_t n = 1, done = 0; !done; n++) {
    const sp_alloc *alloc = test_alloc_new(n);
    sp_arena arena;
    sp_xml *reply = NULL;
    sp_buf out;
    sp_arena_init(&arena, alloc, SP_MAX_SCRATCH);
    sp_buf_init(&out, alloc, SP_MAX_FRAME);
    if (sp_xml_read(&arena, fixture("extdisco-mixed-turn", "xml"), &reply, NULL) == SP_OK) {
      uint64_t expires;
      sp_extdisco_read(&out, reply, &expires);
      assert_true(sp_buf_status(&out) == SP_OK || sp_buf_status(&out) == SP_ENOMEM);
    }
    sp_buf_free(&out);
    sp_arena_free(&arena);
    assert_int_equal(test_alloc_live(), 0);
    done = !test_alloc_failed();
  }
}

int main(void) {
  const struct CMUnitTest tests[] = {
    { "W-D5 services become RTCIceServer objects", services_are_mapped, NULL, NULL, NULL },
    cmocka_unit_test(cut_replies_are_errors),
    { "W-7 query", query_is_written, NULL, NULL, NULL },
    cmocka_unit_test(every_allocation_fails_once),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
