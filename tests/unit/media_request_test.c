/* SPDX-License-Identifier: MIT */
#include "media/request.h"

#include "base/limits.h"
#include "support.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

typedef struct world {
  const sp_alloc *alloc;
  sp_effects *fx;
  sp_media *media;
} world;

static sp_ids ids;

static void seed_ids(void) {
  static const uint8_t seed[SP_SEED_BYTES] = "always the same";
  sp_ids_init(&ids, seed);
}

static int set_default(world w, const char *device) {
  sp_media_config config = { .audio_device_id = sp_str_from(device) };
  return sp_media_configure(w.media, &config);
}

static world make(const char *device) {
  world w = { test_alloc_new(0), NULL, NULL };
  w.fx = sp_effects_new(w.alloc);
  assert_non_null(w.fx);
  seed_ids();
  w.media = sp_media_new(w.alloc, w.fx, &ids);
  assert_non_null(w.media);
  assert_int_equal(set_default(w, device), SP_OK);
  return w;
}

static void end(world w) {
  assert_int_equal(sp_effects_take_status(w.fx), SP_OK);
  sp_media_free(w.media);
  sp_effects_free(w.fx);
  assert_int_equal(test_alloc_live(), 0);
}

static int start_with(world w, const char *json, bool retry, uint32_t id, uint32_t *number) {
  sp_json_doc *doc = NULL;
  assert_int_equal(sp_json_parse(NULL, sp_str_from(json), &doc), SP_OK);
  sp_token token = { SP_OWNER_CORE, 3, id };
  int status = sp_media_start_audio(w.media, sp_json_root(doc), retry, token, number);
  sp_json_free(doc);
  return status;
}

static uint32_t start(world w, const char *json, bool retry) {
  uint32_t number = 0;
  assert_int_equal(start_with(w, json, retry, 44, &number), SP_OK);
  return number;
}

/* The next effect that is about a request and no log record. No record tells which devices there are. */
static bool next_effect(world w, sp_effect *effect) {
  while (sp_effects_pop(w.fx, effect)) {
    if (effect->kind == SP_FX_CAUSE || effect->kind == SP_FX_MEDIA_STATE || effect->kind == SP_FX_MEDIA_ENUMERATE)
      continue;
    if (effect->kind != SP_FX_LOG) return true;
    assert_int_equal(sp_str_find(effect->text, "secret-", 0), SIZE_MAX);
  }
  return false;
}

static void expect_quiet(world w) {
  sp_effect effect;
  if (next_effect(w, &effect)) fail_msg("%d %.*s", (int)effect.kind, SP_STR_ARG(effect.text));
}

#define FLAGS                                                                                                          \
  "\"autoGainControl\":true,\"echoCancellation\":true,\"noiseSuppression\":true,"                                      \
  "\"googAudioMirroring\":false,\"googDucking\":false,\"googHighpassFilter\":true"

/* What a media request says around its uuid: `device` NULL for none; `asked` as JSON. */
typedef struct described {
  char before[320], after[192];
} described;

static described describe(const char *device, const char *asked, bool retry) {
  described d;
  char exact[64] = "";
  if (device) snprintf(exact, sizeof exact, ",\"deviceId\":{\"exact\":\"%s\"}", device);
  snprintf(d.before, sizeof d.before,
           "{\"constraints\":{\"audio\":{" FLAGS "%s},\"video\":false},\"requestedOptions\":{\"uuid\":\"", exact);
  snprintf(d.after, sizeof d.after,
           "\",\"audio\":%s,\"video\":false,\"monitorMicVolume\":false,\"retryOnFailure\":%s,"
           "\"preserveMediaIfOneTypeFails\":false}}",
           asked, retry ? "true" : "false");
  return d;
}

static void expect_text(sp_str text, const described *d) {
  if (!sp_str_starts(text, d->before) || !sp_str_ends(text, d->after) ||
      text.len != strlen(d->before) + SP_UUID_LEN + strlen(d->after))
    fail_msg("%.*s", SP_STR_ARG(text));
}

static uint32_t expect_request(world w, const char *device, const char *asked, bool retry) {
  sp_effect effect;
  described d = describe(device, asked, retry);
  assert_true(next_effect(w, &effect));
  assert_int_equal(effect.kind, SP_FX_MEDIA_REQUEST);
  assert_true(sp_str_is(effect.name, "user"));
  expect_text(effect.text, &d);
  return effect.id;
}

/* E-40 of the attempt `number`, with what it had asked for. */
static void expect_error(world w, uint32_t number, const char *device, const char *asked, bool retry) {
  char head[64];
  sp_effect effect;
  described d = describe(device, asked, retry);
  snprintf(head, sizeof head, "{\"type\":\"media\",\"cause\":%u,\"details\":", number);
  assert_true(next_effect(w, &effect));
  assert_int_equal(effect.kind, SP_FX_ERROR);
  if (!sp_str_starts(effect.text, head)) fail_msg("%.*s", SP_STR_ARG(effect.text));
  expect_text(sp_str_slice(effect.text, strlen(head), effect.text.len - 1), &d);
}

static void expect_stop(world w, const char *stream) {
  sp_effect effect;
  assert_true(next_effect(w, &effect));
  assert_int_equal(effect.kind, SP_FX_MEDIA_STOP);
  assert_true(sp_str_is(effect.name, stream));
}

/* What has finished, records of telemetry aside. */
static bool take(world w, sp_media_done *done) {
  while (sp_media_take(w.media, done))
    if (done->kind != SP_MEDIA_RECORD) return true;
  return false;
}

static sp_media_done expect_done(world w, bool ok, const char *stream, uint32_t request) {
  sp_media_done done;
  assert_true(take(w, &done));
  assert_int_equal(done.ok, ok);
  assert_true(sp_str_eq(done.stream, sp_str_from(stream)));
  assert_int_equal(done.request, request);
  assert_int_equal(done.token.owner, SP_OWNER_CORE);
  assert_int_equal(done.token.op, 3);
  return done;
}

static void expect_waiting(world w) {
  sp_media_done done;
  assert_false(take(w, &done));
}

static void fail_with(world w, uint32_t number, const char *name) {
  sp_media_result(w.media, number, false, sp_str_from(name), SP_STR("Requested device not found"));
}

static void succeed(world w, uint32_t number, const char *stream) {
  sp_media_result(w.media, number, true, sp_str_from(stream), SP_STR_NONE);
}

static void a_stream(void **state) {
  (void)state;
  world w = make(NULL);
  uint32_t number = start(w, "true", true);
  assert_int_equal(expect_request(w, NULL, "true", true), number);
  expect_waiting(w);
  succeed(w, number, "stream-1");
  expect_quiet(w);
  sp_media_done done = expect_done(w, true, "stream-1", number);
  assert_int_equal(done.token.id, 44);
  expect_waiting(w);
  end(w);
}

typedef struct step {
  const char *device, *asked;
  bool retry;
} step;

/* media.md §10, "Resulting gUM sequences": each call fails with an ordinary error. */
static void walk(const char *value, const char *device, bool retry, const step *steps, size_t count) {
  world w = make(device);
  uint32_t number = start(w, value, retry);
  for (size_t i = 0; i < count; i++) {
    uint32_t attempt = expect_request(w, steps[i].device, steps[i].asked, steps[i].retry);
    if (i == 0) assert_int_equal(attempt, number);
    else assert_int_not_equal(attempt, number);
    expect_quiet(w);
    expect_waiting(w);
    number = attempt;
    fail_with(w, attempt, "NotFoundError");
  }
  const step *last = &steps[count - 1];
  expect_error(w, number, last->device, last->asked, last->retry);
  expect_quiet(w);
  expect_done(w, false, NULL, number);
  expect_waiting(w);
  end(w);
}

#define WALK(value, device, retry, ...)                                                                                \
  walk((value), (device), (retry), (const step[]){ __VA_ARGS__ }, sizeof((const step[]){ __VA_ARGS__ }) / sizeof(step))

static void a_device_and_another_default(void **state) {
  (void)state;
  WALK("\"secret-x\"", "secret-y", true, { "secret-x", "\"secret-x\"", true }, { "secret-y", "\"secret-y\"", true },
       { NULL, "null", false });
}

static void a_device_without_another_default(void **state) {
  (void)state;
  WALK("\"x\"", "x", true, { "x", "\"x\"", true }, { NULL, "null", false });
  WALK("\"x\"", NULL, true, { "x", "\"x\"", true }, { NULL, "null", false });
}

static void the_default(void **state) {
  (void)state;
  WALK("true", "y", true, { "y", "true", true }, { NULL, "null", false });
}

static void no_default(void **state) {
  (void)state;
  WALK("true", NULL, true, { NULL, "true", true }, { NULL, "null", false });
}

static void the_system_default(void **state) {
  (void)state;
  WALK("null", "y", true, { NULL, "null", true });
  WALK("null", NULL, true, { NULL, "null", true });
}

static void without_retry(void **state) {
  (void)state;
  WALK("\"x\"", "y", false, { "x", "\"x\"", false });
  WALK("true", "y", false, { "y", "true", false });
  WALK("null", "y", false, { NULL, "null", false });
}

static void a_later_rung_may_succeed(void **state) {
  (void)state;
  world w = make("y");
  start(w, "\"x\"", true);
  fail_with(w, expect_request(w, "x", "\"x\"", true), "OverconstrainedError");
  uint32_t second = expect_request(w, "y", "\"y\"", true);
  succeed(w, second, "stream-1");
  expect_quiet(w); /* no error of the attempts before */
  expect_done(w, true, "stream-1", second);
  end(w);
}

static void refusals_end_the_ladder(void **state) {
  (void)state;
  world w = make("y");
  uint32_t first = start(w, "\"x\"", true);
  expect_request(w, "x", "\"x\"", true);
  fail_with(w, first, "NotAllowedError");
  expect_error(w, first, "x", "\"x\"", true);
  expect_quiet(w);
  expect_done(w, false, NULL, first);

  first = start(w, "\"x\"", true);
  expect_request(w, "x", "\"x\"", true);
  fail_with(w, first, "NotFoundError");
  uint32_t second = expect_request(w, "y", "\"y\"", true);
  fail_with(w, second, "NotAllowedError");
  expect_error(w, second, "y", "\"y\"", true);
  expect_quiet(w);
  expect_done(w, false, NULL, second);
  end(w);
}

static void the_default_changes(void **state) {
  (void)state;
  world w = make("y");
  uint32_t first = start(w, "\"x\"", true);
  expect_request(w, "x", "\"x\"", true);
  assert_int_equal(set_default(w, "z"), SP_OK);
  fail_with(w, first, "NotFoundError");
  uint32_t second = expect_request(w, "z", "\"z\"", true);
  assert_int_equal(set_default(w, NULL), SP_OK);
  fail_with(w, second, "NotFoundError");
  uint32_t third = expect_request(w, NULL, "null", false);
  succeed(w, third, "stream-1");
  expect_done(w, true, "stream-1", third);
  end(w);
}

static void configured_flags(void **state) {
  (void)state;
  world w = make(NULL);
  sp_media_config config = { .audio_device_id = SP_STR("y"),
                             .auto_gain_control = SP_STR("false"),
                             .echo_cancellation = SP_STR("{\"exact\":true}") };
  assert_int_equal(sp_media_configure(w.media, &config), SP_OK);
  start(w, "true", true);
  sp_effect effect;
  assert_true(next_effect(w, &effect));
  static const char flags[] = "{\"constraints\":{\"audio\":{\"autoGainControl\":false,"
                              "\"echoCancellation\":{\"exact\":true},\"noiseSuppression\":true,";
  assert_true(sp_str_starts(effect.text, flags));
  assert_true(sp_str_find(effect.text, "\"deviceId\":{\"exact\":\"y\"}", 0) != SIZE_MAX);
  end(w);
}

static void nothing_requested(void **state) {
  static const char *const values[] = { "false", "\"\"", "0" };
  (void)state;
  world w = make("y");
  uint32_t number = 0;
  for (size_t i = 0; i < sizeof values / sizeof *values; i++)
    assert_int_equal(start_with(w, values[i], true, 1, &number), SP_EINVAL);
  assert_int_equal(sp_media_start_audio(w.media, NULL, true, (sp_token){ 0 }, &number), SP_EINVAL);
  assert_true(sp_effects_empty(w.fx));
  expect_waiting(w);
  end(w);
}

static void expect_record(world w, const char *event, const char *members) {
  sp_media_done done;
  assert_true(sp_media_take(w.media, &done));
  assert_int_equal(done.kind, SP_MEDIA_RECORD);
  assert_string_equal(done.event, event);
  if (!sp_str_is(done.list, members)) fail_msg("%.*s", SP_STR_ARG(done.list));
  assert_true(sp_str_is(done.session_id, "s1"));
}

#define AUDIO_REQUEST "\"requestId\":\"7\",\"audioRequested\":true,\"videoRequested\":false,\"displayRequested\":false"

static void telemetry(void **state) {
  (void)state;
  world w = make("y");
  sp_json_doc *doc = NULL;
  uint32_t number = 0;
  assert_int_equal(sp_json_parse(NULL, SP_STR("{\"audio\":true,\"uuid\":7,\"session\":{\"id\":\"s1\"}}"), &doc), SP_OK);
  sp_media_want want = sp_media_want_read(sp_json_root(doc));
  assert_int_equal(sp_media_start(w.media, &want, (sp_token){ SP_OWNER_CORE, 3, 44 }, &number), SP_OK);
  sp_json_free(doc);
  fail_with(w, number, "NotFoundError");
  expect_record(w, "mediaRequested", "{" AUDIO_REQUEST "}");
  expect_record(w, "mediaError", "{" AUDIO_REQUEST ",\"message\":\"NotFoundError - Requested device not found\"}");
  expect_record(w, "mediaRequested", "{" AUDIO_REQUEST "}");
  succeed(w, number + 1, "stream-1");
  expect_record(w, "mediaStarted", "{" AUDIO_REQUEST "}");
  expect_done(w, true, "stream-1", number + 1);
  end(w);
}

static void dropped_requests(void **state) {
  (void)state;
  world w = make("y");
  uint32_t number = start(w, "\"x\"", true);
  expect_request(w, "x", "\"x\"", true);
  sp_media_drop(w.media, number + 10); /* nobody's */
  sp_media_drop(w.media, number);
  succeed(w, number, "late");
  expect_stop(w, "late");
  expect_quiet(w);
  expect_waiting(w);

  number = start(w, "\"x\"", true); /* fails: neither another attempt nor an error */
  expect_request(w, "x", "\"x\"", true);
  sp_media_drop(w.media, number);
  fail_with(w, number, "NotFoundError");
  expect_quiet(w);
  expect_waiting(w);

  number = start(w, "\"x\"", true); /* the number of the request holds for its later attempts */
  expect_request(w, "x", "\"x\"", true);
  fail_with(w, number, "NotFoundError");
  uint32_t second = expect_request(w, "y", "\"y\"", true);
  sp_media_drop(w.media, number);
  succeed(w, second, "later");
  expect_stop(w, "later");
  expect_waiting(w);
  end(w);
}

static void dropped_before_it_was_taken(void **state) {
  (void)state;
  world w = make(NULL);
  uint32_t number = start(w, "true", true);
  expect_request(w, NULL, "true", true);
  succeed(w, number, "stream-1");
  expect_quiet(w);
  sp_media_drop(w.media, number);
  expect_waiting(w);
  expect_stop(w, "stream-1");
  expect_quiet(w);
  end(w);
}

/* A result of an attempt that nobody knows (any more): its microphone must not stay on. */
static void unknown_results(void **state) {
  (void)state;
  world w = make(NULL);
  succeed(w, 7, "stray");
  expect_stop(w, "stray");
  fail_with(w, 7, "NotAllowedError");
  expect_quiet(w);
  uint32_t first = start(w, "true", true);
  expect_request(w, NULL, "true", true);
  fail_with(w, first, "NotFoundError");
  uint32_t second = expect_request(w, NULL, "null", false);
  succeed(w, first, "too late"); /* that attempt is over */
  expect_stop(w, "too late");
  expect_waiting(w);
  succeed(w, second, "stream-1");
  expect_done(w, true, "stream-1", second);
  succeed(w, second, "again");
  expect_stop(w, "again");
  end(w);
}

static void several_at_once(void **state) {
  (void)state;
  world w = make(NULL);
  uint32_t numbers[3];
  for (uint32_t i = 0; i < 3; i++) assert_int_equal(start_with(w, "true", true, i, &numbers[i]), SP_OK);
  succeed(w, numbers[1], "b");
  assert_int_equal(expect_done(w, true, "b", numbers[1]).token.id, 1);
  succeed(w, numbers[0], "a");
  succeed(w, numbers[2], "c");
  bool seen[3] = { false };
  for (int i = 0; i < 2; i++) {
    sp_media_done done;
    assert_true(take(w, &done));
    assert_true(done.ok && done.token.id < 3 && !seen[done.token.id]);
    assert_int_equal(done.request, numbers[done.token.id]);
    assert_true(sp_str_is(done.stream, done.token.id == 0 ? "a" : "c"));
    seen[done.token.id] = true;
  }
  expect_waiting(w);
  end(w);
}

static void requests_are_bounded(void **state) {
  (void)state;
  world w = make(NULL);
  uint32_t number = 0, first = start(w, "true", true);
  for (unsigned i = 1; i < SP_MAX_CALLS; i++) assert_int_equal(start_with(w, "null", true, i, &number), SP_OK);
  assert_int_equal(start_with(w, "null", true, 0, &number), SP_ELIMIT);
  succeed(w, first, "stream-1");
  expect_done(w, true, "stream-1", first);
  assert_int_equal(start_with(w, "null", true, 0, &number), SP_OK);
  end(w); /* with requests under way */
}

/* An attempt that the host never hears of would leave who asked waiting for ever. */
static void attempts_that_cannot_be_queued(void **state) {
  (void)state;
  world w = make("y");
  uint32_t first = start(w, "\"x\"", true), number = 0;
  while (sp_effects_push(w.fx, SP_FX_MEMBER, 0, SP_STR_NONE, SP_STR_NONE)) continue;
  assert_int_equal(start_with(w, "true", true, 1, &number), SP_ENOMEM);
  fail_with(w, first, "NotFoundError");
  expect_done(w, false, NULL, first);
  expect_waiting(w);
  assert_int_equal(sp_effects_take_status(w.fx), SP_ELIMIT);
  end(w);
}

/* --- the nth allocation fails: each request that was started ends once, and no stream is left on --- */

enum { REQUESTS = 4 };

typedef struct ledger {
  unsigned started, dropped, done, streams, closed;
} ledger;

/* The host: the first attempts fail, later ones succeed. */
static void host(world w, ledger *l, unsigned failures) {
  sp_effect effect;
  while (sp_effects_pop(w.fx, &effect)) {
    if (effect.kind == SP_FX_MEDIA_STOP) l->closed++;
    if (effect.kind != SP_FX_MEDIA_REQUEST) continue;
    uint32_t id = effect.id;
    if (failures > 0) {
      failures--;
      fail_with(w, id, "NotFoundError");
    } else {
      l->streams++;
      succeed(w, id, "stream");
    }
  }
}

static void take_all(world w, ledger *l) {
  sp_media_done done;
  while (take(w, &done)) {
    l->done++;
    if (done.ok) l->closed++; /* who asked has it */
  }
}

static ledger play(world w) {
  ledger l = { 0 };
  uint32_t number = 0;
  (void)set_default(w, "y");
  for (unsigned i = 0; i < REQUESTS; i++) {
    if (start_with(w, "\"x\"", true, i, &number) != SP_OK) continue;
    l.started++;
    if (i == 1) sp_media_drop(w.media, number), l.dropped++;
    host(w, &l, i);
    take_all(w, &l);
  }
  sp_effect effect;
  while (sp_effects_pop(w.fx, &effect)) l.closed += effect.kind == SP_FX_MEDIA_STOP;
  return l;
}

static void allocations_fail(void **state) {
  (void)state;
  bool failed = true;
  for (size_t n = 0; failed; n++) {
    world w = { test_alloc_new(n), NULL, NULL };
    w.fx = sp_effects_new(w.alloc);
    w.media = w.fx ? sp_media_new(w.alloc, w.fx, &ids) : NULL;
    failed = n == 0;
    if (w.media) {
      ledger l = play(w);
      assert_int_equal(l.done + l.dropped, l.started);
      bool lost = sp_effects_take_status(w.fx) != SP_OK; /* an effect: the core says so */
      if (!lost) assert_int_equal(l.closed, l.streams);
      if (!test_alloc_failed()) assert_int_equal(l.started, REQUESTS);
    }
    sp_media_free(w.media);
    sp_effects_free(w.fx);
    assert_int_equal(test_alloc_live(), 0);
    failed = failed || test_alloc_failed();
  }
}

/* Either all defaults are new or none. */
static void a_failed_configuration_changes_nothing(void **state) {
  (void)state;
  for (size_t n = 1; n <= 4; n++) {
    world w = { NULL, sp_effects_new(NULL), NULL };
    sp_media_config before = { .audio_device_id = SP_STR("y"),
                               .auto_gain_control = SP_STR("false"),
                               .echo_cancellation = SP_STR("false"),
                               .noise_suppression = SP_STR("false") };
    sp_media_config after = { .audio_device_id = SP_STR("z"),
                              .auto_gain_control = SP_STR("true"),
                              .echo_cancellation = SP_STR("true"),
                              .noise_suppression = SP_STR("true") };
    const sp_alloc *alloc = test_alloc_new(1 + 4 + n); /* the object, its four texts, the new ones */
    w.media = sp_media_new(alloc, w.fx, &ids);
    assert_int_equal(sp_media_configure(w.media, &before), SP_OK);
    assert_int_equal(sp_media_configure(w.media, &after), SP_ENOMEM);
    start(w, "true", true);
    sp_effect effect;
    assert_true(sp_effects_pop(w.fx, &effect));
    assert_int_equal(sp_str_find(effect.text,
                                 "\"autoGainControl\":false,\"echoCancellation\":false,"
                                 "\"noiseSuppression\":false,",
                                 0) != SIZE_MAX,
                     1);
    assert_true(sp_str_find(effect.text, "\"exact\":\"y\"", 0) != SIZE_MAX);
    sp_media_free(w.media);
    sp_effects_free(w.fx);
    assert_int_equal(test_alloc_live(), 0);
  }
}

int main(void) {
  const struct CMUnitTest tests[] = {
    { "a stream", a_stream, NULL, NULL, NULL },
    { "M-27 a device, then the SDK default, then any", a_device_and_another_default, NULL, NULL, NULL },
    { "a device, then any", a_device_without_another_default, NULL, NULL, NULL },
    { "M-28 the SDK default, then any", the_default, NULL, NULL, NULL },
    { "no SDK default: any, twice", no_default, NULL, NULL, NULL },
    { "M-29 the system default, once", the_system_default, NULL, NULL, NULL },
    { "M-30 retry off: one attempt", without_retry, NULL, NULL, NULL },
    { "a later rung may succeed", a_later_rung_may_succeed, NULL, NULL, NULL },
    { "M-19 refusals end the ladder", refusals_end_the_ladder, NULL, NULL, NULL },
    { "M-34 the next rung uses the new default", the_default_changes, NULL, NULL, NULL },
    { "M-37 processing flags of the configuration", configured_flags, NULL, NULL, NULL },
    { "nothing requested", nothing_requested, NULL, NULL, NULL },
    { "M-35 telemetry of a ladder", telemetry, NULL, NULL, NULL },
    { "dropped requests", dropped_requests, NULL, NULL, NULL },
    { "dropped before it was taken", dropped_before_it_was_taken, NULL, NULL, NULL },
    { "results of unknown attempts", unknown_results, NULL, NULL, NULL },
    { "several requests at once", several_at_once, NULL, NULL, NULL },
    { "requests are bounded", requests_are_bounded, NULL, NULL, NULL },
    { "attempts that cannot be queued", attempts_that_cannot_be_queued, NULL, NULL, NULL },
    { "allocations fail", allocations_fail, NULL, NULL, NULL },
    { "a failed configuration changes nothing", a_failed_configuration_changes_nothing, NULL, NULL, NULL },
  };
  return cmocka_run_group_tests_name("media_request", tests, NULL, NULL);
}
