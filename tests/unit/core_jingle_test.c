/* SPDX-License-Identifier: MIT */
/* Calls over Jingle through the whole core (wire.md §10, §12): an app sees what it sees of any other call. */
#include "base/limits.h"
#include "scenario.h"

#include <stdio.h>
#include <string.h>

#define C1     "[{\"conversationId\":\"c1\"}]"
#define ROOM   "room-1@conference.acme.orgspan.com"
#define MCU    ROOM "/mcu-1"
#define INFO   "urn:xmpp:jingle:apps:rtp:info:1"
#define ERRORS "urn:xmpp:jingle:errors:1"

#define JINGLE(sid, action, inner)                                                                                     \
  "<jingle xmlns='urn:xmpp:jingle:1' sid='" sid "' action='" action "'>" inner "</jingle>"
#define CONTENT(media, name, ufrag, type)                                                                              \
  "<content creator='initiator' name='" name "'><description xmlns='urn:xmpp:jingle:apps:rtp:1' media='" media         \
  "'>" type "</description><transport xmlns='urn:xmpp:jingle:transports:ice-udp:1' ufrag='" ufrag                      \
  "' pwd='pwd-of-" ufrag "-0123456789'><fingerprint xmlns='urn:xmpp:jingle:apps:dtls:0' hash='sha-256' "               \
  "setup='actpass'>01:D8</fingerprint></transport></content>"
#define AUDIO(name, ufrag) CONTENT("audio", name, ufrag, "<payload-type id='0' name='PCMU' clockrate='8000'/>")
#define VIDEO(name, ufrag) CONTENT("video", name, ufrag, "<payload-type id='96' name='VP8' clockrate='90000'/>")
#define DATA(name, ufrag)                                                                                              \
  "<content creator='initiator' name='" name "'><transport xmlns='urn:xmpp:jingle:transports:ice-udp:1' "              \
  "ufrag='" ufrag "' pwd='pwd-of-" ufrag "-0123456789'><fingerprint xmlns='urn:xmpp:jingle:apps:dtls:0' "              \
  "hash='sha-256' setup='actpass'>01:D8</fingerprint><sctpmap "                                                        \
  "xmlns='urn:xmpp:jingle:transports:dtls-sctp:1' number='5000' protocol='webrtc-datachannel'/></transport></content>"
#define TRICKLE(name, attributes, inner)                                                                               \
  "<content creator='initiator' name='" name "'><transport xmlns='urn:xmpp:jingle:transports:ice-udp:1'" attributes    \
  ">" inner "</transport></content>"
#define CANDIDATE(port)                                                                                                \
  "<candidate component='1' foundation='1' ip='192.0.2.1' port='" port "' priority='9' protocol='udp' type='host'/>"
#define RESTART       JINGLE("s1", "transport-info", AUDIO("audio", "two"))
#define INITIATE(sid) JINGLE(sid, "session-initiate", AUDIO("audio", "one"))
#define OURS          "candidate:7 1 udp 99 192.0.2.9 4000 typ host generation 0 ufrag mine"

#define SECTION(media, type, map, mid)                                                                                 \
  "m=" media " 9 UDP/TLS/RTP/SAVPF " type "\r\nc=IN IP4 0.0.0.0\r\na=rtpmap:" type " " map                             \
  "\r\na=sendrecv\r\na=rtcp-mux\r\na=mid:" mid "\r\na=ice-ufrag:mine\r\na=ice-pwd:my-password-of-this-call\r\n"        \
  "a=setup:active\r\na=fingerprint:sha-256 0A:0B\r\n"
#define HEADER(mids) "v=0\r\no=- 1 1 IN IP4 127.0.0.1\r\ns=-\r\nt=0 0\r\na=group:BUNDLE " mids "\r\n"
static const char audio_answer[] = HEADER("audio") SECTION("audio", "0", "PCMU/8000", "audio");
static const char video_answer[] =
    HEADER("0 1") SECTION("audio", "0", "PCMU/8000", "0") SECTION("video", "96", "VP8/90000", "1");

/* An IQ set of the peer with this id. */
static void jingle(scenario *s, const char *from, const char *id, const char *element) {
  char xml[8192];
  snprintf(xml, sizeof xml,
           "<iq xmlns=\"jabber:client\" from=\"%s\" to=\"" ME "/res-1\" id=\"%s\" type=\"set\">%s</iq>", from, id,
           element);
  frame(s, xml);
}

static void gateway(scenario *s, const char *id, const char *element) {
  jingle(s, GATEWAY, id, element);
}

/* The one reply to this stanza. */
static const seen *expect_result(scenario *s, const char *id) {
  char part[64];
  snprintf(part, sizeof part, "<iq xmlns=\"jabber:client\" id=\"%s\"", id);
  const seen *found = expect_sent(s, part, "type=\"result\"");
  expect_nothing_sent(s, part);
  return found;
}

static const seen *expect_refused(scenario *s, const char *id, const char *condition, const char *detail) {
  char part[64], type[64];
  snprintf(part, sizeof part, "<iq xmlns=\"jabber:client\" id=\"%s\"", id);
  snprintf(type, sizeof type, "<%s xmlns=", condition);
  const seen *found = expect_sent(s, part, "type=\"error\"", type, detail);
  expect_nothing_sent(s, part);
  return found;
}

static void expect_ended(scenario *s, const char *condition) {
  char part[64];
  snprintf(part, sizeof part, "[{\"$session\":1},{\"condition\":\"%s\"}]", condition);
  expect_event(s, "_sessionEnded", part);
  expect_event(s, "sessionEnded", part);
}

static void ring(scenario *s) {
  sign_in(s);
  s->answer = audio_answer;
  propose(s, .session = "s1", .conversation = "c1", .jingle = true);
  call(s, "acceptPendingSession", C1);
  forget(s);
}

/* Answered and connected. */
static void talk(scenario *s) {
  ring(s);
  gateway(s, "j1", INITIATE("s1"));
  peer_connects(s, 1);
  forget(s);
}

static void meet(scenario *s) {
  start(s, "{\"accessToken\":\"TOKEN\",\"defaults\":{\"audioElement\":1,\"videoElement\":2}}");
  sign_in(s);
  s->answer = video_answer;
  propose(s, .session = "v1", .conversation = "c1", .from = MCU, .room = ROOM, .jingle = true);
  call(s, "acceptPendingSession", C1);
  forget(s);
  jingle(s, MCU, "j1", JINGLE("v1", "session-initiate", AUDIO("0", "one") VIDEO("1", "one") DATA("2", "one")));
}

/* --- whole calls --- */

static void softphone_call(scenario *s) {
  sign_in(s);
  s->answer = audio_answer;
  propose(s, .session = "s1", .conversation = "c1", .jingle = true);
  expect_event(s, "pendingSession", "\"id\":\"s1\"", "\"conversationId\":\"c1\"", "\"sessionType\":\"softphone\"");
  uint32_t accepted = call(s, "acceptPendingSession", C1);
  expect_resolved(s, accepted, "");
  expect_sent(s, "<proceed", "id=\"s1\"", GATEWAY);
  gateway(s, "j1", INITIATE("s1"));
  const seen *applied = expect_effect(s, SP_FX_PEER_OFFER, 1, "a=mid:audio", "a=ice-ufrag:one");
  const seen *result = expect_result(s, "j1");
  const seen *notice = expect_sent(s, "<accept", "id=\"s1\"", "to=\"" ME "\"");
  const seen *started = expect_event(s, "sessionStarted", "{\"$session\":1}");
  expect_event(s, "handledPendingSession", "\"sessionId\":\"s1\"");
  const seen *accept = expect_sent(s, "to=\"" GATEWAY "\"", "sid=\"s1\" action=\"session-accept\"", "name=\"audio\"",
                                   "<payload-type", "ufrag=\"mine\"", "setup=\"active\"");
  check(s, !strstr(accept->text, " from="), "no from attribute (§10.3)");
  expect_before(s, applied, result);
  expect_before(s, result, notice);
  expect_before(s, notice, started);
  expect_before(s, started, accept);
  expect_effect(s, SP_FX_SESSION_SET, 1, "\"state\":\"active\"");
  peer_candidate(s, 1, "audio", OURS);
  expect_sent(s, "action=\"transport-info\"", "name=\"audio\"", "ufrag=\"mine\"", "port=\"4000\"");
  peer_candidate(s, 1, "", "");
  expect_sent(s, "action=\"transport-info\"", "name=\"audio\"", "ufrag=\"mine\"", "<gathering-complete/>");
  expect_effect(s, SP_FX_SESSION_EVENT, 1, "endOfCandidates", "[]");
  peer_ice_state(s, 1, "checking");
  expect_effect(s, SP_FX_SESSION_EVENT, 1, "connectionState", "[\"connecting\"]");
  peer_ice_state(s, 1, "connected");
  expect_effect(s, SP_FX_SESSION_EVENT, 1, "connectionState", "[\"connected\"]");
  expect_sent(s, "action=\"session-info\"", "<active xmlns=\"" INFO "\"/>");
  peer_state(s, 1, "connected");
  conversation(s, .conversation = "c1", .state = "connected");
  expect_event(s, "conversationUpdate", "\"conversationId\":\"c1\"");
  conversation(s, .conversation = "c1", .state = "disconnected");
  gateway(s, "j2", JINGLE("s1", "session-terminate", "<reason><success/></reason>"));
  const seen *closed = expect_effect(s, SP_FX_PEER_CLOSE, 1, "removed");
  expect_before(s, closed, expect_result(s, "j2"));
  expect_effect(s, SP_FX_SESSION_EVENT, 1, "terminated", "[{\"condition\":\"success\"}]");
  expect_nothing_sent(s, "session-terminate");
}

static void video_call(scenario *s) {
  meet(s);
  expect_effect(s, SP_FX_PEER_OFFER, 1, "a=mid:1", "webrtc-datachannel");
  expect_result(s, "j1");
  expect_event(s, "sessionStarted", "{\"$session\":1}");
  uint32_t accepted = call(s, "acceptSession", C1);
  expect_sent(s, "action=\"session-accept\"", "media=\"video\"", "<group");
  expect_resolved(s, accepted, "");
  peer_ice_state(s, 1, "connected");
  expect_sent(s, "<active");
  expect_effect(s, SP_FX_PEER_CHANNEL, 1, "videoConferenceControl");
  peer_message(s, 1, "{\"method\":\"member.notify.status\"}");
  expect_effect(s, SP_FX_SESSION_EVENT, 1, "memberStatusUpdate");
  uint32_t ended = call(s, "endSession", C1);
  expect_sent(s, "to=\"" MCU "\"", "action=\"session-terminate\"><reason><success/></reason>");
  expect_resolved(s, ended, "");
  expect_event(s, "handledPendingSession");
  expect_ended(s, "success");
}

static void without_a_proposal(scenario *s) {
  sign_in(s);
  s->answer = audio_answer;
  gateway(s, "j1", INITIATE("s1"));
  expect_result(s, "j1");
  expect_effect(s, SP_FX_SESSION_NEW, 1, "\"id\":\"s1\"", "\"sessionType\":\"softphone\"",
                "\"peerID\":\"" GATEWAY "\"");
  expect_event(s, "sessionStarted", "{\"$session\":1}");
  expect_sent(s, "action=\"session-accept\"");
}

static void type_of_a_session(scenario *s) {
  start(s, "{\"accessToken\":\"TOKEN\",\"allowedSessionTypes\":[\"screenRecording\",\"liveScreenMonitoring\"]}");
  sign_in(s);
  jingle(s, "screenrecording-1@conference.acme.orgspan.com/x", "j1",
         JINGLE("r1", "session-initiate", VIDEO("0", "one")));
  expect_effect(s, SP_FX_SESSION_NEW, 1, "\"sessionType\":\"screenRecording\"");
  jingle(s, "livemonitor-1@acme.orgspan.com/x", "j2", JINGLE("m1", "session-initiate", VIDEO("0", "one")));
  expect_effect(s, SP_FX_SESSION_NEW, 2, "\"sessionType\":\"liveScreenMonitoring\"");
}

static void type_that_is_not_enabled(scenario *s) {
  start(s, "{\"accessToken\":\"TOKEN\",\"allowedSessionTypes\":[\"softphone\"]}");
  sign_in(s);
  jingle(s, MCU, "j1", JINGLE("v1", "session-initiate", AUDIO("0", "one")));
  expect_refused(s, "j1", "service-unavailable", "");
  expect_no_more(s);
}

/* --- the two paths --- */

static void json_wins_before_its_offer(scenario *s) {
  sign_in(s);
  propose(s, .session = "s1", .conversation = "c1");
  call(s, "acceptPendingSession", C1);
  forget(s);
  gateway(s, "j1", INITIATE("s1"));
  expect_result(s, "j1");
  expect_no_effect(s, SP_FX_SESSION_NEW);
  gateway(s, "j2", JINGLE("s1", "session-info", ""));
  expect_refused(s, "j2", "item-not-found", "<unknown-session");
  offer(s, .session = "s1", .conversation = "c1");
  expect_effect(s, SP_FX_SESSION_NEW, 1, "\"id\":\"s1\"");
  expect_event(s, "sessionStarted", "{\"$session\":1}");
}

static void json_wins_after_its_offer(scenario *s) {
  sign_in(s);
  propose(s, .session = "s1", .conversation = "c1");
  call(s, "acceptPendingSession", C1);
  offer(s, .session = "s1", .conversation = "c1");
  offer(s, .session = "s2", .conversation = "c2"); /* without a proposal */
  forget(s);
  gateway(s, "j1", INITIATE("s1"));
  expect_result(s, "j1");
  gateway(s, "j2", INITIATE("s2"));
  expect_refused(s, "j2", "service-unavailable", "");
  expect_no_effect(s, SP_FX_SESSION_NEW);
  expect_no_more(s);
}

static void json_means_nothing_to_a_jingle_session(scenario *s) {
  talk(s);
  offer(s, .session = "s1", .conversation = "c1");
  terminate(s, "s1", "success");
  candidate(s, "s1", "m=audio 9 RTP/AVP 0\r\na=candidate:1 1 udp 9 192.0.2.1 5 typ host\r\n");
  expect_no_effect(s, SP_FX_PEER_OFFER);
  expect_no_effect(s, SP_FX_PEER_CANDIDATE);
  expect_no_effect(s, SP_FX_PEER_CLOSE);
}

/* --- order --- */

static void accept_goes_first(scenario *s) {
  ring(s);
  s->held_peer = "answer";
  gateway(s, "j1", INITIATE("s1"));
  peer_candidate(s, 1, "audio", OURS);
  peer_candidate(s, 1, "audio", "candidate:8 1 tcp 9 192.0.2.9 9 typ host tcptype active ufrag mine");
  peer_ice_state(s, 1, "connected");
  peer_candidate(s, 1, "", "");
  expect_nothing_sent(s, "action=");
  s->held_peer = NULL;
  peer_result(s, 1, "answer", true);
  const seen *accept = expect_sent(s, "action=\"session-accept\"");
  const seen *trickle = expect_sent(s, "action=\"transport-info\"", "port=\"4000\"");
  const seen *up = expect_sent(s, "<active");
  const seen *over = expect_sent(s, "<gathering-complete/>");
  expect_before(s, accept, trickle);
  expect_before(s, trickle, up);
  expect_before(s, up, over);
  expect_nothing_sent(s, "tcp");
}

static void result_waits_for_the_browser(scenario *s) {
  ring(s);
  s->held_peer = "offer";
  gateway(s, "j1", INITIATE("s1"));
  gateway(s, "j2", JINGLE("s1", "session-info", "<ringing xmlns='" INFO "'/>"));
  gateway(s, "j3", JINGLE("s1", "transport-info", TRICKLE("audio", " ufrag='one'", CANDIDATE("5"))));
  expect_nothing_sent(s, "type=\"result\"");
  expect_no_more(s);
  s->held_peer = NULL;
  peer_result(s, 1, "offer", true);
  const seen *first = expect_result(s, "j1");
  const seen *second = expect_result(s, "j2");
  const seen *third = expect_result(s, "j3");
  expect_before(s, first, second);
  expect_before(s, second, third);
  const seen *candidate = expect_effect(s, SP_FX_PEER_CANDIDATE, 1, "candidate:1 1 UDP 9 192.0.2.1 5 typ host");
  expect_before(s, expect_sent(s, "action=\"session-accept\""), candidate);
}

static void terminate_while_the_offer_is_applied(scenario *s) {
  ring(s);
  s->held_peer = "offer";
  gateway(s, "j1", INITIATE("s1"));
  gateway(s, "j2", JINGLE("s1", "session-terminate", "<reason><cancel/></reason>"));
  expect_result(s, "j2");
  expect_refused(s, "j1", "item-not-found", "<unknown-session");
  expect_event(s, "cancelPendingSession", "\"sessionId\":\"s1\"");
  peer_result(s, 1, "offer", true); /* too late */
  expect_no_more(s);
}

static void offer_that_the_browser_refuses(scenario *s) {
  ring(s);
  s->failing_peer = "offer";
  gateway(s, "j1", INITIATE("s1"));
  expect_refused(s, "j1", "internal-server-error", "");
  expect_event(s, "cancelPendingSession", "\"sessionId\":\"s1\"");
  expect_no_more(s);
  expect_nothing_sent(s, "session-terminate");
  s->failing_peer = NULL;
  gateway(s, "j2", JINGLE("s1", "session-info", ""));
  expect_refused(s, "j2", "item-not-found", "<unknown-session");
}

static void answer_that_the_browser_refuses(scenario *s) {
  ring(s);
  s->failing_peer = "answer";
  gateway(s, "j1", INITIATE("s1"));
  expect_result(s, "j1");
  expect_sent(s, "action=\"session-terminate\"><reason><failed-application/></reason>");
  expect_effect(s, SP_FX_SESSION_EVENT, 1, "terminated", "failed-application");
  expect_nothing_sent(s, "session-accept");
}

static void answer_that_has_no_form_in_jingle(scenario *s) {
  meet(s);
  s->answer = "v=0\r\nno SDP";
  uint32_t accepted = call(s, "acceptSession", C1);
  expect_rejected(s, accepted, "\"type\":\"session\"");
  expect_sent(s, "action=\"session-terminate\"><reason><failed-application/></reason>");
  expect_effect(s, SP_FX_SESSION_EVENT, 1, "terminated", "failed-application");
}

static void restart_without_a_result(scenario *s) {
  talk(s);
  s->held_peer = "offer";
  gateway(s, "j2", RESTART);
  advance(s, 19000);
  expect_nothing_sent(s, "id=\"j2\"");
  advance(s, 1000);
  expect_refused(s, "j2", "internal-server-error", "");
  expect_ended(s, "failed-transport");
}

static void restart_whose_answer_has_no_form(scenario *s) {
  talk(s);
  s->answer = "v=0\r\nno SDP";
  gateway(s, "j2", RESTART);
  expect_refused(s, "j2", "internal-server-error", "");
  expect_sent(s, "action=\"session-terminate\"><reason><failed-transport/></reason>");
  expect_ended(s, "failed-transport");
}

static void accept_without_acknowledgement(scenario *s) {
  meet(s);
  s->silent = "session-accept";
  uint32_t accepted = call(s, "acceptSession", C1);
  expect_waiting(s, accepted);
  advance(s, 15000);
  expect_rejected(s, accepted, "\"type\":\"session\"");
  peer_ice_state(s, 1, "connected");
  expect_effect(s, SP_FX_SESSION_EVENT, 1, "connectionState", "[\"connected\"]");
}

/* --- every action gets one reply --- */

static void every_action(scenario *s) {
  static const struct {
    const char *action, *inner, *condition, *detail;
  } rows[] = { { "session-accept", AUDIO("audio", "one"), "unexpected-request", "<out-of-order" },
               { "session-initiate", AUDIO("audio", "one"), "unexpected-request", "<out-of-order" },
               { "session-info", "", NULL, NULL },
               { "session-info", "<ringing xmlns='" INFO "'/>", NULL, NULL },
               { "session-info", "<unheard-of xmlns='urn:x'/>", NULL, NULL },
               { "transport-info", TRICKLE("audio", " ufrag='one'", CANDIDATE("5")), NULL, NULL },
               { "transport-info", TRICKLE("nobody", " ufrag='x'", CANDIDATE("5")), NULL, NULL },
               { "transport-info", TRICKLE("audio", "", "<candidate port='none'/>"), NULL, NULL },
               { "transport-info", "", "bad-request", "" },
               { "content-add", VIDEO("v", "one"), NULL, NULL },
               { "transport-replace", "", NULL, NULL },
               { "content-accept", "", "bad-request", "" },
               { "content-modify", "", "bad-request", "" },
               { "content-reject", "", "bad-request", "" },
               { "content-remove", "", "bad-request", "" },
               { "transport-accept", "", "bad-request", "" },
               { "transport-reject", "", "bad-request", "" },
               { "dance", "", "bad-request", "" },
               { "", "", "bad-request", "" },
               { "description-info", "", "feature-not-implemented", "<unsupported-info" },
               { "security-info", "", "feature-not-implemented", "<unsupported-info" },
               { "session-terminate", "<reason><gone/></reason>", NULL, NULL },
               { "session-terminate", "", NULL, NULL },
               { "session-info", "", "item-not-found", "<unknown-session" } };
  talk(s);
  for (unsigned i = 0; i < sizeof rows / sizeof *rows; i++) {
    char id[16], element[4096];
    snprintf(id, sizeof id, "row-%u", i);
    snprintf(element, sizeof element, "<jingle xmlns='urn:xmpp:jingle:1' sid='s1' action='%s'>%s</jingle>",
             rows[i].action, rows[i].inner);
    gateway(s, id, element);
    if (rows[i].condition) expect_refused(s, id, rows[i].condition, rows[i].detail);
    else expect_result(s, id);
  }
  expect_sent(s, "action=\"content-reject\"", "<failed-application/>", "content-add is not supported");
  expect_sent(s, "action=\"transport-reject\"", "<failed-transport/>");
}

static void strangers(scenario *s) {
  talk(s);
  jingle(s, "mallory@acme.orgspan.com/x", "j2", JINGLE("s1", "session-terminate", ""));
  expect_refused(s, "j2", "item-not-found", "<unknown-session");
  jingle(s, "mallory@acme.orgspan.com/x", "j3", INITIATE("s1"));
  expect_refused(s, "j3", "service-unavailable", "");
  frame(s, "<presence xmlns=\"jabber:client\" type=\"unavailable\" from=\"mallory@acme.orgspan.com/x\"/>");
  expect_no_more(s);
  expect_no_effect(s, SP_FX_PEER_CLOSE);
}

/* --- candidates, restart --- */

static void early_candidates(scenario *s) {
  meet(s);
  jingle(s, MCU, "j2", JINGLE("v1", "transport-info", TRICKLE("1", " ufrag='one'", CANDIDATE("5"))));
  jingle(s, MCU, "j3", JINGLE("v1", "transport-info", TRICKLE("0", "", "<gathering-complete/>")));
  expect_result(s, "j2");
  expect_result(s, "j3");
  expect_no_effect(s, SP_FX_PEER_CANDIDATE);
  call(s, "acceptSession", C1);
  const seen *accept = expect_sent(s, "action=\"session-accept\"");
  const seen *first = expect_effect(s, SP_FX_PEER_CANDIDATE, 1, "1", "candidate:1 1 UDP 9 192.0.2.1 5 typ host");
  const seen *last = expect_effect(s, SP_FX_PEER_CANDIDATE, 1, "0", "");
  check(s, strcmp(last->text, "") == 0, "the end of candidates");
  expect_before(s, accept, first);
  expect_before(s, first, last);
}

static void restart_by_the_peer(scenario *s) {
  talk(s);
  s->held_peer = "answer";
  gateway(s, "j2", RESTART);
  expect_effect(s, SP_FX_PEER_OFFER, 1, "a=ice-ufrag:two", "a=mid:audio");
  expect_effect(s, SP_FX_PEER_ANSWER, 1, "");
  gateway(s, "j3", JINGLE("s1", "transport-info", TRICKLE("audio", " ufrag='two'", CANDIDATE("6"))));
  peer_ice_state(s, 1, "disconnected"); /* not stable */
  expect_effect(s, SP_FX_SESSION_EVENT, 1, "connectionState", "[\"disconnected\"]");
  peer_candidate(s, 1, "audio", OURS);
  expect_nothing_sent(s, "<iq");
  s->held_peer = NULL;
  peer_result(s, 1, "answer", true);
  const seen *answer =
      expect_sent(s, "action=\"transport-info\"", "ufrag=\"mine\"", "pwd=\"my-password-of-this-call\"", "<fingerprint");
  const seen *result = expect_result(s, "j2");
  const seen *trickle = expect_sent(s, "action=\"transport-info\"", "port=\"4000\"");
  expect_before(s, answer, result);
  expect_before(s, result, trickle);
  expect_result(s, "j3");
  expect_effect(s, SP_FX_PEER_CANDIDATE, 1, "candidate:1 1 UDP 9 192.0.2.1 6 typ host");
  peer_ice_state(s, 1, "connected");
  expect_effect(s, SP_FX_SESSION_EVENT, 1, "connectionState", "[\"connected\"]");
  expect_sent(s, "<active");
  expect_nothing_sent(s, "session-accept");
  expect_no_effect(s, SP_FX_SESSION_NEW);
  expect_no_more(s);
}

static void restart_before_accepting(scenario *s) {
  meet(s);
  forget(s);
  jingle(s, MCU, "j2", JINGLE("v1", "transport-info", AUDIO("0", "two") VIDEO("1", "two") DATA("2", "two")));
  expect_effect(s, SP_FX_PEER_OFFER, 1, "a=ice-ufrag:two");
  expect_result(s, "j2");
  expect_no_effect(s, SP_FX_PEER_ANSWER);
  call(s, "acceptSession", C1);
  expect_sent(s, "action=\"session-accept\"");
  expect_nothing_sent(s, "transport-info");
}

static void restart_that_the_browser_refuses(scenario *s) {
  talk(s);
  s->failing_peer = "offer";
  gateway(s, "j2", RESTART);
  expect_refused(s, "j2", "internal-server-error", "");
  expect_sent(s, "action=\"session-terminate\"><reason><failed-transport/></reason>");
  expect_effect(s, SP_FX_SESSION_EVENT, 1, "terminated", "failed-transport");
  expect_ended(s, "failed-transport");
}

static void restart_whose_answer_fails(scenario *s) {
  talk(s);
  s->failing_peer = "answer";
  gateway(s, "j2", RESTART);
  expect_refused(s, "j2", "internal-server-error", "");
  expect_sent(s, "action=\"session-terminate\"><reason><failed-transport/></reason>");
  expect_ended(s, "failed-transport");
}

/* --- mute, hold --- */

static void mute_of_a_video_session(scenario *s) {
  meet(s);
  call(s, "acceptSession", C1);
  peer_connects(s, 1);
  forget(s);
  uint32_t muted = call(s, "setAudioMute", "[{\"conversationId\":\"c1\",\"mute\":true}]");
  expect_sent(s, "action=\"session-info\"><mute xmlns=\"" INFO "\" creator=\"u1\" name=\"audio\"/>");
  expect_resolved(s, muted, "");
  uint32_t unmuted = call(s, "setAudioMute", "[{\"conversationId\":\"c1\",\"mute\":false}]");
  expect_sent(s, "<unmute xmlns=\"" INFO "\" creator=\"u1\" name=\"audio\"/>");
  expect_resolved(s, unmuted, "");
}

static void first_mutes_follow_the_accept(scenario *s) {
  s->facts = 0; /* nothing is sent */
  meet(s);
  uint32_t accepted = call(s, "acceptSession", C1);
  const seen *accept = expect_sent(s, "action=\"session-accept\"");
  expect_before(s, accept, expect_sent(s, "<mute", "name=\"audio\""));
  expect_before(s, accept, expect_sent(s, "<mute", "name=\"video\""));
  expect_resolved(s, accepted, "");
}

static void info_of_the_peer(scenario *s) {
  talk(s);
  gateway(s, "j2", JINGLE("s1", "session-info", "<mute xmlns='" INFO "' creator='u2' name='audio'/>"));
  expect_effect(s, SP_FX_SESSION_EVENT, 1, "mute", "[{\"infoType\":\"mute\",\"creator\":\"u2\",\"name\":\"audio\"}]");
  gateway(s, "j3", JINGLE("s1", "session-info", "<unmute xmlns='" INFO "' creator='u2' name='audio'/>"));
  expect_effect(s, SP_FX_SESSION_EVENT, 1, "unmute",
                "[{\"infoType\":\"unmute\",\"creator\":\"u2\",\"name\":\"audio\"}]");
  gateway(s, "j4", JINGLE("s1", "session-info", "<hold xmlns='" INFO "'/>"));
  expect_effect(s, SP_FX_SESSION_EVENT, 1, "hold", "[{\"infoType\":\"hold\"}]");
  gateway(s, "j5", JINGLE("s1", "session-info", "<unhold xmlns='" INFO "'/>"));
  expect_effect(s, SP_FX_SESSION_EVENT, 1, "resumed", "[{\"infoType\":\"unhold\"}]");
  gateway(s, "j6", JINGLE("s1", "session-info", "<ringing xmlns='" INFO "'/>"));
  expect_effect(s, SP_FX_SESSION_EVENT, 1, "ringing", "[{\"infoType\":\"ringing\"}]");
}

static void hold_over_rest(scenario *s) {
  talk(s);
  conversation(s, .conversation = "c1", .state = "connected");
  forget(s);
  uint32_t held = call(s, "setConversationHeld", "[{\"conversationId\":\"c1\",\"held\":true}]");
  expect_http(s, "PATCH", "conversations/calls/c1/participants/p-c1", "{\"held\":true}");
  expect_resolved(s, held, "");
}

static void share_a_screen(scenario *s) {
  meet(s);
  call(s, "acceptSession", C1);
  peer_connects(s, 1);
  forget(s);
  uint32_t shared = call(s, "session.startScreenShare", "[1]");
  expect_sent(s, "<iq xmlns=\"jabber:client\" id=\"", "from=\"" ME "/res-1\"", "sid=\"v1\"",
              "<screen-start xmlns=\"" INFO "\"/>");
  expect_resolved(s, shared, "");
  call(s, "session.stopScreenShare", "[1]");
  expect_sent(s, "sid=\"v1\"", "<screen-stop xmlns=\"" INFO "\"/>");
}

/* --- the end --- */

static void end_with_text(scenario *s) {
  talk(s);
  gateway(s, "j2", JINGLE("s1", "session-terminate", "<reason><busy/><text>one at a time</text></reason>"));
  expect_effect(s, SP_FX_SESSION_SET, 1, "\"state\":\"ended\"");
  expect_effect(s, SP_FX_SESSION_EVENT, 1, "terminated", "[{\"condition\":\"busy\",\"text\":\"one at a time\"}]");
  expect_ended(s, "busy");
  expect_no_more(s);
}

static void force_terminate(scenario *s) {
  talk(s);
  uint32_t ended = call(s, "forceTerminateSession", "[\"s1\",\"decline\"]");
  const seen *said = expect_sent(s, "action=\"session-terminate\"><reason><decline/></reason>");
  const seen *terminated = expect_effect(s, SP_FX_SESSION_EVENT, 1, "terminated", "[{\"condition\":\"decline\"}]");
  expect_before(s, said, terminated);
  expect_effect(s, SP_FX_PEER_CLOSE, 1, "");
  expect_ended(s, "decline");
  expect_resolved(s, ended, "");
  gateway(s, "j2", JINGLE("s1", "session-terminate", "")); /* both hung up */
  expect_result(s, "j2");
  expect_no_more(s);
}

static void end_falls_back(scenario *s) {
  talk(s);
  conversation(s, .conversation = "c1", .state = "connected");
  forget(s);
  http_answer(s, "PATCH", "conversations/calls/c1/participants/p-c1", 500, "{}");
  uint32_t ended = call(s, "endSession", C1);
  expect_sent(s, "action=\"session-terminate\"><reason><success/></reason>");
  expect_resolved(s, ended, "");
}

static void end_through_the_server(scenario *s) {
  talk(s);
  conversation(s, .conversation = "c1", .state = "connected");
  forget(s);
  uint32_t ended = call(s, "endSession", C1);
  expect_http(s, "PATCH", "conversations/calls/c1/participants/p-c1", "{\"state\":\"disconnected\"}");
  expect_waiting(s, ended);
  conversation(s, .conversation = "c1", .state = "disconnected");
  expect_resolved(s, ended, "");
  gateway(s, "j2", JINGLE("s1", "session-terminate", "<reason><success/></reason>"));
  expect_effect(s, SP_FX_SESSION_EVENT, 1, "terminated", "success");
}

static void peer_is_gone(scenario *s) {
  talk(s);
  frame(s, "<presence xmlns=\"jabber:client\" type=\"unavailable\" from=\"" GATEWAY "\" to=\"" ME "/res-1\"/>");
  expect_effect(s, SP_FX_PEER_CLOSE, 1, "");
  expect_effect(s, SP_FX_SESSION_EVENT, 1, "terminated", "[{\"condition\":\"gone\"}]");
  expect_ended(s, "gone");
  expect_no_more(s);
  expect_nothing_sent(s, "<iq");
}

static void presence_of_json_peers(scenario *s) {
  sign_in(s);
  connect_call(s, 1, "s1", "c1");
  frame(s, "<presence xmlns=\"jabber:client\" type=\"unavailable\" from=\"" GATEWAY "\"/>");
  frame(s, "<presence xmlns=\"jabber:client\" from=\"" GATEWAY "\"/>");
  frame(s, "<presence xmlns=\"jabber:client\" type=\"unavailable\"/>");
  expect_no_more(s);
  expect_no_effect(s, SP_FX_PEER_CLOSE);
}

static void unknown_to_the_peer(scenario *s) {
  talk(s);
  s->refused = "<candidate ";
  s->refusal = "<error type=\"cancel\"><item-not-found xmlns=\"urn:ietf:params:xml:ns:xmpp-stanzas\"/>"
               "<unknown-session xmlns=\"" ERRORS "\"/></error>";
  peer_candidate(s, 1, "audio", OURS);
  expect_ended(s, "gone");
  expect_nothing_sent(s, "session-terminate");
}

static void tie_broken_by_the_peer(scenario *s) {
  meet(s);
  s->refused = "screen-start"; /* nothing but an answer may be sent while pending, and that ends it */
  s->refusal = "<error type=\"cancel\"><conflict xmlns=\"urn:ietf:params:xml:ns:xmpp-stanzas\"/>"
               "<tie-break xmlns=\"" ERRORS "\"/></error>";
  call(s, "acceptSession", C1);
  peer_connects(s, 1);
  forget(s);
  s->refused = "<candidate ";
  peer_candidate(s, 1, "0", OURS);
  expect_sent(s, "<candidate ");
  expect_no_more(s); /* accepted: no tie any more */
}

static void other_refusals(scenario *s) {
  talk(s);
  s->refused = "<candidate ";
  s->refusal = "<error type=\"cancel\"><forbidden xmlns=\"urn:ietf:params:xml:ns:xmpp-stanzas\"/></error>";
  peer_candidate(s, 1, "audio", OURS);
  s->silent = "<candidate ";
  peer_candidate(s, 1, "audio", OURS);
  advance(s, 15000);
  expect_no_more(s);
}

/* --- states (§10.7) --- */

static void ice_states(scenario *s) {
  ring(s);
  gateway(s, "j1", INITIATE("s1"));
  forget(s);
  peer_state(s, 1, "connecting"); /* ICE alone counts */
  expect_no_effect(s, SP_FX_SESSION_EVENT);
  peer_ice_state(s, 1, "checking");
  expect_effect(s, SP_FX_SESSION_EVENT, 1, "connectionState", "[\"connecting\"]");
  peer_ice_state(s, 1, "connected");
  expect_effect(s, SP_FX_SESSION_EVENT, 1, "connectionState", "[\"connected\"]");
  peer_ice_state(s, 1, "completed");
  expect_no_effect(s, SP_FX_SESSION_EVENT);
  peer_ice_state(s, 1, "disconnected");
  expect_effect(s, SP_FX_SESSION_EVENT, 1, "connectionState", "[\"interrupted\"]");
  expect_event(s, "sessionInterrupted", "\"sessionId\":\"s1\"");
  peer_ice_state(s, 1, "connected");
  expect_effect(s, SP_FX_SESSION_EVENT, 1, "connectionState", "[\"connected\"]");
  expect_sent(s, "<active");
  expect_sent(s, "<active");
  expect_no_more(s);
}

static void ice_fails(scenario *s) {
  talk(s);
  peer_ice_state(s, 1, "failed");
  expect_effect(s, SP_FX_SESSION_EVENT, 1, "connectionState", "[\"failed\"]");
  expect_sent(s, "action=\"session-terminate\"><reason><failed-transport/></reason>");
  expect_ended(s, "failed-transport");
  peer_ice_state(s, 1, "failed");
  peer_state(s, 1, "failed");
  expect_no_more(s);
}

static void closed_by_the_app(scenario *s) {
  talk(s);
  peer_state(s, 1, "closed");
  expect_effect(s, SP_FX_SESSION_EVENT, 1, "connectionState", "[\"disconnected\"]");
  expect_sent(s, "action=\"session-terminate\"><reason><success/></reason>");
  expect_ended(s, "success");
}

/* --- reconnects (§12.5) --- */

static void survives_a_reconnect(scenario *s) {
  talk(s);
  drop_connection(s);
  gateway(s, "lost", JINGLE("s1", "session-info", "")); /* nobody hears it */
  peer_candidate(s, 1, "audio", OURS);
  advance(s, 3000);
  forget(s);
  gateway(s, "j2", JINGLE("s1", "session-info", "<mute xmlns='" INFO "' creator='u2' name='audio'/>"));
  expect_result(s, "j2");
  expect_effect(s, SP_FX_SESSION_EVENT, 1, "mute");
  frame(s, "<presence xmlns=\"jabber:client\" type=\"unavailable\" from=\"" GATEWAY "\"/>");
  expect_ended(s, "gone");
}

static void late_initiate(scenario *s) {
  ring(s);
  send_message(s, "retract", "s1");
  expect_event(s, "cancelPendingSession");
  gateway(s, "j1", INITIATE("s1"));
  expect_refused(s, "j1", "service-unavailable", "");
  expect_no_more(s);
}

static void end_all(scenario *s) {
  talk(s);
  uint32_t done = call(s, "endAllSessions", "[]");
  expect_sent(s, "action=\"session-terminate\"");
  expect_resolved(s, done, "");
  expect_ended(s, "success");
}

int main(void) {
  static const scenario_case cases[] = {
    { "§10 §12.3 a softphone call over Jingle, from the proposal to the end", softphone_call, false },
    { "§10 a video session over Jingle", video_call, false },
    { "§10.1 a session-initiate without a proposal", without_a_proposal, false },
    { "§8.4 D10 sessions without a proposal keep their type", type_of_a_session, false },
    { "W-D10 §10.1 a session of a type that is not enabled", type_that_is_not_enabled, false },
    { "W-D7 W-D10 §8.5 a session-initiate before the offer in JSON", json_wins_before_its_offer, false },
    { "W-D7 W-D10 §8.5 a session-initiate after the offer in JSON", json_wins_after_its_offer, false },
    { "§8.5 JSON for a session that is signalled over Jingle", json_means_nothing_to_a_jingle_session, false },
    { "§10.3 session-accept goes first", accept_goes_first, false },
    { "W-D10 §10.1 §10.2 the result waits for the browser, the rest for the result", result_waits_for_the_browser,
      false },
    { "W-D10 D19 session-terminate while the offer is applied", terminate_while_the_offer_is_applied, false },
    { "W-D10 §10.1 the browser refuses the offer", offer_that_the_browser_refuses, false },
    { "§10.3 the browser cannot answer", answer_that_the_browser_refuses, false },
    { "§10.3 an answer that has no form in Jingle", answer_that_has_no_form_in_jingle, false },
    { "W-D10 §10.6 the browser says nothing to the restart", restart_without_a_result, false },
    { "W-D10 §10.6 an answer to a restart that has no form in Jingle", restart_whose_answer_has_no_form, false },
    { "§10.3 no acknowledgement of session-accept", accept_without_acknowledgement, false },
    { "W-D10 §10.2 every action gets exactly one reply", every_action, true },
    { "W-D10 §10.2 strangers", strangers, false },
    { "W-D10 §10.6 transport-info before the answer", early_candidates, false },
    { "W-D10 §10.6 ICE restart by the peer", restart_by_the_peer, false },
    { "W-D10 §10.6 ICE restart before the session is accepted", restart_before_accepting, false },
    { "W-D10 §10.6 the browser refuses the restart", restart_that_the_browser_refuses, false },
    { "W-D10 §10.6 the browser cannot answer the restart", restart_whose_answer_fails, false },
    { "§10.3 mute and unmute of a video session", mute_of_a_video_session, false },
    { "§10.3 the first mute states", first_mutes_follow_the_accept, false },
    { "§10.2 mute, hold and ringing of the peer", info_of_the_peer, false },
    { "§10 hold is asked for over REST", hold_over_rest, false },
    { "§11.2 D16 a screen share", share_a_screen, false },
    { "§10.2 the peer ends, with a text", end_with_text, false },
    { "§10.7 we end, with a reason", force_terminate, false },
    { "S-66 endSession falls back over Jingle", end_falls_back, false },
    { "§10 endSession through the server", end_through_the_server, false },
    { "§10.7 presence unavailable ends with gone", peer_is_gone, false },
    { "§10.7 presence means nothing to sessions in JSON", presence_of_json_peers, false },
    { "§10.3 unknown-session ends with gone", unknown_to_the_peer, false },
    { "§10.3 a tie-break means nothing once accepted", tie_broken_by_the_peer, false },
    { "§10.3 other errors, and no answer", other_refusals, false },
    { "§10.7 states of ICE", ice_states, false },
    { "§10.7 ICE failed", ice_fails, false },
    { "§10.7 a peer connection that is closed", closed_by_the_app, false },
    { "§12.5 a session goes on over a reconnect", survives_a_reconnect, false },
    { "W-D10 §10.1 a session-initiate that comes too late", late_initiate, false },
    { "§10.7 all sessions end", end_all, false },
  };
  return run_scenarios("core_jingle", cases, sizeof cases / sizeof *cases);
}
