/* SPDX-License-Identifier: MIT */
/* timer.h: a deadline as data. Times are monotonic milliseconds handed in by the host; SP_NEVER means "not
   armed". */
#ifndef SP_BASE_TIMER_H
#define SP_BASE_TIMER_H

#include <stdbool.h>
#include <stdint.h>

#define SP_NEVER UINT64_MAX

typedef struct sp_timer {
  uint64_t at;
} sp_timer;

#define SP_TIMER_OFF ((sp_timer){ SP_NEVER })

static inline void sp_timer_arm(sp_timer *timer, uint64_t now, uint64_t delay) {
  timer->at = delay >= SP_NEVER - now ? SP_NEVER - 1 : now + delay;
}
static inline void sp_timer_stop(sp_timer *timer) {
  timer->at = SP_NEVER;
}
static inline bool sp_timer_armed(const sp_timer *timer) {
  return timer->at != SP_NEVER;
}
/* True once per arming when it is due; it is stopped then. */
static inline bool sp_timer_due(sp_timer *timer, uint64_t now) {
  if (timer->at > now) return false;
  timer->at = SP_NEVER;
  return true;
}
static inline uint64_t sp_earlier(uint64_t a, uint64_t b) {
  return a < b ? a : b;
}

#endif
