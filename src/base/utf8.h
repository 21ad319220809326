/* SPDX-License-Identifier: MIT */
/* utf8.h: UTF-8 as RFC 3629 defines it: shortest form, no surrogates, at most U+10FFFF. */
#ifndef SP_BASE_UTF8_H
#define SP_BASE_UTF8_H

#include "base/buf.h"

/* Reads the code point at s.ptr[at], at < s.len, into *cp and answers its length in bytes; 0 when the bytes
   there are not UTF-8 or are cut off by the end. */
size_t sp_utf8_decode(sp_str s, size_t at, uint32_t *cp);
/* True when the bytes at `at` are the beginning of a sequence that only the end of the text cuts off. */
bool sp_utf8_is_cut(sp_str s, size_t at);
/* Writes the UTF-8 of `cp` (a Unicode scalar value) to `out` and answers its length, 1 to 4. */
size_t sp_utf8_encode(uint32_t cp, char out[4]);
/* Appends the code point to the buffer. */
void sp_utf8_add(sp_buf *buf, uint32_t cp);

#endif
