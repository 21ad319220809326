/* SPDX-License-Identifier: MIT */
#include "recorder/pseudonym.h"

#include "base/base64.h"
#include "base/limits.h"
#include "telemetry/patterns.h"

#include <string.h>

/* --- characters --- */

static bool is_digit(char c) {
  return c >= '0' && c <= '9';
}
static bool is_hex(char c) {
  char low = sp_lower(c);
  return is_digit(c) || (low >= 'a' && low <= 'f');
}
static bool is_base64(char c) {
  return sp_words_is_letter(c) || c == '+' || c == '/' || c == '=';
}
static bool is_octet(char c) {
  return is_digit(c) || c == '.';
}
static bool is_in_time(char c) {
  return is_octet(c) || c == ':' || c == 'Z';
}
static bool is_in_number(char c) {
  return is_octet(c) || c == 'e' || c == 'E' || c == '+' || c == '-';
}
static bool is_in_phone(char c) {
  return is_digit(c) || c == '-';
}
static bool is_in_written_phone(char c) {
  return is_octet(c) || c == '-' || c == ' ' || c == '(' || c == ')' || c == '+';
}

/* --- words --- */

/* What is drawn for a text follows from the key and the text: not from its letter case, and of a number not from what
   separates its digits. `salt`: another one. */
static void begin(const sp_pseudonyms *p, sp_str text, bool number, uint8_t salt, sp_ids *stream) {
  uint8_t seed[SP_SEED_BYTES];
  uint64_t hash = 0;
  memcpy(seed, p->key, sizeof seed);
  for (size_t i = 0; i < text.len; i++)
    if (!number || is_digit(text.ptr[i])) hash = (hash ^ (uint8_t)sp_lower(text.ptr[i])) * 0x9E3779B97F4A7C15u + 1;
  for (size_t i = 0; i < sizeof hash; i++) seed[i] ^= (uint8_t)(hash >> (8 * i));
  seed[sizeof hash] ^= salt;
  sp_ids_init(stream, seed);
}

static unsigned draw(sp_ids *stream, unsigned below) {
  uint8_t byte;
  sp_ids_bytes(stream, &byte, 1);
  return byte % below;
}

/* A number keeps its first digit and does not grow, so that what fits into a type still does. */
static char other_digit(char c, size_t nth, sp_ids *stream) {
  unsigned below = nth == 1 ? (unsigned)(c - '0') : 10;
  if (nth == 0) return c;
  return (char)('0' + (below ? draw(stream, below) : 0));
}

static bool is_capital(char c) {
  return c >= 'A' && c <= 'Z';
}

/* Letters stay letters and hex digits stay hex digits; where the digits were does not show. Without small letters there
   are none in the other word: the core may change the case of either. */
static void disguise(const sp_pseudonyms *p, sp_str word, bool number, sp_buf *out) {
  static const char alphabet[] = "0123456789abcdefghijklmnopqrstuvwxyz";
  bool hex = word.len > 5, digits = false, small = false, capitals = false;
  for (size_t i = 0; i < word.len; i++) {
    digits = digits || is_digit(word.ptr[i]);
    capitals = capitals || is_capital(word.ptr[i]);
    small = small || (word.ptr[i] >= 'a' && word.ptr[i] <= 'z');
    hex = hex && (is_hex(word.ptr[i]) || !sp_words_is_letter(word.ptr[i]));
  }
  unsigned from = hex || digits ? 0 : 10, count = hex ? 16 : 36 - from;
  char *to = sp_buf_extend(out, word.len);
  for (uint8_t salt = 0; to && salt < 8; salt++) {
    sp_ids stream;
    begin(p, word, number, salt, &stream);
    for (size_t i = 0, nth = 0; i < word.len; i++) {
      char c = word.ptr[i];
      to[i] = c;
      if (!sp_words_is_letter(c)) continue;
      if (number) to[i] = other_digit(c, nth++, &stream);
      else to[i] = alphabet[from + draw(&stream, count)];
      if (!is_digit(to[i]) && (is_capital(c) || (capitals && !small))) to[i] = (char)(to[i] - 'a' + 'A');
    }
    if (number || !sp_words_has(p->words, (sp_str){ to, word.len })) break;
  }
}

/* --- what spans words --- */

/* One pass over a text. */
typedef struct pass {
  const sp_pseudonyms *p;
  sp_str text;
  sp_forms forms;
  sp_buf *out;
  unsigned depth; /* texts within texts */
} pass;

enum { MAX_DEPTH = 4 };

static void run(const sp_pseudonyms *p, sp_str text, sp_buf *out, unsigned depth);

static char at(const pass *s, size_t i) {
  if (i < s->text.len) return s->text.ptr[i];
  return '\0';
}
static size_t copy(const pass *s, size_t from, size_t to) {
  sp_buf_add(s->out, sp_str_slice(s->text, from, to));
  return to;
}
static size_t replace(const pass *s, size_t from, size_t to, bool number) {
  disguise(s->p, sp_str_slice(s->text, from, to), number, s->out);
  return to;
}
static size_t skip(const pass *s, size_t i, bool (*is)(char)) {
  while (i < s->text.len && is(s->text.ptr[i])) i++;
  return i;
}
/* Not further than anything of this kind is long: the next place may look over the same characters again. */
static size_t skip_some(const pass *s, size_t i, bool (*is)(char)) {
  size_t end = i;
  while (end < i + 32 && is(at(s, end))) end++;
  return end;
}

/* Whether the text goes on like this: 'd' a digit, 'x' a hex digit, anything else itself. */
static bool is_like(const pass *s, size_t i, const char *shape) {
  for (; *shape; shape++, i++) {
    char c = at(s, i);
    if (*shape == 'd' ? !is_digit(c) : *shape == 'x' ? !is_hex(c) : c != *shape) return false;
  }
  return true;
}

/* Version and variant stay: base/ids.c sets them. */
static size_t uuid(const pass *s, size_t i) {
  if (!is_like(s, i, "xxxxxxxx-xxxx-xxxx-xxxx-xxxxxxxxxxxx") || sp_words_is_letter(at(s, i + 36))) return i;
  size_t mark = s->out->len;
  replace(s, i, i + 36, false);
  if (sp_buf_status(s->out) != SP_OK) return i + 36;
  for (size_t k = 14; k < 20; k += 5) s->out->data[mark + k] = s->text.ptr[i + k];
  return i + 36;
}

/* Replaces what is written in base64; false when it is none, or does not begin with `first`. */
static bool inside(const pass *s, sp_str coded, char first, bool url) {
  sp_buf plain, replaced;
  sp_buf_init(&plain, s->p->alloc, SP_MAX_JSON);
  sp_buf_init(&replaced, s->p->alloc, SP_MAX_JSON);
  bool is = s->depth < MAX_DEPTH && sp_base64_decode(&plain, coded) == SP_OK && plain.len && *plain.data == first;
  if (is) run(s->p, sp_buf_str(&plain), &replaced, s->depth + 1);
  is = is && sp_buf_status(&replaced) == SP_OK;
  size_t mark = s->out->len;
  if (is) sp_base64_encode(s->out, sp_buf_str(&replaced));
  for (size_t i = mark; url && i < s->out->len; i++) {
    char *c = &s->out->data[i];
    if (*c == '=') s->out->len = i;
    if (*c == '+') *c = '-';
    if (*c == '/') *c = '_';
  }
  sp_buf_free(&plain);
  sp_buf_free(&replaced);
  return is;
}

/* Parts that are texts of JSON objects, and a signature. */
static size_t jwt(pass *s, size_t i) {
  size_t end = sp_forms_jwt(&s->forms, i);
  while (i < end) {
    size_t dot = sp_str_find_char(s->text, '.', i), to = dot < end ? dot : end;
    sp_str part = sp_str_slice(s->text, i, to);
    if (!inside(s, part, '{', true)) run(s->p, part, s->out, MAX_DEPTH);
    i = to < end ? copy(s, to, to + 1) : end;
  }
  return end;
}

/* RFC 4616 in an element of XML: NUL, user, NUL, password. */
static size_t sasl_plain(const pass *s, size_t i) {
  if (i == 0 || s->text.ptr[i - 1] != '>' || at(s, i) != 'A') return i;
  size_t end = skip(s, i, is_base64);
  return at(s, end) == '<' && inside(s, sp_str_slice(s->text, i, end), '\0', false) ? end : i;
}

/* Those that mean no host or this one stay. What has more groups than an address is a fingerprint. */
static size_t address(pass *s, size_t i) {
  size_t end = sp_forms_address(&s->forms, i), octets = skip(s, i, is_octet), colons = 0;
  if (end == i) return i;
  bool four = octets > i + 4;
  if (four && (is_like(s, i, "0.") || is_like(s, i, "127."))) return copy(s, i, octets);
  if (four) end = octets;
  sp_str text = sp_str_slice(s->text, i, end);
  for (size_t k = 0; k < text.len; k++) colons += text.ptr[k] == ':';
  if (colons > 7) return replace(s, i, end, false);
  sp_ids stream;
  begin(s->p, text, false, 0, &stream);
  sp_buf_add_text(s->out, four ? "203.0.113." : "2001:db8::");
  /* 4096 addresses of IPv6 tell those of a call apart; each has four groups, of which two are empty. */
  sp_buf_add_u64(s->out, 1 + draw(&stream, 254));
  for (int k = 0; !four && k < 2; k++) {
    sp_buf_add_char(s->out, ':');
    sp_buf_add_u64(s->out, 1 + draw(&stream, 254));
  }
  return end;
}

/* RFC 3339. */
static size_t date(const pass *s, size_t i) {
  if (!is_like(s, i, "dddd-dd-dd")) return i;
  size_t end = i + 10;
  if (is_like(s, end, "Tdd:dd:dd")) end = skip_some(s, end + 1, is_in_time);
  if (is_like(s, end, "+dddd") || is_like(s, end, "-dddd")) end += 5;
  return sp_words_is_letter(at(s, end)) ? i : copy(s, i, end);
}

/* A member of an object, in JSON that may have been quoted or stand in XML; or a short one of an array. */
static size_t json_number(const pass *s, size_t i) {
  size_t end = skip_some(s, i, is_in_number), before = i;
  char after = at(s, end);
  if (before && s->text.ptr[before - 1] == '-') before--;
  if (before && s->text.ptr[before - 1] == ' ') before--;
  char sign = '\0', name = '\0';
  if (before) sign = s->text.ptr[before - 1];
  if (before > 1) name = s->text.ptr[before - 2];
  bool element = (sign == '[' || sign == ',') && end - i < 7 && (after == ',' || after == ']');
  bool member = sign == ':' && (name == '"' || name == ';') && after && strchr(",}& \\\r\n", after);
  return member || element ? copy(s, i, end) : i;
}

/* A phone number with its separators: one number, whatever its groups are. Its pseudonym does not depend on them. */
static size_t phone(const pass *s, size_t i) {
  size_t end = skip_some(s, i, is_digit(at(s, i)) ? is_in_phone : is_in_written_phone), digits = 0;
  while (end > i && !is_digit(at(s, end - 1))) end--;
  for (size_t k = i; k < end; k++) digits += is_digit(at(s, k));
  if (digits < 7 || digits > 15 || sp_words_is_letter(at(s, end))) return i;
  return replace(s, i, end, true);
}

/* --- what is no word --- */

/* An escape of JSON, however often it was quoted: the letter after the backslashes belongs to them. A letter that is
   not ASCII is written in several ways, and comes out of all of them as one. */
static size_t escape(const pass *s, size_t i) {
  size_t end = i;
  while (at(s, end) == '\\') end++;
  char c = at(s, end);
  if (c != 'u' || !is_like(s, end + 1, "xxxx")) return copy(s, i, c && strchr("nrtbf", c) ? end + 1 : end);
  if (is_like(s, end + 1, "00") && at(s, end + 3) < '8') return copy(s, i, end + 5);
  char low = sp_lower(at(s, end + 2));
  bool second = sp_lower(at(s, end + 1)) == 'd' && low >= 'c'; /* of a surrogate pair */
  if (!second) sp_buf_add_char(s->out, '?');
  return end + 5;
}

static size_t no_word(pass *s, size_t i) {
  char c = at(s, i);
  size_t end = i;
  if (c == '\\') return escape(s, i);
  if ((uint8_t)c >= 0x80) {
    if ((uint8_t)c >= 0xC0) sp_buf_add_char(s->out, '?');
    return i + 1;
  }
  if (c == '+' || c == '(') end = phone(s, i);
  if (c == ':' && at(s, i + 1) == ':') end = address(s, i);
  if (c == '%' && is_like(s, i + 1, "xx")) end = copy(s, i, i + 3);
  if (is_like(s, i, "&#") && is_like(s, i + 3, "xx;")) end = copy(s, i, i + 5);
  return end > i ? end : copy(s, i, i + 1);
}

/* --- the pass --- */

/* Names of members are compared without regard to letter case now and then (telemetry/secret_keys.c): one in camel case
   is known in small letters too. Names of people are not written so. */
static bool is_known(const sp_words *words, sp_str word) {
  char small[2 * SP_MAX_SECRET_KEY];
  bool camel = false;
  if (sp_words_has(words, word) || word.len > sizeof small) return sp_words_has(words, word);
  for (size_t i = 0; i < word.len; i++) {
    small[i] = sp_lower(word.ptr[i]);
    camel = camel || (i > 0 && is_capital(word.ptr[i]) && !is_capital(word.ptr[i - 1]));
  }
  return camel && sp_words_has(words, (sp_str){ small, word.len });
}

/* The first that knows what begins here, or a word. */
static size_t form(pass *s, size_t i) {
  char c = at(s, i);
  size_t end = uuid(s, i);
  if (end == i && c == 'e') end = jwt(s, i);
  if (end == i) end = sasl_plain(s, i);
  if (end == i && is_digit(c)) end = date(s, i);
  if (end == i && is_hex(c)) end = address(s, i);
  if (end == i && is_digit(c)) end = json_number(s, i);
  if (end == i && is_digit(c)) end = phone(s, i);
  if (end > i) return end;
  end = skip(s, i, sp_words_is_letter);
  bool number = skip(s, i, is_digit) == end;
  if (end - i <= (number ? 3 : 2) || is_known(s->p->words, sp_str_slice(s->text, i, end))) return copy(s, i, end);
  return replace(s, i, end, number);
}

static void run(const sp_pseudonyms *p, sp_str text, sp_buf *out, unsigned depth) {
  pass s = { p, text, { text, 0, 0 }, out, depth };
  for (size_t i = 0; i < text.len && sp_buf_status(out) == SP_OK;)
    i = sp_words_is_letter(text.ptr[i]) ? form(&s, i) : no_word(&s, i);
}

void sp_pseudonym_text(const sp_pseudonyms *p, sp_str text, sp_buf *out) {
  run(p, text, out, 0);
}
