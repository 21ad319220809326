/* SPDX-License-Identifier: MIT */
#include "streaming/topics.h"

#include "base/limits.h"
#include "base/status.h"

#include <stdlib.h>

typedef struct topic {
  sp_str text;
  uint32_t hash;
  double priority;
} topic;

struct sp_topics {
  const sp_alloc *alloc;
  topic *items;
  size_t count, cap;
};

static uint32_t hash_of(sp_str s) { /* FNV-1a: only to skip comparisons */
  uint32_t h = 2166136261u;
  for (size_t i = 0; i < s.len; i++) h = (h ^ (uint8_t)s.ptr[i]) * 16777619u;
  return h;
}

static topic *find(const sp_topics *topics, sp_str text) {
  uint32_t hash = hash_of(text);
  for (size_t i = 0; i < topics->count; i++)
    if (topics->items[i].hash == hash && sp_str_eq(topics->items[i].text, text)) return &topics->items[i];
  return NULL;
}

sp_topics *sp_topics_new(const sp_alloc *alloc) {
  sp_topics *topics = sp_alloc_new(alloc, sizeof *topics);
  if (topics) topics->alloc = alloc;
  return topics;
}

void sp_topics_free(sp_topics *topics) {
  if (!topics) return;
  for (size_t i = 0; i < topics->count; i++) sp_str_free(topics->alloc, &topics->items[i].text);
  sp_alloc_free(topics->alloc, topics->items);
  sp_alloc_free(topics->alloc, topics);
}

static bool grow(sp_topics *topics) {
  if (topics->count < topics->cap) return true;
  size_t cap = topics->cap ? topics->cap * 2 : 16;
  topic *items = sp_alloc_resize(topics->alloc, topics->items, cap * sizeof *items);
  if (!items) return false;
  topics->items = items;
  topics->cap = cap;
  return true;
}

int sp_topics_add(sp_topics *topics, sp_str text, double priority) {
  if (text.len == 0) return SP_EINVAL;
  topic *known = find(topics, text);
  if (known) {
    if (priority > known->priority) known->priority = priority;
    return SP_EEXIST;
  }
  if (topics->count >= SP_TOPICS_MAX) return SP_ELIMIT;
  topic added = { SP_STR_NONE, hash_of(text), priority };
  if (!grow(topics) || sp_str_dup(topics->alloc, text, &added.text) != SP_OK) return SP_ENOMEM;
  topics->items[topics->count++] = added;
  return SP_OK;
}

int sp_topics_remove(sp_topics *topics, sp_str text) {
  topic *known = find(topics, text);
  if (!known) return SP_ENOENT;
  sp_str_free(topics->alloc, &known->text);
  topics->count--;
  for (topic *end = topics->items + topics->count; known < end; known++) *known = known[1];
  return SP_OK;
}

size_t sp_topics_count(const sp_topics *topics) {
  return topics->count;
}

/* --- the body (wire.md §6.4) --- */

/* One {"id"} to be: a run of postfixes of one group, or one topic that is sent as it is. */
typedef struct entry {
  size_t from, to; /* run in `order` */
  size_t place;    /* makes the sort stable */
  double priority;
} entry;

/* A topic on its way into groups. */
typedef struct member {
  const topic *topic;
  sp_str prefix;
  size_t index,
      group; /* group: index of the first topic with this prefix; precombined topics come after all groups */
} member;

typedef struct body {
  const sp_topics *topics;
  member *order; /* group by group */
  entry *entries;
  size_t count, dropped;
} body;

static bool is_precombined(sp_str text) {
  return sp_str_find_char(text, '?', 0) != SIZE_MAX;
}

/* Length of the prefix: up to the last dot; the whole text when there is none. */
static size_t prefix_len(sp_str text) {
  for (size_t i = text.len; i > 0; i--)
    if (text.ptr[i - 1] == '.') return i - 1;
  return text.len;
}

static sp_str prefix_of(const topic *t) {
  if (is_precombined(t->text)) return t->text; /* a group of its own */
  return sp_str_slice(t->text, 0, prefix_len(t->text));
}

static sp_str postfix_of(const topic *t) {
  return sp_str_slice(t->text, prefix_len(t->text) + 1, t->text.len);
}

static const topic *at(const body *b, size_t place) {
  return b->order[place].topic;
}

/* "prefix.postfix" or "prefix?p1&p2": one separator before each postfix. */
static size_t combined_len(const body *b, size_t from, size_t to) {
  if (to - from == 1) return at(b, from)->text.len;
  size_t len = prefix_len(at(b, from)->text);
  for (size_t i = from; i < to; i++) len += 1 + postfix_of(at(b, i)).len;
  return len;
}

static void add_entry(body *b, size_t from, size_t to) {
  entry e = { from, to, b->count, at(b, from)->priority };
  for (size_t i = from; i < to; i++)
    if (at(b, i)->priority > e.priority) e.priority = at(b, i)->priority;
  b->entries[b->count++] = e;
}

/* Depth is the logarithm of the group's size. */
static void combine(body *b, size_t from, size_t to) {
  if (combined_len(b, from, to) < SP_MAX_TOPIC_TEXT) {
    add_entry(b, from, to);
  } else if (to - from == 1) {
    b->dropped++;
  } else {
    size_t middle = from + (to - from) / 2;
    combine(b, from, middle);
    combine(b, middle, to);
  }
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

/* Puts the topics of one prefix together, groups in first-seen order, precombined topics last. */
static void group(body *b) {
  size_t n = b->topics->count;
  for (size_t i = 0; i < n; i++) {
    const topic *t = &b->topics->items[i];
    b->order[i] = (member){ t, prefix_of(t), i, 0 };
  }
  qsort(b->order, n, sizeof *b->order, by_prefix);
  for (size_t i = 0, first = 0; i < n; i++) {
    member *m = &b->order[i];
    if (!sp_str_eq(m->prefix, b->order[first].prefix)) first = i;
    m->group = is_precombined(m->topic->text) ? n + m->index : b->order[first].index;
  }
  qsort(b->order, n, sizeof *b->order, by_group);
}

static void combine_groups(body *b) {
  size_t n = b->topics->count;
  group(b);
  for (size_t from = 0, to; from < n; from = to) {
    for (to = from + 1; to < n && b->order[to].group == b->order[from].group;) to++;
    if (is_precombined(at(b, from)->text)) add_entry(b, from, to);
    else combine(b, from, to);
  }
}

/* A precombined topic has the highest priority of the single topics it stands for, if they were given one. */
static void raise_precombined(body *b) {
  for (size_t e = 0; e < b->count; e++) {
    sp_str text = at(b, b->entries[e].from)->text;
    size_t mark = sp_str_find_char(text, '?', 0);
    if (mark == SIZE_MAX) continue;
    for (size_t i = 0; i < b->topics->count; i++) {
      const topic *t = &b->topics->items[i];
      if (t->priority <= b->entries[e].priority || prefix_len(t->text) != mark) continue;
      if (!sp_str_eq(prefix_of(t), sp_str_slice(text, 0, mark))) continue;
      sp_str postfix = postfix_of(t);
      for (size_t from = mark + 1, to; from <= text.len; from = to + 1) {
        to = sp_str_find_char(text, '&', from);
        if (to == SIZE_MAX) to = text.len;
        if (sp_str_eq(postfix, sp_str_slice(text, from, to))) b->entries[e].priority = t->priority;
      }
    }
  }
}

static int by_priority(const void *left, const void *right) {
  const entry *a = left, *b = right;
  if (a->priority != b->priority) return a->priority > b->priority ? -1 : 1;
  return a->place < b->place ? -1 : 1;
}

static void add_id(const body *b, const entry *e, sp_buf *out, sp_buf *text) {
  sp_buf_reset(text);
  const topic *first = at(b, e->from);
  if (e->to - e->from == 1) {
    sp_buf_add(text, first->text);
  } else {
    sp_buf_add(text, prefix_of(first));
    for (size_t i = e->from; i < e->to; i++) {
      sp_buf_add_char(text, i == e->from ? '?' : '&');
      sp_buf_add(text, postfix_of(at(b, i)));
    }
  }
  sp_buf_add_text(out, "{\"id\":");
  sp_buf_add_json(out, sp_buf_str(text));
  sp_buf_add_char(out, '}');
}

static int write_body(body *b, sp_buf *out) {
  sp_buf text;
  sp_buf_init(&text, b->topics->alloc, SP_MAX_EFFECT_TEXT);
  sp_buf_add_char(out, '[');
  for (size_t i = 0; i < b->count; i++) {
    if (i >= SP_MAX_TOPICS) {
      b->dropped += b->entries[i].to - b->entries[i].from;
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

int sp_topics_body(const sp_topics *topics, sp_buf *out, size_t *dropped) {
  *dropped = 0;
  size_t room = topics->count ? topics->count : 1;
  body b = { topics, sp_alloc_new(topics->alloc, room * sizeof(member)),
             sp_alloc_new(topics->alloc, room * sizeof(entry)), 0, 0 };
  int rc = SP_ENOMEM;
  if (b.order && b.entries) {
    combine_groups(&b);
    raise_precombined(&b);
    qsort(b.entries, b.count, sizeof *b.entries, by_priority);
    rc = write_body(&b, out);
    *dropped = b.dropped;
  }
  sp_alloc_free(topics->alloc, b.entries);
  sp_alloc_free(topics->alloc, b.order);
  return rc;
}
