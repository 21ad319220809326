/* SPDX-License-Identifier: MIT */
/* state.h: what the sources of Jingle sessions share; nobody else includes it. */
#ifndef SP_JINGLE_STATE_H
#define SP_JINGLE_STATE_H

#include "jingle/session.h"

/* A candidate of the peer, or something of ours that waits. */
typedef struct sp_jingle_note {
  struct sp_jingle_note *next;
  int what;
  sp_str a, b;
} sp_jingle_note;

typedef struct sp_jingle_notes {
  sp_jingle_note *first;
  size_t count;
} sp_jingle_notes;

/* An action that waits for its turn. */
typedef struct sp_jingle_action {
  struct sp_jingle_action *next;
  sp_arena arena;
  const sp_xml *stanza;
} sp_jingle_action;

struct sp_jingle_session {
  struct sp_jingle_session *next;
  const sp_alloc *alloc;
  sp_str sid, peer, transport_ns;
  sp_str remote;                 /* newest description, SDP */
  sp_str local_mid, local_ufrag; /* of the first section of ours */
  sp_str waits_id;               /* id of the action whose reply waits for the peer connection */
  sp_jingle_error refusal;       /* what that action gets when the session is over */
  unsigned types;                /* of its contents */
  bool waits, described, accepted;
  bool busy; /* a description is being applied, or the answer to a restart is being made */
  bool reply_on_answer;
  bool over, closed;
  sp_jingle_notes candidates, held;
  sp_jingle_action *queue;
  size_t queued;
};

int sp_jingle_note_add(const sp_alloc *alloc, sp_jingle_notes *notes, int what, sp_str a, sp_str b);
bool sp_jingle_note_take(const sp_alloc *alloc, sp_jingle_notes *notes, int *what, sp_str *a, sp_str *b);
void sp_jingle_notes_clear(const sp_alloc *alloc, sp_jingle_notes *notes);
/* The value of the first line that begins like this, such as "a=mid:", from `at` on, which moves behind it; absent. */
sp_str sp_jingle_line(sp_str sdp, const char *begins, size_t *at);

#endif
