/* SPDX-License-Identifier: MIT */
/* What the module does not take from the C library. */
#include <stdio.h>

/* Nothing prints but Embind: the address of a type, for its error message about one that is not bound, and there is no
   such type. The library's sprintf would be 4 KB for that. Emscripten's compiler calls it by the other names when no
   floating point is among the arguments. */
int sprintf(char *restrict out, const char *restrict format, ...) {
  (void)format;
  *out = '\0';
  return 0;
}

int siprintf(char *restrict out, const char *restrict format, ...) __attribute__((alias("sprintf")));
int __small_sprintf(char *restrict out, const char *restrict format, ...) __attribute__((alias("sprintf")));
