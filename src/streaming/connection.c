/* SPDX-License-Identifier: MIT */
#include "streaming/connection.h"

#define E(name) [SP_CONN_EV_##name]
#define GO(next, action)                                                                                               \
  { SP_CONN_DO_##action, SP_CONN_##next }

static const sp_conn_rule rules[SP_CONN_STATES][SP_CONN_EVENTS] = {
  [SP_CONN_IDLE] = { E(CONNECT) = GO(WAIT, START), E(DISCONNECT) = GO(CLOSING, SHUT) },
  [SP_CONN_WAIT] = { E(DISCONNECT) = GO(CLOSING, CANCEL), E(DELAY_OVER) = GO(PREP, PREPARE),
                     E(ONLINE) = GO(PREP, PREPARE), E(SUSPEND) = GO(WAIT, SUSPEND) },
  [SP_CONN_PREP] = { E(DISCONNECT) = GO(CLOSING, CANCEL), E(PREPARED) = GO(OPEN, OPEN), E(FAILED) = GO(WAIT, RETRY),
                     E(REFUSED) = GO(IDLE, REPORT), E(ONLINE) = GO(PREP, AGAIN), E(SUSPEND) = GO(WAIT, SUSPEND) },
  [SP_CONN_OPEN] = { E(DISCONNECT) = GO(CLOSING, CANCEL), E(READY) = GO(CONFIG, DISCOVER), E(FAILED) = GO(WAIT, RETRY),
                     E(REFUSED) = GO(IDLE, REPORT), E(LOST) = GO(WAIT, RETRY), E(TRANSFER) = GO(WAIT, RETRY),
                     E(RETIRED) = GO(OPEN, NOTHING), E(ONLINE) = GO(PREP, AGAIN), E(SUSPEND) = GO(WAIT, SUSPEND) },
  [SP_CONN_CONFIG] = { E(DISCONNECT) = GO(CLOSING, CANCEL), E(CONFIGURED) = GO(CONNECTED, ANNOUNCE),
                       E(FAILED) = GO(WAIT, RETRY), E(LOST) = GO(WAIT, RETRY), E(TRANSFER) = GO(WAIT, RETRY),
                       E(RETIRED) = GO(CONFIG, NOTHING), E(ONLINE) = GO(PREP, AGAIN), E(SUSPEND) = GO(WAIT, SUSPEND) },
  [SP_CONN_CONNECTED] = { E(DISCONNECT) = GO(CLOSING, SHUT), E(LOST) = GO(WAIT, RECONNECT),
                          E(SILENT) = GO(WAIT, RECONNECT), E(DEAD) = GO(WAIT, HURRY), E(TRANSFER) = GO(WAIT, RECONNECT),
                          E(RETIRED) = GO(CONNECTED, RETIRE), E(SUSPEND) = GO(WAIT, PARK) },
  [SP_CONN_CLOSING] = { E(CONNECT) = GO(WAIT, RESTART), E(DISCONNECT) = GO(CLOSING, NOTHING),
                        E(CLOSED) = GO(IDLE, FINISH) },
};

static const char *const names[SP_CONN_STATES] = {
  [SP_CONN_IDLE] = "idle",       [SP_CONN_WAIT] = "wait",     [SP_CONN_PREP] = "prep",
  [SP_CONN_OPEN] = "open",       [SP_CONN_CONFIG] = "config", [SP_CONN_CONNECTED] = "connected",
  [SP_CONN_CLOSING] = "closing",
};

sp_conn_rule sp_conn_rule_of(sp_conn_state state, sp_conn_event event) {
  return rules[state][event];
}

const char *sp_conn_state_name(sp_conn_state state) {
  return names[state];
}
