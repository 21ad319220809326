/* SPDX-License-Identifier: MIT */
/* What both ways of the mapping share. */
#include "jingle/internal.h"

#include "base/limits.h"

static const struct {
  const char *senders, *direction[2]; /* by role */
} directions[] = {
  { "both", { "sendrecv", "sendrecv" } },
  { "initiator", { "sendonly", "recvonly" } },
  { "responder", { "recvonly", "sendonly" } },
  { "none", { "inactive", "inactive" } },
};
enum { last_direction = sizeof directions / sizeof *directions - 1 };

const char *sp_jingle_direction(sp_str senders, sp_jingle_role role) {
  size_t i = 0;
  while (senders.len && i < last_direction && !sp_str_is(senders, directions[i].senders)) i++;
  return directions[i].direction[role];
}

sp_str sp_jingle_senders(sp_str direction, sp_jingle_role role) {
  size_t i = 0;
  while (i < last_direction && !sp_str_is(direction, directions[i].direction[role])) i++;
  return sp_str_from(directions[i].senders);
}

bool sp_jingle_new_payload(uint64_t seen[2], sp_str id) {
  uint64_t number = 0;
  if (!sp_str_to_u64(id, &number) || number >= SP_MAX_SDP_PAYLOADS || seen[number / 64] >> number % 64 & 1)
    return false;
  seen[number / 64] |= UINT64_C(1) << number % 64;
  return true;
}
