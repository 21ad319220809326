/* SPDX-License-Identifier: MIT */
/* ladder.h: what to try next when getUserMedia failed (media.md §10, §11). A pure function of the failed attempt. */
#ifndef SP_MEDIA_LADDER_H
#define SP_MEDIA_LADDER_H

#include "media/constraints.h"

/* Exactly the three rows of media.md §11; do not widen. */
bool sp_is_permissions_error(sp_str name, sp_str message);

typedef struct sp_rung {
  bool again;           /* one more attempt with `value` */
  bool retry;           /* whether a failure of that attempt may be retried */
  bool denied;          /* a permission error: flags has=false, requested=true */
  sp_media_value value; /* borrows from the arguments */
} sp_rung;

/* `value`: what the failed attempt asked for; `device`: the SDK default now, absent: none; `retry`: may it be retried.
 */
sp_rung sp_ladder_next(sp_str name, sp_str message, sp_media_value value, sp_str device, bool retry);

#endif
