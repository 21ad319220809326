/* SPDX-License-Identifier: MIT */
/* A hash table with open addressing. Words are hashed from their end, so that one pass gives the hashes of all ends of
   a word. */
#include "recorder/words.h"

#include <string.h>

/* The program has some six thousand words and ends of words. */
enum { SLOTS = 1 << 14, MOST = SLOTS / 4 * 3, SHORTEST_END = 4 };

bool sp_words_is_letter(char c) {
  char low = sp_lower(c);
  return (low >= 'a' && low <= 'z') || (c >= '0' && c <= '9');
}

static uint32_t add(uint32_t hash, char c) {
  return (hash ^ (uint8_t)c) * 16777619u; /* FNV-1a */
}

/* The slot of a word, or the free one that it would take. */
static uint32_t *find(const sp_words *words, sp_str word, uint32_t hash) {
  sp_str text = words->text;
  for (uint32_t at = hash ^ hash >> 15;; at++) {
    uint32_t *slot = &words->slots[at % SLOTS];
    if (*slot == 0) return slot;
    size_t from = *slot - 1, to = from + word.len;
    if (to <= text.len && memcmp(text.ptr + from, word.ptr, word.len) == 0 &&
        (to == text.len || !sp_words_is_letter(text.ptr[to])))
      return slot;
  }
}

static void take(sp_words *words, size_t from, size_t to) {
  uint32_t hash = 0;
  for (size_t at = to; at-- > from;) {
    hash = add(hash, words->text.ptr[at]);
    if ((at > from && to - at < SHORTEST_END) || words->used == MOST) continue;
    uint32_t *slot = find(words, sp_str_slice(words->text, at, to), hash);
    if (*slot == 0) {
      *slot = (uint32_t)at + 1;
      words->used++;
    }
  }
}

int sp_words_init(sp_words *words, const sp_alloc *alloc, sp_str text) {
  *words = (sp_words){ .alloc = alloc, .text = text };
  words->slots = sp_alloc_new(alloc, SLOTS * sizeof *words->slots);
  if (!words->slots) return SP_ENOMEM;
  for (size_t i = 0, from = 0; i <= text.len; i++) {
    if (i < text.len && sp_words_is_letter(text.ptr[i])) continue;
    if (i > from) take(words, from, i);
    from = i + 1;
  }
  return SP_OK;
}

void sp_words_free(sp_words *words) {
  sp_alloc_free(words->alloc, words->slots);
  words->slots = NULL;
}

bool sp_words_has(const sp_words *words, sp_str word) {
  uint32_t hash = 0;
  for (size_t at = word.len; at-- > 0;) hash = add(hash, word.ptr[at]);
  return *find(words, word, hash) != 0;
}
