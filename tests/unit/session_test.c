/* SPDX-License-Identifier: MIT */
#include "base/limits.h"
#include "session/session.h"
#include "support.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

static sp_session *add(sp_registry *registry, const char *id, const char *conversation) {
  sp_session *s = sp_registry_add(registry, sp_str_from(id), SP_STR("p@gjoll.x/r"));
  if (s && sp_str_set(s->alloc, &s->conversation_id, sp_str_from(conversation)) == SP_OK) return s;
  return NULL;
}

static void handles_are_never_reused(void **state) {
  sp_registry registry;
  (void)state;
  sp_registry_init(&registry, test_alloc_new(0));
  sp_session *first = add(&registry, "s1", "c1");
  assert_int_equal(first->handle, 1);
  assert_ptr_equal(sp_registry_by_handle(&registry, 1), first);
  sp_registry_remove(&registry, first);
  assert_null(sp_registry_by_handle(&registry, 1));
  assert_int_equal(add(&registry, "s2", "c2")->handle, 2);
  assert_null(sp_registry_by_handle(&registry, 0));
  sp_registry_clear(&registry);
  assert_int_equal(test_alloc_live(), 0);
}

static void look_ups(void **state) {
  sp_registry registry;
  (void)state;
  sp_registry_init(&registry, test_alloc_new(0));
  sp_session *older = add(&registry, "s1", "c1"), *newer = add(&registry, "s1", "c1");
  sp_session *other = add(&registry, "s2", "c1");
  assert_ptr_equal(sp_registry_by_id(&registry, SP_STR("s1")), newer);
  assert_null(sp_registry_by_id(&registry, SP_STR("")));
  assert_null(sp_registry_by_id(&registry, SP_STR("s3")));
  assert_ptr_equal(sp_registry_by_conversation(&registry, SP_STR("c1"), SP_SESSION_UNKNOWN), older);
  older->replaced = true;
  assert_ptr_equal(sp_registry_by_conversation(&registry, SP_STR("c1"), SP_SESSION_UNKNOWN), newer);
  newer->state = SP_SESSION_ENDED;
  assert_ptr_equal(sp_registry_by_conversation(&registry, SP_STR("c1"), SP_SESSION_UNKNOWN), other);
  assert_null(sp_registry_by_conversation(&registry, SP_STR_NONE, SP_SESSION_UNKNOWN));
  sp_registry_clear(&registry);
}

static void the_registry_is_bounded(void **state) {
  sp_registry registry;
  (void)state;
  sp_registry_init(&registry, test_alloc_new(0));
  for (unsigned i = 0; i < SP_MAX_SESSIONS; i++) assert_non_null(add(&registry, "s", "c"));
  assert_null(add(&registry, "s", "c"));
  sp_registry_clear(&registry);
  assert_int_equal(registry.count, 0);
}

/* sessions.md §0.2: "new" and "connecting" are neither. */
static void live_and_dead_connections(void **state) {
  static const struct {
    const char *connection_state;
    bool live, dead;
  } cases[] = {
    { "starting", false, false },    { "new", false, false },   { "connecting", false, false },
    { "connected", true, false },    { "closed", false, true }, { "interrupted", false, true },
    { "disconnected", false, true }, { "failed", false, true },
  };
  (void)state;
  for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
    sp_session s = { .connection_state = sp_str_from(cases[i].connection_state) };
    if (sp_session_is_live(&s) != cases[i].live || sp_session_is_dead(&s) != cases[i].dead)
      fail_msg("%s", cases[i].connection_state);
  }
}

static void starts_are_remembered_per_conversation(void **state) {
  sp_registry registry;
  (void)state;
  sp_registry_init(&registry, test_alloc_new(0));
  sp_session *s = add(&registry, "s1", "c1");
  assert_false(sp_session_was_announced(s, SP_STR("c1")));
  assert_int_equal(sp_session_mark_announced(s, SP_STR("c1")), SP_OK);
  assert_int_equal(sp_session_mark_announced(s, SP_STR("c2")), SP_OK);
  size_t calls = test_alloc_calls();
  assert_int_equal(sp_session_mark_announced(s, SP_STR("c1")), SP_OK);
  assert_int_equal(test_alloc_calls(), calls);
  assert_true(sp_session_was_announced(s, SP_STR("c1")) && sp_session_was_announced(s, SP_STR("c2")));
  assert_false(sp_session_was_announced(s, SP_STR("c3")));
  sp_registry_clear(&registry);
  assert_int_equal(test_alloc_live(), 0);
}

static void expect_effect(sp_effects *fx, sp_effect_kind kind, const char *name, const char *text) {
  sp_effect effect;
  assert_true(sp_effects_pop(fx, &effect));
  assert_int_equal(effect.kind, kind);
  assert_int_equal(effect.id, 1);
  assert_true(sp_str_is(effect.name, name));
  if (!sp_str_is(effect.text, text)) fail_msg("%.*s", SP_STR_ARG(effect.text));
}

static void the_app_sees_members_and_state(void **state) {
  sp_registry registry;
  (void)state;
  sp_registry_init(&registry, test_alloc_new(0));
  sp_effects *fx = sp_effects_new(NULL);
  sp_session *s = add(&registry, "s1", "c1");
  s->type = SP_SESSION_SOFTPHONE;
  sp_session_publish(s, fx);
  expect_effect(fx, SP_FX_SESSION_NEW, "",
                "{\"id\":\"s1\",\"sid\":\"s1\",\"peerID\":\"p@gjoll.x/r\",\"conversationId\":\"c1\","
                "\"sessionType\":\"softphone\",\"reinvite\":false,\"state\":\"pending\",\"active\":false,"
                "\"connectionState\":\"starting\"}");
  sp_session_publish_text(s, fx, "conversationId", SP_STR("c\"2"));
  expect_effect(fx, SP_FX_SESSION_SET, "", "{\"conversationId\":\"c\\\"2\"}");
  s->state = SP_SESSION_ACTIVE;
  sp_session_publish_state(s, fx);
  expect_effect(fx, SP_FX_SESSION_SET, "", "{\"state\":\"active\",\"active\":true}");
  expect_effect(fx, SP_FX_SESSION_EVENT, "sessionState", "[\"active\"]");
  s->state = SP_SESSION_ENDED;
  sp_session_publish_state(s, fx);
  expect_effect(fx, SP_FX_SESSION_SET, "", "{\"state\":\"ended\",\"active\":false}");
  expect_effect(fx, SP_FX_SESSION_EVENT, "sessionState", "[\"ended\"]");
  assert_true(sp_effects_empty(fx));
  sp_effects_free(fx);
  sp_registry_clear(&registry);
}

static void a_record_is_made_whole_or_not_at_all(void **state) {
  (void)state;
  for (size_t n = 1, done = 0; !done; n++) {
    sp_registry registry;
    sp_registry_init(&registry, test_alloc_new(n));
    sp_session *s = sp_registry_add(&registry, SP_STR("s1"), SP_STR("p@gjoll.x/r"));
    assert_int_equal(registry.count, s ? 1 : 0);
    if (s && sp_session_mark_announced(s, SP_STR("c1")) != SP_OK)
      assert_false(sp_session_was_announced(s, SP_STR("c1")));
    sp_registry_clear(&registry);
    assert_int_equal(test_alloc_live(), 0);
    done = !test_alloc_failed();
  }
}

int main(void) {
  const struct CMUnitTest tests[] = {
    cmocka_unit_test(handles_are_never_reused),
    cmocka_unit_test(look_ups),
    cmocka_unit_test(the_registry_is_bounded),
    cmocka_unit_test(live_and_dead_connections),
    cmocka_unit_test(starts_are_remembered_per_conversation),
    cmocka_unit_test(the_app_sees_members_and_state),
    cmocka_unit_test(a_record_is_made_whole_or_not_at_all),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
