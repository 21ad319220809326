/* SPDX-License-Identifier: MIT */
/* A credential that expires is announced again and again until it is replaced, which touches no media
   (core/expiry.c). Epoch time of a scenario: 1700000000000 ms and its own clock. */
#include "scenario.h"

#include <string.h>

/* {"data":{"jid":"agent-room@conference.acme.orgspan.com","uid":"u7"},"exp":1700000400} */
#define JWT_OF_400_S                                                                                                   \
  "eyJhbGciOiJub25lIn0.eyJkYXRhIjp7ImppZCI6ImFnZW50LXJvb21AY29uZmVyZW5jZS5hY21lLm9yZ3NwYW4uY29tIiwidWlkIjoidTcifSwiZX" \
  "hwIjoxNzAwMDAwNDAwfQ.c2ln"

static void the_app_knows_when(scenario *s) {
  start(s, "{\"accessToken\":\"TOKEN\",\"accessTokenExpiresAt\":1700000400000}");
  advance(s, 98000);
  sign_in(s);
  advance(s, 700);
  expect_no_more(s);
  advance(s, 200);
  expect_event(s, "tokenExpiring", "\"kind\":\"accessToken\",\"reason\":\"expiring\",\"expiresAt\":1700000400000");
  advance(s, 59000);
  expect_no_more(s);
  advance(s, 2000);
  expect_event(s, "tokenExpiring", "\"reason\":\"expiring\"");
  advance(s, 240000);
  for (int i = 0; i < 3; i++) expect_event(s, "tokenExpiring", "\"reason\":\"expiring\"");
  expect_event(s, "tokenExpiring", "\"reason\":\"expired\"");
  call(s, "setAccessToken", "[\"SECOND\",{\"expiresAt\":1700009999000}]");
  advance(s, 240000);
  expect_no_more(s);
  uint32_t odd = call(s, "setAccessToken", "[\"THIRD\",{\"expiresAt\":\"tomorrow\"}]");
  expect_rejected(s, odd, "invalid_options", "expiresAt");
  call(s, "setAccessToken", "[\"THIRD\"]"); /* nobody knows any more */
  advance(s, 3000000);
  expect_no_more(s);
}

static void refused_in_a_call(scenario *s) {
  sign_in(s);
  connect_call(s, 1, "s1", "c1");
  http_answer(s, "PATCH", "conversations/calls/*", 401, "{}");
  uint32_t mute = call(s, "setAudioMute", "[{\"conversationId\":\"c1\",\"mute\":true}]");
  expect_rejected(s, mute, "Failed to set audioMute");
  expect_error(s, "\"type\":\"http\"");
  expect_event(s, "tokenExpiring", "[{\"kind\":\"accessToken\",\"reason\":\"refused\"}]");
  mute = call(s, "setAudioMute", "[{\"conversationId\":\"c1\",\"mute\":true}]");
  expect_error(s, "\"type\":\"http\"");
  expect_no_more(s); /* once a minute is enough */
  advance(s, 60000);
  expect_event(s, "tokenExpiring", "refused");
  forget(s);
  http_answer(s, "PATCH", "conversations/calls/*", HTTP_HOLD, "{}");
  call(s, "setAudioMute", "[{\"conversationId\":\"c1\",\"mute\":true}]");
  const seen *old = expect_http(s, "PATCH", "conversations/calls/c1/participants/p-found", NULL);
  call(s, "setAccessToken", "[\"SECOND\"]");
  expect_no_effect(s, SP_FX_MEDIA_STOP);
  expect_no_effect(s, SP_FX_PEER_CLOSE);
  expect_no_effect(s, SP_FX_SOCKET_CLOSE);
  if (old) http_reply(s, old, 401, "{}"); /* about the old token */
  expect_error(s, "\"type\":\"http\"");
  advance(s, 120000);
  expect_no_more(s);
}

static void connection_given_up(scenario *s) {
  sign_in(s);
  connect_call(s, 1, "s1", "c1");
  s->sasl_failure = "credentials-expired";
  drop_connection(s);
  advance(s, 2100);
  expect_event(s, "disconnected", "\"reconnecting\":true");
  expect_event(s, "disconnected", "\"reconnecting\":false", "\"error\":{\"type\":\"invalid_token\"");
  expect_event(s, "tokenExpiring", "refused");
  advance(s, 600000);
  expect_no_effect(s, SP_FX_PEER_CLOSE); /* the call goes on */
  forget(s);
  s->sasl_failure = NULL;
  call(s, "setAccessToken", "[\"SECOND\"]");
  advance(s, 3000);
  expect_event(s, "connected", "\"reconnect\":true");
  expect_no_more(s);
  call(s, "disconnect", "[]");
  expect_event(s, "disconnected", "");
  call(s, "setAccessToken", "[\"THIRD\"]"); /* who disconnected stays so */
  advance(s, 60000);
  expect_no_more(s);
}

static void a_jwt_says_it_itself(scenario *s) {
  start(s, "{\"jwt\":\"" JWT_OF_400_S "\"}");
  call(s, "initialize", "[]");
  expect_event(s, "connected", "");
  expect_event(s, "ready", "");
  advance(s, 98000);
  expect_no_more(s);
  advance(s, 2000);
  expect_event(s, "tokenExpiring", "\"kind\":\"jwt\",\"reason\":\"expiring\",\"expiresAt\":1700000400000");
  advance(s, 400000);
  for (int i = 0; i < 6; i++) expect_event(s, "tokenExpiring", "");
  call(s, "setJwt", "[\"" JWT_OF_400_S "\"]"); /* as old as the first */
  expect_no_more(s);
  advance(s, 1);
  expect_event(s, "tokenExpiring", "\"reason\":\"expired\"");
}

static void a_refused_sign_in_only_rejects(scenario *s) {
  start(s, "{\"accessToken\":\"TOKEN\"}");
  http_answer(s, "GET", "organizations/me", 401, "{}");
  uint32_t sign_in_call = call(s, "initialize", "[]");
  expect_rejected(s, sign_in_call, "invalid_token");
  expect_error(s, "\"type\":\"http\"");
  expect_no_more(s);
}

static const scenario_case cases[] = {
  { "a token whose end is known is announced until it is replaced", the_app_knows_when, true },
  { "S-9 a token refused in a call is replaced without touching media", refused_in_a_call, false },
  { "S-17 a connection given up for its token comes back with another", connection_given_up, false },
  { "W-4.6 a JWT says when it expires", a_jwt_says_it_itself, false },
  { "S-15 a refused sign-in announces nothing", a_refused_sign_in_only_rejects, false },
};

int main(void) {
  return run_scenarios("core_tokens", cases, sizeof cases / sizeof *cases);
}
