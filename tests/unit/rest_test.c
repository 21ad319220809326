/* SPDX-License-Identifier: MIT */
#include "base/limits.h"
#include "base/status.h"
#include "rest/rest.h"
#include "support.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

static const sp_token token = { SP_OWNER_CORE, 3, 44 };

typedef struct world {
  sp_effects *fx;
  sp_rest *rest;
} world;

static world make(const char *environment, const char *headers) {
  world w = { sp_effects_new(NULL), NULL };
  w.rest = sp_rest_new(NULL, w.fx, sp_str_from(environment), sp_str_from(headers));
  assert_non_null(w.rest);
  assert_int_equal(sp_rest_set_token(w.rest, SP_STR("secret")), SP_OK);
  return w;
}

static void end(world w) {
  assert_int_equal(sp_effects_take_status(w.fx), SP_OK);
  sp_rest_free(w.rest);
  sp_effects_free(w.fx);
}

static void request(world w, const char *method, const char *path, const char *body, unsigned flags) {
  int status = sp_rest_request(w.rest, 0, method, sp_str_from(path), sp_str_from(body), flags, 0, token);
  assert_int_equal(status, SP_OK);
}

/* The number of the request that leaves next, which must be an HTTP effect with this text. */
static uint32_t expect_http(world w, const char *method, const char *text) {
  sp_effect effect;
  assert_true(sp_effects_pop(w.fx, &effect));
  assert_int_equal(effect.kind, SP_FX_HTTP);
  assert_true(sp_str_is(effect.name, method));
  if (text && !sp_str_is(effect.text, text)) fail_msg("%.*s", SP_STR_ARG(effect.text));
  return effect.id;
}

static void answer(world w, uint64_t now, uint32_t id, int status, const char *retry_after, const char *body) {
  sp_rest_result_input(w.rest, now, id, SP_HTTP_OK, status, sp_str_from(retry_after), sp_str_from(body));
}

static sp_rest_result expect_result(world w, sp_http_failure failure, int status) {
  sp_rest_result result;
  assert_true(sp_rest_take(w.rest, &result));
  assert_int_equal(result.failure, failure);
  assert_int_equal(result.status, status);
  assert_int_equal(result.token.owner, token.owner);
  assert_int_equal(result.token.op, token.op);
  assert_int_equal(result.token.id, token.id);
  return result;
}

static void expect_nothing(world w) {
  sp_rest_result result;
  assert_true(sp_effects_empty(w.fx));
  assert_false(sp_rest_take(w.rest, &result));
}

/* wire.md §2.1. */
static void w_2_1_urls_and_headers(void **state) {
  static const struct {
    const char *environment, *headers, *path, *body;
    unsigned flags;
    const char *text;
  } cases[] = {
    { "mypurecloud.com", NULL, "users/me?expand=station", NULL, 0,
      "{\"url\":\"https://api.mypurecloud.com/api/v2/users/me?expand=station\","
      "\"headers\":{\"Authorization\":\"Bearer secret\"},\"timeout\":30000}" },
    { "http://127.0.0.1:8080", NULL, "//a/b/", "{\"x\":\"y\"}", 0,
      "{\"url\":\"http://127.0.0.1:8080/api/v2/a/b\",\"headers\":{\"content-type\":\"application/json\","
      "\"Authorization\":\"Bearer secret\"},\"body\":\"{\\\"x\\\":\\\"y\\\"}\",\"timeout\":30000}" },
    { "x", NULL, "conversations/codes", "{}", SP_REST_NO_AUTH,
      "{\"url\":\"https://api.x/api/v2/conversations/codes\",\"headers\":{\"content-type\":\"application/"
      "json\"},"
      "\"body\":\"{}\",\"timeout\":30000}" },
    { "x", "{\"X-App\":\"desk\",\"AUTHORIZATION\":\"mine\",\"Content-Type\":\"text/x\",\"n\":1}", "p", NULL, 0,
      "{\"url\":\"https://api.x/api/v2/p\",\"headers\":{\"X-App\":\"desk\",\"Content-Type\":\"text/x\","
      "\"Authorization\":\"Bearer secret\"},\"timeout\":30000}" },
    { "x", "{\"X-App\":\"desk\",\"authorization\":\"mine\",\"Content-Type\":\"text/x\"}", "p", "1", SP_REST_NO_AUTH,
      "{\"url\":\"https://api.x/api/v2/p\",\"headers\":{\"X-App\":\"desk\",\"content-type\":\"application/"
      "json\"},"
      "\"body\":\"1\",\"timeout\":30000}" },
    { "x", "not json", "p", NULL, SP_REST_NO_AUTH,
      "{\"url\":\"https://api.x/api/v2/p\",\"headers\":{},\"timeout\":30000}" },
  };
  (void)state;
  for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
    world w = make(cases[i].environment, cases[i].headers);
    request(w, "POST", cases[i].path, cases[i].body, cases[i].flags);
    assert_true(expect_http(w, "POST", cases[i].text) > 0);
    expect_nothing(w);
    end(w);
  }
}

static void the_token_is_read_at_call_time(void **state) {
  world w = make("x", NULL);
  (void)state;
  request(w, "GET", "p", NULL, SP_REST_RETRY);
  uint32_t id = expect_http(w, "GET", NULL);
  assert_int_equal(sp_rest_set_token(w.rest, SP_STR("new")), SP_OK);
  answer(w, 0, id, 503, NULL, NULL);
  sp_rest_tick(w.rest, SP_REST_RETRY_WAIT_MS);
  expect_http(w, "GET",
              "{\"url\":\"https://api.x/api/v2/p\",\"headers\":{\"Authorization\":\"Bearer new\"},"
              "\"timeout\":30000}");
  assert_int_equal(sp_rest_set_token(w.rest, SP_STR_NONE), SP_OK);
  request(w, "GET", "p", NULL, 0);
  expect_http(w, "GET", "{\"url\":\"https://api.x/api/v2/p\",\"headers\":{},\"timeout\":30000}");
  end(w);
}

static void results_carry_status_body_and_token(void **state) {
  world w = make("x", NULL);
  sp_rest_result result;
  (void)state;
  for (int i = 0; i < 4; i++) request(w, "GET", "p", NULL, 0);
  uint32_t a = expect_http(w, "GET", NULL), b = expect_http(w, "GET", NULL);
  uint32_t c = expect_http(w, "GET", NULL), d = expect_http(w, "GET", NULL);
  answer(w, 0, b, 404, NULL, "{\"code\":\"not.found\"}");
  answer(w, 0, a, 200, NULL, "{\"id\":\"u1\"}");
  answer(w, 0, a, 500, NULL, NULL);
  answer(w, 0, 4242, 200, NULL, NULL);
  answer(w, 0, c, 204, NULL, "");
  sp_rest_result_input(w.rest, 0, d, SP_HTTP_TIMEOUT, 0, SP_STR_NONE, SP_STR_NONE);
  result = expect_result(w, SP_HTTP_OK, 404);
  assert_false(result.ok || result.has_retry_after);
  assert_int_equal(result.request, b);
  assert_true(sp_str_is(sp_json_get_str(result.body, "code"), "not.found"));
  result = expect_result(w, SP_HTTP_OK, 200);
  assert_true(result.ok);
  assert_true(sp_str_is(sp_json_get_str(result.body, "id"), "u1"));
  result = expect_result(w, SP_HTTP_OK, 204);
  assert_true(result.ok);
  assert_null(result.body);
  result = expect_result(w, SP_HTTP_TIMEOUT, 0);
  assert_false(result.ok);
  assert_int_equal(result.request, d);
  expect_nothing(w);
  request(w, "GET", "p", NULL, 0);
  answer(w, 0, expect_http(w, "GET", NULL), 200, NULL, "<html>");
  assert_null(expect_result(w, SP_HTTP_OK, 200).body);
  end(w);
}

/* wire.md §2.3: how long the wait after one answer is; -1: no further try. */
static void w_2_3_what_is_tried_again(void **state) {
  static const struct {
    sp_http_failure failure;
    int status;
    const char *retry_after;
    unsigned flags;
    long wait;
  } cases[] = {
    { SP_HTTP_OK, 200, NULL, SP_REST_RETRY, -1 },
    { SP_HTTP_OK, 200, "3", SP_REST_RETRY, -1 },
    { SP_HTTP_OK, 408, NULL, SP_REST_RETRY, 15000 },
    { SP_HTTP_OK, 413, NULL, SP_REST_RETRY, 15000 },
    { SP_HTTP_OK, 429, NULL, SP_REST_RETRY, 15000 },
    { SP_HTTP_OK, 500, NULL, SP_REST_RETRY, 15000 },
    { SP_HTTP_OK, 502, NULL, SP_REST_RETRY, 15000 },
    { SP_HTTP_OK, 503, NULL, SP_REST_RETRY, 15000 },
    { SP_HTTP_OK, 504, NULL, SP_REST_RETRY, 15000 },
    { SP_HTTP_OK, 429, " 3 ", SP_REST_RETRY, 3000 },
    { SP_HTTP_OK, 400, "2", SP_REST_RETRY, 2000 },
    { SP_HTTP_OK, 503, "0", SP_REST_RETRY, 0 },
    { SP_HTTP_OK, 401, "Wed, 21 Oct 2015 07:28:00 GMT", SP_REST_RETRY, 15000 },
    { SP_HTTP_OK, 503, "-1", SP_REST_RETRY, 15000 },
    { SP_HTTP_OK, 503, "99999999999", SP_REST_RETRY, 4294967295000 },
    { SP_HTTP_OK, 400, NULL, SP_REST_RETRY, -1 },
    { SP_HTTP_OK, 400, "", SP_REST_RETRY, -1 },
    { SP_HTTP_OK, 401, NULL, SP_REST_RETRY, -1 },
    { SP_HTTP_OK, 501, NULL, SP_REST_RETRY, -1 },
    { SP_HTTP_NETWORK, 0, NULL, SP_REST_RETRY, 15000 },
    { SP_HTTP_TIMEOUT, 0, NULL, SP_REST_RETRY, 15000 },
    { SP_HTTP_OK, 503, "3", 0, -1 },
    { SP_HTTP_NETWORK, 0, NULL, 0, -1 },
  };
  (void)state;
  for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
    world w = make("x", NULL);
    request(w, "GET", "p", NULL, cases[i].flags);
    uint32_t id = expect_http(w, "GET", NULL);
    sp_rest_result_input(w.rest, 1000, id, cases[i].failure, cases[i].status, sp_str_from(cases[i].retry_after),
                         SP_STR_NONE);
    if (cases[i].wait < 0) {
      assert_true(sp_rest_deadline(w.rest) == SP_NEVER);
      assert_int_equal(expect_result(w, cases[i].failure, cases[i].status).request, id);
    } else {
      uint64_t at = 1000 + (uint64_t)cases[i].wait;
      if (sp_rest_deadline(w.rest) != at) fail_msg("case %zu", i);
      if (at > 1000) sp_rest_tick(w.rest, at - 1);
      expect_nothing(w);
      sp_rest_tick(w.rest, at);
      assert_true(expect_http(w, "GET", NULL) != id);
      assert_true(sp_rest_deadline(w.rest) == SP_NEVER);
    }
    expect_nothing(w);
    end(w);
  }
}

static void retry_after_is_reported_in_seconds(void **state) {
  world w = make("x", NULL);
  (void)state;
  request(w, "GET", "p", NULL, 0);
  answer(w, 0, expect_http(w, "GET", NULL), 503, "7", NULL);
  sp_rest_result result = expect_result(w, SP_HTTP_OK, 503);
  assert_true(result.has_retry_after);
  assert_int_equal(result.retry_after_s, 7);
  request(w, "GET", "p", NULL, 0);
  answer(w, 0, expect_http(w, "GET", NULL), 503, "soon", NULL);
  assert_false(expect_result(w, SP_HTTP_OK, 503).has_retry_after);
  end(w);
}

static void w_2_3_ten_tries_in_total(void **state) {
  world w = make("x", NULL);
  uint64_t now = 0;
  uint32_t id = 0;
  (void)state;
  request(w, "GET", "p", NULL, SP_REST_RETRY);
  for (unsigned i = 1; i <= SP_REST_RETRY_TRIES; i++) {
    uint32_t number = expect_http(w, "GET", NULL);
    assert_true(number > id);
    answer(w, now, id, 200, NULL, NULL); /* a late answer to the try before */
    expect_nothing(w);
    id = number;
    answer(w, now, id, 503, NULL, "{\"try\":1}");
    sp_rest_tick(w.rest, now += SP_REST_RETRY_WAIT_MS);
  }
  assert_int_equal(expect_result(w, SP_HTTP_OK, 503).request, id);
  expect_nothing(w);
  end(w);
}

/* wire.md §2.3: disconnecting cancels every outstanding retrying request. */
static void w_2_3_cancelling_retries(void **state) {
  world w = make("x", NULL);
  sp_effect effect;
  (void)state;
  request(w, "GET", "waits", NULL, SP_REST_RETRY);
  request(w, "GET", "in flight", NULL, SP_REST_RETRY);
  request(w, "GET", "no retry", NULL, 0);
  uint32_t waits = expect_http(w, "GET", NULL), in_flight = expect_http(w, "GET", NULL);
  uint32_t plain = expect_http(w, "GET", NULL);
  answer(w, 0, waits, 503, NULL, NULL);
  sp_rest_cancel_retries(w.rest);
  assert_true(sp_effects_pop(w.fx, &effect));
  assert_int_equal(effect.kind, SP_FX_HTTP_ABORT);
  assert_int_equal(effect.id, in_flight);
  assert_true(sp_effects_empty(w.fx));
  assert_true(sp_rest_deadline(w.rest) == SP_NEVER);
  answer(w, 0, in_flight, 200, NULL, NULL);
  assert_int_equal(expect_result(w, SP_HTTP_CANCELLED, 0).request, waits);
  assert_int_equal(expect_result(w, SP_HTTP_CANCELLED, 0).request, in_flight);
  expect_nothing(w);
  answer(w, 0, plain, 200, NULL, NULL);
  expect_result(w, SP_HTTP_OK, 200);
  end(w);
}

static void dropping_an_owner(void **state) {
  world w = make("x", NULL);
  sp_effect effect;
  sp_token other = { SP_OWNER_STREAMING, 0, 0 };
  (void)state;
  for (int i = 0; i < 3; i++)
    assert_int_equal(sp_rest_request(w.rest, 0, "GET", SP_STR("p"), SP_STR_NONE, SP_REST_RETRY, 10000, other), SP_OK);
  request(w, "GET", "p", NULL, 0);
  uint32_t done = expect_http(w, "GET", NULL), waits = expect_http(w, "GET", NULL);
  uint32_t in_flight = expect_http(w, "GET",
                                   "{\"url\":\"https://api.x/api/v2/p\",\"headers\":{\"Authorization\":"
                                   "\"Bearer secret\"},\"timeout\":10000}");
  uint32_t kept = expect_http(w, "GET", NULL);
  answer(w, 0, done, 200, NULL, "{}");
  answer(w, 0, waits, 503, NULL, NULL);
  sp_rest_drop_owner(w.rest, SP_OWNER_STREAMING);
  assert_true(sp_effects_pop(w.fx, &effect));
  assert_int_equal(effect.kind, SP_FX_HTTP_ABORT);
  assert_int_equal(effect.id, in_flight);
  expect_nothing(w);
  assert_true(sp_rest_deadline(w.rest) == SP_NEVER);
  answer(w, 0, kept, 200, NULL, NULL);
  expect_result(w, SP_HTTP_OK, 200);
  end(w);
}

static void the_number_of_requests_is_limited(void **state) {
  world w = make("x", NULL);
  (void)state;
  for (unsigned i = 0; i < SP_MAX_REST_REQUESTS; i++) request(w, "GET", "p", NULL, 0);
  assert_int_equal(sp_rest_request(w.rest, 0, "GET", SP_STR("p"), SP_STR_NONE, 0, 0, token), SP_ELIMIT);
  answer(w, 0, expect_http(w, "GET", NULL), 200, NULL, NULL);
  expect_result(w, SP_HTTP_OK, 200);
  request(w, "GET", "p", NULL, 0);
  for (sp_effect effect; sp_effects_pop(w.fx, &effect);) {
  }
  end(w);
}

static void numbers_are_never_shared(void **state) {
  world w = make("x", NULL);
  (void)state;
  request(w, "GET", "p", NULL, 0);
  uint32_t first = expect_http(w, "GET", NULL), media = sp_rest_next_number(w.rest);
  request(w, "GET", "p", NULL, 0);
  uint32_t second = expect_http(w, "GET", NULL);
  assert_true(first != media && media != second && first != second);
  end(w);
}

static void drain(sp_effects *fx, uint32_t *last) {
  for (sp_effect effect; sp_effects_pop(fx, &effect);) *last = effect.id;
}

/* One request with a retry and a body, with the nth allocation failing: it is told, and nothing leaks. */
static void every_failed_allocation_is_reported(void **state) {
  bool reached = true;
  (void)state;
  for (size_t n = 1; reached; n++) {
    const sp_alloc *alloc = test_alloc_new(n);
    uint32_t id = 0;
    int told = SP_ENOMEM;
    sp_rest_result result = { .failure = SP_HTTP_OK };
    sp_effects *fx = sp_effects_new(alloc);
    sp_rest *rest = fx ? sp_rest_new(alloc, fx, SP_STR("x"), SP_STR("{\"a\":\"b\"}")) : NULL;
    if (rest && (told = sp_rest_set_token(rest, SP_STR("t"))) == SP_OK)
      told = sp_rest_request(rest, 0, "POST", SP_STR("p"), SP_STR("{}"), SP_REST_RETRY, 0, token);
    if (told == SP_OK) {
      drain(fx, &id);
      sp_rest_result_input(rest, 0, id, SP_HTTP_NETWORK, 0, SP_STR_NONE, SP_STR_NONE);
      sp_rest_tick(rest, SP_REST_RETRY_WAIT_MS);
      drain(fx, &id);
      sp_rest_result_input(rest, 0, id, SP_HTTP_OK, 200, SP_STR_NONE, SP_STR("{\"c\":1}"));
      assert_true(sp_rest_take(rest, &result));
      told = sp_effects_take_status(fx);
      assert_true((told == SP_OK) == (result.ok && result.body));
    }
    reached = test_alloc_failed();
    assert_int_equal(told, reached ? SP_ENOMEM : SP_OK);
    sp_rest_free(rest);
    sp_effects_free(fx);
    assert_int_equal(test_alloc_live(), 0);
  }
}

int main(void) {
  const struct CMUnitTest tests[] = {
    { "W-2.1 URLs and headers", w_2_1_urls_and_headers, NULL, NULL, NULL },
    cmocka_unit_test(the_token_is_read_at_call_time),
    cmocka_unit_test(results_carry_status_body_and_token),
    { "W-2.3 what is tried again", w_2_3_what_is_tried_again, NULL, NULL, NULL },
    cmocka_unit_test(retry_after_is_reported_in_seconds),
    { "W-2.3 ten tries in total", w_2_3_ten_tries_in_total, NULL, NULL, NULL },
    { "W-2.3 cancelling retries", w_2_3_cancelling_retries, NULL, NULL, NULL },
    cmocka_unit_test(dropping_an_owner),
    cmocka_unit_test(the_number_of_requests_is_limited),
    cmocka_unit_test(numbers_are_never_shared),
    cmocka_unit_test(every_failed_allocation_is_reported),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
