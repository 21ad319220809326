/* SPDX-License-Identifier: MIT */
/* Each matcher looks at one position. It answers what to replace, or nothing. A matcher whose look-ahead is not bounded
   remembers how far it looked in vain, so that no character is looked at more than a few times. */
#include "telemetry/patterns.h"

#include <string.h>

/* text[from, to) is replaced; equal: no match. */
typedef struct span {
  size_t from, to;
} span;

typedef struct scan {
  sp_str text;
  sp_audience audience;
  const sp_str *secrets;
  size_t secret_count;
  size_t no_jwt, no_ipv6; /* none of them begins before this position */
} scan;

static const span none = { 0, 0 };

static char at(const scan *s, size_t i) {
  if (i < s->text.len) return s->text.ptr[i];
  return '\0';
}

static bool is_digit(char c) {
  return c >= '0' && c <= '9';
}
static bool is_letter(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}
static bool is_word(char c) {
  return is_digit(c) || is_letter(c) || c == '_';
}
static bool is_hex(char c) {
  return is_digit(c) || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F');
}
static bool is_space(char c) {
  return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}
static bool is_base64url(char c) {
  return is_word(c) || c == '-';
}
static bool is_token(char c) {
  return is_word(c) || (c != '\0' && strchr("-._~+/=", c) != NULL);
}
/* A backslash ends a line too: text that was quoted twice has its line ends as letters. */
static bool is_in_line(char c) {
  return c != '\r' && c != '\n' && c != '\\' && c != '"';
}
static bool is_in_uri(char c) {
  return !is_space(c) && is_in_line(c) && (c == '\0' || !strchr("'<>", c));
}
static bool is_in_bare_value(char c) {
  return is_in_uri(c) && (c == '\0' || !strchr(",;&{}[]()", c));
}

/* The first position at or after `i` whose character is not of the class. */
static size_t skip(const scan *s, size_t i, bool (*is)(char)) {
  while (i < s->text.len && is(s->text.ptr[i])) i++;
  return i;
}

static bool follows_word(const scan *s, size_t i) {
  return i > 0 && is_word(at(s, i - 1));
}

static bool has_prefix(const scan *s, size_t i, const char *prefix) {
  return sp_str_starts(sp_str_slice(s->text, i, s->text.len), prefix);
}

/* --- all outputs --- */

static span match_known(const scan *s, size_t i) {
  for (size_t k = 0; k < s->secret_count; k++) {
    sp_str secret = s->secrets[k];
    if (secret.len == 0 || secret.len > s->text.len - i || secret.ptr[0] != s->text.ptr[i]) continue;
    if (memcmp(secret.ptr, s->text.ptr + i, secret.len) == 0) return (span){ i, i + secret.len };
  }
  return none;
}

static span match_bearer(const scan *s, size_t i) {
  if (!sp_str_eq_nocase(sp_str_slice(s->text, i, i + 6), SP_STR("bearer")) || !is_space(at(s, i + 6))) return none;
  size_t from = skip(s, i + 6, is_space);
  return (span){ from, skip(s, from, is_token) };
}

/* Three parts of base64url, the first of which is the JSON text of an object: RFC 7519. A second part that is one too
   gives a token away whose signature is missing. */
static span match_jwt(scan *s, size_t i) {
  if (i < s->no_jwt || !has_prefix(s, i, "eyJ")) return none;
  size_t first = skip(s, i, is_base64url);
  s->no_jwt = first;
  if (at(s, first) != '.') return none;
  size_t second = skip(s, first + 1, is_base64url);
  if (second == first + 1) return none;
  bool is_object = has_prefix(s, first + 1, "eyJ");
  if (at(s, second) == '.') return (span){ i, skip(s, second + 1, is_base64url) };
  s->no_jwt = second;
  return is_object ? (span){ i, second } : none;
}

static span match_ice_secret(const scan *s, size_t i) {
  static const char *const names[] = { "a=ice-pwd:", "a=ice-ufrag:", "a=fingerprint:" };
  for (size_t n = 0; n < sizeof names / sizeof *names; n++) {
    if (!has_prefix(s, i, names[n])) continue;
    size_t from = i + strlen(names[n]);
    return (span){ from, skip(s, from, is_in_line) };
  }
  return none;
}

/* A quotation mark, which may itself have been quoted: the position after it, or `i` when there is none. */
static size_t skip_quote(const scan *s, size_t i) {
  size_t quote = i;
  while (at(s, quote) == '\\') quote++;
  return at(s, quote) == '"' || (quote == i && at(s, quote) == '\'') ? quote + 1 : i;
}

static bool is_name(char c) {
  return is_word(c) || c == '-';
}

/* The value of a secret key in text: "token":"…" of JSON within a string, token=… of a query. */
static span match_member(const scan *s, size_t i) {
  if (i > 0 && is_name(at(s, i - 1))) return none;
  size_t end = i;
  while ((end - i) / 2 < SP_MAX_SECRET_KEY && is_name(at(s, end))) end++;
  if (!sp_secret_key(sp_str_slice(s->text, i, end), s->audience)) return none;
  size_t after = skip_quote(s, end);
  size_t sign = skip(s, after, is_space);
  if (at(s, sign) != '=' && !(at(s, sign) == ':' && after > end)) return none;
  size_t value = skip(s, sign + 1, is_space);
  size_t from = skip_quote(s, value);
  bool (*is_inside)(char) = from > value ? is_in_line : is_in_bare_value;
  if (from > value && s->text.ptr[from - 1] == '\'') is_inside = is_in_uri;
  return (span){ from, skip(s, from, is_inside) };
}

/* --- server output --- */

/* The foundation follows the colon at once: RFC 8839 §5.1. */
static span match_candidate(const scan *s, size_t i) {
  if (follows_word(s, i) || !has_prefix(s, i, "candidate:")) return none;
  size_t from = i + strlen("candidate:");
  char c = at(s, from);
  if (!is_word(c) && c != '+' && c != '/') return none;
  return (span){ from, skip(s, from, is_in_line) };
}

static span match_uri(const scan *s, size_t i) {
  static const char *const schemes[] = { "tel:", "sip:", "sips:" };
  if (follows_word(s, i)) return none;
  for (size_t n = 0; n < sizeof schemes / sizeof *schemes; n++) {
    size_t from = i + strlen(schemes[n]);
    if (sp_str_eq_nocase(sp_str_slice(s->text, i, from), sp_str_from(schemes[n])))
      return (span){ from, skip(s, from, is_in_uri) };
  }
  return none;
}

/* E.164: a plus and at most 15 digits; shorter ones are offsets of time zones and the like. */
static span match_phone(const scan *s, size_t i) {
  if (follows_word(s, i) || at(s, i) != '+') return none;
  size_t end = i + 1;
  while (end - i <= 16 && is_digit(at(s, end))) end++;
  return end - i >= 8 && end - i <= 16 ? (span){ i, end } : none;
}

/* Product versions of user agent strings (RFC 9110 §10.1.5) look like addresses and are worth knowing. */
static bool is_product_version(const scan *s, size_t i) {
  static const char *const products[] = { "Chrome/", "Chromium/", "HeadlessChrome/", "Edg/", "OPR/", "Electron/" };
  sp_str before = sp_str_slice(s->text, i < 16 ? 0 : i - 16, i);
  for (size_t n = 0; n < sizeof products / sizeof *products; n++) {
    if (sp_str_ends(before, products[n])) return true;
  }
  return false;
}

/* A number of at most three digits up to 255: the position after it, or `i`. */
static size_t skip_octet(const scan *s, size_t i) {
  unsigned value = 0;
  size_t end = i;
  while (end - i < 4 && is_digit(at(s, end))) value = value * 10 + (unsigned)(at(s, end++) - '0');
  return end - i <= 3 && value <= 255 ? end : i;
}

static size_t skip_port(const scan *s, size_t i) {
  size_t end = i + 1;
  while (end - i <= 5 && is_digit(at(s, end))) end++;
  return at(s, i) == ':' && end > i + 1 ? end : i;
}

/* Four groups and no fifth; a version has a `v` or a word before it. */
static span match_ipv4(const scan *s, size_t i) {
  if (!is_digit(at(s, i)) || follows_word(s, i) || is_product_version(s, i)) return none;
  if (i > 1 && at(s, i - 1) == '.' && is_digit(at(s, i - 2))) return none;
  size_t end = i;
  for (int group = 0; group < 4; group++) {
    if (group > 0 && at(s, end++) != '.') return none;
    size_t next = skip_octet(s, end);
    if (next == end) return none;
    end = next;
  }
  if (at(s, end) == '.' && is_digit(at(s, end + 1))) return none;
  return (span){ i, skip_port(s, end) };
}

static bool is_ipv6(char c) {
  return is_hex(c) || c == ':' || c == '.';
}

/* A time of day, with or without a fraction of its seconds, has two colons too. */
static bool is_clock(sp_str run) {
  if (run.len < 7 || run.len > 18) return false;
  size_t first = sp_str_find_char(run, ':', 0);
  if (first > 2 || first == 0 || run.len < first + 6 || run.ptr[first + 3] != ':') return false;
  for (size_t i = 0; i < run.len; i++) {
    if (!is_digit(run.ptr[i]) && i != first && i != first + 3 && (run.ptr[i] != '.' || i != first + 6)) return false;
  }
  return run.len == first + 6 || run.ptr[first + 6] == '.';
}

/* Walks an IPv6 address: groups of up to four digits, only the last one with dots. *end is where the walk
   ended: after the address, or at what cannot be part of one. */
static bool scan_ipv6(const scan *s, size_t i, size_t *end) {
  size_t colons = 0, digits = 0, groups = 0;
  bool dotted = false;
  for (*end = i; *end < s->text.len && is_ipv6(at(s, *end)); ++*end) {
    char c = at(s, *end);
    if (c == ':') {
      if (dotted) return false;
      colons++;
      digits = 0;
    } else if (c == '.') {
      dotted = true;
    } else if (++digits == 1) {
      groups++;
    } else if (digits > 4 && !dotted) {
      return false;
    }
  }
  return colons >= 2 && groups >= 1;
}

static bool is_zone(char c) {
  return is_token(c) && c != '/';
}

static span match_ipv6(scan *s, size_t i) {
  if (i < s->no_ipv6 || follows_word(s, i) || !is_ipv6(at(s, i)) || at(s, i) == '.') return none;
  bool is_address = scan_ipv6(s, i, &s->no_ipv6);
  sp_str run = sp_str_slice(s->text, i, s->no_ipv6);
  while (run.len > 0 && run.ptr[run.len - 1] == '.') run.len--;
  /* A colon that ends a phrase; two of them belong to the address. */
  if (run.len > 1 && run.ptr[run.len - 1] == ':' && run.ptr[run.len - 2] != ':') run.len--;
  if (!is_address || is_clock(run)) return none;
  size_t end = i + run.len;
  return (span){ i, at(s, end) == '%' ? skip(s, end + 1, is_zone) : end };
}

/* --- the pass --- */

static bool found(span hit) {
  return hit.to > hit.from;
}

static span match_everywhere(scan *s, size_t i) {
  span hit = match_known(s, i);
  if (!found(hit) && (at(s, i) == 'b' || at(s, i) == 'B')) hit = match_bearer(s, i);
  if (!found(hit) && at(s, i) == 'e') hit = match_jwt(s, i);
  if (!found(hit) && at(s, i) == 'a') hit = match_ice_secret(s, i);
  if (!found(hit) && is_letter(at(s, i))) hit = match_member(s, i);
  return hit;
}

static span match_for_server(scan *s, size_t i) {
  span hit = match_ipv6(s, i);
  if (!found(hit)) hit = match_ipv4(s, i);
  if (!found(hit)) hit = match_candidate(s, i);
  if (!found(hit)) hit = match_uri(s, i);
  return found(hit) ? hit : match_phone(s, i);
}

void sp_patterns_replace(sp_str text, sp_audience audience, const sp_str *secrets, size_t secret_count, sp_buf *out) {
  scan s = { text, audience, secrets, secret_count, 0, 0 };
  size_t copied = 0;
  for (size_t i = 0; i < text.len;) {
    span hit = match_everywhere(&s, i);
    if (!found(hit) && audience == SP_AUDIENCE_SERVER) hit = match_for_server(&s, i);
    if (!found(hit)) {
      i++;
      continue;
    }
    sp_buf_add(out, sp_str_slice(text, copied, hit.from));
    sp_buf_add_text(out, SP_REDACTED);
    copied = i = hit.to;
  }
  sp_buf_add(out, sp_str_slice(text, copied, text.len));
}

/* --- for others --- */

typedef span (*matcher)(scan *s, size_t i);

static size_t end_of(sp_forms *forms, size_t i, matcher match, matcher otherwise) {
  scan s = { .text = forms->text, .no_jwt = forms->no_jwt, .no_ipv6 = forms->no_ipv6 };
  span hit = match(&s, i);
  if (!found(hit) && otherwise) hit = otherwise(&s, i);
  forms->no_jwt = s.no_jwt;
  forms->no_ipv6 = s.no_ipv6;
  return found(hit) ? hit.to : i;
}

static span match_octets(scan *s, size_t i) {
  return match_ipv4(s, i);
}

size_t sp_forms_jwt(sp_forms *forms, size_t i) {
  return end_of(forms, i, match_jwt, NULL);
}

size_t sp_forms_address(sp_forms *forms, size_t i) {
  return end_of(forms, i, match_ipv6, match_octets);
}
