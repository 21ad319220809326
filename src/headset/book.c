/* SPDX-License-Identifier: MIT */
#include "headset/book.h"

#define EXPIRY_MS 2000u

void sp_book_init(sp_book *book, const sp_alloc *alloc) {
  *book = (sp_book){ .alloc = alloc };
}

static void drop(sp_book *book, size_t at) {
  sp_str_free(book->alloc, &book->records[at].conversation_id);
  for (book->count--; at < book->count; at++) book->records[at] = book->records[at + 1];
}

void sp_book_clear(sp_book *book) {
  while (book->count) drop(book, book->count - 1);
}

sp_call_record *sp_book_find(sp_book *book, sp_str conversation_id) {
  for (size_t i = 0; i < book->count; i++)
    if (sp_str_eq(book->records[i].conversation_id, conversation_id)) return &book->records[i];
  return NULL;
}

sp_call_record *sp_book_replace(sp_book *book, sp_str conversation_id) {
  sp_call_record *record = sp_book_find(book, conversation_id);
  sp_str id = record ? record->conversation_id : SP_STR_NONE;
  if (!record) {
    if (book->count == SP_MAX_HEADSET_CALLS || sp_str_dup(book->alloc, conversation_id, &id) != SP_OK) return NULL;
    record = &book->records[book->count++];
  }
  *record = (sp_call_record){ .conversation_id = id, .order = ++book->last_order, .expiry = SP_TIMER_OFF };
  return record;
}

void sp_book_answer(sp_book *book, sp_call_record *record) {
  record->ringing = false;
  record->off_hook = true;
  record->order = ++book->last_order;
  sp_timer_stop(&record->expiry);
}

void sp_book_end(sp_call_record *record, uint64_t now) {
  record->ringing = record->off_hook = record->held = false;
  sp_timer_arm(&record->expiry, now, EXPIRY_MS);
}

static sp_call_record *youngest(sp_book *book, bool off_hook) {
  sp_call_record *found = NULL;
  for (size_t i = 0; i < book->count; i++) {
    sp_call_record *record = &book->records[i];
    if ((off_hook ? record->off_hook : record->ringing) && (!found || record->order > found->order)) found = record;
  }
  return found;
}

sp_call_record *sp_book_pending(sp_book *book) {
  return youngest(book, false);
}

sp_call_record *sp_book_active(sp_book *book) {
  return youngest(book, true);
}

bool sp_book_all_held(const sp_book *book) {
  bool any = false;
  for (size_t i = 0; i < book->count; i++) {
    if (!book->records[i].off_hook) continue;
    if (!book->records[i].held) return false;
    any = true;
  }
  return any;
}

bool sp_book_set_muted(sp_book *book, bool muted) {
  bool differed = false;
  for (size_t i = 0; i < book->count; i++) {
    differed = differed || book->records[i].muted != muted;
    book->records[i].muted = muted;
  }
  return differed;
}

void sp_book_tick(sp_book *book, uint64_t now) {
  for (size_t i = book->count; i > 0; i--)
    if (sp_timer_due(&book->records[i - 1].expiry, now)) drop(book, i - 1);
}

uint64_t sp_book_deadline(const sp_book *book) {
  uint64_t at = SP_NEVER;
  for (size_t i = 0; i < book->count; i++) at = sp_earlier(at, book->records[i].expiry.at);
  return at;
}
