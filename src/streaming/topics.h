/* SPDX-License-Identifier: MIT */
/* topics.h: the topics of a client, who wants them, and their priorities (wire.md §6.3). The body that is
   made of them: topic_body.c (§6.4). */
#ifndef SP_STREAMING_TOPICS_H
#define SP_STREAMING_TOPICS_H

#include "base/buf.h"

/* Topics of the set. Far more than fit in one channel, because many of one prefix go into one entry. */
#define SP_TOPICS_MAX 16384u

/* Why a topic is in the set. The order of the kinds is their order in the body. */
typedef enum sp_topic_kind {
  SP_TOPIC_BULK = 1,     /* subscribed without a handler; kept as it was written */
  SP_TOPIC_INTERNAL = 2, /* the client's own need: no bulk call takes it out */
  SP_TOPIC_HANDLER = 4,  /* somebody waits for its events */
  SP_TOPIC_ANY = 7
} sp_topic_kind;

typedef struct sp_topic {
  sp_str text;
  uint32_t hash;
  unsigned kinds; /* sp_topic_kind bits */
  bool dropped;   /* did not fit into the last body */
} sp_topic;

typedef struct sp_topics sp_topics;

sp_topics *sp_topics_new(const sp_alloc *alloc);
void sp_topics_free(sp_topics *topics);
/* SP_EEXIST when it was already there, whatever its kind. SP_EINVAL for an empty topic, SP_ELIMIT when the
   set is full. */
int sp_topics_add(sp_topics *topics, sp_str text, sp_topic_kind kind);
/* Takes these kinds off; a topic without any kind is gone. SP_ENOENT: it has none of them. */
int sp_topics_remove(sp_topics *topics, sp_str text, unsigned kinds);
void sp_topics_clear(sp_topics *topics, unsigned kinds); /* off every topic */
size_t sp_topics_count(const sp_topics *topics);
/* NULL: not there. Borrowed until the set changes. */
const sp_topic *sp_topics_find(const sp_topics *topics, sp_str topic);
sp_topic *sp_topics_at(sp_topics *topics, size_t index); /* of sp_topics_count; only `dropped` may be changed */

/* Raises the priority of a topic, or of each topic that a combined one stands for; never lowers it. SP_ENOMEM,
   SP_ELIMIT. */
int sp_topics_raise(sp_topics *topics, sp_str topic, double value);
void sp_topics_forget_priority(sp_topics *topics, sp_str topic);
/* The highest of those that `topic` stands for; 0 when nobody gave one. */
double sp_topics_priority(const sp_topics *topics, sp_str topic);

/* "p?a&b" stands for p.a and p.b. */
bool sp_topic_is_combined(sp_str topic);
/* The topics that `topic` stands for, one by one, as what is before and behind the last dot; *at begins at 0.
   A topic without a dot has no postfix. */
bool sp_topic_part(sp_str topic, size_t *at, sp_str *prefix, sp_str *postfix);
/* Whether `whole`, combined or not, stands for `topic`, which is not combined. */
bool sp_topic_covers(sp_str whole, sp_str topic);

typedef struct sp_topics_dropped {
  size_t count;
  sp_str sample; /* one of them; borrowed from the set */
} sp_topics_dropped;

/* Appends the JSON array [{"id":"…"},…] of the set, with the priorities of `priorities` (mostly the set
   itself), and marks what did not fit. On SP_ENOMEM `out` holds half a text. */
int sp_topics_body(sp_topics *topics, const sp_topics *priorities, sp_buf *out, sp_topics_dropped *dropped);

#endif
