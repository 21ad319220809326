/* SPDX-License-Identifier: MIT */
/* A credential that is about to expire, or that the platform refuses, is announced again and again until there is
   another one. Beyond the original, which says nothing: its user learns of it when calls fail. When a JWT expires it
   says itself; an access token is opaque, so the application may say, and a 401 does. */
#include "core/internal.h"

#define AHEAD_MS 300000u /* a person may have to sign in for another one */
#define AGAIN_MS 60000u

static uint64_t until(uint64_t at, uint64_t wall) {
  return at > wall ? at - wall : 0;
}

static void announce(sp_core *core, uint64_t now) {
  const sp_expiry *e = &core->expiry;
  sp_jw w;
  sp_effects_begin(core->fx, &w, "[{");
  sp_jw_str(&w, "kind", sp_options_is_jwt(&core->options) ? SP_STR("jwt") : SP_STR("accessToken"));
  sp_jw_str(&w, "reason",
            e->refused                ? SP_STR("refused")
            : e->at_wall > core->wall ? SP_STR("expiring")
                                      : SP_STR("expired"));
  if (e->at_wall) sp_jw_num(&w, "expiresAt", (double)e->at_wall);
  sp_effects_end(core->fx, &w, SP_FX_EVENT, 0, SP_STR("tokenExpiring"));
  sp_log(core->fx, SP_LOG_WARN, "Another token is needed", SP_FLAG("refused", e->refused));
  sp_timer_arm(&core->expiry.timer, now, AGAIN_MS);
}

void sp_expiry_watch(sp_core *core, uint64_t now) {
  sp_expiry *e = &core->expiry;
  sp_timer_stop(&e->timer);
  if (e->at_wall) sp_timer_arm(&e->timer, now, until(e->at_wall, core->wall + AHEAD_MS));
}

void sp_expiry_set(sp_core *core, uint64_t now, double at_wall) {
  core->expiry.at_wall = at_wall >= 1 && at_wall < 9e15 ? (uint64_t)at_wall : 0;
  core->expiry.refused = false;
  core->expiry.since = sp_rest_next_number(core->rest);
  if (core->streaming) sp_expiry_watch(core, now);
}

void sp_expiry_refused(sp_core *core, uint64_t now) {
  if (core->expiry.refused) return;
  core->expiry.refused = true;
  announce(core, now);
}

/* Answers to requests with an older token say nothing about this one; initialize() itself rejects. */
void sp_expiry_rest_result(sp_core *core, uint64_t now, const sp_rest_result *result) {
  if (result->status == 401 && result->request > core->expiry.since && core->boot.step == SP_BOOT_READY &&
      core->credentials.path == SP_PATH_AGENT)
    sp_expiry_refused(core, now);
}

void sp_expiry_tick(sp_core *core, uint64_t now) {
  sp_expiry *e = &core->expiry;
  if (!sp_timer_due(&e->timer, now)) return;
  if (!e->refused && until(e->at_wall, core->wall) > AHEAD_MS) sp_expiry_watch(core, now); /* the clock was set */
  else announce(core, now);
}
