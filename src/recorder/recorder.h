/* SPDX-License-Identifier: MIT */
/* recorder.h: the flight recorder. It keeps what went into one core and what came out of it, so that what an agent saw
   can be played again elsewhere. Three parts of bounded size, each a run of items:

     head  the beginning, up to and beyond the sign-in: without it nothing can be replayed. It never moves.
     tail  what came later; the oldest leaves.
     bulk  statistics and log records with what is made of them, apart, or a minute of them would push a call out of the
   tail. The oldest leaves; a replay without them takes every turn but those of telemetry.

   In memory the items are what they were: replacing what they say takes longer than handling them, and nobody may ever
   ask. There is one way out, sp_recorder_write(), and it lets nothing through that is not a pseudonym (pseudonym.h).
   Items are overwritten when they leave, when they are too old and at the end. */
#ifndef SP_RECORDER_RECORDER_H
#define SP_RECORDER_RECORDER_H

#include "base/effect.h"
#include "base/ids.h"

/* Bytes of a recording in memory: a sign-in has about 100 KiB, a call 50 and 4 for each second of its statistics. */
#define SP_MAX_RECORDING (512u << 10)
/* Hours that an item is kept: the shift in which something happened. */
#define SP_MAX_RECORDING_HOURS 12u

typedef struct sp_recorder sp_recorder;

/* What is recorded beside the kinds of inputs (core/core.h), which it does not know by name. */
enum { SP_RECORD_BIRTH = 100, SP_RECORD_OPENED, SP_RECORD_FRAME, SP_RECORD_CLOSED, SP_RECORD_TICK };

typedef struct sp_record {
  int kind;   /* of an input, or as above. BIRTH: text = the configuration; FRAME: text = the frame */
  bool bulk;  /* nothing but telemetry comes of it */
  bool plain; /* the text says nothing of anybody, and its letters count: reports of headsets */
  uint32_t id;
  double number;
  uint64_t mono_ms, wall_ms;
  sp_str name, text;
} sp_record;

/* `seed`: of the core; the secret of the pseudonyms is another one that follows from it. NULL: out of memory, there
   will be no recording. */
sp_recorder *sp_recorder_new(const sp_alloc *alloc, const uint8_t seed[SP_SEED_BYTES]);
void sp_recorder_free(sp_recorder *r); /* NULL is legal */

/* An input begins. Never fails: what there is no memory for is missing, and the recording says so. */
void sp_recorder_input(sp_recorder *r, const sp_record *record);
/* An effect of it. */
void sp_recorder_effect(sp_recorder *r, const sp_effect *effect);
/* Bytes that were drawn at random for it. */
void sp_recorder_drawn(void *r, const uint8_t *bytes, size_t len);

/* Appends {"lost":[…],"records":[…]}, with pseudonyms in the place of all that is not among `words` (words.h; absent:
   hardly any stay). What is
   lost: "start" (the head), "middle" (the oldest of the tail), "telemetry" (of the bulk). Records, oldest first:
     ["input",number,kind,mono,wall,id,number,name,text]
     ["drawn",base64]                  for the input before
     ["effect",kind,id,name,text]      of it
     ["gap"]                           inputs are missing here; what follows up to the next one belongs to them
   SP_ENOMEM, SP_ELIMIT. */
int sp_recorder_write(sp_recorder *r, sp_str words, sp_buf *out);

#endif
