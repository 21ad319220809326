/* SPDX-License-Identifier: MIT */
/* store.h: the softphone's conversations (sessions.md §7): events in, differences out. The store decides rows
   T-1 … T-11 and answers what to do as a list of actions, which the session layer performs in order. It knows
   sessions by handle only. */
#ifndef SP_CONVERSATION_STORE_H
#define SP_CONVERSATION_STORE_H

#include "base/timer.h"
#include "conversation/event.h"

/* What the session layer knows about its softphone sessions; handle 0 = none. */
typedef struct sp_store_session {
  sp_str conversation_id; /* the conversation the session carries now */
  uint32_t handle;
  bool live; /* peer connection state exactly "connected" */
} sp_store_session;

typedef struct sp_store_view {
  sp_str user_id;
  bool line_appearance_many;        /* LA>1 */
  bool persistent;                  /* PC */
  bool proposed;                    /* this conversation: as a session of its own, which is not there yet */
  uint32_t active;                  /* handle of the active session, 0 = none */
  const sp_store_session *sessions; /* registry order */
  size_t session_count;
} sp_store_view;

typedef enum sp_store_action_kind {
  SP_STORE_NONE,
  SP_STORE_PENDING,          /* T-2/T-3 on the active session: `auto_answer`; announce pendingSession */
  SP_STORE_CANCEL_PENDING,   /* T-7 on the active session: cancelPendingSession if an entry is found */
  SP_STORE_HANDLED_PENDING,  /* T-6 on the active session: handledPendingSession if an entry is found */
  SP_STORE_SET_CONVERSATION, /* session.conversationId := conversation */
  SP_STORE_SESSION_STARTED,  /* sessionStarted unless already announced for this conversation */
  SP_STORE_SESSION_ENDED,    /* `internal` true: _sessionEnded only; else _sessionEnded done, now sessionEnded;
                                condition success */
  SP_STORE_UPDATE,           /* emit conversationUpdate: take it with sp_store_update_json */
  SP_STORE_METADATA,         /* R-9 for `communication_id` (the call's id) */
  SP_STORE_CALL_ERROR,       /* E-37: `json` = {"errorInfo","conversationId"} */
  SP_STORE_PARTICIPANT,      /* session.pcParticipant := json */
  SP_STORE_HEADSET           /* `command`: "ringing","outgoing","answer","reject","end","mute","hold","reset","clear";
                                see flags */
} sp_store_action_kind;

typedef struct sp_store_action {
  sp_store_action_kind kind;
  uint32_t session; /* handle, 0 = none */
  /* All texts are borrowed until the next event, tick, clear or free of the store. */
  sp_str conversation_id;
  sp_str communication_id, json;
  const char *command;
  bool auto_answer, internal, value, queued;
} sp_store_action;

typedef struct sp_store sp_store;

sp_store *sp_store_new(const sp_alloc *alloc);
void sp_store_free(sp_store *store);

/* One notification's eventBody (`conversation`). Actions are then taken with sp_store_take, in order; what is
   not taken before the next event is dropped. An event of a conversation that is not ours costs one look-up.
   SP_ESYNTAX: no usable id; SP_ELIMIT, SP_ENOMEM: state unchanged, no actions. */
int sp_store_event(sp_store *store, uint64_t now, const sp_json *conversation, const sp_store_view *view);
bool sp_store_take(sp_store *store, sp_store_action *out);
/* The last event took a call for ringing that an earlier one, of which nothing was kept, said to be connected. */
bool sp_store_was_overtaken(const sp_store *store);

/* A session was accepted for this conversation (§6.3 step 9): sets the record's session, or makes a
 * session-only record. */
int sp_store_accepted(sp_store *store, sp_str conversation_id, uint32_t session);
/* A call that rings and has no session does so on this one; false: there is no such call. */
bool sp_store_ring_on(sp_store *store, sp_str conversation_id, uint32_t session, bool *outbound);
/* It rings on a session of its own, whatever its first notification was taken for. */
void sp_store_proposed(sp_store *store, sp_str conversation_id);
/* Another session took over what this one carried (a re-invite). */
void sp_store_session_moved(sp_store *store, uint32_t from, uint32_t to);
/* The session is gone: records lose it; session-only records are deleted. Nothing on 0. */
void sp_store_session_gone(sp_store *store, uint32_t session);
void sp_store_clear(sp_store *store);

size_t sp_store_count(const sp_store *store);
uint32_t sp_store_session_of(const sp_store *store, sp_str conversation_id); /* 0 = none */
bool sp_store_has(const sp_store *store, sp_str conversation_id);
/* Id of the record's most recent participant, its purpose; absent when unknown. Borrowed until the next
 * change. */
sp_str sp_store_participant_id(const sp_store *store, sp_str conversation_id);
sp_str sp_store_participant_purpose(const sp_store *store, sp_str conversation_id);
sp_call_class sp_store_class(const sp_store *store, sp_str conversation_id);
bool sp_store_held(const sp_store *store, sp_str conversation_id);
bool sp_store_muted(const sp_store *store, sp_str conversation_id);
/* Iterates records in insertion order: index 0 … count-1. */
sp_str sp_store_at(const sp_store *store, size_t index, uint32_t *session);

/* The conversationUpdate of the last SP_STORE_UPDATE action:
   {"activeConversationId","current","added","removed"}, sessions as {"$session":handle}, records with their
   "$number"; a session-only record has only conversationId and session. In `current`, records that the host was told
   of and that did not change are their number, or [number, handle of the session]. Valid until the next event, clear
   or free of the store. */
sp_str sp_store_update_json(const sp_store *store);
/* The host has that update, and so the content of every record. */
void sp_store_update_told(sp_store *store);
/* What is to be told before that update, as its text would get too long: record by record (index as in sp_store_at).
   Absent: nothing to tell of this one. Valid until the next call or event. */
sp_str sp_store_news_json(sp_store *store, size_t index);

/* Call errors collapse (§7.8): first at once, the rest after 500 ms, as an action to take. */
void sp_store_tick(sp_store *store, uint64_t now);
uint64_t sp_store_deadline(const sp_store *store);

#endif
