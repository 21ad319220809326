/* SPDX-License-Identifier: MIT */
#include "base/limits.h"
#include "session/pending.h"
#include "support.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>

static sp_pending *add(sp_pending_list *list, const char *id, const char *conversation, sp_session_type type) {
  sp_pending entry = { .id = sp_str_from(id), .conversation_id = sp_str_from(conversation), .type = type };
  return sp_pending_add(list, &entry);
}

/* The list of the look-up table: a mocked entry shares the id of the one before it (sessions.md §5.2). */
static void fill(sp_pending_list *list) {
  sp_pending_init(list, test_alloc_new(0));
  add(list, "s1", "c1", SP_SESSION_SOFTPHONE);
  add(list, "s1", "c2", SP_SESSION_SOFTPHONE);
  add(list, "s3", "c1", SP_SESSION_SCREEN_SHARE);
  add(list, "s4", "", SP_SESSION_SOFTPHONE);
}

static void look_ups_follow_the_table(void **state) {
  static const struct {
    const char *name, *session_id, *conversation_id;
    sp_session_type type;
    int index; /* -1: none */
  } cases[] = {
    { "by session id, first of two", "s1", NULL, SP_SESSION_UNKNOWN, 0 },
    { "S-35 a session id ignores a wrong conversation", "s3", "c2", SP_SESSION_SOFTPHONE, 2 },
    { "unknown session id, known conversation", "s9", "c1", SP_SESSION_UNKNOWN, -1 },
    { "by conversation", NULL, "c2", SP_SESSION_UNKNOWN, 1 },
    { "by conversation and type", NULL, "c1", SP_SESSION_SCREEN_SHARE, 2 },
    { "by conversation, other type", NULL, "c2", SP_SESSION_SCREEN_SHARE, -1 },
    { "nothing given", NULL, NULL, SP_SESSION_UNKNOWN, -1 },
    { "an empty conversation finds nothing", NULL, "", SP_SESSION_SOFTPHONE, -1 },
  };
  (void)state;
  sp_pending_list list;
  fill(&list);
  for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
    const sp_pending *found =
        sp_pending_find(&list, sp_str_from(cases[i].session_id), sp_str_from(cases[i].conversation_id), cases[i].type);
    int index = -1;
    const sp_pending *at = list.head;
    for (int k = 0; at; at = at->next, k++)
      if (at == found) index = k;
    if (index != cases[i].index) fail_msg("%s: found %d", cases[i].name, index);
  }
  sp_pending_clear(&list);
  assert_int_equal(test_alloc_live(), 0);
}

/* cancelled and handled prefer the entry that matches both ids. */
static void both_ids_win_over_the_session_id_alone(void **state) {
  (void)state;
  sp_pending_list list;
  fill(&list);
  const sp_pending *second = list.head->next;
  assert_ptr_equal(sp_pending_find_both(&list, SP_STR("s1"), SP_STR("c2")), second);
  assert_ptr_equal(sp_pending_find_both(&list, SP_STR("s1"), SP_STR("c9")), list.head);
  assert_ptr_equal(sp_pending_find_both(&list, SP_STR("s1"), SP_STR_NONE), list.head);
  assert_null(sp_pending_find_both(&list, SP_STR("s9"), SP_STR("c1")));
  sp_pending_clear(&list);
}

static void entries_keep_their_order_and_leave_one_by_one(void **state) {
  (void)state;
  sp_pending_list list;
  fill(&list);
  sp_pending *first = list.head, *second = first->next, *third = second->next;
  sp_pending_remove(&list, second);
  assert_int_equal(list.count, 3);
  assert_ptr_equal(first->next, third);
  assert_int_equal(sp_pending_set_id(&list, third, SP_STR("s5")), SP_OK);
  assert_ptr_equal(sp_pending_find(&list, SP_STR("s5"), SP_STR_NONE, SP_SESSION_UNKNOWN), third);
  sp_pending_remove(&list, first);
  assert_ptr_equal(list.head, third);
  sp_pending_clear(&list);
  assert_int_equal(list.count, 0);
  assert_int_equal(test_alloc_live(), 0);
}

static void the_list_is_bounded(void **state) {
  (void)state;
  sp_pending_list list;
  sp_pending_init(&list, test_alloc_new(0));
  for (unsigned i = 0; i < SP_MAX_PENDING_SESSIONS; i++) {
    char id[16];
    snprintf(id, sizeof id, "s%u", i);
    assert_non_null(add(&list, id, id, SP_SESSION_SOFTPHONE));
  }
  assert_null(add(&list, "more", "more", SP_SESSION_SOFTPHONE));
  assert_int_equal(list.count, SP_MAX_PENDING_SESSIONS);
  sp_pending_clear(&list);
}

static void the_app_sees_the_documented_members(void **state) {
  sp_pending minimal = { .id = SP_STR("s1"), .conversation_id = SP_STR("c1"), .type = SP_SESSION_SOFTPHONE };
  sp_pending full = { .id = SP_STR("s\"1"),
                      .conversation_id = SP_STR("c1"),
                      .from = SP_STR("f@gjoll.x/r"),
                      .to = SP_STR("u@x/r"),
                      .from_user_id = SP_STR("u2"),
                      .original_room_jid = SP_STR("f@gjoll.x"),
                      .priv_answer_mode = SP_STR("Auto"),
                      .meeting_id = SP_STR("m1"),
                      .type = SP_SESSION_SCREEN_SHARE,
                      .auto_answer = true,
                      .accepted = true };
  sp_buf out;
  (void)state;
  sp_buf_init(&out, test_alloc_new(0), 4096);
  sp_pending_write(&out, &minimal);
  assert_true(sp_str_is(sp_buf_str(&out), "{\"id\":\"s1\",\"sessionId\":\"s1\",\"autoAnswer\":false,"
                                          "\"conversationId\":\"c1\",\"sessionType\":\"softphone\"}"));
  sp_buf_reset(&out);
  sp_pending_write(&out, &full);
  assert_true(sp_str_is(sp_buf_str(&out),
                        "{\"id\":\"s\\\"1\",\"sessionId\":\"s\\\"1\",\"autoAnswer\":true,"
                        "\"conversationId\":\"c1\",\"sessionType\":\"screenShare\",\"toJid\":\"u@x/r\","
                        "\"fromJid\":\"f@gjoll.x/r\",\"originalRoomJid\":\"f@gjoll.x\",\"fromUserId\":\"u2\","
                        "\"privAnswerMode\":\"Auto\",\"meetingId\":\"m1\",\"accepted\":true}"));
  sp_buf_free(&out);
}

static void an_entry_is_added_whole_or_not_at_all(void **state) {
  (void)state;
  for (size_t n = 1, done = 0; !done; n++) {
    sp_pending_list list;
    sp_pending_init(&list, test_alloc_new(n));
    const sp_pending *entry = add(&list, "s1", "c1", SP_SESSION_SOFTPHONE);
    assert_int_equal(list.count, entry ? 1 : 0);
    assert_ptr_equal(list.head, entry);
    sp_pending_clear(&list);
    assert_int_equal(test_alloc_live(), 0);
    done = !test_alloc_failed();
  }
}

int main(void) {
  const struct CMUnitTest tests[] = {
    cmocka_unit_test(look_ups_follow_the_table),
    cmocka_unit_test(both_ids_win_over_the_session_id_alone),
    cmocka_unit_test(entries_keep_their_order_and_leave_one_by_one),
    cmocka_unit_test(the_list_is_bounded),
    cmocka_unit_test(the_app_sees_the_documented_members),
    cmocka_unit_test(an_entry_is_added_whole_or_not_at_all),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
