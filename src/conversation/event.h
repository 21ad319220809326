/* SPDX-License-Identifier: MIT */
/* event.h: a conversation notification as plain data (sessions.md §7.1): only the members the SDK keeps, and
   the choice of the user's participant and call (§7.2). */
#ifndef SP_CONVERSATION_EVENT_H
#define SP_CONVERSATION_EVENT_H

#include "base/json.h"

typedef enum sp_call_class {
  SP_CALL_NONE,
  SP_CALL_PENDING,
  SP_CALL_CONNECTED,
  SP_CALL_ENDED,
  SP_CALL_OTHER
} sp_call_class;

sp_call_class sp_call_class_of(sp_str state); /* absent state: SP_CALL_NONE */

/* The user's participant in a conversation JSON object (eventBody, or the body of R-5), or NULL.
   `wanted_state` may be absent. */
const sp_json *sp_conversation_participant(const sp_json *conversation, sp_str user_id, sp_str wanted_state);
/* The call of a participant that counts, or NULL. */
const sp_json *sp_conversation_call(const sp_json *participant);

/* Where in the text a participant, or one of its calls, was written. */
typedef struct sp_place {
  const sp_json *of; /* NULL: nothing is looked for */
  size_t from, to;
} sp_place;

/* Appends the normalised ConversationUpdate / participant as JSON; fills the two places. */
void sp_conversation_write(sp_buf *out, const sp_json *conversation, sp_place places[2]);
void sp_conversation_write_participant(sp_buf *out, const sp_json *participant);

#endif
