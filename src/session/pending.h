/* SPDX-License-Identifier: MIT */
/* pending.h: the SDK's ordered list of pending sessions (sessions.md §5.1, §5.2). Data and look-ups only. */
#ifndef SP_SESSION_PENDING_H
#define SP_SESSION_PENDING_H

#include "signaling/message.h"

typedef struct sp_pending {
  struct sp_pending *next;
  sp_str id, conversation_id, from, to, from_user_id, original_room_jid, priv_answer_mode, meeting_id;
  sp_session_type type;
  uint32_t heard_on; /* number of the connection that proposed it last */
  bool mocked;       /* rings on a session that carries others: its id is not its own */
  bool auto_answer, accepted;
} sp_pending;

typedef struct sp_pending_list {
  const sp_alloc *alloc;
  sp_pending *head;
  size_t count;
} sp_pending_list;

void sp_pending_init(sp_pending_list *list, const sp_alloc *alloc);
void sp_pending_clear(sp_pending_list *list);
/* Appends a copy of *from; NULL when out of memory or over SP_MAX_PENDING_SESSIONS. */
sp_pending *sp_pending_add(sp_pending_list *list, const sp_pending *from);
void sp_pending_remove(sp_pending_list *list, sp_pending *entry);
int sp_pending_set_id(sp_pending_list *list, sp_pending *entry, sp_str id);

/* Look-up of §5.2: with a session id that alone counts, else conversation id and, when not UNKNOWN, type. */
sp_pending *sp_pending_find(const sp_pending_list *list, sp_str session_id, sp_str conversation_id,
                            sp_session_type type);
/* For cancelled and handled: the entry that matches both ids, then the session id alone. */
sp_pending *sp_pending_find_both(const sp_pending_list *list, sp_str session_id, sp_str conversation_id);

/* Appends IPendingSession. */
void sp_pending_write(sp_buf *out, const sp_pending *entry);

#endif
