/* SPDX-License-Identifier: MIT */
/* Walks every state x event pair of the session table: what is not listed here must be refused. */
#include "session/machine.h"
#include "support.h"

#include <string.h>

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

typedef struct pair {
  sp_session_state state;
  sp_session_event event;
  sp_session_state next;
  sp_session_action action;
} pair;

#define ON(state, event, next, action)                                                                                 \
  { SP_SESSION_##state, SP_EV_##event, SP_SESSION_##next, SP_DO_##action }

/* clang-format off */
static const pair legal[] = {
  ON(DESCRIBING, OFFER,        DESCRIBING, APPLY_OFFER),
  ON(DESCRIBING, DESCRIBED,    OFFERED,    ANNOUNCE),
  ON(DESCRIBING, PEER_REFUSED, ENDING,     REFUSE_OFFER),
  ON(DESCRIBING, END,          ENDING,     TERMINATE),
  ON(DESCRIBING, REMOTE_END,   ENDED,      FINISH),
  ON(OFFERED,    OFFER,        OFFERED,    APPLY_OFFER),
  ON(OFFERED,    DESCRIBED,    OFFERED,    NOTHING),
  ON(OFFERED,    ACCEPT,       MEDIA,      GET_MEDIA),
  ON(OFFERED,    PEER_REFUSED, OFFERED,    REPORT),
  ON(OFFERED,    END,          ENDING,     TERMINATE),
  ON(OFFERED,    REMOTE_END,   ENDED,      FINISH),
  ON(MEDIA,      OFFER,        MEDIA,      APPLY_OFFER),
  ON(MEDIA,      DESCRIBED,    MEDIA,      NOTHING),
  ON(MEDIA,      MEDIA_READY,  ATTACHING,  ATTACH),
  ON(MEDIA,      MEDIA_FAILED, OFFERED,    FAIL_ACCEPT),
  ON(MEDIA,      PEER_REFUSED, MEDIA,      REPORT),
  ON(MEDIA,      END,          ENDING,     TERMINATE),
  ON(MEDIA,      REMOTE_END,   ENDED,      FINISH),
  ON(ATTACHING,  OFFER,        ATTACHING,  APPLY_OFFER),
  ON(ATTACHING,  DESCRIBED,    ATTACHING,  NOTHING),
  ON(ATTACHING,  ATTACHED,     ANSWERING,  ANSWER),
  ON(ATTACHING,  PEER_REFUSED, OFFERED,    FAIL_ACCEPT),
  ON(ATTACHING,  END,          ENDING,     TERMINATE),
  ON(ATTACHING,  REMOTE_END,   ENDED,      FINISH),
  ON(ANSWERING,  OFFER,        ANSWERING,  APPLY_OFFER),
  ON(ANSWERING,  DESCRIBED,    ANSWERING,  ANSWER),
  ON(ANSWERING,  ANSWERED,     ACTIVE,     SEND_ANSWER),
  ON(ANSWERING,  PEER_REFUSED, ENDING,     REFUSE_OFFER),
  ON(ANSWERING,  END,          ENDING,     TERMINATE),
  ON(ANSWERING,  REMOTE_END,   ENDED,      FINISH),
  ON(ACTIVE,     OFFER,        ACTIVE,     APPLY_OFFER),
  ON(ACTIVE,     DESCRIBED,    ACTIVE,     ANSWER),
  ON(ACTIVE,     ANSWERED,     ACTIVE,     SEND_ANSWER),
  ON(ACTIVE,     PEER_REFUSED, ACTIVE,     REPORT),
  ON(ACTIVE,     END,          ENDING,     TERMINATE),
  ON(ACTIVE,     REMOTE_END,   ENDED,      FINISH),
  ON(ENDING,     END,          ENDING,     NOTHING),
  ON(ENDING,     END_DONE,     ENDED,      FINISH),
  ON(ENDING,     REMOTE_END,   ENDED,      FINISH),
};
/* clang-format on */

static const pair *find(sp_session_state state, sp_session_event event) {
  for (size_t i = 0; i < sizeof legal / sizeof *legal; i++)
    if (legal[i].state == state && legal[i].event == event) return &legal[i];
  return NULL;
}

static void every_pair_is_decided(void **state) {
  (void)state;
  for (int s = 0; s < SP_SESSION_STATES; s++) {
    for (int e = 0; e < SP_SESSION_EVENTS; e++) {
      const pair *expected = find((sp_session_state)s, (sp_session_event)e);
      sp_session_rule rule = { SP_SESSION_STATES, SP_DO_REPORT };
      int status = sp_session_step((sp_session_state)s, (sp_session_event)e, &rule);
      if (status != (expected ? SP_OK : SP_ESTATE)) fail_msg("state %d, event %d: status %d", s, e, status);
      if (rule.next != (expected ? expected->next : SP_SESSION_STATES) ||
          rule.action != (expected ? expected->action : SP_DO_REPORT))
        fail_msg("state %d, event %d: next %d, action %d", s, e, (int)rule.next, (int)rule.action);
    }
  }
}

static void states_show_as_documented_words(void **state) {
  static const char *const words[SP_SESSION_STATES] = {
    [SP_SESSION_DESCRIBING] = "pending", [SP_SESSION_OFFERED] = "pending",  [SP_SESSION_MEDIA] = "pending",
    [SP_SESSION_ATTACHING] = "pending",  [SP_SESSION_ANSWERING] = "active", [SP_SESSION_ACTIVE] = "active",
    [SP_SESSION_ENDING] = "active",      [SP_SESSION_ENDED] = "ended",
  };
  (void)state;
  for (int s = 0; s < SP_SESSION_STATES; s++) assert_string_equal(sp_session_state_word((sp_session_state)s), words[s]);
}

/* However the world behaves, a session that is told to end gets there in two steps, from everywhere. */
static void every_state_can_end(void **state) {
  (void)state;
  for (int s = 0; s < SP_SESSION_ENDED; s++) {
    sp_session_rule rule;
    assert_int_equal(sp_session_step((sp_session_state)s, SP_EV_END, &rule), SP_OK);
    assert_int_equal(rule.next, SP_SESSION_ENDING);
    assert_int_equal(sp_session_step(rule.next, SP_EV_END_DONE, &rule), SP_OK);
    assert_int_equal(rule.next, SP_SESSION_ENDED);
    assert_int_equal(rule.action, SP_DO_FINISH);
  }
}

int main(void) {
  const struct CMUnitTest tests[] = {
    cmocka_unit_test(every_pair_is_decided),
    cmocka_unit_test(states_show_as_documented_words),
    cmocka_unit_test(every_state_can_end),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
