/* SPDX-License-Identifier: MIT */
#include "base/json.h"
#include "base/limits.h"
#include "support.h"
#include "telemetry/batches.h"
#include "telemetry/logger.h"
#include "telemetry/uploader.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

static const uint64_t epoch = UINT64_C(1767323696789);
static const uint8_t seed[SP_SEED_BYTES] = { 7 };
static sp_ids random_ids; /* borrowed by the object under test: a world is copied */

typedef struct world {
  sp_effects *fx;
  sp_logger *l;
  uint64_t now;
  sp_buf line;      /* of the last record */
  sp_buf bodies;    /* of all requests, one after the other */
  sp_buf local;     /* what the loggers said themselves */
  uint32_t request; /* the last one */
  unsigned requests;
  bool keepalive;
} world;

static sp_logger_config config_of(const char *level) {
  return (sp_logger_config){ .environment = SP_STR("mypurecloud.com"),
                             .token = SP_STR("opaque-token-1"),
                             .level = sp_str_from(level),
                             .app_version = SP_STR("1.2.3") };
}

static bool try_make(const sp_alloc *alloc, const sp_logger_config *config, world *w) {
  *w = (world){ .now = 1000 };
  sp_ids_init(&random_ids, seed);
  sp_buf_init(&w->line, alloc, SP_MAX_JSON);
  sp_buf_init(&w->bodies, NULL, SP_MAX_JSON);
  sp_buf_init(&w->local, NULL, SP_MAX_JSON);
  w->fx = sp_effects_new(alloc);
  if (w->fx) w->l = sp_logger_new(alloc, w->fx, &random_ids, config);
  return w->l && sp_logger_set_organization(w->l, w->now, epoch, SP_STR("org-1")) == SP_OK;
}

static void end(world *w) {
  sp_logger_free(w->l);
  sp_effects_free(w->fx);
  sp_buf_free(&w->line);
  sp_buf_free(&w->bodies);
  sp_buf_free(&w->local);
}

static void drain(world *w) {
  for (sp_effect effect; sp_effects_pop(w->fx, &effect);) {
    if (effect.kind == SP_FX_LOG) {
      assert_true(sp_str_ends(effect.text, "\"local\":true}"));
      sp_buf_add(&w->local, effect.name);
      sp_buf_add(&w->local, effect.text);
    } else {
      assert_int_equal(effect.kind, SP_FX_HTTP);
      w->request = effect.id;
      w->requests++;
      w->keepalive = sp_str_find(effect.text, "\"keepalive\":true", 0) != SIZE_MAX;
      sp_buf_add(&w->bodies, effect.text);
    }
  }
}

static world make(const sp_logger_config *config) {
  world w;
  assert_true(try_make(NULL, config, &w));
  drain(&w);
  return w;
}

static bool has(const sp_buf *buf, const char *text) {
  return sp_str_find(sp_buf_str(buf), text, 0) != SIZE_MAX;
}

static void forget(world *w) {
  sp_buf_reset(&w->bodies);
  sp_buf_reset(&w->local);
  w->requests = 0;
}

static void log_as(world *w, sp_log_source source, const char *level, const char *message, const char *details,
                   bool skip_server) {
  sp_log_record record = { source, skip_server, sp_str_from(level), sp_str_from(message), sp_str_from(details) };
  sp_buf_reset(&w->line);
  sp_logger_record(w->l, w->now, epoch, &record, &w->line);
  drain(w);
}

static void log_info(world *w, const char *message) {
  log_as(w, SP_LOG_OF_SDK, "info", message, NULL, false);
}

/* `ms` pass, each deadline in turn. */
static void pass(world *w, uint64_t ms) {
  uint64_t until = w->now + ms;
  for (uint64_t at = sp_logger_deadline(w->l); at <= until; at = sp_logger_deadline(w->l)) {
    if (at > w->now) w->now = at;
    sp_logger_tick(w->l, w->now, epoch + w->now);
    drain(w);
  }
  w->now = until;
}

static void answer(world *w, int status) {
  sp_logger_http_result(w->l, w->now, epoch, w->request, status, SP_STR_NONE);
  drain(w);
}

static bool take(world *w, sp_logger_event_kind kind, sp_logger_event *out) {
  while (sp_logger_take(w->l, out)) {
    if (out->kind == kind) return true;
  }
  return false;
}

static void expect_stopped(world *w, sp_log_source source, int status) {
  sp_logger_event event;
  assert_true(take(w, SP_LOGGER_STOPPED, &event));
  assert_int_equal(event.source, source);
  assert_int_equal(event.status, status);
}

static void expect_nothing_told(world *w) {
  sp_logger_event event;
  assert_false(sp_logger_take(w->l, &event));
}

static void upload_and_answer(world *w, const char *message, int status) {
  log_info(w, message);
  pass(w, SP_UPLOAD_DELAY_MS);
  assert_int_equal(w->requests, 1);
  w->requests = 0;
  answer(w, status);
}

/* --- levels --- */

static void levels(void **state) {
  (void)state;
  static const char *const words[] = { "log", "debug", "info", "warn", "error", "else" };
  static const struct {
    const char *threshold;
    size_t first; /* of the words that are uploaded */
  } rows[] = { { "log", 0 }, { "debug", 1 }, { "info", 2 }, { NULL, 2 }, { "warn", 3 }, { "error", 4 } };
  for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
    for (size_t k = 0; k < sizeof words / sizeof *words; k++) {
      sp_logger_config config = config_of(rows[i].threshold);
      world w = make(&config);
      log_as(&w, SP_LOG_OF_SDK, words[k], "hello", NULL, false);
      pass(&w, SP_UPLOAD_DELAY_MS);
      assert_int_equal(w.requests, (k == 5 ? 2 : k) >= rows[i].first);
      assert_true(sp_str_is(sp_buf_str(&w.line), "{\"message\":\"hello\"}"));
      end(&w);
    }
  }
  assert_true(sp_str_is(sp_logger_level(SP_STR("warn")), "warn"));
  assert_true(sp_str_is(sp_logger_level(SP_STR("loud")), "info"));
}

static void unknown_level(void **state) {
  (void)state;
  sp_logger_config config = config_of("loud");
  world w = make(&config);
  assert_true(has(&w.local,
                  "warn{\"message\":\"Invalid log level: \\\"loud\\\". Default \\\"info\\\" will be used instead.\""));
  log_as(&w, SP_LOG_OF_SDK, "debug", "no", NULL, false);
  log_info(&w, "yes");
  pass(&w, SP_UPLOAD_DELAY_MS);
  assert_int_equal(w.requests, 1);
  assert_false(has(&w.bodies, "\\\"no\\\""));
  end(&w);
}

/* --- where records go --- */

static void requests(void **state) {
  (void)state;
  for (int jwt = 0; jwt <= 1; jwt++) {
    sp_logger_config config = config_of("info");
    config.is_jwt = jwt;
    world w = make(&config);
    log_as(&w, SP_LOG_OF_SDK, "info", "hello", "{\"a\":1}", false);
    pass(&w, 999);
    assert_int_equal(w.requests, 0);
    pass(&w, 1);
    const char *url = jwt ? "\"https://api.mypurecloud.com/api/v2/diagnostics/trace/backgroundassistant\""
                          : "\"https://api.mypurecloud.com/api/v2/diagnostics/trace\"";
    assert_true(has(&w.bodies, url));
    assert_true(has(&w.bodies, "\"Bearer opaque-token-1\""));
    assert_true(has(&w.bodies, "{\\\"app\\\":{\\\"appId\\\":\\\"webrtc-sdk\\\",\\\"appVersion\\\":\\\"1.2.3\\\"}"));
    assert_true(has(&w.bodies, "\\\\\\\"details\\\\\\\":{\\\\\\\"a\\\\\\\":1}"));
    assert_false(has(&w.bodies, "originAppName"));
    end(&w);
  }
  sp_logger_config local = config_of("info");
  local.environment = SP_STR("http://127.0.0.1:1");
  world w = make(&local);
  log_info(&w, "hello");
  pass(&w, SP_UPLOAD_DELAY_MS);
  assert_true(has(&w.bodies, "\"http://127.0.0.1:1/api/v2/diagnostics/trace\""));
  end(&w);
}

static void who_is_not_logged(void **state) {
  (void)state;
  static const struct {
    bool guest, opted_out, no_version;
    const char *said;
  } rows[] = { { true, false, false, "debug{\"message\":\"Guests are not logged" },
               { false, true, false, "debug{\"message\":\"Server logging is off" },
               { false, false, true, "error{\"message\":\"Missing `url` and/or `appVersion`" } };
  for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
    sp_logger_config config = config_of("log");
    config.guest = rows[i].guest;
    config.opted_out = rows[i].opted_out;
    if (rows[i].no_version) config.app_version = SP_STR_NONE;
    world w = make(&config);
    assert_true(has(&w.local, rows[i].said));
    forget(&w);
    log_as(&w, SP_LOG_OF_SDK, "error", "Bearer abc", NULL, false);
    assert_true(sp_str_is(sp_buf_str(&w.line), "{\"message\":\"Bearer [redacted]\"}"));
    assert_false(sp_logger_flush(w.l, w.now, epoch, 1));
    assert_true(sp_logger_deadline(w.l) == SP_NEVER);
    sp_logger_start(w.l, SP_LOG_OF_SDK);
    drain(&w);
    assert_true(has(&w.local, "warn{\"message\":\"Server logging is not set up"));
    assert_int_equal(w.requests, 0);
    expect_nothing_told(&w);
    end(&w);
  }
}

static void skip_server(void **state) {
  (void)state;
  sp_logger_config config = config_of("log");
  world w = make(&config);
  log_as(&w, SP_LOG_OF_SDK, "error", "hidden", NULL, true);
  pass(&w, 5000);
  assert_int_equal(w.requests, 0);
  assert_true(has(&w.line, "hidden"));
  end(&w);
}

static void streaming_names_the_sdk(void **state) {
  (void)state;
  sp_logger_config config = config_of("info");
  world w = make(&config);
  log_as(&w, SP_LOG_OF_STREAMING, "info", "hello", NULL, false);
  pass(&w, SP_UPLOAD_DELAY_MS);
  assert_true(has(&w.bodies, "\\\"topic\\\":\\\"streaming-client\\\""));
  assert_true(has(&w.bodies, "originAppName\\\\\\\":\\\\\\\"webrtc-sdk"));
  assert_true(has(&w.bodies, "originAppVersion\\\\\\\":\\\\\\\"1.2.3"));
  sp_str id = sp_logger_client_id(w.l, SP_LOG_OF_SDK);
  assert_int_equal(id.len, SP_UUID_LEN);
  char origin[80] = "originAppId\\\\\\\":\\\\\\\"";
  memcpy(origin + strlen(origin), id.ptr, id.len);
  assert_true(has(&w.bodies, origin));
  end(&w);
}

/* --- batches and requests --- */

static void two_messages_one_request(void **state) {
  (void)state;
  sp_logger_config config = config_of("info");
  world w = make(&config);
  log_info(&w, "first");
  pass(&w, 900);
  log_info(&w, "second");
  pass(&w, 99);
  assert_int_equal(w.requests, 0);
  pass(&w, 1);
  assert_int_equal(w.requests, 1);
  sp_str all = sp_buf_str(&w.bodies);
  assert_true(sp_str_find(all, "second", 0) < sp_str_find(all, "first", 0));
  end(&w);
}

/* The details are what makes the trace large; the warning does not repeat them. */
static void large_records(void **state) {
  (void)state;
  sp_logger_config config = config_of("info");
  world w = make(&config);
  char details[15003];
  memset(details, 'x', sizeof details);
  details[0] = details[15001] = '"';
  details[15002] = '\0';
  log_as(&w, SP_LOG_OF_SDK, "info", "large", details, false);
  assert_true(has(&w.local, "warn{\"message\":\"message too large to send to server. truncated log details\""));
  assert_false(has(&w.local, "xxxx"));
  details[0] = details[15001] = 'y';
  log_info(&w, details);
  assert_true(has(&w.local, "truncated log details & log message"));
  pass(&w, SP_UPLOAD_DELAY_MS);
  assert_true(has(&w.bodies, "[[TRUNCATED]]"));
  assert_true(w.bodies.len < 3000);
  end(&w);
}

static void a_full_batch_goes_at_once(void **state) {
  (void)state;
  sp_logger_config config = config_of("info");
  world w = make(&config);
  char text[8001];
  memset(text, 'a', 8000);
  text[8000] = '\0';
  log_info(&w, text);
  memset(text, 'b', 8000);
  log_info(&w, text);
  assert_int_equal(w.requests, 1);
  assert_true(has(&w.bodies, "aaaa"));
  assert_false(has(&w.bodies, "bbbb"));
  pass(&w, 5000);
  assert_int_equal(w.requests, 1); /* what is left waits for the request to settle */
  answer(&w, 200);
  pass(&w, SP_UPLOAD_DELAY_MS);
  assert_int_equal(w.requests, 2);
  end(&w);
}

/* --- stopping and starting (§4.10) --- */

static void unauthorized(void **state) {
  (void)state;
  sp_logger_config config = config_of("info");
  world w = make(&config);
  sp_logger_event event;
  upload_and_answer(&w, "first", 401);
  assert_true(has(&w.local, "warn{\"message\":\"received a 401 from logUploader. stopping logging to server\""));
  assert_true(take(&w, SP_LOGGER_FAILED, &event));
  assert_int_equal(event.status, 401);
  assert_int_equal(event.request, w.request);
  expect_stopped(&w, SP_LOG_OF_SDK, 401);
  assert_true(take(&w, SP_LOGGER_LOAD, &event));
  sp_logger_stored(w.l, w.now, epoch, SP_STR_NONE);
  assert_true(take(&w, SP_LOGGER_STORE, &event));
  sp_buf store;
  sp_buf_init(&store, NULL, SP_MAX_JSON);
  sp_buf_add(&store, event.text);
  log_info(&w, "while stopped");
  pass(&w, 60000);
  assert_int_equal(w.requests, 0);
  assert_int_equal(sp_logger_set_token(w.l, SP_STR("opaque-token-2")), SP_OK);
  assert_true(take(&w, SP_LOGGER_STARTED, &event));
  forget(&w);
  upload_and_answer(&w, "second", 200);
  assert_true(has(&w.bodies, "second"));
  assert_true(has(&w.bodies, "Bearer opaque-token-2"));
  assert_true(take(&w, SP_LOGGER_LOAD, &event));
  forget(&w);
  sp_logger_stored(w.l, w.now, epoch, sp_buf_str(&store));
  assert_true(take(&w, SP_LOGGER_STORE, &event));
  assert_int_equal(event.text.len, 0);
  pass(&w, 0);
  assert_int_equal(w.requests, 1);
  assert_true(has(&w.bodies, "first"));
  assert_true(has(&w.bodies, "Bearer opaque-token-2"));
  assert_false(has(&w.bodies, "while stopped"));
  sp_buf_free(&store);
  end(&w);
}

static void forbidden(void **state) {
  (void)state;
  for (int status = 403; status <= 404; status++) {
    sp_logger_config config = config_of("info");
    world w = make(&config);
    upload_and_answer(&w, "first", status);
    expect_stopped(&w, SP_LOG_OF_SDK, status);
    expect_nothing_told(&w);
    assert_int_equal(sp_logger_set_token(w.l, SP_STR("opaque-token-2")), SP_OK);
    expect_nothing_told(&w);
    log_info(&w, "second");
    pass(&w, 60000);
    assert_int_equal(w.requests, 0);
    sp_logger_start(w.l, SP_LOG_OF_SDK);
    upload_and_answer(&w, "third", 200);
    end(&w);
  }
}

static void stopped_by_hand(void **state) {
  (void)state;
  sp_logger_config config = config_of("info");
  world w = make(&config);
  log_info(&w, "first");
  pass(&w, SP_UPLOAD_DELAY_MS);
  sp_logger_stop(w.l, w.now, epoch, SP_LOG_OF_SDK, 0);
  expect_stopped(&w, SP_LOG_OF_SDK, 0);
  answer(&w, 401);
  assert_false(has(&w.local, "stopping logging"));
  sp_logger_event event;
  assert_false(take(&w, SP_LOGGER_STOPPED, &event));
  assert_int_equal(sp_logger_set_token(w.l, SP_STR("opaque-token-2")), SP_OK);
  assert_false(take(&w, SP_LOGGER_STARTED, &event));
  log_info(&w, "second");
  pass(&w, 60000);
  assert_int_equal(w.requests, 1);
  end(&w);
}

static void other_statuses_go_on(void **state) {
  (void)state;
  sp_logger_config config = config_of("info");
  world w = make(&config);
  upload_and_answer(&w, "first", 502);
  sp_logger_event event;
  assert_true(take(&w, SP_LOGGER_FAILED, &event));
  expect_nothing_told(&w);
  upload_and_answer(&w, "second", 200);
  end(&w);
}

static void loggers_stop_apart(void **state) {
  (void)state;
  sp_logger_config config = config_of("info");
  world w = make(&config);
  log_info(&w, "of the SDK");
  log_as(&w, SP_LOG_OF_STREAMING, "info", "of streaming", NULL, false);
  pass(&w, SP_UPLOAD_DELAY_MS);
  assert_int_equal(w.requests, 1); /* one URL, one request in flight */
  sp_logger_stop(w.l, w.now, epoch, SP_LOG_OF_SDK, 0);
  answer(&w, 200);
  pass(&w, 0);
  assert_int_equal(w.requests, 2);
  assert_true(has(&w.bodies, "of streaming"));
  end(&w);
}

static void paused_from_the_start(void **state) {
  (void)state;
  sp_logger_config config = config_of("info");
  config.paused = true;
  world w = make(&config);
  log_info(&w, "first");
  pass(&w, 60000);
  assert_int_equal(w.requests, 0);
  sp_logger_start(w.l, SP_LOG_OF_SDK);
  upload_and_answer(&w, "second", 200);
  assert_false(has(&w.bodies, "first"));
  end(&w);
}

/* --- the page goes away --- */

static void hidden(void **state) {
  (void)state;
  sp_logger_config config = config_of("info");
  world w = make(&config);
  log_info(&w, "first");
  log_as(&w, SP_LOG_OF_STREAMING, "warn", "second", NULL, false);
  assert_true(sp_logger_flush(w.l, w.now, epoch, 3));
  drain(&w);
  assert_int_equal(w.requests, 2);
  assert_true(w.keepalive);
  assert_false(sp_logger_flush(w.l, w.now, epoch, 0));
  pass(&w, 60000);
  assert_int_equal(w.requests, 2);
  end(&w);
}

static void hidden_while_offline(void **state) {
  (void)state;
  sp_logger_config config = config_of("info");
  world w = make(&config);
  sp_logger_event event;
  log_info(&w, "first");
  sp_logger_set_online(w.l, false);
  sp_logger_flush(w.l, w.now, epoch, 0);
  drain(&w);
  assert_int_equal(w.requests, 0);
  assert_true(take(&w, SP_LOGGER_LOAD, &event));
  sp_logger_stored(w.l, w.now, epoch, SP_STR("not JSON"));
  assert_true(take(&w, SP_LOGGER_STORE, &event));
  assert_true(sp_str_find(event.text, "first", 0) != SIZE_MAX);
  assert_true(sp_str_find(event.text, "opaque-token-1", 0) == SIZE_MAX);
  end(&w);
}

/* --- secrets --- */

/* At the lowest level, through message and details, of both loggers: no request body holds one of them, no local line
   one of the secrets of §6.1. */
static void nothing_leaks(void **state) {
  (void)state;
  static const char *const always[] = { "opaque-token-1", "eyJhbGciOi", "turn-credential", "s3curity-code",
                                        "ice-secret" };
  static const char *const server[] = { "2130706431", "203.0.113.7", "2001:db8", "13175550100", "v=0 sdp-line" };
  static const char message[] =
      "m opaque-token-1 eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJhbmEifQ.c2ln s3curity-code a=ice-pwd:ice-secret\r\n"
      "candidate:1 1 udp 2130706431 203.0.113.7 1 typ host\n203.0.113.7 2001:db8::1 tel:+13175550100";
  static const char details[] =
      "{\"iceServers\":[{\"credential\":\"turn-credential\"}],\"accessToken\":\"opaque-token-1\",\"sdp\":\"v=0 "
      "sdp-line\","
      "\"h\":{\"Authorization\":\"Bearer "
      "opaque-token-1\"},\"p\":[{\"address\":\"tel:+13175550100\",\"ani\":\"13175550100\"}],"
      "\"text\":\"candidate:1 1 udp 2130706431 203.0.113.7 1 typ host\",\"securityCode\":\"s3curity-code\","
      "\"url\":\"wss://x/?jwt=eyJhbGciOiJIUzI1NiJ9\",\"s\":\"2001:db8::1\",\"d\":\"s3curity-code\"}";
  sp_logger_config config = config_of("log");
  world w = make(&config);
  assert_int_equal(sp_logger_learn_secret(w.l, SP_STR("s3curity-code")), SP_OK);
  for (int source = 0; source < SP_LOG_SOURCES; source++) {
    log_as(&w, (sp_log_source)source, "log", message, details, false);
    for (size_t i = 0; i < sizeof always / sizeof *always; i++) {
      if (has(&w.line, always[i])) fail_msg("%s in %.*s", always[i], SP_STR_ARG(sp_buf_str(&w.line)));
    }
  }
  sp_logger_flush(w.l, w.now, epoch, 0);
  drain(&w);
  assert_int_equal(w.requests, 2);
  for (size_t i = 1; i < sizeof always / sizeof *always; i++) assert_false(has(&w.bodies, always[i]));
  for (size_t i = 0; i < sizeof server / sizeof *server; i++) assert_false(has(&w.bodies, server[i]));
  /* The token stands in the header of each request, and nowhere else. */
  size_t seen = 0;
  for (size_t at = 0; (at = sp_str_find(sp_buf_str(&w.bodies), "opaque-token-1", at)) != SIZE_MAX; at++) seen++;
  assert_int_equal(seen, 2);
  end(&w);
}

static void details_that_are_no_json(void **state) {
  (void)state;
  sp_logger_config config = config_of("info");
  world w = make(&config);
  log_as(&w, SP_LOG_OF_SDK, "info", "m", "{\"a\":", false);
  assert_true(sp_str_is(sp_buf_str(&w.line), "{\"message\":\"m\",\"details\":\"[redacted]\"}"));
  log_as(&w, SP_LOG_OF_SDK, "info", "", "null", false);
  assert_true(sp_str_is(sp_buf_str(&w.line), "{\"message\":\"\",\"details\":null}"));
  pass(&w, SP_UPLOAD_DELAY_MS);
  assert_true(has(&w.bodies, "\\\\\\\"details\\\\\\\":\\\\\\\"[redacted]\\\\\\\""));
  end(&w);
}

/* --- memory --- */

static void run_a_little_of_everything(world *w) {
  for (int i = 0; i < 4; i++) {
    log_as(w, (sp_log_source)(i % 2), "error", "a message with opaque-token-1", "{\"pwd\":\"opaque-token-1\"}", false);
    if (w->line.status == SP_OK) assert_false(has(&w->line, "opaque-token-1"));
    pass(w, 1500);
    if (w->request) answer(w, i == 1 ? 401 : 200);
    sp_logger_event event;
    while (sp_logger_take(w->l, &event)) {
      if (event.kind == SP_LOGGER_LOAD) sp_logger_stored(w->l, w->now, epoch, SP_STR_NONE);
    }
    (void)sp_logger_set_token(w->l, SP_STR("opaque-token-2"));
    if (i == 2) sp_logger_flush(w->l, w->now, epoch, 1);
  }
}

static void every_allocation_fails(void **state) {
  (void)state;
  sp_logger_config config = config_of("loud");
  config.origin_name = config.origin_version = config.origin_id = SP_STR("o");
  config.headers_json = SP_STR("{\"a\":\"b\"}");
  bool failed = true;
  for (size_t n = 1; failed; n++) {
    world w;
    if (try_make(test_alloc_new(n), &config, &w)) run_a_little_of_everything(&w);
    end(&w);
    assert_int_equal(test_alloc_live(), 0);
    failed = test_alloc_failed();
  }
}

int main(void) {
  const struct CMUnitTest tests[] = {
    { "L-1 L-2 levels", levels, NULL, NULL, NULL },
    { "L-3 an unknown level acts as info", unknown_level, NULL, NULL, NULL },
    { "L-17 L-37 requests", requests, NULL, NULL, NULL },
    { "L-15 L-16 guests and who opted out", who_is_not_logged, NULL, NULL, NULL },
    { "L-46 skipServer", skip_server, NULL, NULL, NULL },
    { "the streaming part names the SDK", streaming_names_the_sdk, NULL, NULL, NULL },
    { "L-18 L-19 two messages, one request", two_messages_one_request, NULL, NULL, NULL },
    { "L-20 L-21 large records", large_records, NULL, NULL, NULL },
    { "L-22 a full batch goes at once", a_full_batch_goes_at_once, NULL, NULL, NULL },
    { "L-29 401 stops until there is a token", unauthorized, NULL, NULL, NULL },
    { "L-30 403 and 404 stop for good", forbidden, NULL, NULL, NULL },
    { "L-31 a stop by hand stays", stopped_by_hand, NULL, NULL, NULL },
    { "L-28 logging goes on", other_statuses_go_on, NULL, NULL, NULL },
    { "L-25 L-32 loggers stop apart", loggers_stop_apart, NULL, NULL, NULL },
    { "paused from the start", paused_from_the_start, NULL, NULL, NULL },
    { "L-34 hidden", hidden, NULL, NULL, NULL },
    { "L-35 hidden while offline", hidden_while_offline, NULL, NULL, NULL },
    { "L-44 L-49 nothing leaks", nothing_leaks, NULL, NULL, NULL },
    { "details that are no JSON", details_that_are_no_json, NULL, NULL, NULL },
    { "every allocation fails in turn", every_allocation_fails, NULL, NULL, NULL },
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
