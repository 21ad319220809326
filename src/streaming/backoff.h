/* SPDX-License-Identifier: MIT */
/* backoff.h: how long to wait before the next connection attempt (wire.md §3.3), as plain arithmetic over
   plain values. The record survives a page reload when the host stores it (sessionStorage); wall-clock times
   are epoch milliseconds. */
#ifndef SP_STREAMING_BACKOFF_H
#define SP_STREAMING_BACKOFF_H

#include "base/buf.h"

#define SP_BACKOFF_START_MS 2000u
#define SP_BACKOFF_MAX_MS   90000u

typedef struct sp_backoff {
  uint64_t current_ms, after_next_reduction_ms, next_reduction_at, total_reset_at;
} sp_backoff;

/* Wait before attempt `n` (0-based) of a connect call; `first_call`: first connect call of the client object.
 */
uint64_t sp_backoff_wait(uint64_t start_ms, uint64_t max_ms, unsigned n, bool first_call);
/* Starting delay of a connect call: 2000, or what is remembered (capped by max). */
uint64_t sp_backoff_start(const sp_backoff *b, uint64_t wall_ms, uint64_t max_ms);
void sp_backoff_failed(sp_backoff *b, uint64_t wall_ms);
/* The reduction timer fired: true when it must be armed again after *next_ms. */
bool sp_backoff_reduce(sp_backoff *b, uint64_t wall_ms, uint64_t *next_ms);
/* The stored record's JSON text (wire.md §3.3) and back; unreadable text is a clean record and SP_ESYNTAX. */
void sp_backoff_write(const sp_backoff *b, sp_buf *out);
int sp_backoff_read(const sp_alloc *alloc, sp_str text, sp_backoff *out);

#endif
