/* SPDX-License-Identifier: MIT */
/* Sign-in, station, proposals and the life of sessions through the core: what the app, the streaming server and the
   REST API see (sessions.md §3-§6, wire.md §8, §9). */
#include "scenario.h"

#include <string.h>

#define C1 "[{\"conversationId\":\"c1\"}]"

/* --- a call from end to end --- */

static void whole_inbound_call(scenario *s) {
  sign_in(s);
  conversation(s, .conversation = "c1", .state = "alerting");
  expect_no_more(s);
  propose(s, .session = "s1", .conversation = "c1");
  expect_event(s, "pendingSession", "\"id\":\"s1\",\"sessionId\":\"s1\"", "\"autoAnswer\":false",
               "\"conversationId\":\"c1\"", "\"sessionType\":\"softphone\"", "\"toJid\":\"" ME "/res-1\"",
               "\"fromJid\":\"" GATEWAY "\"", "\"originalRoomJid\":\"+13175550100@gjoll.acme.orgspan.com\"",
               "\"fromUserId\":\"u-from\"");
  uint32_t accept = call(s, "acceptPendingSession", C1);
  expect_resolved(s, accept, "");
  expect_sent(s, "<proceed", "to=\"" GATEWAY "\"", "id=\"s1\"");
  expect_no_more(s);

  offer(s, .session = "s1", .conversation = "c1");
  expect_effect(s, SP_FX_PEER_OPEN, 1, "turn:t.example.com:3478", "stun:s.example.com:3478",
                "\"iceTransportPolicy\":\"all\"");
  expect_effect(s, SP_FX_SESSION_NEW, 1, "\"id\":\"s1\"", "\"peerID\":\"" GATEWAY "\"", "\"conversationId\":\"c1\"",
                "\"fromUserId\":\"u-from\"", "\"reinvite\":false", "\"state\":\"pending\"");
  expect_sent(s, "type=\"result\"", "to=\"" GATEWAY "\"");
  const seen *notice = expect_sent(s, "<accept", "to=\"" ME "\"", "id=\"s1\"");
  const seen *started = expect_event(s, "sessionStarted", "[{\"$session\":1}]");
  expect_event(s, "handledPendingSession", "\"sessionId\":\"s1\",\"conversationId\":\"c1\"");
  const seen *microphone = expect_effect(s, SP_FX_MEDIA_REQUEST, 1, "user");
  expect_before(s, notice, microphone);
  expect_before(s, started, microphone);
  expect_effect(s, SP_FX_PEER_STREAM, 1, "mic-1");
  const seen *element = expect_effect(s, SP_FX_AUDIO_ATTACH, 1, "\"volume\":1", "\"sinkId\":\"\"");
  expect_effect(s, SP_FX_SESSION_SET, 1, "\"state\":\"active\"");
  const seen *answer = expect_sent(s, "\"method\":\"answer\"", "\"sessionId\":\"s1\"", "a=answer", "to=\"" GATEWAY "\"",
                                   "from=\"" ME "/res-1\"");
  expect_before(s, notice, answer);
  expect_before(s, answer, element); /* what is not needed for it does not delay it */
  peer_connects(s, 1);
  expect_sent(s, "\"method\":\"info\"", "\"status\":\"active\"");
  expect_no_effect(s, SP_FX_PEER_CHANNEL);
  expect_effect(s, SP_FX_SESSION_EVENT, 1, "connectionState", "[\"connected\"]");

  conversation(s, .conversation = "c1", .state = "connected");
  const seen *metadata = expect_http(s, "POST", "conversations/calls/c1/communications/call-c1/metadata", "");
  const seen *added = expect_event(s, "conversationUpdate", "\"activeConversationId\":\"c1\"", "\"added\":[{",
                                   "\"session\":{\"$session\":1}");
  expect_before(s, metadata, added);
  expect_no_more(s);

  uint32_t end = call(s, "endSession", C1);
  expect_http(s, "PATCH", "conversations/calls/c1/participants/p-c1", "{\"state\":\"disconnected\"}");
  expect_waiting(s, end);
  conversation(s, .conversation = "c1", .state = "disconnected");
  expect_event(s, "_sessionEnded", "[{\"$session\":1},{\"condition\":\"success\"}]");
  expect_event(s, "sessionEnded", "[{\"$session\":1},{\"condition\":\"success\"}]");
  expect_event(s, "conversationUpdate", "\"removed\":[{", "\"current\":[]");
  expect_resolved(s, end, "");
  terminate(s, "s1", NULL); /* the session ended with its conversation: once */
  expect_effect(s, SP_FX_MEDIA_STOP, 0, "mic-1");
  expect_effect(s, SP_FX_AUDIO_DETACH, 1, "");
  expect_effect(s, SP_FX_SESSION_SET, 1, "\"state\":\"ended\"");
  expect_effect(s, SP_FX_SESSION_EVENT, 1, "terminated", "\"condition\":\"success\"");
  const seen *closed = expect_effect(s, SP_FX_PEER_CLOSE, 1, "");
  expect_before(s, closed, expect_effect(s, SP_FX_SESSION_DROP, 1, ""));
  expect_nothing_sent(s, "\"method\":\"terminate\"");
  expect_no_more(s);
}

static void whole_outbound_call(scenario *s) {
  sign_in(s);
  uint32_t dial = call(s, "startSoftphoneSession", "[{\"phoneNumber\":\"5550100\"}]");
  expect_http(s, "POST", "conversations/calls", "{\"phoneNumber\":\"5550100\",\"sessionType\":\"softphone\"}");
  expect_resolved(s, dial, "{}");
  conversation(s, .conversation = "c1", .state = "contacting", .direction = "outbound");
  propose(s, .session = "s1", .conversation = "c1", .auto_answer = "true");
  const seen *pending = expect_event(s, "pendingSession", "\"autoAnswer\":true");
  expect_before(s, pending, expect_sent(s, "<proceed", "id=\"s1\""));
  offer(s, .session = "s1", .conversation = "c1");
  expect_event(s, "sessionStarted", "[{\"$session\":1}]");
  expect_event(s, "handledPendingSession", "\"conversationId\":\"c1\"");
  expect_sent(s, "\"method\":\"answer\"");
  peer_connects(s, 1);
  conversation(s, .conversation = "c1", .state = "dialing", .direction = "outbound");
  expect_event(s, "conversationUpdate", "\"added\":[{");
  expect_no_http(s);
  conversation(s, .conversation = "c1", .state = "connected", .direction = "outbound");
  expect_http(s, "POST", "conversations/calls/c1/communications/call-c1/metadata", "");
  expect_event(s, "conversationUpdate", "\"added\":[]", "\"removed\":[]");
  terminate(s, "s1", "success");
  expect_event(s, "_sessionEnded", "{\"$session\":1}");
  expect_event(s, "sessionEnded", "{\"$session\":1}");
  conversation(s, .conversation = "c1", .state = "terminated", .direction = "outbound");
  expect_event(s, "_sessionEnded", "[null,{\"condition\":\"success\"}]");
  expect_event(s, "conversationUpdate", "\"removed\":[{", "\"activeConversationId\":\"\"");
  expect_no_more(s);
}

/* --- initialize --- */

static void boot_order(scenario *s) {
  start(s, "{\"accessToken\":\"TOKEN\",\"environment\":\"mypurecloud.com\"}");
  uint32_t init = call(s, "initialize", "[]");
  advance(s, 200);
  /* The station is fetched while the connection comes up; the app hears of it afterwards. */
  expect_before(s, expect_http(s, "GET", "stations/st1", ""), expect_effect(s, SP_FX_SOCKET_OPEN, 1, ""));
  const seen *connected = expect_event(s, "connected", "[{\"reconnect\":false}]");
  expect_before(s, connected, expect_event(s, "concurrentSoftphoneSessionsEnabled", "[false]"));
  expect_effect(s, SP_FX_MEMBER, 0, "station", "\"id\":\"st1\"");
  const seen *station = expect_event(s, "station", "\"action\":\"Associated\"", "\"name\":\"Desk\"");
  const seen *ready = expect_event(s, "ready", "[]");
  expect_before(s, station, ready);
  expect_before(s, expect_sent(s, "v2.users.u1.conversations"), ready);
  expect_before(s, expect_sent(s, "v2.users.u1.persistentconnection"), ready);
  expect_before(s, ready, expect_resolved(s, init, ""));
  check(s, strcmp(ask(s, "connected"), "true") == 0, "connected");
  expect_no_more(s);
}

static void bootstrap_requests_run_together(scenario *s) {
  http_answer(s, "GET", "organizations/me", HTTP_HOLD, "");
  http_answer(s, "GET", "users/me*", HTTP_HOLD, "");
  start(s, "{\"accessToken\":\"TOKEN\",\"environment\":\"mypurecloud.com\"}");
  call(s, "initialize", "[]");
  const seen *first = expect_http(s, "GET", "organizations/me", "");
  const seen *second = expect_http(s, "GET", "users/me?expand=station", "");
  expect_before(s, first, second);
  check(s, strstr(first->text, "\"Authorization\":\"Bearer TOKEN\"") != NULL, "the token is sent");
  /* The channel needs no identity, so it is asked for beside them. */
  expect_http(s, "POST", "notifications/channels?connectionType=streaming", "");
  expect_no_http(s);
}

static void no_effective_station(scenario *s) {
  http_answer(s, "GET", "users/me*", 200, "{\"id\":\"u1\",\"chat\":{\"jabberId\":\"" ME "\"}}");
  start(s, "{\"accessToken\":\"TOKEN\"}");
  uint32_t init = call(s, "initialize", "[]");
  advance(s, 200);
  expect_resolved(s, init, "");
  expect_error(s, "\"type\":\"generic\"", "User does not have an effective station");
  expect_event(s, "connected", "");
  expect_event(s, "ready", "[]");
  expect_no_more(s);
  check(s, strcmp(ask(s, "isConcurrentSoftphoneSessionsEnabled"), "false") == 0, "LA1 without a station");
  check(s, strcmp(ask(s, "isPersistentConnectionEnabled"), "false") == 0, "not persistent without a station");
  /* LA1: accepting the live active session again does nothing, and an alerting call lands on it. */
  connect_call(s, 1, "s1", "c1");
  conversation(s, .conversation = "c2", .state = "alerting");
  expect_event(s, "pendingSession", "\"id\":\"s1\"", "\"conversationId\":\"c2\"");
}

static void second_initialize(scenario *s) {
  sign_in(s);
  connect_call(s, 1, "s1", "c1");
  propose(s, .session = "s2", .conversation = "c2");
  forget(s);
  uint32_t again = call(s, "initialize", "[]");
  advance(s, 3000);
  expect_event(s, "_sessionEnded", "\"gone\"");
  expect_event(s, "sessionEnded", "\"gone\"");
  expect_event(s, "disconnected", "{\"reconnecting\":false}");
  expect_event(s, "connected", "[{\"reconnect\":false}]");
  expect_event(s, "concurrentSoftphoneSessionsEnabled", "");
  expect_event(s, "station", "");
  expect_event(s, "ready", "");
  expect_resolved(s, again, "");
  expect_no_more(s);
  uint32_t accept = call(s, "acceptPendingSession", "[{\"conversationId\":\"c2\"}]");
  expect_rejected(s, accept, "Could not find a pendingSession matching accept params");
  connect_call(s, 2, "s3", "c3");
  check(s, strcmp(ask(s, "connected"), "true") == 0, "connected");
}

static void reconnect_is_quiet(scenario *s) {
  sign_in(s);
  connect_call(s, 1, "s1", "c1");
  drop_connection(s);
  expect_event(s, "disconnected", "{\"reconnecting\":true}");
  check(s, strcmp(ask(s, "connected"), "false") == 0, "not connected");
  advance(s, 3000);
  expect_event(s, "connected", "[{\"reconnect\":true}]");
  expect_http(s, "GET", "users/me", "");         /* the connectivity probe of wire.md R2 */
  expect_http(s, "GET", "conversations/c1", ""); /* what may have changed meanwhile: nothing without a call */
  expect_http(s, "GET", "conversations?communicationType=call", ""); /* what began to ring on its session */
  expect_no_http(s);
  expect_no_more(s);
  uint32_t mute = call(s, "setAudioMute", "[{\"conversationId\":\"c1\",\"mute\":true}]");
  expect_resolved(s, mute, "");
}

static void a_new_token_is_used(scenario *s) {
  sign_in(s);
  uint32_t set = call(s, "setAccessToken", "[\"NEXT\"]");
  expect_resolved(s, set, "");
  call(s, "startSoftphoneSession", "[{}]");
  const seen *request = expect_http(s, "POST", "conversations/calls", NULL);
  check(s, strstr(request->text, "Bearer NEXT") != NULL, "the new token is sent");
  drop_connection(s);
  advance(s, 3000);
  expect_sent(s, "mechanism=\"PLAIN\"", "AHUxQGFjbWUub3Jnc3Bhbi5jb20AYXV0aEtleTpORVhU"); /* NUL jid NUL authKey:NEXT */
  uint32_t refused = call(s, "setAccessToken", "[\"\"]");
  expect_rejected(s, refused, "invalid_options");
}

static void propose_before_the_handler(scenario *s) {
  http_answer(s, "GET", "stations/st1", HTTP_HOLD, "");
  start(s, "{\"accessToken\":\"TOKEN\"}");
  uint32_t init = call(s, "initialize", "[]");
  advance(s, 200);
  expect_event(s, "connected", "");
  propose(s, .session = "s1", .conversation = "c1");
  offer(s, .session = "s9", .conversation = "c9");
  expect_no_more(s);
  expect_waiting(s, init);
  http_reply(s, expect_http(s, "GET", "stations/st1", ""), 200, "{\"id\":\"st1\"}");
  expect_resolved(s, init, "");
  uint32_t accept = call(s, "acceptPendingSession", C1);
  expect_rejected(s, accept, "Could not find a pendingSession");
  expect_no_effect(s, SP_FX_SESSION_NEW);
  propose(s, .session = "s1", .conversation = "c1");
  forget(s);
  accept = call(s, "acceptPendingSession", C1);
  expect_resolved(s, accept, "");
}

static void only_other_types_allowed(scenario *s) {
  start(s, "{\"accessToken\":\"TOKEN\",\"allowedSessionTypes\":[\"screenShare\"]}");
  uint32_t init = call(s, "initialize", "[]");
  advance(s, 200);
  expect_resolved(s, init, "");
  expect_event(s, "connected", "");
  expect_event(s, "ready", "");
  propose(s, .session = "s1", .conversation = "c1");
  expect_no_more(s);
  uint32_t dial = call(s, "startSoftphoneSession", "[{}]");
  expect_rejected(s, dial, "\"type\":\"generic\"", "Cannot start a session with a disabled session handler",
                  "\"sessionType\":\"softphone\"}");
}

/* --- station --- */

static void station_disassociated(scenario *s) {
  sign_in_with(s, 2, true);
  check(s, strcmp(ask(s, "isPersistentConnectionEnabled"), "true") == 0, "persistent");
  for (int i = 0; i < 2; i++) {
    notify(s, "v2.users.u1.station", "{\"metadata\":{\"action\":\"Disassociated\"},\"eventBody\":{}}");
    expect_effect(s, SP_FX_MEMBER, 0, "station", "null");
    expect_event(s, "station", "[{\"action\":\"Disassociated\",\"station\":null}]");
    expect_no_more(s);
  }
  check(s, strcmp(ask(s, "isPersistentConnectionEnabled"), "false") == 0, "not persistent");
  check(s, strcmp(ask(s, "isConcurrentSoftphoneSessionsEnabled"), "false") == 0, "LA1");
}

static void station_associated(scenario *s) {
  sign_in(s);
  http_answer(s, "GET", "stations/st2", HTTP_HOLD, "");
  notify(s, "v2.users.u1.station",
         "{\"metadata\":{\"action\":\"Associated\"},\"eventBody\":{\"associatedStation\":{\"id\":\"st2\"}}}");
  const seen *request = expect_http(s, "GET", "stations/st2", "");
  expect_no_more(s);
  http_reply(s, request, 200, "{\"id\":\"st2\",\"webRtcCallAppearances\":3}");
  const seen *concurrent = expect_event(s, "concurrentSoftphoneSessionsEnabled", "[true]");
  expect_before(s, concurrent, expect_event(s, "station", "\"action\":\"Associated\"", "\"id\":\"st2\""));
  expect_no_more(s);
}

static void station_migration(scenario *s) {
  sign_in(s);
  http_answer(s, "GET", "stations/st1", 200,
              "{\"id\":\"st1\",\"type\":\"inin_remote\",\"webRtcPersistentEnabled\":true,"
              "\"webRtcCallAppearances\":2}");
  notify(s, "v2.users.u1.station", "{\"metadata\":{\"action\":\"WebRTCMigration\"},\"eventBody\":{}}");
  expect_http(s, "GET", "stations/st1", "");
  expect_event(s, "concurrentSoftphoneSessionsEnabled", "[true]");
  expect_event(s, "station", "\"type\":\"inin_remote\"");
  check(s, strcmp(ask(s, "isPersistentConnectionEnabled"), "false") == 0, "inin_remote is not persistent");
  notify(s, "v2.users.u1.station", "{\"metadata\":{\"action\":\"Renamed\"},\"eventBody\":{}}");
  notify(s, "v2.users.u1.station", "{\"eventBody\":{}}");
  expect_no_http(s);
  expect_no_more(s);
}

/* --- proposals --- */

static void repeated_propose(scenario *s) {
  sign_in(s);
  propose(s, .session = "s1", .conversation = "c1");
  expect_event(s, "pendingSession", "\"id\":\"s1\"");
  propose(s, .session = "s1", .conversation = "c1");
  expect_no_more(s);
  expect_nothing_sent(s, "<proceed");
  call(s, "acceptPendingSession", C1);
  expect_sent(s, "<proceed", "id=\"s1\"");
  propose(s, .session = "s1", .conversation = "c1"); /* W-8.1 rule 4: proceed again */
  expect_sent(s, "<proceed", "id=\"s1\"");
  expect_no_more(s);
}

static void renewed_propose(scenario *s) {
  sign_in(s);
  propose(s, .session = "s1", .conversation = "c1");
  expect_event(s, "pendingSession", "\"id\":\"s1\"");
  propose(s, .session = "s2", .conversation = "c1");
  expect_no_more(s);
  expect_nothing_sent(s, "<proceed");
  call(s, "acceptPendingSession", C1);
  expect_sent(s, "<proceed", "id=\"s2\"");
  send_message(s, "retract", "s1");
  expect_no_more(s);
  send_message(s, "retract", "s2");
  expect_event(s, "cancelPendingSession", "\"sessionId\":\"s2\",\"conversationId\":\"c1\"");
}

static void own_and_broken_proposes(scenario *s) {
  sign_in(s);
  propose(s, .session = "s1", .conversation = "c1", .from = ME "/res-1");
  propose(s, .session = "s2", .conversation = "c2", .type = "error");
  expect_no_more(s);
  propose(s, .session = "s3", .conversation = "c3", .from = "somebody@acme.orgspan.com/x");
  expect_error(s, "\"type\":\"session\"", "Failed to find session handler for session");
  expect_no_more(s);
  expect_nothing_sent(s, "urn:xmpp:jingle-message:0");
}

static void sign_in_as(scenario *s, const char *config) {
  start(s, config);
  sign_in(s);
}

static void auto_answer(scenario *s) {
  sign_in(s);
  propose(s, .session = "s1", .conversation = "c1", .auto_answer = "true");
  const seen *pending = expect_event(s, "pendingSession", "\"autoAnswer\":true");
  expect_before(s, pending, expect_sent(s, "<proceed", "id=\"s1\""));
}

static void auto_answer_disabled(scenario *s) {
  sign_in_as(s, "{\"accessToken\":\"TOKEN\",\"disableAutoAnswer\":true}");
  propose(s, .session = "s1", .conversation = "c1", .auto_answer = "1");
  expect_event(s, "pendingSession", "\"autoAnswer\":true");
  expect_nothing_sent(s, "<proceed");
}

static void eager_auto(scenario *s) {
  sign_in(s);
  propose(s, .session = "s1", .conversation = "c1", .answer_mode = "Auto");
  expect_sent(s, "<proceed", "id=\"s1\"");
  expect_no_more(s);
}

static void eager_none(scenario *s) {
  sign_in_as(s, "{\"accessToken\":\"TOKEN\",\"eagerPersistentConnectionEstablishment\":\"none\"}");
  propose(s, .session = "s1", .conversation = "c1", .answer_mode = "Auto");
  expect_nothing_sent(s, "<proceed");
  expect_no_more(s);
  uint32_t accept = call(s, "acceptPendingSession", C1);
  expect_resolved(s, accept, "");
  expect_sent(s, "<proceed", "id=\"s1\"");
}

static void eager_event(scenario *s) {
  sign_in_as(s, "{\"accessToken\":\"TOKEN\",\"eagerPersistentConnectionEstablishment\":\"event\"}");
  propose(s, .session = "s1", .conversation = "c1", .answer_mode = "Auto", .auto_answer = "true");
  expect_event(s, "pendingSession", "\"privAnswerMode\":\"Auto\"");
  expect_nothing_sent(s, "<proceed");
}

static void retract_while_ringing(scenario *s) {
  sign_in(s);
  propose(s, .session = "s1", .conversation = "c1");
  expect_event(s, "pendingSession", "");
  send_message(s, "retract", "s9");
  expect_no_more(s);
  send_message(s, "retract", "s1");
  expect_event(s, "cancelPendingSession", "[{\"sessionId\":\"s1\",\"conversationId\":\"c1\"}]");
  send_message(s, "retract", "s1");
  expect_no_more(s);
  uint32_t accept = call(s, "acceptPendingSession", C1);
  expect_rejected(s, accept, "Could not find a pendingSession matching accept params",
                  "{\"params\":{\"conversationId\":\"c1\"}}");
  propose(s, .session = "s1", .conversation = "c1"); /* a late copy */
  expect_no_more(s);
  advance(s, 10000);
  propose(s, .session = "s1", .conversation = "c1"); /* it is still offered */
  expect_event(s, "pendingSession", "\"id\":\"s1\"");
}

static void handled_elsewhere(scenario *s) {
  static const char *const notices[] = { "accept", "reject" };
  sign_in(s);
  for (size_t i = 0; i < 2; i++) {
    propose(s, .session = i ? "s2" : "s1", .conversation = i ? "c2" : "c1");
    expect_event(s, "pendingSession", "");
    send_message(s, notices[i], i ? "s2" : "s1");
    expect_event(s, "handledPendingSession", i ? "\"conversationId\":\"c2\"" : "\"conversationId\":\"c1\"");
    expect_no_more(s);
  }
}

static const scenario_case cases[] = {
  { "S-30 S-46 S-62 W-9.6 a whole inbound call", whole_inbound_call, false },
  { "S-80 a whole outbound call, answered automatically", whole_outbound_call, false },
  { "S-18 S-24 W-6.2 initialize goes step by step", boot_order, false },
  { "S-10 organization and user are asked for together", bootstrap_requests_run_together, false },
  { "S-19 S-29 no effective station", no_effective_station, false },
  { "S-20 initialize a second time starts afresh", second_initialize, false },
  { "S-21 a reconnect announces itself only", reconnect_is_quiet, false },
  { "a new token is used for requests and the next connection", a_new_token_is_used, false },
  { "S-23 a propose before the handler is enabled is dropped", propose_before_the_handler, false },
  { "S-105 softphone not allowed", only_other_types_allowed, false },
  { "S-25 the station is disassociated", station_disassociated, false },
  { "S-26 another station is associated", station_associated, false },
  { "S-27 S-28 the station migrates", station_migration, false },
  { "S-31 W-D6 W-8.1 a repeated propose", repeated_propose, false },
  { "S-32 a propose with another session id", renewed_propose, false },
  { "W-8.1 proposes of ours, of type error, of nobody", own_and_broken_proposes, false },
  { "S-36 autoAnswer announces, then proceeds", auto_answer, false },
  { "S-37 disableAutoAnswer", auto_answer_disabled, false },
  { "S-38 eager connection, auto", eager_auto, false },
  { "S-39 eager connection, none", eager_none, false },
  { "S-40 eager connection, event", eager_event, false },
  { "S-42 retract while it rings", retract_while_ringing, false },
  { "W-8.3 handled by another client", handled_elsewhere, false },
};

int main(void) {
  return run_scenarios("core", cases, sizeof cases / sizeof *cases);
}
