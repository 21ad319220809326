/* SPDX-License-Identifier: MIT */
/* A call whose network dies: each rung of the ladder and its time (session/ladder.c), the page in the back-forward
   cache, and that every promise has a deadline (sessions.md §6.9; wire.md §12.4, §12.5). */
#include "scenario.h"

#include <stdio.h>
#include <string.h>

#define HELD "[{\"conversationId\":\"c1\",\"held\":true}]"

static void in_a_call(scenario *s) {
  sign_in(s);
  http_answer(s, "GET", "conversations/c1", 200,
              "{\"id\":\"c1\",\"participants\":[{\"id\":\"p-c1\",\"purpose\":\"agent\",\"userId\":\"u1\",\"calls\":["
              "{\"id\":\"call-c1\",\"state\":\"connected\",\"direction\":\"inbound\",\"muted\":false,\"held\":false,"
              "\"confined\":false}]}]}");
  connect_call(s, 1, "s1", "c1");
  conversation(s, .conversation = "c1", .state = "alerting");
  conversation(s, .conversation = "c1", .state = "connected");
  forget(s);
}

/* The agent is told that nobody hears anybody, and when that is over. */
static void expect_silence(scenario *s, const char *state, const char *code) {
  expect_event(s, "callQualityWarning", "no-inbound-audio", state, code);
  expect_event(s, "callQualityWarning", "no-outbound-audio", state, code);
}

static void media_dies(scenario *s, const char *state) {
  peer_state(s, 1, state);
  expect_silence(s, "\"state\":\"raised\"", "connection-lost");
}

static void expect_end(scenario *s, const char *reason) {
  expect_silence(s, "\"state\":\"cleared\"", "ended");
  expect_event(s, "_sessionEnded", "{\"$session\":1}", reason);
  expect_event(s, "sessionEnded", "{\"$session\":1}", reason);
}

static void path_dies(scenario *s) {
  s->mute_server = true;
  media_dies(s, "disconnected");
}

/* --- the ladder --- */

static void invited_again_in_time(scenario *s) {
  in_a_call(s);
  path_dies(s);
  expect_sent(s, "urn:xmpp:ping"); /* rung 1: at once */
  advance(s, 4900);
  expect_no_effect(s, SP_FX_SOCKET_OPEN);
  s->mute_server = false;
  advance(s, 200); /* rung 2: another connection after 5 s, without a wait, on the same channel */
  expect_event(s, "disconnected", "\"reconnecting\":true");
  expect_effect(s, SP_FX_SOCKET_OPEN, 2, "/stream/channels/chan-1");
  expect_event(s, "connected", "\"reconnect\":true");
  expect_no_more(s); /* the dead session waits for its re-invite */
  advance(s, 3000);
  peer_state(s, 1, "failed");
  expect_no_more(s);
  offer(s, .session = "s2", .conversation = "c1", .ufrag = "new", .reinvite = true, .rpc_id = "r1");
  expect_effect(s, SP_FX_SESSION_SET, 1, "sessionReplacedByReinvite");
  expect_effect(s, SP_FX_SESSION_SET, 2, "{\"reconnectCount\":1}");
  expect_sent(s, "\"method\":\"answer\"", "\"sessionId\":\"s2\"");
  expect_end(s, "alternative-session");
  peer_connects(s, 2);
  advance(s, 60000);
  expect_no_more(s);
}

static void path_comes_back(scenario *s) {
  in_a_call(s);
  media_dies(s, "disconnected");
  drop_connection(s);
  expect_event(s, "disconnected", "");
  advance(s, 2000);
  expect_event(s, "connected", "");
  peer_state(s, 1, "connected");
  advance(s, 60000);
  expect_no_more(s);
  uint32_t held = call(s, "setConversationHeld", HELD);
  expect_resolved(s, held, "");
}

static void nobody_invites_again(scenario *s) {
  in_a_call(s);
  path_dies(s);
  s->mute_server = false;
  advance(s, 5000);
  forget(s);
  advance(s, 4900);
  expect_no_more(s);
  advance(s, 200); /* five seconds after signaling is back */
  expect_end(s, "gone");
  expect_nothing_sent(s, "\"method\":\"terminate\"");
  expect_effect(s, SP_FX_PEER_CLOSE, 1, "");
}

static void signaling_stays_away(scenario *s) {
  in_a_call(s);
  http_answer(s, "POST", "notifications/channels*", HTTP_NETWORK, "");
  path_dies(s);
  advance(s, 5100);
  expect_event(s, "disconnected", "\"reconnecting\":true");
  advance(s, 10000);
  peer_state(s, 1, "failed");
  advance(s, 29000);
  expect_no_more(s);
  advance(s, 1100); /* 30 s after the media failed, whatever signaling tries */
  expect_end(s, "failed-transport");
  expect_effect(s, SP_FX_PEER_CLOSE, 1, "");
  s->mute_server = false;
  http_answer(s, "POST", "notifications/channels*", 200, "{\"id\":\"chan-1\"}");
  page(s, "online");
  advance(s, 20000);
  expect_event(s, "connected", "\"reconnect\":true");
  expect_no_more(s);
}

static void media_fails_just_after_signaling_came_back(scenario *s) {
  in_a_call(s);
  drop_connection(s);
  advance(s, 2000);
  forget(s);
  advance(s, 4000);
  media_dies(s, "failed");
  expect_no_more(s);
  advance(s, 1100);
  expect_end(s, "failed-transport");
  expect_sent(s, "\"method\":\"terminate\"", "failed-transport"); /* the far side has another one to hear it */
}

static void the_user_does_not_wait(scenario *s) {
  in_a_call(s);
  drop_connection(s);
  peer_state(s, 1, "failed");
  forget(s);
  page(s, "visible");
  expect_end(s, "gone");
  advance(s, 60000);
  expect_event(s, "connected", "");
  expect_no_more(s);
}

/* --- the page --- */

static void back_forward_cache(scenario *s) {
  sign_in(s);
  page(s, "suspend");
  expect_effect(s, SP_FX_SOCKET_CLOSE, 1, "");
  expect_event(s, "disconnected", "\"reconnecting\":true");
  advance(s, 3600000); /* nothing is timed meanwhile */
  expect_no_effect(s, SP_FX_SOCKET_OPEN);
  expect_no_http(s);
  page(s, "resume");
  expect_effect(s, SP_FX_SOCKET_OPEN, 2, "/stream/channels/chan-1");
  expect_event(s, "connected", "\"reconnect\":true");
  expect_no_more(s);
  propose(s, .session = "s1", .conversation = "c1");
  expect_event(s, "pendingSession", "");
  page(s, "resume"); /* a tab that was only frozen */
  expect_sent(s, "urn:xmpp:ping");
  expect_no_effect(s, SP_FX_SOCKET_CLOSE);
}

static void suspended_while_connecting(scenario *s) {
  start(s, "{\"accessToken\":\"TOKEN\"}");
  s->silent = "urn:xmpp:extdisco:1";
  uint32_t sign_in_call = call(s, "initialize", "[]");
  page(s, "suspend");
  expect_effect(s, SP_FX_SOCKET_CLOSE, 1, "");
  page(s, "suspend");
  advance(s, 60000);
  expect_waiting(s, sign_in_call);
  s->silent = NULL;
  page(s, "resume");
  advance(s, 200);
  expect_event(s, "connected", "\"reconnect\":false");
  expect_resolved(s, sign_in_call, "");
}

static void page_goes_away(scenario *s) {
  in_a_call(s);
  page(s, "unload");
  expect_effect(s, SP_FX_LOG, 0, "The page goes away", "\"conversationId\":\"c1\"", "\"sessionId\":\"s1\"");
  expect_nothing_sent(s, "");
  expect_no_more(s);
}

/* --- deadlines --- */

static void initialize_has_a_deadline(scenario *s) {
  start(s, "{\"accessToken\":\"TOKEN\"}");
  s->mute_server = true;
  uint32_t sign_in_call = call(s, "initialize", "[]");
  advance(s, 599000);
  expect_waiting(s, sign_in_call);
  advance(s, 1000);
  expect_rejected(s, sign_in_call, "\"type\":\"initialization\"", "in time");
  check(s, strcmp(ask(s, "isInitialized"), "false") == 0, "nothing goes on");
  forget(s);
  s->mute_server = false;
  sign_in(s);
}

static const scenario_case cases[] = {
  { "W-12.5 a dead path: probe, reconnect, re-invite", invited_again_in_time, false },
  { "W-12.5 the path comes back by itself", path_comes_back, false },
  { "S-60 W-12.5 nobody invites again", nobody_invites_again, false },
  { "W-12.4 signaling stays away", signaling_stays_away, false },
  { "S-56 media fails just after signaling came back", media_fails_just_after_signaling_came_back, false },
  { "S-58 the user looks before the ladder ends", the_user_does_not_wait, false },
  { "the back-forward cache", back_forward_cache, false },
  { "suspended while connecting", suspended_while_connecting, false },
  { "the page goes away during a call", page_goes_away, false },
  { "initialize has a deadline", initialize_has_a_deadline, true },
};

int main(void) {
  return run_scenarios("core_ladder", cases, sizeof cases / sizeof *cases);
}
