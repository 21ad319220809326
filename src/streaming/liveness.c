/* SPDX-License-Identifier: MIT */
#include "streaming/liveness.h"

void sp_liveness_init(sp_liveness *l) {
  *l = (sp_liveness){ .timer = SP_TIMER_OFF };
}

void sp_liveness_stop(sp_liveness *l) {
  /* The number goes on: a reply to an old ping must not be taken for one of the next monitor. */
  *l = (sp_liveness){ .timer = SP_TIMER_OFF, .in_call = l->in_call, .ping = l->ping };
}

/* From the newest frame on: a change of the call does not put a ping off. */
static void wait_for_silence(sp_liveness *l, uint64_t now) {
  uint64_t at = l->heard + (l->in_call ? SP_QUIET_CALL_MS : SP_QUIET_IDLE_MS);
  l->pinging = l->doubt = false;
  l->timer.at = at > now ? at : now;
}

void sp_liveness_start(sp_liveness *l, uint64_t now) {
  sp_liveness_stop(l);
  l->on = true;
  l->heard = now;
  wait_for_silence(l, now);
}

static uint64_t limit(const sp_liveness *l) {
  if (l->doubt) return l->in_call ? SP_DOUBT_CALL_MS : SP_DOUBT_IDLE_MS;
  return l->in_call ? SP_PING_CALL_MS : SP_PING_IDLE_MS;
}

static sp_liveness_action ping(sp_liveness *l, uint64_t now, bool doubt) {
  l->pinging = true;
  l->proved = false;
  l->doubt = doubt;
  l->asked = now;
  l->ping++;
  sp_timer_arm(&l->timer, now, limit(l));
  return SP_LIVENESS_PING;
}

void sp_liveness_set_call(sp_liveness *l, uint64_t now, bool in_call) {
  if (l->in_call == in_call) return;
  l->in_call = in_call;
  if (!l->on) return;
  if (!l->pinging) wait_for_silence(l, now);
  else if (in_call) l->timer.at = sp_earlier(l->timer.at, now + limit(l));
}

void sp_liveness_frame(sp_liveness *l, uint64_t now) {
  if (!l->on) return;
  l->heard = now;
  l->late = false;
  if (!l->doubt) wait_for_silence(l, now);
}

static sp_liveness_action after_sleep(sp_liveness *l, uint64_t now) {
  if (!l->pinging || l->asked != now) return ping(l, now, true);
  l->doubt = true; /* the ping of this very tick */
  sp_timer_arm(&l->timer, now, limit(l));
  return SP_LIVENESS_NOTHING;
}

sp_liveness_action sp_liveness_doubt(sp_liveness *l, uint64_t now, bool slept) {
  if (!l->on) return SP_LIVENESS_NOTHING;
  if (slept) return after_sleep(l, now);
  if (now - l->asked < SP_DOUBT_AGAIN_MS && (l->pinging || l->proved)) {
    l->doubt = l->pinging;
    return SP_LIVENESS_NOTHING;
  }
  uint64_t running = l->pinging ? l->timer.at : SP_NEVER;
  ping(l, now, true);
  /* A limit that runs is not put off by another doubt. */
  l->timer.at = sp_earlier(l->timer.at, running);
  return SP_LIVENESS_PING;
}

static sp_liveness_action give_up(sp_liveness *l) {
  sp_liveness_action action = l->doubt ? SP_LIVENESS_DEAD : SP_LIVENESS_LOST;
  sp_liveness_stop(l);
  return action;
}

sp_liveness_action sp_liveness_answered(sp_liveness *l, uint64_t now, uint32_t number, bool ok) {
  if (!l->on || number != l->ping) return SP_LIVENESS_NOTHING;
  l->misses = ok ? 0 : l->misses + 1;
  if (l->misses >= SP_PING_MISSES) return give_up(l);
  l->heard = now;
  l->late = false;
  l->proved = ok;
  wait_for_silence(l, now);
  return SP_LIVENESS_NOTHING;
}

sp_liveness_action sp_liveness_tick(sp_liveness *l, uint64_t now) {
  uint64_t at = l->timer.at;
  if (!sp_timer_due(&l->timer, now)) return SP_LIVENESS_NOTHING;
  if (!l->pinging) return ping(l, now, false);
  if (now - at <= SP_LATE_MS || l->late) return give_up(l);
  /* Frames may wait behind this timer in the host's queue, or the machine slept: ask again, once. */
  l->late = true;
  return ping(l, now, true);
}
