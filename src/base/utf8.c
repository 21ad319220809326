/* SPDX-License-Identifier: MIT */
#include "base/utf8.h"

/* RFC 3629 §4: by lead byte the length and the legal range of the second byte. The narrower ranges keep out
   overlong forms (E0, F0), surrogates (ED) and what lies above U+10FFFF (F4). */
typedef struct lead {
  uint8_t len, low, high;
} lead;

static lead lead_of(uint8_t byte) {
  if (byte < 0x80) return (lead){ 1, 0, 0 };
  if (byte < 0xC2) return (lead){ 0, 0, 0 };
  if (byte < 0xE0) return (lead){ 2, 0x80, 0xBF };
  if (byte < 0xF0) return (lead){ 3, byte == 0xE0 ? 0xA0 : 0x80, byte == 0xED ? 0x9F : 0xBF };
  if (byte < 0xF5) return (lead){ 4, byte == 0xF0 ? 0x90 : 0x80, byte == 0xF4 ? 0x8F : 0xBF };
  return (lead){ 0, 0, 0 };
}

/* How many bytes at `at` fit the sequence that the lead byte opens. */
static size_t fitting(sp_str s, size_t at, lead first) {
  size_t n = 1;
  for (; n < first.len && at + n < s.len; n++) {
    uint8_t byte = (uint8_t)s.ptr[at + n];
    uint8_t low = n == 1 ? first.low : 0x80, high = n == 1 ? first.high : 0xBF;
    if (byte < low || byte > high) break;
  }
  return n;
}

size_t sp_utf8_decode(sp_str s, size_t at, uint32_t *cp) {
  uint8_t byte = (uint8_t)s.ptr[at];
  lead first = lead_of(byte);
  if (first.len == 0 || fitting(s, at, first) < first.len) return 0;
  uint32_t value = first.len == 1 ? byte : byte & (0xFFu >> (first.len + 1u));
  for (size_t i = 1; i < first.len; i++) value = value << 6 | ((uint8_t)s.ptr[at + i] & 0x3Fu);
  *cp = value;
  return first.len;
}

bool sp_utf8_is_cut(sp_str s, size_t at) {
  lead first = lead_of((uint8_t)s.ptr[at]);
  size_t n = fitting(s, at, first);
  return n < first.len && at + n == s.len;
}

size_t sp_utf8_encode(uint32_t cp, char out[4]) {
  static const uint8_t marks[5] = { 0, 0, 0xC0, 0xE0, 0xF0 };
  size_t len = cp < 0x80 ? 1 : cp < 0x800 ? 2 : cp < 0x10000 ? 3 : 4;
  for (size_t i = len; i-- > 1; cp >>= 6) out[i] = (char)(0x80u | (cp & 0x3Fu));
  out[0] = (char)(marks[len] | cp);
  return len;
}

void sp_utf8_add(sp_buf *buf, uint32_t cp) {
  char bytes[4];
  sp_buf_add(buf, (sp_str){ bytes, sp_utf8_encode(cp, bytes) });
}
