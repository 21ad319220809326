/* SPDX-License-Identifier: MIT */
/* words.h: the words that a recording may show as they are. A word is a run of ASCII letters and digits.

   The core can tell one text from another only by what it compares with: texts that the program holds. So the words of
   the program are all that a recording must keep for a replay to take the same turns, and none of them is anybody's
   secret. They are given as the program's own constants, read where they lie; a list would have to be kept up to date
   by hand, and would be there twice. */
#ifndef SP_RECORDER_WORDS_H
#define SP_RECORDER_WORDS_H

#include "base/str.h"

typedef struct sp_words {
  const sp_alloc *alloc;
  sp_str text;
  uint32_t *slots; /* where a word begins, plus one */
  size_t used;
} sp_words;

/* Letters and digits of ASCII. */
bool sp_words_is_letter(char c);

/* The words of `text`, which is borrowed. Linkers keep a constant that another one ends with only once, so the end of a
   word counts as one too, from four letters on. SP_ENOMEM. */
int sp_words_init(sp_words *words, const sp_alloc *alloc, sp_str text);
void sp_words_free(sp_words *words);
/* Letter case counts. */
bool sp_words_has(const sp_words *words, sp_str word);

#endif
