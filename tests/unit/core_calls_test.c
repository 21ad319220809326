/* SPDX-License-Identifier: MIT */
/* What the app can do in a call, through the core (sessions.md §6.8, §8). */
#include "scenario.h"

#define C1 "[{\"conversationId\":\"c1\"}]"

/* An inbound call on session 1 that the store knows as connected. */
static void talk(scenario *s) {
  conversation(s, .conversation = "c1", .state = "alerting");
  connect_call(s, 1, "s1", "c1");
  conversation(s, .conversation = "c1", .state = "connected");
  forget(s);
}

/* --- ending --- */

static void end_needs_both(scenario *s) {
  sign_in_with(s, 2, false);
  talk(s);
  conversation(s, .conversation = "c2", .state = "alerting");
  connect_call(s, 2, "s2", "c2");
  http_answer(s, "PATCH", "conversations/calls/c1/participants/p-c1", HTTP_HOLD, "");
  uint32_t end = call(s, "endSession", C1);
  const seen *patch =
      expect_http(s, "PATCH", "conversations/calls/c1/participants/p-c1", "{\"state\":\"disconnected\"}");
  terminate(s, "s2", NULL);
  expect_event(s, "_sessionEnded", "{\"$session\":2}");
  expect_event(s, "sessionEnded", "{\"$session\":2}");
  expect_waiting(s, end);
  http_reply(s, patch, 202, "{}");
  expect_waiting(s, end);
  terminate(s, "s1", NULL);
  expect_event(s, "_sessionEnded", "{\"$session\":1}");
  expect_event(s, "sessionEnded", "{\"$session\":1}");
  expect_resolved(s, end, "");
}

/* D-6: a call is found by the id of its session too. */
static void end_by_the_id_of_the_session(scenario *s) {
  sign_in(s);
  talk(s);
  uint32_t end = call(s, "endSession", "[{\"sessionId\":\"s1\"}]");
  expect_http(s, "PATCH", "conversations/calls/c1/participants/p-c1", "{\"state\":\"disconnected\"}");
  terminate(s, "s1", NULL);
  expect_resolved(s, end, "");
}

static void end_before_the_patch(scenario *s) {
  sign_in(s);
  talk(s);
  http_answer(s, "PATCH", "conversations/calls/*", HTTP_HOLD, "");
  uint32_t end = call(s, "endSession", C1);
  terminate(s, "s1", NULL);
  expect_waiting(s, end);
  http_reply(s, expect_http(s, "PATCH", "conversations/calls/c1/participants/p-c1", NULL), 202, "{}");
  expect_resolved(s, end, "");
  uint32_t again = call(s, "endSession", C1);
  expect_rejected(s, again, "\"type\":\"session\"", "Unable to find session", "{\"conversationId\":\"c1\"}");
  uint32_t nothing = call(s, "endSession", "[{}]");
  expect_rejected(s, nothing, "Unable to end session: must provide a conversationId.");
}

static void end_waits_in_vain(scenario *s) {
  sign_in(s);
  talk(s);
  uint32_t end = call(s, "endSession", C1);
  advance(s, 14999);
  expect_waiting(s, end);
  advance(s, 1);
  expect_rejected(s, end, "\"type\":\"session\"", "did not end in time", "\"sessionId\":\"s1\"");
  terminate(s, "s1", NULL);
  expect_event(s, "_sessionEnded", "");
  expect_event(s, "sessionEnded", "");
}

static void end_fails_with_many_appearances(scenario *s) {
  sign_in_with(s, 2, false);
  talk(s);
  conversation(s, .conversation = "c2", .state = "alerting");
  http_answer(s, "PATCH", "conversations/calls/*", 500, "{}");
  uint32_t end = call(s, "endSession", "[{\"conversationId\":\"c1\",\"reason\":{\"condition\":\"gone\"}}]");
  expect_error(s, "\"type\":\"http\"", "\"cause\":");
  expect_sent(s, "\"method\":\"terminate\"", "\"sessionId\":\"s1\"", "\"reason\":\"gone\"");
  expect_event(s, "_sessionEnded", "gone");
  expect_event(s, "sessionEnded", "gone");
  expect_resolved(s, end, "");
  expect_no_more(s);
}

static void end_fails_with_others_alerting(scenario *s) {
  sign_in(s);
  talk(s);
  conversation(s, .conversation = "c2", .state = "alerting");
  forget(s);
  http_answer(s, "PATCH", "conversations/calls/*", 500, "{}");
  uint32_t end = call(s, "endSession", C1);
  expect_error(s, "\"type\":\"http\"");
  expect_rejected(s, end, "\"type\":\"session\"", "LineAppearance is 1 and there are other active conversations",
                  "\"failedSession\":{\"conversationId\":\"c1\",\"sessionId\":\"s1\"}",
                  "\"otherActiveSessions\":[{\"conversationId\":\"c2\",\"sessionId\":\"s1\"}]",
                  "\"error\":{\"$cause\":");
  expect_nothing_sent(s, "\"method\":\"terminate\"");
  expect_no_more(s);
}

static void end_fails_with_others_ended(scenario *s) {
  sign_in(s);
  talk(s);
  conversation(s, .conversation = "c2", .state = "alerting");
  conversation(s, .conversation = "c2", .state = "disconnected");
  forget(s);
  http_answer(s, "PATCH", "conversations/calls/*", 500, "{}");
  uint32_t end = call(s, "endSession", C1);
  expect_sent(s, "\"method\":\"terminate\"", "\"sessionId\":\"s1\"", "\"reason\":\"success\"");
  expect_event(s, "_sessionEnded", "");
  expect_event(s, "sessionEnded", "");
  expect_resolved(s, end, "");
}

static void end_without_participant(scenario *s) {
  sign_in(s);
  connect_call(s, 1, "s1", "c1");
  http_answer(s, "GET", "conversations/c1", 200, "{\"participants\":[]}");
  uint32_t end = call(s, "endSession", C1);
  expect_http(s, "GET", "conversations/c1", "");
  expect_error(s, "\"type\":\"generic\"", "participant not found for converstionId", "{\"conversationId\":\"c1\"}");
  expect_sent(s, "\"method\":\"terminate\"");
  expect_resolved(s, end, "");
}

static void all_sessions_end(scenario *s) {
  start(s, "{\"accessToken\":\"TOKEN\"}");
  uint32_t early = call(s, "endAllSessions", "[]");
  expect_resolved(s, early, "");
  sign_in_with(s, 2, false);
  connect_call(s, 1, "s1", "c1");
  connect_call(s, 2, "s2", "c2");
  s->silent = "\"terminate\"";
  uint32_t all = call(s, "endAllSessions", "[]");
  expect_sent(s, "\"method\":\"terminate\"", "\"sessionId\":\"s1\"");
  expect_sent(s, "\"method\":\"terminate\"", "\"sessionId\":\"s2\"");
  expect_waiting(s, all);
  advance(s, 2000);
  expect_resolved(s, all, "");
}

/* --- mute and hold --- */

static void mute(scenario *s) {
  sign_in(s);
  talk(s);
  uint32_t muted = call(s, "setAudioMute", "[{\"conversationId\":\"c1\",\"mute\":true}]");
  expect_http(s, "PATCH", "conversations/calls/c1/participants/p-c1", "{\"muted\":true}");
  expect_resolved(s, muted, "");
  expect_nothing_sent(s, "\"method\":\"mute\"");
  conversation(s, .conversation = "c1", .state = "connected", .muted = true);
  expect_event(s, "conversationUpdate", "\"added\":[]", "\"removed\":[]", "\"muted\":true");
  uint32_t unmuted = call(s, "setAudioMute", "[{\"conversationId\":\"c1\",\"mute\":false}]");
  expect_http(s, "PATCH", "conversations/calls/c1/participants/p-c1", "{\"muted\":false}");
  expect_resolved(s, unmuted, "");
  uint32_t unknown = call(s, "setAudioMute", "[{\"conversationId\":\"c9\",\"mute\":true}]");
  expect_rejected(s, unknown, "\"type\":\"session\"", "Unable to find session", "\"conversationId\":\"c9\"");
}

static void hold(scenario *s) {
  sign_in(s);
  talk(s);
  uint32_t held = call(s, "setConversationHeld", "[{\"conversationId\":\"c1\",\"held\":true}]");
  expect_http(s, "PATCH", "conversations/calls/c1/participants/p-c1", "{\"held\":true}");
  expect_resolved(s, held, "");
  peer_state(s, 1, "disconnected");
  uint32_t dead = call(s, "setConversationHeld", "[{\"conversationId\":\"c1\",\"held\":false}]");
  expect_resolved(s, dead, "");
  expect_no_http(s);
}

static void hold_and_mute_fail(scenario *s) {
  sign_in(s);
  talk(s);
  http_answer(s, "PATCH", "conversations/calls/*", 400, "{\"message\":\"no\"}");
  uint32_t held = call(s, "setConversationHeld", "[{\"conversationId\":\"c1\",\"held\":true}]");
  expect_error(s, "\"type\":\"http\"");
  expect_rejected(s, held, "\"type\":\"call\"", "Failed to set held state",
                  "\"params\":{\"conversationId\":\"c1\",\"held\":true}", "\"error\":{\"$cause\":");
  uint32_t muted = call(s, "setAudioMute", "[{\"conversationId\":\"c1\",\"mute\":true}]");
  expect_error(s, "\"type\":\"http\"");
  expect_rejected(s, muted, "\"type\":\"generic\"", "Failed to set audioMute", "\"sessionType\":\"softphone\"");
  expect_no_more(s);
}

static void unhold_holds_the_other(scenario *s) {
  sign_in_with(s, 2, false);
  connect_call(s, 1, "s1", "c1");
  connect_call(s, 2, "s2", "c2");
  http_answer(s, "GET", "conversations/c1", HTTP_HOLD, "");
  uint32_t unheld = call(s, "setConversationHeld", "[{\"conversationId\":\"c2\",\"held\":false}]");
  expect_http(s, "GET", "conversations/c2", "");
  expect_http(s, "PATCH", "conversations/calls/c2/participants/p-found", "{\"held\":false}");
  const seen *look_up = expect_http(s, "GET", "conversations/c1", "");
  http_reply(s, look_up, 200,
             "{\"participants\":[{\"id\":\"px\",\"purpose\":\"agent\",\"userId\":\"u1\","
             "\"calls\":[{\"id\":\"k\",\"state\":\"connected\"}]}]}");
  expect_http(s, "PATCH", "conversations/calls/c1/participants/px", "{\"held\":true}");
  expect_resolved(s, unheld, "");
  expect_no_http(s);
}

static void unhold_with_one_appearance(scenario *s) {
  sign_in(s);
  talk(s);
  conversation(s, .conversation = "c2", .state = "alerting");
  conversation(s, .conversation = "c2", .state = "connected");
  forget(s);
  uint32_t unheld = call(s, "setConversationHeld", "[{\"conversationId\":\"c2\",\"held\":false}]");
  expect_http(s, "PATCH", "conversations/calls/c2/participants/p-c2", "{\"held\":false}");
  expect_resolved(s, unheld, "");
  expect_no_http(s);
}

static void second_call_holds_the_first(scenario *s) {
  sign_in_with(s, 2, false);
  talk(s);
  offer(s, .session = "s2", .conversation = "c2");
  expect_http(s, "PATCH", "conversations/calls/c1/participants/p-c1", "{\"held\":true}");
  conversation(s, .conversation = "c1", .state = "connected", .held = true);
  forget(s);
  offer(s, .session = "s3", .conversation = "c3");
  expect_http(s, "GET", "conversations/c2", ""); /* c1 is held already */
  expect_http(s, "PATCH", "conversations/calls/c2/participants/p-found", "{\"held\":true}");
  expect_no_http(s);
}

static void eager_connection_holds_nothing(scenario *s) {
  sign_in_with(s, 2, true);
  talk(s);
  propose(s, .session = "s2", .conversation = "c2", .answer_mode = "Auto");
  offer(s, .session = "s2", .conversation = "c2");
  expect_event(s, "sessionStarted", "{\"$session\":2}");
  expect_sent(s, "\"method\":\"answer\"", "\"sessionId\":\"s2\"");
  expect_no_http(s);
}

/* --- accept and reject --- */

static void reject_by_purpose(scenario *s) {
  sign_in(s);
  conversation(s, .conversation = "c1", .state = "alerting", .purpose = "user");
  propose(s, .session = "s1", .conversation = "c1");
  uint32_t user = call(s, "rejectPendingSession", C1);
  expect_http(s, "POST", "conversations/calls/c1/participants/p-c1/replace", "{\"voicemail\":true}");
  expect_resolved(s, user, "");
  conversation(s, .conversation = "c2", .state = "alerting");
  propose(s, .session = "s2", .conversation = "c2");
  uint32_t agent = call(s, "rejectPendingSession", "[{\"conversationId\":\"c2\",\"sessionType\":\"softphone\"}]");
  expect_http(s, "PATCH", "conversations/calls/c2/participants/p-c2", "{\"state\":\"disconnected\"}");
  expect_resolved(s, agent, "");
  expect_nothing_sent(s, "<reject");
  forget(s);
  send_message(s, "retract", "s2");
  expect_event(s, "cancelPendingSession", "\"conversationId\":\"c2\"");
  uint32_t unknown = call(s, "rejectPendingSession", "[{\"conversationId\":\"c9\"}]");
  expect_rejected(s, unknown, "\"message\":\"Could not find a pendingSession\"");
  expect_no_more(s);
}

static void reject_looks_the_participant_up(scenario *s) {
  sign_in(s);
  propose(s, .session = "s1", .conversation = "c 1/x");
  uint32_t rejected = call(s, "rejectPendingSession", "[{\"conversationId\":\"c 1/x\"}]");
  expect_http(s, "GET", "conversations/c%201%2Fx", "");
  expect_http(s, "PATCH", "conversations/calls/c%201%2Fx/participants/p-found", "{\"state\":\"disconnected\"}");
  expect_resolved(s, rejected, "");
  http_answer(s, "GET", "conversations/*", 404, "{}");
  uint32_t missing = call(s, "rejectPendingSession", "[{\"conversationId\":\"c 1/x\"}]");
  expect_error(s, "\"type\":\"http\"");
  expect_rejected(s, missing, "{\"cause\":");
  http_answer(s, "GET", "conversations/*", 200, "{\"participants\":[{\"id\":\"p1\",\"userId\":\"other\"}]}");
  uint32_t foreign = call(s, "rejectPendingSession", "[{\"conversationId\":\"c 1/x\"}]");
  expect_rejected(s, foreign, "participant not found for converstionId");
}

static void unknown_pending_sessions(scenario *s) {
  sign_in(s);
  uint32_t accept = call(s, "acceptPendingSession", C1);
  expect_rejected(s, accept, "\"type\":\"session\"", "Could not find a pendingSession matching accept params",
                  "\"details\":{\"params\":{\"conversationId\":\"c1\"}}");
  uint32_t reject = call(s, "rejectPendingSession", C1);
  expect_rejected(s, reject, "\"type\":\"session\"", "\"message\":\"Could not find a pendingSession\"",
                  "\"details\":{\"params\":{\"conversationId\":\"c1\"}}");
  uint32_t nothing = call(s, "acceptPendingSession", "[]");
  expect_rejected(s, nothing, "Could not find a pendingSession");
  uint32_t unknown = call(s, "acceptSession", C1);
  expect_rejected(s, unknown, "Unable to find session");
  uint32_t empty = call(s, "acceptSession", "[{}]");
  expect_rejected(s, empty, "\"type\":\"invalid_options\"", "A conversationId is required for acceptSession");
}

/* --- starting --- */

static void start_softphone(scenario *s) {
  sign_in(s);
  http_answer(s, "POST", "conversations/calls", 202, "{\"id\":\"c5\",\"selfUri\":\"/x\",\"participants\":[]}");
  uint32_t dial = call(s, "startSoftphoneSession",
                       "[{\"sessionType\":\"fax\",\"callUserId\":\"u2\",\"priority\":3,\"x\":{\"y\":[1,null]}}]");
  expect_http(s, "POST", "conversations/calls",
              "{\"callUserId\":\"u2\",\"priority\":3,\"x\":{\"y\":[1,null]},\"sessionType\":\"softphone\"}");
  expect_resolved(s, dial, "{\"id\":\"c5\",\"selfUri\":\"/x\"}");
  http_answer(s, "POST", "conversations/calls", 400, "{}");
  uint32_t refused = call(s, "startSoftphoneSession", "[{}]");
  expect_error(s, "\"type\":\"http\"");
  expect_rejected(s, refused, "{\"cause\":");
  uint32_t nothing = call(s, "startSoftphoneSession", "[]");
  expect_rejected(s, nothing, "\"type\":\"invalid_options\"");
}

static void start_while_disconnected(scenario *s) {
  sign_in(s);
  drop_connection(s);
  forget(s);
  uint32_t dial = call(s, "startSoftphoneSession", "[{\"phoneNumber\":\"1\"}]");
  expect_rejected(s, dial, "\"type\":\"session\"",
                  "A session cannot be started as streaming client is not yet connected",
                  "{\"sessionType\":\"softphone\"}");
  expect_no_http(s);
}

static void start_media(scenario *s) {
  start(s, "{\"accessToken\":\"TOKEN\",\"defaults\":{\"audioDeviceId\":\"desk\",\"micEchoCancellation\":false}}");
  uint32_t wanted = call(s, "media.startMedia", "[{\"audio\":true}]");
  expect_effect(s, SP_FX_MEDIA_REQUEST, 1, "desk", "\"echoCancellation\":false");
  expect_resolved(s, wanted, "{\"$stream\":\"mic-1\"}");
  s->media_error = "NotAllowedError";
  uint32_t denied = call(s, "media.startMedia", "[{\"audio\":true}]");
  expect_error(s, "\"type\":\"media\"");
  expect_rejected(s, denied, "{\"cause\":");
  expect_no_more(s);
}

static const scenario_case cases[] = {
  { "S-65 endSession waits for the request and the end", end_needs_both, false },
  { "a call is ended by the id of its session", end_by_the_id_of_the_session, false },
  { "the session ends before the request is answered", end_before_the_patch, false },
  { "endSession does not wait for ever", end_waits_in_vain, false },
  { "S-66 endSession falls back with many appearances", end_fails_with_many_appearances, false },
  { "S-67 endSession does not take other calls down", end_fails_with_others_alerting, false },
  { "S-68 endSession falls back when the others are over", end_fails_with_others_ended, false },
  { "endSession without a participant", end_without_participant, false },
  { "all sessions end", all_sessions_end, false },
  { "S-98 mute", mute, false },
  { "S-99 hold, and hold on a dead connection", hold, false },
  { "S-101 hold and mute fail", hold_and_mute_fail, false },
  { "S-100 unhold with many appearances", unhold_holds_the_other, false },
  { "S-100 unhold with one appearance", unhold_with_one_appearance, false },
  { "S-103 a second session holds the first", second_call_holds_the_first, false },
  { "S-103 an eager connection holds nothing", eager_connection_holds_nothing, false },
  { "S-102 reject by purpose", reject_by_purpose, false },
  { "reject looks the participant up", reject_looks_the_participant_up, false },
  { "S-43 unknown pending sessions", unknown_pending_sessions, false },
  { "S-104 startSoftphoneSession", start_softphone, false },
  { "S-105 startSoftphoneSession while disconnected", start_while_disconnected, false },
  { "media.startMedia", start_media, false },
};

int main(void) {
  return run_scenarios("core calls", cases, sizeof cases / sizeof *cases);
}
