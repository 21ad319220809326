/* SPDX-License-Identifier: MIT */
#include "base/date.h"

#include <string.h>

#define DAY_MS UINT64_C(86400000)

static const char months[] = "JanFebMarAprMayJunJulAugSepOctNovDec";

/* A year that begins in March has its leap day at its end, and its months have 30.6 days on average. */
typedef struct civil {
  unsigned year, month, day; /* month 1..12, day 1..31 */
} civil;

static civil civil_of(uint64_t days) {
  uint64_t shifted = days + 719468; /* days since 1 March of the year 0 */
  uint64_t era = shifted / 146097;
  unsigned day_of_era = (unsigned)(shifted % 146097);
  unsigned year_of_era = (day_of_era - day_of_era / 1460 + day_of_era / 36524 - day_of_era / 146096) / 365;
  unsigned day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
  unsigned month = (5 * day_of_year + 2) / 153; /* 0 is March */
  unsigned day = day_of_year - (153 * month + 2) / 5 + 1;
  unsigned year = (unsigned)era * 400 + year_of_era + (month >= 10);
  return (civil){ year, month < 10 ? month + 3 : month - 9, day };
}

static uint64_t days_of(civil date) {
  unsigned year = date.month <= 2 ? date.year - 1 : date.year;
  unsigned month = (date.month + 9) % 12;
  unsigned year_of_era = year % 400;
  unsigned day_of_year = (153 * month + 2) / 5 + date.day - 1;
  uint64_t day_of_era = (uint64_t)year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;
  return (uint64_t)(year / 400) * 146097 + day_of_era - 719468;
}

static void put_digits(char *out, unsigned value, size_t count) {
  while (count > 0) {
    out[--count] = (char)('0' + value % 10);
    value /= 10;
  }
}

sp_iso_date sp_date_iso(uint64_t wall_ms) {
  const uint64_t last = UINT64_C(253402300799999);
  if (wall_ms > last) wall_ms = last;
  civil date = civil_of(wall_ms / DAY_MS);
  unsigned ms = (unsigned)(wall_ms % DAY_MS);
  sp_iso_date iso = { "0000-00-00T00:00:00.000Z" };
  put_digits(iso.text, date.year, 4);
  put_digits(iso.text + 5, date.month, 2);
  put_digits(iso.text + 8, date.day, 2);
  put_digits(iso.text + 11, ms / 3600000, 2);
  put_digits(iso.text + 14, ms / 60000 % 60, 2);
  put_digits(iso.text + 17, ms / 1000 % 60, 2);
  put_digits(iso.text + 20, ms % 1000, 3);
  return iso;
}

/* The next run between separators; absent at the end. */
static sp_str next_word(sp_str *rest) {
  size_t from = 0;
  while (from < rest->len && strchr(" ,-", rest->ptr[from])) from++;
  size_t to = from;
  while (to < rest->len && !strchr(" ,-", rest->ptr[to])) to++;
  sp_str word = sp_str_slice(*rest, from, to);
  *rest = sp_str_slice(*rest, to, rest->len);
  return word.len > 0 ? word : SP_STR_NONE;
}

/* 1..12, or 0. */
static unsigned month_of(sp_str word) {
  for (unsigned m = 0; m < 12; m++) {
    if (sp_str_eq_nocase(word, (sp_str){ months + (size_t)3 * m, 3 })) return m + 1;
  }
  return 0;
}

static bool read_time(sp_str word, uint64_t *ms) {
  uint64_t h, m, s;
  if (word.len != 8 || word.ptr[2] != ':' || word.ptr[5] != ':') return false;
  if (!sp_str_to_u64(sp_str_slice(word, 0, 2), &h) || !sp_str_to_u64(sp_str_slice(word, 3, 5), &m)) return false;
  if (!sp_str_to_u64(sp_str_slice(word, 6, 8), &s) || h > 23 || m > 59 || s > 60) return false;
  *ms = ((h * 60 + m) * 60 + s) * 1000;
  return true;
}

/* The three forms differ in separators and in the place of the year; day, month, time and year can be told apart
   without them. The name of the day and "GMT" say nothing new. */
int sp_date_parse_http(sp_str text, uint64_t *wall_ms) {
  civil date = { 0, 0, 0 };
  uint64_t time = 0, number;
  bool has_time = false, has_year = false;
  sp_str rest = sp_str_slice(text, 0, 64);
  for (sp_str word = next_word(&rest); word.ptr; word = next_word(&rest)) {
    unsigned month = month_of(word);
    if (month > 0) {
      date.month = month;
    } else if (!has_time && read_time(word, &time)) {
      has_time = true;
    } else if (sp_str_to_u64(word, &number)) {
      if (number > 9999) return SP_ESYNTAX;
      if (date.day == 0) date.day = (unsigned)number;
      else date.year = (unsigned)number, has_year = true;
      if (has_year && word.len == 2) date.year += date.year < 70 ? 2000 : 1900;
    }
  }
  if (!has_time || !has_year || date.month == 0 || date.day == 0 || date.day > 31) return SP_ESYNTAX;
  if (date.year < 1970) return SP_ESYNTAX;
  *wall_ms = days_of(date) * DAY_MS + time;
  return SP_OK;
}

static bool read_digits(sp_str text, size_t from, size_t count, unsigned *number) {
  uint64_t value = 0;
  bool ok = from + count <= text.len && sp_str_to_u64(sp_str_slice(text, from, from + count), &value);
  *number = (unsigned)value;
  return ok;
}

/* "Z" or "+01:00", as minutes before UTC. */
static bool read_offset(sp_str zone, int *minutes) {
  unsigned h, m;
  *minutes = 0;
  if (sp_str_is(zone, "Z")) return true;
  if (zone.len != 6 || (zone.ptr[0] != '+' && zone.ptr[0] != '-') || zone.ptr[3] != ':') return false;
  if (!read_digits(zone, 1, 2, &h) || !read_digits(zone, 4, 2, &m) || h > 23 || m > 59) return false;
  *minutes = (int)(h * 60 + m) * (zone.ptr[0] == '+' ? 1 : -1);
  return true;
}

int sp_date_parse_iso(sp_str text, uint64_t *wall_ms) {
  civil date;
  uint64_t time;
  int offset;
  if (text.len < 20 || text.ptr[4] != '-' || text.ptr[7] != '-' || text.ptr[10] != 'T') return SP_ESYNTAX;
  if (!read_digits(text, 0, 4, &date.year) || !read_digits(text, 5, 2, &date.month) ||
      !read_digits(text, 8, 2, &date.day) || !read_time(sp_str_slice(text, 11, 19), &time))
    return SP_ESYNTAX;
  if (date.year < 1971 || date.month - 1 > 11 || date.day - 1 > 30) return SP_ESYNTAX;
  size_t at = 19;
  if (text.ptr[at] == '.')
    for (at++; at < text.len && text.ptr[at] >= '0' && text.ptr[at] <= '9';) at++;
  if (!read_offset(sp_str_slice(text, at, text.len), &offset)) return SP_ESYNTAX;
  *wall_ms = (uint64_t)((int64_t)(days_of(date) * DAY_MS + time) - (int64_t)offset * 60000);
  return SP_OK;
}

int sp_retry_after(sp_str text, uint64_t wall_ms, uint64_t *wait_ms) {
  sp_str trimmed = sp_str_trim(text);
  bool digits = trimmed.len > 0;
  for (size_t i = 0; i < trimmed.len; i++) digits = digits && trimmed.ptr[i] >= '0' && trimmed.ptr[i] <= '9';
  uint64_t value;
  if (digits) {
    bool fits = sp_str_to_u64(trimmed, &value) && value <= SP_MAX_RETRY_AFTER_MS / 1000;
    *wait_ms = fits ? value * 1000 : SP_MAX_RETRY_AFTER_MS;
    return SP_OK;
  }
  int status = sp_date_parse_http(trimmed, &value);
  if (status != SP_OK) return status;
  uint64_t wait = value > wall_ms ? value - wall_ms : 0;
  *wait_ms = wait < SP_MAX_RETRY_AFTER_MS ? wait : SP_MAX_RETRY_AFTER_MS;
  return SP_OK;
}
