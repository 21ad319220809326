/* SPDX-License-Identifier: MIT */
#include "streaming/connection.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

/* One word per state and event: the next state's first letters, "-" for an illegal pair. */
static const char *const table[SP_CONN_STATES][SP_CONN_EVENTS] = {
  /*                      CONNECT DISCONNECT DELAY ONLINE PREPARED READY CONFIGURED FAILED REFUSED LOST SILENT DEAD
                          RETIRED TRANSFER CLOSED SUSPEND */
  [SP_CONN_IDLE] = { "wait", "closing", "-", "-", "-", "-", "-", "-", "-", "-", "-", "-", "-", "-", "-", "-" },
  [SP_CONN_WAIT] = { "-", "closing", "prep", "prep", "-", "-", "-", "-", "-", "-", "-", "-", "-", "-", "-", "wait" },
  [SP_CONN_PREP] = { "-", "closing", "-", "prep", "open", "-", "-", "wait", "idle", "-", "-", "-", "-", "-", "-",
                     "wait" },
  [SP_CONN_OPEN] = { "-", "closing", "-", "prep", "-", "config", "-", "wait", "idle", "wait", "-", "-", "open", "wait",
                     "-", "wait" },
  [SP_CONN_CONFIG] = { "-", "closing", "-", "prep", "-", "-", "connected", "wait", "-", "wait", "-", "-", "config",
                       "wait", "-", "wait" },
  [SP_CONN_CONNECTED] = { "-", "closing", "-", "-", "-", "-", "-", "-", "-", "wait", "wait", "wait", "connected",
                          "wait", "-", "wait" },
  [SP_CONN_CLOSING] = { "wait", "closing", "-", "-", "-", "-", "-", "-", "-", "-", "-", "-", "-", "-", "idle", "-" },
};

static void every_pair(void **state) {
  (void)state;
  for (int s = 0; s < SP_CONN_STATES; s++)
    for (int e = 0; e < SP_CONN_EVENTS; e++) {
      sp_conn_rule rule = sp_conn_rule_of((sp_conn_state)s, (sp_conn_event)e);
      const char *got = rule.action == SP_CONN_ILLEGAL ? "-" : sp_conn_state_name(rule.next);
      assert_non_null(table[s][e]); /* an event without a decision */
      if (strcmp(got, table[s][e]) != 0)
        fail_msg("%s, event %d: want %s, got %s", sp_conn_state_name((sp_conn_state)s), e, table[s][e], got);
    }
}

/* Every action is reached by some pair, and a state that waits for the network can always be left by disconnecting. */
static void every_action_is_used(void **state) {
  (void)state;
  for (int a = 0; a < SP_CONN_ACTIONS; a++) {
    int uses = 0;
    for (int s = 0; s < SP_CONN_STATES; s++)
      for (int e = 0; e < SP_CONN_EVENTS; e++)
        uses += sp_conn_rule_of((sp_conn_state)s, (sp_conn_event)e).action == (sp_conn_action)a;
    assert_true(uses > 0);
  }
  for (int s = 0; s < SP_CONN_STATES; s++)
    assert_int_not_equal(sp_conn_rule_of((sp_conn_state)s, SP_CONN_EV_DISCONNECT).action, SP_CONN_ILLEGAL);
}

int main(void) {
  const struct CMUnitTest tests[] = {
    { "W-3.4 every state and event", every_pair, NULL, NULL, NULL },
    cmocka_unit_test(every_action_is_used),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
