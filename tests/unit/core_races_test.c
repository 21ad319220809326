/* SPDX-License-Identifier: MIT */
/* What crosses on the way: double answers, hang-ups during a prompt, late replies, offers of every kind, a machine that
   slept (sessions.md §6; wire.md §9.3, §12.4). No dead call is revived, no promise stays open, nothing is said twice.
 */
#include "scenario.h"

#include <string.h>

#define C1 "[{\"conversationId\":\"c1\"}]"

static void sign_in_by_hand(scenario *s) {
  start(s, "{\"accessToken\":\"TOKEN\",\"autoConnectSessions\":false}");
  sign_in(s);
}

/* --- answers --- */

static void answered_twice(scenario *s) {
  sign_in_by_hand(s);
  propose(s, .session = "s1", .conversation = "c1");
  uint32_t first = call(s, "acceptPendingSession", C1), second = call(s, "acceptPendingSession", C1);
  expect_resolved(s, first, "");
  expect_resolved(s, second, "");
  offer(s, .session = "s1", .conversation = "c1");
  s->holds_media = true;
  first = call(s, "acceptSession", C1);
  second = call(s, "acceptSession", C1);
  expect_resolved(s, second, ""); /* accepted once */
  expect_waiting(s, first);
  media_result(s, 1, true, "mic-1", "");
  expect_resolved(s, first, "");
  expect_effect(s, SP_FX_PEER_STREAM, 1, "mic-1");
  expect_no_effect(s, SP_FX_PEER_STREAM);
  uint32_t late = call(s, "acceptPendingSession", C1); /* it is no longer pending */
  expect_rejected(s, late, "Could not find a pendingSession");
}

static void answered_here_and_elsewhere(scenario *s) {
  sign_in(s);
  propose(s, .session = "s1", .conversation = "c1");
  call(s, "acceptPendingSession", C1);
  send_message(s, "accept", "s1"); /* another client of this user was faster */
  expect_event(s, "pendingSession", "");
  expect_event(s, "handledPendingSession", "");
  send_message(s, "retract", "s1");
  expect_no_more(s);
  uint32_t late = call(s, "acceptPendingSession", C1);
  expect_rejected(s, late, "Could not find a pendingSession");
}

static void hung_up_during_the_prompt(scenario *s) {
  sign_in_by_hand(s);
  s->holds_media = true;
  propose(s, .session = "s1", .conversation = "c1");
  call(s, "acceptPendingSession", C1);
  offer(s, .session = "s1", .conversation = "c1");
  uint32_t accepted = call(s, "acceptSession", C1);
  forget(s);
  uint32_t ended = call(s, "forceTerminateSession", "[\"s1\"]");
  expect_rejected(s, accepted, "\"type\":\"session\"", "ended before it was accepted");
  expect_resolved(s, ended, "");
  expect_event(s, "_sessionEnded", "");
  expect_event(s, "sessionEnded", "");
  media_result(s, 1, true, "mic-late", "");
  expect_effect(s, SP_FX_MEDIA_STOP, 0, "mic-late"); /* the microphone is let go */
  expect_no_effect(s, SP_FX_PEER_STREAM);
  peer_result(s, 1, "answer", true);
  peer_state(s, 1, "connected");
  terminate(s, "s1", NULL);
  expect_nothing_sent(s, "\"method\":\"answer\"");
  expect_no_more(s);
  uint32_t late = call(s, "acceptSession", C1);
  expect_rejected(s, late, "Unable to find session");
}

static void refused_prompt_after_the_end(scenario *s) {
  sign_in(s);
  s->holds_media = true;
  offer(s, .session = "s1", .conversation = "c1");
  terminate(s, "s1", "cancel");
  forget(s);
  media_result(s, 1, false, "NotAllowedError", "no");
  expect_no_more(s);
}

/* --- late replies --- */

static void replies_after_the_end(scenario *s) {
  sign_in(s);
  connect_call(s, 1, "s1", "c1");
  conversation(s, .conversation = "c1", .state = "alerting");
  conversation(s, .conversation = "c1", .state = "connected");
  http_answer(s, "PATCH", "conversations/calls/*", HTTP_HOLD, "");
  uint32_t mute = call(s, "setAudioMute", "[{\"conversationId\":\"c1\",\"mute\":true}]");
  const seen *asked = expect_http(s, "PATCH", "conversations/calls/c1/participants/p-c1", NULL);
  conversation(s, .conversation = "c1", .state = "disconnected");
  terminate(s, "s1", NULL);
  forget(s);
  if (asked) http_reply(s, asked, 200, "{}");
  expect_resolved(s, mute, "");
  conversation(s, .conversation = "c1", .state = "connected"); /* reordered: it is over */
  peer_ice_state(s, 1, "connected");
  peer_candidate(s, 1, "audio", "candidate:7 1 udp 1 192.0.2.2 5 typ host");
  expect_nothing_sent(s, "");
  expect_no_more(s);
}

/* Declined before its first notification came, which then comes after the last one. */
static void notifications_out_of_order(scenario *s) {
  sign_in_with(s, 1, true);
  connect_call(s, 1, "s1", "c1");
  propose(s, .session = "s2", .conversation = "c2");
  call(s, "rejectPendingSession", "[{\"conversationId\":\"c2\"}]");
  send_message(s, "retract", "s2");
  conversation(s, .conversation = "c2", .state = "disconnected");
  forget(s);
  conversation(s, .conversation = "c2", .state = "alerting");
  expect_no_more(s);                                                        /* no ghost rings */
  conversation(s, .conversation = "c2", .state = "alerting", .call = "k9"); /* another leg does */
  expect_event(s, "pendingSession", "\"conversationId\":\"c2\"");
}

static void invited_again_while_held(scenario *s) {
  sign_in(s);
  connect_call(s, 1, "s1", "c1");
  conversation(s, .conversation = "c1", .state = "alerting");
  conversation(s, .conversation = "c1", .state = "connected");
  conversation(s, .conversation = "c1", .state = "connected", .held = true);
  forget(s);
  offer(s, .session = "s2", .conversation = "c1", .ufrag = "new", .reinvite = true, .rpc_id = "r1");
  expect_sent(s, "\"method\":\"answer\"", "\"sessionId\":\"s2\"");
  expect_event(s, "_sessionEnded", "{\"$session\":1}", "alternative-session");
  expect_event(s, "sessionEnded", "{\"$session\":1}", "alternative-session");
  peer_connects(s, 2);
  expect_no_http(s); /* nobody takes it off hold */
  uint32_t unhold = call(s, "setConversationHeld", "[{\"conversationId\":\"c1\",\"held\":false}]");
  expect_http(s, "PATCH", "conversations/calls/c1/participants/p-c1", "{\"held\":false}");
  expect_resolved(s, unhold, "");
  conversation(s, .conversation = "c1", .state = "connected");
  expect_event(s, "conversationUpdate", "\"activeConversationId\":\"c1\"", "{\"$session\":2}");
  conversation(s, .conversation = "c1", .state = "disconnected");
  expect_event(s, "_sessionEnded", "{\"$session\":2}");
}

/* --- offers (wire.md §9.3) --- */

static void offer_decisions(scenario *s) {
  sign_in(s);
  offer(s, .session = "s1", .conversation = "c1"); /* without a proposal */
  expect_event(s, "sessionStarted", "");
  expect_effect(s, SP_FX_PEER_OPEN, 1, "");
  peer_connects(s, 1);
  forget(s);
  offer(s, .session = "s1", .conversation = "c1"); /* the same credentials: the same peer connection */
  expect_no_effect(s, SP_FX_PEER_OPEN);
  expect_effect(s, SP_FX_PEER_OFFER, 1, "");
  expect_sent(s, "\"method\":\"answer\"");
  offer(s, .session = "s1", .conversation = "c1", .reinvite = true, .rpc_id = "r1"); /* the flag decides nothing */
  expect_no_effect(s, SP_FX_PEER_OPEN);
  expect_sent(s, "\"method\":\"answer\"");
  forget(s);
  offer(s, .session = "s1", .conversation = "c1", .reinvite = true, .rpc_id = "r1"); /* repeated: ignored */
  expect_no_effect(s, SP_FX_PEER_OFFER);
  expect_nothing_sent(s, "\"method\":\"answer\"");
  expect_no_more(s);
  offer(s, .session = "s1", .conversation = "c1", .ufrag = "b", .reinvite = true, .rpc_id = "r2");
  expect_effect(s, SP_FX_PEER_OPEN, 2, ""); /* changed credentials: another object */
  expect_event(s, "_sessionEnded", "{\"$session\":1}");
  expect_event(s, "sessionEnded", "{\"$session\":1}");
  expect_no_more(s);
  forget(s);
  offer(s, .session = "s1", .conversation = "c1", .ufrag = "c"); /* … also without the flag, and then announced */
  expect_effect(s, SP_FX_PEER_OPEN, 3, "");
  expect_event(s, "sessionStarted", "{\"$session\":3}");
  terminate(s, "s1", "gone"); /* the newest one is meant */
  expect_event(s, "_sessionEnded", "{\"$session\":3}");
  expect_event(s, "sessionEnded", "{\"$session\":3}");
}

/* --- announced once, and again after an end --- */

static void started_once_per_conversation(scenario *s) {
  sign_in(s);
  conversation(s, .conversation = "c1", .state = "alerting");
  propose(s, .session = "s1", .conversation = "c1");
  call(s, "acceptPendingSession", C1);
  expect_event(s, "pendingSession", "");
  offer(s, .session = "s1", .conversation = "c1");
  expect_event(s, "sessionStarted", "");
  expect_event(s, "handledPendingSession", "");
  peer_connects(s, 1);
  conversation(s, .conversation = "c1", .state = "connected"); /* its start is announced already */
  expect_event(s, "conversationUpdate", "\"added\":[{");
  expect_no_more(s);
}

/* --- sleep --- */

static void the_machine_slept(scenario *s) {
  sign_in(s);
  connect_call(s, 1, "s1", "c1");
  advance(s, 3000);
  forget(s);
  s->slept += 3600000; /* the page's clock stood still */
  s->mute_server = true;
  peer_state(s, 1, "disconnected");
  expect_sent(s, "urn:xmpp:ping");
  advance(s, 4900);
  expect_no_more(s);
  s->mute_server = false;
  advance(s, 200);
  expect_event(s, "disconnected", "\"reconnecting\":true");
  expect_event(s, "connected", "\"reconnect\":true");
  peer_state(s, 1, "failed");
  expect_no_more(s);
  advance(s, 5000);
  expect_event(s, "_sessionEnded", "gone");
  expect_event(s, "sessionEnded", "gone");
}

static const scenario_case cases[] = {
  { "S-50 answered twice", answered_twice, false },
  { "W-8.3 answered here and elsewhere", answered_here_and_elsewhere, true },
  { "S-63 hung up while the browser asks for the microphone", hung_up_during_the_prompt, false },
  { "a refusal of the microphone after the end", refused_prompt_after_the_end, true },
  { "W-12.5 replies and notifications after the end", replies_after_the_end, true },
  { "S-71 notifications of a declined call out of order", notifications_out_of_order, true },
  { "S-47 W-9.3 a reinvite while held", invited_again_while_held, true },
  { "W-D7 W-9.3 offer decisions", offer_decisions, true },
  { "S-75 a start is announced once", started_once_per_conversation, true },
  { "W-12.4 the machine slept in a call", the_machine_slept, true },
};

int main(void) {
  return run_scenarios("core_races", cases, sizeof cases / sizeof *cases);
}
