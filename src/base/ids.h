/* SPDX-License-Identifier: MIT */
/* ids.h: random version 4 UUIDs (RFC 9562 §5.4) from a ChaCha20 key stream that the host seeds once, so that
   the core draws no randomness itself and a recorded case replays to the letter. */
#ifndef SP_BASE_IDS_H
#define SP_BASE_IDS_H

#include "base/str.h"

#define SP_SEED_BYTES 32
#define SP_UUID_LEN   36

typedef struct sp_ids {
  uint32_t key[8];
  uint64_t counter;
  uint8_t block[64];
  size_t left;
  sp_str script; /* bytes to be drawn first, those of a recording; borrowed */
  /* Who hears of what is drawn, or NULL. */
  void (*drawn)(void *user, const uint8_t *bytes, size_t len);
  void *user;
} sp_ids;

typedef struct sp_uuid {
  char text[SP_UUID_LEN + 1];
} sp_uuid;

void sp_ids_init(sp_ids *ids, const uint8_t seed[SP_SEED_BYTES]);
void sp_ids_bytes(sp_ids *ids, uint8_t *out, size_t len);
sp_uuid sp_ids_uuid(sp_ids *ids);        /* lower case */
sp_str sp_uuid_str(const sp_uuid *uuid); /* borrowed from *uuid */

#endif
