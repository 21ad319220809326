/* SPDX-License-Identifier: MIT */
#include "base/json.h"
#include "base/limits.h"
#include "support.h"
#include "telemetry/saved.h"
#include "telemetry/upload_text.h"
#include "telemetry/uploader.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define URL "https://api.x.org/api/v2/diagnostics/trace"

static const uint64_t wall = UINT64_C(1767323696789);

typedef struct world {
  sp_effects *fx;
  sp_uploader *u;
  uint64_t now;
} world;

static const uint8_t seed[SP_SEED_BYTES] = { 7 };
static sp_ids random_ids; /* borrowed by the object under test: a world is copied */

static bool try_make(const sp_alloc *alloc, const char *headers, world *w) {
  *w = (world){ .now = 1000 };
  sp_ids_init(&random_ids, seed);
  w->fx = sp_effects_new(alloc);
  if (!w->fx) return false;
  sp_uploader_config config = { SP_STR(URL), sp_str_from(headers) };
  w->u = sp_uploader_new(alloc, w->fx, &random_ids, &config);
  return w->u && sp_uploader_set_token(w->u, SP_STR("token-1")) == SP_OK &&
         sp_uploader_set_organization(w->u, SP_STR("org-1")) == SP_OK;
}

static void end(world *w) {
  sp_uploader_free(w->u);
  sp_effects_free(w->fx);
}

static world make(const char *headers) {
  world w;
  assert_true(try_make(NULL, headers, &w));
  return w;
}

static void send_as(world *w, uint8_t source, const char *trace) {
  sp_buf body;
  sp_buf_init(&body, NULL, SP_MAX_JSON);
  sp_upload_body(&body, SP_STR("app"), SP_STR("1"), sp_str_from(trace));
  assert_int_equal(sp_uploader_send(w->u, w->now, wall, source, sp_buf_str(&body)), SP_OK);
  sp_buf_free(&body);
}

static void send(world *w, const char *trace) {
  send_as(w, 0, trace);
}

static sp_json_doc *effect_doc; /* of the last request seen; freed by the next */

static void forget_effect(void) {
  sp_json_free(effect_doc);
  effect_doc = NULL;
}

/* The number of the request that leaves next; 0 when none does. */
static uint32_t sent(world *w) {
  sp_effect effect;
  forget_effect();
  if (!sp_effects_pop(w->fx, &effect)) return 0;
  assert_int_equal(effect.kind, SP_FX_HTTP);
  assert_true(sp_str_is(effect.name, "POST"));
  assert_int_equal(sp_json_parse(NULL, effect.text, &effect_doc), SP_OK);
  assert_true(effect.id & SP_UPLOAD_NUMBERS);
  return effect.id;
}

static sp_str sent_text(const char *path) {
  return sp_json_str(sp_json_path(sp_json_root(effect_doc), path));
}

static bool sent_holds(const char *text) {
  return sp_str_find(sent_text("body"), text, 0) != SIZE_MAX;
}

static uint32_t expect_sent(world *w, const char *holds) {
  uint32_t id = sent(w);
  assert_true(id != 0);
  if (!sent_holds(holds)) fail_msg("%s in %.*s", holds, SP_STR_ARG(sent_text("body")));
  return id;
}

static void answer(world *w, uint32_t id, int status, const char *retry_after) {
  sp_uploader_result(w->u, w->now, wall, id, status, sp_str_from(retry_after));
}

static sp_upload_event expect_event(world *w, sp_upload_event_kind kind) {
  sp_upload_event event = { .kind = (sp_upload_event_kind)99 };
  assert_true(sp_uploader_take(w->u, &event));
  assert_int_equal(event.kind, kind);
  return event;
}

static void expect_done(world *w, bool ok, int status) {
  sp_upload_event event = expect_event(w, SP_UPLOAD_DONE);
  assert_int_equal(event.ok, ok);
  assert_int_equal(event.status, status);
}

static void expect_silence(world *w) {
  sp_upload_event event;
  assert_false(sp_uploader_take(w->u, &event));
}

/* Lets time pass up to the next deadline. */
static void wake(world *w) {
  uint64_t at = sp_uploader_deadline(w->u);
  assert_true(at != SP_NEVER);
  if (at > w->now) w->now = at;
  sp_uploader_tick(w->u, w->now, wall);
}

/* Answers SP_UPLOAD_LOAD with `text` and answers what the store holds then; NULL: it was not written. */
static char *load(world *w, const char *text) {
  expect_event(w, SP_UPLOAD_LOAD);
  sp_uploader_stored(w->u, w->now, wall, sp_str_from(text));
  sp_upload_event event;
  if (!sp_uploader_take(w->u, &event)) return NULL;
  assert_int_equal(event.kind, SP_UPLOAD_STORE);
  char *copy = calloc(1, event.text.len + 1);
  assert_non_null(copy);
  if (event.text.len > 0) memcpy(copy, event.text.ptr, event.text.len);
  return copy;
}

static void succeed(world *w, uint32_t id) {
  answer(w, id, 200, "");
  expect_done(w, true, 200);
  assert_null(load(w, ""));
}

/* --- sending --- */

static void requests(void **state) {
  (void)state;
  world w = make("{\"X-A\":\"1\",\"Content-Type\":\"text/x\"}");
  send(&w, "{\"topic\":\"t\"}");
  uint32_t id = sent(&w);
  assert_true(sp_str_is(sent_text("url"), URL));
  assert_true(sp_str_is(sent_text("headers.authorization"), "Bearer token-1"));
  assert_true(sp_str_is(sent_text("headers.X-A"), "1"));
  assert_true(sp_str_is(sent_text("headers.Content-Type"), "text/x"));
  assert_false(sp_json_path(sp_json_root(effect_doc), "headers.content-type"));
  assert_true(sp_str_is(sent_text("body"),
                        "{\"app\":{\"appId\":\"app\",\"appVersion\":\"1\"},\"traces\":[{\"topic\":\"t\"}]}"));
  assert_true(sp_str_is(sent_text("credentials"), "omit"));
  assert_true(sp_str_is(sent_text("cache"), "no-store"));
  assert_true(sp_json_number(sp_json_path(sp_json_root(effect_doc), "timeout"), 0) > 29999);
  succeed(&w, id);
  end(&w);
}

static void one_at_a_time(void **state) {
  (void)state;
  world w = make(NULL);
  send(&w, "1");
  send_as(&w, 1, "2");
  uint32_t first = expect_sent(&w, "[1]");
  assert_int_equal(sent(&w), 0);
  answer(&w, first, 429, "");
  wake(&w);
  uint32_t again = expect_sent(&w, "[1]");
  assert_int_equal(sent(&w), 0);
  answer(&w, first, 200, ""); /* a late answer to the first attempt */
  assert_int_equal(sent(&w), 0);
  answer(&w, again, 200, "");
  expect_sent(&w, "[2]");
  expect_done(&w, true, 200);
  end(&w);
}

static void token_of_the_attempt(void **state) {
  (void)state;
  world w = make(NULL);
  send(&w, "1");
  send(&w, "2");
  uint32_t id = expect_sent(&w, "[1]");
  assert_int_equal(sp_uploader_set_token(w.u, SP_STR("token-2")), SP_OK);
  answer(&w, id, 200, "");
  expect_sent(&w, "[2]");
  assert_true(sp_str_is(sent_text("headers.authorization"), "Bearer token-2"));
  end(&w);
}

static void queue_is_limited(void **state) {
  (void)state;
  world w = make(NULL);
  send(&w, "0");
  for (unsigned i = 0; i < SP_MAX_UPLOADS + 1; i++) send(&w, i == 0 ? "1" : "2");
  answer(&w, expect_sent(&w, "[0]"), 200, "");
  expect_sent(&w, "[2]");
  end(&w);
}

/* --- outcomes (§4.7) --- */

static const struct {
  int status;
  bool retried, saved;
} outcomes[] = {
  { 0, true, true },     { 408, true, true },   { 429, true, true },   { 500, true, true },   { 503, true, true },
  { 504, true, true },   { 401, false, true },  { 403, false, false }, { 404, false, false }, { 413, false, false },
  { 502, false, false }, { 400, false, false }, { 302, false, false }, { 501, false, false },
};

static void every_status(void **state) {
  (void)state;
  for (size_t i = 0; i < sizeof outcomes / sizeof *outcomes; i++) {
    world w = make(NULL);
    send(&w, "1");
    unsigned attempts = 0;
    for (uint32_t id = sent(&w); id; id = sent(&w)) {
      attempts++;
      answer(&w, id, outcomes[i].status, "");
      if (sp_uploader_deadline(w.u) != SP_NEVER) wake(&w);
    }
    assert_int_equal(attempts, outcomes[i].retried ? 10 : 1);
    expect_done(&w, false, outcomes[i].status);
    if (outcomes[i].saved) {
      char *stored = load(&w, "");
      assert_non_null(strstr(stored, "\"organizationId\":\"org-1\""));
      assert_non_null(strstr(stored, "\"traces\":[1]"));
      assert_null(strstr(stored, "token-1"));
      free(stored);
    }
    expect_silence(&w);
    end(&w);
  }
}

static void delays(void **state) {
  (void)state;
  static const uint64_t steps[] = { 0, 500, 1000, 2000, 4000, 8000, 15000, 15000, 15000 };
  world w = make(NULL);
  send(&w, "1");
  for (size_t i = 0; i < sizeof steps / sizeof *steps; i++) {
    answer(&w, expect_sent(&w, "[1]"), 500, "");
    uint64_t wait = sp_uploader_deadline(w.u) - w.now;
    assert_true(wait <= steps[i] && wait >= steps[i] - steps[i] / 5);
    wake(&w);
  }
  end(&w);
}

static void retry_after(void **state) {
  (void)state;
  world w = make(NULL);
  send(&w, "1");
  send(&w, "2");
  answer(&w, expect_sent(&w, "[1]"), 429, "7");
  assert_true(sp_uploader_deadline(w.u) == 8000);
  wake(&w);
  answer(&w, expect_sent(&w, "[1]"), 400, "7");
  assert_int_equal(sent(&w), 0); /* the next request waits as well */
  assert_true(sp_uploader_deadline(w.u) == 15000);
  wake(&w);
  answer(&w, expect_sent(&w, "[2]"), 429, "2");
  assert_true(sp_uploader_deadline(w.u) == 17000);
  w.now = 16000;
  sp_uploader_tick(w.u, w.now, wall);
  assert_int_equal(sent(&w), 0);
  w.now = 17000;
  sp_uploader_tick(w.u, w.now, wall);
  answer(&w, expect_sent(&w, "[2]"), 503, "9");
  assert_true(sp_uploader_deadline(w.u) == 26000);
  end(&w);
}

static void shorter_retry_after_changes_nothing(void **state) {
  (void)state;
  world w = make(NULL);
  send(&w, "1");
  uint32_t id = expect_sent(&w, "[1]");
  sp_uploader_flush(w.u, wall, 0);
  answer(&w, id, 429, "7");
  assert_int_equal(sp_uploader_send_now(w.u, wall, 0, SP_STR("{\"n\":2}"), 0), SP_OK);
  answer(&w, expect_sent(&w, "2"), 429, "2");
  assert_true(sp_uploader_deadline(w.u) == 8000);
  end(&w);
}

static void offline_saves_at_once(void **state) {
  (void)state;
  world w = make(NULL);
  send(&w, "1");
  uint32_t id = expect_sent(&w, "[1]");
  sp_uploader_set_online(w.u, false);
  answer(&w, id, 0, "");
  expect_done(&w, false, 0);
  free(load(&w, ""));
  sp_uploader_set_online(w.u, true);
  send(&w, "2");
  answer(&w, expect_sent(&w, "[2]"), 500, "");
  sp_uploader_set_online(w.u, false); /* while the next attempt is waited for */
  wake(&w);
  assert_int_equal(sent(&w), 0);
  expect_done(&w, false, 0);
  free(load(&w, ""));
  end(&w);
}

static void large_bodies_are_split_once(void **state) {
  (void)state;
  world w = make(NULL);
  send(&w, "3,2,1");
  send(&w, "4");
  answer(&w, expect_sent(&w, "[3,2,1]"), 413, "");
  expect_silence(&w);
  answer(&w, expect_sent(&w, "[2,1]"), 413, "");
  expect_done(&w, false, 413);
  answer(&w, expect_sent(&w, "[3]"), 200, "");
  expect_done(&w, true, 200);
  expect_sent(&w, "[4]");
  end(&w);
}

/* --- the store (§4.8) --- */

static void saved_requests_come_back(void **state) {
  (void)state;
  world w = make(NULL);
  send(&w, "1");
  answer(&w, expect_sent(&w, "[1]"), 401, "");
  expect_done(&w, false, 401);
  char *stored = load(&w, "");
  assert_int_equal(sp_uploader_set_token(w.u, SP_STR("token-2")), SP_OK);
  wake(&w);
  send(&w, "2");
  answer(&w, expect_sent(&w, "[2]"), 200, "");
  expect_done(&w, true, 200);
  char *left = load(&w, stored);
  assert_string_equal(left, "");
  wake(&w);
  expect_sent(&w, "[1]");
  assert_true(sp_str_is(sent_text("headers.authorization"), "Bearer token-2"));
  free(stored);
  free(left);
  end(&w);
}

#define ENTRY(url, org, at, n)                                                                                         \
  "{\"url\":\"" url "\",\"organizationId\":\"" org "\",\"savedAt\":" at ",\"request\":{\"n\":" n "}}"
#define RECENT "1767323696000"
#define OLD    "1767237296000"

static void entries_of_others_stay(void **state) {
  (void)state;
  static const char mixed[] = "[" ENTRY(URL, "org-2", RECENT, "1") "," ENTRY(URL, "org-1", RECENT, "2") "," ENTRY(
      "https://y", "org-1", RECENT, "3") "," ENTRY(URL, "org-2", OLD, "4") ",17,{\"request\":{}},{\"app\":{}}]";
  world w = make(NULL);
  send(&w, "0");
  answer(&w, expect_sent(&w, "[0]"), 200, "");
  expect_done(&w, true, 200);
  char *left = load(&w, mixed);
  assert_string_equal(left, "[" ENTRY(URL, "org-2", RECENT, "1") "," ENTRY("https://y", "org-1", RECENT, "3") "]");
  wake(&w);
  expect_sent(&w, "{\"n\":2}");
  assert_int_equal(sent(&w), 0);
  free(left);
  end(&w);
}

static void malformed_stores_are_emptied(void **state) {
  (void)state;
  static const char *const texts[] = { "x", "{}", "[", "[1,null,\"a\",[]]", "[[]]" };
  for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
    world w = make(NULL);
    send(&w, "0");
    answer(&w, expect_sent(&w, "[0]"), 200, "");
    expect_done(&w, true, 200);
    char *left = load(&w, texts[i]);
    assert_string_equal(left, "");
    free(left);
    expect_silence(&w);
    end(&w);
  }
}

static void store_is_limited(void **state) {
  (void)state;
  sp_saved_tag tag = { SP_STR(URL), SP_STR("org-1") };
  sp_buf big, kept, taken, stored;
  sp_buf_init(&big, NULL, SP_MAX_JSON);
  sp_buf_add_text(&big, "{\"n\":\"");
  memset(sp_buf_extend(&big, 99000), 'x', 99000);
  sp_buf_add_text(&big, "\"}");
  sp_buf_init(&kept, NULL, SP_MAX_JSON);
  sp_buf_init(&taken, NULL, SP_MAX_JSON);
  sp_buf_init(&stored, NULL, SP_MAX_JSON);
  for (int i = 0; i < 30; i++) {
    sp_buf_reset(&kept);
    sp_buf_reset(&taken);
    sp_saved_entry entry = { i < 28 ? SP_STR("{\"n\":1}") : sp_buf_str(&big), wall };
    assert_int_equal(sp_saved_update(NULL, sp_buf_str(&stored), wall, &tag, false, &entry, 1, &kept, &taken), SP_OK);
    sp_buf_reset(&stored);
    sp_buf_add(&stored, sp_buf_str(&kept));
    sp_json_doc *doc;
    assert_int_equal(sp_json_parse(NULL, sp_buf_str(&stored), &doc), SP_OK);
    assert_int_equal(sp_json_count(sp_json_root(doc)), i < 20 ? i + 1 : 20);
    assert_true(stored.len <= SP_SAVED_BYTES);
    sp_json_free(doc);
  }
  sp_saved_entry three[3] = { { sp_buf_str(&big), wall }, { sp_buf_str(&big), wall }, { sp_buf_str(&big), wall } };
  sp_buf_reset(&kept);
  assert_int_equal(sp_saved_update(NULL, SP_STR("[]"), wall, &tag, false, three, 3, &kept, &taken), SP_OK);
  assert_true(kept.len > 2 * big.len && kept.len <= SP_SAVED_BYTES);
  sp_buf_free(&big);
  sp_buf_free(&kept);
  sp_buf_free(&taken);
  sp_buf_free(&stored);
}

/* Without an organization nothing is stored, but what failed here is sent again. */
static void unknown_organization(void **state) {
  (void)state;
  world w = make(NULL);
  assert_int_equal(sp_uploader_set_organization(w.u, SP_STR_NONE), SP_OK);
  for (int round = 0; round < 2; round++) {
    send(&w, "1");
    answer(&w, expect_sent(&w, "[1]"), 401, "");
    expect_done(&w, false, 401);
    expect_silence(&w);
    wake(&w);
    if (round == 1) break;
    send(&w, "2");
    answer(&w, expect_sent(&w, "[2]"), 200, "");
    expect_done(&w, true, 200);
    expect_silence(&w);
    wake(&w);
    answer(&w, expect_sent(&w, "[1]"), 200, "");
    expect_done(&w, true, 200);
    expect_silence(&w);
  }
  assert_int_equal(sp_uploader_set_organization(w.u, SP_STR("org-3")), SP_OK);
  char *stored = load(&w, "");
  assert_non_null(strstr(stored, "org-3"));
  free(stored);
  end(&w);
}

/* --- the page goes away (§4.9), loggers stop --- */

static void flush(void **state) {
  (void)state;
  world w = make(NULL);
  send(&w, "1");
  send(&w, "2");
  send(&w, "3");
  uint32_t first = expect_sent(&w, "[1]");
  answer(&w, first, 429, "60");
  sp_uploader_flush(w.u, wall, 5);
  assert_int_equal(sp_uploader_send_now(w.u, wall, 1, SP_STR("{\"n\":4}"), 5), SP_OK);
  assert_true(sp_uploader_flush_end(w.u, 5));
  uint32_t ids[4];
  static const char *const bodies[] = { "[1]", "[2]", "[3]", "{\"n\":4}" };
  for (size_t i = 0; i < 4; i++) {
    ids[i] = expect_sent(&w, bodies[i]);
    assert_true(sp_json_get_bool(sp_json_root(effect_doc), "keepalive", false));
  }
  assert_true(sp_uploader_deadline(w.u) == SP_NEVER);
  answer(&w, ids[1], 200, "");
  answer(&w, ids[0], 500, "");
  expect_done(&w, true, 200);
  expect_done(&w, false, 500);
  char *stored = load(&w, "");
  assert_non_null(strstr(stored, "[1]"));
  free(stored);
  answer(&w, ids[2], 400, "");
  expect_done(&w, false, 400);
  expect_silence(&w);
  answer(&w, ids[3], 200, "");
  expect_done(&w, true, 200);
  expect_event(&w, SP_UPLOAD_LOAD);
  assert_int_equal(expect_event(&w, SP_UPLOAD_FLUSHED).call, 5);
  assert_int_equal(sent(&w), 0);
  end(&w);
}

static void flushes_are_told(void **state) {
  (void)state;
  world w = make(NULL);
  assert_false(sp_uploader_flush_end(w.u, 0));
  sp_uploader_flush(w.u, wall, 7);
  assert_true(sp_uploader_flush_end(w.u, 7));
  assert_int_equal(expect_event(&w, SP_UPLOAD_FLUSHED).call, 7);
  assert_int_equal(sp_uploader_send_now(w.u, wall, 0, SP_STR("{}"), 8), SP_OK);
  assert_true(sp_uploader_flush_end(w.u, 8));
  expect_silence(&w);
  answer(&w, sent(&w), 403, "");
  expect_done(&w, false, 403);
  assert_int_equal(expect_event(&w, SP_UPLOAD_FLUSHED).call, 8);
  for (uint32_t call = 1; call < 20; call++) {
    bool told = sp_uploader_flush_end(w.u, call);
    assert_int_equal(told, call <= 8);
  }
  end(&w);
}

static void offline_flush_saves(void **state) {
  (void)state;
  world w = make(NULL);
  send(&w, "1");
  send(&w, "2");
  answer(&w, expect_sent(&w, "[1]"), 500, "");
  sp_uploader_set_online(w.u, false);
  sp_uploader_flush(w.u, wall, 0);
  assert_int_equal(sent(&w), 0);
  char *stored = load(&w, "");
  assert_non_null(strstr(stored, "[1]"));
  assert_non_null(strstr(stored, "[2]"));
  free(stored);
  end(&w);
}

static void keepalive_is_limited(void **state) {
  (void)state;
  world w = make(NULL);
  sp_buf body;
  sp_buf_init(&body, NULL, SP_MAX_JSON);
  sp_buf_add_text(&body, "{\"n\":\"");
  memset(sp_buf_extend(&body, 14000), 'x', 14000);
  sp_buf_add_text(&body, "\"}");
  for (int i = 0; i < 6; i++) assert_int_equal(sp_uploader_send_now(w.u, wall, 0, sp_buf_str(&body), 0), SP_OK);
  unsigned count = 0;
  while (sent(&w)) count++;
  assert_int_equal(count, 4);
  char *stored = load(&w, "");
  assert_true(strlen(stored) > 2 * body.len && strlen(stored) < 3 * body.len);
  free(stored);
  sp_buf_free(&body);
  end(&w);
}

static void a_stopped_logger_leaves_the_other(void **state) {
  (void)state;
  world w = make(NULL);
  send_as(&w, 0, "1");
  send_as(&w, 1, "2");
  send_as(&w, 0, "3");
  uint32_t id = expect_sent(&w, "[1]");
  sp_uploader_drop(w.u, w.now, wall, 0);
  answer(&w, id, 500, ""); /* in flight when it stopped: not tried again, not saved */
  expect_done(&w, false, 500);
  id = expect_sent(&w, "[2]");
  send_as(&w, 0, "4");
  answer(&w, id, 500, "");
  sp_uploader_drop(w.u, w.now, wall, 1); /* between two attempts */
  answer(&w, expect_sent(&w, "[4]"), 204, "");
  expect_done(&w, true, 204);
  assert_null(load(&w, ""));
  assert_int_equal(sent(&w), 0);
  end(&w);
}

/* --- memory --- */

static void run_a_little_of_everything(world *w) {
  static const int statuses[] = { 413, 500, 200, 401, 403, 200, 200, 200 };
  for (uint8_t i = 0; i < 4; i++)
    (void)sp_uploader_send(w->u, w->now, wall, i % 2, SP_STR("{\"app\":{},\"traces\":[1,2]}"));
  for (size_t step = 0; step < 24; step++) {
    sp_effect effect;
    sp_upload_event event;
    if (step == 12) sp_uploader_flush(w->u, wall, 1);
    if (step == 12) (void)sp_uploader_flush_end(w->u, 1);
    if (sp_effects_pop(w->fx, &effect))
      answer(w, effect.id, statuses[step % (sizeof statuses / sizeof *statuses)], "1");
    while (sp_uploader_take(w->u, &event)) {
      if (event.kind == SP_UPLOAD_LOAD)
        sp_uploader_stored(w->u, w->now, wall, SP_STR("[" ENTRY(URL, "org-1", RECENT, "2") "]"));
    }
    w->now += 20000;
    sp_uploader_tick(w->u, w->now, wall);
  }
}

static void every_allocation_fails(void **state) {
  (void)state;
  bool failed = true;
  for (size_t n = 1; failed; n++) {
    world w;
    if (try_make(test_alloc_new(n), "{\"a\":\"b\"}", &w)) run_a_little_of_everything(&w);
    end(&w);
    assert_int_equal(test_alloc_live(), 0);
    failed = test_alloc_failed();
  }
}

static int tear_down(void **state) {
  (void)state;
  forget_effect();
  return 0;
}

int main(void) {
  const struct CMUnitTest tests[] = {
    { "L-17 requests", requests, NULL, tear_down, NULL },
    { "L-25 one at a time", one_at_a_time, NULL, tear_down, NULL },
    { "L-38 the token of the attempt", token_of_the_attempt, NULL, tear_down, NULL },
    { "the queue is limited", queue_is_limited, NULL, tear_down, NULL },
    { "L-26 L-28 L-33 every status", every_status, NULL, tear_down, NULL },
    { "delays between attempts", delays, NULL, tear_down, NULL },
    { "L-27 Retry-After", retry_after, NULL, tear_down, NULL },
    { "L-27 a shorter Retry-After changes nothing", shorter_retry_after_changes_nothing, NULL, tear_down, NULL },
    { "offline saves at once", offline_saves_at_once, NULL, tear_down, NULL },
    { "large bodies are split once", large_bodies_are_split_once, NULL, tear_down, NULL },
    { "L-29 saved requests come back", saved_requests_come_back, NULL, tear_down, NULL },
    { "L-33 entries of others stay", entries_of_others_stay, NULL, tear_down, NULL },
    { "malformed stores are emptied", malformed_stores_are_emptied, NULL, tear_down, NULL },
    { "the store is limited", store_is_limited, NULL, tear_down, NULL },
    { "unknown organization", unknown_organization, NULL, tear_down, NULL },
    { "L-34 flush", flush, NULL, tear_down, NULL },
    { "flushes are told", flushes_are_told, NULL, tear_down, NULL },
    { "L-35 an offline flush saves", offline_flush_saves, NULL, tear_down, NULL },
    { "keepalive bodies are limited", keepalive_is_limited, NULL, tear_down, NULL },
    { "L-32 a stopped logger leaves the other", a_stopped_logger_leaves_the_other, NULL, tear_down, NULL },
    { "every allocation fails in turn", every_allocation_fails, NULL, tear_down, NULL },
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
