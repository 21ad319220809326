/* SPDX-License-Identifier: MIT */
/* table.h: what signaling remembers beside live media sessions (wire.md §8.2, §8.5, §9.3, §9.4): proposals that wait,
   which of the two paths a session id uses, early candidates, re-invites already seen. Data and rules
   only; every list is bounded, the oldest entry leaves. */
#ifndef SP_SIGNALING_TABLE_H
#define SP_SIGNALING_TABLE_H

#include "base/timer.h"
#include "signaling/message.h"

typedef struct sp_proposal {
  sp_str session_id, conversation_id, from, to, from_user_id, original_room_jid, meeting_id, priv_answer_mode,
      persistent_conversation_id;
  sp_session_type type;
  sp_tribool auto_answer, sdp_over_xmpp;
  bool proceeded; /* we sent proceed: a repeated propose gets another one (§8.1 rule 4) */
} sp_proposal;

typedef struct sp_table sp_table;

sp_table *sp_table_new(const sp_alloc *alloc);
void sp_table_free(sp_table *t);

typedef enum sp_propose_outcome {
  SP_PROPOSE_NEW,       /* stored: announce it */
  SP_PROPOSE_REPEATED,  /* known and not accepted yet: announce again */
  SP_PROPOSE_PROCEEDED, /* known and accepted: send proceed again, announce nothing */
  SP_PROPOSE_IGNORED,   /* from ourselves, or over */
  SP_PROPOSE_FAILED     /* out of memory: nothing is remembered of it */
} sp_propose_outcome;

/* At most SP_MAX_PENDING_SESSIONS are kept. */
sp_propose_outcome sp_table_propose(sp_table *t, uint64_t now, const sp_message *propose, sp_str own_full_jid);
/* NULL when unknown. Valid until the next change of the table. */
const sp_proposal *sp_table_find(const sp_table *t, sp_str session_id);
void sp_table_proceeded(sp_table *t, sp_str session_id);
void sp_table_remove(sp_table *t, sp_str session_id); /* proposal only; the path entry stays */
void sp_table_forget(sp_table *t, sp_str session_id); /* proposal and path entry */
/* The session was withdrawn or has ended: forgets it, and a proposal or offer of this id within 10 s is a late copy,
   for the platform gives each attempt an id of its own. What it goes on proposing is taken after that. */
void sp_table_over(sp_table *t, uint64_t now, sp_str session_id);
bool sp_table_is_over(const sp_table *t, uint64_t now, sp_str session_id);
/* The path of a session id: SP_TRUE SDP over XMPP, SP_FALSE Jingle, SP_UNSET unknown. */
sp_tribool sp_table_path(const sp_table *t, sp_str session_id);

/* One candidate: real ones are below 300 bytes. */
#define SP_MAX_EARLY_FRAGMENT 4096u

/* Early candidates: at most 10 sessions, 60 s after the last write, SP_MAX_EARLY_CANDIDATES each. SP_ELIMIT for one
   more or for a longer one, SP_ENOMEM; nothing changed then. */
int sp_table_early_add(sp_table *t, uint64_t now, sp_str session_id, sp_str text);
/* The next one of this session in arrival order, moved into *out (sp_str_free it); false when none is left. */
bool sp_table_early_take(sp_table *t, uint64_t now, sp_str session_id, sp_str *text);

/* True when this JSON-RPC id of a re-invite was seen within 180 s; else remembers it. */
bool sp_table_reinvite_seen(sp_table *t, uint64_t now, sp_str rpc_id);

#endif
