/* SPDX-License-Identifier: MIT */
/* step.h: one update on its way through the store: what was found, and what the decision is about to change.
   Rows and writer read it; only the store commits it. For the store only. */
#ifndef SP_CONVERSATION_STEP_H
#define SP_CONVERSATION_STEP_H

#include "conversation/decision.h"
#include "conversation/record.h"
#include "conversation/store.h"

/* From so many records on, an update has only the one it is about in full; what else is new is told apart. */
#define SP_RECORDS_APART 16u

/* One event makes 12 at the most: participant, call error, mute, hold, and the eight of T-6 or T-8. */
#define SP_STORE_MAX_ACTIONS 16u

typedef struct sp_actions {
  sp_store_action list[SP_STORE_MAX_ACTIONS];
  size_t count, taken;
} sp_actions;

/* What the conversationUpdate of this update says (sessions.md §7.5). */
typedef enum sp_change { SP_CHANGE_NONE, SP_CHANGE_ADDED, SP_CHANGE_REMOVED, SP_CHANGE_UPDATED } sp_change;

typedef struct sp_step {
  const sp_store_view *view;
  const sp_records *records;
  sp_actions *actions;
  const sp_record *record; /* still as it was before; the one in doubt */
  sp_content next;         /* its content from now on */
  uint32_t session;        /* its session from now on */
  bool outbound;
  sp_str conversation_id, communication_id; /* of the store's texts */
  /* the decision */
  sp_change change;
  bool remove; /* the record goes */
  bool moved;  /* the session now carries this conversation */
} sp_step;

/* The conversation a session of the view carries; absent for 0 and unknown handles. */
sp_str sp_view_conversation(const sp_store_view *view, uint32_t session);

/* Adds an action of this step; conversation_id and session are filled in. Returns it for what else it says.
 */
sp_store_action *sp_step_add(sp_step *step, sp_store_action_kind kind);
/* Steps 6 and 7 of sessions.md §7.4 after the update was found to differ: appends the actions of the row that
   applies and sets the decision. SP_STORE_UPDATE comes last, so its JSON may be written afterwards. */
void sp_step_decide(sp_step *step, sp_before before);

/* Appends a record as the host is told of it, with its number. */
void sp_record_write(sp_buf *out, const sp_record *record);
/* Appends the conversationUpdate of the step. */
void sp_step_write_update(sp_buf *out, const sp_step *step);

#endif
