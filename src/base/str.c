/* SPDX-License-Identifier: MIT */
#include "base/str.h"

#include "base/status.h"

#include <string.h>

static bool same_bytes(const char *a, const char *b, size_t len) {
  return len == 0 || memcmp(a, b, len) == 0;
}

static bool is_space(char c) {
  return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

char sp_lower(char c) {
  if (c >= 'A' && c <= 'Z') return (char)(c + ('a' - 'A'));
  return c;
}

size_t sp_text_len(const char *text) {
  return text ? strlen(text) : 0;
}

bool sp_str_eq(sp_str a, sp_str b) {
  return a.len == b.len && same_bytes(a.ptr, b.ptr, a.len);
}

bool sp_str_is(sp_str a, const char *text) {
  return sp_str_eq(a, sp_str_from(text));
}

int sp_str_cmp(sp_str a, sp_str b) {
  size_t common = a.len < b.len ? a.len : b.len;
  int order = common > 0 ? memcmp(a.ptr, b.ptr, common) : 0;
  if (order != 0) return order < 0 ? -1 : 1;
  return a.len == b.len ? 0 : a.len < b.len ? -1 : 1;
}

bool sp_str_starts(sp_str s, const char *prefix) {
  size_t len = strlen(prefix);
  return s.len >= len && same_bytes(s.ptr, prefix, len);
}

bool sp_str_ends(sp_str s, const char *suffix) {
  size_t len = strlen(suffix);
  return s.len >= len && (len == 0 || same_bytes(s.ptr + (s.len - len), suffix, len));
}

size_t sp_str_find_char(sp_str s, char c, size_t from) {
  if (from >= s.len) return SIZE_MAX;
  const char *hit = memchr(s.ptr + from, c, s.len - from);
  return hit ? (size_t)(hit - s.ptr) : SIZE_MAX;
}

size_t sp_str_find(sp_str s, const char *needle, size_t from) {
  size_t len = strlen(needle);
  if (len == 0) return from <= s.len ? from : SIZE_MAX;
  for (size_t at = from; (at = sp_str_find_char(s, needle[0], at)) != SIZE_MAX; at++) {
    if (s.len - at < len) return SIZE_MAX;
    if (memcmp(s.ptr + at, needle, len) == 0) return at;
  }
  return SIZE_MAX;
}

/* In the high bit of each byte; a byte above a hit may be marked by mistake. */
#define ONES      0x0101010101010101u
#define ZEROES(w) (((w)-ONES) & ~(w))

static bool is_plain(char c, const char *stops, bool ascii) {
  uint8_t byte = (uint8_t)c;
  return byte >= 0x20 && (!ascii || byte < 0x7F) && c != stops[0] && c != stops[1] && c != stops[2] && c != stops[3];
}

size_t sp_str_plain_end(sp_str s, size_t from, const char *stops, bool ascii) {
  uint64_t all[4], word;
  for (size_t i = 0; i < 4; i++) all[i] = ONES * (uint8_t)stops[i];
  for (; s.len - from >= sizeof word; from += sizeof word) {
    memcpy(&word, s.ptr + from, sizeof word);
    uint64_t hits = (word - ONES * 0x20) & ~word;
    hits |= ZEROES(word ^ all[0]) | ZEROES(word ^ all[1]) | ZEROES(word ^ all[2]) | ZEROES(word ^ all[3]);
    if (ascii) hits |= word | (word + ONES);
    if (hits & (ONES * 0x80)) break;
  }
  while (from < s.len && is_plain(s.ptr[from], stops, ascii)) from++;
  return from;
}

sp_str_out sp_str_slice_out(sp_str s, size_t from, size_t to) {
  if (to > s.len) to = s.len;
  if (from > to) from = to;
  return sp_str_give(s.ptr ? (sp_str){ s.ptr + from, to - from } : SP_STR_NONE);
}

sp_str_out sp_str_trim_out(sp_str s) {
  while (s.len > 0 && is_space(s.ptr[0])) s = (sp_str){ s.ptr + 1, s.len - 1 };
  while (s.len > 0 && is_space(s.ptr[s.len - 1])) s.len--;
  return sp_str_give(s);
}

bool sp_str_eq_nocase(sp_str a, sp_str b) {
  if (a.len != b.len) return false;
  for (size_t i = 0; i < a.len; i++) {
    if (sp_lower(a.ptr[i]) != sp_lower(b.ptr[i])) return false;
  }
  return true;
}

size_t sp_str_join(char *to, const sp_str *parts, size_t count) {
  size_t len = 0;
  for (size_t i = 0; i < count; i++) {
    if (parts[i].len > 0) memcpy(to + len, parts[i].ptr, parts[i].len);
    len += parts[i].len;
  }
  return len;
}

bool sp_str_to_u64(sp_str s, uint64_t *out) {
  uint64_t value = 0;
  if (s.len == 0) return false;
  for (size_t i = 0; i < s.len; i++) {
    if (s.ptr[i] < '0' || s.ptr[i] > '9') return false;
    uint64_t digit = (uint64_t)(s.ptr[i] - '0');
    if (value > (UINT64_MAX - digit) / 10) return false;
    value = value * 10 + digit;
  }
  *out = value;
  return true;
}

int sp_str_dup(const sp_alloc *alloc, sp_str s, sp_str *out) {
  if (!s.ptr) {
    *out = SP_STR_NONE;
    return SP_OK;
  }
  char *copy = s.len < SIZE_MAX ? sp_alloc_resize(alloc, NULL, s.len + 1) : NULL;
  if (!copy) return SP_ENOMEM;
  if (s.len > 0) memcpy(copy, s.ptr, s.len);
  copy[s.len] = '\0';
  *out = (sp_str){ copy, s.len };
  return SP_OK;
}

void sp_str_free(const sp_alloc *alloc, sp_str *s) {
  union {
    const char *borrowed;
    char *owned;
  } text = { s->ptr }; /* the owner frees through the pointer that readers see as const */
  sp_alloc_free(alloc, text.owned);
  *s = SP_STR_NONE;
}

int sp_str_set(const sp_alloc *alloc, sp_str *s, sp_str value) {
  sp_str copy;
  int status = sp_str_dup(alloc, value, &copy);
  if (status != SP_OK) return status;
  sp_str_free(alloc, s);
  *s = copy;
  return SP_OK;
}

void sp_str_free_all(const sp_alloc *alloc, sp_str *const *texts, size_t count) {
  for (size_t i = 0; i < count; i++) sp_str_free(alloc, texts[i]);
}

int sp_str_dup_all(const sp_alloc *alloc, sp_str *const *from, sp_str *const *to, size_t count) {
  int status = SP_OK;
  for (size_t i = 0; i < count; i++) {
    *to[i] = SP_STR_NONE;
    if (status == SP_OK) status = sp_str_dup(alloc, *from[i], to[i]);
  }
  if (status != SP_OK) sp_str_free_all(alloc, to, count);
  return status;
}
