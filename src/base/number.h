/* SPDX-License-Identifier: MIT */
/* number.h: decimal text to double and back, correctly rounded (to nearest, ties to even). The C library's strtod and
   printf do the same, but bring 128-bit floating point with them: 25 KB of the WebAssembly module. */
#ifndef SP_BASE_NUMBER_H
#define SP_BASE_NUMBER_H

#include "base/buf.h"

/* The C library's isnan() and isfinite() take the bits of a number apart: five times the code. */
SP_INLINE bool sp_is_nan(double value) {
  return value != value;
}
SP_INLINE bool sp_is_finite(double value) {
  return value - value == 0;
}

/* Reads a number at the start of a NUL-terminated text: '-'?, digits with at most one '.', and an exponent. *end is
   where it stops: `text` itself, with 0 as the answer, when there is none. Too large is an infinity, too small 0. It
   has the form of strtod because cJSON is compiled with it in strtod's place (CMakeLists.txt). */
double sp_number_read(const char *text, char **end);

/* Appends the shortest text that reads back as the same number, of 15 to 17 digits without trailing zeros, laid out as
   JavaScript lays it out; "null" when it is not finite. */
void sp_number_write(sp_buf *out, double value);

#endif
