/* SPDX-License-Identifier: MIT */
/* The body of a subscription request (wire.md §6.4): bulk topics, internal ones, then those with handlers;
   topics of one prefix combined up to the length limit, sorted by priority, cut at the most that a channel
   takes. */
#include "streaming/topics.h"

#include "base/limits.h"
#include "base/sort.h"
#include "base/status.h"

/* One {"id"} to be: a run of postfixes of one group, or one topic that is sent as it is. */
typedef struct entry {
  size_t from, to; /* run in `order` */
  size_t place;    /* makes the sort stable */
  double priority;
} entry;

/* A topic on its way into groups. */
typedef struct member {
  sp_topic *topic;
  sp_str prefix;
  unsigned rank; /* 0 bulk, 1 internal, 2 handler */
  size_t index;  /* place in the order of the specification */
  size_t group;  /* index of the first topic with this prefix; combined topics come after all groups */
} member;

typedef struct body {
  const sp_topics *priorities;
  size_t size; /* topics */
  member *order;
  entry *entries;
  size_t count;
  sp_topics_dropped *dropped;
} body;

static sp_str prefix_of(const member *m) {
  sp_str prefix, postfix;
  size_t at = 0;
  if (sp_topic_is_combined(m->topic->text)) return m->topic->text; /* a group of its own */
  sp_topic_part(m->topic->text, &at, &prefix, &postfix);
  return prefix;
}

static sp_str postfix_of(const member *m) {
  return sp_str_slice(m->topic->text, m->prefix.len + 1, m->topic->text.len);
}

static void drop(body *b, size_t from, size_t to) {
  for (size_t i = from; i < to; i++) {
    if (b->dropped->count++ == 0) b->dropped->sample = b->order[i].topic->text;
    b->order[i].topic->dropped = true;
  }
}

/* "prefix.postfix" or "prefix?p1&p2": one separator before each postfix. */
static size_t combined_len(const body *b, size_t from, size_t to) {
  if (to - from == 1) return b->order[from].topic->text.len;
  size_t len = b->order[from].prefix.len;
  for (size_t i = from; i < to; i++) len += 1 + postfix_of(&b->order[i]).len;
  return len;
}

static void add_entry(body *b, size_t from, size_t to) {
  entry e = { from, to, b->count, sp_topics_priority(b->priorities, b->order[from].topic->text) };
  for (size_t i = from + 1; i < to; i++) {
    double priority = sp_topics_priority(b->priorities, b->order[i].topic->text);
    if (priority > e.priority) e.priority = priority;
  }
  b->entries[b->count++] = e;
}

/* Depth is the logarithm of the group's size. */
static void combine(body *b, size_t from, size_t to) {
  if (combined_len(b, from, to) < SP_MAX_TOPIC_TEXT) {
    add_entry(b, from, to);
  } else if (to - from == 1) {
    drop(b, from, to);
  } else {
    size_t middle = from + (to - from) / 2;
    combine(b, from, middle);
    combine(b, middle, to);
  }
}

static int by_rank(const void *left, const void *right) {
  const member *a = left, *b = right;
  if (a->rank != b->rank) return a->rank < b->rank ? -1 : 1;
  return a->index < b->index ? -1 : 1;
}

static int by_prefix(const void *left, const void *right) {
  const member *a = left, *b = right;
  int order = sp_str_cmp(a->prefix, b->prefix);
  if (order != 0) return order;
  return a->index < b->index ? -1 : 1;
}

static int by_group(const void *left, const void *right) {
  const member *a = left, *b = right;
  if (a->group != b->group) return a->group < b->group ? -1 : 1;
  return a->index < b->index ? -1 : 1;
}

static unsigned rank_of(const sp_topic *t) {
  if (t->kinds & SP_TOPIC_BULK) return 0;
  return t->kinds & SP_TOPIC_INTERNAL ? 1 : 2;
}

static void collect(body *b, sp_topics *topics) {
  for (size_t i = 0; i < b->size; i++) {
    sp_topic *t = sp_topics_at(topics, i);
    t->dropped = false;
    b->order[i] = (member){ t, SP_STR_NONE, rank_of(t), i, 0 };
    b->order[i].prefix = prefix_of(&b->order[i]);
  }
  sp_sort(b->order, b->size, sizeof *b->order, by_rank);
  for (size_t i = 0; i < b->size; i++) b->order[i].index = i;
}

/* Puts the topics of one prefix together, groups in first-seen order, combined topics last. */
static void group(body *b) {
  sp_sort(b->order, b->size, sizeof *b->order, by_prefix);
  for (size_t i = 0, first = 0; i < b->size; i++) {
    member *m = &b->order[i];
    if (!sp_str_eq(m->prefix, b->order[first].prefix)) first = i;
    m->group = sp_topic_is_combined(m->topic->text) ? b->size + m->index : b->order[first].index;
  }
  sp_sort(b->order, b->size, sizeof *b->order, by_group);
}

static void combine_groups(body *b) {
  for (size_t from = 0, to; from < b->size; from = to) {
    for (to = from + 1; to < b->size && b->order[to].group == b->order[from].group;) to++;
    if (sp_topic_is_combined(b->order[from].topic->text)) add_entry(b, from, to);
    else combine(b, from, to);
  }
}

static int by_priority(const void *left, const void *right) {
  const entry *a = left, *b = right;
  if (a->priority != b->priority) return a->priority > b->priority ? -1 : 1;
  return a->place < b->place ? -1 : 1;
}

static void add_id(const body *b, const entry *e, sp_buf *out, sp_buf *text) {
  const member *first = &b->order[e->from];
  sp_buf_reset(text);
  sp_buf_add(text, e->to - e->from == 1 ? first->topic->text : first->prefix);
  for (size_t i = e->from; e->to - e->from > 1 && i < e->to; i++) {
    sp_buf_add_char(text, i == e->from ? '?' : '&');
    sp_buf_add(text, postfix_of(&b->order[i]));
  }
  sp_buf_add_text(out, "{\"id\":");
  sp_buf_add_json(out, sp_buf_str(text));
  sp_buf_add_char(out, '}');
}

static int write_body(body *b, const sp_alloc *alloc, sp_buf *out) {
  sp_buf text;
  sp_buf_init(&text, alloc, SP_MAX_EFFECT_TEXT);
  sp_buf_add_char(out, '[');
  for (size_t i = 0; i < b->count; i++) {
    if (i >= SP_MAX_TOPICS) {
      drop(b, b->entries[i].from, b->entries[i].to);
      continue;
    }
    if (i > 0) sp_buf_add_char(out, ',');
    add_id(b, &b->entries[i], out, &text);
  }
  sp_buf_add_char(out, ']');
  int rc = sp_buf_status(&text);
  sp_buf_free(&text);
  return rc == SP_OK ? sp_buf_status(out) : rc;
}

int sp_topics_body(sp_topics *topics, const sp_topics *priorities, sp_buf *out, sp_topics_dropped *dropped) {
  const sp_alloc *alloc = out->alloc;
  size_t size = sp_topics_count(topics), room = size ? size : 1;
  body b = { priorities, size, sp_alloc_new(alloc, room * sizeof(member)), NULL, 0, dropped };
  *dropped = (sp_topics_dropped){ 0, SP_STR_NONE };
  b.entries = sp_alloc_new(alloc, room * sizeof(entry));
  int rc = SP_ENOMEM;
  if (b.order && b.entries) {
    collect(&b, topics);
    group(&b);
    combine_groups(&b);
    sp_sort(b.entries, b.count, sizeof *b.entries, by_priority);
    rc = write_body(&b, alloc, out);
  }
  sp_alloc_free(alloc, b.entries);
  sp_alloc_free(alloc, b.order);
  return rc;
}
