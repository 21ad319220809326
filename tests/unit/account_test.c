/* SPDX-License-Identifier: MIT */
#include "session/account.h"
#include "support.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

typedef int (*reader)(sp_account *account, const sp_json *body);

static int read_with(sp_account *account, reader read, const char *json) {
  sp_json_doc *doc = NULL;
  if (sp_json_parse(NULL, sp_str_from(json), &doc) != SP_OK) fail_msg("bad test json: %s", json);
  int status = read(account, sp_json_root(doc));
  sp_json_free(doc);
  return status;
}

static void a_person_needs_an_id_and_a_jid(void **state) {
  static const struct {
    const char *name, *json;
    int status;
  } cases[] = {
    { "complete", "{\"id\":\"u\",\"chat\":{\"jabberId\":\"u@x\"}}", SP_OK },
    { "no id", "{\"chat\":{\"jabberId\":\"u@x\"}}", SP_EPROTO },
    { "empty id", "{\"id\":\"\",\"chat\":{\"jabberId\":\"u@x\"}}", SP_EPROTO },
    { "no chat", "{\"id\":\"u\"}", SP_EPROTO },
    { "jid is a number", "{\"id\":\"u\",\"chat\":{\"jabberId\":7}}", SP_EPROTO },
    { "an array", "[]", SP_EPROTO },
  };
  (void)state;
  for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
    sp_account account;
    sp_account_init(&account, test_alloc_new(0));
    if (read_with(&account, sp_account_read_user, cases[i].json) != cases[i].status) fail_msg("%s", cases[i].name);
    sp_account_free(&account);
    assert_int_equal(test_alloc_live(), 0);
  }
}

static void a_body_that_is_missing_is_refused(void **state) {
  sp_account account;
  (void)state;
  sp_account_init(&account, test_alloc_new(0));
  assert_int_equal(sp_account_read_user(&account, NULL), SP_EPROTO);
  assert_int_equal(sp_account_read_organization(&account, NULL), SP_OK);
  assert_int_not_equal(sp_account_read_station(&account, NULL), SP_OK);
  assert_false(account.has_station);
  sp_account_free(&account);
}

/* sessions.md §4.1: the effective station, never the associated one. */
static void the_effective_station_counts(void **state) {
  sp_account account;
  (void)state;
  sp_account_init(&account, test_alloc_new(0));
  assert_int_equal(read_with(&account, sp_account_read_user,
                             "{\"id\":\"u\",\"chat\":{\"jabberId\":\"u@x\"},"
                             "\"station\":{\"effectiveStation\":{\"id\":\"st-e\"},"
                             "\"associatedStation\":{\"id\":\"st-a\"}}}"),
                   SP_OK);
  assert_true(sp_str_is(account.effective_station_id, "st-e"));
  assert_int_equal(read_with(&account, sp_account_read_user,
                             "{\"id\":\"u\",\"chat\":{\"jabberId\":\"u@x\"},"
                             "\"station\":{\"associatedStation\":{\"id\":\"st-a\"}}}"),
                   SP_OK);
  assert_int_equal(account.effective_station_id.len, 0);
  sp_account_free(&account);
}

static void persistent_and_concurrent_come_from_the_station(void **state) {
  static const struct {
    const char *name, *json;
    bool persistent, concurrent;
  } cases[] = {
    { "S-28 type inin_remote is not persistent",
      "{\"id\":\"s\",\"type\":\"inin_remote\",\"webRtcPersistentEnabled\":true}", false, false },
    { "webrtc, persistent", "{\"id\":\"s\",\"type\":\"inin_webrtc_softphone\",\"webRtcPersistentEnabled\":true}", true,
      false },
    { "webrtc, not persistent", "{\"id\":\"s\",\"type\":\"inin_webrtc_softphone\"}", false, false },
    { "one appearance", "{\"id\":\"s\",\"webRtcCallAppearances\":1}", false, false },
    { "two appearances", "{\"id\":\"s\",\"webRtcCallAppearances\":2}", false, true },
    { "a hundred appearances", "{\"id\":\"s\",\"webRtcCallAppearances\":100}", false, true },
    { "appearances as text", "{\"id\":\"s\",\"webRtcCallAppearances\":\"2\"}", false, false },
  };
  (void)state;
  for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
    sp_account account;
    sp_account_init(&account, test_alloc_new(0));
    assert_false(sp_account_is_persistent(&account) || sp_account_is_concurrent(&account));
    assert_int_equal(read_with(&account, sp_account_read_station, cases[i].json), SP_OK);
    if (sp_account_is_persistent(&account) != cases[i].persistent ||
        sp_account_is_concurrent(&account) != cases[i].concurrent)
      fail_msg("%s", cases[i].name);
    sp_account_clear_station(&account);
    assert_false(sp_account_is_persistent(&account) || sp_account_is_concurrent(&account));
    assert_int_equal(test_alloc_live(), 0);
    sp_account_free(&account);
  }
}

static void no_allocation_that_fails_leaves_half_a_record(void **state) {
  static const char user[] = "{\"id\":\"u\",\"chat\":{\"jabberId\":\"u@x\"},"
                             "\"station\":{\"effectiveStation\":{\"id\":\"st-e\"}}}";
  (void)state;
  for (size_t n = 1, done = 0; !done; n++) {
    sp_account account;
    sp_account_init(&account, test_alloc_new(n));
    int status = read_with(&account, sp_account_read_user, user);
    if (status == SP_OK) status = read_with(&account, sp_account_read_organization, "{\"id\":\"o\"}");
    if (status == SP_OK)
      status = read_with(&account, sp_account_read_station,
                         "{\"id\":\"st-e\",\"type\":\"inin_webrtc_softphone\",\"webRtcCallAppearances\":2}");
    assert_int_equal(status == SP_OK, account.has_station);
    assert_true(status == SP_OK || status == SP_ENOMEM);
    sp_account_free(&account);
    assert_int_equal(test_alloc_live(), 0);
    done = !test_alloc_failed();
  }
}

int main(void) {
  const struct CMUnitTest tests[] = {
    cmocka_unit_test(a_person_needs_an_id_and_a_jid),
    cmocka_unit_test(a_body_that_is_missing_is_refused),
    cmocka_unit_test(the_effective_station_counts),
    cmocka_unit_test(persistent_and_concurrent_come_from_the_station),
    cmocka_unit_test(no_allocation_that_fails_leaves_half_a_record),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
