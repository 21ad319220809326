/* SPDX-License-Identifier: MIT */
#include "streaming/topics.h"

#include "base/limits.h"
#include "base/status.h"

typedef struct priority {
  sp_str prefix, postfix;
  double value;
} priority;

struct sp_topics {
  const sp_alloc *alloc;
  sp_topic *items;
  size_t count, cap;
  priority *priorities;
  size_t priority_count, priority_cap;
};

/* --- what a topic stands for --- */

bool sp_topic_is_combined(sp_str topic) {
  return sp_str_find_char(topic, '?', 0) != SIZE_MAX;
}

/* Up to the last dot; the whole text when there is none. */
static size_t prefix_len(sp_str text) {
  for (size_t i = text.len; i > 0; i--)
    if (text.ptr[i - 1] == '.') return i - 1;
  return text.len;
}

bool sp_topic_part(sp_str topic, size_t *at, sp_str *prefix, sp_str *postfix) {
  if (*at > topic.len) return false;
  size_t mark = sp_str_find_char(topic, '?', 0);
  if (mark == SIZE_MAX) {
    size_t len = prefix_len(topic);
    *prefix = sp_str_slice(topic, 0, len);
    *postfix = sp_str_slice(topic, len + 1, topic.len);
    *at = topic.len + 1;
    return true;
  }
  size_t from = *at > mark ? *at : mark + 1;
  size_t to = sp_str_find_char(topic, '&', from);
  if (to == SIZE_MAX) to = topic.len;
  *prefix = sp_str_slice(topic, 0, mark);
  *postfix = sp_str_slice(topic, from, to);
  *at = to + 1;
  return true;
}

bool sp_topic_covers(sp_str whole, sp_str topic) {
  if (sp_str_eq(whole, topic)) return true;
  size_t mark = sp_str_find_char(whole, '?', 0);
  if (mark == SIZE_MAX || prefix_len(topic) != mark) return false;
  if (!sp_str_eq(sp_str_slice(whole, 0, mark), sp_str_slice(topic, 0, mark))) return false;
  sp_str wanted = sp_str_slice(topic, mark + 1, topic.len), prefix, postfix;
  for (size_t at = 0; sp_topic_part(whole, &at, &prefix, &postfix);)
    if (sp_str_eq(postfix, wanted)) return true;
  return false;
}

/* --- the set --- */

static uint32_t hash_of(sp_str s) { /* FNV-1a: only to skip comparisons */
  uint32_t h = 2166136261u;
  for (size_t i = 0; i < s.len; i++) h = (h ^ (uint8_t)s.ptr[i]) * 16777619u;
  return h;
}

static sp_topic *find(const sp_topics *topics, sp_str text) {
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

static void free_priority(sp_topics *topics, priority *p) {
  sp_str_free(topics->alloc, &p->prefix);
  sp_str_free(topics->alloc, &p->postfix);
}

void sp_topics_free(sp_topics *topics) {
  if (!topics) return;
  for (size_t i = 0; i < topics->count; i++) sp_str_free(topics->alloc, &topics->items[i].text);
  for (size_t i = 0; i < topics->priority_count; i++) free_priority(topics, &topics->priorities[i]);
  sp_alloc_free(topics->alloc, topics->items);
  sp_alloc_free(topics->alloc, topics->priorities);
  sp_alloc_free(topics->alloc, topics);
}

static bool grow(sp_topics *topics) {
  if (topics->count < topics->cap) return true;
  size_t cap = topics->cap ? topics->cap * 2 : 16;
  sp_topic *items = sp_alloc_resize(topics->alloc, topics->items, cap * sizeof *items);
  if (!items) return false;
  topics->items = items;
  topics->cap = cap;
  return true;
}

/* A topic that gains a kind takes its place in the order of that kind: behind those that had it before. */
static void add_kind(sp_topics *topics, sp_topic *known, sp_topic_kind kind) {
  if (known->kinds & kind) return;
  sp_topic moved = *known;
  moved.kinds |= (unsigned)kind;
  for (const sp_topic *last = topics->items + topics->count - 1; known < last; known++) *known = known[1];
  *known = moved;
}

int sp_topics_add(sp_topics *topics, sp_str text, sp_topic_kind kind) {
  if (text.len == 0) return SP_EINVAL;
  sp_topic *known = find(topics, text);
  if (known) {
    add_kind(topics, known, kind);
    return SP_EEXIST;
  }
  if (topics->count >= SP_TOPICS_MAX) return SP_ELIMIT;
  sp_topic added = { SP_STR_NONE, hash_of(text), (unsigned)kind, false };
  if (!grow(topics) || sp_str_dup(topics->alloc, text, &added.text) != SP_OK) return SP_ENOMEM;
  topics->items[topics->count++] = added;
  return SP_OK;
}

static void take_out(sp_topics *topics, sp_topic *known) {
  sp_str_free(topics->alloc, &known->text);
  topics->count--;
  for (const sp_topic *end = topics->items + topics->count; known < end; known++) *known = known[1];
}

int sp_topics_remove(sp_topics *topics, sp_str text, unsigned kinds) {
  sp_topic *known = find(topics, text);
  if (!known || !(known->kinds & kinds)) return SP_ENOENT;
  known->kinds &= ~kinds;
  if (known->kinds == 0) take_out(topics, known);
  return SP_OK;
}

void sp_topics_clear(sp_topics *topics, unsigned kinds) {
  size_t kept = 0;
  for (size_t i = 0; i < topics->count; i++) {
    sp_topic *t = &topics->items[i];
    t->kinds &= ~kinds;
    if (t->kinds == 0) sp_str_free(topics->alloc, &t->text);
    else topics->items[kept++] = *t;
  }
  topics->count = kept;
}

size_t sp_topics_count(const sp_topics *topics) {
  return topics->count;
}

const sp_topic *sp_topics_find(const sp_topics *topics, sp_str topic) {
  return find(topics, topic);
}

sp_topic *sp_topics_at(sp_topics *topics, size_t index) {
  return &topics->items[index];
}

/* --- priorities --- */

static priority *find_priority(const sp_topics *topics, sp_str prefix, sp_str postfix) {
  for (size_t i = 0; i < topics->priority_count; i++) {
    priority *p = &topics->priorities[i];
    if (sp_str_eq(p->postfix, postfix) && sp_str_eq(p->prefix, prefix)) return p;
  }
  return NULL;
}

static bool grow_priorities(sp_topics *topics) {
  if (topics->priority_count < topics->priority_cap) return true;
  size_t cap = topics->priority_cap ? topics->priority_cap * 2 : 4;
  priority *items = sp_alloc_resize(topics->alloc, topics->priorities, cap * sizeof *items);
  if (!items) return false;
  topics->priorities = items;
  topics->priority_cap = cap;
  return true;
}

static int raise_part(sp_topics *topics, sp_str prefix, sp_str postfix, double value) {
  priority *known = find_priority(topics, prefix, postfix);
  if (known) {
    if (value > known->value) known->value = value;
    return SP_OK;
  }
  if (topics->priority_count >= SP_TOPICS_MAX) return SP_ELIMIT;
  priority added = { SP_STR_NONE, SP_STR_NONE, value };
  if (!grow_priorities(topics) || sp_str_dup(topics->alloc, prefix, &added.prefix) != SP_OK) return SP_ENOMEM;
  if (sp_str_dup(topics->alloc, postfix, &added.postfix) != SP_OK) {
    free_priority(topics, &added);
    return SP_ENOMEM;
  }
  topics->priorities[topics->priority_count++] = added;
  return SP_OK;
}

int sp_topics_raise(sp_topics *topics, sp_str topic, double value) {
  sp_str prefix, postfix;
  int rc = SP_OK;
  for (size_t at = 0; rc == SP_OK && sp_topic_part(topic, &at, &prefix, &postfix);)
    rc = raise_part(topics, prefix, postfix, value);
  return rc;
}

void sp_topics_forget_priority(sp_topics *topics, sp_str topic) {
  sp_str prefix, postfix;
  if (topics->priority_count == 0) return;
  for (size_t at = 0; sp_topic_part(topic, &at, &prefix, &postfix);) {
    priority *known = find_priority(topics, prefix, postfix);
    if (!known) continue;
    free_priority(topics, known);
    *known = topics->priorities[--topics->priority_count];
  }
}

double sp_topics_priority(const sp_topics *topics, sp_str topic) {
  sp_str prefix, postfix;
  double highest = 0;
  bool given = false;
  if (topics->priority_count == 0) return 0;
  for (size_t at = 0; sp_topic_part(topic, &at, &prefix, &postfix);) {
    const priority *known = find_priority(topics, prefix, postfix);
    double value = known ? known->value : 0;
    if (!given || value > highest) highest = value;
    given = true;
  }
  return highest;
}
