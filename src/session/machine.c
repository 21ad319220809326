/* SPDX-License-Identifier: MIT */
#include "session/machine.h"

#include <stdbool.h>

typedef struct entry {
  bool legal;
  sp_session_rule rule;
} entry;

#define GO(state, action)                                                                                              \
  {                                                                                                                    \
    true, {                                                                                                            \
      SP_SESSION_##state, SP_DO_##action                                                                               \
    }                                                                                                                  \
  }

/* clang-format off */
static const entry table[SP_SESSION_STATES][SP_SESSION_EVENTS] = {
  [SP_SESSION_DESCRIBING] = { [SP_EV_OFFER]        = GO(DESCRIBING, APPLY_OFFER),
                              [SP_EV_DESCRIBED]    = GO(OFFERED, ANNOUNCE),
                              [SP_EV_PEER_REFUSED] = GO(ENDING, REFUSE_OFFER),
                              [SP_EV_END]          = GO(ENDING, TERMINATE),
                              [SP_EV_REMOTE_END]   = GO(ENDED, FINISH) },
  [SP_SESSION_OFFERED]    = { [SP_EV_ACCEPT]       = GO(MEDIA, GET_MEDIA),
                              [SP_EV_OFFER]        = GO(OFFERED, APPLY_OFFER),
                              [SP_EV_DESCRIBED]    = GO(OFFERED, NOTHING),
                              [SP_EV_PEER_REFUSED] = GO(OFFERED, REPORT),
                              [SP_EV_END]          = GO(ENDING, TERMINATE),
                              [SP_EV_REMOTE_END]   = GO(ENDED, FINISH) },
  [SP_SESSION_MEDIA]      = { [SP_EV_MEDIA_READY]  = GO(ATTACHING, ATTACH),
                              [SP_EV_MEDIA_FAILED] = GO(OFFERED, FAIL_ACCEPT),
                              [SP_EV_OFFER]        = GO(MEDIA, APPLY_OFFER),
                              [SP_EV_DESCRIBED]    = GO(MEDIA, NOTHING),
                              [SP_EV_PEER_REFUSED] = GO(MEDIA, REPORT),
                              [SP_EV_END]          = GO(ENDING, TERMINATE),
                              [SP_EV_REMOTE_END]   = GO(ENDED, FINISH) },
  [SP_SESSION_ATTACHING]  = { [SP_EV_ATTACHED]     = GO(ANSWERING, ANSWER),
                              [SP_EV_OFFER]        = GO(ATTACHING, APPLY_OFFER),
                              [SP_EV_DESCRIBED]    = GO(ATTACHING, NOTHING),
                              [SP_EV_PEER_REFUSED] = GO(OFFERED, FAIL_ACCEPT),
                              [SP_EV_END]          = GO(ENDING, TERMINATE),
                              [SP_EV_REMOTE_END]   = GO(ENDED, FINISH) },
  [SP_SESSION_ANSWERING]  = { [SP_EV_ANSWERED]     = GO(ACTIVE, SEND_ANSWER),
                              [SP_EV_OFFER]        = GO(ANSWERING, APPLY_OFFER),
                              [SP_EV_DESCRIBED]    = GO(ANSWERING, ANSWER),
                              [SP_EV_PEER_REFUSED] = GO(ENDING, REFUSE_OFFER),
                              [SP_EV_END]          = GO(ENDING, TERMINATE),
                              [SP_EV_REMOTE_END]   = GO(ENDED, FINISH) },
  [SP_SESSION_ACTIVE]     = { [SP_EV_OFFER]        = GO(ACTIVE, APPLY_OFFER),
                              [SP_EV_DESCRIBED]    = GO(ACTIVE, ANSWER),
                              [SP_EV_ANSWERED]     = GO(ACTIVE, SEND_ANSWER),
                              [SP_EV_PEER_REFUSED] = GO(ACTIVE, REPORT),
                              [SP_EV_END]          = GO(ENDING, TERMINATE),
                              [SP_EV_REMOTE_END]   = GO(ENDED, FINISH) },
  [SP_SESSION_ENDING]     = { [SP_EV_END]          = GO(ENDING, NOTHING),
                              [SP_EV_END_DONE]     = GO(ENDED, FINISH),
                              [SP_EV_REMOTE_END]   = GO(ENDED, FINISH) },
};
/* clang-format on */

int sp_session_step(sp_session_state state, sp_session_event event, sp_session_rule *rule) {
  const entry *found = &table[state][event];
  if (!found->legal) return SP_ESTATE;
  *rule = found->rule;
  return SP_OK;
}

const char *sp_session_state_word(sp_session_state state) {
  if (state >= SP_SESSION_ENDED) return "ended";
  return state == SP_SESSION_ANSWERING || state == SP_SESSION_ACTIVE || state == SP_SESSION_ENDING ? "active"
                                                                                                   : "pending";
}
