/* SPDX-License-Identifier: MIT */
/* The life of media sessions through the core: offers, re-invites, candidates, acceptance, ends (sessions.md §6,
   wire.md §9). */
#include "scenario.h"

#include <string.h>

#define C1 "[{\"conversationId\":\"c1\"}]"

static void sign_in_as(scenario *s, const char *config) {
  start(s, config);
  sign_in(s);
}

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

/* A browser that may use relays alone and gets into none says "new" for ever. */
static void no_relay_to_be_had(scenario *s) {
  s->no_stun = true;
  sign_in(s);
  offer(s, .session = "s1", .conversation = "c1");
  peer_candidate(s, 1, "audio", "candidate:7 1 udp 1 192.0.2.2 5 typ relay raddr 192.0.2.9 rport 9");
  peer_candidate(s, 1, "audio", "");
  offer(s, .session = "s2", .conversation = "c2");
  forget(s);
  peer_candidate(s, 2, "audio", "");
  expect_error(s, "\"type\":\"session\"", "No relay can be used", "{\"conversationId\":\"c2\",\"sessionId\":\"s2\"}");
  expect_sent(s, "\"method\":\"terminate\"", "\"sessionId\":\"s2\"", "\"reason\":\"failed-transport\"");
  expect_event(s, "_sessionEnded", "failed-transport");
  expect_event(s, "sessionEnded", "failed-transport");
  peer_candidate(s, 2, "audio", "");
  expect_nothing_sent(s, "\"sessionId\":\"s1\"");
}

/* What an answer and a candidate are made of stays out of every record. */
static void records_of_the_negotiation(scenario *s) {
  sign_in(s);
  propose(s, .session = "s1", .conversation = "c1");
  call(s, "acceptPendingSession", C1);
  offer(s, .session = "s1", .conversation = "c1");
  expect_effect(s, SP_FX_LOG, 0, "info", "{\"message\":\"sending sdp answer\"",
                "\"details\":{\"sessionId\":\"s1\",\"conversationId\":\"c1\"}}");
  candidate(s, "s1",
            "m=audio 9 RTP/AVP 0\\r\\na=candidate:3 1 udp 1 192.0.2.3 5 typ relay raddr 192.0.2.9 rport 9\\r\\n");
  expect_effect(s, SP_FX_LOG, 0, "info", "{\"message\":\"received ice candidate\"",
                "\"details\":{\"sessionId\":\"s1\",\"type\":\"relay\"}}");
  peer_candidate(s, 1, "audio", "candidate:7 1 udp 2122194687 192.0.2.2 50624 typ host");
  expect_effect(s, SP_FX_LOG, 0, "info", "{\"message\":\"sending ice candidate\"",
                "\"details\":{\"sessionId\":\"s1\",\"type\":\"host\"}}");
  peer_candidate(s, 1, "audio", "candidate:8 1 udp 2122194687 192.0.2.2 50624 typ 192.0.2.2");
  expect_effect(s, SP_FX_LOG, 0, "info", "\"type\":\"other\"");
  for (size_t i = 0; i < s->log_count; i++)
    if (s->log[i]->kind == SP_FX_LOG)
      check(s, !strstr(s->log[i]->text, "192.0.2") && !strstr(s->log[i]->text, "v=0"), "no address, no SDP");
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

static void interrupted(scenario *s) {
  sign_in(s);
  connect_call(s, 1, "s1", "c1");
  peer_state(s, 1, "interrupted");
  expect_event(s, "sessionInterrupted",
               "[{\"sessionId\":\"s1\",\"sessionType\":\"softphone\",\"conversationId\":\"c1\"}]");
  peer_state(s, 1, "connected");
  expect_no_more(s);
  expect_nothing_sent(s, "\"method\":\"terminate\"");
}

static void page_visible_again(scenario *s) {
  start(s, "{\"accessToken\":\"TOKEN\",\"autoConnectSessions\":false}");
  sign_in_with(s, 2, false);
  offer(s, .session = "s1", .conversation = "c1");
  offer(s, .session = "s2", .conversation = "c2");
  call(s, "acceptSession", C1);
  peer_connects(s, 1);
  forget(s);
  page(s, "visible");
  expect_no_more(s);
  peer_state(s, 1, "closed");
  peer_state(s, 2, "closed"); /* not accepted yet: not active */
  page(s, "hidden");
  expect_no_more(s);
  page(s, "visible");
  expect_event(s, "_sessionEnded", "[{\"$session\":1},{\"condition\":\"gone\"}]");
  expect_event(s, "sessionEnded", "[{\"$session\":1},{\"condition\":\"gone\"}]");
  expect_effect(s, SP_FX_AUDIO_DETACH, 1, "");
  expect_effect(s, SP_FX_SESSION_DROP, 1, "");
  page(s, "visible");
  terminate(s, "s1", NULL);
  expect_no_more(s);
  expect_nothing_sent(s, "\"method\":\"terminate\"");
}

static void dead_after_a_reconnect(scenario *s) {
  start(s, "{\"accessToken\":\"TOKEN\",\"autoConnectSessions\":false}");
  sign_in_with(s, 2, false);
  offer(s, .session = "s1", .conversation = "c1");
  offer(s, .session = "s2", .conversation = "c2");
  offer(s, .session = "s3", .conversation = "c3");
  call(s, "acceptSession", C1);
  call(s, "acceptSession", "[{\"conversationId\":\"c2\"}]");
  peer_connects(s, 1);
  peer_connects(s, 2);
  forget(s);
  drop_connection(s);
  expect_event(s, "disconnected", "{\"reconnecting\":true}");
  peer_state(s, 1, "disconnected");
  peer_state(s, 3, "disconnected"); /* offered only */
  expect_no_more(s);
  advance(s, 3000);
  expect_event(s, "connected", "[{\"reconnect\":true}]");
  expect_event(s, "_sessionEnded", "[{\"$session\":3},{\"condition\":\"gone\"}]");
  expect_event(s, "sessionEnded", "[{\"$session\":3},{\"condition\":\"gone\"}]");
  advance(s, 5000); /* the call that was accepted may still be invited again */
  expect_event(s, "_sessionEnded", "[{\"$session\":1},{\"condition\":\"gone\"}]");
  expect_event(s, "sessionEnded", "[{\"$session\":1},{\"condition\":\"gone\"}]");
  expect_no_more(s);
  uint32_t mute = call(s, "setAudioMute", "[{\"conversationId\":\"c2\",\"mute\":true}]");
  expect_resolved(s, mute, "");
}

static const scenario_case cases[] = {
  { "S-47 S-48 a reinvite under another session id", reinvite_of_another_session, false },
  { "W-9.3 a reinvite under the same session id", reinvite_of_the_same_session, false },
  { "W-9.3 renegotiation with the same credentials", renegotiation, false },
  { "W-9.3 renegotiation while the session is being accepted", renegotiation_while_accepting, false },
  { "L-45 what records say of answers and candidates", records_of_the_negotiation, false },
  { "W-D5 relays only, and none that lets us in", no_relay_to_be_had, false },
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
  { "S-57 an interrupted session goes on", interrupted, false },
  { "S-58 S-59 the page is visible again", page_visible_again, false },
  { "S-60 a dead session after a reconnect", dead_after_a_reconnect, false },
};

int main(void) {
  return run_scenarios("core sessions", cases, sizeof cases / sizeof *cases);
}
