/* SPDX-License-Identifier: MIT */
/* ice.h: the STUN and TURN servers of this connection and the relay policy (wire.md §7): two queries at a
   time, refreshed with retries; what is known stays until something better is known. */
#ifndef SP_STREAMING_ICE_H
#define SP_STREAMING_ICE_H

#include "xmpp/iq.h"

#define SP_ICE_REFRESH_MS    21600000u
#define SP_ICE_REFRESH_TRIES 3u
/* Credentials that expire (XEP-0215 §3.2) are replaced after three quarters of their time, a minute before its end at
   the earliest. */
#define SP_ICE_LEAD_MS  60000u
#define SP_ICE_LEAST_MS 5000u  /* between two refreshes */
#define SP_ICE_AGAIN_MS 60000u /* after one that failed, or brought expired ones: one of the clocks is wrong */

typedef enum sp_ice_outcome { SP_ICE_PENDING, SP_ICE_DONE, SP_ICE_FAILED } sp_ice_outcome;

typedef struct sp_ice {
  const sp_alloc *alloc;
  sp_iq *iq;
  sp_str to; /* the XMPP server; borrowed from the owner */
  uint8_t op_turn, op_stun;
  uint32_t fetch; /* answers carry it: those of earlier fetches are ignored */
  unsigned tries_left;
  bool turn_pending, stun_pending;
  bool answered;     /* the newest fetch went well */
  sp_buf turn, stun; /* what the answers of this fetch said */
  size_t turn_count, stun_count;
  uint64_t turn_expires, stun_expires; /* epoch times, or UINT64_MAX */
  sp_buf servers;                      /* the list in use; empty before the first answer */
  uint64_t expires;                    /* of that list: when its first credentials do, or UINT64_MAX */
  bool relay;
} sp_ice;

void sp_ice_init(sp_ice *ice, const sp_alloc *alloc, sp_iq *iq, uint8_t op_turn, uint8_t op_stun);
void sp_ice_free(sp_ice *ice);
/* Starts a fetch of at most `tries` tries; does nothing while one is under way. `to` must live as long as
   ice. FAILED: memory does not suffice to ask. */
sp_ice_outcome sp_ice_fetch(sp_ice *ice, uint64_t now, sp_str to, unsigned tries);
sp_ice_outcome sp_ice_answer(sp_ice *ice, uint64_t now, const sp_iq_answer *answer);
void sp_ice_abandon(sp_ice *ice);
/* How long until the list in use is to be refreshed, at epoch time `wall`. `failed`: a refresh has just done so. */
uint64_t sp_ice_refresh_delay(const sp_ice *ice, uint64_t wall, bool failed);
sp_str sp_ice_servers(const sp_ice *ice); /* JSON array; borrowed until the next answer */
sp_str sp_ice_policy(const sp_ice *ice);  /* "relay" or "all" */

#endif
