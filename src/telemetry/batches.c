/* SPDX-License-Identifier: MIT */
#include "telemetry/batches.h"

#include "telemetry/trace.h"

#include <string.h>

typedef struct sp_batch {
  struct sp_batch *next;
  size_t size; /* of the traces; commas do not count */
  sp_buf traces;
} sp_batch;

static void free_batch(sp_batches *b, sp_batch *batch) {
  sp_buf_free(&batch->traces);
  sp_alloc_free(b->alloc, batch);
}

void sp_batches_init(sp_batches *b, const sp_alloc *alloc) {
  *b = (sp_batches){ .alloc = alloc, .timer = SP_TIMER_OFF };
}

void sp_batches_clear(sp_batches *b) {
  sp_timer_stop(&b->timer);
  while (b->first) {
    sp_batch *next = b->first->next;
    free_batch(b, b->first);
    b->first = next;
  }
}

bool sp_batches_empty(const sp_batches *b) {
  return !b->first;
}

static int prepend(sp_batch *batch, sp_str trace) {
  sp_buf *traces = &batch->traces;
  size_t old = traces->len, added = trace.len + (old > 0);
  if (!sp_buf_extend(traces, added)) {
    int status = sp_buf_status(traces);
    traces->status = SP_OK;
    return status;
  }
  memmove(traces->data + added, traces->data, old);
  memcpy(traces->data, trace.ptr, trace.len);
  if (old > 0) traces->data[trace.len] = ',';
  batch->size += trace.len;
  return SP_OK;
}

static int add_batch(sp_batches *b, sp_batch *last, sp_str trace) {
  sp_batch *batch = sp_alloc_new(b->alloc, sizeof *batch);
  if (!batch) return SP_ENOMEM;
  sp_buf_init(&batch->traces, b->alloc, (size_t)2 * SP_MAX_TRACE);
  int status = prepend(batch, trace);
  if (status != SP_OK) free_batch(b, batch);
  else if (last) last->next = batch;
  else b->first = batch;
  return status;
}

int sp_batches_add(sp_batches *b, uint64_t now, sp_str trace, bool *send) {
  *send = false;
  if (trace.len == 0) return SP_OK;
  sp_batch *last = b->first;
  while (last && last->next) last = last->next;
  bool full = last && last->size + trace.len > SP_MAX_TRACE;
  int status = last && !full ? prepend(last, trace) : add_batch(b, last, trace);
  if (status != SP_OK) return status;
  if (full) sp_timer_stop(&b->timer);
  else if (!sp_timer_armed(&b->timer)) sp_timer_arm(&b->timer, now, SP_UPLOAD_DELAY_MS);
  *send = full;
  return SP_OK;
}

bool sp_batches_due(sp_batches *b, uint64_t now) {
  return sp_timer_due(&b->timer, now) && b->first;
}

void sp_batches_resume(sp_batches *b, uint64_t now) {
  if (b->first && !sp_timer_armed(&b->timer)) sp_timer_arm(&b->timer, now, SP_UPLOAD_DELAY_MS);
}

bool sp_batches_take(sp_batches *b, sp_str *traces) {
  sp_batch *batch = b->first;
  if (!batch) return false;
  b->first = batch->next;
  *traces = (sp_str){ batch->traces.data, batch->traces.len }; /* a buffer's memory is a block of its allocator */
  sp_alloc_free(b->alloc, batch);
  return true;
}
