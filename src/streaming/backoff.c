/* SPDX-License-Identifier: MIT */
#include "streaming/backoff.h"

#include "base/json.h"
#include "base/status.h"

/* wire.md §3.3 and §14. */
#define STEP_MIN_MS    4000u
#define RESET_MS       3600000u
#define REDUCTION_WAIT 5u
/* Nobody waits longer than this: keeps the arithmetic far from overflow whatever the stored record says. */
#define DELAY_CAP_MS ((uint64_t)1 << 40)
/* Numbers above lose their exactness as JSON numbers. */
#define JSON_EXACT ((double)((uint64_t)1 << 53))

static uint64_t least(uint64_t a, uint64_t b) {
  return a < b ? a : b;
}

uint64_t sp_backoff_wait(uint64_t start_ms, uint64_t max_ms, unsigned n, bool first_call) {
  if (first_call && n == 0) return 0;
  unsigned doublings = first_call ? n - 1 : n;
  uint64_t wait = least(start_ms, max_ms);
  while (doublings-- > 0 && wait > 0 && wait < max_ms) wait = wait > max_ms / 2 ? max_ms : wait * 2;
  return wait;
}

uint64_t sp_backoff_start(const sp_backoff *b, uint64_t wall_ms, uint64_t max_ms) {
  if (b->total_reset_at <= wall_ms || b->current_ms <= SP_BACKOFF_START_MS) return SP_BACKOFF_START_MS;
  return least(b->current_ms, max_ms);
}

void sp_backoff_failed(sp_backoff *b, uint64_t wall_ms) {
  uint64_t delay = least(b->current_ms, DELAY_CAP_MS) * 2;
  if (delay < STEP_MIN_MS) delay = STEP_MIN_MS;
  *b = (sp_backoff){ delay, delay / 2, wall_ms + REDUCTION_WAIT * delay, wall_ms + RESET_MS };
}

bool sp_backoff_reduce(sp_backoff *b, uint64_t wall_ms, uint64_t *next_ms) {
  uint64_t reduced = least(b->after_next_reduction_ms, DELAY_CAP_MS);
  if (b->total_reset_at <= wall_ms || reduced < SP_BACKOFF_START_MS) {
    *b = (sp_backoff){ 0, 0, 0, 0 };
    return false;
  }
  *next_ms = REDUCTION_WAIT * reduced;
  *b = (sp_backoff){ reduced, reduced / 2, wall_ms + *next_ms, b->total_reset_at };
  return true;
}

void sp_backoff_write(const sp_backoff *b, sp_buf *out) {
  sp_jw w;
  sp_jw_begin(&w, out);
  sp_jw_open(&w, NULL, '{');
  sp_jw_num(&w, "currentDelayMs", (double)b->current_ms);
  if (b->current_ms > 0) {
    sp_jw_num(&w, "delayMsAfterNextReduction", (double)b->after_next_reduction_ms);
    sp_jw_num(&w, "nextDelayReductionTime", (double)b->next_reduction_at);
    sp_jw_num(&w, "timeOfTotalReset", (double)b->total_reset_at);
  }
  sp_jw_close(&w);
}

static bool read_number(const sp_json *object, const char *key, uint64_t *out) {
  const sp_json *value = sp_json_get(object, key);
  double number = sp_json_number(value, value ? -1 : 0);
  if (!(number >= 0 && number <= JSON_EXACT)) return false;
  *out = (uint64_t)number;
  return true;
}

int sp_backoff_read(const sp_alloc *alloc, sp_str text, sp_backoff *out) {
  *out = (sp_backoff){ 0, 0, 0, 0 };
  sp_json_doc *doc = NULL;
  int rc = sp_json_parse(alloc, text, &doc);
  if (rc != SP_OK) return rc;
  const sp_json *root = sp_json_root(doc);
  sp_backoff b = { 0, 0, 0, 0 };
  bool ok = sp_json_is_object(root) && read_number(root, "currentDelayMs", &b.current_ms) &&
            read_number(root, "delayMsAfterNextReduction", &b.after_next_reduction_ms) &&
            read_number(root, "nextDelayReductionTime", &b.next_reduction_at) &&
            read_number(root, "timeOfTotalReset", &b.total_reset_at);
  sp_json_free(doc);
  if (!ok) return SP_ESYNTAX;
  *out = b;
  return SP_OK;
}
