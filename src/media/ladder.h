/* SPDX-License-Identifier: MIT */
/* ladder.h: what to try next when getUserMedia failed (media.md §10, §11), and what a request for both types comes to
   (§9). Pure functions. */
#ifndef SP_MEDIA_LADDER_H
#define SP_MEDIA_LADDER_H

#include "media/constraints.h"

/* Exactly the three rows of media.md §11; do not widen. */
bool sp_is_permissions_error(sp_str name, sp_str message);

typedef struct sp_attempt {
  sp_media_value value; /* what it asked for */
  bool retry;           /* may its failure be retried */
  bool resolution;      /* a video resolution was in effect, by option or by default */
} sp_attempt;

typedef struct sp_rung {
  bool again;           /* one more attempt with `value`, without a resolution */
  bool retry;           /* whether a failure of that attempt may be retried */
  bool denied;          /* a permission error: flags has=false, requested=true */
  bool plain;           /* a frame rate that was asked for goes too; `false` stays */
  sp_media_value value; /* borrows from the arguments */
} sp_rung;

/* `device`: the SDK default now, absent: none. */
sp_rung sp_ladder_next(sp_str name, sp_str message, sp_attempt failed, sp_str device);

typedef enum sp_media_outcome { SP_MEDIA_UNASKED, SP_MEDIA_GOT, SP_MEDIA_FAILED } sp_media_outcome;

/* The table of §9: which type's error the request is rejected with, or SP_MEDIA_TYPES when it is resolved with what
   there is. Rejected, what there is gets stopped. */
sp_media_type sp_media_verdict(sp_media_outcome audio, sp_media_outcome video, bool preserve);

#endif
