/* SPDX-License-Identifier: MIT */
/* decision.h: which row of the conversation decision table applies (sessions.md §7.6). For the store only. */
#ifndef SP_CONVERSATION_DECISION_H
#define SP_CONVERSATION_DECISION_H

#include "conversation/event.h"

typedef enum sp_before {
  SP_BEFORE_NO_RECORD,
  SP_BEFORE_NO_STATE, /* a session-only record */
  SP_BEFORE_PENDING,
  SP_BEFORE_CONNECTED,
  SP_BEFORE_ENDED,
  SP_BEFORE_OTHER,
  SP_BEFORES
} sp_before;

typedef enum sp_after {
  SP_AFTER_PENDING,
  SP_AFTER_CONNECTED_ALONE,   /* class C, no session */
  SP_AFTER_CONNECTED_CARRIED, /* class C, the session carries this conversation */
  SP_AFTER_CONNECTED_SHARED,  /* class C, the session carries another conversation */
  SP_AFTER_ENDED,
  SP_AFTER_OTHER,
  SP_AFTERS
} sp_after;

/* Named as in the specification. */
typedef enum sp_row {
  SP_ROW_NONE, /* nothing differs */
  SP_T1,       /* not a conversation of this client */
  SP_T2,       /* alerts, inbound; with outbound T-3 */
  SP_T4,       /* connected on the session that carries it */
  SP_T5,       /* connected elsewhere */
  SP_T6,       /* starts on a session */
  SP_T7,       /* ended before it was connected */
  SP_T8,       /* ended */
  SP_T9,       /* ended, and nothing of it was ever seen */
  SP_T10,      /* a state of no class, such as "hold" */
  SP_T11,      /* held, muted or confined changed */
  SP_ROWS
} sp_row;

/* The row for a state that changed or had no predecessor. */
sp_row sp_decide(sp_before before, sp_after after);
/* `carried`: the session carries this conversation. */
sp_after sp_after_of(sp_call_class class, bool has_session, bool carried);
/* For a record that exists; SP_CALL_NONE is no previous state. */
sp_before sp_before_of(sp_call_class class);

#endif
