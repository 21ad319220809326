/* SPDX-License-Identifier: MIT */
#include "conversation/decision.h"

/* sessions.md §7.6, first table; "C carried" and "C shared" are its third column, told apart by whose
   conversation the session carries. */
static const sp_row rows[SP_BEFORES][SP_AFTERS] = {
  /* clang-format off */
  /* previous \ new         P      C alone C carried C shared E      other */
  [SP_BEFORE_NO_RECORD] = { SP_T2, SP_T1,  SP_T1,    SP_T1,   SP_T1, SP_T1 },
  [SP_BEFORE_NO_STATE]  = { SP_T2, SP_T5,  SP_T4,    SP_T6,   SP_T9, SP_T10 },
  [SP_BEFORE_PENDING]   = { SP_T2, SP_T5,  SP_T6,    SP_T6,   SP_T7, SP_T10 },
  [SP_BEFORE_CONNECTED] = { SP_T2, SP_T5,  SP_T4,    SP_T6,   SP_T8, SP_T10 },
  [SP_BEFORE_ENDED]     = { SP_T2, SP_T5,  SP_T6,    SP_T6,   SP_T8, SP_T10 },
  [SP_BEFORE_OTHER]     = { SP_T2, SP_T5,  SP_T6,    SP_T6,   SP_T8, SP_T10 },
  /* clang-format on */
};

sp_row sp_decide(sp_before before, sp_after after) {
  return rows[before][after];
}

sp_after sp_after_of(sp_call_class class, bool has_session, bool carried) {
  switch (class) {
    case SP_CALL_PENDING: return SP_AFTER_PENDING;
    case SP_CALL_CONNECTED:
      if (!has_session) return SP_AFTER_CONNECTED_ALONE;
      return carried ? SP_AFTER_CONNECTED_CARRIED : SP_AFTER_CONNECTED_SHARED;
    case SP_CALL_ENDED: return SP_AFTER_ENDED;
    case SP_CALL_NONE:
    case SP_CALL_OTHER: break;
  }
  return SP_AFTER_OTHER;
}

sp_before sp_before_of(sp_call_class class) {
  switch (class) {
    case SP_CALL_NONE: return SP_BEFORE_NO_STATE;
    case SP_CALL_PENDING: return SP_BEFORE_PENDING;
    case SP_CALL_CONNECTED: return SP_BEFORE_CONNECTED;
    case SP_CALL_ENDED: return SP_BEFORE_ENDED;
    case SP_CALL_OTHER: break;
  }
  return SP_BEFORE_OTHER;
}
