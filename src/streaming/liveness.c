/* SPDX-License-Identifier: MIT */
#include "streaming/liveness.h"

/* A timer later than this was throttled, or the machine slept: frames may wait behind it in the host's queue.
 */
#define LATE_MS  1000u
#define GRACE_MS 1000u

void sp_liveness_stop(sp_liveness *l) {
  *l = (sp_liveness){ SP_LIVENESS_OFF, SP_TIMER_OFF, 0, false };
}

void sp_liveness_start(sp_liveness *l, uint64_t now, sp_liveness_mode mode) {
  sp_liveness_stop(l);
  l->mode = mode;
  if (mode == SP_LIVENESS_CLIENT) sp_timer_arm(&l->timer, now, SP_PING_INTERVAL_MS);
  if (mode == SP_LIVENESS_SERVER) sp_timer_arm(&l->timer, now, SP_SERVER_MONITOR_MS);
}

void sp_liveness_frame(sp_liveness *l, uint64_t now) {
  if (l->mode != SP_LIVENESS_SERVER) return;
  l->grace = false;
  sp_timer_arm(&l->timer, now, SP_SERVER_MONITOR_MS);
}

sp_liveness_action sp_liveness_answered(sp_liveness *l, uint64_t now, bool ok) {
  if (l->mode != SP_LIVENESS_CLIENT) return SP_LIVENESS_NOTHING;
  l->misses = ok ? 0 : l->misses + 1;
  if (l->misses >= SP_PING_MISSES) {
    sp_liveness_stop(l);
    return SP_LIVENESS_LOST;
  }
  sp_timer_arm(&l->timer, now, SP_PING_INTERVAL_MS);
  return SP_LIVENESS_NOTHING;
}

sp_liveness_action sp_liveness_tick(sp_liveness *l, uint64_t now) {
  uint64_t at = l->timer.at;
  if (!sp_timer_due(&l->timer, now)) return SP_LIVENESS_NOTHING;
  if (l->mode == SP_LIVENESS_CLIENT) return SP_LIVENESS_PING;
  if (now - at > LATE_MS && !l->grace) {
    l->grace = true;
    sp_timer_arm(&l->timer, now, GRACE_MS);
    return SP_LIVENESS_NOTHING;
  }
  sp_liveness_stop(l);
  return SP_LIVENESS_LOST;
}
