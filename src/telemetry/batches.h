/* SPDX-License-Identifier: MIT */
/* batches.h: the traces of one logger that wait for the next request, and when it is due (logging-and-stats.md §4.5).
   Plain state; a batch holds at most SP_MAX_TRACE bytes of traces, newest first, joined by commas. */
#ifndef SP_TELEMETRY_BATCHES_H
#define SP_TELEMETRY_BATCHES_H

#include "base/buf.h"
#include "base/timer.h"

/* Counted from the first trace that waits; later ones do not extend it. */
#define SP_UPLOAD_DELAY_MS 1000u

typedef struct sp_batches {
  const sp_alloc *alloc;
  struct sp_batch *first;
  sp_timer timer;
} sp_batches;

void sp_batches_init(sp_batches *b, const sp_alloc *alloc);
void sp_batches_clear(sp_batches *b); /* drops everything; also the end of its life */
bool sp_batches_empty(const sp_batches *b);

/* Copies `trace`. *send: the oldest batch is to be taken and sent now. SP_ENOMEM: the trace is lost. */
int sp_batches_add(sp_batches *b, uint64_t now, sp_str trace, bool *send);
/* True when the timer has expired: the oldest batch is to be taken and sent. */
bool sp_batches_due(sp_batches *b, uint64_t now);
/* A request has settled: what waits gets its timer, if it has none. */
void sp_batches_resume(sp_batches *b, uint64_t now);
/* Takes the oldest batch into *traces, an owned text for sp_str_free; false when nothing waits. */
bool sp_batches_take(sp_batches *b, sp_str *traces);

#endif
