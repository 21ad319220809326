/* SPDX-License-Identifier: MIT */
#include "base/json_scan.h"

#include "base/limits.h"
#include "base/status.h"

#include <string.h>

typedef struct scan {
  sp_str text;
  size_t at;
  char *copy;
  bool repair;
} scan;

static int peek(const scan *s) {
  return s->at < s->text.len ? (uint8_t)s->text.ptr[s->at] : -1;
}

static bool is_digit(int c) {
  return c >= '0' && c <= '9';
}

/* The value of the four hex digits of the escape \u0041 at `at`, or -1 when there is no such escape. */
static long unicode_escape(const scan *s, size_t at) {
  long value = 0;
  if (s->text.len < 6 || at > s->text.len - 6 || memcmp(s->text.ptr + at, "\\u", 2) != 0) return -1;
  for (size_t i = at + 2; i < at + 6; i++) {
    char c = s->text.ptr[i], letter = (char)(c | 0x20);
    if (!is_digit(c) && (letter < 'a' || letter > 'f')) return -1;
    value = value * 16 + (is_digit(c) ? c - '0' : letter - 'a' + 10);
  }
  return value;
}

static bool scan_unicode(scan *s) {
  long unit = unicode_escape(s, s->at);
  if (unit < 0) return false;
  if (unit >= 0xD800 && unit <= 0xDBFF) {
    long low = unicode_escape(s, s->at + 6);
    if (low >= 0xDC00 && low <= 0xDFFF) {
      s->at += 12;
      return true;
    }
  }
  if (unit == 0 || (unit >= 0xD800 && unit <= 0xDFFF)) {
    s->repair = true;
    if (s->copy) memcpy(s->copy + s->at + 2, "fffd", 4);
  }
  s->at += 6;
  return true;
}

/* What may follow a backslash, besides u. */
static const char escapes[] = { '"', '\\', '/', 'b', 'f', 'n', 'r', 't' };

static bool scan_string(scan *s) {
  for (s->at++;;) {
    s->at = sp_str_plain_end(s->text, s->at, "\"\"\\\\", false);
    int c = peek(s);
    if (c == '"') break;
    if (c < 0x20) return false; /* a control character or the end */
    if (s->at + 1 < s->text.len && s->text.ptr[s->at + 1] == 'u') {
      if (!scan_unicode(s)) return false;
    } else {
      if (s->at + 1 >= s->text.len || !memchr(escapes, s->text.ptr[s->at + 1], sizeof escapes)) return false;
      s->at += 2;
    }
  }
  s->at++;
  return true;
}

static bool scan_digits(scan *s) {
  size_t from = s->at;
  while (is_digit(peek(s))) s->at++;
  return s->at > from;
}

/* RFC 8259 §6: no leading zeros or plus, digits on both sides of the point. */
static bool scan_number(scan *s) {
  if (peek(s) == '-') s->at++;
  if (peek(s) == '0') s->at++;
  else if (!scan_digits(s)) return false;
  if (peek(s) == '.') {
    s->at++;
    if (!scan_digits(s)) return false;
  }
  if (peek(s) == 'e' || peek(s) == 'E') {
    s->at++;
    if (peek(s) == '+' || peek(s) == '-') s->at++;
    if (!scan_digits(s)) return false;
  }
  return !is_digit(peek(s));
}

static bool scan_literal(scan *s) {
  static const char *const literals[] = { "true", "false", "null" };
  sp_str rest = sp_str_slice(s->text, s->at, s->text.len);
  for (size_t i = 0; i < sizeof literals / sizeof *literals; i++) {
    if (!sp_str_starts(rest, literals[i])) continue;
    s->at += strlen(literals[i]);
    return true;
  }
  return false;
}

int sp_json_scan(sp_str text, char *copy, bool *repair) {
  scan s = { .text = text, .copy = copy };
  size_t depth = 0;
  bool ok = true;
  while (ok && s.at < text.len) {
    switch (text.ptr[s.at]) {
      case '{':
      case '[':
        if (++depth > SP_MAX_JSON_DEPTH) return SP_ELIMIT;
        s.at++;
        break;
      case '}':
      case ']':
        if (depth-- == 0) return SP_ESYNTAX;
        s.at++;
        break;
      case ',':
      case ':':
      case ' ':
      case '\t':
      case '\r':
      case '\n': s.at++; break;
      case '"': ok = scan_string(&s); break;
      case 't':
      case 'f':
      case 'n': ok = scan_literal(&s); break;
      default: ok = scan_number(&s); break;
    }
  }
  *repair = s.repair;
  return ok ? SP_OK : SP_ESYNTAX;
}
