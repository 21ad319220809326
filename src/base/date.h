/* SPDX-License-Identifier: MIT */
/* date.h: civil dates as text, from and to milliseconds since the epoch. */
#ifndef SP_BASE_DATE_H
#define SP_BASE_DATE_H

#include "base/str.h"

typedef struct sp_iso_date {
  char text[25]; /* 2026-01-31T23:59:59.999Z and a NUL */
} sp_iso_date;

/* ISO 8601 in UTC with milliseconds; times after the year 9999 are shown as its last millisecond. */
sp_iso_date sp_date_iso(uint64_t wall_ms);

/* The HTTP dates of RFC 9110 §5.6.7 in all three forms. SP_ESYNTAX: no such date, or one before the epoch. */
int sp_date_parse_http(sp_str text, uint64_t *wall_ms);

/* The date and time of XEP-0082: 2026-01-31T23:59:59Z, with a fraction or an offset like +01:00 if need be.
   SP_ESYNTAX: no such text, or a time before the epoch. */
int sp_date_parse_iso(sp_str text, uint64_t *wall_ms);

/* How long Retry-After (RFC 9110 §10.2.3: seconds, or an HTTP date) asks to wait, in milliseconds, 10 minutes at the
   most (logging-and-stats.md §4.7). SP_ESYNTAX: neither of them. */
int sp_retry_after(sp_str text, uint64_t wall_ms, uint64_t *wait_ms);

#define SP_MAX_RETRY_AFTER_MS 600000u

#endif
