/* SPDX-License-Identifier: MIT */
#include "signaling/table.h"

#include "base/limits.h"
#include "base/recent.h"
#include "xmpp/jid.h"

#define EARLY_MS    60000u
#define REINVITE_MS 180000u
#define LATE_MS     10000u

/* One entry of a bounded list of ids that expire; `fragments` belong to early candidates only. */
typedef struct fragment {
  struct fragment *next;
  sp_str text;
} fragment;

typedef struct entry {
  struct entry *next;
  sp_str id;
  uint64_t expires;
  fragment *fragments;
  size_t count;
} entry;

typedef struct path {
  struct path *next;
  sp_str id;
  sp_tribool sdp_over_xmpp;
} path;

typedef struct proposal {
  struct proposal *next;
  sp_proposal value;
} proposal;

struct sp_table {
  const sp_alloc *alloc;
  proposal *proposals;
  path *paths; /* newest first */
  entry *early, *reinvites;
  sp_recent over;
};

/* --- lists of expiring ids --- */

static void entry_free(const sp_alloc *alloc, entry *e) {
  while (e->fragments) {
    fragment *gone = e->fragments;
    e->fragments = gone->next;
    sp_str_free(alloc, &gone->text);
    sp_alloc_free(alloc, gone);
  }
  sp_str_free(alloc, &e->id);
  sp_alloc_free(alloc, e);
}

static void unlink_entry(const sp_alloc *alloc, entry **list, const entry *gone) {
  for (entry **at = list; *at; at = &(*at)->next) {
    if (*at != gone) continue;
    entry *e = *at;
    *at = e->next;
    entry_free(alloc, e);
    return;
  }
}

static void expire(const sp_alloc *alloc, entry **list, uint64_t now) {
  for (entry *e = *list, *next; e; e = next) {
    next = e->next;
    if (e->expires <= now) unlink_entry(alloc, list, e);
  }
}

static entry *find_entry(entry *list, sp_str id) {
  while (list && !sp_str_eq(list->id, id)) list = list->next;
  return list;
}

/* Appends; when `max` is reached the oldest leaves. */
static entry *add_entry(const sp_alloc *alloc, entry **list, sp_str id, uint64_t expires, size_t max) {
  entry *e = sp_alloc_new(alloc, sizeof *e);
  if (!e) return NULL;
  if (sp_str_dup(alloc, id, &e->id) != SP_OK) {
    sp_alloc_free(alloc, e);
    return NULL;
  }
  e->expires = expires;
  size_t count = 0;
  entry **end = list;
  for (; *end; end = &(*end)->next) count++;
  *end = e;
  if (count >= max) unlink_entry(alloc, list, *list);
  return e;
}

/* --- proposals --- */

enum { PROPOSAL_TEXTS = 9 };

static void texts_of(sp_proposal *p, sp_str **texts) {
  texts[0] = &p->session_id;
  texts[1] = &p->conversation_id;
  texts[2] = &p->from;
  texts[3] = &p->to;
  texts[4] = &p->from_user_id;
  texts[5] = &p->original_room_jid;
  texts[6] = &p->meeting_id;
  texts[7] = &p->priv_answer_mode;
  texts[8] = &p->persistent_conversation_id;
}

static void proposal_free(const sp_alloc *alloc, proposal *p) {
  sp_str *texts[PROPOSAL_TEXTS];
  texts_of(&p->value, texts);
  sp_str_free_all(alloc, texts, PROPOSAL_TEXTS);
  sp_alloc_free(alloc, p);
}

static proposal *find_proposal(const sp_table *t, sp_str session_id) {
  proposal *p = t->proposals;
  while (p && !sp_str_eq(p->value.session_id, session_id)) p = p->next;
  return p;
}

static proposal *copy_proposal(const sp_alloc *alloc, const sp_message *m) {
  sp_proposal source = { .session_id = m->session_id,
                         .conversation_id = m->conversation_id,
                         .from = m->from,
                         .to = m->to,
                         .from_user_id = m->from_user_id,
                         .original_room_jid = m->original_room_jid.len ? m->original_room_jid : m->from,
                         .meeting_id = m->meeting_id,
                         .priv_answer_mode = m->priv_answer_mode,
                         .persistent_conversation_id = m->persistent_conversation_id };
  proposal *p = sp_alloc_new(alloc, sizeof *p);
  if (!p) return NULL;
  sp_str *from[PROPOSAL_TEXTS], *to[PROPOSAL_TEXTS];
  texts_of(&source, from);
  texts_of(&p->value, to);
  if (sp_str_dup_all(alloc, from, to, PROPOSAL_TEXTS) != SP_OK) {
    sp_alloc_free(alloc, p);
    return NULL;
  }
  p->value.type = sp_session_type_of_jid(m->from);
  p->value.auto_answer = m->auto_answer;
  p->value.sdp_over_xmpp = m->sdp_over_xmpp;
  return p;
}

static void remove_proposal(sp_table *t, proposal **at) {
  proposal *p = *at;
  *at = p->next;
  proposal_free(t->alloc, p);
}

/* Appends; proposals that another client answered stay, so when there are too many the oldest leaves. */
static void append_proposal(sp_table *t, proposal *added) {
  size_t count = 0;
  proposal **end = &t->proposals;
  for (; *end; end = &(*end)->next) count++;
  *end = added;
  if (count >= SP_MAX_PENDING_SESSIONS) remove_proposal(t, &t->proposals);
}

/* --- the path table: the first proposal's value wins --- */

static path *find_path(const sp_table *t, sp_str session_id) {
  path *p = t->paths;
  while (p && !sp_str_eq(p->id, session_id)) p = p->next;
  return p;
}

static void remove_path(sp_table *t, const path *gone) {
  for (path **at = &t->paths; *at; at = &(*at)->next) {
    if (*at != gone) continue;
    path *p = *at;
    *at = p->next;
    sp_str_free(t->alloc, &p->id);
    sp_alloc_free(t->alloc, p);
    return;
  }
}

static void bound_paths(sp_table *t) {
  const path *last = NULL;
  size_t count = 0;
  for (const path *p = t->paths; p; p = p->next) count++, last = p;
  if (count > SP_MAX_SESSIONS + SP_MAX_PENDING_SESSIONS) remove_path(t, last);
}

static int remember_path(sp_table *t, sp_str session_id, sp_tribool value) {
  if (find_path(t, session_id)) return SP_OK;
  path *p = sp_alloc_new(t->alloc, sizeof *p);
  if (!p) return SP_ENOMEM;
  if (sp_str_dup(t->alloc, session_id, &p->id) != SP_OK) {
    sp_alloc_free(t->alloc, p);
    return SP_ENOMEM;
  }
  p->sdp_over_xmpp = value == SP_TRUE ? SP_TRUE : SP_FALSE;
  p->next = t->paths;
  t->paths = p;
  bound_paths(t);
  return SP_OK;
}

/* --- the interface --- */

sp_table *sp_table_new(const sp_alloc *alloc) {
  sp_table *t = sp_alloc_new(alloc, sizeof *t);
  if (t) t->alloc = alloc;
  return t;
}

void sp_table_free(sp_table *t) {
  if (!t) return;
  while (t->proposals) remove_proposal(t, &t->proposals);
  while (t->paths) remove_path(t, t->paths);
  entry **lists[] = { &t->early, &t->reinvites };
  for (size_t i = 0; i < sizeof lists / sizeof *lists; i++)
    while (*lists[i]) unlink_entry(t->alloc, lists[i], *lists[i]);
  sp_alloc_free(t->alloc, t);
}

sp_propose_outcome sp_table_propose(sp_table *t, uint64_t now, const sp_message *propose, sp_str own_full_jid) {
  if (own_full_jid.len && sp_jid_eq(propose->from, own_full_jid)) return SP_PROPOSE_IGNORED;
  if (sp_table_is_over(t, now, propose->session_id)) return SP_PROPOSE_IGNORED;
  const proposal *known = find_proposal(t, propose->session_id);
  if (known) return known->value.proceeded ? SP_PROPOSE_PROCEEDED : SP_PROPOSE_REPEATED;
  proposal *p = copy_proposal(t->alloc, propose);
  if (!p) return SP_PROPOSE_FAILED;
  if (remember_path(t, propose->session_id, propose->sdp_over_xmpp) != SP_OK) {
    proposal_free(t->alloc, p);
    return SP_PROPOSE_FAILED;
  }
  append_proposal(t, p);
  return SP_PROPOSE_NEW;
}

const sp_proposal *sp_table_find(const sp_table *t, sp_str session_id) {
  const proposal *p = find_proposal(t, session_id);
  return p ? &p->value : NULL;
}

void sp_table_proceeded(sp_table *t, sp_str session_id) {
  proposal *p = find_proposal(t, session_id);
  if (p) p->value.proceeded = true;
}

void sp_table_remove(sp_table *t, sp_str session_id) {
  proposal **at = &t->proposals;
  while (*at && !sp_str_eq((*at)->value.session_id, session_id)) at = &(*at)->next;
  if (*at) remove_proposal(t, at);
}

void sp_table_forget(sp_table *t, sp_str session_id) {
  const path *p = find_path(t, session_id);
  if (p) remove_path(t, p);
  sp_table_remove(t, session_id);
}

void sp_table_over(sp_table *t, uint64_t now, sp_str session_id) {
  sp_recent_add(&t->over, SP_STR_NONE, session_id, now + LATE_MS); /* first: the name may be the table's own */
  sp_table_forget(t, session_id);
}

bool sp_table_is_over(const sp_table *t, uint64_t now, sp_str session_id) {
  return sp_recent_has(&t->over, SP_STR_NONE, session_id, now);
}

sp_tribool sp_table_path(const sp_table *t, sp_str session_id) {
  const path *p = find_path(t, session_id);
  return p ? p->sdp_over_xmpp : SP_UNSET;
}

int sp_table_early_add(sp_table *t, uint64_t now, sp_str session_id, sp_str text) {
  if (text.len > SP_MAX_EARLY_FRAGMENT) return SP_ELIMIT;
  expire(t->alloc, &t->early, now);
  entry *e = find_entry(t->early, session_id);
  if (e && e->count >= SP_MAX_EARLY_CANDIDATES) return SP_ELIMIT;
  fragment *f = sp_alloc_new(t->alloc, sizeof *f);
  if (!f) return SP_ENOMEM;
  if (sp_str_dup(t->alloc, text, &f->text) == SP_OK) {
    if (!e) e = add_entry(t->alloc, &t->early, session_id, now + EARLY_MS, SP_MAX_EARLY_SESSIONS);
    if (e) {
      fragment **end = &e->fragments;
      while (*end) end = &(*end)->next;
      *end = f;
      e->count++;
      e->expires = now + EARLY_MS;
      return SP_OK;
    }
  }
  sp_str_free(t->alloc, &f->text);
  sp_alloc_free(t->alloc, f);
  return SP_ENOMEM;
}

bool sp_table_early_take(sp_table *t, uint64_t now, sp_str session_id, sp_str *text) {
  expire(t->alloc, &t->early, now);
  entry *e = find_entry(t->early, session_id);
  if (!e) return false;
  fragment *f = e->fragments;
  *text = f->text;
  e->fragments = f->next;
  e->count--;
  sp_alloc_free(t->alloc, f);
  if (!e->fragments) unlink_entry(t->alloc, &t->early, e);
  return true;
}

bool sp_table_reinvite_seen(sp_table *t, uint64_t now, sp_str rpc_id) {
  if (!rpc_id.len) return false;
  expire(t->alloc, &t->reinvites, now);
  if (find_entry(t->reinvites, rpc_id)) return true;
  (void)add_entry(t->alloc, &t->reinvites, rpc_id, now + REINVITE_MS, SP_MAX_REINVITES);
  return false;
}
