/* SPDX-License-Identifier: MIT */
/* machine.h: the life of one media session as a table (sessions.md §6.1). Pure: a state and an event give the next
   state and what to do; an absent pair is SP_ESTATE.

     propose…proceed            offer arrives
     (pending list)      ┌────────────────────────┐
                         ▼                        │ same credentials: applied again in place
     DESCRIBING ──► OFFERED ──► MEDIA ──► ATTACHING ──► ANSWERING ──► ACTIVE
         │             │ ▲        │           │             │           │
         │             │ └────────┴───────────┘ accept failed: as offered
         └─────────────┴──────────┴───────────┴─────────────┴───────────┴──► ENDING ──► ENDED            */
#ifndef SP_SESSION_MACHINE_H
#define SP_SESSION_MACHINE_H

#include "base/status.h"

typedef enum sp_session_state {
  SP_SESSION_DESCRIBING, /* registered; the offer is being applied to the peer connection */
  SP_SESSION_OFFERED,    /* announced; waits to be accepted */
  SP_SESSION_MEDIA,      /* accepted; waits for the outgoing stream */
  SP_SESSION_ATTACHING,  /* the stream's tracks are being added */
  SP_SESSION_ANSWERING,  /* the answer is being made */
  SP_SESSION_ACTIVE,     /* answered; renegotiation stays here */
  SP_SESSION_ENDING,     /* terminate sent; waits for its result, 2 s at most */
  SP_SESSION_ENDED,
  SP_SESSION_STATES
} sp_session_state;

typedef enum sp_session_event {
  SP_EV_OFFER,        /* another offer with the same ICE credentials */
  SP_EV_DESCRIBED,    /* setRemoteDescription done */
  SP_EV_ACCEPT,       /* the app, autoConnectSessions or a reinvite */
  SP_EV_MEDIA_READY,  /* outgoing stream is there */
  SP_EV_MEDIA_FAILED, /* microphone refused */
  SP_EV_ATTACHED,     /* tracks added */
  SP_EV_ANSWERED,     /* setLocalDescription done */
  SP_EV_PEER_REFUSED, /* a peer-connection operation failed */
  SP_EV_END,          /* we end it, signalled */
  SP_EV_END_DONE,     /* terminate acknowledged or timed out */
  SP_EV_REMOTE_END,   /* the far side, or nothing to signal to */
  SP_SESSION_EVENTS
} sp_session_event;

typedef enum sp_session_action {
  SP_DO_NOTHING,
  SP_DO_APPLY_OFFER,
  SP_DO_ANNOUNCE,
  SP_DO_GET_MEDIA,
  SP_DO_ATTACH,
  SP_DO_ANSWER,
  SP_DO_SEND_ANSWER,
  SP_DO_FAIL_ACCEPT,  /* reject the accept call; the session stays offered */
  SP_DO_REFUSE_OFFER, /* terminate with failed-application */
  SP_DO_REPORT,       /* a renegotiation failed: log only */
  SP_DO_TERMINATE,
  SP_DO_FINISH /* release everything, announce the end, once */
} sp_session_action;

typedef struct sp_session_rule {
  sp_session_state next;
  sp_session_action action;
} sp_session_rule;

/* SP_ESTATE when the event means nothing in this state; *rule is unchanged then. */
int sp_session_step(sp_session_state state, sp_session_event event, sp_session_rule *rule);
/* The documented word: "pending", "active" or "ended" (wire.md §12.2). */
const char *sp_session_state_word(sp_session_state state);

#endif
