/* SPDX-License-Identifier: MIT */
#include "base/base64.h"

#include "base/status.h"

static const char alphabet[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

void sp_base64_encode(sp_buf *out, sp_str bytes) {
  char *to = sp_buf_extend(out, (bytes.len + 2) / 3 * 4);
  for (size_t at = 0; to && at < bytes.len; at += 3, to += 4) {
    size_t have = bytes.len - at < 3 ? bytes.len - at : 3;
    uint32_t group = 0;
    for (size_t i = 0; i < 3; i++) group = group << 8 | (i < have ? (uint8_t)bytes.ptr[at + i] : 0u);
    for (size_t i = 0; i < 4; i++) {
      to[i] = '=';
      if (i <= have) to[i] = alphabet[group >> (18 - 6 * i) & 63];
    }
  }
}

/* The six bits of a character of either alphabet, or -1. */
static int sextet(char c) {
  if (c >= 'A' && c <= 'Z') return c - 'A';
  if (c >= 'a' && c <= 'z') return c - 'a' + 26;
  if (c >= '0' && c <= '9') return c - '0' + 52;
  if (c == '+' || c == '-') return 62;
  return c == '/' || c == '_' ? 63 : -1;
}

/* Checks everything and takes the padding off, so that decoding cannot fail half way. */
static bool check(sp_str *text) {
  bool standard = false, url = false;
  size_t padding = 0;
  while (padding < 2 && text->len > padding && text->ptr[text->len - 1 - padding] == '=') padding++;
  if (padding > 0 && text->len % 4 != 0) return false;
  text->len -= padding;
  if (text->len % 4 == 1) return false;
  for (size_t i = 0; i < text->len; i++) {
    char c = text->ptr[i];
    standard = standard || c == '+' || c == '/';
    url = url || c == '-' || c == '_';
    if (sextet(c) < 0) return false;
  }
  if (standard && url) return false; /* RFC 4648 §5: two alphabets, one text is in one of them */
  int unused = text->len % 4 == 2 ? 15 : text->len % 4 == 3 ? 3 : 0;
  return unused == 0 || (sextet(text->ptr[text->len - 1]) & unused) == 0;
}

int sp_base64_decode(sp_buf *out, sp_str text) {
  if (!check(&text)) return SP_ESYNTAX;
  char *to = sp_buf_extend(out, text.len / 4 * 3 + text.len % 4 * 3 / 4);
  uint32_t bits = 0;
  for (size_t i = 0; to && i < text.len; i++) {
    bits = bits << 6 | (uint32_t)sextet(text.ptr[i]);
    /* After the 2nd, 3rd and 4th character of a group 4, 2 and 0 bits are left over. */
    if (i % 4 != 0) *to++ = (char)(bits >> (6 - 2 * (i % 4)) & 0xFF);
  }
  return sp_buf_status(out);
}
