/* SPDX-License-Identifier: MIT */
/* topics.h: the set of topics and the subscription body made of it (wire.md §6.3, §6.4): grouping by prefix,
   combining, length limit 200, priorities, 1000 entries. */
#ifndef SP_STREAMING_TOPICS_H
#define SP_STREAMING_TOPICS_H

#include "base/buf.h"

/* Topics of the set. Far more than fit in one channel, because many of one prefix go into one entry. */
#define SP_TOPICS_MAX 16384u

typedef struct sp_topics sp_topics;

sp_topics *sp_topics_new(const sp_alloc *alloc);
void sp_topics_free(sp_topics *topics);
/* SP_EEXIST when already there (a higher priority still replaces a lower one). SP_EINVAL for an empty topic,
   SP_ELIMIT when the set is full. Order of adding is kept. */
int sp_topics_add(sp_topics *topics, sp_str topic, double priority);
int sp_topics_remove(sp_topics *topics, sp_str topic); /* SP_ENOENT */
size_t sp_topics_count(const sp_topics *topics);
/* Appends the JSON array [{"id":"…"},…]. *dropped counts topics that did not fit. On SP_ENOMEM `out` holds
 * half a text. */
int sp_topics_body(const sp_topics *topics, sp_buf *out, size_t *dropped);

#endif
