/* SPDX-License-Identifier: MIT */
/* redact.h: the last stage before every output (logging-and-stats.md §6.3). Formatters of the application run before
   it, so none gets round it. It never fails: what there is no memory for, or what is no JSON, becomes "[redacted]". */
#ifndef SP_TELEMETRY_REDACT_H
#define SP_TELEMETRY_REDACT_H

#include "base/json.h"
#include "telemetry/secret_keys.h"

/* Credentials that are hidden wherever they occur: the present ones and those they replaced. */
#define SP_MAX_KNOWN_SECRETS 8u
/* Shorter ones would hide parts of ordinary words and numbers. */
#define SP_MIN_KNOWN_SECRET 6u
/* A longer string is cut before it is looked at. */
#define SP_MAX_REDACTED_TEXT 65536u

typedef struct sp_redactor {
  const sp_alloc *alloc;
  sp_str secrets[SP_MAX_KNOWN_SECRETS];
  size_t next; /* the slot that the next secret takes: the oldest */
} sp_redactor;

void sp_redactor_init(sp_redactor *r, const sp_alloc *alloc);
void sp_redactor_free(sp_redactor *r);
/* Hides this text from now on. Copies. Absent, short or already known: nothing happens. SP_ENOMEM. */
int sp_redactor_learn(sp_redactor *r, sp_str secret);

/* Appends `text` as plain text, free of secrets. */
void sp_redact_text(const sp_redactor *r, sp_audience audience, sp_str text, sp_buf *out);
/* Appends `text` as a JSON string. */
void sp_redact_string(const sp_redactor *r, sp_audience audience, sp_str text, sp_buf *out);
/* Appends the JSON value; "null" for NULL. Member names are redacted as text too. */
void sp_redact_value(const sp_redactor *r, sp_audience audience, const sp_json *value, sp_buf *out);

#endif
