/* SPDX-License-Identifier: MIT */
/* pseudonym.h: texts without what they say, and with all that the core could tell them apart by.

   Deleting would not do: a replay must answer to what was recorded. So every word that the program does not know
   (words.h) is replaced by another of the same length and make, always the same for the same word: numbers stay
   numbers, ids stay ids, what was equal stays equal. A text is replaced word by word, whatever surrounds it, so that it
   does not matter whether the core takes it apart or puts it together before or after:

     core(pseudonyms(input)) = pseudonyms(core(input))

   and that is what a replay holds up. What is in a JWT or in the initial response of SASL is replaced inside. Addresses
   become those that are set aside for documentation (RFC 5737, RFC 3849); a letter that is not ASCII becomes "?".

   What stays: words of the program, words of one or two letters, numbers of up to three digits, dates, numbers of
   JSON, the first digit of a longer one. Which pseudonym a word gets is secret: it is drawn from a key stream that a
   key and the word begin. */
#ifndef SP_RECORDER_PSEUDONYM_H
#define SP_RECORDER_PSEUDONYM_H

#include "base/buf.h"
#include "base/ids.h"
#include "recorder/words.h"

typedef struct sp_pseudonyms {
  const sp_alloc *alloc;
  const uint8_t *key; /* SP_SEED_BYTES */
  const sp_words *words;
} sp_pseudonyms;

/* Appends the text with its words replaced. Failures are those of `out`. */
void sp_pseudonym_text(const sp_pseudonyms *p, sp_str text, sp_buf *out);

#endif
