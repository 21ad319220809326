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
  expect_effect(s, SP_FX_AUDIO_ATTACH, 1, "\"volume\":1", "\"sinkId\":\"\"");
  expect_effect(s, SP_FX_SESSION_SET, 1, "\"state\":\"active\"");
  const seen *answer = expect_sent(s, "\"method\":\"answer\"", "\"sessionId\":\"s1\"", "a=answer", "to=\"" GATEWAY "\"",
                                   "from=\"" ME "/res-1\"");
  expect_before(s, notice, answer);
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
  terminate(s, "s1", NULL);
  expect_event(s, "_sessionEnded", "[{\"$session\":1},{\"condition\":\"success\"}]");
  expect_event(s, "sessionEnded", "[{\"$session\":1},{\"condition\":\"success\"}]");
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
  const seen *connected = expect_event(s, "connected", "[{\"reconnect\":false}]");
  const seen *topic = expect_sent(s, "v2.users.u1.conversations");
  const seen *request = expect_http(s, "GET", "stations/st1", "");
  expect_before(s, connected, topic);
  expect_before(s, topic, request);
  expect_event(s, "concurrentSoftphoneSessionsEnabled", "[false]");
  expect_effect(s, SP_FX_MEMBER, 0, "station", "\"id\":\"st1\"");
  expect_event(s, "station", "\"action\":\"Associated\"", "\"name\":\"Desk\"");
  const seen *ready = expect_event(s, "ready", "[]");
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
  expect_http(s, "GET", "users/me", ""); /* the connectivity probe of wire.md R2 */
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
  expect_rejected(s, dial, "\"type\":\"generic\"", "Cannot start a session with a disabled session handler");
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
  propose(s, .session = "s3", .conversation = "c3", .from = "somebody@acme.orgspan.com/x");
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
  propose(s, .session = "s1", .conversation = "c1");
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

/* --- the life of a session --- */

static void reinvite_of_another_session(scenario *s) {
  sign_in_as(s, "{\"accessToken\":\"TOKEN\",\"autoConnectSessions\":false}");
  propose(s, .session = "s1", .conversation = "c1");
  call(s, "acceptPendingSession", C1);
  offer(s, .session = "s1", .conversation = "c1");
  call(s, "acceptSession", C1);
  peer_connects(s, 1);
  forget(s);
  offer(s, .session = "s2", .conversation = "c1", .ufrag = "new", .reinvite = true, .rpc_id = "r1");
  expect_effect(s, SP_FX_SESSION_NEW, 2, "\"reinvite\":true");
  expect_effect(s, SP_FX_SESSION_SET, 1, "{\"sessionReplacedByReinvite\":true}");
  expect_effect(s, SP_FX_SESSION_SET, 2, "{\"reconnectCount\":1}");
  expect_sent(s, "<accept", "id=\"s2\"");
  expect_sent(s, "\"method\":\"answer\"", "\"sessionId\":\"s2\"");
  expect_sent(s, "\"method\":\"terminate\"", "\"sessionId\":\"s1\"", "\"reason\":\"alternative-session\"");
  expect_event(s, "_sessionEnded", "[{\"$session\":1},{\"condition\":\"alternative-session\"}]");
  expect_event(s, "sessionEnded", "[{\"$session\":1},{\"condition\":\"alternative-session\"}]");
  expect_no_more(s);
  peer_connects(s, 2);
  uint32_t held = call(s, "setConversationHeld", "[{\"conversationId\":\"c1\",\"held\":true}]");
  expect_resolved(s, held, "");
  offer(s, .session = "s3", .conversation = "c1", .ufrag = "newer", .reinvite = true, .rpc_id = "r2");
  expect_effect(s, SP_FX_SESSION_SET, 3, "{\"reconnectCount\":2}");
}

static void reinvite_of_the_same_session(scenario *s) {
  sign_in(s);
  connect_call(s, 1, "s1", "c1");
  offer(s, .session = "s1", .conversation = "c1", .ufrag = "new", .reinvite = true, .rpc_id = "r1");
  expect_effect(s, SP_FX_PEER_OPEN, 2, "");
  expect_effect(s, SP_FX_SESSION_SET, 1, "sessionReplacedByReinvite");
  expect_sent(s, "\"method\":\"answer\"", "\"sessionId\":\"s1\"");
  expect_nothing_sent(s, "\"method\":\"terminate\""); /* it would end the new session */
  expect_event(s, "_sessionEnded", "{\"$session\":1}", "alternative-session");
  expect_event(s, "sessionEnded", "{\"$session\":1}", "alternative-session");
  expect_no_more(s);
  forget(s);
  offer(s, .session = "s1", .conversation = "c1", .ufrag = "new", .reinvite = true, .rpc_id = "r1");
  expect_no_effect(s, SP_FX_PEER_OFFER);
  candidate(s, "s1", "m=audio 9 RTP/AVP 0\\r\\na=candidate:1 1 udp 1 192.0.2.1 5 typ host\\r\\n");
  expect_effect(s, SP_FX_PEER_CANDIDATE, 2, "audio");
  terminate(s, "s1", "gone");
  expect_event(s, "_sessionEnded", "{\"$session\":2}", "gone");
  expect_event(s, "sessionEnded", "{\"$session\":2}", "gone");
  expect_no_more(s);
}

static void renegotiation(scenario *s) {
  sign_in(s);
  connect_call(s, 1, "s1", "c1");
  offer(s, .session = "s1", .conversation = "c7", .data_channel = true);
  expect_effect(s, SP_FX_SESSION_SET, 1, "{\"conversationId\":\"c7\"}");
  expect_effect(s, SP_FX_PEER_OFFER, 1, "");
  expect_effect(s, SP_FX_PEER_ANSWER, 1, "");
  expect_sent(s, "\"method\":\"answer\"", "\"sessionId\":\"s1\"");
  expect_no_effect(s, SP_FX_PEER_OPEN);
  expect_no_effect(s, SP_FX_MEDIA_REQUEST);
  expect_nothing_sent(s, "<accept");
  expect_no_more(s);
  peer_ice_state(s, 1, "connected");
  expect_effect(s, SP_FX_PEER_CHANNEL, 1, "videoConferenceControl");
  peer_ice_state(s, 1, "connected");
  expect_no_effect(s, SP_FX_PEER_CHANNEL);
  peer_message(s, 1, "{\"a\":1}");
  expect_effect(s, SP_FX_SESSION_EVENT, 1, "dataChannelMessage", "[{\"a\":1}]");
  peer_message(s, 1, "no json");
  expect_no_effect(s, SP_FX_ERROR);
}

static void renegotiation_while_accepting(scenario *s) {
  sign_in(s);
  propose(s, .session = "s1", .conversation = "c1");
  call(s, "acceptPendingSession", C1);
  forget(s);
  s->held_peer = "offer";
  offer(s, .session = "s1", .conversation = "c1");
  offer(s, .session = "s1", .conversation = "c1", .data_channel = true);
  expect_effect(s, SP_FX_PEER_OFFER, 1, "");
  expect_effect(s, SP_FX_PEER_OFFER, 1, "webrtc-datachannel");
  s->holds_media = true;
  peer_result(s, 1, "offer", true);
  expect_event(s, "sessionStarted", "");
  expect_event(s, "handledPendingSession", "");
  peer_result(s, 1, "offer", true);
  media_result(s, 1, true, "mic-1", "");
  expect_sent(s, "\"method\":\"answer\"");
  expect_nothing_sent(s, "\"method\":\"answer\"");
  expect_no_more(s);
}

static void candidates(scenario *s) {
  sign_in(s);
  candidate(s, "s1", "m=audio 9 RTP/AVP 0\\r\\na=candidate:1 1 udp 1 192.0.2.1 5 typ host\\r\\n");
  candidate(s, "s1", "m=audio 9 RTP/AVP 0\\r\\na=candidate:2 1 udp 1 192.0.2.2 5 typ host\\r\\n");
  candidate(s, "s1", "a=end-of-candidates\\r\\n");
  offer(s, .session = "s1", .conversation = "c1");
  const seen *described = expect_effect(s, SP_FX_PEER_OFFER, 1, "");
  const seen *first = expect_effect(s, SP_FX_PEER_CANDIDATE, 1, "audio", "candidate:1");
  const seen *second = expect_effect(s, SP_FX_PEER_CANDIDATE, 1, "audio", "candidate:2");
  expect_before(s, described, first);
  expect_before(s, first, second);
  candidate(s, "s1", "m=audio 9 RTP/AVP 0\\r\\na=candidate:3 1 udp 1 192.0.2.3 5 typ host\\r\\n");
  expect_effect(s, SP_FX_PEER_CANDIDATE, 1, "audio", "candidate:3");
  expect_no_effect(s, SP_FX_PEER_CANDIDATE);

  peer_candidate(s, 1, "audio", "candidate:7 1 udp 2122194687 192.0.2.2 50624 typ host");
  expect_sent(s, "\"method\":\"iceCandidate\"", "m=audio 9 RTP/AVP 0\\r\\na=candidate:7 1 udp");
  peer_candidate(s, 1, "audio", "candidate:8 1 tcp 1 192.0.2.2 9 typ host tcptype active");
  peer_candidate(s, 1, "audio", "candidate:8 1 udp 1 x-y.local 9 typ host");
  peer_candidate(s, 1, "audio", "candidate:8 1 udp 1 2001:db8::1 9 typ host");
  expect_nothing_sent(s, "candidate:8");
  peer_candidate(s, 1, "audio", "candidate:9 1 udp 1 2001:db8::1 9 typ srflx raddr :: rport 9");
  expect_sent(s, "\"method\":\"iceCandidate\"", "candidate:9");
  peer_candidate(s, 1, "audio", "");
  expect_sent(s, "\"method\":\"iceCandidate\"", "\"a=end-of-candidates\\r\\n\"");
  expect_effect(s, SP_FX_SESSION_EVENT, 1, "endOfCandidates", "[]");
}

static void terminate_while_describing(scenario *s) {
  sign_in(s);
  propose(s, .session = "s1", .conversation = "c1");
  call(s, "acceptPendingSession", C1);
  forget(s);
  s->held_peer = "offer";
  offer(s, .session = "s1", .conversation = "c1");
  terminate(s, "s1", "gone");
  expect_event(s, "cancelPendingSession", "\"conversationId\":\"c1\"");
  expect_effect(s, SP_FX_PEER_CLOSE, 1, "");
  peer_result(s, 1, "offer", true);
  expect_no_more(s);
  expect_nothing_sent(s, "<accept");
  propose(s, .session = "s2", .conversation = "c1");
  expect_event(s, "pendingSession", "\"id\":\"s2\"");
}

static void denied_microphone(scenario *s) {
  sign_in_as(s, "{\"accessToken\":\"TOKEN\",\"autoConnectSessions\":false}");
  offer(s, .session = "s1", .conversation = "c1");
  expect_event(s, "sessionStarted", "");
  expect_no_effect(s, SP_FX_MEDIA_REQUEST);
  s->media_error = "NotAllowedError";
  uint32_t refused = call(s, "acceptSession", C1);
  expect_effect(s, SP_FX_MEDIA_REQUEST, 1, "");
  expect_error(s, "\"type\":\"media\"", "\"cause\":1");
  expect_rejected(s, refused, "{\"cause\":1}");
  expect_no_effect(s, SP_FX_MEDIA_REQUEST);
  s->media_error = NULL;
  uint32_t accepted = call(s, "acceptSession", C1);
  expect_effect(s, SP_FX_MEDIA_REQUEST, 2, "");
  expect_effect(s, SP_FX_PEER_STREAM, 1, "mic-2");
  expect_resolved(s, accepted, "");
  uint32_t again = call(s, "acceptSession", C1);
  expect_resolved(s, again, "");
  expect_no_effect(s, SP_FX_MEDIA_REQUEST);
  expect_sent(s, "\"method\":\"answer\"");
  expect_nothing_sent(s, "\"method\":\"answer\"");
  expect_no_more(s);
}

static void accepted_with_a_stream(scenario *s) {
  sign_in_as(s, "{\"accessToken\":\"TOKEN\",\"autoConnectSessions\":false,\"defaults\":{\"audioVolume\":50,"
                "\"outputDeviceId\":\"speaker\"}}");
  offer(s, .session = "s1", .conversation = "c1");
  uint32_t accepted =
      call(s, "acceptSession", "[{\"conversationId\":\"c1\",\"mediaStream\":\"mine\",\"audioElement\":7}]");
  expect_effect(s, SP_FX_PEER_STREAM, 1, "mine");
  expect_effect(s, SP_FX_AUDIO_ATTACH, 1, "\"volume\":0.5", "\"sinkId\":\"speaker\"", "\"element\":7");
  expect_no_effect(s, SP_FX_MEDIA_REQUEST);
  expect_resolved(s, accepted, "");
}

static void accepted_with_the_default_stream(scenario *s) {
  sign_in_as(s, "{\"accessToken\":\"TOKEN\",\"defaults\":{\"audioStream\":\"theirs\"}}");
  offer(s, .session = "s1", .conversation = "c1");
  expect_effect(s, SP_FX_PEER_STREAM, 1, "theirs");
  expect_no_effect(s, SP_FX_MEDIA_REQUEST);
}

static void accepted_before_it_is_announced(scenario *s) {
  sign_in_as(s, "{\"accessToken\":\"TOKEN\",\"autoConnectSessions\":false}");
  s->held_peer = "offer";
  offer(s, .session = "s1", .conversation = "c1");
  uint32_t accepted = call(s, "acceptSession", C1);
  expect_waiting(s, accepted);
  peer_result(s, 1, "offer", true);
  expect_event(s, "sessionStarted", "");
  expect_resolved(s, accepted, "");
  expect_sent(s, "\"method\":\"answer\"");
}

static void live_session_accepted_again(scenario *s) {
  sign_in_as(s, "{\"accessToken\":\"TOKEN\",\"autoConnectSessions\":false}");
  offer(s, .session = "s1", .conversation = "c1");
  call(s, "acceptSession", C1);
  peer_connects(s, 1);
  forget(s);
  uint32_t again = call(s, "acceptSession", C1);
  expect_resolved(s, again, "");
  expect_no_effect(s, SP_FX_MEDIA_REQUEST);
  expect_no_effect(s, SP_FX_PEER_ANSWER);
}

static void connection_failed(scenario *s) {
  sign_in(s);
  connect_call(s, 1, "s1", "c1");
  peer_state(s, 1, "failed");
  expect_sent(s, "\"method\":\"terminate\"", "\"reason\":\"failed-transport\"");
  expect_event(s, "_sessionEnded", "failed-transport");
  expect_event(s, "sessionEnded", "failed-transport");
  peer_state(s, 1, "closed");
  terminate(s, "s1", NULL);
  expect_no_more(s);
}

static void forced_end(scenario *s) {
  sign_in(s);
  uint32_t unknown = call(s, "forceTerminateSession", "[\"s9\"]");
  expect_rejected(s, unknown, "\"type\":\"generic\"", "Failed to find session by sessionId", "{\"sessionId\":\"s9\"}");
  connect_call(s, 1, "s1", "c1");
  s->silent = "\"terminate\"";
  uint32_t known = call(s, "forceTerminateSession", "[\"s1\",\"gone\"]");
  expect_sent(s, "\"method\":\"terminate\"", "\"reason\":\"gone\"");
  advance(s, 1999);
  expect_waiting(s, known);
  expect_no_more(s);
  advance(s, 1);
  const seen *internal = expect_event(s, "_sessionEnded", "gone");
  const seen *ended = expect_event(s, "sessionEnded", "gone");
  check(s, ended->at > internal->at, "_sessionEnded comes first");
  expect_resolved(s, known, "");
  expect_no_more(s);
}

static void active_session_passes_on(scenario *s) {
  sign_in_with(s, 2, true);
  connect_call(s, 1, "s1", "c1");
  connect_call(s, 2, "s2", "c2");
  terminate(s, "s1", NULL);
  conversation(s, .conversation = "c2", .state = "disconnected");
  forget(s);
  conversation(s, .conversation = "c3", .state = "alerting"); /* lands on the active session */
  expect_event(s, "pendingSession", "\"id\":\"s2\"", "\"conversationId\":\"c3\"");
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
  { "softphone not allowed", only_other_types_allowed, false },
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
  { "S-47 S-48 a reinvite under another session id", reinvite_of_another_session, false },
  { "W-9.3 a reinvite under the same session id", reinvite_of_the_same_session, false },
  { "W-9.3 renegotiation with the same credentials", renegotiation, false },
  { "W-9.3 renegotiation while the session is being accepted", renegotiation_while_accepting, false },
  { "W-9.4 W-9.5 W-D8 candidates, early and late, in and out", candidates, false },
  { "W-9.3 terminate while the offer is applied", terminate_while_describing, false },
  { "S-49 S-50 microphone denied, then accepted again", denied_microphone, false },
  { "S-52 the app's stream, element and output", accepted_with_a_stream, false },
  { "S-52 the default stream", accepted_with_the_default_stream, false },
  { "acceptSession before the session is announced", accepted_before_it_is_announced, false },
  { "S-51 the live active session accepted again", live_session_accepted_again, false },
  { "S-56 the connection fails", connection_failed, false },
  { "S-63 W-9.7 a forced end waits two seconds", forced_end, false },
  { "S-64 the active session passes on", active_session_passes_on, false },
};

int main(void) {
  return run_scenarios("core", cases, sizeof cases / sizeof *cases);
}
