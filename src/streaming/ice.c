/* SPDX-License-Identifier: MIT */
#include "streaming/ice.h"

#include "base/limits.h"
#include "base/status.h"
#include "xmpp/extdisco.h"

void sp_ice_init(sp_ice *ice, const sp_alloc *alloc, sp_iq *iq, uint8_t op_turn, uint8_t op_stun) {
  *ice = (sp_ice){ .alloc = alloc, .iq = iq, .op_turn = op_turn, .op_stun = op_stun, .expires = UINT64_MAX };
  sp_buf_init(&ice->turn, alloc, SP_MAX_FRAME);
  sp_buf_init(&ice->stun, alloc, SP_MAX_FRAME);
  sp_buf_init(&ice->servers, alloc, (size_t)2 * SP_MAX_FRAME);
}

void sp_ice_free(sp_ice *ice) {
  sp_buf_free(&ice->turn);
  sp_buf_free(&ice->stun);
  sp_buf_free(&ice->servers);
}

void sp_ice_abandon(sp_ice *ice) {
  ice->fetch++;
  ice->turn_pending = ice->stun_pending = ice->answered = false;
}

static bool ask(sp_ice *ice, uint64_t now, const char *type, uint8_t op) {
  sp_xw w;
  sp_iq_begin(ice->iq, &w, "get", ice->to, false);
  sp_extdisco_write(&w, type);
  return sp_iq_end(ice->iq, &w, now, (sp_token){ SP_OWNER_STREAMING, op, ice->fetch }) == SP_OK;
}

static sp_ice_outcome start(sp_ice *ice, uint64_t now) {
  sp_ice_abandon(ice);
  ice->tries_left--;
  ice->turn_pending = ask(ice, now, "turn", ice->op_turn);
  ice->stun_pending = ice->turn_pending && ask(ice, now, "stun", ice->op_stun);
  if (ice->stun_pending) return SP_ICE_PENDING;
  sp_ice_abandon(ice);
  return SP_ICE_FAILED;
}

sp_ice_outcome sp_ice_fetch(sp_ice *ice, uint64_t now, sp_str to, unsigned tries) {
  if (ice->turn_pending || ice->stun_pending) return SP_ICE_PENDING;
  ice->to = to;
  ice->tries_left = tries;
  return start(ice, now);
}

/* TURN first, then STUN; without any STUN server only relays may be used, even when there are none. */
static sp_ice_outcome conclude(sp_ice *ice) {
  sp_buf next;
  sp_buf_init(&next, ice->alloc, ice->servers.max);
  sp_buf_add_char(&next, '[');
  sp_buf_add(&next, sp_buf_str(&ice->turn));
  if (ice->turn_count > 0 && ice->stun_count > 0) sp_buf_add_char(&next, ',');
  sp_buf_add(&next, sp_buf_str(&ice->stun));
  sp_buf_add_char(&next, ']');
  if (sp_buf_status(&next) != SP_OK) {
    sp_buf_free(&next);
    return SP_ICE_FAILED;
  }
  sp_buf_free(&ice->servers);
  ice->servers = next;
  ice->relay = ice->stun_count == 0;
  ice->expires = ice->turn_expires < ice->stun_expires ? ice->turn_expires : ice->stun_expires;
  ice->answered = true;
  return SP_ICE_DONE;
}

static bool read_answer(const sp_iq_answer *answer, sp_buf *out, size_t *count, uint64_t *expires) {
  if (answer->outcome != SP_IQ_RESULT) return false;
  sp_buf_reset(out);
  *count = sp_extdisco_read(out, answer->stanza, expires);
  return sp_buf_status(out) == SP_OK;
}

sp_ice_outcome sp_ice_answer(sp_ice *ice, uint64_t now, const sp_iq_answer *answer) {
  bool turn = answer->token.op == ice->op_turn;
  bool *pending = turn ? &ice->turn_pending : &ice->stun_pending;
  if (answer->token.id != ice->fetch || !*pending) return SP_ICE_PENDING;
  *pending = false;
  bool ok = turn ? read_answer(answer, &ice->turn, &ice->turn_count, &ice->turn_expires)
                 : read_answer(answer, &ice->stun, &ice->stun_count, &ice->stun_expires);
  if (ok && (ice->turn_pending || ice->stun_pending)) return SP_ICE_PENDING;
  sp_ice_outcome outcome = ok ? conclude(ice) : SP_ICE_FAILED;
  if (outcome == SP_ICE_DONE) return outcome;
  sp_ice_abandon(ice);
  return ice->tries_left > 0 ? start(ice, now) : outcome;
}

uint64_t sp_ice_refresh_delay(const sp_ice *ice, uint64_t wall, bool failed) {
  if (ice->expires == UINT64_MAX) return SP_ICE_REFRESH_MS;
  if (failed || ice->expires <= wall) return SP_ICE_AGAIN_MS;
  uint64_t left = ice->expires - wall, lead = left / 4 < SP_ICE_LEAD_MS ? left / 4 : SP_ICE_LEAD_MS;
  uint64_t delay = left - lead;
  if (delay < SP_ICE_LEAST_MS) return SP_ICE_LEAST_MS;
  return delay < SP_ICE_REFRESH_MS ? delay : SP_ICE_REFRESH_MS;
}

sp_str sp_ice_servers(const sp_ice *ice) {
  return ice->servers.len > 0 ? sp_buf_str(&ice->servers) : SP_STR("[]");
}

sp_str sp_ice_policy(const sp_ice *ice) {
  return ice->relay ? SP_STR("relay") : SP_STR("all");
}
