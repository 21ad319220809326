/* SPDX-License-Identifier: MIT */
/* book.h: one record per conversation of what the headset knows of it (headset.md §3, §7). It is what commands are held
   against, so that the echo of a change the device itself began does nothing. */
#ifndef SP_HEADSET_BOOK_H
#define SP_HEADSET_BOOK_H

#include "base/limits.h"
#include "base/str.h"
#include "base/timer.h"

typedef struct sp_call_record {
  sp_str conversation_id; /* owned */
  bool ringing, off_hook, held, muted;
  uint32_t order;  /* of the last time it began to ring or went off-hook */
  sp_timer expiry; /* armed when it ended; a new call of the same id has none */
} sp_call_record;

typedef struct sp_book {
  const sp_alloc *alloc;
  sp_call_record records[SP_MAX_HEADSET_CALLS];
  size_t count;
  uint32_t last_order;
} sp_book;

void sp_book_init(sp_book *book, const sp_alloc *alloc);
void sp_book_clear(sp_book *book);
sp_call_record *sp_book_find(sp_book *book, sp_str conversation_id);
/* A fresh record, in place of an older one of this id. NULL: SP_MAX_HEADSET_CALLS, or out of memory. */
sp_call_record *sp_book_replace(sp_book *book, sp_str conversation_id);
/* The flags of a record change, with what follows of it: order and expiry. */
void sp_book_answer(sp_book *book, sp_call_record *record);
void sp_book_end(sp_call_record *record, uint64_t now);

/* The youngest that rings (the pending conversation), and the most recently answered or dialled one. NULL: none. */
sp_call_record *sp_book_pending(sp_book *book);
sp_call_record *sp_book_active(sp_book *book);
bool sp_book_all_held(const sp_book *book); /* every off-hook record is held, and there is one */
/* Sets every record; false when none differed. */
bool sp_book_set_muted(sp_book *book, bool muted);

/* Ended records go 2000 ms later. */
void sp_book_tick(sp_book *book, uint64_t now);
uint64_t sp_book_deadline(const sp_book *book);

#endif
