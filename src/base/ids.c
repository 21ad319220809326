/* SPDX-License-Identifier: MIT */
/* The key stream is ChaCha20 (RFC 8439 §2.3) with an all-zero nonce and the original 64-bit block counter. */
#include "base/ids.h"

#include <string.h>

static uint32_t rotate(uint32_t value, unsigned bits) {
  return value << bits | value >> (32 - bits);
}

static void quarter(uint32_t *a, uint32_t *b, uint32_t *c, uint32_t *d) {
  *a += *b, *d = rotate(*d ^ *a, 16);
  *c += *d, *b = rotate(*b ^ *c, 12);
  *a += *b, *d = rotate(*d ^ *a, 8);
  *c += *d, *b = rotate(*b ^ *c, 7);
}

static void next_block(sp_ids *ids) {
  uint32_t start[16] = { 0x61707865, 0x3320646e, 0x79622d32, 0x6b206574 }, x[16];
  memcpy(start + 4, ids->key, sizeof ids->key);
  start[12] = (uint32_t)ids->counter;
  start[13] = (uint32_t)(ids->counter >> 32);
  ids->counter++;
  memcpy(x, start, sizeof x);
  for (int round = 0; round < 10; round++) {
    for (size_t i = 0; i < 4; i++) quarter(&x[i], &x[4 + i], &x[8 + i], &x[12 + i]);
    for (size_t i = 0; i < 4; i++) quarter(&x[i], &x[4 + (i + 1) % 4], &x[8 + (i + 2) % 4], &x[12 + (i + 3) % 4]);
  }
  for (size_t i = 0; i < sizeof ids->block; i++) ids->block[i] = (uint8_t)((x[i / 4] + start[i / 4]) >> (8 * (i % 4)));
  ids->left = sizeof ids->block;
}

void sp_ids_init(sp_ids *ids, const uint8_t seed[SP_SEED_BYTES]) {
  *ids = (sp_ids){ .left = 0 };
  for (size_t i = 0; i < SP_SEED_BYTES; i++) ids->key[i / 4] |= (uint32_t)seed[i] << (8 * (i % 4));
}

void sp_ids_bytes(sp_ids *ids, uint8_t *out, size_t len) {
  size_t given = len <= ids->script.len ? len : 0;
  if (given) memcpy(out, ids->script.ptr, given);
  ids->script = sp_str_slice(ids->script, given, ids->script.len);
  for (size_t i = given; i < len; i++) {
    if (ids->left == 0) next_block(ids);
    uint8_t *byte = &ids->block[sizeof ids->block - ids->left--];
    out[i] = *byte;
    *byte = 0; /* what was handed out cannot be read back from here */
  }
  if (ids->drawn) ids->drawn(ids->user, out, len);
}

sp_uuid sp_ids_uuid(sp_ids *ids) {
  static const char hex[] = "0123456789abcdef";
  uint8_t bytes[16];
  sp_uuid uuid = { { 0 } };
  sp_ids_bytes(ids, bytes, sizeof bytes);
  bytes[6] = (uint8_t)(0x40 | (bytes[6] & 0x0F)); /* version */
  bytes[8] = (uint8_t)(0x80 | (bytes[8] & 0x3F)); /* variant */
  for (size_t i = 0, at = 0; i < sizeof bytes; i++) {
    if (i == 4 || i == 6 || i == 8 || i == 10) uuid.text[at++] = '-';
    uuid.text[at++] = hex[bytes[i] >> 4];
    uuid.text[at++] = hex[bytes[i] & 15];
  }
  return uuid;
}

sp_str sp_uuid_str(const sp_uuid *uuid) {
  return (sp_str){ uuid->text, SP_UUID_LEN };
}
