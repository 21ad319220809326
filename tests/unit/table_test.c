/* SPDX-License-Identifier: MIT */
#include "signaling/table.h"

#include "base/limits.h"
#include "support.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>

#include <cmocka.h>

#define OWN     "u1@acme.orgspan.com/res-1"
#define GATEWAY "+13175550100@gjoll.acme.orgspan.com/gw-1"

/* Each scenario is played once as written, then with the nth allocation failing for each n. From the failure on
   only what always holds is expected. */
typedef struct world {
  const sp_alloc *alloc;
  sp_table *table;
} world;

#define EXPECT(condition)                                                                                              \
  do {                                                                                                                 \
    bool met = (condition);                                                                                            \
    if (!test_alloc_failed()) assert_true(met);                                                                        \
  } while (0)

typedef struct scenario {
  const char *name;
  void (*run)(const world *w);
} scenario;

static void play(void **state) {
  const scenario *s = *state;
  bool failed = true;
  for (size_t n = 0; failed; n++) {
    world w = { .alloc = test_alloc_new(n) };
    w.table = sp_table_new(w.alloc);
    if (w.table) s->run(&w);
    else assert_true(test_alloc_failed());
    sp_table_free(w.table);
    assert_int_equal(test_alloc_live(), 0);
    failed = n == 0 || test_alloc_failed();
  }
}

static sp_message message(const char *id) {
  return (sp_message){ .kind = SP_MESSAGE_PROPOSE,
                       .session_id = sp_str_from(id),
                       .from = SP_STR(GATEWAY),
                       .to = SP_STR(OWN),
                       .conversation_id = SP_STR("c1"),
                       .auto_answer = SP_UNSET,
                       .sdp_over_xmpp = SP_TRUE };
}

/* A failed proposal leaves no trace. */
static sp_propose_outcome propose_as(const world *w, uint64_t now, const sp_message *m) {
  bool known = sp_table_find(w->table, m->session_id) != NULL;
  sp_tribool path = sp_table_path(w->table, m->session_id);
  sp_propose_outcome outcome = sp_table_propose(w->table, now, m, SP_STR(OWN));
  if (outcome == SP_PROPOSE_FAILED) {
    assert_true(test_alloc_failed());
    assert_int_equal(sp_table_find(w->table, m->session_id) != NULL, known);
    assert_int_equal(sp_table_path(w->table, m->session_id), path);
  }
  return outcome;
}

static sp_propose_outcome propose(const world *w, uint64_t now, const char *id) {
  sp_message m = message(id);
  return propose_as(w, now, &m);
}

static bool knows(const world *w, const char *id) {
  return sp_table_find(w->table, sp_str_from(id)) != NULL;
}

static sp_tribool path_of(const world *w, const char *id) {
  return sp_table_path(w->table, sp_str_from(id));
}

/* --- proposals --- */

typedef enum table_state { NONE, PENDING, ACCEPTED, STATES } table_state;
typedef enum table_event { PROPOSE, PROCEED, OFFER, RETRACT, EVENTS } table_event;

/* wire.md §8.5; the outcome counts for PROPOSE only. */
static const struct {
  table_state next;
  sp_propose_outcome outcome;
  bool path; /* is the path known afterwards? */
} rules[STATES][EVENTS] = {
  [NONE] = { [PROPOSE] = { PENDING, SP_PROPOSE_NEW, true },
             [PROCEED] = { NONE, 0, false },
             [OFFER] = { NONE, 0, false },
             [RETRACT] = { NONE, 0, false } },
  [PENDING] = { [PROPOSE] = { PENDING, SP_PROPOSE_REPEATED, true },
                [PROCEED] = { ACCEPTED, 0, true },
                [OFFER] = { NONE, 0, true },
                [RETRACT] = { NONE, 0, false } },
  [ACCEPTED] = { [PROPOSE] = { ACCEPTED, SP_PROPOSE_PROCEEDED, true },
                 [PROCEED] = { ACCEPTED, 0, true },
                 [OFFER] = { NONE, 0, true },
                 [RETRACT] = { NONE, 0, false } },
};

static void enter(const world *w, table_state state) {
  if (state >= PENDING) EXPECT(propose(w, 0, "s1") == SP_PROPOSE_NEW);
  if (state == ACCEPTED) sp_table_proceeded(w->table, SP_STR("s1"));
}

static table_state state_now(const world *w) {
  const sp_proposal *p = sp_table_find(w->table, SP_STR("s1"));
  return !p ? NONE : p->proceeded ? ACCEPTED : PENDING;
}

static void apply(const world *w, table_state state, table_event event) {
  switch (event) {
    case PROPOSE: EXPECT(propose(w, 1, "s1") == rules[state][event].outcome); break;
    case PROCEED: sp_table_proceeded(w->table, SP_STR("s1")); break;
    case OFFER: sp_table_remove(w->table, SP_STR("s1")); break;
    case RETRACT: sp_table_forget(w->table, SP_STR("s1")); break;
    case EVENTS: break;
  }
}

static void walk(const world *w) {
  for (int state = NONE; state < STATES; state++) {
    for (int event = PROPOSE; event < EVENTS; event++) {
      world own = { w->alloc, sp_table_new(w->alloc) };
      if (!own.table) continue;
      enter(&own, (table_state)state);
      EXPECT(state_now(&own) == (table_state)state);
      apply(&own, (table_state)state, (table_event)event);
      EXPECT(state_now(&own) == rules[state][event].next);
      EXPECT((path_of(&own, "s1") == SP_TRUE) == rules[state][event].path);
      sp_table_free(own.table);
    }
  }
}

static void repeat(const world *w) {
  EXPECT(propose(w, 0, "s1") == SP_PROPOSE_NEW);
  EXPECT(propose(w, 10, "s1") == SP_PROPOSE_REPEATED);
  EXPECT(propose(w, 20, "s2") == SP_PROPOSE_NEW);
  sp_table_proceeded(w->table, SP_STR("s1"));
  EXPECT(propose(w, 30, "s1") == SP_PROPOSE_PROCEEDED);
  EXPECT(propose(w, 40, "s1") == SP_PROPOSE_PROCEEDED);
  EXPECT(propose(w, 50, "s2") == SP_PROPOSE_REPEATED);
  sp_table_proceeded(w->table, SP_STR("s3")); /* nobody knows it */
  EXPECT(!knows(w, "s3"));
}

static void keep(const world *w) {
  sp_message first = message("s1"), later = message("s1");
  first.persistent_conversation_id = SP_STR("pc-1");
  first.from_user_id = SP_STR("u-from");
  first.meeting_id = SP_STR("m-1");
  first.priv_answer_mode = SP_STR("Auto");
  first.auto_answer = SP_FALSE;
  later.conversation_id = SP_STR("c2");
  later.from = SP_STR("other@conference.x.org");
  later.auto_answer = SP_TRUE;
  later.sdp_over_xmpp = SP_FALSE;
  EXPECT(propose_as(w, 0, &first) == SP_PROPOSE_NEW);
  EXPECT(propose_as(w, 0, &later) == SP_PROPOSE_REPEATED);
  if (test_alloc_failed()) return;
  const sp_proposal *p = sp_table_find(w->table, SP_STR("s1"));
  assert_non_null(p);
  assert_true(sp_str_is(p->session_id, "s1") && sp_str_is(p->conversation_id, "c1"));
  assert_true(sp_str_is(p->from, GATEWAY) && sp_str_is(p->to, OWN));
  assert_true(sp_str_is(p->original_room_jid, GATEWAY)); /* without inin-ofrom: the sender */
  assert_true(sp_str_is(p->from_user_id, "u-from") && sp_str_is(p->meeting_id, "m-1"));
  assert_true(sp_str_is(p->persistent_conversation_id, "pc-1") && sp_str_is(p->priv_answer_mode, "Auto"));
  assert_int_equal(p->type, SP_SESSION_SOFTPHONE);
  assert_int_equal(p->auto_answer, SP_FALSE);
  assert_int_equal(p->sdp_over_xmpp, SP_TRUE);
  assert_int_equal(path_of(w, "s1"), SP_TRUE);
}

/* The texts of a message borrow from a frame that is gone when the next one comes. */
static void copy(const world *w) {
  char id[] = "s1", room[] = "r@x.org";
  sp_message m = message(id);
  m.original_room_jid = sp_str_from(room);
  EXPECT(propose_as(w, 0, &m) == SP_PROPOSE_NEW);
  id[0] = room[0] = '?';
  EXPECT(knows(w, "s1"));
  EXPECT(path_of(w, "s1") == SP_TRUE);
  const sp_proposal *p = sp_table_find(w->table, SP_STR("s1"));
  EXPECT(p && sp_str_is(p->original_room_jid, "r@x.org"));
}

static void own_proposals(const world *w) {
  static const struct {
    const char *from;
    sp_propose_outcome outcome;
  } cases[] = {
    { OWN, SP_PROPOSE_IGNORED },
    { "U1@ACME.orgspan.com/res-1", SP_PROPOSE_IGNORED },
    { "u1@acme.orgspan.com/RES-1", SP_PROPOSE_NEW },
    { "u1@acme.orgspan.com/res-2", SP_PROPOSE_NEW },
    { "u1@acme.orgspan.com", SP_PROPOSE_NEW },
  };
  for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
    char id[] = { 's', (char)('0' + i), '\0' };
    sp_message m = message(id);
    m.from = sp_str_from(cases[i].from);
    EXPECT(propose_as(w, 0, &m) == cases[i].outcome);
    EXPECT(knows(w, id) == (cases[i].outcome == SP_PROPOSE_NEW));
  }
  sp_message m = message("unbound");
  m.from = SP_STR_NONE;
  EXPECT(sp_table_propose(w->table, 0, &m, SP_STR_NONE) == SP_PROPOSE_NEW);
}

static const char *numbered(char *id, size_t size, unsigned n) {
  snprintf(id, size, "s%u", n);
  return id;
}

static void crowd(const world *w) {
  char id[16];
  for (unsigned i = 0; i <= SP_MAX_PENDING_SESSIONS; i++)
    EXPECT(propose(w, i, numbered(id, sizeof id, i)) == SP_PROPOSE_NEW);
  EXPECT(!knows(w, "s0"));
  EXPECT(path_of(w, "s0") == SP_TRUE); /* outlives its proposal */
  for (unsigned i = 1; i <= SP_MAX_PENDING_SESSIONS; i++) EXPECT(knows(w, numbered(id, sizeof id, i)));
}

/* --- paths --- */

static void paths(const world *w) {
  static const struct {
    sp_tribool first, path;
  } cases[] = { { SP_TRUE, SP_TRUE }, { SP_FALSE, SP_FALSE }, { SP_UNSET, SP_FALSE } };
  for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
    sp_message m = message("s1");
    EXPECT(path_of(w, "s1") == SP_UNSET);
    m.sdp_over_xmpp = cases[i].first;
    EXPECT(propose_as(w, 0, &m) == SP_PROPOSE_NEW);
    sp_table_remove(w->table, SP_STR("s1"));
    EXPECT(path_of(w, "s1") == cases[i].path);
    m.sdp_over_xmpp = cases[i].first == SP_TRUE ? SP_FALSE : SP_TRUE;
    EXPECT(propose_as(w, 0, &m) == SP_PROPOSE_NEW);
    EXPECT(path_of(w, "s1") == cases[i].path); /* the first proposal's value wins */
    sp_table_forget(w->table, SP_STR("s1"));
  }
}

static void many_paths(const world *w) {
  enum { MAX = SP_MAX_SESSIONS + SP_MAX_PENDING_SESSIONS };
  char id[16];
  for (unsigned i = 0; i <= MAX; i++) {
    EXPECT(propose(w, i, numbered(id, sizeof id, i)) == SP_PROPOSE_NEW);
    sp_table_remove(w->table, sp_str_from(id));
  }
  EXPECT(path_of(w, "s0") == SP_UNSET);
  for (unsigned i = 1; i <= MAX; i++) EXPECT(path_of(w, numbered(id, sizeof id, i)) == SP_TRUE);
}

/* A caller may name a session by the text of its proposal. */
static void name_by_proposal(const world *w) {
  EXPECT(propose(w, 0, "s1") == SP_PROPOSE_NEW);
  const sp_proposal *p = sp_table_find(w->table, SP_STR("s1"));
  if (p) sp_table_forget(w->table, p->session_id);
  EXPECT(!knows(w, "s1") && path_of(w, "s1") == SP_UNSET);
  EXPECT(propose(w, 0, "s2") == SP_PROPOSE_NEW);
  p = sp_table_find(w->table, SP_STR("s2"));
  if (p) sp_table_over(w->table, 0, p->session_id);
  EXPECT(!knows(w, "s2"));
  EXPECT(propose(w, 0, "s2") == SP_PROPOSE_IGNORED);
}

/* --- early candidates: wire.md §9.4: ten sessions, 60 s after the last write --- */

static int add_early(const world *w, uint64_t now, const char *id, const char *fragment) {
  return sp_table_early_add(w->table, now, sp_str_from(id), sp_str_from(fragment));
}

/* Whether the next early candidate is this one; NULL: there is none. */
static bool takes_early(const world *w, uint64_t now, const char *id, const char *fragment) {
  sp_str got = SP_STR_NONE;
  bool any = sp_table_early_take(w->table, now, sp_str_from(id), &got);
  bool right = any ? fragment && sp_str_is(got, fragment) : !fragment;
  sp_str_free(w->alloc, &got);
  return right;
}

static void early(const world *w) {
  EXPECT(takes_early(w, 0, "s1", NULL));
  EXPECT(add_early(w, 0, "s1", "one") == SP_OK);
  EXPECT(add_early(w, 0, "s2", "other") == SP_OK);
  EXPECT(add_early(w, 1, "s1", "two") == SP_OK);
  EXPECT(add_early(w, 2, "s1", "three") == SP_OK);
  EXPECT(takes_early(w, 3, "s1", "one"));
  EXPECT(takes_early(w, 3, "s1", "two"));
  EXPECT(takes_early(w, 3, "s1", "three"));
  EXPECT(takes_early(w, 3, "s1", NULL));
  EXPECT(takes_early(w, 3, "s2", "other"));
  EXPECT(takes_early(w, 3, "s2", NULL));
}

static void early_expire(const world *w) {
  EXPECT(add_early(w, 0, "s1", "one") == SP_OK);
  EXPECT(add_early(w, 0, "s2", "other") == SP_OK);
  EXPECT(add_early(w, 59999, "s1", "two") == SP_OK);
  EXPECT(takes_early(w, 60000, "s2", NULL));
  EXPECT(takes_early(w, 59999 + 59999, "s1", "one"));
  EXPECT(takes_early(w, 59999 + 60000, "s1", NULL));
  EXPECT(add_early(w, 200000, "s1", "new") == SP_OK); /* nothing of the old list comes back */
  EXPECT(takes_early(w, 200000, "s1", "new"));
  EXPECT(takes_early(w, 200000, "s1", NULL));
}

static void early_many(const world *w) {
  char id[16];
  for (unsigned i = 0; i <= SP_MAX_EARLY_SESSIONS; i++)
    EXPECT(add_early(w, 0, numbered(id, sizeof id, i), "c") == SP_OK);
  EXPECT(takes_early(w, 0, "s0", NULL));
  for (unsigned i = 1; i <= SP_MAX_EARLY_SESSIONS; i++) EXPECT(takes_early(w, 0, numbered(id, sizeof id, i), "c"));
}

static void early_crowd(const world *w) {
  char fragment[SP_MAX_EARLY_FRAGMENT + 1];
  for (unsigned i = 0; i < SP_MAX_EARLY_CANDIDATES; i++) EXPECT(add_early(w, 0, "s1", "c") == SP_OK);
  EXPECT(add_early(w, 0, "s1", "too many") == SP_ELIMIT);
  for (unsigned i = 0; i < SP_MAX_EARLY_CANDIDATES; i++) EXPECT(takes_early(w, 0, "s1", "c"));
  EXPECT(takes_early(w, 0, "s1", NULL));
  for (size_t i = 0; i < sizeof fragment; i++) fragment[i] = 'x';
  sp_str longest = { fragment, SP_MAX_EARLY_FRAGMENT }, longer = { fragment, sizeof fragment };
  EXPECT(sp_table_early_add(w->table, 0, SP_STR("s1"), longer) == SP_ELIMIT);
  EXPECT(sp_table_early_add(w->table, 0, SP_STR("s1"), longest) == SP_OK);
}

/* --- re-invites: wire.md §9.3: five, 180 s --- */

static bool seen(const world *w, uint64_t now, const char *id) {
  return sp_table_reinvite_seen(w->table, now, sp_str_from(id));
}

static void reinvites(const world *w) {
  EXPECT(!seen(w, 0, "r1"));
  EXPECT(seen(w, 0, "r1"));
  EXPECT(!seen(w, 100, "r2"));
  EXPECT(seen(w, 179999, "r1"));
  EXPECT(!seen(w, 180000, "r1")); /* a repetition does not keep it longer */
  EXPECT(seen(w, 180001, "r1"));
  EXPECT(seen(w, 180001, "r2"));
  EXPECT(!seen(w, 180100, "r2"));
}

static void many_reinvites(const world *w) {
  char id[16];
  for (unsigned i = 0; i <= SP_MAX_REINVITES; i++) EXPECT(!seen(w, i, numbered(id, sizeof id, i)));
  for (unsigned i = 1; i <= SP_MAX_REINVITES; i++) EXPECT(seen(w, 100, numbered(id, sizeof id, i)));
  EXPECT(!seen(w, 100, "s0"));
}

/* A JSON-RPC request without an id cannot be told from another one. */
static void nameless_reinvites(const world *w) {
  for (int i = 0; i < 3; i++) {
    assert_false(seen(w, 0, ""));
    assert_false(seen(w, 0, NULL));
  }
}

static void lists_are_apart(const world *w) {
  EXPECT(!seen(w, 0, "s1"));
  EXPECT(add_early(w, 0, "s1", "c") == SP_OK);
  EXPECT(propose(w, 0, "s1") == SP_PROPOSE_NEW);
  sp_table_forget(w->table, SP_STR("s1"));
  EXPECT(takes_early(w, 0, "s1", "c"));
  EXPECT(seen(w, 0, "s1"));
}

static scenario scenarios[] = {
  { "W-D6 every state and event", walk },
  { "W-D6 repeated propose, before and after proceed", repeat },
  { "W-D6 the first proposal is kept unchanged", keep },
  { "texts are copied", copy },
  { "W-8.1 own proposals are ignored", own_proposals },
  { "proposals are bounded, the oldest leaves", crowd },
  { "W-8.5 the first path wins and outlives its proposal", paths },
  { "paths are bounded", many_paths },
  { "names may come from the table", name_by_proposal },
  { "W-9.4 early candidates in arrival order", early },
  { "W-9.4 early candidates: 60 s after the last", early_expire },
  { "W-9.4 early candidates: ten sessions", early_many },
  { "early candidates of one session are bounded", early_crowd },
  { "W-9.3 a repeated re-invite is known for 180 s", reinvites },
  { "W-9.3 re-invites: five", many_reinvites },
  { "re-invites without an id", nameless_reinvites },
  { "one id in every list", lists_are_apart },
};

enum { COUNT = sizeof scenarios / sizeof *scenarios };

int main(void) {
  struct CMUnitTest tests[COUNT];
  for (size_t i = 0; i < COUNT; i++)
    tests[i] = (struct CMUnitTest){ scenarios[i].name, play, NULL, NULL, &scenarios[i] };
  sp_table_free(NULL); /* legal */
  return cmocka_run_group_tests_name("table", tests, NULL, NULL);
}
