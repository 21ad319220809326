/* SPDX-License-Identifier: MIT */
/* str.h: text as pointer and length (UTF-8, not NUL-terminated, may hold NULs). A sp_str borrows; who hands
   it out says for how long. {NULL, 0} is "absent"; {ptr, 0} is "empty": both have length 0. */
#ifndef SP_BASE_STR_H
#define SP_BASE_STR_H

#include "base/alloc.h"
#include "base/status.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

typedef struct sp_str {
  const char *ptr;
  size_t len;
} sp_str;

/* For accessors that are shorter than their call: a struct that wasm32 returns goes through memory. */
#define SP_INLINE static inline __attribute__((always_inline))

/* A text on its way out of a function, and there: one number on wasm32, which returns a struct through memory. */
#ifdef __wasm__
typedef uint64_t sp_str_out;
SP_INLINE sp_str_out sp_str_give(sp_str s) {
  return (uint64_t)s.len << 32 | (uintptr_t)s.ptr;
}
SP_INLINE sp_str sp_str_in(sp_str_out given) {
  sp_str s = { (const char *)(uintptr_t)given, (size_t)(given >> 32) };
  return s;
}
#else
typedef sp_str sp_str_out;
SP_INLINE sp_str_out sp_str_give(sp_str s) {
  return s;
}
SP_INLINE sp_str sp_str_in(sp_str_out given) {
  return given;
}
#endif

#define SP_STR(literal) ((sp_str){ "" literal, sizeof(literal) - 1 })
#define SP_STR_NONE     ((sp_str){ NULL, 0 })
/* For printf's "%.*s". */
#define SP_STR_ARG(s) (int)(s).len, (s).ptr

size_t sp_text_len(const char *text); /* of a NUL-terminated text; 0 for NULL */
/* NULL gives SP_STR_NONE. */
SP_INLINE sp_str sp_str_from(const char *text) {
  sp_str s = { text, sp_text_len(text) };
  return s;
}
bool sp_str_eq(sp_str a, sp_str b); /* absent equals empty */
bool sp_str_is(sp_str a, const char *text);
int sp_str_cmp(sp_str a, sp_str b); /* octet order */
bool sp_str_starts(sp_str s, const char *prefix);
bool sp_str_ends(sp_str s, const char *suffix);
char sp_lower(char c); /* ASCII only */
/* Index of `needle` at or after `from`, or SIZE_MAX. */
size_t sp_str_find(sp_str s, const char *needle, size_t from);
size_t sp_str_find_char(sp_str s, char c, size_t from);
/* Where the run of plain bytes from `from` on ends: at the end, at a control character, at one of the four `stops`
   (which may repeat), or with `ascii` at DEL and all that is not ASCII. Eight bytes at a time: texts of the wire go
   through here. */
size_t sp_str_plain_end(sp_str s, size_t from, const char *stops, bool ascii);
sp_str_out sp_str_slice_out(sp_str s, size_t from, size_t to);
/* Clamped to the text. */
SP_INLINE sp_str sp_str_slice(sp_str s, size_t from, size_t to) {
  return sp_str_in(sp_str_slice_out(s, from, to));
}
sp_str_out sp_str_trim_out(sp_str s);
/* XML white space: space, tab, CR, LF. */
SP_INLINE sp_str sp_str_trim(sp_str s) {
  return sp_str_in(sp_str_trim_out(s));
}
bool sp_str_eq_nocase(sp_str a, sp_str b); /* ASCII case only */
/* Copies the parts one after the other to `to`, which has room for them; answers their length. */
size_t sp_str_join(char *to, const sp_str *parts, size_t count);
bool sp_str_to_u64(sp_str s, uint64_t *out); /* digits only, no overflow */

/* An owned copy, NUL-terminated for debuggers; {NULL,0} in *out when s is absent. SP_ENOMEM leaves *out
   unchanged. */
int sp_str_dup(const sp_alloc *alloc, sp_str s, sp_str *out);
/* Frees what sp_str_dup gave and makes *s absent. Legal on an absent text. */
void sp_str_free(const sp_alloc *alloc, sp_str *s);
/* Replaces *s by a copy of `value`; on SP_ENOMEM *s keeps its old value. `value` may point into *s. */
int sp_str_set(const sp_alloc *alloc, sp_str *s, sp_str value);
/* The same for the texts of a struct. On SP_ENOMEM all of `to` are absent. */
int sp_str_dup_all(const sp_alloc *alloc, sp_str *const *from, sp_str *const *to, size_t count);
void sp_str_free_all(const sp_alloc *alloc, sp_str *const *texts, size_t count);

#endif
