/* SPDX-License-Identifier: MIT */
/* internal.h: how items lie in memory. */
#ifndef SP_RECORDER_INTERNAL_H
#define SP_RECORDER_INTERNAL_H

#include "recorder/recorder.h"

typedef enum sp_item_type { SP_ITEM_INPUT, SP_ITEM_DRAWN, SP_ITEM_EFFECT } sp_item_type;

/* Name and text follow. */
typedef struct sp_item {
  uint32_t order; /* among all items */
  uint32_t input; /* number of the input that it belongs to, from 1 */
  uint32_t name_len, text_len, id;
  uint8_t type;
  bool plain;
  uint16_t kind;
  double number;
  uint64_t mono_ms, wall_ms;
} sp_item;

/* A part of the recording: bytes that go round. */
typedef struct sp_reel {
  char *data;
  size_t cap, max, start, len;
} sp_reel;

enum { SP_HEAD, SP_TAIL, SP_BULK, SP_REELS };

struct sp_recorder {
  const sp_alloc *alloc;
  uint8_t key[SP_SEED_BYTES]; /* of the pseudonyms */
  sp_reel reels[SP_REELS];
  uint32_t items, inputs;
  bool head_closed, bulk_now; /* bulk_now: the present input is bulk */
  bool lost[SP_REELS];        /* of the reel something has left; SP_HEAD: or it could not be kept */
  uint64_t wall_ms;
};

/* Copies `size` bytes from the offset `at` of the reel, whatever its start. */
void sp_reel_read(const sp_reel *reel, size_t at, void *to, size_t size);

#endif
