/* SPDX-License-Identifier: MIT */
/* liveness.h: is the server still there (wire.md §5)? Either we ping it, or it pings us and we watch the time
   between frames. A plain value: time and what arrived go in, what to do comes out. */
#ifndef SP_STREAMING_LIVENESS_H
#define SP_STREAMING_LIVENESS_H

#include "base/timer.h"

#define SP_PING_INTERVAL_MS  14000u
#define SP_PING_MISSES       2u
#define SP_SERVER_MONITOR_MS 35000u

typedef enum sp_liveness_mode { SP_LIVENESS_OFF, SP_LIVENESS_CLIENT, SP_LIVENESS_SERVER } sp_liveness_mode;

typedef enum sp_liveness_action {
  SP_LIVENESS_NOTHING,
  SP_LIVENESS_PING, /* send a ping; report its outcome with sp_liveness_answered */
  SP_LIVENESS_LOST  /* the connection is dead; the monitor has stopped */
} sp_liveness_action;

typedef struct sp_liveness {
  sp_liveness_mode mode;
  sp_timer timer;
  unsigned misses;
  bool grace; /* the server monitor was late once and waits for frames that are queued in the host */
} sp_liveness;

void sp_liveness_stop(sp_liveness *l); /* also the initial state */
void sp_liveness_start(sp_liveness *l, uint64_t now, sp_liveness_mode mode);
void sp_liveness_frame(sp_liveness *l, uint64_t now); /* any inbound frame */
/* `ok`: a result came within 15 s; an error reply counts as a miss. */
sp_liveness_action sp_liveness_answered(sp_liveness *l, uint64_t now, bool ok);
sp_liveness_action sp_liveness_tick(sp_liveness *l, uint64_t now);

#endif
