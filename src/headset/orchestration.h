/* SPDX-License-Identifier: MIT */
/* orchestration.h: which of the clients of one user drives the headset (headset.md §2). They ask each other through
   broadcast messages; who hears no objection for 1500 ms has the controls. Two that ask at the same time both yield:
   that is inherent in the protocol and not repaired here. */
#ifndef SP_HEADSET_ORCHESTRATION_H
#define SP_HEADSET_ORCHESTRATION_H

#include "base/effect.h"
#include "base/timer.h"

typedef enum sp_controls {
  SP_CONTROLS_NOT_STARTED,
  SP_CONTROLS_NEGOTIATING,
  SP_CONTROLS_ALTERNATIVE, /* another client has them; only a new start leads out */
  SP_CONTROLS_HELD
} sp_controls;

/* Rising priority; 0 = not said. */
typedef enum sp_request_type {
  SP_ASKS_UNSET,
  SP_ASKS_STANDARD,
  SP_ASKS_PRIORITIZED,
  SP_ASKS_MEDIA_HELPER
} sp_request_type;

/* What the caller has to do now, besides sending what waits in the outbox. */
typedef enum sp_verdict { SP_VERDICT_NONE, SP_VERDICT_SELECT, SP_VERDICT_RELEASE } sp_verdict;

enum { SP_ORCHESTRATION_OUTBOX = 8 };

typedef struct sp_orchestration {
  const sp_alloc *alloc;
  sp_effects *fx;
  sp_controls state;
  sp_request_type own; /* as configured */
  bool leader;         /* media handling is alerting-leader-media */
  sp_timer limit;
  sp_str outbox[SP_ORCHESTRATION_OUTBOX]; /* JSON-RPC texts, owned */
  size_t waiting;
} sp_orchestration;

/* A broadcast that came in; texts are borrowed. */
typedef struct sp_headset_message {
  sp_str id, json;
  bool from_my_client, from_my_user;
} sp_headset_message;

/* "standard", "prioritized", "mediaHelper"; UNSET for anything else. */
sp_request_type sp_request_type_of(sp_str word);
const char *sp_controls_word(sp_controls state);

void sp_orchestration_init(sp_orchestration *o, const sp_alloc *alloc, sp_effects *fx);
void sp_orchestration_free(sp_orchestration *o);
/* Back to notStarted, saying so; controls that were held are given up. */
void sp_orchestration_restart(sp_orchestration *o);
/* A supported microphone was chosen: asks for the controls, or asks anew. Says "alternativeClient" again when another
   client has them. */
void sp_orchestration_ask(sp_orchestration *o, uint64_t now);
/* The chosen microphone has no headset: back to notStarted, in silence. */
void sp_orchestration_withdraw(sp_orchestration *o);
/* The connection went down (what was asked is void) or came back (it is asked again). */
void sp_orchestration_lost(sp_orchestration *o);
void sp_orchestration_back(sp_orchestration *o, uint64_t now);
/* `in_call`: a softphone session is active. */
sp_verdict sp_orchestration_message(sp_orchestration *o, const sp_headset_message *message, bool in_call);
/* 1500 ms are over undisturbed: SELECT. */
sp_verdict sp_orchestration_tick(sp_orchestration *o, uint64_t now);
/* The next text to broadcast, owned by the caller; false when none. */
bool sp_orchestration_take(sp_orchestration *o, sp_str *out);

#endif
