/* SPDX-License-Identifier: MIT */
/* record.h: what the store keeps of one conversation, and the table of such records: looked up by id over a
   sorted index, listed in insertion order. For the store only. */
#ifndef SP_CONVERSATION_RECORD_H
#define SP_CONVERSATION_RECORD_H

#include "conversation/event.h"

/* What two updates are compared by (sessions.md §7.4 step 5). Members a call leaves out differ from false. */
typedef enum sp_call_flag { SP_FLAG_ABSENT, SP_FLAG_FALSE, SP_FLAG_TRUE } sp_call_flag;

typedef struct sp_call_facts {
  sp_call_class class; /* SP_CALL_NONE: there is no call */
  sp_str state;
  sp_call_flag held, muted, confined;
} sp_call_facts;

/* One update, normalised. All texts are slices of `block`. */
typedef struct sp_content {
  sp_str block;                     /* owned; absent in a session-only record */
  sp_str update, participant, call; /* JSON */
  sp_str participant_id, purpose;
  sp_call_facts latest;   /* of the participant that counts now */
  sp_call_facts previous; /* what the next update is compared with: prefers a connected call (§7.2) */
} sp_content;

/* Builds the content of a conversation with this participant and call of the user, by way of `scratch`, which
   is reset. SP_ELIMIT, SP_ENOMEM: nothing to free. */
int sp_content_make(const sp_alloc *alloc, sp_buf *scratch, const sp_json *conversation, sp_str user_id,
                    const sp_json *participant, const sp_json *call, sp_content *out);
void sp_content_free(const sp_alloc *alloc, sp_content *content);

typedef struct sp_record {
  sp_str conversation_id; /* owned */
  uint32_t session;       /* handle, 0 = none */
  uint32_t number;        /* its own as long as it lives: what did not change is told by it alone */
  bool told;              /* the host has the content */
  bool answered;          /* its session was accepted for the call that alerts: nothing to announce any more */
  sp_content content;
} sp_record;

typedef struct sp_records {
  const sp_alloc *alloc;
  sp_record **order;  /* as inserted */
  sp_record **sorted; /* by conversation id */
  size_t count, capacity;
  uint32_t numbers; /* given out so far */
} sp_records;

void sp_records_clear(sp_records *records);                                    /* frees everything */
sp_record *sp_records_find(const sp_records *records, sp_str conversation_id); /* NULL when unknown */
/* Appends an empty record for an id that has none. SP_ELIMIT (SP_MAX_CONVERSATIONS), SP_ENOMEM. */
int sp_records_add(sp_records *records, sp_str conversation_id, sp_record **out);
void sp_records_remove(sp_records *records, sp_record *record); /* frees it */

#endif
