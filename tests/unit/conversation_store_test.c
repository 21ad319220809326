/* SPDX-License-Identifier: MIT */
/* Runs every file of tests/fixtures/conversation: notifications beside the actions they cause. A new case is
   a new file:
     {"title", "view": {"many","persistent","active","sessions":[{"handle","conversation","live"}]},
      "steps": [ {"event": eventBody, "at"?, "status"?, "actions": [...]}
               | {"accepted": {"conversation","session"}} | {"gone": handle} | {"tick": time, "actions":
   [...]} ] } Every step may replace the "view" and list the "store" as it is afterwards. The user is "u1". */
#include "base/limits.h"
#include "conversation/decision.h"
#include "conversation/store.h"
#include "support.h"

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#define FOLDER     "conversation"
#define MAX_FILES  256
#define MAX_HANDLE 8

/* The conformance statements that the fixtures' titles name; held against the files below. */
static const char *const statements[] = {
  "S-70 a conversation this client is not responsible for changes nothing",
  "S-71 alerting without an active session rings only the headset",
  "S-72 alerting on the active session is announced with autoAnswer false",
  "S-73 contacting outbound on the active session is announced with autoAnswer true",
  "S-74 alerting to connected on the active session",
  "S-76 alerting to connected with a session that is not the active one",
  "S-77 alerting to connected without a session deletes the record",
  "S-78 a first connected update for a session-only record",
  "S-79 dialing to connected on the same conversation",
  "S-80 contacting to dialing sends no metadata, dialing to connected sends it once",
  "S-81 connected repeated unchanged",
  "S-82 a mute change",
  "S-83 a change of confined alone",
  "S-84 alerting to disconnected inbound",
  "S-85 connected to disconnected on the active session",
  "S-86 connected to disconnected off the active session",
  "S-87 terminated after disconnected",
  "S-88 state hold after connected",
  "S-89 a user with a voicemail participant is matched on the other participant",
  "S-90 the connected call of two is used, and the last of two open ones",
  "S-91 of two conversations the one that is not held is active",
  "S-91 with both held and no session activeConversationId is empty",
  "S-92 after the last removal the ended conversation is active, without a session none",
  "S-93 with several lines the live active session serves one conversation only",
  "S-94 only other codes than session.inactive raise a call error, at once",
  "S-95 of three errors within 500 ms the first is raised at once, the last later",
};

typedef struct fixture {
  char file[300];
  char title[200];
} fixture;

static fixture fixtures[MAX_FILES];
static size_t fixture_count;

/* --- what the session layer would know --- */

typedef struct world {
  sp_store *store;
  sp_store_view view;
  sp_store_session sessions[MAX_HANDLE];
  char carried[MAX_HANDLE][64];
} world;

static void set_view(world *w, const sp_json *view) {
  if (!view) return;
  w->view = (sp_store_view){ .user_id = SP_STR("u1"), .sessions = w->sessions };
  w->view.line_appearance_many = sp_json_get_bool(view, "many", false);
  w->view.persistent = sp_json_get_bool(view, "persistent", false);
  w->view.active = (uint32_t)sp_json_number(sp_json_get(view, "active"), 0);
  for (const sp_json *s = sp_json_first(sp_json_get(view, "sessions")); s; s = sp_json_next(s)) {
    size_t at = w->view.session_count++;
    assert_true(at < MAX_HANDLE);
    snprintf(w->carried[at], sizeof w->carried[at], "%.*s", SP_STR_ARG(sp_json_get_str(s, "conversation")));
    w->sessions[at] =
        (sp_store_session){ sp_str_from(w->carried[at]), (uint32_t)sp_json_number(sp_json_get(s, "handle"), 0),
                            sp_json_get_bool(s, "live", false) };
  }
}

static void carry(world *w, const sp_store_action *action) {
  for (size_t i = 0; i < w->view.session_count; i++) {
    if (w->sessions[i].handle != action->session) continue;
    snprintf(w->carried[i], sizeof w->carried[i], "%.*s", SP_STR_ARG(action->conversation_id));
    w->sessions[i].conversation_id = sp_str_from(w->carried[i]);
  }
}

/* --- actions as text --- */

static void add(sp_buf *out, const char *format, ...) {
  char line[512];
  va_list args;
  va_start(args, format);
  int len = vsnprintf(line, sizeof line, format, args);
  va_end(args);
  assert_in_range(len, 0, sizeof line - 1);
  sp_buf_add(out, (sp_str){ line, (size_t)len });
}

static void add_states(sp_buf *out, const char *key, const sp_json *list) {
  add(out, " %s=", key);
  assert_true(sp_json_is_array(list));
  for (const sp_json *one = sp_json_first(list); one; one = sp_json_next(one)) {
    const sp_json *session = sp_json_path(one, "session.$session");
    add(out, "%s%.*s", one == sp_json_first(list) ? "" : ",", SP_STR_ARG(sp_json_get_str(one, "conversationId")));
    if (session) add(out, "@%d", (int)sp_json_number(session, 0));
    bool is_full = sp_json_get(one, "conversationUpdate") != NULL;
    assert_int_equal(is_full, sp_json_get(one, "mostRecentCallState") != NULL);
    assert_int_equal(is_full, sp_json_get(one, "mostRecentUserParticipant") != NULL);
    if (is_full)
      assert_true(
          sp_str_eq(sp_json_str(sp_json_path(one, "conversationUpdate.id")), sp_json_get_str(one, "conversationId")));
  }
}

static void add_update(sp_buf *out, const sp_store *store) {
  sp_json_doc *doc;
  assert_int_equal(sp_json_parse(NULL, sp_store_update_json(store), &doc), SP_OK);
  const sp_json *root = sp_json_root(doc);
  assert_true(sp_json_is_string(sp_json_get(root, "activeConversationId")));
  add(out, "update active=%.*s", SP_STR_ARG(sp_json_get_str(root, "activeConversationId")));
  add_states(out, "current", sp_json_get(root, "current"));
  add_states(out, "added", sp_json_get(root, "added"));
  add_states(out, "removed", sp_json_get(root, "removed"));
  sp_json_free(doc);
}

static void add_json(sp_buf *out, const sp_store_action *action, const char *path) {
  sp_json_doc *doc;
  assert_int_equal(sp_json_parse(NULL, action->json, &doc), SP_OK);
  add(out, "%.*s", SP_STR_ARG(sp_json_str(sp_json_path(sp_json_root(doc), path))));
  sp_json_free(doc);
}

static void add_action(sp_buf *out, const sp_store_action *a, const sp_store *store) {
  static const char *const words[] = {
    [SP_STORE_CANCEL_PENDING] = "cancel-pending",
    [SP_STORE_HANDLED_PENDING] = "handled-pending",
    [SP_STORE_SET_CONVERSATION] = "set-conversation",
    [SP_STORE_SESSION_STARTED] = "session-started",
  };
  int session = (int)a->session;
  const sp_str id = a->conversation_id.ptr ? a->conversation_id : SP_STR("-");
  switch (a->kind) {
    case SP_STORE_PENDING:
      add(out, "pending %d %.*s %s", session, SP_STR_ARG(id), a->auto_answer ? "auto" : "manual");
      break;
    case SP_STORE_CANCEL_PENDING:
    case SP_STORE_HANDLED_PENDING:
    case SP_STORE_SET_CONVERSATION:
    case SP_STORE_SESSION_STARTED: add(out, "%s %d %.*s", words[a->kind], session, SP_STR_ARG(id)); break;
    case SP_STORE_SESSION_ENDED:
      add(out, "%ssession-ended %d %.*s", a->internal ? "_" : "", session, SP_STR_ARG(id));
      break;
    case SP_STORE_UPDATE: add_update(out, store); break;
    case SP_STORE_METADATA: add(out, "metadata %.*s %.*s", SP_STR_ARG(id), SP_STR_ARG(a->communication_id)); break;
    case SP_STORE_CALL_ERROR:
      add(out, "call-error %.*s ", SP_STR_ARG(id));
      add_json(out, a, "errorInfo.code");
      break;
    case SP_STORE_PARTICIPANT:
      add(out, "participant %d ", session);
      add_json(out, a, "id");
      break;
    case SP_STORE_HEADSET:
      add(out, "headset %s %.*s %s %s", a->command, SP_STR_ARG(id), a->value ? "true" : "false",
          a->queued ? "queued" : "now");
      break;
    case SP_STORE_NONE: fail_msg("an action without a kind");
  }
  sp_buf_add_char(out, '\n');
}

/* --- one step --- */

/* SP_OK or SP_ENOMEM; anything else must be what the step expects. */
static int perform(world *w, const sp_json *step) {
  const sp_json *accepted = sp_json_get(step, "accepted"), *event = sp_json_get(step, "event");
  if (accepted)
    return sp_store_accepted(w->store, sp_json_get_str(accepted, "conversation"),
                             (uint32_t)sp_json_number(sp_json_get(accepted, "session"), 0));
  if (sp_json_get(step, "gone"))
    sp_store_session_gone(w->store, (uint32_t)sp_json_number(sp_json_get(step, "gone"), 0));
  if (sp_json_get(step, "tick")) sp_store_tick(w->store, (uint64_t)sp_json_number(sp_json_get(step, "tick"), 0));
  if (!event) return SP_OK;
  int status = sp_store_event(w->store, (uint64_t)sp_json_number(sp_json_get(step, "at"), 0), event, &w->view);
  sp_str wanted = sp_json_get_str(step, "status");
  if (status == SP_ENOMEM || !wanted.ptr) return status;
  assert_true(sp_str_is(wanted, sp_status_name(status)));
  return SP_OK;
}

static void compare(const sp_json *step, const char *key, sp_buf *got) {
  sp_buf wanted;
  sp_buf_init(&wanted, NULL, SP_MAX_JSON);
  for (const sp_json *line = sp_json_first(sp_json_get(step, key)); line; line = sp_json_next(line))
    add(&wanted, "%.*s\n", SP_STR_ARG(sp_json_str(line)));
  if (!sp_str_eq(sp_buf_str(&wanted), sp_buf_str(got))) {
    sp_buf_add_char(&wanted, '\0');
    sp_buf_add_char(got, '\0');
    fail_msg("%s wanted:\n%sgot:\n%s", key, wanted.len > 1 ? wanted.data : "(none)\n",
             got->len > 1 ? got->data : "(none)\n");
  }
  sp_buf_free(&wanted);
  sp_buf_reset(got);
}

static void check_step(world *w, const sp_json *step) {
  sp_buf got;
  sp_store_action action;
  sp_buf_init(&got, NULL, SP_MAX_JSON);
  while (sp_store_take(w->store, &action)) {
    add_action(&got, &action, w->store);
    if (action.kind == SP_STORE_SET_CONVERSATION) carry(w, &action);
  }
  compare(step, "actions", &got);
  if (sp_json_get(step, "store")) {
    for (size_t i = 0; i < sp_store_count(w->store); i++) {
      uint32_t session = 0;
      sp_str id = sp_store_at(w->store, i, &session);
      assert_true(sp_store_has(w->store, id));
      assert_int_equal(sp_store_session_of(w->store, id), session);
      add(&got, "%.*s", SP_STR_ARG(id));
      if (session) add(&got, "@%d", (int)session);
      sp_buf_add_char(&got, '\n');
    }
    compare(step, "store", &got);
  }
  sp_buf_free(&got);
}

/* --- one file --- */

/* A step that runs out of memory changes nothing: done again, it goes as if nothing had been. */
static bool run(const sp_json *root, size_t fail_at) {
  world w = { .store = NULL };
  const sp_alloc *alloc = test_alloc_new(fail_at);
  w.store = sp_store_new(alloc);
  if (!w.store) w.store = sp_store_new(alloc);
  assert_non_null(w.store);
  set_view(&w, sp_json_get(root, "view"));
  for (const sp_json *step = sp_json_first(sp_json_get(root, "steps")); step; step = sp_json_next(step)) {
    sp_store_action none;
    set_view(&w, sp_json_get(step, "view"));
    size_t count = sp_store_count(w.store);
    int status = perform(&w, step);
    if (status == SP_ENOMEM) {
      assert_true(test_alloc_failed());
      assert_false(sp_store_take(w.store, &none));
      assert_int_equal(sp_store_count(w.store), count);
      status = perform(&w, step);
    }
    assert_int_equal(status, SP_OK);
    check_step(&w, step);
  }
  sp_store_free(w.store);
  assert_int_equal(test_alloc_live(), 0);
  return test_alloc_failed();
}

static void run_fixture(void **state) {
  const fixture *f = *state;
  sp_json_doc *doc;
  assert_int_equal(sp_json_parse(NULL, read_fixture(f->file), &doc), SP_OK);
  assert_false(run(sp_json_root(doc), 0));
  for (size_t n = 1; run(sp_json_root(doc), n);) n++;
  sp_json_free(doc);
}

static int by_name(const void *a, const void *b) {
  return strcmp(((const fixture *)a)->file, ((const fixture *)b)->file);
}

static void load_fixtures(void) {
  DIR *folder = opendir(SP_FIXTURES "/" FOLDER);
  for (const struct dirent *entry; folder && (entry = readdir(folder)) != NULL;) {
    if (!strstr(entry->d_name, ".json") || fixture_count == MAX_FILES) continue;
    fixture *f = &fixtures[fixture_count++];
    snprintf(f->file, sizeof f->file, "%s/%s", FOLDER, entry->d_name);
    sp_json_doc *doc;
    if (sp_json_parse(NULL, read_fixture(f->file), &doc) == SP_OK)
      snprintf(f->title, sizeof f->title, "%.*s", SP_STR_ARG(sp_json_get_str(sp_json_root(doc), "title")));
    sp_json_free(doc);
  }
  if (folder) closedir(folder);
  qsort(fixtures, fixture_count, sizeof *fixtures, by_name);
}

static void the_list_of_statements_is_that_of_the_files(void **state) {
  size_t listed = sizeof statements / sizeof *statements, found = 0;
  (void)state;
  for (size_t i = 0; i < fixture_count; i++) {
    bool is_known = strncmp(fixtures[i].title, "S-", 2) != 0;
    if (!is_known) found++;
    for (size_t k = 0; k < listed; k++) is_known = is_known || strcmp(fixtures[i].title, statements[k]) == 0;
    if (!is_known) fail_msg("not in the list: %s", fixtures[i].title);
  }
  assert_int_equal(found, listed);
}

/* --- beside the files --- */

/* sessions.md §7.6, first table, once more and by name. */
static void every_pair_of_the_decision_table(void **state) {
  static const struct {
    sp_call_class class;
    bool has_session, carried;
  } news[SP_AFTERS] = {
    { SP_CALL_PENDING, true, true },    { SP_CALL_CONNECTED, false, false }, { SP_CALL_CONNECTED, true, true },
    { SP_CALL_CONNECTED, true, false }, { SP_CALL_ENDED, true, true },       { SP_CALL_OTHER, true, true },
  };
  static const sp_row wanted[SP_BEFORES][SP_AFTERS] = {
    { SP_T2, SP_T1, SP_T1, SP_T1, SP_T1, SP_T1 },  { SP_T2, SP_T5, SP_T4, SP_T6, SP_T9, SP_T10 },
    { SP_T2, SP_T5, SP_T6, SP_T6, SP_T7, SP_T10 }, { SP_T2, SP_T5, SP_T4, SP_T6, SP_T8, SP_T10 },
    { SP_T2, SP_T5, SP_T6, SP_T6, SP_T8, SP_T10 }, { SP_T2, SP_T5, SP_T6, SP_T6, SP_T8, SP_T10 },
  };
  (void)state;
  for (size_t before = 0; before < SP_BEFORES; before++)
    for (size_t i = 0; i < SP_AFTERS; i++) {
      sp_after after = sp_after_of(news[i].class, news[i].has_session, news[i].carried);
      assert_int_equal(after, i);
      assert_int_equal(sp_decide((sp_before)before, after), wanted[before][i]);
    }
  static const sp_before befores[] = {
    [SP_CALL_NONE] = SP_BEFORE_NO_STATE,       [SP_CALL_PENDING] = SP_BEFORE_PENDING,
    [SP_CALL_CONNECTED] = SP_BEFORE_CONNECTED, [SP_CALL_ENDED] = SP_BEFORE_ENDED,
    [SP_CALL_OTHER] = SP_BEFORE_OTHER,
  };
  for (size_t i = 0; i < sizeof befores / sizeof *befores; i++)
    assert_int_equal(sp_before_of((sp_call_class)i), befores[i]);
}

static int send(sp_store *store, const char *format, unsigned id, const char *state) {
  char text[1000];
  sp_json_doc *doc;
  sp_store_view view = { .user_id = SP_STR("u1") };
  snprintf(text, sizeof text, format, id, state);
  assert_int_equal(sp_json_parse(NULL, sp_str_from(text), &doc), SP_OK);
  int status = sp_store_event(store, 0, sp_json_root(doc), &view);
  sp_json_free(doc);
  return status;
}

static const char plain_event[] = "{\"id\":\"c%u\",\"participants\":[{\"id\":\"p\",\"userId\":\"u1\","
                                  "\"purpose\":\"agent\",\"calls\":[{\"id\":\"k\","
                                  "\"state\":\"%s\",\"held\":true}]}]}";

static void events_of_others_allocate_nothing(void **state) {
  const sp_alloc *alloc = test_alloc_new(0);
  sp_store *store = sp_store_new(alloc);
  (void)state;
  for (unsigned i = 0; i < 1000; i++) assert_int_equal(send(store, plain_event, i, "alerting"), SP_OK);
  size_t calls = test_alloc_calls();
  for (unsigned i = 1000; i < 2000; i++) {
    assert_int_equal(send(store, plain_event, i, i % 2 ? "connected" : "disconnected"), SP_OK);
    assert_int_equal(send(store,
                          "{\"id\":\"c%u\",\"participants\":[{\"userId\":\"u2\",\"calls\":[{\"state\":\"%s\"}]}]}", i,
                          "alerting"),
                     SP_OK);
  }
  assert_int_equal(test_alloc_calls(), calls);
  assert_int_equal(sp_store_count(store), 1000);
  sp_store_free(store);
  assert_int_equal(test_alloc_live(), 0);
}

static void the_questions_about_a_record(void **state) {
  sp_store *store = sp_store_new(NULL);
  (void)state;
  assert_int_equal(send(store, plain_event, 1, "alerting"), SP_OK);
  assert_int_equal(sp_store_class(store, SP_STR("c1")), SP_CALL_PENDING);
  assert_true(sp_store_held(store, SP_STR("c1")));
  assert_true(sp_str_is(sp_store_participant_id(store, SP_STR("c1")), "p"));
  assert_true(sp_str_is(sp_store_participant_purpose(store, SP_STR("c1")), "agent"));
  assert_int_equal(sp_store_class(store, SP_STR("c2")), SP_CALL_NONE);
  assert_false(sp_store_held(store, SP_STR("c2")));
  assert_null(sp_store_participant_id(store, SP_STR("c2")).ptr);
  assert_null(sp_store_at(store, 1, NULL).ptr);
  sp_store_clear(store);
  assert_int_equal(sp_store_count(store), 0);
  assert_true(sp_store_deadline(store) == SP_NEVER);
  sp_store_free(store);
  sp_store_free(NULL);
}

static void too_many_conversations_are_refused(void **state) {
  sp_store *store = sp_store_new(NULL);
  sp_store_action action;
  (void)state;
  for (unsigned i = 0; i < SP_MAX_CONVERSATIONS; i++) assert_int_equal(send(store, plain_event, i, "alerting"), SP_OK);
  assert_int_equal(send(store, plain_event, SP_MAX_CONVERSATIONS, "alerting"), SP_ELIMIT);
  assert_false(sp_store_take(store, &action));
  assert_int_equal(sp_store_accepted(store, SP_STR("one more"), 1), SP_ELIMIT);
  assert_int_equal(sp_store_count(store), SP_MAX_CONVERSATIONS);
  assert_int_equal(send(store, plain_event, 17, "disconnected"), SP_OK);
  assert_int_equal(send(store, plain_event, SP_MAX_CONVERSATIONS, "alerting"), SP_OK);
  assert_true(sp_str_is(sp_store_at(store, 17, NULL), "c18"));
  sp_store_free(store);
}

static void too_many_calls_are_refused(void **state) {
  sp_store *store = sp_store_new(NULL);
  sp_store_view view = { .user_id = SP_STR("u1") };
  sp_buf text;
  sp_json_doc *doc;
  (void)state;
  sp_buf_init(&text, NULL, SP_MAX_JSON);
  sp_buf_add_text(&text, "{\"id\":\"c1\",\"participants\":[{\"userId\":\"u1\",\"calls\":[");
  for (unsigned i = 0; i < SP_MAX_PARTICIPANT_CALLS; i++) sp_buf_add_text(&text, "{},");
  sp_buf_add_text(&text, "{\"state\":\"alerting\"}]}]}");
  assert_int_equal(sp_json_parse(NULL, sp_buf_str(&text), &doc), SP_OK);
  assert_int_equal(sp_store_event(store, 0, sp_json_root(doc), &view), SP_ELIMIT);
  assert_int_equal(sp_store_count(store), 0);
  sp_json_free(doc);
  sp_buf_free(&text);
  sp_store_free(store);
}

static int send_text(sp_store *store, uint64_t now, const char *text, const sp_store_view *view) {
  sp_json_doc *doc = NULL;
  assert_int_equal(sp_json_parse(NULL, sp_str_from(text), &doc), SP_OK);
  int status = sp_store_event(store, now, sp_json_root(doc), view);
  sp_json_free(doc);
  return status;
}

static void an_oversized_conversation_still_ends(void **state) {
  sp_store *store = sp_store_new(NULL);
  sp_store_view view = { .user_id = SP_STR("u1") };
  sp_buf text;
  (void)state;
  assert_int_equal(send_text(store, 0,
                             "{\"id\":\"c1\",\"participants\":[{\"id\":\"p1\",\"userId\":\"u1\","
                             "\"calls\":[{\"id\":\"k1\",\"state\":\"alerting\"}]}]}",
                             &view),
                   SP_OK);
  assert_int_equal(sp_store_count(store), 1);
  sp_buf_init(&text, NULL, 1 << 20);
  sp_buf_add_text(&text, "{\"id\":\"c1\",\"participants\":[{\"id\":\"p1\",\"userId\":\"u1\",\"calls\":[");
  for (unsigned i = 0; i < SP_MAX_PARTICIPANT_CALLS; i++) sp_buf_add_text(&text, "{\"state\":\"disconnected\"},");
  sp_buf_add_text(&text, "{\"id\":\"k1\",\"state\":\"disconnected\"}]}]}");
  sp_buf_add_char(&text, '\0');
  assert_int_equal(send_text(store, 0, text.data, &view), SP_OK);
  assert_int_equal(sp_store_count(store), 0);
  sp_buf_free(&text);
  sp_store_free(store);
}

static void an_error_after_the_window_needs_no_tick(void **state) {
  static const char failing[] =
      "{\"id\":\"c1\",\"participants\":[{\"id\":\"p1\",\"userId\":\"u1\",\"calls\":[{\"id\":\"k1\","
      "\"state\":\"alerting\",\"errorInfo\":{\"code\":\"error.x\"}}]}]}";
  sp_store *store = sp_store_new(NULL);
  sp_store_view view = { .user_id = SP_STR("u1") };
  sp_store_action action;
  unsigned raised = 0;
  (void)state;
  assert_int_equal(send_text(store, 3, failing, &view), SP_OK);
  while (sp_store_take(store, &action)) raised += action.kind == SP_STORE_CALL_ERROR;
  assert_int_equal(send_text(store, 1003, failing, &view), SP_OK);
  while (sp_store_take(store, &action)) raised += action.kind == SP_STORE_CALL_ERROR;
  assert_int_equal(raised, 2);
  sp_store_free(store);
}

static void a_session_without_a_conversation_makes_no_record(void **state) {
  sp_store *store = sp_store_new(NULL);
  (void)state;
  assert_int_equal(sp_store_accepted(store, SP_STR_NONE, 1), SP_EINVAL);
  assert_int_equal(sp_store_accepted(store, SP_STR("c1"), 0), SP_EINVAL);
  assert_int_equal(sp_store_count(store), 0);
  sp_store_free(store);
}

int main(void) {
  struct CMUnitTest tests[MAX_FILES + 9] = {
    cmocka_unit_test(the_list_of_statements_is_that_of_the_files),
    cmocka_unit_test(every_pair_of_the_decision_table),
    cmocka_unit_test(events_of_others_allocate_nothing),
    cmocka_unit_test(the_questions_about_a_record),
    cmocka_unit_test(too_many_conversations_are_refused),
    cmocka_unit_test(too_many_calls_are_refused),
    cmocka_unit_test(an_oversized_conversation_still_ends),
    cmocka_unit_test(an_error_after_the_window_needs_no_tick),
    cmocka_unit_test(a_session_without_a_conversation_makes_no_record),
  };
  size_t count = 9;
  load_fixtures();
  for (size_t i = 0; i < fixture_count; i++)
    tests[count++] = (struct CMUnitTest){ fixtures[i].title, run_fixture, NULL, NULL, &fixtures[i] };
  return _cmocka_run_group_tests("conversations", tests, count, NULL, NULL);
}
