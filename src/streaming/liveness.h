/* SPDX-License-Identifier: MIT */
/* liveness.h: does the path to the server still carry anything (wire.md §5)? A plain value: time and what
   arrived go in, what to do comes out.

   One rule. While frames come, nothing is sent: whatever arrives proves the path, be it a notification or a
   ping of the server. After a silence a ping goes out, and when nothing at all comes within a limit the path
   is dead. TCP neither loses nor reorders, so a second ping would only wait behind the first.

                 silence   limit   a dead path is noticed within
     in a call     3 s      3 s     6 s
     otherwise    10 s      5 s    15 s

   The published original pings every 14 s whatever arrives, waits 15 s twice and notices after 58 s; its
   server monitor after 35 s. Ours costs a client without a call at most one ping of 90 bytes in 10 s, less
   with the server's own pings or busy topics, and a client in a call one in 3 s.

   The host may have a reason to doubt the path (online again, page visible, woken up, media broken): then a
   ping goes out at once, and only its own answer counts, for frames from before may still be on their way
   through the host. Its limit is 5 s in a call and 10 s otherwise: a radio that just came up is slow. */
#ifndef SP_STREAMING_LIVENESS_H
#define SP_STREAMING_LIVENESS_H

#include "base/timer.h"

#define SP_QUIET_CALL_MS  3000u
#define SP_QUIET_IDLE_MS  10000u
#define SP_PING_CALL_MS   3000u
#define SP_PING_IDLE_MS   5000u
#define SP_DOUBT_CALL_MS  5000u
#define SP_DOUBT_IDLE_MS  10000u
#define SP_PING_MISSES    2u    /* error replies in a row */
#define SP_LATE_MS        1000u /* a later timer was throttled, or the machine slept */
#define SP_DOUBT_AGAIN_MS 300u  /* reasons to doubt come in bursts: one ping for all of them */

typedef enum sp_liveness_action {
  SP_LIVENESS_NOTHING,
  SP_LIVENESS_PING, /* send a ping with the number `ping`; report its reply with sp_liveness_answered */
  SP_LIVENESS_LOST, /* the path is dead; the monitor has stopped */
  SP_LIVENESS_DEAD  /* the same after a doubt: the cause lies here, so reconnect without waiting */
} sp_liveness_action;

typedef struct sp_liveness {
  bool on, in_call;
  bool pinging; /* a ping is under way and its limit runs */
  bool doubt;   /* … and only its answer counts */
  bool proved;  /* the newest ping has its answer */
  bool late;    /* the limit was noticed late: that is no proof, so another ping is under way */
  sp_timer timer;
  uint64_t heard, asked; /* times of the newest frame and the newest ping */
  uint32_t ping;         /* number of the newest ping */
  unsigned misses;
} sp_liveness;

void sp_liveness_init(sp_liveness *l);
void sp_liveness_start(sp_liveness *l, uint64_t now);
void sp_liveness_stop(sp_liveness *l); /* what is known of the call stays */
void sp_liveness_set_call(sp_liveness *l, uint64_t now, bool in_call);
void sp_liveness_frame(sp_liveness *l, uint64_t now); /* any inbound frame */
/* The host doubts the path. NOTHING when a ping that is young enough is under way or was answered, or nothing
   is watched. `slept`: nothing from before says anything, neither answers nor limits. */
sp_liveness_action sp_liveness_doubt(sp_liveness *l, uint64_t now, bool slept);
/* A reply to ping `number`; `ok` is false for an error, which counts as a miss. */
sp_liveness_action sp_liveness_answered(sp_liveness *l, uint64_t now, uint32_t number, bool ok);
sp_liveness_action sp_liveness_tick(sp_liveness *l, uint64_t now);

#endif
