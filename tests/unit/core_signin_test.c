/* SPDX-License-Identifier: MIT */
/* Guests and JWTs: from initialize() to a connected stream (sessions.md §3.2, wire.md §4.6). */
#include "scenario.h"

#include <string.h>

/* {"data":{"jid":"acd-c9@conference.acme.orgspan.com"},"org":"o1"} */
#define GUEST_JWT                                                                                                      \
  "eyJhbGciOiJub25lIn0.eyJkYXRhIjp7ImppZCI6ImFjZC1jOUBjb25mZXJlbmNlLmFjbWUub3Jnc3Bhbi5jb20ifS"                         \
  "wib3JnIjoibzEifQ.c2ln"
/* The same with uid u7, conversation c9, issued for screen recording. */
#define OWN_JWT                                                                                                        \
  "eyJhbGciOiJub25lIn0.eyJkYXRhIjp7ImppZCI6ImFnZW50LXJvb21AY29uZmVyZW5jZS5hY21lLm9yZ3NwYW4uY2"                         \
  "9tIiwidWlkIjoidTciLCJjb252ZXJzYXRpb25JZCI6ImM5Iiwic291cmNlQ29tbXVuaWNhdGlvbklkIjoieDkifSwi"                         \
  "b3JnIjoibzEiLCJpc3MiOiJ1cm46cHVyZWNsb3VkOnNjcmVlbnJlY29yZGluZyIsIm5hbWUiOiJBbmEifQ.c2ln"

#define CUSTOMER "{\"conversation\":{\"id\":\"c9\"},\"sourceCommunicationId\":\"x9\",\"jwt\":\"" GUEST_JWT "\"}"

static void expect_anonymous_stream(scenario *s, const char *jwt) {
  expect_effect(s, SP_FX_SOCKET_OPEN, 1, jwt);
  expect_sent(s, "<open", "to=\"acme.orgspan.com\"");
  expect_sent(s, "<auth", "ANONYMOUS", ">=<");
  expect_sent(s, "<bind");
  expect_event(s, "connected", "\"reconnect\":false");
  expect_event(s, "ready", "");
}

static void guest_with_a_code(scenario *s) {
  start(s, "{\"organizationId\":\"o1\"}");
  http_answer(s, "POST", "conversations/codes", 200, CUSTOMER);
  uint32_t sign_in = call(s, "initialize", "[{\"securityCode\":\"12345\"}]");
  const seen *codes = expect_http(s, "POST", "conversations/codes", NULL);
  check(s, strstr(codes->body, "\"organizationId\":\"o1\"") != NULL, "the organization");
  check(s, strstr(codes->body, "\"addCommunicationCode\":\"12345\"") != NULL, "the code");
  check(s, strstr(codes->text, "uthorization") == NULL, "no authorization");
  expect_anonymous_stream(s, GUEST_JWT);
  expect_resolved(s, sign_in, "");
  check(s, strcmp(ask(s, "isGuest"), "true") == 0, "a guest");
}

static void guest_with_customer_data(scenario *s) {
  start(s, "{\"organizationId\":\"o1\"}");
  uint32_t sign_in = call(s, "initialize", "[" CUSTOMER "]");
  expect_anonymous_stream(s, GUEST_JWT);
  expect_resolved(s, sign_in, "");
  expect_no_http(s);
}

static void guest_with_a_wrong_code(scenario *s) {
  start(s, "{\"organizationId\":\"o1\"}");
  http_answer(s, "POST", "conversations/codes", 404, "{}");
  uint32_t sign_in = call(s, "initialize", "[{\"securityCode\":\"0\"}]");
  expect_rejected(s, sign_in, "\"type\":\"initialization\"");
  expect_no_effect(s, SP_FX_SOCKET_OPEN);
}

static void guest_with_incomplete_data(scenario *s) {
  start(s, "{\"organizationId\":\"o1\"}");
  uint32_t partial = call(s, "initialize", "[{\"conversation\":{\"id\":\"c9\"},\"jwt\":\"" GUEST_JWT "\"}]");
  expect_rejected(s, partial, "`securityCode` is required");
  expect_no_http(s);
}

static void jwt_signs_in(scenario *s) {
  start(s, "{\"jwt\":\"" OWN_JWT "\",\"accessToken\":\"TOKEN\"}");
  uint32_t sign_in = call(s, "initialize", "[]");
  expect_anonymous_stream(s, OWN_JWT);
  expect_resolved(s, sign_in, "");
  expect_no_http(s);
  check(s, strcmp(ask(s, "isJwtAuth"), "true") == 0, "JWT");
}

static void jwt_that_cannot_be_read(scenario *s) {
  start(s, "{\"jwt\":\"not.a.jwt\"}");
  uint32_t sign_in = call(s, "initialize", "[]");
  expect_rejected(s, sign_in, "\"type\":\"invalid_options\"",
                  "Failed to parse provided jwt, please ensure it is valid");
  expect_no_http(s);
  expect_no_effect(s, SP_FX_SOCKET_OPEN);
}

static void jwt_is_replaced(scenario *s) {
  start(s, "{\"jwt\":\"" OWN_JWT "\"}");
  call(s, "initialize", "[]");
  forget(s);
  uint32_t unreadable = call(s, "setJwt", "[\"x\"]");
  expect_rejected(s, unreadable, "\"type\":\"invalid_options\"");
  uint32_t next = call(s, "setJwt", "[\"" GUEST_JWT "\"]");
  expect_resolved(s, next, "");
  expect_no_effect(s, SP_FX_SOCKET_CLOSE);
}

static const scenario_case cases[] = {
  { "S-11 a guest with a security code", guest_with_a_code, false },
  { "S-12 a guest with customer data", guest_with_customer_data, false },
  { "a guest with a wrong code", guest_with_a_wrong_code, false },
  { "a guest with incomplete customer data", guest_with_incomplete_data, false },
  { "W-4.6 a JWT signs in", jwt_signs_in, false },
  { "S-14 a JWT that cannot be read", jwt_that_cannot_be_read, false },
  { "a JWT is replaced while connected", jwt_is_replaced, false },
};

int main(void) {
  return run_scenarios("sign-in", cases, sizeof cases / sizeof *cases);
}
