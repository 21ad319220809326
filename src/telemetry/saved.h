/* SPDX-License-Identifier: MIT */
/* saved.h: the text of the store of requests that could not be sent (logging-and-stats.md §4.8): a JSON array of
   {"url","organizationId","savedAt","request"}, oldest first. The requests carry no token. Only what was saved for the
   same URL and organization is given back, so that logs of one customer never reach another. */
#ifndef SP_TELEMETRY_SAVED_H
#define SP_TELEMETRY_SAVED_H

#include "base/json.h"

#define SP_SAVED_KEY     "gc_logger_requests"
#define SP_SAVED_ENTRIES 20u
#define SP_SAVED_BYTES   300000u
#define SP_SAVED_LIFE_MS UINT64_C(86400000)

typedef struct sp_saved_tag {
  sp_str url, organization; /* both present; who has no organization saves nothing */
} sp_saved_tag;

typedef struct sp_saved_entry {
  sp_str request; /* JSON of a request's body */
  uint64_t at;    /* when it was saved first, wall time */
} sp_saved_entry;

/* Works out the store's next text from its present one, which may be anything. Malformed entries and those older than a
   day go; with `take`, those of `tag` move to *taken, a JSON array of entries; `added` are appended; the oldest ones
   over the limits go. *kept is "" when nothing is left. SP_ENOMEM: neither is of use, the store stays as it is. */
int sp_saved_update(const sp_alloc *alloc, sp_str stored, uint64_t wall_ms, const sp_saved_tag *tag, bool take,
                    const sp_saved_entry *added, size_t added_count, sp_buf *kept, sp_buf *taken);

/* An entry of *taken; borrowed from it. */
const sp_json *sp_saved_request(const sp_json *entry);
uint64_t sp_saved_at(const sp_json *entry);

#endif
