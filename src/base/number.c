/* SPDX-License-Identifier: MIT */
/* Numbers of few digits take one multiplication or division of exact doubles. All others go through exact integers of
   many words: a decimal m·10^n is m·10^n or (m·2^k) / 10^n, a double m·2^-n is (m·5^n)·10^-n. */
#include "base/number.h"

#include <math.h>
#include <string.h>

enum {
  MAX_DIGITS = 770,         /* 767 decide every double; those that follow only say "a little more" */
  MAX_EXPONENT = 100000000, /* more than a text has digits */
  MAX_POWER = MAX_DIGITS + 340,
  POWER_PER_WORD = 9, /* 10^9 fits a word */
  WORDS = MAX_DIGITS / POWER_PER_WORD + MAX_POWER / POWER_PER_WORD + 8,
  LONGEST = 32
};

/* The least significant word first; no zero at the top. */
typedef struct big {
  uint32_t word[WORDS];
  size_t size;
} big;

static void multiply(big *b, uint32_t factor, uint32_t add) {
  uint64_t carry = add;
  for (size_t i = 0; i < b->size; i++) {
    carry += (uint64_t)b->word[i] * factor;
    b->word[i] = (uint32_t)carry;
    carry >>= 32;
  }
  if (carry > 0) b->word[b->size++] = (uint32_t)carry;
}

/* Answers the remainder. */
static uint32_t divide(big *b, uint32_t divisor) {
  uint64_t rest = 0;
  for (size_t i = b->size; i-- > 0;) {
    rest = rest << 32 | b->word[i];
    b->word[i] = (uint32_t)(rest / divisor);
    rest %= divisor;
  }
  while (b->size > 0 && b->word[b->size - 1] == 0) b->size--;
  return (uint32_t)rest;
}

static int bit_length(const big *b) {
  int bits = 32 * (int)b->size - 32;
  for (uint32_t top = b->word[b->size - 1]; top > 0; top >>= 1) bits++;
  return bits;
}

/* The double nearest to b·2^exponent, and a little more when `more`. */
static double round_to_double(big *b, int exponent, bool more) {
  multiply(b, 4, 0); /* two bits below the 53 decide */
  exponent -= 2;
  int drop = bit_length(b) - 55, least = -1076 - exponent; /* the smallest double is 2^-1074 */
  for (drop = drop < least ? least : drop; drop > 0;) {
    int step = drop < 31 ? drop : 31;
    if (divide(b, (uint32_t)1 << step) > 0) more = true;
    exponent += step;
    drop -= step;
  }
  uint64_t low = b->size > 0 ? b->word[0] : 0, high = b->size > 1 ? b->word[1] : 0;
  uint64_t bits = high << 32 | low | (more ? 1 : 0), mantissa = bits >> 2;
  if ((bits & 3) + (mantissa & 1) > 2) mantissa++;
  return ldexp((double)mantissa, exponent + 2);
}

/* `from` to `to`: digits, perhaps with a point; not all zero. Worth that integer times 10^scale. */
static double read_exactly(const char *from, const char *to, int scale) {
  big b = { .size = 0 };
  bool more = false;
  int kept = 0;
  for (; from < to; from++) {
    if (*from == '.' || (kept == 0 && *from == '0')) continue;
    if (kept == MAX_DIGITS) {
      more = more || *from != '0';
      scale++;
    } else {
      multiply(&b, 10, (uint32_t)(*from - '0'));
      kept++;
    }
  }
  for (; scale > 0; scale--) multiply(&b, 10, 0);
  if (scale == 0) return round_to_double(&b, 0, more);
  int words = -scale / POWER_PER_WORD + 4; /* leaves the quotient more than 64 bits */
  memmove(b.word + words, b.word, b.size * sizeof *b.word);
  memset(b.word, 0, (size_t)words * sizeof *b.word);
  b.size += (size_t)words;
  for (; scale <= -POWER_PER_WORD; scale += POWER_PER_WORD) more = divide(&b, 1000000000) > 0 || more;
  for (; scale < 0; scale++) more = divide(&b, 10) > 0 || more;
  return round_to_double(&b, -32 * words, more);
}

/* 10^22 is the largest power of ten that is a double. */
static bool read_quickly(uint64_t digits, int scale, double *value) {
  double power = 1;
  if (digits > (uint64_t)1 << 53 || scale > 22 || scale < -22) return false;
  for (int i = scale < 0 ? -scale : scale; i > 0; i--) power *= 10;
  *value = scale < 0 ? (double)digits / power : (double)digits * power;
  return true;
}

static bool is_digit(char c) {
  return c >= '0' && c <= '9';
}

/* `at` is the 'e', if there is one. Answers where the number ends. */
static const char *read_exponent(const char *at, int *scale) {
  if (*at != 'e' && *at != 'E') return at;
  const char *digit = at + 1;
  bool negative = *digit == '-';
  int exponent = 0;
  if (negative || *digit == '+') digit++;
  if (!is_digit(*digit)) return at;
  for (; is_digit(*digit); digit++)
    if (exponent < MAX_EXPONENT) exponent = exponent * 10 + (*digit - '0');
  *scale += negative ? -exponent : exponent;
  return digit;
}

double sp_number_read(const char *text, char **end) {
  bool negative = *text == '-', point = false, seen = false;
  const char *from = text + negative, *at = from;
  uint64_t head = 0;
  int count = 0, scale = 0; /* significant digits; power of ten of the last one */
  double value = 0;
  for (; is_digit(*at) || (*at == '.' && !point); at++) {
    if (*at == '.') {
      point = true;
      continue;
    }
    seen = true;
    if (point) scale--;
    if (count == 0 && *at == '0') continue;
    if (count < 19) head = head * 10 + (uint64_t)(*at - '0');
    count++;
  }
  *end = (char *)(seen ? read_exponent(at, &scale) : text);
  if (count == 0 || count + scale < -330) value = 0;
  else if (count + scale > 310) value = HUGE_VAL;
  else if (count > 19 || !read_quickly(head, scale, &value)) value = read_exactly(from, at, scale);
  return negative && seen ? -value : value;
}

/* All digits of a finite positive number, the last at `end`. Its worth is 0.digits · 10^*point. */
static char *write_exactly(double value, char *end, int *point) {
  int exponent;
  uint64_t mantissa = (uint64_t)ldexp(frexp(value, &exponent), 53);
  for (exponent -= 53; exponent < 0 && mantissa % 2 == 0; exponent++) mantissa /= 2;
  big b = { .word = { (uint32_t)mantissa, (uint32_t)(mantissa >> 32) }, .size = 2 };
  for (int i = exponent < 0 ? exponent : -exponent; i < 0; i++) multiply(&b, exponent < 0 ? 5 : 2, 0);
  char *digit = end;
  while (b.size > 0) *--digit = (char)('0' + divide(&b, 10));
  while (digit < end && *digit == '0') digit++;
  *point = (int)(end - digit) + (exponent < 0 ? exponent : 0);
  return digit;
}

/* Rounds to at most `count` digits and leaves out zeros at the end. Answers how many are left. */
static int shorten(char *out, const char *digits, int length, int count, int *point) {
  if (count > length) count = length;
  memcpy(out, digits, (size_t)count);
  if (count < length && digits[count] >= '5') {
    while (count > 0 && out[count - 1] == '9') count--;
    if (count == 0) {
      out[count++] = '0';
      ++*point;
    }
    out[count - 1]++;
  }
  while (out[count - 1] == '0') count--;
  return count;
}

/* ECMA-262, Number::toString. */
static size_t lay_out(char *text, const char *digits, int count, int point) {
  char *to = text;
  bool scientific = point > 21 || point <= -6;
  int whole = scientific ? 1 : point;
  if (whole <= 0) *to++ = '0';
  for (int i = 0; i < count || i < whole; i++) {
    if (i == (whole > 0 ? whole : 0)) *to++ = '.';
    for (; i == 0 && whole < 0; whole++) *to++ = '0';
    *to = '0';
    if (i < count) *to = digits[i];
    to++;
  }
  if (scientific) {
    int exponent = point - 1, size = exponent < 0 ? -exponent : exponent;
    *to++ = 'e';
    *to++ = exponent < 0 ? '-' : '+';
    for (int unit = size >= 100 ? 100 : size >= 10 ? 10 : 1; unit > 0; unit /= 10) {
      *to++ = (char)('0' + size / unit % 10);
    }
  }
  *to = '\0';
  return (size_t)(to - text);
}

static void write_fraction(sp_buf *out, double value) {
  char all[MAX_DIGITS + 4], digits[20], text[LONGEST], *end;
  int first_point;
  size_t length = 0;
  const char *from = write_exactly(value, all + sizeof all, &first_point);
  for (int count = 15; count <= 17; count++) {
    int point = first_point, left = shorten(digits, from, (int)(all + sizeof all - from), count, &point);
    length = lay_out(text, digits, left, point);
    if (sp_number_read(text, &end) >= value && sp_number_read(text, &end) <= value) break;
  }
  sp_buf_add(out, (sp_str){ text, length });
}

void sp_number_write(sp_buf *out, double value) {
  if (!sp_is_finite(value)) {
    sp_buf_add_text(out, "null");
  } else if (fabs(value) < 9007199254740992.0 && (double)(int64_t)value >= value && (double)(int64_t)value <= value) {
    sp_buf_add_i64(out, (int64_t)value);
  } else {
    if (value < 0) sp_buf_add_char(out, '-');
    write_fraction(out, fabs(value));
  }
}
