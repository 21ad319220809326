/* SPDX-License-Identifier: MIT */
/* patterns.h: finds in plain text what its form gives away: tokens, ICE passwords, candidates, addresses, URIs of
   phones (logging-and-stats.md §6.3.2-3). One pass; the time is linear in the text. */
#ifndef SP_TELEMETRY_PATTERNS_H
#define SP_TELEMETRY_PATTERNS_H

#include "base/buf.h"
#include "telemetry/secret_keys.h"

/* What stands in the place of a secret. */
#define SP_REDACTED "[redacted]"

/* Appends `text` with every match replaced. `secrets`: texts that are hidden wherever they occur; absent ones count for
   nothing. Failures are those of `out`. */
void sp_patterns_replace(sp_str text, sp_audience audience, const sp_str *secrets, size_t secret_count, sp_buf *out);

#endif
