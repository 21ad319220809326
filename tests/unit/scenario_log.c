/* SPDX-License-Identifier: MIT */
/* The log of a scenario, what must be in it, and how scenarios are run. */
#include "scenario_log.h"

#include "base/json.h"
#include "support.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

/* --- recording --- */

void *grown(void *items, size_t count, size_t *cap, size_t size) {
  if (count < *cap) return items;
  *cap = *cap ? 2 * *cap : 64;
  void *block = realloc(items, *cap * size);
  if (!block) abort();
  return block;
}

char *copy_text(sp_str text) {
  char *copy = malloc(text.len + 1);
  if (!copy) abort();
  if (text.len > 0) memcpy(copy, text.ptr, text.len);
  copy[text.len] = '\0';
  return copy;
}

static void read_request(seen *fx, const sp_json *request) {
  sp_str url = sp_json_get_str(request, "url");
  size_t at = sp_str_find(url, "/api/v2/", 0);
  if (at == SIZE_MAX) fail_msg("a request without base: %s", fx->text);
  fx->path = copy_text(sp_str_slice(url, at + strlen("/api/v2/"), url.len));
  fx->body = copy_text(sp_json_get_str(request, "body"));
}

/* JSON kinds carry JSON or nothing; the arguments of events are a list. */
static void check_form(seen *fx) {
  sp_json_doc *doc = NULL;
  if (fx->kind <= SP_FX_NONE || fx->kind >= SP_FX_KINDS) fail_msg("unknown kind %d", (int)fx->kind);
  if (!sp_effect_is_json(fx->kind) || !fx->text[0]) return;
  if (sp_json_parse(NULL, sp_str_from(fx->text), &doc) != SP_OK) fail_msg("kind %d: %s", (int)fx->kind, fx->text);
  bool list = fx->kind == SP_FX_EVENT || fx->kind == SP_FX_SESSION_EVENT;
  if (list && !sp_json_is_array(sp_json_root(doc))) fail_msg("%s: %s", fx->name, fx->text);
  if (fx->kind == SP_FX_HTTP) read_request(fx, sp_json_root(doc));
  sp_json_free(doc);
}

static void check_settling(scenario *s, const seen *fx) {
  if (fx->kind != SP_FX_RESOLVE && fx->kind != SP_FX_REJECT) return;
  if (fx->id == 0 || fx->id > s->last_call) fail_msg("call %u was never made", (unsigned)fx->id);
  if (s->settled[fx->id]++) fail_msg("call %u was settled twice: %s", (unsigned)fx->id, fx->text);
}

size_t record_effect(scenario *s, const sp_effect *fx) {
  s->log = grown(s->log, s->log_count, &s->log_cap, sizeof *s->log);
  seen *entry = calloc(1, sizeof *entry);
  if (!entry) abort();
  s->log[s->log_count] = entry;
  *entry = (seen){ .kind = fx->kind, .id = fx->id, .at = s->log_count };
  entry->name = copy_text(fx->name);
  entry->text = copy_text(fx->text);
  check_form(entry);
  check_settling(s, entry);
  return s->log_count++;
}

static void free_text(const char *text) {
  free((void *)(uintptr_t)text);
}

void free_log(scenario *s) {
  for (size_t i = 0; i < s->log_count; i++) {
    free_text(s->log[i]->name);
    free_text(s->log[i]->text);
    free_text(s->log[i]->path);
    free_text(s->log[i]->body);
    free(s->log[i]);
  }
  free(s->log);
}

/* --- expectations --- */

/* What a failed expectation answers when nothing is expected. */
static const seen nothing = { .name = "", .text = "", .path = "", .body = "" };

static const char *kind_word(sp_effect_kind kind) {
  static const char *const words[SP_FX_KINDS] = {
    [SP_FX_EVENT] = "event",      [SP_FX_ERROR] = "error",
    [SP_FX_RESOLVE] = "resolve",  [SP_FX_REJECT] = "reject",
    [SP_FX_SOCKET_SEND] = "sent", [SP_FX_HTTP] = "http",
    [SP_FX_LOG] = "log",          [SP_FX_SESSION_EVENT] = "session event",
  };
  return words[kind] ? words[kind] : "effect";
}

/* The rest of the story, for whoever reads a failed test. */
static void tell(const scenario *s) {
  for (size_t i = 0; i < s->log_count; i++) {
    const seen *fx = s->log[i];
    if (!fx->taken)
      print_error("  %s %d id=%u %s %.400s\n", kind_word(fx->kind), (int)fx->kind, (unsigned)fx->id, fx->name,
                  fx->text);
  }
}

static const seen *miss(const scenario *s, const char *what, const char *first) {
  if (s->lenient) return &nothing;
  tell(s);
  fail_msg("expected %s %s; not taken so far: see above", what, first);
  return &nothing;
}

void check(scenario *s, bool condition, const char *what) {
  if (!condition) (void)miss(s, "that", what);
}

void expect_answer(scenario *s, const char *question, const char *wanted) {
  const char *answer = ask(s, question);
  char what[512];
  snprintf(what, sizeof what, "%s is %s", question, answer);
  check(s, sp_str_is(sp_str_from(answer), wanted), what);
}

static bool has_parts(const char *text, const char *const parts[]) {
  for (size_t i = 0; parts[i]; i++)
    if (!strstr(text, parts[i])) return false;
  return true;
}

static seen *next_of(scenario *s, sp_effect_kind kind) {
  for (size_t i = 0; i < s->log_count; i++)
    if (s->log[i]->kind == kind && !s->log[i]->taken) return s->log[i];
  return NULL;
}

static const seen *take(seen *fx) {
  fx->taken = true;
  return fx;
}

const seen *find_event(scenario *s, const char *const parts[]) {
  seen *fx = next_of(s, SP_FX_EVENT);
  if (!fx || strcmp(fx->name, parts[0]) != 0 || !has_parts(fx->text, parts + 1)) return miss(s, "event", parts[0]);
  return take(fx);
}

const seen *find_error(scenario *s, const char *const parts[]) {
  seen *fx = next_of(s, SP_FX_ERROR);
  return fx && has_parts(fx->text, parts) ? take(fx) : miss(s, "error", parts[0]);
}

const seen *find_effect(scenario *s, sp_effect_kind kind, uint32_t id, const char *const parts[]) {
  for (size_t i = 0; i < s->log_count; i++) {
    seen *fx = s->log[i];
    if (fx->kind != kind || (id != ANY_ID && fx->id != id) || fx->taken) continue;
    if (has_parts(fx->text, parts) || (parts[0] && strcmp(fx->name, parts[0]) == 0 && has_parts(fx->text, parts + 1)))
      return take(fx);
  }
  return miss(s, kind_word(kind), parts[0]);
}

const seen *find_sent(scenario *s, const char *const parts[]) {
  for (size_t i = 0; i < s->log_count; i++) {
    seen *fx = s->log[i];
    if (fx->kind == SP_FX_SOCKET_SEND && !fx->taken && has_parts(fx->text, parts)) return take(fx);
  }
  return miss(s, "a frame with", parts[0]);
}

const seen *find_rejected(scenario *s, uint32_t id, const char *const parts[]) {
  return find_effect(s, SP_FX_REJECT, id, parts);
}

const seen *expect_resolved(scenario *s, uint32_t id, const char *value) {
  for (size_t i = 0; i < s->log_count; i++) {
    seen *fx = s->log[i];
    if (fx->kind == SP_FX_RESOLVE && fx->id == id && !fx->taken && strcmp(fx->text, value) == 0) return take(fx);
  }
  return miss(s, "the call to resolve with", value);
}

void expect_waiting(scenario *s, uint32_t id) {
  check(s, !s->settled[id], "the call still waits");
}

const seen *expect_http(scenario *s, const char *method, const char *path, const char *body) {
  for (size_t i = 0; i < s->log_count; i++) {
    seen *fx = s->log[i];
    if (fx->kind != SP_FX_HTTP || fx->taken || strcmp(fx->name, method) != 0 || strcmp(fx->path, path) != 0) continue;
    if (!body || strcmp(fx->body, body) == 0) return take(fx);
  }
  return miss(s, method, path);
}

void expect_no_effect(scenario *s, sp_effect_kind kind) {
  check(s, !next_of(s, kind), "no further effect of this kind");
}

void expect_no_more(scenario *s) {
  check(s, !next_of(s, SP_FX_EVENT), "no further event");
  check(s, !next_of(s, SP_FX_ERROR), "no further error");
}

void expect_no_http(scenario *s) {
  check(s, !next_of(s, SP_FX_HTTP), "no further request");
}

void expect_nothing_sent(scenario *s, const char *part) {
  for (size_t i = 0; i < s->log_count; i++)
    if (s->log[i]->kind == SP_FX_SOCKET_SEND && !s->log[i]->taken) check(s, !strstr(s->log[i]->text, part), part);
}

void expect_before(scenario *s, const seen *first, const seen *second) {
  check(s, first->at < second->at, "the first comes before the second");
}

void forget(scenario *s) {
  for (size_t i = 0; i < s->log_count; i++) s->log[i]->taken = true;
}

/* --- running --- */

/* Answers how many allocations the sign-in took that the scenario began with, 0 without one. */
static size_t play_once(const scenario_case *test, size_t fail_at) {
  static scenario s;
  scenario_free(&s); /* what a failed expectation, which leaves by longjmp, left behind */
  scenario_begin(&s, test_alloc_new(fail_at));
  s.lenient = fail_at > 0;
  test->play(&s);
  scenario_end(&s);
  for (uint32_t id = 1; id <= s.last_call; id++)
    if (!s.settled[id]) fail_msg("call %u was never settled (failing allocation: %zu)", (unsigned)id, fail_at);
  if (test_alloc_live() != 0) fail_msg("%zu blocks leak (failing allocation: %zu)", test_alloc_live(), fail_at);
  size_t signed_in = s.signed_in;
  scenario_free(&s);
  return signed_in;
}

/* Places whose allocations have failed, in all scenarios of this program. */
static struct {
  uint64_t *places;
  size_t count, cap;
} walked;

static bool has_failed(uint64_t place) {
  for (size_t i = 0; i < walked.count; i++)
    if (walked.places[i] == place) return true;
  return false;
}

static void note_failed(uint64_t place) {
  if (has_failed(place)) return;
  if (walked.count == walked.cap) {
    walked.cap = walked.cap * 2 + 1024;
    walked.places = realloc(walked.places, walked.cap * sizeof *walked.places);
    if (!walked.places) abort();
  }
  walked.places[walked.count++] = place;
}

/* Most scenarios begin with the same sign-in: its allocations fail in the first of a program only. Of a long one those
   fail whose place in the code, callers included, has not failed in this program yet. */
static void run_case(void **state) {
  static bool sign_in_walked;
  const scenario_case *test = *state;
  test_alloc_trace(true);
  size_t signed_in = play_once(test, 0), calls = test_alloc_calls();
  test_alloc_trace(false);
  for (size_t n = sign_in_walked && !test->is_long ? signed_in + 1 : 1; n <= calls; n++) {
    if (test->is_long && has_failed(test_alloc_place(n))) continue;
    note_failed(test_alloc_place(n));
    play_once(test, n);
  }
  if (signed_in && !test->is_long) sign_in_walked = true;
}

int run_scenarios(const char *group, const scenario_case *cases, size_t count) {
  struct CMUnitTest *tests = calloc(count, sizeof *tests);
  if (!tests) return 1;
  for (size_t i = 0; i < count; i++) {
    tests[i].name = cases[i].name;
    tests[i].test_func = run_case;
    tests[i].initial_state = (void *)(uintptr_t)&cases[i];
  }
  int failed = _cmocka_run_group_tests(group, tests, count, NULL, NULL);
  free(tests);
  return failed;
}
