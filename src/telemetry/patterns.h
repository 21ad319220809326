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

/* What else has a form of its own: for who replaces it by something else. */
typedef struct sp_forms {
  sp_str text;
  size_t no_jwt, no_ipv6; /* none of them begins before this position; 0 at first */
} sp_forms;

/* Where the JWT, or the IP address with its port, ends that begins at `i`; `i` when none does. For one text `i` must
   not go back: the time is linear then. */
size_t sp_forms_jwt(sp_forms *forms, size_t i);
size_t sp_forms_address(sp_forms *forms, size_t i);

#endif
